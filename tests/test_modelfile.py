r"""Model files: JSON, whole or not at all, refused in words."""

import json

import pytest

from sage_mlvar import PolynomialClassifier, ReLURegionModel, load, save
from sage_mlvar.modelfile import loads

HEAD = {"format": "sage_mlvar/model", "version": 1}
RELU = {**HEAD, "model": "ReLURegionModel", "widths": [2, 2, 2], "patterns": ["10", "11"]}


def test_a_file_by_hand():
    assert loads(json.dumps(RELU)) is ReLURegionModel([2, 2, 2], ["10", "11"])
    assert loads(json.dumps({**RELU, "model": "relu"})) is ReLURegionModel([2, 2, 2], ["10", "11"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must be JSON"),
        ("{", "must be JSON"),
        ("[" * 100_000, "must be JSON"),
        ("[1]", "must hold a JSON object, got a list"),
        ("{}", "must have format 'sage_mlvar/model', got None"),
        (json.dumps({**RELU, "version": 2}), "must have version 1, got 2"),
        (json.dumps({**HEAD, "model": "Perceptron"}), "unknown model 'Perceptron'; known models"),
        (json.dumps(HEAD), "unknown model 'None'"),
        (json.dumps({**HEAD, "model": "ReLURegionModel", "widths": [2, 2, 2]}), "lacks the entry 'patterns'"),
        (json.dumps({**RELU, "widths": "222"}), "malformed: widths must be a list, not '222'"),
        (json.dumps({**RELU, "patterns": ["12"]}), r"patterns\[0\] must consist of 0 and 1"),
        (json.dumps({**RELU, "patterns": 3}), "malformed"),
        (json.dumps({**RELU, "data": [[["1/0"]], []]}), "data"),
    ],
)
def test_what_is_no_model_is_refused(text, words, tmp_path):
    with pytest.raises(ValueError, match=words):
        loads(text)
    (tmp_path / "m.json").write_text(text)
    with pytest.raises(ValueError, match=words):
        load(tmp_path / "m.json")


def test_binary_files_are_refused_by_name(tmp_path):
    (tmp_path / "m.pt").write_bytes(b"\x80\x02\xff\xfe")
    with pytest.raises(ValueError, match=r"model file '.*m\.pt' must be JSON text"):
        load(tmp_path / "m.pt")
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.json")


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "m.json"
    save(ReLURegionModel([1, 1, 1], ["1"]), path)
    old = path.read_text()
    with pytest.raises(TypeError, match="model must be a model of sage_mlvar, not 3"):
        save(3, path)
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        save(ReLURegionModel([1, 1, 2], ["1"]), path)
    assert path.read_text() == old
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("digits", [4300, 4301, 6000])
def test_numbers_of_any_length_come_back(digits, tmp_path):
    long = "1" * digits
    model = PolynomialClassifier([[[long, f"1/{long}"]], [["1"], [f"-0.{long}"]]], [[0], [0, 1]])
    save(model, tmp_path / "m.json")
    assert load(tmp_path / "m.json") is model
    # By hand, as integers of JSON.
    data = model.to_dict()
    text = json.dumps({**HEAD, **data}).replace(f'"{long}"', long)
    assert f"[{long}," in text
    assert loads(text) is model


def test_a_certificate_is_told_how_to_be_read(tmp_path):
    from sage_mlvar import PolynomialClassifier

    PolynomialClassifier([[[1]], [[1], [0]]], [[0], [0, 1]]).certify([2]).save(tmp_path / "flower.json")
    with pytest.raises(ValueError, match=r"got 'sage_mlvar/certificate'; RobustnessCertificate\.load reads it"):
        load(tmp_path / "flower.json")
