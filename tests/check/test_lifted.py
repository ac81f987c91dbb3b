r"""Quadratic functions of points and hidden neurons: below the network on all of a cell, whatever the multipliers."""

import random
from itertools import pairwise

import pytest
from check.test_slabs import circle, deep, failure, piece, proof, value
from flint import arb, arb_mat, ctx, fmpq

from sage_mlvar.check import slabs
from sage_mlvar.check.errors import Malformed
from sage_mlvar.check.lifted import INEQUALITIES, lifted
from sage_mlvar.check.minorant import Cell, taylor_coefficients
from sage_mlvar.check.separation import Separation
from sage_mlvar.check.slice import Slice


def small(source, top=4):
    return fmpq(source.randint(-top, top), source.choice([1, 2, 3, 8]))


def random_separation(widths, activation, seed):
    source = random.Random(seed)
    pairs = list(pairwise(widths))
    weights = [[[small(source) for _ in range(a)] for _ in range(b)] for a, b in pairs]
    biases = [[small(source) for _ in range(b)] for b in widths[1:]]
    point = [small(source) for _ in range(widths[0])]
    return Separation(weights, biases, activation, 0, 1, point)


def at(program, center, y):
    r"""Return the value at ``y``, and ``y - center`` followed by the remainders around ``center``."""
    column = lambda numbers: arb_mat(len(numbers), 1, [arb(x) for x in numbers])  # noqa: E731
    z, p = (program.start + program.first * column(x) for x in (y, center))
    w = [arb(a - b) for a, b in zip(y, center)]
    for W, _, b in program.later:
        values, middles = [], []
        for t, s in zip(z.entries(), p.entries()):
            c = taylor_coefficients(program, s)
            values.append(taylor_coefficients(program, t)[0])
            middles.append(c[0])
            w.append(values[-1] - c[0] - c[1] * (t - s))
        z, p = (W * arb_mat(len(x), 1, x) + b for x in (values, middles))
    return z[0, 0], w


def quadratic(c, b, Q, w):
    total = c
    for i, x in enumerate(w):
        total = total + b[i] * x + Q[i][i] * x * x
        for k in range(i + 1, len(w)):
            total = total + 2 * Q[i][k] * x * w[k]
    return total


def cells(n, source):
    r"""Yield cells around some point with a function that gives points of them."""
    center = [small(source, 2) for _ in range(n)]
    arbs = list(map(arb, center))

    def in_ball(size):
        while True:
            y = [fmpq(source.randint(-64, 64), 64) * size for _ in range(n)]
            if sum(x * x for x in y) <= size * size:
                return y

    yield center, Cell(arbs, ball=arb(1)), lambda: [a + x for a, x in zip(center, in_ball(fmpq(1)))]
    half = [fmpq(source.randint(0, 8), 8) for _ in range(n)]
    corner = lambda: [a + h * source.choice([-1, 0, 1]) for a, h in zip(center, half)]  # noqa: E731
    yield center, Cell(arbs, half=list(map(arb, half))), corner
    row = [arb(1), *[arb(0)] * (n - 1)]
    cut = Slice(arbs, arb(2), None, [row], [(arb("1/2"), arb(2))])

    def in_cut():
        while True:
            y = in_ball(fmpq(2))
            if y[0] >= fmpq(1, 2):
                return y

    yield center, cut, in_cut


