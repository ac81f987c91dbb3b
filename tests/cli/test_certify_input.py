r"""Bad input of ``mlvar certify``: one clear line, and nothing done."""

import json

import numpy
import pytest

from sage_mlvar.data import digits, path

from .helpers import invoke


@pytest.fixture
def files(tmp_path):
    images, _ = digits()
    X = numpy.array([[float(x) for x in image] for image in images[:3]])
    bad = X.copy()
    bad[2, 5] = float("nan")
    numpy.savez(tmp_path / "wide.npz", X=numpy.ones((2, 65)))
    numpy.savez(tmp_path / "nan.npz", X=bad)
    numpy.savez(tmp_path / "labels.npz", X=X, y=[0, 10, 3])
    numpy.savez(tmp_path / "negative.npz", X=X, y=[0, -1, 3])
    numpy.savez(tmp_path / "few.npz", X=X, y=[0, 1])
    numpy.savez(tmp_path / "empty.npz", X=numpy.ones((0, 64)))
    numpy.savez(tmp_path / "complex.npz", X=X + 1j)
    (tmp_path / "relu.json").write_bytes(path("iris_relu.json").read_bytes())
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["digits", "--radius", "0"], ["--radius must be positive, got '0'"]),
        (["digits", "--radius", "-1/2"], ["--radius must be positive, got '-1/2'"]),
        (["digits", "--radius", "nan"], ["--radius must be a number", "'nan'"]),
        (["digits", "--radius", "inf"], ["--radius must be a number", "'inf'"]),
        (["digits", "--tolerance", "0"], ["--tolerance must be positive"]),
        (["digits", "--scale", "0"], ["--scale must not be zero"]),
        (["digits", "--scale", "x"], ["--scale must be a number", "'x'"]),
        (["digits", "--points", "360"], ["--points must be below 360", "360"]),
        (["digits", "--points", "0:361"], ["--points must be below 360", "0:361"]),
        (["digits", "--points", "-1"], ["'-1'"]),
        (["digits", "--points", "0:5:0"], ["'0:5:0'"]),
        (["digits", "--points", "5:5"], ["at least one point"]),
        (["digits", "--certifier", "magic"], ["unknown certifier 'magic'", "quadric"]),
        (["digits", "--norm", "taxi"], ["'taxi'", "euclidean"]),
        (["digits", "--box", "0"], ["--box must have 2 entries"]),
        (["digits", "--box", "1,0"], ["--box", "LOW < HIGH", "1,0"]),
        (["digits", "--jobs", "0"], ["jobs"]),
        (["digits", "--activation", "2"], ["--activation", "digits"]),
        (["digits", "--plot", "out.bmp"], ["--plot must name a .svg, .pdf or .png file, got 'out.bmp'"]),
        (["digits", "--out", "{}/no/r.jsonl"], ["--out must be in a folder that exists"]),
        (["digits", "--certificates", "{}/no/c"], ["--certificates must be in a folder that exists"]),
        (["digits", "--points", ""], ["--points must be indices"]),
        (["digits", "--plot", "{}/no/r.svg"], ["--plot must be in a folder that exists"]),
        (["digits", "--out", "/dev/full"], ["'/dev/full'", "regular file"]),
        (["digits", "--out", "{}/wide.npz"], ["is not a results file"]),
        (["digits", "{}/missing.npz"], ["missing.npz: No such file"]),
        (["digits", "{}/wide.npz"], ["64", "65"]),
        (["digits", "{}/nan.npz"], ["finite", "nan", "row 2, column 5"]),
        (["digits", "{}/labels.npz"], ["labels from 0 to 9", "got 10 at point 1"]),
        (["digits", "{}/negative.npz"], ["labels from 0 to 9", "got -1 at point 1"]),
        (["digits", "{}/few.npz"], ["3 points", "2 labels"]),
        (["digits", "{}/empty.npz"], ["at least one point"]),
        (["digits", "{}/complex.npz"], ["integers or floats", "<c16"]),
        (["digits", "--labels", "{}/few.npz"], ["labels"]),
        (["digits", "--label-column", "0"], ["--label-column", ".csv"]),
        (["digits", "{}/nan.npz", "--point", "1,2"], ["--point does not go with DATA"]),
        (["digits", "--point", "1,2", "--out", "r.jsonl"], ["--point does not go with --out"]),
        (["iris", "--point", "1,2"], ["4 entries, got 2"]),
        (["iris", "--point", "1,2,3,x"], ["'x'"]),
        (["net.npz"], ["iris, digits, mnist or a network file", "'net.npz'"]),
        (["{}/relu.json", "{}/wide.npz"], ["relu"]),
        (["{}/wide.npz", "{}/wide.npz"], ["wide.npz"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_input_is_told_in_one_line(files, arguments, words):
    result = invoke("certify", *(argument.replace("{}", str(files)) for argument in arguments))
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1, result.stderr
    for word in words:
        assert word in result.stderr


def test_lists_of_points_add_up():
    result = invoke("certify", "iris", "--points", "3:4", "--points", "0:2", "--json")
    assert [record["index"] for record in json.loads(result.stdout)["results"]] == [0, 1, 3]


def test_points_outside_the_box_are_told(tmp_path):
    out = tmp_path / "r.jsonl"
    result = invoke("certify", "digits", "--points", "0:2", "--box", "0,1/2", "--out", str(out))
    assert result.exit_code == 2
    assert "box" in result.stderr
    assert not out.exists()


@pytest.mark.parametrize("model", ["iris", "digits", "mnist"])
@pytest.mark.parametrize(("option", "value"), [("--labels", "nope.npy"), ("--label-column", "zz")])
def test_data_of_the_package_hold_their_labels(model, option, value):
    result = invoke("certify", model, "--points", "0", option, value)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "label" in result.stderr
    assert not result.stdout
