r"""
Lagrange systems, their functions and the homotopies between them, for many points at once.

Points are the rows of an array: the coordinates ``y``, then the multiplier ``l``. The entries of the arrays are complex
doubles, rigorous discs (:class:`~sage_mlvar.certify.homotopy.balls.Balls`), or Python objects such as ``flint.acb``.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar.certify.homotopy.systems import Lagrange, NetworkFunction
    sage: weights, biases = [numpy.eye(2), numpy.array([[1.0, 2.0]])], [numpy.zeros(2), numpy.array([-3.0])]
    sage: h = NetworkFunction(weights, biases, [0, 0, 1])
    sage: value, gradient, hessian = h.jets(numpy.array([[1.0, 1.0]]))
    sage: value.tolist(), gradient.tolist(), hessian.tolist()
    ([0.0], [[2.0, 4.0]], [[[2.0, 0.0], [0.0, 4.0]]])
    sage: F, J = Lagrange(h).at(numpy.array([[1.0, 1.0, 0.5]]), numpy.array([0.0, -1.0]))
    sage: F.tolist()
    [[0.0, 0.0, 0.0]]
"""

import numpy

from ... import _sage  # noqa: F401
from .balls import Balls, join

__all__ = ["DataHomotopy", "FunctionHomotopy", "Lagrange", "LoopHomotopy", "NetworkFunction"]


class NetworkFunction:
    r"""
    The boundary function of a network, with its derivatives.

    INPUT:

    - ``weights`` -- matrices, the last one with one row
    - ``biases`` -- vectors
    - ``activation`` -- list of coefficients, constant term first; ``0`` for those that vanish
    """

    def __init__(self, weights, biases, activation):
        self.weights, self.biases = weights, biases
        # Terms with a coefficient 0 are left out below; the zeros of every kind of number become 0 here.
        self.activation = [0 if not isinstance(a, Balls) and not a else a for a in activation]
        self._first = [0 if _zero(a) else a * k for k, a in enumerate(self.activation)][1:]
        self._second = [0 if _zero(a) else a * k for k, a in enumerate(self._first)][1:]

    def shifted(self, constant):
        r"""Return the function plus a constant."""
        return NetworkFunction(self.weights, [*self.biases[:-1], self.biases[-1] + constant], self.activation)

    def jets(self, points):
        r"""Return the values, gradients and Hessians at the rows of an array."""
        layers = [points @ self.weights[0].T + self.biases[0]]
        for W, b in zip(self.weights[1:-1], self.biases[1:-1]):
            layers.append(_polynomial(self.activation, layers[-1]) @ W.T + b)
        value = (_polynomial(self.activation, layers[-1]) @ self.weights[-1].T + self.biases[-1])[:, 0]
        slopes = [_polynomial(self._first, z) for z in layers]
        bends = [_polynomial(self._second, z) for z in layers]
        # delta is the derivative by the activated layer; the outer derivatives come from the last layer.
        delta, deltas = self.weights[-1][0] + slopes[-1] * 0, []
        for k in range(len(layers) - 1, -1, -1):
            deltas.insert(0, delta)
            delta = (slopes[k] * delta) @ self.weights[k]
        tangent, hessian = None, None
        for k, W in enumerate(self.weights[:-1]):
            tangent = W[None] if tangent is None else W[None] @ (slopes[k - 1][:, :, None] * tangent)
            part = tangent.swapaxes(1, 2) @ ((deltas[k] * bends[k])[:, :, None] * tangent)
            hessian = part if hessian is None else hessian + part
        return value, delta, hessian


def _zero(a):
    return isinstance(a, int) and a == 0


def _polynomial(coefficients, z):
    r"""Return a polynomial at an array by Horner's rule; vanishing coefficients cost nothing."""
    result = 0
    for a in reversed(coefficients):
        if not _zero(result):
            result = result * z
        if not _zero(a):
            result = a + z * 0 if _zero(result) else result + a
    return z * 0 if _zero(result) else result


