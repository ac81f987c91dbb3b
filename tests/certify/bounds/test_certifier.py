r"""The certifier of bounds against distances known by construction or by other methods."""

import itertools
import math
import pickle
import random
from types import SimpleNamespace

import numpy
import pytest
from certify.bounds.truth import ball_network, gap_of_one_form, one_form

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.bounds import run
from sage_mlvar.certify.bounds.certifier import BoundsCertifier
from sage_mlvar.certify.bounds.task import Task
from sage_mlvar.errors import BackendTimeout

from sage.rings.infinity import infinity
from sage.rings.qqbar import AA
from sage.rings.rational_field import QQ

SHAPES = [
    ([1, 3, 2], 3),
    ([2, 4, 2], 5),
    ([3, 2, 3, 2], 2),
    ([2, 3, 3], [1, -1, 0, 2]),
    ([4, 3, 2, 2], [0, 1, 1]),
    ([2, 3, 2], 4),
    ([5, 2, 2, 2], 3),
    ([3, 2, 1, 2], 3),
]


#: Seconds of a clock on which a search takes one second from look to look; so it ends after about 300 looks.
COUNTED = 400


@pytest.fixture(autouse=True)
def pace(monkeypatch):
    r"""How many pieces are looked at depends on what the checker takes for one, which is measured; not so here."""
    monkeypatch.setattr(Task, "seconds_per_piece", lambda self: 0.005)
    monkeypatch.setattr(Task, "seconds_per_cell", lambda self: 0.0002)


@pytest.fixture
def looks(monkeypatch):
    r"""A list that grows by each look of a search at the clock, which goes on by a second then, and only then."""
    found = []

    def monotonic():
        found.append(len(found))
        return float(found[-1])

    monkeypatch.setattr(run, "time", SimpleNamespace(monotonic=monotonic))
    return found


def bracket(classifier, point, **options):
    return classifier.certify(point, certifier="bounds", **options)


def tied(classifier, point):
    return classifier.predict(point) is None


@pytest.mark.usefixtures("looks")
@pytest.mark.parametrize("norm", ["euclidean", "maximum"])
@pytest.mark.parametrize("shape", range(len(SHAPES)))
def test_functions_of_one_linear_form(shape, norm):
    widths, activation = SHAPES[shape]
    for seed in range(6):
        C, form, point = one_form(widths, activation, 100 * shape + seed)
        if tied(C, point):
            continue
        gap = gap_of_one_form(C, form, point)
        found = bracket(C, point, norm=norm, timeout=None if norm == "euclidean" else COUNTED)
        if gap is None:
            assert found.upper == infinity
            continue
        size = AA(sum(x * x for x in form)).sqrt() if norm == "euclidean" else AA(sum(map(abs, form)))
        truth = gap / size
        assert found.lower <= truth <= found.upper
        assert found.lower > 0


@pytest.mark.parametrize("exponent", [-30, -8, 8, 30])
def test_tiny_and_huge_scales(exponent):
    scale = QQ(10) ** exponent
    for seed in range(4):
        C, form, point = one_form([3, 3, 2], 3, seed)
        if tied(C, point):
            continue
        weights, biases = C.weights(), C.biases()
        first = [[x / scale for x in row] for row in weights[0]]
        last = [[x * scale**2 for x in row] for row in weights[1]]
        scaled = PolynomialClassifier([first, last], [biases[0], [b * scale**2 for b in biases[1]]], 3)
        found = bracket(scaled, [x * scale for x in point])
        truth = gap_of_one_form(C, form, point) * scale / AA(sum(x * x for x in form)).sqrt()
        assert found.lower <= truth <= found.upper
        assert found.upper - found.lower <= found.upper / 10**6


@pytest.mark.parametrize("n", [1, 2, 3, 10, 40])
def test_balls(n):
    for repeat in (1, 2):
        C, point = ball_network(n, 4, seed=n, repeat=repeat)
        found = bracket(C, point)
        truth = 2 - AA(sum(x * x for x in point)).sqrt()
        assert found.lower <= truth <= found.upper
        assert found.upper - found.lower <= found.upper / 10**6
        centre = bracket(C, [0] * n)
        assert centre.lower <= 2 <= centre.upper
        assert centre.upper - centre.lower <= centre.upper / 10**6


def test_cubes_in_the_maximum_norm():
    # |x_i| <= 2 for all corners of a ball of radius sqrt(4 n): the corner is the farthest point of its cube.
    for n in (2, 3):
        C, _ = ball_network(n, 4 * n, seed=1)
        found = bracket(C, [0] * n, norm="maximum")
        assert found.lower <= 2 <= found.upper
        assert found.upper - found.lower <= found.upper / 10**6


