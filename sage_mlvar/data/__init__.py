r"""
Real data and small trained networks that the package carries.

Everything is read exactly: lengths are decimals, pixels and weights are rationals. Importing this module starts neither
Sage nor NumPy nor an engine.

EXAMPLES::

    sage: from sage_mlvar.data import iris, load_json
    sage: features, labels, names = iris()
    sage: len(features), names
    (150, ['setosa', 'versicolor', 'virginica'])
    sage: network = load_json("iris_relu.json")
    sage: network["activation"], network["widths"]
    ('relu', [4, 3, 3])

A trained network, at images that it was not trained on::

    sage: from sage_mlvar.data import digits, load_network
    sage: classifier = load_network("digits_quadratic.json")
    sage: images, labels = digits()
    sage: [classifier.predict(image) for image in images[:8]], labels[:8]
    ([0, 8, 8, 9, 8, 3, 7, 5], [0, 8, 8, 9, 8, 3, 7, 5])
"""

import csv
import json
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

__all__ = ["digits", "iris", "load_json", "load_network", "mnist", "path"]


def _read(name):
    return (files(__name__) / name).read_text(encoding="utf-8")


def _names(*suffixes):
    return sorted(entry.name for entry in files(__name__).iterdir() if entry.name.endswith(suffixes))


def path(name):
    r"""
    Return the path of a data file of the package, for programs that read it themselves.

    INPUT:

    - ``name`` -- string; name of the file

    EXAMPLES::

        sage: from sage_mlvar.data import path
        sage: path("digits_test.npz").name
        'digits_test.npz'
        sage: path("letters.npz")
        Traceback (most recent call last):
        ...
        ValueError: no data file 'letters.npz'; there are: digits_quadratic.json, digits_test.npz, iris.csv, ...
    """
    known = _names(".csv", ".json", ".npz")
    if name not in known:
        raise ValueError(f"no data file {name!r}; there are: {', '.join(known)}")
    return Path(str(files(__name__) / name))


def iris():
    r"""
    Return Fisher's iris flowers.

    OUTPUT: a triple

    - the features, 150 lists of four fractions: length and width of sepal and petal in centimetres
    - the labels, 150 integers counting from 0
    - the names of the species, by label

    EXAMPLES::

        sage: from sage_mlvar.data import iris
        sage: features, labels, names = iris()
        sage: features[0], names[labels[0]]
        ([Fraction(51, 10), Fraction(7, 2), Fraction(7, 5), Fraction(1, 5)], 'setosa')
        sage: [labels.count(label) for label in range(3)]
        [50, 50, 50]
    """
    rows = list(csv.reader(_read("iris.csv").splitlines()))[1:]
    names = list(dict.fromkeys(row[-1] for row in rows))
    features = [[Fraction(value) for value in row[:-1]] for row in rows]
    return features, [names.index(row[-1]) for row in rows], names


def digits():
    r"""
    Return 360 images of handwritten digits, of 8 x 8 pixels, that ``digits_quadratic.json`` was not trained on.

    OUTPUT: a pair

    - the images, 360 lists of 64 fractions in [0, 1], row by row; pixels are multiples of 1/16, and 1 is ink
    - the labels, 360 integers from 0 to 9

    EXAMPLES::

        sage: from sage_mlvar.data import digits
        sage: images, labels = digits()
        sage: len(images), len(images[0]), max(images[0]), labels[:8]
        (360, 64, Fraction(1, 1), [0, 8, 8, 9, 8, 3, 7, 5])
    """
    arrays = _arrays("digits_test.npz")
    return [[Fraction(pixel) for pixel in row] for row in arrays["X"].tolist()], arrays["y"].tolist()


def mnist():
    r"""
    Return 200 images of MNIST, of 28 x 28 pixels, that ``mnist_quadratic.npz`` was not trained on.

    The file ``mnist_test.npz`` holds the pixels as they are published, integers from 0 to 255; here they are divided by
    255, as the network takes them.

    OUTPUT: a pair

    - the images, 200 lists of 784 fractions in [0, 1], row by row; 1 is ink
    - the labels, 200 integers from 0 to 9

    EXAMPLES::

        sage: from sage_mlvar.data import mnist
        sage: images, labels = mnist()
        sage: len(images), len(images[0]), max(images[0]), labels[:8]
        (200, 784, Fraction(1, 1), [4, 0, 5, 9, 9, 8, 9, 5])
    """
    arrays = _arrays("mnist_test.npz")
    return [[Fraction(pixel, 255) for pixel in row] for row in arrays["X"].tolist()], arrays["y"].tolist()


def _arrays(name):
    import numpy

    with numpy.load(path(name), allow_pickle=False) as stored:
        return dict(stored)


def load_network(name):
    r"""
    Return a trained polynomial network of this directory.

    INPUT:

    - ``name`` -- string; ``"iris_quadratic.json"``, ``"digits_quadratic.json"`` or ``"mnist_quadratic.npz"``

    OUTPUT: a :class:`~sage_mlvar.models.classifier.PolynomialClassifier` with exactly the weights in the file

    EXAMPLES::

        sage: from sage_mlvar.data import load_network
        sage: load_network("mnist_quadratic.npz")
        polynomial classifier of widths 784, 100, 10 with activation z^2
        sage: load_network("iris_relu.json")
        Traceback (most recent call last):
        ...
        ValueError: no polynomial network 'iris_relu.json'; there are: digits_quadratic.json, ...
    """
    known = _names("_quadratic.json", "_quadratic.npz")
    if name not in known:
        raise ValueError(f"no polynomial network {name!r}; there are: {', '.join(known)}")
    from ..models.classifier import PolynomialClassifier

    if name.endswith(".json"):
        return PolynomialClassifier.from_dict(load_json(name))
    arrays = _arrays(name)
    weights, biases = [arrays["W1"], arrays["W2"]], [arrays["b1"], arrays["b2"]]
    return PolynomialClassifier([W.tolist() for W in weights], [b.tolist() for b in biases])


def load_json(name):
    r"""
    Return the content of a JSON file of this directory.

    INPUT:

    - ``name`` -- string; ``"iris_relu.json"``, ``"iris_quadratic.json"`` or ``"digits_quadratic.json"``

    OUTPUT: a dictionary; rationals are strings, as in the file

    EXAMPLES:

    A trained quadratic network, as the model it is::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.data import load_json
        sage: trained = load_json("iris_quadratic.json")
        sage: trained["model"], trained["activation"]
        ('PolynomialClassifier', 2)
        sage: C = PolynomialClassifier(trained["weights"], trained["biases"], trained["activation"])
        sage: C.boundary(0, 1).polynomial().degree()
        2

    Another name is refused::

        sage: load_json("iris_cubic.json")
        Traceback (most recent call last):
        ...
        ValueError: no data file 'iris_cubic.json'; there are: digits_quadratic.json, ...
    """
    if name not in _names(".json"):
        raise ValueError(f"no data file {name!r}; there are: {', '.join(_names('.json'))}")
    return json.loads(_read(name))
