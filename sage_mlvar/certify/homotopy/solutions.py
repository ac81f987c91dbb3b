r"""
Proved solutions of one real system, collected without repetition.

A real solution is kept as such; of two conjugate ones one is kept and counts twice. Solutions whose discs meet are
counted once: a count is never too large.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.homotopy.exact import BoundarySystem
    sage: from sage_mlvar.certify.homotopy.solutions import Solutions
    sage: C = PolynomialClassifier([[[1, 0], [0, 2]], [[1, 1], [0, 0]]], [[0, 0], [0, 4]])
    sage: S = BoundarySystem(C.boundary())                    # the ellipse x^2 + 4 y^2 = 4
    sage: found = Solutions(S, S.data([1, 0]))
    sage: found.add(numpy.array([[2, 0, 0.25], [-2, 0, 0.75], [2, 0, 0.25]])); found
    2 proved solutions, 2 of them real
    sage: found.add(numpy.array([[4/3, 0.745, 0.125], [4/3, -0.745, 0.125]])); found.count()
    4
"""

import numpy

from ... import _sage  # noqa: F401
from .balls import EPS, Balls
from .krawczyk import prove_discs, sharpen
from .tracking import blocks, newton

__all__ = ["Solution", "Solutions", "distance_squared"]

#: Imaginary parts below this, relative to the size of the point, make a solution look real.
_NEARLY_REAL = 1e-7
_PRECISIONS = (160, 480)


class Solution:
    r"""
    A proved solution: ``center`` and ``radii`` in double precision, whether it ``is_real``, and ``sharp``, the
    :class:`~sage_mlvar.certify.homotopy.krawczyk.Sharp` one where double precision did not suffice, else ``None``.
    """

    def __init__(self, center, radii, is_real, sharp=None):
        self.center, self.radii, self.is_real, self.sharp = center, radii, is_real, sharp


class Solutions:
    r"""
    The proved solutions for one data point.

    INPUT: ``exact`` -- a :class:`~sage_mlvar.certify.homotopy.exact.BoundarySystem`; ``v`` -- coordinates of the data
    point; ``arithmetic`` -- the pair ``exact.floats(), exact.balls()``, if it is at hand
    """

    def __init__(self, exact, v, arithmetic=None):
        self.exact, self.v = exact, v
        self._floats, self._balls = (exact.floats(), exact.balls()) if arithmetic is None else arithmetic
        self._data = numpy.array([int(x.p) / int(x.q) for x in v], dtype=complex)
        self.items = []

    def __repr__(self):
        return f"{self.count()} proved solutions, {len(self.real())} of them real"

    def real(self):
        r"""Return the real solutions."""
        return [item for item in self.items if item.is_real]

    def pairs(self):
        r"""Return one of each pair of solutions that are not real."""
        return [item for item in self.items if not item.is_real]

    def count(self):
        r"""Return the number of different solutions that are proved."""
        return len(self.real()) + 2 * len(self.pairs())

    def add(self, points, deadline=None, enough=None):
        r"""
        Prove what can be proved of approximate solutions, the rows of an array, and collect it.

        ``enough`` -- the number of solutions at which slow proofs are not tried any more
        """
        points = numpy.asarray(points, dtype=complex)
        for part in blocks(points):
            self._add(points[part], deadline, enough)

    def _add(self, points, deadline, enough):
        if deadline is not None:
            deadline.check("proving solutions")
        points = newton(self._floats, points, self._data)
        points = points[numpy.isfinite(points).all(1)]
        if not len(points):
            return
        flat = abs(points.imag).max(1) <= _NEARLY_REAL * (1 + abs(points).max(1))
        first = points.copy()
        first[flat] = newton(self._floats, points[flat].real.astype(complex), self._data, 1).real
        good, radii = prove_discs(self.exact, self.v, first, self._balls)
        apart = (abs(first.imag) > radii * (1 + 4 * EPS)).any(1)
        proved = good & (flat | apart)
        fresh = [Solution(first[k], radii[k], bool(flat[k])) for k in numpy.flatnonzero(proved)]
        self.items = _distinct(self.items + fresh, deadline)
        for k in numpy.flatnonzero(~proved):
            if enough is not None and self.count() >= enough:
                return
            if deadline is not None:
                deadline.check("proving solutions")
            item = self._slowly(points[k], bool(flat[k]), deadline)
            if item is not None:
                self.items = _distinct([*self.items, item], deadline)

    def _slowly(self, point, flat, deadline):
        r"""Prove one solution in higher precision, as a real one or not, or return ``None``."""
        for bits in _PRECISIONS:
            for real in (flat, not flat):
                sharp = sharpen(self.exact, self.v, point.tolist(), real, bits, deadline=deadline)
                if sharp is None:
                    continue
                discs = sharp.discs()
                if not real and all(z.imag.contains(0) for z in discs):
                    continue
                center = numpy.array([complex(float(z.real.mid()), float(z.imag.mid())) for z in sharp.center])
                # The center was rounded: its error is counted with the radius.
                radii = numpy.array([float(r.upper()) for r in sharp.radii]) + 4 * EPS * abs(center) + 1e-290
                return Solution(center, radii * (1 + 4 * EPS), real, sharp)
        return None


