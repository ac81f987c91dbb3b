r"""
Highest-weight vectors of polynomials on several matrices, written down.

Fill the boxes of a Young diagram `\lambda` with row indices and those of `\mu` with column indices, match the boxes by
a permutation, give each pair a matrix, and alternate along the columns of both diagrams. By Schur-Weyl duality such
polynomials span the highest-weight vectors of weight `(\lambda, \mu)` in the polynomials on matrices `y_{b,i,j}`;
random ones are taken until there are as many independent ones as the multiplicity, which is known from characters. So
the basis is exact, and proved to be one, without any elimination on the monomials.

EXAMPLES: the determinants and the mixed one of two `2 \times 2` matrices::

    sage: import numpy as np
    sage: from sage_mlvar.implicit import Symmetry
    sage: from sage_mlvar.implicit.action import Action
    sage: from sage_mlvar.implicit.spaces import spaces
    sage: S = Symmetry.matrix_copies(np.arange(8).reshape(2, 2, 2), "two matrices")
    sage: space = spaces(Action.of(S, S.weights), 2)[-1].build()
    sage: [space.basis.terms(i) for i in range(3)]
    [[((1, 2), -1), ((0, 3), 1)], ...]
"""

from functools import lru_cache
from itertools import permutations as orderings
from itertools import product

import numpy as np

from .. import _sage  # noqa: F401
from . import modular
from .characters import compositions, multiplicity, partitions
from .forms import Forms
from .spaces import MonomialSpace, Pending, combined_values

from sage.matrix.matrix_space import MatrixSpace
from sage.rings.integer_ring import ZZ
from sage.rings.rational_field import QQ

__all__ = ["TableauSpace", "tableau_spaces"]


class TableauSpace(MonomialSpace):
    r"""
    A space with a known basis.

    - ``basis`` -- :class:`~sage_mlvar.implicit.forms.Forms` with integer coefficients
    """

    def __init__(self, monomials, degree, basis, pivots):
        super().__init__(monomials, degree, np.unique(basis.keys))
        self.basis = basis
        self.pivots = pivots

    def values(self, points, p):
        rows = self.monomials.unrank(self.keys)
        return combined_values(np.asarray(points), rows, self.basis.dense(self.keys, p).T, p)

    def at_pivots(self, vectors, p):
        return modular.matmul(vectors, self.basis.dense(self.pivots, p), p)

    def forms(self, rows):
        if not len(rows):
            return Forms.empty(self.monomials)
        matrix = np.array([[int(c) for c in row] for row in rows], dtype=object)
        owner, column = np.nonzero(matrix)
        pieces = self.basis.take(column.tolist())
        factors = matrix[owner, column][pieces.owner]
        height = int(np.abs(factors).max()) * max(1, self.basis.height())
        kind = np.int64 if height < 1 << 62 else object
        coefficients = pieces.coefficients.astype(kind) * factors.astype(kind)
        return Forms.collect(self.monomials, len(matrix), owner[pieces.owner], pieces.keys, coefficients).primitive()

    def span(self, products, chosen, rows):
        # The echelon form in the coordinates of the basis keeps the integers small from degree to degree.
        if len(chosen) + len(rows) == self.dimension:
            return self.basis
        known = products.rows[chosen]
        matrix = MatrixSpace(QQ, len(known), self.dimension)([int(c) for c in known.ravel()])
        if len(known):
            square = MatrixSpace(ZZ, self.dimension, self.dimension)(
                [int(c) for c in self.basis.dense(self.pivots).ravel()]
            )
            matrix = matrix * square.change_ring(QQ).inverse()
        matrix = matrix.stack(MatrixSpace(QQ, len(rows), self.dimension)([c for row in rows for c in row]))
        return self.forms([row * row.denominator() for row in matrix.echelon_form().rows()])


def tableau_spaces(action, monomials, seed):
    r"""
    Yield the :class:`~sage_mlvar.implicit.spaces.Pending` spaces of highest-weight vectors for matrix copies.

    INPUT: as for :func:`~sage_mlvar.implicit.spaces.spaces`, with the monomials of the degree
    """
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
            build = _Builder(copies, monomials, multidegree, shapes, members, seed)
            yield Pending(multidegree, dimension, build)


class _Builder:
    r"""Highest-weight vectors of the shapes `(\lambda, \mu)` and several contents, from alternating sums."""

    def __init__(self, copies, monomials, degree, shapes, contents, seed):
        self.copies, self.monomials, self.degree = copies, monomials, degree
        self.shapes, self.contents, self.seed = shapes, contents, seed

    def __call__(self):
        canonical = {}
        for content in self.contents:
            shape = tuple(sorted(content, reverse=True))
            if shape not in canonical:
                canonical[shape] = self._content(shape)
        parts = [
            self._relabelled(content, *canonical[tuple(sorted(content, reverse=True))]) for content in self.contents
        ]
        basis = Forms.concatenate(self.monomials, [forms for forms, _ in parts])
        pivots = np.sort(np.concatenate([keys for _, keys in parts]))
        return TableauSpace(self.monomials, self.degree, basis, pivots)

    def _relabelled(self, content, forms, pivots):
        # Contents that differ by a permutation of the matrices have the same vectors up to that permutation.
        order = sorted(range(len(content)), key=lambda b: -content[b])
        moved = np.empty(self.copies.size, dtype=np.int64)
        moved[self.copies.ravel()] = self.copies[order].ravel()
        return forms.permuted(moved), self.monomials.rank(moved[self.monomials.unrank(pivots)])

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


def _pivot_columns(matrix):
    return modular.echelon(matrix, modular.primes(1)[0])[1] if matrix.size else []


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
