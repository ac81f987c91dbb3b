r"""
The layers of a network from named or listed arrays.

EXAMPLES:

Names as PyTorch gives them; layers come in the order of the numbers in their names::

    sage: import numpy
    sage: from sage_mlvar.networks.layers import from_list, from_names
    sage: state = {"2.weight": numpy.ones((2, 3)), "0.weight": numpy.ones((3, 4)), "0.bias": numpy.ones(3)}
    sage: weights, biases = from_names(state, "state_dict")
    sage: [W.shape for W in weights], biases[1]
    ([(3, 4), (2, 3)], array([0, 0]))
    sage: from_list([numpy.ones((4, 3)), numpy.ones(3), numpy.ones((3, 2))])
    Traceback (most recent call last):
    ...
    ValueError: arrays[0] must have 3 rows, one per entry of its bias, got shape 4 x 3; if the weights are
    n_{l-1} x n_l, as in Keras and scikit-learn, transpose them
"""

import re
from itertools import pairwise, permutations

from .limits import check_numbers

__all__ = ["from_list", "from_names"]

_MAX_UNORDERED = 6
_DIGITS = re.compile(r"(\d+)")


def from_list(arrays):
    r"""
    Return ``(weights, biases)`` from the list ``[W_1, b_1, W_2, b_2, ...]``; a bias left out is zero.

    EXAMPLES::

        sage: import numpy
        sage: from sage_mlvar.networks.layers import from_list
        sage: from_list([numpy.ones(2), numpy.ones((3, 2))])
        Traceback (most recent call last):
        ...
        ValueError: arrays[0] must be a matrix of weights, n_l x n_{l-1}, got shape 2
    """
    names, weights, biases = [], [], []
    for k, array in enumerate(arrays):
        array = _numbers(array, f"arrays[{k}]")
        if array.ndim == 2:
            names.append(f"arrays[{k}]")
            weights.append(array)
            biases.append(None)
        elif array.ndim == 1 and weights and biases[-1] is None:
            biases[-1] = array
        else:
            shape = " x ".join(map(str, array.shape)) or "()"
            raise ValueError(f"arrays[{k}] must be a matrix of weights, n_l x n_{{l-1}}, got shape {shape}")
    return _checked(weights, biases, names)


def from_names(state, what):
    r"""
    Return ``(weights, biases)`` from arrays named ``<layer>.weight`` and ``<layer>.bias``; a bias left out is zero.

    INPUT:

    - ``state`` -- dictionary from names to arrays
    - ``what`` -- string; the start of errors

    The layers are ordered by the numbers in names that differ in nothing else, such as ``0.weight`` and ``2.weight``
    or ``fc1.weight`` and ``fc2.weight``; else by their shapes, if only one order fits.

    EXAMPLES::

        sage: import numpy
        sage: from sage_mlvar.networks.layers import from_names
        sage: weights, _ = from_names({"out.weight": numpy.ones((2, 3)), "hidden.weight": numpy.ones((3, 4))}, "file")
        sage: [W.shape for W in weights]
        [(3, 4), (2, 3)]
        sage: from_names({"a.weight": numpy.ones((2, 2)), "b.weight": numpy.ones((2, 2))}, "file")
        Traceback (most recent call last):
        ...
        ValueError: file: the order of the layers 'a', 'b' follows neither from their names nor from their shapes; name
        them 0.weight, 1.weight, ...
        sage: from_names({"0.weight": numpy.ones((2, 2)), "1.running_mean": numpy.ones(2)}, "file")
        Traceback (most recent call last):
        ...
        ValueError: file: entry '1.running_mean' belongs to no layer: the names are <layer>.weight and <layer>.bias;
        fold batch normalisation into the layer before, as torch.nn.utils.fusion.fuse_linear_bn_eval does
    """
    layers = {}
    for name, array in state.items():
        layer, _, kind = str(name).rpartition(".")
        if kind not in ("weight", "bias"):
            fold = "; fold batch normalisation into the layer before, as torch.nn.utils.fusion.fuse_linear_bn_eval does"
            raise ValueError(
                f"{what}: entry {name!r} belongs to no layer: the names are <layer>.weight and <layer>.bias"
                + (fold if "running" in kind or "num_batches" in kind else "")
            )
        array = _numbers(array, f"{what}: entry {name!r}")
        if array.ndim != (2 if kind == "weight" else 1):
            wanted = "a matrix, n_l x n_{l-1}" if kind == "weight" else "a vector"
            shape = " x ".join(map(str, array.shape)) or "()"
            raise ValueError(f"{what}: entry {name!r} must be {wanted}, got shape {shape}")
        layers.setdefault(layer, {})[kind] = array
    for layer, arrays in layers.items():
        if "weight" not in arrays:
            raise ValueError(f"{what}: layer {layer!r} has a bias and no weight")
    order = _order({layer: arrays["weight"].shape for layer, arrays in layers.items()}, what)
    weights = [layers[layer]["weight"] for layer in order]
    names = [f"{what}: entry {layer + '.weight'!r}" for layer in order]
    return _checked(weights, [layers[layer].get("bias") for layer in order], names)


