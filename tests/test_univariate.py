r"""Univariate work: real roots are all found, once, and exactly."""

import pytest

from sage_mlvar.univariate import discriminant, number_of_real_roots, real_roots, resultant

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

X = PolynomialRing(QQ, "x").gen()


@pytest.mark.parametrize(
    ("f", "roots"),
    [
        (X**2 - 4, [-2, 2]),
        ((X - 1) ** 3 * (X + 5), [-5, 1]),
        (X**2 + 1, []),
        (X.parent()(7), []),
        (X * (X - QQ((1, 10**30))), [0, QQ((1, 10**30))]),
        ((X - 10**20) * (3 * X + 1), [QQ((-1, 3)), 10**20]),
    ],
)
def test_rational_roots(f, roots):
    assert real_roots(f) == roots
    assert number_of_real_roots(f) == len(roots)


def test_irrational_roots_are_exact():
    roots = real_roots((X**2 - 2) * (X**2 - 2 - QQ((1, 10**40))))
    assert len(roots) == 4
    assert roots == sorted(roots)
    assert sum(r**2 == 2 for r in roots) == 2


def test_zero_has_every_root():
    with pytest.raises(ValueError, match="f must not be zero"):
        real_roots(X * 0)


def test_resultants_and_discriminants():
    assert resultant(X**2 - 2, X - 3) == 7
    assert discriminant(X**2 + 3 * X + 1) == 5
    assert discriminant((X - 1) ** 2) == 0
