r"""
The certifier of quadratic networks: distances known by construction, and distances from independent computations.
"""

import pickle
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify import get
from sage_mlvar.certify.registry import of
from sage_mlvar.errors import BackendTimeout

from sage.matrix.constructor import matrix
from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ
from sage.rings.real_mpfr import RealField


def network(rows, shifts, coefficients, constant, activation=2):
    r"""The classifier with ``f_0 - f_1 = sum a_k (w_k.x + b_k)^2 + constant``."""
    return PolynomialClassifier([rows, [coefficients, [0] * len(rows)]], [shifts, [constant, 0]], activation)


def check(classifier, u, squared, kind=None, width=1e-9):
    r"""The bracket holds the known squared distance, is narrow, and its proof passes the independent checker."""
    certificate = classifier.certify(u, certifier="quadric")
    assert certificate.proved
    if squared == infinity:
        assert certificate.lower == certificate.upper == infinity
        assert certificate.witness is None
    else:
        assert 0 < certificate.lower**2 <= squared <= certificate.upper**2
        assert certificate.relative_width <= width
        outputs = classifier.outputs(certificate.witness.point)
        assert outputs[certificate.competing] >= outputs[certificate.predicted]
    if kind is not None:
        assert certificate.bounds[0].proof["kind"] == kind
    certificate.verify()
    return certificate


EYE2, EYE3 = [[1, 0], [0, 1]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]

