r"""
The first points of a data set: what they teach the certifiers is sent to all processes before the others begin.

EXAMPLES:

The quadrics of each pair of classes are shared, so one point of each class comes first::

    sage: from sage_mlvar.certify.many_lessons import lessons
    sage: from sage_mlvar.certify.many_local import LocalCrew
    sage: from sage_mlvar.certify.many_task import Task
    sage: from sage_mlvar.data import digits, load_network
    sage: images, labels = digits()
    sage: points = [(k, [str(x) for x in images[k]], labels[k]) for k in range(8)]
    sage: with LocalCrew(1) as crew:
    ....:     task = Task(load_network("digits_quadratic.json"), {"certifier": "auto"})
    ....:     found = list(lessons(crew, task, points))
    sage: [record["label"] for _, record, _ in found], [k for k, *_ in points]
    ([0, 8, 9, 3, 7, 5], [2, 4])
"""

import pickle

from .many_spread import Lost, Withdrawn

__all__ = ["lessons"]

#: So many points are looked at for one of a class that none was certified of.
_MOST_LOOKED_AT = 500
#: The others wait for a lesson for so long, and three times its prediction: a slow point must not hold them.
_PATIENCE = 10.0


def lessons(crew, task, points):
    r"""
    Certify one point of one class after the other, for as long as that teaches the certifiers something.

    INPUT:

    - ``crew`` -- a :class:`~sage_mlvar.certify.many_spread.Crew`; it is given the task with what was learnt
    - ``task`` -- a :class:`~sage_mlvar.certify.many_task.Task`
    - ``points`` -- list of triples of index, point and label; those that are certified are taken out

    OUTPUT: iterator over triples of index, record and text of the certificate. The generator returns what is still
    worked on, a dictionary as :func:`~sage_mlvar.certify.many_spread.spread` takes it
    """
    packed, seen, ready = task.packed(), set(), False
    crew.give(packed)
    while (place := _unseen(task, points, seen)) is not None:
        lesson = points.pop(place)
        try:
            if not ready:
                # An empty batch is done when a process has started.
                ready = crew.waits(crew.submit([]))
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


def _unseen(task, points, seen):
    r"""Return the place of the first point of a class that is not among those seen, and add that; or ``None``."""
    if len(seen) < task.classifier.number_of_classes():
        for place, (_, point, _) in enumerate(points[:_MOST_LOOKED_AT]):
            c = task.predicted(point)
            if c is not None and c not in seen:
                seen.add(c)
                return place
    return None
