r"""
Interval Newton tests accept solutions, and nothing that is none, not simple, or not alone.
"""

import flint
import numpy
import pytest

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.homotopy.exact import BoundarySystem
from sage_mlvar.certify.homotopy.family import Family
from sage_mlvar.certify.homotopy.krawczyk import prove_discs, sharpen


def plane(coefficients, constant, activation=2):
    r"""The boundary ``sum a_k x_k^d + constant = 0``."""
    n = len(coefficients)
    rows = [[int(i == j) for j in range(n)] for i in range(n)]
    return BoundarySystem(
        PolynomialClassifier([rows, [coefficients, [0] * n]], [[0] * n, [constant, 0]], activation).boundary()
    )


def test_exact_solutions_pass_and_their_discs_hold_them():
    S = plane([1, 4], -4)  # divided by 4, and multipliers with it
    good, radii = prove_discs(S, S.data([1, 0]), numpy.array([[2, 0, 1], [2 + 1e-9, 1e-9, 1]]))
    assert good.all()
    assert radii[0].max() < 1e-13
    assert radii[1, 0] >= 1e-9


@pytest.mark.parametrize("point", [[2.1, 0, 0.3], [1, 1, 1], [0, 0, 0], [numpy.nan, 0, 0], [1e200, 1e200, 1]])
def test_other_points_fail(point):
    S = plane([1, 4], -4)
    assert not prove_discs(S, S.data([1, 0]), numpy.array([point]))[0].any()


def test_double_solutions_fail_in_every_precision():
    # The distance from the centre of curvature of a vertex of the ellipse has a degenerate critical point there.
    S = plane([1, 4], -4)
    v, point = S.data(["3/2", 0]), [2.0, 0.0, 0.5]
    assert S.floats().at(numpy.array([point], dtype=complex), numpy.array([1.5, 0]))[0].any() == 0
    assert not prove_discs(S, v, numpy.array([point]))[0].any()
    assert sharpen(S, v, point, True, 300) is None


def test_critical_circles_fail():
    S = plane([1, 1], -4)
    assert not prove_discs(S, S.data([0, 0]), numpy.array([[2, 0, 0.5]]))[0].any()


def test_solutions_that_are_not_real_are_not_found_to_be_real():
    S = plane([1, 1], 1, 4)
    family = Family(PolynomialClassifier([[[1]], [[1], [0]]], [[0], [1, 0]], 4).boundary())
    assert not family.critical_points([1]).real()
    assert sharpen(S, S.data([1, 2]), [0.3, 0.4, 0.1], True, 200) is None


def test_sharp_solutions_hold_the_true_one():
    S = plane([1], -2)
    found = sharpen(S, S.data([1]), [1.4, 0.14], True, 400)
    with flint.ctx.workprec(500):
        root = flint.arb(2).sqrt()
        assert found.discs()[0].real.contains(root)
        assert found.discs()[0].real.rad() < 1e-100
        assert not found.discs()[0].real.contains(root + flint.arb(10) ** -90)


def test_radii_are_honest():
    r"""The distance of a sharp solution from the centre in double precision is within the radius."""
    C = PolynomialClassifier.random([3, 4, 2], 3, seed=5)
    family = Family(C.boundary())
    found = family.critical_points([1, 2, 3])
    assert found.count() == 21
    for item in found.items:
        sharp = sharpen(family.exact, found.v, item.center.tolist(), item.is_real, 200)
        for z, w, radius in zip(sharp.discs(), item.center, item.radii):
            assert abs(z - flint.acb(complex(w))) < flint.arb(float(radius))


def test_coordinates_that_are_hit_exactly():
    # y + y^2 = 0 with y = 2 (x_1 - x_2 + x_3): y = -1 is dyadic, and its multiplier -7/36 is not.
    C = PolynomialClassifier([[[2, -2, 2]], [[1], [0]]], [[0], [0, 0]], [0, 1, 1])
    S = BoundarySystem(C.boundary())
    v = S.data(["-1/3", 2, "2/3"])
    for bits in (100, 160, 480):
        assert sharpen(S, v, [-1, -7 / 36], True, bits) is not None
