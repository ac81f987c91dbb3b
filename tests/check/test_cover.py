r"""The checker of bounds: what it takes for a minorant is one, and false claims are refused."""

import random
from itertools import pairwise

import pytest
from flint import arb, arb_mat, ctx, fmpq

from sage_mlvar.check import cover, majorant, taylor
from sage_mlvar.check.bernstein import ranges_around
from sage_mlvar.check.errors import Malformed
from sage_mlvar.check.minorant import Cell, Program, Zonotope, minorant
from sage_mlvar.check.separation import Separation


def rational(source, bits=6):
    return fmpq(source.randint(-(2**bits), 2**bits), 2**bits)


def network(widths, source):
    weights = [[[rational(source) for _ in range(a)] for _ in range(b)] for a, b in pairwise(widths)]
    return weights, [[rational(source) for _ in range(b)] for b in widths[1:]]


def evaluate(weights, biases, activation, x):
    for level, (W, b) in enumerate(zip(weights, biases)):
        if level:
            x = [sum((a * z**k for k, a in enumerate(activation)), fmpq(0)) for z in x]
        x = [sum((w * z for w, z in zip(row, x)), shift) for row, shift in zip(W, b)]
    return x[0]


@pytest.mark.parametrize("widths", [[2, 3, 1], [3, 2, 2, 1], [2, 2, 3, 2, 1]])
@pytest.mark.parametrize("shape", ["ball", "box", "both"])
def test_minorants_are_below(widths, shape):
    source = random.Random(f"{widths}{shape}")
    for _ in range(12):
        weights, biases = network(widths, source)
        activation = [rational(source) for _ in range(source.randint(2, 5))]
        n = widths[0]
        u, v = [rational(source) for _ in range(n)], [rational(source) for _ in range(n)]
        program = Program(weights, biases, activation, u)
        half = [abs(rational(source)) for _ in range(n)]
        radius = abs(rational(source)) + fmpq(1, 64)
        cell = Cell(
            [arb(x) for x in v],
            None if shape == "ball" else [arb(s) for s in half],
            None if shape == "box" else arb(radius),
        )
        c, b, Q = minorant(program, cell)
        for _ in range(30):
            y = [s * rational(source) for s in (half if shape != "ball" else [radius] * n)]
            if shape != "box" and sum(a * a for a in y) > radius**2:
                continue
            exact = evaluate(weights, biases, activation, [a + p + q for a, p, q in zip(y, u, v)])
            below = c + sum((p * q for p, q in zip(b, y)), arb(0))
            below = below + sum((Q[i][k] * y[i] * y[k] for i in range(n) for k in range(n)), arb(0))
            assert not below > exact


def test_sums_of_squares_on_a_ball():
    # The squares of the coordinates add up to 9 at most; each alone can be 9.
    cell = Cell(ball=arb(3))
    zonotope = Zonotope(cell)
    rows = [[arb(int(i == k)) for k in range(4)] for i in range(4)]
    zonotope.add(rows, [high for _, high in cell.intervals(arb_mat(rows))])
    assert 9 <= zonotope.bound([arb(1)] * 4) < 9.1
    assert 9 <= zonotope.bound([arb(1), arb(0), arb(0), arb(0)]) < 9.1


def test_ranges_hold_the_values():
    source = random.Random(1)
    for _ in range(50):
        coefficients = [rational(source) for _ in range(source.randint(1, 7))]
        ends = -abs(rational(source)) * 3, abs(rational(source)) * 3
        [(low, high)] = ranges_around([[arb(a) for a in coefficients]], [tuple(map(arb, ends))])
        for k in range(9):
            t = ends[0] + (ends[1] - ends[0]) * k / 8
            value = sum((a * t**i for i, a in enumerate(coefficients)), fmpq(0))
            assert not low > value
            assert not high < value


def ball(radius_squared=4, n=2, norm="euclidean", box=None):
    identity = [[fmpq(int(i == j)) for j in range(n)] for i in range(n)]
    weights = [identity, [[fmpq(-1)] * n, [fmpq(0)] * n]]
    biases = [[fmpq(0)] * n, [fmpq(radius_squared), fmpq(0)]]
    return Separation(weights, biases, [fmpq(0), fmpq(0), fmpq(1)], 0, 1, [fmpq(0)] * n, norm, box)


