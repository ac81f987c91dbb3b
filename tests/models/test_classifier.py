r"""Polynomial networks as classifiers: exact numbers, files, bad input."""

import json
import pickle
from decimal import Decimal
from fractions import Fraction

import pytest

from sage_mlvar import PolynomialClassifier, load, save

from sage.misc import sage_unittest
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

W, B = [[[1, 2], [3, 1]], [[2, 1], [1, 2], [0, 1]]], [[0, 1], [2, 1, 0]]
NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize("activation", [1, 2, 5, [0, 1, "1/3"], [0, 1, 1]])
def test_it_is_unique_and_comes_back_from_a_file(activation, tmp_path):
    C = PolynomialClassifier(W, B, activation)
    assert PolynomialClassifier.from_dict(json.loads(json.dumps(C.to_dict()))) is C
    assert pickle.loads(pickle.dumps(C)) is C
    save(C, tmp_path / "c.json")
    assert load(tmp_path / "c.json") is C
    sage_unittest.TestSuite(C).run(raise_on_failure=True)


def test_spellings_of_an_activation_agree():
    z = PolynomialRing(QQ, "z").gen()
    assert len({PolynomialClassifier(W, B, a) for a in (2, z**2, [0, 0, 1], [0, 0, 1, 0])}) == 1


def test_numbers_are_exact():
    C = PolynomialClassifier([[[0.1, "0.1"]], [[1], [0]]], [[Decimal("0.1")], [Fraction(1, 3), 0]])
    assert C.weights()[0][0] == (QQ((0.1).as_integer_ratio()), QQ((1, 10)))
    assert C.outputs([0, 0]) == (QQ((1, 100)) + QQ((1, 3)), 0)


def test_outputs_and_predictions():
    C = PolynomialClassifier(W, B)
    assert C.outputs([1, 1]) == (2 * 9 + 25 + 2, 9 + 50 + 1, 25)
    assert C.predict([1, 1]) == 1
    assert PolynomialClassifier([[[1]], [[1], [1]]], [[0], [0, 0]]).predict([3]) is None


def test_classes_choose_the_boundary():
    C = PolynomialClassifier(W, B)
    x = C.boundary(0, 2).ring().gens()
    expected = C.values(x)[0] - C.values(x)[2]
    assert C.boundary(0, 2).polynomial() == expected == -C.boundary(2, 0).polynomial()
    assert C.degree(classes=(0, 2)) == 2
    assert C.ideal(classes=(0, 2)) == C.boundary(0, 2).ideal()
    with pytest.raises(ValueError, match="classes must be given, as a pair"):
        C.ed_degree()


BAD = [
    ([[[1, 2]]], [[0]], 2, ValueError, "weights must have at least 2 layers"),
    ([[[1, 2]], [[1]]], [[0], [0]], 2, ValueError, r"weights\[1\] must have at least 2 rows, one per class, got 1"),
    ([[[1, 2]], [[1, 1], [1, 2]]], [[0], [0, 0]], 2, ValueError, r"weights\[1\] must have 1 columns, got 2"),
    ([[[1, 2], [3]], [[1], [2]]], [[0], [0, 0]], 2, ValueError, r"weights\[0\] must have rows of equal length"),
    (W, [[0], [2, 1, 0]], 2, ValueError, r"biases\[0\] must have 2 entries, got 1"),
    (W, [[0, 1]], 2, ValueError, "biases must have 2 vectors, one per layer, got 1"),
    ([[[1, NAN]], [[1], [2]]], [[0], [0, 0]], 2, ValueError, r"weights\[0\]\[0\]\[1\] must be finite, got nan"),
    ([[[1, 2]], [[1], [INF]]], [[0], [0, 0]], 2, ValueError, r"weights\[1\]\[1\]\[0\] must be finite, got inf"),
    ([[[1, 2]], [[1], [2]]], [[-INF], [0, 0]], 2, ValueError, r"biases\[0\]\[0\] must be finite, got -inf"),
    ([[[1, "a"]], [[1], [2]]], [[0], [0, 0]], 2, ValueError, r"weights\[0\]\[0\]\[1\] must be a number.*'a'"),
    (W, B, 0, ValueError, "activation must be at least 1, got 0"),
    (W, B, [3], ValueError, r"activation must have degree at least 1, got the constant \[3\]"),
    (W, B, "relu", TypeError, "activation must be .* not 'relu'"),
    (W, B, 1.5, TypeError, r"activation must be .* not 1\.5"),
    ("W", B, 2, TypeError, "weights must be a list, one entry per layer, not 'W'"),
]


@pytest.mark.parametrize(("weights", "biases", "activation", "error", "words"), BAD, ids=[case[-1] for case in BAD])
def test_bad_input(weights, biases, activation, error, words):
    with pytest.raises(error, match=words):
        PolynomialClassifier(weights, biases, activation)


@pytest.mark.parametrize(
    ("classes", "error", "words"),
    [
        ((0, 3), ValueError, r"classes must be two different indices below 3, got \(0, 3\)"),
        ((1, 1), ValueError, r"classes must be two different .* got \(1, 1\)"),
        ((-1, 1), ValueError, "classes must be at least 0, got -1"),
        ((0,), ValueError, r"classes must be a pair of class indices, got \(0,\)"),
        ("01", TypeError, "classes must be a pair of class indices, not '01'"),
        ((0, 1.0), TypeError, r"classes must be an integer, not 1\.0"),
    ],
)
def test_bad_classes(classes, error, words):
    with pytest.raises(error, match=words):
        PolynomialClassifier(W, B).ideal(classes=classes)


@pytest.mark.parametrize("point", [[1], [1, 2, 3], [1, NAN], "12", [1, "x"]])
def test_a_point_outside_the_space_is_refused(point):
    for method in (PolynomialClassifier(W, B).outputs, PolynomialClassifier(W, B).predict):
        with pytest.raises((TypeError, ValueError), match="point"):
            method(point)


def test_biases_left_out_are_zero():
    assert (
        PolynomialClassifier(W) is PolynomialClassifier(W, None) is PolynomialClassifier(W, [[0] * len(V) for V in W])
    )
    assert PolynomialClassifier(W, activation=3).activation_degree() == 3
    with pytest.raises(ValueError, match=r"biases\[0\]|biases must"):
        PolynomialClassifier(W, [])
