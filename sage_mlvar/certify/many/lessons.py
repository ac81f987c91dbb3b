r"""
The first points of a data set: they are certified here while the others start, and what they teach is sent to all.

To start Sage in a process takes longer than to certify a hundred handwritten digits, so a small data set is certified
in this process alone. Points that take long are left to the others: meanwhile this process could not hand out work,
nor write results to the disk.

EXAMPLES:

The quadrics of each pair of classes are shared, so one point of each class comes first::

    sage: from sage_mlvar.certify.many.lessons import lessons
    sage: from sage_mlvar.certify.many.local import LocalCrew
    sage: from sage_mlvar.certify.many.task import Task
    sage: from sage_mlvar.data import iris, load_network
    sage: flowers, labels, _ = iris()
    sage: points = [(k, flowers[k], labels[k]) for k in (0, 1, 2, 50, 51, 100)]
    sage: with LocalCrew(2) as crew:
    ....:     task = Task(load_network("iris_quadratic.json"), {"certifier": "auto"})
    ....:     found = list(lessons(crew, task, points))
    ....:     crew.is_started()
    False
    sage: [record["label"] for _, record, _ in found], points
    ([0, 1, 2, 0, 0, 1], [])
"""

import pickle
import resource

from ...threads import one_thread
from .spread import Lost, Withdrawn

__all__ = ["lessons"]

#: Processes are started for work that takes longer, in CPU seconds: what the start of two or three of them takes.
_WORTH_A_START = 5.0
#: Here a point may take so long, and the first one of a class so long by its prediction, which is rough.
_LONGEST_POINT, _LONGEST_LESSON = 1.0, 30.0
#: The others wait for a lesson for so long, and three times its prediction: a slow point must not hold them.
_PATIENCE = 10.0
#: Without labels, so many points are looked at for one of each class.
_LOOKED_AT = 50


def lessons(crew, task, points):
    r"""
    Certify one point of one class after the other, and then others until the crew is ready.

    INPUT:

    - ``crew`` -- a :class:`~sage_mlvar.certify.many.spread.Crew`; it is started when that is worth while, and given the
      task with what was learnt
    - ``task`` -- a :class:`~sage_mlvar.certify.many.task.Task`
    - ``points`` -- list of triples of index, point and label; those that are certified are taken out

    OUTPUT: iterator over triples of index, record and text of the certificate. The generator returns what is still
    worked on, a dictionary as :func:`~sage_mlvar.certify.many.spread.spread` takes it
    """
    first = _one_of_each_class(task, points)
    chosen = {index for index, *_ in first}
    waiting = [*first, *(point for point in points if point[0] not in chosen)]
    done = 0
    for answer in _here(crew, task, waiting, len(first)):
        done += 1
        yield answer
    points[:] = waiting[done:]
    if not points:
        return {}
    crew.start()
    return (yield from _there(crew, task, points, len(first) - done))


def _one_of_each_class(task, points):
    r"""Return the first point of each class, by its label, else by what the network says of points here and there."""
    found = {}
    step = -(-len(points) // _LOOKED_AT)
    for place, triple in enumerate(points):
        _, point, label = triple
        if label is None and place % step == 0:
            label = task.predicted(point)
        if label is not None:
            found.setdefault(label, triple)
        if len(found) == task.classifier.number_of_classes():
            break
    return list(found.values())


def _here(crew, task, points, count):
    r"""Certify points in this process, of which the first ``count`` are lessons, for as long as that is wise."""
    begin, total = _spent(), 0.0
    for place, (index, point, label) in enumerate(points):
        moment = _spent()
        if place < count:
            expected, longest = task.predicted_seconds(point), _LONGEST_LESSON
            work = moment - begin + expected
        else:
            # What lessons take says nothing about other points.
            expected, longest = total / max(place - count, 1), _LONGEST_POINT
            work = expected * (len(points) - place)
        if work > _WORTH_A_START:
            crew.start()
        if expected > longest or (place >= count and crew.is_ready()):
            return
        with one_thread():
            answer = task.run(index, point, label)
        took = _spent() - moment
        total += took if place >= count else 0.0
        yield answer
        if took > longest:
            return


def _spent():
    r"""Return the CPU seconds of this process and its engines: on a busy machine a start takes longer, too."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _there(crew, task, points, count):
    r"""Have the crew certify the first ``count`` points, for as long as they teach something."""
    packed = task.packed()
    crew.give(packed)
    for _ in range(count):
        lesson = points.pop(0)
        try:
            # An empty batch is done when a process has started.
            crew.waits(crew.submit([]))
            future = crew.submit([lesson], learn=True)
            if not crew.waits(future, _PATIENCE + 3 * task.predicted_seconds(lesson[1])):
                return {future: [lesson]}
            answers, _, learnt = crew.result(future)
        except (Lost, Withdrawn):
            # It is tried again with the others, where that is dealt with.
            points.insert(0, lesson)
            return {}
        yield from answers
        if len(learnt) == len(packed):
            return {}
        packed = learnt
        crew.give(packed)
        # This process learns it, too.
        pickle.loads(packed)
    return {}