#: rows, shifts, coefficients, constant, data point, squared distance, kind of proof
KNOWN = {
    "circle from its centre": (EYE2, [0, 0], [-1, -1], 4, [0, 0], 4, "multiplier"),
    "circle from inside": (EYE2, [0, 0], [-1, -1], 4, [1, 0], 1, "multiplier"),
    "circle from outside": (EYE2, [0, 0], [1, 1], -4, [3, 4], 9, "multiplier"),
    "ellipse, end of the short axis": (EYE2, [0, 0], [-1, -4], 4, [0, 0], 1, "multiplier"),
    "ellipse from its long axis, hard case": (EYE2, [0, 0], [-1, -4], 4, [1, 0], QQ((2, 3)), "multiplier"),
    "parabola, hard case": ([[1, 0], [0, 1], [0, 1]], [0, "1/2", 0], [-1, 1, -1], "-1/4", [0, 2], QQ((7, 4)), None),
    "hyperbola from its centre": (EYE2, [0, 0], [-1, 1], 4, [0, 0], 4, "multiplier"),
    "pair of lines": (EYE2, [0, 0], [1, -1], 0, [3, 1], 2, "multiplier"),
    "double line": ([[1, 1]], [0], [1], 0, [2, 0], 2, "touching"),
    "double line, exact but not short": ([[1, 2]], ["1/3"], [5], 0, [2, 0], QQ((49, 45)), "touching"),
    "two parallel lines": ([[1, 0]], [0], [1], -4, [5, 1], 9, "multiplier"),
    "isolated point": (EYE2, [0, 0], [1, 2], 0, [3, 4], 25, "touching"),
    "empty": (EYE2, [0, 0], [1, 2], 1, [3, 4], infinity, "positive"),
    "empty, one direction missing": ([[1, 0]], [0], [1], 1, [3, 4], infinity, "positive"),
    "hyperplane from squares that cancel": ([[3, 4], [3, 4]], [1, 0], [1, -1], 0, [1, 1], QQ((225, 100)), None),
    "constant difference": (EYE2, [0, 0], [0, 0], 3, [1, 1], infinity, "positive"),
    "squares that cancel altogether": ([[1, 2], [1, 2]], [1, 1], [1, -1], 2, [1, 1], infinity, "positive"),
    "sphere": (EYE3, [0, 0, 0], [-1, -1, -1], 9, [0, 1, 0], 4, "multiplier"),
    "cone from its axis, outside": (EYE3, [0, 0, 0], [1, 1, -1], 0, [3, 4, 0], QQ((25, 2)), "multiplier"),
    "cone from its axis, apex not nearest": (EYE3, [0, 0, 0], [-1, -1, 1], 0, [0, 0, 2], 2, "multiplier"),
    "cylinder": (EYE3[:2], [0, 0], [-1, -1], 4, [0, 1, 7], 1, "multiplier"),
    "parallel planes": ([[1, 2, 2]], [0], [-1], 9, [0, 0, 0], 1, "multiplier"),
    "zero row": ([[0, 0], [1, 0]], [1, 0], [1, -1], 3, [0, 9], 4, "multiplier"),
    "repeated row": ([[1, 0], [1, 0], [0, 1]], [0, 0, 0], [-1, -1, -2], 8, [0, 1], 1, "multiplier"),
    "more neurons than inputs": ([[1, 0], [0, 1], [1, 1], [1, -1]], [0] * 4, [-1, -1, -1, -1], 12, [1, 0], 1, None),
    "no inputs that count": ([[0, 0]], [1], [1], 0, [1, 2], infinity, "positive"),
    "ellipsoid centre, spheroid": (EYE3, [0, 0, 0], [-1, -1, -4], 1, [0, 0, 0], QQ((1, 4)), "multiplier"),
    "pole of x^2+y^2+4z^2=1": (EYE3, [0, 0, 0], [-1, -1, -4], 1, [0, 0, "9/20"], QQ((1, 400)), "multiplier"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_distances(name):
    rows, shifts, coefficients, constant, u, squared, kind = KNOWN[name]
    check(network(rows, shifts, coefficients, constant), u, squared, kind)


@pytest.mark.parametrize("exponent", [-300, -60, -12, 12, 60, 300])
def test_scales_of_inputs(exponent):
    scale = QQ(10) ** exponent
    C = network([[1 / scale, 0], [0, 1 / scale]], [0, 0], [-1, -4], 4)
    check(C, [scale, 0], QQ((2, 3)) * scale**2)


@pytest.mark.parametrize("exponent", [-300, -30, 30, 300])
def test_scales_of_outputs(exponent):
    scale = QQ(10) ** exponent
    check(network(EYE2, [0, 0], [-scale, -4 * scale], 4 * scale), [1, 0], QQ((2, 3)))


@pytest.mark.parametrize("gap", [QQ(10) ** -k for k in (3, 9, 15, 30)])
def test_nearly_touching(gap):
    # y = x^2 - gap and the point (0, 1): two lines x = +-sqrt(gap) of a nearly double one
    check(network([[1, 0]], [0], [1], -(gap**2)), [1, 5], (1 - gap) ** 2)


@pytest.mark.parametrize("gap", [QQ(10) ** -k for k in (3, 9, 15, 30)])
def test_nearly_empty(gap):
    check(network(EYE2, [0, 0], [1, 1], gap), [1, 0], infinity, "positive")
    check(network(EYE2, [0, 0], [1, 1], -(gap**2)), [1, 0], (1 - gap) ** 2)


@pytest.mark.parametrize("gap", [QQ(10) ** -k for k in (2, 5, 8, 12, 20)])
def test_near_the_hard_case(gap):
    # The ellipse x^2 + 4y^2 = 4 from (1, gap): the true distance by interval arithmetic on the quartic
    C = network(EYE2, [0, 0], [-1, -4], 4)
    true = min(p.exact_distance_squared() for p in C.boundary().critical_points([1, gap]).real())
    certificate = C.certify([1, gap], certifier="quadric")
    assert certificate.lower**2 <= true <= certificate.upper**2
    assert certificate.relative_width <= QQ((1, 10**9))


@pytest.mark.parametrize("gap", [QQ(10) ** -k for k in (4, 8, 12, 20)])
def test_nearly_dependent_rows(gap):
    # y_0 = x_0, y_1 = x_0 + gap x_1, boundary y_0^2 + y_1^2 = 1 seen from the centre
    C = network([[1, 0], [1, gap]], [0, 0], [-1, -1], 1)
    A = matrix(QQ, [[2, gap], [gap, gap**2]])
    trace, determinant = A.trace(), A.det()
    high = RealField(400)
    largest = (high(trace) + high(trace**2 - 4 * determinant).sqrt()) / 2
    certificate = check(C, [0, 0], (1 / largest).exact_rational())
    assert certificate.method == "quadric"


def independent_distance_squared(C, u):
    r"""The squared distance by an elimination over Q, which knows nothing of multipliers; ``None`` when it is slow."""
    points = C.boundary().compute("critical_points", u=u, proof=True, timeout=None).value
    found = [p.exact_distance_squared() for p in points.nearest()]
    found += [d for s in points.sets for d in (s.distances_squared or [])]
    return min(found) if found else infinity


@pytest.mark.parametrize("seed", range(40))
def test_random_small_networks_against_elimination(seed):
    source = random.Random(seed)
    n, h, bound = source.randint(1, 2), source.randint(1, 4), source.randint(1, 3)

    def row(length):
        return [source.randint(-bound, bound) for _ in range(length)]

    activation = source.choice([2, [source.randint(-1, 1), source.randint(-1, 1), source.choice([1, -1, 2])]])
    C = PolynomialClassifier([[row(n) for _ in range(h)], [row(h), row(h)]], [row(h), row(2)], activation)
    u = row(n)
    if C.predict(u) is None:
        assert C.certify(u).upper == 0
        return
    true = independent_distance_squared(C, u)
    check(C, u, true)


@given(
    st.lists(st.integers(-3, 3), min_size=2, max_size=2),
    st.lists(st.lists(st.integers(-3, 3), min_size=2, max_size=2), min_size=3, max_size=3),
    st.lists(st.integers(-4, 4), min_size=3, max_size=3),
)
def test_no_failure_below_the_lower_bound(u, coefficients, constants):
    r"""Three classes: every rational point of a grid that fails is at least as far as ``lower``."""
    C = PolynomialClassifier([EYE2, coefficients], [[0, 1], constants])
    certificate = C.certify(u)
    if certificate.predicted is None:
        return
    for i in range(-8, 9):
        for j in range(-8, 9):
            point = [QQ(u[0]) + QQ((i, 4)), QQ(u[1]) + QQ((j, 4))]
            if C.predict(point) != certificate.predicted:
                assert certificate.lower**2 <= QQ((i, 4)) ** 2 + QQ((j, 4)) ** 2


def test_many_inputs_and_classes():
    numpy = pytest.importorskip("numpy")
    source = numpy.random.default_rng(3)
    n, h, m = 80, 12, 5
    weights = [numpy.float32(source.normal(size=(h, n)) / n**0.5), numpy.float32(source.normal(size=(m, h)))]
    biases = [numpy.float32(source.normal(size=h)), numpy.float32(source.normal(size=m))]
    C = PolynomialClassifier(weights, biases)
    certificate = C.certify(numpy.round(source.random(n) * 255) / 256)
    assert certificate.proved
    assert certificate.relative_width < 1e-12
    assert sorted(bound.other for bound in certificate.bounds) == sorted(set(range(m)) - {certificate.predicted})
    assert "positive definite" in " ".join(certificate.verify().verified)


def test_nearest_ball_holds_the_nearest_point():
    C = network(EYE2, [0, 0], [-1, -4], 4)
    certificate = C.certify([1, "1/3"], certifier="quadric")
    true = C.boundary().critical_points([1, "1/3"]).nearest()[0].coordinates
    ball = certificate.nearest
    gap = sum((QQ(x.mid().exact_rational()) - c) ** 2 for x, c in zip(true, ball.center))
    assert gap < (ball.radius + QQ((1, 10**15))) ** 2
    assert ball.radius < QQ((1, 10**4))


def test_certifiers_pickle_with_what_they_know():
    C = PolynomialClassifier.random([6, 4, 3], seed=5)
    u = [1, 2, 3, 4, 5, 6]
    before = C.certify(u)
    again = pickle.loads(pickle.dumps(of(C, "quadric")))
    assert again.classifier is C
    pencil, _ = again._pencil(before.predicted, before.competing)
    assert pencil.is_positive(QQ(1), QQ.zero())
    C.__dict__["_certifiers"]["quadric"] = again
    assert C.certify(u) == before


def test_what_it_refuses():
    certifier = get("quadric")
    assert "2 hidden layers" in certifier.can_certify(PolynomialClassifier.random([2, 2, 2, 2]))
    cubic = PolynomialClassifier.random([2, 2, 2], 3)
    assert "degree 3" in certifier.can_certify(cubic)
    square = PolynomialClassifier.random([2, 2, 2])
    assert "maximum" in certifier.can_certify(square, norm="maximum")
    assert "box" in certifier.can_certify(square, box=((0, 1), (0, 1)))
    with pytest.raises(ValueError, match="certifier 'quadric' cannot be used here: the activation has degree 3"):
        cubic.certify([1, 2], certifier="quadric")


def test_time_limit():
    with pytest.raises(BackendTimeout):
        PolynomialClassifier.random([20, 20, 9], seed=1).certify([1] * 20, certifier="quadric", timeout=1e-9)
