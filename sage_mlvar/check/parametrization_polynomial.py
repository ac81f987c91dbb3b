r"""
The difference of two outputs as a polynomial in few variables, and its values at a rational parametrization.

The points ``x = u + R^T t`` hold all critical points of the distance from ``u``, when the rows of R span those of the
first weight matrix: moves across them change the distance only. In the coordinates t the squared distance is
``t^T K t`` with ``K = R R^T``.

EXAMPLES::

    sage: from flint import fmpq
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.parametrization_polynomial import Frame
    sage: from sage_mlvar.check.problem import Problem
    sage: network = Network([[["1", "2"]], [["1"], ["0"]]], [["0"], ["0", "5"]], ["0", "0", "1"])
    sage: frame = Frame(Problem(network, [fmpq(1r), fmpq(1r)], 0, 1), [0r])
    sage: frame.gram, frame.polynomial().terms  # (1 + 2 + 5 t)^2 - 5
    ([[5]], {(0,): 4, (1,): 30, (2,): 25})
"""

from math import comb

from flint import Ordering, fmpq, fmpq_mat, fmpq_mpoly_ctx, fmpz_poly, nmod_poly

from .document import index, sequence
from .errors import Malformed, Rejected
from .frame import difference_of, rows_of
from .vectors import common

__all__ = ["Frame", "Polynomial"]

#: Terms of a polynomial that is expanded.
_MOST_TERMS = 200_000


class Frame:
    r"""
    Coordinates of the points that matter, and the difference of two outputs in them.

    INPUT:

    - ``problem`` -- a :class:`~sage_mlvar.check.problem.Problem`
    - ``basis`` -- list of indices of rows of the first weight matrix, or None for all coordinates
    """

    def __init__(self, problem, basis):
        self.problem = problem
        network = problem.network
        self._weights, self._biases = difference_of(problem)
        n, first = network.widths[0], self._weights[0]
        if basis is None:
            self.rows = None
            self.variables = n
            self.gram = [[fmpq(int(i == j)) for j in range(n)] for i in range(n)]
            forms = first
        else:
            found = [index(k, f"basis[{i}]", network.widths[1]) for i, k in enumerate(sequence(basis, "basis"))]
            if len(set(found)) < len(found):
                raise Malformed("basis must not repeat a row")
            rows = rows_of(*network.matrix(0))
            self.rows = [rows[k] for k in found]
            self.variables = len(found)
            R = _matrix(self.rows, n)
            if R.rank() < len(found):
                raise Rejected("the rows of the basis are linearly dependent")
            if _matrix([*self.rows, *first], n).rank() > len(found):
                raise Rejected("the rows of the basis do not span the first weight matrix")
            self.gram = _lists(R * R.transpose())
            forms = _lists(_matrix(first, n) * R.transpose()) if first else []
        at_point = _lists(_matrix(first, n) * _matrix([[x] for x in problem.point], 1)) if first else []
        self._forms = [(row, z[0] + b) for row, z, b in zip(forms, at_point, self._biases[0])]

    def degree(self):
        r"""Return the product of the degrees of the activations, at least the degree of the polynomial."""
        return (len(self.problem.network.activation) - 1) ** (len(self._weights) - 1)

    def layers(self):
        r"""Return the number of hidden layers."""
        return len(self._weights) - 1

    def last_layer(self):
        r"""Return the weights of the last hidden neurons that have influence, and the last bias."""
        return self._weights[-1][0], self._biases[-1][0]

    def polynomial(self):
        r"""Return ``t -> g(u + R^T t)``, a :class:`Polynomial`."""
        if comb(self.variables + self.degree(), self.variables) > _MOST_TERMS:
            raise Rejected(
                f"a polynomial of degree {self.degree()} in {self.variables} variables is too long to expand"
            )
        context = fmpq_mpoly_ctx.get([f"t{k}" for k in range(self.variables)] or ["t"], Ordering.degrevlex)
        gens = context.gens()
        layer = [sum((a * t for a, t in zip(row, gens) if a), context.constant(b)) for row, b in self._forms]
        for level in range(1, len(self._weights)):
            activated = [self._activated(z, context) for z in layer]
            layer = [
                sum((w * z for w, z in zip(row, activated) if w), context.constant(b))
                for row, b in zip(self._weights[level], self._biases[level])
            ]
        return Polynomial(
            {tuple(int(e) for e in m)[: self.variables]: fmpq(c) for m, c in layer[0].to_dict().items()}, self.variables
        )

    def _activated(self, z, context):
        value = context.constant(self.problem.network.activation[-1])
        for a in reversed(self.problem.network.activation[:-1]):
            value = value * z + a if a else value * z
        return value

    def lift(self, t):
        r"""Return ``R^T t`` for balls t."""
        if self.rows is None:
            return list(t)
        return [sum((row[k] * c for row, c in zip(self.rows, t)), t[0] * 0) for k in range(len(self.rows[0]))]

    def squared_distance(self, t):
        r"""Return ``t^T K t`` for balls t."""
        zero = t[0] * 0
        return sum((a * sum((k * b for k, b in zip(row, t)), zero) for a, row in zip(t, self.gram)), zero)


