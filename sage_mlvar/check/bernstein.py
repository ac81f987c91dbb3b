r"""
Enclosures of polynomials on an interval that holds zero, by Bernstein coefficients.

A polynomial on ``[0, 1]`` lies between its least and its greatest Bernstein coefficient, and these are
``b_j = sum_{i<=j} C(j, i)/C(e, i) a_i``. The interval is cut at zero.

EXAMPLES::

    sage: from flint import arb
    sage: from sage_mlvar.check.bernstein import ranges_around
    sage: [(low, high)] = ranges_around([[arb("1"), arb("1"), arb("3")]], [(arb("-1/2"), arb("2"))])
    sage: float(low) <= 1, float(high) >= 15
    (True, True)

REFERENCES: G. T. Cargo, O. Shisha, *The Bernstein form of a polynomial*, 1966.
"""

from functools import lru_cache
from math import comb

from flint import arb, arb_mat, ctx

__all__ = ["ranges_around"]


@lru_cache(maxsize=64)
def _change(size, precision):
    r"""Return the matrix that turns ``size`` coefficients into those of Bernstein, with balls of so many bits."""
    degree = size - 1  # of the polynomials; ``precision`` only tells apart what is kept
    rows = [[arb(comb(j, i)) / comb(degree, i) for j in range(size)] for i in range(size)]
    return arb_mat(rows)


def ranges_around(polynomials, intervals):
    r"""
    Return bounds of polynomials on intervals, a pair of exact numbers for each, the lesser one first.

    INPUT: ``polynomials`` -- lists of balls, the coefficients, constant term first, of equal lengths, not empty;
    ``intervals`` -- pairs of balls, of numbers that are not positive, and not negative, but for rounding
    """
    size = len(polynomials[0])
    found = [(c[0].lower(), c[0].upper()) for c in polynomials]
    if size == 1:
        return found
    for side in range(2):
        scaled = []
        for c, interval in zip(polynomials, intervals):
            row, power = [], arb(1)
            for x in c:
                row.append(x * power)
                power = power * interval[side]
            scaled.append(row)
        values = (arb_mat(scaled) * _change(size, ctx.prec)).tolist()
        found = [_hull(ends, row) for ends, row in zip(found, values)]
    return found


def _hull(ends, values):
    least, greatest = ends
    for value in values:
        if not value.is_finite():
            # What is no number proves nothing, and must not be lost.
            return arb("nan"), arb("nan")
        low, high = value.lower(), value.upper()
        least, greatest = (low if low < least else least), (high if high > greatest else greatest)
    return least, greatest
