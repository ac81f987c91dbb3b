r"""
Multipliers that show a quadratic function positive on a ball, or between hyperplanes, in floating point.

For ``q = c + b.y + y^T Q y`` the dual function of the minimum over the region is concave; any multipliers at which it
is positive are a proof. One multiplier, that of the ball, is found by the eigenvalues of ``Q``; with the sides of boxes
and slabs Newton's method follows the central path.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar.certify.bounds.quadratic import Slabs, ball_multiplier, multipliers
    sage: ball_multiplier(1.0, numpy.array([-1.0, 0.0]), numpy.diag([-0.25, -0.5]), 0.5)
    (0.437..., 1.25)
    sage: square = Slabs(numpy.eye(2), numpy.array([-0.5, -0.5]), numpy.array([0.5, 0.5]))
    sage: found = multipliers(1.0, numpy.array([-1.0, 0.0]), numpy.diag([-0.25, -0.5]), square)
    sage: bool(abs(found.value - 0.3125) < 1e-6), found.ball is None
    (True, True)

REFERENCES: J. Moré, D. Sorensen, *Computing a trust region step*, 1983; A. Ben-Tal, A. Nemirovski, *Lectures on modern
convex optimization*, Chapter 4.
"""

from dataclasses import dataclass

import numpy

from ... import _sage  # noqa: F401

__all__ = ["Multipliers", "Slabs", "ball_multiplier", "multipliers"]

#: Multipliers stay this far, relatively, from where the quadratic function degenerates.
_AWAY = 1e-11
_DEFINITE = 1e-11
#: What rounding may change in a sum, relative to the sum of the absolute values.
_NOISE = 1e-12


def ball_multiplier(c, b, Q, r):
    r"""
    Return the minimum of ``c + b.y + y^T Q y`` on the ball ``|y| <= r`` and its multiplier, both nearly.

    The value returned belongs to the multiplier returned, which keeps off the degenerate one.
    """
    with numpy.errstate(all="ignore"):  # what is no number proves nothing later
        return _ball_multiplier(c, b, Q, r)


def _ball_multiplier(c, b, Q, r):
    w, U = numpy.linalg.eigh(Q)
    beta = (U.T @ b) ** 2 / 4
    size = max(numpy.abs(w).max(), numpy.sqrt(beta.sum()) / r, numpy.finfo(float).tiny)
    least = max(0.0, -w[0] + _AWAY * size)
    if w[0] > _AWAY * size:
        least = 0.0

    def move(t):
        return (beta / (w + t) ** 2).sum()

    t = least
    if move(least) > r * r:
        low, high = least, least + numpy.sqrt(beta.sum()) / r
        for _ in range(80):
            t = (low + high) / 2
            if move(t) > r * r:
                low = t
            else:
                high = t
    bent = (beta / (w + t)).sum()
    return float(c - t * r * r - bent - _NOISE * (abs(c) + t * r * r + bent)), float(t)


@dataclass(frozen=True)
class Slabs:
    r"""
    The points ``y`` with ``low <= rows y <= high`` and, with a radius ``ball``, ``|y + center| <= ball``.

    Without a ball the rows must span the space.
    """

    rows: object
    low: object
    high: object
    ball: float | None = None
    center: object = 0.0

    def parts(self):
        r"""Return the linear coefficients of the constraints ``|.|^2 - p.y - offset <= 0``, and their offsets."""
        slopes = (self.low + self.high)[:, None] * self.rows
        offsets = -self.low * self.high
        if self.ball is None:
            return slopes, offsets
        center = numpy.zeros(self.rows.shape[1]) + self.center
        return numpy.vstack([slopes, -2 * center]), numpy.append(offsets, self.ball**2 - center @ center)


@dataclass(frozen=True)
class Multipliers:
    r"""A lower bound ``value`` of a function, the multipliers ``slabs`` and ``ball``, and the minimizer ``y``."""

    value: float
    slabs: object
    ball: float | None
    y: object
    neurons = direction = None


def multipliers(c, b, Q, slabs, steps=60, goal=None):
    r"""
    Return a lower bound of ``c + b.y + y^T Q y`` on :class:`Slabs` with its :class:`Multipliers`, or ``None``.

    INPUT: ``goal`` -- stop when the bound exceeds this number, or cannot reach it
    """
    with numpy.errstate(all="ignore"):  # what is no number proves nothing later
        return _CentralPath(c, b, Q, slabs).follow(steps, goal)


