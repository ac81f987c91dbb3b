r"""
The invariants of one degree and one multidegree: found modulo primes, lifted, and proved.

The argument, for one space of highest-weight vectors (or of monomials, when there is no group):

- The vectors that vanish at integer parameter points modulo `p` have dimension `n`, which bounds that of the
  invariants over `\QQ` from above, whatever the points and whatever `p`.
- Products with invariants of lower degree are invariants; their rank modulo `p` is at most their rank over `\QQ`.
- The remaining vectors are lifted, and substituted exactly.

When the number of independent invariants is `n`, these are all. For numbers of minimal generators the rank of the
products over `\QQ` is needed exactly: it is `n` if there is nothing new, and otherwise their kernel is lifted and
checked.
"""

from dataclasses import dataclass

import numpy as np

from . import blocks, modular
from .forms import Forms
from .products import Products
from .proof import vanishing

__all__ = ["Piece", "Samples", "exact_rank", "solve"]

#: How many points more than unknowns are used; the bound on the dimension holds for any number.
_SPARE = 12
_ATTEMPTS = 4


@dataclass
class Piece:
    r"""
    The invariants of one multidegree.

    - ``degree`` -- the multidegree
    - ``count`` -- dimension of the space of (highest-weight) invariants
    - ``old`` -- dimension of the part generated in lower degree
    - ``new`` -- :class:`~sage_mlvar.implicit.forms.Forms`: ``count - old`` further ones
    - ``basis`` -- :class:`~sage_mlvar.implicit.forms.Forms`: all of them, or ``None`` when not asked for
    - ``proved`` -- whether ``count``, ``old`` and ``new`` are proved
    - ``primes`` -- primes used
    - ``doubt`` -- string: why it is not proved
    """

    degree: tuple
    count: int
    old: int
    new: Forms
    basis: Forms | None
    proved: bool
    primes: tuple
    doubt: str = ""


class Samples:
    r"""Values of the map at random points modulo primes, the same ones whenever they are asked for."""

    def __init__(self, polymap, seed):
        self.polymap = polymap
        self.seed = seed
        self._known = {}

    def values(self, count, p):
        r"""Return the values at the first ``count`` points modulo ``p``."""
        known = self._known.get(p)
        if known is None or len(known) < count:
            size = max(count, 64) if known is None else max(count, 2 * len(known))
            points = np.random.default_rng([self.seed, p]).integers(0, p, size=(size, self.polymap.parameters))
            known = self.polymap.evaluate(points, p)
            if len(self._known) > 6:
                self._known.clear()
            self._known[p] = known
        return known[:count]


def solve(pending, action, polymap, samples, lower, keep, deadline=None):
    r"""
    Return the :class:`Piece` of the invariants in one space.

    INPUT:

    - ``pending`` -- an item of ``sage_mlvar.implicit.spaces.spaces``
    - ``lower`` -- dictionary from multidegrees to the invariants one degree below
    - ``keep`` -- boolean: whether ``basis`` is wanted
    """
    space = pending.build()
    products = Products(action, space, lower)
    doubt = ""
    for attempt in range(_ATTEMPTS):
        if deadline is not None:
            deadline.check(f"looking for invariants of degree {space.monomials.degree}")
        try:
            return _Solver(space, polymap, samples, products, attempt, deadline).piece(keep)
        except ArithmeticError as error:
            # An unlucky prime or point: the next attempt uses others, and the last one says what is wrong.
            doubt = str(error)
    return _Solver(space, polymap, samples, products, 0, deadline).doubtful(keep, doubt)


