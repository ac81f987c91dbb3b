r"""
Time limits are looked at where the time goes, and steps that nothing can interrupt are not started when they are long.

How late answers are is measured by ``benchmarks/bench_limits.py``; here clocks are counted, not read.
"""

import flint
import numpy
import pytest
from waiting import PATIENCE, Looks

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify import registry
from sage_mlvar.certify.base import Question
from sage_mlvar.certify.critical import search
from sage_mlvar.certify.critical.cost import check_seconds
from sage_mlvar.certify.homotopy import tracking
from sage_mlvar.certify.homotopy.exact import BoundarySystem
from sage_mlvar.certify.homotopy.krawczyk import sharpen
from sage_mlvar.certify.homotopy.solutions import Solutions
from sage_mlvar.certify.homotopy.start import Diagonal
from sage_mlvar.certify.homotopy.systems import DataHomotopy, Lagrange
from sage_mlvar.certify.homotopy.tracking import blocks, track
from sage_mlvar.certify.quadric.certifier import QuadricCertifier
from sage_mlvar.certify.quadric.definite import classify
from sage_mlvar.certify.quadric.form import QuadricForms
from sage_mlvar.certify.quadric.precise import is_positive_definite
from sage_mlvar.errors import BackendTimeout
from sage_mlvar.invariants.rational_parametrization import parametrize
from sage_mlvar.options import Deadline, Limits, resolve

from sage.matrix.special import identity_matrix
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ


class Counted:
    r"""A homotopy that counts the points it is evaluated at, and the most of them at once."""

    def __init__(self, homotopy):
        self.homotopy, self.total, self.most = homotopy, 0, 0

    def at(self, points, times):
        self.total += len(points)
        self.most = max(self.most, len(points))
        return self.homotopy.at(points, times)


def test_many_paths_are_followed_in_blocks():
    h = Diagonal.random(2, 60, seed=1)
    starts = h.solutions()
    homotopy = Counted(DataHomotopy(Lagrange(h), numpy.zeros(60), numpy.ones(60)))
    with pytest.raises(BackendTimeout, match="following solutions"):
        track(homotopy, starts, Looks(2))
    # Two blocks, six evaluations each: far from all 120 paths.
    assert homotopy.most < len(starts) / 5
    assert homotopy.total == 12 * homotopy.most


def test_blocks_do_not_change_the_paths(monkeypatch):
    h = Diagonal.random(3, 2, seed=1)
    homotopy = DataHomotopy(Lagrange(h), numpy.zeros(2), numpy.array([1.0, 2.0]))
    whole = track(homotopy, h.solutions())
    monkeypatch.setattr(tracking, "_ENTRIES", 20)
    cut = track(homotopy, h.solutions())
    assert whole.arrived.all()
    assert cut.steps == whole.steps
    assert numpy.allclose(cut.points, whole.points, rtol=1e-9)


def test_blocks_cover_all_rows():
    for shape in ((1, 3), (0, 3), (700, 9), (10_000, 2)):
        parts = blocks(numpy.zeros(shape))
        assert [k for part in parts for k in range(part.start, part.stop)] == list(range(shape[0]))


@pytest.fixture(scope="module")
def system():
    return BoundarySystem(PolynomialClassifier.random([3, 4, 2], 3, seed=1).boundary())


def test_newton_steps_look_at_the_clock(system):
    point = [0.1 + 0.2j, 1.0, -0.3, 0.5j]
    v = system.data([1, 0, 2])
    with pytest.raises(BackendTimeout, match="refining solutions"):
        sharpen(system, v, point, False, 200, deadline=Looks(1))
    # Slow proofs of a solution at a time, of points that are none.
    found = Solutions(system, v)
    with pytest.raises(BackendTimeout, match="solutions"):
        found.add(numpy.full((3, 4), 0.3 + 0.1j), Looks(3))


def test_a_long_expansion_is_not_started():
    C = PolynomialClassifier.random([80, 80, 2], 3, seed=1)
    with pytest.raises(BackendTimeout, match=r"leaves .* s for expanding the boundary, which is predicted to take"):
        C.certify([0] * 80, certifier="critical", timeout=5)


@pytest.fixture
def predicted(monkeypatch):
    r"""The predictions for exact checks, in seconds. Each is told as longer than any limit, which may then be long."""
    found = []

    def told(*size):
        found.append(check_seconds(*size))
        return 1e6

    monkeypatch.setattr(search, "check_seconds", told)
    return found


def test_a_long_exact_check_is_not_started(predicted):
    # One variable, degree 30: msolve takes a moment, products of long numerators take a quarter of a minute.
    C = PolynomialClassifier.random([1, 1, 2], 30, seed=1)
    with pytest.raises(BackendTimeout, match="for the exact check of 30 critical points, which is predicted"):
        C.certify([QQ((1, 3))], certifier="critical", timeout=2 * PATIENCE)
    assert len(predicted) == 1
    assert predicted[0] > 10


def test_a_long_determinant_is_not_started(predicted):
    # Two critical points, but a determinant of order 101 over polynomials.
    n = 100
    C = PolynomialClassifier([identity_matrix(n).rows(), [[1] * n, [0] * n]], [[0] * n, [0, 4]])
    with pytest.raises(BackendTimeout, match="for the exact check of 2 critical points"):
        C.certify([1 + k % 3 for k in range(n)], certifier="critical", timeout=2 * PATIENCE)
    assert len(predicted) == 1
    assert predicted[0] > 20


