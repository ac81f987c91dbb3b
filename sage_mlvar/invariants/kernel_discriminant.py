r"""
ED discriminants of complete intersections on lines of data space, without the determinant of the Jacobian.

In higher codimension the determinant of the Jacobian of the Lagrange system is too large to write down. Instead a
kernel vector
``v`` of the Jacobian, on a random affine hyperplane, joins the unknowns: the system in ``(x, l, v, s)`` is square, of
low
degree, and its solutions over a general line are finite in number.

EXAMPLES::

    sage: from sage_mlvar import ParametrizedModel, _sage
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: from sage_mlvar.invariants.kernel_discriminant import on_line
    sage: from sage_mlvar.options import Limits
    sage: t = PolynomialRing(QQ, "t").gen()
    sage: space_curve = ParametrizedModel([t, t^2, t])
    sage: on_line(space_curve.ideal().gens(), (0, 0, 0), (0, 1, 0), Limits())
    s - 1

REFERENCES: Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas, *The Euclidean distance degree of an algebraic variety*,
2016,
section 7.
"""

import random

from .. import (
    _sage,  # noqa: F401
    backends,
)
from ..univariate import squarefree_part
from .lagrange import Lagrange
from .rational_parametrization import norm_polynomial, verify

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["on_line"]


def on_line(equations, base, direction, limits, seed=0):
    r"""
    Return the monic squarefree polynomial of the ``s`` for which critical points of ``base + s direction`` collide.

    INPUT:

    - ``equations`` -- list of polynomials over Q that define a complete intersection
    - ``base``, ``direction`` -- rational vectors
    - ``limits`` -- :class:`~sage_mlvar.options.Limits`
    - ``seed`` -- non-negative integer

    OUTPUT: a polynomial over Q in ``s``, each of whose roots is checked exactly; ``None`` for infinitely many solutions
    """
    source = random.Random(seed)
    count = equations[0].parent().ngens() + len(equations)
    system = Lagrange(equations, QQ, [*(f"v{k}" for k in range(count)), "s"])
    *kernel, s = system.parameters
    unknowns = [*system.x, *system.multipliers]
    lagrange = system.at([QQ(a) + s * QQ(b) for a, b in zip(base, direction)])
    moved = [sum(f.derivative(x) * v for x, v in zip(unknowns, kernel)) for f in lagrange]
    plane = sum(source.randint(1, 99) * v for v in kernel) - 1
    everything = [*lagrange, *moved, plane]
    found = backends.call("parametrize", everything, limits=limits).value
    if found is None:
        return None
    line = PolynomialRing(QQ, "s")
    if len(found.eliminating) < 2:
        return line.one()
    checked = verify(found, everything)
    return squarefree_part(line(norm_polynomial(checked.w, checked.numerators[-1], checked.denominator).list()))
