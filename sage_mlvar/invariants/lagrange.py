r"""
The Lagrange system of the squared distance to a complete intersection.

For ``f_1 = ... = f_c = 0`` in ``C^n`` the critical points of ``|x - u|^2`` on the smooth part solve
``f_i(x) = 0`` and ``x - u = sum_i l_i grad f_i(x)``. For generic ``u`` no singular point of the variety solves it:
singular points
with their multipliers have an image of smaller dimension in the space of data ``u``.
"""

from .. import _sage  # noqa: F401
from ..models.expansion import watched
from ..rings import polynomial_ring

from sage.matrix.constructor import matrix

__all__ = ["Lagrange"]


class Lagrange:
    r"""
    The system for ``equations`` in one polynomial ring, over any base field.

    INPUT:

    - ``equations`` -- list of ``c`` polynomials of one ring that define a complete intersection
    - ``field`` -- base field of the system
    - ``parameters`` -- list of names of further variables on which the data point may depend

    EXAMPLES::

        sage: from sage_mlvar import _sage
        sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        sage: from sage.rings.rational_field import QQ
        sage: from sage_mlvar.invariants.lagrange import Lagrange
        sage: R = PolynomialRing(QQ, ["x0", "x1"]); x0, x1 = R.gens()
        sage: system = Lagrange([x0 - x1^2], QQ)
        sage: system.at([1, 2])
        [-x1^2 + x0, x0 - l0 - 1, 2*x1*l0 + x1 - 2]
        sage: system.jacobian_determinant()
        4*x1^2 + 2*l0 + 1
    """

    def __init__(self, equations, field, parameters=()):
        source = equations[0].parent()
        self.n, self.c = source.ngens(), len(equations)
        names = [f"x{k}" for k in range(self.n)] + [f"l{k}" for k in range(self.c)] + list(parameters)
        self.ring = polynomial_ring(field, len(names), names)
        self.x, rest = self.ring.gens()[: self.n], self.ring.gens()[self.n :]
        self.multipliers, self.parameters = rest[: self.c], rest[self.c :]
        self.equations = [f.change_ring(field)(*self.x) for f in watched(equations, "writing the critical equations")]

    def at(self, u):
        r"""Return the polynomials of the system for the data point ``u``, whose entries may involve the parameters."""
        result = list(self.equations)
        for k, x in enumerate(watched(self.x, "writing the critical equations")):
            moved = sum(m * f.derivative(x) for m, f in zip(self.multipliers, self.equations))
            result.append(x - u[k] - moved)
        return result

    def jacobian_determinant(self):
        r"""Return the determinant of the Jacobian in ``(x, l)``; it does not depend on the data point."""
        unknowns = [*self.x, *self.multipliers]
        system = self.at([self.ring.zero()] * self.n)
        return matrix(self.ring, [[f.derivative(v) for v in unknowns] for f in system]).det()