def reach_in_box(form, gap, sides):
    r"""Return the least r such that the form changes by ``gap`` on the cube of radius r within the sides."""
    spans = [(abs(w), (high if w > 0 else -low)) for w, (low, high) in zip(form, sides) if w]
    for stop in sorted(span for _, span in spans):
        if sum(w * min(stop, span) for w, span in spans) >= gap:
            break
    else:
        return None
    before = max((span for _, span in spans if span < stop), default=0)
    free = sum(w for w, span in spans if span > before)
    return before + (gap - sum(w * min(before, span) for w, span in spans)) / free


def test_domains_in_the_maximum_norm():
    # -x^3-like functions of one form that fall: failures are where the form has grown by the gap.
    for seed in range(12):
        source = random.Random(seed)
        form = [source.randint(-5, 5) or 1 for _ in range(3)]
        C = PolynomialClassifier([[form], [[-1], [0]]], [[0], [8, 0]], 3)
        sides = [(-QQ((source.randint(0, 8), 16)), QQ((source.randint(0, 8), 16))) for _ in form]
        truth = reach_in_box(form, QQ(2), sides)
        found = bracket(C, [0, 0, 0], norm="maximum", box=sides)
        if truth is None:
            assert found.upper == infinity
        else:
            assert found.lower <= truth <= found.upper
            assert found.upper - found.lower <= found.upper / 10**4
            assert all(low <= x <= high for x, (low, high) in zip(found.witness.point, sides))


def test_domains_in_the_euclidean_norm():
    # The half plane x + y >= 2 in the box x <= 1/2: nearest at (1/2, 3/2).
    C = PolynomialClassifier([[[1, 1]], [[-1], [0]]], [[0], [8, 0]], 3)
    found = bracket(C, [0, 0], box=[(-3, "1/2"), (-3, 3)])
    truth = AA(QQ((10, 4))).sqrt()
    assert found.lower <= truth <= found.upper
    assert found.upper - found.lower <= found.upper / 10**3


def test_agrees_with_the_critical_points():
    for seed, (widths, degree) in enumerate(itertools.product([[2, 2, 2], [2, 3, 2], [3, 2, 2]], [2, 3])):
        C = PolynomialClassifier.random(widths, degree, seed=seed, bits=3)
        point = [QQ((1, 3)), QQ((-1, 2)), QQ(1)][: widths[0]]
        if tied(C, point):
            continue
        points = C.boundary().critical_points(point)
        found = bracket(C, point)
        real = [p for p in points if p.is_real]
        if real:
            nearest = math.sqrt(min(float(p.distance_squared.mid()) for p in real))
            assert float(found.lower) <= nearest * (1 + 1e-9)
            assert float(found.upper) >= nearest * (1 - 1e-9)


def test_degenerate_networks():
    zero_rows = PolynomialClassifier([[[0, 0], [1, 0]], [[5, -1], [0, 0]]], [[2, 0], [0, 0]], 2)
    found = bracket(zero_rows, [0, 7])
    assert found.lower <= AA(20).sqrt() <= found.upper
    constant = PolynomialClassifier([[[1, 0]], [[1], [1]]], [[0], [1, 0]], 3)
    assert bracket(constant, [1, 2]).lower == infinity
    cancelling = PolynomialClassifier([[[1, 1], [1, 1]], [[1, -1], [0, 0]]], [[0, 0], [1, 0]], 3)
    found = bracket(cancelling, [0, 0])
    assert found.upper == infinity
    assert found.lower > 1
    touching = PolynomialClassifier([[[1, 0]], [[1], [0]]], [[0], [0, 0]], 2)
    found = bracket(touching, [1, 0])
    assert found.lower <= 1 <= found.upper
    assert found.lower > 0.99


def test_a_radius_is_decided():
    C, point = ball_network(5, 4, seed=3)
    distance = 2 - AA(sum(x * x for x in point)).sqrt()
    assert bracket(C, point, radius=QQ((9, 10)) * QQ(distance.n(40).exact_rational())).verdict == "robust"
    found = bracket(C, point, radius=3)
    assert found.verdict == "not robust"
    assert found.lower <= distance <= found.upper


def test_a_tenth_of_the_distance_in_many_variables():
    source = random.Random(5)
    n = 30
    weights = [
        [[source.gauss(0, n**-0.5) for _ in range(n)] for _ in range(n)],
        [[source.gauss(0, n**-0.5) for _ in range(n)] for _ in range(3)],
    ]
    biases = [[source.gauss(0, 0.1) for _ in range(n)], [source.gauss(0, 0.1) for _ in range(3)]]
    C = PolynomialClassifier(weights, biases, 10)
    point = [source.gauss(0, 1) for _ in range(n)]
    first = bracket(C, point)
    assert first.lower <= first.upper < infinity
    assert bracket(C, point, radius=first.upper / 10).verdict == "robust"


def random_point(classifier, seed):
    source = random.Random(seed)
    return [QQ((source.randint(-8, 8), 8)) for _ in range(classifier.widths()[0])]


