r"""
One competing class: what is known of the distance to its boundary, and the steps that improve it.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.bounds.separations import Separations
    sage: from sage_mlvar.certify.bounds.task import Task
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
from ...check import cover, majorant, slabs, taylor
from ...check.lifted import INEQUALITIES
from ...errors import OutOfReachError
from .ball import Region, largest_ball, proof_at
from .coordinates import choose_basis, embedding
from .lifted import is_worthwhile
from .local import LocalNetwork, precision
from .search import length, nearest_failures
from .slabs import Proof, SlabTree
from .subdivide import Cover
from .witness import dyadic, power_of_two, rational_failure

__all__ = ["Task"]

#: In more dimensions than these subdivision has no hope.
_MOST_AXES = 8
_LARGEST_EXPONENT = 4096
_MOST_BITS = 2048
_FARTHEST = 2**17


class Task:
    r"""
    The boundary between two classes, seen from a point. Distances are floats in units of ``2^scale``.

    INPUT:

    - ``separation`` -- a :class:`~sage_mlvar.check.separation.Separation`, positive at its point
    - ``seed`` -- non-negative integer
    - ``check`` -- called now and then, to stop by an exception
    - ``near`` -- a scale to try first, or ``None``

    Attributes: ``local`` (``None`` when there is nothing to do), ``upper``, ``points``, distances and moves of the
    failures found, nearest first, and ``failed``, what the last cuts could not prove.
    """

    def __init__(self, separation, seed=0, check=lambda: None, near=None):
        self.separation, self._seed, self._check = separation, int(seed), check
        self.constant = separation.is_constant()
        self.upper, self.points, self.local, self.scale = numpy.inf, [], None, None
        self._plans, self._tree, self.failed = [], None, numpy.inf
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

    def cut(self, reach, most, keep=False):
        r"""
        Cut by hyperplanes into at most so many pieces, until ``reach`` is proved; return whether it is.

        INPUT: ``keep`` -- whether cuts that do not suffice are kept
        """
        if self._tree is None:
            self._tree = SlabTree(self.local, self.region, reach, self._check)
        tree = self._tree
        done = tree.prove(reach, most, keep)
        if tree.failure is not None:
            self._near_failure(tree.failure)
        if tree.lower > self.lower:
            # The tree will change: another plan may be needed if the checker refuses a later one.
            self._plans.append((tree.lower, "slabs", (tree, tree.nodes(tree.lower))))
        return done

    def is_deep(self):
        r"""Return whether pieces are proved with the hidden neurons as variables, which takes longer."""
        return is_worthwhile(self.local)

    def pieces(self):
        r"""Return how many pieces the checker must look at for the best plan."""
        return self._best("slabs", lambda data: (len(data[1]) + 1) // 2)

    def seconds_per_piece(self):
        r"""Return how long the checker takes for one piece, measured."""
        n = self.local.dimension
        side = dyadic(self.lower or 1.0) * power_of_two(self.scale)
        neurons = None
        if self.is_deep():
            neurons = [[[fmpq(1)] * INEQUALITIES] * len(W) for W in self.separation.weights[:-1]]
        piece = {"center": [fmpq(0)] * n, "ball": fmpq(1), "sides": [], "slabs": [fmpq(0)], "neurons": neurons}
        row = [fmpq(1)] + [fmpq(0)] * (n - 1)
        return self._clock(128, 1, lambda g: slabs.excludes(g, arb(side), None, [row], {0: (None, fmpq(0))}, piece))

    def _clock(self, bits, repeat, call):
        r"""Return the seconds that a call takes for the function in ball arithmetic of so many bits, or of more."""
        times = [float("inf")]
        while len(times) == 1 and bits <= _MOST_BITS:
            with precision(bits):
                program = self.separation.program(self.basis)
                for _ in range(repeat if program is not None else 0):
                    begin = time.perf_counter()
                    call(program)
                    times.append(time.perf_counter() - begin)
            bits *= 4
        return min(times)

    def _near_failure(self, point):
        distance = float(length(point, self.region.norm))
        self.points.insert(0, (distance, point))
        self.upper = min(self.upper, distance)
        self.search(extra=point[None, :], starts=4)

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
            self._near_failure(found.failure)
        if found.lower > self.lower:
            self._plans.append((found.lower, "cover", found))

    def seconds_per_cell(self):
        r"""Return how long the checker takes for one cell of a subdivision, measured."""
        side = dyadic(self.lower or 1.0) * power_of_two(self.scale)
        cell = [(arb(0), arb(side))] * self.local.dimension
        # A cell with a multiplier costs more, and a cut too.
        return 1.5 * self._clock(80, 8, lambda g: cover.excludes(g, cell, None, arb(1)))

    def extent(self):
        r"""Return a distance beyond which there is nothing to prove: that of the domain, or one out of sight."""
        far = self.separation.extent(None)
        return _FARTHEST if far is None else _float(min(far / power_of_two(self.scale), fmpq(_FARTHEST)))

    def cells(self):
        r"""Return how many cells the checker must look at for the best plan."""
        return self._best("cover", lambda found: found.cells())

    def _best(self, kind, size):
        r"""Return the size of the best plan when it is of a kind, and 0 for other kinds."""
        best = max(self._plans, key=lambda plan: plan[0], default=(0.0, None, None))
        return size(best[2]) if best[1] == kind else 0

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
            for back in (0.0,) if kind == "slabs" else (0.0, 1e-9, 1e-6, 1e-3):
                lower = dyadic(radius * (1 - back))
                if back and kind == "taylor":
                    data = proof_at(self.local, self.region, radius * (1 - back)) or data
                if self._accepts(lower * unit, kind, data, radius * (1 - back)):
                    return lower * unit, self._last
        return fmpq(0), {"kind": "trivial"}

    def _accepts(self, lower, kind, data, radius):
        r"""Return whether the checker accepts a plan of a proof of ``lower``, a rational; ``_last`` is the proof."""
        if kind == "majorant":
            self._last = {"kind": "majorant"}
            return majorant.holds(self.separation, lower)
        try:
            self._verifying()
            if kind == "taylor":
                self._last = self._taylor(data)
                return taylor.holds(self.separation, lower, self._last)
            self._last = self._cover(lower, data, radius) if kind == "cover" else self._slabs(lower, *data)
            module = cover if kind == "cover" else slabs
            return module.holds(self.separation, lower, self._last, self._verifying)
        except TimeoutError:
            return False

    def _multiplier(self, t):
        r"""Return a multiplier as text: it belongs to the function and to squared lengths in their own units."""
        return str(dyadic(t) * power_of_two(self.local.height - 2 * self.scale))

    def _of_neurons(self, layers):
        r"""Return the multipliers of the neurons as text: two belong to the values of a neuron, three to squares."""
        found = []
        for layer, units in zip(layers, self.local.units):
            found.append([])
            for row, k, e in zip(layer, *units):
                exponents = (2 * k, e, e, 2 * e, 2 * e)
                found[-1].append([str(dyadic(t) * power_of_two(self.local.height - x)) for t, x in zip(row, exponents)])
        return found

    def _multipliers(self, values):
        return None if values is None else list(map(self._multiplier, values))

    def _taylor(self, data):
        ball = None if data["ball"] is None else self._multiplier(data["ball"])
        return {"kind": "taylor", "basis": self.basis, "ball": ball, "box": self._multipliers(data["box"])}

    def _cover(self, lower, found, radius):
        text, multipliers = found.tree(radius)
        return {
            "kind": "cover",
            "basis": self.basis,
            "reach": str(max(lower, dyadic(found.reach) * power_of_two(self.scale))),
            "tree": text,
            "multipliers": self._multipliers(multipliers),
        }

    def _slabs(self, lower, tree, nodes):
        unit = power_of_two(self.scale)
        used = sorted({node[0] for node in nodes if not isinstance(node, Proof)})
        written = []
        for node in nodes:
            if not isinstance(node, Proof):
                written.append([used.index(node[0]), node[1]])
                continue
            written.append(
                {
                    "reach": str(max(lower, dyadic(node.reach) * unit)),
                    "center": [int(x) for x in numpy.rint(node.center / tree.grid)],
                    "ball": None if node.ball is None else self._multiplier(node.ball),
                    "sides": self._multipliers(node.sides),
                    "slabs": self._multipliers(node.slabs),
                    **({} if node.neurons is None else {"neurons": self._of_neurons(node.neurons)}),
                }
            )
        return {
            "kind": "slabs",
            "basis": self.basis,
            "unit": str(dyadic(tree.grid) * unit),
            "directions": [[int(x) for x in tree.directions[j] * 2.0**slabs.DIRECTION_BITS] for j in used],
            "nodes": written,
        }


def _float(x):
    return int(x.p) / int(x.q)
