r"""
Subdivision: a box around the data point is cut until no cell near the point can hold a boundary point.

The nearest cells come first, so that at any moment the distance of the nearest cell that is left is a lower bound.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.bounds.ball import Region
    sage: from sage_mlvar.certify.bounds.local import LocalNetwork
    sage: from sage_mlvar.certify.bounds.separations import Separations
    sage: from sage_mlvar.certify.bounds.subdivide import Cover
    sage: C = PolynomialClassifier([[[1, 0], [0, 2]], [[-1, -1], [0, 0]]], [[0, 0], [9, 0]], 3)
    sage: cover = Cover(LocalNetwork(Separations(C).between(0, 1, [0, 0]), None, 0), Region("euclidean", None), 1.04)
    sage: cover.run(); cover.lower > 1.0399, cover.tree(cover.lower)[0].strip("01.m")
    (True, '')
"""

import heapq

import numpy

from ... import _sage  # noqa: F401
from .model import minorants
from .search import length

__all__ = ["Cover"]

_BATCH = 256
_NOISE = 2e-12
#: Cells with sides below this part of the box are not cut again.
_SMALLEST = 2.0**-40


class Cover:
    r"""
    A subdivision of the box of all points within ``reach``, in the coordinates of ``local``.

    INPUT:

    - ``local`` -- a :class:`~sage_mlvar.certify.bounds.local.LocalNetwork`
    - ``region`` -- a :class:`~sage_mlvar.certify.bounds.ball.Region`
    - ``reach`` -- the distance to be proved; best just below that of the nearest failure known
    - ``slope`` -- a multiplier that may help, that of the nearest failure known, or ``None``

    Attributes: ``lower``, what the cells prove so far, and ``failure``, a point nearer than ``reach`` where the
    function is not positive, or ``None``.
    """

    def __init__(self, local, region, reach, slope=None):
        self.local, self.region, self.reach, self.slope = local, region, float(reach), slope
        m = local.dimension
        box = region.box(self.reach, m)
        low, high = box if box is not None else (numpy.full(m, -self.reach), numpy.full(m, self.reach))
        self._low, self._high = [low], [high]
        self._axis, self._child, self._multiplier = [None], [None], [None]
        self._waiting = [(0.0, 0)]
        self._stuck = numpy.inf
        self.failure = None

    @property
    def lower(self):
        r"""The distance that the cells prove so far."""
        first = self._waiting[0][0] if self._waiting else numpy.inf
        return min(self.reach, first, self._stuck) * (1 - 1e-12)

    def cells(self):
        r"""Return how many cells there are."""
        return len(self._axis)

    def run(self, most=100_000, check=lambda: True):
        r"""
        Cut until ``reach`` is proved, a failure is found, there are ``most`` cells, or ``check()`` is false.
        """
        while self._waiting and self._waiting[0][0] <= self.reach and self.failure is None:
            # A cell that cannot be cut again ends it: what is farther does not count any more.
            if self._waiting[0][0] >= self._stuck or self.cells() >= most or not check():
                return
            batch = []
            while self._waiting and len(batch) < _BATCH and self._waiting[0][0] <= self.reach:
                batch.append(heapq.heappop(self._waiting)[1])
            self._work(batch)

    def _work(self, batch):
        low = numpy.array([self._low[k] for k in batch])
        high = numpy.array([self._high[k] for k in batch])
        center, half = (low + high) / 2, (high - low) / 2
        c, b, Q = minorants(self.local, center, half)
        far = self.reach if self.region.norm == "euclidean" else None
        done, multiplier = _excluded(c, b, Q, center, half, far, self.slope)
        inside = length(center, self.region.norm) < self.reach
        values = self.local.values(center)
        bad = numpy.flatnonzero(inside & (values <= 0))
        if len(bad):
            distances = length(center[bad], self.region.norm)
            self.failure = center[bad[distances.argmin()]]
        widest = half.argmax(axis=1)
        for position, k in enumerate(batch):
            if done[position]:
                t = multiplier[position]
                self._multiplier[k] = None if numpy.isnan(t) else float(t)
                continue
            axis = int(widest[position])
            if half[position, axis] <= _SMALLEST * self.reach or not numpy.isfinite(values[position]):
                self._stuck = min(self._stuck, self._distance(k))
                continue
            self._axis[k], self._child[k] = axis, len(self._axis)
            middle = center[position, axis]
            for side in range(2):
                new_low, new_high = low[position].copy(), high[position].copy()
                (new_high if side == 0 else new_low)[axis] = middle
                self._low.append(new_low)
                self._high.append(new_high)
                self._axis.append(None)
                self._child.append(None)
                self._multiplier.append(None)
                number = len(self._axis) - 1
                heapq.heappush(self._waiting, (self._distance(number), number))

    def _distance(self, k):
        gap = numpy.maximum(0.0, numpy.maximum(self._low[k], -self._high[k]))
        return float(length(gap, self.region.norm))

    def tree(self, lower):
        r"""Return the tree as text, and the list of multipliers; cells farther than ``lower`` are not cut."""
        text, multipliers, waiting = [], [], [0]
        while waiting:
            k = waiting.pop()
            far = self._distance(k) > lower
            if self._axis[k] is not None and not far:
                text.append(str(self._axis[k]))
                waiting += [self._child[k] + 1, self._child[k]]
            elif self._multiplier[k] is not None and not far:
                text.append("m")
                multipliers.append(self._multiplier[k])
            else:
                text.append(".")
        return "".join(text), multipliers


