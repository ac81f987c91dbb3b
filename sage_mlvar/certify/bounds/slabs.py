r"""
Branch and bound with hyperplanes: proofs for many variables, of the kind of :mod:`sage_mlvar.check.slabs`.

A quadratic function below the network is best around the point where it is lowest; so it is set up there again, a few
times. Often two low points then take turns, and a hyperplane between them is the cut that is needed. Where a piece is
narrow in few directions, those in which the margin falls, the network is nearly quadratic on it.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.bounds.separations import Separations
    sage: from sage_mlvar.certify.bounds.task import Task
    sage: from sage_mlvar.certify.bounds.slabs import SlabTree
    sage: C = PolynomialClassifier.random([12, 12, 2], 5, seed=2)
    sage: c = C.predict([0]*12)
    sage: task = Task(Separations(C).between(c, 1 - c, [0]*12), seed=0)
    sage: task.search(); task.prove_ball(task.upper); bool(task.lower < 0.97 * task.upper)
    True
    sage: tree = SlabTree(task.local, task.region, task.upper)
    sage: tree.prove((1 - 1e-9) * task.upper, 100), tree.pieces(tree.lower) <= 100
    (True, True)
"""

import heapq
from dataclasses import dataclass, field
from itertools import count

import numpy

from ... import _sage  # noqa: F401
from ...check.slabs import DIRECTION_BITS
from .ball import SLACK
from .lifted import is_worthwhile, lifted_bound
from .model import minorants_on
from .quadratic import Slabs, multipliers
from .search import length
from .slice import Slice

__all__ = ["Piece", "SlabTree"]

#: How often the quadratic function is set up around another point.
_ROUNDS = 4
#: Centers and cuts are multiples of this part of the distance.
_GRID_BITS = 16
#: Bounds above this are good enough for any rounding.
_ENOUGH = 1e-6
#: A direction that is nearly spanned by those of the cuts before is none.
_NEW = 0.05
#: A direction as near to that of a cut, by its cosine, may mean the same cut once more.
_NEAR = 0.3


@dataclass(frozen=True)
class Proof:
    r"""What proves the margin positive on a piece within ``reach``: the center, on the grid, and the multipliers."""

    reach: float
    center: object
    ball: float | None
    sides: object
    slabs: object
    neurons: list | None = None


@dataclass
class Piece:
    r"""
    A node of the tree.

    - ``cuts`` -- dictionary from directions to pairs of bounds, integers on the grid or ``None``
    - ``proof`` -- the :class:`Proof` with the largest reach, or ``None``
    - ``cut`` -- the direction and place of its cut, with the two ``parts``; or ``None``
    - ``value``, ``center``, ``lowest`` -- of the best quadratic function so far: its bound, its center, and the points
      where those tried last are lowest
    - ``spread`` -- the direction in which a bound with hidden neurons was not sure of its lowest point, and the middle;
      or ``None``
    """

    cuts: dict
    proof: Proof | None = None
    cut: tuple | None = None
    parts: tuple = ()
    value: float = -numpy.inf
    center: object = None
    lowest: list = field(default_factory=list)
    spread: tuple | None = None

    def lower(self):
        r"""Return the distance that is proved."""
        # Without recursion, here and below: trees can be deep.
        order, found = [self], {}
        for piece in order:
            order.extend(piece.parts)
        for piece in reversed(order):
            own = 0.0 if piece.proof is None else piece.proof.reach
            found[id(piece)] = max(own, min((found[id(part)] for part in piece.parts), default=0.0))
        return found[id(self)]

    def leaves(self, reach):
        r"""Return the pieces in which nothing farther than ``reach`` is proved, and that are not cut."""
        found, waiting = [], [self]
        while waiting:
            piece = waiting.pop()
            if piece.proof is not None and piece.proof.reach >= reach:
                continue
            waiting.extend(reversed(piece.parts))
            if not piece.parts:
                found.append(piece)
        return found

    def preorder(self, lower):
        r"""Return what a proof of ``lower`` needs of the tree: cuts and proofs, in preorder."""
        found, waiting = [], [self]
        while waiting:
            piece = waiting.pop()
            if piece.proof is not None and piece.proof.reach >= lower:
                found.append(piece.proof)
            else:
                found.append(piece.cut)
                waiting.extend(reversed(piece.parts))
        return found


