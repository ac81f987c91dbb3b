r"""
Exact evaluation of a classifier in integers.

Weights of one layer share a denominator, so that a layer is one product of integer matrices. For networks of real
sizes this is a hundred times faster than sums of rationals.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.network import ExactNetwork
    sage: C = PolynomialClassifier([[[1, "1/2"], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, "1/3"]], 3)
    sage: ExactNetwork(C).outputs([1, "1/2"]) == C.outputs([1, "1/2"])
    True
"""

import flint

from .. import _sage  # noqa: F401
from ..exact import rational

from sage.arith.functions import lcm
from sage.rings.integer import Integer
from sage.rings.rational_field import QQ

__all__ = ["ExactNetwork", "column", "integral", "network_of", "numbers"]


def integral(rows):
    r"""
    Return an integer matrix and a positive integer, whose quotient is the matrix with these rows of rationals.

    EXAMPLES::

        sage: from sage.rings.rational_field import QQ
        sage: from sage_mlvar.certify.network import integral
        sage: numerators, denominator = integral([[QQ((1, 2)), QQ(1)]])
        sage: numerators.tolist(), denominator
        ([[1, 2]], 2)
    """
    common = int(lcm([x.denominator() for row in rows for x in row]))
    entries = [int(x.numerator()) * (common // int(x.denominator())) for row in rows for x in row]
    return flint.fmpz_mat(len(rows), len(rows[0]), entries), common


def column(vector):
    r"""Return :func:`integral` of a vector, as a column."""
    return integral([[x] for x in vector])


def numbers(matrix, denominator):
    r"""Return the entries of ``matrix / denominator`` as a list of Sage's rationals."""
    below = Integer(int(denominator))
    return [QQ(Integer(int(x))) / below for x in matrix.entries()]


def network_of(classifier):
    r"""Return the :class:`ExactNetwork` of ``classifier``, made once."""
    kept = classifier.__dict__
    if "_exact_network" not in kept:
        kept["_exact_network"] = ExactNetwork(classifier)
    return kept["_exact_network"]


class ExactNetwork:
    r"""
    The outputs of a classifier as integer arithmetic.

    INPUT: ``classifier`` -- a :class:`~sage_mlvar.models.classifier.PolynomialClassifier`
    """

    def __init__(self, classifier):
        self._layers = []
        for W, b in zip(classifier.weights(), classifier.biases()):
            self._layers.append((*integral(W), *column(b)))
        coefficients = classifier.activation().list()
        common = lcm([c.denominator() for c in coefficients])
        self._activation = [int(c * common) for c in coefficients], int(common)

    def __reduce__(self):
        return _restored, (
            [(_plain(W), p, _plain(b), q) for W, p, b, q in self._layers],
            self._activation,
        )

    def first_layer(self):
        r"""Return the first weights as an integer matrix and a denominator."""
        return self._layers[0][:2]

    def outputs(self, point):
        r"""Return the outputs at a point, a tuple of rationals."""
        z, below = column([rational(x) for x in point])
        for number, (W, p, b, q) in enumerate(self._layers):
            if number:
                z, below = self._activate(z, below)
            # z/below -> (W z)/(p below) + b/q
            z, below = W * z * q + b * (p * below), p * q * below
        return tuple(numbers(z, below))

    def _activate(self, z, below):
        coefficients, common = self._activation
        degree = len(coefficients) - 1
        scales = [c * below ** (degree - k) for k, c in enumerate(coefficients)]
        values = []
        for entry in z.entries():
            value = flint.fmpz(0)
            for scale in reversed(scales):
                value = value * entry + scale
            values.append(value)
        return flint.fmpz_mat(z.nrows(), 1, values), common * below**degree


def _plain(matrix):
    return matrix.nrows(), matrix.ncols(), [int(x) for x in matrix.entries()]


def _restored(layers, activation):
    network = ExactNetwork.__new__(ExactNetwork)
    network._layers = [(flint.fmpz_mat(*W), p, flint.fmpz_mat(*b), q) for W, p, b, q in layers]
    network._activation = activation
    return network
