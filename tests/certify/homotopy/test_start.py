r"""
The diagonal start functions: their solutions solve, are different and simple, and as many as there can be.
"""

import numpy
import pytest

from sage_mlvar.certify.homotopy.counts import number_of_solutions
from sage_mlvar.certify.homotopy.start import Diagonal
from sage_mlvar.certify.homotopy.systems import Lagrange


@pytest.mark.parametrize(("degree", "variables"), [(1, 3), (2, 1), (2, 5), (3, 1), (3, 5), (4, 3), (5, 3), (9, 2)])
def test_solutions(degree, variables):
    h = Diagonal.random(degree, variables, seed=7)
    points = h.solutions()
    assert len(points) == number_of_solutions(degree, variables)
    values, jacobians = Lagrange(h).at(points, numpy.zeros(variables))
    assert abs(values).max() < 1e-9
    assert numpy.linalg.svd(jacobians, compute_uv=False)[:, -1].min() > 1e-6
    gaps = abs(points[:, None] - points[None]).max(2) + numpy.eye(len(points))
    assert gaps.min() > 1e-6


def test_derivatives_agree_with_differences():
    h = Diagonal.random(4, 3, seed=1)
    y, step = numpy.array([[0.3, 1.1, -0.7]], dtype=complex), 1e-6
    value, gradient, hessian = h.jets(y)
    for k in range(3):
        moved = y.copy()
        moved[0, k] += step
        assert abs((h.jets(moved)[0] - value) / step - gradient[0, k]).max() < 1e-4
        assert abs((h.jets(moved)[1] - gradient)[0] / step - hessian[0, k]).max() < 1e-4


def test_seeds_decide():
    one, same, other = (Diagonal.random(3, 3, seed=k).coefficients for k in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).all()
