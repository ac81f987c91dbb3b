r"""
Networks of affine layers with a polynomial activation, in exact rational arithmetic.

EXAMPLES::

    sage: from sage_mlvar.check.document import rational
    sage: from sage_mlvar.check.network import Network
    sage: network = Network([[["1", "0"]], [["1"], ["-1"]]], [["0"], ["0", "1/2"]], ["0", "0", "1"])
    sage: network.outputs([rational("3"), rational("5")])
    [9, -17/2]
    sage: network.value_and_gradient(0, 1, [rational("3"), rational("5")])
    (35/2, [12, 0])
"""

import os
import re

from flint import fmpq, fmpz, fmpz_mat

from .digests import digest
from .document import fields, integer, rational, read, sequence, shown, text
from .errors import Malformed, Rejected
from .vectors import common

__all__ = ["Network", "from_certificate", "from_model"]

#: Bits of the values of one layer. Powers of powers grow fast.
_MAX_RESULT = 2**27

_NUMBER = re.compile(r"([+-]?[0-9]+)/([0-9]+)|([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,4}))?")


class Network:
    r"""
    The network ``x -> W_L s(... s(W_1 x + b_1) ...) + b_L``.

    INPUT:

    - ``weights``, ``biases``, ``activation`` -- strings in lowest terms, as in certificates

    Attributes: ``widths`` (list, the inputs first), ``activation`` (list of ``fmpq``), ``plain`` (the three
    arguments), ``sha256``, and ``cache``, a dictionary in which the checks of several classes share what depends on the
    network only.

    EXAMPLES::

        sage: from sage_mlvar.check.network import Network
        sage: Network([[["1", "0"]], [["1", "2"], ["-1", "0"]]], [["0"], ["0", "1/2"]], ["0", "0", "1"])
        Traceback (most recent call last):
        ...
        sage_mlvar.check.errors.Malformed: weights[1][0] must have 1 entries, got 2
    """

    def __init__(self, weights, biases, activation):
        sequence(weights, "weights")
        if len(weights) < 2:
            raise Malformed(f"weights must have at least 2 layers (one hidden), got {len(weights)}")
        sequence(biases, "biases", len(weights))
        sequence(activation, "activation")
        self.activation = [rational(x, f"activation[{k}]") for k, x in enumerate(activation)]
        if len(self.activation) < 2 or self.activation[-1] == 0:
            raise Malformed(
                "activation must list the coefficients of a polynomial of degree at least 1, its last nonzero"
            )
        self.widths = [_columns(weights)]
        self._layers, self._biases = [], []
        for k, (matrix, vector) in enumerate(zip(weights, biases)):
            rows = sequence(matrix, f"weights[{k}]")
            if not rows:
                raise Malformed(f"weights[{k}] must have at least one row")
            entries = []
            for i, row in enumerate(rows):
                where = f"weights[{k}][{i}]"
                entries += [rational(x, where) for x in sequence(row, where, self.widths[-1])]
            tops, bottom = common(entries)
            self._layers.append((fmpz_mat(len(rows), self.widths[-1], tops), bottom))
            where = f"biases[{k}]"
            self._biases.append([rational(x, where) for x in sequence(vector, where, len(rows))])
            self.widths.append(len(rows))
        if self.widths[-1] < 2:
            raise Malformed(f"the last layer must have at least 2 rows, one per class, got {self.widths[-1]}")
        self.plain = {"activation": activation, "biases": biases, "weights": weights}
        self.sha256 = digest(self.plain)
        self.cache = {}

    @property
    def classes(self):
        r"""The number of classes."""
        return self.widths[-1]

    def matrix(self, layer):
        r"""Return the weight matrix of ``layer`` (from 0) as an ``fmpz_mat`` and a common denominator."""
        return self._layers[layer]

    def bias(self, layer):
        r"""Return the biases of ``layer`` (from 0), a list of ``fmpq``."""
        return self._biases[layer]

    def last_row(self, c, other):
        r"""Return row ``c`` minus row ``other`` of the last weight matrix, and the same difference of biases."""
        matrix, denominator = self._layers[-1]
        row = [fmpq(matrix[c, k] - matrix[other, k], denominator) for k in range(matrix.ncols())]
        return row, self._biases[-1][c] - self._biases[-1][other]

    def _affine(self, layer, x):
        matrix, denominator = self._layers[layer]
        tops, bottom = common(x)
        product = matrix * fmpz_mat(len(tops), 1, tops)
        return [fmpq(product[k, 0], denominator * bottom) + shift for k, shift in enumerate(self._biases[layer])]

    def _activate(self, coefficients, values):
        height = max((z.height_bits() for z in values), default=0) + max(a.height_bits() for a in coefficients)
        if height * len(coefficients) * len(values) > _MAX_RESULT:
            raise Rejected("the network is too large to evaluate exactly at a point with numbers this long")
        return [_horner(coefficients, z) for z in values]

    def _forward(self, x):
        r"""Return the inputs of the activations, layer by layer, and the outputs."""
        before = []
        for layer in range(len(self._layers)):
            if layer:
                before.append(x)
                x = self._activate(self.activation, x)
            x = self._affine(layer, x)
        return before, x

    def outputs(self, x):
        r"""Return the outputs at ``x``, a list of ``fmpq``."""
        return self._forward(x)[1]

    def value_and_gradient(self, c, other, x):
        r"""Return ``g(x)`` and the gradient of ``g = f_c - f_other`` at ``x``."""
        before, outputs = self._forward(x)
        derivative = [k * a for k, a in enumerate(self.activation)][1:]
        row, _ = self.last_row(c, other)
        for layer in range(len(before) - 1, -1, -1):
            row = [v * slope for v, slope in zip(row, self._activate(derivative, before[layer]))]
            matrix, denominator = self._layers[layer]
            tops, bottom = common(row)
            product = fmpz_mat(1, len(tops), tops) * matrix
            row = [fmpq(product[0, k], denominator * bottom) for k in range(matrix.ncols())]
        return outputs[c] - outputs[other], row


