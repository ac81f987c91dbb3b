r"""
What counting critical points leaves out: components with multiplicities, singular points, infinite critical sets.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: W = [[[1, 0], [0, 1]], [[1, -1]], [[1], [0]]]
    sage: V = PolynomialClassifier(W, [[0, 0], [0], [0, 0]]).boundary(); V.polynomial()
    x0^4 - 2*x0^2*x1^2 + x1^4
    sage: V.components()
    Components(factors=((x0 - x1, 2), (x0 + x1, 2)), singular_dimension=0, singular_degree=1, ...)
"""

from dataclasses import dataclass

from .. import (
    _sage,  # noqa: F401
    backends,
)
from ..computation import PROBABLE, PROVED, Computation
from ..univariate import number_of_real_roots
from .ed_boundary import refuse_equal_outputs
from .row_space import RowSpace

from sage.matrix.constructor import matrix
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["Components", "boundary_components"]


@dataclass(frozen=True)
class Components:
    r"""
    Components and exceptional sets of a decision boundary, taken with its reduced structure.

    - ``factors`` -- pairs (irreducible factor over QQ, multiplicity) of the boundary polynomial, constants left out
    - ``singular_dimension`` -- dimension of the singular locus ``g = grad g = 0`` of the squarefree part, -1 if empty
    - ``singular_degree`` -- degree of the ideal of these equations, which counts points with multiplicity; 0 if empty
    - ``real_singular_points`` -- whether it has real points; ``None`` if not decided. A nearest point of the boundary
      can be one of them, and is no critical point then
    - ``infinite_critical_sets`` -- whether the critical points are infinite in number: for the data point given, or
      else for some data point; ``None`` if not decided. The data points with this property are no generic ones
    """

    factors: tuple
    singular_dimension: int
    singular_degree: int
    real_singular_points: bool | None
    infinite_critical_sets: bool | None


def boundary_components(boundary, options, u=None):
    r"""
    Return the record of the :class:`Components` of a boundary.

    ALGORITHM: exact factorization; exact Gröbner bases over QQ, in the row space of the first layer. The singular
    locus has real points if it is an affine space (all elements of its basis are linear) or has a rational point
    found; it has none if it is empty or some coordinate's eliminating polynomial has no real root (Sturm). A quadric
    has infinitely many critical points for some data point if and only if a nonzero eigenvalue is repeated: for a
    simple nonzero eigenvalue the critical points of one multiplier lie on a line on which the quadratic term of the
    equation does not vanish, for a repeated one on an affine space of larger dimension.
    """
    space = RowSpace(boundary.straight_line())
    if space.is_constant():
        if not space.polynomial():
            refuse_equal_outputs(boundary)
        value = Components((), -1, 0, False, False)
        return Computation("components", value, PROVED, "the boundary is empty", seed=options.seed)
    limits, ring = options.limits(), boundary.ring()
    factors = tuple((space.pull_back(f, ring), int(e)) for f, e in space.factors)
    g = space.squarefree_part
    y = g.parent().gens()
    locus = [g, *(g.derivative(c) for c in y)]
    basis = backends.call("groebner_basis", locus, backend=options.backend, exact=True, limits=limits)
    exact = basis.exact
    hilbert = backends.call("hilbert", locus, exact=True, limits=limits).value
    dimension, degree = hilbert.dimension, hilbert.degree
    real = _has_real_points(basis.value, dimension)
    infinite = None
    if u is not None:
        infinite = _infinite_at(space, u, limits)
    elif space.degree == 1:
        infinite = False
    elif space.degree == 2:
        A, _, operator = space.quadric()
        spectrum = operator.charpoly().radical()
        infinite = bool(int(spectrum.degree() - (1 if spectrum[0] == 0 else 0)) < A.rank())
    if dimension >= 0:
        dimension += ring.ngens() - space.rank
    value = Components(factors, int(dimension), int(degree), real, infinite)
    argument = "exact factorization and Gröbner bases over Q"
    return Computation(
        "components", value, PROVED if exact else PROBABLE, argument, basis.backend, basis.version, options.seed
    )


def _has_real_points(basis, dimension):
    r"""Return whether the real variety of a Gröbner basis is nonempty, or ``None`` if not decided."""
    if dimension < 0:
        return False
    if all(f.degree() == 1 for f in basis):
        return True
    if dimension > 0:
        return None
    ring = basis[0].parent()
    line = PolynomialRing(QQ, "t")
    candidates = []
    for k in range(ring.ngens()):
        w = _minimal_polynomial(basis, ring.gen(k), line)
        if not number_of_real_roots(w):
            return False
        candidates.append([root for root, _ in w.roots(QQ)])
    # Real roots of every coordinate need not come from one real point; a rational point is looked for.
    points = [()]
    for roots in candidates:
        points = [(*p, root) for p in points for root in roots][:1000]
    return True if any(all(f(*p) == 0 for f in basis) for p in points) else None


def _minimal_polynomial(basis, variable, line):
    r"""Return the minimal polynomial of a variable modulo a zero-dimensional ideal with a Gröbner basis."""
    ideal = variable.parent().ideal(basis)
    powers, monomials, current = [], {}, variable.parent().one()
    while True:
        current = current.reduce(ideal.gens()) if powers == [] else (current * variable).reduce(ideal.gens())
        powers.append({m: c for c, m in current})
        for m in powers[-1]:
            monomials.setdefault(m, len(monomials))
        rows = matrix(QQ, [[p.get(m, 0) for m in monomials] for p in powers])
        kernel = rows.left_kernel()
        if kernel.dimension():
            return line(list(kernel.basis()[0]))


def _infinite_at(space, u, limits):
    r"""Return whether the boundary has infinitely many critical points, singular ones left out, for ``u``."""
    v = space.data([QQ(c) for c in u], QQ)
    form = space.gram(QQ).inverse()
    r = space.rank
    ring = PolynomialRing(QQ, r + 1, [*(f"y{k}" for k in range(r)), "l"], order="degrevlex")
    *y, multiplier = ring.gens()
    h = space.equation(y, QQ)
    system = [h] + [
        sum(form[k, j] * (y[j] - v[j]) for j in range(r)) - multiplier * h.derivative(y[k]) for k in range(r)
    ]
    if h(*v, 0) == 0 and all(h.derivative(c)(*v, 0) == 0 for c in y):
        # The data point is a singular point itself, with any multiplier: that line goes, and only it, since singular
        # points other than the data point solve nothing.
        for k in range(r):
            part = backends.call("saturate", system, by=h.derivative(y[k]), exact=True, limits=limits).value
            if part and backends.call("hilbert", part, exact=True, limits=limits).value.dimension > 0:
                return True
        return False
    return backends.call("hilbert", system, exact=True, limits=limits).value.dimension > 0
