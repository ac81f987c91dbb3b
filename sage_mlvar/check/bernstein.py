r"""
Enclosures of polynomials on an interval that holds zero, by Bernstein coefficients.

A polynomial on ``[0, 1]`` lies between its least and its greatest Bernstein coefficient, and these are
``b_j = sum_{i<=j} C(j, i)/C(e, i) a_i``. The interval is cut at zero.

EXAMPLES::

    sage: from flint import arb
    sage: from sage_mlvar.check.bernstein import range_around
    sage: low, high = range_around([arb("1"), arb("1"), arb("3")], arb("-1/2"), arb("2"))
    sage: float(low) <= 1, float(high) >= 15
    (True, True)

REFERENCES: G. T. Cargo, O. Shisha, *The Bernstein form of a polynomial*, 1966.
"""

from functools import lru_cache
from math import comb

from flint import arb

__all__ = ["bernstein_matrix", "range_around"]


@lru_cache(maxsize=64)
def bernstein_matrix(degree):
    r"""Return the pairs ``(C(j, i), C(degree, i))``, row by row, that turn coefficients into those of Bernstein."""
    return tuple(tuple((comb(j, i), comb(degree, i)) for i in range(j + 1)) for j in range(degree + 1))


def range_around(coefficients, low, high):
    r"""
    Return balls whose least and greatest numbers bound a polynomial on ``[low, high]``.

    INPUT: ``coefficients`` -- list of balls, constant term first, not empty; ``low``, ``high`` -- balls of numbers that
    are not positive, and not negative, but for rounding

    OUTPUT: two exact numbers, the lesser one first
    """
    first = coefficients[0]
    least, greatest = first.lower(), first.upper()
    if len(coefficients) == 1:
        return least, greatest
    rows = bernstein_matrix(len(coefficients) - 1)
    for end in (high, low):
        scaled, power = [], arb(1)
        for c in coefficients:
            scaled.append(c * power)
            power = power * end
        for row in rows[1:]:
            value = first
            for i in range(1, len(row)):
                above, below = row[i]
                value = value + scaled[i] * above / below
            value_low, value_high = value.lower(), value.upper()
            if not value_low >= least:
                least = value_low
            if not value_high <= greatest:
                greatest = value_high
    return least, greatest
