r"""What a claim may say, and how it is refused."""

import copy

import pytest

from sage_mlvar.check import Malformed, Rejected, document_digest, kinds, verify
from sage_mlvar.check.problem import Verified

from .builder import seal
from .examples import EXAMPLES


def changed(name, *changes):
    r"""Return an example with ``(path, value)`` put in, sealed."""
    document = copy.deepcopy(EXAMPLES[name])
    for path, value in changes:
        *parents, key = path.split(".")
        entry = document
        for parent in parents:
            entry = entry[int(parent) if isinstance(entry, list) else parent]
        entry[int(key) if isinstance(entry, list) else key] = value
    return seal(document)


# The three classes around (3, 1): x^2, y^2 and 1. The distances are 2/sqrt(2) = 1.414... and 2.
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ([("claim.class", 1)], "claim.class must be 0"),
        ([("claim.class", None)], "claim.class must be 0"),
        ([("claim.lower", "15/10")], "lowest terms"),
        ([("claim.lower", "3/2")], "claim.lower is above the lower bound 1.41421 of class 1"),
        ([("claim.lower", "3/2"), ("bounds.0.lower", "3/2")], "squared distance of at least 2 only"),
        ([("claim.lower", "inf")], "claim.lower is above"),
        ([("claim.lower", "-1")], "must not be negative"),
        ([("claim.upper", "7/5")], "claim.upper is below"),
        (
            [("claim.lower", "1"), ("claim.upper", "7/5"), ("witness.upper", "7/5")],
            "the witness is farther away than 1.4",
        ),
        ([("claim.upper", "inf")], "claim.upper must be finite"),
        ([("witness", None), ("nearest", None)], "claim.upper must come with a witness"),
        ([("witness", None)], "nearest must be null"),
        ([("witness.point", ["2", "1"])], "the output 0 is still larger than the output 1"),
        ([("witness.class", 2), ("claim.competing", 2), ("nearest", None)], "still larger than the output 2"),
        ([("witness.class", 0)], "another class"),
        ([("claim.competing", 2)], "claim.competing must be the class 1"),
        ([("claim.competing", 3)], "claim.competing must be below 3"),
        ([("claim.verdict", "not robust")], "no witness lies within"),
        ([("claim.verdict", "unknown")], "the bounds decide"),
        ([("claim.verdict", None)], "null if and only if"),
        ([("radius", None)], "null if and only if"),
        ([("radius", "3/2")], "'robust' does not follow"),
        ([("radius", "0")], "radius must be positive"),
        ([("bounds.0.class", 2)], "exactly once"),
        ([("bounds.0.status", "probable")], "claim.status must be 'probable'"),
        ([("bounds.0.proof.kind", "sorcery")], "unknown kind 'sorcery'"),
        ([("bounds.0.proof.kind", "trivial")], "unknown entry"),
        ([("bounds.0.proof", {"kind": "trivial"})], "at least 0 only"),
        ([("bounds.0.proof", {"kind": "positive"})], "not bounded below"),
        ([("nearest.class", 2)], "nearest.class must be"),
        ([("nearest.radius", "0")], "nearest does not follow"),
        ([("nearest.center", ["3", "1"])], "nearest does not follow"),
        ([("point", ["3"])], "point must have 2 entries"),
        ([("norm", "taxicab")], "norm must be one of"),
        ([("norm", ["euclidean"])], "norm must be one of"),
        ([("box", [["4", "5"], ["0", "2"]])], "the point lies outside the box"),
        ([("box", [["3", "4"], ["0", "3/2"]])], "the witness lies outside the box"),
        ([("box", [["4", "3"], ["0", "2"]])], "lower end first"),
        ([("extra", "1")], "unknown entry 'extra'"),
        ([("version", True)], "must have version 1"),
        ([("version", 2)], "must have version 1, got 2"),
        ([("format", "sage_mlvar/model")], "must have format"),
        ([("made_by", {"seconds": 1})], "made_by must be a string"),
    ],
)
def test_changes_that_are_refused(change, reason):
    with pytest.raises(Rejected, match=reason):
        verify(changed("three classes", *change))


@pytest.mark.parametrize(
    "change",
    [
        [("claim.lower", "1")],
        [("claim.upper", "2")],
        [("claim.status", "probable")],
        [("radius", "7/5")],
        [("radius", "3/2"), ("claim.verdict", "not robust")],
        [("radius", None), ("claim.verdict", None)],
        [("witness", None), ("nearest", None), ("claim.upper", "inf")],
        [("witness", None), ("nearest", None), ("claim.upper", "inf"), ("claim.competing", None)],
        [
            ("bounds.1.lower", "0"),
            ("bounds.1.proof", {"kind": "trivial"}),
            ("claim.lower", "0"),
            ("claim.verdict", "unknown"),
        ],
    ],
)
def test_changes_to_weaker_claims_are_accepted(change):
    verify(changed("three classes", *change))


def test_the_verdict_unknown_between_the_bounds():
    for verdict in ("robust", "not robust"):
        with pytest.raises(Rejected, match="does not follow"):
            verify(changed("three classes", ("claim.lower", "1"), ("radius", "5/4"), ("claim.verdict", verdict)))
    verify(changed("three classes", ("claim.lower", "1"), ("radius", "5/4"), ("claim.verdict", "unknown")))


def test_a_lower_bound_equal_to_the_radius_is_not_robust():
    change = [("claim.lower", "5/4"), ("radius", "5/4")]
    with pytest.raises(Rejected, match="'robust' does not follow"):
        verify(changed("three classes", *change))


