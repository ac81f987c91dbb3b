r"""The call that certifies: its input, its verdicts, its choice, and certifiers that misbehave."""

import decimal

import numpy
import pytest

from sage_mlvar import PolynomialClassifier, certify, using
from sage_mlvar.certify import Bound, Outcome, Witness
from sage_mlvar.certify.quadric.certifier import QuadricCertifier
from sage_mlvar.computation import PROBABLE
from sage_mlvar.errors import CertificateError, NotProvedError

from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ

CIRCLE = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])


@pytest.mark.parametrize(
    ("x", "kind", "message"),
    [
        ([1, float("nan")], ValueError, r"x\[1\] must be finite, got nan"),
        ([float("inf"), 0], ValueError, r"x\[0\] must be finite, got inf"),
        ([1], ValueError, "x must have 2 entries, got 1"),
        ([1, 2, 3], ValueError, "x must have 2 entries, got 3"),
        ("12", TypeError, "x must be a list"),
        ([1, None], TypeError, r"x\[1\] must be a number"),
        (numpy.zeros((1, 2)), ValueError, r"x must be one point, a list of 2 numbers, got an array of shape \(1, 2\)"),
        (numpy.array([True, False]), TypeError, "not an array of dtype bool"),
        (numpy.array([1j, 0]), TypeError, "not an array of dtype complex128"),
        (numpy.array(["a", "b"]), TypeError, "not an array of dtype <U1"),
    ],
)
def test_bad_points(x, kind, message):
    with pytest.raises(kind, match=message):
        CIRCLE.certify(x)


@pytest.mark.parametrize("box", [(0, 1), ["0", "1"], (0.0, 1.0)])
def test_one_pair_is_a_box_for_all_coordinates(box):
    assert CIRCLE.certify([1, 0], box=box) == CIRCLE.certify([1, 0], box=[(0, 1), (0, 1)])


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"radius": 0}, ValueError, "radius must be positive, got 0"),
        ({"radius": -1}, ValueError, "radius must be positive, got -1"),
        ({"radius": float("nan")}, ValueError, "radius must be finite, got nan"),
        ({"radius": "half"}, ValueError, "radius must be a number such as"),
        ({"tolerance": 0}, ValueError, "tolerance must be positive, got 0"),
        ({"norm": "manhattan"}, ValueError, "norm must be one of 'euclidean', 'maximum', got 'manhattan'"),
        ({"certifier": "magic"}, ValueError, "unknown certifier 'magic'; known: "),
        ({"box": [(0, 1)]}, ValueError, r"box must have 2 pairs \(low, high\), got 1"),
        ({"box": 3}, TypeError, "box must be a list of 2 pairs"),
        ({"box": [(2, 3), (0, 1)]}, ValueError, r"box\[0\] must hold x\[0\] = 1, got \('2', '3'\)"),
        ({"box": (2, 3)}, ValueError, r"box\[0\] must hold x\[0\] = 1, got \('2', '3'\)"),
        ({"box": [(0, 1), (1, 0)]}, ValueError, r"box\[1\] must have low <= high, got \('1', '0'\)"),
        ({"box": (0, 1, 2)}, ValueError, "box must have 2 pairs .*, got 3; one pair is for all coordinates"),
        ({"cross_check": 1}, TypeError, "cross_check must be True or False"),
        ({"tiemout": 1}, TypeError, "unknown option 'tiemout'"),
        ({"timeout": 0}, ValueError, "timeout must be a positive number"),
    ],
)
def test_bad_options(options, kind, message):
    with pytest.raises(kind, match=message):
        CIRCLE.certify([1, 0], **options)


@pytest.mark.parametrize("one", [1, 1.0, "1", "1.0", QQ(1), numpy.float32(1), decimal.Decimal("1"), numpy.int8(1)])
def test_numbers_of_every_kind(one):
    certificate = CIRCLE.certify([one, 0], radius=one)
    assert certificate.point == (QQ(1), QQ(0))
    assert certificate.radius == 1


@pytest.mark.parametrize(("radius", "verdict"), [("1/2", "robust"), ("0.999", "robust"), ("1.001", "not robust"),
                                                 (5, "not robust")])  # fmt: skip
def test_verdicts(radius, verdict):
    certificate = CIRCLE.certify([1, 0], radius=radius)
    assert certificate.verdict == verdict
    assert certificate.verdict == CIRCLE.certify([1, 0]).with_radius(radius).verdict


