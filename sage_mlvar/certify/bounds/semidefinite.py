r"""
Lagrange multipliers of quadratic inequalities, by semidefinite programming in floating point.

For a quadratic function ``F`` and quadratic inequalities ``A_k >= 0`` of a vector ``w``, all written as symmetric
matrices for the vector ``(1, w)``, the best bound of ``F`` by multipliers ``x_k >= 0`` is ::

    max t,    F - t E - sum_k x_k A_k positive semidefinite,    E the matrix of the constant 1.

A primal-dual interior-point method finds it, in some ten steps. The linear systems for its steps are cheap here, since
each inequality is about two linear functions only.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar.certify.bounds.semidefinite import Inequalities, best_bound
    sage: frame = numpy.array([[1., 0, 0], [0, 1., 0], [0, 0, 1.]])  # 1, x, y
    sage: disk = numpy.diag([1., -1, -1])
    sage: plane = numpy.array([[0., .5, 0], [.5, 0, 0], [0, 0, 0]])  # x >= 0
    sage: A = Inequalities(frame[None], numpy.array([0, 0]), numpy.array([disk, plane]))
    sage: found = best_bound(numpy.array([[0., 1, .5], [1, 0, 0], [.5, 0, 0]]), A, numpy.array([1., 0]), 1.0)
    sage: round(found.bound, 6), found.multipliers.round(3), found.moments[0].round(3)   # 2 x + y on half a disk
    (-1.0, array([0.5, 2. ]), array([ 1.,  0., -1.]))

REFERENCES: C. Helmberg, F. Rendl, R. Vanderbei, H. Wolkowicz, *An interior-point method for semidefinite programming*,
1996; S. Mehrotra, *On the implementation of a primal-dual interior point method*, 1992.
"""

from dataclasses import dataclass

import numpy

from ... import _sage  # noqa: F401

__all__ = ["Bound", "Inequalities", "best_bound"]

_STEPS = 60
#: The part of the way to where something degenerates that a step may go.
_STEP = 0.95
#: The gap at which a bound is the best one; without hope for what is asked, a rough one is enough.
_GAP = 1e-9
_ROUGH = 0.05
_FEASIBLE = 1e-7


class Inequalities:
    r"""
    Quadratic inequalities about two linear functions each, and one about many.

    INPUT:

    - ``frames`` -- array, three linear functions of ``(1, w)`` in each entry: 1, and two others
    - ``places`` -- array of integers, the frame of each inequality
    - ``forms`` -- array of symmetric 3 x 3 matrices: the inequalities, in terms of their frames
    - ``free`` -- boolean array, which of them are equations; default: none
    - ``ball`` -- matrix, the last inequality, or ``None``
    """

    def __init__(self, frames, places, forms, free=None, ball=None):
        self.frames, self.ball = frames, ball
        self._flat = frames.reshape(-1, frames.shape[2])
        count = len(places)
        self.count = count + (ball is not None)
        self.bounded = numpy.ones(self.count, dtype=bool)
        if free is not None:
            self.bounded[:count] = ~free
        # A table with a row for each frame: the inequalities about it, in any order.
        order = numpy.argsort(places, kind="stable")
        starts = numpy.searchsorted(places[order], numpy.arange(len(frames)))
        slots = numpy.empty(count, dtype=int)
        slots[order] = numpy.arange(count) - starts[places[order]]
        self._places, self._slots = places, slots
        self._table = numpy.zeros((len(frames), slots.max() + 1, 9))
        self._table[places, slots] = forms.reshape(-1, 9)

    def are_finite(self):
        r"""Return whether all entries are numbers."""
        return bool(numpy.isfinite(self._table).all() and numpy.isfinite(self.frames).all())

    def combine(self, x):
        r"""Return the sum of the matrices with coefficients ``x``."""
        coefficients = numpy.zeros(self._table.shape[:2])
        coefficients[self._places, self._slots] = x[: len(self._places)]
        weights = (coefficients[:, None] @ self._table).reshape(-1, 3, 3)
        total = self._flat.T @ (weights @ self.frames).reshape(self._flat.shape)
        return total if self.ball is None else total + x[-1] * self.ball

    def inner(self, M):
        r"""Return the inner products of the matrices with a symmetric one."""
        own = (self.frames @ M @ self.frames.transpose(0, 2, 1)).reshape(-1, 9, 1)
        found = (self._table @ own)[self._places, self._slots, 0]
        return found if self.ball is None else numpy.append(found, (self.ball * M).sum())

    def products(self, X, Y):
        r"""Return the matrix of the traces of ``A_k X A_l Y``; ``X`` and ``Y`` are symmetric."""
        one, two = (self._gram(M) for M in (X, Y))
        # For two frames all traces are linear in the products of the entries of their two Gram matrices.
        pairs = one[:, :, None, :, :, None] * two[:, :, :, None, None, :]
        pairs = pairs.reshape(*one.shape[:2], 9, 9)
        traces = self._table[:, None] @ pairs @ self._table.transpose(0, 2, 1)[None]
        places, slots = self._places, self._slots
        found = numpy.empty((self.count, self.count))
        found[: len(places), : len(places)] = traces[places[:, None], places, slots[:, None], slots]
        if self.ball is not None:
            found[-1] = found[:, -1] = self.inner(_symmetric(X @ self.ball @ Y))
        return found

    def _gram(self, M):
        size = len(self.frames)
        return (self._flat @ M @ self._flat.T).reshape(size, 3, size, 3).transpose(0, 2, 1, 3)


