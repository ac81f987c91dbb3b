r"""Hints of the package appear on the command line as options of ``mlvar``."""

import json

import pytest

from sage_mlvar import PolynomialClassifier, save
from sage_mlvar.cli.spelling import spelled

from .helpers import RELU, invoke


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("raise memory= (None: no limit)", "raise --memory ('none': no limit)"),
        ("take a slice= of data space", "take a --slice of data space"),
        ("take a line as slice=", "take a line as --slice"),
        ("leave backend= out to have one chosen", "leave --backend out to have one chosen"),
        ("compute('ideal', …, proof=False) returns it", "--no-proof returns it"),
        (
            "certify(x, proof=False) returns it, and certifier='bounds' may do",
            "--no-proof returns it, and --certifier bounds may do",
        ),
        ("invariants(max_degree=D) finds", "mlvar invariants --max-degree D finds"),
        ("give proof=True again", "give --proof again"),
        ("give radius='1/2' again", "give --radius 1/2 again"),
        ("give certificates= again", "give --certificates again"),
        ("name it by label_column", "name it by --label-column"),
        ("file 'backend=x.csv' has no \"slice=2\"", "file 'backend=x.csv' has no \"slice=2\""),
        ("the engine's words: timeout= is low, isn't it", "the engine's words: --timeout is low, isn't it"),
        ("a_timeout=3", "a_timeout=3"),
    ],
)
def test_hints(text, words):
    assert spelled(text) == words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ideal", *RELU, "--backend", "singular", "--timeout", "0.001"], "raise --timeout ('none': no limit)"),
        (["ed-degree", *RELU, "--proof"], "--no-proof returns it"),
        (["ideal", *RELU, "--backend", "msolve"], "leave --backend out"),
    ],
)
def test_errors_of_commands(arguments, words):
    result = invoke(*arguments)
    assert words in result.stderr
    assert not any(f"{name}=" in result.stderr for name in ("timeout", "proof", "backend", "slice"))


def test_an_error_in_the_table_of_points():
    result = invoke("certify", "digits", "--points", "0", "--timeout", "1e-6")
    assert "raise --timeout" in result.stdout
    assert "timeout=" not in result.stdout
    result = invoke("certify", "digits", "--points", "0", "--timeout", "1e-6", "--json")
    assert "raise timeout=" in json.loads(result.stdout)["results"][0]["error"]


@pytest.fixture
def circle(tmp_path):
    path = tmp_path / "c.json"
    save(PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]]), path)
    return str(path)


def test_a_verb_that_a_classifier_lacks(circle):
    result = invoke("invariants", circle, "--max-degree", "2")
    assert result.exit_code == 2
    assert "has no invariants; it has ideal, dimension, degree, ed-degree, discriminant, contains" in result.stderr
    assert "_" not in result.stderr.partition("has no")[2]


def test_whether_a_point_is_on_the_boundary(circle):
    assert invoke("contains", circle, "--point", "2,0").stdout.startswith("yes\n")
    result = invoke("contains", circle, "--point", "1,0", "--classes", "1,0")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (1, "no")
    assert invoke("contains", circle, "--point", "1", "--classes", "1,0").exit_code == 2
