r"""Errors: one line on stderr, nothing on stdout, and the exit code that scripts rely on."""

import json

import pytest

from sage_mlvar import backends
from sage_mlvar.cli import exits
from sage_mlvar.errors import (
    BackendError,
    BackendMemoryError,
    BackendTimeout,
    CertificateError,
    NotProvedError,
    OutOfReachError,
)

from .helpers import LONG, RELU, invoke, run

from sage.features import FeatureNotPresentError


def check(result, code, *words):
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1, result.stderr
    for word in words:
        assert word in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["missing command"]),
        (["frobnicate"], ["no such command 'frobnicate'"]),
        (["--frob"], ["--frob"]),
        (["ideal"], ["missing argument 'MODEL'"]),
        (["ideal", "perceptron"], ["perceptron", "relu, attention, network or a model file"]),
        (["ideal", "relu", "--widths", "2,2,2"], ["relu needs --pattern"]),
        (["ideal", "attention", "--d", "2", "--t", "2"], ["attention needs --a"]),
        (["ideal", *RELU, "--d", "3"], ["relu takes no --d"]),
        (["ideal", "relu", "--widths", "2,x", "--pattern", "1"], ["'2,x'", "integers"]),
        (["ideal", "relu", "--widths", "2,2,2", "--pattern", "12"], ["patterns[0]", "'12'"]),
        (["ideal", "relu", "--widths", "2,2,2", "--pattern", "101"], ["patterns[0]", "2 entries"]),
        (["ideal", "attention", "--d", "2", "--t", "2", "--a", "0"], ["a must be at least 1, got 0"]),
        (["ideal", "attention", "--d", "2", "--t", "2", "--a", "1", "--output", "0"], ["'0'", "2 integers"]),
        (["ideal", "attention", "--d", "2", "--t", "2", "--a", "1", "--output", "5,5"], ["output"]),
        (["ideal", "network", "--widths", "2,2,1", "--degree", "0"], ["degree must be at least 1"]),
        (["ideal", *RELU, "--backend", "maple"], ["unknown backend 'maple'", "singular"]),
        (["ideal", *RELU, "--timeout", "-1"], ["timeout", "-1"]),
        (["ideal", *RELU, "--timeout", "soon"], ["'soon'", "none"]),
        (["ideal", *RELU, "--memory", "much"], ["'much'", "2G"]),
        (["ideal", *RELU, "--jobs", "0"], ["jobs"]),
        (["ideal", *RELU, "--classes", "0,1"], ["classes"]),
        (["invariants", *RELU], ["--max-degree"]),
        (["invariants", *RELU, "--max-degree", "0"], ["--max-degree must be at least 1"]),
        (["ed-degree", *RELU, "--slice", "0,0"], ["slice"]),
        (["contains", *RELU, "--point", "1,2"], ["point must have 8 entries"]),
        (["contains", *RELU, "--point", "1,2,x,4,5,6,7,8"], ["'x'"]),
        (["ideal", *RELU, "--data", "a.csv"], ["--data must be given once per --pattern"]),
        (["ideal", *RELU, "--data", "no.csv", "--data", "no.csv"], ["no.csv: No such file"]),
        (["ideal", *RELU, "--data", "README.md", "--data", "no.csv"], [".csv or a .npy"]),
    ],
)
def test_bad_usage(arguments, words):
    if not arguments:
        assert run().returncode == 2
        return
    check(invoke(*arguments), 2, *words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["JSON"]),
        ("\0", ["JSON"]),
        ("[1]", ["JSON object"]),
        ('{"format": "onnx"}', ["'onnx'"]),
        ('{"format": "sage_mlvar/model", "version": 2}', ["version"]),
        ('{"format": "sage_mlvar/model", "version": 1}', ["unknown model"]),
        ('{"format": "sage_mlvar/model", "version": 1, "model": "ReLURegionModel"}', ["lacks the entry"]),
        ('{"format": "sage_mlvar/model", "version": 1, "model": "relu", "widths": 3, "patterns": ["1"]}', ["widths"]),
        (
            '{"format": "sage_mlvar/model", "version": 1, "model": "relu", "widths": [1, 1, 1], "patterns": 7}',
            ["malformed"],
        ),
    ],
)
def test_broken_model_file(tmp_path, text, words):
    path = tmp_path / "model.json"
    path.write_text(text)
    check(invoke("ideal", str(path)), 2, *words)


