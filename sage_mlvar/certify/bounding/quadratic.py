r"""
Multipliers that show a quadratic function positive on a ball, or on a box and a ball, in floating point.

For ``q = c + b.y + y^T Q y`` the dual function of the minimum over the region is concave; any multipliers at which it
is positive are a proof. One multiplier, that of the ball, is found by the eigenvalues of ``Q``; with boxes Newton's
method follows the central path.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar.certify.bounding.quadratic import ball_multiplier, box_multipliers
    sage: ball_multiplier(1.0, numpy.array([-1.0, 0.0]), numpy.diag([-0.25, -0.5]), 0.5)
    (0.437..., 1.25)
    sage: value, t, ball = box_multipliers(1.0, numpy.array([-1.0, 0.0]), numpy.diag([-0.25, -0.5]),
    ....:                                  numpy.array([-0.5, -0.5]), numpy.array([0.5, 0.5]), None)
    sage: bool(abs(value - 0.3125) < 1e-6), ball is None
    (True, True)

REFERENCES: J. Moré, D. Sorensen, *Computing a trust region step*, 1983; A. Ben-Tal, A. Nemirovski, *Lectures on modern
convex optimization*, Chapter 4.
"""

import numpy

from ... import _sage  # noqa: F401

__all__ = ["ball_multiplier", "box_multipliers"]

#: Multipliers stay this far, relatively, from where the quadratic function degenerates.
_AWAY = 1e-11
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


def box_multipliers(c, b, Q, low, high, ball, steps=60, goal=None):
    r"""
    Return a lower bound of a quadratic function on a box and a ball, with the multipliers of the sides and the ball.

    INPUT: ``low``, ``high`` -- the sides, ``low <= 0 <= high``; ``ball`` -- radius or ``None``; ``goal`` -- stop when
    the bound exceeds this number
    """
    with numpy.errstate(all="ignore"):  # what is no number proves nothing later
        return _box_multipliers(c, b, Q, low, high, ball, steps, goal)


def _box_multipliers(c, b, Q, low, high, ball, steps, goal):
    m = len(b)
    width, product = high + low, -low * high
    E, offset = numpy.eye(m), product
    P = numpy.diag(width)
    if ball is not None:
        E, offset, P = (
            numpy.vstack([E, numpy.ones(m)]),
            numpy.append(offset, ball**2),
            numpy.vstack([P, numpy.zeros(m)]),
        )
    # Constraints: sum_i E_ci y_i^2 - P_c.y - offset_c <= 0.
    reach = numpy.maximum(-low, high)
    floor = 1e-12 * max(abs(c), 1e-300)
    least = -min(0.0, float(numpy.linalg.eigvalsh(Q)[0]))
    scale = max(numpy.abs(Q).max(), numpy.abs(b).max() / max(reach.max(), 1e-300), floor)
    x = numpy.abs(b) / (2 * numpy.maximum(reach, 1e-9 * reach.max())) + 1.1 * least + 1e-3 * scale
    x = numpy.append(x, 1e-3 * scale) if ball is not None else x

    def parts(x):
        S = Q + numpy.diag(E.T @ x)
        try:
            numpy.linalg.cholesky(S)
            inverse = numpy.linalg.inv(S)
        except numpy.linalg.LinAlgError:
            return None
        slope = b - P.T @ x
        y = -0.5 * inverse @ slope
        bent = -0.5 * slope @ y
        value = c - x @ offset - bent
        return value - _NOISE * (abs(c) + x @ numpy.abs(offset) + abs(bent)), y, inverse

    state = parts(x)
    if state is None:
        return -numpy.inf, x[:m], x[m] if ball is not None else None
    best = (state[0], x)
    mu = max(abs(c - state[0]), abs(c)) / (2 * len(x) + m)
    for _ in range(steps):
        value, y, inverse = state
        K = 2 * E * y - P
        gradient = E @ (y * y) - P @ y - offset + mu * (E @ numpy.diag(inverse) + 1 / x)
        H = 0.5 * K @ inverse @ K.T + mu * (E @ (inverse * inverse) @ E.T + numpy.diag(1 / x**2))
        try:
            step = numpy.linalg.solve(H, gradient)
        except numpy.linalg.LinAlgError:
            break
        decrement = float(gradient @ step)
        length = 1.0
        shrink = x + step <= 0
        if shrink.any():
            length = min(1.0, 0.95 * float((-x[shrink] / step[shrink]).min()))
        while length > 1e-10:
            trial = x + length * step
            state_new = parts(trial)
            if state_new is not None:
                break
            length *= 0.5
        else:
            break
        x, state = trial, state_new
        if state[0] > best[0]:
            best = (state[0], x)
            if goal is not None and state[0] > goal:
                break
        if decrement < mu * len(x):
            # Near the central path the gap is known: what cannot become positive is given up.
            if goal is not None and state[0] + 3 * mu * (len(x) + m) < 0:
                break
            mu *= 0.2
            if mu * (2 * len(x)) < 1e-9 * max(abs(c), abs(state[0])):
                break
    value, x = best
    return float(value), x[:m], float(x[m]) if ball is not None else None
