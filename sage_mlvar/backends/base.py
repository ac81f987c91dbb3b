r"""
What a backend is: a class that runs one engine.

A backend states what it can do and translates one :class:`Task` at a time. Choosing a backend, trivial systems,
translation from and to Sage and the status of the answer are the business of :mod:`sage_mlvar.backends`.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from .. import _sage  # noqa: F401
from ..errors import BackendError

from sage.features import FeatureNotPresentError

__all__ = ["Answer", "Backend", "Count", "Hilbert", "Parametrization", "Task", "VERBS"]

VERBS = (
    "groebner_basis",
    "eliminate",
    "saturate",
    "radical",
    "decompose",
    "count",
    "solve",
    "parametrize",
    "hilbert",
)


@dataclass(frozen=True)
class Task:
    r"""
    One question to an engine.

    - ``verb`` -- one of ``VERBS``
    - ``system`` -- a :class:`~sage_mlvar.backends.system.System`, free of zeros and units
    - ``eliminate`` -- integer; the first so many variables of the system are to be eliminated
    - ``by`` -- for ``saturate``: a one-element system in the same variables
    """

    verb: str
    system: object
    eliminate: int = 0
    by: object = None


@dataclass(frozen=True)
class Count:
    r"""
    Solutions of a zero-dimensional system over the algebraic closure.

    - ``degree`` -- with multiplicity (dimension of the quotient ring), or ``None`` when there are infinitely many
    - ``distinct`` -- a lower bound of the number of different ones; equal to ``degree`` only if all are simple
    """

    degree: int | None
    distinct: int | None


@dataclass(frozen=True)
class Hilbert:
    r"""
    Dimension and degree of the affine variety of an ideal (of its projective closure).

    The empty variety has dimension -1 and degree 0.
    """

    dimension: int
    degree: int


@dataclass(frozen=True)
class Parametrization:
    r"""
    The solutions of a zero-dimensional system over Q as rational functions on the roots of one polynomial.

    ``x_k = numerators[k](T) / denominator(T)`` for the roots ``T`` of ``eliminating``. Nothing of it is proved by the
    engine: :mod:`sage_mlvar.invariants.rational_parametrization` checks it.

    - ``eliminating`` -- tuple of rationals, the coefficients from the constant term on
    - ``denominator`` -- the same for the common denominator
    - ``numerators`` -- tuple of such tuples, by variable of the ring
    - ``form`` -- tuple of rationals: ``T`` is this linear form in the variables of the ring
    """

    eliminating: tuple
    denominator: tuple
    numerators: tuple
    form: tuple


@dataclass(frozen=True)
class Answer:
    r"""What a backend returns: ``value``, ``seconds`` of the engine, ``peak_memory`` in bytes or ``None``."""

    value: object
    seconds: float = 0.0
    peak_memory: int | None = None


class Backend(ABC):
    r"""
    Base class of backends.

    A subclass sets ``name``, ``description``, ``url``, ``verbs`` and implements :meth:`version`, :meth:`feature` and
    a method for each of its verbs, which takes a :class:`Task` and a :class:`~sage_mlvar.options.Limits` and returns
    an :class:`Answer`:

    - ``groebner_basis`` -- value: list of polynomials, a degrevlex Gröbner basis
    - ``eliminate`` -- generators of the elimination ideal, free of the first ``task.eliminate`` variables
    - ``saturate`` -- generators of the saturation by ``task.by``
    - ``radical`` -- generators of the radical
    - ``decompose`` -- a primary decomposition: list of pairs of lists, the generators of a primary ideal and of its
      radical
    - ``count`` -- a :class:`Count`
    - ``solve`` -- the real solutions, each a list of pairs of rationals (isolating intervals), by variable of the ring
    - ``parametrize`` -- a :class:`Parametrization` of the solutions, with the variables in the order of the ring;
      ``None`` when there are infinitely many
    - ``hilbert`` -- a :class:`Hilbert`

    Polynomials in a value are strings in the variables ``x0, x1, …`` of the system.
    """

    api = 1
    name = ""
    description = ""
    url = ""
    verbs = ()

    @abstractmethod
    def version(self):
        r"""Return the version of the engine, a string."""

    @abstractmethod
    def feature(self):
        r"""Return the Sage feature that tells whether the engine is there."""

    def resolution(self):
        r"""Return what to do when the engine is missing."""
        return "python -m pip install 'sage_mlvar[passagemath]' brings it"

    def can_run(self, task):
        r"""Return ``True``, or a string that says why ``task`` is not for this backend."""
        return True if task.verb in self.verbs else f"{self.name} does not do {task.verb}"

    def is_exact(self, verb, characteristic):
        r"""Whether answers to ``verb`` in this characteristic count as proved."""
        return True

    def require(self):
        r"""Raise Sage's ``FeatureNotPresentError``, with the way out, unless the engine is there."""
        feature = self.feature()
        present = feature.is_present()
        if not present:
            raise FeatureNotPresentError(feature, reason=present.reason, resolution=self.resolution())

    def run(self, task, limits):
        r"""Run ``task``; the engine must be there and able to."""
        self.require()
        return getattr(self, task.verb)(task, limits)

    def fail(self, finished):
        r"""Raise a :class:`~sage_mlvar.errors.BackendError` with the engine's own words."""
        raise BackendError(f"{self.name} failed: {finished.last_words()}")

    def __repr__(self):
        return f"<backend {self.name!r}>"
