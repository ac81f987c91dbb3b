r"""
The equations of the critical points of the distance to a boundary, with exact coefficients, evaluated at boxes.

They are ``y - v = l K grad h(y)``, ``h(y) = 0``; see :mod:`sage_mlvar.check.enclosures`.

EXAMPLES::

    sage: from flint import acb, fmpq
    sage: from sage_mlvar.check.lagrange import Lagrange
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.problem import Problem
    sage: network = Network([[["1"]], [["-1"], ["0"]]], [["0"], ["2", "0"]], ["0", "0", "1"])  # g = 2 - x^2
    sage: system = Lagrange(Problem(network, [fmpq(1r)], 0, 1), None)
    sage: values, jacobian = system.at([acb(2r), acb(1r)])
    sage: values.entries(), jacobian.tolist()
    ([5.00000000000000, -2.00000000000000], [[3.00000000000000, 4.00000000000000], [-4.00000000000000, 0]])
"""

from flint import acb, acb_mat, arb, ctx, fmpq, fmpq_mat

from .document import index, sequence
from .errors import Malformed, Rejected
from .frame import difference_of
from .parametrization_bound import constant_of_power

__all__ = ["Lagrange"]


class Lagrange:
    r"""
    The equations for one :class:`.Problem`.

    INPUT: ``problem``; ``basis`` -- list of rows of the first layer as in the proof, or None for the identity

    Attributes: ``variables`` (the number r), ``data`` (the coordinates v, ``fmpq``).
    """

    def __init__(self, problem, basis):
        network = problem.network
        weights, biases = difference_of(problem)
        first, n = weights[0], network.widths[0]
        if not all(weights):
            raise Rejected(f"class {problem.other}: the difference of the outputs is constant")
        self.point, self.inverse, self.back = problem.point, None, None
        W, b = fmpq_mat(len(first), n, [x for row in first for x in row]), fmpq_mat(len(first), 1, biases[0])
        if basis is None:
            self.variables, self.gram, self.data = n, None, list(problem.point)
        else:
            W, b = self._reduce(problem, basis, W, b)
        self._exact = [W, *(fmpq_mat(len(M), len(M[0]), [x for row in M for x in row]) for M in weights[1:])]
        self._shifts = [b, *(fmpq_mat(len(x), 1, x) for x in biases[1:])]
        activation = network.activation
        slope = [k * a for k, a in enumerate(activation)][1:]
        self._activation = activation, slope, [k * a for k, a in enumerate(slope)][1:]
        self._kept = {}

    def degree(self):
        r"""Return the degree of the activation."""
        return len(self._activation[0]) - 1

    def hidden(self):
        r"""Return the numbers of neurons of the hidden layers, without those that have no influence."""
        return [W.nrows() for W in self._exact[:-1]]

    def behind(self, layer, point):
        r"""
        Return the equations, with the identity for K, for the rest of the network as a function of a hidden layer.

        INPUT: ``layer`` -- its index; ``point`` -- the data point, ``fmpq`` in place of the inputs of its activations

        EXAMPLES::

            sage: from flint import acb, fmpq
            sage: from sage_mlvar.check.lagrange import Lagrange
            sage: from sage_mlvar.check.network import Network
            sage: from sage_mlvar.check.problem import Problem
            sage: weights = [[["1"]], [["1"]], [["-1"], ["0"]]]
            sage: network = Network(weights, [["0"], ["7"], ["2", "0"]], ["0", "0", "1"])  # g = 2 - (x^2 + 7)^2
            sage: system = Lagrange(Problem(network, [fmpq(1r)], 0, 1), None)
            sage: system.hidden(), system.behind(1r, [fmpq(1r)]).hidden()
            ([1, 1], [1])
            sage: system.behind(1r, [fmpq(1r)]).at([acb(3r), acb(1r)])[0].entries()  # 3 - 1 + 2*3 and 2 - 3^2
            [8.00000000000000, -7.00000000000000]
        """
        rest = object.__new__(Lagrange)
        k = self._exact[layer].nrows()
        rest._exact = [fmpq_mat(k, k, [fmpq(int(i == j)) for i in range(k) for j in range(k)])]
        rest._exact += self._exact[layer + 1 :]
        rest._shifts = [fmpq_mat(k, 1), *self._shifts[layer + 1 :]]
        rest.variables, rest.data, rest.gram, rest.inverse, rest.back = k, list(point), None, None, None
        rest.point, rest._activation, rest._kept = list(point), self._activation, {}
        return rest

    def is_narrow(self):
        r"""
        Return whether the function of the last hidden layer is seen to have a smooth zero set: the activation is
        ``(z - rho)^d`` up to a factor and a constant, and the value where all neurons of the layer are rho is not 0.
        """
        constant = constant_of_power(self._activation[0]) if self.degree() > 1 else None
        if constant is None:
            return False
        last, shift = self._exact[-1].entries(), self._shifts[-1][0, 0]
        return sum(last, fmpq(0)) * constant + shift != 0

    def _reduce(self, problem, basis, W, b):
        r"""Pass to the coordinates ``y``, and return the first layer in them."""
        network = problem.network
        rows = [index(k, f"basis[{place}]", network.widths[1]) for place, k in enumerate(sequence(basis, "basis"))]
        if not rows or len(set(rows)) < len(rows) or len(rows) > network.widths[0]:
            raise Malformed("basis must be a list of different rows, at most as many as inputs")
        matrix, below = network.matrix(0)
        n = matrix.ncols()
        R = fmpq_mat(len(rows), n, [fmpq(matrix[k, j], below) for k in rows for j in range(n)])
        shift = fmpq_mat(len(rows), 1, [network.bias(0)[k] for k in rows])
        self.gram = R * R.transpose()
        try:
            self.inverse = self.gram.inv()
        except ZeroDivisionError:
            raise Rejected(f"class {problem.other}: the rows of the basis are dependent") from None
        self.back = R.transpose() * self.inverse
        T = W * self.back
        if T * R != W:
            raise Rejected(f"class {problem.other}: rows of the first layer lie outside the span of the basis")
        self.variables = len(rows)
        moved = R * fmpq_mat(n, 1, problem.point) + shift
        self.data = [row[0] for row in moved.tolist()]
        return T, b - T * shift

    def _balls(self):
        r"""Return the coefficients at the working precision."""
        if ctx.prec not in self._kept:
            self._kept[ctx.prec] = (
                [acb_mat(M) for M in self._exact],
                [acb_mat(b) for b in self._shifts],
                [[acb(a) for a in order] for order in self._activation],
                None if self.gram is None else acb_mat(self.gram),
                acb_mat(len(self.data), 1, [acb(x) for x in self.data]),
            )
        return self._kept[ctx.prec]

    def at(self, point):
        r"""Return the values of the equations and the Jacobian matrix at a list of ``acb``."""
        weights, shifts, orders, gram, data = self._balls()
        y, multiplier = acb_mat(self.variables, 1, point[:-1]), point[-1]
        layers = [weights[0] * y + shifts[0]]
        for W, b in zip(weights[1:-1], shifts[1:-1]):
            layers.append(W * _column(_each(orders[0], layers[-1])) + b)
        value = (weights[-1] * _column(_each(orders[0], layers[-1])) + shifts[-1])[0, 0]
        slopes, bends = [_each(orders[1], z) for z in layers], [_each(orders[2], z) for z in layers]
        down, deltas = weights[-1].entries(), []
        for k in range(len(layers) - 1, -1, -1):
            deltas.insert(0, down)
            down = (acb_mat(1, len(down), [a * c for a, c in zip(down, slopes[k])]) * weights[k]).entries()
        gradient = _column(down)
        tangent, hessian = None, None
        for k, W in enumerate(weights[:-1]):
            tangent = W if tangent is None else W * _scaled(slopes[k - 1], tangent)
            bend = _scaled([a * c for a, c in zip(deltas[k], bends[k])], tangent)
            part = tangent.transpose() * bend
            hessian = part if hessian is None else hessian + part
        step, curve = (gradient, hessian) if gram is None else (gram * gradient, gram * hessian)
        r = self.variables
        values = [a - b - multiplier * c for a, b, c in zip(point, data.entries(), step.entries())]
        table = []
        for i in range(r):
            table += [int(i == j) - multiplier * curve[i, j] for j in range(r)]
            table.append(-step[i, 0])
        table += [*gradient.entries(), acb(0)]
        return acb_mat(r + 1, 1, [*values, value]), acb_mat(r + 1, r + 1, table)

    def squared_distance(self, box):
        r"""Return a rational lower bound of the squared distance of the point of a real solution."""
        steps = [z.real - arb(v) for z, v in zip(box, self.data)]
        if self.inverse is None:
            total = sum((s * s for s in steps), arb(0))
        else:
            total = arb(0)
            for i, first in enumerate(steps):
                for j, second in enumerate(steps):
                    total += arb(self.inverse[i, j]) * first * second
        low = total.lower().fmpq()
        return max(low, fmpq(0))

    def ball(self, boxes):
        r"""Return a center and a squared radius that hold the boundary points of real solutions."""
        centers = [self._lifted([z.real.mid().fmpq() for z in box[:-1]]) for box in boxes]
        # Twice the squared radii of the boxes bound the squares of sums, and so does the norm of R^T K^(-1).
        stretch = fmpq(1)
        if self.back is not None:
            stretch = sum((x * x for x in self.back.entries()), fmpq(0))
        spread = max(sum((z.real.rad().upper().fmpq() ** 2 for z in box[:-1]), fmpq(0)) * stretch for box in boxes)
        center = centers[0]
        apart = max(sum(((a - b) ** 2 for a, b in zip(center, other)), fmpq(0)) for other in centers)
        return center, 2 * spread + 2 * apart if apart else spread

    def _lifted(self, y):
        if self.back is None:
            return y
        move = self.back * fmpq_mat(len(y), 1, [a - b for a, b in zip(y, self.data)])
        return [a + row[0] for a, row in zip(self.point, move.tolist())]


def _each(coefficients, z):
    r"""Return a polynomial at the entries of a column, a list."""
    found = []
    for entry in z.entries():
        value = coefficients[-1] if coefficients else acb(0)
        for a in reversed(coefficients[:-1]):
            value = value * entry
            if not a.is_zero():
                value += a
        found.append(value)
    return found


def _column(entries):
    return acb_mat(len(entries), 1, entries)


def _scaled(factors, matrix):
    entries, width = matrix.entries(), matrix.ncols()
    return acb_mat(len(factors), width, [factors[k // width] * x for k, x in enumerate(entries)])