@pytest.mark.parametrize(
    ("widths", "activation"),
    [
        ([2, 3, 2], [0, 0, 1]),
        ([2, 2, 2], [1, -1, 0, 2, 1]),
        ([2, 3, 2, 2], [0, 0, 0, 1]),
        ([3, 2, 3, 2], [0, 1, 1]),
        ([2, 2, 2, 2, 2], [0, 0, 1]),
        ([2, 2, 1, 2], [1, 0, -1, 1]),
        ([2, 2, 2], [1, 2]),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_never_above_the_network(widths, activation, seed):
    source, g = random.Random(seed), random_separation(widths, activation, seed)
    with ctx.workprec(200):
        program = g.program()
        hidden = [len(W) for W in g.weights[:-1]]
        for center, cell, points in cells(widths[0], source):
            for factor in (0, 1, 100):
                multipliers = [
                    [[arb(factor * source.choice([0, 1, 3])) for _ in range(INEQUALITIES)] for _ in range(count)]
                    for count in hidden
                ]
                c, b, Q = lifted(program, cell, multipliers)
                for _ in range(8):
                    true, w = at(program, center, points())
                    bound = quadratic(c, b, Q, w)
                    assert not bound > true
                    # Nothing is lost without multipliers, and the multiplied inequalities are all that is lost.
                    assert factor or bound.overlaps(true)


def test_each_inequality_can_be_violated_outside_of_the_cell():
    r"""What is subtracted becomes negative somewhere: the inequalities are about the cell, not about everything."""
    g = random_separation([1, 1, 1, 2], [0, 0, 0, 1], 3)
    with ctx.workprec(200):
        program, center = g.program(), [fmpq(0)]
        cell = Cell(ball=arb("1/8"))
        for k in range(INEQUALITIES):
            for layer in range(2):
                multipliers = [[[arb(int(j == k and i == layer)) for j in range(INEQUALITIES)]] for i in range(2)]
                c, b, Q = lifted(program, cell, multipliers)
                ways = [at(program, center, [fmpq(t, 8)]) for t in range(-40, 41)]
                assert any(quadratic(c, b, Q, w) > true for true, w in ways)


def neurons(separation, rows):
    r"""Return the same multipliers for all neurons, as text."""
    return [[list(map(str, rows)) for _ in W] for W in separation.weights[:-1]]


def test_true_and_false_distances():
    # With the equation of the remainders of z^2 nothing is lost; a little of the last inequality keeps them bounded.
    g, lower = circle(), fmpq(999, 1000)
    own = {"neurons": neurons(g, ("0", "0", "1", "0", "1/1000000"))}
    assert slabs.holds(g, lower, proof([{**piece(lower, ball="2"), **own}]))
    assert not slabs.holds(g, fmpq(1001, 1000), proof([{**piece("1001/1000", ball="2"), **own}]))
    # Without it, remainders can be anything.
    nothing = {"neurons": neurons(g, ("0",) * 5)}
    assert not slabs.holds(g, lower, proof([{**piece(lower, ball="2"), **nothing}]))


@pytest.mark.parametrize("seed", range(4))
def test_no_multipliers_prove_too_much(seed):
    source, g = random.Random(seed), deep()
    far = failure(g) * fmpq(1001, 1000)
    for _ in range(60):
        rows = [str(fmpq(source.choice([0, 1, 2, 5]), 2 ** source.randint(0, 6))) for _ in range(5)]
        found = {**piece(far, ball=str(fmpq(source.randint(0, 40), 8))), "neurons": neurons(g, rows)}
        assert not slabs.holds(g, far, proof([found]))


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found[:1],
        lambda found: [*found, found[0]],
        lambda found: [found[0][:1], found[1]],
        lambda found: [[row[:4] for row in layer] for layer in found],
        lambda found: [[["-1", *row[1:]] for row in layer] for layer in found],
        lambda found: [[[0, *row[1:]] for row in layer] for layer in found],
        lambda found: [[["nan", *row[1:]] for row in layer] for layer in found],
        lambda found: {"0": found},
        lambda found: "",
    ],
)
def test_malformed_multipliers(change):
    g = deep()
    good = neurons(g, ("0",) * 5)
    slabs.holds(g, fmpq(1, 8), proof([{**piece("1/8"), "neurons": good}]))
    with pytest.raises(Malformed, match="neurons"):
        slabs.holds(g, fmpq(1, 8), proof([{**piece("1/8"), "neurons": change(good)}]))


def test_values_of_the_helpers_agree():
    g = deep()
    program = g.program()
    true, w = at(program, [fmpq(0)] * 2, [fmpq(1, 2), fmpq(1, 3)])
    assert true.overlaps(arb(value(g, [fmpq(1, 2), fmpq(1, 3)])))
    assert len(w) == 2 + 3 + 1
