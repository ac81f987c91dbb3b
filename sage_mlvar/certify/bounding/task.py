r"""
One competing class: what is known of the distance to its boundary, and the steps that improve it.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.bounding.separations import Separations
    sage: from sage_mlvar.certify.bounding.task import Task
    sage: C = PolynomialClassifier([[[1, 0], [0, 2]], [[-1, -1], [0, 0]]], [[0, 0], [9, 0]], 3)
    sage: task = Task(Separations(C).between(0, 1, [0, 0]), seed=0)
    sage: task.search(); task.prove_ball(task.upper); task.subdivide(task.upper*(1 - 1e-6))
    sage: lower, proof = task.proved(); proof["kind"], round(int(lower.p)/int(lower.q), 4)
    ('taylor', 1.04)
"""

import time

import numpy
from flint import arb, fmpq

from ... import _sage  # noqa: F401
from ...check import cover, majorant, taylor
from ...errors import OutOfReachError
from .ball import Region, largest_ball, proof_at
from .coordinates import choose_basis, embedding
from .local import LocalNetwork, precision
from .search import length, nearest_failures
from .subdivide import Cover
from .witness import dyadic, power_of_two, rational_failure

__all__ = ["Task"]

#: In more dimensions than these subdivision has no hope.
_MOST_AXES = 8
_LARGEST_EXPONENT = 4096
_FARTHEST = 2.0**17


