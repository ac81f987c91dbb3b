r"""
Trained networks as exact classifiers, from the files and objects that users have.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar import read_network
    sage: W1, b1 = numpy.array([[1.0, 0.5], [0.1, 2.0]]), numpy.array([0.0, 1.0])
    sage: C = read_network([W1, b1, numpy.eye(2)], activation=2); C
    polynomial classifier of widths 2, 2, 2 with activation z^2
    sage: C.weights()[0][1][0]  # the float 0.1 is this number
    3602879701896397/36028797018963968

A pickle could run any program, and is not opened::

    sage: read_network("net.pt", activation=2)
    Traceback (most recent call last):
    ...
    ValueError: network file 'net.pt' is a pickle, which may run any program when it is read; if you trust it, convert
    it: safetensors.torch.save_file(torch.load('net.pt', weights_only=True), 'net.safetensors')
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["read", "read_network"]

_PICKLES = frozenset({".bin", ".ckpt", ".joblib", ".pickle", ".pkl", ".pt", ".pth"})
_READ = "an .npz, .onnx, .safetensors or .json file, a PyTorch module or state_dict, or a list of NumPy arrays"


def read(network, activation=None, normalization=None):
    r"""
    Return a trained network as an exact classifier.

    INPUT:

    - ``network`` -- path of an ``.npz``, ``.onnx``, ``.safetensors`` or ``.json`` file; or a ``torch.nn.Module``, a
      ``state_dict``, or a list ``[W_1, b_1, W_2, b_2, ...]`` of NumPy arrays, weights ``n_l x n_{l-1}``
    - ``activation`` -- degree ``d`` of ``z -> z^d``, or a univariate polynomial, or the list of its coefficients,
      constant term first. It must be given for a ``state_dict`` and a ``.safetensors`` file, which do not say it; for
      an ``.npz`` file without an entry ``activation`` and for a list it is the square by default; the other kinds say
      it, and what is given must agree
    - ``normalization`` -- pair ``(mean, std)``, each a number or one number per input, if the network was trained on
      ``(x - mean)/std``; it becomes part of the first layer, and the classifier takes the raw ``x``

    OUTPUT: a :class:`.PolynomialClassifier`; its numbers are exactly those of the file, floats being the dyadic
    rationals they are

    EXAMPLES::

        sage: import numpy
        sage: from sage_mlvar.networks import read
        sage: W = [numpy.array([[2.0, 4.0]]), numpy.array([0.5]), numpy.array([[1], [-1]])]
        sage: C = read(W, normalization=("0.5", "0.1")); C.weights()[0], C.biases()[0]
        (((20, 40),), (-59/2,))
        sage: read({"0.weight": W[0], "2.weight": W[2]})
        Traceback (most recent call last):
        ...
        ValueError: activation must be given: state_dict does not say it; activation=2 is the square
        sage: read("net.h5")
        Traceback (most recent call last):
        ...
        ValueError: network file 'net.h5' must be an .npz, .onnx, .safetensors or .json file, a PyTorch module or
        state_dict, or a list of NumPy arrays
    """
    if isinstance(network, (str, os.PathLike)):
        result = _from_file(Path(network), activation)
    elif "torch" in sys.modules and isinstance(network, sys.modules["torch"].nn.Module):
        from .pytorch import from_module

        result = from_module(network)
    elif isinstance(network, Mapping):
        from .layers import from_names
        from .pytorch import state_arrays

        result = _build(
            *from_names(state_arrays(network, "state_dict"), "state_dict"), _given(activation, "state_dict")
        )
    elif isinstance(network, (list, tuple)):
        from .layers import from_list

        result = _build(*from_list(network), 2 if activation is None else activation)
    else:
        raise TypeError(f"network must be {_READ}, not {type(network).__name__}")
    _check_activation(result, activation)
    return result if normalization is None else _normalized(result, normalization)


read_network = read


def _from_file(path, activation):
    what = f"network file {str(path)!r}"
    try:
        return _by_suffix(path, activation, what)
    except ValueError as error:
        # What is wrong with the network, and not with the file, does not say where it is from.
        if type(error) is not ValueError or repr(str(path)) in str(error):
            raise
        raise ValueError(f"{what}: {error}") from error


def _by_suffix(path, activation, what):
    suffix = path.suffix.lower()
    if suffix in _PICKLES:
        if suffix in (".joblib", ".pickle", ".pkl"):
            convert = "numpy.savez('net.npz', W1=..., b1=..., W2=..., b2=...)"
        else:
            new = str(path.with_suffix(".safetensors"))
            convert = f"safetensors.torch.save_file(torch.load({str(path)!r}, weights_only=True), {new!r})"
        raise ValueError(
            f"{what} is a pickle, which may run any program when it is read; if you trust it, convert it: {convert}"
        )
    if suffix == ".json":
        from .jsonfile import read as read_json

        return read_json(path)
    if suffix == ".onnx":
        from .onnx import read as read_onnx

        return read_onnx(path)
    if suffix == ".npz":
        from .npz import read as read_npz

        weights, biases, named = read_npz(path)
        if named is None:
            named = 2 if activation is None else activation
        return _build(weights, biases, named)
    if suffix == ".safetensors":
        from .safetensors import read as read_safetensors

        return _build(*read_safetensors(path), _given(activation, what))
    raise ValueError(f"{what} must be {_READ}")


def _given(activation, what):
    if activation is None:
        raise ValueError(f"activation must be given: {what} does not say it; activation=2 is the square")
    return activation


def _build(weights, biases, activation):
    from ..models.classifier import PolynomialClassifier

    return PolynomialClassifier(weights, biases, activation)


def _check_activation(classifier, activation):
    if activation is None:
        return
    from ..models.classifier import PolynomialClassifier

    tiny = PolynomialClassifier([[[1]], [[1], [2]]], [[0], [0, 0]], activation)
    if tiny.activation() != classifier.activation():
        raise ValueError(
            f"activation must be left out or be {classifier.activation()}, which the network itself says, got "
            f"{activation!r}"
        )


def _normalized(classifier, normalization):
    from .normalization import fold

    if not isinstance(normalization, (list, tuple)) or len(normalization) != 2:
        raise TypeError(f"normalization must be a pair (mean, std), not {normalization!r}")
    weights, biases = list(classifier.weights()), list(classifier.biases())
    weights[0], biases[0] = fold(weights[0], biases[0], *normalization)
    return _build(weights, biases, classifier.activation())