@pytest.mark.parametrize(
    ("widths", "activation", "seed"),
    [
        ([12, 12, 2], 3, 1),
        ([12, 12, 3], 5, 7),
        ([16, 16, 3], 7, 1),
        ([20, 20, 2], 2, 4),
        ([20, 20, 2], 3, 2),
        ([25, 25, 2], 4, 3),
        ([30, 30, 2], 5, 5),
    ],
)
def test_brackets_are_narrow_in_many_variables(widths, activation, seed):
    C = PolynomialClassifier.random(widths, activation, seed=seed)
    found = bracket(C, random_point(C, seed), timeout=None)
    assert 0 < found.lower <= found.upper
    assert found.upper - found.lower <= found.upper / 10**8
    assert found.verify().proved
    assert found.details["complete"]


@pytest.mark.parametrize("degree", [10, 22])
def test_a_hundred_inputs(degree):
    source = numpy.random.default_rng(0)
    weights = [numpy.float32(source.normal(size=(100, 100)) / 10), numpy.float32(source.normal(size=(2, 100)) / 10)]
    biases = [numpy.float32(source.normal(size=rows) * 0.3) for rows in (100, 2)]
    C = PolynomialClassifier(weights, biases, degree)
    point = [float(x) for x in numpy.float32(numpy.random.default_rng(1000).random(100))]
    narrow = bracket(C, point, timeout=None)
    assert 0 < narrow.lower <= narrow.upper
    assert narrow.upper - narrow.lower <= narrow.upper / 10**8
    robust = bracket(C, point, radius=narrow.upper / 10, timeout=None)
    assert robust.verdict == "robust"
    # A tenth needs no pieces, and the whole is no ball.
    assert robust.verify().proved
    assert narrow.verify().proved
    assert narrow.bounds[0].proof["kind"] == "slabs"


@pytest.mark.usefixtures("looks")
def test_maximum_norm_and_domains_in_many_variables():
    for seed in range(2):
        C = PolynomialClassifier.random([12, 3, 2], 3, seed=seed)
        point = random_point(C, seed)
        ball, cube = (bracket(C, point, norm=norm, timeout=COUNTED) for norm in ("euclidean", "maximum"))
        sides = [(x - ball.upper, x + ball.upper / 4) for x in point]
        inside = bracket(C, point, box=sides, timeout=COUNTED)
        assert ball.verify().proved
        assert cube.verify().proved
        assert inside.verify().proved
        # A ball lies in the cube, and the cube in a ball sqrt(12) times as large; a domain has fewer failures.
        assert ball.lower**2 <= 12 * cube.upper**2
        assert cube.lower <= ball.upper
        assert ball.lower <= inside.upper


@pytest.mark.usefixtures("looks")
@pytest.mark.parametrize(
    ("other", "widths", "activation"),
    [
        ("quadric", [12, 14, 2], 2),
        ("quadric", [30, 20, 3], [1, -1, 2]),
        ("numerical", [10, 2, 2], 3),
        ("numerical", [9, 2, 2, 2], 2),
        ("critical", [12, 2, 2], 2),
    ],
)
def test_agrees_with_other_certifiers_in_many_variables(other, widths, activation):
    for seed in range(2):
        C = PolynomialClassifier.random(widths, activation, seed=seed, bits=4)
        point = random_point(C, seed)
        if tied(C, point):
            continue
        one, two = bracket(C, point, timeout=COUNTED), C.certify(point, certifier=other, timeout=None)
        assert one.lower <= two.upper
        assert two.lower <= one.upper
        if two.upper != infinity:
            assert one.upper <= two.upper * (1 + QQ((1, 10**6)))


def test_seeds_and_pickles():
    C, _, point = one_form([2, 3, 2], 3, 1)
    one, two = (bracket(C, point, seed=3) for _ in range(2))
    assert (one.lower, one.upper, one.witness) == (two.lower, two.upper, two.witness)
    assert pickle.loads(pickle.dumps(BoundsCertifier(C))).classifier is C


@pytest.mark.parametrize("step", [1, 10, 1000])
def test_an_answer_comes_when_the_time_is_up(looks, monkeypatch, step):
    tick = run.time.monotonic
    monkeypatch.setattr(run.time, "monotonic", lambda: step * tick())
    C = PolynomialClassifier.random([12, 3, 2], 3, seed=0)
    try:
        found = bracket(C, random_point(C, 0), norm="maximum", timeout=COUNTED)
    except BackendTimeout:
        assert step == 1000
    else:
        assert not found.details["complete"]
        assert found.lower <= found.upper
    # Hardly a look after the end.
    assert step * (len(looks) - 6) < 0.75 * COUNTED


def test_a_domain_without_visible_end():
    r"""Sides far beyond the range of floats are sides all the same."""
    C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    certificate = C.certify([1, 0], certifier="bounds", box=[("-1e400", "1e400")] * 2)
    assert certificate.lower <= 1 <= certificate.upper
    assert certificate.relative_width < 1e-6
