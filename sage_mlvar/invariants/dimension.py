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

import random

from .. import (
    _sage,  # noqa: F401
    backends,
)
from ..computation import PROBABLE, PROVED, Computation
from ..errors import BackendMemoryError, BackendTimeout, NotProvedError

__all__ = ["image_dimension", "jacobian_rank"]

#: The largest primes below 2^23: exact dense linear algebra modulo these is fastest.
PRIMES = (8388593, 8388587, 8388581)


def jacobian_rank(model, prime, seed=0):
    r"""
    Return the rank modulo ``prime`` of the Jacobian at a random point: a lower bound of the dimension.

    EXAMPLES::

        sage: from sage_mlvar import LightningAttentionModel
        sage: from sage_mlvar.invariants.dimension import jacobian_rank
        sage: jacobian_rank(LightningAttentionModel(3, 1, 2), 8388593)
        8
    """
    from ..implicit.modular import rank

    matrix = model.tangent(prime, seed)
    # Parameters and coordinates that do not occur only cost time.
    matrix = matrix[matrix.any(axis=1)]
    return int(rank(matrix[:, matrix.any(axis=0)], prime))


def image_dimension(model, options):
    r"""Return the record of the dimension of an image model."""
    bounds = [
        (model.ring().ngens(), "number of coordinates"),
        (model.parameter_ring().ngens(), "number of parameters"),
        *model.dimension_bounds(),
    ]
    bound, reason = min(bounds, key=lambda pair: pair[0])
    rank, used = 0, []
    source = random.Random(options.seed)
    for prime in PRIMES:
        used.append(prime)
        rank = max(rank, jacobian_rank(model, prime, seed=source.randrange(2**31)))
        if rank >= bound or len(used) == 2:
            break
    record = Computation(
        "dimension",
        rank,
        PROVED if rank == bound else PROBABLE,
        f"Jacobian rank modulo {used[-1]} meets the bound: {reason}",
        seed=options.seed,
        primes=tuple(used),
        details={"upper_bound": bound},
    )
    if rank == bound:
        return record
    gap = f"Jacobian rank modulo {used[-1]}; the best proved upper bound is {bound} ({reason})"
    if options.proof:
        found = _bound_by_invariants(model, options)
        if found is not None:
            value, reply, how = found
            if value == rank:
                argument = (
                    f"Jacobian rank modulo {used[-1]} meets the dimension of the ideal of exact invariants ({how})"
                )
                return Computation(
                    "dimension",
                    rank,
                    PROVED,
                    argument,
                    reply.backend,
                    reply.version,
                    options.seed,
                    tuple(used),
                    peak_memory=reply.peak_memory,
                    details={"upper_bound": value},
                )
            gap = f"Jacobian rank modulo {used[-1]}; the dimension of the ideal of exact invariants is {value} ({how})"
    return Computation(
        "dimension", rank, PROBABLE, gap, seed=options.seed, primes=tuple(used), details={"upper_bound": bound}
    )


def _bound_by_invariants(model, options):
    r"""Return (dimension, reply or record, how) for the vanishing ideal, or ``None`` when it cannot be had."""
    try:
        source = model.compute(
            "ideal",
            backend=options.backend,
            proof=True,
            timeout=options.timeout,
            memory=options.memory,
            seed=options.seed,
        )
        if "dimension" in source.details:
            return source.details["dimension"], source, source.argument
        reply = backends.call("hilbert", source.value.gens(), limits=options.limits())
    except (BackendTimeout, BackendMemoryError, NotProvedError):
        return None
    return reply.value.dimension, reply, source.argument