class Task:
    r"""
    The boundary between two classes, seen from a point. Distances are floats in units of ``2^scale``.

    INPUT:

    - ``separation`` -- a :class:`~sage_mlvar.check.separation.Separation`, positive at its point
    - ``seed`` -- non-negative integer
    - ``check`` -- called now and then, to stop by an exception
    - ``near`` -- a scale to try first, or ``None``

    Attributes: ``local`` (``None`` when there is nothing to do), ``upper``, and ``points``, distances and moves of the
    failures found, nearest first.
    """

    def __init__(self, separation, seed=0, check=lambda: None, near=None):
        self.separation, self._seed, self._check = separation, int(seed), check
        self.constant = separation.is_constant()
        self.upper, self.points, self.local, self.scale = numpy.inf, [], None, None
        self._plans = []
        if self.constant:
            return
        self.scale = self._scale(near)
        if self.scale is None:
            return
        self._plans.append((0.999, "majorant", None))
        self.basis = choose_basis(separation)
        try:
            self.local = LocalNetwork(separation, self.basis, self.scale)
        except OutOfReachError:
            return
        self.region = Region(separation.norm, self._sides())
        self._embedding = None if self.basis is None else embedding(separation, self.basis)

    @property
    def lower(self):
        r"""The largest distance for which there is a plan of a proof."""
        return max((plan[0] for plan in self._plans), default=0.0)

    def _scale(self, near):
        r"""Return the largest ``e`` such that the bounds of the layers prove the distance ``2^e``, or ``None``."""

        def holds(e):
            self._check()
            return majorant.holds(self.separation, power_of_two(e))

        low, step = -8 if near is None else near, 8 if near is None else 1
        if holds(low):
            while holds(low + step):
                low, step = low + step, 2 * step
                if low > _LARGEST_EXPONENT:
                    return None
        else:
            while not holds(low - step):
                low, step = low - step, 2 * step
                if low < -_LARGEST_EXPONENT:
                    return None
            low -= step
        while step > 1:
            step //= 2
            if holds(low + step):
                low += step
        return low

    def _sides(self):
        if self.separation.box is None:
            return None
        unit = power_of_two(self.scale)
        most = fmpq(2**40)
        # Sides that are far away need no digits.
        return numpy.array(
            [[_float(max(a / unit, -most)), _float(min(b / unit, most))] for a, b in self.separation.box]
        )

    def search(self, extra=None, rounds=30, starts=24):
        r"""Look for failures, from further directions too."""
        found = nearest_failures(
            self.local,
            self.region,
            seed=self._seed,
            starts=starts,
            rounds=rounds,
            nearest=0.5,
            farthest=_FARTHEST,
            extra=extra,
            check=self._check,
        )
        self.points = sorted([*self.points, *found[:6]], key=lambda pair: pair[0])[:8]
        if self.points:
            self.upper = min(self.upper, self.points[0][0])

    def witness(self):
        r"""Return a rational failure near the nearest point found, or ``None``."""
        for _, y in self.points[:3]:
            move = y if self._embedding is None else y @ self._embedding
            point = rational_failure(self.separation, move, self.scale)
            if point is not None:
                return point
        return None

    def prove_ball(self, high, width=1e-6):
        r"""Look for the largest ball, up to the radius ``high``, on which one quadratic function is a proof."""
        if not high > self.lower:
            return
        radius, found = largest_ball(self.local, self.region, 0.5, min(high, _FARTHEST), width, self._check)
        if found is not None and radius > self.lower:
            self._plans.append((radius, "taylor", found))

    def can_subdivide(self):
        r"""Return whether there are few enough variables."""
        return self.local is not None and self.local.dimension <= _MOST_AXES

    def subdivide(self, reach, most=60_000, check=lambda: True):
        r"""Cut cells until ``reach`` is proved; failures that turn up are searched from, and are news of the bound."""
        slope = None
        if self.points:
            y = self.points[0][1]
            size = float(numpy.linalg.norm(y))
            slope = float(numpy.linalg.norm(self.local.gradients([y])[0])) / (2 * size) if size else None
            slope = slope if slope is not None and numpy.isfinite(slope) else None
        found = Cover(self.local, self.region, reach, slope)
        found.run(most, check)
        if found.failure is not None:
            distance = float(length(found.failure, self.region.norm))
            self.points.insert(0, (distance, found.failure))
            self.upper = min(self.upper, distance)
            self.search(extra=found.failure[None, :], starts=4)
        if found.lower > self.lower:
            self._plans.append((found.lower, "cover", found))

    def seconds_per_cell(self):
        r"""Return how long the checker takes for one cell of a subdivision, measured."""
        with precision(80):
            program = self.separation.program(self.basis)
            side = dyadic(self.lower or 1.0) * power_of_two(self.scale)
            cell = [(arb(0), arb(side))] * program.dimension
            times = []
            for _ in range(8):
                begin = time.perf_counter()
                cover.excludes(program, cell, None, arb(1))
                times.append(time.perf_counter() - begin)
        # A cell with a multiplier costs more, and a cut too.
        return 1.5 * min(times)

    def extent(self):
        r"""Return a distance beyond which there is nothing to prove: that of the domain, or one out of sight."""
        far = self.separation.extent(None)
        return _FARTHEST if far is None else min(_FARTHEST, _float(far / power_of_two(self.scale)))

    def cells(self):
        r"""Return how many cells the checker must look at for the best plan."""
        best = max(self._plans, key=lambda plan: plan[0], default=(0.0, None, None))
        return best[2].cells() if best[1] == "cover" else 0

    def proved(self, check=lambda: None):
        r"""
        Return the best distance whose proof the checker accepts, a rational of FLINT or ``None`` for infinity, and the
        proof.

        A proof that fails, by rounding, is tried again a little below. ``check`` raises ``TimeoutError`` when long
        proofs must be given up.
        """
        self._verifying = check
        unit = None if self.scale is None else power_of_two(self.scale)
        far = self.separation.extent(None)
        for radius, kind, data in sorted(self._plans, key=lambda plan: -plan[0]):
            whole = kind != "majorant" and far is not None and dyadic(radius) * unit > far * (1 - fmpq(1, 2**30))
            if whole and self._accepts(far, kind, data, radius):
                return None, self._last
            for back in (0.0, 1e-9, 1e-6, 1e-3):
                lower = dyadic(radius * (1 - back))
                if back and kind == "taylor":
                    data = proof_at(self.local, self.region, radius * (1 - back)) or data
                if self._accepts(lower * unit, kind, data, radius * (1 - back)):
                    return lower * unit, self._last
        return fmpq(0), {"kind": "trivial"}

    def _accepts(self, lower, kind, data, radius):
        if kind == "majorant":
            self._last = {"kind": "majorant"}
            return majorant.holds(self.separation, lower)
        # Multipliers belong to the function and to lengths in their own units.
        unit = power_of_two(self.local.height - 2 * self.scale)
        if kind == "taylor":
            ball = None if data["ball"] is None else str(dyadic(data["ball"]) * unit)
            box = None if data["box"] is None else [str(dyadic(t) * unit) for t in data["box"]]
            self._last = {"kind": "taylor", "basis": self.basis, "ball": ball, "box": box}
            return taylor.holds(self.separation, lower, self._last)
        text, multipliers = data.tree(radius)
        self._last = {
            "kind": "cover",
            "basis": self.basis,
            "reach": str(max(lower, dyadic(data.reach) * power_of_two(self.scale))),
            "tree": text,
            "multipliers": [str(dyadic(t) * unit) for t in multipliers],
        }
        try:
            return cover.holds(self.separation, lower, self._last, self._verifying)
        except TimeoutError:
            return False


def _float(x):
    return int(x.p) / int(x.q)