@dataclass(frozen=True)
class Bound:
    r"""
    A lower ``bound`` of a function and its ``multipliers``.

    ``moments`` are those of ``(1, w)`` for the points where the function might be lowest, a matrix: of one point when
    its rank is 1.
    """

    bound: float
    multipliers: object
    moments: object


def best_bound(F, inequalities, heavy, scale, goal=None):
    r"""
    Return the best :class:`Bound` of a quadratic function, nearly, or ``None``.

    INPUT:

    - ``F`` -- symmetric matrix, the function of ``(1, w)``
    - ``inequalities`` -- :class:`Inequalities`
    - ``heavy`` -- multipliers, some of them zero, with which all of ``w`` is bounded
    - ``scale`` -- positive float: the size of bounds that matter
    - ``goal`` -- stop when the bound exceeds this number, or roughly when it cannot
    """
    with numpy.errstate(all="ignore"):  # what is no number proves nothing later
        path = _Path(F, inequalities, scale)
        return path.follow(goal) if inequalities.are_finite() and path.start(heavy) else None


class _Path:
    r"""Multipliers ``x``, ``t`` and the matrix ``Z`` that they leave; moments ``X`` and what they leave, ``s``."""

    def __init__(self, F, inequalities, scale):
        self.F, self.A, self.scale = F, inequalities, scale
        self.inside = numpy.flatnonzero(inequalities.bounded)

    def start(self, heavy):
        r"""Find some multipliers that are a bound, and return whether there are."""
        light = numpy.where(self.A.bounded, 1e-2 * self.scale, 0.0)
        weight = self.scale
        while _factor(self._matrix(light + weight * heavy)[1:, 1:]) is None:
            weight *= 2
            if not weight < 1e14 * self.scale:
                return False
        self.x = light + 2 * weight * heavy
        M = self._matrix(self.x)
        t = M[0, 0] - M[0, 1:] @ numpy.linalg.solve(M[1:, 1:], M[1:, 0])
        if not self._take(self.x, t - 0.5 * max(1.0, abs(t)) - self.scale):
            return False
        self.X = numpy.eye(len(M))
        self.s = numpy.where(self.A.bounded, numpy.maximum(self.A.inner(self.X), 1.0), 0.0)
        return True

    def _matrix(self, x, t=0.0):
        M = self.F - self.A.combine(x)
        M[0, 0] -= t
        return M

    def _take(self, x, t):
        r"""Go to multipliers if they are a bound, and return whether they are."""
        Z = self._matrix(x, t)
        factor = _factor(Z) if (x[self.inside] > 0).all() else None
        if factor is None:
            return False
        self.x, self.t, self.Z, self._root = x, t, Z, factor
        return True

    def follow(self, goal):
        r"""Take steps until nothing is left to gain."""
        wrong = 1.0  # how much of the first infeasibility of the moments is left
        for _ in range(_STEPS):
            part = self._step()
            if part is None:
                break
            wrong *= 1 - part
            if goal is not None and self.t > goal:
                break
            most = float((self.F * self.X).sum())
            gap = (most - self.t) / max(abs(self.t), self.scale)
            hopeless = goal is not None and most < goal
            if wrong < _FEASIBLE and gap < (_ROUGH if hopeless else _GAP):
                break
        return Bound(float(self.t), self.x, self.X / self.X[0, 0])

    def _step(self):
        r"""Take a step; return the part of the way that the moments go, or ``None`` when nothing moves."""
        root = _factor(self.X)
        if root is None:
            return None
        inside, X, x, s = self.inside, self.X, self.x, self.s
        size = len(X) + len(inside)
        mu = ((X * self.Z).sum() + x[inside] @ s[inside]) / size
        system = _System(self)
        try:
            aim = system.direction(0.0)
            primal, dual = self._lengths(root, aim, 1.0)
            after = ((X + primal * aim.X) * (self.Z + dual * aim.Z)).sum()
            after += (x + dual * aim.x)[inside] @ (s + primal * aim.s)[inside]
            centering = min(max((max(after, 0.0) / size / mu) ** 2, 1e-3), 1.0)
            move = system.direction(centering * mu, aim)
            primal, dual = self._lengths(root, move, _STEP)
        except numpy.linalg.LinAlgError:
            return None
        while not self._take(x + dual * move.x, self.t + dual * move.t):
            dual *= 0.8
            if not dual > 1e-8:
                return None
        self.X, self.s = X + primal * move.X, s + primal * move.s
        return primal

    def _lengths(self, root, move, part):
        r"""Return how far the moments, and the multipliers, can go: at most the whole way, and ``part`` of the rest."""
        inside = self.inside
        primal = min(_room(root, move.X), _room_of(self.s[inside], move.s[inside]))
        dual = min(_room(self._root, move.Z), _room_of(self.x[inside], move.x[inside]))
        return min(1.0, part * primal), min(1.0, part * dual)


