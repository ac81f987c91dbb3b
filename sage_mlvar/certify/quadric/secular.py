r"""
The multiplier of a nearest point of a quadric, in doubles.

In the diagonal coordinates of a :class:`~sage_mlvar.certify.quadric.pencil.Pencil` the problem is to minimise ``|s|^2``
where ``g(s) = sum mu_i s_i^2 + 2 p_i s_i + g(0)`` vanishes. The minimiser of ``|s|^2 + l g(s)`` is
``s_i = -l p_i/(1 + l mu_i)``, and the value of ``g`` there decreases from ``g(0) > 0`` as ``l`` grows to the last ``l``
with all ``1 + l mu_i > 0``.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar.certify.quadric.secular import solve
    sage: found = solve(numpy.array([-1.0, -1.0]), numpy.array([-1.0, 0.0]), 3.0)    # a circle, from within
    sage: round(found.multiplier, 12), abs(found.points[0]).round(12).tolist()
    (0.5, [1.0, 0.0])

The parabola ``y = x^2`` from the point ``(0, 2)``: the multiplier is the last one, and the nearest points are not on
the way of the minimisers::

    sage: found = solve(numpy.array([-1.0, 0.0]), numpy.array([0.0, 0.5]), 2.0)
    sage: round(found.multiplier, 9), [abs(point).round(6).tolist() for point in found.points]
    (1.0, [[1.224745, 0.5]])

REFERENCES: Moré, Sorensen, *Computing a trust region step*, 1983.
"""

from dataclasses import dataclass

import numpy

from ... import _sage  # noqa: F401

__all__ = ["Secular", "solve"]

#: The last multiplier is approached to this relative distance.
_GAP = 2.0**-44
#: Eigenvalues below this part of the largest one are noise.
_NOISE = 2.0**-46
#: Multipliers above this, in units of the inverse of the largest eigenvalue, are left to exact arithmetic.
_LARGEST = 2.0**24


@dataclass(frozen=True)
class Secular:
    r"""
    The outcome of :func:`solve`.

    - ``multiplier`` -- float, near the best one
    - ``point`` -- array, the minimiser for it
    - ``points`` -- list of arrays, to be tried in this order: directions in which the boundary is nearest
    - ``least`` -- float, the least of ``1 + l mu_i`` and 1
    """

    multiplier: float
    point: object
    points: list
    least: float


def solve(mu, p, value):
    r"""
    Return the :class:`Secular`, or ``None`` when doubles see no boundary, or one very far away or nearly double.

    INPUT:

    - ``mu`` -- array, the eigenvalues
    - ``p`` -- array, half the gradient
    - ``value`` -- positive float, ``g(0)``
    """
    # What leaves the range of doubles is left to exact arithmetic.
    with numpy.errstate(all="ignore"):
        return _solve(mu, p, value)


def _solve(mu, p, value):
    size = float(numpy.abs(mu).max(initial=0.0))
    slope = float(p @ p)
    if not (numpy.isfinite(slope) and numpy.isfinite(value) and value > 0):
        return None
    mu = numpy.where(numpy.abs(mu) <= _NOISE * size, 0.0, mu)
    lowest = float(mu.min(initial=0.0))

    def excess(l):  # noqa: E741
        below = 1 + l * mu
        return value - float((p * p * l * (1 + below) / below**2).sum())

    if lowest < 0:
        last, top = -1 / lowest, -1 / lowest * (1 - _GAP)
    elif slope > 0:
        top = value / slope
        for _ in range(200):
            if excess(top) < 0:
                break
            if top * size > _LARGEST:
                return None
            top *= 4
        else:
            return None
    else:
        return None
    if not (numpy.isfinite(top) and numpy.isfinite(excess(top))):
        return None
    if excess(top) > 0:
        # All the way to the last multiplier g stays positive: from its minimiser a step in an eigenvector finishes.
        s = _minimiser(top, mu, p)
        return Secular(top, s, [_along(mu, p, value, s, int(mu.argmin()))], float(1 + top * lowest))
    bottom = min(value / (2 * slope), top) if slope > 0 else top
    while excess(bottom) < 0:
        bottom /= 2
        if bottom < 1e-300:
            return None
    l = _polished(_crossing(excess, bottom, top), mu, p, excess, min(top, last if lowest < 0 else top))  # noqa: E741
    points = [_minimiser(min(l * (1 + step), top), mu, p) for step in (0, 2**-44, 2**-36, 2**-28, 2**-20)]
    if lowest < 0:
        points.append(_along(mu, p, value, points[0], int(mu.argmin())))
    return Secular(l, points[0], points, float(min(1.0, 1 + l * lowest)))


def _crossing(excess, bottom, top):
    r"""Return a zero of ``excess``, at least 0 at ``bottom`` and at most 0 at ``top``."""

    def scaled(x):
        return excess(float(numpy.exp(x)))

    low, high = numpy.log(bottom), numpy.log(top)
    # An end may be the zero itself, and rounding then takes the change of sign away.
    if low >= high or scaled(low) <= 0:
        return bottom
    if scaled(high) >= 0:
        return top
    return float(numpy.exp(_change_of_sign(scaled, low, high)))


def _change_of_sign(f, low, high):
    r"""
    Return where a function changes from positive at ``low`` to negative at ``high``, by the Illinois method.

    SciPy's ``brentq`` does the same, but importing it takes a second, half of the time for the first point of a large
    network.
    """
    at_low, at_high, kept = f(low), f(high), 0
    for k in range(300):
        if high - low <= 1e-14 * (1 + abs(high)):
            break
        middle = high - at_high * (high - low) / (at_high - at_low)
        # Halved now and then: far from its zero the function is no line at all.
        if k % 4 == 3 or not low < middle < high:
            middle = (low + high) / 2
        value = f(middle)
        if value > 0:
            low, at_low = middle, value
            at_high, kept = (at_high / 2 if kept == 1 else at_high), 1
        elif value < 0:
            high, at_high = middle, value
            at_low, kept = (at_low / 2 if kept == -1 else at_low), -1
        else:
            return middle
    return low


def _minimiser(l, mu, p):  # noqa: E741
    return -l * p / (1 + l * mu)


def _polished(l, mu, p, excess, top):  # noqa: E741
    r"""Return the multiplier after steps of Newton, which ends below the last one."""
    for _ in range(2):
        below = 1 + l * mu
        slope = -2 * float((p * p / below**3).sum())
        step = excess(l) / slope if slope else 0.0
        if 0 < l - step < top:
            l = l - step  # noqa: E741
    return l


def _along(mu, p, value, s, i):
    r"""Return the point with ``g = 0`` that is nearest to 0 on the line through ``s`` in direction ``i``."""
    rest = value + float((mu * s * s + 2 * p * s).sum()) - mu[i] * s[i] ** 2 - 2 * p[i] * s[i]
    root = numpy.sqrt(max(p[i] ** 2 - mu[i] * rest, 0.0))
    candidates = [(-p[i] + root) / mu[i], (-p[i] - root) / mu[i]]
    result = s.copy()
    result[i] = min(candidates, key=abs)
    return result