def _columns(weights):
    rows = sequence(weights[0], "weights[0]")
    if not rows or not sequence(rows[0], "weights[0][0]"):
        raise Malformed("weights[0] must have at least one row and one column")
    return len(rows[0])


def _horner(coefficients, z):
    value = coefficients[-1]
    for a in reversed(coefficients[:-1]):
        value = value * z + a if a else value * z
    return value


def from_certificate(entry, folder=None, model=None):
    r"""
    Return the network that a certificate speaks of, and a sentence on where it was found.

    INPUT:

    - ``entry`` -- the entry ``"network"`` of the certificate
    - ``folder`` -- where a model file that the certificate names is looked for
    - ``model`` -- path or dictionary; a model file given by the user, which is used whatever the certificate names

    EXAMPLES::

        sage: from sage_mlvar.check.network import from_certificate
        sage: from_certificate({"sha256": "0", "file": "../../model.json"}, ".")
        Traceback (most recent call last):
        ...
        sage_mlvar.check.errors.Malformed: network.file must be a bare file name, got '../../model.json'
    """
    inline = {"weights", "biases", "activation"}
    if isinstance(entry, dict) and not inline.isdisjoint(entry):
        fields(entry, "network", ["sha256", *sorted(inline)])
        network = Network(entry["weights"], entry["biases"], entry["activation"])
        _same(network, entry, "the weights in the certificate")
        if model is not None:
            _same(_given(model), entry, "the weights of the given network")
        return network, "written in the certificate"
    fields(entry, "network", ["sha256"], ["file"])
    if "file" in entry:
        name = text(entry["file"], "network.file", 255)
        if not name or name in (".", "..") or any(mark in name for mark in "/\\:\0"):
            raise Malformed(f"network.file must be a bare file name, got {shown(name)}")
    if model is not None:
        network = _given(model)
        _same(network, entry, "the weights of the given network")
        return network, "given by the user"
    if "file" not in entry or folder is None:
        raise Malformed("the certificate holds no weights: give the network (--network FILE)")
    network = from_model(read(os.path.join(folder, entry["file"]), "model file"))
    _same(network, entry, f"the weights in the model file {shown(entry['file'])}")
    return network, f"read from the model file {shown(entry['file'])}"


def _given(model):
    return from_model(model if isinstance(model, dict) else read(model, "model file"))


def _same(network, entry, what):
    if text(entry["sha256"], "network.sha256") != network.sha256:
        raise Rejected(
            f"{what} do not have the digest that the certificate states: "
            f"{network.sha256[:12]}... instead of {shown(entry['sha256'][:12])}..."
        )


def from_model(data):
    r"""
    Return the network of a model file, given as a dictionary.

    EXAMPLES::

        sage: import json
        sage: from sage_mlvar.check.network import from_model
        sage: from_model(json.loads('{"format": "sage_mlvar/model", "version": 1, "model": "ReLURegionModel"}'))
        Traceback (most recent call last):
        ...
        sage_mlvar.check.errors.Malformed: the model file must hold a PolynomialClassifier, got 'ReLURegionModel'
    """
    for key, wanted in (("format", "sage_mlvar/model"), ("version", 1)):
        if data.get(key) != wanted or type(data[key]) is not type(wanted):
            raise Malformed(f"the model file must have {key} {wanted!r}, got {shown(data.get(key))}")
    if data.get("model") != "PolynomialClassifier":
        raise Malformed(f"the model file must hold a PolynomialClassifier, got {shown(data.get('model'))}")
    for key in ("weights", "biases"):
        if key not in data:
            raise Malformed(f"the model file lacks the entry {key!r}")
    weights = [
        [[_number(x, "weights") for x in sequence(row, "weights")] for row in sequence(matrix, "weights")]
        for matrix in sequence(data["weights"], "weights")
    ]
    biases = [[_number(x, "biases") for x in sequence(b, "biases")] for b in sequence(data["biases"], "biases")]
    activation = data.get("activation", 2)
    if isinstance(activation, list):
        coefficients = [_number(x, "activation") for x in activation]
        while coefficients and coefficients[-1] == "0":
            coefficients.pop()
    else:
        degree = integer(activation, "activation", 1)
        if degree > 10_000:
            raise Malformed(f"activation must be at most 10000, got {shown(degree)}")
        coefficients = ["0"] * degree + ["1"]
    return Network(weights, biases, coefficients)


def _number(value, where):
    r"""Return the number of a model file in lowest terms; people write them, so decimals are read too."""
    if isinstance(value, int) and not isinstance(value, bool):
        return fmpz(value).str()
    match = _NUMBER.fullmatch(value.strip()) if isinstance(value, str) and len(value) < 100_000 else None
    if match is None or (match[2] is None and not (match[4] or match[5])):
        raise Malformed(f"{where} must hold integers or strings such as '3/4' or '0.75', got {shown(value)}")
    if match[2] is not None:
        top, bottom = fmpz(match[1].lstrip("+")), fmpz(match[2])
        if bottom == 0:
            raise Malformed(f"{where} must have nonzero denominators, got {shown(value)}")
        return fmpq(top, bottom).str()
    _, _, sign, whole, decimals, exponent = match.groups()
    decimals = decimals or ""
    number = fmpq(fmpz((whole or "") + decimals)) * fmpq(10) ** (int(exponent or 0) - len(decimals))
    return (-number if sign == "-" else number).str()
