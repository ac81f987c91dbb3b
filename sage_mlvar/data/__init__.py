r"""
Real data and small trained networks that the package carries.

Everything is read exactly: lengths are decimals, weights are rationals. Importing this module starts neither Sage
nor an engine.

EXAMPLES::

    sage: from sage_mlvar.data import iris, load_json
    sage: features, labels, names = iris()
    sage: len(features), names
    (150, ['setosa', 'versicolor', 'virginica'])
    sage: network = load_json("iris_relu.json")
    sage: network["activation"], network["widths"]
    ('relu', [4, 3, 3])
"""

import csv
import json
from fractions import Fraction
from importlib.resources import files

__all__ = ["iris", "load_json"]


def _read(name):
    return (files(__name__) / name).read_text(encoding="utf-8")


def _names(suffix):
    return sorted(entry.name for entry in files(__name__).iterdir() if entry.name.endswith(suffix))


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


def load_json(name):
    r"""
    Return the content of a JSON file of this directory.

    INPUT:

    - ``name`` -- string; ``"iris_relu.json"`` or ``"iris_quadratic.json"``

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
        ValueError: no data file 'iris_cubic.json'; there are: iris_quadratic.json, iris_relu.json
    """
    if name not in _names(".json"):
        raise ValueError(f"no data file {name!r}; there are: {', '.join(_names('.json'))}")
    return json.loads(_read(name))