def _distinct(items, deadline=None):
    r"""
    Return the solutions without those that may be the same as an earlier one, or as its conjugate.

    Points are sorted by a linear function with real values; discs that meet are close to each other then.
    """
    if len(items) < 2:
        return items
    centers = numpy.array([item.center for item in items])
    radii = numpy.array([item.radii for item in items])
    both = numpy.concatenate([centers, centers.conj()])
    spread = numpy.concatenate([radii, radii])
    # Coordinates are measured by their typical size, and weighted so that no symmetry makes values equal.
    typical = numpy.median(abs(centers), axis=0)
    weights = numpy.sqrt(numpy.arange(2, centers.shape[1] + 2)) / numpy.where(typical > 0, typical, 1)
    value = both.real @ weights + both.imag @ (weights * numpy.pi / 2)
    rounding = 8 * (centers.shape[1] + 4) * EPS * ((abs(both.real) + 2 * abs(both.imag)) @ weights)
    width = 2 * (spread @ weights) + rounding
    if not (numpy.isfinite(value).all() and numpy.isfinite(width).all()):
        # Sizes beyond doubles: nothing is known to be different.
        return items[:1]
    order = numpy.argsort(value - width)
    low, high = (value - width)[order], (value + width)[order]
    dropped, count = set(), len(items)
    # Only where an interval begins before all earlier ones end can it meet one of them.
    for place in numpy.flatnonzero(low[1:] <= numpy.maximum.accumulate(high)[:-1]) + 1:
        if deadline is not None:
            deadline.check("comparing solutions")
        here = order[place]
        for earlier in numpy.flatnonzero(high[:place] >= low[place]):
            there = order[earlier]
            one, other = sorted((int(here) % count, int(there) % count))
            if one == other or one in dropped or other in dropped:
                continue
            gaps = abs(both[here] - both[there]) * (1 - 8 * EPS)
            if not (gaps > (spread[here] + spread[there]) * (1 + 4 * EPS)).any():
                dropped.add(other)
    return [item for k, item in enumerate(items) if k not in dropped]


def distance_squared(exact, v, solution):
    r"""Return lower and upper bounds of the squared distance of a real solution in double precision."""
    step = Balls(solution.center[:-1], solution.radii[:-1]) - Balls.of_rationals(v)
    moved = step if exact.inverse_balls is None else exact.inverse_balls @ step
    total = moved[None, :] @ step[:, None]
    middle = float(total.mid[0, 0].real)
    spread = float(total.rad[0, 0]) * (1 + 4 * EPS) + 4 * EPS * abs(middle)
    return middle - spread, middle + spread
