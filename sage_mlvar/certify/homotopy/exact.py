r"""
The Lagrange system of a decision boundary with its exact coefficients, and what double precision makes of it.

Let ``z = W x + b`` be the first layer and ``r = rank W``. If ``r < n`` then ``y = R x + s`` for ``r`` independent rows
``R`` of ``W`` with their biases, else ``y = x``, ``R = I`` and ``s = 0``. With ``z = T y + t``, ``K = R R^T`` and
``v = R u + s`` the critical points of the distance from ``u`` are the solutions of ``y - v = l K grad h(y)``,
``h(y) = 0``, by ``x = u + R^T K^(-1) (y - v)``; see :mod:`sage_mlvar.invariants.row_space`.

Paths are followed in other coordinates: their origin is where ``z`` is smallest, the squared length of a step is a
multiple of that of the step of ``z``, and ``h`` is divided by a constant, so that its homogeneous parts are of similar
size.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.homotopy.exact import BoundarySystem
    sage: C = PolynomialClassifier([[[1, 2, 2], [3, 1, 0]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]])
    sage: S = BoundarySystem(C.boundary()); S.variables, S.degree, S.basis, S.bound()
    (2, 2, (0, 1), 4)
    sage: S.gram.tolist()
    [[9, 5], [5, 10]]
    sage: S.data([1, 0, 1])
    [3, 4]
"""

from functools import cached_property

import flint
import numpy

from ... import _sage  # noqa: F401
from ...check.critical_count import least, theorem
from ...check.parametrization_bound import constant_of_power
from ...invariants.row_space import RowSpace
from ...models.classifier import PolynomialClassifier
from ..flint_numbers import from_flint, to_flint
from .balls import Balls
from .start import complex_normal
from .systems import Lagrange, NetworkFunction

from sage.rings.rational_field import QQ

__all__ = ["BoundarySystem"]


