r"""
Critical points in the row space of the first layer, with a Gram matrix as metric.

A boundary function depends on ``x`` through ``z_1 = W x + b`` alone. Let ``R`` be ``r = rank W`` independent rows of
``W`` and ``y = R x + b_R``. Then ``g(x) = h(y)``, and the squared distance ``(x-u)^T G (x-u)`` to the fibre over ``y``
is ``(y-v)^T K^(-1) (y-v)`` with ``v = R u + b_R`` and the Gram matrix ``K = R G^(-1) R^T``. Critical points, simple or
not, correspond one to one, and everything stays rational. The first ``r`` coordinates of ``z_1`` are the variables
themselves, so that ``h`` has few terms even if ``r = n``.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.invariants.row_space import RowSpace
    sage: from sage.rings.rational_field import QQ
    sage: C = PolynomialClassifier([[[1, 2, 2], [3, 1, 0]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]])
    sage: S = RowSpace(C.boundary().straight_line()); S.rank
    2
    sage: S.gram(QQ)
    [ 9  5]
    [ 5 10]
    sage: S.polynomial()
    y0^2 - y1^2 + 1
"""

import contextlib
import random
from functools import cached_property

from .. import _sage  # noqa: F401
from ..models.expansion import substitute

from sage.arith.misc import next_prime
from sage.matrix.constructor import matrix
from sage.matrix.special import identity_matrix
from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["RowSpace"]


class RowSpace:
    r"""
    The reduced problem of a boundary.

    INPUT:

    - ``program`` -- a :class:`~sage_mlvar.models.straight_line.StraightLine`
    - ``metric`` -- ``None`` (Euclidean), a positive definite matrix (rows over QQ), or ``"generic"``
    """

    def __init__(self, program, metric=None):
        self.program, self.metric = program, metric
        W, b = program.first_layer()
        rows = _independent_rows(W)
        self.rank, self.matrix = len(rows), W.matrix_from_rows(rows)
        self.shift = b.matrix_from_rows(rows)
        # z_1 = T y + s
        if len(rows) == W.nrows():
            self._T = identity_matrix(QQ, len(rows))
        else:
            self._T = self.matrix.solve_left(W) if rows else matrix(QQ, W.nrows(), 0)
        self._s = b - self._T * self.shift

    def layer(self, y, field):
        r"""Return ``z_1`` as a list, for coordinates ``y`` over ``field``."""
        rows = zip(self._T.rows(), self._s.list())
        zero = y[0].parent().zero() if y else field.zero()
        return [sum((field(t) * c for t, c in zip(row, y) if t), zero) + field(s) for row, s in rows]

    def gram(self, field):
        r"""Return ``K`` over ``field``; raises ``ZeroDivisionError`` when a denominator vanishes there."""
        R = self.matrix.change_ring(field)
        if self.metric is None:
            return R * R.transpose()
        G = matrix(field, [[field(x) for x in row] for row in self.metric])
        return R * G.solve_right(R.transpose())

    def quadratic_form(self, field, source):
        r"""
        Return ``K^(-1)`` over a finite field.

        A generic metric is a random symmetric matrix: each one is the reduction of a positive definite matrix.
        """
        if self.metric == "generic":
            upper = [[field(source.randrange(field.order())) for _ in range(self.rank)] for _ in range(self.rank)]
            result = matrix(field, self.rank, self.rank, lambda i, j: upper[min(i, j)][max(i, j)])
        else:
            result = self.gram(field)
        if not result.is_invertible():
            raise ZeroDivisionError("the metric degenerates modulo the prime")
        return result if self.metric == "generic" else result.inverse()

    def data(self, u, field):
        r"""Return the coordinates ``v`` of a data point ``u``."""
        return (self.matrix.change_ring(field) * matrix(field, len(u), 1, u) + self.shift.change_ring(field)).list()

    @cached_property
    def _ring(self):
        return PolynomialRing(QQ, self.rank, [f"y{k}" for k in range(self.rank)], order="degrevlex")

    @cached_property
    def _polynomial(self):
        y = self._ring.gens()
        return self._ring(self.program.after_first_layer(self.layer(y, QQ)))

    def polynomial(self):
        r"""Return ``h``, in ``y0, y1, ...``."""
        return self._polynomial

    @cached_property
    def factors(self):
        r"""The irreducible factors of ``h`` over QQ with their multiplicities, a list; none for a constant."""
        return [] if self.polynomial().is_constant() else list(self.polynomial().factor())

    @cached_property
    def known_squarefree(self):
        r"""
        Whether ``h`` is seen, without expansion, to be squarefree of the degree that the activations allow.

        On a random line modulo a prime it has that degree and no multiple root. A square factor of ``h`` over QQ
        would leave one: by Gauss's lemma it reduces modulo the prime, and its degree on the line does not drop, since
        the degrees of the factors add up.
        """
        degree = self.program.degree_bound()
        if not self.rank:
            return False
        source = random.Random(1)
        for _ in range(2):
            field = GF(int(next_prime(source.randrange(2**29, 2**30))))
            line = PolynomialRing(field, "t")
            y = [line([source.randrange(2**29), source.randrange(2**29)]) for _ in range(self.rank)]
            try:
                h = line(self.program.after_first_layer(self.layer(y, field)))
            except ZeroDivisionError:
                continue
            if h.degree() == degree and h.gcd(h.derivative()).degree() == 0:
                return True
        return False

    @cached_property
    def squarefree_part(self):
        r"""The product of the different irreducible factors of ``h``; ``h`` itself if it is constant."""
        if self.polynomial().is_constant() or self.known_squarefree:
            return self.polynomial()
        part = self._ring.one()
        for factor, _ in self.factors:
            part *= factor
        return part

    @cached_property
    def degree(self):
        r"""The degree of the squarefree part (0 for a constant)."""
        if self.known_squarefree:
            return self.program.degree_bound()
        return max(0, int(self.squarefree_part.degree()))

    def is_constant(self):
        r"""Whether ``h`` is a constant."""
        return not self.known_squarefree and self.polynomial().is_constant()

    def equation(self, y, field):
        r"""Return the squarefree part at ``y``, elements of one ring over ``field``."""
        if self.known_squarefree:
            return y[0].parent()(self.program.after_first_layer(self.layer(y, field)))
        return self.squarefree_part.change_ring(field)(*y)

    def pull_back(self, f, ring):
        r"""Return a polynomial in ``y`` as one in the inputs, the variables of ``ring``."""
        x = ring.gens()
        y = [sum((r * c for r, c in zip(row, x) if r), ring(s)) for row, s in zip(self.matrix, self.shift.list())]
        return substitute(f, y, "a component") if y else ring(f)

    def critical_systems(self, field, source, slice=None):
        r"""
        Return the equations of the critical points of a random data point over a finite field, in two forms.

        OUTPUT: two functions without arguments, each of which returns a list of polynomials

        The first form, ``m K^(-1) (y-v) = grad h``, is the faster one for Gröbner bases. It has the solutions of the
        second, ``K^(-1) (y-v) = l grad h``, by ``m = 1/l``, and singular points of the boundary with ``m = 0``; these
        are not simple solutions, since the gradient of ``h`` vanishes there. So wherever all its solutions are
        simple, both have equally many.
        """
        r = self.rank
        form = self.quadratic_form(field, source)
        if slice is None:
            v = [field(source.randrange(field.order())) for _ in range(r)]
        else:
            corners = [self.data([field(c) for c in point], field) for point in slice]
            weights = [field(source.randrange(field.order())) for _ in corners[1:]]
            v = [
                base + sum(w * (corner[k] - base) for w, corner in zip(weights, corners[1:]))
                for k, base in enumerate(corners[0])
            ]
        ring = PolynomialRing(field, r + 1, [*(f"y{k}" for k in range(r)), "m"], order="degrevlex")
        *y, m = ring.gens()
        h = self.equation(y, field)
        moved = [sum(form[k, j] * (y[j] - v[j]) for j in range(r)) for k in range(r)]
        gradient = [h.derivative(c) for c in y]
        return (
            lambda: [h, *(m * a - b for a, b in zip(moved, gradient))],
            lambda: [h, *(a - m * b for a, b in zip(moved, gradient))],
        )

    def quadric(self):
        r"""
        Return ``A`` and ``M`` of a reduced quadric ``y^T A y + b^T y + c``, and ``K A``, whose eigenvalues count.

        The boundary must have degree 2. With a generic metric the last is ``None``.
        """
        h, r = self.squarefree_part, self.rank
        y = h.parent().gens()
        A = matrix(QQ, r, r, lambda i, j: h.derivative(y[i]).derivative(y[j]).constant_coefficient() / 2)
        b = matrix(QQ, r, 1, [h.derivative(c).constant_coefficient() / 2 for c in y])
        c = matrix(QQ, 1, 1, [h.constant_coefficient()])
        M = A.augment(b).stack(b.transpose().augment(c))
        return A, M, None if self.metric == "generic" else self.gram(QQ) * A


