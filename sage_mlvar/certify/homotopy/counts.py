r"""
The number of critical points of a generic polynomial.

A polynomial of degree `D` in `r` variables has at most `D \sum_{i<r} (D-1)^i` critical points of the distance from a
generic point [DHOST2016]_. Networks with narrow layers have fewer: see :mod:`sage_mlvar.check.critical_count`.

EXAMPLES::

    sage: from sage_mlvar.certify.homotopy.counts import number_of_solutions
    sage: number_of_solutions(4, 3)
    52

REFERENCES: [DHOST2016] Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas, *The Euclidean distance degree of an algebraic
variety*, 2016, Proposition 2.6.
"""

from ... import _sage  # noqa: F401

__all__ = ["number_of_solutions", "starts_from_one"]

#: Paths from a polynomial whose critical points are known that are followed even if most of them go to infinity; for
#: each solution, and in all.
_MOST_LOST = 20
_MOST = 20_000
_FEW = 2000


def number_of_solutions(degree, variables):
    r"""Return `D \sum_{i<r} (D-1)^i`, the most critical points that a polynomial of degree `D` can have."""
    return degree * sum((degree - 1) ** k for k in range(variables))


def starts_from_one(bound, degree, variables):
    r"""
    Whether all of few solutions are found from one of them rather than from those of a polynomial of the degree.

    EXAMPLES::

        sage: from sage_mlvar.certify.homotopy.counts import starts_from_one
        sage: [starts_from_one(bound, 8, 4) for bound in (120, 960, 3200)]
        [True, False, False]
    """
    general = number_of_solutions(degree, variables)
    return bound < general and general > min(_MOST, max(_FEW, _MOST_LOST * bound))
