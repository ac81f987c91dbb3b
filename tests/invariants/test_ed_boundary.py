r"""ED degrees of boundaries: metrics, reduction to the row space, generic values, degenerate networks."""

import pytest
from algebra import plane, quadric_classifier, random_classifier

from sage_mlvar import PolynomialClassifier, backends
from sage_mlvar.invariants.ed_boundary import generic_formula, upper_bounds
from sage_mlvar.invariants.lagrange import Lagrange
from sage_mlvar.invariants.row_space import RowSpace

from sage.matrix.constructor import matrix
from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.rational_field import QQ

X, Y = plane(2)
A, B, C = plane(3)


def count_without_reduction(V, metric=None, prime=1073741789):
    r"""Count on the expanded Lagrange system in the inputs, without the package's reduction."""
    field, n = GF(prime), V.ring().ngens()
    system = Lagrange([V.squarefree_part()], field)  # for its ring only
    G = matrix(field, metric) if metric is not None else matrix.identity(field, n)
    u = [field(17 * k**3 + 12345 * k + 678) for k in range(n)]
    moved = [sum(G[k, j] * (system.x[j] - u[j]) for j in range(n)) for k in range(n)]
    (g,), m = system.equations, system.multipliers[0]
    equations = [g, *(moved[k] - m * g.derivative(system.x[k]) for k in range(n))]
    return backends.call("count", equations).value.degree


@pytest.mark.parametrize(
    ("widths", "d"),
    [([4, 2, 2], 2), ([5, 2, 2], 3), ([2, 4, 2], 3), ([3, 3, 2, 2], 2), ([4, 2, 2, 2], 2), ([2, 2, 2], [1, 0, 3, 1])],
)
def test_the_reduction_keeps_the_count(widths, d):
    V = random_classifier(widths, d, seed=2, size=9).boundary()
    assert V.ed_degree() == count_without_reduction(V)
    n = widths[0]
    metric = [[(k + 2) * int(i == k) + int(abs(i - k) == 1) for i in range(n)] for k in range(n)]
    assert V.ed_degree(metric=metric) == count_without_reduction(V, metric)


def test_metrics():
    circle = quadric_classifier(X**2 + Y**2 - 1)
    assert [circle.ed_degree(metric=m) for m in (None, [[1, 0], [0, 1]], [[3, 0], [0, 3]])] == [2, 2, 2]
    for metric in ([[2, 0], [0, 1]], [[2, "1/2"], ["1/2", 1]], "generic"):
        record = circle.compute("ed_degree", metric=metric)
        assert (record.value, record.status) == (4, "proved")
    # In the metric x^2 + 4 y^2 this ellipse is a circle.
    ellipse = quadric_classifier(X**2 + 4 * Y**2 - 1)
    record = ellipse.compute("ed_degree", metric=matrix(QQ, [[1, 0], [0, 4]]))
    assert (record.value, record.status) == (2, "proved")
    sphere = quadric_classifier(A**2 + B**2 + C**2 - 1)
    assert sphere.ed_degree(metric=[[1, 0, 0], [0, 1, 0], [0, 0, 2]]) == 4
    assert sphere.ed_degree(metric="generic") == 6
    cone = quadric_classifier(A**2 + B**2 - C**2)
    assert (cone.ed_degree(metric="generic"), cone.compute("ed_degree", metric="generic").status) == (4, "proved")


@pytest.mark.parametrize(
    ("metric", "error", "words"),
    [
        ([[1, 2], [2, 1]], ValueError, "metric must be positive definite"),
        ([[1, 1], [1, 1]], ValueError, "metric must be positive definite"),
        ([[0, 0], [0, 1]], ValueError, "metric must be positive definite"),
        ([[-1, 0], [0, 1]], ValueError, "metric must be positive definite"),
        ([[1, 1], [0, 1]], ValueError, "metric must be symmetric"),
        ([[1]], ValueError, "metric must have 2 rows, got 1"),
        ([[1, 0, 0], [0, 1, 0]], ValueError, "metric must have 2 columns, got 3"),
        ("euclid", ValueError, "metric must be a matrix, 'generic' or None, got 'euclid'"),
        ([[1, float("nan")], [0, 1]], ValueError, "must be finite"),
        (3, TypeError, "metric must be a list"),
    ],
)
def test_bad_metrics(metric, error, words):
    with pytest.raises(error, match=words):
        quadric_classifier(X * Y - 1).ed_degree(metric=metric)


@pytest.mark.parametrize(
    ("hidden", "n", "d", "expected"),
    [
        ([3, 2], 3, 2, 36),
        ([2, 3], 3, 3, 81),
        ([4, 3], 4, 2, 128),
        ([3, 2, 2], 3, 2, 168),
        ([3, 2], 3, 3, 333),
        ([2, 2], 5, 2, 16),
        ([4, 1], 4, 2, 16),
        ([3, 1, 4], 3, 2, 24),
        ([1, 3], 3, 2, 4),
        ([4], 6, 3, 45),
    ],
)
def test_generic_values_and_their_source(hidden, n, d, expected):
    V = PolynomialClassifier.random([n, *hidden, 2], d, seed=1, bits=16).boundary()
    record = V.compute("generic_ed_degree")
    formula = generic_formula((n, *hidden, 2), d)
    assert record.value == expected == V.ed_degree() == V.classifier().generic_ed_degree()
    assert record.status == V.compute("ed_degree").status == "proved"
    assert (record.details["method"], formula and formula[0]) == (
        ("computed", None) if formula is None else ("formula", expected)
    )