def _independent_rows(W):
    r"""Return the indices of a basis among the rows of a matrix over QQ."""
    if W.nrows() <= W.ncols():
        # The rank modulo a prime is at most the rank.
        with contextlib.suppress(ZeroDivisionError):
            if W.change_ring(GF(8388593)).rank() == W.nrows():
                return list(range(W.nrows()))
    return list(W.transpose().pivots())


def check_metric(value, n):
    r"""
    Return a metric as rows over QQ, ``"generic"`` or ``None``; refuse what is not positive definite.

    TESTS::

        sage: from sage_mlvar.invariants.row_space import check_metric
        sage: check_metric([[2, 1], [1, 2]], 2)
        ((2, 1), (1, 2))
        sage: check_metric([[1, 2], [2, 1]], 2)
        Traceback (most recent call last):
        ...
        ValueError: metric must be positive definite, got ((1, 2), (2, 1))
    """
    from ..exact import rows

    if value is None or (isinstance(value, str) and value == "generic"):
        return value
    if isinstance(value, str):
        raise ValueError(f"metric must be a matrix, 'generic' or None, got {value!r}")
    entries = rows(value, "metric", n, n)
    G = matrix(QQ, entries)
    if not G.is_symmetric():
        raise ValueError(f"metric must be symmetric, got {entries!r}")
    # Sylvester: all leading minors are positive; by elimination without exchanges, all pivots.
    for k in range(n):
        pivot = G[k, k]
        if pivot <= 0:
            raise ValueError(f"metric must be positive definite, got {entries!r}")
        for i in range(k + 1, n):
            if G[i, k]:
                G.add_multiple_of_row(i, k, -G[i, k] / pivot)
    return None if matrix(QQ, entries) == identity_matrix(QQ, n) else entries
