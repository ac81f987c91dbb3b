r"""Semidefinite programs: known optima, bounds that no point of the set is below, and problems without a bound."""

import numpy
import pytest

from sage_mlvar.certify.bounds.quadratic import ball_multiplier
from sage_mlvar.certify.bounds.semidefinite import Inequalities, best_bound


def random_function(n, source):
    M = source.normal(size=(n + 1, n + 1))
    return M + M.T


def ball(n):
    return numpy.diag([1.0, *[-1.0] * n])


def no_frames(n):
    return numpy.zeros((1, 3, n + 1)), numpy.array([0]), numpy.zeros((1, 3, 3))


@pytest.mark.parametrize("n", [1, 2, 5, 12])
def test_a_quadratic_function_on_a_ball(n):
    source = numpy.random.default_rng(n)
    for _ in range(5):
        F = random_function(n, source)
        found = best_bound(F, Inequalities(*no_frames(n), ball=ball(n)), numpy.array([0.0, 1.0]), 1.0)
        best, t = ball_multiplier(F[0, 0], 2 * F[0, 1:], F[1:, 1:], 1.0)
        assert found.bound == pytest.approx(best, abs=1e-6)
        assert found.multipliers[1] == pytest.approx(t, abs=1e-3)


def box(n):
    r"""Return ``1 - x_i^2 >= 0``, each about 1 and one coordinate."""
    frames = numpy.zeros((n, 3, n + 1))
    frames[:, 0, 0] = 1
    frames[numpy.arange(n), 1, 1 + numpy.arange(n)] = 1
    return frames, numpy.arange(n), numpy.repeat(numpy.diag([1.0, -1.0, 0.0])[None], n, axis=0)


@pytest.mark.parametrize("seed", range(5))
def test_bounds_hold_on_a_box(seed):
    n, source = 6, numpy.random.default_rng(seed)
    F = random_function(n, source)
    A = Inequalities(*box(n))
    found = best_bound(F, A, numpy.ones(n), 1.0)
    signs = numpy.array([[1, *(1 if k >> i & 1 else -1 for i in range(n))] for k in range(2**n)], dtype=float)
    least = numpy.einsum("ki,ij,kj->k", signs, F, signs).min()
    assert found.bound <= least + 1e-7
    # What the multipliers leave is positive semidefinite: the bound is proved by them.
    left = F - A.combine(found.multipliers)
    left[0, 0] -= found.bound
    assert numpy.linalg.eigvalsh(left)[0] > -1e-7
    assert (found.multipliers > 0).all()
    # The moments show that no multipliers do better.
    assert (F * found.moments).sum() == pytest.approx(found.bound, abs=1e-5)


def test_inner_products_and_sums():
    source = numpy.random.default_rng(0)
    frames, places = source.normal(size=(4, 3, 6)), numpy.array([2, 0, 0, 3, 2, 2, 1])
    forms = source.normal(size=(7, 3, 3))
    forms = forms + forms.transpose(0, 2, 1)
    whole = random_function(5, source)
    A = Inequalities(frames, places, forms, ball=whole)
    matrices = [*(frames[a].T @ C @ frames[a] for a, C in zip(places, forms)), whole]
    x, X, Y = source.normal(size=8), random_function(5, source), random_function(5, source)
    assert numpy.allclose(A.combine(x), sum(t * M for t, M in zip(x, matrices)))
    assert numpy.allclose(A.inner(X), [(M * X).sum() for M in matrices])
    traces = [[numpy.trace(M @ X @ N @ Y) for N in matrices] for M in matrices]
    symmetric = (numpy.array(traces) + numpy.array(traces).T) / 2
    found = A.products(X, Y)
    assert numpy.allclose((found + found.T) / 2, symmetric)


def test_equations():
    # x^2 + y^2 with x y = 1, and both in [-4, 4]: 2 at (1, 1); the equation may be used either way.
    frames = numpy.zeros((1, 3, 3))
    frames[0] = numpy.eye(3)
    product = numpy.array([[-1.0, 0, 0], [0, 0, 0.5], [0, 0.5, 0]])
    forms = numpy.array([product, numpy.diag([16.0, -1, 0]), numpy.diag([16.0, 0, -1])])
    A = Inequalities(frames, numpy.zeros(3, dtype=int), forms, free=numpy.array([True, False, False]))
    heavy = numpy.array([0.0, 1.0, 1.0])
    found = best_bound(numpy.diag([0.0, 1.0, 1.0]), A, heavy, 1.0)
    assert found.bound == pytest.approx(2, abs=1e-6)
    assert found.multipliers[0] == pytest.approx(2, abs=1e-4)
    forms[0] *= -1
    A = Inequalities(frames, numpy.zeros(3, dtype=int), forms, free=numpy.array([True, False, False]))
    assert best_bound(numpy.diag([0.0, 1.0, 1.0]), A, heavy, 1.0).multipliers[0] == pytest.approx(-2, abs=1e-4)


def test_goals():
    F = random_function(6, numpy.random.default_rng(3))
    A, heavy = Inequalities(*box(6)), numpy.ones(6)
    best = best_bound(F, A, heavy, 1.0).bound
    reached = best_bound(F, A, heavy, 1.0, goal=best - 1)
    assert best - 1 < reached.bound <= best + 1e-6
    hopeless = best_bound(F, A, heavy, 1.0, goal=best + 1)
    assert best - 0.06 * max(1, abs(best)) <= hopeless.bound <= best + 1e-6


def test_what_has_no_bound():
    # Nothing bounds the second variable.
    A = Inequalities(*(x[:1] if k else x for k, x in enumerate(box(2))))
    assert best_bound(numpy.diag([0.0, 1.0, -1.0]), A, numpy.ones(1), 1.0) is None
    frames, places, forms = box(2)
    A = Inequalities(frames * numpy.nan, places, forms)
    assert best_bound(numpy.diag([0.0, 1.0, 1.0]), A, numpy.ones(2), 1.0) is None