def random_tree(source, depth, axes):
    if not depth or source.random() < 0.2:
        return source.choice(".m")
    return str(source.randrange(axes)) + random_tree(source, depth - 1, axes) + random_tree(source, depth - 1, axes)


def test_false_distances_are_refused():
    source = random.Random(2)
    g = ball()
    for _ in range(200):
        lower = fmpq(2) + abs(rational(source)) / 4
        t = str(abs(rational(source)) * 3)
        assert not taylor.holds(g, lower, {"kind": "taylor", "basis": None, "ball": t, "box": None})
        tree = random_tree(source, 6, 2)
        multipliers = [str(abs(rational(source)) * 3) for _ in range(tree.count("m"))]
        proof = {"kind": "cover", "basis": None, "reach": str(lower + 1), "tree": tree, "multipliers": multipliers}
        assert not cover.holds(g, lower, proof)
    assert not majorant.holds(g, fmpq(2))


def test_true_distances_are_accepted():
    g = ball()
    assert taylor.holds(g, fmpq(1999, 1000), {"kind": "taylor", "basis": None, "ball": "1000001/1000000", "box": None})
    assert taylor.holds(
        ball(norm="maximum"), fmpq(7, 5), {"kind": "taylor", "basis": None, "ball": None, "box": ["101/100", "101/100"]}
    )
    cells = {"kind": "cover", "basis": None, "reach": "1", "tree": "0..", "multipliers": []}
    assert cover.holds(g, fmpq(1), cells)
    assert majorant.holds(g, fmpq(1))


def test_a_domain_that_cuts_the_boundary_off():
    g = ball(box=[(fmpq(-1), fmpq(1)), (fmpq(-1), fmpq(1))])
    proof = {"kind": "taylor", "basis": None, "ball": None, "box": ["3/2", "3/2"]}
    assert taylor.holds(g, fmpq(100), proof)
    wider = ball(box=[(fmpq(-1), fmpq(1)), (fmpq(-2), fmpq(1))])
    assert not taylor.holds(wider, fmpq(100), proof)
    with pytest.raises(Malformed, match="point must be in the box"):
        ball(box=[(fmpq(1), fmpq(2)), (fmpq(-1), fmpq(1))])


TAYLOR = {"kind": "taylor", "basis": None, "ball": "1", "box": None}
COVER = {"kind": "cover", "basis": None, "reach": "1", "tree": "0..", "multipliers": []}


@pytest.mark.parametrize(
    "proof",
    [
        {**TAYLOR, "ball": "-1"},
        {**TAYLOR, "ball": 1},
        {**TAYLOR, "box": ["1", "1"]},
        {**TAYLOR, "basis": [0, 0]},
        {**TAYLOR, "basis": [2]},
        {**TAYLOR, "basis": [True]},
        {**TAYLOR, "extra": 1},
        {**COVER, "tree": "2.."},
        {**COVER, "tree": "0.m"},
        {**COVER, "tree": 0},
        {**COVER, "multipliers": ["1"]},
        {**COVER, "reach": "-1"},
    ],
)
def test_malformed_proofs(proof):
    check = taylor if proof["kind"] == "taylor" else cover
    with pytest.raises(Malformed):
        check.holds(ball(), fmpq(1), proof)


@pytest.mark.parametrize("tree", ["", "0.", "0...", "...", "01.."])
def test_incomplete_trees(tree):
    assert not cover.holds(ball(), fmpq(1, 2), {**COVER, "tree": tree})


def test_a_basis_must_span():
    # The second row would be lost, and with it the nearest failure.
    rows = [[fmpq(1), fmpq(0)], [fmpq(0), fmpq(2)]]
    g = Separation(
        [rows, [[fmpq(-1)] * 2, [fmpq(0)] * 2]],
        [[fmpq(0)] * 2, [fmpq(4), fmpq(0)]],
        [fmpq(0), fmpq(0), fmpq(1)],
        0,
        1,
        [fmpq(0)] * 2,
    )
    assert not taylor.holds(g, fmpq(1, 2), {"kind": "taylor", "basis": [0], "ball": "5", "box": None})
    assert taylor.holds(g, fmpq(1, 2), {"kind": "taylor", "basis": [1, 0], "ball": "5", "box": None})


def test_the_precision_is_put_back():
    before = ctx.prec
    majorant.holds(ball(), fmpq(1))
    assert ctx.prec == before
