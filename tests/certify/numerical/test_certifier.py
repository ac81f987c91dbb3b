r"""
The certifier by path following: brackets against the exact route, against known distances, and what it refuses.
"""

import pickle
from itertools import count, pairwise
from types import SimpleNamespace

import numpy
import pytest

from sage_mlvar import PolynomialClassifier, options
from sage_mlvar.certify.homotopy.family import Family
from sage_mlvar.certify.numerical.certifier import NumericalCertifier
from sage_mlvar.certify.registry import of
from sage_mlvar.errors import BackendTimeout, NotProvedError, OutOfReachError
from sage_mlvar.options import resolve

from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ


def network(widths, degree, seed, classes=None):
    r"""Random weights with mantissas of 24 bits."""
    source = numpy.random.default_rng(seed)
    pairs = list(pairwise(widths))
    weights = [(source.standard_normal((c, a)) / numpy.sqrt(a)).astype(numpy.float32) for a, c in pairs]
    biases = [(source.standard_normal(c) / 2).astype(numpy.float32) for c in widths[1:]]
    return PolynomialClassifier(weights, biases, degree), source


def certify(classifier, u, **options):
    certificate = classifier.certify(u, certifier="numerical", **options)
    report = certificate.verify()
    assert report.proved == certificate.proved
    return certificate


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("widths", "degree"),
    [([2, 3, 2], 3), ([3, 2, 3], 2), ([2, 2, 2, 2], 2), ([3, 2, 2], [1, 1, "1/2", 1]), ([3, 3, 2], 3)],
)
def test_brackets_hold_the_distance_of_the_exact_route(widths, degree, seed):
    C, source = network(widths, degree, seed)
    u = source.standard_normal(widths[0]).astype(numpy.float32).tolist()
    certificate = certify(C, u)
    assert certificate.relative_width <= QQ((1, 10**9))
    squares = []
    for other in range(C.number_of_classes()):
        if other != certificate.predicted:
            nearest = C.boundary(certificate.predicted, other).critical_points(u).nearest()
            squares += [point.distance_squared for point in nearest]
    if not squares:
        assert certificate.lower == certificate.upper == infinity
        return
    truth = min(float(square.mid()) for square in squares)
    assert float(certificate.lower) ** 2 <= truth * (1 + 1e-12)
    assert truth * (1 - 1e-12) <= float(certificate.upper) ** 2


@pytest.mark.parametrize(
    ("widths", "degree", "number"),
    [([3, 20, 20, 2], 2, 52), ([4, 8, 2], 3, 45), ([5, 5, 2], 3, 93), ([4, 4, 3, 2], 2, 128), ([6, 6, 2], 3, 189)],
)
def test_networks_of_the_benchmarks(widths, degree, number):
    C, source = network(widths, degree, 1)
    for _ in range(2):
        certificate = certify(C, source.standard_normal(widths[0]).astype(numpy.float32))
        assert certificate.proved
        assert set(certificate.details["critical_points"].values()) == {number}


def test_a_cubic_curve_of_known_distance():
    # y^3 = 8 from (5, 1): the line y = 2 three times is no smooth cubic, but y^3 + x^3/10^6 = 8 is, and close to it.
    C = PolynomialClassifier([[[1, 0], [0, 1]], [["-1/1000000", -1], [0, 0]]], [[0, 0], [8, 0]], 3)
    certificate = certify(C, [0, 1])
    assert certificate.lower <= 1 <= certificate.upper


def test_an_empty_boundary_is_infinitely_far():
    C = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 2], [0, 0]]], [[0, 0], [1, 0]], 4)
    certificate = certify(C, [1, 2])
    assert certificate.lower == certificate.upper == infinity
    assert certificate.proved


def test_outputs_that_differ_by_a_constant():
    C = PolynomialClassifier([[[1, 2], [1, 1]], [[1, 2], [1, 2], [0, 1]]], [[0, 0], [1, 0, -3]], 3)
    certificate = certify(C, [1, 2])
    assert certificate.proved
    assert [bound.lower for bound in certificate.bounds if bound.other == 1 - certificate.predicted] == [infinity]


def test_both_orders_of_the_classes():
    C, source = network([2, 3, 3], 3, 4)
    seen = set()
    for _ in range(8):
        certificate = certify(C, source.standard_normal(2).astype(numpy.float32) * 2)
        seen.add(certificate.predicted)
        assert {bound.other for bound in certificate.bounds} == {0, 1, 2} - {certificate.predicted}
    assert len(seen) > 1
    # One start for each pair of classes, whichever is predicted.
    assert {pair for pair, _ in of(C, "numerical")._families} <= {(0, 1), (0, 2), (1, 2)}


