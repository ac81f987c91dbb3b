r"""
The exact certifier by critical points: distances known by construction, other certifiers, and an independent search.
"""

import pickle
import random
from dataclasses import replace

import flint
import numpy
import pytest
import scipy.optimize

from sage_mlvar import PolynomialClassifier, backends
from sage_mlvar.certify import get
from sage_mlvar.certify.registry import of
from sage_mlvar.check import Rejected
from sage_mlvar.check.parametrization import verify
from sage_mlvar.check.problem import Problem
from sage_mlvar.errors import BackendTimeout, CertificateError, NotProvedError, OutOfReachError

from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ

EYE2, EYE3 = [[1, 0], [0, 1]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
PARABOLA = ([[1, 0], [0, 1], [0, 1]], [0, "1/2", 0], [-1, 1, -1], "-1/4")  # y - x^2


def shallow(rows, shifts, coefficients, constant, activation=2):
    r"""The classifier with ``f_0 - f_1 = sum a_k s(w_k.x + b_k) + constant``."""
    return PolynomialClassifier([rows, [coefficients, [0] * len(rows)]], [shifts, [constant, 0]], activation)


def deep(rows, quadric, shift, outer, constant):
    r"""The classifier with ``f_0 - f_1 = sum_k outer_k (sum_j quadric_kj (rows_j x)^2 + shift_k)^2 + constant``."""
    weights = [rows, quadric, [outer, [0] * len(outer)]]
    return PolynomialClassifier(weights, [[0] * len(rows), shift, [constant, 0]])


def check(classifier, u, squared=None, complete=None, width=1e-9, **options):
    r"""The bracket holds the known squared distance, is narrow, and its proof passes the independent checker."""
    certificate = classifier.certify(u, certifier="critical", **options)
    assert certificate.proved
    report = certificate.verify()
    # what rests on a Gröbner basis over Q is proved here, and not verified there
    assert report.proved or (report.believed and any("Singular" in sentence for sentence in report.trusted))
    pieces = [piece for bound in certificate.bounds for piece in bound.proof["pieces"]]
    if complete is not None:
        assert {piece["complete"] for piece in pieces} == complete
    if squared == infinity:
        assert certificate.lower == certificate.upper == infinity
        assert certificate.witness is None
        assert certificate.nearest is None
        return certificate
    assert 0 < certificate.lower <= certificate.upper
    assert certificate.relative_width <= width
    if squared is not None:
        assert certificate.lower**2 <= squared <= certificate.upper**2
    if certificate.witness.point is not None:
        outputs = classifier.outputs(certificate.witness.point)
        assert outputs[certificate.competing] >= outputs[certificate.predicted]
    move = [a - b for a, b in zip(certificate.nearest.center, certificate.point)]
    length = sum(x * x for x in move)
    assert (certificate.lower - certificate.nearest.radius) ** 2 <= length * (1 + QQ(10) ** -30)
    assert length <= (certificate.upper + certificate.nearest.radius) ** 2
    return certificate


#: classifier, data point, squared distance, how completeness is shown
KNOWN = {
    "ellipse": (shallow(EYE2, [0, 0], [-1, -2], 3), ["1/2", "1/3"], None, {"degree"}),
    "circle": (shallow(EYE2, [0, 0], [-1, -1], 4), [1, 0], 1, {"engine"}),
    "circle from its centre": (shallow(EYE2, [0, 0], [-1, -1], 4), [0, 0], 4, {"engine"}),
    "circle from outside": (shallow(EYE2, [0, 0], [1, 1], -4), [3, 4], 9, {"engine"}),
    "parabola, hard case": (shallow(*PARABOLA), [0, 2], QQ((7, 4)), {"engine"}),
    "two nearest points": (shallow(EYE2, [0, 0], [1, -1], 1), [0, 0], 1, {"degree"}),
    "only a singular point": (shallow(EYE2, [0, 0], [1, 2], 0), [3, 4], 25, {"engine"}),
    "cone": (shallow(EYE3, [0, 0, 0], [1, 1, -1], 0), [2, 0, 0], 2, {"engine"}),
    "point in the shadow of a cone": (shallow(EYE3, [0, 0, 0], [-1, -1, 1], 0), [0, 0, -1], QQ((1, 2)), {"engine"}),
    "spheroid on its axis": (shallow(EYE3, [0, 0, 0], [-1, -1, -4], 1), [0, 0, "1/10"], QQ((4, 25)), {"engine"}),
    "spheroid from outside": (shallow(EYE3, [0, 0, 0], [1, 1, 4], -1), [0, 0, "9/10"], QQ((4, 25)), {"engine"}),
    "crossing lines": (shallow(EYE2, [0, 0], [1, -1], 0), [3, 1], 2, {"degree"}),
    "double line": (shallow([[1, 2]], [0], [1], 0), [3, 4], QQ((121, 5)), {"degree"}),
    "parallel planes": (shallow([[1, 2, 2]], [0], [-1], 81), [1, 0, 0], QQ((64, 9)), {"degree"}),
    "cylinder": (shallow(EYE3[:2], [0, 0], [-1, -1], 4), [1, 0, 7], 1, {"engine"}),
    "axis of a cylinder": (shallow(EYE3[:2], [0, 0], [-1, -1], 4), [0, 0, 7], 4, {"engine"}),
    "line of singular points": (shallow([[1, 1, 0], [0, 1, 0]], [0, 0], [1, 2], 0), [1, 0, 5], 1, {"engine"}),
    "no real point": (shallow(EYE2, [0, 0], [1, 2], 1), [3, 4], infinity, {"degree"}),
    "sphere without real points": (shallow(EYE2, [0, 0], [1, 1], 1), [3, 4], infinity, {"engine"}),
    "constant": (shallow([[1, 2]], [0], [0], 1), [3, 4], infinity, set()),
    "line": (shallow([[3, 4]], [0], [1], 0, [5, 1]), [0, 0], 1, {"degree"}),
    "one neuron cubed": (shallow([[3, 4]], [1], [1], -8, 3), [1, 0], QQ((4, 25)), None),
    "ellipse touched from both sides": (deep(EYE2, [[1, 2]], [-3], [1], 0), [2, 0], None, {"degree"}),
    "double crossing lines": (deep(EYE2, [[1, -1]], [0], [1], 0), [2, 1], QQ((1, 2)), {"degree"}),
    "two circles": (deep(EYE2, [[1, 1]], [-5], [-1], 16), [0, "5/2"], QQ((1, 4)), {"engine"}),
    "inside of two circles": (deep(EYE2, [[1, 1]], [-5], [1], -16), [0, 0], 1, None),
    "no real point, deep": (deep(EYE2, [[1, -1]], [0], [1], 1), [2, 1], infinity, None),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known(name):
    classifier, u, squared, complete = KNOWN[name]
    check(classifier, u, squared, complete, cross_check=True)


def test_algebraic_witness_where_the_sign_does_not_change():
    classifier = KNOWN["ellipse touched from both sides"][0]
    certificate = check(classifier, [2, 1])
    assert certificate.witness.point is None
    simple = check(shallow(EYE2, [0, 0], [1, 2], -3), [2, 1])
    assert abs(certificate.upper - simple.upper) < 1e-9
    assert certificate.lower <= simple.upper


def test_rational_witness_where_the_sign_does_not_change():
    certificate = check(KNOWN["double crossing lines"][0], [2, 1])
    assert certificate.witness.point == (QQ((3, 2)), QQ((3, 2)))


def test_narrow_networks_are_complete_by_their_own_bound():
    classifier = PolynomialClassifier.random([3, 3, 2, 2], seed=3, bits=4)
    certificate = check(classifier, [1, "1/2", "-1/3"], complete={"bound"}, cross_check=True)
    assert certificate.argument.startswith("36 simple critical points")


def test_deep_network():
    classifier = PolynomialClassifier.random([2, 3, 3, 2], seed=1, bits=6)
    certificate = check(classifier, ["1/3", "1/5"], complete={"degree"}, cross_check=True)
    assert certificate.argument.startswith("16 simple critical points")


def test_three_classes_and_the_row_space():
    classifier = PolynomialClassifier.random([6, 2, 3], 3, seed=4, bits=6)
    certificate = check(classifier, [1, 2, 0, -1, 1, 1], complete={"degree"})
    assert len(certificate.bounds) == 2
    assert certificate.bounds[0].proof["basis"] == [0, 1]
    assert certificate.lower == min(bound.lower for bound in certificate.bounds)


def test_basis_of_the_rows_that_matter():
    # The first neuron has no influence, the second and the third are dependent.
    rows = [[9, 9, 9], [1, 2, 0], [2, 4, 0], [0, 0, 1]]
    certificate = check(shallow(rows, [0, 0, 1, 0], [0, 1, 1, 2], -40, 3), [0, 0, 0])
    assert certificate.bounds[0].proof["basis"] == [1, 3]


@pytest.mark.parametrize("seed", range(12))
def test_agrees_with_multipliers(seed):
    source = random.Random(seed)
    n, h = source.randint(1, 3), source.randint(1, 4)

    def draw():
        return source.randint(-3, 3)

    rows = [[draw() for _ in range(n)] for _ in range(h)]
    classifier = shallow(rows, [draw() for _ in range(h)], [draw() for _ in range(h)], draw())
    u = [QQ((draw(), 2)) for _ in range(n)]
    if len(set(classifier.outputs(u))) == 1:
        return
    mine, other = classifier.certify(u, certifier="critical"), classifier.certify(u, certifier="quadric")
    mine.verify()
    assert mine.lower <= other.upper
    assert other.lower <= mine.upper
    assert mine.relative_width <= 1e-9


def search(classifier, u, starts=50):
    r"""Return the least distance to the boundary that a local solver finds from many starts."""
    g = classifier.boundary(0, 1).straight_line()
    source, center = numpy.random.default_rng(1), numpy.array([float(x) for x in u])
    best = numpy.inf
    constraint = {
        "type": "eq",
        "fun": lambda x: g.value(x, ring=float),
        "jac": lambda x: numpy.asarray(g.gradient(x, ring=float)),
    }
    for _ in range(starts):
        start = center + source.normal(size=len(u)) * source.choice([0.1, 1, 3])
        found = scipy.optimize.minimize(
            lambda x: ((x - center) ** 2).sum(),
            start,
            jac=lambda x: 2 * (x - center),
            constraints=[constraint],
            options={"ftol": 1e-14, "maxiter": 300},
        )
        if found.success and abs(g.value(found.x, ring=float)) < 1e-8:
            best = min(best, found.fun**0.5)
    return best


@pytest.mark.parametrize(
    ("widths", "degree", "seed"), [([2, 3, 2], 3, 1), ([2, 4, 2], 4, 1), ([3, 4, 2], 3, 2), ([2, 2, 2, 2], 2, 12)]
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_agrees_with_a_global_search(widths, degree, seed):
    classifier = PolynomialClassifier.random(widths, degree, seed=seed, bits=3)
    u = [QQ((1, 3)), QQ((-1, 2)), QQ((1, 5))][: widths[0]]
    certificate = check(classifier, u)
    found = search(classifier, u)
    assert found >= float(certificate.lower) * (1 - 1e-6)
    assert found <= float(certificate.upper) * (1 + 1e-6)


def test_width_follows_the_tolerance():
    classifier = KNOWN["ellipse"][0]
    narrow = check(classifier, ["1/2", "1/3"], tolerance="1e-40", width=1e-40)
    wide = check(classifier, ["1/2", "1/3"], tolerance="1e-3", width=1e-3)
    assert wide.lower <= narrow.upper
    assert narrow.lower <= wide.upper
    assert wide.upper - wide.lower > 1e-6


def test_isolated_point_of_a_cubic():
    # x^2 + y^2 - x^3: the origin, and a branch beyond x = 1. Squares are sums of cubes.
    rows = [[1, 0], [-1, 0], [0, 1], [0, -1], [1, 0]]
    classifier = shallow(rows, [1, 1, 1, 1, 0], ["1/6", "1/6", "1/6", "1/6", -1], "-2/3", 3)
    assert str(classifier.boundary().polynomial()) == "-x0^3 + x0^2 + x1^2"
    certificate = check(classifier, [0, "1/4"], QQ((1, 16)), {"engine"})
    assert certificate.witness.point == (0, 0)
    check(classifier, ["1/2", 0], QQ((1, 4)))


def test_complex_singular_points():
    # Found by a parametrization of the zeros of the gradient, restricted to the boundary; none of them is real.
    classifier = PolynomialClassifier.random([2, 2, 2, 2], 2, seed=8, bits=3)
    certificate = check(classifier, ["1/3", "-1/2"], infinity)
    assert certificate.bounds[0].proof["pieces"][0]["singular"]
    sign = 1 if certificate.predicted == 0 else -1
    points = numpy.random.default_rng(2).normal(size=(10000, 2)) * 3
    assert (sign * classifier.boundary().value(points, ring=float) > 0).all()


def test_singular_set_of_unknown_nearest_point():
    # x^2 - y^2 z: the umbrella, singular along a line.
    rows = [[1, 0, 0], [-1, 0, 0], [0, 1, 1], [0, -1, 1], [0, 0, 1]]
    classifier = shallow(rows, [1, 1, 0, 0, 0], ["1/6", "1/6", "-1/6", "-1/6", "1/3"], "-1/3", 3)
    assert str(classifier.boundary().polynomial()) == "-x1^2*x2 + x0^2"
    with pytest.raises(NotProvedError, match="singular set of dimension 1"):
        classifier.certify([1, 1, -2], certifier="critical")


def slow(verbs, monkeypatch, change=None):
    r"""Let engines run out of time at some verbs, or change what they answer."""
    true = backends.call

    def call(verb, *arguments, **options):
        if verb in verbs and change is None:
            raise BackendTimeout("time limit of 1 s reached")
        reply = true(verb, *arguments, **options)
        return replace(reply, value=change(reply.value)) if verb in verbs else reply

    monkeypatch.setattr(backends, "call", call)


def test_incomplete_without_time(monkeypatch):
    slow(("count", "decompose", "hilbert"), monkeypatch)
    classifier, u = shallow(EYE2, [0, 0], [-1, -1], 5), [1, 0]
    with pytest.raises(NotProvedError, match="2 critical points are exact, of at most 4"):
        classifier.certify(u, certifier="critical")
    certificate = classifier.certify(u, certifier="critical", proof=False)
    assert certificate.status == "probable"
    assert not certificate.verify().proved


def test_nothing_known_without_time(monkeypatch):
    slow(("parametrize",), monkeypatch)
    with pytest.raises(BackendTimeout):
        shallow(EYE2, [0, 0], [-1, -1], 6).certify([1, 0], certifier="critical")


@pytest.mark.parametrize("place", ["numerators", "eliminating"])
def test_wrong_points_are_refused(monkeypatch, place):
    def change(value):
        if place == "eliminating":
            return replace(value, eliminating=(value.eliminating[0] + 1, *value.eliminating[1:]))
        first, *rest = value.numerators
        return replace(value, numerators=((first[0] + 1, *first[1:]), *rest))

    slow(("parametrize",), monkeypatch, change)
    with pytest.raises((CertificateError, NotProvedError)):
        shallow(EYE2, [0, 0], [-1, -2], 7).certify(["1/2", "1/3"], certifier="critical")


def test_missing_and_multiple_points_are_found_out(monkeypatch):
    classifier, u = shallow(EYE2, [0, 0], [-1, -1], 9), [1, 0]
    true = check(classifier, u)
    seen = []

    def change(value):
        # One of two rational points is left out once; then the parametrization is squared once.
        seen.append(value)
        if len(seen) > 2 or len(value.eliminating) != 3:
            return value
        a, b, c = value.eliminating
        if len(seen) == 2:
            square = (a * a, 2 * a * b, b * b + 2 * a * c, 2 * b * c, c * c)
            return replace(value, eliminating=square)
        root = max(r for r, _ in QQ["T"](list(value.eliminating)).roots())
        return replace(value, eliminating=(-root, 1))

    slow(("parametrize",), monkeypatch, change)
    for _ in range(2):
        again = type(classifier)(classifier.weights(), classifier.biases()).certify(u, certifier="critical")
        assert again.lower <= true.upper
        assert true.lower <= again.upper
    assert len(seen) > 2


def test_cross_check_tells_a_wrong_engine(monkeypatch):
    def change(value):
        return replace(value, degree=value.degree - 1)

    slow(("count",), monkeypatch, change)
    with pytest.raises(CertificateError, match="engines disagree"):
        shallow(EYE2, [0, 0], [-1, -2], 8).certify(["1/2", "1/3"], certifier="critical", cross_check=True)


def test_refuses_what_it_does_not_do():
    certifier = get("critical")
    classifier = shallow(EYE2, [0, 0], [-1, -2], 8)
    assert certifier.can_certify(classifier) is True
    assert "maximum" in certifier.can_certify(classifier, norm="maximum")
    assert "box" in certifier.can_certify(classifier, box=((0, 1), (0, 1)))
    with pytest.raises(OutOfReachError, match="too many terms"):
        PolynomialClassifier.random([20, 20, 2], 9, seed=1).certify([1] * 20, certifier="critical")


def test_predictions_grow():
    def predicted(widths, degree):
        classifier = PolynomialClassifier.random(widths, degree, seed=1)
        seconds = []

        class Asked:
            others, point = (1,), (QQ(1),) * widths[0]

        seconds.append(of(classifier, "critical").predicted_seconds(Asked))
        return seconds[0]

    assert predicted([3, 3, 2], 2) < predicted([3, 20, 20, 2], 2) < 120 < predicted([8, 8, 2], 3)
    assert predicted([50, 50, 2], 40) == float("inf") or predicted([50, 50, 2], 40) >= 1e12


def test_pickle():
    classifier = KNOWN["circle"][0]
    check(classifier, [1, 0])
    certifier = pickle.loads(pickle.dumps(of(classifier, "critical")))
    assert certifier.classifier is classifier
    assert certifier.pair(0, 1).factors == of(classifier, "critical").pair(0, 1).factors


def mutated(value, source):
    r"""Return a copy of plain data with one random edit."""
    if isinstance(value, dict):
        key = source.choice(sorted(value))
        return {**value, key: mutated(value[key], source)}
    if isinstance(value, list):
        if not value or source.random() < 0.1:
            return source.choice([[], value[:-1], value + value[-1:], value[::-1]])
        place = source.randrange(len(value))
        return [*value[:place], mutated(value[place], source), *value[place + 1 :]]
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return str(source.choice([-int(value), int(value) + 1, 2 * int(value), 0]))
    return source.choice([None, 0, 1, 2, "degree", "bound", "1", [["1", [0, 1]]]])


@pytest.mark.parametrize("name", ["ellipse", "deep", "narrow", "crossing lines"])
def test_no_edit_proves_more(name):
    classifier, u, _, complete = {
        **KNOWN,
        "deep": (PolynomialClassifier.random([2, 2, 2, 2], seed=12, bits=3), ["1/3", "-1/2"], None, {"degree"}),
        "narrow": (deep(EYE2, [[1, 2]], [-3], [-1], 2), [2, "1/3"], None, {"bound"}),
    }[name]
    certificate = check(classifier, u, complete=complete)
    (bound,) = certificate.bounds
    network = of(classifier, "critical").network()
    point = [flint.fmpq(int(x.numerator()), int(x.denominator())) for x in certificate.point]
    more = bound.lower * (1 + QQ((1, 10**6)))
    for lower in (more, infinity):
        claimed = None if lower == infinity else flint.fmpq(int(lower.numerator()), int(lower.denominator()))
        problem = Problem(network, point, certificate.predicted, bound.other, lower=claimed)
        with pytest.raises(Rejected):
            verify(bound.proof, problem)
        for seed in range(150):
            source, proof = random.Random(seed), bound.proof
            for _ in range(source.choice([1, 1, 2, 3])):
                proof = mutated(proof, source)
            with pytest.raises(Rejected):
                verify(proof, problem)


def test_what_the_checker_would_refuse_is_left_to_the_next_method():
    # The checker reads numbers of at most 200,000 digits.
    long = "1" + "0" * 200_000
    C = PolynomialClassifier([[[long, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    with pytest.raises(OutOfReachError, match="the checker would not take the proof: weights must have at most"):
        C.certify([0, 1], certifier="critical")
    certificate = C.certify([0, 1], certifier=["critical", "bounds"])
    assert certificate.method == "bounds"
    assert "not critical: the checker would not take the proof" in certificate.choice


@pytest.mark.parametrize("place", ["search", "conclusion"])
def test_a_refusal_at_any_place_is_an_error_of_the_package(monkeypatch, place):
    def refuse(*_):
        raise Rejected("no")

    monkeypatch.setattr(f"sage_mlvar.certify.critical.certifier.{place}", refuse)
    with pytest.raises(OutOfReachError, match="the checker would not take the proof: no; certifier='bounds'"):
        deep(EYE2, EYE2, [1, 0], [-1, -1], 100).certify([1, 2], certifier="critical")