@dataclass(frozen=True)
class _Move:
    x: object
    t: float
    Z: object
    X: object
    s: object


class _System:
    r"""The linear system of a step: the products of the inequalities with the moments and the inverse of ``Z``."""

    def __init__(self, path):
        self.path = path
        A, X, x, s, inside = path.A, path.X, path.x, path.s, path.inside
        inverse = numpy.linalg.inv(path._root)
        self.Y = inverse.T @ inverse
        K = A.count
        system = numpy.empty((K + 1, K + 1))
        system[:K, :K] = A.products(X, self.Y)
        system[K, :K] = system[:K, K] = A.inner(_symmetric(numpy.outer(X[:, 0], self.Y[0])))
        system[K, K] = X[0, 0] * self.Y[0, 0]
        system[inside, inside] += s[inside] / x[inside]
        self.units = 1 / numpy.sqrt(numpy.diag(system))
        self.matrix = system * self.units[:, None] * self.units
        self.matrix[numpy.arange(K + 1), numpy.arange(K + 1)] += 1e-14
        self.toward = numpy.append(-A.inner(self.Y), -self.Y[0, 0])
        self.toward[inside] += 1 / x[inside]

    def direction(self, mu, before=None):
        r"""Return the step to the point with parameter ``mu``; ``before`` is a first guess, for the second order."""
        path = self.path
        A, X, x, s, inside = path.A, path.X, path.x, path.s, path.inside
        right = mu * self.toward
        right[-1] += 1.0
        bent = 0.0
        if before is not None:
            bent = _symmetric(before.X @ before.Z @ self.Y)
            right += numpy.append(A.inner(bent), bent[0, 0])
            right[inside] -= (before.x * before.s)[inside] / x[inside]
        solved = self.units * numpy.linalg.solve(self.matrix, self.units * right)
        dx, dt = solved[:-1], float(solved[-1])
        dZ = -A.combine(dx)
        dZ[0, 0] -= dt
        dX = mu * self.Y - X - _symmetric(X @ dZ @ self.Y) - bent
        ds = numpy.zeros(len(x))
        ds[inside] = (mu - s[inside] * dx[inside]) / x[inside] - s[inside]
        if before is not None:
            ds[inside] -= (before.x * before.s)[inside] / x[inside]
        return _Move(dx, dt, dZ, dX, ds)


def _symmetric(M):
    return (M + M.T) / 2


def _factor(M):
    r"""Return the Cholesky factor of a matrix, or ``None`` when it is not positive definite."""
    try:
        return numpy.linalg.cholesky(M)
    except numpy.linalg.LinAlgError:
        return None


def _room(root, M):
    r"""Return the largest number ``a`` for which ``root root^T + a M`` is positive semidefinite."""
    inverse = numpy.linalg.inv(root)
    least = float(numpy.linalg.eigvalsh(inverse @ M @ inverse.T)[0])
    return -1 / least if least < 0 else numpy.inf


def _room_of(x, step):
    r"""Return the largest number ``a`` for which no entry of ``x + a step`` is negative."""
    down = step < 0
    return float((-x[down] / step[down]).min()) if down.any() else numpy.inf
