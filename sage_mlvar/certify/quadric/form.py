r"""
The boundaries of a quadratic network in the row space of its first layer, exactly.

With ``y = W x + e``, where ``e`` is the first bias plus half the linear by the quadratic coefficient of the
activation, every difference of two outputs is ``g = sum_k a_k y_k^2 + constant``. Let the rows of ``R`` be a basis of
the row space of ``W`` (or of everything), and ``x = u + R^T t``, ``y = y(u) + G t``. Then ``|x - u|^2 = t^T K t`` with
the Gram matrix ``K = R R^T``, and

    dist^2  >=  t^T K t + l g(x) - |r|^2 / m,      r = x - u + (l/2) grad g(x),

for every ``t``, ``l`` and ``m > 0`` with ``(1-m) I + l W^T diag(a) W`` positive semidefinite: the quadratic polynomial
``|x-u|^2 + l g(x)``, which is the squared distance on the boundary, has at least ``m`` for all its curvatures, and
``r`` is half its gradient.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.quadric.form import QuadricForms
    sage: from sage.rings.rational_field import QQ
    sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]])
    sage: forms = QuadricForms(C)
    sage: forms.rank, forms.basis
    (2, None)
    sage: q = forms.pair(0, 1).at(forms.image((QQ(1), QQ(2))))
    sage: q.value == C.boundary().value([1, 2])
    True
"""

import math
from functools import cached_property

import flint

from ... import _sage  # noqa: F401
from ..flint_numbers import quotient
from ..network import column, network_of

from sage.rings.rational_field import QQ

__all__ = ["Dyadic", "PointForm", "QuadricForms"]


class Dyadic:
    r"""
    A vector of dyadic rationals: ``entries`` (a list of ``int``) times ``2^-shift``.

    EXAMPLES::

        sage: from sage_mlvar.certify.quadric.form import Dyadic
        sage: v = Dyadic.of_floats([0.5, -0.75]); v.entries, v.shift
        ([2, -3], 2)
        sage: v.texts()
        ['1/2', '-3/4']
    """

    def __init__(self, entries, shift):
        self.entries, self.shift = entries, shift

    @classmethod
    def of_floats(cls, values, bits=60):
        r"""Return the vector of floats, rounded to multiples of ``2^-bits`` of the largest one."""
        shift = bits - math.frexp(max(map(abs, values), default=0.0))[1]
        entries = [int(math.ldexp(v, shift)) for v in values]
        used = 0
        for x in entries:
            used |= x
        spare = (used & -used).bit_length() - 1 if used else shift
        return cls([x >> spare for x in entries], shift - spare).whole()

    def whole(self):
        r"""Return the same vector with a shift that is not negative."""
        if self.shift >= 0:
            return self
        return Dyadic([x << -self.shift for x in self.entries], 0)

    def column(self):
        r"""Return the entries as an integer matrix with one column."""
        return flint.fmpz_mat(len(self.entries), 1, self.entries)

    def rationals(self):
        r"""Return the entries as a list of Sage's rationals."""
        return [quotient(x, 1 << self.shift) for x in self.entries]

    def texts(self):
        r"""Return the entries as strings."""
        return [str(x) for x in self.rationals()]


