r"""
Vanishing ideals of image models, their degree, and membership of points.

The routes to the ideal, cheapest first: a theorem the model knows; invariants by degree, when an argument of
:mod:`sage_mlvar.invariants.completeness` closes; elimination over Q. An explicit ``backend=`` means elimination by
that backend.

EXAMPLES::

    sage: from sage_mlvar import ReLURegionModel
    sage: M = ReLURegionModel([2, 2, 2], ["10", "11"])
    sage: [M.compute("ideal", **o).backend for o in ({}, {"backend": "singular"})]
    ['sage_mlvar', 'singular']
"""

import contextlib
from dataclasses import dataclass
from math import comb

from .. import (
    _sage,  # noqa: F401
    backends,
)
from ..computation import PROBABLE, PROVED, Computation
from ..errors import BackendMemoryError, BackendTimeout, NotProvedError, OutOfReachError
from ..models.expansion import watched
from ..options import Deadline, Limits
from ..rings import polynomial_ring
from .completeness import complete
from .graded import graded
from .polynomials import primitive

from sage.rings.rational_field import QQ

__all__ = ["contains", "degree", "eliminate", "image_ideal"]


@dataclass(frozen=True)
class Effort:
    r"""Where the search for complete invariants by degree ends: beyond, it costs more than it is likely to bring."""

    most_degree: int
    most_monomials: int
    counting_seconds: float


QUICK, THOROUGH = Effort(4, 5_000, 5), Effort(12, 200_000, 60)
_MOST_GENERATORS = 3_000


def image_ideal(model, options):
    r"""
    Return the record of the vanishing ideal of an image model.

    Routes are tried in turn, cheapest first, each within a part of the time.
    """
    # Where there is no ring for the ideal, nothing else is to be tried.
    model.ring()
    if options.backend is not None:
        return eliminate(model, options)
    known = model.known_ideal(options)
    if known is not None:
        return known
    limits = options.limits()
    for route, share, most in _ROUTES:
        part = _part(limits, share, most)
        with contextlib.suppress(BackendTimeout, BackendMemoryError, OutOfReachError), part.running():
            record = route(model, options, part)
            if record is not None:
                return record
    return eliminate(model, options, limits)


def _part(limits, share, most):
    r"""Return limits for a stage: a share of the time that is left, ``most`` seconds at the longest."""
    remaining = limits.deadline.remaining()
    return Limits(Deadline(most if remaining is None else min(most, share * remaining)), limits.memory)


#: What is tried before elimination gets all the time that is left, with its share of the time and its most seconds.
_ROUTES = (
    (lambda model, options, limits: by_degree(model, options, limits, QUICK), 1 / 4, 20),
    (lambda model, options, limits: eliminate(model, options, limits), 1 / 4, 20),
    (lambda model, options, limits: by_degree(model, options, limits, THOROUGH), 1 / 2, 600),
)


def by_degree(model, options, limits, effort=THOROUGH):
    r"""
    Return the record of the ideal when exact invariants of low degree are complete, else ``None``.

    The :class:`Effort` bounds the degree, the number of monomials and the time for counting points.

    EXAMPLES::

        sage: from sage_mlvar import LightningAttentionModel
        sage: from sage_mlvar.invariants.ideal import by_degree
        sage: from sage_mlvar.options import Limits, resolve
        sage: record = by_degree(LightningAttentionModel(2, 2, 1), resolve("ideal"), Limits())
        sage: record.status, [f.degree() for f in record.value.gens()]
        ('proved', [1, 1, 1, 1, 2, 2, 2])
    """
    # A rank is a lower bound of the dimension even where it is not proved to be the dimension; that is enough here.
    rank = model.compute("dimension", proof=False, seed=options.seed)
    ring = model.ring()
    if rank.value == ring.ngens():
        return Computation(
            "ideal",
            ring.ideal(ring.zero()),
            PROVED,
            f"the image is dense: {rank.argument}",
            seed=options.seed,
            primes=rank.primes,
            details={"dimension": rank.value},
        )
    seen = 0
    for degree in range(1, effort.most_degree + 1):
        if comb(ring.ngens() + degree - 1, degree) > effort.most_monomials:
            return None
        found = graded(model, degree, seed=options.seed, deadline=limits.deadline, jobs=options.jobs)
        if not found.proved:
            return None
        count = sum(found.generators_by_degree.values())
        if count == seen or count > _MOST_GENERATORS:
            continue
        seen = count
        generators = found.generators(deadline=limits.deadline)
        reason = complete(model, generators, rank.value, limits, options.seed, effort.counting_seconds)
        if reason is not None:
            return Computation(
                "ideal",
                ring.ideal(generators),
                PROVED,
                f"exact invariants of degree at most {degree} are complete: {reason}",
                seed=options.seed,
                primes=found.primes,
                details={"dimension": rank.value},
            )
    return None


