r"""
The certifier "bounds": a proved bracket of the distance for every network, in both norms, with or without a domain.

Failures are looked for in floating point, from many starts; the nearest is made rational. Lower bounds come from a
quadratic function below the margin on a ball or a cube, and, in up to eight variables, from subdivision, which makes
the bracket as narrow as wanted. What is proved is what the checker (:mod:`sage_mlvar.check`) accepts.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier.random([3, 6, 3], activation=5, seed=1)
    sage: certificate = C.certify([1, "1/2", -1], certifier="bounds")
    sage: certificate.status, bool(certificate.upper - certificate.lower <= certificate.upper/10^8)
    ('proved', True)
    sage: {bound.proof["kind"] for bound in certificate.bounds} <= {"majorant", "taylor", "cover"}
    True
    sage: maximum = C.certify([1, "1/2", -1], certifier="bounds", norm="maximum", box=[(-1, 1)]*3)
    sage: maximum.lower <= maximum.upper
    True
"""

import time
from itertools import pairwise

from .. import _sage  # noqa: F401
from ..errors import BackendTimeout
from .base import Bound, Certifier, Outcome, Witness
from .bounding.separations import Separations, from_flint
from .bounding.task import Task
from .bounding.witness import dyadic, power_of_two
from .certify import distance_squared
from .rounding import root_above, round_up

from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ

__all__ = ["BoundsCertifier"]

#: Part of the time that is kept for checking what was found.
_RESERVE = 0.25
#: Cells of the first subdivision of a class; each further one may have four times as many.
_CELLS = 8_000
_MOST_CELLS = 120_000

_ARGUMENTS = {
    "majorant": "the layers cannot change enough within the distance",
    "taylor": "a quadratic function below the margin is positive within the distance",
    "cover": "none of the cells that cover all points within the distance holds a boundary point",
    "positive": "the difference of the outputs is a nonzero constant",
    "trivial": "nothing better than zero was proved",
}


class _OutOfTime(Exception):
    r"""The search ends, and what is known is checked."""


class BoundsCertifier(Certifier):
    r"""
    Brackets for networks of any degree, depth and size.

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.certify.bounds import BoundsCertifier
        sage: C = PolynomialClassifier.random([2, 3, 2], activation=4, seed=1)
        sage: BoundsCertifier.can_certify(C, "maximum", ((-1, 1), (-1, 1)))
        True
        sage: from pickle import dumps, loads
        sage: loads(dumps(BoundsCertifier(C))).name
        'bounds'
    """

    api = 1
    name = "bounds"
    description = "any polynomial network, both norms, domains: quadratic bounds, subdivision and local search"

    def __init__(self, classifier):
        super().__init__(classifier)
        self._separations = None
        self._near = {}

    def __reduce__(self):
        return type(self), (self.classifier,)

    @classmethod
    def can_certify(cls, classifier, norm="euclidean", box=None):
        r"""Return ``True``: every question is answered, if only by a wide bracket."""
        return True

    def predicted_seconds(self, question):
        r"""Return a rough prediction of the seconds that :meth:`certify` takes."""
        widths = question.classifier.widths()
        size = sum(a * b for a, b in pairwise(widths))
        cells = 2.0 if min(widths[:2]) <= 8 else 0.0
        return (0.3 + size / 3000.0 + cells) * len(question.others)

    def certify(self, question):
        r"""Return the :class:`~sage_mlvar.certify.base.Outcome`; see the module."""
        return _Run(self, question).outcome()

    def separations(self):
        r"""Return the converted classifier."""
        if self._separations is None:
            self._separations = Separations(self.classifier)
        return self._separations