class SlabTree:
    r"""
    A subdivision of all space by hyperplanes.

    INPUT:

    - ``local`` -- a :class:`~sage_mlvar.certify.bounds.local.LocalNetwork`
    - ``region`` -- a :class:`~sage_mlvar.certify.bounds.ball.Region`
    - ``size`` -- about the largest distance that will be asked for
    - ``check`` -- called before each quadratic function, to stop by an exception

    Attribute ``failure``: a point nearer than asked where the margin is not positive, or ``None``.
    """

    def __init__(self, local, region, size, check=lambda: None):
        self.local, self.region, self._check = local, region, check
        self.grid = 2.0 ** (numpy.frexp(size)[1] - _GRID_BITS)
        self.directions, self.failure, self._root = [], None, Piece({})

    @property
    def lower(self):
        r"""The distance that is proved."""
        return self._root.lower()

    def pieces(self, lower):
        r"""Return how many pieces a proof of the distance ``lower`` has."""
        return sum(isinstance(node, Proof) for node in self._root.preorder(lower))

    def nodes(self, lower):
        r"""Return the cuts and proofs, in preorder, that prove ``lower``."""
        return self._root.preorder(lower)

    def prove(self, reach, most, keep=False):
        r"""
        Cut pieces until the distance ``reach`` is proved, and return whether it is; a ``failure`` that turns up, or
        more than ``most`` pieces, end it. Cuts that were in vain are forgotten, unless these are to be kept: they would
        be a burden for smaller distances.
        """
        cuts, done = [], False
        try:
            done = self._prove(reach, most, cuts)
        finally:
            if not done and not keep:
                self._forget(cuts)
        return done

    @staticmethod
    def _forget(cuts):
        for piece in cuts:
            piece.cut, piece.parts = None, ()

    def _prove(self, reach, most, cuts):
        order, waiting = count(), []
        self.failure = None

        def ask(piece, starts):
            self._examine(piece, reach, starts, _ROUNDS)
            if piece.proof is None or piece.proof.reach < reach:
                heapq.heappush(waiting, (piece.value, next(order), piece))

        pieces = len(self._root.leaves(numpy.inf))
        for leaf in self._root.leaves(reach):
            known = [leaf.center] if leaf.center is not None else [numpy.zeros(self.local.dimension)]
            ask(leaf, [*known, *leaf.lowest[-1:]])
            if waiting and pieces >= most:
                return False
        while waiting and self.failure is None and pieces < most:
            piece = heapq.heappop(waiting)[-1]
            if not self._cut(piece, reach):
                return False
            cuts.append(piece)
            pieces += 1
            for part in piece.parts:
                ask(part, [part.center])
        return not waiting and self.failure is None

    def _slice(self, piece, reach):
        chosen = sorted(piece.cuts)
        rows = numpy.array([self.directions[j] for j in chosen]).reshape(len(chosen), self.local.dimension)
        ends = [piece.cuts[j] for j in chosen]
        low = numpy.array([-numpy.inf if a is None else a * self.grid for a, _ in ends])
        high = numpy.array([numpy.inf if b is None else b * self.grid for _, b in ends])
        return Slice(self.region, reach, rows, low, high)

    def _examine(self, piece, reach, starts, rounds):
        r"""Look for a quadratic function that is positive on a piece, and note what is found."""
        part = self._slice(piece, reach)
        piece.value, lowest = -numpy.inf, []
        zero = numpy.zeros(self.local.dimension)
        if part.is_empty:
            sides = None if part.sides is None else zero
            piece.value, piece.center = numpy.inf, zero
            piece.proof = Proof(reach, zero, 0.0 if part.ball is not None else None, sides, numpy.zeros(len(part.rows)))
            return
        center = None
        for k, start in enumerate([*starts, *[None] * rounds]):
            self._check()
            if start is None:
                if not lowest:
                    break
                # First the lowest point itself, then less of the way to it: low points may take turns.
                turn = k - len(starts)
                start = center if turn else piece.center
                start = start + (turn + 1) ** -0.8 * (part.inside(lowest[-1]) - start)
            center = numpy.rint(part.inside(start) / self.grid) * self.grid
            found = self._bound(part, center)
            if found is None:
                continue
            lowest.append(found.y + center)
            if found.value > piece.value:
                piece.value, piece.center = found.value, center
                piece.spread = None if found.direction is None else (found.direction, lowest[-1])
            if found.value > SLACK:
                cuts = len(part.rows)
                sides = None if part.sides is None else found.slabs[cuts:]
                piece.proof = Proof(reach, center, found.ball, sides, found.slabs[:cuts], found.neurons)
                break
            self._note(part.inside(lowest[-1]), reach)
        piece.lowest = lowest[-3:]

    def _bound(self, part, center):
        r"""Return the better bound of a quadratic function, or of the hidden neurons where these could do better."""
        plain = self._plain_bound(part, center)
        if not is_worthwhile(self.local) or (plain is not None and plain.value > SLACK):
            return plain
        self._check()
        lifted = lifted_bound(self.local, part, center, goal=_ENOUGH)
        return lifted if plain is None or (lifted is not None and lifted.value > plain.value) else plain

    def _plain_bound(self, part, center):
        c, b, Q = (x[0] for x in minorants_on(self.local, center[None], part.at(center)))
        if not (numpy.isfinite(c) and numpy.isfinite(b).all() and numpy.isfinite(Q).all()):
            return None
        shift = part.rows @ center
        rows, low, high = part.rows, part.low - shift, part.high - shift
        if part.sides is not None:
            rows = numpy.concatenate([rows, numpy.eye(len(center))])
            low, high = (numpy.append(x, s - center) for x, s in zip((low, high), part.sides))
        return multipliers(c, b, Q, Slabs(rows, low, high, part.ball, center), goal=_ENOUGH)

    def _note(self, y, reach):
        if float(length(y, self.region.norm)) < reach and self.local.values([y])[0] <= 0:
            self.failure = y

    def _cut(self, piece, reach):
        r"""Cut a piece where both parts come out best, and return whether there is a way to cut it."""
        best = None
        for number, direction, at in self._ways(piece, reach):
            low, high = piece.cuts.get(number, (None, None))
            if (low is not None and at <= low) or (high is not None and at >= high):
                continue
            if number == len(self.directions):
                self.directions.append(direction)
            parts, score = [], 0.0
            for ends in ((low, at), (at, high)):
                part = Piece({**piece.cuts, number: ends})
                self._examine(part, reach, [self._start(piece, part, reach)], 0)
                parts.append(part)
                score = min(p.value for p in parts) + 0.3 * sum(min(p.value, 0.0) for p in parts)
                if best is not None and not score > best[0]:
                    break
            else:
                if numpy.isfinite(score) or score == numpy.inf:
                    best = score, number, direction, at, parts
            if direction is not None:
                self.directions.pop()
            if self.failure is not None:
                break
        if best is None:
            return False
        _, number, direction, at, piece.parts = best
        if direction is not None:
            self.directions.append(direction)
        piece.cut = number, at
        return True

    def _start(self, piece, part, reach):
        r"""Return the low point of a piece that is nearest to its part, moved into it."""
        inside = self._slice(part, reach).inside
        moved = [(inside(y), y) for y in (*piece.lowest, piece.center) if y is not None]
        return min(moved, key=lambda pair: float(((pair[0] - pair[1]) ** 2).sum()))[0]

    def _ways(self, piece, reach):
        r"""Yield cuts to try: the direction, by its number, and by itself when it is new, and the place on the grid."""
        part, chosen = self._slice(piece, reach), sorted(piece.cuts)
        middles = numpy.rint((part.low + part.high) / 2 / self.grid).astype(int).tolist()
        if piece.spread is not None:
            direction, middle = piece.spread
            way = self._new(part, direction, middle)
            if way is not None:
                yield way
            near = numpy.abs(part.rows @ direction)
            if len(near) and (way is None or near.max() > _NEAR):
                yield chosen[near.argmax()], None, middles[near.argmax()]
            return
        for j, middle in zip(chosen, middles):
            yield j, None, middle
        low_points = [*piece.lowest]
        pairs = list(zip(low_points[::-1], low_points[-2::-1]))[:2]
        towards = [(a - b, (a + b) / 2) for a, b in pairs]
        if low_points:
            towards.append((low_points[-1], numpy.zeros(self.local.dimension)))
        if piece.center is not None and low_points:
            towards.append((low_points[-1] - piece.center, (low_points[-1] + piece.center) / 2))
        for step, middle in towards:
            size = numpy.sqrt(step @ step)
            way = self._new(part, step / size, middle) if size > 1e-9 * reach else None
            if way is not None:
                yield way

    def _new(self, part, direction, middle):
        r"""Return the cut in a direction, as far as it is new, or ``None``."""
        for _ in range(2):
            direction = direction - part.rows.T @ (part.rows @ direction)
        size = numpy.sqrt(direction @ direction)
        if size < _NEW:
            return None
        direction = numpy.rint(direction / size * 2.0**DIRECTION_BITS) * 2.0**-DIRECTION_BITS
        return len(self.directions), direction, int(numpy.rint(direction @ middle / self.grid))
