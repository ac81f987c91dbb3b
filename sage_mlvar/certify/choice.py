r"""
Which certifiers ``certifier="auto"`` tries, in which order, and why.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: PolynomialClassifier([[[1, 2]], [[1], [-1]]], [[0], [0, 2]]).certify([0, 0]).choice
    'quadric: predicted ... s'
"""

from .registry import known, of

__all__ = ["choose"]

#: Proves bounds of anything, and so comes after the methods that find the distance itself.
_LAST = "bounds"


def choose(question, instance=of):
    r"""
    Return the names of the certifiers to try, with the reason of each.

    Those that find the distance itself come first, the cheapest prediction first, if it fits into the time limit.

    INPUT:

    - ``question`` -- a :class:`~sage_mlvar.certify.base.Question`
    - ``instance`` -- function of a classifier and a name: the certifier to ask for its prediction, which depends on
      what that has learnt about the classifier
    """
    remaining = question.limits.deadline.remaining()
    exact, late = [], []
    for name, cls in known().items():
        if name == _LAST or cls.can_certify(question.classifier, question.norm, question.box) is not True:
            continue
        seconds = float(instance(question.classifier, name).predicted_seconds(question))
        fits = remaining is None or seconds <= remaining
        (exact if fits else late).append((seconds, name))
    order = [(name, f"{name}: predicted {seconds:.2g} s") for seconds, name in sorted(exact)]
    if _LAST in known():
        reason = "no other method applies"
        if late:
            reason = ", ".join(f"{name} is predicted to take {seconds:.2g} s" for seconds, name in sorted(late))
        elif exact:
            reason = "the other methods failed"
        order.append((_LAST, f"{_LAST}: {reason}"))
    return order
