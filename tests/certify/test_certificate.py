r"""Certificates as records and as files, made here and checked by the independent checker."""

import json
import subprocess
import sys

import pytest

from sage_mlvar import PolynomialClassifier, RobustnessCertificate, save
from sage_mlvar.certify.certify import distance_squared
from sage_mlvar.check import document_digest
from sage_mlvar.errors import CertificateError

from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ

CASES = {
    "circle": (PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]]), [1, 0]),
    "touching": (PolynomialClassifier([[[1, 1]], [[1], [0]]], [[0], [0, 0]]), [2, 0]),
    "empty": (PolynomialClassifier([[[1, 1]], [[1], [0]]], [[0], [1, 0]]), [2, 0]),
    "tie": (PolynomialClassifier([[[1, 1]], [[1], [0]]], [[0], [0, 0]]), [1, -1]),
    "three classes": (PolynomialClassifier.random([3, 2, 3], seed=4), [1, 2, 3]),
    "polynomial activation": (
        PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]], [1, 1, "1/3"]),
        ["0.1", "1/3"],
    ),
}  # fmt: skip


@pytest.fixture(params=CASES)
def certificate(request):
    classifier, u = CASES[request.param]
    return classifier.certify(u, radius="1/7")


def test_save_and_load(certificate, tmp_path):
    path = tmp_path / "c.json"
    certificate.save(path)
    again = RobustnessCertificate.load(path)
    for name in ("classifier", "point", "predicted", "lower", "upper", "radius", "verdict", "competing", "method",
                 "status", "witness", "nearest", "norm", "box"):  # fmt: skip
        assert getattr(again, name) == getattr(certificate, name), name
    assert [b.proof for b in again.bounds] == [b.proof for b in certificate.bounds]
    assert again.to_dict()["claim"] == certificate.to_dict()["claim"]


def test_the_checker_in_a_process_of_its_own(certificate, tmp_path):
    path = tmp_path / "c.json"
    certificate.save(path)
    run = subprocess.run(
        [sys.executable, "-m", "sage_mlvar.check", str(path)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "the claim follows" in run.stdout


def test_weights_by_digest(certificate, tmp_path):
    save(certificate.classifier, tmp_path / "model.json")
    certificate.save(tmp_path / "c.json", weights="model.json")
    document = json.loads((tmp_path / "c.json").read_text())
    assert set(document["network"]) == {"sha256", "file"}
    assert RobustnessCertificate.load(tmp_path / "c.json").classifier is certificate.classifier
    save(PolynomialClassifier.random([2, 2, 2], seed=99), tmp_path / "model.json")
    with pytest.raises(CertificateError):
        RobustnessCertificate.load(tmp_path / "c.json")


def test_another_model_is_not_put_beside(tmp_path):
    classifier, u = CASES["circle"]
    save(PolynomialClassifier.random([2, 2, 2], seed=99), tmp_path / "model.json")
    with pytest.raises(ValueError, match="holds another model"):
        classifier.certify(u).save(tmp_path / "c.json", weights="model.json")
    with pytest.raises(ValueError, match="bare name"):
        classifier.certify(u).save(tmp_path / "c.json", weights="../model.json")
    assert not (tmp_path / "c.json").exists()


@pytest.mark.parametrize("change", ["lower", "upper", "class", "verdict", "multiplier", "point"])
def test_edits_are_refused(change, tmp_path):
    classifier, u = CASES["circle"]
    path = tmp_path / "c.json"
    classifier.certify(u, radius="1/2").save(path)
    document = json.loads(path.read_text())
    if change == "multiplier":
        document["bounds"][0]["proof"]["multiplier"] = "17"
    elif change == "point":
        document["point"][0] = "3/2"
    else:
        document["claim"][change] = {"lower": "3/2", "upper": "1/2", "class": 1, "verdict": "not robust"}[change]
    path.write_text(json.dumps(document))
    with pytest.raises(CertificateError, match=r"digest|sha256"):
        RobustnessCertificate.load(path)
    document["sha256"] = document_digest(document)
    path.write_text(json.dumps(document))
    with pytest.raises(CertificateError):
        RobustnessCertificate.load(path)


def test_foreign_files(tmp_path):
    path = tmp_path / "c.json"
    for text in ("", "{", "[]", '{"format": "other"}', "\x00"):
        path.write_text(text)
        with pytest.raises(CertificateError):
            RobustnessCertificate.load(path)
    with pytest.raises((CertificateError, FileNotFoundError)):
        RobustnessCertificate.load(tmp_path / "none.json")


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    classifier, u = CASES["circle"]
    with pytest.raises(FileNotFoundError):
        classifier.certify(u).save(tmp_path / "no" / "c.json")
    assert list(tmp_path.iterdir()) == []


def test_what_one_does_to_a_document_touches_nothing_else():
    C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -2], [0, 0]]], [[0, 0], [4, 0]])
    certificate = C.certify([1, "1/2"], certifier="numerical")
    document = certificate.to_dict()
    document["network"]["weights"][0][0][0] = "5"
    document["bounds"][0]["proof"]["real"].clear()
    assert certificate.verify().proved
    assert C.certify([1, 1]).verify().proved


def test_relative_width():
    classifier, u = CASES["empty"]
    assert classifier.certify(u).relative_width == 0
    assert classifier.certify(u).lower == infinity
    classifier, u = CASES["circle"]
    assert 0 <= classifier.certify(u).relative_width < 1e-9


