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
from ..implicit.blocks import foresee
from ..options import check

__all__ = ["polynomial_map", "symmetry", "tangent"]

#: Inputs at which outputs are differentiated at once.
_AT_ONCE = 256


def _weights(widths, points):
    result, start = [], 0
    for rows, columns in zip(widths[1:], widths):
        result.append(points[..., start : start + rows * columns].reshape(*points.shape[:-1], rows, columns))
        start += rows * columns
    return result


def _power(z, exponent, p):
    result = np.ones_like(z)
    while exponent:
        if exponent & 1:
            result = result * z % p
        exponent >>= 1
        if exponent:
            z = z * z % p
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
    widths, prime = model.widths(), int(prime)
    count = model.number_of_parameters()
    samples = min(count, model.number_of_monomials()) + 10
    foresee(samples * widths[-1], count, "the rank of the Jacobian")
    source = np.random.default_rng([int(seed), 3])
    weights = _weights(widths, source.integers(0, prime, size=count))
    inputs = source.integers(0, prime, size=(samples, widths[0]))
    return _derivatives(model, weights, inputs, prime).reshape(samples * widths[-1], count)


def _derivatives(model, weights, inputs, p):
    r"""Return the derivatives of the outputs by all weights, an array (inputs × outputs × parameters)."""
    outputs, d = model.widths()[-1], model.activation_degree()
    result = np.empty((len(inputs), outputs, model.number_of_parameters()), dtype=np.int64)
    for start in range(0, len(inputs), _AT_ONCE):
        check("differentiating the network")
        some = inputs[start : start + _AT_ONCE]
        layers = _forward(model, weights, some, p)
        # back[x, i, s]: derivative of output i at input x by the pre-activation s of the current layer.
        back = np.tile(np.eye(outputs, dtype=np.int64), (len(some), 1, 1))
        end = result.shape[2]
        for number in range(len(weights) - 1, -1, -1):
            below = _power(layers[number - 1], d, p) if number else some
            piece = back[:, :, :, None] * below[:, None, None, :] % p
            size = piece.shape[2] * piece.shape[3]
            result[start : start + len(some), :, end - size : end] = piece.reshape(*piece.shape[:2], size)
            end -= size
            if number:
                slope = d % p * _power(layers[number - 1], d - 1, p) % p
                back = (back @ weights[number] % p) * slope[:, None, :] % p
    return result


@cache
def _interpolation(exponents, inputs, p):
    r"""Return inputs at which the monomials are independent modulo ``p``, and the inverse of their matrix."""
    table = np.array(exponents, dtype=np.int64)
    for seed in range(100):
        points = np.random.default_rng([seed, 4]).integers(0, p, size=(len(table), inputs))
        values = np.ones((len(points), len(table)), dtype=np.int64)
        for k in range(inputs):
            exponents, place = np.unique(table[:, k], return_inverse=True)
            powers = [_power(points[:, k], int(e), p) for e in exponents]
            values = values * np.stack(powers, axis=1)[:, place] % p
        # The reduced echelon form of [values | 1] is [1 | inverse].
        rows, pivots = modular.echelon(np.concatenate([values, np.eye(len(table), dtype=np.int64)], axis=1), p)
        if pivots == list(range(len(table))):
            return points, rows[:, len(table) :]
    raise ArithmeticError(f"no interpolation points found modulo {p}")


def polynomial_map(model):
    r"""Return the :class:`~sage_mlvar.implicit.map.PolynomialMap` of ``model``."""

    def interpolation(p):
        count = model.number_of_monomials()
        foresee(count, 2 * count, "interpolating the coefficients")
        return _interpolation(model.exponents(), model.widths()[0], p)

    def evaluate(points, p):
        inputs, inverse = interpolation(p)
        rows = []
        for point in points:
            check("evaluating the network")
            outputs = _forward(model, _weights(model.widths(), point), inputs, p)[-1]
            rows.append(modular.matmul(inverse, outputs, p).T.ravel())
        return np.array(rows, dtype=np.int64).reshape(len(points), -1)

    def jacobian(point, p):
        foresee(model.number_of_coordinates(), model.number_of_parameters(), "the Jacobian")
        inputs, inverse = interpolation(p)
        values = _derivatives(model, _weights(model.widths(), point), inputs, p)
        product = modular.matmul(inverse, values.reshape(len(inputs), -1), p).reshape(values.shape)
        return product.transpose(1, 0, 2).reshape(-1, values.shape[2])

    grading = [list(e) + [int(i == r) for r in range(model.widths()[-1])] for i, e in model.coordinates()]
    return PolynomialMap(
        model.number_of_coordinates(),
        model.number_of_parameters(),
        evaluate=evaluate,
        jacobian=jacobian,
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
