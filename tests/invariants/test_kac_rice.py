r"""The expected number of real critical points: closed form, quadrature and sampled networks."""

import math

import pytest

from sage_mlvar import PolynomialClassifier, expected_real_critical_points
from sage_mlvar.invariants.kac_rice import covariance, plot_real_critical_points, sampled_real_critical_points

from sage.rings.qqbar import AA
from sage.rings.rational_field import QQ
from sage.rings.real_arb import RealBallField


@pytest.mark.parametrize("degree", [1, 2, 3, 4, 7, 12])
def test_closed_form_and_quadrature_agree_to_many_digits(degree):
    exact = expected_real_critical_points(degree)
    assert exact**2 == QQ(degree**2) / (2 * degree - 1)
    ball = expected_real_critical_points(degree, method="quadrature", precision=130)
    assert (ball - RealBallField(200)(degree) / RealBallField(200)(2 * degree - 1).sqrt()).contains_zero()
    assert ball.rad() < 1e-30


def test_it_depends_on_no_covariance_of_another_degree():
    k = covariance(3)
    x, y = k.parent().gens()
    assert k(y, x) == k
    assert k(1, 0) == 15 + 3 * 3  # E[(w + b)^3 b^3] = E[b^6] + 3 E[w^2] E[b^4]
    assert k(0, 0) == 15


def test_samples_follow_the_theory():
    counts = sampled_real_critical_points(4, width=200, samples=400, seed=3)
    mean = sum(counts) / 400
    spread = math.sqrt(sum((c - mean) ** 2 for c in counts)) / 400
    assert abs(mean - float(expected_real_critical_points(4))) < 4 * spread
    assert all(0 <= c <= 4 and c % 2 == 0 for c in counts)
    assert counts == sampled_real_critical_points(4, width=200, samples=400, seed=3)


def test_a_network_has_so_many_boundary_points():
    r"""What is counted is what the distance has as critical points, in one variable."""
    V = PolynomialClassifier([[[1], [2], [-1]], [[1, -3, 1], [0, 0, 0]]], [[1, 0, 3], [0, 0]], 3).boundary()
    g = V.polynomial().univariate_polynomial()
    assert V.ed_degree() == 3 == g.degree()
    assert len(g.roots(AA)) <= 3


def test_the_plot_shows_every_series():
    picture = plot_real_critical_points([2, 3], widths=[3, 6], samples=5, seed=1)
    assert len(picture) == 1 + 2 * 2 * 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"degree": 0}, "degree must be at least 1"),
        ({"degree": 2, "method": "guess"}, "method must be 'closed form' or 'quadrature', got 'guess'"),
        ({"degree": 2, "method": "quadrature", "precision": 0}, "precision must be at least 10"),
    ],
)
def test_bad_input(arguments, words):
    with pytest.raises(ValueError, match=words):
        expected_real_critical_points(**arguments)