class QuadricForms:
    r"""
    The reduced data that all boundaries and all data points of a classifier share.

    INPUT: ``classifier`` -- one hidden layer, activation of degree 2

    - ``basis`` -- the rows of the first layer in ``R``, a list of indices; ``None`` for the identity matrix
    - ``rank`` -- number of rows of ``R``
    - ``gram``, ``image_matrix`` -- ``K`` and ``G``, pairs of an integer matrix and a denominator
    """

    def __init__(self, classifier):
        (first, last), (b, c) = classifier.weights(), classifier.biases()
        constant, linear, leading = classifier.activation().list()
        shift = linear / (2 * leading)
        self.n, self.h = len(first[0]), len(first)
        self._leading, self._offset = leading, constant - linear**2 / (4 * leading)
        self._last, self._last_bias = last, c
        self.W, self.W_below = network_of(classifier).first_layer()
        self._shift = column([x + shift for x in b])
        self.basis = self._basis()
        below = self.W_below**2
        if self.basis is None:
            self.rank = self.n
            identity = flint.fmpz_mat(self.n, self.n, [int(i == j) for i in range(self.n) for j in range(self.n)])
            self.gram, self.image_matrix = (identity, 1), (self.W, self.W_below)
        else:
            self.rank = len(self.basis)
            R = self.W if self.rank == self.h else _rows(self.W, self.basis)
            self.gram = R * R.transpose(), below
            self.image_matrix = self.gram if self.rank == self.h else (self.W * R.transpose(), below)
        self._pairs = {}

    def _basis(self):
        r"""Return the indices of independent rows, or ``None`` when they span everything."""
        # Independent modulo a prime is independent; the converse is checked exactly where it matters.
        pivots = _independent_rows(self.W)
        if len(pivots) == self.n:
            return None
        while len(pivots) < self.h:
            missing = _outside(self.W, pivots)
            if missing is None:
                break
            pivots = sorted([*pivots, missing])
        return pivots

    @cached_property
    def outer_gram(self):
        r"""``W W^T``, an integer matrix over ``W_below^2``."""
        if self.basis is not None and self.rank == self.h:
            return self.gram[0]
        return self.W * self.W.transpose()

    def image(self, u):
        r"""Return ``y(u)``, a column of integers and a denominator."""
        point, below = column(u)
        shift, q = self._shift
        return self.W * point * q + shift * (self.W_below * below), self.W_below * below * q

    def move(self, t):
        r"""Return ``R^T t`` for a vector ``t`` (a :class:`Dyadic`), a column of integers and a denominator."""
        if self.basis is None:
            return t.column(), 1 << t.shift
        R = self.W if self.rank == self.h else _rows(self.W, self.basis)
        return R.transpose() * t.column(), self.W_below << t.shift

    def pair(self, c, other):
        r"""Return the :class:`PairForm` of two classes."""
        key = (c, other)
        if key not in self._pairs:
            row = [self._leading * (a - b) for a, b in zip(self._last[c], self._last[other])]
            constant = self._last_bias[c] - self._last_bias[other]
            constant += self._offset * sum((a - b for a, b in zip(self._last[c], self._last[other])), QQ.zero())
            self._pairs[key] = PairForm(self, row, constant)
        return self._pairs[key]


