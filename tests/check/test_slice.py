r"""Bounds on pieces between hyperplanes: they hold at random points, around any center, at any scale."""

import math
import random

import pytest
from check.test_cover import evaluate, network, rational
from flint import arb, arb_mat, fmpq

from sage_mlvar.check.bernstein import ranges_around
from sage_mlvar.check.minorant import Program, minorant
from sage_mlvar.check.slice import Slice, support

SHAPES = ["ball", "box", "both"]


def inner(x, y):
    return sum((a * b for a, b in zip(x, y)), fmpq(0))


class Case:
    r"""A random slice in exact numbers, with points that are in it."""

    def __init__(self, source, n, shape, scale=1):
        self.radius = None if shape == "box" else (abs(rational(source)) + fmpq(1, 8)) * scale
        self.sides = None
        if shape != "ball":
            self.sides = [(-abs(rational(source)) * scale, abs(rational(source)) * scale) for _ in range(n)]
        self.directions = [[rational(source) for _ in range(n)] for _ in range(source.randint(0, 3))]
        if self.directions and source.random() < 0.3:
            # Dependent directions are allowed, and say nothing new.
            self.directions.append([2 * x for x in self.directions[0]])
        points = list(filter(self._in_region, (self._draw(source, n, scale) for _ in range(60))))
        self.slabs = [self._ends(source, row, points) for row in self.directions]
        self.points = [
            y
            for y in points
            if all(low <= inner(row, y) <= high for row, (low, high) in zip(self.directions, self.slabs))
        ]
        # Often far outside of the slice.
        self.center = [rational(source) * source.choice([0, 1, 1, 3]) * scale for _ in range(n)]

    def _draw(self, source, n, scale):
        if self.sides is None:
            y = [rational(source) for _ in range(n)]
            # On the sphere, nearly, or inside.
            size = (inner(y, y) or fmpq(1)) * 2**80
            root = fmpq(math.isqrt(int(size.p // size.q)) + 1, 2**40)
            return [x / root * self.radius * source.choice([1, fmpq(1, 2)]) for x in y]
        ends = [(low, high, low + (high - low) * source.randint(0, 8) / 8) for low, high in self.sides]
        return [source.choice(three) for three in ends]

    def _in_region(self, y):
        return self.radius is None or inner(y, y) <= self.radius**2

    def _ends(self, source, row, points):
        values = sorted(inner(row, y) for y in points) or [fmpq(0)]
        low = source.randrange(len(values))
        return values[low], values[source.randrange(low, len(values))]

    def slice(self):
        pairs = lambda values: [(arb(a), arb(b)) for a, b in values]  # noqa: E731
        return Slice(
            [arb(x) for x in self.center],
            None if self.radius is None else arb(self.radius),
            None if self.sides is None else pairs(self.sides),
            [[arb(x) for x in row] for row in self.directions],
            pairs(self.slabs),
        )


@pytest.mark.parametrize("exponent", [0, -300, 300])
@pytest.mark.parametrize("shape", SHAPES)
def test_intervals_and_reach_hold_the_values(shape, exponent):
    source = random.Random(f"{shape}{exponent}")
    scale, checked = fmpq(10) ** exponent if exponent >= 0 else 1 / fmpq(10) ** -exponent, 0
    for _ in range(30):
        case = Case(source, source.randint(1, 5), shape, scale)
        piece = case.slice()
        n = len(case.center)
        forms = [[rational(source) for _ in range(n)] for _ in range(4)] + [[fmpq(0)] * n]
        bounds = piece.intervals(arb_mat(forms))
        for low, high in bounds:
            assert not low > 0
            assert not high < 0
        for y in case.points:
            move = [a - b for a, b in zip(y, case.center)]
            assert not piece.reach * piece.reach < inner(move, move)
            for form, (low, high) in zip(forms, bounds):
                value = inner(form, move)
                assert not low > value
                assert not high < value
            checked += 1
    assert checked > 150


@pytest.mark.parametrize("shape", SHAPES)
def test_supports_hold_for_any_weights(shape, monkeypatch):
    # Duality: weights that are far from the best ones give bounds that are bad, and true.
    source = random.Random(shape)
    weights = lambda self, row: [arb(rational(source) * 3) for _ in self.slabs]  # noqa: E731
    monkeypatch.setattr(Slice, "_weights", weights)
    for _ in range(30):
        case = Case(source, 3, shape)
        form = [rational(source) for _ in range(3)]
        low, high = case.slice().intervals(arb_mat([form]))[0]
        for y in case.points:
            value = inner(form, y) - inner(form, case.center)
            assert not low > value
            assert not high < value


def test_bounds_are_nearly_the_best():
    # The cap 4/5 <= x <= 1 of the disc, and what the square leaves of x + y >= 3/2.
    cap = Slice([arb("0.8"), arb(0)], arb(1), None, [[arb(1), arb(0)]], [(arb("0.8"), arb(1))])
    low, high = cap.intervals(arb_mat([[0, 1]]))[0]
    assert abs(low + arb("0.6")) < 1e-7
    assert abs(high - arb("0.6")) < 1e-7
    # The farthest points of the cap are at (4/5, 3/5).
    assert abs(cap.reach - arb("0.6")) < 1e-7
    corner = Slice([arb(0)] * 2, None, [(arb(-1), arb(1))] * 2, [[arb(1), arb(1)]], [(arb("1.5"), arb(2))])
    low, high = corner.intervals(arb_mat([[1, -1]]))[0]
    assert abs(low + arb("0.5")) < 1e-12
    assert abs(high - arb("0.5")) < 1e-12
    assert corner.intervals(arb_mat([[1, 0]]))[0][1] == 1


def test_the_reach_counts_the_center():
    # Seen from far away all points are far away, on both sides.
    for c in (3, -3):
        plain = Slice([arb(c), arb(0)], arb(1))
        assert not plain.reach < 4
        assert plain.reach < 4.01
        box = Slice([arb(c), arb(0)], None, [(arb(-1), arb(1))] * 2)
        assert not box.reach * box.reach < 17
        assert box.reach * box.reach < 17.01


@pytest.mark.parametrize("shape", SHAPES)
def test_regions_without_extent(shape):
    ball = None if shape == "box" else arb(0)
    sides = None if shape == "ball" else [(arb(0), arb(0))] * 2
    piece = Slice([arb(1), arb(0)], ball, sides, [[arb(1), arb(1)], [arb(0), arb(0)]], [(arb(0), arb(0))] * 2)
    (low, high), _ = piece.intervals(arb_mat([[1, 2], [0, 0]]))
    assert low == -1
    assert not high < 0
    assert not piece.reach < 1
    assert support([arb(1), arb(2)], ball, sides) == 0


def test_no_number_is_no_bound():
    nan = arb("nan")
    for piece in (Slice([arb(0)], nan), Slice([arb(0)], None, [(nan, arb(1))]), Slice([nan], arb(1))):
        low, high = piece.intervals(arb_mat([[1]]))[0]
        assert not low > -1
        assert not high < 1
        assert not piece.reach < 10


@pytest.mark.parametrize("widths", [[2, 3, 1], [3, 2, 2, 1], [2, 2, 3, 2, 1]])
@pytest.mark.parametrize("shape", SHAPES)
def test_minorants_are_below(widths, shape):
    source, checked = random.Random(f"{widths}{shape}"), 0
    for _ in range(25):
        weights, biases = network(widths, source)
        activation = [rational(source) for _ in range(source.randint(2, 6))]
        n = widths[0]
        u, case = [rational(source) for _ in range(n)], Case(source, n, shape)
        c, b, Q = minorant(Program(weights, biases, activation, u), case.slice())
        for y in case.points:
            exact = evaluate(weights, biases, activation, [a + p for a, p in zip(y, u)])
            move = [arb(p - q) for p, q in zip(y, case.center)]
            below = c + sum((p * q for p, q in zip(b, move)), arb(0))
            below = below + sum((Q[i][k] * move[i] * move[k] for i in range(n) for k in range(n)), arb(0))
            assert not below > exact
            checked += 1
    assert checked > 100


def test_ranges_of_uneven_intervals():
    # The interval need not be symmetric around zero: each end has a say.
    source = random.Random(4)
    for _ in range(100):
        coefficients = [rational(source) for _ in range(source.randint(1, 7))]
        ends = -abs(rational(source)) * source.choice([0, 1, 5]), abs(rational(source)) * source.choice([0, 1, 5])
        [(low, high)] = ranges_around([[arb(a) for a in coefficients]], [tuple(map(arb, ends))])
        for k in range(9):
            t = ends[0] + (ends[1] - ends[0]) * k / 8
            value = sum((a * t**i for i, a in enumerate(coefficients)), fmpq(0))
            assert not low > value
            assert not high < value
    line = [arb(0), arb(1)]
    assert [float(x) for x in ranges_around([line], [(arb(-1), arb(3))])[0]] == [-1, 3]