def test_exact_distances_are_left_to_the_checker_with_some_room():
    # Linear: the producer hits the critical point exactly, which the balls of the checker do not.
    C = PolynomialClassifier([[[-5], [-4], [0]], [[1, -4, -5], [-2, 0, 4]]], [[0, 3, 0], [0, -4]], [0, 1])
    certificate = certify(C, [-1])
    assert certificate.lower < 9 < certificate.upper
    assert certificate.verify().proved


def test_ties_are_at_distance_zero():
    C = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 1], [0, 0]]], [[0, 0], [-2, 0]], 3)
    assert C.certify([1, 1], certifier="numerical").upper == 0


@pytest.mark.parametrize("tolerance", ["1/2", "1e-20", "1e-60"])
def test_the_tolerance_is_met(tolerance):
    C, _ = network([3, 3, 2], 3, 2)
    certificate = certify(C, [1, 0, "1/3"], tolerance=tolerance)
    assert (
        certificate.relative_width <= QQ(tolerance) if "/" in tolerance else float(certificate.relative_width) <= 1e-20
    )
    assert certificate.nearest is not None


def test_radii_are_decided():
    C, _ = network([3, 3, 2], 3, 2)
    distance = C.certify([1, 0, 2], certifier="numerical").lower
    assert C.certify([1, 0, 2], distance * 99 / 100, certifier="numerical").verdict == "robust"
    assert C.certify([1, 0, 2], distance * 101 / 100, certifier="numerical").verdict == "not robust"


def test_the_reflection_of_a_symmetric_network_has_no_single_nearest_point():
    C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -3], [0, 0]]], [[0, 0], [5, 0]], 4)
    certificate = certify(C, [0, 0])
    assert certificate.nearest is None
    assert certificate.relative_width <= QQ((1, 10**9))


@pytest.mark.parametrize(
    "C",
    [
        PolynomialClassifier([[[1, 0], [0, 1]], [[1, 1], [0, 0]]], [[0, 0], [0, 4]]),  # a circle
        PolynomialClassifier([[[1, 0], [0, 1]], [[1, -1], [0, 0]]], [[0, 0], [0, 0]]),  # two lines
        PolynomialClassifier([[[1, 0], [0, 1]], [[1, -1], [0, 0]]], [[0, 0], [0, 0]], 3),  # a cone
        PolynomialClassifier([[[1, 1]], [[1], [0]]], [[0], [0, 0]], 3),  # a triple line
    ],
)
def test_special_boundaries_are_not_proved(C):
    with pytest.raises(NotProvedError, match="there may be"):
        C.certify([2, "1/3"], certifier="numerical")
    try:
        certificate = C.certify([2, "1/3"], certifier="numerical", proof=False)
    except OutOfReachError:
        return
    assert not certificate.proved
    exact = C.boundary(0, 1).critical_points([2, "1/3"]).nearest()[0]
    truth = float(exact.distance_squared.mid()) ** 0.5
    assert float(certificate.lower) <= truth * (1 + 1e-12)
    assert truth <= float(certificate.upper) * (1 + 1e-12)


def test_probable_distances():
    circle = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 1], [0, 0]]], [[0, 0], [0, 4]])
    certificate = circle.certify([3, 0], certifier="numerical", proof=False)
    assert certificate.status == "probable"
    assert certificate.lower <= 1 <= certificate.upper


def test_no_real_point_of_an_incomplete_list_is_no_distance():
    point = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 2], [0, 0]]], [[0, 0], [0, 0]])  # x^2 + 2 y^2 = 0
    with pytest.raises(OutOfReachError, match="says nothing"):
        point.certify([3, 0], certifier="numerical", proof=False)


def test_lost_solutions_are_no_proof(monkeypatch):
    C, _ = network([3, 3, 2], 3, 2)
    first = Family(C.boundary(0, 1)).start()
    monkeypatch.setattr(Family, "start", lambda self, *_: type(first)(first.data, first.points[:5]))
    with pytest.raises(NotProvedError, match="there may be 21"):
        C.certify([1, 0, 2], certifier="numerical")


def test_networks_without_a_proved_count():
    C = PolynomialClassifier.random([4, 2, 4, 2], 2, seed=1)
    assert NumericalCertifier.can_certify(C) is True
    D = PolynomialClassifier.random([4, 4, 3, 2, 1, 2], 2, seed=1)
    with pytest.raises(NotProvedError, match="no proved formula"):
        D.certify([1, 2, 3, 4], certifier="numerical")