class BoundarySystem:
    r"""
    The critical points of the distance to one decision boundary.

    INPUT: ``boundary`` -- a :class:`~sage_mlvar.models.boundary.DecisionBoundary`, of a function that is not constant

    - ``variables``, ``degree`` -- `r`, and the product of the degrees of the activations
    - ``basis`` -- the indices of the rows ``R`` among those of the first layer of the classifier, ``None`` for the
      identity
    - ``matrix``, ``gram`` -- ``R`` and ``K`` as matrices of FLINT over the rationals; ``None`` for the identity
    """

    def __init__(self, boundary):
        program = self._program = boundary.straight_line()
        weights, biases, activation = program.layers()
        space = RowSpace(program)
        n, r = program.widths()[0], space.rank
        self.variables, self.degree = r, program.degree_bound()
        W = flint.fmpq_mat(len(weights[0]), n, [to_flint(x) for row in weights[0] for x in row])
        b = flint.fmpq_mat(len(weights[0]), 1, [to_flint(x) for x in biases[0]])
        if r == n:
            self.basis = self.matrix = self.gram = self._back = self.inverse_balls = None
            self.shift = [flint.fmpq(0)] * n
            T, t = W, b
        else:
            rows = [[to_flint(x) for x in row] for row in space.matrix]
            self.matrix = flint.fmpq_mat(r, n, [x for row in rows for x in row])
            self.gram = self.matrix * self.matrix.transpose()
            self.shift = [to_flint(x) for x in space.shift.list()]
            self.basis = _places(space, boundary)
            inverse = self.gram.inv()
            self._back = self.matrix.transpose() * inverse
            self.inverse_balls = Balls.of_rationals(inverse.tolist())
            T = W * self._back
            t = b - T * flint.fmpq_mat(r, 1, self.shift)
        last = [to_flint(x) for x in weights[-1]]
        # One power of two brings the function near 1, which keeps the multipliers within the range of doubles.
        self.exponent = 1 - max((_exponent(a) for a in last if a), default=1)
        scale = flint.fmpq(2) ** self.exponent if self.exponent >= 0 else 1 / flint.fmpq(2) ** -self.exponent
        middle = [[[to_flint(x) for x in row] for row in M] for M in weights[1:-1]]
        self._weights = [T.tolist(), *middle, [[scale * a for a in last]]]
        shifts = [[to_flint(x) for x in row] for row in biases[1:-1]]
        self._biases = [[x[0] for x in t.tolist()], *shifts, [scale * to_flint(biases[-1])]]
        self._activation = [to_flint(a) for a in activation]

    def hidden(self):
        r"""Return the numbers of neurons of the hidden layers, without those that have no influence."""
        return [len(b) for b in self._biases[:-1]]

    def bound(self):
        r"""
        Return a proved upper bound of the number of isolated critical points.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: from sage_mlvar.certify.homotopy.exact import BoundarySystem
            sage: S = BoundarySystem(PolynomialClassifier.random([3, 3, 2, 2, 2]).boundary()); S.bound(), S.narrow()
            (168, (1,))
        """
        return self._least[0]

    def narrow(self):
        r"""Return the indices of the narrow hidden layers from which the bound comes, a tuple; the first layer is 0."""
        return self._least[1]

    @cached_property
    def _least(self):
        return least(self.variables, self.hidden(), len(self._activation) - 1)

    def theorem(self):
        r"""Return what :meth:`bound` rests on, one sentence."""
        return theorem(self.variables, self.hidden(), len(self._activation) - 1, self.narrow())

    def needs_bottleneck(self):
        r"""
        Return whether completeness needs a proof that a function of a narrow layer, :meth:`behind`, has no singular
        zero.

        For the last layer it is not needed if the activation has one critical point only, where the function, constant
        if all neurons take that value, is not 0.
        """
        if not self.narrow():
            return False
        value = constant_of_power(self._activation)
        if self.narrow() != (len(self._biases) - 2,) or value is None:
            return True
        return sum(self._weights[-1][0], flint.fmpq(0)) * value + self._biases[-1][0] == 0

    def behind(self, layer):
        r"""
        Return the zero set of the rest of the network, as a function of what a hidden layer activates.

        OUTPUT: a :class:`~sage_mlvar.models.boundary.DecisionBoundary`

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: from sage_mlvar.certify.homotopy.exact import BoundarySystem
            sage: C = PolynomialClassifier([[[1]], [[1], [2]], [[3, 1], [0, 0]]], [[0], [7, 8], [2, 0]])
            sage: C.boundary().polynomial(), BoundarySystem(C.boundary()).behind(1).polynomial()
            (7*x0^4 + 74*x0^2 + 213, 3*x0^2 + x1^2 + 2)
        """
        weights, biases, activation = self._program.layers()
        k = len(biases[layer])
        unit = [[int(i == j) for j in range(k)] for i in range(k)]
        last = [list(weights[-1]), [0] * len(weights[-1])]
        return PolynomialClassifier(
            [unit, *weights[layer + 1 : -1], last], [[0] * k, *biases[layer + 1 : -1], [biases[-1], 0]], activation
        ).boundary(0, 1)

    def data(self, u):
        r"""Return the coordinates ``v`` of a data point, rationals of FLINT."""
        u = [to_flint(x) for x in u]
        if self.matrix is None:
            return u
        column = self.matrix * flint.fmpq_mat(len(u), 1, u)
        return [x[0] + s for x, s in zip(column.tolist(), self.shift)]

    def lift(self, u, v, y):
        r"""Return the rational point ``x = u + R^T K^(-1) (y - v)`` over rational coordinates."""
        u = [to_flint(x) for x in u]
        if self.matrix is None:
            return list(y)
        move = self._back * flint.fmpq_mat(len(y), 1, [a - b for a, b in zip(y, v)])
        return [a + m[0] for a, m in zip(u, move.tolist())]

    def stretch(self):
        r"""Return a bound of the square of the factor by which :meth:`lift` stretches lengths."""
        if self.matrix is None:
            return QQ.one()
        total = sum((x * x for x in self._back.entries()), flint.fmpq(0))
        return from_flint(total)

    def lagrange(self, convert, table):
        r"""
        Return the :class:`~sage_mlvar.certify.homotopy.systems.Lagrange` system in some arithmetic.

        INPUT: ``convert`` -- of one rational; ``table`` -- of nested lists of rationals, to an array
        """
        activation = [convert(a) if a else 0 for a in self._activation]
        function = NetworkFunction([table(W) for W in self._weights], [table(b) for b in self._biases], activation)
        return Lagrange(function, None if self.gram is None else table(self.gram.tolist()))

    def floats(self):
        r"""Return the system in complex double precision."""
        return self.lagrange(_float, lambda rows: numpy.array(_deep(rows, _float), dtype=complex))

    def balls(self):
        r"""Return the system over discs."""
        return self.lagrange(Balls.of_rationals, Balls.of_rationals)

    def arb(self):
        r"""Return the system over ``flint.acb``, at the working precision of FLINT."""
        return self.lagrange(flint.acb, lambda rows: numpy.array(_deep(rows, flint.acb), dtype=object))

    def flat(self):
        r"""Return the system in the coordinates ``w`` of the paths, a :class:`Flat`."""
        return Flat(self)


