r"""
Data sets from the files that users have, as exact points and labels.

EXAMPLES::

    sage: import os, tempfile
    sage: from sage_mlvar import read_data
    sage: with tempfile.TemporaryDirectory() as folder:
    ....:     path = os.path.join(folder, "flowers.csv")
    ....:     with open(path, "w") as file:
    ....:         _ = file.write("length,width,kind\n5.1,3.5,0\n4.9,3,1\n")
    ....:     data = read_data(path, label_column="kind")
    sage: data
    data set 'flowers.csv': 2 points of 2 numbers, with labels
    sage: data.point(0), data.labels
    ((51/10, 7/2), (0, 1))
"""

import os
from math import prod
from pathlib import Path

from .dataset import Dataset

__all__ = ["MAX_BYTES", "Dataset", "read", "read_data"]

#: Most bytes of a file of data, and of what it unpacks to.
MAX_BYTES = 2 * 2**30

_KINDS = "a .csv or a .npy file, an .npz file, or an IDX file such as train-images-idx3-ubyte.gz"


def read(path, label_column=None, labels=None, features=None, scale=1):
    r"""
    Return the points of a file, with their labels if there are any.

    INPUT:

    - ``path`` -- path of a ``.csv`` file (numbers taken as the decimals or fractions they are; a header is allowed), a
      ``.npy`` file of an array with one point per row, an ``.npz`` file with such an array ``X`` and perhaps labels
      ``y``, or an IDX file such as those of MNIST, also compressed as ``.gz``; images are flattened, row by row
    - ``label_column`` -- of a ``.csv`` file: name or index of the column of labels
    - ``labels`` -- list of integers, or path of a ``.npy`` or IDX file of them; the labels beside an IDX file of images
      (``train-labels-…`` beside ``train-images-…``) are found by their name
    - ``features`` -- integer; how many numbers a point must have, if known
    - ``scale`` -- rational number; what all entries are multiplied by: ``"1/255"`` for pixels, as networks are mostly
      trained on (the float ``1/255`` is another number)

    OUTPUT: a :class:`~sage_mlvar.datasets.dataset.Dataset`; its points are made exact one by one when asked for

    EXAMPLES::

        sage: import os, numpy, tempfile
        sage: from sage_mlvar.datasets import read
        sage: with tempfile.TemporaryDirectory() as folder:
        ....:     path = os.path.join(folder, "x.npy")
        ....:     numpy.save(path, numpy.array([[0, 17], [255, 3]], "u1"))
        ....:     data = read(path, labels=[4, 2], scale="1/255")
        ....:     data.point(0), data.labels
        ....:     read(path, features=3)
        Traceback (most recent call last):
        ...
        ValueError: data file '...x.npy' must have 3 entries per input, got 2
        sage: data.point(0), data.labels
        ((0, 1/15), (4, 2))
        sage: read("x.pkl")
        Traceback (most recent call last):
        ...
        ValueError: data file 'x.pkl' must be a .csv or a .npy file, an .npz file, or an IDX file such as
        train-images-idx3-ubyte.gz
    """
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"path must be a path, not {path!r}")
    path = Path(path)
    what = f"data file {str(path)!r}"
    if label_column is not None and path.suffix.lower() != ".csv":
        raise ValueError(f"label_column goes with a .csv file, and {what} is none; labels names a file of labels")
    rows, own = _rows(path, label_column, what, labels is None)
    if labels is not None and own is not None:
        raise ValueError(f"labels must be left out: {what} holds labels itself")
    if labels is not None:
        own = _labels(labels)
    if own is not None and len(own) != len(rows):
        raise ValueError(f"{what} has {len(rows)} points, and there are {len(own)} labels")
    if features is not None and rows.features != features:
        hint = ""
        if rows.features == features + 1 and own is None and path.suffix.lower() == ".csv":
            hint = "; if one column holds the labels, name it by label_column"
        raise ValueError(f"{what} must have {features} entries per input, got {rows.features}{hint}")
    return Dataset(rows, own, path.name, scale)


read_data = read


def _rows(path, label_column, what, beside):
    r"""Return the points, and the labels that come with them or ``None``."""
    from .rows import ArrayRows

    suffix = path.suffix.lower()
    if suffix == ".csv":
        from .csvfile import read as read_csv

        return read_csv(path, label_column, MAX_BYTES)
    if suffix == ".npz":
        X, y = _npz(path, what)
        return ArrayRows(_points(X, f"{what}, entry 'X',")), None if y is None else _integers(y, f"{what}, entry 'y',")
    if suffix == ".npy":
        return ArrayRows(_points(_npy(path, what), what)), None
    from .idx import is_idx, labels_beside, read_idx

    if suffix not in (".gz", ".idx", "") and "ubyte" not in suffix and "idx" not in suffix:
        raise ValueError(f"{what} must be {_KINDS}")
    if not is_idx(path):
        raise ValueError(f"{what} must be {_KINDS}, and its first bytes are none of these")
    rows = ArrayRows(_points(read_idx(path, MAX_BYTES), what))
    found = labels_beside(path) if beside else None
    return rows, None if found is None else _labels(found)


def _check_bytes(what):
    def check(shape, dtype):
        size = prod(shape) * dtype.itemsize
        if size > MAX_BYTES:
            raise ValueError(f"{what} declares {size} bytes, more than the limit of {MAX_BYTES} for data")

    return check


def _npy(path, what):
    from ..networks.arrays import read_npy
    from ..networks.limits import check_file

    size = check_file(path, MAX_BYTES)
    with open(path, "rb") as file:
        return read_npy(file, size, what, _check_bytes(what))


def _npz(path, what):
    from ..networks.arrays import open_npz
    from ..networks.limits import check_file

    check_file(path, MAX_BYTES)
    with open_npz(path, what) as entries:
        if "X" not in entries:
            there = ", ".join(sorted(name[:40] for name in entries)[:10]) or "nothing"
            raise ValueError(f"{what} must hold the points as an array X, perhaps with labels y, and holds {there}")
        check = _check_bytes(what)
        return entries["X"](check), entries["y"](check) if "y" in entries else None


def _points(array, what):
    import numpy

    if array.ndim < 2 or array.dtype.kind not in "iuf":
        raise ValueError(
            f"{what} must be an array of numbers with one point per row, got shape {array.shape} and dtype "
            f"{array.dtype}"
        )
    if 0 in array.shape:
        raise ValueError(f"{what} must hold at least one point and one number per point, got shape {array.shape}")
    flat = array.reshape(len(array), -1)
    if array.dtype.kind == "f":
        for k, row in enumerate(flat):
            if not numpy.isfinite(row).all():
                column = int(numpy.argmin(numpy.isfinite(row)))
                raise ValueError(f"{what} must be finite, got {row[column]} in row {k}, column {column}")
    return flat


def _labels(labels):
    if isinstance(labels, (str, os.PathLike)):
        path = Path(labels)
        what = f"label file {str(path)!r}"
        if path.suffix.lower() == ".npy":
            return _integers(_npy(path, what), what)
        from .idx import is_idx, read_idx

        if not is_idx(path):
            raise ValueError(f"{what} must be a .npy or an IDX file")
        return _integers(read_idx(path, MAX_BYTES), what)
    from ..exact import integer

    if not hasattr(labels, "__iter__"):
        raise TypeError(f"labels must be a list of integers or a path, not {labels!r}")
    return [integer(label, f"labels[{k}]") for k, label in enumerate(labels)]


def _integers(array, what):
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError(f"{what} must be a list of integers, got shape {array.shape} and dtype {array.dtype}")
    return array.tolist()
