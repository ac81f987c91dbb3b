r"""
Train the quadratic network for handwritten digits of 8 x 8 pixels that the package carries as data.

Writes ``digits_quadratic.json`` and ``digits_test.npz`` into ``sage_mlvar/data/``::

    python -m pip install '.[train]'
    python examples/train_digits.py            # write the files
    python examples/train_digits.py --check    # train again and compare with the files

The images come with scikit-learn. Pixels, integers 0, ..., 16, are divided by 16, and the network takes the quotients:
the scaling is done on the data, so a radius is a distance between images with entries in [0, 1], as in the literature.
(As a first affine layer it would make a radius 16 times as large, in grey levels, and would change nothing else.)

One fifth of the images, chosen by a seeded permutation, are kept for the test. Weights are rounded to multiples of
1/4096, and accuracy is measured after rounding. On another processor sums are rounded otherwise, so ``--check`` lets a
weight be one such step away.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from quadratic_network import accuracy, exact, rounded, steps_apart, train
from sklearn.datasets import load_digits

DATA = Path(__file__).resolve().parent.parent / "sage_mlvar" / "data"
WIDTHS = (64, 32, 10)
TEST = 360
SEED = 0
DENOMINATOR = 4096
ACCURACY = 0.96
SETTINGS = {"epochs": 300, "batch": 64, "rate": 0.01, "decay": 1e-3, "noise": 0.2, "seed": SEED}


def split():
    r"""Return features and labels to train on, then features and labels to test on."""
    digits = load_digits()
    features, labels = digits.data / 16, digits.target
    order = np.random.default_rng(SEED).permutation(len(features))
    train_on, test_on = order[:-TEST], order[-TEST:]
    return features[train_on], labels[train_on], features[test_on], labels[test_on]


def dump(parameters):
    r"""Return the network as a model file, one entry per line."""
    data = {
        "format": "sage_mlvar/model",
        "version": 1,
        "model": "PolynomialClassifier",
        "weights": [exact(parameters[0]), exact(parameters[2])],
        "biases": [exact(parameters[1]), exact(parameters[3])],
        "activation": 2,
    }
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in data.items())
    return "{\n" + lines + "\n}\n"


def load(path):
    r"""Return the parameters in a model file."""
    from fractions import Fraction

    data = json.loads(path.read_text(encoding="utf-8"))
    (first, second), (first_bias, second_bias) = data["weights"], data["biases"]
    matrices = [np.array([[float(Fraction(w)) for w in row] for row in W]) for W in (first, second)]
    vectors = [np.array([float(Fraction(w)) for w in b]) for b in (first_bias, second_bias)]
    return [matrices[0], vectors[0], matrices[1], vectors[1]]


def main():
    r"""Train, report, and write or compare the files."""
    parser = argparse.ArgumentParser(description="Train the digits network of sage_mlvar.")
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    check = parser.parse_args().check

    features, labels, test_features, test_labels = split()
    parameters = rounded(train(features, labels, WIDTHS, **SETTINGS), DENOMINATOR)
    share = accuracy(parameters, test_features, test_labels)
    right, of = round(share * len(test_labels)), len(test_labels)
    print(f"accuracy {accuracy(parameters, features, labels):.1%} where trained, {right} of {of} on the test images")
    if share < ACCURACY:
        sys.exit(f"accuracy {share:.1%} is below {ACCURACY:.0%}")

    network, points = DATA / "digits_quadratic.json", DATA / "digits_test.npz"
    # Multiples of 1/16 are exact in any float type.
    test = {"X": test_features.astype(np.float32), "y": test_labels.astype(np.uint8)}
    if not check:
        network.write_text(dump(parameters), encoding="utf-8")
        np.savez_compressed(points, **test)
        return
    apart = steps_apart(parameters, load(network), DENOMINATOR)
    print(f"the largest difference from {network.name} is {apart} of 1/{DENOMINATOR}")
    with np.load(points) as stored:
        same = all(np.array_equal(stored[name], array) for name, array in test.items())
    if apart > 1 or not same:
        sys.exit(f"trained again, these files differ: {network.name if apart > 1 else points.name}")


if __name__ == "__main__":
    main()
