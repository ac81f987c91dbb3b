r"""
ED discriminants, by elimination over Q or, for plane curves, from evolutes.

The ED discriminant is the set of data points ``u`` for which two critical points of the squared distance come
together: the
system of :mod:`sage_mlvar.invariants.lagrange` with the determinant of its Jacobian, projected to the data space. It
is the evolute for
a plane curve. The ideal is not saturated by the gradient: singular points of the variety belong to the answer.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]])
    sage: (sextic,) = C.discriminant().gens(); sextic.degree(), sextic.number_of_terms()
    (6, 27)
"""

import contextlib

from .. import (
    _sage,  # noqa: F401
    backends,
)
from ..computation import PROBABLE, PROVED, Computation
from ..errors import BackendMemoryError, BackendTimeout, OutOfReachError
from ..options import Deadline, Limits
from ..rings import polynomial_ring
from .ed_degree import dimension_of_ideal
from .kernel_discriminant import on_line
from .lagrange import Lagrange
from .plane_discriminant import parts, plane_discriminant
from .polynomials import primitive
from .sliced_discriminant import sliced_discriminant

from sage.rings.rational_field import QQ

__all__ = ["hypersurface_discriminant", "image_discriminant"]

#: Seconds for elimination on a slice, before parametrizations are tried.
_QUICK = 10


def hypersurface_discriminant(boundary, options, slice):
    r"""Return the record of the ED discriminant of a decision boundary."""
    g = boundary.squarefree_part()
    if g.is_zero():
        c, other = boundary.classes()
        raise ValueError(f"classes must have different outputs, but classes {c} and {other} agree everywhere")
    if g.is_constant():
        raise ValueError(f"the boundary must not be constant to have an ED discriminant, got {g}")
    if options.backend is None and g.parent().ngens() == 2:
        ring, _ = _data(2, slice)
        record = plane_discriminant(g, options, ring, _point(ring.gens(), slice), options.limits())
        if record is not None:
            return record
    if options.backend is None and slice is not None and not options.proof:
        record = _on_slice(g, options, slice)
        if record is not None:
            return record
    return _discriminant([g], options, slice, PROVED)


def _on_slice(g, options, slice):
    r"""Return the record on a slice: by elimination if that is quick, else by parametrizations, or ``None``."""
    limits = options.limits()
    with contextlib.suppress(BackendTimeout, BackendMemoryError):
        return _discriminant([g], options, slice, PROVED, _quick(limits))
    ring, _ = _data(g.parent().ngens(), slice)
    return sliced_discriminant(g, options, slice, ring, limits)


def _quick(limits):
    r"""Return limits for a first try."""
    remaining = limits.deadline.remaining()
    return Limits(Deadline(_QUICK if remaining is None else min(_QUICK, remaining / 4)), limits.memory)


def image_discriminant(model, options, slice):
    r"""Return the record of the ED discriminant of an image model that is a complete intersection."""
    source = model.compute("ideal", proof=False, timeout=options.timeout, memory=options.memory, seed=options.seed)
    generators = [f for f in source.value.gens() if f]
    dimension = dimension_of_ideal(model, source, options)
    if not generators:
        ring, _ = _data(model.ring().ngens(), slice)
        argument = "the variety is the whole space: one critical point for every data point"
        return Computation("discriminant", ring.ideal(ring.one()), source.status, argument, seed=options.seed)
    if len(generators) != model.ring().ngens() - dimension.value:
        raise OutOfReachError(
            f"the ED discriminant needs a complete intersection, but {len(generators)} equations cut out codimension "
            f"{model.ring().ngens() - dimension.value}; ed_degree() works"
        )
    status = PROVED if source.proved and dimension.proved else PROBABLE
    if slice is not None and len(slice) == 2 and options.backend is None and not options.proof:
        limits = options.limits()
        with contextlib.suppress(BackendTimeout, BackendMemoryError):
            return _discriminant(generators, options, slice, status, _quick(limits))
        record = _image_on_line(generators, options, slice, limits)
        if record is not None:
            return record
    return _discriminant(generators, options, slice, status)


def _image_on_line(generators, options, slice, limits):
    r"""Return the record on a line by way of kernel vectors of the Jacobian, ``None`` when it is not found."""
    direction = [b - a for a, b in zip(*slice)]
    f = on_line(generators, slice[0], direction, limits, options.seed)
    if f is None:
        return None
    ring, _ = _data(len(slice[0]), slice)
    f = primitive(ring(f(ring.gen())))
    return Computation(
        "discriminant",
        ring.ideal([ring.one() if f.is_constant() else f]),
        PROBABLE,
        "all data points of the line by msolve, each checked exactly; there may be more",
        "msolve",
        backends.get("msolve").version(),
        options.seed,
        details={"hypersurface": () if f.is_constant() else tuple(primitive(h) for h, _ in f.factor())},
    )


def _data(n, slice):
    r"""Return the ring of the data coordinates, and their names."""
    names = [f"u{k}" for k in range(n)] if slice is None else ["s", "t"][: len(slice) - 1]
    return polynomial_ring(QQ, len(names), names), names


def _point(parameters, slice):
    r"""Return the data point with the given coordinates, on the slice or in the whole space."""
    if slice is None:
        return list(parameters)
    return [
        base + sum(w * (point[k] - base) for w, point in zip(parameters, slice[1:])) for k, base in enumerate(slice[0])
    ]


def _discriminant(equations, options, slice, status, limits=None):
    n = equations[0].parent().ngens()
    ring, names = _data(n, slice)
    system = Lagrange(equations, QQ, names)
    u = _point(system.parameters, slice)
    inner = [*system.x, *system.multipliers]
    generators = [*system.at(u), system.jacobian_determinant()]
    limits = limits or options.limits()
    try:
        reply = backends.call(
            "eliminate",
            generators,
            variables=inner,
            backend=options.backend,
            exact=options.proof and options.backend is None,
            limits=limits,
        )
        back = [ring.zero()] * len(inner) + list(ring.gens())
        found = [f(*back) for f in reply.value]
        found, exact = _radical(found, ring, limits)
        ideal = ring.ideal(found or [ring.zero()])
        details = parts(ideal, limits)
    except (BackendTimeout, BackendMemoryError) as error:
        way = "take a slice= of data space" if slice is None else "take a line as slice="
        raise type(error)(f"{error}; {way}") from error
    if not (reply.exact and exact):
        status = PROBABLE
    argument = "elimination over Q" if reply.exact else "elimination by a probabilistic engine"
    return Computation(
        "discriminant",
        ideal,
        status,
        argument,
        reply.backend,
        reply.version,
        options.seed,
        peak_memory=reply.peak_memory,
        details=details,
    )


def _radical(generators, ring, limits):
    r"""Return primitive generators of the radical, and whether they are exact."""
    generators = [f for f in generators if f]
    if not generators:
        return [], True
    if len(generators) == 1:
        part = ring.one()
        for factor, _ in generators[0].factor():
            part *= factor
        return [primitive(part)], True
    reply = backends.call("radical", generators, limits=limits)
    return [primitive(ring(f)) for f in reply.value], reply.exact
