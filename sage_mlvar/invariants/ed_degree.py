r"""
Euclidean distance degrees, by counting the critical points of a random data point modulo primes.

Simple solutions modulo ``p`` of the square Lagrange system lift to different simple solutions over the algebraic
closure of Q, so their
number is a lower bound of the ED degree; a count that meets a proved upper bound is proved.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]])
    sage: record = C.compute("ed_degree")
    sage: record.value, record.status, record.argument
    (4, 'proved', 'simple solutions modulo primes meet the upper bound: quadric with 2 distinct nonzero eigenvalues
    ...')

REFERENCES: Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas, *The Euclidean distance degree of an algebraic variety*,
2016.
"""

import contextlib
import random
from math import prod

from .. import (
    _sage,  # noqa: F401
    backends,
)
from ..computation import PROBABLE, PROVED, Computation
from ..errors import BackendError, NotProvedError, OutOfReachError
from ..models.expansion import watched
from .lagrange import Lagrange

from sage.arith.misc import next_prime
from sage.matrix.constructor import matrix
from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.rational_field import QQ

__all__ = [
    "complete_intersection_bound",
    "count_critical_points",
    "image_ed_degree",
    "quadric_ed_degree",
    "quadric_value",
]


def complete_intersection_bound(n, degrees):
    r"""
    Return an upper bound of the ED degree of a complete intersection in ``C^n``.

    INPUT:

    - ``n`` -- dimension of the space
    - ``degrees`` -- degrees of the equations

    EXAMPLES::

        sage: from sage_mlvar.invariants.ed_degree import complete_intersection_bound
        sage: complete_intersection_bound(2, [2]), complete_intersection_bound(4, [3])
        (4, 45)

    REFERENCES: Draisma et al., *The Euclidean distance degree of an algebraic variety*, Proposition 2.6.
    """
    # The sum over i_1 + ... + i_c <= n - c of the products of powers, by degree.
    top = n - len(degrees)
    if top < 0:
        return 0
    sums = [1] + [0] * top
    for degree in degrees:
        for k in range(1, top + 1):
            sums[k] += (degree - 1) * sums[k - 1]
    return prod(degrees) * sum(sums)


def quadric_ed_degree(g):
    r"""
    Return the ED degree of a real quadric that is not a double hyperplane, with the case it falls under.

    INPUT:

    - ``g`` -- squarefree polynomial of degree 2 over Q

    OUTPUT: pair of the ED degree and a string

    With ``g = x^T A x + b^T x + c``, ``M`` its matrix and ``delta`` the number of distinct nonzero eigenvalues of
    ``A``, the Lagrange
    equation diagonalizes to a rational function of the multiplier whose poles are the nonzero eigenvalues, of order
    two. Its
    numerator has degree ``2 delta`` if ``rank M - rank A = 1``, ``2 delta - 2`` if 0, and ``2 delta + 1`` if 2.

    EXAMPLES::

        sage: from sage_mlvar import _sage
        sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        sage: from sage.rings.rational_field import QQ
        sage: from sage_mlvar.invariants.ed_degree import quadric_ed_degree
        sage: R = PolynomialRing(QQ, ["x", "y"]); x, y = R.gens()
        sage: [quadric_ed_degree(g)[0] for g in (x^2 + 2*y^2 - 1, x^2 + y^2 - 1, x^2 - y, x*y)]
        [4, 2, 3, 2]
    """
    ring = g.parent()
    n = ring.ngens()
    A = matrix(QQ, n, n, lambda i, j: g.derivative(ring.gen(i)).derivative(ring.gen(j)).constant_coefficient() / 2)
    b = matrix(QQ, n, 1, [f.constant_coefficient() / 2 for f in g.gradient()])
    M = A.augment(b).stack(b.transpose().augment(matrix(QQ, 1, 1, [g.constant_coefficient()])))
    return quadric_value(A, M, A)


def quadric_value(A, M, operator):
    r"""
    Return the ED degree of the quadric with matrices ``A`` and ``M``, with the case it falls under.

    INPUT:

    - ``operator`` -- ``G^(-1) A`` for the metric ``G``, which has only real eigenvalues, or ``None`` for a generic
      metric, when its nonzero eigenvalues are different
    """
    if operator is None:
        delta = int(A.rank())
    else:
        spectrum = operator.charpoly().radical()
        delta = int(spectrum.degree() - (1 if spectrum[0] == 0 else 0))
    drop = int(M.rank() - A.rank())
    value = {1: 2 * delta, 0: 2 * delta - 2, 2: 2 * delta + 1}[drop]
    return value, f"quadric with {delta} distinct nonzero eigenvalues and rank M - rank A = {drop}"


def dimension_of_ideal(model, source, options):
    r"""Return the record of the dimension: proved where the record ``source`` of the ideal is."""
    if source.proved:
        with contextlib.suppress(NotProvedError, BackendError):
            return model.compute("dimension", proof=True, timeout=options.timeout, seed=options.seed)
    return model.compute("dimension", proof=False, seed=options.seed)


