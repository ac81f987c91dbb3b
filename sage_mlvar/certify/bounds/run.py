r"""
The answer to one question about the distance to the nearest failure: the steps, their order and their time.

First a failure is looked for, then a ball is tried, then cuts by hyperplanes and small cells, with ever more pieces,
until the bracket is narrow enough or the time is over.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier.random([3, 6, 3], activation=5, seed=1)
    sage: C.certify([1, "1/2", -1], 1/100, certifier="bounds").verdict
    'robust'
"""

import time

from ... import _sage  # noqa: F401
from ...check.slabs import MOST_NODES
from ...errors import BackendTimeout
from ..base import Bound, Outcome, Witness
from ..certify import distance_squared
from ..flint_numbers import from_flint
from ..rounding import root_above, round_up
from .task import Task
from .witness import dyadic, power_of_two

from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ

__all__ = ["Run"]

#: Part of the time that is kept for checking what was found.
_RESERVE = 0.25
#: At most this part of the time is kept for one quadratic function for each class.
_MOST_RESERVE = 0.6
#: Cells of the first subdivision of a class; each further one may have four times as many.
_CELLS = 8_000
#: Pieces of the first cuts by hyperplanes of a class, and the factor for later ones.
_PIECES = 16
_MORE = 4
#: Where cells can follow, so many pieces are enough, and this part of the time.
_ENOUGH = 128
_SHARE = 0.4
#: Failures that turn up one after the other, each a little nearer, before less is asked for.
_NEWS = 3
#: When they do not prove the distance, the gap is halved so often, or until it is this part of the distance.
_HALVINGS = 4
_NARROW = 1e-3
#: In deep networks, the part of the time that is kept to see what the pieces prove, by so many bisections.
_GATHERING = 0.15
_BISECTIONS = 5
#: There this part of the gap is asked for until it is that part of the distance.
_ASKED = 0.3
_CLOSE = 1e-3
#: Classes that are proved to be so many times as far as the nearest one wait for it.
_APART = 1.25
#: In so many variables cells are better.
_FEW = 2
#: In more variables than these the checker takes seconds for each piece.
_MANY = 300
#: Cells, for all classes, when no failure is in sight.
_BLIND = 10_000
#: Seconds that the checker may need for the cells of all classes.
_CHECKING = 25.0

_ARGUMENTS = {
    "majorant": "the layers cannot change enough within the distance",
    "taylor": "a quadratic function below the margin is positive within the distance",
    "cover": "none of the cells that cover all points within the distance holds a boundary point",
    "slabs": "none of the pieces between hyperplanes of the points within the distance holds a boundary point",
    "positive": "the difference of the outputs is a nonzero constant",
    "trivial": "nothing better than zero was proved",
}


class _OutOfTime(Exception):
    r"""The search ends, and what is known is checked."""