def _excluded(c, b, Q, center, half, far, slope):
    r"""Return which cells are excluded, and by which multipliers (not a number: by none)."""
    count, m = center.shape
    good = numpy.isfinite(c) & numpy.isfinite(b).all(axis=1) & numpy.isfinite(Q).all(axis=(1, 2))
    with numpy.errstate(all="ignore"):
        diagonal = Q[:, numpy.arange(m), numpy.arange(m)]
        squares = numpy.einsum("ci,cik,ck->c", half, numpy.abs(Q), half)
        squares = squares - (numpy.maximum(diagonal, 0) * half**2).sum(axis=1)
        linear = (numpy.abs(b) * half).sum(axis=1)
        done = good & (c - linear - squares > _NOISE * (1 + numpy.abs(c) + linear + squares))
    multiplier = numpy.full(count, numpy.nan)
    if far is None:
        return done, multiplier
    left = numpy.flatnonzero(good & ~done)
    if not len(left):
        return done, multiplier
    c, b, Q, center, half = c[left], b[left], Q[left], center[left], half[left]
    around = (center**2).sum(axis=1)
    with numpy.errstate(all="ignore"):
        fit = numpy.where(around > 0, -(b * center).sum(axis=1) / (2 * around), 0.0)
    fit = numpy.where(numpy.isfinite(fit), numpy.maximum(fit, 0.0), 0.0)
    w = numpy.linalg.eigvalsh(Q)
    least = numpy.maximum(0.0, -w[:, 0] + 0.02 * numpy.abs(w).max(axis=1))
    # Where the function is nearly a ball around the point, multipliers must be near the least one.
    barely = numpy.maximum(0.0, -w[:, 0]) + 4e-11 * numpy.abs(w).max(axis=1)
    tries = [fit, numpy.maximum(fit, least), least, barely]
    if slope is not None:
        tries.insert(0, numpy.full(len(left), slope))
    open_ = numpy.ones(len(left), dtype=bool)
    for t in tries:
        k = numpy.flatnonzero(open_)
        if not len(k):
            break
        # Few bits, mostly: a proof lists a multiplier for each cell.
        t = _rounded(t) if t is not barely else t
        found = _with_multiplier(c[k], b[k], Q[k], center[k], half[k], around[k], far, t[k])
        hit = k[found]
        open_[hit] = False
        done[left[hit]], multiplier[left[hit]] = True, t[hit]
    return done, multiplier


def _rounded(t):
    r"""Return numbers of 24 bits near ``t``, not below."""
    mantissa, power = numpy.frexp(t)
    return numpy.ldexp(numpy.ceil(mantissa * 2.0**24), power - 24)


def _with_multiplier(c, b, Q, center, half, around, far, t):
    m = center.shape[1]
    c, b, Q = c + t * (around - far * far), b + 2 * t[:, None] * center, Q + t[:, None, None] * numpy.eye(m)
    size = 1 + numpy.abs(c) + t * far * far
    found = _positive(c, b, Q, size, far)
    with numpy.errstate(all="ignore"):
        diagonal = Q[:, numpy.arange(m), numpy.arange(m)]
        own = numpy.where(half > 0, numpy.abs(b) / (2 * half) - diagonal, 0.0)
        own = numpy.where(own > 0, own, 0.0)
        cut = (own * half**2).sum(axis=1)
    return found | _positive(c - cut, b, Q + own[:, :, None] * numpy.eye(m), size + cut, far)


def _positive(c, b, Q, size, far):
    good = numpy.isfinite(c) & numpy.isfinite(Q).all(axis=(1, 2)) & numpy.isfinite(b).all(axis=1)
    if not good.all():
        c, b, Q = (numpy.where(good.reshape(-1, *[1] * (x.ndim - 1)), x, 0.0) for x in (c, b, Q))
    w, U = numpy.linalg.eigh(Q)
    beta = (numpy.einsum("cij,ci->cj", U, b)) ** 2 / 4
    floor = 1e-11 * numpy.abs(Q).max(axis=(1, 2)) + 1e-14 * size / (far * far)
    definite = good & (w[:, 0] > floor)
    with numpy.errstate(all="ignore"):
        bent = (beta / w).sum(axis=1)
        return definite & (c - bent > _NOISE * (size + bent))