class PairForm:
    r"""The difference ``g = sum_k a_k y_k^2 + constant`` of two outputs."""

    def __init__(self, forms, row, constant):
        self.forms, self.row, self.constant = forms, tuple(row), constant
        self.alpha, self.alpha_below = column(row)
        self._alpha = self.alpha.entries()

    def weighted(self, vector):
        r"""Return ``diag(a) vector`` for a column of integers, up to the denominator ``alpha_below``."""
        return flint.fmpz_mat(vector.nrows(), 1, [a * x for a, x in zip(self._alpha, vector.entries())])

    @cached_property
    def hessian(self):
        r"""``G^T diag(a) G``, half the Hessian in the coordinates ``t``: an integer matrix and a denominator."""
        G, below = self.forms.image_matrix
        alpha = self.alpha.entries()
        k = G.ncols()
        scaled = flint.fmpz_mat(G.nrows(), k, [alpha[i // k] * x for i, x in enumerate(G.entries())])
        return G.transpose() * scaled, self.alpha_below * below**2

    def at(self, image):
        r"""Return the :class:`PointForm` at a data point with the given :meth:`QuadricForms.image`."""
        return PointForm(self, image)


class PointForm:
    r"""
    The difference of two outputs around a data point ``u``.

    - ``value`` -- ``g(u)``
    - ``gradient`` -- ``G^T diag(a) y(u)``, half the gradient in the coordinates ``t``: integers and a denominator
    """

    def __init__(self, pair, image):
        self.pair, self.forms = pair, pair.forms
        self.y, self.y_below = image
        self.value = self._value(self.y, self.y_below)
        G, below = self.forms.image_matrix
        self.gradient = G.transpose() * pair.weighted(self.y), pair.alpha_below * self.y_below * below

    def _value(self, y, below):
        total = (y.transpose() * self.pair.weighted(y))[0, 0]
        return quotient(total, self.pair.alpha_below * below**2) + self.pair.constant

    def image_at(self, t):
        r"""Return ``y`` at ``x = u + R^T t``."""
        G, below = self.forms.image_matrix
        below = below << t.shift
        return self.y * below + G * t.column() * self.y_below, self.y_below * below

    def length_squared(self, t):
        r"""Return ``|R^T t|^2``."""
        K, below = self.forms.gram
        v = t.column()
        return quotient((v.transpose() * K * v)[0, 0], below << (2 * t.shift))

    def value_at(self, t):
        r"""Return ``g`` at ``u + R^T t``."""
        return self._value(*self.image_at(t))

    def on_ray(self, t):
        r"""Return ``a``, ``b``, with ``g(u + s R^T t) = a s^2 + 2 b s + g(u)``."""
        G, below = self.forms.image_matrix
        below = below << t.shift
        moved = G * t.column()
        weighted = self.pair.weighted(moved)
        a = quotient((moved.transpose() * weighted)[0, 0], self.pair.alpha_below * below**2)
        b = quotient((self.y.transpose() * weighted)[0, 0], self.pair.alpha_below * below * self.y_below)
        return a, b

    def residual_squared(self, t, multiplier):
        r"""Return ``|x - u + (l/2) grad g(x)|^2`` at ``x = u + R^T t``."""
        forms, pair = self.forms, self.pair
        y, below = self.image_at(t)
        # diag(a) y l = (weighted * p) / (alpha_below * below * q)
        p, q = int(multiplier.numerator()), int(multiplier.denominator())
        weighted, below = pair.weighted(y) * p, pair.alpha_below * below * q
        if forms.basis is None:
            vector = t.column() * (below * forms.W_below) + (forms.W.transpose() * weighted) * (1 << t.shift)
            return quotient((vector.transpose() * vector)[0, 0], (forms.W_below * below << t.shift) ** 2)
        padded = [0] * forms.h
        for place, entry in zip(forms.basis, t.entries):
            padded[place] = entry
        vector = flint.fmpz_mat(forms.h, 1, padded) * below + weighted * (1 << t.shift)
        total = (vector.transpose() * forms.outer_gram * vector)[0, 0]
        return quotient(total, forms.W_below**2 * (below << t.shift) ** 2)

    def bound(self, t, multiplier, margin):
        r"""Return the lower bound of the squared distance that ``t``, ``l`` and ``m`` prove, a rational."""
        value = self.length_squared(t) + multiplier * self.value_at(t)
        return value - self.residual_squared(t, multiplier) / margin


def _independent_rows(W):
    r"""Return indices of rows that are independent, as many as modulo a prime."""
    prime = 4611686018427387847
    columns = flint.nmod_mat(W.ncols(), W.nrows(), [int(x) for x in W.transpose().entries()], prime)
    reduced, rank = columns.rref()
    pivots, j = [], 0
    for i in range(rank):
        while not int(reduced[i, j]):
            j += 1
        pivots.append(j)
    return pivots


def _outside(W, indices):
    r"""Return the index of a row outside the span of the rows with these independent ``indices``, or ``None``."""
    others = [i for i in range(W.nrows()) if i not in set(indices)]
    if not indices:
        return next((i for i in others if any(W[i, j] for j in range(W.ncols()))), None)
    R, S = _rows(W, indices), _rows(W, others)
    solution, below = (R * R.transpose()).solve(R * S.transpose()).numer_denom()
    rest = S.transpose() * int(below) - R.transpose() * solution
    for j, i in enumerate(others):
        if any(rest[k, j] for k in range(rest.nrows())):
            return i
    return None


def _rows(matrix, indices):
    k = matrix.ncols()
    entries = matrix.entries()
    return flint.fmpz_mat(len(indices), k, [x for i in indices for x in entries[i * k : (i + 1) * k]])
