r"""
When invariants of low degree generate the whole vanishing ideal.

Let ``I`` be the vanishing ideal of a model in ``N`` coordinates, ``d`` a proved lower bound of its dimension and
``J`` an ideal of
exact invariants. Arguments tried here, after linear invariants have been used to drop coordinates:

- ``d = N``: both are zero.
- ``d = N - 1`` and ``J`` contains an irreducible polynomial ``f``: ``I`` is prime of height one, so ``I = (f)``.
- ``J`` is a homogeneous complete intersection of dimension ``d`` whose singular locus has codimension two or more in
  it: it is normal
  (Serre), and a normal graded ring over a field is a domain, so ``J`` is prime. Both dimensions are computed modulo a
  prime, where
  they can only be larger.
- ``J`` is homogeneous, and modulo a prime ``J`` and ``d`` random linear forms have a quotient of finite length ``l``,
  while ``deg I >= l``.
  The finite length gives ``dim I <= d``. Over Q the length of such a quotient is at most ``l``, and at least ``deg
  J`` with equality only if ``J`` is Cohen-Macaulay. As
  ``deg J >= deg I >= l``, equality holds throughout: ``J`` is unmixed and has the degree of ``I``, so ``J = I``. The
  lower bound of
  ``deg I`` is a number of points of the image in a random linear space, found modulo a prime as simple solutions,
  which lift.

EXAMPLES::

    sage: from sage_mlvar import ReLURegionModel
    sage: ReLURegionModel([3, 3, 3], ["110", "011"]).compute("ideal").argument
    'exact invariants of degree at most 3 are complete: a complete intersection, smooth in codimension one ...'
"""

import random

from .. import (
    _sage,  # noqa: F401
    backends,
)
from ..errors import BackendTimeout
from ..options import Deadline, Limits

from sage.arith.misc import next_prime
from sage.matrix.constructor import matrix
from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["complete"]

#: Beyond these sizes the argument is not tried: elimination or a higher degree is then the better use of time.
_MOST_TERMS = 100_000
_LONGEST = 500


def complete(model, generators, dimension, limits, seed=0, counting_seconds=60):
    r"""
    Return why ``generators`` generate the vanishing ideal of ``model``, or ``None`` when no argument closes.

    INPUT:

    - ``generators`` -- list of exact invariants in ``model.ring()``
    - ``dimension`` -- a proved lower bound of the dimension of the variety
    - ``limits`` -- :class:`~sage_mlvar.options.Limits`
    - ``seed`` -- non-negative integer
    - ``counting_seconds`` -- the longest time to spend on counting points

    EXAMPLES::

        sage: from sage_mlvar import ReLURegionModel
        sage: from sage_mlvar.invariants.completeness import complete
        sage: from sage_mlvar.options import Limits
        sage: M = ReLURegionModel([2, 3, 2, 2], ["110/10", "011/11"])
        sage: f = M.block_matrices()[0].det()
        sage: complete(M, [f], 7, Limits())
        'an irreducible invariant on a hypersurface'
        sage: complete(M, [f * M.ring().gen(0)], 7, Limits()) is None
        True
    """
    ring = model.ring()
    linear = [f for f in generators if f.degree() == 1]
    higher = [f for f in generators if f.degree() > 1]
    codimension = ring.ngens() - _rank(linear) - dimension
    if codimension == 0:
        return "as many independent linear invariants as the codimension" if linear else "the image is dense"
    if codimension < 0 or not higher or sum(f.number_of_terms() for f in higher) > _MOST_TERMS:
        return None
    if codimension == 1:
        return _hypersurface(linear, higher)
    if len(higher) < codimension or not all(f.is_homogeneous() for f in generators):
        return None
    source = random.Random(seed)
    prime = int(next_prime(source.randrange(2**29, 2**30 - 2**16)))
    try:
        slices = _Slices(linear, higher, GF(prime), source, limits)
    except ZeroDivisionError:
        return None
    length = slices.length(codimension)
    if length is None:
        return None
    if len(higher) == codimension and dimension >= 2 and slices.singular_locus_is_small(codimension):
        return f"a complete intersection, smooth in codimension one (modulo {prime}), so normal and prime"
    if length > _LONGEST:
        return None
    remaining = limits.deadline.remaining()
    seconds = counting_seconds if remaining is None else min(counting_seconds, remaining)
    try:
        points = _points(model, dimension, prime, Limits(Deadline(seconds), limits.memory), source)
    except BackendTimeout:
        return None
    if points < length:
        return None
    return (
        f"{points} points of the image in a random linear space meet the length of an Artinian reduction modulo "
        f"{prime}, so the ideal is Cohen-Macaulay of the degree of the variety"
    )