def image_ed_degree(model, options, slice):
    r"""Return the record of the ED degree of an image model."""
    source = model.compute("ideal", proof=False, timeout=options.timeout, memory=options.memory, seed=options.seed)
    generators = [f for f in source.value.gens() if f]
    n = model.ring().ngens()
    if not generators:
        argument = "the variety is the whole space, and the data point its own nearest point"
        return Computation("ed_degree", 1, source.status, argument, seed=options.seed)
    dimension = dimension_of_ideal(model, source, options)
    codimension = n - dimension.value
    generators = sorted(generators, key=lambda f: f.degree())
    if len(generators) == codimension:
        bound = None
        if source.proved and dimension.proved:
            degrees = [int(f.degree()) for f in generators]
            bound = complete_intersection_bound(n, degrees), f"complete intersection of degrees {degrees}"
            if degrees == [2]:
                bound = quadric_ed_degree(generators[0])
        return _count(generators, options, slice, bound)
    return _count(generators, options, slice, None, codimension)


def _count(equations, options, slice, bound, codimension=None):
    r"""
    Count the critical points of an image variety.

    With more equations than ``codimension``, that many random combinations take the multipliers and all equations are
    kept: the combinations cut out the variety near a generic point of it, and critical points of generic data are
    generic points.
    """

    def systems(field, source):
        system = _system(equations, codimension, field, slice, source)
        return (lambda: system,)

    return count_critical_points(systems, options, bound, slice is None and codimension is None)


def count_critical_points(systems, options, bound, may_prove):
    r"""
    Count the critical points for two primes and two data points, and return the record.

    INPUT:

    - ``systems`` -- function of a finite field and a source of random numbers: forms of a system at a random data
      point, functions without arguments; the next is used when one has solutions that are not simple
    - ``bound`` -- a proved upper bound with its reason, or ``None``
    - ``may_prove`` -- whether a count that meets the bound is the ED degree
    """
    source = random.Random(options.seed)
    limits = options.limits()
    counts, primes, replies, form = [], [], [], 0
    while len(counts) < 2:
        prime = int(next_prime(source.randrange(2**29, 2**30 - 2**16)))
        try:
            forms = systems(GF(prime), source)
        except ZeroDivisionError:
            limits.deadline.check("looking for a good prime")
            continue
        primes.append(prime)
        while True:
            reply = backends.call("count", forms[form](), backend=options.backend, exact=True, limits=limits)
            count = reply.value
            if form + 1 == len(forms) or (count.degree is not None and count.degree == count.distinct):
                break
            form += 1
        replies.append(reply)
        counts.append(count)
    if any(count.degree is None for count in counts):
        raise OutOfReachError(
            "the critical points of a random data point are infinite in number modulo a prime; try another seed= or "
            "a slice="
        )
    simple = [int(count.degree) for count in counts if count.degree == count.distinct]
    value = max(simple) if simple else max(int(count.distinct) for count in counts)
    reply = replies[-1]
    proved = may_prove and bound is not None and simple and value == bound[0]
    if proved:
        argument = f"simple solutions modulo primes meet the upper bound: {bound[1]}"
    else:
        known = "" if bound is None else f"; the proved upper bound is {bound[0]} ({bound[1]})"
        argument = (
            f"counts modulo {len(primes)} primes at random data points: {[int(c.distinct) for c in counts]}{known}"
        )
    return Computation(
        "ed_degree",
        value,
        PROVED if proved else PROBABLE,
        argument,
        reply.backend,
        reply.version,
        options.seed,
        tuple(primes),
        peak_memory=max((r.peak_memory or 0 for r in replies), default=None),
        details={
            "counts": tuple((c.degree, c.distinct) for c in counts),
            "upper_bound": None if bound is None else bound[0],
        },
    )


def _system(equations, codimension, field, slice, source):
    r"""Return the Lagrange system modulo a prime for a random data point (on ``slice``)."""
    doing = "writing the critical equations"
    equations = [f.change_ring(field) for f in watched(equations, doing)]
    chosen, extra = equations, []
    if codimension is not None:
        extra = equations
        chosen = [
            sum(
                (field(source.randrange(field.order())) * f for f in watched(equations, doing)),
                equations[0].parent().zero(),
            )
            for _ in range(codimension)
        ]
    system = Lagrange(chosen, field)
    n = system.n
    if slice is None:
        u = [field(source.randrange(field.order())) for _ in range(n)]
    else:
        base = [field(x) for x in slice[0]]
        u = list(base)
        for point in slice[1:]:
            weight = field(source.randrange(field.order()))
            u = [a + weight * (field(b) - c) for a, b, c in zip(u, point, base)]
    return [*system.at(u), *(f(*system.x) for f in watched(extra, doing))]
