r"""
Networks from safetensors files, with the names that PyTorch gives: ``0.weight``, ``0.bias``, ``2.weight``, ...

EXAMPLES::

    sage: import numpy, tempfile
    sage: from pathlib import Path
    sage: from safetensors.numpy import save_file
    sage: from sage_mlvar.networks.safetensors import read
    sage: with tempfile.TemporaryDirectory() as folder:
    ....:     path = Path(folder, "net.safetensors")
    ....:     save_file({"0.weight": numpy.ones((3, 4)), "2.weight": numpy.ones((2, 3), "f2")}, path)
    ....:     weights, biases = read(path)
    sage: [W.shape for W in weights], weights[1].dtype
    ([(3, 4), (2, 3)], dtype('float16'))
"""

from .layers import from_names
from .limits import check_numbers, read_bytes

__all__ = ["read"]

_TYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",
    **{f"{letter}{8 * size}": f"<{letter.lower()}{size}" for letter in "IU" for size in (1, 2, 4, 8)},
}


def read(path):
    r"""
    Return ``(weights, biases)`` of the network in the file ``path``; see :func:`.layers.from_names` for their names.
    """
    what = f"network file {str(path)!r}"
    try:
        from safetensors import SafetensorError, deserialize
    except ImportError as error:
        raise ImportError(
            f"{what} needs the library safetensors: install it with python -m pip install 'sage_mlvar[safetensors]'"
        ) from error
    data = read_bytes(path)
    try:
        entries = deserialize(data)
    except (SafetensorError, ValueError, OverflowError) as error:
        raise ValueError(f"{what} must be a safetensors file: {error}") from error
    return from_names({name: _array(entry, f"{what}: entry {name!r}") for name, entry in entries}, what)


def _array(entry, what):
    import numpy

    kind = entry["dtype"]
    if kind not in _TYPES:
        raise ValueError(f"{what} must hold floats or integers, got the type {kind}")
    check_numbers(entry["shape"], what)
    numbers = numpy.frombuffer(entry["data"], dtype=_TYPES[kind])
    if kind == "BF16":
        # A bfloat16 is the upper half of a float32.
        numbers = (numbers.astype(numpy.uint32) << 16).view(numpy.float32)
    return numbers.reshape(entry["shape"])