class Flat:
    r"""
    A boundary system in coordinates of natural scale, in complex double precision.

    - ``system`` -- the :class:`~sage_mlvar.certify.homotopy.systems.Lagrange` system
    - ``degree``, ``variables`` -- those of the function
    """

    def __init__(self, exact):
        self.degree, self.variables = exact.degree, exact.variables
        plain = exact.floats()
        function = plain.function
        T, t = function.weights[0], function.biases[0]
        # The origin is where the inputs of the first activations are as small as possible.
        self._origin = numpy.linalg.lstsq(T.real, -t.real, rcond=None)[0]
        base = t + T @ self._origin
        factor = numpy.linalg.inv(numpy.linalg.qr(T.real)[1])
        sigma, level = _scale(function, T @ factor, base, self.degree)
        self._factor = sigma * factor
        function = NetworkFunction(
            [T @ self._factor, *function.weights[1:-1], function.weights[-1] / level],
            [base, *function.biases[1:-1], function.biases[-1] / level],
            function.activation,
        )
        inverse = numpy.linalg.inv(self._factor)
        gram = inverse @ (inverse.T if plain.gram is None else plain.gram.real @ inverse.T)
        size = numpy.trace(gram) / self.variables
        self.system = Lagrange(function, (gram / size).astype(complex))
        self._multiplier = 1 / (size * level)

    def data(self, v):
        r"""Return the coordinates of a data point, given as rationals ``v``."""
        return numpy.linalg.solve(self._factor, numpy.array([_float(x) for x in v]) - self._origin).astype(complex)

    def random_point(self, source):
        r"""Return a rational point of natural size, a list of rationals of Sage."""
        y = self._factor.real @ source.standard_normal(self.variables) + self._origin
        # Numbers of few bits.
        return [QQ(float(numpy.float16(m))) * QQ(2) ** int(e) for m, e in zip(*numpy.frexp(y))]

    def back(self, points):
        r"""Return solutions of the exact system from those in these coordinates."""
        y = points[:, :-1] @ self._factor.T + self._origin
        return numpy.concatenate([y, points[:, -1:] * self._multiplier], 1)


def _scale(function, matrix, base, degree):
    r"""
    Return a length at which the homogeneous parts of the function are of similar size, and that size.

    The parts on a line are the coefficients of a polynomial, interpolated at roots of unity.
    """
    source = numpy.random.default_rng(0)
    lines = complex_normal(source, 8, matrix.shape[1])
    lines /= numpy.linalg.norm(lines, axis=1)[:, None]
    unity = numpy.exp(2j * numpy.pi * numpy.arange(degree + 1) / (degree + 1))
    probe = NetworkFunction([matrix, *function.weights[1:]], [base, *function.biases[1:]], function.activation)
    sigma, top = 1.0, 1.0
    with numpy.errstate(all="ignore"):
        for _ in range(4):
            values = probe.jets((sigma * unity[None, :, None] * lines[:, None, :]).reshape(-1, matrix.shape[1]))[0]
            parts = abs(numpy.fft.fft(values.reshape(len(lines), degree + 1), axis=1)) / (degree + 1)
            # The squares of the parts are averaged over the lines.
            parts = numpy.sqrt((parts**2).mean(0))
            if not parts[degree] > 0 or not numpy.isfinite(parts).all():
                break
            ratios = [(parts[k] / parts[degree]) ** (1 / (degree - k)) for k in range(degree)]
            sigma *= min(max(max(ratios), 1e-3), 1e3)
            top = parts.max()
    return sigma, top


def _places(space, boundary):
    r"""Return the indices of the chosen rows among those of the first layer of the classifier, biases included."""
    classifier = boundary.classifier()
    W, b = classifier.weights()[0], classifier.biases()[0]
    alive = list(zip(W, b))
    chosen = []
    for row, s in zip(space.matrix.rows(), space.shift.list()):
        chosen.append(alive.index((tuple(row), s)))
    return tuple(chosen)


def _exponent(q):
    r"""Return ``e`` with ``2^(e-1) <= |q| < 2^e``; a float would overflow, or be 0."""
    top, bottom = abs(int(q.p)), int(q.q)
    e = top.bit_length() - bottom.bit_length()
    # 2^(e-1) < |q| < 2^(e+1)
    return e + 1 if (top << max(-e, 0)) >= (bottom << max(e, 0)) else e


def _float(q):
    return int(q.p) / int(q.q)


def _deep(value, convert):
    return [_deep(x, convert) for x in value] if isinstance(value, list) else convert(value)