@pytest.mark.parametrize(
    ("hidden", "n", "d", "expected"),
    [
        *(([n, 2], n, 2, 4 * n * n) for n in range(3, 7)),
        *(([n, 1], n, 2, 4 * n) for n in range(3, 7)),
        ([3, 2, 1], 3, 2, 72),
        ([2, 1, 2], 2, 2, 16),
        ([3, 2, 1, 2], 3, 2, 144),
        ([3, 3, 2], 3, 2, 328),
        ([4, 2, 4], 4, 2, 320),
        ([3, 2], 4, 2, 36),
    ],
)
def test_narrow_layers_have_proved_numbers(hidden, n, d, expected):
    V = PolynomialClassifier.random([n, *hidden, 2], d, seed=1, bits=16).boundary()
    for record in (V.compute("generic_ed_degree"), V.compute("ed_degree")):
        assert (record.value, record.status) == (expected, "proved")


def test_narrow_layers_of_special_networks():
    r"""Fewer critical points than the bound, for a cone in the last layer and for a boundary that is a square."""
    C = PolynomialClassifier.random([3, 3, 2, 2], 2, seed=4)
    biases = [*C.biases()[:-1], (C.biases()[-1][1], C.biases()[-1][1])]
    record = PolynomialClassifier(C.weights(), biases).compute("ed_degree")
    assert record.value < 36
    assert record.status == "probable"
    # (q_1^2 + q_2^2)^2, the squarefree part of which has degree 4.
    weights = [*C.weights()[:-1], [[1, 2]], [[1], [0]]]
    square = PolynomialClassifier(weights, [*C.biases()[:-1], [0], [0, 0]])
    record = square.compute("ed_degree")
    assert record.value <= min(bound for bound, _ in upper_bounds(RowSpace(square.boundary().straight_line())))


@pytest.mark.parametrize(
    ("g", "expected"),
    [
        ((X - 2 * Y + 1) ** 2, 1),
        (X**2 - 2 * X * Y + Y**2, 1),
        (X**2 - 4, 2),
    ],
)
def test_boundaries_that_are_not_reduced_or_singular(g, expected):
    record = quadric_classifier(g).compute("ed_degree")
    assert (record.value, record.status) == (expected, "proved")


def test_a_square_in_a_deep_network():
    r"""``g = (x^2 - y^2)^2`` has the boundary of two lines, counted with the singular point removed."""
    V = PolynomialClassifier([[[1, 0], [0, 1]], [[1, -1]], [[1], [0]]], [[0, 0], [0], [0, 0]]).boundary()
    assert V.polynomial() == (X**2 - Y**2) ** 2
    record = V.compute("ed_degree")
    assert (record.value, record.status) == (2, "proved")


def test_a_neuron_that_cancels_leaves_the_last_layer():
    C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 1]]], [[0, 1], [2, 1]])
    assert C.compute("ed_degree").value == 2  # two parallel lines


def test_constant_boundaries():
    W = [[[1, 2], [3, 1]], [[2, 1], [2, 1]]]
    assert PolynomialClassifier(W, [[0, 1], [2, 1]]).ed_degree() == 0
    with pytest.raises(ValueError, match="classes must have different outputs"):
        PolynomialClassifier(W, [[0, 1], [1, 1]]).ed_degree()
    assert PolynomialClassifier(W, [[0, 1], [2, 1]]).generic_ed_degree() == 4


def test_quadrics_in_many_variables_have_their_formula():
    C = PolynomialClassifier.random([30, 20, 2], 2, seed=2)
    for options in ({}, {"metric": "generic"}):
        record = C.compute("ed_degree", **options)
        assert (record.value, record.status, record.backend) == (40, "proved", "sage_mlvar")
        assert record.argument.startswith("formula for a quadric with 20 distinct nonzero eigenvalues")
    small = PolynomialClassifier.random([9, 9, 2], 2, seed=2)
    assert small.ed_degree() == small.ed_degree(backend="msolve") == 18


def test_wide_inputs_cost_nothing():
    V = PolynomialClassifier.random([200, 3, 2], 3, seed=1).boundary()
    record = V.compute("ed_degree")
    assert (record.value, record.status) == (21, "proved")
    assert "_the_polynomial" not in V.__dict__


def test_a_first_layer_of_zeros_is_constant():
    V = PolynomialClassifier([[[0, 0], [0, 0]], [[1, 2], [0, 0]]], [[1, 1], [0, 0]]).boundary()
    assert V.ed_degree() == 0
    assert V.components().factors == ()
