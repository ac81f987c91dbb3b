r"""The kinds of proofs, one by one."""

import math
import random
from fractions import Fraction

import pytest
from flint import fmpq, fmpz_mat

from sage_mlvar.check import Malformed, Rejected
from sage_mlvar.check.definite import minimum, positive_definite
from sage_mlvar.check.document import rational
from sage_mlvar.check.kinds import KINDS, kind
from sage_mlvar.check.network import Network
from sage_mlvar.check.problem import Problem

from .builder import strings
from .oracle import Net


def problem(weights, biases, activation, point, lower=None, c=0, other=1, **options):
    network = Network(strings(weights), strings(biases), strings(activation))
    lower = None if lower is None else rational(str(Fraction(lower)))
    return Problem(network, [rational(str(Fraction(x))) for x in point], c, other, lower=lower, **options)


def verify(name, question, **proof):
    return kind({"kind": name}, "proof").verify({"kind": name, **proof}, question)


IDENTITY = [[1, 0], [0, 1]]


def circle(lower, **options):
    r"""g = 4 - x^2 - y^2 at (1, 0): the distance is 1, by the multiplier 1/2 at (2, 0)."""
    return problem([IDENTITY, [[-1, -1], [0, 0]]], [[0, 0], [4, 0]], [0, 0, 1], [1, 0], lower, **options)


GOOD = {"multiplier": "1/2", "margin": "1/4", "basis": [0, 1], "coefficients": ["1", "0"]}


def test_multiplier():
    assert verify("multiplier", circle(1), **GOOD).lower == 1
    assert verify("multiplier", circle(1), **{**GOOD, "basis": None}).lower == 1
    assert verify("multiplier", circle(1), **{**GOOD, "basis": [1, 0], "coefficients": ["0", "1"]}).lower == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"multiplier": "-1/2"}, "must not be negative"),
        ({"multiplier": "3/4"}, "not positive definite"),
        ({"multiplier": "7/8"}, "not positive definite"),
        ({"margin": "1/2"}, "not positive definite"),
        ({"margin": "3/4"}, "not positive definite"),
        ({"margin": "0"}, "strictly between"),
        ({"margin": "1"}, "strictly between"),
        ({"margin": "-1/4"}, "strictly between"),
        ({"basis": [0], "coefficients": ["1"]}, "outside the span"),
        ({"basis": [], "coefficients": []}, "outside the span"),
        ({"basis": [0, 0]}, "repeat"),
        ({"basis": [0, 2]}, "below 2"),
        ({"basis": [0, -1]}, "at least 0"),
        ({"basis": [0, True]}, "must be an integer"),
        ({"coefficients": ["1"]}, "2 entries"),
        ({"coefficients": ["2", "0"]}, "squared distance"),
        ({"coefficients": ["1", "1/1000"]}, "squared distance"),
        ({"multiplier": "1/3"}, "squared distance"),
    ],
)
def test_multipliers_that_prove_nothing(change, reason):
    with pytest.raises(Rejected, match=reason):
        verify("multiplier", circle(1), **{**GOOD, **change})


def test_multiplier_beyond_the_truth():
    with pytest.raises(Rejected, match="squared distance of at least 1 only"):
        verify("multiplier", circle(Fraction(1000001, 1000000)), **GOOD)
    with pytest.raises(Rejected, match="infinity"):
        verify("multiplier", circle(None), **GOOD)


def test_multiplier_in_the_maximum_norm_loses_the_root_of_n():
    with pytest.raises(Rejected):
        verify("multiplier", circle(Fraction(5, 7), norm="maximum"), **GOOD)
    assert verify("multiplier", circle(Fraction(7, 10), norm="maximum"), **GOOD).lower * 10 == 7


