r"""
Proved upper bounds of the number of critical points.

*Polynomials.* A polynomial of degree `D` in `r` variables has at most `D \sum_{i<r} (D-1)^i` critical points of the
distance from a generic point [DHOST2016]_.

*Narrow last layers.* Let `g = \sum_{j \le k} a_j \sigma(q_j) + c` with polynomials `q_j` of degree `e` and `\sigma` of
degree `d`. With `\mu_j = l a_j \sigma'(q_j)` the critical points solve ``y - v = K sum mu_j grad q_j(y)``, `\mu` is
proportional to the vector of the `a_j \sigma'(q_j)`, and `g = 0`. Over the projective space of `y`, with hyperplane
class `Y`, compactify `\mu \in C^k` by a projective bundle in which the `\mu_j` are sections of class `M` and the
coordinate at infinity has the class `M + (e-2) Y`. The first `r` equations then have the class `M + (e-1) Y`, the
second the class `\sum_{i<k} ((d-1) e Y)^i M^{k-1-i}` of a degeneracy locus, irreducible of this codimension for generic
`q_j`, and the last `d e Y`; all sections of these line bundles together have no common zero. So the number of isolated
solutions for generic coefficients is at most the intersection number [Ful1998]_. By `Y^{r+1} = 0` and
`(M + (e-2) Y) M^k = 0` it is

    `d e \sum_{i<k} \sum_j \binom{r}{j} ((d-1)e)^i (e-1)^j (2-e)^{r-1-i-j}`,    over ``i + j < r``.

For `k \ge r` it is the bound above, and for `k < r` smaller.

EXAMPLES::

    sage: from sage_mlvar.certify.homotopy.counts import narrow_number, number_of_solutions
    sage: number_of_solutions(4, 3), narrow_number(3, 3, 2, 2), narrow_number(3, 2, 2, 2), narrow_number(3, 2, 3, 3)
    (52, 52, 36, 333)

REFERENCES: [DHOST2016] Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas, *The Euclidean distance degree of an algebraic
variety*, 2016, Proposition 2.6; [Ful1998] Fulton, *Intersection Theory*, 1998, Theorems 12.2 and 14.4.
"""

from math import comb

from ... import _sage  # noqa: F401

__all__ = ["narrow_number", "number_of_solutions"]


def number_of_solutions(degree, variables):
    r"""Return `D \sum_{i<r} (D-1)^i`, the most critical points that a polynomial of degree `D` can have."""
    return degree * sum((degree - 1) ** k for k in range(variables))


def narrow_number(variables, width, inner, outer):
    r"""
    Return the most critical points of a combination of `k` polynomials in polynomials.

    INPUT: ``variables`` -- `r`; ``width`` -- `k`; ``inner`` -- `e`, the degree of the `q_j`; ``outer`` -- `d`, that of
    the activation

    EXAMPLES::

        sage: from sage_mlvar.certify.homotopy.counts import narrow_number
        sage: narrow_number(4, 3, 2, 2), [narrow_number(n, 2, 2, 2) for n in range(2, 6)]
        (128, [16, 36, 64, 100])
    """
    total = 0
    for i in range(min(width, variables)):
        for j in range(variables - i):
            term = ((outer - 1) * inner) ** i * comb(variables, j) * (inner - 1) ** j
            total += term * (2 - inner) ** (variables - 1 - i - j)
    return inner * outer * total
