r"""
What the engine found: dimensions, generators, and how far they are proved.

EXAMPLES::

    sage: from sage_mlvar.implicit import PolynomialMap, graded_invariants
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: R = PolynomialRing(QQ, "s,t"); s, t = R.gens()
    sage: I = graded_invariants(PolynomialMap.from_sage([s^2, s*t, t^2, s^2 + t^2]), 4)
    sage: print(I.betti_table())
    degree      1  2  3  4
    dim I       1  5  13  26
    generators  1  1  -  -
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import comb

import numpy as np

from .. import _sage  # noqa: F401
from ..computation import PROBABLE, proved_up_to
from ..rings import polynomial_ring
from .expand import orbit

from sage.misc.latex import LatexExpr
from sage.rings.integer import Integer
from sage.rings.rational_field import QQ

__all__ = ["DegreeRecord", "GradedInvariants"]


@dataclass
class DegreeRecord:
    r"""
    One degree, after linear relations are used.

    - ``dimension`` -- dimension of the ideal in the kept coordinates
    - ``pieces`` -- the ``Piece`` (:mod:`sage_mlvar.implicit.solve`) of each multidegree that was solved
    - ``members`` -- for each of them the multidegrees in its orbit, with a permutation of coordinates that leads there
    """

    degree: int
    dimension: int
    pieces: list
    members: dict


class GradedInvariants:
    r"""
    The invariants of a polynomial map up to a degree; made by :func:`~sage_mlvar.implicit.engine.graded_invariants`.

    - ``max_degree`` -- the bound
    - ``homogeneous`` -- whether the ideal is homogeneous; otherwise degrees mean "at most"
    - ``hilbert`` -- list: `\dim I_D` for `D = 0, \ldots`
    - ``hilbert_function`` -- list: `\dim` of the coordinate ring of the image in degree `D`
    - ``generators_by_degree`` -- dictionary: numbers of minimal generators, degrees without any left out
    - ``status``, ``argument`` -- see :mod:`sage_mlvar.computation`
    - ``primes``, ``seed`` -- what modular steps and random choices used
    """

    def __init__(self, coordinates, max_degree, homogeneous, relations, action, records, seed, ring, reason):
        self.coordinates = coordinates
        self.max_degree = max_degree
        self.homogeneous = homogeneous
        self.seed = seed
        self._relations = relations
        self._action = action
        self._records = {record.degree: record for record in records}
        self._ring = ring
        self._reason = reason

    def __repr__(self):
        return (
            f"Invariants of degree at most {self.max_degree} in {self.coordinates} coordinates, "
            f"minimal generators by degree {self.generators_by_degree} ({self.status})"
        )

    @property
    def _variables(self):
        return self.coordinates + (0 if self.homogeneous else 1)

    @cached_property
    def hilbert(self):
        r"""The list of `\dim I_D` for `D = 0, \ldots,` ``max_degree``."""
        return [Integer(self._all(D)) - value for D, value in enumerate(self.hilbert_function)]

    def _all(self, degree):
        return comb(self._variables + degree - 1, degree)

    @cached_property
    def hilbert_function(self):
        r"""The list of dimensions of the coordinate ring of the image in degrees `0, \ldots,` ``max_degree``."""
        kept = len(self._relations.kept)
        values = []
        for degree in range(self.max_degree + 1):
            whole = comb(kept + degree - 1, degree) if kept else int(degree == 0)
            record = self._records.get(degree)
            values.append(Integer(whole - (record.dimension if record else 0)))
        return values

    @cached_property
    def generators_by_degree(self):
        r"""The numbers of minimal generators in each degree that has some."""
        counts = {}
        if self.max_degree and self._relations.forms.count:
            counts[1] = Integer(self._relations.forms.count)
        for degree, record in self._records.items():
            new = sum(
                (piece.count - piece.old) * len(record.members[piece.degree]) * self._action.dimension(piece.degree)
                for piece in record.pieces
            )
            if new:
                counts[degree] = Integer(new)
        return counts

    @cached_property
    def primes(self):
        r"""The primes used, in decreasing order."""
        used = set(self._relations.primes)
        for record in self._records.values():
            used.update(*(piece.primes for piece in record.pieces))
        return tuple(sorted(used, reverse=True))

    @cached_property
    def _doubts(self):
        doubts = [] if self._relations.proved or not self.max_degree else ["linear relations were not substituted"]
        for degree, record in self._records.items():
            doubts += [f"degree {degree}: {piece.doubt}" for piece in record.pieces if not piece.proved]
        return doubts

    @property
    def proved(self):
        r"""Whether everything is proved up to ``max_degree``."""
        return not self._doubts

    @property
    def status(self):
        r"""``"proved up to degree D"`` or ``"probable"``."""
        return PROBABLE if self._doubts else proved_up_to(self.max_degree)

    @property
    def argument(self):
        r"""What the status rests on, one sentence."""
        if self._doubts:
            return f"{len(self._doubts)} multidegrees are not proved; the first: {self._doubts[0]}"
        text = (
            "each generator vanishes by exact substitution, and in every multidegree as many independent invariants "
            "are known as evaluation at integer points modulo a prime allows"
        )
        if self._reason:
            text += f"; multidegrees related by symmetry are done once ({self._reason})"
        return text

    def betti_table(self):
        r"""Return the dimensions and the numbers of minimal generators by degree, as text."""
        return "\n".join(
            "  ".join(cell.ljust(10) if i == 0 else cell for i, cell in enumerate(row)).rstrip()
            for row in self._table()
        )

    def _table(self):
        degrees = range(1, self.max_degree + 1)
        counts = self.generators_by_degree
        yield ["degree", *(str(D) for D in degrees)]
        yield ["dim I", *(str(self.hilbert[D]) for D in degrees)]
        yield ["generators", *(str(counts.get(D, "-")) for D in degrees)]

    def _latex_(self):
        r"""
        Return the table of :meth:`betti_table` for LaTeX.
        """
        names = {"degree": "D", "dim I": r"\dim I_D", "generators": r"\text{generators}"}
        lines = [" & ".join([names[row[0]], *row[1:]]) for row in self._table()]
        body = r" \\ ".join([lines[0] + r" \\ \hline " + lines[1], lines[2]])
        return LatexExpr(r"\begin{array}{l|" + "r" * self.max_degree + "} " + body + r" \end{array}")

    @cached_property
    def ring(self):
        r"""The ring of the coordinates."""
        if self._ring is not None:
            return self._ring
        return polynomial_ring(QQ, self.coordinates, (f"x{i}" for i in range(self.coordinates)))

    def forms(self, degree, deadline=None):
        r"""
        Return minimal generators of one degree as a list of :class:`~sage_mlvar.implicit.forms.Forms`.

        The variables are the kept coordinates from degree 2 on, and all coordinates in degree 1.
        """
        if degree == 1:
            return [self._relations.forms] if self.max_degree else []
        record = self._records.get(degree)
        found = []
        for piece in record.pieces if record else ():
            if not piece.new.count:
                continue
            basis = orbit(self._action, piece.new, deadline) if self._action.roots else piece.new
            for permutation in record.members[piece.degree].values():
                found.append(basis if permutation is None else basis.permuted(permutation))
        return found

    def highest_weight_vectors(self, degree):
        r"""
        Return one polynomial for each irreducible representation of minimal generators of one degree.

        Without a group these are the generators by multidegree; of an orbit of permutations one multidegree is given.

        INPUT: ``degree`` -- integer, at least 2

        OUTPUT: a list of pairs, a multidegree and a list of polynomials

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: from sage_mlvar.invariants.graded import graded
            sage: I = graded(ReLURegionModel([2, 2, 2], ["10", "11"]), 2)
            sage: [(multidegree, len(found)) for multidegree, found in I.highest_weight_vectors(2)]
            [((1, 1, 1, 1), 2)]
        """
        record = self._records.get(degree)
        kept = self._relations.kept
        return [
            (piece.degree, self._polynomials(piece.new, kept))
            for piece in (record.pieces if record else ())
            if piece.new.count
        ]

    def generators(self, max_degree=None, deadline=None):
        r"""
        Return minimal generators of degree at most ``max_degree``, as primitive polynomials over `\QQ` with integer
        coefficients, by increasing degree.

        When the map has a group these are bases of irreducible representations, computed here.

        INPUT:

        - ``max_degree`` -- integer; that of the computation by default
        - ``deadline`` -- :class:`~sage_mlvar.options.Deadline`
        """
        top = self.max_degree if max_degree is None else min(max_degree, self.max_degree)
        found = []
        for degree in range(1, top + 1):
            variables = range(self._variables) if degree == 1 else self._relations.kept
            for forms in self.forms(degree, deadline):
                found.extend(self._polynomials(forms, variables, deadline))
        return found

    def _polynomials(self, forms, variables, deadline=None):
        # The coordinate that is constant 1, if any, is the last; its exponent is dropped.
        names = np.array(list(variables), dtype=np.int64)
        exponents = np.zeros((len(forms.keys), self._variables), dtype=np.int64)
        for column in names[forms.monomials.unrank(forms.keys)].T:
            np.add.at(exponents, (np.arange(len(exponents)), column), 1)
        exponents = exponents[:, : self.coordinates]
        bounds = np.searchsorted(forms.owner, np.arange(forms.count + 1))
        found = []
        for a, b in pairwise(bounds):
            if deadline is not None:
                deadline.check("writing the polynomials")
            found.append(_polynomial(self.ring, exponents[a:b], forms.coefficients[a:b]))
        return found


def _polynomial(ring, exponents, coefficients):
    values = [int(c) for c in coefficients.tolist()]
    if ring.ngens() == 1 and not hasattr(ring, "term_order"):
        # A univariate ring takes integers for exponents, one with a term order tuples of length one.
        f = ring({int(e): c for (e,), c in zip(exponents.tolist(), values, strict=True)})
    else:
        f = ring(dict(zip(map(tuple, exponents.tolist()), values, strict=True)))
    return -f if f.lc() < 0 else f
