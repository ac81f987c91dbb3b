r"""``certify_many`` in this process: what certify says, streams that continue, errors at points, wrong input."""

import json
import re
from fractions import Fraction

import numpy
import pytest
from waiting import facts

from sage_mlvar import PolynomialClassifier, check, using
from sage_mlvar.certify import certify_many
from sage_mlvar.certify.many.certify_many import Task
from sage_mlvar.certify.many.stream import read
from sage_mlvar.data import iris, load_network
from sage_mlvar.datasets import read as read_data

NETWORK = load_network("iris_quadratic.json")
FLOWERS, LABELS, _ = iris()
RADIUS = Fraction(3, 10)
#: Circle of radius 2: the distance of a point is known.
CIRCLE = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])


@pytest.fixture(scope="module")
def whole():
    return NETWORK.certify_many(FLOWERS[:30], RADIUS, labels=LABELS[:30])


def test_known_distances():
    X = [[0, 1], [3, 4], [0, 0], ["6/5", "8/5"]]
    results = certify_many(CIRCLE, X, 1)
    assert len(results) == results.new == 4
    for record, distance in zip(results, (1, 3, 2, 0)):
        assert Fraction(record["lower"]) <= distance <= Fraction(record["upper"])
        assert Fraction(record["upper"]) - Fraction(record["lower"]) <= 1e-8
    assert [record["predicted"] for record in results] == [0, 1, 0, None]
    assert [record["verdict"] for record in results] == ["not robust", "robust", "robust", "not robust"]


def test_records_are_those_of_certify(whole):
    for index in (0, 7, 29):
        record, certificate = whole[index], NETWORK.certify(FLOWERS[index], RADIUS)
        assert record["label"] == LABELS[index]
        assert record["method"] == certificate.method
        assert (record["lower"], record["upper"]) == (str(certificate.lower), str(certificate.upper))
        assert (record["predicted"], record["verdict"]) == (certificate.predicted, certificate.verdict)


def test_order_does_not_matter(whole):
    shuffled = NETWORK.certify_many(FLOWERS[:30], RADIUS, labels=LABELS[:30], points=[*range(29, -1, -1), 3])
    assert facts(shuffled) == facts(whole)


class Stop(KeyboardInterrupt):
    r"""Ctrl-C at a known moment."""


def stop_after(count):
    def progress(done, total):
        if done == count:
            raise Stop

    return progress


def test_interrupted_and_continued(tmp_path, whole):
    out, arguments = tmp_path / "r.jsonl", {"labels": LABELS[:30], "out": tmp_path / "r.jsonl"}
    for count in (4, 11, 12):
        with pytest.raises(Stop):
            NETWORK.certify_many(FLOWERS[:30], RADIUS, **arguments, progress=stop_after(count))
        assert [record["index"] for record in read(out)[1]] == list(range(count))
    seen = []
    rest = NETWORK.certify_many(FLOWERS[:30], RADIUS, **arguments, progress=lambda *numbers: seen.append(numbers))
    assert facts(rest) == facts(whole)
    assert rest.new == 18
    assert seen == [(done, 30) for done in range(12, 31)]
    before = out.read_bytes()
    again = NETWORK.certify_many(FLOWERS[:30], RADIUS, **arguments)
    assert (again.new, facts(again), out.read_bytes()) == (0, facts(whole), before)
    assert facts(NETWORK.certify_many(FLOWERS[:30], RADIUS, **arguments, points=[5, 2])) == facts([whole[2], whole[5]])


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"classifier": PolynomialClassifier.random([4, 2, 3])}, "network"),
        ({"X": FLOWERS[1:4]}, "data"),
        ({"labels": [0, 0, 1]}, "data"),
        ({"labels": None}, "data"),
        ({"radius": "1/4"}, "radius"),
        ({"radius": None}, "radius"),
        ({"tolerance": "1e-3"}, "tolerance"),
        ({"certifier": "quadric"}, "certifier"),
        ({"cross_check": True}, "cross_check"),
        ({"box": [[0, 9]] * 4}, "box"),
        ({"norm": "maximum"}, "norm"),
        ({"proof": False}, "proof"),
        ({"seed": 1}, "seed"),
        ({"certificates": "c"}, "certificates"),
    ],
)
def test_a_file_of_another_run_is_refused(tmp_path, monkeypatch, change, name):
    monkeypatch.chdir(tmp_path)
    arguments = {"classifier": NETWORK, "X": FLOWERS[:3], "radius": RADIUS, "labels": LABELS[:3], "out": "r.jsonl"}
    certify_many(**arguments)
    before = (tmp_path / "r.jsonl").read_bytes()
    with pytest.raises(ValueError, match=rf"is of another run: its {name} is"):
        certify_many(**{**arguments, **change})
    assert (tmp_path / "r.jsonl").read_bytes() == before
    assert not (tmp_path / "c").exists()


