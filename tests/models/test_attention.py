r"""Lightning self-attention: the contract, the known values, the coordinates."""

import random

import pytest
from algebra import graded_dimension, minimal_generators, random_matrix

from sage_mlvar import LightningAttentionModel
from sage_mlvar.testing import ModelContract

from sage.matrix.constructor import matrix
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ


class TestContract(ModelContract):
    @pytest.fixture(
        params=[
            {"d": 1, "t": 1, "a": 1},
            {"d": 1, "t": 3, "a": 2},
            {"d": 2, "t": 1, "a": 1},
            {"d": 2, "t": 2, "a": 1},
            {"d": 2, "t": 2, "a": 2},
            {"d": 2, "t": 2, "a": 2, "scaled": False},
            {"d": 2, "t": 2, "a": 1, "d_out": 2, "output": (1, 0)},
            {"d": 1, "t": 2, "a": 1, "d_out": 2, "output": None},
        ],
        ids=str,
    )
    def model(self, request):
        return LightningAttentionModel(**request.param)


# ---- mathematics.md, section 2


@pytest.mark.parametrize(
    ("d", "t", "a", "ambient", "dimension"),
    [
        (2, 1, 1, 4, 4),
        (2, 1, 2, 4, 4),
        (3, 1, 1, 10, 7),
        (3, 1, 2, 10, 8),
        (3, 1, 3, 10, 8),
        (2, 2, 2, 10, 5),
        (2, 2, 1, 10, 4),
        (3, 2, 3, 28, 11),
    ],
)
def test_dimension(d, t, a, ambient, dimension):
    model = LightningAttentionModel(d, t, a)
    record = model.compute("dimension")
    assert model.ring().ngens() == ambient
    assert (record.value, record.status) == (dimension, "proved")


@pytest.mark.parametrize(
    ("d", "t", "a", "generators", "degree"),
    [(2, 1, 1, {}, 1), (2, 1, 2, {}, 1), (2, 2, 2, {1: 4, 4: 1}, 4), (2, 2, 1, {1: 4, 2: 3}, 3)],
)
@pytest.mark.parametrize("scaled", [True, False])
def test_ideal(d, t, a, generators, degree, scaled):
    model = LightningAttentionModel(d, t, a, scaled=scaled)
    assert minimal_generators(model.ideal()) == generators
    assert model.degree() == degree


@pytest.mark.parametrize("case", [(2, 2, 2), (2, 2, 1), (2, 1, 1), (1, 2, 1)])
def test_giac_agrees(case):
    model = LightningAttentionModel(*case)
    assert model.ideal(backend="giac", proof=False) == model.ideal()


@pytest.mark.parametrize(
    ("d", "t", "a", "d_out"), [(2, 2, 1, 1), (2, 2, 2, 2), (3, 2, 2, 2), (2, 3, 1, 3), (3, 3, 3, 1)]
)
def test_dimension_of_the_whole_module(d, t, a, d_out):
    alpha = min(a, d)
    model = LightningAttentionModel(d, t, a, d_out, output=None)
    assert model.dimension() == 2 * alpha * d - alpha**2 + d * d_out - 1


@pytest.mark.parametrize(("d", "t"), [(1, 2), (2, 2), (2, 3), (3, 2), (3, 3)])
def test_number_of_linear_relations(d, t):
    r"""C(d+2, 3) + (t-2) d C(d+1, 2) of them, by the rank of the coordinates as polynomials."""
    model = LightningAttentionModel(d, t, d)
    phi = model.parametrization()
    monomials = sorted({m for f in phi for m in f.monomials()})
    rank = matrix(QQ, [[f.monomial_coefficient(m) for m in monomials] for f in phi]).rank()
    assert len(phi) - rank == d * (d + 1) * (d + 2) // 6 + (t - 2) * d * d * (d + 1) // 2


def test_the_linear_relation_of_the_talk():
    model = LightningAttentionModel(2, 2, 2, scaled=False)
    y = dict(zip(model.ring().variable_names(), model.ring().gens(), strict=True))
    # y_{1j 1j 2j} = y_{1n 1n 2j} + y_{1n 2n 1j}, indices from 0
    assert y["s_0_0_1"] - y["c_1_0_0_1"] - y["c_1_0_1_0"] in model.ideal()


def test_the_veronese_relation():
    raw = LightningAttentionModel(2, 2, 2, scaled=False)
    y = dict(zip(raw.ring().variable_names(), raw.ring().gens(), strict=True))
    rows = [[y[f"c_1_{k}_{m}_{last}"] for last in range(2)] for k, m in ((0, 0), (1, 1), (0, 1))]
    F = matrix(raw.ring(), rows)
    d3, d2, d1 = (F.matrix_from_rows([i, j]).det() for i, j in ((0, 1), (1, 2), (0, 2)))
    assert d1 * d2 + d3**2 in raw.ideal() or d1 * d2 - d3**2 in raw.ideal()
    assert graded_dimension(raw.ideal(), 1) == 4