class _Run:
    r"""The answer to one question."""

    def __init__(self, certifier, question):
        self.certifier, self.question = certifier, question
        remaining = question.limits.deadline.remaining()
        self._end = None if remaining is None else time.monotonic() + (1 - _RESERVE) * remaining
        self.tasks, self.witness = {}, None

    def _check(self):
        if self._end is not None and time.monotonic() >= self._end:
            raise _OutOfTime

    def _in_time(self):
        return self._end is None or time.monotonic() < self._end

    def outcome(self):
        complete = True
        try:
            self._search()
            self._balls()
            self._cells()
        except _OutOfTime:
            complete = False
        bounds = tuple(self._bound(other) for other in self.question.others)
        if not complete and self.witness is None and not any(bound.lower for bound in bounds):
            raise BackendTimeout(
                f"time limit of {self.question.limits.deadline.timeout:g} s reached before anything was proved; "
                "raise timeout= (None: no limit)"
            )
        details = {"complete": complete, "dimension": max((t.local.dimension for t in self._open()), default=0)}
        return Outcome(bounds, self.witness, None, details)

    def _open(self):
        return [task for task in self.tasks.values() if task.local is not None]

    def _search(self):
        question = self.question
        for other in question.others:
            near = self.certifier._near.get(other)
            separation = self.certifier.separations().between(
                question.c, other, question.point, question.norm, question.box
            )
            task = Task(separation, question.options.seed, self._check, near)
            self.tasks[other] = task
            if task.scale is not None:
                self.certifier._near[other] = task.scale
        # Cheap looks at all classes, then the nearest ones in earnest.
        for task in self._open():
            task.search(rounds=4, starts=6)
        for task in sorted(self._open(), key=self._upper):
            if self._upper(task) <= 3 * float(self._nearest()):
                task.search()
                self._improve_witness(task)
        if self.witness is None:
            for task in self._open():
                if task.points:
                    self._improve_witness(task)

    def _upper(self, task):
        r"""Return the distance found for a class as a float in the units of the question; sorted, nothing more."""
        return float("inf") if task.upper == float("inf") else float(from_flint(self._distance(task, task.upper)))

    def _nearest(self):
        return min(map(self._upper, self._open()), default=float("inf"))

    @staticmethod
    def _distance(task, scaled):
        return dyadic(scaled) * power_of_two(task.scale)

    def _improve_witness(self, task):
        other = next(k for k, t in self.tasks.items() if t is task)
        if self.witness is not None and self.witness.upper <= from_flint(self._distance(task, task.upper)):
            return
        point = task.witness()
        if point is None:
            return
        question = self.question
        squared = distance_squared(point, question.point, question.norm)
        upper = round_up(root_above(squared))
        if self.witness is None or upper < self.witness.upper:
            self.witness = Witness(other, upper, point)

    def _goal(self):
        r"""Return the distance to prove for every class, a rational or infinity, and whether the radius is decided."""
        question, upper = self.question, infinity if self.witness is None else self.witness.upper
        if question.radius is None:
            return upper * (1 - question.tolerance / 2) if upper != infinity else infinity, False
        if upper <= question.radius:
            return QQ.zero(), True
        beyond = question.radius * (1 + QQ((1, 2**20)))
        return (beyond if beyond < upper else (question.radius + upper) / 2), False

    def _scaled(self, task, distance):
        if distance == infinity:
            return float("inf")
        return float(distance / from_flint(power_of_two(task.scale)))

    def _balls(self):
        goal, decided = self._goal()
        if decided:
            return
        for task in sorted(self._open(), key=self._upper):
            self._check()
            task.prove_ball(self._scaled(task, goal))

    def _cells(self):
        cells = _CELLS
        while cells <= _MOST_CELLS:
            tasks = [task for task in self._open() if task.can_subdivide()]
            for task in sorted(tasks, key=self._upper):
                for _ in range(20):
                    self._check()
                    goal, decided = self._goal()
                    if decided:
                        return
                    reach = self._scaled(task, goal)
                    if reach == float("inf"):
                        reach = 2 * task.lower
                    if task.lower >= reach * (1 - 1e-11):
                        break
                    before, upper = task.lower, task.upper
                    task.subdivide(reach, cells, self._in_time)
                    if task.upper < upper:
                        self._improve_witness(task)
                    elif task.lower < reach * (1 - 1e-11) or task.lower <= before:
                        break
            cells *= 4

    def _bound(self, other):
        task = self.tasks.get(other)
        if task is None:
            return Bound(other, QQ.zero(), {"kind": "trivial"}, argument=_ARGUMENTS["trivial"])
        if task.constant:
            return Bound(other, infinity, {"kind": "positive"}, argument=_ARGUMENTS["positive"])
        lower, proof = task.proved()
        return Bound(other, from_flint(lower), proof, argument=_ARGUMENTS[proof["kind"]])
