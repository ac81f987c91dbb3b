r"""
From the critical points to the bracket of a distance: a lower bound, a point beyond the nearest one, and its ball.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier.random([2, 3, 2], 3, seed=3)
    sage: certificate = C.certify([1, "1/3"], certifier="numerical", tolerance="1e-30")
    sage: certificate.relative_width < 1e-30, C.predict(certificate.witness.point) != certificate.predicted
    (True, True)
"""

import flint

from ... import _sage  # noqa: F401
from ...errors import NotProvedError
from ..base import Nearest, Witness
from ..certify import distance_squared as exact_distance
from ..flint_numbers import from_flint
from ..homotopy.krawczyk import sharpen
from ..homotopy.solutions import distance_squared
from ..network import network_of
from ..rounding import root_above, root_below, round_down, round_up

from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ

__all__ = ["Bracket"]

_MOST_BITS = 1 << 14


class Bracket:
    r"""
    What the critical points say about the distance to the boundary with one class.

    INPUT: ``question``, ``other``; ``family`` and ``found``, its solutions, or ``None`` when there is no boundary

    - ``lower`` -- rational, at most the distance of each real solution; infinity without any
    - ``nearest`` -- the real solutions that may be nearest, a list of pairs of a
      :class:`~sage_mlvar.certify.homotopy.krawczyk.Sharp` solution and an upper bound of its squared distance;
      ``None`` when there is no real solution
    """

    def __init__(self, question, other, family, found):
        self.question, self.other, self.family, self.found = question, other, family, found
        self.lower, self.nearest = infinity, None
        if found is not None and found.real():
            self.bits = _bits(question.tolerance)
            self._measure()

    def _measure(self):
        exact, v = self.family.exact, self.found.v
        real = self.found.real()
        spans = [distance_squared(exact, v, item) for item in real]
        least = min(high for _, high in spans)
        close = [item for item, (low, _) in zip(real, spans) if not low > least]
        lows = [from_flint(flint.arb(low).fmpq()) for low, _ in spans if low > least]
        measured = []
        for item in close:
            self.question.limits.deadline.check("refining the nearest critical point")
            measured.append(self._refined(item))
        upper = min(high for _, _, high in measured)
        self.nearest = [(sharp, high) for sharp, low, high in measured if low <= upper]
        self._lows = lows + [low for _, low, _ in measured]
        # Somewhat below, even if the bound is exact: the checker measures with balls, too.
        below = QQ.one() - QQ((1, 2 ** (self.bits - 8)))
        self.lower = round_down(root_below(max(min(self._lows), QQ.zero()), self.bits) * below, self.bits)

    def _refined(self, item):
        r"""Return a solution with bounds of its squared distance, of the relative accuracy that is wanted."""
        start = list(item.center.tolist()) if item.sharp is None else item.sharp.center
        bits = self.bits + 64
        while bits < _MOST_BITS:
            deadline = self.question.limits.deadline
            sharp = sharpen(self.family.exact, self.found.v, start, True, bits, deadline=deadline)
            if sharp is not None:
                low, high = self._square(sharp)
                if low > 0 and (high - low) * QQ(2) ** self.bits <= high:
                    return sharp, low, high
            bits *= 2
        raise NotProvedError(
            f"the nearest critical point on the boundary with class {self.other} could not be refined; raise tolerance="
        )

    def _square(self, sharp):
        r"""Return rational bounds of the squared distance of a real solution."""
        exact = self.family.exact
        with flint.ctx.workprec(sharp.bits):
            steps = [z.real - flint.arb(x) for z, x in zip(sharp.discs(), self.found.v)]
            column = flint.arb_mat(len(steps), 1, steps)
            moved = column if exact.gram is None else flint.arb_mat(exact.gram).solve(column)
            square = (column.transpose() * moved)[0, 0]
            return from_flint(square.lower().fmpq()), from_flint(square.upper().fmpq())

    def _point(self, sharp, bits):
        r"""Return a rational point near a solution and a bound of its distance from the boundary point."""
        centers = [z.real.mid().fmpq() for z in sharp.center[:-1]]
        radii = [r.upper().fmpq() for r in sharp.radii[:-1]]
        exact = self.family.exact
        lifted = [from_flint(x) for x in exact.lift(self.question.point, self.found.v, centers)]
        rounded = [_near(x, bits) for x in lifted]
        spread = sum((from_flint(r) ** 2 for r in radii), QQ.zero()) * exact.stretch()
        moved = sum(((a - b) ** 2 for a, b in zip(lifted, rounded)), QQ.zero())
        return rounded, root_above(2 * (spread + moved), 32)

    def witness(self, tolerance):
        r"""Return a rational point slightly beyond a nearest one, as a :class:`.Witness`, or ``None``."""
        slack = min(tolerance, QQ((1, 2))) / 8
        for _ in range(6):
            # Beyond one of equally near points the other class may win on less than the slack, or nowhere.
            for sharp, square in self.nearest:
                self.question.limits.deadline.check("constructing a witness")
                if (found := self._beyond(sharp, square, slack)) is not None:
                    return found
            slack *= 4
        return None

    def _beyond(self, sharp, square, slack):
        r"""Return the point beyond a solution by ``slack``, relative to its distance, if it is a failure."""
        u = self.question.point
        # Steps of the grid are small against the way beyond the boundary.
        grid = _exponent(slack * root_above(square, 32)) - 24 - len(u).bit_length()
        start, _ = self._point(sharp, -grid)
        point = tuple(_near(a + (1 + slack) * (b - a), -grid) for a, b in zip(u, start))
        outputs = network_of(self.question.classifier).outputs(point)
        if outputs[self.question.c] > outputs[self.other]:
            return None
        return Witness(self.other, root_above(exact_distance(point, u), self.bits), point)

    def ball(self, upper):
        r"""Return the ball of the nearest point as a :class:`.Nearest`; ``None`` when more than one may be nearest."""
        if sum(1 for low in self._lows if low <= upper**2) > 1:
            return None
        sharp, square = self.nearest[0]
        grid = _exponent(root_above(square, 32)) - self.bits
        center, radius = self._point(sharp, -grid)
        return Nearest(self.other, tuple(center), round_up(2 * radius + QQ(2) ** (grid + 8), 32))


def _bits(tolerance):
    r"""Return how many significant bits numbers get for a relative width."""
    return max(72, 16 - _exponent(min(QQ(tolerance), QQ.one())))


def _exponent(x):
    r"""Return an integer ``e`` with ``2^(e-1) < x < 2^(e+1)``, for a positive rational."""
    return int(x.numerator().nbits()) - int(x.denominator().nbits())


def _near(x, bits):
    r"""Return a multiple of ``2^-bits`` next to a rational."""
    scale = QQ(2) ** bits
    return QQ((x * scale).round()) / scale
