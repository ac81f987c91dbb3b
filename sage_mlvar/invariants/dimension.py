r"""
Dimension of image models: rank of the Jacobian modulo a prime, against a proved upper bound.

The rank of the Jacobian modulo ``p`` at an integer point is at most its generic rank over Q, which is the dimension.
Where it meets an
upper bound, from the model or from exact invariants, the dimension is proved (mathematics of the status page).

EXAMPLES::

    sage: from sage_mlvar import ReLURegionModel
    sage: record = ReLURegionModel([3, 4, 3], ["1100", "1010", "1001"]).compute("dimension")
    sage: record.value, record.status, record.argument
    (20, 'proved', 'Jacobian rank modulo 8388593 meets the bound: rank bounds of the membership classes')
"""

import contextlib
import itertools
import random

from .. import (
    _sage,  # noqa: F401
    backends,
)
from ..computation import PROBABLE, PROVED, Computation
from ..errors import BackendMemoryError, BackendTimeout, NotProvedError, OutOfReachError
from ..implicit import modular
from ..implicit.blocks import LARGE, operations

from sage.arith.misc import previous_prime

__all__ = ["image_dimension", "jacobian_rank"]


def jacobian_rank(model, prime, seed=0):
    r"""
    Return the rank modulo ``prime`` of the Jacobian at a random point: a lower bound of the dimension.

    EXAMPLES::

        sage: from sage_mlvar import LightningAttentionModel
        sage: from sage_mlvar.invariants.dimension import jacobian_rank
        sage: jacobian_rank(LightningAttentionModel(3, 1, 2), 8388593)
        8
    """
    return int(modular.rank(modular.without_zeros(model.tangent(prime, seed)), prime))


def image_dimension(model, options):
    r"""Return the record of the dimension of an image model."""
    if operations(model.number_of_coordinates(), model.number_of_parameters()) >= LARGE:
        known = model.known_dimension()
        if known is not None:
            return Computation("dimension", known[0], PROVED, known[1], seed=options.seed)
    source = random.Random(options.seed)
    primes = [modular.primes(1)[0], int(previous_prime(source.randrange(2**22, modular.LIMIT)))]
    # Bounds are dear where they need a rank of their own: the next one is asked for only when the last is not met.
    bounds, known = _bounds(model), []
    rank, used = 0, []
    for prime in primes:
        used.append(prime)
        rank = max(rank, jacobian_rank(model, prime, seed=source.randrange(2**31)))
        for bound, reason in itertools.chain(tuple(known), bounds):
            known.append((bound, reason))
            if rank == bound:
                argument = f"Jacobian rank modulo {prime} meets the bound: {reason}"
                rest = {"seed": options.seed, "primes": tuple(used), "details": {"upper_bound": bound}}
                return Computation("dimension", rank, PROVED, argument, **rest)
    bound, reason = min(known, key=lambda pair: pair[0])
    by_rank = f"Jacobian rank modulo {used[-1]}"
    rest = {"seed": options.seed, "primes": tuple(used)}
    gap = f"{by_rank}; the best proved upper bound is {bound} ({reason})"
    if options.proof:
        with contextlib.suppress(BackendTimeout, BackendMemoryError, NotProvedError, OutOfReachError):
            value, reply, how = _dimension_of_ideal(model, options)
            meets = f"{by_rank} meets the dimension" if value == rank else "dimension"
            return Computation(
                "dimension",
                value,
                PROVED,
                f"{meets} of the ideal ({how})",
                reply.backend,
                reply.version,
                peak_memory=reply.peak_memory,
                details={"upper_bound": value},
                **rest,
            )
    return Computation("dimension", rank, PROBABLE, gap, details={"upper_bound": bound}, **rest)


def _bounds(model):
    r"""Yield proved upper bounds of the dimension with their reasons."""
    yield model.number_of_coordinates(), "number of coordinates"
    yield model.number_of_parameters(), "number of parameters"
    yield from model.dimension_bounds()


def _dimension_of_ideal(model, options):
    r"""Return the dimension of the proved vanishing ideal, the record or reply it is from, and the argument."""
    source = model.compute("ideal", **{**options.keywords(), "proof": True})
    if "dimension" in source.details:
        return source.details["dimension"], source, source.argument
    reply = backends.call("hilbert", source.value.gens(), exact=True, limits=options.limits())
    return reply.value.dimension, reply, source.argument
