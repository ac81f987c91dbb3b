r"""
Networks from model files, which are JSON and may hold other models too.

EXAMPLES::

    sage: import tempfile
    sage: from pathlib import Path
    sage: from sage_mlvar import ReLURegionModel, save
    sage: from sage_mlvar.networks.jsonfile import read
    sage: with tempfile.TemporaryDirectory() as folder:
    ....:     save(ReLURegionModel([2, 2, 2], ["10", "11"]), Path(folder, "model.json"))
    ....:     read(Path(folder, "model.json"))
    Traceback (most recent call last):
    ...
    ValueError: network file '...model.json' must hold a PolynomialClassifier, and holds a ReLURegionModel
"""

import re

from ..modelfile import loads
from ..models.classifier import PolynomialClassifier
from .limits import read_bytes

__all__ = ["read"]

#: Numbers that take far more memory than text: exponents, and degrees of an activation, of four digits or more.
_EXPONENT = re.compile(rb"\d[eE][+-]?0*[1-9]\d{3}")
_DEGREE = re.compile(rb'"activation"\s*:\s*[+-]?\d{4}')


def read(path):
    r"""Return the classifier in the model file ``path``."""
    what = f"network file {str(path)!r}"
    data = read_bytes(path)
    for pattern, name in ((_EXPONENT, "an exponent"), (_DEGREE, "a degree of the activation")):
        if found := pattern.search(data):
            raise ValueError(f"{what} has {name} of more than three digits: {found[0].decode()!r}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{what} must be JSON text, and is not UTF-8") from error
    try:
        model = loads(text, what)
    except ValueError as error:
        # Errors about a matrix or a number do not know of the file.
        raise error if what in str(error) else ValueError(f"{what}: {error}") from error
    if not isinstance(model, PolynomialClassifier):
        raise ValueError(f"{what} must hold a PolynomialClassifier, and holds a {type(model).__name__}")
    return model
