r"""
Which certifiers ``certifier="auto"`` tries, in which order, and why.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: PolynomialClassifier([[[1, 2]], [[1], [-1]]], [[0], [0, 2]]).certify([0, 0]).choice
    'quadric: predicted ... s'
"""

from dataclasses import replace
from typing import NamedTuple

from ..options import Deadline, Limits
from .registry import known, of

__all__ = ["Candidate", "choose", "with_part"]

#: Proves bounds of anything, and so comes after the methods that find the distance itself.
_LAST = "bounds"
#: The part of the time that is kept for it: at least and, if it is predicted to take more, at most.
_LEAST_KEPT, _MOST_KEPT = 0.25, 0.5
#: It has a first look when the others are predicted to take more seconds than these, with a radius and without: so much
#: of their time, and at most that part of the limit.
_SLOW, _VERY_SLOW = 3.0, 20.0
_LOOK, _MOST_LOOK = 0.25, 0.25


class Candidate(NamedTuple):
    r"""A certifier to try, and ``why``; with ``seconds``, it must answer all that is asked within these."""

    name: str
    why: str
    seconds: float | None = None


def choose(question, instance=of):
    r"""
    Return the certifiers to try, as :class:`Candidate`.

    Those that find the distance itself come first, the cheapest prediction first, if it fits into the time limit
    beside what is kept for the last one. Where they are slow, bounds may decide about a radius before, or be
    as narrow as asked for.

    INPUT:

    - ``question`` -- a :class:`~sage_mlvar.certify.base.Question`
    - ``instance`` -- function of a classifier and a name: the certifier to ask for its prediction, which depends on
      what that has learnt about the classifier
    """
    remaining = question.limits.deadline.remaining()
    if remaining is not None and _LAST in known():
        remaining -= _kept(question, remaining, instance)
    exact, late = [], []
    for name, cls in known().items():
        if name == _LAST or cls.can_certify(question.classifier, question.norm, question.box) is not True:
            continue
        seconds = float(instance(question.classifier, name).predicted_seconds(question))
        fits = remaining is None or seconds <= remaining
        (exact if fits else late).append((seconds, name))
    order = [Candidate(name, f"{name}: predicted {seconds:.2g} s") for seconds, name in sorted(exact)]
    if _LAST in known():
        if exact:
            order = [*_look(question, remaining, *min(exact), instance), *order]
        reasons = [_why_not(name, seconds) for seconds, name in sorted(late)]
        if exact:
            reasons.insert(0, "the other methods failed")
        order.append(Candidate(_LAST, f"{_LAST}: {', '.join(reasons) or 'no other method applies'}"))
    return order


def _look(question, remaining, seconds, name, instance):
    slow = _VERY_SLOW if question.radius is None else _SLOW
    if seconds == float("inf"):
        # What is out of reach says so at once.
        return []
    if seconds <= max(slow, float(instance(question.classifier, _LAST).predicted_seconds(question))):
        return []
    look = _LOOK * seconds if remaining is None else min(_LOOK * seconds, _MOST_LOOK * remaining)
    return [Candidate(_LAST, f"{_LAST}: enough before {name}, predicted to take {seconds:.2g} s", look)]


def _why_not(name, seconds):
    return f"{name} is out of reach" if seconds == float("inf") else f"{name} is predicted to take {seconds:.2g} s"


def with_part(question, later, instance=of):
    r"""
    Return what a method is asked that others come after, and words for the time it may not use.

    A proved bracket is wanted in any case: when ``"bounds"`` is among the methods that come ``later``, part of the time
    is kept for it, a fourth to a half.

    INPUT: ``question``, ``instance`` -- as for :func:`choose`; ``later`` -- names

    OUTPUT: a :class:`~sage_mlvar.certify.base.Question`, and a string, empty when nothing is kept

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.certify.base import Question
        sage: from sage_mlvar.certify.choice import with_part
        sage: from sage_mlvar.options import Deadline, Limits, resolve
        sage: class Standing(Deadline):
        ....:     def remaining(self):
        ....:         return self.timeout
        sage: C = PolynomialClassifier([[[1, 2]], [[1], [-1]]], [[0], [0, 2]])
        sage: options, limits = resolve("certify"), Limits(Standing(40))
        sage: q = Question(C, (0, 0), 1, (0,), None, 10^-9, "euclidean", None, False, options, limits)
        sage: part, words = with_part(q, ["bounds"]); words
        '10 s are kept for bounds'
        sage: part.limits.deadline.timeout
        30.0
    """
    remaining = question.limits.deadline.remaining()
    if remaining is None or _LAST not in later:
        return question, ""
    kept = _kept(question, remaining, instance)
    # Three digits, since the limit is told.
    limits = Limits(Deadline(float(f"{remaining - kept:.3g}")), question.limits.memory)
    return replace(question, limits=limits), f"{kept:.2g} s are kept for {_LAST}"


def _kept(question, remaining, instance):
    r"""Return the seconds that are kept for the last method."""
    seconds = float(instance(question.classifier, _LAST).predicted_seconds(question))
    return min(max(seconds, _LEAST_KEPT * remaining), _MOST_KEPT * remaining)
