r"""
What is asked of every point of a data set, in this process or another one.

The records of a run must not depend on which process answers which point, and in which order. So ``certifier="auto"``
chooses by what the methods predict for the first point of a network, not by what this process has learnt before.

EXAMPLES::

    sage: import pickle
    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.many_task import Task
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: task = pickle.loads(pickle.dumps(Task(C, {"certifier": "auto", "radius": "1/2"})))
    sage: index, record, document = task.run(7, ["1", "0"], 0)
    sage: index, record["verdict"], record["method"], document is None
    (7, 'robust', 'quadric', True)
"""

import pickle
from dataclasses import dataclass

from .. import _sage  # noqa: F401
from ..exact import rational_list
from ..options import resolve
from ..threads import one_thread
from . import registry
from .base import Question
from .certify import network_of
from .choice import choose
from .many_folder import CertificateFolder
from .records import answer

__all__ = ["Task", "warm_up"]

#: What certify takes besides the point and the options.
_ASKED = ("radius", "certifier", "tolerance", "norm", "box", "cross_check")
#: So many points are looked at for one of a class that none was certified of.
_MOST_LOOKED_AT = 500


@dataclass
class Task:
    r"""
    What is asked of every point.

    - ``classifier`` -- a :class:`~sage_mlvar.models.classifier.PolynomialClassifier`
    - ``arguments`` -- keywords of :func:`~sage_mlvar.certify.certify.certify`
    - ``documents`` -- boolean; whether the text of the certificate is wanted, too

    Pickled, it carries what the certifiers have learnt about the classifier.
    """

    classifier: object
    arguments: dict
    documents: bool = False

    def __post_init__(self):
        self._fresh = {}

    def __getstate__(self):
        return {
            "classifier": self.classifier,
            "arguments": self.arguments,
            "documents": self.documents,
            "certifiers": self.learnt(),
        }

    def __setstate__(self, state):
        certifiers = state.pop("certifiers")
        self.__dict__.update(state)
        self.__post_init__()
        self.classifier.__dict__.setdefault("_certifiers", {}).update(certifiers)

    def learnt(self):
        r"""Return the certifiers of the classifier, by name, with what they share between points."""
        return self.classifier.__dict__.get("_certifiers", {})

    def packed(self):
        r"""
        Return the task as bytes.

        Raises :class:`TypeError` when it cannot be sent to another process.
        """
        try:
            return pickle.dumps(self)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise TypeError(
                f"what is asked cannot be sent to other processes: {error}; jobs=1 without a client needs none"
            ) from error

    def run(self, index, point, label):
        r"""
        Certify one point.

        OUTPUT: a triple of the index, the record and the text of the certificate or ``None``
        """
        point = rational_list(point, f"X[{index}]")
        arguments = dict(self.arguments)
        if arguments["certifier"] == "auto":
            arguments["certifier"] = self._methods(point)
        record, certificate = answer(self.classifier, index, point, label, **arguments)
        document = CertificateFolder.document(certificate) if self.documents and certificate is not None else None
        return index, record, document

    def predicted(self, point):
        r"""Return the class at a point, ``None`` at a tie."""
        outputs = network_of(self.classifier).outputs(point)
        best = max(outputs)
        return outputs.index(best) if outputs.count(best) == 1 else None

    def _methods(self, point):
        c = self.predicted(point)
        if c is None:
            return "auto"
        asked = {"radius": None, "tolerance": None, "norm": "euclidean", "box": None, "cross_check": False}
        asked.update((name, value) for name, value in self.arguments.items() if name in _ASKED)
        asked.pop("certifier")
        resolved = resolve("certify", **{k: v for k, v in self.arguments.items() if k not in _ASKED})
        others = tuple(k for k in range(self.classifier.number_of_classes()) if k != c)
        question = Question(
            self.classifier, tuple(point), c, others, **asked, options=resolved, limits=resolved.limits()
        )
        return [name for name, _ in choose(question, self._unlearnt)] or "auto"

    def _unlearnt(self, classifier, name):
        if name not in self._fresh:
            self._fresh[name] = registry.get(name)(classifier)
        return self._fresh[name]


def warm_up(task, points):
    r"""
    Certify one point of one class after the other, for as long as that teaches the certifiers something.

    INPUT:

    - ``task`` -- a :class:`Task`
    - ``points`` -- list of triples of index, point and label; those that are certified are taken out

    OUTPUT: iterator over the results of :meth:`Task.run`

    EXAMPLES:

    The quadrics of each pair of classes are shared::

        sage: from sage_mlvar.certify.many_task import Task, warm_up
        sage: from sage_mlvar.data import digits, load_network
        sage: images, labels = digits()
        sage: points = [(k, images[k], labels[k]) for k in range(8)]
        sage: task = Task(load_network("digits_quadratic.json"), {"certifier": "auto"})
        sage: [record["label"] for _, record, _ in warm_up(task, points)], [k for k, *_ in points]
        ([0, 8, 9, 3, 7, 5], [2, 4])
    """
    seen, size = set(), len(task.packed())
    while (place := _unseen(task, points, seen)) is not None:
        with one_thread():
            found = task.run(*points.pop(place))
        yield found
        before, size = size, len(task.packed())
        if size == before:
            return


def _unseen(task, points, seen):
    if len(seen) == task.classifier.number_of_classes():
        return None
    for place, (_, point, _) in enumerate(points[:_MOST_LOOKED_AT]):
        c = task.predicted(rational_list(point, "point"))
        if c is not None and c not in seen:
            seen.add(c)
            return place
    return None