def test_what_does_not_change_answers_continues_a_file(tmp_path):
    out = tmp_path / "r.jsonl"
    certify_many(NETWORK, FLOWERS[:3], "0.3", out=out, points=[0])
    with using(timeout=100):
        results = certify_many(NETWORK, tuple(map(tuple, FLOWERS[:3])), RADIUS, out=str(out), memory=2**33)
    assert results.new == 2


def test_arrays_and_data_sets_are_the_same_data(tmp_path):
    X, y = numpy.array([[float(x) for x in flower] for flower in FLOWERS[:4]]), numpy.array(LABELS[:4])
    numpy.savez(tmp_path / "d.npz", X=X, y=y)
    out = tmp_path / "r.jsonl"
    certify_many(NETWORK, X, labels=y, out=out, points=slice(2))
    results = certify_many(NETWORK, read_data(tmp_path / "d.npz"), out=out)
    assert results.new == 2
    # The floats, not the decimals that they were rounded from.
    assert Fraction(results[3]["lower"]) == Fraction(str(NETWORK.certify(X[3]).lower))
    images = certify_many(NETWORK, X.reshape(4, 2, 2), labels=y, out=out)
    assert (images.new, len(images)) == (0, 4)


def test_errors_at_points_are_records(tmp_path):
    hard = PolynomialClassifier.random([40, 40, 40, 10], activation=5)
    out = tmp_path / "r.jsonl"
    results = certify_many(
        hard, [[1] * 40, [2] * 40], labels=[0, 1], timeout=0.001, out=out, certificates=tmp_path / "c"
    )
    assert [record.keys() for record in results] == [{"index", "label", "error"}] * 2
    assert read(out)[1] == results.records == results.errors
    assert [path.name for path in (tmp_path / "c").iterdir()] == ["network.json"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_errors_are_tried_again_when_asked(tmp_path, whole, monkeypatch, jobs):
    out, some = tmp_path / "r.jsonl", [3, 8, 9]
    arguments = {"radius": RADIUS, "labels": LABELS[:30], "out": out, "certificates": tmp_path / "c"}
    run = Task.run

    def hasty(self, index, point, label):
        if index in some:
            return index, {"index": index, "label": label, "error": "BackendTimeout: time limit of 1 s reached"}, None
        return run(self, index, point, label)

    monkeypatch.setattr(Task, "run", hasty)
    first = NETWORK.certify_many(FLOWERS[:30], jobs=jobs, **arguments)
    assert [record["index"] for record in first.errors] == some
    before = out.read_bytes()
    del some[1:]
    left = NETWORK.certify_many(FLOWERS[:30], jobs=jobs, **arguments)
    assert (left.new, left.records, out.read_bytes()) == (0, first.records, before)
    seen = []
    second = NETWORK.certify_many(
        FLOWERS[:30], jobs=jobs, retry=True, progress=lambda *numbers: seen.append(numbers), **arguments
    )
    assert (second.new, [record["index"] for record in second.errors]) == (3, [3])
    assert seen == [(27, 30), (28, 30), (29, 30), (30, 30)]
    some.clear()
    third = NETWORK.certify_many(FLOWERS[:30], points=range(5), retry=True, **arguments)
    assert (third.new, len(third)) == (1, 5)
    assert out.read_bytes().startswith(before)
    assert facts(sorted(read(out)[1], key=lambda record: record["index"])) == facts(whole)
    assert len(list((tmp_path / "c").iterdir())) == 31
    assert NETWORK.certify_many(FLOWERS[:30], retry=True, **arguments).new == 0


@pytest.mark.parametrize("jobs", [1, 2])
def test_open_points_are_tried_again_and_nothing_is_lost(tmp_path, monkeypatch, jobs):
    out, radius = tmp_path / "r.jsonl", "1/2"
    arguments = {"radius": radius, "out": out, "certificates": tmp_path / "c"}
    wide = {"predicted": 0, "verdict": "unknown", "upper": "inf", "status": "proved", "method": "bounds"}
    wide = {**wide, "distance": 0.0, "competing": None}
    answers = {k: {**wide, "lower": "1/9"} for k in range(4)}
    monkeypatch.setattr(Task, "run", lambda self, k, point, label: (k, {"index": k, **answers[k]}, f"first {k}"))
    assert NETWORK.certify_many(FLOWERS[:4], jobs=jobs, **arguments).verdicts()["unknown"] == 4
    assert NETWORK.certify_many(FLOWERS[:4], jobs=jobs, **arguments).new == 0
    answers[0] = {"error": "BackendTimeout: time limit of 1 s reached"}
    answers[1] = {**wide, "lower": "1/10"}
    answers[2] = {**wide, "lower": "1/8", "upper": "3/4"}
    answers[3] = {**wide, "verdict": "robust", "lower": "3/5", "upper": "2/3"}
    monkeypatch.setattr(Task, "run", lambda self, k, point, label: (k, {"index": k, **answers[k]}, f"second {k}"))
    seen = []
    again = NETWORK.certify_many(
        FLOWERS[:4], jobs=jobs, retry=True, progress=lambda *numbers: seen.append(numbers), **arguments
    )
    assert seen == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert (again.new, [record["lower"] for record in again]) == (2, ["1/9", "1/9", "1/8", "3/5"])
    assert [record["lower"] for record in sorted(read(out)[1], key=lambda r: r["index"])] == [
        "1/9",
        "1/9",
        "1/8",
        "3/5",
    ]
    files = [(tmp_path / "c" / f"{k}.json").read_text() for k in range(4)]
    assert files == ["first 0", "first 1", "second 2", "second 3"]
    assert NETWORK.certify_many(FLOWERS[:4], points=[3], retry=True, **arguments).new == 0


@pytest.mark.parametrize("change", [("lower", "5"), ("lower", "-1"), ("upper", "x"), ("upper", 3), ("lower", None)])
def test_a_record_that_was_changed_is_told(tmp_path, change):
    out = tmp_path / "r.jsonl"
    NETWORK.certify_many(FLOWERS[:2], RADIUS, out=out)
    head, first, second = out.read_text().splitlines()
    name, value = change
    record = {**json.loads(second), name: value}
    out.write_text("\n".join([head, first, json.dumps(record), ""]))
    with pytest.raises(ValueError, match=r"is damaged: the record of point 1 has lower .* remove the line to have"):
        NETWORK.certify_many(FLOWERS[:2], RADIUS, out=out)
    out.write_text("\n".join([head, first, ""]))
    assert NETWORK.certify_many(FLOWERS[:2], RADIUS, out=out).new == 1


@pytest.mark.parametrize(
    ("first", "then", "words"),
    [
        ({"certificates": "c"}, {}, "certificates is True, here it is False; give certificates= again"),
        ({}, {"certificates": "c"}, "certificates is False, here it is True; leave certificates= out"),
        ({"tolerance": "1/10"}, {}, "tolerance is '1/10', here it is None; give tolerance='1/10' again"),
        ({}, {"tolerance": "1/10"}, "tolerance is None, here it is '1/10'; leave tolerance= out"),
        ({}, {"proof": False}, "proof is True, here it is False; give proof=True again"),
        ({"proof": False}, {}, "proof is False, here it is True; give proof=False again"),
        ({}, {"labels": [0, 0]}, "; give the same data, labels and scale= again, or take another file"),
    ],
)
def test_how_to_continue_is_told(tmp_path, monkeypatch, first, then, words):
    monkeypatch.chdir(tmp_path)
    NETWORK.certify_many(FLOWERS[:2], RADIUS, out="r.jsonl", **first)
    with pytest.raises(ValueError, match=re.escape(words)):
        NETWORK.certify_many(FLOWERS[:2], RADIUS, out="r.jsonl", **then)


@pytest.mark.parametrize("certifier", ["auto", "bounds"])
def test_a_point_outside_of_the_box_is_an_error_of_its_own(certifier):
    C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    results = C.certify_many([[0, 1], [0, 5], [1, 0]], 1, box=(0, 3), certifier=certifier)
    assert results[1] == {"index": 1, "error": "OutsideBoxError: box[1] must hold x[1] = 5, got ('0', '3')"}
    assert results.header["box"] == ["0", "3"]
    assert [len(results[k]) > 3 for k in (0, 2)] == [True, True]
    with pytest.raises(ValueError, match=r"box\[1\] must hold X\[1\]\[1\] = 5, got"):
        C.certify_many([[0, 1], [0, 5], [1, 0]], 1, box=(0, 3), points=[1])


def test_a_bug_is_not_a_record(monkeypatch):
    def broken(self, index, point, label):
        raise ZeroDivisionError

    monkeypatch.setattr(Task, "run", broken)
    with pytest.raises(ZeroDivisionError):
        certify_many(CIRCLE, [[0, 1]])


def test_certificates_are_accepted_by_the_checker(tmp_path):
    results = NETWORK.certify_many(FLOWERS[:5], RADIUS, certificates=tmp_path / "c", points=[1, 4])
    assert sorted(path.name for path in (tmp_path / "c").iterdir()) == ["1.json", "4.json", "network.json"]
    for record in results:
        document = check.read(tmp_path / "c" / f"{record['index']}.json")
        assert check.verify(document, folder=tmp_path / "c").verified
        assert document["claim"]["lower"] == record["lower"]
    with pytest.raises(ValueError, match="holds certificates of another network"):
        CIRCLE.certify_many([[0, 1]], certificates=tmp_path / "c")


ROW = [0.5, 1.5, 2.5, 3.5]
NAN = [ROW] * 17 + [[0.5, 1.5, float("nan"), 3.5]]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"X": NAN}, ValueError, r"X\[17\]\[2\] must be finite, got nan"),
        ({"X": numpy.array(NAN)}, ValueError, r"X\[17\]\[2\] must be finite, got nan"),
        ({"X": numpy.array(NAN, dtype=object)}, ValueError, r"X\[17\]\[2\] must be finite, got nan"),
        ({"X": [ROW, ROW[:3]]}, ValueError, r"X\[1\] must have 4 entries, got 3"),
        ({"X": numpy.zeros((2, 3))}, ValueError, "X must have 4 entries per point, the inputs of the network, got 3"),
        ({"X": [ROW, [*ROW[:3], "x"]]}, ValueError, r"X\[1\]\[3\] must be a number"),
        ({"X": [ROW, [*ROW[:3], None]]}, TypeError, r"X\[1\]\[3\] must be a number"),
        ({"X": ROW}, TypeError, r"X must be a list of points, each of 4 numbers, and X\[0\] is 0.5; certify takes one"),
        ({"X": numpy.array(ROW)}, ValueError, r"got shape \(4,\); certify takes one"),
        ({"X": numpy.array([["a"] * 4])}, TypeError, "must have numbers for entries, not an array of dtype <U1"),
        ({"X": []}, ValueError, "X must hold at least one point"),
        ({"X": numpy.zeros((0, 4))}, ValueError, "X must hold at least one point"),
        ({"X": 3}, TypeError, "X must be a list of points, not 3"),
        ({"labels": [0, 1]}, ValueError, "labels must be one per point, 3, got 2"),
        ({"labels": [0, 1, 3]}, ValueError, r"labels\[2\] must be from 0 to 2, the classes of the network, got 3"),
        ({"labels": [0, -1, 2]}, ValueError, r"labels\[1\] must be from 0 to 2, the classes of the network, got -1"),
        ({"labels": [0, 1.5, 2]}, TypeError, r"labels\[1\] must be an integer"),
        ({"points": [0, 3]}, ValueError, "points must be indices below 3, the number of points in X, got 3"),
        ({"points": [-1]}, ValueError, "points must be at least 0, got -1"),
        ({"points": []}, ValueError, "points must name at least one point"),
        ({"points": "0:2"}, TypeError, "points must be a list of indices or a slice"),
        ({"radius": 0}, ValueError, "radius must be positive, got 0"),
        ({"tolerance": -1}, ValueError, "tolerance must be positive, got -1"),
        ({"norm": "taxi"}, ValueError, "norm must be one of 'euclidean', 'maximum', got 'taxi'"),
        ({"certifier": "quadratic"}, ValueError, "unknown certifier 'quadratic'"),
        ({"certifier": None}, TypeError, "certifier must be a name or a list of names, not None"),
        ({"certifier": "quadric", "norm": "maximum"}, ValueError, "certifier 'quadric' cannot be used here"),
        ({"certifier": []}, ValueError, "certifier must name at least one method"),
        ({"box": [[0, 2]] * 4}, ValueError, r"box\[2\] must hold X\[0\]\[2\] = 5/2, got \('0', '2'\)"),
        ({"box": [[0, 2]] * 3}, ValueError, r"box must have 4 pairs \(low, high\), got 3"),
        ({"cross_check": 1}, TypeError, "cross_check must be True or False, not 1"),
        ({"jobs": 0}, ValueError, "jobs must be at least 1, got 0"),
        ({"jobs": 2, "client": object()}, ValueError, "jobs must be left out with a client"),
        ({"client": object()}, TypeError, "client must be a synchronous dask.distributed.Client"),
        ({"progress": 3}, TypeError, "progress must be a function of two numbers, not 3"),
        ({"tiemout": 3}, TypeError, "unknown option 'tiemout'"),
        ({"retry": 1}, TypeError, "retry must be True or False, not 1"),
        ({"retry": True, "out": None}, ValueError, "retry needs out, the file whose open points are tried again"),
    ],
)
def test_wrong_input_is_refused_before_the_work(tmp_path, change, error, message):
    with pytest.raises(error, match=message):
        certify_many(**{"classifier": NETWORK, "X": [ROW] * 3, "out": tmp_path / "r.jsonl", **change})
    assert not (tmp_path / "r.jsonl").exists()


def test_labels_beside_a_data_set_that_has_its_own(tmp_path):
    numpy.savez(tmp_path / "d.npz", X=numpy.array([ROW]), y=numpy.array([1]))
    with pytest.raises(ValueError, match=r"labels must be left out: data set 'd\.npz' holds labels itself"):
        certify_many(NETWORK, read_data(tmp_path / "d.npz"), labels=[1])
