r"""
Univariate work, done by PARI through the cypari2 that Sage ships.

EXAMPLES::

    sage: from sage_mlvar import _sage
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: from sage_mlvar.univariate import number_of_real_roots, real_roots, resultant
    sage: x = PolynomialRing(QQ, "x").gen()
    sage: real_roots(x^3 - 2*x), number_of_real_roots(x^3 - 2*x)
    ([-1.414213562373095?, 0, 1.414213562373095?], 3)
    sage: resultant(x^2 - 2, x - 3)
    7
"""

from itertools import pairwise

from . import _sage  # noqa: F401

from sage.libs.pari import pari
from sage.rings.qqbar import AA
from sage.rings.rational_field import QQ
from sage.rings.real_mpfi import RealIntervalField

__all__ = ["discriminant", "number_of_real_roots", "real_roots", "resultant", "squarefree_part"]


def squarefree_part(f):
    r"""Return ``f`` over its greatest common divisor with its derivative, monic."""
    g = pari(f).gcd(pari(f).deriv())
    return f.parent()(pari(f) / g).monic() if f.degree() > 0 else f.parent().one()


def number_of_real_roots(f):
    r"""
    Return the number of different real roots of a nonzero polynomial over QQ, by Sturm's theorem.

    EXAMPLES::

        sage: from sage_mlvar import _sage
        sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        sage: from sage.rings.rational_field import QQ
        sage: from sage_mlvar.univariate import number_of_real_roots
        sage: x = PolynomialRing(QQ, "x").gen()
        sage: number_of_real_roots((x^2 - 2)^2 * (x^2 + 1))
        2
    """
    _nonzero(f)
    return int(pari(squarefree_part(f)).polsturm()) if f.degree() > 0 else 0


def real_roots(f):
    r"""
    Return the different real roots of a nonzero polynomial over QQ, increasing.

    OUTPUT: a list of elements of ``AA``; rational roots are exact

    ALGORITHM: PARI approximates the roots of the squarefree part; each is kept as an isolating interval whose ends have
    opposite signs, and their number must be the one of Sturm's theorem. The precision grows until both hold.
    """
    _nonzero(f)
    if f.degree() < 1:
        return []
    f = squarefree_part(f)
    wanted = int(pari(f).polsturm())
    rational = sorted(root for root, _ in f.roots(QQ))
    rest = f
    for root in rational:
        rest = rest // (f.parent().gen() - root)
    precision = 64
    while True:
        found = _isolate(rest, precision)
        if len(found) + len(rational) == wanted:
            break
        precision *= 2
    irrational = [AA.polynomial_root(rest, interval) for interval in found]
    return sorted([AA(root) for root in rational] + irrational)


def _isolate(f, precision):
    r"""Return disjoint intervals around approximate real roots of ``f`` at whose ends ``f`` changes sign."""
    if f.degree() < 1:
        return []
    field = RealIntervalField(precision)
    centres = [QQ(root.sage()) for root in pari(f).polrootsreal(precision=precision)]
    intervals = []
    for centre in centres:
        radius = (abs(centre) + 1) / QQ(2) ** (precision // 2)
        low, high = centre - radius, centre + radius
        if f(low) * f(high) < 0:
            intervals.append((low, high))
    disjoint = all(a[1] < b[0] for a, b in pairwise(intervals))
    return [field(low, high) for low, high in intervals] if disjoint else []


def resultant(f, g):
    r"""Return the resultant of two univariate polynomials over QQ."""
    return QQ(pari(f).polresultant(pari(g)))


def discriminant(f):
    r"""
    Return the discriminant of a univariate polynomial over QQ.

    EXAMPLES::

        sage: from sage_mlvar import _sage
        sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        sage: from sage.rings.rational_field import QQ
        sage: from sage_mlvar.univariate import discriminant
        sage: x = PolynomialRing(QQ, "x").gen()
        sage: discriminant(x^3 - x + 1)
        -23
    """
    return QQ(pari(f).poldisc())


def _nonzero(f):
    if f.is_zero():
        raise ValueError("f must not be zero: every number is a root")
