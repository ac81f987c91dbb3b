r"""
The map of a polynomial network as the implicitization engine sees it: arrays modulo a prime, and its symmetry.

Outputs are evaluated and differentiated layer by layer at many inputs at once. For a Jacobian rank these values stand
in for the
coefficients, which are linear in them; the coefficients themselves come back by interpolation at as many inputs as
there are
monomials.

EXAMPLES::

    sage: from sage_mlvar import PolynomialNetworkModel
    sage: from sage_mlvar.models.network_map import polynomial_map, symmetry
    sage: M = PolynomialNetworkModel([2, 2, 1], 2)
    sage: phi = polynomial_map(M); phi.evaluate([[1, 1, 1, 0, 2, 3]], 8388593)
    array([[5, 4, 2]])
    sage: symmetry(M).check(phi, 8388593)
"""

from functools import cache

import numpy as np

from ..implicit import PolynomialMap, Symmetry, modular

from sage.matrix.constructor import matrix
from sage.rings.finite_rings.finite_field_constructor import GF

__all__ = ["polynomial_map", "symmetry", "tangent"]


def _weights(widths, points):
    result, start = [], 0
    for rows, columns in zip(widths[1:], widths):
        result.append(points[..., start : start + rows * columns].reshape(*points.shape[:-1], rows, columns))
        start += rows * columns
    return result


def _power(z, exponent, p):
    result = np.ones_like(z)
    for _ in range(exponent):
        result = result * z % p
    return result


def _forward(model, weights, inputs, p):
    r"""Return the pre-activations of all layers, arrays (inputs × width), for one list of weight matrices."""
    layers, z = [], inputs
    for number, W in enumerate(weights):
        z = (_power(z, model.activation_degree(), p) if number else z) @ W.T % p
        layers.append(z)
    return layers


def tangent(model, prime, seed):
    r"""
    Return the derivatives modulo ``prime`` of the outputs at random inputs by all weights, at random weights.

    OUTPUT: an array (inputs · outputs × parameters), whose rank is at most the dimension of the variety

    EXAMPLES::

        sage: from sage_mlvar import PolynomialNetworkModel
        sage: from sage_mlvar.implicit import modular
        sage: from sage_mlvar.models.network_map import tangent
        sage: modular.rank(tangent(PolynomialNetworkModel([5, 5, 3, 1], 2), 8388593, 0), 8388593)
        32
    """
    widths, d, prime = model.widths(), model.activation_degree(), int(prime)
    source = np.random.default_rng([int(seed), 3])
    count = model.number_of_parameters()
    weights = _weights(widths, source.integers(0, prime, size=count))
    samples = min(count, model.number_of_monomials()) + 10
    inputs = source.integers(0, prime, size=(samples, widths[0]))
    layers = _forward(model, weights, inputs, prime)
    # back[x, i, s]: derivative of output i at input x by the pre-activation s of the current layer.
    back = np.tile(np.eye(widths[-1], dtype=np.int64), (samples, 1, 1))
    pieces = []
    for number in range(len(weights) - 1, -1, -1):
        below = _power(layers[number - 1], d, prime) if number else inputs
        piece = back[:, :, :, None] * below[:, None, None, :] % prime
        pieces.append(piece.reshape(samples * widths[-1], -1))
        if number:
            slope = d * _power(layers[number - 1], d - 1, prime) % prime
            back = (back @ weights[number] % prime) * slope[:, None, :] % prime
    return np.concatenate(pieces[::-1], axis=1)


@cache
def _interpolation(exponents, inputs, p):
    r"""Return inputs at which the monomials are independent modulo ``p``, and the inverse of their matrix."""
    table = np.array(exponents, dtype=np.int64)
    for seed in range(100):
        points = np.random.default_rng([seed, 4]).integers(0, p, size=(len(table), inputs))
        values = np.ones((len(points), len(table)), dtype=np.int64)
        for k in range(inputs):
            powers = [np.ones(len(points), dtype=np.int64)]
            for _ in range(int(table[:, k].max())):
                powers.append(powers[-1] * points[:, k] % p)
            values = values * np.stack(powers, axis=1)[:, table[:, k]] % p
        square = matrix(GF(p), values.tolist())
        if square.is_invertible():
            return points, np.array([[int(x) for x in row] for row in square.inverse()], dtype=np.int64)
    raise ArithmeticError(f"no interpolation points found modulo {p}")


def polynomial_map(model):
    r"""Return the :class:`~sage_mlvar.implicit.map.PolynomialMap` of ``model``."""

    def evaluate(points, p):
        inputs, inverse = _interpolation(model.exponents(), model.widths()[0], p)
        rows = []
        for point in points:
            outputs = _forward(model, _weights(model.widths(), point), inputs, p)[-1]
            rows.append(modular.matmul(inverse, outputs, p).T.ravel())
        return np.array(rows, dtype=np.int64).reshape(len(points), -1)

    grading = [list(e) + [int(i == r) for r in range(model.widths()[-1])] for i, e in model.coordinates()]
    return PolynomialMap(
        model.ring().ngens(),
        model.parameter_ring().ngens(),
        evaluate=evaluate,
        polynomials=model.parametrization,
        degree=model.parametrization_degree(),
        degrees=grading,
    )


def symmetry(model):
    r"""
    Return the symmetry of the variety: linear changes of the inputs and of the outputs.

    On coefficients the matrix with a single entry in row ``a``, column ``b`` sends ``y_e`` to ``(e_a + 1) y_f``, ``f
    = e - 1_b + 1_a``.
    """
    inputs, outputs = model.widths()[0], model.widths()[-1]
    names = {coordinate: number for number, coordinate in enumerate(model.coordinates())}
    operators = {}
    for a in range(inputs):
        for b in range(inputs):
            if a != b:
                entries = []
                for (i, e), number in names.items():
                    if e[b]:
                        f = tuple(x + (k == a) - (k == b) for k, x in enumerate(e))
                        entries.append((number, names[i, f], e[a] + 1))
                operators[a, b] = entries
    for a in range(outputs):
        for b in range(outputs):
            if a != b:
                operators[inputs + a, inputs + b] = [
                    (number, names[a, e], 1) for (i, e), number in names.items() if i == b
                ]
    weights = [list(e) + [int(i == r) for r in range(outputs)] for i, e in names]
    return Symmetry([inputs, outputs], weights, operators, "x -> g x and y -> h y")
