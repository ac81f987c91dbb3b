r"""
Singular points of hypersurfaces, which may be nearest without being critical points.

EXAMPLES::

    sage: from sage_mlvar import _sage
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: from sage_mlvar.invariants.singular_points import singular_points
    sage: from sage_mlvar.options import Limits
    sage: R = PolynomialRing(QQ, ["x", "y"]); x, y = R.gens()
    sage: singular_points(y^2 - x^3 - x^2, (QQ(1), QQ(0)), Limits())[0]
    [real singular point (0.000000, 0.000000) at squared distance 1.000000]
    sage: singular_points(y^2 - x^3 - x, (QQ(1), QQ(0)), Limits())[2]
    "no singular points: the polynomial vanishes at none of 2 simple zeros of the gradient, all by Bézout's theorem"
"""

from math import prod

from .. import (
    _sage,  # noqa: F401
    backends,
)
from ..backends import Parametrization
from ..errors import BackendError
from .points import CriticalSet, points_of
from .rational_parametrization import parametrize, verify

from sage.matrix.constructor import matrix
from sage.modules.free_module_element import vector
from sage.rings.rational_field import QQ

__all__ = ["minimal", "points_of_prime", "singular_points"]


def singular_points(g, u, limits):
    r"""
    Return the singular points of ``g = 0``, all of them.

    INPUT:

    - ``g`` -- nonconstant squarefree polynomial over Q
    - ``u`` -- tuple of rationals, the data point
    - ``limits`` -- :class:`~sage_mlvar.options.Limits`

    OUTPUT: the list of isolated ones, the list of components of positive dimension, and a string that says why these
    are all

    ALGORITHM: linear algebra for quadrics. Else, when as many simple zeros of the gradient are exhibited as Bézout's
    theorem allows, the greatest common divisor of ``g`` with their eliminating polynomial; else a Gröbner basis.
    """
    gradient = g.gradient()
    if any(f.is_constant() and f for f in gradient):
        return [], [], "no singular points: a partial derivative is a nonzero constant"
    if g.degree() == 2:
        return _of_quadric(g, u)
    found = None
    if all(gradient):
        try:
            found, _ = parametrize(gradient, limits)
        except BackendError:
            found = None
    bezout = prod(int(f.degree()) for f in gradient)
    if found is not None and found.degree() == bezout and found.are_simple(gradient, limits.deadline):
        on = found.restrict(g)
        argument = f"{bezout} simple zeros of the gradient, all by Bézout's theorem"
        if on is None:
            return [], [], f"no singular points: the polynomial vanishes at none of {argument}"
        return points_of(on, u, multiplier=False, singular=True), [], argument
    return _by_decomposition(g, u, limits)


def _of_quadric(g, u):
    r"""The zeros of the gradient form an affine space, on which ``g`` is constant."""
    ring = g.parent()
    n = ring.ngens()
    hessian = matrix(QQ, n, n, lambda i, j: g.derivative(ring.gen(i), ring.gen(j)).constant_coefficient())
    shift = vector(QQ, [-f.constant_coefficient() for f in g.gradient()])
    try:
        base = hessian.solve_right(shift)
    except ValueError:
        return [], [], "no singular points: the gradient of the quadric has no zero"
    if g(*base):
        return [], [], "no singular points: the quadric does not vanish at the zeros of its gradient"
    kernel = hessian.right_kernel().basis_matrix()
    nearest = base
    if kernel.nrows():
        away = vector(QQ, u) - base
        nearest = base + (kernel * kernel.transpose()).solve_right(kernel * away) * kernel
    found = _rational_point(nearest, u)
    if not kernel.nrows():
        return [found], [], "the one zero of the gradient, by linear algebra"
    ideal = ring.ideal([f for f in g.gradient() if f])
    component = CriticalSet(ideal, int(kernel.nrows()), None, found, True)
    return [], [component], "the linear space of zeros of the gradient, with its nearest point"


def _rational_point(point, u):
    r"""Return a rational singular point as a :class:`.CriticalPoint`."""
    proposal = Parametrization((0, 1), (1,), tuple((c,) for c in point), (0,) * len(u))
    return points_of(verify(proposal, []), u, multiplier=False, singular=True)[0]


def _by_decomposition(g, u, limits):
    system = [f for f in (g, *g.gradient()) if f]
    dimension = backends.call("hilbert", system, backend="singular", limits=limits).value.dimension
    if dimension < 0:
        return [], [], "no singular points: Gröbner basis over Q"
    pairs = backends.call("decompose", system, backend="singular", limits=limits).value
    points, sets = [], []
    for _, prime, size in minimal(pairs, g.parent(), limits):
        if size.dimension > 0:
            sets.append(CriticalSet(prime, size.dimension, None, None, True))
            continue
        points += points_of(points_of_prime(prime, size, limits), u, multiplier=False, multiplicity=None, singular=True)
    return points, sets, "primary decomposition over Q"


def minimal(pairs, ring, limits):
    r"""
    Return the minimal components of a primary decomposition: triples of the primary ideal, the prime and its size.

    INPUT: pairs of lists of generators, as of :func:`sage_mlvar.backends.call`
    """
    ideals = [(ring.ideal(primary), ring.ideal(prime)) for primary, prime in pairs]
    found = []
    for primary, prime in ideals:
        if not any(other != prime and all(f in prime for f in other.gens()) for _, other in ideals):
            size = backends.call("hilbert", prime.gens(), backend="singular", limits=limits).value
            found.append((primary, prime, size))
    return found


def points_of_prime(prime, size, limits):
    r"""Return the checked parametrization of all ``size.degree`` points of a prime ideal of dimension 0."""
    solution, _ = parametrize(list(prime.gens()), limits)
    if solution is None or solution.degree() != size.degree:
        raise BackendError("msolve and Singular disagree on the number of points")
    return solution
