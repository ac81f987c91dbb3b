r"""
The spaces of polynomials in which invariants are looked for: one for each degree and dominant multidegree.

The ideal of a variety with a connected reductive group is spanned, in each degree, by the orbits of the vectors that
all raising operators kill. These form small spaces: their dimensions count irreducible pieces. Three kinds:

- without a group, all polynomials of a multidegree (:class:`MonomialSpace`);
- for matrices, alternating sums that are written down (:class:`~sage_mlvar.implicit.tableaux.TableauSpace`);
- in general, the kernel of the simple raising operators (:class:`KernelSpace`).

EXAMPLES::

    sage: import numpy as np
    sage: from sage_mlvar.implicit import Symmetry
    sage: from sage_mlvar.implicit.action import Action
    sage: from sage_mlvar.implicit.spaces import spaces
    sage: S = Symmetry.matrix_copies(np.arange(8).reshape(2, 2, 2), "two matrices")
    sage: [(space.degree, space.size) for space in spaces(Action.of(S, S.weights), 2)]
    [((2, 0, 2, 0), 3), ((2, 0, 1, 1), 1), ((1, 1, 2, 0), 1), ((1, 1, 1, 1), 3)]
"""

from functools import partial

import numpy as np

from ..errors import OutOfReachError
from . import blocks, modular
from .forms import Forms, Monomials
from .grading import group_by_degree

__all__ = ["MAX_MONOMIALS", "KernelSpace", "MonomialSpace", "Pending", "spaces"]

#: Enumerating more monomials than this in one degree is refused.
MAX_MONOMIALS = 20_000_000


class Pending:
    r"""
    A space that is not built yet, so that this can happen in another process.

    - ``degree`` -- multidegree, a tuple that begins with the weight
    - ``size`` -- an estimate of the work
    - ``build`` -- function without arguments that returns the space
    """

    def __init__(self, degree, size, build):
        self.degree, self.size, self.build = degree, size, build


def spaces(action, degree, seed=0):
    r"""
    Return the spaces of polynomials of one degree, as a list of :class:`Pending`.

    INPUT:

    - ``action`` -- :class:`~sage_mlvar.implicit.action.Action`
    - ``degree`` -- positive integer
    - ``seed`` -- non-negative integer
    """
    monomials = Monomials(action.coordinates, degree)
    if action.copies is not None:
        from .tableaux import tableau_spaces

        return list(tableau_spaces(action, monomials, seed))
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
    kind = partial(KernelSpace, action) if action.roots else MonomialSpace
    return [
        Pending(multidegree, len(where), partial(kind, monomials, multidegree, keys[where]))
        for multidegree, where in group_by_degree(action.degrees, rows)
    ]


class MonomialSpace:
    r"""
    All polynomials of one multidegree. The other kinds of spaces have the same methods.

    - ``monomials`` -- :class:`~sage_mlvar.implicit.forms.Monomials`
    - ``degree`` -- multidegree
    - ``keys`` -- increasing array: numbers of the monomials that occur
    - ``pivots`` -- increasing array: the coefficients at these monomials determine a polynomial of the space

    EXAMPLES::

        sage: from sage_mlvar.implicit.forms import Monomials
        sage: from sage_mlvar.implicit.spaces import MonomialSpace
        sage: space = MonomialSpace(Monomials(2, 2), (), [0, 1, 2])
        sage: space.values([[2, 3]], 101).tolist()
        [[4, 6, 9]]
    """

    def __init__(self, monomials, degree, keys):
        self.monomials = monomials
        self.degree = degree
        self.keys = np.asarray(keys, dtype=np.int64)
        self.pivots = self.keys

    @property
    def dimension(self):
        r"""Return a bound of the dimension: the number of pivots."""
        return len(self.pivots)

    def values(self, points, p):
        r"""Return the values modulo ``p`` of a basis at ``points`` (points × coordinates), a row for each point."""
        return monomial_values(np.asarray(points), self.monomials.unrank(self.keys), p)

    def at_pivots(self, vectors, p):
        r"""Return the coefficients modulo ``p`` at the pivots of vectors given by coordinates in that basis."""
        return vectors

    def coordinates(self, vectors, p):
        r"""Return the coordinates to be lifted of such vectors; :meth:`forms` reads their lifts."""
        return vectors

    def forms(self, rows):
        r"""Return the primitive polynomials with lifted coordinates ``rows``, lists of integers."""
        return Forms.from_rows(self.monomials, self.keys, rows).primitive()

    def contains(self, forms):
        r"""Return whether polynomials made by :meth:`forms` are in the space; an exact test."""
        return True

    def span(self, products, chosen, rows):
        r"""
        Return as polynomials the ``chosen`` ones of ``products`` and those with lifted coordinates ``rows``, or
        another basis of their span.
        """
        return Forms.concatenate(self.monomials, [products.forms(chosen), self.forms(rows)])