def test_a_failure_at_the_radius_is_a_failure():
    # the distance is exactly 1, and the closed ball of radius 1 touches the boundary: never robust
    assert CIRCLE.certify([1, 0], radius=1).verdict != "robust"


def test_ties():
    certificate = CIRCLE.certify([2, 0], radius=1)
    assert certificate.predicted is None
    assert certificate.lower == certificate.upper == 0
    assert certificate.verdict == "not robust"
    assert certificate.proved
    assert "tie" in repr(certificate)
    certificate.verify()


def test_a_tie_that_does_not_matter():
    # classes 1 and 2 agree everywhere and are smaller: no tie of the largest
    C = PolynomialClassifier([[[1]], [[0], [1], [1]]], [[0], [4, 0, 0]])
    certificate = C.certify([1])
    assert certificate.predicted == 0
    assert certificate.lower <= 1 <= certificate.upper


def test_duplicate_classes_always_tie():
    C = PolynomialClassifier([[[1]], [[1], [1], [0]]], [[0], [0, 0, 0]])
    assert C.certify([1]).upper == 0


def test_no_other_class():
    C = PolynomialClassifier([[[1]], [[1], [0]]], [[0], [1, 0]])
    certificate = C.certify([1], radius=10**6)
    assert certificate.lower == certificate.upper == infinity
    assert certificate.verdict == "robust"
    assert certificate.competing is None
    assert "everywhere" in repr(certificate)


def test_the_nearest_of_several_classes():
    C = PolynomialClassifier([[[1]], [[0], [1], [4]]], [[0], [4, 0, 3]])
    # from 0: class 0 until 4x^2 + 3 = 4
    certificate = C.certify([0])
    assert (certificate.predicted, certificate.competing) == (0, 2)
    assert certificate.lower <= QQ((1, 2)) <= certificate.upper
    assert {bound.other for bound in certificate.bounds} == {1, 2}


def test_options_of_the_block_and_the_environment(monkeypatch):
    monkeypatch.setenv("SAGE_MLVAR_BACKEND", "giac")
    with using(timeout=600):
        assert CIRCLE.certify([1, 0]).proved


def test_the_choice_is_told():
    assert CIRCLE.certify([1, 0]).choice.startswith("quadric: predicted")
    assert CIRCLE.certify([1, 0], certifier="quadric").choice == ""


def test_the_function_is_the_method():
    assert certify.certify(CIRCLE, [1, 0]) == CIRCLE.certify([1, 0])


@pytest.fixture
def answer(monkeypatch):
    r"""Make the quadric certifier answer something else."""

    def use(outcome):
        monkeypatch.setattr(QuadricCertifier, "certify", lambda self, question: outcome)

    return use


HALF = QQ((1, 2))


def bound(lower=HALF, **rest):
    return Bound(1, lower, {"kind": "multiplier"}, **rest)


def test_certifiers_are_not_believed(answer):
    inside = (QQ((5, 4)), QQ(0))
    answer(Outcome((bound(),), Witness(1, QQ((1, 4)), inside)))
    with pytest.raises(CertificateError, match="gave a witness that is none"):
        CIRCLE.certify([1, 0], certifier="quadric")
    outside = (QQ(2), QQ(0))
    answer(Outcome((bound(),), Witness(1, QQ((1, 2)), outside)))
    with pytest.raises(CertificateError, match="gave a witness that is none"):
        CIRCLE.certify([1, 0], certifier="quadric")
    answer(Outcome((bound(QQ(3)),), Witness(1, QQ(1), outside)))
    with pytest.raises(CertificateError, match="contradicts itself: lower bound 3 > upper bound 1"):
        CIRCLE.certify([1, 0], certifier="quadric")
    answer(Outcome((), Witness(1, QQ(1), outside)))
    with pytest.raises(CertificateError, match=r"bounds classes \[\], not \[1\]"):
        CIRCLE.certify([1, 0], certifier="quadric")


def test_probable_answers_are_asked_for(answer):
    answer(Outcome((bound(status=PROBABLE, argument="a count modulo a prime"),), Witness(1, QQ(1), (QQ(2), QQ(0)))))
    with pytest.raises(NotProvedError, match="a count modulo a prime; certify"):
        CIRCLE.certify([1, 0], certifier="quadric")
    certificate = CIRCLE.certify([1, 0], certifier="quadric", proof=False)
    assert certificate.status == PROBABLE
    assert not certificate.proved