def test_model_file_that_is_not_text(tmp_path):
    path = tmp_path / "model.json"
    path.write_bytes(b"\xff\xfe\x00")
    check(invoke("ideal", str(path)), 2, "UTF-8")


def test_model_file_that_is_a_folder(tmp_path):
    check(invoke("ideal", str(tmp_path)), 2, str(tmp_path))


def test_a_model_file_takes_no_options_of_a_model(tmp_path):
    path = tmp_path / "model.json"
    path.write_text("{}")
    check(invoke("ideal", str(path), "--d", "2"), 2, "--d does not go with a model file")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "", ["at least one input"]),
        ("a.csv", "x,y\n", ["at least one input"]),
        ("a.csv", "1,2,3\n", ["2 entries per input, got 3"]),
        ("a.csv", "1,2\n1,nan\n", ["'nan'"]),
        ("a.npy", "not an array", ["NumPy array"]),
    ],
)
def test_bad_data_file(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_text(content)
    result = invoke("ideal", "relu", "--widths", "2,1,1", "--pattern", "1", "--data", str(path))
    check(result, 2, *words)


def test_arrays_of_objects_are_refused(tmp_path):
    import numpy

    path = tmp_path / "a.npy"
    numpy.save(path, numpy.array([[object()]]), allow_pickle=True)
    check(invoke("ideal", "relu", "--widths", "1,1,1", "--pattern", "1", "--data", str(path)), 2, "NumPy array")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError("wrong"), 2),
        (TypeError("wrong"), 2),
        (CertificateError("wrong"), 2),
        (FileNotFoundError(2, "No such file or directory", "x"), 2),
        (NotProvedError("open"), 3),
        (OutOfReachError("open"), 3),
        (BackendError("its words"), 4),
        (BackendTimeout("limit"), 4),
        (BackendMemoryError("limit"), 4),
        (MemoryError("limit"), 4),
        (ImportError("no Sage"), 4),
        (KeyError("a mistake of ours"), 4),
        (KeyboardInterrupt(), 130),
    ],
)
def test_exit_codes(monkeypatch, error, code):
    from sage_mlvar.models.variety import Variety

    def fail(*arguments, **options):
        raise error

    monkeypatch.setattr(Variety, "compute", fail)
    check(invoke("ideal", *RELU), code)
    assert exits.code(error) == code


def test_answer_that_is_not_proved():
    check(invoke("ed-degree", *RELU, "--proof"), 3, "--no-proof returns it")


def test_missing_backend():
    feature = backends.get("giac").feature()
    feature.hide()
    try:
        check(invoke("ideal", *RELU, "--backend", "giac", "--no-proof"), 4, "giac is not available", "pip install")
        assert exits.code(FeatureNotPresentError(feature)) == 4
    finally:
        feature.unhide()


def test_expired_timeout():
    check(invoke(*LONG, "--timeout", "0.5"), 4, "time limit of 0.5 s")


def test_memory_limit():
    check(invoke(*LONG, "--memory", "1M"), 4, "memory")


def test_debug_shows_the_traceback():
    result = invoke("ideal", "perceptron", "--debug")
    assert result.exit_code == 2
    assert result.stderr.startswith("Traceback")
    assert result.stderr.splitlines()[-1].startswith("error: ")


def test_warnings_are_one_line_on_stderr(monkeypatch):
    import warnings

    from sage_mlvar.models.variety import Variety

    compute = Variety.compute

    def warn(*arguments, **options):
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("plug-in\nleft out", stacklevel=1)
        return compute(*arguments, **options)

    monkeypatch.setattr(Variety, "compute", warn)
    result = invoke("dimension", *RELU, "--json")
    assert json.loads(result.stdout)["value"] == 6
    assert result.stderr == "warning: plug-in left out\n"
