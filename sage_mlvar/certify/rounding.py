r"""
Short rationals below and above given ones, and rational bounds of square roots.

EXAMPLES::

    sage: from sage.rings.rational_field import QQ
    sage: from sage_mlvar.certify.rounding import root_above, root_below
    sage: low, high = root_below(QQ(2)), root_above(QQ(2))
    sage: low^2 < 2 < high^2, high - low < 1e-20, root_below(QQ(4)), root_above(QQ(0))
    (True, True, 2, 0)
"""

from math import isqrt

from .. import _sage  # noqa: F401

from sage.rings.integer import Integer
from sage.rings.rational_field import QQ

__all__ = ["root_above", "root_below", "round_down", "round_up"]

_BITS = 72


def round_down(x, bits=_BITS):
    r"""Return a dyadic rational of about ``bits`` significant bits that is at most the rational ``x``."""
    if not x or x.numerator().nbits() <= bits >= x.denominator().nbits():
        return x
    shift = bits - int(x.numerator().nbits()) + int(x.denominator().nbits())
    scaled = x * Integer(2) ** shift if shift >= 0 else x / Integer(2) ** -shift
    return QQ(scaled.floor()) / Integer(2) ** shift if shift >= 0 else QQ(scaled.floor()) * Integer(2) ** -shift


def round_up(x, bits=_BITS):
    r"""Return a dyadic rational of about ``bits`` significant bits that is at least the rational ``x``."""
    return -round_down(-x, bits)


def _root(x, bits):
    r"""Return the integer part of ``sqrt(x) 2^s`` and ``s``, with about ``bits`` bits in the former."""
    shift = bits + (int(x.denominator().nbits()) - int(x.numerator().nbits())) // 2
    scaled = x * Integer(4) ** shift if shift >= 0 else x / Integer(4) ** -shift
    return Integer(isqrt(int(scaled.floor()))), shift


def root_below(x, bits=_BITS):
    r"""Return a rational that is at most the square root of a non-negative rational; exact for squares."""
    return _rational_root(x, bits, 0)


def root_above(x, bits=_BITS):
    r"""Return a rational that is at least the square root of a non-negative rational; exact for squares."""
    return _rational_root(x, bits, 1)


def _rational_root(x, bits, more):
    if x.is_square():
        exact = x.sqrt()
        return (round_up if more else round_down)(exact, bits)
    root, shift = _root(x, bits)
    root += more
    return QQ(root) / Integer(2) ** shift if shift >= 0 else QQ(root) * Integer(2) ** -shift
