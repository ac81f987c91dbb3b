r"""
The certifier "bounds": a proved bracket of the distance for every network, in both norms, with or without a domain.

Failures are looked for in floating point, from many starts; the nearest is made rational. Lower bounds come from a
quadratic function below the margin on a ball or a cube, on the pieces into which hyperplanes cut it, and, in up to
eight variables, on small cells. What is proved is what the checker (:mod:`sage_mlvar.check`) accepts.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier.random([3, 6, 3], activation=5, seed=1)
    sage: certificate = C.certify([1, "1/2", -1], certifier="bounds")
    sage: certificate.status, bool(certificate.upper - certificate.lower <= certificate.upper/10^8)
    ('proved', True)
    sage: {bound.proof["kind"] for bound in certificate.bounds} <= {"majorant", "taylor", "cover", "slabs"}
    True
    sage: maximum = C.certify([1, "1/2", -1], certifier="bounds", norm="maximum", box=[(-1, 1)]*3)
    sage: maximum.lower <= maximum.upper
    True
"""

from itertools import pairwise

from ... import _sage  # noqa: F401
from ..base import Certifier
from .run import Run
from .separations import Separations

__all__ = ["BoundsCertifier"]


class BoundsCertifier(Certifier):
    r"""
    Brackets for networks of any degree, depth and size.

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.certify.bounds.certifier import BoundsCertifier
        sage: C = PolynomialClassifier.random([2, 3, 2], activation=4, seed=1)
        sage: BoundsCertifier.can_certify(C, "maximum", ((-1, 1), (-1, 1)))
        True
        sage: from pickle import dumps, loads
        sage: loads(dumps(BoundsCertifier(C))).name
        'bounds'
    """

    api = 1
    name = "bounds"
    description = "any polynomial network, both norms, domains: quadratic bounds, subdivision and local search"

    def __init__(self, classifier):
        super().__init__(classifier)
        self._separations = None

    def __reduce__(self):
        return type(self), (self.classifier,)

    @classmethod
    def can_certify(cls, classifier, norm="euclidean", box=None):
        r"""Return ``True``: every question is answered, if only by a wide bracket."""
        return True

    def predicted_seconds(self, question):
        r"""Return a rough prediction of the seconds that :meth:`certify` takes."""
        widths = question.classifier.widths()
        size = sum(a * b for a, b in pairwise(widths))
        cells = 2.0 if min(widths[:2]) <= 8 else 0.0
        return (0.3 + size / 3000.0 + cells) * len(question.others)

    def certify(self, question):
        r"""Return the :class:`~sage_mlvar.certify.base.Outcome`; see the module."""
        return Run(self.separations(), question).outcome()

    def separations(self):
        r"""Return the converted classifier."""
        if self._separations is None:
            self._separations = Separations(self.classifier)
        return self._separations
