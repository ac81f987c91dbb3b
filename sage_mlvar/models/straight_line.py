r"""
Boundary functions as programs: values, gradients and Hessians without expanding the polynomial.

The function ``g = f_c - f_other`` of a network runs through its layers, ``z_l = W^(l) sigma(z_(l-1)) + b^(l)``. With
``delta_l`` the derivative of ``g`` by the activated layer ``l`` and ``J_l`` that of ``z_l`` by the input,

    gradient = J_1^T (sigma'(z_1) delta_1),     Hessian = sum_l J_l^T diag(delta_l sigma''(z_l)) J_l,

so that both cost a few products with the weight matrices. Neurons without influence on ``g`` are left out.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]])
    sage: g = C.boundary().straight_line(); g
    straight-line program of a boundary function of widths 2, 2, 1
    sage: g.value([1, "1/2"]), g.gradient([1, "1/2"])
    (-61/4, [-23, -1])
    sage: g.hessian([1, "1/2"])
    [-16  -2]
    [ -2   6]

REFERENCES: reverse accumulation; Griewank, Walther, *Evaluating Derivatives*, 2008, Chapters 3 and 5.
"""

from .. import _sage  # noqa: F401
from ..exact import rational_list

from sage.matrix.constructor import matrix
from sage.rings.complex_arb import ComplexBallField
from sage.rings.rational_field import QQ
from sage.rings.real_arb import RealBallField
from sage.structure.sage_object import SageObject

__all__ = ["StraightLine"]


class StraightLine(SageObject):
    r"""
    The program of ``f_c - f_other``.

    INPUT:

    - ``weights``, ``biases`` -- matrices (tuples of rows) and vectors over QQ, one per layer
    - ``activation`` -- tuple of coefficients of the activation, constant term first
    - ``c``, ``other`` -- indices of the two outputs

    Points are lists, and ``ring`` says where to compute:

    - ``None`` -- exactly over QQ; floats are the dyadic rationals they are
    - any commutative ring over QQ that points convert to, exact or not, such as ``AA`` or a polynomial ring
    - a real or complex ball field -- enclosures
    - ``float`` or ``complex`` -- NumPy, also for an array of points, one in each row; no bound of the rounding error

    EXAMPLES::

        sage: from sage.rings.real_arb import RBF
        sage: from sage_mlvar import PolynomialClassifier
        sage: g = PolynomialClassifier([[[1, 2]], [[1], [0]]], [[0], [0, 1]]).boundary().straight_line()
        sage: g.value([[1, 0], [0, 1], [1, 1]], ring=float)
        array([0., 3., 8.])
        sage: g.value([1, "0.1"], ring=RBF)
        [0.44000000000000 +/- ...]
    """

    def __init__(self, weights, biases, activation, c, other):
        self._n = len(weights[0][0])
        row = tuple(a - b for a, b in zip(weights[-1][c], weights[-1][other]))
        alive = [j for j, a in enumerate(row) if a]
        matrices, shifts = [tuple(row[j] for j in alive)], [biases[-1][c] - biases[-1][other]]
        for level in range(len(weights) - 2, -1, -1):
            W, b = [weights[level][i] for i in alive], [biases[level][i] for i in alive]
            inputs = range(self._n) if not level else [j for j in range(len(weights[level][0])) if any(r[j] for r in W)]
            matrices.insert(0, tuple(tuple(r[j] for j in inputs) for r in W))
            shifts.insert(0, tuple(b))
            alive = list(inputs)
        self._matrices, self._shifts, self._activation = matrices, shifts, activation
        first = [k * a for k, a in enumerate(activation)][1:]
        self._derivatives = (activation, tuple(first), tuple([k * a for k, a in enumerate(first)][1:]))
        self._machines = {}

    def _repr_(self):
        return f"straight-line program of a boundary function of widths {', '.join(map(str, self.widths()))}"

    def widths(self):
        r"""Return the widths ``(n_0, h_1, ..., h_s, 1)`` that are left after removing neurons without influence."""
        return (self._n, *(len(b) for b in self._shifts[:-1]), 1)

    def layers(self):
        r"""
        Return the weights, the biases and the activation of what is left: matrices, vectors, coefficients over QQ.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 1]]], [[0, 1], [2, 1]])
            sage: C.boundary().straight_line().layers()
            ([((1, 2),), (1,)], [(0,), 1], (0, 0, 1))
        """
        return list(self._matrices), list(self._shifts), self._activation

    def first_layer(self):
        r"""Return the weights and biases of the first layer, a matrix and a column over QQ."""
        h = len(self._shifts[0])
        return matrix(QQ, h, self._n, self._matrices[0]), matrix(QQ, h, 1, self._shifts[0])

    def activation_degree(self):
        r"""Return the degree of the activation."""
        return len(self._activation) - 1

    def degree_bound(self):
        r"""Return the product of the degrees of the activations, an upper bound of the degree of ``g``."""
        return (len(self._activation) - 1) ** (len(self._shifts) - 1)

    def after_first_layer(self, layer):
        r"""
        Return the value of ``g`` as a function of ``z_1``, in the ring of the entries of ``layer``.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
            sage: from sage.rings.rational_field import QQ
            sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]])
            sage: C.boundary().straight_line().after_first_layer(PolynomialRing(QQ, "y", 2).gens())
            y0^2 - y1^2 + 1
        """
        return self.after_layer(1, layer)

    def after_layer(self, level, layer):
        r"""Return the value of ``g`` as a function of ``z_level``, in the ring of the entries of ``layer``."""
        base = layer[0].parent().base_ring() if layer else QQ
        for W, b in zip(self._matrices[level:-1], self._shifts[level:-1]):
            hidden = [self._at(z, 0, base) for z in layer]
            layer = [sum((base(w) * z for w, z in zip(row, hidden) if w), base(shift)) for row, shift in zip(W, b)]
        last = zip(self._matrices[-1], layer)
        return sum((base(w) * self._at(z, 0, base) for w, z in last), base(self._shifts[-1]))

    def _at(self, z, order, base=QQ):
        r"""Return the derivative of the activation of the given order at a number."""
        coefficients = [base(a) for a in self._derivatives[order]]
        if not coefficients:
            return z - z
        if not any(coefficients[:-1]):
            return coefficients[-1] * z ** (len(coefficients) - 1)
        value = coefficients[-1]
        for a in reversed(coefficients[:-1]):
            value = value * z + a
        return value

    def _machine(self, ring):
        ring = QQ if ring is None else ring
        if ring not in self._machines:
            self._machines[ring] = (_Floats if ring in (float, complex) else _Exact)(self, ring)
        return self._machines[ring]

    def value(self, point, ring=None):
        r"""
        Return ``g`` at ``point``.

        INPUT: ``point`` -- ``n_0`` numbers (floats: also an array with one point in each row); ``ring`` -- see above

        OUTPUT: an element of ``ring``, or an array with one entry for each point
        """
        return self._machine(ring).value(point)

    def gradient(self, point, ring=None):
        r"""Return the gradient at ``point``: a list over ``ring``, or an array with one gradient in each row."""
        return self._machine(ring).gradient(point)

    def hessian(self, point, ring=None):
        r"""Return the Hessian at ``point``: a Sage matrix over ``ring``, or an array (points, n_0, n_0)."""
        return self._machine(ring).hessian(point)

    def hessian_vector(self, point, direction, ring=None):
        r"""
        Return the product of the Hessian at ``point`` with ``direction``, without the Hessian.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]], 3)
            sage: g = C.boundary().straight_line()
            sage: g.hessian_vector([1, 2], [1, -1])
            [-246, -132]
            sage: (g.hessian([1, 2]).columns()[0] - g.hessian([1, 2]).columns()[1]).list()
            [-246, -132]
        """
        return self._machine(ring).hessian_vector(point, direction)


