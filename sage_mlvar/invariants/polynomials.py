r"""
Normal forms of polynomials over Q.
"""

from .. import _sage  # noqa: F401

from sage.arith.functions import lcm
from sage.arith.misc import gcd

__all__ = ["primitive"]


def primitive(f):
    r"""
    Return ``f`` over Q scaled to coprime integer coefficients with positive leading one.

    EXAMPLES::

        sage: from sage_mlvar import _sage
        sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        sage: from sage.rings.rational_field import QQ
        sage: from sage_mlvar.invariants.polynomials import primitive
        sage: R = PolynomialRing(QQ, ["x", "y"]); x, y = R.gens()
        sage: primitive(-x/2 + y/3)
        3*x - 2*y
    """
    if not f:
        return f
    coefficients = f.coefficients()
    denominator = lcm([c.denominator() for c in coefficients])
    content = gcd([(c * denominator).numerator() for c in coefficients])
    scaled = f * denominator / content
    return -scaled if scaled.lc() < 0 else scaled
