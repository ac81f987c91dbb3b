r"""Components, singular points and infinite critical sets of boundaries."""

import pytest
from algebra import plane, quadric_classifier, random_classifier

from sage_mlvar import PolynomialClassifier

X, Y = plane(2)
A, B, C = plane(3)


@pytest.mark.parametrize(
    ("g", "multiplicities", "dimension", "degree", "real", "infinite"),
    [
        (X**2 + Y**2 - 1, [1], -1, 0, False, True),
        (X**2 + 2 * Y**2 - 1, [1], -1, 0, False, False),
        (X**2 + 2 * Y**2, [1], 0, 1, True, False),  # one real point, and it is singular
        (X * Y, [1, 1], 0, 1, True, False),
        ((X - Y) ** 2, [2], -1, 0, False, False),
        (X**2 - 4, [1, 1], -1, 0, False, False),
        (X**2 - Y, [1], -1, 0, False, False),
        (A**2 + B**2 + 4 * C**2 - 1, [1], -1, 0, False, True),
        (A**2 + 2 * B**2 - 1, [1], -1, 0, False, False),
        (A * B, [1, 1], 1, 1, True, False),
        (A**2 + B**2 - C**2, [1], 0, 1, True, True),
    ],
)
def test_quadrics(g, multiplicities, dimension, degree, real, infinite):
    record = quadric_classifier(g).boundary().compute("components")
    found = record.value
    assert record.status == "proved"
    assert sorted(e for _, e in found.factors) == multiplicities
    product = g.parent().one()
    for f, e in found.factors:
        product *= f**e
    assert g == product * (g.lc() / product.lc())
    assert (found.singular_dimension, found.singular_degree) == (dimension, degree)
    assert (found.real_singular_points, found.infinite_critical_sets) == (real, infinite)


@pytest.mark.parametrize(
    ("g", "u", "infinite"),
    [
        (X**2 + Y**2 - 1, [0, 0], True),
        (X**2 + Y**2 - 1, [1, 0], False),
        (A**2 + B**2 + 4 * C**2 - 1, [0, 0, "9/10"], True),
        (A**2 + B**2 + 4 * C**2 - 1, [0, 1, "9/10"], False),
        (X * Y, [0, 0], False),  # the singular point itself
        (A**2 + B**2 - C**2, [0, 0, 1], True),
    ],
)
def test_infinite_critical_sets_at_a_data_point(g, u, infinite):
    assert quadric_classifier(g).boundary().components(u=u).infinite_critical_sets is infinite


def test_a_network_of_small_rank_has_a_cylinder():
    V = PolynomialClassifier([[[1, 1, 0, 0], [0, 1, 1, 0]], [[1, -1], [0, 0]]], [[0, 0], [0, 0]]).boundary()
    found = V.components()
    assert (found.singular_dimension, found.singular_degree, found.real_singular_points) == (2, 1, True)
    assert sorted(e for _, e in found.factors) == [1, 1]


def test_deep_and_cubic_boundaries():
    smooth = random_classifier([2, 2, 2, 2], 2, seed=5).boundary().components()
    assert (smooth.singular_dimension, smooth.real_singular_points, len(smooth.factors)) == (-1, False, 1)
    # y1^3 + y2^3: three lines, of which one is real; the singular point is real.
    V = PolynomialClassifier([[[1, 2], [3, 1]], [[1, 1], [0, 0]]], [[0, 1], [0, 0]], 3).boundary()
    found = V.components()
    assert (found.singular_dimension, found.real_singular_points) == (0, True)
    assert found.infinite_critical_sets is None
    assert len(found.factors) == 2
    # (x^2 + 1)^2 - (y^2 + 2)^2: two conics that meet in four points, x^2 = -1 and y^2 = -2.
    W = [[[1, 0], [0, 1]], [[1, 0], [0, 1]], [[1, -1], [0, 0]]]
    nodal = PolynomialClassifier(W, [[0, 0], [1, 2], [0, 0]]).boundary().components()
    assert (nodal.singular_dimension, nodal.singular_degree) == (0, 4)
    assert nodal.real_singular_points is False


def test_constant_boundaries():
    W = [[[1, 2]], [[1], [1]]]
    empty = PolynomialClassifier(W, [[0], [0, 1]]).boundary().components()
    assert (empty.factors, empty.singular_dimension) == ((), -1)
    with pytest.raises(ValueError, match="agree everywhere"):
        PolynomialClassifier(W, [[0], [1, 1]]).boundary().components()
    with pytest.raises(ValueError, match="u must have 2 entries, got 1"):
        quadric_classifier(X * Y - 1).boundary().components(u=[1])
