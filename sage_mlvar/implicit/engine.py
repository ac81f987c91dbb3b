r"""
All invariants of a polynomial map, degree by degree.

EXAMPLES: the twisted cubic::

    sage: from sage_mlvar.implicit import PolynomialMap, graded_invariants
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: R = PolynomialRing(QQ, "s,t"); s, t = R.gens()
    sage: I = graded_invariants(PolynomialMap.from_sage([s^3, s^2*t, s*t^2, t^3]), 3)
    sage: I.hilbert, I.generators_by_degree, I.status
    ([0, 0, 3, 10], {2: 3}, 'proved up to degree 3')
    sage: I.generators()
    [x1^2 - x0*x2, x1*x2 - x0*x3, x2^2 - x1*x3]
"""

from dataclasses import dataclass

import numpy as np

from .. import _sage  # noqa: F401
from . import modular
from .action import Action
from .checkpoint import Checkpoint, digest
from .grading import Grading
from .linear import linear_relations
from .result import DegreeRecord, GradedInvariants
from .solve import Samples, solve
from .spaces import spaces
from .symmetry import Symmetry

__all__ = ["Progress", "graded_invariants"]


@dataclass(frozen=True)
class Progress:
    r"""
    What a ``progress`` function is called with after each multidegree.

    - ``degree``, ``multidegree`` -- what was finished
    - ``done``, ``total`` -- multidegrees of this degree finished, and all of them
    - ``invariants`` -- dimension of the (highest-weight) invariants found in it
    - ``new`` -- how many of them are new generators
    """

    degree: int
    multidegree: tuple
    done: int
    total: int
    invariants: int
    new: int


def graded_invariants(
    polymap, max_degree, *, ring=None, symmetry=None, seed=0, deadline=None, jobs=1, progress=None, checkpoint=None
):
    r"""
    Return all polynomials of degree at most ``max_degree`` that vanish on the image of a polynomial map.

    INPUT:

    - ``polymap`` -- :class:`~sage_mlvar.implicit.map.PolynomialMap`
    - ``max_degree`` -- non-negative integer
    - ``ring`` -- polynomial ring over `\QQ` with a generator for each coordinate; ``x0, x1, …`` by default
    - ``symmetry`` -- :class:`~sage_mlvar.implicit.symmetry.Symmetry`; tested at a random point before it is used
    - ``seed`` -- non-negative integer; the same seed gives the same run
    - ``deadline`` -- :class:`~sage_mlvar.options.Deadline`
    - ``jobs`` -- number of processes; the result does not depend on it
    - ``progress`` -- function called with a :class:`Progress`
    - ``checkpoint`` -- file name; what is finished is kept there, also on interruption, and taken up again

    OUTPUT: :class:`~sage_mlvar.implicit.result.GradedInvariants`

    When the ideal of the image is not homogeneous for the standard grading, "of degree `D`" means "of degree at most
    `D`" throughout, and minimal generators are those of the homogenized ideal.

    EXAMPLES: a false declaration is noticed::

        sage: import numpy as np
        sage: from sage_mlvar.implicit import PolynomialMap, Symmetry, graded_invariants
        sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        sage: from sage.rings.rational_field import QQ
        sage: R = PolynomialRing(QQ, "s,t"); s, t = R.gens()
        sage: phi = PolynomialMap.from_sage([s^2, s^3])
        sage: I = graded_invariants(phi, 3)
        sage: I.homogeneous, I.hilbert, I.generators()
        (False, [0, 0, 0, 1], [x0^3 - x1^2])
        sage: S = Symmetry.matrix_copies([[[0, 1]]], "a guess")
        sage: graded_invariants(phi, 3, symmetry=S)
        Traceback (most recent call last):
        ...
        ValueError: the declared symmetry 'a guess' does not map the image to itself: ...
        sage: graded_invariants(phi, -1)
        Traceback (most recent call last):
        ...
        ValueError: max_degree must be at least 0, got -1
    """
    max_degree = _degree_bound(max_degree)
    if ring is not None and ring.ngens() != polymap.coordinates:
        raise ValueError(f"the map has {polymap.coordinates} coordinates, but the ring {ring.ngens()} variables")
    p = modular.primes(1)[0]
    symmetry = Symmetry.torus(polymap.coordinates) if symmetry is None else symmetry
    symmetry.check(polymap, p, seed)
    checkpoint = Checkpoint(checkpoint, digest(polymap, symmetry, seed))
    run = _Run(polymap, symmetry, seed, deadline, jobs, progress, checkpoint)
    try:
        records = run.degrees(max_degree)
    except BaseException as error:
        # A full disk must not hide why the run ended.
        try:
            checkpoint.save()
        except OSError as another:
            error.add_note(f"besides, the checkpoint could not be saved: {another}")
        raise
    checkpoint.save()
    return GradedInvariants(
        polymap.coordinates,
        max_degree,
        run.homogeneous,
        run.relations,
        run.action,
        records,
        seed,
        ring,
        symmetry.reason if symmetry.sizes or symmetry.permutations else None,
    )


