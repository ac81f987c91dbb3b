r"""Straight-line programs against the expanded polynomial, over every kind of number."""

import numpy
import pytest
from algebra import random_classifier

from sage_mlvar import PolynomialClassifier

from sage.rings.complex_arb import CBF
from sage.rings.qqbar import AA
from sage.rings.rational_field import QQ
from sage.rings.real_arb import RBF, RealBallField

NETWORKS = {
    "shallow": ([3, 4, 2], 2),
    "cubic": ([2, 3, 2], 3),
    "deep": ([3, 2, 3, 2], 2),
    "three layers": ([2, 2, 2, 2, 2], 2),
    "linear": ([2, 2, 2], 1),
    "polynomial": ([2, 3, 2, 2], [1, "1/2", 0, 2]),
}
POINT = [3, "-1/2", 2]


@pytest.mark.parametrize("name", NETWORKS)
def test_it_agrees_with_the_expanded_polynomial(name):
    widths, activation = NETWORKS[name]
    V = random_classifier(widths, activation, seed=3, size=4).boundary()
    g, point = V.polynomial(), [QQ(c) for c in POINT[: widths[0]]]
    value, gradient = g(*point), [f(*point) for f in g.gradient()]
    hessian = [[f.derivative(x)(*point) for x in g.parent().gens()] for f in g.gradient()]
    line, direction = V.straight_line(), list(range(1, widths[0] + 1))
    product = [sum(a * b for a, b in zip(row, direction)) for row in hessian]
    exact = (value, gradient, [list(row) for row in hessian], product)

    def answers(ring):
        H = line.hessian(point, ring)
        return line.value(point, ring), line.gradient(point, ring), H, line.hessian_vector(point, direction, ring)

    for ring in (None, QQ, AA):
        found = answers(ring)
        assert (*found[:2], [list(row) for row in found[2]], found[3]) == exact
    for ring in (RBF, CBF, RealBallField(200)):
        found = answers(ring)
        assert found[0].parent() is ring
        assert value in found[0]
        assert all(a in b for a, b in zip(gradient, found[1], strict=True))
        assert all(a in b for r, s in zip(hessian, found[2].rows(), strict=True) for a, b in zip(r, s, strict=True))
        assert all(a in b for a, b in zip(product, found[3], strict=True))
    floats = [float(c) for c in point]
    assert V.value(floats, ring=float) == pytest.approx(float(value))
    assert V.gradient(floats, ring=float) == pytest.approx(numpy.array(gradient, dtype=float))
    assert V.hessian(floats, ring=complex).real == pytest.approx(numpy.array(hessian, dtype=float))
    assert line.hessian_vector(floats, direction, float) == pytest.approx(numpy.array(product, dtype=float))
    assert V.value(V.ring().gens(), ring=V.ring()) == g


def test_floats_take_many_points_at_once():
    V = random_classifier([3, 4, 2, 2], 2, seed=1, size=4).boundary()
    points = numpy.random.default_rng(0).normal(size=(5, 3))
    for name, shape in (("value", (5,)), ("gradient", (5, 3)), ("hessian", (5, 3, 3))):
        found = getattr(V, name)(points, ring=float)
        assert found.shape == shape
        for point, one in zip(points, found):
            assert getattr(V, name)(point, ring=float) == pytest.approx(one)
    moved = V.straight_line().hessian_vector(points, points, float)
    assert moved == pytest.approx(numpy.einsum("kij,kj->ki", V.hessian(points, ring=float), points))


def test_neurons_without_influence_are_left_out():
    C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 1], [2, 1]]], [[0, 1], [2, 1, 0]])
    assert C.boundary(0, 1).straight_line().widths() == (2, 1, 1)
    constant = C.boundary(0, 2)
    assert constant.straight_line().widths() == (2, 0, 1)
    assert constant.value([1, 1]) == 2
    assert (constant.gradient([1, 1]), constant.hessian([1, 1]).list()) == ([0, 0], [0, 0, 0, 0])
    assert (constant.value([1, 1], RBF), constant.value([1, 1], float)) == (2, 2)
    assert constant.straight_line().hessian_vector([1, 1], [1, 0], float).tolist() == [0, 0]


def test_nothing_is_expanded():
    rng = numpy.random.default_rng(0)
    W = [rng.normal(size=(10, 784)).astype("float32"), rng.normal(size=(2, 10)).astype("float32")]
    V = PolynomialClassifier(W, [numpy.zeros(10), numpy.ones(2)], 5).boundary()
    point = rng.random(784).astype("float32")
    exact = V.gradient(point)
    assert V.gradient(point, ring=float) == pytest.approx(numpy.array([float(c) for c in exact]))
    assert all((ball - number).contains_zero() for ball, number in zip(V.gradient(point, ring=RBF), exact))
    assert "_the_polynomial" not in V.__dict__


@pytest.mark.parametrize("ring", [None, RBF, float])
def test_points_of_the_wrong_length_are_refused(ring):
    V = random_classifier([3, 2, 2], 2).boundary()
    for method in (V.value, V.gradient, V.hessian):
        with pytest.raises(ValueError, match="point must have 3 entries"):
            method([1, 2], ring=ring)