class Run:
    r"""
    The answer to one question.

    INPUT:

    - ``separations`` -- :class:`~sage_mlvar.certify.bounds.separations.Separations` of the network
    - ``question`` -- a :class:`~sage_mlvar.certify.base.Question`
    """

    def __init__(self, separations, question):
        self.separations, self.question = separations, question
        remaining = question.limits.deadline.remaining()
        self._checking = _CHECKING if remaining is None else min(_CHECKING, 0.6 * _RESERVE * remaining)
        self._end = None if remaining is None else time.monotonic() + (1 - _RESERVE) * remaining
        self.tasks, self.witness, self._piece = {}, None, None

    def _keep_time(self, task):
        r"""Keep the time that the checker will need for one quadratic function for each class."""
        self._piece = task.seconds_per_piece()
        remaining = self.question.limits.deadline.remaining()
        if remaining is not None:
            kept = min(_MOST_RESERVE * remaining, 1.2 * self._piece * len(self.question.others))
            self._end = min(self._end, time.monotonic() + remaining - kept)

    def _check(self):
        if self._end is not None and time.monotonic() >= self._end:
            raise _OutOfTime

    def _in_time(self):
        return self._end is None or time.monotonic() < self._end

    def outcome(self):
        r"""Return the :class:`~sage_mlvar.certify.base.Outcome`."""
        complete = True
        try:
            self._look()
            self._balls()
            self._search()
            self._balls()
            finished = self._slabs()
            self._cells()
            complete = finished or self._slabs(last=True)
        except _OutOfTime:
            complete = False
        bounds = tuple(self._bound(other) for other in self.question.others)
        if not complete and self.witness is None and not all(bound.lower for bound in bounds):
            raise BackendTimeout(
                f"time limit of {self.question.limits.deadline.timeout:g} s reached before any distance was proved; "
                "raise timeout= (None: no limit)"
            )
        details = {"complete": complete, "dimension": max((t.local.dimension for t in self._open()), default=0)}
        return Outcome(bounds, self.witness, None, details)

    def _open(self):
        return [task for task in self.tasks.values() if task.local is not None]

    def _verifying(self):
        deadline = self.question.limits.deadline
        if deadline.remaining() == 0:
            raise TimeoutError

    def _look(self):
        r"""Look at all classes, and be content with some failure."""
        question = self.question
        for other in question.others:
            separation = self.separations.between(question.c, other, question.point, question.norm, question.box)
            task = Task(separation, question.options.seed, self._check, self.separations.near)
            self.tasks[other] = task
            if task.local is not None and self._piece is None:
                self._keep_time(task)
            if task.scale is not None:
                self.separations.near = task.scale
        for task in self._open():
            task.search(rounds=4, starts=6)
        for task in sorted(self._open(), key=self._upper):
            if self._upper(task) < float("inf"):
                self._improve_witness(task)

    def _search(self):
        r"""Look at the nearest classes in earnest."""
        if self._decided():
            return
        for task in sorted(self._open(), key=self._upper):
            if self._upper(task) <= 3 * self._nearest():
                task.search()
                self._improve_witness(task)
                if self._decided():
                    return

    def _decided(self):
        r"""Return whether the radius in question is."""
        radius = self.question.radius
        if radius is None:
            return False
        if self.witness is not None and self.witness.upper <= radius:
            return True
        return all(
            task.constant or (task.scale is not None and task.lower > self._scaled(task, radius) * (1 + 1e-9))
            for task in self.tasks.values()
        )

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
        r"""Return the distance to prove for every class, a rational or infinity."""
        question, upper = self.question, infinity if self.witness is None else self.witness.upper
        if question.radius is None:
            return upper * (1 - question.tolerance / 2) if upper != infinity else infinity
        beyond = question.radius * (1 + QQ((1, 2**20)))
        return beyond if beyond < upper else (question.radius + upper) / 2

    def _scaled(self, task, distance):
        if distance == infinity:
            return float("inf")
        return float(distance / from_flint(power_of_two(task.scale)))

    def _balls(self):
        if self._decided():
            return
        for task in sorted(self._open(), key=self._upper):
            self._check()
            task.prove_ball(self._scaled(task, self._goal()))

    def _slabs(self, last=False):
        r"""
        Cut by hyperplanes, and return whether the time sufficed: where cells can follow, they get a part of it, unless
        this comes ``last``.
        """
        tasks = [task for task in self._open() if _FEW < task.local.dimension <= _MANY]
        if self._decided() or not tasks:
            return True
        most = min(int(self._checking / self._piece), MOST_NODES // 2)
        share = 1.0
        if all(task.can_subdivide() for task in tasks):
            most = min(most, _ENOUGH)
            share = 1.0 if last else _SHARE
        end, now = self._end, time.monotonic()
        if end is not None:
            self._end = now + share * (end - now)
        try:
            (self._grow if tasks[0].is_deep() else self._cut_all)(tasks, most)
        except _OutOfTime:
            return False
        finally:
            self._end = end
        return True

    def _cut_all(self, tasks, most):
        r"""Cut for all classes: into few pieces first, then into more, at most so many together."""
        pieces, apart = min(_PIECES, most), float("inf")
        while True:
            for task in sorted(tasks, key=self._lower):
                # The nearest boundary counts: what is proved to be farther away can wait.
                if self._lower(task) > apart:
                    break
                left = most - sum(other.pieces() for other in tasks if other is not task)
                if self._cut(task, min(pieces, left)):
                    return
            blind = self._goal() == infinity
            if blind or pieces >= most or all(task.lower >= self._reach(task) * (1 - 1e-11) for task in tasks):
                return
            pieces, apart = min(_MORE * pieces, most), _APART * min(map(self._lower, tasks))

    def _lower(self, task):
        r"""Return the distance proved for a class as a float in the units of the question; sorted, nothing more."""
        return float(from_flint(self._distance(task, task.lower)))

    def _cut(self, task, pieces):
        r"""Cut for one class; return whether the question is answered."""
        begin, news = task.lower, 0
        while not self._decided() and news < _NEWS:
            self._check()
            high, upper = self._reach(task), task.upper
            if task.lower >= high * (1 - 1e-11):
                return False
            # What failed with fewer pieces is tried first; after a success, twice the gain.
            aim = min(high, max(task.failed, task.lower + 2 * (task.lower - begin)))
            if not task.cut(aim, pieces):
                if task.upper == upper:
                    task.failed = aim
                    break
                news += 1
                self._improve_witness(task)
        task.failed = min(task.failed, self._reach(task))
        for _ in range(_HALVINGS):
            if self._decided() or task.lower >= task.failed * (1 - _NARROW):
                break
            middle = (task.lower + task.failed) / 2
            if not task.cut(middle, pieces):
                task.failed = middle
        return self._decided()

    def _grow(self, tasks, most):
        r"""
        Cut for all classes of a deep network, into at most so many pieces together.

        Pieces take long there, and none is given up: part of the gap is asked for, again and again, for the class that
        is proved to be the least far, and in the end what the pieces prove.
        """
        end = self._end
        if end is not None:
            self._end = end - _GATHERING * (end - time.monotonic())
        try:
            while not self._decided():
                waiting = [task for task in tasks if task.lower < self._reach(task) * (1 - 1e-11)]
                if not waiting:
                    return
                task = min(waiting, key=self._lower)
                left, upper = most - sum(other.pieces() for other in tasks if other is not task), task.upper
                if self._goal() == infinity:
                    # There may be nothing at any distance.
                    left = min(left, _PIECES)
                if task.cut(self._aim(task), left, keep=True):
                    continue
                if task.upper == upper:
                    break
                self._improve_witness(task)
        except _OutOfTime:
            self._end = end
            self._gather(tasks)
            raise
        finally:
            self._end = end
        self._gather(tasks)

    def _aim(self, task):
        high = self._reach(task)
        if self.question.radius is not None or task.lower > high * (1 - _CLOSE):
            return high
        return task.lower + _ASKED * (high - task.lower)

    def _gather(self, tasks):
        r"""Look for the largest distances that the pieces prove."""
        for task in sorted(tasks, key=self._lower):
            low, high = task.lower, self._aim(task)
            for _ in range(_BISECTIONS):
                if not self._decided():
                    middle = (low + high) / 2
                    low, high = (middle, high) if task.cut(middle, 0, keep=True) else (low, middle)

    def _cells(self):
        tasks = [task for task in self._open() if task.can_subdivide()]
        if not tasks:
            return
        most, cells = int(self._checking / max(task.seconds_per_cell() for task in tasks)), _CELLS
        before = 0.0
        while cells < 4 * most:
            if self._goal() == infinity and self.question.radius is None:
                most = min(most, _BLIND)
            for task in sorted(tasks, key=self._upper):
                # What the others have used of the checker's time is gone.
                left = most - sum(other.cells() for other in tasks if other is not task)
                if self._subdivide(task, min(cells, left)):
                    return
            if all(task.lower >= self._reach(task) * (1 - 1e-11) for task in tasks):
                return
            lower = min(task.lower for task in tasks)
            if self._goal() != infinity or lower <= before:
                cells *= 4
            elif all(task.lower >= task.extent() * (1 - 1e-11) for task in tasks):
                return
            before = lower

    def _reach(self, task):
        goal = self._goal()
        if goal == infinity:
            # Without a failure in sight, all classes together are taken further.
            goal = 2 * min(from_flint(self._distance(other, other.lower)) for other in self._open())
        return min(self._scaled(task, goal), task.extent())

    def _subdivide(self, task, cells):
        r"""Subdivide as long as there is news; return whether the question is answered."""
        for _ in range(20):
            self._check()
            if self._decided():
                return True
            reach = self._reach(task)
            if cells <= 0 or task.lower >= reach * (1 - 1e-11):
                return False
            before, upper = task.lower, task.upper
            task.subdivide(reach, cells, self._in_time)
            if task.upper < upper:
                self._improve_witness(task)
            elif task.lower < reach * (1 - 1e-11) or task.lower <= before:
                return False
        return False

    def _bound(self, other):
        task = self.tasks.get(other)
        if task is None:
            return Bound(other, QQ.zero(), {"kind": "trivial"}, argument=_ARGUMENTS["trivial"])
        if task.constant:
            return Bound(other, infinity, {"kind": "positive"}, argument=_ARGUMENTS["positive"])
        lower, proof = task.proved(self._verifying)
        lower = infinity if lower is None else from_flint(lower)
        return Bound(other, lower, proof, argument=_ARGUMENTS[proof["kind"]])
