r"""
ED discriminants on lines and planes of data space, where elimination takes too long.

On a line the data points with colliding critical points are finite in number, and the parametrization of all
``(x, l, s)`` has the polynomial in ``s``. On a plane, polynomials on parallel lines are interpolated. msolve lifts from
primes, so that points may be missing: the answer is probable. On a line every root is checked to be one, exactly.

EXAMPLES::

    sage: from sage_mlvar import _sage
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: from sage_mlvar.invariants.sliced_discriminant import on_line, on_plane
    sage: from sage_mlvar.options import Limits
    sage: R = PolynomialRing(QQ, ["x", "y"]); x, y = R.gens()
    sage: on_line(x^2 - y, (QQ(1), QQ(0)), (QQ(0), QQ(1)), Limits()) * 16
    16*s^3 - 24*s^2 + 12*s - 29
    sage: on_plane(x^2 - y, ((QQ(0), QQ(0)), (QQ(1), QQ(0)), (QQ(0), QQ(1))), Limits()) * 16
    16*t^3 - 27*s^2 - 24*t^2 + 12*t - 2
"""

from itertools import count

from .. import (
    _sage,  # noqa: F401
    backends,
)
from ..computation import PROBABLE, Computation
from ..univariate import squarefree_part
from .lagrange import Lagrange
from .polynomials import primitive
from .rational_parametrization import norm_polynomial, verify

from sage.libs.pari import pari
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["on_line", "on_plane", "sliced_discriminant"]

#: Lines beyond those that determine the polynomial, to check it.
_MORE_LINES = 2


def sliced_discriminant(g, options, slice, ring, limits):
    r"""
    Return the record of the ED discriminant on a line or a plane, ``None`` when it is not found.

    INPUT:

    - ``g`` -- squarefree polynomial over Q
    - ``options`` -- resolved options
    - ``slice`` -- two or three points
    - ``ring`` -- ring of the answer, with one or two variables
    - ``limits`` -- :class:`~sage_mlvar.options.Limits`
    """
    if len(slice) == 2:
        f = on_line(g, slice[0], [b - a for a, b in zip(*slice)], limits)
        argument = "all data points of the line by msolve, each checked exactly; there may be more"
    else:
        f = on_plane(g, slice, limits)
        argument = "interpolated from parallel lines; isolated points of the plane are not looked for"
    if f is None:
        return None
    f = primitive(ring(f(*ring.gens())))
    factors = () if f.is_constant() else tuple(primitive(h) for h, _ in f.factor())
    return Computation(
        "discriminant",
        ring.ideal([ring.one() if f.is_constant() else f]),
        PROBABLE,
        argument,
        "msolve",
        backends.get("msolve").version(),
        options.seed,
        details={"hypersurface": factors, "components": ()},
    )


def on_line(g, base, direction, limits, check=True):
    r"""
    Return the monic squarefree polynomial of the ``s`` with colliding data ``base + s direction``.

    With ``check``, every root is checked to be one by exact arithmetic. ``None`` stands for infinitely many solutions.
    """
    line = PolynomialRing(QQ, "s")
    system = Lagrange([g], QQ, ["s"])
    (s,) = system.parameters
    u = [a + s * b for a, b in zip(base, direction)]
    equations = [*system.at(u), system.jacobian_determinant()]
    found = backends.call("parametrize", equations, limits=limits).value
    if found is None:
        return None
    if len(found.eliminating) < 2:
        return line.one()
    by_itself = not any(found.form[:-1])
    if check or not by_itself:
        checked = verify(found, equations)
        if not by_itself:
            return squarefree_part(norm_polynomial(checked.w, checked.numerators[-1], checked.denominator))
    # T is a multiple of s.
    return squarefree_part(line(list(found.eliminating))(found.form[-1] * line.gen()))


def on_plane(g, slice, limits):
    r"""
    Return the polynomial in ``s, t`` of colliding data on a plane, ``None`` when it is not found.

    The polynomial of degree ``D`` has ``t^D`` in general directions; its coefficients are interpolated from lines
    ``s = a``, and must fit further lines.
    """
    plane = PolynomialRing(QQ, ["s", "t"], order="degrevlex")
    s, t = plane.gens()
    p, first, second = ([*map(QQ, point)] for point in slice)
    first, second = [b - a for a, b in zip(p, first)], [b - a for a, b in zip(p, second)]
    for shear in (QQ(0), QQ((1, 3)), QQ((-5, 7))):
        direction = [b + shear * a for a, b in zip(first, second)]
        found = _interpolated(
            lambda a, direction=direction: on_line(
                g, [c + a * d for c, d in zip(p, first)], direction, limits, check=False
            ),
            plane,
            limits,
        )
        if found is not None:
            return found(s - shear * t, t)
    return None


def _interpolated(along, plane, limits):
    s, t = plane.gens()
    lines, best, failures = {}, -1, 0
    for a in (k // 2 if k % 2 == 0 else -(k + 1) // 2 for k in count()):
        limits.deadline.check("interpolating a discriminant")
        f = along(QQ(a))
        degree = -1 if f is None else int(f.degree())
        if degree > best:
            failures += len(lines)
            best, lines = degree, {}
        if degree == best and f is not None:
            lines[a] = f
        else:
            failures += 1
        if best >= 0 and len(lines) > best + _MORE_LINES:
            break
        if failures > 5 + best // 2:
            return None
    nodes = list(lines)
    result = plane.zero()
    for k in range(best + 1):
        values = [lines[a][best - k] for a in nodes]
        coefficient = PolynomialRing(QQ, "a")(pari.polinterpolate(nodes[: k + 1], values[: k + 1]))
        if any(coefficient(a) != value for a, value in zip(nodes, values)):
            return None
        result += coefficient(s) * t ** (best - k)
    return result