class _Solver:
    def __init__(self, space, polymap, samples, products, attempt, deadline):
        self.space, self.polymap, self.samples, self.products = space, polymap, samples, products
        self.skip = attempt
        self.prime = modular.primes(attempt + 1)[attempt]
        self.spare = _SPARE * (attempt + 1)
        self.deadline = deadline

    def kernel(self, p):
        r"""Return the vectors of the space that vanish at the points modulo ``p``, in terms of its basis."""
        size = self.space.dimension
        blocks.foresee(size + self.spare, size, "looking for invariants", in_blocks=False)
        points = self.samples.values(size + self.spare, p)
        return modular.nullspace(self.space.values(points, p), p)

    def piece(self, keep):
        p, space = self.prime, self.space
        kernel = self.kernel(p)
        count = len(kernel)
        residues = (self.products.rows % p).astype(np.int64)
        stacked = np.concatenate([residues, space.at_pivots(kernel, p)])
        chosen = np.array(modular.echelon(stacked.T, p)[1], dtype=np.int64)
        old = chosen[chosen < len(residues)]
        fresh = chosen[chosen >= len(residues)] - len(residues)
        if len(chosen) != count:
            raise ArithmeticError(
                "products of invariants do not vanish at random points: is the declared symmetry wrong?"
            )
        if 0 < len(old) < count and exact_rank(self.products.rows) != len(old):
            raise ArithmeticError(f"the products have smaller rank modulo {p} than over the rational numbers")
        new, rows, primes = Forms.empty(space.monomials), [], (p,)
        proved, doubt = True, ""
        if len(fresh):
            rows, primes = modular.lifted_nullspace(
                lambda q: self.fresh_rows(q, count, fresh), lambda rows: True, skip=self.skip
            )
            new = space.forms(rows)
            if not space.contains(new):
                raise ArithmeticError("a lifted polynomial is no highest-weight vector")
            proved, doubt = self.prove(new)
        basis = space.span(self.products, old, rows) if keep else None
        return Piece(space.degree, count, len(old), new, basis, proved, tuple(primes), doubt)

    def fresh_rows(self, p, count, fresh):
        r"""Return the coordinates of the ``fresh`` kernel vectors modulo ``p``, or ``None`` at an unlucky prime."""
        kernel = self.kernel(p)
        if len(kernel) < count:
            raise ArithmeticError(f"fewer polynomials vanish modulo {p} than modulo {self.prime}")
        return self.space.coordinates(kernel[fresh], p) if len(kernel) == count else None

    def doubtful(self, keep, doubt):
        r"""Return what is left when the attempts failed: the products, which are invariants for sure."""
        p, nothing = self.prime, Forms.empty(self.space.monomials)
        count = len(self.kernel(p))
        old = modular.echelon((self.products.rows % p).astype(np.int64).T, p)[1]
        basis = self.space.span(self.products, old, []) if keep else None
        return Piece(self.space.degree, count, len(old), nothing, basis, False, (p,), doubt)

    def prove(self, new):
        r"""Return whether the new invariants are proved to vanish, and why not."""
        if self.polymap.proof_terms is None:
            return False, "the map has no expanded polynomials to substitute"
        if not all(vanishing(new, self.polymap.proof_terms, self.deadline)):
            raise ArithmeticError("a lifted polynomial does not vanish on the map")
        return True, ""


def exact_rank(matrix):
    r"""
    Return the rank over `\QQ` of an integer matrix.

    The kernel modulo primes is lifted, and multiplied with the matrix modulo enough primes to exceed a bound of
    the result; this proves an upper bound of the rank, which meets the rank modulo a prime.

    EXAMPLES::

        sage: import numpy as np
        sage: from sage_mlvar.implicit.solve import exact_rank
        sage: exact_rank(np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]]))
        2
    """
    columns = matrix.shape[1]
    height = max(abs(int(matrix.max())), abs(int(matrix.min()))) if matrix.size else 0

    def kernel(p):
        return modular.nullspace((matrix % p).astype(np.int64), p)

    def exact(rows):
        if not rows:
            return True
        bound = 2 * columns * height * max(abs(c) for row in rows for c in row) + 1
        modulus, count = 1, 0
        while modulus <= bound:
            count += 1
            p = modular.primes(count)[-1]
            modulus *= p
            transposed = np.array([[c % p for c in row] for row in rows], dtype=np.int64).T
            if modular.matmul((matrix % p).astype(np.int64), transposed, p).any():
                return False
        return True

    rows, _ = modular.lifted_nullspace(kernel, exact)
    return columns - len(rows)