def _order(shapes, what):
    parts = {layer: _DIGITS.split(layer) for layer in shapes}
    if len({tuple(words[::2]) for words in parts.values()}) <= 1:
        numbers = {layer: tuple(map(int, words[1::2])) for layer, words in parts.items()}
        if len(set(numbers.values())) == len(numbers):
            return sorted(shapes, key=numbers.get)
    fitting = []
    if len(shapes) <= _MAX_UNORDERED:
        fitting = [
            order
            for order in permutations(shapes)
            if all(shapes[after][1] == shapes[before][0] for before, after in pairwise(order))
        ]
    if len(fitting) != 1:
        names = ", ".join(map(repr, list(shapes)[:8]))
        raise ValueError(
            f"{what}: the order of the layers {names} follows neither from their names nor from their shapes; name "
            "them 0.weight, 1.weight, ..."
        )
    return fitting[0]


def _numbers(array, what):
    r"""Return ``array`` as a NumPy array of finite numbers."""
    import numpy

    if not isinstance(array, numpy.ndarray):
        raise TypeError(f"{what} must be a NumPy array, not {type(array).__name__}")
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{what} must be an array of integers or floats, got dtype {array.dtype}")
    check_numbers(array.shape, what)
    if array.dtype.kind == "f" and not numpy.isfinite(array).all():
        place = tuple(map(int, numpy.argwhere(~numpy.isfinite(array))[0]))
        raise ValueError(f"{what} must be finite, got {array[place]} at {list(place)}")
    return array


def _checked(weights, biases, names):
    import numpy

    if len(weights) < 2:
        raise ValueError(f"the network must have at least 2 layers (one hidden), got {len(weights)}")
    transposed = all(after.shape[0] == before.shape[1] for before, after in pairwise(weights)) and all(
        b is None or len(b) == W.shape[1] for W, b in zip(weights, biases)
    )
    hint = "; if the weights are n_{l-1} x n_l, as in Keras and scikit-learn, transpose them" if transposed else ""
    for k, (W, b, name) in enumerate(zip(weights, biases, names)):
        shape = " x ".join(map(str, W.shape))
        if 0 in W.shape:
            raise ValueError(f"{name} must not be empty, got shape {shape}")
        if k and W.shape[1] != weights[k - 1].shape[0]:
            raise ValueError(
                f"{name} must have {weights[k - 1].shape[0]} columns, one per row of the weights before, got shape "
                f"{shape}{hint}"
            )
        if b is not None and len(b) != len(W):
            raise ValueError(f"{name} must have {len(b)} rows, one per entry of its bias, got shape {shape}{hint}")
    check_numbers([sum(W.size for W in weights)], "the network")
    return weights, [numpy.zeros(len(W), dtype=int) if b is None else b for W, b in zip(weights, biases)]
