r"""Tests of the arguments that invariants of low degree are complete, against elimination and against traps."""

import pytest

from sage_mlvar import LightningAttentionModel, ParametrizedModel, PolynomialNetworkModel, ReLURegionModel
from sage_mlvar.invariants.completeness import complete
from sage_mlvar.invariants.graded import graded
from sage_mlvar.invariants.ideal import by_degree, eliminate
from sage_mlvar.options import Limits, resolve

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

SMALL = [
    ReLURegionModel([2, 3, 2, 2], ["110/10", "011/11"]),
    ReLURegionModel([3, 3, 3], ["110", "011"]),
    ReLURegionModel([2, 2, 2], ["10", "11"]),
    ReLURegionModel([2, 3, 2], ["110", "011"]),
    LightningAttentionModel(2, 2, 2),
    LightningAttentionModel(2, 2, 1),
    PolynomialNetworkModel([3, 2, 1], 2),
    PolynomialNetworkModel([2, 1, 1], 3),
]


@pytest.mark.parametrize("model", SMALL, ids=str)
def test_complete_invariants_generate_what_elimination_finds(model):
    record = by_degree(model, resolve("ideal"), Limits())
    assert record is not None
    assert record.status == "proved"
    assert record.value == eliminate(model, resolve("ideal"), Limits()).value


def points_argument(model, degree):
    r"""Return the argument for the invariants up to ``degree``."""
    rank = model.compute("dimension", proof=False).value
    return complete(model, graded(model, degree).generators(), rank, Limits())


def test_a_deep_network_is_proved_complete_by_counting_points():
    model = ReLURegionModel([3, 3, 2, 3, 3], ["111/11/111", "011/11/111"])
    assert points_argument(model, 2) is None  # the ten cubics are missing
    assert points_argument(model, 3).startswith("27 points of the image")


def test_dropping_a_generator_is_noticed():
    model = LightningAttentionModel(2, 2, 1)
    generators = graded(model, 2).generators()
    assert complete(model, generators, 4, Limits()) is not None
    for k in range(len(generators)):
        assert complete(model, generators[:k] + generators[k + 1 :], 4, Limits()) is None


def twisted_curve():
    r"""Return the rational quartic curve in P^3, whose ideal is not Cohen-Macaulay: a quadric and three cubics."""
    ring = PolynomialRing(QQ, "s,t")
    s, t = ring.gens()
    return ParametrizedModel([s**4, s**3 * t, s * t**3, t**4])


def test_a_variety_that_is_not_cohen_macaulay_is_left_to_elimination():
    model = twisted_curve()
    assert points_argument(model, 4) is None
    record = model.compute("ideal")
    assert record.status == "proved"
    assert sorted(f.degree() for f in record.value.gens()) == [2, 3, 3, 3]


def test_a_complete_intersection_of_the_right_dimension_but_too_large_is_refused():
    # Two elements of the ideal of the quartic curve cut out the curve and lines besides.
    model = twisted_curve()
    generators = sorted(model.ideal().gens(), key=lambda f: f.degree())
    assert complete(model, generators[:2], 2, Limits()) is None


def test_a_reducible_invariant_on_a_hypersurface_is_refused():
    model = ReLURegionModel([2, 3, 2, 2], ["110/10", "011/11"])
    f = model.ideal().gen(0)
    assert complete(model, [f], 7, Limits())
    assert complete(model, [f**2], 7, Limits()) is None
    assert complete(model, [f * model.ring().gen(7)], 7, Limits()) is None


def test_linear_spaces():
    ring = PolynomialRing(QQ, "a,b")
    a, b = ring.gens()
    model = ParametrizedModel([a, b, a + b])
    assert model.compute("ideal").argument.endswith("as many independent linear invariants as the codimension")
    assert model.ideal().gens() == [model.ring().gen(0) + model.ring().gen(1) - model.ring().gen(2)]


def test_dependent_linear_invariants_count_once():
    ring = PolynomialRing(QQ, "a,b")
    a, b = ring.gens()
    model = ParametrizedModel([a, b, a + b, a - b])
    y = model.ring().gens()
    first, second = y[0] + y[1] - y[2], y[0] - y[1] - y[3]
    assert complete(model, [first, 2 * first], 2, Limits()) is None
    assert complete(model, [first, second], 2, Limits()) is not None
