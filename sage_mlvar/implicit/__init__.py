r"""
Graded implicitization: the polynomials that vanish on the image of a polynomial map, found by linear algebra modulo
primes, lifted to the rational numbers, and proved.

EXAMPLES::

    sage: from sage_mlvar.implicit import PolynomialMap, graded_invariants
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: R = PolynomialRing(QQ, "s,t"); s, t = R.gens()
    sage: graded_invariants(PolynomialMap.from_sage([s^2, s*t, t^2]), 2)
    Invariants of degree at most 2 in 3 coordinates, minimal generators by degree {2: 1} (proved up to degree 2)
"""

from .engine import Progress, graded_invariants
from .grading import Grading
from .map import PolynomialMap
from .rank import jacobian_rank
from .result import GradedInvariants
from .symmetry import Operator, Permutation, Symmetry

__all__ = [
    "GradedInvariants",
    "Grading",
    "Operator",
    "Permutation",
    "PolynomialMap",
    "Progress",
    "Symmetry",
    "graded_invariants",
    "jacobian_rank",
]
