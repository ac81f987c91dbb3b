r"""ED degrees: quadrics by formula and by counting, networks and image varieties against known values."""

import pytest
from algebra import plane, quadric_classifier, random_classifier

from sage_mlvar import ParametrizedModel, PolynomialClassifier, ReLURegionModel
from sage_mlvar.errors import NotProvedError, OutOfReachError
from sage_mlvar.invariants.ed_degree import complete_intersection_bound, quadric_ed_degree

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

X, Y = plane(2)
A, B, C = plane(3)

QUADRICS = {
    "ellipse": (X**2 + 4 * Y**2 - 1, 4),
    "ellipse, turned": (2 * X**2 + 2 * X * Y + 3 * Y**2 - X + Y - 5, 4),
    "hyperbola": (X**2 - 3 * Y**2 - 1, 4),
    "circle": (X**2 + Y**2 - X - 3 * Y - 1, 2),
    "parabola": (X**2 - Y, 3),
    "parabola, turned": ((X + 2 * Y) ** 2 - X, 3),
    "line pair": (X * Y, 2),
    "line pair, not rational": (X**2 - 2 * Y**2, 2),
    "parallel lines": (X**2 - 4, 2),
    "conjugate lines": (X**2 + 2 * Y**2, 2),
    "empty over R": (X**2 + 2 * Y**2 + 1, 4),
    "general surface": (A**2 + 2 * B**2 - 5 * C**2 + A - 1, 6),
    "sphere": (A**2 + B**2 + C**2 - 1, 2),
    "double eigenvalue": (A**2 + B**2 + 4 * C**2 - 1, 4),
    "cone": (A**2 + 2 * B**2 - 3 * C**2, 4),
    "cone of revolution": (A**2 + B**2 - C**2, 2),
    "paraboloid": (A**2 + 2 * B**2 - C, 5),
    "paraboloid of revolution": (A**2 + B**2 - C, 3),
    "elliptic cylinder": (A**2 + 2 * B**2 - 1, 4),
    "circular cylinder": (A**2 + B**2 - 1, 2),
    "parabolic cylinder": (A**2 - B, 3),
    "parallel planes": (A**2 - 1, 2),
}


@pytest.mark.parametrize("name", QUADRICS)
def test_formula_for_quadrics(name):
    g, expected = QUADRICS[name]
    assert quadric_ed_degree(g)[0] == expected


@pytest.mark.parametrize("backend", ["msolve", "singular"])
@pytest.mark.parametrize("name", QUADRICS)
def test_counting_on_quadrics(name, backend):
    g, expected = QUADRICS[name]
    classifier = quadric_classifier(g)
    assert classifier.boundary().polynomial() == g
    record = classifier.compute("ed_degree", backend=backend)
    assert (record.value, record.status, record.backend) == (expected, "proved", backend)
    assert all(degree == distinct == expected for degree, distinct in record.details["counts"])


def test_a_double_line_is_a_line():
    classifier = quadric_classifier((X + 2 * Y - 1) ** 2)
    assert classifier.boundary().squarefree_part().degree() == 1
    record = classifier.compute("ed_degree")
    assert (record.value, record.status) == (1, "proved")


def test_an_empty_boundary_has_no_critical_points():
    classifier = PolynomialClassifier([[[1, 2]], [[1], [1]]], [[0], [0, 1]])
    assert classifier.ed_degree() == 0
    with pytest.raises(ValueError, match=r"classes .* 0 and 1 agree everywhere"):
        PolynomialClassifier([[[1, 2]], [[1], [1]]], [[0], [1, 1]]).ed_degree()


@pytest.mark.parametrize(
    ("n", "h", "d"),
    [
        *[(1, 2, 2), (2, 1, 2), (2, 2, 2), (2, 3, 2), (3, 2, 2), (3, 3, 2), (5, 2, 2), (4, 4, 2)],
        *[(1, 1, 3), (2, 1, 3), (2, 2, 3), (3, 2, 3), (3, 3, 3), (2, 2, 4), (2, 2, 5), (2, 3, 6)],
    ],
)
def test_generic_shallow_networks(n, h, d):
    record = random_classifier([n, h, 2], d, seed=n + 10 * h + 100 * d).compute("ed_degree")
    assert record.value == d * sum((d - 1) ** i for i in range(min(n, h)))
    assert record.status == "proved"


# For h_2 = 1 and 2 with d = 2 and h_1 >= n: 4n and 4n^2; for h_2 >= m the hypersurface bound of degree 4.
@pytest.mark.parametrize(
    ("widths", "d", "expected", "status"),
    [
        ([2, 2, 1, 2], 2, 8, "probable"),
        ([3, 3, 1, 2], 2, 12, "probable"),
        ([2, 2, 2, 2], 2, 16, "proved"),
        ([3, 3, 2, 2], 2, 36, "probable"),
        ([3, 2, 3, 2], 3, 81, "probable"),
    ],
)
def test_generic_deep_networks(widths, d, expected, status):
    record = random_classifier(widths, d, seed=4).compute("ed_degree")
    assert record.value == expected
    assert record.status in (status, "proved")
    if record.status == "proved":
        assert record.details["upper_bound"] == expected


