r"""
Vectors of rationals with one common denominator.

EXAMPLES::

    sage: from sage_mlvar.check.document import rational
    sage: from sage_mlvar.check.vectors import common, square
    sage: common([rational("1/2"), rational("1/3")])
    ([3, 2], 6)
    sage: square([rational("1/2"), rational("1/3")])
    13/36
"""

from flint import fmpq, fmpz

from .errors import Rejected

__all__ = ["MAX_BITS", "add", "common", "difference", "largest", "square", "within"]

#: Bits of one vector or matrix. Denominators without a common factor would fill the memory otherwise.
MAX_BITS = 2**31


def common(entries):
    r"""Return integers ``p_k`` and ``q > 0`` with ``entries[k] == p_k/q``."""
    denominator = fmpz(1)
    for entry in entries:
        if entry.q != 1 and denominator % entry.q != 0:
            denominator = denominator.lcm(entry.q)
            if denominator.bit_length() * len(entries) > MAX_BITS:
                raise Rejected(f"{len(entries)} numbers have a common denominator too long to compute with")
    return [entry.p * (denominator // entry.q) for entry in entries], denominator


def square(x):
    r"""Return the squared Euclidean length of ``x``."""
    tops, bottom = common(x)
    return fmpq(sum((top * top for top in tops), fmpz(0)), bottom * bottom)


def largest(x):
    r"""Return the largest absolute value of an entry of ``x``."""
    return max(abs(entry) for entry in x)


def difference(x, y):
    r"""Return ``x - y``."""
    return [a - b for a, b in zip(x, y)]


def add(x, y, factor):
    r"""Return ``x + factor*y``."""
    return [a + factor * b for a, b in zip(x, y)]


def within(first, second, radius):
    r"""
    Return whether ``sqrt(first) + sqrt(second) <= radius``, decided without roots.

    EXAMPLES::

        sage: from sage_mlvar.check.document import rational
        sage: from sage_mlvar.check.vectors import within
        sage: [within(rational("4"), rational("9"), rational(radius)) for radius in ["5", "499/100"]]
        [True, False]
    """
    rest = radius * radius - first - second
    return radius >= 0 and rest >= 0 and 4 * first * second <= rest * rest
