r"""ED discriminants on lines and planes, against the restrictions of whole ones."""

import pytest
from algebra import plane, quadric_classifier

from sage_mlvar.invariants import discriminant
from sage_mlvar.invariants.evolute import evolute
from sage_mlvar.invariants.sliced_discriminant import on_line, on_plane
from sage_mlvar.options import Limits

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.qqbar import AA
from sage.rings.rational_field import QQ
from sage.rings.real_mpfi import RealIntervalField

X, Y = plane(2)
A, B, C = plane(3)
QUADRIC = 2 * A**2 + A * B - 3 * B**2 + B * C + C**2 - A + 2 * C - 4
PLANE = ((QQ(0), QQ(0), QQ(1)), (QQ(1), QQ(2), QQ(0)), (QQ(0), QQ(3), QQ(1)))


@pytest.fixture(scope="module")
def surface():
    (f,) = quadric_classifier(QUADRIC).discriminant().gens()
    return f


def test_lines(surface):
    p, q, _ = PLANE
    found = on_line(QUADRIC, p, [b - a for a, b in zip(p, q, strict=True)], Limits())
    s = found.parent().gen()
    restricted = surface(s, 2 * s, 1 - s)
    assert found.degree() == 10  # two of the 12 points of this line are at infinity
    assert restricted.monic() == found


def test_planes(surface):
    found = on_plane(QUADRIC, PLANE, Limits())
    s, t = found.parent().gens()
    restricted = surface(s, 2 * s + 3 * t, 1 - s)
    assert found.degree() == 12
    assert found / found.lc() == restricted / restricted.lc()


def test_special_directions_are_sheared():
    # The evolute of the parabola y = x^2 has an asymptotic direction: its highest form is y^3.
    corners = ((QQ(0), QQ(0)), (QQ(0), QQ(1)), (QQ(1), QQ(0)))
    found = on_plane(X**2 - Y, corners, Limits())
    s, t = found.parent().gens()
    expected = evolute(X**2 - Y)(t, s)
    assert found / found.lc() == expected / expected.lc()


def test_no_collision_on_a_line():
    assert on_line(X * Y, (QQ(0), QQ(1)), (QQ(1), QQ(0)), Limits()) == 1
    assert on_line(X * Y, (QQ(0), QQ(0)), (QQ(1), QQ(0)), Limits()) is None  # the node, with any multiplier
    assert on_line(X - 2 * Y, (QQ(0), QQ(1)), (QQ(1), QQ(0)), Limits()) == 1


def test_when_elimination_is_slow(monkeypatch):
    monkeypatch.setattr(discriminant, "_QUICK", 0.0)
    boundary = quadric_classifier(QUADRIC).boundary()
    record = boundary.compute("discriminant", slice=[[0, 0, 0], [1, 0, 0]], seed=5)
    assert record.status == "probable"
    assert "each checked exactly" in record.argument
    assert record.backend == "msolve"
    (f,) = record.value.gens()
    assert f.parent().variable_names() == ("s",)
    polynomial = PolynomialRing(QQ, "s")(f.univariate_polynomial().list())
    assert polynomial.is_squarefree()
    # The number of real critical points changes by two across a simple real root.
    roots = polynomial.roots(AA, multiplicities=False)
    assert roots
    for root in roots:
        low, high = (QQ(end) for end in root.interval_fast(RealIntervalField(64)).endpoints())
        step = QQ((1, 10**6))
        before, after = (len(boundary.critical_points([s, 0, 0]).real()) for s in (low - step, high + step))
        assert abs(before - after) == 2
