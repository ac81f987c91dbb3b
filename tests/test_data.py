r"""The data files say what their README says, recomputed in exact arithmetic."""

import json
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy
import pytest
from waiting import PATIENCE

from sage_mlvar.data import digits, iris, load_json, load_network, mnist, path

from sage.rings.rational_field import QQ


def apply(matrix, vector):
    return [sum(Fraction(entry) * x for entry, x in zip(row, vector, strict=True)) for row in matrix]


def correct(outputs, labels):
    r"""Return the number of outputs whose largest entry is that of the label and is attained once."""
    return sum(y[c] == max(y) and y.count(max(y)) == 1 for y, c in zip(outputs, labels, strict=True))


def test_iris_is_exact_and_complete():
    features, labels, names = iris()
    assert Counter(labels) == {0: 50, 1: 50, 2: 50}
    assert names == ["setosa", "versicolor", "virginica"]
    assert {len(x) for x in features} == {4}
    assert {type(entry) for x in features for entry in x} == {Fraction}
    assert sum(x[0] for x in features) == Fraction("876.5")
    # Fisher's values for the two flowers that the UCI copy has wrong.
    assert features[34] == [Fraction(v) for v in ("4.9", "3.1", "1.5", "0.2")]
    assert features[37] == [Fraction(v) for v in ("4.9", "3.6", "1.4", "0.1")]


def test_relu_network_has_the_stated_accuracy_and_patterns():
    features, labels, _ = iris()
    first, second = load_json("iris_relu.json")["weights"]
    hidden = [apply(first, x) for x in features]
    patterns = Counter("".join("01"[z > 0] for z in row) for row in hidden)
    assert patterns == {"111": 81, "110": 48, "011": 11, "100": 8, "101": 2}
    outputs = [apply(second, [max(z, 0) for z in row]) for row in hidden]
    assert correct(outputs, labels) == 147


def test_quadratic_network_has_the_stated_accuracy():
    features, labels, _ = iris()
    network = load_json("iris_quadratic.json")
    (first, second), (first_bias, second_bias) = network["weights"], network["biases"]
    outputs = []
    for x in features:
        hidden = [(z + Fraction(b)) ** 2 for z, b in zip(apply(first, x), first_bias, strict=True)]
        outputs.append([z + Fraction(b) for z, b in zip(apply(second, hidden), second_bias, strict=True)])
    assert correct(outputs, labels) == 148


def test_a_path_is_that_of_the_file():
    assert json.loads(path("digits_quadratic.json").read_text(encoding="utf-8")) == load_json("digits_quadratic.json")
    with pytest.raises(ValueError, match=r"no data file 'iris\.txt'; there are: digits_quadratic\.json"):
        path("iris.txt")
    with pytest.raises(ValueError, match=r"no polynomial network 'mnist_test\.npz'"):
        load_network("mnist_test.npz")


def test_an_unknown_file_is_refused_by_name():
    with pytest.raises(ValueError, match=r"no data file '\.\./errors\.py'; there are: digits_quadratic"):
        load_json("../errors.py")


def loaded(program):
    r"""Return which of Sage and NumPy the program loads, run in a process of its own."""
    program += "\nimport json, sys; print(json.dumps([name for name in ('sage', 'numpy') if name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_loaders_start_no_sage():
    assert loaded("from sage_mlvar.data import iris, path; iris(); path('mnist_test.npz')") == []
    assert loaded("from sage_mlvar.data import digits, mnist; digits(); mnist()") == ["numpy"]


def test_digits_are_exact_and_not_those_trained_on():
    images, labels = digits()
    assert len(images) == len(labels) == 360
    assert {len(x) for x in images} == {64}
    assert {type(pixel) for x in images for pixel in x} == {Fraction}
    assert {pixel for x in images for pixel in x} == {Fraction(k, 16) for k in range(17)}
    assert set(labels) == set(range(10))
    sklearn = pytest.importorskip("sklearn.datasets").load_digits()
    order = numpy.random.default_rng(0).permutation(1797)[-360:]
    assert [[int(16 * pixel) for pixel in x] for x in images] == sklearn.data[order].astype(int).tolist()
    assert labels == sklearn.target[order].tolist()


def test_mnist_is_exact():
    images, labels = mnist()
    assert len(images) == len(labels) == 200
    assert {len(x) for x in images} == {784}
    assert {type(pixel) for x in images for pixel in x} == {Fraction}
    assert {pixel for x in images for pixel in x} == {Fraction(k, 255) for k in range(256)}
    assert set(labels) == set(range(10))
    # Rows follow each other: the corners of the pictures are empty.
    assert not any(x[28 * row + column] for x in images for row in (0, 1, 26, 27) for column in (0, 1, 26, 27))


@pytest.mark.parametrize(
    ("name", "data", "right"), [("digits_quadratic.json", digits, 358), ("mnist_quadratic.npz", mnist, 199)]
)
def test_trained_networks_have_the_stated_accuracy(name, data, right):
    classifier, (images, labels) = load_network(name), data()
    assert classifier.activation_degree() == 2
    weights = [w for W in classifier.weights() for row in W for w in row] + [w for b in classifier.biases() for w in b]
    assert all(4096 % w.denominator() == 0 for w in weights)
    # Over common denominators in integers, apart from the code of the package.
    first, second = (integers(W, 4096) for W in classifier.weights())
    first_bias, second_bias = (integers([b], 4096)[0] for b in classifier.biases())
    ink = 16 if data is digits else 255
    hidden = (integers(images, ink) @ first.T + ink * first_bias).astype(object) ** 2
    outputs = hidden @ second.astype(object).T + (4096 * ink) ** 2 * second_bias.astype(object)
    assert correct(outputs.tolist(), labels) == right
    if data is digits:
        assert list(classifier.outputs(images[0])) == [QQ(y) / (4096 * (4096 * ink) ** 2) for y in outputs[0]]


def test_the_example_certifies_images(tmp_path):
    example = Path(__file__).resolve().parent.parent / "examples" / "certify_mnist.py"
    command = [sys.executable, str(example), "--count", "1", "--save", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=2 * PATIENCE, check=True)
    (row,) = [line.split() for line in done.stdout.splitlines() if line.startswith("    0")]
    assert row[1] == row[2] == "4"
    assert "robust" in row
    assert (tmp_path / "0.json").exists()


def integers(rows, denominator):
    r"""Return ``denominator`` times the numbers in ``rows``, an array of integers."""
    return numpy.array([[int(denominator * x) for x in row] for row in rows], dtype=numpy.int64)
