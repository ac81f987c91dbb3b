r"""
Failures at or just beyond critical and singular points of a boundary.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -2], [0, 0]]], [[0, 0], [3, 0]])
    sage: certificate = C.certify([1, "1/2"], certifier="critical")
    sage: point = certificate.witness.point
    sage: C.boundary().value(point) <= 0, C.boundary().value([(x + u) / 2 for x, u in zip(point, [1, QQ(1) / 2])]) > 0
    (True, True)
"""

from math import isqrt

from ... import _sage  # noqa: F401
from ...check.parametrization_piece import candidate
from ..base import Witness
from ..flint_numbers import from_flint
from ..quadric.segment import rounded
from ..rounding import root_above, root_below

from sage.rings.rational_field import QQ

__all__ = ["RealPoint", "bits_for", "real_points", "witness_at"]

#: Bits of the moves beyond the boundary, relative to the distance, after the first which the tolerance decides.
_BEYOND = (48, 64, 40, 96, 128)


class RealPoint:
    r"""
    A real point of a checked parametrization: candidate for the nearest one.

    - ``low``, ``high`` -- rational bounds of its squared distance
    - ``t`` -- rational coordinates near it, ``radius`` -- of a ball around them that holds its own; ``is_known`` --
      whether the precision sufficed for them
    - ``solutions``, ``root`` -- the parametrization, and the place among its real points
    """

    def __init__(self, frame, solutions, root, precision):
        self.solutions, self.root = solutions, root
        low, high, t = candidate(frame, solutions.real_points(precision)[root], precision)
        self.low, self.high = from_flint(low), from_flint(high)
        self.is_known = all(x.is_finite() for x in t)
        self.t = [from_flint(x.mid().fmpq()) for x in t] if self.is_known else None
        self.radius = max((from_flint(x.rad().fmpq()) for x in t), default=QQ.zero()) if self.is_known else None

    def exact(self):
        r"""Return the coordinates if the root of the eliminating polynomial is rational, else ``None``."""
        w = self.solutions.w
        for factor, _ in w.factor()[1]:
            if factor.degree() == 1:
                found = self._at(-from_flint(factor[0]) / from_flint(factor[1]))
                if all(abs(x - y) <= self.radius for x, y in zip(found, self.t)):
                    return found
        return None

    def _at(self, root):
        def value(f):
            total = QQ.zero()
            for c in reversed(f.coeffs()):
                total = total * root + from_flint(c)
            return total

        below = value(self.solutions.below)
        return [value(f) / below for f in self.solutions.numerators[: len(self.t)]]


def bits_for(tolerance):
    r"""Return the significant bits of bounds of distances that are to be so close."""
    return max(72, int((1 / tolerance).ceil()).bit_length() + 24)


def real_points(frame, pieces, precision):
    r"""Return the :class:`RealPoint` of all real points of checked pieces, nearest first."""
    found = [
        RealPoint(frame, solutions, root, precision)
        for piece in pieces
        for solutions in piece.points()
        for root in range(len(solutions.real_points(precision)))
    ]
    return sorted(found, key=lambda point: (point.high, point.low))


def witness_at(point, pair, question, fails, plain):
    r"""
    Return a :class:`~sage_mlvar.certify.base.Witness` at a real point of the boundary.

    A rational point just beyond it on the ray from the data point, if the difference of the outputs changes its sign;
    the point itself, if it is rational; else the point as an algebraic one.

    INPUT:

    - ``point`` -- a :class:`RealPoint`; ``pair`` -- a :class:`~sage_mlvar.certify.critical.pair.Pair`
    - ``fails`` -- function from rational points to booleans
    - ``plain`` -- the parametrization of ``point`` as a proof has it
    """
    u, tolerance = question.point, question.tolerance
    move = list(pair.move(point.t))
    distance = root_below(point.low, 24) or root_below(point.high, 24)
    bits = bits_for(tolerance)
    for beyond in (tolerance / 16, *(QQ((1, 2**k)) for k in _BEYOND), tolerance / 2**20, tolerance / 2**60):
        if beyond * 8 > tolerance:
            continue
        step = distance * beyond / (8 * (isqrt(len(u)) + 1))
        moved = rounded([a + (1 + beyond) * b for a, b in zip(u, move)], step)
        if fails(moved):
            squared = sum((a - b) ** 2 for a, b in zip(moved, u))
            return Witness(pair.other, root_above(squared, bits), tuple(moved))
    exact = point.exact()
    if exact is not None:
        moved = tuple(a + b for a, b in zip(u, pair.move(exact)))
        if fails(moved):
            return Witness(pair.other, root_above(sum((a - b) ** 2 for a, b in zip(moved, u)), bits), moved)
    proof = {"kind": "parametrization", "basis": pair.basis, "points": plain, "root": point.root}
    return Witness(pair.other, root_above(point.high, bits), None, proof)
