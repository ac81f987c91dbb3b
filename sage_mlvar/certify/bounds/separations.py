r"""
The functions that the checker of bounds speaks about, made from classifiers of Sage.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.bounds.separations import Separations
    sage: C = PolynomialClassifier([[[1, 0], [0, 2]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: Separations(C).between(0, 1, [0, 0]).weights
    [[[1, 0], [0, 2]], [[-1, -1]]]
"""

from ... import _sage  # noqa: F401
from ...check.separation import Separation
from ..flint_numbers import to_flint

__all__ = ["Separations"]


class Separations:
    r"""
    The functions ``f_c - f_other`` of a classifier; its numbers are converted once.

    INPUT: ``classifier`` -- a :class:`~sage_mlvar.models.classifier.PolynomialClassifier`

    Attribute ``near``: the scale of the last distance that was looked for, or ``None``.
    """

    def __init__(self, classifier):
        self.near = None
        self._weights = [[list(map(to_flint, row)) for row in W] for W in classifier.weights()]
        self._biases = [list(map(to_flint, b)) for b in classifier.biases()]
        self._activation = list(map(to_flint, classifier.activation().list()))

    def between(self, c, other, point, norm="euclidean", box=None):
        r"""Return the :class:`~sage_mlvar.check.separation.Separation` of two classes around a point."""
        point = list(map(to_flint, point))
        box = None if box is None else [tuple(map(to_flint, pair)) for pair in box]
        return Separation(self._weights, self._biases, self._activation, c, other, point, norm, box)
