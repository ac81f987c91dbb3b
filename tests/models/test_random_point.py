r"""Random real points of boundaries."""

from algebra import plane, quadric_classifier

from sage_mlvar import PolynomialClassifier
from sage_mlvar.models.random_point import random_boundary_point

from sage.rings.qqbar import AA

X, Y = plane(2)


def test_points_are_exact_and_follow_the_seed():
    V = quadric_classifier(X**2 + 3 * Y**2 - 7).boundary()
    first, other = random_boundary_point(V, 1), random_boundary_point(V, 2)
    assert first == random_boundary_point(V, 1) != other
    assert all(c in AA for c in first)
    assert V.value(first, ring=AA) == 0


def test_where_two_classes_agree_everywhere_each_point_will_do():
    V = PolynomialClassifier([[[1, 2]], [[1], [1]]], [[0], [1, 1]]).boundary()
    assert V.value(random_boundary_point(V, 1)) == 0