def test_basis_of_dependent_rows():
    # g = 9 - x^2 - (2x)^2 - x^2 in three inputs: the boundary is |x| = sqrt(3/2).
    weights = [[[1, 0, 0], [2, 0, 0], [0, 0, 0], [1, 0, 0], [0, 1, 0]], [[-1, -1, 7, -1, 0], [0, 0, 0, 0, 0]]]
    question = problem(weights, [[0] * 5, [9, 0]], [0, 0, 1], [1, 5, 5], Fraction(11, 50))
    # x = 1.2247...: lambda = (x - 1)/(6 x)
    proof = {"multiplier": str(Fraction(3058, 100000)), "margin": "1/2"}
    step = Fraction(2247, 10000)
    for basis, coefficients in (([0], [step]), ([1], [step / 2]), ([3], [step]), ([0, 4], [step, 0])):
        assert verify("multiplier", question, **proof, basis=basis, coefficients=strings(coefficients)).lower
    for basis, reason in (
        ([4], "outside the span"),
        ([2], "not positive definite|outside"),
        ([0, 1], "not positive definite"),
    ):
        with pytest.raises(Rejected, match=reason):
            verify("multiplier", question, **proof, basis=basis, coefficients=["0"] * len(basis))


def test_rows_without_influence_may_lie_outside_the_basis():
    weights = [[[1, 0], [0, 1]], [[-1, 3], [0, 3]]]
    question = problem(weights, [[0, 0], [4, 0]], [0, 0, 1], [1, 0], 1)
    assert verify("multiplier", question, **{**GOOD, "basis": [0], "coefficients": ["1"]}).lower == 1


def test_a_linear_boundary():
    # g = 2x + 1 from z^2 terms that cancel and a linear activation alike.
    for weights, biases, activation in (
        ([[[1, 0], [1, 0]], [[1, -1], [0, 0]]], [[1, 0], [0, 0]], [0, 0, 1]),
        ([[[1, 0]], [[2], [0]]], [[0], [1, 0]], [0, 1]),
    ):
        question = problem(weights, biases, activation, [1, 9], Fraction(3, 2))
        proof = {"multiplier": "3/2", "margin": "9/10", "basis": None, "coefficients": ["-3/2", "0"]}
        assert verify("multiplier", question, **proof).lower * 2 == 3


def test_multiplier_needs_a_quadric():
    for weights, biases, activation in (
        ([[[1, 0]], [[1], [0]]], [[0], [1, 0]], [0, 0, 0, 1]),
        ([[[1, 0]], [[1]], [[1], [0]]], [[0], [0], [1, 0]], [0, 0, 1]),
    ):
        with pytest.raises(Rejected, match="one hidden layer and an activation of degree at most 2"):
            verify("multiplier", problem(weights, biases, activation, [1, 9], 1), **{**GOOD, "basis": None})


@pytest.mark.parametrize(
    ("weights", "biases", "least"),
    [
        ([IDENTITY, [[1, 1], [0, 0]]], [[0, 0], [2, 0]], "2"),
        ([[[1, 0]], [[1], [0]]], [[5], [1, 0]], "1"),
        # (x + 1)^2 - 2 (x + 1) + 5 by the biases of dependent rows: x^2 + 4
        ([[[1, 0], [1, 0], [1, 0]], [[1, -2, 2], [0, 0, 0]]], [[1, 1, 0], [5, 0]], None),
        # (x + y)^2 + (x - y)^2 + (2x)^2 + 1, more rows than inputs
        ([[[1, 1], [1, -1], [2, 0]], [[1, 1, 1], [0, 0, 0]]], [[0, 0, 0], [1, 0]], "1"),
        # a negative coefficient that the others outweigh: 2 x^2 - (x/2)^2 + 3
        ([[["1", 0], ["1/2", 0]], [[2, -1], [0, 0]]], [[0, 0], [3, 0]], "3"),
    ],
)
def test_positive(weights, biases, least):
    point = [Fraction(1), Fraction(3)]
    result = verify("positive", problem(weights, biases, [0, 0, 1], point))
    assert result.lower is None
    net = Net({"weights": weights, "biases": biases, "activation": ["0", "0", "1"]})
    source = random.Random(1)
    smallest = min(net.g(0, 1, [Fraction(source.randint(-99, 99), 9) for _ in range(2)]) for _ in range(200))
    if least is not None:
        assert f"at least {least} everywhere" in result.verified[0]
        assert smallest >= Fraction(least)


