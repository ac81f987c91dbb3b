r"""
Rational points that are failures, near those found in floating point.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.bounds.separations import Separations
    sage: from sage_mlvar.certify.bounds.witness import rational_failure
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [2, 0]])
    sage: g = Separations(C).between(0, 1, [0, 0])
    sage: point = rational_failure(g, [1.0, 1.0000001], 0)
    sage: sum(x^2 for x in point) >= 2, sum(x^2 for x in point) < 2.0000001
    (True, True)
"""

from flint import arb, arb_mat, fmpq

from ... import _sage  # noqa: F401
from ...check.minorant import taylor_coefficients
from ..flint_numbers import from_flint
from .local import precision

__all__ = ["dyadic", "power_of_two", "rational_failure", "sign_at"]


def power_of_two(e):
    r"""Return ``2^e`` as a rational of FLINT."""
    return fmpq(2) ** int(e) if e >= 0 else 1 / fmpq(2) ** int(-e)


def dyadic(x):
    r"""Return a float as the rational of FLINT that it is."""
    return fmpq(*float(x).as_integer_ratio())


def sign_at(separation, move):
    r"""Return the sign of ``g`` at the data point plus ``move``, a list of rationals; 0 when it is not certain."""
    for bits in (128, 512, 4096):
        with precision(bits):
            program = separation.program()
            z = program.start + program.first * arb_mat(len(move), 1, [arb(x) for x in move])
            for W, _, b in program.later:
                values = [taylor_coefficients(program, x)[0] for x in z.entries()]
                z = W * arb_mat(len(values), 1, values) + b
            if z[0, 0] > 0:
                return 1
            if z[0, 0] < 0:
                return -1
    return 0


def rational_failure(separation, move, scale):
    r"""
    Return a rational point, a tuple, where ``g < 0``, on the ray of ``2^scale move`` and close to it; or ``None``.

    INPUT: ``move`` -- floats, relative to the data point. In a domain the ray ends at each side on its own.
    """
    unit = power_of_two(scale)
    ray = [dyadic(x) * unit for x in move]

    def at(s):
        moved = [s * x for x in ray]
        if separation.box is None:
            return moved
        return [min(max(x, low), high) for x, (low, high) in zip(moved, separation.box)]

    one = fmpq(1)
    high = None
    # Flat boundaries are seen too early in floating point.
    for k in (None, 50, 46, 42, 38, 34, 30, 26, 22, 18, 14, 10, 8, 6, 5, 4, 3, 2):
        s = one if k is None else one + power_of_two(-k)
        if sign_at(separation, at(s)) < 0:
            high = s
            break
    if high is None:
        return None
    low = fmpq(0)
    for k in range(52, 4, -6):
        s = high - power_of_two(-k)
        if sign_at(separation, at(s)) > 0:
            low = s
            break
        high = s if sign_at(separation, at(s)) < 0 else high
    while high - low > power_of_two(-70):
        middle = (low + high) / 2
        sign = sign_at(separation, at(middle))
        if sign < 0:
            high = middle
        elif sign > 0:
            low = middle
        else:
            break
    return tuple(from_flint(x + y) for x, y in zip(separation.point, at(high)))
