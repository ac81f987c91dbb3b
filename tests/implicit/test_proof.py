"""Exact substitution against Sage's own."""

import numpy as np
import pytest

from sage_mlvar import _sage  # noqa: F401
from sage_mlvar.implicit import PolynomialMap
from sage_mlvar.implicit.forms import Forms, Monomials
from sage_mlvar.implicit.proof import vanishing

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ


def _as_form(polynomial, variables):
    monomials = Monomials(variables, polynomial.degree())
    rows, coefficients = [], []
    for exponents, coefficient in polynomial.dict().items():
        rows.append([i for i, e in enumerate(exponents) for _ in range(e)])
        coefficients.append(int(coefficient))
    return Forms.collect(monomials, 1, [0] * len(rows), monomials.rank(rows), coefficients)


@pytest.mark.parametrize("parameters", [2, 5, 40])
@pytest.mark.parametrize("size", [3, 10**30])
def test_vanishing(parameters, size):
    """Words of one and several exponents, coefficients of one word and beyond."""
    ring = PolynomialRing(QQ, parameters, "t")
    generator = np.random.default_rng(parameters)
    a, b, c = (
        sum(int(generator.integers(-9, 9)) * size * ring.gen(i) for i in generator.integers(0, parameters, size=3))
        + ring.gen(0) ** 2 / 3
        for _ in range(3)
    )
    images = [a * b, b * c, a * c, a * a, c * c]
    coordinates = PolynomialRing(QQ, 5, "y")
    y = coordinates.gens()
    true = y[3] * y[1] ** 2 - y[0] ** 2 * y[4]
    for change, expected in ((0, True), (1, False), (10**40, False)):
        polynomial = true + change * y[0] * y[1] * y[2]
        forms = _as_form(polynomial, 5)
        assert vanishing(forms, PolynomialMap.from_sage(images).terms) == [expected]
        assert (polynomial(images) == 0) == expected


def test_a_zero_form_vanishes():
    ring = PolynomialRing(QQ, 2, "t")
    assert vanishing(Forms.empty(Monomials(2, 3), 2), PolynomialMap.from_sage(ring.gens()).terms) == [True, True]


def test_monomials_are_numbered():
    for variables, degree in ((1, 5), (7, 1), (4, 6), (60, 5)):
        monomials = Monomials(variables, degree)
        keys = np.unique(np.random.default_rng(0).integers(0, monomials.count, size=500))
        rows = monomials.unrank(keys)
        assert (np.diff(rows, axis=1) >= 0).all()
        assert rows.max() < variables
        assert (monomials.rank(rows[:, ::-1]) == keys).all()
