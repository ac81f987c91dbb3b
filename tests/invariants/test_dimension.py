r"""Dimensions: what counts as a proof."""

import pytest

from sage_mlvar import ParametrizedModel, ReLURegionModel
from sage_mlvar.implicit.modular import primes
from sage_mlvar.invariants.dimension import jacobian_rank

from sage.arith.misc import is_prime
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

PRIMES = primes(3)
S, T = PolynomialRing(QQ, ["s", "t"]).gens()


def test_the_primes_are_the_largest_below_two_to_the_23():
    assert [p for p in range(2**23, PRIMES[-1] - 1, -1) if is_prime(p)] == list(PRIMES)


@pytest.mark.parametrize(
    ("phi", "dimension"),
    [
        ([S * T, S**2 * T**2, S**3 * T**3], 1),
        ([S + T, S * T, S**2 + T**2], 2),
        ([S * T, S * T], 1),
        ([S + 1 - S + 0 * T, S * 0 + 5], 0),
        ([PRIMES[0] * S, T], 2),
    ],
)
def test_proved_dimension_is_that_of_the_ideal(phi, dimension):
    model = ParametrizedModel(phi)
    record = model.compute("dimension")
    assert (record.value, record.status) == (dimension, "proved")
    assert model.ideal(backend="singular").dimension() == dimension


def test_a_rank_below_the_bound_is_probable_without_invariants():
    model = ReLURegionModel([2, 3, 2, 2], ["110/10", "011/11"])
    record = model.compute("dimension", proof=False)
    assert (record.value, record.status) == (7, "probable")
    assert record.details["upper_bound"] == 8
    proved = model.compute("dimension")
    assert (proved.value, proved.status) == (7, "proved")


def test_the_rank_is_a_lower_bound_at_every_prime():
    model = ReLURegionModel([2, 2, 2], ["10", "11"])
    assert [jacobian_rank(model, p) for p in PRIMES] == [6, 6, 6]
    assert jacobian_rank(model, 2) <= 6
