r"""
Linear relations among the coordinates, and the elimination of coordinates by them.

EXAMPLES::

    sage: from sage_mlvar.implicit import PolynomialMap
    sage: from sage_mlvar.implicit.linear import linear_relations
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: R = PolynomialRing(QQ, "s,t"); s, t = R.gens()
    sage: relations = linear_relations(PolynomialMap.from_sage([s, t, 2*s - 3*t, 0*s]))
    sage: relations.kept, relations.forms.terms(0), relations.forms.terms(1)
    ([0, 1], [((0,), -2), ((1,), 3), ((2,), 1)], [((3,), 1)])
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..options import check
from . import blocks, modular
from .forms import Forms, Monomials
from .proof import vanishing

__all__ = ["LinearRelations", "linear_relations"]

_SPARE = 12


@dataclass
class LinearRelations:
    r"""
    - ``kept`` -- increasing list of coordinates, linearly independent on the image
    - ``values`` -- dictionary from the other coordinates to dictionaries from kept coordinates to fractions
    - ``forms`` -- the relations as :class:`~sage_mlvar.implicit.forms.Forms`
    - ``proved`` -- whether they were substituted
    - ``primes`` -- the primes used
    """

    kept: list
    values: dict
    forms: Forms
    proved: bool
    primes: tuple


def linear_relations(polymap, seed=0, prefer=None, deadline=None):
    r"""
    Return the :class:`LinearRelations` of a map.

    INPUT:

    - ``polymap`` -- :class:`~sage_mlvar.implicit.map.PolynomialMap`
    - ``prefer`` -- a coordinate to keep if it is not zero
    """
    coordinates = polymap.coordinates
    order = np.arange(coordinates)
    if prefer is not None:
        order = np.concatenate([[prefer], np.delete(order, prefer)])
    cache = {}
    blocks.foresee(coordinates + _SPARE, coordinates, "finding linear invariants", in_blocks=False)

    def kernel(p):
        if p not in cache:
            check("finding linear invariants")
            points = np.random.default_rng([seed, 1, p]).integers(0, p, size=(coordinates + _SPARE, polymap.parameters))
            cache[p] = modular.nullspace(polymap.evaluate(points, p)[:, order], p)
        return cache[p]

    def forms(rows):
        table = np.zeros((len(rows), coordinates), dtype=object)
        table[:, order] = np.array(rows, dtype=object).reshape(len(rows), coordinates)
        return Forms.from_rows(Monomials(coordinates, 1), np.arange(coordinates), table)

    def exact(rows):
        return not rows or terms is None or all(vanishing(forms(rows), terms, deadline))

    p = modular.primes(1)[0]
    if not len(kernel(p)):
        return LinearRelations(list(range(coordinates)), {}, forms([]), True, (p,))
    terms = polymap.proof_terms
    rows, primes = modular.lifted_nullspace(kernel, exact)
    values = {}
    for row in rows:
        last = max(i for i, c in enumerate(row) if c)
        values[int(order[last])] = {int(order[i]): Fraction(-c, row[last]) for i, c in enumerate(row[:last]) if c}
    kept = [c for c in range(coordinates) if c not in values]
    return LinearRelations(kept, values, forms(rows), terms is not None, tuple(primes))
