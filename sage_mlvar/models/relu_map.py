r"""
The map of a ReLU region model as the implicitization engine sees it: arrays modulo a prime, symmetry, normal form.

Nothing here expands a polynomial; the engine does so only for its exact proofs, and then on the normal form of
:func:`normal_form`, whose image has the same closure.

EXAMPLES::

    sage: from sage_mlvar import ReLURegionModel
    sage: from sage_mlvar.models.relu_map import normal_form
    sage: [[str(x) for x in row] for row in normal_form(ReLURegionModel([2, 2, 2], ["11"]))[0]]
    [['1', '0'], ['0', '1']]
"""

from itertools import pairwise, permutations

import numpy as np

from ..implicit import PolynomialMap, Symmetry
from ..implicit.blocks import foresee
from ..implicit.symmetry import Permutation
from ..options import check

__all__ = ["normal_form", "polynomial_map", "symmetry", "tangent"]

#: Permutations of the blocks are searched one by one, so for few blocks only.
_MOST_BLOCKS = 6


def polynomial_map(model):
    r"""
    Return the :class:`~sage_mlvar.implicit.map.PolynomialMap` of ``model``.

    EXAMPLES::

        sage: from sage_mlvar import ReLURegionModel
        sage: from sage_mlvar.models.relu_map import polynomial_map
        sage: phi = polynomial_map(ReLURegionModel([2, 3, 2, 2], ["110/10", "011/11"]))
        sage: phi.jacobian(range(16), 8388593).shape
        (8, 16)
    """
    return PolynomialMap(
        model.number_of_coordinates(),
        model.number_of_parameters(),
        evaluate=lambda points, p: _evaluate(model, points, p),
        jacobian=lambda point, p: _jacobian(model, point, p),
        polynomials=model.parametrization,
        degrees=_degrees(model),
        proof=lambda: model.values(model.reduced_parameters()),
        proof_reason="neurons active in the same blocks are mixed to bring their weights to echelon form",
    )


def _weights(model, points):
    r"""Return the weight matrices of many points, arrays (points × rows × columns)."""
    result, start = [], 0
    for rows, columns in zip(model.widths()[1:], model.widths()):
        result.append(points[:, start : start + rows * columns].reshape(-1, rows, columns))
        start += rows * columns
    return result


def _data(model, p):
    if model.data() is None:
        return None
    return [
        np.array(
            [[int(x.numerator() * pow(int(x.denominator()), -1, p) % p) for x in row] for row in X], dtype=np.int64
        )
        for X in model.data()
    ]


def _times(left, right, p):
    # Residues are below 2^23, so 2^17 products can be added before a reduction: more than any layer is wide.
    return left @ right % p


def _evaluate(model, points, p):
    weights, data = _weights(model, points), _data(model, p)
    blocks = []
    for b, pattern in enumerate(model.patterns()):
        product = weights[0]
        for layer, active in zip(weights[1:], pattern):
            product = _times(layer * np.array(active, dtype=np.int64), product, p)
        if data is not None:
            product = _times(product, data[b], p)
        blocks.append(product.reshape(len(points), -1))
    return np.concatenate(blocks, axis=1)


def _jacobian(model, point, p):
    weights = [W[0] for W in _weights(model, np.asarray(point)[None, :])]
    data, inputs, start = _data(model, p), model.block_columns(), 0
    jacobian = np.zeros((model.number_of_coordinates(), model.number_of_parameters()), dtype=np.int64)
    for b, pattern in enumerate(model.patterns()):
        masks = [np.array(active, dtype=np.int64) for active in pattern]
        # right[l] is everything to the right of W^(l+1), left[l] everything to its left, masks included.
        right = [np.eye(model.widths()[0], dtype=np.int64) if data is None else data[b]]
        for W, mask in zip(weights[:-1], masks):
            right.append(_times(W, right[-1], p) * mask[:, None])
        left = [np.eye(model.widths()[-1], dtype=np.int64)]
        for W, mask in zip(weights[:0:-1], masks[::-1]):
            left.append(_times(left[-1], W, p) * mask)
        for i in range(model.widths()[-1]):
            check("differentiating the map")
            rows, place = jacobian[start : start + inputs[b]], 0
            for L, R in zip(reversed(left), right):
                # Most weights of the last layer do not occur in output i.
                piece = rows[:, place : place + L.shape[1] * len(R)].reshape(inputs[b], L.shape[1], len(R))
                occur = slice(i, i + 1) if L is left[0] else slice(None)
                np.multiply(L[i, occur][None, :, None], R.T[:, None, :], out=piece[:, occur])
                piece[:, occur] %= p
                place += L.shape[1] * len(R)
            start += inputs[b]
    return jacobian


def tangent(model, prime, seed):
    r"""
    Return the Jacobian of the map modulo ``prime`` at a random point, without making a ring.

    EXAMPLES::

        sage: from sage_mlvar import ReLURegionModel
        sage: from sage_mlvar.models.relu_map import tangent
        sage: tangent(ReLURegionModel([2, 3, 2, 2], ["110/10", "011/11"]), 8388593, 0).shape
        (8, 16)
    """
    count = model.number_of_parameters()
    foresee(model.number_of_coordinates(), count, "the rank of the Jacobian")
    return _jacobian(model, np.random.default_rng([int(seed), 2]).integers(0, int(prime), size=count), int(prime))


