r"""Decision boundaries: exact polynomials, points, degenerate cases."""

import pytest
from algebra import plane, quadric_classifier, random_classifier

from sage_mlvar import PolynomialClassifier
from sage_mlvar.errors import OutOfReachError

X, Y = plane(2)


def test_contains():
    C = random_classifier([2, 3, 3], 2, seed=1, size=5)
    V = C.boundary(0, 2)
    for point in ([0, 0], ["1/3", 5]):
        assert V.contains(point) is (V.value(point) == 0)
        assert C.contains(point, classes=(0, 2)) is V.contains(point)
    assert plane_boundary().contains([1, -1]) is True
    assert plane_boundary().compute("contains", point=[1, 0]).status == "proved"
    with pytest.raises(ValueError, match="point must have 2 entries, got 1"):
        V.contains([1])
    with pytest.raises(ValueError, match="classes must be given"):
        C.contains([0, 0])


def plane_boundary():
    return quadric_classifier((X + Y) ** 2).boundary()


@pytest.mark.parametrize("seed", range(3))
def test_value_gradient_and_polynomial_agree(seed):
    V = random_classifier([2, 3, 2, 2], 2, seed=seed, size=5).boundary()
    g, point = V.polynomial(), [3, "-1/2"]
    exact = [f(3, -V.ring().one().constant_coefficient() / 2) for f in (g, *g.gradient())]
    assert [V.value(point), *V.gradient(point)] == exact
    assert V.gradient() == list(g.gradient())
    assert V.classifier().boundary() is V


@pytest.mark.parametrize("g", [X**2 + 4 * Y**2 - 1, X * Y, X**2 - 2, (X + Y) ** 2])
def test_random_points_lie_on_it(g):
    V = quadric_classifier(g).boundary()
    for seed in range(3):
        point = V.random_point(seed=seed)
        assert g(*point) == 0
        assert point == V.random_point(seed=seed)


def test_without_real_points_there_is_none_to_find():
    with pytest.raises(OutOfReachError, match="no real point found on 100 random lines"):
        quadric_classifier(X**2 + 2 * Y**2 + 1).boundary().random_point(seed=0)


@pytest.mark.parametrize(
    ("bias", "dimension", "degree"), [([0, 1], -1, 0), ([1, 1], 2, 1)], ids=["empty", "everything"]
)
def test_constant_boundaries(bias, dimension, degree):
    V = PolynomialClassifier([[[1, 2]], [[1], [1]]], [[0], bias]).boundary()
    assert (V.dimension(), V.degree()) == (dimension, degree)
    assert V.ideal().is_one() is (dimension == -1)
    assert V.ideal().is_zero() is (dimension == 2)


def test_the_ideal_is_radical():
    V = quadric_classifier((X - 2 * Y) ** 2).boundary()
    assert V.ideal() == V.ring().ideal(X - 2 * Y)
    assert (V.dimension(), V.degree()) == (1, 1)
    assert all(V.compute(verb).status == "proved" for verb in ("ideal", "dimension", "degree"))


def test_the_dimension_needs_no_expansion():
    boundary = PolynomialClassifier.random([60, 60, 2], 5, seed=2).boundary()
    assert boundary.dimension() == 59
    assert "_the_polynomial" not in vars(boundary)
