r"""
Invariants by degree: the implicitization engine applied to image models.

EXAMPLES::

    sage: from sage_mlvar import ReLURegionModel
    sage: record = ReLURegionModel([3, 4, 3], ["1110", "0111"]).compute("invariants", max_degree=4)
    sage: record.status, record.details["dimensions"], record.details["generators_by_degree"]
    ('proved up to degree 4', (0, 0, 0, 1, 18), {3: 1})
"""

from pathlib import Path

from ..computation import Computation
from ..implicit import graded_invariants

__all__ = ["BettiTable", "graded", "invariants"]


class BettiTable(str):
    r"""
    A table by degree: its text, with LaTeX for notebooks.

    EXAMPLES::

        sage: from sage_mlvar import ReLURegionModel
        sage: ReLURegionModel([3, 2, 2], ["10", "11"]).betti_table(2)._latex_()
        '\\begin{array}{l|rr} ...'
    """

    def __new__(cls, text, latex):
        table = super().__new__(cls, text)
        table._latex = latex
        return table

    def __repr__(self):
        return str(self)

    def _latex_(self):
        return self._latex


def graded(model, max_degree, *, seed=0, deadline=None, jobs=1, progress=None, checkpoint=None):
    r"""
    Return the :class:`~sage_mlvar.implicit.result.GradedInvariants` of ``model`` up to ``max_degree``.

    Results are kept with the model, and computed anew for a ``checkpoint`` or a report of ``progress``.

    EXAMPLES::

        sage: from sage_mlvar import ReLURegionModel
        sage: from sage_mlvar.invariants.graded import graded
        sage: print(graded(ReLURegionModel([3, 2, 2], ["10", "11"]), 3).betti_table())
        degree      1  2  3
        dim I       0  6  68
        generators  -  6  -
    """
    _check(checkpoint, progress)
    known = model.__dict__.setdefault("_graded", {})
    if (max_degree, seed) not in known or checkpoint is not None or progress is not None:
        known[max_degree, seed] = graded_invariants(
            model.polynomial_map(),
            max_degree,
            ring=model.ring(),
            symmetry=model.symmetry(),
            seed=seed,
            deadline=deadline,
            jobs=jobs,
            progress=progress,
            checkpoint=checkpoint,
        )
    return known[max_degree, seed]


def _check(checkpoint, progress):
    r"""Refuse what could only fail when the work is done."""
    if progress is not None and not callable(progress):
        raise TypeError(f"progress must be a function or None, not {progress!r}")
    if checkpoint is None:
        return
    try:
        path = Path(checkpoint)
    except TypeError as error:
        raise TypeError(f"checkpoint must be the name of a file or None, not {checkpoint!r}") from error
    if path.is_dir() or not path.parent.is_dir():
        raise ValueError(f"checkpoint must be the name of a file in a folder that exists, got {str(checkpoint)!r}")


def invariants(model, options, max_degree, checkpoint=None, progress=None):
    r"""Return the record of minimal generators of the vanishing ideal up to ``max_degree``."""
    deadline = options.limits().deadline
    found = graded(
        model,
        max_degree,
        seed=options.seed,
        deadline=deadline,
        jobs=options.jobs,
        progress=progress,
        checkpoint=checkpoint,
    )
    return Computation(
        "invariants",
        found.generators(deadline=deadline),
        found.status,
        found.argument,
        seed=options.seed,
        primes=found.primes,
        details={
            "dimensions": tuple(found.hilbert),
            "hilbert_function": tuple(found.hilbert_function),
            "generators_by_degree": dict(found.generators_by_degree),
            "homogeneous": found.homogeneous,
            "table": BettiTable(found.betti_table(), str(found._latex_())),
        },
    )
