r"""
What a worker process does: keep a task, and certify batches of points.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.many.task import Task
    sage: from sage_mlvar.certify.many.worker import run
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: packed = Task(C, {"certifier": "auto"}).packed()
    sage: answers, seconds, learnt = run("digest", lambda: packed, [(3, ["1", "0"], None)])
    sage: [index for index, record, document in answers]
    [3]
"""

import hashlib
import pickle
import time

from ...threads import one_thread
from .spread import BATCH_SECONDS

__all__ = ["digest_of", "reply", "run"]

#: The task that this process works on, by its digest.
_kept = {}


def digest_of(packed):
    r"""Return the name of a task, given as bytes."""
    return hashlib.sha256(packed).hexdigest()


def run(digest, load, batch, learn=False):
    r"""
    Certify the first points of a batch, for about as long as a batch should take.

    INPUT:

    - ``digest`` -- string that names the task
    - ``load`` -- function; returns the task as bytes, called once in each process
    - ``batch`` -- list of triples: index, point (list of numbers) and label
    - ``learn`` -- boolean; whether the task is wanted with what was learnt

    OUTPUT: a triple of the list of their results, the seconds they took, and the task as bytes or ``None``
    """
    if digest not in _kept:
        task = pickle.loads(load())
        _kept.clear()
        _kept[digest] = task
    task, found, begin = _kept[digest], [], time.monotonic()
    with one_thread():
        for index, point, label in batch:
            found.append(task.run(index, point, label))
            if time.monotonic() - begin > 2 * BATCH_SECONDS:
                break
    took, packed = time.monotonic() - begin, None
    if learn:
        packed = task.packed()
        # It will come back by this name, and need not be read.
        _kept.clear()
        _kept[digest_of(packed)] = task
    return found, took, packed


def reply(request, load):
    r"""
    Answer a request of another process.

    INPUT:

    - ``request`` -- bytes, a pickled triple of ``digest``, ``batch`` and ``learn`` as for :func:`run`; a digest
      ``None`` with an empty batch only asks for an answer
    - ``load`` -- function, as for :func:`run`

    OUTPUT: bytes, a pickled pair: ``True`` and what :func:`run` returns, or ``False`` and the exception that it raised
    """
    digest, batch, learn = pickle.loads(request)
    try:
        return pickle.dumps((True, ([], 0.0, None) if digest is None else run(digest, load, batch, learn)))
    except Exception as error:
        return pickle.dumps((False, error))
