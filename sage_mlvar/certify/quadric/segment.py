r"""
Rational failures just beyond the boundary of a quadric, on a given ray.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.quadric.form import Dyadic, QuadricForms
    sage: from sage_mlvar.certify.quadric.segment import witness_on_ray
    sage: from sage.rings.rational_field import QQ
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [2, 0]])
    sage: forms = QuadricForms(C)
    sage: u = (QQ(1), QQ(0))
    sage: form = forms.pair(0, 1).at(forms.image(u))
    sage: upper, point = witness_on_ray(form, u, Dyadic([1r, 0r], 0r))
    sage: C.boundary().value(point) <= 0, 2 < (1 + upper)^2 < 2 + 1e-12
    (True, True)
"""

from math import isqrt

from ... import _sage  # noqa: F401
from ..flint_numbers import quotient
from ..rounding import root_above, root_below

from sage.rings.integer import Integer
from sage.rings.rational_field import QQ

__all__ = ["crossing", "rounded", "witness_on_ray"]

#: Bits by which the witness lies beyond the boundary, relative to its distance: tried in this order. The last ones are
#: for failures that are thin.
_BEYOND = (46, 38, 30, 22, 64, 96, 140)


def witness_on_ray(form, u, t):
    r"""
    Return a failure on the ray ``u + s R^T t``, ``s > 0``, or near it.

    INPUT:

    - ``form`` -- a :class:`~sage_mlvar.certify.quadric.form.PointForm` with positive ``value``
    - ``u`` -- tuple of rationals, its data point
    - ``t`` -- a :class:`~sage_mlvar.certify.quadric.form.Dyadic`

    OUTPUT: a rational upper bound of its distance, and the point, or ``None`` when the ray meets no failure
    """
    found = crossing(form, t)
    if found is None:
        return None
    s, exact, length = found
    move, below = form.forms.move(t)
    direction = [quotient(x, below) for x in move.entries()]
    if exact and sum(int(x.denominator()).bit_length() for x in (s, *direction)) <= 64 * (1 + len(u)):
        return root_above(s * s * length), tuple(x + s * d for x, d in zip(u, direction))
    distance = root_below(s * s * length, 24)
    for beyond in _BEYOND:
        stretched = s * (1 + QQ((1, 2**beyond)))
        exact = [x + stretched * d for x, d in zip(u, direction)]
        point = rounded(exact, distance * QQ((1, 2 ** (beyond + 2))) / (isqrt(len(u)) + 1))
        image, image_below = form.forms.image(point)
        if form._value(image, image_below) <= 0:
            squared = sum(((x - y) ** 2 for x, y in zip(point, u)), QQ.zero())
            return root_above(squared), tuple(point)
    return None


def crossing(form, t):
    r"""
    Return where the ray ``u + s R^T t`` first meets a failure: ``s``, whether it is exact, and ``|R^T t|^2``.

    When it is not exact, ``s`` is too large by about ``2^-160`` of it. ``None`` when the ray meets no failure.
    """
    a, b = form.on_ray(t)
    value, disc = form.value, b * b - a * form.value
    if disc < 0:
        return None
    exact = disc.is_square()
    root = disc.sqrt() if exact else root_below(disc, 160)
    if root <= b:
        return None
    # The first zero from 0 is value/(-b + sqrt(disc)); the square root rounded down puts s beyond it.
    return value / (root - b), exact, form.length_squared(t)


def rounded(point, step):
    r"""Return the point with coordinates rounded to multiples of a power of two that is at most ``step``."""
    shift = int((1 / step).ceil()).bit_length() if step > 0 else 0
    if step >= 1:
        shift = -(int(step.floor()).bit_length() - 1)
    power = QQ(2) ** shift
    return [QQ(Integer((x * power).round())) / power for x in point]