class Lagrange:
    r"""
    The system ``y - v - l K grad h(y) = 0, h(y) = 0``.

    INPUT:

    - ``function`` -- has ``jets``, as :class:`NetworkFunction`
    - ``gram`` -- the matrix ``K``, symmetric; the identity if left out
    """

    def __init__(self, function, gram=None):
        self.function, self.gram = function, gram

    def at(self, points, data):
        r"""Return the values of the equations at the rows of ``points``, and the Jacobian matrices."""
        value, gradient, hessian = self.function.jets(points[:, :-1])
        if self.gram is None:
            return assemble(points, data, value, gradient, gradient, hessian)
        return assemble(points, data, value, gradient, gradient @ self.gram, self.gram[None] @ hessian)


def assemble(points, data, value, gradient, step, curve):
    r"""
    Return equations and Jacobians for known derivatives: ``step`` and ``curve`` are ``K grad h`` and its derivative.
    """
    y, multiplier = points[:, :-1], points[:, -1:]
    F = join([y - data - multiplier * step, value[:, None]], 1)
    size = y.shape[1]
    unit = numpy.eye(size)[None]
    if not isinstance(y, Balls) and y.dtype == object:
        unit = unit.astype(int).astype(object)
    upper = join([unit - multiplier[:, :, None] * curve, -step[:, :, None]], 2)
    lower = join([gradient[:, None, :], (value * 0)[:, None, None]], 2)
    return F, join([upper, lower], 1)


class DataHomotopy:
    r"""The system of one function while the data point moves from ``start`` to ``end`` on a line."""

    def __init__(self, system, start, end):
        self.system, self.start, self.move = system, start, end - start

    def at(self, points, times):
        r"""Return values, Jacobians and derivatives by the time, at the rows of ``points`` at their times."""
        F, J = self.system.at(points, self.start + times[:, None] * self.move)
        change = numpy.zeros_like(F)
        change[:, :-1] = -self.move
        return F, J, change


class LoopHomotopy:
    r"""
    The system of one function while the data point, a constant that is added to the function, and the metric move.

    INPUT: ``function``; ``start``, ``end`` -- triples of a data point, a constant and a matrix ``K``, complex numbers
    """

    def __init__(self, function, start, end):
        self.function, self.start = function, start
        self.move = [b - a for a, b in zip(start, end)]

    def at(self, points, times):
        r"""Return values, Jacobians and derivatives by the time, at the rows of ``points`` at their times."""
        y, multiplier, t = points[:, :-1], points[:, -1:], times[:, None]
        value, gradient, hessian = self.function.jets(y)
        data, constant, gram = (
            a + s * b for a, s, b in zip(self.start, (t, times, t[:, :, None]), self.move, strict=True)
        )
        step = (gram @ gradient[:, :, None])[:, :, 0]
        F, J = assemble(points, data, value + constant, gradient, step, gram @ hessian)
        change = numpy.empty_like(F)
        change[:, :-1] = -self.move[0] - multiplier * (gradient @ self.move[2].T)
        change[:, -1] = self.move[1]
        return F, J, change


class FunctionHomotopy:
    r"""
    From one function, data point and metric to another function, data point and metric, each on a line.

    INPUT: ``start``, ``start_data``, ``end``, ``end_data``; ``start_gram``, ``end_gram`` -- matrices ``K``, complex
    numbers in double precision
    """

    def __init__(self, start, start_data, start_gram, end, end_data, end_gram):
        self.start, self.end = start, end
        self.data, self.move = start_data, end_data - start_data
        self.gram, self.turn = start_gram, end_gram - start_gram

    def at(self, points, times):
        r"""Return values, Jacobians and derivatives by the time, at the rows of ``points`` at their times."""
        y, multiplier, t = points[:, :-1], points[:, -1:], times[:, None]
        f, df, hf = self.start.jets(y)
        g, dg, hg = self.end.jets(y)
        gradient = df + t * (dg - df)
        gram = self.gram + t[:, :, None] * self.turn
        step, curve = (gram @ gradient[:, :, None])[:, :, 0], gram @ (hf + t[:, :, None] * (hg - hf))
        F, J = assemble(points, self.data + t * self.move, f + times * (g - f), gradient, step, curve)
        change = gradient @ self.turn + (gram @ (dg - df)[:, :, None])[:, :, 0]
        return F, J, numpy.concatenate([-self.move - multiplier * change, (g - f)[:, None]], 1)
