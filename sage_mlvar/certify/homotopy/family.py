r"""
The critical points of all data points of one boundary: solved once for a complex data point, then carried along.

The start is the diagonal function of :mod:`~sage_mlvar.certify.homotopy.start`, all of whose critical points are known.
Its coefficients and the complex data point are random, so that with probability one no two paths meet. What gets lost
is looked for by loops (:mod:`~sage_mlvar.certify.homotopy.monodromy`). For networks with narrow layers, which may have
far fewer critical points, loops find them all from one.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.homotopy.family import Family
    sage: F = Family(PolynomialClassifier.random([4, 5, 2], 3, seed=2).boundary())
    sage: F.critical_points([1, 2, 0, 1])
    45 proved solutions, 5 of them real
    sage: F.bound()
    45

    sage: circle = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 1], [0, 0]]], [[0, 0], [0, 4]]).boundary()
    sage: Family(circle).critical_points([1, 0])
    2 proved solutions, 2 of them real
"""

from dataclasses import dataclass

import numpy

from ... import _sage  # noqa: F401
from .bottleneck import Bottleneck
from .counts import starts_from_one
from .exact import BoundarySystem
from .monodromy import fill, one_solution
from .solutions import Solutions
from .start import Diagonal, complex_normal
from .systems import DataHomotopy, FunctionHomotopy, Lagrange
from .tracking import track

__all__ = ["Family", "Start"]

#: The accuracy of the first attempts to follow all paths, each from another start.
_ACCURACIES = (1e-3, 1e-4, 1e-5)
#: Loops without a new solution after which there are taken to be no more; thrice as many where the bound will be met.
_PATIENCE = 6


@dataclass(frozen=True)
class Start:
    r"""A complex data point with its critical points, in the coordinates of the paths."""

    data: object
    points: object


class Family:
    r"""
    The critical points for all data points of one boundary.

    INPUT:

    - ``boundary`` -- a :class:`~sage_mlvar.models.boundary.DecisionBoundary`, of a function that is not constant
    - ``seed`` -- non-negative integer
    """

    def __init__(self, boundary, seed=0):
        self._boundary, self._seed = boundary, int(seed)
        self._starts, self._bottleneck = {}, None
        self._prepare()

    def _prepare(self):
        self.exact = BoundarySystem(self._boundary)
        self._flat = self.exact.flat()
        self._arithmetic = self.exact.floats(), self.exact.balls()

    def __getstate__(self):
        return {
            "_boundary": self._boundary,
            "_seed": self._seed,
            "_starts": self._starts,
            "_bottleneck": self._bottleneck,
        }

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._prepare()

    def bound(self):
        r"""Return the proved upper bound of the number of critical points."""
        return self.exact.bound()

    def start(self, attempt=0, deadline=None):
        r"""Return the :class:`Start` of an attempt, computed when it is first asked for."""
        if attempt not in self._starts:
            seed = [self._seed, attempt]
            source = numpy.random.default_rng(seed)
            degree, variables, system = self.exact.degree, self.exact.variables, self._flat.system
            accuracy = _ACCURACIES[min(attempt, len(_ACCURACIES) - 1)]
            narrow = bool(self.exact.narrow())
            # Fewer paths arrive than start: the others are looked for where the boundary is far from singular.
            function, patience = system.function, 3 * _PATIENCE if narrow else _PATIENCE
            if starts_from_one(self.bound(), degree, variables):
                constant, data, points = one_solution(system, source, variables)
                function = function.shifted(constant)
            else:
                first = Diagonal.random(degree, variables, source)
                data = complex_normal(source, variables)
                function = function.shifted(complex_normal(source) if narrow else 0)
                unit, zero = numpy.eye(variables), numpy.zeros(variables)
                homotopy = FunctionHomotopy(first, zero, unit, function, data, system.gram)
                paths = track(homotopy, first.solutions(), deadline, accuracy, first_step=0.05)
                points = paths.points[paths.arrived]
            if len(points):
                moved = Lagrange(function, system.gram)
                points = fill(moved, data, points, self.bound(), source, deadline, accuracy, patience)
            if narrow and len(points):
                homotopy = FunctionHomotopy(function, data, system.gram, system.function, data, system.gram)
                paths = track(homotopy, points, deadline, accuracy)
                points = paths.points[paths.arrived]
            self._starts[attempt] = Start(data, points)
        return self._starts[attempt]

    @property
    def is_solved(self):
        r"""Whether the first start is known already."""
        return 0 in self._starts

    def random_point(self, source):
        r"""Return a rational data point of natural size, for a boundary of full rank."""
        return self._flat.random_point(source)

    def bottleneck(self, deadline=None):
        r"""Return the :class:`.Bottleneck`, what completeness needs beside the number of critical points."""
        if self._bottleneck is None:
            self._bottleneck = Bottleneck(self, self._seed, deadline)
        return self._bottleneck

    def critical_points(self, u, deadline=None):
        r"""
        Return the critical points of the distance from ``u`` that were found and proved.

        OUTPUT: :class:`~sage_mlvar.certify.homotopy.solutions.Solutions`; when their number is :meth:`bound`, there are
        no others
        """
        v = self.exact.data(u)
        end, most = self._flat.data(v), self.bound()
        found = Solutions(self.exact, v, self._arithmetic)
        lengths = []
        for attempt, accuracy in enumerate(_ACCURACIES):
            start = self.start(attempt, deadline)
            # An ED degree below the bound shows in the starts already: twice the same number is taken for it.
            lengths.append(len(start.points))
            paths = track(DataHomotopy(self._flat.system, start.data, end), start.points, deadline, accuracy)
            found.add(self._flat.back(paths.points[paths.arrived]), deadline, most)
            if found.count() >= most or (len(lengths) > 1 and lengths[-1] == lengths[-2] == found.count() < most):
                break
        return found