@pytest.mark.parametrize("case", [(2, 1, 1, 1), (2, 2, 1, 2), (2, 2, 2, 1), (3, 2, 2, 1)])
@pytest.mark.parametrize("scaled", [True, False])
def test_the_map_is_the_network(case, scaled):
    r"""V X (X^T A X), multiplied out by Sage, has the coordinates as its coefficients."""
    d, t, a, d_out = case
    model = LightningAttentionModel(d, t, a, d_out, output=None, scaled=scaled)
    source = random.Random(2)
    V = random_matrix(source, d_out, d)
    if a >= d:
        A = random_matrix(source, d, d)
        flat = [*A.list(), *V.list()]
    else:
        K, Q = random_matrix(source, a, d), random_matrix(source, a, d)
        A, flat = K.transpose() * Q, [*K.list(), *Q.list(), *V.list()]
    ring = PolynomialRing(QQ, d * t, "x")
    X = matrix(ring, d, t, ring.gens())
    output = V * X * (X.transpose() * A * X)
    rebuilt = matrix(ring, d_out, t)
    for (i, j, n, (k, m, last)), value in zip(model.coordinates(), model.evaluate(flat), strict=True):
        if n is None:
            terms = len({(p, q, r) for p in (k, m, last) for q in (k, m, last) for r in (k, m, last)
                         if sorted((p, q, r)) == sorted((k, m, last))})  # fmt: skip
            monomial = X[k, j] * X[m, j] * X[last, j]
        else:
            terms = 1 if k == m else 2
            monomial = X[k, n] * X[m, n] * X[last, j]
        rebuilt[i, j] += value * (terms if scaled else 1) * monomial
    assert rebuilt == output


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"d": 0, "t": 1, "a": 1}, ValueError, "d must be at least 1, got 0"),
        ({"d": 2, "t": 0, "a": 1}, ValueError, "t must be at least 1, got 0"),
        ({"d": 2, "t": 2, "a": 0}, ValueError, "a must be at least 1, got 0"),
        ({"d": 2, "t": 2, "a": -3}, ValueError, "a must be at least 1, got -3"),
        ({"d": 2.0, "t": 2, "a": 1}, TypeError, r"d must be an integer, not 2\.0"),
        ({"d": "2", "t": 2, "a": 1}, TypeError, "d must be an integer, not '2'"),
        ({"d": True, "t": 2, "a": 1}, TypeError, "d must be an integer, not True"),
        ({"d": 2, "t": 2, "a": 1, "d_out": 0}, ValueError, "d_out must be at least 1, got 0"),
        ({"d": 2, "t": 2, "a": 1, "output": (1, 0)}, ValueError, r"output must be below \(1, 2\).*\(1, 0\)"),
        ({"d": 2, "t": 2, "a": 1, "output": (0, 2)}, ValueError, r"output must be below \(1, 2\).*\(0, 2\)"),
        ({"d": 2, "t": 2, "a": 1, "output": (0, -1)}, ValueError, r"output\[1\] must be at least 0, got -1"),
        ({"d": 2, "t": 2, "a": 1, "output": (0,)}, ValueError, r"output must be a pair.*\(0,\)"),
        ({"d": 2, "t": 2, "a": 1, "output": "00"}, TypeError, r"output must be a pair.*'00'"),
        ({"d": 2, "t": 2, "a": 1, "scaled": 1}, TypeError, "scaled must be True or False, not 1"),
    ],
    ids=str,
)
def test_bad_input(arguments, error, words):
    with pytest.raises(error, match=words):
        LightningAttentionModel(**arguments)


@pytest.mark.parametrize("output", [None, (0, 1), (1, 3)])
@pytest.mark.parametrize("a", [1, 3])
def test_two_tokens_stand_for_any_number(output, a):
    model = LightningAttentionModel(3, 4, a, d_out=2, output=output)
    p = 8388593
    whole = super(LightningAttentionModel, model).tangent(p, 5)
    few = model.tangent(p, 5)
    assert len(few) < len(whole)
    assert {tuple(row) for row in few.tolist()} == {tuple(row) for row in whole.tolist()}


@pytest.mark.parametrize("arguments", [(2, 1, 1), (3, 2, 2), (3, 4, 3), (2, 3, 5)])
@pytest.mark.parametrize("output", [None, (0, 0)])
def test_numbers_without_rings(arguments, output):
    model = LightningAttentionModel(*arguments, d_out=2, output=output)
    assert model.number_of_coordinates() == model.ring().ngens() == len(model.coordinates())
    assert model.number_of_parameters() == model.parameter_ring().ngens()