@pytest.mark.parametrize(
    ("widths", "degree", "number", "layers"),
    [
        ([3, 3, 2, 2, 2], 2, 168, [1]),
        ([3, 3, 2, 3, 2], 2, 168, [1]),
        ([3, 3, 1, 2, 2], 2, 24, [1]),
        ([3, 3, 2, 1, 2], 2, 72, [1, 1]),
        ([4, 2, 1, 2, 2], 2, 16, [1]),
        ([3, 3, 2, 2], [1, 1, "1/4"], 36, [None]),
        ([2, 2, 1, 2], [0, 1, 0, 1], 27, [1]),
    ],
)
def test_narrow_layers(widths, degree, number, layers):
    r"""The layers whose functions are proved to have smooth zero sets, in one another."""
    C, source = network(widths, degree, 1)
    for _ in range(2):
        certificate = certify(C, source.standard_normal(widths[0]).astype(numpy.float32))
        assert certificate.proved
        assert set(certificate.details["critical_points"].values()) == {number}
        (bound,) = certificate.bounds
        found, entry = [], bound.proof
        while "bottleneck" in entry:
            entry = entry["bottleneck"]
            found.append(entry["layer"])
        assert (found or [None]) == layers[: len(found) or None]


@pytest.mark.parametrize("seed", range(2, 4))
@pytest.mark.parametrize(("widths", "degree"), [([2, 2, 1, 2, 2], 2), ([3, 3, 1, 2, 2], 2), ([3, 3, 2, 2, 2], 2)])
def test_narrow_layers_agree_with_other_methods(widths, degree, seed):
    C, source = network(widths, degree, seed)
    u = source.standard_normal(widths[0]).astype(numpy.float32)
    certificate = certify(C, u)
    other = C.certify(u, certifier="bounds", tolerance="1/100", timeout=None)
    assert certificate.proved
    assert certificate.lower <= other.upper
    assert other.lower <= certificate.upper


def node(constant):
    r"""
    The second hidden layer q has the function ``G = (z_1^2 + z_2^2 + 1)^2 - 2 (z_1^2 - 3 z_2^2 + 1)^2 + 1 + c``.

    For c = 0 this has a node at 0, and the boundary is singular along the curve ``q_1 = q_2 = 0`` through (1, 1/2, 0).
    """
    base = network([3, 3, 2, 2], 2, 5)[0]
    weights = [*base.weights()[:2], [[1, 1], [1, -3]], [[1, -2], [0, 0]]]
    first = base.biases()[0]
    activated = [(row[0] + row[1] / 2 + shift) ** 2 for row, shift in zip(weights[0], first)]
    second = [-sum(w * x for w, x in zip(row, activated)) for row in weights[1]]
    return PolynomialClassifier(weights, [first, second, [1, 1], [1 + constant, 0]], 2)


def test_a_node_in_the_function_of_a_layer_is_never_smooth():
    family = Family(node(0).boundary(0, 1))
    assert family.bound() == 168
    assert family.exact.needs_bottleneck()
    assert not family.bottleneck().is_proved
    assert Family(node(1).boundary(0, 1)).bottleneck().is_proved


def test_singular_boundaries_behind_a_narrow_layer_are_not_proved():
    r"""From next to the singular curve, which is nearer than all critical points may be."""
    C = node(0)
    assert all(x == 0 for x in C.boundary(0, 1).gradient([1, "1/2", 0]))
    assert C.boundary(0, 1).straight_line().value([1, "1/2", 0]) == 0
    with pytest.raises(NotProvedError):
        C.certify([1, "1/2", "1/1000"], certifier="numerical", timeout=None)


def test_what_cannot_be_asked():
    C, _ = network([3, 3, 2], 3, 2)
    with pytest.raises(ValueError, match="Euclidean norm"):
        C.certify([1, 0, 2], certifier="numerical", norm="maximum")
    with pytest.raises(ValueError, match="box"):
        C.certify([1, 0, 2], certifier="numerical", box=[[-5, 5]] * 3)
    with pytest.raises(ValueError, match="critical points"):
        PolynomialClassifier.random([40, 40, 2], 3).certify([0] * 40, certifier="numerical")


def test_the_timeout_is_kept(monkeypatch):
    C, _ = network([8, 8, 2], 3, 2)
    # A clock that goes on by a second whenever it is looked at.
    monkeypatch.setattr(options, "time", SimpleNamespace(monotonic=count().__next__))
    with pytest.raises(BackendTimeout):
        C.certify([1] * 8, certifier="numerical", timeout=20)


