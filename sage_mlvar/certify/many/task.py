r"""
What is asked of every point of a data set, in this process or another one.

The record of a point must be the same whichever process answers it, and in whatever order. A process that has answered
other points has learnt from them, which makes some methods faster. ``certifier="auto"`` therefore chooses by what the
methods predict for a network that is new to them.

EXAMPLES::

    sage: import pickle
    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.many.task import Task
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: task = pickle.loads(pickle.dumps(Task(C, {"certifier": "auto", "radius": "1/2"})))
    sage: index, record, document = task.run(7, ["1", "0"], 0)
    sage: index, record["verdict"], record["method"], document is None
    (7, 'robust', 'quadric', True)
"""

import pickle
from dataclasses import dataclass

from ... import _sage  # noqa: F401
from ...errors import CertificateError
from ...exact import rational_list
from ...options import resolve
from .. import registry
from ..base import Question
from ..choice import choose
from ..network import network_of
from .folder import CertificateFolder
from .records import answer, record_of_error

__all__ = ["Task"]

#: What certify takes besides the point and the options.
_ASKED = ("radius", "certifier", "tolerance", "norm", "box", "cross_check")


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
        if arguments["certifier"] == "auto" and (question := self._question(point)) is not None:
            arguments["certifier"] = self._methods(question) or "auto"
        record, certificate = answer(self.classifier, index, point, label, **arguments)
        if not self.documents or certificate is None:
            return index, record, None
        try:
            return index, record, CertificateFolder.document(certificate)
        except CertificateError as error:
            return index, record_of_error(index, label, error), None

    def predicted(self, point):
        r"""Return the class at a point, ``None`` at a tie."""
        outputs = network_of(self.classifier).outputs(rational_list(point, "point"))
        best = max(outputs)
        return outputs.index(best) if outputs.count(best) == 1 else None

    def predicted_seconds(self, point):
        r"""Return a rough prediction of the time that a first point of its class takes."""
        question = self._question(rational_list(point, "point"))
        if question is None:
            return 0.0
        name = (self._methods(question) or ["bounds"])[0]
        return float(self._unlearnt(self.classifier, name).predicted_seconds(question))

    def _question(self, point):
        r"""Return what is asked about a point, ``None`` at a tie."""
        c = self.predicted(point)
        if c is None:
            return None
        asked = {"radius": None, "tolerance": None, "norm": "euclidean", "box": None, "cross_check": False}
        asked.update((name, value) for name, value in self.arguments.items() if name in asked)
        resolved = resolve("certify", **{k: v for k, v in self.arguments.items() if k not in _ASKED})
        others = tuple(k for k in range(self.classifier.number_of_classes()) if k != c)
        return Question(self.classifier, tuple(point), c, others, **asked, options=resolved, limits=resolved.limits())

    def _methods(self, question):
        r"""Return the names of the certifiers to try."""
        asked = self.arguments["certifier"]
        if asked != "auto":
            return [asked] if isinstance(asked, str) else list(asked)
        return list(dict.fromkeys(candidate.name for candidate in choose(question, self._unlearnt)))

    def _unlearnt(self, classifier, name):
        if name not in self._fresh:
            self._fresh[name] = registry.get(name)(classifier)
        return self._fresh[name]
