r"""
Spread the points of a data set over processes, and lose none when a process dies.

The processes are a crew: those of this machine (:mod:`~sage_mlvar.certify.many.local`) or of a cluster
(:mod:`~sage_mlvar.certify.many.cluster`). They are given batches that take a fraction of a second, and hand back what
they have not come to, so that a slow point holds nothing else. When a process dies, the points that it may have died of
are tried one at a time; one that kills its process again becomes a record that says so.

EXAMPLES::

    sage: from concurrent.futures import Future
    sage: from sage_mlvar.certify.many.spread import Crew, spread
    sage: class Alone(Crew):
    ....:     def start(self):
    ....:         raise NotImplementedError
    ....:     is_started = is_ready = give = start
    ....:     def width(self):
    ....:         return 1
    ....:     def submit(self, batch, learn=False):
    ....:         future = Future()
    ....:         future.set_result(([(index, {"index": index}, None) for index, *_ in batch], 0.01, None))
    ....:         return future
    ....:     def done(self, futures):
    ....:         return list(futures)
    ....:     def result(self, future):
    ....:         return future.result()
    sage: [index for index, *_ in spread(Alone(), [(k, [], None) for k in range(5)])]
    [0, 1, 2, 3, 4]
"""

import time
from abc import ABC, abstractmethod
from collections import Counter, deque

from ...errors import BackendError

__all__ = ["BATCH_SECONDS", "Crew", "Lost", "Withdrawn", "spread"]

#: How long a batch should take.
BATCH_SECONDS = 0.25
_LARGEST_BATCH = 64
#: Batches for each process, so that it never waits for the next one.
_AHEAD = 2
_DEATHS = 2
_MOST_WITHDRAWALS = 20


class Lost(Exception):
    r"""The process that worked on a batch died, perhaps of it."""


class Withdrawn(Exception):
    r"""A batch was not done, and not because of what is in it."""


class Crew(ABC):
    r"""Processes that certify batches of points, inside of a ``with`` block."""

    @abstractmethod
    def start(self):
        r"""Begin to start the processes, without waiting for them; nothing when that has been done."""

    @abstractmethod
    def is_started(self):
        r"""Return whether the start of the processes has begun."""

    @abstractmethod
    def is_ready(self):
        r"""Return at once whether a process is there that could begin to work."""

    @abstractmethod
    def width(self):
        r"""Return how many batches are worked on at the same time."""

    @abstractmethod
    def give(self, packed):
        r"""Give processes the bytes of a :class:`~sage_mlvar.certify.many.task.Task`, once each; after the start."""

    @abstractmethod
    def submit(self, batch, learn=False):
        r"""
        Return a future for a batch.

        INPUT:

        - ``batch`` -- list of triples of index, point (list of numbers) and label
        - ``learn`` -- boolean; return the task with what was learnt, too
        """

    @abstractmethod
    def done(self, futures):
        r"""Wait for about a second until some of these futures are done, and return those, a list."""

    @abstractmethod
    def result(self, future):
        r"""
        Return what became of a batch.

        OUTPUT: a triple

        - list of triples of index, record and text of the certificate, for the first points of the batch, at least one
          unless it is empty
        - the seconds they took
        - the bytes of the task with what was learnt, or ``None``

        Raises :class:`Lost` and :class:`Withdrawn`.
        """

    def waits(self, future, seconds=None):
        r"""Wait until a future is done, or the seconds have passed; return whether it is."""
        end = None if seconds is None else time.monotonic() + seconds
        while not self.done([future]):
            if end is not None and time.monotonic() > end:
                return False
        return True


def spread(crew, points, running=None):
    r"""
    Certify points by a crew.

    INPUT:

    - ``crew`` -- a :class:`Crew`
    - ``points`` -- list of triples: index, point (list of numbers) and label
    - ``running`` -- dictionary from the futures of the crew that are worked on already to their batches

    OUTPUT: iterator over triples of index, record and text of the certificate, in the order in which they come

    Raises :class:`~sage_mlvar.errors.BackendError` when the processes die without any work, too.
    """
    left, suspects, running = deque(points), deque(), dict(running or {})
    seconds, withdrawals = None, 0
    while left or suspects or running:
        if not suspects:
            while left and len(running) < _AHEAD * crew.width():
                batch = _batch(left, seconds, crew.width())
                running[crew.submit(batch)] = batch
        elif not running:
            yield from _alone(crew, suspects.popleft())
            continue
        for future in crew.done(running):
            batch = running.pop(future)
            try:
                answers, took, _ = crew.result(future)
            except Lost:
                suspects.extend(batch)
                continue
            except Withdrawn as error:
                withdrawals += 1
                if withdrawals > _MOST_WITHDRAWALS:
                    raise BackendError(f"the processes give work back again and again: {error}") from error
                left.extendleft(reversed(batch))
                continue
            withdrawals = 0
            left.extendleft(reversed(batch[len(answers) :]))
            each = took / len(answers)
            seconds = each if seconds is None else (seconds + each) / 2
            yield from answers


def _batch(left, seconds, width):
    r"""Take the next batch: as many points as fit into its time, fewer towards the end."""
    size = 1 if seconds is None else int(BATCH_SECONDS / max(seconds, 1e-6))
    size = max(1, min(size, _LARGEST_BATCH, len(left) // (_AHEAD * width)))
    return [left.popleft() for _ in range(size)]


def _alone(crew, point):
    r"""Certify one point while nothing else is worked on."""
    index, _, label = point
    ends = Counter()
    while ends[Lost] < _DEATHS and ends[Withdrawn] < _MOST_WITHDRAWALS:
        try:
            answers, *_ = _now(crew, [point])
        except (Lost, Withdrawn) as error:
            ends[type(error)] += 1
            continue
        yield from answers
        return
    try:
        _now(crew, [])
    except (Lost, Withdrawn) as error:
        raise BackendError(
            f"the processes that certify points end by themselves, also without work: {error}; perhaps for want of "
            "memory: try fewer"
        ) from error
    known = {"index": index} if label is None else {"index": index, "label": label}
    reason = f"the process that certified it ended by itself, {_DEATHS} times, perhaps for want of memory"
    if ends[Lost] < _DEATHS:
        reason = f"it was given back without an answer {_MOST_WITHDRAWALS} times, and other work was not"
    yield index, {**known, "error": f"BackendError: {reason}"}, None


def _now(crew, batch):
    future = crew.submit(batch)
    crew.waits(future)
    return crew.result(future)