def test_checks_of_parametrizations_look_at_the_clock():
    R = PolynomialRing(QQ, ["x", "y"])
    x, y = R.gens()
    equations = [x**2 + y**2 - 5, x * y - 2]
    found, _ = parametrize(equations)
    assert found.are_simple(equations)
    with pytest.raises(BackendTimeout, match="proving solutions simple"):
        found.are_simple(equations, Deadline(0))
    with pytest.raises(BackendTimeout, match="checking a parametrization"):
        found.vanishes(equations[0], Looks(1))


def test_quadratic_forms_that_take_too_long_are_not_made_diagonal(monkeypatch):
    C = PolynomialClassifier.random([5, 5, 2], seed=77)
    monkeypatch.setattr(QuadricCertifier, "_pencil_seconds", lambda self: 1e6)
    with pytest.raises(BackendTimeout, match="for making quadratic forms diagonal"):
        C.certify([0] * 5, certifier="quadric", timeout=2 * PATIENCE)
    assert C.certify([0] * 5, certifier="quadric", timeout=None).proved
    # Known forms cost nothing more.
    assert C.certify([1] * 5, certifier="quadric", timeout=2 * PATIENCE).proved


def test_exact_linear_algebra_that_takes_too_long_is_not_started():
    W = [[1, 0], [0, 1], [1, 1]]
    for constant, doing in ((1, "semidefinite"), (0, "semidefinite")):
        C = PolynomialClassifier([W, [[1] * 3, [0] * 3]], [[0] * 3, [constant, 0]])
        forms = QuadricForms(C)
        form = forms.pair(0, 1).at(forms.image((QQ(2), QQ(1))))
        assert classify(form, Deadline(PATIENCE)) is not None
        with pytest.raises(BackendTimeout, match=doing):
            classify(form, Deadline(0))


def test_decompositions_in_balls_look_at_the_clock():
    looks = []
    M = flint.arb_mat(5, 5, [int(i == j) for i in range(5) for j in range(5)])
    assert is_positive_definite(M, lambda: looks.append(1))
    assert len(looks) == 5


#: method, widths, degree, bits → seconds of processor time of a first point, measured
MEASURED = {
    ("numerical", (2, 3, 2), 3, 8): 0.16,
    ("numerical", (4, 4, 2), 4, 8): 0.44,
    ("numerical", (8, 8, 2), 3, 8): 2.8,
    ("numerical", (9, 9, 2), 3, 8): 8.5,
    ("numerical", (3, 20, 2), 8, 8): 1.2,
    ("numerical", (20, 20, 2), 2, 24): 0.92,
    ("numerical", (50, 50, 2), 2, 8): 10,
    ("numerical", (3, 20, 20, 2), 2, 8): 0.31,
    ("numerical", (4, 4, 4, 2), 2, 8): 0.44,
    ("numerical", (1, 1, 2), 100, 8): 0.4,
    ("numerical", (5, 5, 10), 3, 8): 2.6,
    ("critical", (2, 3, 2), 3, 8): 0.28,
    ("critical", (4, 4, 2), 3, 8): 0.75,
    ("critical", (20, 20, 2), 2, 8): 6.2,
    ("critical", (3, 3, 2), 4, 24): 2.1,
    ("critical", (2, 8, 8, 8, 2), 2, 8): 26,
    ("critical", (50, 2, 2), 8, 24): 9.6,
    ("critical", (1, 1, 2), 30, 8): 15,
    ("critical", (3, 3, 2), 5, 8): 5.3,
    ("critical", (4, 4, 2), 4, 8): 17,
    ("critical", (2, 6, 2), 6, 53): 17,
    ("critical", (4, 10, 2), 3, 24): 3.4,
    ("critical", (15, 15, 2), 2, 24): 7.9,
    ("critical", (3, 20, 20, 2), 2, 8): 2.3,
    ("quadric", (20, 20, 2), 2, 8): 0.071,
    ("quadric", (100, 100, 2), 2, 53): 0.2,
    ("quadric", (100, 100, 10), 2, 24): 0.53,
    ("quadric", (784, 100, 10), 2, 24): 0.75,
    ("quadric", (100, 784, 10), 2, 8): 2.3,
}


@pytest.mark.parametrize("case", MEASURED)
def test_predictions_are_near_what_was_measured(case):
    name, widths, degree, bits = case
    C = PolynomialClassifier.random(list(widths), degree, seed=1, bits=bits)
    C.__dict__.pop("_certifiers", None)
    point = (QQ((2 ** (bits - 1) - 1, 2**bits)),) * widths[0]
    others = tuple(range(1, widths[-1]))
    options = resolve("certify")
    limits = Limits(Deadline(None))
    question = Question(C, point, 0, others, None, QQ((1, 10**9)), "euclidean", None, False, options, limits)
    seconds = registry.of(C, name).predicted_seconds(question)
    assert MEASURED[case] / 5 <= seconds <= 5 * MEASURED[case]
