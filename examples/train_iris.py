r"""
Train the two small iris networks that the package carries as data.

Writes ``iris.csv``, ``iris_relu.json`` and ``iris_quadratic.json`` into ``sage_mlvar/data/``::

    python -m pip install '.[train]'
    python examples/train_iris.py            # write the files
    python examples/train_iris.py --check    # train again and compare with the files

Both networks have one hidden layer of three units and three classes. They are trained by full-batch gradient
descent (Adam) with weight decay from a seeded start until the loss has settled, so that the weights, once rounded
to multiples of 1/16, do not depend on the order of floating-point operations. The seed is not picked by hand: it
is the first one whose rounded network is accurate and, for the ReLU network, whose activation patterns are of use
(no unit is dead and three patterns have at least ten flowers each).
"""

import argparse
import json
import sys
from collections import Counter
from fractions import Fraction
from itertools import count
from pathlib import Path

import numpy as np
from sklearn.datasets import load_iris

DATA = Path(__file__).resolve().parent.parent / "sage_mlvar" / "data"
WIDTHS = (4, 3, 3)
STEPS = 6000
RATE = 0.02
DECAY = 1e-3
DENOMINATOR = 16
ACCURACY = 0.96

#: activation → (function, derivative)
ACTIVATIONS = {
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
    2: (np.square, lambda z: 2 * z),
}


def gradients(parameters, features, targets, activation):
    r"""Return the derivatives of the regularised cross-entropy by ``[W1, b1, W2, b2]``."""
    function, derivative = ACTIVATIONS[activation]
    first, first_bias, second, second_bias = parameters
    z = features @ first.T + first_bias
    hidden = function(z)
    scores = hidden @ second.T + second_bias
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    error = (scores / scores.sum(axis=1, keepdims=True) - targets) / len(features)
    back = (error @ second) * derivative(z)
    loss_only = [back.T @ features, back.sum(axis=0), error.T @ hidden, error.sum(axis=0)]
    return [g + DECAY * p for g, p in zip(loss_only, parameters, strict=True)]


def train(features, labels, activation, biases, seed):
    r"""Return ``[W1, b1, W2, b2]``; without ``biases`` the two vectors stay zero."""
    inputs, hidden, classes = WIDTHS
    generator = np.random.default_rng(seed)
    parameters = [
        generator.normal(size=(hidden, inputs)) / np.sqrt(inputs),
        np.zeros(hidden),
        generator.normal(size=(classes, hidden)) / np.sqrt(hidden),
        np.zeros(classes),
    ]
    free = [True, biases, True, biases]
    targets = np.eye(classes)[labels]
    mean = [np.zeros_like(p) for p in parameters]
    square = [np.zeros_like(p) for p in parameters]
    for step in range(1, STEPS + 1):
        rate = RATE * 0.5 * (1 + np.cos(np.pi * step / STEPS))
        for k, g in enumerate(gradients(parameters, features, targets, activation)):
            if free[k]:
                mean[k] = 0.9 * mean[k] + 0.1 * g
                square[k] = 0.999 * square[k] + 0.001 * g * g
                unbiased = mean[k] / (1 - 0.9**step)
                parameters[k] -= rate * unbiased / (np.sqrt(square[k] / (1 - 0.999**step)) + 1e-8)
    return parameters


def fold(parameters, shift, scale):
    r"""Return the parameters of the same network applied to ``x`` in place of ``(x - shift) / scale``."""
    first, first_bias, second, second_bias = parameters
    first = first / scale
    return [first, first_bias - first @ shift, second, second_bias]


def rounded(parameters):
    r"""Return the parameters rounded to multiples of ``1/DENOMINATOR`` (floats hold these exactly)."""
    return [np.round(p * DENOMINATOR) / DENOMINATOR for p in parameters]


