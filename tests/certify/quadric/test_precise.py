r"""The search in high precision, compared with the one in doubles and with known distances."""

import random

import flint
import pytest

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.quadric.form import QuadricForms
from sage_mlvar.certify.quadric.pencil import precision
from sage_mlvar.certify.quadric.precise import is_positive_definite, precise
from sage_mlvar.errors import BackendTimeout
from sage_mlvar.options import Deadline

from sage.matrix.constructor import matrix
from sage.rings.rational_field import QQ

TOLERANCE = QQ((1, 10**9))


def reduced(classifier, u):
    outputs = classifier.outputs(u)
    c = outputs.index(max(outputs))
    forms = QuadricForms(classifier)
    return forms.pair(c, 1 - c).at(forms.image([QQ(x) for x in u]))


@pytest.mark.parametrize("seed", range(12))
def test_agrees_with_doubles(seed):
    C = PolynomialClassifier.random([4, 3, 2], seed=seed)
    u = [seed, 1, -2, 3]
    certificate = C.certify(u, certifier="quadric")
    if certificate.witness is None:
        pytest.skip("no boundary")
    form = reduced(C, u)
    multiplier, margin, t, directions = precise(form, TOLERANCE, Deadline(None))
    squared = form.bound(t, multiplier, margin)
    assert squared <= certificate.upper**2
    assert squared >= certificate.lower**2 * (1 - 2 * TOLERANCE)
    assert directions


def test_the_hard_case():
    C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -4], [0, 0]]], [[0, 0], [4, 0]])
    form = reduced(C, [1, 0])
    multiplier, margin, t, _ = precise(form, TOLERANCE, Deadline(None))
    assert QQ((2, 3)) * (1 - TOLERANCE) <= form.bound(t, multiplier, margin) <= QQ((2, 3))


def test_time_limit():
    with pytest.raises(BackendTimeout, match="looking for a multiplier"):
        precise(reduced(PolynomialClassifier.random([3, 3, 2], seed=1), [1, 2, 3]), TOLERANCE, Deadline(1e-9))


@pytest.mark.parametrize("seed", range(30))
def test_positive_definite_matrices(seed):
    source = random.Random(seed)
    n = source.randint(1, 5)
    B = matrix(QQ, n, n, lambda i, j: source.randint(-3, 3))
    A = B + B.transpose() if seed % 2 else B * B.transpose() + (seed % 3) * matrix.identity(n)
    exact = all(A[:k, :k].det() > 0 for k in range(1, n + 1))
    with precision(128):
        balls = flint.arb_mat(n, n, [int(x) for x in A.list()])
        assert is_positive_definite(balls) == exact