def test_a_witness_at_the_radius_exactly():
    witness = {"class": 1, "point": ["3", "3"], "upper": "2"}
    change = [("witness", witness), ("claim.upper", "2"), ("radius", "2"), ("nearest", None)]
    assert verify(changed("three classes", *change, ("claim.verdict", "not robust"))).proved
    with pytest.raises(Rejected):
        verify(changed("three classes", *change, ("claim.verdict", "unknown")))


def test_items_in_any_order_each_once():
    bounds = EXAMPLES["three classes"]["bounds"]
    assert verify(changed("three classes", ("bounds", bounds[::-1]))).proved
    for wrong in (bounds[:1], [*bounds, bounds[0]], []):
        with pytest.raises(Rejected, match="exactly once"):
            verify(changed("three classes", ("bounds", wrong)))


def test_probable_bounds_are_trusted_by_name_and_nothing_is_called_proved():
    proof = {"kind": "whatever"}
    change = [
        ("bounds.0.status", "probable"),
        ("bounds.0.proof", proof),
        ("claim.status", "probable"),
        ("nearest", None),
    ]
    report = verify(changed("three classes", *change))
    assert not report.proved
    assert any("class 1" in sentence and "not proved" in sentence for sentence in report.trusted)
    assert not any(sentence.startswith("class 1:") for sentence in report.verified)
    assert report.text().startswith("not proved")


def test_ball_of_the_nearest_point_that_cannot_be_checked_is_named():
    change = [("bounds.0.status", "probable"), ("claim.status", "probable"), ("nearest.radius", "1/1000")]
    assert verify(changed("three classes", *change)).unchecked == ["where the nearest boundary point lies"]


def test_ball_around_the_point_needs_no_proof():
    change = [("bounds.0.status", "probable"), ("claim.status", "probable")]
    ball = [("nearest.center", ["3", "1"]), ("nearest.radius", "3/2")]
    assert verify(changed("three classes", *change, *ball)).unchecked == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ([("claim.class", 0)], "claim.class must be null"),
        ([("claim.upper", "1")], "must be 0"),
        ([("claim.upper", "inf")], "must be 0"),
        ([("claim.verdict", "robust")], "'robust' does not follow"),
        ([("claim.verdict", "unknown")], "the bounds decide"),
        ([("claim.competing", 3)], "below 3"),
        ([("bounds", [{"class": 1, "lower": "0", "status": "proved", "proof": {"kind": "trivial"}}])], "must be empty"),
        ([("witness", {"class": 1, "point": ["1", "2"], "upper": "0"})], "the point itself"),
        ([("nearest", {"class": 1, "center": ["1", "2"], "radius": "1/2"})], "the point itself"),
        ([("point", ["1", "2"])], "claim.class must be 1"),
    ],
)
def test_ties(change, reason):
    assert verify(EXAMPLES["tie"]).proved
    with pytest.raises(Rejected, match=reason):
        verify(changed("tie", *change))


def test_ties_may_name_a_witness_and_a_ball():
    change = [
        ("claim.competing", 2),
        ("witness", {"class": 2, "point": ["1", "1"], "upper": "0"}),
        ("nearest", {"class": 2, "center": ["1", "2"], "radius": "1"}),
    ]
    assert "the distance is 0" in verify(changed("tie", *change)).verified[1]


def test_an_empty_boundary_needs_all_bounds():
    assert "there is no point of another class" in verify(EXAMPLES["empty"]).verified
    with pytest.raises(Rejected, match="does not give the distance infinity"):
        verify(changed("circle", ("claim.lower", "inf"), ("bounds.0.lower", "inf")))


def test_without_a_witness_the_upper_bound_is_called_unchecked():
    change = [("witness", None), ("nearest", None), ("claim.upper", "inf")]
    assert verify(changed("three classes", *change)).unchecked == [
        "how far the nearest point of another class is: no upper bound is claimed"
    ]


def test_witnesses_with_a_proof(monkeypatch):
    document = changed(
        "three classes",
        ("witness", {"class": 1, "upper": "3/2", "proof": {"kind": "multiplier"}}),
        ("claim.upper", "3/2"),
    )
    with pytest.raises(Rejected, match="do not show a witness"):
        verify(document)
    module = kinds.kind({"kind": "multiplier"}, "proof")
    seen = []

    def verify_witness(proof, problem):
        seen.append((proof, problem.upper))
        return Verified(None, ["a root"], ["a theorem"])

    monkeypatch.setattr(module, "verify_witness", verify_witness, raising=False)
    with pytest.raises(Rejected, match="nearest does not follow"):
        verify(document)
    report = verify(seal({**document, "nearest": None}))
    assert seen[0][0] == {"kind": "multiplier"}
    assert seen[0][1] * 2 == 3
    assert "a root" in report.verified
    assert "a theorem" in report.trusted


def test_a_kind_that_proves_less_than_the_claim_is_refused(monkeypatch):
    module = kinds.kind({"kind": "multiplier"}, "proof")
    monkeypatch.setattr(module, "verify", lambda proof, problem: Verified(problem.lower / 2, ["less"]))
    with pytest.raises(Rejected, match="does not reach the claimed distance"):
        verify(EXAMPLES["three classes"])


def test_digests():
    with pytest.raises(Rejected, match="does not have the digest that it states"):
        verify({**EXAMPLES["circle"], "radius": "1/3"})
    entry = {**EXAMPLES["circle"]["network"], "sha256": "0" * 64}
    document = {**EXAMPLES["circle"], "network": entry}
    with pytest.raises(Rejected, match="do not have the digest that the certificate states"):
        verify({**document, "sha256": document_digest(document)})


def test_what_is_no_object_at_all():
    for value in ([], "x", None, 1):
        with pytest.raises(Malformed, match="must be an object"):
            verify(value)


def test_the_report_carries_the_network():
    assert verify(EXAMPLES["circle"]).network == EXAMPLES["circle"]["network"]
