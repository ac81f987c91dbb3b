r"""The data files say what their README says, recomputed in exact arithmetic."""

import json
import subprocess
import sys
from collections import Counter
from fractions import Fraction

import pytest

from sage_mlvar.data import iris, load_json


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


def test_an_unknown_file_is_refused_by_name():
    with pytest.raises(ValueError, match=r"no data file '\.\./errors\.py'; there are: iris_quadratic\.json, iris_relu"):
        load_json("../errors.py")


def test_the_loader_starts_no_sage():
    program = "import json, sys; from sage_mlvar.data import iris; iris(); print(json.dumps('sage' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) is False