def accuracy(parameters, features, labels, activation):
    r"""Return the share of flowers whose largest output is that of their species, and no other is as large."""
    first, first_bias, second, second_bias = parameters
    scores = ACTIVATIONS[activation][0](features @ first.T + first_bias) @ second.T + second_bias
    own = scores[np.arange(len(labels)), labels]
    others = np.where(np.eye(WIDTHS[-1], dtype=bool)[labels], -np.inf, scores).max(axis=1)
    return float(np.mean(own > others))


def patterns(parameters, features):
    r"""Return the number of flowers of each activation pattern of the hidden layer."""
    return Counter("".join("01"[int(z > 0)] for z in row) for row in features @ parameters[0].T)


def relu_network(features, labels):
    r"""Return ``(seed, parameters)`` of a bias-free ReLU network with patterns of use."""
    scale = features.std(axis=0)
    for seed in count():
        parameters = rounded(fold(train(features / scale, labels, "relu", False, seed), np.zeros(4), scale))
        found = patterns(parameters, features)
        alive = all(any(pattern[unit] == "1" for pattern in found) for unit in range(WIDTHS[1]))
        large = [pattern for pattern, flowers in found.items() if flowers >= 10]
        if alive and len(large) >= 3 and accuracy(parameters, features, labels, "relu") >= ACCURACY:
            return seed, parameters


def quadratic_network(features, labels):
    r"""Return ``(seed, parameters)`` of a network with biases and activation ``z^2``."""
    shift, scale = features.mean(axis=0), features.std(axis=0)
    for seed in count():
        parameters = rounded(fold(train((features - shift) / scale, labels, 2, True, seed), shift, scale))
        if accuracy(parameters, features, labels, 2) >= ACCURACY:
            return seed, parameters


def exact(array):
    r"""Return an array as nested lists of rationals in strings."""
    if array.ndim > 1:
        return [exact(row) for row in array]
    return [str(Fraction(float(value))) for value in array]


def dump(data):
    r"""Return JSON with one top-level entry per line."""
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in data.items())
    return "{\n" + lines + "\n}\n"


def table(features, labels, names):
    r"""Return the data as CSV with a header."""
    lines = ["sepal_length,sepal_width,petal_length,petal_width,species"]
    lines += [",".join([*map(str, row), names[c]]) for row, c in zip(features.tolist(), labels, strict=True)]
    return "\n".join(lines) + "\n"


def main():
    r"""Train, report, and write or compare the files."""
    parser = argparse.ArgumentParser(description="Train the iris networks of sage_mlvar.")
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    check = parser.parse_args().check

    iris = load_iris()
    features, labels = iris.data, iris.target
    files = {"iris.csv": table(features, labels, [str(name) for name in iris.target_names])}

    seed, parameters = relu_network(features, labels)
    share = accuracy(parameters, features, labels, "relu")
    print(f"ReLU network: seed {seed}, accuracy {share:.1%}, patterns {dict(patterns(parameters, features))}")
    files["iris_relu.json"] = dump(
        {
            "format": "sage_mlvar/network",
            "version": 1,
            "activation": "relu",
            "widths": list(WIDTHS),
            "weights": [exact(parameters[0]), exact(parameters[2])],
        }
    )

    seed, parameters = quadratic_network(features, labels)
    print(f"quadratic network: seed {seed}, accuracy {accuracy(parameters, features, labels, 2):.1%}")
    files["iris_quadratic.json"] = dump(
        {
            "format": "sage_mlvar/model",
            "version": 1,
            "model": "PolynomialClassifier",
            "weights": [exact(parameters[0]), exact(parameters[2])],
            "biases": [exact(parameters[1]), exact(parameters[3])],
            "activation": 2,
        }
    )

    different = []
    for name, text in files.items():
        path = DATA / name
        if not check:
            path.write_text(text, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != text:
            different.append(name)
    if different:
        sys.exit(f"trained again, these files differ: {', '.join(different)}")


if __name__ == "__main__":
    main()