def eliminate(model, options, limits=None):
    r"""
    Return the record of the vanishing ideal, by elimination of the parameters from ``y_k - phi_k``.

    EXAMPLES::

        sage: from sage_mlvar import ReLURegionModel
        sage: from sage_mlvar.invariants.ideal import eliminate
        sage: from sage_mlvar.options import resolve
        sage: record = eliminate(ReLURegionModel([2, 2, 2], ["10", "11"]), resolve("ideal"))
        sage: record.status, len(record.value.gens())
        ('proved', 2)
    """
    ring, parameters = model.ring(), model.parameter_ring()
    count = parameters.ngens()
    big = polynomial_ring(QQ, count + ring.ngens(), (f"z{k}" for k in range(count + ring.ngens())))
    inner, outer = big.gens()[:count], big.gens()[count:]
    graph = [y - f(*inner) for y, f in watched(zip(outer, model.parametrization()), "writing the graph of the map")]
    try:
        reply = backends.call(
            "eliminate",
            graph,
            variables=inner,
            backend=options.backend,
            exact=options.proof and options.backend is None,
            limits=limits or options.limits(),
        )
    except (BackendTimeout, BackendMemoryError) as error:
        raise type(error)(
            f"{error}; invariants(max_degree=D) finds the equations of low degree without elimination"
        ) from error
    back = [ring.zero()] * count + list(ring.gens())
    generators = [primitive(f(*back)) for f in reply.value] or [ring.zero()]
    argument = (
        "elimination over Q by a deterministic engine" if reply.exact else "elimination by a probabilistic engine"
    )
    return Computation(
        "ideal",
        ring.ideal(sorted(generators, key=lambda f: (f.degree(), f.lm()))),
        PROVED if reply.exact else PROBABLE,
        argument,
        reply.backend,
        reply.version,
        options.seed,
        peak_memory=reply.peak_memory,
    )


def _ideal_record(model, options, verb):
    r"""Return the record of the ideal under the same options, on the way to ``verb``."""
    try:
        return model.compute("ideal", **options.keywords())
    except NotProvedError as error:
        reason = str(error).rpartition(";")[0]
        raise NotProvedError(
            f"{verb} needs the ideal, and {reason}; compute({verb!r}, …, proof=False) returns it"
        ) from error


def degree(model, options):
    r"""
    Return the record of the degree: of the Hilbert polynomial of the vanishing ideal.

    EXAMPLES::

        sage: from sage_mlvar import ReLURegionModel
        sage: ReLURegionModel([2, 3, 2, 2], ["110/10", "011/11"]).compute("degree").argument
        'Hilbert polynomial of the ideal: exact invariants of degree at most 2 are complete: ...'
    """
    limits = options.limits()
    source = _ideal_record(model, options, "degree")
    engine = None if options.backend is None or not _does(options.backend, "hilbert") else options.backend
    reply = backends.call("hilbert", source.value.gens(), backend=engine, limits=limits)
    return Computation(
        "degree",
        reply.value.degree,
        source.status if reply.exact else PROBABLE,
        f"Hilbert polynomial of the ideal: {source.argument}",
        reply.backend,
        reply.version,
        options.seed,
        peak_memory=reply.peak_memory,
        details={"dimension": reply.value.dimension},
    )


def _does(backend, verb):
    return verb in backends.get(backend).verbs


def contains(model, options, point):
    r"""
    Return the record of whether ``point`` lies in the variety.

    EXAMPLES::

        sage: from sage_mlvar import ReLURegionModel
        sage: record = ReLURegionModel([1, 1, 2], ["1"]).compute("contains", point=[1, 2])
        sage: record.value, record.status
        (True, 'proved')
    """
    source = _ideal_record(model, options, "contains")
    failing = next((f for f in source.value.gens() if f(*point) != 0), None)
    argument = "all generators of the ideal vanish" if failing is None else f"{_short(failing)} does not vanish"
    return Computation(
        "contains",
        failing is None,
        source.status,
        f"{argument}; {source.argument}",
        source.backend,
        source.version,
        options.seed,
        peak_memory=source.peak_memory,
    )


def _short(f):
    text = str(f)
    return text if len(text) <= 60 else f"a generator of degree {f.degree()}"