class Polynomial:
    r"""
    A polynomial with rational coefficients.

    INPUT: ``terms`` -- dictionary from exponents to ``fmpq``; ``variables`` -- number of variables

    EXAMPLES::

        sage: from flint import fmpq, fmpz_poly
        sage: from sage_mlvar.check.parametrization_polynomial import Polynomial
        sage: f = Polynomial({(2r,): fmpq(1r), (0r,): fmpq(-2r)}, 1r)
        sage: value, gradient = f.at([fmpz_poly([0r, 1r])], fmpz_poly([3r]))  # 3^2 f(T/3), and 3 f'(T/3)
        sage: value, gradient
        (x^2 + (-18), [2*x])
    """

    def __init__(self, terms, variables):
        self.terms = {e: c for e, c in terms.items() if c}
        self.variables = variables
        self.degree = max((sum(e) for e in self.terms), default=-1)
        exponents, coefficients = list(self.terms), list(self.terms.values())
        tops, self.denominator = common(coefficients)
        self._integers = list(zip(exponents, tops))

    def at(self, values, below):
        r"""
        Return ``q d^D f(values/d)`` and the list of ``q d^(D-1) f_k(values/d)``, with ``d = below``, D the degree of f,
        ``f_k`` its derivatives and q its denominator: products of integer polynomials only.
        """
        point = [*values, below]
        powers = {}

        def product(e):
            if e not in powers:
                k = next((k for k, x in enumerate(e) if x), None)
                if k is None:
                    powers[e] = fmpz_poly([1])
                else:
                    powers[e] = product((*e[:k], e[k] - 1, *e[k + 1 :])) * point[k]
            return powers[e]

        gradient = [fmpz_poly([]) for _ in values]
        # The value as a sum over the coordinates, each times a form of one degree less: few long products.
        parts = [fmpz_poly([]) for _ in point]
        for exponent, c in self._integers:
            whole = (*exponent, self.degree - sum(exponent))
            first = next((k for k, e in enumerate(whole) if e), None)
            if first is None:
                return fmpz_poly([c]), gradient
            for k, e in enumerate(whole):
                if not e or (k != first and k == len(values)):
                    continue
                part = product((*whole[:k], e - 1, *whole[k + 1 :]))
                if k == first:
                    parts[k] += c * part
                if k < len(values):
                    gradient[k] += (c * e) * part
        return sum((x * part for x, part in zip(point, parts)), fmpz_poly([])), gradient

    def derivatives(self, point, prime, w):
        r"""Return value, gradient, Hessian at residues modulo ``(prime, w)``; None if a denominator is no unit."""
        if self.denominator % prime == 0:
            return None
        scale = pow(int(self.denominator % prime), -1, prime)
        zero = nmod_poly([], prime)
        r = self.variables
        value, gradient = zero, [zero] * r
        hessian = [[zero] * r for _ in range(r)]
        powers = {}

        def product(e):
            if e not in powers:
                k = next((k for k, x in enumerate(e) if x), None)
                if k is None:
                    powers[e] = nmod_poly([1], prime)
                else:
                    powers[e] = (product((*e[:k], e[k] - 1, *e[k + 1 :])) * point[k]) % w
            return powers[e]

        for e, c in self._integers:
            c = int(c % prime) * scale % prime
            value = value + product(e) * c
            for k in range(r):
                if not e[k]:
                    continue
                once = (*e[:k], e[k] - 1, *e[k + 1 :])
                gradient[k] = gradient[k] + product(once) * (c * e[k] % prime)
                for j in range(k, r):
                    if once[j]:
                        twice = (*once[:j], once[j] - 1, *once[j + 1 :])
                        hessian[k][j] = hessian[k][j] + product(twice) * (c * e[k] * once[j] % prime)
        for k in range(r):
            for j in range(k):
                hessian[k][j] = hessian[j][k]
        return value, gradient, hessian

    def times(self, other):
        r"""Return the product of two polynomials."""
        found = {}
        for e, c in self.terms.items():
            for f, d in other.terms.items():
                key = tuple(a + b for a, b in zip(e, f))
                found[key] = found.get(key, fmpq(0)) + c * d
        return Polynomial(found, self.variables)

    def is_multiple_of(self, other):
        r"""Return whether this is a nonzero constant times ``other``."""
        if not self.terms or self.terms.keys() != other.terms.keys():
            return False
        key = next(iter(self.terms))
        ratio = self.terms[key] / other.terms[key]
        return all(c == ratio * other.terms[e] for e, c in self.terms.items())


def _matrix(rows, columns):
    return fmpq_mat(len(rows), columns, [x for row in rows for x in row])


def _lists(matrix):
    return [[matrix[i, j] for j in range(matrix.ncols())] for i in range(matrix.nrows())]
