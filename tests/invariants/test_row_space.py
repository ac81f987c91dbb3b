r"""The reduced problem: its equation, metric and certificates."""

import pytest
from algebra import random_classifier

from sage_mlvar import PolynomialClassifier
from sage_mlvar.invariants.row_space import RowSpace, check_metric

from sage.matrix.constructor import matrix
from sage.rings.rational_field import QQ


@pytest.mark.parametrize(
    ("widths", "d"), [([3, 2, 2], 2), ([2, 4, 2], 3), ([3, 3, 2, 2], 2), ([2, 2, 2], [0, 1, 1]), ([1, 3, 2], 2)]
)
def test_the_equation_pulls_back_to_the_boundary(widths, d):
    V = random_classifier(widths, d, seed=6, size=5).boundary()
    S = RowSpace(V.straight_line())
    assert S.rank == min(widths[:2])
    assert S.pull_back(S.polynomial(), V.ring()) == V.polynomial()
    assert S.degree == V.squarefree_part().degree()
    u = [QQ(k + 1) / 3 for k in range(widths[0])]
    assert S.polynomial()(*S.data(u, QQ)) == V.value(u)


def test_the_gram_matrix_is_the_distance_to_the_fibre():
    r"""The least squared length of ``x`` with ``R x = y`` is ``y^T K^(-1) y``."""
    G = matrix(QQ, [[2, 1, 0], [1, 2, 0], [0, 0, 1]])
    W = matrix(QQ, [[1, 2, 2], [3, 1, 0]])
    V = PolynomialClassifier([W, [[1, 2], [0, 0]]], [[0, 0], [1, 0]]).boundary()
    K = RowSpace(V.straight_line(), check_metric(G, 3)).gram(QQ)
    y = matrix(QQ, [[1], [5]])
    x = G.inverse() * W.transpose() * K.inverse() * y
    assert W * x == y
    assert x.transpose() * G * x == y.transpose() * K.inverse() * y
    away = W.right_kernel().basis_matrix()
    assert (away * G * x).is_zero()


def test_squarefree_is_claimed_of_squarefree_boundaries_only():
    smooth = random_classifier([2, 2, 2], 3, seed=1).boundary()
    assert RowSpace(smooth.straight_line()).known_squarefree
    # (x^2 - y^2)^2, and a boundary whose degree falls from 2 to 1
    square = PolynomialClassifier([[[1, 0], [0, 1]], [[1, -1]], [[1], [0]]], [[0, 0], [0], [0, 0]]).boundary()
    line = PolynomialClassifier([[[1, 0], [1, 0]], [[1, -1], [0, 0]]], [[0, 1], [0, 0]]).boundary()
    for V, degree in ((square, 2), (line, 1)):
        S = RowSpace(V.straight_line())
        assert not S.known_squarefree
        assert S.degree == degree == V.squarefree_part().degree()


def test_a_metric_equal_to_the_euclidean_one_is_no_other():
    assert check_metric([[1, 0], [0, 1]], 2) is None
    assert check_metric(None, 2) is None
    assert check_metric("generic", 2) == "generic"
    assert check_metric([["1/2", 0], [0, 3]], 2) == ((QQ((1, 2)), 0), (0, 3))
