r"""What a certifier of a plug-in says is not believed before its kind is checked, nor written before it is verified."""

import pytest

from sage_mlvar import PolynomialClassifier, check
from sage_mlvar.certify import Bound, Certifier, Outcome, Witness, choice, registry
from sage_mlvar.errors import CertificateError

from sage.rings.rational_field import QQ

#: A circle of radius 2 around the origin.
NETWORK = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
TRIVIAL = {"kind": "trivial"}
HONEST = Outcome((Bound(1, QQ.zero(), TRIVIAL, argument="a distance"),), Witness(1, QQ.one(), (QQ(2), QQ.zero())))
LYING = Outcome((Bound(1, QQ((1, 2)), TRIVIAL, argument="a guess"),), HONEST.witness)


class Foreign(Certifier):
    name = "foreign"
    outcome = HONEST

    @classmethod
    def can_certify(cls, classifier, norm="euclidean", box=None):
        return True

    def predicted_seconds(self, question):
        return 1e-3

    def certify(self, question):
        return self.outcome


@pytest.fixture
def outcome(monkeypatch):
    for module in (registry, choice):
        monkeypatch.setattr(module, "known", lambda: {"foreign": Foreign})
    monkeypatch.setitem(NETWORK.__dict__, "_certifiers", {})
    return lambda value: monkeypatch.setattr(Foreign, "outcome", value)


def bounded(lower=0, proof=TRIVIAL, status="proved", witness=None):
    return Outcome((Bound(1, lower, proof, status),), witness)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (bounded(0.5), "certifier 'foreign', class 1, must have a rational lower bound of at least 0, got 0.5"),
        (bounded(float("inf")), "must have a rational lower bound"),
        (bounded(float("nan")), "must have a rational lower bound"),
        (bounded(True), "must have a rational lower bound"),
        (bounded(QQ(-1)), "must have a rational lower bound of at least 0, got -1"),
        (bounded("1/2"), "must have a rational lower bound of at least 0, got '1/2'"),
        (bounded(proof=None), "must have a proof, a dictionary with its kind, got None"),
        (bounded(proof={}), "must have a proof, a dictionary with its kind, got {}"),
        (bounded(status="sure"), "must have the status 'proved' or 'probable', got 'sure'"),
        (bounded(witness=Witness(1, 1.0, (2, 0))), "certifier 'foreign' must have a rational upper bound, got 1.0"),
        (bounded(witness=Witness(1, QQ(1), (2.0, 0.0))), "must have a witness of rationals, got (2.0, 0.0)"),
        (None, "certifier 'foreign' must return an Outcome, not None"),
    ],
)
def test_what_is_no_bound_is_refused(outcome, wrong, words):
    outcome(wrong)
    with pytest.raises(CertificateError) as caught:
        NETWORK.certify([1, 0], certifier="foreign")
    assert words in str(caught.value)


def test_infinite_and_integer_bounds_are_taken(outcome):
    from sage.rings.infinity import infinity

    outcome(bounded(infinity))
    assert NETWORK.certify([1, 0], certifier="foreign").lower == infinity
    outcome(bounded(0))
    assert NETWORK.certify([1, 0], certifier="foreign").lower == 0


def test_files_hold_only_what_the_checker_accepts(outcome, tmp_path):
    outcome(HONEST)
    NETWORK.certify([1, 0], certifier="foreign").save(tmp_path / "honest.json")
    assert check.verify_file(tmp_path / "honest.json").verified
    outcome(LYING)
    certificate = NETWORK.certify([1, 0], certifier="foreign")
    with pytest.raises(CertificateError, match="certifier 'foreign' made a certificate that is rejected: "):
        certificate.save(tmp_path / "lying.json")
    assert not (tmp_path / "lying.json").exists()


def test_a_run_goes_on_without_the_file(outcome, tmp_path):
    outcome(LYING)
    results = NETWORK.certify_many([[1, 0]], labels=[0], certifier="foreign", certificates=tmp_path / "c")
    assert results[0]["label"] == 0
    assert results[0]["error"].startswith("CertificateError: certifier 'foreign' made a certificate that is rejected")
    assert [path.name for path in (tmp_path / "c").iterdir()] == ["network.json"]


def test_certificates_of_the_package_are_not_checked_first(monkeypatch, tmp_path):
    monkeypatch.setattr(check, "verify", None)
    NETWORK.certify([1, 0]).save(tmp_path / "x.json")