@pytest.mark.parametrize(
    ("weights", "biases", "reason"),
    [
        ([IDENTITY, [[1, 1], [0, 0]]], [[0, 0], [0, 0]], "minimum 0, so"),
        ([IDENTITY, [[1, 1], [0, 0]]], [[0, 0], [-1, 0]], "minimum -1, so"),
        ([IDENTITY, [[1, -1], [0, 0]]], [[0, 0], [50, 0]], "not bounded below"),
        ([[[1, 0], [1, 0]], [[1, -1], [0, 0]]], [[1, 0], [0, 0]], "not bounded below"),
        ([[[1, 0], [1, 0], [0, 1]], [[1, -1, 1], [0, 0, 0]]], [[1, 0, 0], [0, 0]], "not bounded below"),
    ],
)
def test_what_is_not_positive(weights, biases, reason):
    with pytest.raises(Rejected, match=reason):
        verify("positive", problem(weights, biases, [0, 0, 1], [1, 2]))


def test_positive_for_constants_of_any_depth():
    deep = [[[1, 0]], [[0], [2]], [[1, 0], [3, 0]]]
    result = verify("positive", problem(deep, [[0], [1, 1], [0, -9]], [0, 0, 0, 1], [1, 2]))
    assert "nonzero constant" in result.verified[0]
    deep[-1] = [[1, 1], [3, 0]]
    with pytest.raises(Rejected, match="one hidden layer"):
        verify("positive", problem(deep, [[0], [1, 1], [0, -9]], [0, 0, 0, 1], [1, 2]))
    with pytest.raises(Malformed, match="unknown entry"):
        verify("positive", problem(deep, [[0], [1, 1], [0, -9]], [0, 0, 0, 1], [1, 2]), basis=None)


@pytest.mark.parametrize(
    ("weights", "biases", "point", "square"),
    [
        # (x + y)^2 and (3x + 4y)^2/25 and (x + y)^2 + z^2, and dependent rows: (x + 1)^2 + (2x + 2)^2
        ([[[1, 1]], [[1], [0]]], [[0], [0, 0]], [3, 0], Fraction(9, 2)),
        ([[["3/5", "4/5"]], [[1], [0]]], [[2], [0, 0]], [3, 1], Fraction(23, 5) ** 2),
        ([[[1, 1, 0], [0, 0, 1]], [[1, 1], [0, 0]]], [[0, 0], [0, 0]], [3, 0, 2], Fraction(9, 2) + 4),
        ([[[1, 0], [2, 0]], [[1, 1], [0, 0]]], [[1, 2], [0, 0]], [3, 8], Fraction(16)),
        # more rows than inputs: x^2 + y^2 + (x + y)^2, the origin
        ([[[1, 0], [0, 1], [1, 1]], [[1, 1, 1], [0, 0, 0]]], [[0, 0, 0], [0, 0]], [3, 4], Fraction(25)),
        # more rows than inputs, of rank one: 3 x^2 + y*0
        ([[[1, 0], [1, 0], [1, 0]], [[1, 1, 1], [0, 0, 0]]], [[0, 0, 0], [0, 0]], [3, 4], Fraction(9)),
    ],
)
def test_touching(weights, biases, point, square):
    root = Fraction(float(square) ** 0.5)
    below, above = root * Fraction(999999, 1000000), root * Fraction(1000001, 1000000)
    assert verify("touching", problem(weights, biases, [0, 0, 1], point, below)).lower
    with pytest.raises(Rejected, match="squared distance"):
        verify("touching", problem(weights, biases, [0, 0, 1], point, above))
    lifted = [biases[0], [biases[1][0] + 1, 0]]
    with pytest.raises(Rejected, match="minimum 1, not zero"):
        verify("touching", problem(weights, lifted, [0, 0, 1], point, below))


