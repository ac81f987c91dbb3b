r"""Which backend is asked, what is recorded, and what happens when one is missing."""

from contextlib import contextmanager

import pytest

from sage_mlvar import backends
from sage_mlvar.backends import Count, Hilbert
from sage_mlvar.errors import BackendError

from sage.features import FeatureNotPresentError
from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

X, Y = PolynomialRing(QQ, ["x", "y"]).gens()
P, Q = PolynomialRing(GF(65521), ["x", "y"]).gens()


@contextmanager
def hidden(*names):
    features = [backends.get(name).feature() for name in names]
    for feature in features:
        feature.hide()
    try:
        yield
    finally:
        for feature in features:
            feature.unhide()


def test_the_automatic_choice_passes_over_what_is_missing():
    question = [P**2 - Q, P * Q - 1]
    assert backends.call("count", question).backend == "msolve"
    with hidden("msolve"):
        reply = backends.call("count", question)
        assert (reply.backend, reply.value) == ("singular", Count(3, 3))
    with hidden("msolve", "singular"), pytest.raises(BackendError, match=r"msolve: not installed.*singular: not inst"):
        backends.call("count", question)


@pytest.mark.parametrize("name", ["giac", "msolve", "singular"])
def test_an_explicit_choice_never_falls_back(name):
    with hidden(name), pytest.raises(FeatureNotPresentError, match="sage_mlvar\\[passagemath\\]"):
        backends.call("groebner_basis", [P**2 - Q, P * Q - 1], backend=name)


def test_what_a_backend_cannot_do_is_said():
    with pytest.raises(ValueError, match="'giac' cannot be used here: giac does not do hilbert; leave backend= out"):
        backends.call("hilbert", [X * Y - 1], backend="giac")
    with pytest.raises(ValueError, match="unknown backend 'maple'; known backends: giac, msolve, singular"):
        backends.call("hilbert", [X * 0], backend="maple")


def test_the_table_tells_what_is_missing():
    rows = {row["name"]: row for row in backends.table()}
    assert all(row["available"] is True and row["version"] for row in rows.values())
    with hidden("giac"):
        rows = {row["name"]: row for row in backends.table()}
    assert rows["giac"]["version"] is None
    assert "pip install" in rows["giac"]["available"]
    assert rows["singular"]["available"] is True


def test_elimination_over_q_by_giac_is_not_exact():
    for name, exact in (("giac", False), ("singular", True)):
        reply = backends.call("eliminate", [X - Y**2], variables=[Y], backend=name)
        assert (reply.exact, reply.value) == (exact, [])
    assert backends.call("hilbert", [X**2 - Y]).value == Hilbert(1, 2)