def _degree_bound(max_degree):
    if isinstance(max_degree, bool) or not hasattr(max_degree, "__index__"):
        raise TypeError(f"max_degree must be an integer, not {max_degree!r}")
    max_degree = max_degree.__index__()
    if max_degree < 0:
        raise ValueError(f"max_degree must be at least 0, got {max_degree!r}")
    return max_degree


class _Run:
    r"""One computation: the map reduced to linearly independent coordinates, and what is known so far."""

    def __init__(self, polymap, symmetry, seed, deadline, jobs, progress, checkpoint):
        self.seed, self.deadline, self.jobs, self.progress = seed, deadline, jobs, progress
        self.checkpoint = checkpoint
        grading = Grading.of(polymap)
        self.homogeneous = grading.standard
        unit = None
        if not self.homogeneous:
            unit = polymap.coordinates
            polymap, symmetry, grading = polymap.with_unit(), symmetry.with_unit(), grading.with_unit()
        self.relations = linear_relations(polymap, seed, prefer=unit, deadline=deadline)
        kept = self.relations.kept
        self.action = Action.of(symmetry, grading.degrees)
        self.polymap = polymap
        if kept and len(kept) < polymap.coordinates:
            self.action = self.action.restrict(kept, self.relations.values)
            self.polymap = polymap.restrict(kept)
        self.coordinates = len(kept)

    def degrees(self, max_degree):
        r"""Return the list of :class:`~sage_mlvar.implicit.result.DegreeRecord` for degrees 2 to ``max_degree``."""
        records, lower = [], {}
        for degree in range(2, max_degree + 1):
            if not self.coordinates:
                break
            pieces = self._pieces(degree, lower, keep=degree < max_degree)
            members = self._members(pieces)
            dimension = sum(
                piece.count * len(members[piece.degree]) * self.action.dimension(piece.degree) for piece in pieces
            )
            records.append(DegreeRecord(degree, dimension, pieces, members))
            lower = {}
            if degree < max_degree:
                for piece in pieces:
                    if piece.count:
                        for multidegree, permutation in members[piece.degree].items():
                            lower[multidegree] = _moved(piece.basis, permutation)
        return records

    def _pieces(self, degree, lower, keep):
        pending = spaces(self.action, degree, self.seed)
        if self.action.permutations:
            pending = self._representatives(pending)
        pending.sort(key=lambda item: (-item.size, item.degree))
        found, todo = {}, []
        for item in pending:
            piece = self.checkpoint.get(degree, item.degree, self.coordinates, keep)
            if piece is None:
                todo.append(item)
            else:
                found[item.degree] = piece
        for piece in self._solve(todo, lower, keep):
            found[piece.degree] = piece
            self.checkpoint.put(degree, piece.degree, piece)
            if self.progress is not None:
                new = piece.new.count
                self.progress(Progress(degree, piece.degree, len(found), len(pending), piece.count, new))
        return [found[multidegree] for multidegree in sorted(found, reverse=True)]

    def _solve(self, todo, lower, keep):
        if self.jobs == 1 or len(todo) < 2:
            samples = Samples(self.polymap, self.seed)
            for item in todo:
                yield solve(item, self.action, self.polymap, samples, lower, keep, self.deadline)
            return
        from joblib import Parallel, delayed

        # Several batches for each process, dealt out like cards: the list is sorted by size.
        batches = [todo[i :: 8 * self.jobs] for i in range(min(8 * self.jobs, len(todo)))]
        parallel = Parallel(n_jobs=self.jobs, return_as="generator_unordered")
        jobs = (delayed(_batch)(b, self.action, self.polymap, self.seed, lower, keep, self.deadline) for b in batches)
        for pieces in parallel(jobs):
            yield from pieces

    def _orbits(self, multidegrees, moves):
        # For each orbit: its first member, and a permutation that leads from there to each member.
        seen, orbits = set(), {}
        identity = np.arange(self.coordinates)
        for start in multidegrees:
            if start in seen:
                continue
            orbit, queue = {start: identity}, [start]
            while queue:
                here = queue.pop()
                for permutation, move in moves:
                    there = move(here)
                    if there not in orbit:
                        orbit[there] = permutation[orbit[here]]
                        queue.append(there)
            seen.update(orbit)
            orbits[start] = orbit
        return orbits

    def _moves(self):
        return [(permutation, self.action.linear_move(permutation)) for permutation in self.action.permutations]

    def _representatives(self, pending):
        orbits = self._orbits(sorted((item.degree for item in pending), reverse=True), self._moves())
        return [item for item in pending if item.degree in orbits]

    def _members(self, pieces):
        if not self.action.permutations:
            return {piece.degree: {piece.degree: None} for piece in pieces}
        return self._orbits([piece.degree for piece in pieces], self._moves())


def _batch(items, action, polymap, seed, lower, keep, deadline):
    samples = Samples(polymap, seed)
    return [solve(item, action, polymap, samples, lower, keep, deadline) for item in items]


def _moved(forms, permutation):
    return forms if permutation is None else forms.permuted(permutation)