def _rank(linear):
    r"""Return the number of linearly independent ones among polynomials of degree 1."""
    if not linear:
        return 0
    ring = linear[0].parent()
    monomials = [*ring.gens(), ring.one()]
    return int(matrix(QQ, [[f.monomial_coefficient(m) for m in monomials] for f in linear]).rank())


def _hypersurface(linear, higher):
    if linear:
        ring = higher[0].parent()
        reduced = {f.reduce(ring.ideal(linear).groebner_basis()) for f in higher}
    else:
        reduced = set(higher)
    for f in sorted(reduced, key=lambda g: (g.degree(), g.number_of_terms(), str(g))):
        factors = f.factor() if f else []
        if len(factors) == 1 and factors[0][1] == 1:
            return "an irreducible invariant on a hypersurface"
    return None


class _Slices:
    r"""The zeros of linear and higher invariants in random linear spaces, modulo a prime."""

    def __init__(self, linear, higher, field, source, limits):
        self.field, self.source, self.limits = field, source, limits
        self.higher = [f.change_ring(field) for f in higher]
        self.ring = self.higher[0].parent()
        n = self.ring.ngens()
        rows = [[f.change_ring(field).monomial_coefficient(x) for x in self.ring.gens()] for f in linear]
        # A basis of the space on which the linear invariants vanish.
        self.basis = matrix(field, len(rows), n, rows).right_kernel().basis_matrix()

    def _subspace(self, dimension):
        r"""Return the coordinates of a random linear subspace of this dimension, as linear forms."""
        small = PolynomialRing(self.field, dimension, "z", order="degrevlex")
        order = self.field.order()
        mix = matrix(self.field, dimension, self.basis.nrows(), lambda i, j: self.source.randrange(order))
        return small, [sum(c * z for c, z in zip(column, small.gens())) for column in (mix * self.basis).columns()]

    def _restrict(self, polynomials, images):
        result = []
        for f in polynomials:
            self.limits.deadline.check("restricting invariants to a linear space")
            result.append(f(*images))
        return result

    def length(self, codimension):
        r"""Return the length of the quotient by the invariants and random linear forms; ``None`` if not finite."""
        _, images = self._subspace(codimension)
        reply = backends.call("count", self._restrict(self.higher, images), exact=True, limits=self.limits)
        return reply.value.degree

    def singular_locus_is_small(self, codimension):
        r"""
        Whether the points where the Jacobian drops rank have codimension two or more in a complete intersection.

        They meet a linear space of dimension ``codimension + 2`` in the origin only. A few random combinations of the
        minors do.
        """
        small, images = self._subspace(codimension + 2)
        order = self.field.order()
        partial = [
            [sum((g * c for g, c in zip(f.gradient(), v)), self.ring.zero()) for v in self.basis.rows()]
            for f in self.higher
        ]
        rows = [self._restrict(row, images) for row in partial]
        jacobian = matrix(small, rows)
        minors = []
        for _ in range(3):
            mix = matrix(self.field, jacobian.ncols(), codimension, lambda i, j: self.source.randrange(order))
            minors.append((jacobian * mix).det())
        system = [*self._restrict(self.higher, images), *minors]
        return backends.call("count", system, exact=True, limits=self.limits).value.degree is not None


def _points(model, dimension, prime, limits, source):
    r"""
    Return a lower bound of the degree: the number of values that a random linear form takes on the points in which
    the image of a random
    linear slice of the parameters meets a random linear space, all of them simple solutions modulo ``prime``; 0 when
    there is doubt.
    """
    field = GF(prime)
    draw = lambda: field(source.randrange(prime))  # noqa: E731
    parameters = model.reduced_parameters()
    free = sorted({x for f in parameters for x in f.variables()}, key=str)
    ring = PolynomialRing(field, [*(f"t{k}" for k in range(dimension)), "T"], order="degrevlex")
    unknowns, value = ring.gens()[:-1], ring.gens()[-1]
    images = {x: sum((draw() * t for t in unknowns), ring(draw())) for x in free}
    source_ring = model.parameter_ring()
    point = [images.get(x, ring.zero()) for x in source_ring.gens()]
    # A coordinate that vanishes identically may come back as a plain zero.
    coordinates = [ring(y) for y in model.values([f.change_ring(field)(*point) for f in parameters])]
    equations = [sum((draw() * y for y in coordinates), ring(draw())) for _ in range(dimension)]
    # Each simple solution persists when the linear space moves, and for a generic space there are deg points at most.
    system = [*equations, value - sum(draw() * y for y in coordinates)]
    counted = backends.call("count", system, exact=True, limits=limits).value
    if counted.degree is None or counted.degree != counted.distinct:
        return 0
    found = backends.call("eliminate", system, variables=unknowns, exact=True, limits=limits).value
    univariate = PolynomialRing(field, "T")
    w = univariate(found[0].polynomial(value)) if found else univariate.zero()
    return int(w.degree() - w.gcd(w.derivative()).degree()) if w.degree() > 0 else 0