def test_the_example_of_the_paper():
    W = [[[1, 2], [3, 1]], [[2, 1], [1, 2]]]
    assert PolynomialClassifier(W, [[0, 1], [2, 1]]).ed_degree() == 4
    assert PolynomialClassifier(W, [[1, 2], [1, 1]]).ed_degree() == 2


@pytest.mark.parametrize(
    ("n", "degrees", "expected"),
    [(2, [2], 4), (2, [3], 9), (3, [2], 6), (4, [3], 45), (3, [2, 2], 12), (3, [1], 1), (3, [1, 2], 4), (1, [2, 2], 0)],
)
def test_bound_of_complete_intersections(n, degrees, expected):
    assert complete_intersection_bound(n, degrees) == expected


def test_a_slice_is_no_proof():
    classifier = quadric_classifier(QUADRICS["ellipse"][0])
    record = classifier.compute("ed_degree", slice=[[0, 0], [1, 3]])
    assert (record.value, record.status) == (4, "probable")
    # On its axes fewer critical points of an ellipse remain off infinity, never more.
    assert classifier.ed_degree(slice=[[0, 0], [1, 0]]) <= 4


# ---- image varieties

PARAMETERS = PolynomialRing(QQ, ["s", "t"])
S, T = PARAMETERS.gens()


@pytest.mark.parametrize("backend", ["msolve", "singular"])
@pytest.mark.parametrize(
    ("phi", "expected"),
    [
        ([T, T**2], 3),
        ([T**2, T**3], 4),  # the cusp is not counted
        ([S, T], 1),
        ([S + T, 2 * S + 2 * T], 1),
    ],
)
def test_curves(phi, expected, backend):
    assert ParametrizedModel(phi).ed_degree(backend=backend) == expected


@pytest.mark.parametrize(
    ("widths", "patterns", "expected"),
    [
        ([2, 1, 2], ["1"], 2),
        ([3, 1, 2], ["1"], 2),  # three equations in codimension two
        ([3, 2, 3], ["11"], 3),
        ([2, 2, 2], ["00"], 1),
        ([2, 2, 2], ["11"], 1),
    ],
)
def test_matrices_of_bounded_rank(widths, patterns, expected):
    r"""Binomial coefficients, by Eckart and Young."""
    assert ReLURegionModel(widths, patterns).ed_degree() == expected


def test_the_example_of_the_talk_is_counted_not_proved():
    model = ReLURegionModel([2, 2, 2], ["10", "11"])
    first, second = (model.compute("ed_degree", backend=backend) for backend in ("msolve", "singular"))
    assert first.value == second.value
    assert first.status == second.status == "probable"
    assert first.value < first.details["upper_bound"]
    with pytest.raises(NotProvedError, match=r"compute\('ed_degree', proof=False\) returns it"):
        model.ed_degree(proof=True)


def test_seeds_are_followed():
    classifier = quadric_classifier(QUADRICS["ellipse"][0])
    first, again, other = (classifier.compute("ed_degree", seed=seed, proof=False) for seed in (1, 1, 2))
    assert first is again
    assert first.primes != other.primes
    assert first.seed == 1


@pytest.mark.parametrize(
    ("points", "error", "words"),
    [
        ([[0, 0]], ValueError, "slice must have 2 points .* got 1"),
        ([[0, 0], [0, 0]], ValueError, "slice must have affinely independent points"),
        ([[0, 0], [1, 1], [2, 2]], ValueError, "slice must have affinely independent points"),
        ([[0], [1]], ValueError, "slice must have 2 columns, got 1"),
        ("line", TypeError, "slice must be a list, not 'line'"),
        ([[0, 0], [1, float("inf")]], ValueError, r"slice\[1\]\[1\] must be finite, got inf"),
    ],
)
def test_bad_slices(points, error, words):
    with pytest.raises(error, match=words):
        quadric_classifier(X * Y - 1).ed_degree(slice=points)


def test_infinitely_many_critical_points_are_out_of_reach(monkeypatch):
    from sage_mlvar import backends
    from sage_mlvar.backends import Count, Reply

    monkeypatch.setattr(backends, "call", lambda *_, **__: Reply(Count(None, None), "msolve", "0", True, 0.0, None))
    with pytest.raises(OutOfReachError, match="try another seed= or a slice="):
        quadric_classifier(X * Y - 7).ed_degree()


@pytest.mark.parametrize("counts", [[(3, 3), (3, 3)], [(4, 3), (4, 3)], [(2, 2), (4, 2)]])
def test_fewer_simple_solutions_than_the_bound_prove_nothing(monkeypatch, counts):
    from sage_mlvar import backends
    from sage_mlvar.backends import Count, Reply

    replies = iter([*counts, *counts, *counts])
    monkeypatch.setattr(backends, "call", lambda *_, **__: Reply(Count(*next(replies)), "msolve", "0", True, 0.0, None))
    record = quadric_classifier(X**2 + 4 * Y**2 - 3 - counts[0][0]).compute("ed_degree", proof=False, seed=len(counts))
    assert record.status == "probable"


def test_image_quadrics_are_proved_by_the_formula():
    from sage_mlvar import ParametrizedModel

    ring = PolynomialRing(QQ, ["a", "b"])
    a, b = ring.gens()
    for phi, value in (([a, a**2], 3), ([a**2, a * b, b**2], 4)):
        record = ParametrizedModel(phi).compute("ed_degree")
        assert (record.value, record.status) == (value, "proved")
