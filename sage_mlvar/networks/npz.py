r"""
Networks from ``.npz`` files: arrays ``W1``, ``b1``, ``W2``, ``b2``, ... and, if it is not the square, ``activation``.

EXAMPLES::

    sage: import os, numpy, tempfile
    sage: from pathlib import Path
    sage: from sage_mlvar.networks.npz import read
    sage: with tempfile.TemporaryDirectory() as folder:
    ....:     path = Path(folder, "net.npz")
    ....:     numpy.savez(path, W1=[[1.0, 0.5]], b1=[0.25], W2=[[1], [-1]], b2=[0, 1], activation=[0, 1, 1])
    ....:     weights, biases, activation = read(path)
    sage: weights[0], activation
    (array([[1. , 0.5]]), [0, 1, 1])
"""

import re

from .arrays import open_npz
from .layers import from_list
from .limits import MAX_DEGREE, check_file, check_numbers

__all__ = ["read"]

_NAME = re.compile(r"([Wb])([1-9]\d{0,2})\Z")


def read(path):
    r"""
    Return ``(weights, biases, activation)``; the activation is ``None`` if the file names none.

    Weights are ``n_l x n_{l-1}``; a bias left out is zero. The activation is a degree, or the list of the coefficients
    of a polynomial, constant term first.
    """
    what = f"network file {str(path)!r}"
    check_file(path)
    budget = [0]

    def check(shape, dtype):
        budget[0] += check_numbers(shape, what)
        check_numbers(budget, what)

    with open_npz(path, what) as entries:
        known = {name: match for name in entries if (match := _NAME.match(name))}
        unknown = sorted(set(entries) - set(known) - {"activation"})
        if unknown:
            raise ValueError(
                f"{what} must hold arrays W1, b1, W2, b2, ... and perhaps activation, and holds {unknown[0][:80]!r}"
            )
        depth = max((int(match[2]) for match in known.values()), default=0)
        for k in range(1, depth + 1):
            if f"W{k}" not in known:
                raise ValueError(f"{what} must hold the weights W1, ..., W{depth}, and lacks W{k}")
        arrays = {name: entries[name](check) for name in entries}
    activation = arrays.pop("activation", None)
    if activation is not None:
        activation = _activation(activation, what)
    named = [(name, arrays[name]) for k in range(1, depth + 1) for name in (f"W{k}", f"b{k}") if name in arrays]
    for name, array in named:
        wanted = 2 if name.startswith("W") else 1
        if array.ndim != wanted:
            raise ValueError(f"{what}, entry {name!r}, must have {wanted} dimensions, got shape {array.shape}")
    try:
        return *from_list([array for _, array in named]), activation
    except (ValueError, TypeError) as error:
        # A function to substitute, since names may hold what a template would take for a group.
        text = re.sub(r"arrays\[(\d+)\]", lambda match: f"entry {named[int(match[1])][0]!r}", str(error))
        raise type(error)(f"{what}, {text}") from error


def _activation(array, what):
    if array.ndim > 1 or array.size > MAX_DEGREE + 1 or array.dtype.kind not in "iuf":
        raise ValueError(
            f"{what}, entry 'activation', must be a degree or at most {MAX_DEGREE + 1} coefficients, got shape "
            f"{array.shape}"
        )
    if array.ndim == 0 and (array.dtype.kind == "f" or not 1 <= array <= MAX_DEGREE):
        raise ValueError(f"{what}, entry 'activation', must be an integer from 1 to {MAX_DEGREE}, got {array}")
    return array.tolist()