class _CentralPath:
    r"""Newton's method for the dual function, with ``mu`` times the logarithms of multipliers and determinant."""

    def __init__(self, c, b, Q, slabs):
        self.c, self.b, self.Q, self.rows, self.ball = c, b, Q, slabs.rows, slabs.ball is not None
        self.P, self.offset = slabs.parts()
        m, count = len(b), len(slabs.rows)
        reach = numpy.maximum(numpy.maximum(-slabs.low, slabs.high), 1e-300)
        least = -min(0.0, float(numpy.linalg.eigvalsh(Q)[0]))
        size = max(numpy.abs(Q).max(), numpy.abs(b).max() / (slabs.ball or reach.max()), 1e-12 * max(abs(c), 1e-300))
        x = numpy.full(count, 1e-3 * size)
        if count >= m:
            reach = numpy.maximum(reach, 1e-9 * reach.max())
            x = x + numpy.abs(self.rows @ b) / (2 * reach) + 1.1 * least
        self.x = numpy.append(x, 1e-3 * size + (1.1 * least if count < m else 0.0)) if self.ball else x

    def state(self, x):
        r"""Return the value of the dual function, the minimizer and the inverse matrix; ``None`` out of its domain."""
        count = len(self.rows)
        S = self.Q + (self.rows.T * x[:count]) @ self.rows
        if self.ball:
            S = S + x[count] * numpy.eye(len(self.b))
        try:
            # A proof needs more than what rounding may feign.
            numpy.linalg.cholesky(S - _DEFINITE * numpy.abs(S).max() * numpy.eye(len(S)))
            inverse = numpy.linalg.inv(S)
        except numpy.linalg.LinAlgError:
            return None
        slope = self.b - self.P.T @ x
        y = -0.5 * inverse @ slope
        bent = -0.5 * slope @ y
        value = self.c - x @ self.offset - bent
        return value - _NOISE * (abs(self.c) + x @ numpy.abs(self.offset) + abs(bent)), y, inverse

    def _derivatives(self, x, mu, y, inverse):
        r"""Return the gradient and the negative Hessian."""
        L, along = self.rows, self.rows @ y
        across = L @ inverse
        gram = across @ L.T
        values, K, traces, products = along * along, 2 * along[:, None] * L, numpy.diag(gram), gram * gram
        if self.ball:
            cross = (across * across).sum(axis=1)
            values, K = numpy.append(values, y @ y), numpy.vstack([K, 2 * y])
            traces = numpy.append(traces, numpy.trace(inverse))
            products = numpy.block([[products, cross[:, None]], [cross[None, :], (inverse * inverse).sum()]])
        K = K - self.P
        gradient = values - self.P @ y - self.offset + mu * (traces + 1 / x)
        return gradient, 0.5 * K @ inverse @ K.T + mu * (products + numpy.diag(1 / x**2))

    def follow(self, steps, goal):
        r"""Follow the path and return the best :class:`Multipliers`."""
        x, c, m = self.x, self.c, len(self.b)
        state = self.state(x)
        if state is None:
            return None
        best = (state, x)
        mu = 0.03 * max(abs(c - state[0]), abs(c)) / (2 * len(x) + m)
        for _ in range(steps):
            gradient, H = self._derivatives(x, mu, *state[1:])
            try:
                step = numpy.linalg.solve(H, gradient)
            except numpy.linalg.LinAlgError:
                break
            decrement = float(gradient @ step)
            x, state = self._move(x, step)
            if state is None:
                break
            if state[0] > best[0][0]:
                best = (state, x)
                if goal is not None and state[0] > goal:
                    break
            if decrement < mu * len(x):
                # Near the central path the gap is known: what cannot become positive is given up.
                if goal is not None and state[0] + 3 * mu * (len(x) + m) < 0:
                    break
                mu *= 0.1
                if mu * (2 * len(x)) < 1e-9 * max(abs(c), abs(state[0])):
                    break
        (value, y, _), x = best
        count = len(self.rows)
        return Multipliers(float(value), x[:count], float(x[count]) if self.ball else None, y)

    def _move(self, x, step):
        r"""Return the next point of the path and its state, which is ``None`` when there is none."""
        length, shrink = 1.0, x + step <= 0
        if shrink.any():
            length = min(1.0, 0.95 * float((-x[shrink] / step[shrink]).min()))
        while length > 1e-10:
            state = self.state(x + length * step)
            if state is not None:
                return x + length * step, state
            length *= 0.5
        return x, None
