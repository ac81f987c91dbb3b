r"""
Highest-weight vectors among the polynomials of one degree and weight.

The ideal of a variety with a connected reductive group is spanned, in each degree, by the orbits of the vectors that
all raising operators kill. These form small spaces: their dimensions count irreducible pieces.

For matrices `y_{b,i,j}` they are written down: fill the boxes of a Young diagram `\lambda` with row indices and those
of `\mu` with column indices, match the boxes by a permutation, give each pair a matrix `b`, and alternate along the
columns of both diagrams. By Schur-Weyl duality such polynomials span the highest-weight vectors of weight
`(\lambda, \mu)`; random ones are taken until there are as many independent ones as the multiplicity. In general, they
are the kernel of the simple raising operators. In either case the basis found is exact, and proved to be one.

EXAMPLES::

    sage: import numpy as np
    sage: from sage_mlvar.implicit import Symmetry
    sage: from sage_mlvar.implicit.action import Action
    sage: from sage_mlvar.implicit.highest import spaces
    sage: S = Symmetry.matrix_copies(np.arange(8).reshape(2, 2, 2), "two matrices")
    sage: [(space.degree, space.dimension) for space in spaces(Action.of(S, S.weights), 2)]
    [((2, 0, 2, 0), 3), ((2, 0, 1, 1), 1), ((1, 1, 2, 0), 1), ((1, 1, 1, 1), 3)]
"""

from functools import lru_cache
from itertools import permutations as orderings
from itertools import product

import numpy as np

from .. import _sage  # noqa: F401
from ..errors import OutOfReachError
from . import modular
from .characters import compositions, multiplicity, partitions
from .forms import Forms, Monomials
from .grading import group_by_degree

__all__ = ["MAX_MONOMIALS", "HighestWeightSpace", "spaces"]

#: Enumerating more monomials than this in one degree is refused.
MAX_MONOMIALS = 20_000_000


