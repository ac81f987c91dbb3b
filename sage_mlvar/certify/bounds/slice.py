r"""
Pieces of a ball or a box between parallel hyperplanes, in floating point.

The same bounds as :mod:`sage_mlvar.check.slice`, vectorized over the linear forms.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar.certify.bounds.ball import Region
    sage: from sage_mlvar.certify.bounds.slice import Slice
    sage: cap = Slice(Region("euclidean", None), 1.0, numpy.array([[1.0, 0.0]]), numpy.array([0.8]), numpy.array([1.0]))
    sage: low, high = cap.supports(numpy.array([[0.0, 1.0], [1.0, 0.0]])); low.round(6).tolist(), high.round(6).tolist()
    ([-0.6, 0.8], [0.6, 1.0])
    sage: cap.inside(numpy.array([0.0, 2.0])).round(6).tolist()
    [0.8, 0.6]
"""

import numpy

from ... import _sage  # noqa: F401

__all__ = ["Slice"]

_STEPS = 20
_SWEEPS = 2


class Slice:
    r"""
    The points of a region within ``radius`` that lie between hyperplanes.

    INPUT:

    - ``region`` -- a :class:`~sage_mlvar.certify.bounds.ball.Region`
    - ``radius`` -- positive float
    - ``rows`` -- array of directions, nearly orthonormal
    - ``low``, ``high`` -- arrays, bounds of ``rows y``; infinite where there is none
    """

    def __init__(self, region, radius, rows, low, high):
        self.radius, self.rows = radius, rows
        self.ball = radius if region.norm == "euclidean" else None
        self.sides = region.box(radius, rows.shape[1])
        self._fill(numpy.asarray(low, dtype=float), numpy.asarray(high, dtype=float))

    def _fill(self, low, high):
        most, least = self._plain(self.rows), -self._plain(-self.rows)
        self.low, self.high = numpy.where(low == -numpy.inf, least, low), numpy.where(high == numpy.inf, most, high)
        self.is_empty = bool(((self.low > most) | (self.high < least)).any())

    def at(self, center):
        r"""Return the slice around ``center``, in the form :func:`.minorants_on` takes it."""
        return _Centered(self, center)

    def supports(self, forms):
        r"""Return arrays: bounds of ``f.y`` on the slice for the rows ``f`` of ``forms``."""
        both = numpy.concatenate([-forms, forms])
        bounds = self._plain(both)
        if len(self.rows):
            for find in (self._of_ball,) if self.sides is None else (self._of_ball, self._of_box):
                if find == self._of_ball and self.ball is None:
                    continue
                weights = find(both)
                cut = numpy.maximum(weights * self.low, weights * self.high).sum(axis=1)
                bounds = numpy.fmin(bounds, cut + self._plain(both - weights @ self.rows))
        return -bounds[: len(forms)], bounds[len(forms) :]

    def _plain(self, forms):
        found = None if self.ball is None else self.ball * numpy.sqrt((forms**2).sum(axis=1))
        if self.sides is not None:
            box = numpy.maximum(forms * self.sides[0], forms * self.sides[1]).sum(axis=1)
            found = box if found is None else numpy.minimum(found, box)
        return found

    def _of_ball(self, forms):
        parts = forms @ self.rows.T
        lengths = numpy.sqrt((parts**2).sum(axis=1))
        across = numpy.sqrt(numpy.maximum((forms**2).sum(axis=1) - lengths**2, 0.0))
        across = numpy.maximum(across, 1e-9 * numpy.where(lengths > 0, lengths, 1.0))
        low, high = numpy.zeros(len(forms)), self.ball / across
        for _ in range(_STEPS):
            t = (low + high) / 2
            square = (t * across) ** 2 + (numpy.clip(t[:, None] * parts, self.low, self.high) ** 2).sum(axis=1)
            long = square > self.ball**2
            low, high = numpy.where(long, low, t), numpy.where(long, t, high)
        t = numpy.maximum(low, 1e-9 * self.ball / across)
        return parts - numpy.clip(t[:, None] * parts, self.low, self.high) / t[:, None]

    def _of_box(self, forms):
        low, high = self.sides
        weights, every = numpy.zeros((len(forms), len(self.rows))), numpy.arange(len(forms))
        for _ in range(_SWEEPS if len(self.rows) > 1 else 1):
            for j, row in enumerate(self.rows):
                rest = forms - weights @ self.rows + weights[:, [j]] * row
                # The bound is convex in one weight; its slope changes where an entry of the rest vanishes, and at 0.
                some = row != 0
                turns = numpy.append(rest[:, some] / row[some], numpy.zeros((len(forms), 1)), axis=1)
                changes = numpy.append(numpy.abs(row) * (high - low), 0.0)[numpy.append(some, True)]
                changes[-1] = self.high[j] - self.low[j]
                order = numpy.argsort(turns, axis=1)
                start = self.low[j] - (row * numpy.where(row > 0, high, low)).sum()
                turned = start + numpy.cumsum(changes[order], axis=1)
                flat = -1e-9 * changes.sum()
                first = numpy.minimum((turned < flat).sum(axis=1), turns.shape[1] - 1)
                weights[:, j] = turns[every, order[every, first]]
        return weights

    def inside(self, y):
        r"""Return a point of the slice near ``y``, or nearly such a point."""
        if self.sides is not None:
            y = numpy.clip(y, *self.sides)
        parts = self.rows @ y
        wanted = numpy.clip(parts, self.low, self.high)
        if self.ball is None:
            return numpy.clip(y + self.rows.T @ (wanted - parts), *self.sides)
        across = y - self.rows.T @ parts
        room, size = numpy.sqrt(max(self.ball**2 - wanted @ wanted, 0.0)), numpy.sqrt(across @ across)
        return self.rows.T @ wanted + (across if size <= room else across * (room / size))


class _Centered:
    r"""A slice with a center."""

    def __init__(self, slice_, center):
        self._slice, self._center = slice_, center
        reach = None
        if slice_.ball is not None:
            low = slice_.supports(center[None])[0][0]
            reach = slice_.ball**2 + center @ center - 2 * low
        if slice_.sides is not None:
            gaps = numpy.maximum(center - slice_.sides[0], slice_.sides[1] - center)
            reach = gaps @ gaps if reach is None else min(reach, gaps @ gaps)
        self.reach = numpy.sqrt(numpy.maximum([reach], 0.0))

    def intervals(self, forms):
        low, high = self._slice.supports(forms[0])
        values = forms[0] @ self._center
        return numpy.minimum(low - values, 0.0)[None], numpy.maximum(high - values, 0.0)[None]
