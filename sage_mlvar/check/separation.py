r"""
The function ``f_c - f_j`` around a data point, as proofs in ball arithmetic need it.

EXAMPLES::

    sage: from sage_mlvar.check.document import rational
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.problem import Problem
    sage: from sage_mlvar.check.separation import Separation
    sage: network = Network([[["1", "0"], ["0", "1"]], [["-1", "-1"], ["0", "0"]]],
    ....:                   [["0", "0"], ["4", "0"]], ["0", "0", "1"])
    sage: g = Separation.of(Problem(network, [rational("1"), rational("0")], 0, 1))
    sage: g.program().start
    [1.00000000000000]
    [               0]
"""

from flint import ctx, fmpq

from .document import approximate
from .errors import Malformed, Rejected
from .frame import difference, row_space
from .minorant import Program
from .problem import INFINITY

__all__ = ["PRECISIONS", "Separation"]

#: Bits of the arithmetic, tried one after the other.
PRECISIONS = (128, 256, 1024)


class Separation:
    r"""
    The function ``f_c - f_other`` around a point, with the norm and the domain.

    INPUT:

    - ``weights``, ``biases``, ``activation`` -- exact numbers, per layer; coefficients, constant term first
    - ``c``, ``other`` -- the classes
    - ``point`` -- exact numbers
    - ``norm`` -- ``"euclidean"`` or ``"maximum"``
    - ``box`` -- list of pairs, or ``None``
    """

    def __init__(self, weights, biases, activation, c, other, point, norm="euclidean", box=None):
        self.weights, self.biases = difference(weights, biases, c, other)
        self.activation = [fmpq(a) for a in activation]
        self.point = [fmpq(x) for x in point]
        self.norm = norm
        self.box = None if box is None else [(fmpq(low) - x, fmpq(high) - x) for (low, high), x in zip(box, self.point)]
        if self.box is not None and any(low > 0 or high < 0 for low, high in self.box):
            raise Malformed("point must be in the box")
        self._programs = {}

    @classmethod
    def of(cls, problem):
        r"""Return the function of a :class:`~sage_mlvar.check.problem.Problem`."""
        network = problem.network
        weights = []
        for layer in range(len(network.widths) - 1):
            matrix, below = network.matrix(layer)
            weights.append([[fmpq(x, below) for x in row] for row in matrix.tolist()])
        classes = problem.predicted, problem.other
        row, shift = network.last_row(*classes)
        biases = [*network._biases[:-1], [shift, fmpq(0)]]
        weights[-1] = [row, [fmpq(0)] * len(row)]
        return cls(weights, biases, network.activation, 0, 1, problem.point, problem.norm, problem.box)

    @classmethod
    def distance(cls, problem, holds, what):
        r"""
        Return the distance that a proof must show, a rational, or raise :class:`.Rejected` when it does not.

        INPUT: ``holds`` -- function of the separation and the distance; ``what`` -- words for the parts of the proof
        """
        separation = cls.of(problem)
        # To have no boundary in a bounded domain is to have none within the distance of its farthest corner.
        lower = separation.extent(problem.lower)
        if lower is INFINITY or not holds(separation, lower):
            claimed = approximate(problem.lower)
            raise Rejected(f"class {problem.other}: {what} do not prove the distance {claimed}")
        return lower

    def is_constant(self):
        r"""Return whether no path of nonzero weights leads from an input to the output."""
        if not any(self.activation[1:]) or not all(self.weights):
            return True
        alive = [any(row) for row in self.weights[0]]
        for W in self.weights[1:]:
            alive = [any(w and a for w, a in zip(row, alive)) for row in W]
        return not any(alive)

    def program(self, basis=None):
        r"""Return the program in the coordinates of a basis, at the precision in force; ``None`` when not proved."""
        key = (ctx.prec, None if basis is None else tuple(basis))
        if key not in self._programs:
            first = None if basis is None else row_space(self.weights[0], basis)
            good = basis is None or first is not None
            self._programs[key] = (
                Program(self.weights, self.biases, self.activation, self.point, first) if good else None
            )
        return self._programs[key]

    def basis(self, rows):
        r"""Return ``rows``, the basis that a proof names, checked; ``None`` are the coordinates of the inputs."""
        if rows is None:
            return None
        if self.norm != "euclidean" or self.box is not None:
            raise Malformed("basis must be null in the maximum norm, or with a box")
        count = len(self.weights[0])
        good = isinstance(rows, list) and all(type(k) is int and 0 <= k < count for k in rows)
        if not good or not rows or len(set(rows)) != len(rows):
            raise Malformed(f"basis must be null or a list of different rows below {count}")
        return rows

    def sides(self, radius, dimension):
        r"""Return the sides, pairs around zero, of the smallest box that holds the points within ``radius``."""
        if self.box is None:
            return [(-radius, radius)] * dimension
        return [(max(-radius, low), min(radius, high)) for low, high in self.box]

    def extent(self, lower):
        r"""Return ``lower``; for ``None``, infinity, a distance that no point of the domain exceeds, if any."""
        if lower is not None or self.box is None:
            return lower
        return sum((max(-low, high) for low, high in self.box), fmpq(0))

    def settles(self, test, precisions=PRECISIONS):
        r"""
        Return whether ``test()`` is true in ball arithmetic, at one of the precisions, the lowest first.

        A test that returns ``None`` could not tell, and is tried again with more bits.
        """
        for precision in precisions:
            with ctx.workprec(precision):
                answer = test()
            if answer is not None:
                return answer
        return False
