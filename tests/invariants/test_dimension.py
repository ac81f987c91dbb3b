r"""Dimensions: what counts as a proof."""

import random

import pytest
from waiting import Looks

from sage_mlvar import LightningAttentionModel, ParametrizedModel, PolynomialNetworkModel, ReLURegionModel
from sage_mlvar.errors import BackendTimeout, OutOfReachError
from sage_mlvar.implicit.modular import primes
from sage_mlvar.invariants.dimension import jacobian_rank
from sage_mlvar.options import Limits

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


LARGE = [
    (ReLURegionModel([181] * 3, ["1" * 181]), 181**2),
    (ReLURegionModel([200] * 3, ["1" * 200]), 200**2),
    (ReLURegionModel([300, 200, 300], ["1" * 200]), 200 * 400),
    (ReLURegionModel([300, 20, 300], ["1" * 5 + "0" * 15, "0" * 5 + "1" * 15]), 5 * 595 + 15 * 585),
    (PolynomialNetworkModel([2, 2, 1], 10**9), 4),
    (PolynomialNetworkModel([2] * 30 + [1], 10), 60),
]


@pytest.mark.parametrize(("model", "dimension"), LARGE, ids=[f"large model {k}" for k in range(len(LARGE))])
def test_dimensions_of_large_models(model, dimension):
    record = model.compute("dimension", timeout=None)
    assert (record.value, record.status) == (dimension, "proved")
    assert "_the_ring" not in vars(model)
    assert "_the_parameter_ring" not in vars(model)


@pytest.mark.parametrize(
    "model",
    [ReLURegionModel([200] * 4, ["1" * 200 + "/" + "1" * 200]), PolynomialNetworkModel([1000, 1000, 1], 5)],
    ids=["ReLU", "network"],
)
def test_ranks_that_do_not_fit_into_memory_are_refused(model):
    with pytest.raises(OutOfReachError, match=r"the rank of the Jacobian, .* residues, needs .* bytes of memory"):
        model.dimension(memory=10**10, timeout=None)


@pytest.mark.parametrize(
    "model",
    [
        ReLURegionModel([100] * 4, ["1" * 100 + "/" + "1" * 100]),
        PolynomialNetworkModel([100, 100, 1], 3),
        LightningAttentionModel(60, 2, 60),
    ],
    ids=["ReLU", "network", "attention"],
)
def test_hopeless_ranks_are_not_begun(model, monkeypatch):
    monkeypatch.setattr("numpy.random.default_rng", lambda _: 1 / 0)
    with pytest.raises(BackendTimeout, match=r"the rank of the Jacobian, .* residues, which is predicted to take"):
        model.dimension(memory=10**12, timeout=0.5)


@pytest.mark.parametrize(
    "model",
    [ReLURegionModel([9] * 4, ["1" * 9 + "/" + "1" * 9]), PolynomialNetworkModel([9, 30, 1], 3)],
    ids=["ReLU", "network"],
)
def test_the_map_is_differentiated_within_the_time(model, monkeypatch):
    monkeypatch.setattr("sage_mlvar.models.network_map._AT_ONCE", 10)
    for looks in range(1, 4):
        with Limits(Looks(looks)).running(), pytest.raises(BackendTimeout, match="differentiating the"):
            model.dimension(timeout=None)


def test_a_theorem_and_the_rank_agree(monkeypatch):
    source = random.Random(3)
    monkeypatch.setattr("sage_mlvar.invariants.dimension.LARGE", 0)
    seen = 0
    for _ in range(60):
        hidden, blocks = source.randint(1, 5), source.randint(1, 3)
        patterns = ["".join(source.choice("01") for _ in range(hidden)) for _ in range(blocks)]
        model = ReLURegionModel([source.randint(1, 4), hidden, source.randint(1, 4)], patterns)
        if model.known_dimension() is not None:
            seen += 1
            record = model.compute("dimension", proof=False)
            assert record.argument.startswith("structure theorem")
            assert record.value == max(jacobian_rank(model, p) for p in PRIMES)
    assert seen > 10


def test_a_bound_that_is_out_of_reach_is_left_out():
    model = ReLURegionModel([30, 60, 60, 30], ["1" * 60 + "/" + "1" * 60])
    with Limits(memory=10**8).running():
        assert list(model.dimension_bounds()) == []
    assert len(list(ReLURegionModel([3, 4, 4, 3], ["1111/1111"]).dimension_bounds())) == 1