def test_the_word_of_an_engine_is_no_verification(tmp_path):
    classifier, _ = CASES["circle"]
    # a whole circle of nearest points; that there are no nearer ones is a decomposition by Singular
    certificate = classifier.certify([0, 0], certifier="critical")
    report = certificate.verify()
    assert report.believed
    assert not report.proved
    assert any("Singular" in sentence for sentence in report.trusted)
    certificate.save(tmp_path / "c.json")
    run = subprocess.run(
        [sys.executable, "-m", "sage_mlvar.check", str(tmp_path / "c.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 3
    assert "the claim follows if what an engine said is true" in run.stdout
    assert classifier.certify([0, 0], certifier="quadric").verify().proved


@pytest.mark.parametrize("name", CASES)
def test_entries_that_carry_no_claim_may_be_missing(name, tmp_path):
    classifier, u = CASES[name]
    path = tmp_path / "c.json"
    certificate = classifier.certify(u, radius="1/7")
    document = certificate.to_dict()
    for key in ("method", "argument", "trusted", "nearest", "made_by"):
        del document[key]
    document["sha256"] = document_digest(document)
    path.write_text(json.dumps(document))
    again = RobustnessCertificate.load(path)
    assert (again.lower, again.upper, again.verdict) == (certificate.lower, certificate.upper, certificate.verdict)
    assert (again.nearest, again.method) == (None, "unnamed method")
    assert again.trusted == (tuple(certificate.verify().trusted) if certificate.bounds else ())
    again.save(tmp_path / "again.json")
    assert RobustnessCertificate.load(tmp_path / "again.json") == again
    assert repr(again).endswith(f"(unnamed method); radius 1/7: {certificate.verdict}")


def test_a_certificate_from_a_file_has_the_words_of_the_one_saved(certificate, tmp_path):
    certificate.save(tmp_path / "c.json")
    assert repr(RobustnessCertificate.load(tmp_path / "c.json")) == repr(certificate)


def test_equal_certificates_have_equal_hashes(certificate, tmp_path):
    certificate.save(tmp_path / "c.json")
    again = RobustnessCertificate.load(tmp_path / "c.json")
    assert hash(again.witness) == hash(certificate.witness)
    assert len({certificate, certificate.with_radius("1/7")}) == 1
    assert len({certificate, certificate.with_radius("1/9")}) == 2
    assert len(set(certificate.bounds)) == len(certificate.bounds)


@pytest.mark.parametrize("digits", [4301, 6000])
def test_numbers_that_python_does_not_read_come_back(digits, tmp_path):
    long = "1" * digits
    C = PolynomialClassifier([[[long, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    for x in (["0", f"1/{long}"], [long, "0"]):
        certificate = C.certify(x, radius=f"0.{long}")
        certificate.save(tmp_path / "c.json")
        again = RobustnessCertificate.load(tmp_path / "c.json")
        assert again.classifier is C
        assert (again.point, again.lower, again.radius) == (certificate.point, certificate.lower, certificate.radius)
        record = C.certify_many([x], certificates=tmp_path / f"many{x[0]}"[:60], out=tmp_path / "r.jsonl")[0]
        assert "error" not in record
        (tmp_path / "r.jsonl").unlink()


def test_an_engine_is_believed_only_when_asked(tmp_path):
    r"""Anyone can write that an engine found nothing: of the circle of radius 2, seen from (1, 0), say."""
    certificate = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]]).certify([1, 0])
    document = certificate.to_dict()
    empty = {"polynomial": None, "multiplicity": 1, "complete": "engine", "critical": [], "singular": [], "sets": []}
    proof = {"kind": "parametrization", "basis": None, "pieces": [empty]}
    document["bounds"][0].update(lower="inf", proof=proof)
    document["claim"].update(lower="inf", upper="inf", competing=None, verdict="robust")
    document.update(witness=None, nearest=None, trusted=[], radius="1000")
    document["sha256"] = document_digest(document)
    path = tmp_path / "forged.json"
    path.write_text(json.dumps(document))
    with pytest.raises(CertificateError, match=r"rests on what an engine is said to have found.*believe=True"):
        RobustnessCertificate.load(path)
    believed = RobustnessCertificate.load(path, believe=True)
    assert any("Singular" in sentence for sentence in believed.trusted)
    report = believed.verify()
    assert not report.proved
    assert any("no point of another class" in line for line in report.conditional)
    assert not any("no point" in line or "verdict" in line for line in report.verified)


def test_a_float_is_shown_as_it_was_written():
    C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    certificate = C.certify([1, 0], radius=0.1)
    assert repr(certificate).endswith("; radius 0.1: robust")
    assert certificate.radius == QQ((0.1).as_integer_ratio())
    assert repr(C.certify_many([[1, 0]], 0.1)).startswith("1 point: 1 robust at radius 0.1, ")
    assert repr(C.certify([1, 0], radius="1/3")).endswith("; radius 1/3: robust")


def test_a_folder_that_is_missing_is_named(tmp_path):
    C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    with pytest.raises(FileNotFoundError) as caught:
        C.certify([1, 0]).save(tmp_path / "no" / "x.json")
    assert caught.value.filename == str(tmp_path / "no" / "x.json")


def test_what_is_trusted_is_told_once():
    C = PolynomialClassifier.random([2, 2, 3], seed=1, bits=3)
    report = C.certify([1, 1], certifier="numerical").verify()
    assert len(report.trusted) == len(set(report.trusted))


def test_an_unknown_verdict_between_the_witness_and_its_rounded_distance_is_accepted():
    C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]])
    certificate = C.certify([1, 2])
    exact = distance_squared(certificate.witness.point, certificate.point)
    low, high = certificate.lower, certificate.upper
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if middle**2 < exact else (low, middle)
    assert exact <= high**2 < certificate.upper**2
    asked = certificate.with_radius(high)
    assert asked.verdict == "unknown"
    assert asked.verify().proved
