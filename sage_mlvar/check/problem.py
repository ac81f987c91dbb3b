r"""
What a proof speaks about, and what its check gives back.

EXAMPLES::

    sage: from sage_mlvar.check.document import rational
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.problem import Problem
    sage: network = Network([[["1", "0"]], [["1"], ["-1"]]], [["0"], ["0", "1/2"]], ["0", "0", "1"])
    sage: problem = Problem(network, [rational("2"), rational("0")], 0, 1, lower=rational("3/2"))
    sage: problem.from_square(rational("9/4"))
    3/2
    sage: problem.from_square(rational("2"))
    Traceback (most recent call last):
    ...
    sage_mlvar.check.errors.Rejected: class 1: the proof shows a squared distance of at least 2 only, ...
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from .document import approximate
from .errors import Rejected
from .vectors import difference, largest, square

__all__ = ["INFINITY", "Problem", "Verified"]

#: A distance to an empty set.
INFINITY = None


@dataclass(frozen=True)
class Verified:
    r"""
    What the check of one proof established.

    - ``lower`` -- a proved lower bound of the distance, at least the claimed one; ``INFINITY`` if there is no boundary
    - ``verified``, ``trusted`` -- lists of sentences
    - ``believed`` -- whether the bound rests on the word of an engine, which nothing in the certificate can show
    - ``ball`` -- None, or a function from ``U^2`` to a center and a squared radius: each boundary point nearest to the
      point lies in this ball if its squared Euclidean distance is at most ``U^2``
    """

    lower: object
    verified: list = field(default_factory=list)
    trusted: list = field(default_factory=list)
    ball: Callable | None = None
    believed: bool = False


class Problem:
    r"""
    The distance from a point to the boundary between its class and another.

    INPUT:

    - ``network`` -- a :class:`~sage_mlvar.check.network.Network`
    - ``point`` -- list of ``fmpq``
    - ``predicted``, ``other`` -- the classes; ``g = f_predicted - f_other``, and ``g(point) > 0``
    - ``norm`` -- ``"euclidean"`` or ``"maximum"``
    - ``box`` -- None, or list of pairs of ``fmpq``; only points inside count then
    - ``lower`` -- the claimed lower bound, an ``fmpq`` or ``INFINITY``
    - ``upper`` -- the claimed upper bound, for proofs of witnesses
    """

    def __init__(self, network, point, predicted, other, norm="euclidean", box=None, lower=INFINITY, upper=INFINITY):
        self.network = network
        self.point = point
        self.predicted = predicted
        self.other = other
        self.norm = norm
        self.box = box
        self.lower = lower
        self.upper = upper

    def value_and_gradient(self, x):
        r"""Return ``g(x)`` and the gradient of ``g`` at ``x``, exactly."""
        return self.network.value_and_gradient(self.predicted, self.other, x)

    @cached_property
    def at_point(self):
        r"""``g`` and its gradient at the point."""
        return self.value_and_gradient(self.point)

    @property
    def is_plain(self):
        r"""
        Whether the distance is Euclidean and no box cuts anything off.

        Only then are the nearest boundary points critical or singular points of the Euclidean distance.
        """
        return self.norm == "euclidean" and self.box is None

    def euclidean_square(self, length):
        r"""Return the square of a Euclidean radius that holds all points at distance at most ``length``."""
        return length * length * (len(self.point) if self.norm == "maximum" else 1)

    def from_square(self, squared):
        r"""
        Return the claimed lower bound if it follows from a lower bound of the squared Euclidean distance.

        In the maximum norm a ball of radius r lies in the Euclidean ball of radius r*sqrt(n).
        """
        if self.lower is INFINITY or self.euclidean_square(self.lower) > squared:
            raise Rejected(
                f"class {self.other}: the proof shows a squared distance of at least {approximate(squared)} only, "
                f"which does not give the distance {approximate(self.lower)}"
            )
        return self.lower

    def reaches(self, x, length):
        r"""Return whether ``x`` is at distance at most ``length`` from the point."""
        step = difference(x, self.point)
        return (largest(step) <= length) if self.norm == "maximum" else (square(step) <= length * length)

    def inside(self, x):
        r"""Return whether ``x`` lies in the box."""
        return self.box is None or all(low <= entry <= high for entry, (low, high) in zip(x, self.box))
