r"""
Proofs that the function of a narrow layer has a smooth zero set, by all critical points of the distance to that.

Where the bound of the number of critical points comes from a narrow hidden layer, a complete list leaves no room for
singular points of the boundary only if the rest of the network, as a function of that layer, has none; see
:mod:`sage_mlvar.check.enclosures`.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.homotopy.family import Family
    sage: F = Family(PolynomialClassifier.random([2, 2, 1, 2, 2], seed=1).boundary())
    sage: F.bound(), F.bottleneck().is_proved
    (16, True)
    sage: F.bottleneck().layer, F.bottleneck().found
    (1, 4 proved solutions, ... of them real)

A sum of squares that vanishes where they do is a cone::

    sage: C = PolynomialClassifier([[[1, 2, 0], [0, 1, 3], [1, 0, 0]], [[1, 2, 0], [0, 1, 1]], [[1, 2], [0, 0]]],
    ....:                          [[0, 0, 0], [1, 1], [0, 0]])
    sage: Family(C.boundary()).bottleneck().is_proved
    False
"""

import numpy

from ... import _sage  # noqa: F401

__all__ = ["Bottleneck"]

#: Data points that are tried.
_ATTEMPTS = 3


class Bottleneck:
    r"""
    What a complete list of critical points needs beside its number.

    INPUT: ``family`` -- a :class:`~sage_mlvar.certify.homotopy.family.Family`; ``seed``; ``deadline``

    - ``is_proved`` -- whether it is known that there are no singular points
    - ``layer``, ``point``, ``found`` -- the hidden layer, a data point, and all
      :class:`~sage_mlvar.certify.homotopy.solutions.Solutions` for it; ``layer`` is ``None`` when nothing is needed
    - ``inner`` -- the same for the function of the layer
    """

    def __init__(self, family, seed=0, deadline=None):
        self.layer = self.point = self.found = self.inner = None
        self.is_proved = not family.exact.needs_bottleneck()
        if not self.is_proved:
            self._prove(family, seed, deadline)

    def _prove(self, family, seed, deadline):
        self.layer = family.exact.narrow()[0]
        rest = type(family)(family.exact.behind(self.layer), seed)
        self.inner = rest.bottleneck(deadline)
        if not self.inner.is_proved:
            return
        source = numpy.random.default_rng([seed, self.layer])
        for _ in range(_ATTEMPTS):
            self.point = rest.random_point(source)
            self.found = rest.critical_points(self.point, deadline)
            if self.found.count() == rest.bound():
                self.is_proved = True
                return