class _Exact:
    r"""The program over a Sage ring; matrices over real balls are taken over complex ones, which multiply fast."""

    def __init__(self, program, ring):
        self.program, self.ring = program, ring
        real = isinstance(ring, RealBallField)
        self.field = ComplexBallField(ring.precision()) if real else ring
        self.out = (lambda z: z.real()) if real else (lambda z: z)
        self.W = []
        inputs = program._n
        for W, b in zip(program._matrices[:-1], program._shifts[:-1]):
            self.W.append(self._convert(matrix(QQ, len(b), inputs, W)))
            inputs = len(b)
        self.b = [self._column(b) for b in program._shifts[:-1]]
        self.last = self._column(program._matrices[-1])
        self.constant = ring(program._shifts[-1])

    def _convert(self, M):
        return (
            M if self.field is QQ else M.apply_map(self.field, self.field) if M.nrows() else M.change_ring(self.field)
        )

    def _column(self, entries):
        entries = list(entries)
        return matrix(self.field, len(entries), 1, [self.field(x) for x in entries])

    def _point(self, point, name="point"):
        if self.ring is QQ:
            return self._column(rational_list(point, name, self.program._n))
        point = list(point)
        if len(point) != self.program._n:
            raise ValueError(f"{name} must have {self.program._n} entries, got {len(point)}")
        # What is no element of a ring is read as everywhere else, exactly: a NumPy float as the dyadic number it is.
        plain = [x if hasattr(x, "parent") else rational_list([x], name)[0] for x in point]
        return self._column([self.ring(x) for x in plain])

    def _layers(self, x):
        result = [self.W[0] * x + self.b[0]]
        for W, b in zip(self.W[1:], self.b[1:]):
            result.append(W * self._sigma(result[-1], 0) + b)
        return result

    def _sigma(self, z, order):
        return self._column(self.program._at(self.out(c), order) for c in z.list())

    def _deltas(self, layers):
        result = [self.last]
        for W, z in zip(reversed(self.W[1:]), reversed(layers[1:])):
            result.insert(0, W.transpose() * _times(self._sigma(z, 1), result[0]))
        return result

    def value(self, point):
        top = self._sigma(self._layers(self._point(point))[-1], 0)
        return self.out((self.last.transpose() * top)[0, 0]) + self.constant

    def gradient(self, point):
        layers = self._layers(self._point(point))
        row = self.W[0].transpose() * _times(self._sigma(layers[0], 1), self._deltas(layers)[0])
        return [self.out(c) for c in row.list()]

    def hessian(self, point):
        layers = self._layers(self._point(point))
        total, J = None, None
        for k, (z, delta) in enumerate(zip(layers, self._deltas(layers))):
            J = self.W[0] if J is None else self.W[k] * _scaled(self._sigma(layers[k - 1], 1), J)
            part = J.transpose() * _scaled(_times(delta, self._sigma(z, 2)), J)
            total = part if total is None else total + part
        return total.apply_map(self.out, self.ring) if self.field is not self.ring else total

    def hessian_vector(self, point, direction):
        layers = self._layers(self._point(point))
        moved, moves = self._point(direction, "direction"), []
        for k, W in enumerate(self.W):
            moved = W * moved if not k else W * _times(self._sigma(layers[k - 1], 1), moved)
            moves.append(moved)
        back = None
        for k, delta in reversed(list(enumerate(self._deltas(layers)))):
            own = _times(_times(delta, self._sigma(layers[k], 2)), moves[k])
            if back is not None:
                own += _times(self._sigma(layers[k], 1), self.W[k + 1].transpose() * back)
            back = own
        return [self.out(c) for c in (self.W[0].transpose() * back).list()]


