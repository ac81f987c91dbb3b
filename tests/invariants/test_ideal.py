r"""Vanishing ideals: routes, statuses, membership."""

import pytest

from sage_mlvar import LightningAttentionModel, ParametrizedModel, ReLURegionModel, backends
from sage_mlvar.errors import BackendError, BackendTimeout, NotProvedError
from sage_mlvar.invariants.polynomials import primitive
from sage_mlvar.options import running

from sage.features import FeatureNotPresentError
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

S, T = PolynomialRing(QQ, ["s", "t"]).gens()


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (-S / 2 + T / 3, 3 * S - 2 * T),
        (6 * S + 4, 3 * S + 2),
        (-S, S),
        (S * 0, S * 0),
        (S / 7 - 5 * T / 14, 2 * S - 5 * T),
    ],
)
def test_primitive(f, expected):
    assert primitive(f) == expected


@pytest.mark.parametrize("verb", ["ideal", "degree", "contains"])
def test_a_probabilistic_elimination_proves_nothing(verb):
    model = ParametrizedModel([S**2, S * T, T**2])
    point = {"point": [1, 2, 4]} if verb == "contains" else {}
    with pytest.raises(NotProvedError, match=r"only probable: .*probabilistic.*proof=False\) returns it"):
        model.compute(verb, backend="giac", **point)
    assert model.compute(verb, backend="giac", proof=False, **point).status == "probable"
    assert model.compute(verb, backend="singular", **point).status == "proved"


def test_generators_are_primitive_and_sorted():
    gens = LightningAttentionModel(2, 2, 1).ideal(backend="singular").gens()
    assert [f.degree() for f in gens] == sorted(f.degree() for f in gens)
    assert all(f == primitive(f) for f in gens)


def test_membership_is_exact():
    model = ParametrizedModel([T, T**2])
    tiny = QQ((1, 10**30))
    assert model.contains([QQ((1, 3)), QQ((1, 9))])
    assert not model.contains([QQ((1, 3)), QQ((1, 9)) + tiny])
    assert model.contains(["0.1", "0.01"])
    assert not model.contains([0.1, 0.01])


def test_a_timeout_says_what_to_try():
    model = ReLURegionModel([4, 4, 4], ["1100", "1010", "1001"])
    with pytest.raises(BackendTimeout, match=r"raise timeout= .*invariants\(max_degree=D\)"):
        model.ideal(backend="singular", timeout=0.4)
    assert model.dimension() == 28


@pytest.mark.parametrize("name", ["singular", "giac"])
def test_an_absent_engine_is_not_replaced(name):
    model = ParametrizedModel([S**3, S * T, T**3])
    feature = backends.get(name).feature()
    feature.hide()
    try:
        with pytest.raises(FeatureNotPresentError, match="sage_mlvar\\[passagemath\\]"):
            model.ideal(backend=name, proof=False)
    finally:
        feature.unhide()


def test_without_an_exact_engine_nothing_is_proved():
    ring = PolynomialRing(QQ, ["t", "x", "y"])
    t, x, y = ring.gens()
    feature = backends.get("singular").feature()
    feature.hide()
    try:
        reply = backends.call("eliminate", [x - t**2, y - t**3], variables=[t])
        assert (reply.backend, reply.exact, reply.value) == ("giac", False, [x**3 - y**2])
        with pytest.raises(BackendError, match=r"singular: not installed.*giac: its eliminate is no proof here"):
            backends.call("eliminate", [x - t**2, y - t**3], variables=[t], exact=True)
    finally:
        feature.unhide()


def test_the_dimension_on_the_way_to_an_ideal_has_no_more_time(monkeypatch):
    model = ReLURegionModel([2, 3, 2, 2], ["110/11", "011/10"])
    seen = []
    monkeypatch.setattr(type(model), "tangent", lambda *_: seen.append(running().deadline.timeout) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        model.ideal(timeout=8)
    assert len(seen) == 1
    assert seen[0] <= 2
