r"""
The finest grading for which a polynomial map is homogeneous.

Weights of the parameters that make every coordinate homogeneous form a lattice, the kernel of the differences of
exponents within coordinates. The vanishing ideal of the image is homogeneous for the grading of the coordinates that a
basis of this lattice induces: a torus acts on parameters and coordinates, and the map commutes with it.

The ideal is homogeneous for the *standard* grading too when `(1, \ldots, 1)` is a combination of these gradings.
Otherwise it has no grading by degree, and the engine works with polynomials of degree at most `D` instead, as forms of
degree `D` in the coordinates and one more that is constant 1.

EXAMPLES::

    sage: from sage_mlvar.implicit import PolynomialMap
    sage: from sage_mlvar.implicit.grading import Grading
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: R = PolynomialRing(QQ, "s,t"); s, t = R.gens()
    sage: Grading.of(PolynomialMap.from_sage([s^2, s*t, t^2]))
    Grading of 3 coordinates of rank 2
    sage: Grading.of(PolynomialMap.from_sage([s^2, s^3 + s])).standard
    False
"""

import numpy as np

from .. import _sage  # noqa: F401
from . import blocks, modular

from sage.matrix.matrix_space import MatrixSpace
from sage.rings.integer_ring import ZZ
from sage.rings.rational_field import QQ

__all__ = ["Grading", "group_by_degree"]


class Grading:
    r"""
    A multigrading of the coordinates.

    - ``degrees`` -- integer array (coordinates × rank); the row of a coordinate that vanishes is 0
    - ``standard`` -- whether the ideal is homogeneous for the degree that counts every coordinate as 1
    """

    def __init__(self, degrees, nonzero=None):
        degrees = np.asarray(degrees, dtype=np.int64)
        self.degrees = degrees[:, _independent_columns(degrees)]
        rows = self.degrees if nonzero is None else self.degrees[nonzero]
        self.standard = _contains_ones(rows)

    @classmethod
    def of(cls, polymap):
        r"""
        Return the finest grading of ``polymap``, or the one that it declares.
        """
        if polymap.degrees is not None:
            _check_declared(polymap)
            return cls(polymap.degrees)
        if polymap.terms is None:
            return cls(np.zeros((polymap.coordinates, 0), dtype=np.int64))
        return cls.from_exponents(polymap.coordinates, polymap.terms.owner, polymap.terms.exponents())

    @classmethod
    def from_exponents(cls, coordinates, owner, exponents):
        r"""
        Return the finest grading of a map from the exponents of its terms.

        INPUT:

        - ``coordinates`` -- number of coordinates
        - ``owner`` -- array: the coordinate of each term, in increasing order
        - ``exponents`` -- array (terms × parameters)

        EXAMPLES: a parameter that occurs nowhere adds nothing, a zero coordinate gets degree 0::

            sage: from sage_mlvar.implicit.grading import Grading
            sage: G = Grading.from_exponents(3, [0, 0, 2], [[1, 0, 0], [0, 1, 0], [1, 1, 0]])
            sage: G.degrees.tolist(), G.standard
            ([[1], [0], [2]], False)
        """
        owner = np.asarray(owner, dtype=np.int64)
        exponents = np.asarray(exponents, dtype=np.int64)
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        first = np.zeros((coordinates, exponents.shape[1]), dtype=np.int64)
        first[owner[starts]] = exponents[starts]
        differences = np.unique(exponents - first[owner], axis=0)
        used = np.flatnonzero(exponents.any(axis=0))
        weights = _integer_kernel(differences[:, used])
        nonzero = np.zeros(coordinates, dtype=bool)
        nonzero[owner[starts]] = True
        return cls(first[:, used] @ weights.T, nonzero)

    def __repr__(self):
        return f"Grading of {len(self.degrees)} coordinates of rank {self.degrees.shape[1]}"

    def with_unit(self):
        r"""Return the grading extended by degree 0 for a constant coordinate put last."""
        extended = Grading.__new__(Grading)
        extended.degrees = np.vstack([self.degrees, 0 * self.degrees[:1]])
        extended.standard = True
        return extended

    def restrict(self, indices):
        r"""Return the grading of the coordinates ``indices``."""
        restricted = Grading.__new__(Grading)
        restricted.degrees = self.degrees[list(indices)]
        restricted.standard = self.standard
        return restricted


def _check_declared(polymap):
    # A torus acts as declared exactly when its vector fields are tangent to the image at a generic point.
    p, generator = modular.primes(1)[0], np.random.default_rng(79)
    blocks.foresee(polymap.coordinates, polymap.parameters, "testing the declared grading")
    theta = generator.integers(0, p, size=polymap.parameters)
    point = polymap.evaluate(theta[None, :], p)[0]
    jacobian = polymap.jacobian(theta, p).T
    fields = polymap.degrees.T % p * point % p
    if modular.rank(np.concatenate([jacobian, fields]), p) != modular.rank(jacobian, p):
        raise ValueError("the map is not homogeneous for the declared degrees=; correct or omit them")


def group_by_degree(degrees, rows):
    r"""
    Return the multidegrees of monomials and the monomials of each.

    INPUT:

    - ``degrees`` -- integer array (coordinates × rank)
    - ``rows`` -- integer array (monomials × degree) of coordinates

    OUTPUT: list of pairs (multidegree as a tuple, increasing array of row numbers), sorted by multidegree

    EXAMPLES::

        sage: import numpy as np
        sage: from sage_mlvar.implicit.grading import group_by_degree
        sage: [(d, where.tolist()) for d, where in group_by_degree(np.array([[2], [1], [0]]), [[0, 2], [1, 1], [0, 1]])]
        [((2,), [0, 1]), ((3,), [2])]
    """
    rows = np.asarray(rows, dtype=np.int64)
    if not len(rows):
        return []
    totals = degrees[rows].sum(axis=1) if degrees.shape[1] else np.zeros((len(rows), 0), dtype=np.int64)
    if not totals.shape[1]:
        return [((), np.arange(len(rows)))]
    order = np.lexsort(totals.T[::-1])
    totals = totals[order]
    starts = np.flatnonzero(np.append(True, (totals[1:] != totals[:-1]).any(axis=1)))
    groups = np.split(order, starts[1:])
    return [(tuple(totals[s].tolist()), np.sort(group)) for s, group in zip(starts, groups, strict=True)]


def _integer_kernel(matrix):
    # Basis (rows) of the lattice of integer vectors orthogonal to the rows of `matrix`.
    if not matrix.shape[1]:
        return np.zeros((0, 0), dtype=np.int64)
    sage_matrix = MatrixSpace(ZZ, *matrix.shape)(matrix.ravel().tolist())
    basis = sage_matrix.right_kernel_matrix()
    rows = [[int(entry) for entry in row] for row in basis.rows()]
    return np.array(rows, dtype=np.int64).reshape(len(rows), matrix.shape[1])


def _independent_columns(degrees):
    if not degrees.size:
        return []
    return list(MatrixSpace(QQ, *degrees.shape)(degrees.ravel().tolist()).pivots())


def _contains_ones(rows):
    if not len(rows):
        return True
    matrix = MatrixSpace(QQ, rows.shape[0], rows.shape[1])(rows.ravel().tolist())
    ones = MatrixSpace(QQ, rows.shape[0], 1)([1] * rows.shape[0])
    return matrix.augment(ones).rank() == matrix.rank()