def _times(a, b):
    r"""Return the entrywise product of two columns."""
    return matrix(a.base_ring(), a.nrows(), 1, [x * y for x, y in zip(a.list(), b.list())])


def _scaled(column, M):
    r"""Return the matrix with its rows multiplied by the entries of ``column``."""
    if column.base_ring() is QQ or not M.nrows():
        return matrix.diagonal(column.base_ring(), column.list(), sparse=False) * M
    return matrix(M.base_ring(), M.nrows(), M.ncols(), [c * x for c, row in zip(column.list(), M) for x in row])


class _Floats:
    r"""The program in NumPy, over all points at once."""

    def __init__(self, program, kind):
        import numpy

        self.numpy, self.program, self.kind = numpy, program, kind
        self.W, inputs = [], program._n
        for W, b in zip(program._matrices[:-1], program._shifts[:-1]):
            self.W.append(numpy.array([[float(x) for x in row] for row in W], dtype=kind).reshape(len(b), inputs))
            inputs = len(b)
        self.b = [numpy.array([float(x) for x in b], dtype=kind) for b in program._shifts[:-1]]
        self.last = numpy.array([float(x) for x in program._matrices[-1]], dtype=kind)
        self.constant = float(program._shifts[-1])
        self.sigma = [[float(a) for a in order] for order in program._derivatives]

    def _points(self, points):
        X = self.numpy.asarray(points, dtype=self.kind)
        if X.ndim not in (1, 2) or X.shape[-1] != self.program._n:
            raise ValueError(f"point must have {self.program._n} entries, or be rows of so many, got shape {X.shape}")
        return X.reshape(-1, self.program._n), X.ndim == 1

    def _at(self, z, order):
        value = self.numpy.zeros_like(z)
        for a in reversed(self.sigma[order]):
            value = value * z + a
        return value

    def _layers(self, X):
        result = [X @ self.W[0].T + self.b[0]]
        for W, b in zip(self.W[1:], self.b[1:]):
            result.append(self._at(result[-1], 0) @ W.T + b)
        return result

    def _deltas(self, layers):
        result = [self.numpy.broadcast_to(self.last, layers[-1].shape)]
        for W, z in zip(reversed(self.W[1:]), reversed(layers[1:])):
            result.insert(0, (self._at(z, 1) * result[0]) @ W)
        return result

    def value(self, points):
        X, single = self._points(points)
        value = self._at(self._layers(X)[-1], 0) @ self.last + self.constant
        return value[0] if single else value

    def gradient(self, points):
        X, single = self._points(points)
        layers = self._layers(X)
        rows = (self._at(layers[0], 1) * self._deltas(layers)[0]) @ self.W[0]
        return rows[0] if single else rows

    def hessian(self, points):
        X, single = self._points(points)
        layers, total, J = self._layers(X), 0, None
        for k, (z, delta) in enumerate(zip(layers, self._deltas(layers))):
            J = self.W[0][None] if J is None else self.W[k] @ (self._at(layers[k - 1], 1)[:, :, None] * J)
            total = total + J.transpose(0, 2, 1) @ ((delta * self._at(z, 2))[:, :, None] * J)
        return total[0] if single else total

    def hessian_vector(self, points, direction):
        (X, single), (V, _) = self._points(points), self._points(direction)
        layers, moves, moved = self._layers(X), [], V
        for k, W in enumerate(self.W):
            moved = (moved if not k else self._at(layers[k - 1], 1) * moved) @ W.T
            moves.append(moved)
        back = None
        for k, delta in reversed(list(enumerate(self._deltas(layers)))):
            own = delta * self._at(layers[k], 2) * moves[k]
            if back is not None:
                own = own + self._at(layers[k], 1) * (back @ self.W[k + 1])
            back = own
        return (back @ self.W[0])[0] if single else back @ self.W[0]
