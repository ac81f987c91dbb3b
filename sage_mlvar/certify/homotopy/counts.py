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

__all__ = ["number_of_solutions"]


def number_of_solutions(degree, variables):
    r"""Return `D \sum_{i<r} (D-1)^i`, the most critical points that a polynomial of degree `D` can have."""
    return degree * sum((degree - 1) ** k for k in range(variables))
