r"""
What a method of certification is asked, and what it answers.

A certifier is a class registered under the entry-point group ``sage_mlvar.certifiers``. An instance belongs to one
classifier and keeps what the data points share. It answers a :class:`Question` by an :class:`Outcome`: one proved
:class:`Bound` for each competing class and one :class:`Witness`. The verdict is not the certifier's: it is drawn, and
the witness checked exactly, by :func:`sage_mlvar.certify.certify`.

EXAMPLES::

    sage: from sage_mlvar.certify import table
    sage: [row["name"] for row in table()][:2]
    ['bounds', 'critical']
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from .. import _sage  # noqa: F401
from ..computation import PROVED

from sage.rings.infinity import infinity

__all__ = ["Bound", "Certifier", "Nearest", "Outcome", "Question", "Witness"]


@dataclass(frozen=True)
class Question:
    r"""
    How far is the nearest failure of a classifier from a data point?

    - ``classifier`` -- a :class:`~sage_mlvar.models.classifier.PolynomialClassifier`
    - ``point`` -- tuple of rationals, strictly of class ``c``
    - ``c`` -- the predicted class
    - ``others`` -- tuple of the other classes
    - ``radius`` -- the rational radius in question, or ``None``
    - ``tolerance`` -- rational, the relative width wanted of the bracket of the distance
    - ``norm`` -- ``"euclidean"`` or ``"maximum"``
    - ``box`` -- tuple of pairs of rationals, outside of which failures do not count, or ``None``
    - ``cross_check`` -- boolean; repeat the work of an engine with another one
    - ``options`` -- resolved :class:`~sage_mlvar.options.Options`
    - ``limits`` -- :class:`~sage_mlvar.options.Limits`, running since the question was asked
    """

    classifier: object
    point: tuple
    c: int
    others: tuple
    radius: object
    tolerance: object
    norm: str
    box: tuple | None
    cross_check: bool
    options: object
    limits: object


@dataclass(frozen=True)
class Bound:
    r"""
    A lower bound of the distance to the boundary with one class.

    - ``other`` -- the class
    - ``lower`` -- rational; or infinity, when there is no boundary
    - ``proof`` -- dictionary ready for JSON, with its ``"kind"``; what the checker needs to verify the bound
    - ``status`` -- ``"proved"`` or ``"probable"``
    - ``argument`` -- one sentence
    - ``trusted`` -- tuple of sentences: what the proof takes from the literature or from an engine
    """

    other: int
    lower: object
    proof: dict = field(hash=False)
    status: str = PROVED
    argument: str = ""
    trusted: tuple = ()


@dataclass(frozen=True)
class Witness:
    r"""
    A failure: a point at which class ``other`` is at least as large as the predicted one.

    - ``other`` -- the class
    - ``upper`` -- rational, at least the distance of the point
    - ``point`` -- tuple of rationals, or ``None`` for a point that is not rational
    - ``proof`` -- dictionary ready for JSON that describes and proves a point that is not rational, else ``None``
    """

    other: int
    upper: object
    point: tuple | None
    proof: dict | None = field(default=None, hash=False)


@dataclass(frozen=True)
class Nearest:
    r"""
    A ball that holds a nearest point of the boundary with class ``other``.

    - ``other`` -- the class
    - ``center`` -- tuple of rationals
    - ``radius`` -- rational
    """

    other: int
    center: tuple
    radius: object


@dataclass(frozen=True)
class Outcome:
    r"""
    The answer of a certifier.

    - ``bounds`` -- tuple of :class:`Bound`, one for each competing class
    - ``witness`` -- a :class:`Witness`, or ``None``
    - ``nearest`` -- a :class:`Nearest`, or ``None``
    - ``details`` -- further facts by name
    """

    bounds: tuple
    witness: Witness | None = None
    nearest: Nearest | None = None
    details: dict = field(default_factory=dict, hash=False)

    def lower(self):
        r"""Return the least of the lower bounds."""
        return min((bound.lower for bound in self.bounds), default=infinity)


class Certifier(ABC):
    r"""
    A method that proves bounds of the distance from data points to the failures of one classifier.

    INPUT: ``classifier`` -- a :class:`~sage_mlvar.models.classifier.PolynomialClassifier`

    Instances must pickle, with what they have learnt about the classifier: they are sent to worker processes.
    """

    api = 1
    name = ""
    description = ""

    def __init__(self, classifier):
        self.classifier = classifier

    @classmethod
    @abstractmethod
    def can_certify(cls, classifier, norm="euclidean", box=None):
        r"""Return ``True``, or a string that says why this method does not apply."""

    @abstractmethod
    def predicted_seconds(self, question):
        r"""Return a rough prediction of the seconds that :meth:`certify` takes."""

    @abstractmethod
    def certify(self, question):
        r"""
        Return the :class:`~sage_mlvar.certify.base.Outcome`.

        Raises :class:`~sage_mlvar.errors.NotProvedError` or :class:`~sage_mlvar.errors.OutOfReachError` when the
        method cannot answer, and :class:`~sage_mlvar.errors.BackendTimeout` when the time is up and nothing is known.
        """
