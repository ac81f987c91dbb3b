r"""
Enclosures of polynomials on an interval around zero, by Bernstein coefficients.

A polynomial on ``[0, 1]`` lies between its least and its greatest Bernstein coefficient, and these are
``b_j = sum_{i<=j} C(j, i)/C(e, i) a_i``. The interval ``[-T, T]`` is cut at zero.

EXAMPLES::

    sage: from flint import arb
    sage: from sage_mlvar.check.bernstein import symmetric_range
    sage: low, high = symmetric_range([arb("1"), arb("0"), arb("3")], arb("2"))
    sage: float(low) <= 1, float(high) >= 13
    (True, True)

REFERENCES: G. T. Cargo, O. Shisha, *The Bernstein form of a polynomial*, 1966.
"""

from functools import lru_cache
from math import comb

from flint import arb

__all__ = ["bernstein_matrix", "symmetric_range"]


@lru_cache(maxsize=64)
def bernstein_matrix(degree):
    r"""Return the pairs ``(C(j, i), C(degree, i))``, row by row, that turn coefficients into those of Bernstein."""
    return tuple(tuple((comb(j, i), comb(degree, i)) for i in range(j + 1)) for j in range(degree + 1))


def symmetric_range(coefficients, T):
    r"""
    Return balls whose least and greatest numbers bound a polynomial on ``[-T, T]``.

    INPUT: ``coefficients`` -- list of balls, constant term first, not empty; ``T`` -- a ball of non-negative numbers

    OUTPUT: two exact numbers ``low <= high``
    """
    first = coefficients[0]
    low, high = first.lower(), first.upper()
    if len(coefficients) == 1:
        return low, high
    powers, power = [], arb(1)
    for c in coefficients:
        powers.append(c * power)
        power = power * T
    mirrored = [-c if i % 2 else c for i, c in enumerate(powers)]
    rows = bernstein_matrix(len(coefficients) - 1)
    for scaled in (powers, mirrored):
        for row in rows[1:]:
            value = first
            for i in range(1, len(row)):
                above, below = row[i]
                value = value + scaled[i] * above / below
            value_low, value_high = value.lower(), value.upper()
            if not value_low >= low:
                low = value_low
            if not value_high <= high:
                high = value_high
    return low, high