def test_certifiers_pickle_with_their_starts():
    C, _ = network([3, 3, 2], 3, 2)
    before = C.certify([1, 0, 2], certifier="numerical")
    kept = pickle.loads(pickle.dumps(of(C, "numerical")))
    assert all(family.is_solved for family in kept._families.values())
    assert kept.classifier is C
    assert C.certify([1, 0, 2], certifier="numerical").lower == before.lower


def test_predictions_fall_when_the_start_is_solved():
    C, _ = network([5, 5, 2], 3, 3)
    question = type("Question", (), {"c": 0, "others": (1,), "options": resolve("certify")})()
    certifier = of(C, "numerical")
    before = certifier.predicted_seconds(question)
    C.certify([1] * 5, certifier="numerical")
    assert 0 < certifier.predicted_seconds(question) < before


@pytest.mark.parametrize("seed", range(30))
def test_small_networks_of_all_kinds(seed):
    r"""Integers, zeros, tiny and huge weights: a proof that the checker accepts and the exact distance, or none."""
    source = numpy.random.default_rng(seed)
    widths, degree = [([2, 2, 2], 2), ([2, 3, 2], 3), ([3, 2, 2], 3), ([1, 2, 2], 4), ([2, 2, 2, 2], 2)][seed % 5]
    scale = 10.0 ** source.integers(-3, 4)
    pairs = list(pairwise(widths))
    weights = [numpy.round(3 * source.standard_normal((c, a))) * scale for a, c in pairs]
    biases = [numpy.round(3 * source.standard_normal(c)) for c in widths[1:]]
    C = PolynomialClassifier(weights, biases, degree)
    u = numpy.round(4 * source.standard_normal(widths[0])).tolist()
    try:
        certificate = certify(C, u, timeout=None)
    except NotProvedError:
        # Deep ones may have fewer critical points than there could be.
        assert widths == [2, 2, 2, 2]
        return
    if certificate.predicted is None:
        return
    exact = C.boundary(0, 1)
    if exact.polynomial().is_constant():
        assert certificate.lower == infinity
        return
    nearest = exact.critical_points(u).nearest()
    if not nearest:
        assert certificate.lower == infinity
    else:
        truth = float(nearest[0].distance_squared.mid()) ** 0.5
        assert float(certificate.lower) <= truth * (1 + 1e-12)
        assert truth <= float(certificate.upper) * (1 + 1e-12)


@pytest.mark.parametrize("exponent", [-2100, -1200, -1100, -1040, 1040, 1200, 2100])
def test_the_size_of_the_last_layer_does_not_matter(exponent):
    r"""Such weights are 0 or infinity as floats."""
    C, source = network([2, 3, 2], 3, 1)
    u = source.standard_normal(2).astype(numpy.float32).tolist()
    factor, weights, biases = QQ(2) ** exponent, C.weights(), C.biases()
    last = [[factor * x for x in row] for row in weights[-1]]
    scaled = PolynomialClassifier([*weights[:-1], last], [*biases[:-1], [factor * x for x in biases[-1]]], 3)
    one, other = certify(C, u), certify(scaled, u)
    assert (one.lower, one.upper, one.proved) == (other.lower, other.upper, other.proved)


def test_multipliers_that_no_certificate_holds():
    factor = QQ(2) ** -40000
    C = PolynomialClassifier([[[1, 0], [0, 1]], [[factor, 2 * factor], [0, 0]]], [[0, 0], [-factor, 0]])
    with pytest.raises(OutOfReachError, match="a multiplier is beyond the numbers of a certificate"):
        C.certify([3, 1], certifier="numerical")


@pytest.mark.parametrize("side", [1, -1])
def test_a_witness_beyond_any_of_equally_near_points(side):
    r"""The function ``(1 - x)(1 + e - x)(1 + x)``, whose zeros 1 and -1 are equally near to 0, and its mirror image."""
    e = QQ((1, 1000))
    coefficients = [1 + e, side * -1, -(1 + e), side * 1]
    C = PolynomialClassifier([[[1]], [[1], [0]]], [[0], [0, 0]], coefficients)
    assert C.outputs([side]) == C.outputs([-side]) == C.outputs([side * (1 + e)]) == (0, 0)
    # The way beyond the boundary, of 1/80, leads across both zeros on one side.
    certificate = certify(C, [0], tolerance="1/10")
    assert certificate.lower <= 1 <= certificate.upper
    assert certificate.relative_width <= QQ((1, 10))
    assert certificate.witness.point[0] * side < 0
