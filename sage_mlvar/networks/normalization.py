r"""
Input normalisation, folded into the first layer.

A network trained on ``(x - mean)/std`` is, as a function of the raw ``x``, the network whose first layer is
``W_1 diag(1/std)`` with bias ``b_1 - W_1 (mean/std)``.

EXAMPLES::

    sage: from sage_mlvar.networks.normalization import fold
    sage: fold(((2, 4),), (1,), ["0.5", "0.5"], [1, 2])
    (((2, 2),), (-1,))
"""

from .. import _sage  # noqa: F401
from ..exact import rational, rational_list

__all__ = ["fold"]


def fold(weights, bias, mean, std):
    r"""
    Return weights and bias of the first layer as it acts on raw inputs.

    INPUT:

    - ``weights`` -- tuple of rows over QQ
    - ``bias`` -- tuple over QQ
    - ``mean``, ``std`` -- a number, or one number per input; ``std`` is positive

    EXAMPLES::

        sage: from sage_mlvar.networks.normalization import fold
        sage: fold(((2, 4),), (1,), 0, 2)
        (((1, 2),), (1,))
        sage: fold(((2, 4),), (1,), 0, 0)
        Traceback (most recent call last):
        ...
        ValueError: normalization std must be positive, got 0
        sage: fold(((2, 4, 1, 1),), (1,), [0, 0], 1)
        Traceback (most recent call last):
        ...
        ValueError: normalization mean must be one number or 4, one per input, got 2 numbers; for images of 2 channels,
        channel after channel, give numpy.repeat(mean, 2)
    """
    size = len(weights[0])
    mean = _entries(mean, size, "mean")
    std = _entries(std, size, "std")
    for value in std:
        if value <= 0:
            raise ValueError(f"normalization std must be positive, got {value}")
    weights = tuple(tuple(w / s if w else w for w, s in zip(row, std)) for row in weights)
    shifts = [sum((w * m for w, m in zip(row, mean) if w), 0) for row in weights]
    return weights, tuple(b - shift for b, shift in zip(bias, shifts))


def _entries(values, size, name):
    what = f"normalization {name}"
    if isinstance(values, str) or not hasattr(values, "__len__") or getattr(values, "shape", None) == ():
        return (rational(values, what),) * size
    entries = rational_list(values, what)
    if len(entries) == size:
        return entries
    channels = ""
    if entries and size % len(entries) == 0:
        channels = (
            f"; for images of {len(entries)} channels, channel after channel, give numpy.repeat({name}, "
            f"{size // len(entries)})"
        )
    raise ValueError(f"{what} must be one number or {size}, one per input, got {len(entries)} numbers{channels}")