def _degrees(model):
    r"""Return the grading by rows and columns of the blocks (by rows and blocks of an output variety)."""
    widths = model.widths()
    result = []
    for columns in model.block_columns():
        for i in range(widths[-1]):
            for j in range(columns):
                row = [int(i == k) for k in range(widths[-1])]
                column = [int(j == k) for k in range(widths[0])] if model.data() is None else [1]
                result.append(row + column)
    return result


def normal_form(model):
    r"""
    Return weight matrices over the parameter ring with fewer unknowns, whose image has the same closure.

    Neurons of one hidden layer that are active in the same blocks can be mixed by an invertible matrix. At a generic
    point this brings their ``m`` rows of weights to the form ``[1 | *]`` (to ``[1; 0]`` if there are more rows than
    columns), layer after layer from the first; neurons that are never active are dropped.
    """
    ring = model.parameter_ring()
    weights = [[list(row) for row in W] for W in model.weights(list(ring.gens()))]
    for layer in range(len(weights) - 1):
        groups = {}
        for s, member in enumerate(zip(*(block[layer] for block in model.patterns()))):
            groups.setdefault(member, []).append(s)
        for member, neurons in groups.items():
            width = len(weights[layer][0])
            for k, s in enumerate(neurons):
                if not any(member) or k >= width:
                    weights[layer][s] = [ring.zero()] * width
                else:
                    for j in range(min(len(neurons), width)):
                        weights[layer][s][j] = ring.one() if j == k else ring.zero()
    return weights


def symmetry(model):
    r"""
    Return the symmetry of the variety of ``model``.

    ``M_b -> g M_b h`` comes from ``W^(L) -> g W^(L)`` and ``W^(1) -> W^(1) h``; with data only ``g`` is left. A
    permutation of
    the blocks that some permutation of the hidden neurons undoes is a symmetry of pattern varieties, and so is the
    transposition for a shallow network with as many outputs as inputs.

    EXAMPLES::

        sage: from sage_mlvar import ReLURegionModel
        sage: from sage_mlvar.models.relu_map import symmetry
        sage: S = symmetry(ReLURegionModel([3, 4, 3], ["1100", "1010", "1001"])); S
        GL(3) x GL(3) on 27 coordinates: W^(L) -> g W^(L) and W^(1) -> W^(1) h
        sage: [move.reason for move in S.permutations][:1]
        ['blocks permuted with the neurons']
    """
    outputs, inputs = model.widths()[-1], model.widths()[0]
    if model.data() is None:
        index = np.arange(model.number_of_coordinates()).reshape(len(model.patterns()), outputs, inputs)
        reason = "W^(L) -> g W^(L) and W^(1) -> W^(1) h"
        return Symmetry.matrix_copies(
            index, reason, [*_block_permutations(model, index), *_transposition(model, index)]
        )
    places, start = [], 0
    for columns in model.block_columns():
        places.append(np.arange(start, start + outputs * columns).reshape(outputs, columns))
        start += outputs * columns
    table = np.concatenate(places, axis=1)
    weights = np.zeros((start, outputs), dtype=np.int64)
    operators = {}
    for a in range(outputs):
        weights[table[a], a] = 1
        for b in range(outputs):
            if a != b:
                operators[a, b] = [(s, t, 1) for s, t in zip(table[b].tolist(), table[a].tolist())]
    return Symmetry([outputs], weights, operators, "W^(L) -> g W^(L)")


def _parameter_numbers(model):
    result, start = [], 0
    for rows, columns in zip(model.widths()[1:], model.widths()):
        result.append(np.arange(start, start + rows * columns).reshape(rows, columns))
        start += rows * columns
    return result


def _block_permutations(model, index):
    r"""Yield the symmetries that permute blocks, together with neurons of each hidden layer."""
    patterns = model.patterns()
    if len(patterns) > _MOST_BLOCKS:
        return
    layers = [list(zip(*(block[k] for block in patterns))) for k in range(len(model.widths()) - 2)]
    for order in permutations(range(len(patterns))):
        if order == tuple(range(len(patterns))):
            continue
        moves = [_matching(layer, [tuple(member[b] for b in order) for member in layer]) for layer in layers]
        if any(move is None for move in moves):
            continue
        # theta' has neuron moves[l][s] in place of neuron s, which turns block b into block order[b].
        numbers = _parameter_numbers(model)
        moves = [list(range(model.widths()[0])), *moves, list(range(model.widths()[-1]))]
        parameters = [W[np.ix_(rows, cols)].ravel() for W, (cols, rows) in zip(numbers, pairwise(moves))]
        coordinates = index[list(order)].ravel()
        yield Permutation(coordinates.tolist(), np.concatenate(parameters).tolist(), "blocks permuted with the neurons")


def _matching(members, wanted):
    r"""Return a permutation ``move`` with ``wanted[move[s]] == members[s]``, or ``None``."""
    places = {}
    for s, member in enumerate(wanted):
        places.setdefault(member, []).append(s)
    move = []
    for member in members:
        if not places.get(member):
            return None
        move.append(places[member].pop())
    return move


def _transposition(model, index):
    if len(model.widths()) != 3 or model.widths()[0] != model.widths()[-1]:
        return
    first, last = _parameter_numbers(model)
    parameters = [*last.T.ravel().tolist(), *first.T.ravel().tolist()]
    yield Permutation(index.transpose(0, 2, 1).ravel().tolist(), parameters, "transposition")
