r"""Each verb, on each way to name a model."""

import json

import pytest

from sage_mlvar import LightningAttentionModel, PolynomialClassifier, ReLURegionModel, save
from sage_mlvar.modelfile import loads

from .helpers import RELU, invoke

ATTENTION = ["attention", "--d", "2", "--t", "2", "--a", "2"]


@pytest.fixture
def classifier(tmp_path):
    path = tmp_path / "classifier.json"
    save(PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]]), path)
    return str(path)


@pytest.fixture
def three_classes(tmp_path):
    path = tmp_path / "three.json"
    save(PolynomialClassifier([[[1, 2]], [[1], [-1], [2]]], [[0], [0, 1, 1]]), path)
    return str(path)


def value(*arguments):
    result = invoke(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    return json.loads(result.stdout)["value"]


@pytest.mark.parametrize(
    ("verb", "model", "expected"),
    [
        ("dimension", RELU, 6),
        ("degree", RELU, 4),
        ("dimension", ["relu", "--widths", "2,3,2,2", "--pattern", "110/10", "--pattern", "011/11"], 7),
        ("dimension", ATTENTION, 5),
        ("dimension", ["attention", "--d", "2", "--t", "2", "--a", "1", "--d-out", "2", "--output", "all", "--raw"], 6),
        ("dimension", ["network", "--widths", "2,2,1", "--degree", "2"], 3),
        ("ed-degree", ["network", "--widths", "2,1,1", "--degree", "2"], 4),
    ],
)
def test_numbers(verb, model, expected):
    assert value(verb, *model) == expected


def test_ideal():
    generators = value("ideal", *RELU)
    assert len(generators) == 2
    assert value("ideal", *RELU, "--backend", "singular", "--timeout", "none", "--memory", "2G") != []


def test_invariants_resume_from_a_checkpoint(tmp_path):
    path = tmp_path / "work.json"
    arguments = [
        "invariants",
        "relu",
        "--widths",
        "3,4,3",
        "--pattern",
        "1110",
        "--pattern",
        "0111",
        "--max-degree",
        "3",
    ]
    first = invoke(*arguments, "--checkpoint", str(path))
    assert first.exit_code == 0
    assert "generators  -  -  1" in first.output
    assert path.exists()
    assert invoke(*arguments, "--checkpoint", str(path)).exit_code == 0
    path.write_text("{")
    refused = invoke(*arguments, "--checkpoint", str(path), "--seed", "1")
    assert refused.exit_code == 2
    assert "checkpoint" in refused.output


def test_invariants():
    assert (
        len(value("invariants", "relu", "--widths", "3,2,2", "--pattern", "10", "--pattern", "11", "--max-degree", "2"))
        == 6
    )


def test_contains_answers_by_exit_code():
    inside = invoke("contains", *RELU, "--point", "1,2,2,4,0,0,0,0")
    outside = invoke("contains", *RELU, "--point", "1,2,2,5,0,0,0,0", "--json")
    assert (inside.exit_code, inside.stdout.splitlines()[0]) == (0, "yes")
    assert outside.exit_code == 1
    assert json.loads(outside.stdout)["value"] is False


def test_classifier(classifier):
    assert value("ed-degree", classifier) == 4
    (sextic,) = value("discriminant", classifier)
    assert sextic.startswith("27*u0^6")
    (on_a_line,) = value("discriminant", classifier, "--slice", "0,0", "--slice", "1,1/2")
    assert "s^6" in on_a_line


def test_classes(three_classes):
    without = invoke("dimension", three_classes)
    assert without.exit_code == 2
    assert "classes must be given" in without.stderr
    assert value("dimension", three_classes, "--classes", "0,2") == 1


def test_options_stand_before_and_after_the_model():
    assert value("dimension", "--widths", "2,2,2", "--seed", "3", "relu", "--pattern", "10", "--pattern", "11") == 6


def test_record_and_model_in_json(tmp_path):
    shown = json.loads(invoke("ideal", *RELU, "--json").stdout)
    assert (shown["verb"], shown["status"], shown["seed"]) == ("ideal", "proved", 0)
    assert loads(json.dumps(shown["model"])) is ReLURegionModel([2, 2, 2], ["10", "11"])


def test_arguments_in_json(classifier):
    shown = json.loads(invoke("ed-degree", classifier, "--slice", "0,0", "--slice", "1,2", "--json").stdout)
    assert shown["arguments"] == {"slice": [["0", "0"], ["1", "2"]]}


def test_human_output_ends_with_what_the_answer_rests_on():
    lines = invoke("dimension", *ATTENTION).stdout.splitlines()
    assert lines[0] == "5"
    assert [line.split()[0] for line in lines[2:]] == ["status", "argument", "backend", "seconds"]


def test_long_answers_are_shortened_with_a_note():
    model = ["relu", "--widths", "4,3,4", "--pattern", "100", "--pattern", "010"]
    cut, full = invoke("ideal", *model).stdout, invoke("ideal", *model, "--full").stdout
    assert "--full shows everything" in cut
    assert "--full" not in full
    assert "of degree 2" in full
    assert len(full.splitlines()) == 72 + 6
    assert len(cut.splitlines()) == 20 + 8


def test_long_polynomials_are_cut_between_terms():
    model = ["relu", "--widths", "4,4,4", "--pattern", "1110"]
    shown = invoke("ideal", *model).stdout.splitlines()[1]
    assert shown.endswith("(24 terms)")
    start = shown.partition(" + …")[0]
    ideal = ReLURegionModel([4, 4, 4], ["1110"]).ideal()
    assert set(ideal.ring()(start).monomials()) < set(ideal.gens()[0].monomials())


def test_data_of_the_blocks(tmp_path):
    import numpy

    table, array = tmp_path / "a.csv", tmp_path / "b.npy"
    table.write_text("length,width\n1,0\n0,1\n1,1\n")
    numpy.save(array, numpy.array([[1.0, 0.0], [2.0, 0.5]]))
    shown = json.loads(invoke("dimension", *RELU, "--data", str(table), "--data", str(array), "--json").stdout)
    assert shown["value"] == 6
    assert shown["model"]["data"] == [[["1", "0", "1"], ["0", "1", "1"]], [["1", "2"], ["0", "1/2"]]]


def test_decimals_of_a_csv_file_are_exact(tmp_path):
    table = tmp_path / "a.csv"
    table.write_text("0.1,2/3\n")
    shown = json.loads(
        invoke("dimension", "relu", "--widths", "2,1,1", "--pattern", "1", "--data", str(table), "--json").stdout
    )
    assert shown["model"]["data"] == [[["1/10"], ["2/3"]]]


def test_a_model_of_a_plug_in_by_its_file(tmp_path, monkeypatch):
    from sage_mlvar import models

    class Independence(LightningAttentionModel):
        @classmethod
        def from_dict(cls, data):
            return LightningAttentionModel(data["size"], 1, 1)

    monkeypatch.setattr(models, "classes", lambda group: {"independence": Independence})
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"format": "sage_mlvar/model", "version": 1, "model": "independence", "size": 2}))
    assert value("dimension", str(path)) == 4