class KernelSpace(MonomialSpace):
    r"""
    The kernel of the simple raising operators on the polynomials of one multidegree.

    Only its reduction modulo primes is computed. That can be larger than the kernel over `\QQ`, which does no harm:
    the pivots still determine vectors, numbers of invariants modulo a prime are upper bounds, and lifts are checked.

    EXAMPLES::

        sage: import numpy as np
        sage: from sage_mlvar.implicit import Symmetry
        sage: from sage_mlvar.implicit.action import Action
        sage: from sage_mlvar.implicit.forms import Monomials
        sage: from sage_mlvar.implicit.spaces import KernelSpace
        sage: A = Action.of(Symmetry.matrix_copies([[[0, 1], [2, 3]]], "a matrix"), np.zeros((4, 0), dtype=int))
        sage: M = Monomials(4, 2)
        sage: det = KernelSpace(A, M, (1, 1, 1, 1), M.rank([[1, 2], [0, 3]])); det.dimension
        1
        sage: det.contains(det.forms([[-1, 1]])), det.contains(det.forms([[1, 1]]))
        (True, False)
    """

    def __init__(self, action, monomials, degree, keys):
        super().__init__(monomials, degree, keys)
        self.operators = [root.raising for root in action.roots if root.simple]
        unit = Forms(monomials, len(self.keys), np.arange(len(self.keys)), self.keys, np.ones_like(self.keys))
        images = [unit.derive(operator) for operator in self.operators]
        self._images = [(image, np.unique(image.keys)) for image in images]
        self._kernels = {}
        kernel = self._kernel(modular.primes(1)[0])
        self._free = _last_columns(kernel)
        self.pivots = self.keys[self._free]

    def _kernel(self, p):
        if p not in self._kernels:
            rows = sum(len(target) for _, target in self._images)
            blocks.foresee(rows, len(self.keys), "looking for highest-weight vectors", in_blocks=False)
            images = [image.dense(target, p).T for image, target in self._images]
            self._kernels[p] = modular.nullspace(np.concatenate(images), p)
        return self._kernels[p]

    def _basis(self, p):
        kernel = self._kernel(p)
        if len(kernel) != len(self._free) or (_last_columns(kernel) != self._free).any():
            raise ArithmeticError(f"highest-weight vectors modulo {p} have other pivots than modulo other primes")
        return kernel

    def values(self, points, p):
        return combined_values(np.asarray(points), self.monomials.unrank(self.keys), self._basis(p).T, p)

    def coordinates(self, vectors, p):
        return modular.matmul(vectors, self._basis(p), p)

    def contains(self, forms):
        return all(len(forms.derive(operator).keys) == 0 for operator in self.operators)


def _last_columns(rows):
    # The columns of the ones that make a kernel basis canonical, see modular.nullspace.
    return rows.shape[1] - 1 - np.argmax(rows[:, ::-1] != 0, axis=1) if len(rows) else np.zeros(0, dtype=np.int64)


def monomial_values(points, rows, p):
    r"""Return the values modulo ``p`` of monomials (lists of variables) at points (points × monomials)."""
    values = np.ones((len(points), len(rows)), dtype=np.int64)
    for column in rows.T:
        values *= points[:, column]
        values %= p
    return values


def combined_values(points, rows, coefficients, p):
    r"""Return the values modulo ``p`` of combinations (monomials × polynomials) of monomials, in bounded memory."""
    step = max(1, 4_000_000 // max(1, len(rows)))
    parts = [
        modular.matmul(monomial_values(points[i : i + step], rows, p), coefficients, p)
        for i in range(0, len(points), step)
    ]
    return np.concatenate(parts)
