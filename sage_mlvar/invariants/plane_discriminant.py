r"""
ED discriminants of plane curves: evolutes, and what else belongs to them.

For a squarefree ``g`` in two variables the data points ``u = x - l grad g`` with ``q = l K`` (see
:mod:`sage_mlvar.invariants.evolute`) are, by irreducible factors over Q,

- the centres of curvature of the factors of degree at least 2;
- the singular points of ``g``, with any ``l``;
- lines through smooth points with ``q = K = 0``; these are left to elimination, as are circles.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1], [0, 0, 0]]], [[0, 0, 0], [-1, 0]], 3)
    sage: record = C.compute("discriminant")
    sage: record.status, [f.degree() for f in record.details["hypersurface"]], record.details["components"]
    ('proved', [18], ())
"""

from .. import (
    _sage,  # noqa: F401
    backends,
)
from ..computation import PROVED, Computation
from .evolute import evolute
from .polynomials import primitive

from sage.arith.misc import gcd
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["assemble", "parts", "plane_discriminant"]

_ARGUMENT = (
    "centres of curvature by exact resultants on more lines than Bézout's theorem needs, and the singular points"
)


def plane_discriminant(g, options, ring, at, limits):
    r"""
    Return the record of the ED discriminant of a plane curve, or ``None`` when it is better left to elimination.

    INPUT:

    - ``g`` -- squarefree polynomial in two variables over Q
    - ``options`` -- resolved options
    - ``ring`` -- ring of the answer
    - ``at`` -- the two data coordinates as elements of ``ring``: its variables, or the points of a slice
    - ``limits`` -- :class:`~sage_mlvar.options.Limits`
    """
    curves = []
    for factor, _ in g.factor():
        if factor.degree() > 1:
            if _has_isotropic_inflection(factor, limits):
                return None
            curve = evolute(factor, limits.deadline)
            if curve is None:
                return None
            curves.append(curve)
    hypersurface = ring.one()
    for curve in curves:
        hypersurface *= curve(*at)
    points = []
    for prime in singular_primes(g, limits):
        # A prime of dimension 0: it lies on a curve that vanishes at one of its points.
        if not any(curve in prime for curve in curves):
            points.append([f(*at) for f in prime.gens()])
    ideal = assemble(hypersurface, points, ring)
    return Computation("discriminant", ideal, PROVED, _ARGUMENT, seed=options.seed, details=parts(ideal, limits))


def singular_primes(g, limits):
    r"""
    Return the prime ideals over Q of the singular points of a squarefree ``g`` in two variables.

    EXAMPLES::

        sage: from sage_mlvar import _sage
        sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        sage: from sage.rings.rational_field import QQ
        sage: from sage_mlvar.invariants.plane_discriminant import singular_primes
        sage: from sage_mlvar.options import Limits
        sage: R = PolynomialRing(QQ, ["x", "y"]); x, y = R.gens()
        sage: singular_primes((x - 1)*(x^2 + y^2 - 3), Limits())
        [Ideal (x - 1, y^2 - 2) of Multivariate Polynomial Ring in x, y over Rational Field]
    """
    found = backends.call("decompose", [g, *g.gradient()], limits=limits).value
    return [g.parent().ideal(sorted(prime)) for _, prime in found]


def _has_isotropic_inflection(g, limits):
    r"""Whether ``q = K = 0`` at a smooth point of ``g = 0``."""
    x, y = g.parent().gens()
    gx, gy = g.gradient()
    K = gy.derivative(y) * gx**2 - 2 * gx.derivative(y) * gx * gy + gx.derivative(x) * gy**2
    more = PolynomialRing(QQ, ["x", "y", "z"], order="degrevlex")
    X, Y, Z = more.gens()
    # q = 0 at a smooth point: neither partial derivative vanishes.
    system = [f(X, Y) for f in (g, gx**2 + gy**2, K)] + [1 - Z * gx(X, Y)]
    basis = backends.call("groebner_basis", system, exact=True, limits=limits).value
    return not any(f.is_constant() for f in basis)


def assemble(hypersurface, components, ring):
    r"""
    Return the radical ideal of a hypersurface and of components off it.

    INPUT:

    - ``hypersurface`` -- polynomial of ``ring``, any multiplicities
    - ``components`` -- list of lists of generators in ``ring`` of radical ideals, none contained in the hypersurface
      before it was restricted to a slice
    - ``ring`` -- polynomial ring over Q
    """
    part = ring.one()
    if not hypersurface:
        return ring.ideal([ring.zero()])
    if not hypersurface.is_constant():
        for factor, _ in hypersurface.factor():
            part *= factor
    part = primitive(part)
    rest = ring.ideal([ring.one()])
    for generators in components:
        component = ring.ideal(generators)
        if component.is_one():
            continue
        if ring.ngens() == 1:
            component = ring.ideal([gcd(generators)])
            part = (
                part
                if component.gen(0).divides(part)
                else primitive(part * (component.gen(0) // gcd(component.gen(0), part)))
            )
            continue
        rest = rest.intersection(component)
    return ring.ideal([primitive(part * f) for f in rest.gens()])


def parts(ideal, limits):
    r"""
    Return the hypersurface part of a radical ideal, factored, and its components of lower dimension.

    OUTPUT: a dictionary with ``hypersurface``, a tuple of irreducible polynomials over Q, and ``components``, a tuple
    of tuples: generators of prime ideals over Q

    EXAMPLES::

        sage: from sage_mlvar import _sage
        sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        sage: from sage.rings.rational_field import QQ
        sage: from sage_mlvar.invariants.plane_discriminant import parts
        sage: from sage_mlvar.options import Limits
        sage: R = PolynomialRing(QQ, ["u0", "u1"]); u0, u1 = R.gens()
        sage: parts(R.ideal([(u0^2 - u1)*u0, (u0^2 - u1)*(u1 - 3)]), Limits())
        {'components': ((u1 - 3, u0),), 'hypersurface': (u0^2 - u1,)}
    """
    generators = [f for f in ideal.gens() if f]
    if not generators:
        return {"hypersurface": (), "components": ((ideal.ring().zero(),),)}
    common = gcd(generators)
    factors = () if common.is_constant() else tuple(primitive(f) for f, _ in common.factor())
    rest = [f // common for f in generators]
    if any(f.is_constant() for f in rest):
        return {"hypersurface": factors, "components": ()}
    primes = [prime for _, prime in backends.call("decompose", rest, limits=limits).value]
    return {"hypersurface": factors, "components": tuple(tuple(primitive(f) for f in prime) for prime in primes)}
