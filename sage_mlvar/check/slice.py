r"""
Pieces of a ball or a box between parallel hyperplanes, and bounds of linear forms on them.

A piece holds the points with ``|y| <= r``, ``low_i <= y_i <= high_i`` and ``l_j <= v_j.y <= h_j`` for some directions
``v_j``. On it, for *any* numbers ``a_j`` ::

    f.y  =  sum_j a_j v_j.y + (f - sum_j a_j v_j).y  <=  sum_j max(a_j l_j, a_j h_j) + s(f - sum_j a_j v_j),

where ``s(w)`` bounds ``w.y`` on the ball and the box: ``r |w|``, or ``sum_i max(w_i low_i, w_i high_i)``. By duality
the least of these bounds is the maximum. So the ``a_j`` are found with floating-point numbers, near the best ones, and
are exact in the bound.

EXAMPLES::

    sage: from flint import arb, arb_mat
    sage: from sage_mlvar.check.slice import Slice
    sage: cap = Slice([arb("0.8"), arb("0")], ball=arb("1"), directions=[[arb("1"), arb("0")]],
    ....:             slabs=[(arb("0.8"), arb("1"))])
    sage: low, high = cap.intervals(arb_mat([["0", "1"]]))[0]; low, high
    ([-0.600000... +/- ...], [0.600000... +/- ...])
"""

from math import hypot, inf, sqrt

from flint import arb, arb_mat

__all__ = ["Slice", "support"]

_STEPS = 20
_SWEEPS = 2


def support(row, ball, sides):
    r"""Return a bound of ``row.y`` on the points with ``|y| <= ball`` between the ``sides``; either may be ``None``."""
    best = None
    if ball is not None:
        best = ball * sum((x * x for x in row), arb(0)).nonnegative_part().sqrt()
    if sides is not None:
        box = sum(((x * low).max(x * high) for x, (low, high) in zip(row, sides)), arb(0))
        best = box if best is None or box < best else best
    return best


class Slice:
    r"""
    A piece of a ball, or of a box, or of their intersection, around a point ``center``, which need not be in it.

    INPUT:

    - ``center`` -- list of balls
    - ``ball`` -- a ball, the radius, or ``None``
    - ``sides`` -- list of pairs of balls, or ``None``
    - ``directions`` -- list of rows of balls
    - ``slabs`` -- pairs of balls, one for each direction
    """

    def __init__(self, center, ball=None, sides=None, directions=(), slabs=()):
        self.center, self.ball, self.sides, self.slabs = center, ball, sides, list(slabs)
        self.directions = arb_mat(directions) if directions else None
        size = arb(0) if ball is None else ball
        for pair in () if ball is not None else sides:
            size = size.max((-pair[0]).max(pair[1]))
        self._size = size.mid() if size > 0 else arb(1)
        if self.directions is not None:
            self._rows = [[float(x.mid()) for x in row] for row in self.directions.tolist()]
            self._ends = [(float((a / self._size).mid()), float((b / self._size).mid())) for a, b in self.slabs]
        self.reach = self._reach()

    def _reach(self):
        r"""Return a bound of the distance from the center."""
        around = sum((x * x for x in self.center), arb(0))
        found = None
        if self.ball is not None:
            low, _ = self._between([self.center])[0]
            found = self.ball * self.ball + around - 2 * low
        if self.sides is not None:
            gaps = ((x - low).max(high - x) for x, (low, high) in zip(self.center, self.sides))
            box = sum((gap * gap for gap in gaps), arb(0))
            found = box if found is None or box < found else found
        return found.nonnegative_part().sqrt()

    def intervals(self, forms):
        r"""Return bounds ``low <= 0 <= high`` of ``f.(y - center)`` on the piece, for each row ``f`` of a matrix."""
        values = (forms * arb_mat(len(self.center), 1, self.center)).entries()
        found = []
        for value, (low, high) in zip(values, self._between(forms.tolist())):
            low, high = low - value, high - value
            found.append((low.min(arb(0)), high.max(arb(0))))
        return found

    def _between(self, rows):
        r"""Return bounds of ``f.y`` on the piece for rows ``f``."""
        opposite = [[-x for x in row] for row in rows]
        highs = self._supports([*opposite, *rows])
        return [(-low, high) for low, high in zip(highs, highs[len(rows) :])]

    def _supports(self, rows):
        bounds = [support(row, self.ball, self.sides) for row in rows]
        if self.directions is None:
            return bounds
        weights = list(map(self._weights, rows))
        rests = (arb_mat(rows) - arb_mat(weights) * self.directions).tolist()
        for k, (own, rest) in enumerate(zip(weights, rests)):
            if any(not a.is_zero() for a in own):
                cut = sum(((a * low).max(a * high) for a, (low, high) in zip(own, self.slabs)), arb(0))
                cut = cut + support(rest, self.ball, self.sides)
                bounds[k] = cut if cut < bounds[k] else bounds[k]
        return bounds

    def _weights(self, row):
        r"""Return numbers ``a_j`` that make the bound of ``row.y`` small: exact balls."""
        largest, none = arb(0), [arb(0)] * len(self.slabs)
        for x in row:
            largest = largest.max(abs(x))
        if not largest > 0 or not largest.is_finite():
            return none
        f = [float((x / largest).mid()) for x in row]
        found = self._of_ball(f) if self.ball is not None else self._of_box(f)
        if not all(-inf < a < inf for a in found):
            return none
        return [arb(a) * largest.mid() for a in found]

    def _of_ball(self, f):
        r"""Return the best weights for a ball of radius 1 and orthonormal directions."""
        parts = [sum(x * y for x, y in zip(row, f)) for row in self._rows]
        across = sqrt(max(sum(x * x for x in f) - sum(p * p for p in parts), 0.0))
        if not across > 1e-9 * hypot(*parts):
            across = 1e-9 * hypot(*parts) or 1e-9
        # The maximum is at s_j = t p_j, cut off at the sides, and t times the part across; its length is 1.
        low, high = 0.0, 1 / across
        for _ in range(_STEPS):
            t = (low + high) / 2
            length = (t * across) ** 2 + sum(min(max(t * p, a), b) ** 2 for p, (a, b) in zip(parts, self._ends))
            low, high = (low, t) if length > 1 else (t, high)
        t = max(low, 1e-9 / across)
        return [p - min(max(t * p, a), b) / t for p, (a, b) in zip(parts, self._ends)]

    def _of_box(self, f):
        r"""Return weights for a box, the best one for each direction in turn."""
        sides = [(float((x / self._size).mid()), float((y / self._size).mid())) for x, y in self.sides]
        found = [0.0] * len(self._rows)
        for _ in range(_SWEEPS if len(found) > 1 else 1):
            for j, (row, ends) in enumerate(zip(self._rows, self._ends)):
                rest = [x + found[j] * v for x, v in zip(f, row)]
                found[j] = _best_weight(rest, row, ends, sides)
                f = [x - found[j] * v for x, v in zip(rest, row)]
        return found


def _best_weight(f, row, ends, sides):
    r"""Return the ``a`` at which the convex function ``max(a l, a h) + sum_i max(w_i low_i, w_i high_i)`` is least."""
    slope, turns = ends[0], [(0.0, ends[1] - ends[0])]
    for x, v, (low, high) in zip(f, row, sides):
        if v:
            slope -= v * (high if v > 0 else low)
            turns.append((x / v, abs(v) * (high - low)))
    for a, change in sorted(turns):
        slope += change
        if slope >= 0:
            return a
    return 0.0