class HighestWeightSpace:
    r"""
    The highest-weight vectors of one degree and multidegree.

    - ``degree`` -- multidegree, a tuple that begins with the weight
    - ``keys`` -- increasing array: numbers of the monomials that occur
    - ``basis`` -- :class:`~sage_mlvar.implicit.forms.Forms` with integer coefficients, or ``None``: the monomials
    - ``pivots`` -- increasing array of as many keys as the dimension; the coefficients there determine a vector
    """

    def __init__(self, monomials, degree, keys, basis=None, pivots=None):
        self.monomials = monomials
        self.degree = degree
        self.keys = keys
        self.basis = basis
        self.pivots = keys if pivots is None else pivots

    @property
    def dimension(self):
        r"""Return the dimension."""
        return len(self.pivots)

    def values(self, points, p):
        r"""Return the values modulo ``p`` of the basis at ``points`` (points × coordinates), a row for each point."""
        rows = self.monomials.unrank(self.keys)
        if self.basis is None:
            return _monomial_values(points, rows, p)
        coefficients = self.basis.dense(self.keys, p).T
        step = max(1, 4_000_000 // max(1, len(rows)))
        return np.concatenate(
            [
                modular.matmul(_monomial_values(points[i : i + step], rows, p), coefficients, p)
                for i in range(0, len(points), step)
            ]
        )


def _monomial_values(points, rows, p):
    values = np.ones((len(points), len(rows)), dtype=np.int64)
    for column in rows.T:
        values *= points[:, column]
        values %= p
    return values


class _Pending:
    # A space whose basis is computed when it is asked for, possibly in another process.

    def __init__(self, degree, dimension, build):
        self.degree, self.dimension, self.build = degree, dimension, build


def spaces(action, degree, seed=0):
    r"""
    Return the spaces of highest-weight vectors of polynomials of degree ``degree``, those of dimension 0 left out.

    OUTPUT: list of objects with ``degree`` (multidegree), ``dimension`` (for a general group: that of the whole weight
    space) and ``build()``, which returns the :class:`HighestWeightSpace`
    """
    monomials = Monomials(action.coordinates, degree)
    degree = monomials.degree
    if action.copies is not None:
        return list(_matrix_spaces(action, monomials, seed))
    if monomials.count > MAX_MONOMIALS:
        raise OutOfReachError(
            f"degree {degree} has {monomials.count} monomials in {action.coordinates} coordinates, more than "
            f"{MAX_MONOMIALS}; lower max_degree"
        )
    keys = np.arange(monomials.count)
    rows = monomials.unrank(keys)
    if action.sizes:
        keys = keys[action.dominant(action.weights[rows].sum(axis=1))]
        rows = monomials.unrank(keys)
    found = []
    for multidegree, where in group_by_degree(action.degrees, rows):
        chosen = keys[where]
        build = (
            _Kernel(action, monomials, multidegree, chosen) if action.roots else _All(monomials, multidegree, chosen)
        )
        found.append(_Pending(multidegree, len(chosen), build))
    return found


class _All:
    def __init__(self, monomials, degree, keys):
        self.monomials, self.degree, self.keys = monomials, degree, keys

    def __call__(self):
        return HighestWeightSpace(self.monomials, self.degree, self.keys)


class _Kernel:
    r"""The kernel of the simple raising operators on the monomials ``keys``."""

    def __init__(self, action, monomials, degree, keys):
        self.action, self.monomials, self.degree, self.keys = action, monomials, degree, keys

    def __call__(self):
        operators = [root.raising for root in self.action.roots if root.simple]
        unit = Forms(self.monomials, len(self.keys), np.arange(len(self.keys)), self.keys, np.ones_like(self.keys))
        images = [unit.derive(operator) for operator in operators]
        targets = [np.unique(image.keys) for image in images]

        def kernel(p):
            blocks = [image.dense(target, p).T for image, target in zip(images, targets, strict=True)]
            return modular.nullspace(np.concatenate(blocks), p)

        def exact(rows):
            forms = Forms.from_rows(self.monomials, self.keys, rows)
            return all(len(forms.derive(operator).keys) == 0 for operator in operators)

        rows, _ = modular.lifted_nullspace(kernel, exact)
        basis = Forms.from_rows(self.monomials, self.keys, rows)
        pivots = self.keys[_pivot_columns(np.array([[c % modular.primes(1)[0] for c in row] for row in rows]))]
        if len(pivots) != basis.count:
            raise ArithmeticError(
                f"highest-weight vectors of multidegree {self.degree!r} depend on each other modulo a prime"
            )
        return HighestWeightSpace(self.monomials, self.degree, self.keys, basis, pivots)


def _pivot_columns(matrix):
    if not matrix.size:
        return []
    return modular.echelon(matrix, modular.primes(1)[0])[1]


def _matrix_spaces(action, monomials, seed):
    copies, degree = action.copies, monomials.degree
    count, rows, columns = copies.shape
    corner = action.degrees[copies[:, 0, 0]]
    step_rows = action.degrees[copies[0, :, 0]] - corner[0]
    step_columns = action.degrees[copies[0, 0, :]] - corner[0]
    contents = list(compositions(degree, count))
    block_degrees = np.array(contents) @ corner
    for left, right in product(partitions(degree, rows), partitions(degree, columns)):
        base = np.array(left) @ step_rows + np.array(right) @ step_columns
        shapes = tuple(x for x in left if x), tuple(x for x in right if x)
        groups = {}
        for content, total in zip(contents, block_degrees, strict=True):
            if multiplicity(*shapes, content):
                groups.setdefault(tuple((total + base).tolist()), []).append(content)
        for multidegree, members in sorted(groups.items(), reverse=True):
            dimension = sum(multiplicity(*shapes, content) for content in members)
            build = _Explicit(copies, monomials, multidegree, shapes, members, seed)
            yield _Pending(multidegree, dimension, build)


class _Explicit:
    r"""Highest-weight vectors of the shapes `(\lambda, \mu)` and several contents, from alternating sums."""

    def __init__(self, copies, monomials, degree, shapes, contents, seed):
        self.copies, self.monomials, self.degree = copies, monomials, degree
        self.shapes, self.contents, self.seed = shapes, contents, seed

    def __call__(self):
        parts = [self._content(content) for content in self.contents]
        basis = Forms.concatenate(self.monomials, [forms for forms, _ in parts])
        pivots = np.sort(np.concatenate([keys for _, keys in parts]))
        return HighestWeightSpace(self.monomials, self.degree, np.unique(basis.keys), basis, pivots)

    def _content(self, content):
        wanted = multiplicity(*self.shapes, content)
        generator = np.random.default_rng([self.seed, *self.shapes[0], 0, *self.shapes[1], 0, *content])
        blocks = np.repeat(np.arange(len(content)), content)
        forms, tried = Forms.empty(self.monomials), 0
        while True:
            batch = max(4, 2 * (wanted - forms.count))
            drawn = [
                self._alternate(generator.permutation(blocks), generator.permutation(len(blocks))) for _ in range(batch)
            ]
            forms = Forms.concatenate(self.monomials, [forms, *drawn])
            keys = np.unique(forms.keys)
            independent = _pivot_columns(forms.dense(keys, modular.primes(1)[0]).T)
            forms = forms.take(independent)
            if forms.count == wanted:
                keys = np.unique(forms.keys)
                return forms, keys[_pivot_columns(forms.dense(keys, modular.primes(1)[0]))]
            tried += batch
            if tried > 1000 + 100 * wanted:
                raise ArithmeticError(
                    f"{tried} random highest-weight vectors of shape {self.shapes!r} span {forms.count} dimensions "
                    f"of {wanted}; use another seed"
                )

    def _alternate(self, blocks, matching):
        rows, row_signs = _alternations(self.shapes[0])
        columns, column_signs = _alternations(self.shapes[1])
        variables = self.copies[blocks, rows[:, None, :], columns[None, :, matching]]
        signs = row_signs[:, None] * column_signs[None, :]
        keys = self.monomials.rank(variables.reshape(-1, self.monomials.degree))
        return Forms.collect(self.monomials, 1, np.zeros(len(keys), dtype=np.int64), keys, signs.ravel()).primitive()


@lru_cache(maxsize=256)
def _alternations(shape):
    # All ways to permute the indices 0..l-1 within each column of the diagram, with signs; boxes column by column.
    heights = [sum(part > j for part in shape) for j in range(shape[0])]
    tables, signs = np.zeros((1, 0), dtype=np.int64), np.ones(1, dtype=np.int64)
    for height in heights:
        column = np.array(list(orderings(range(height))), dtype=np.int64)
        inversions = sum(
            (column[:, i] > column[:, j]).astype(np.int64) for i in range(height) for j in range(i + 1, height)
        )
        column_signs = 1 - 2 * (inversions % 2) if height > 1 else np.ones(1, dtype=np.int64)
        tables = np.concatenate([np.repeat(tables, len(column), axis=0), np.tile(column, (len(tables), 1))], axis=1)
        signs = np.repeat(signs, len(column)) * np.tile(column_signs, len(signs))
    return tables, signs