def test_touching_ball_holds_the_nearest_point():
    result = verify("touching", problem([[[1, 1]], [[1], [0]]], [[0], [0, 0]], [0, 0, 1], [3, 0], 2))
    center, squared = result.ball(fmpq(5))
    assert [2 * x for x in center] == [3, -3]
    assert 2 * squared == 1


def test_trivial():
    assert verify("trivial", circle(0)).lower == 0
    with pytest.raises(Rejected):
        verify("trivial", circle(Fraction(1, 10**9)))


def test_registry_names_modules_that_check():
    for name in KINDS:
        assert callable(kind({"kind": name}, "proof").verify)
    for proof in (None, [], {}, {"kind": 1}, {"kind": ["multiplier"]}):
        with pytest.raises(Malformed, match="must be an object with a kind"):
            kind(proof, "proof")


def gram(size, rank, source, bits=8):
    rows = [[source.randint(-(2**bits), 2**bits) for _ in range(rank)] for _ in range(size)]
    return [[sum(a * b for a, b in zip(x, y)) for y in rows] for x in rows]


@pytest.mark.parametrize("size", [1, 5, 12, 13, 40, 60])
def test_positive_definite_matrices(size):
    source = random.Random(size)
    entries = gram(size, size + 1, source)
    assert positive_definite(fmpz_mat(entries)).startswith("exactly" if size <= 12 else "with balls")
    # Just beyond the border: the least eigenvalue of G - t I is negative when t is the trace.
    trace = sum(entries[i][i] for i in range(size))
    shifted = [[entries[i][j] * size - (trace + 1) * (i == j) for j in range(size)] for i in range(size)]
    with pytest.raises(Rejected, match="not positive definite"):
        positive_definite(fmpz_mat(shifted))


@pytest.mark.parametrize("size", [2, 12, 13, 30, 50])
def test_singular_matrices_are_not_positive_definite(size):
    source = random.Random(size)
    with pytest.raises(Rejected, match="not positive definite"):
        positive_definite(fmpz_mat(gram(size, size - 1, source)))


def test_large_singular_matrices_are_refused_too():
    with pytest.raises(Rejected, match="too close to singular"):
        positive_definite(fmpz_mat([[(2 * i + 3) * (2 * j + 3) for i in range(130)] for j in range(130)]))


def test_nearly_singular_matrices_take_more_bits():
    # The Hilbert matrix of size 60: its least eigenvalue is about 10^-90.
    size, scale = 60, 1
    for k in range(1, 2 * size):
        scale = math.lcm(scale, k)
    entries = [[scale // (i + j + 1) for j in range(size)] for i in range(size)]
    assert positive_definite(fmpz_mat(entries)) in ("with balls of 512 bits", "with balls of 1024 bits")
    entries[-1][-1] -= 1
    with pytest.raises(Rejected):
        positive_definite(fmpz_mat(entries))


def test_minimum_of_random_forms():
    source = random.Random(2)
    for _ in range(200):
        size, rank = source.randint(1, 5), source.randint(0, 4)
        rows = [[source.randint(-3, 3) for _ in range(size + 1)] for _ in range(rank)]
        shift = source.randint(-5, 5)
        # A sum of squares of affine functions plus a constant is bounded below by it.
        entries = [[sum(row[i] * row[j] for row in rows) for j in range(size + 1)] for i in range(size + 1)]
        entries[-1][-1] += shift
        least, pivots = minimum(fmpz_mat(entries))
        assert least >= shift
        assert len(pivots) == fmpz_mat([row[:-1] for row in entries[:-1]]).rank()
        for _ in range(10):
            v = [source.randint(-3, 3) for _ in range(size)] + [1]
            assert sum(v[i] * v[j] * entries[i][j] for i in range(size + 1) for j in range(size + 1)) >= least
        entries[0][0] -= 100
        assert minimum(fmpz_mat(entries)) is None


def test_minimum_is_attained():
    # 2 v^2 + 6 v + 5 has the minimum 1/2.
    least, _ = minimum(fmpz_mat([[2, 3], [3, 5]]))
    assert 2 * least == 1
