r"""
Data from IDX files, the format of MNIST, compressed by gzip or not.

EXAMPLES::

    sage: import gzip, tempfile
    sage: from pathlib import Path
    sage: from sage_mlvar.datasets.idx import read_idx
    sage: with tempfile.TemporaryDirectory() as folder:
    ....:     path = Path(folder, "t10k-images-idx3-ubyte.gz")
    ....:     _ = path.write_bytes(gzip.compress(bytes([0, 0, 8, 3, *[0, 0, 0, 1] * 2, 0, 0, 0, 2, 7, 9])))
    ....:     read_idx(path, 10**6)
    array([[[7, 9]]], dtype=uint8)
"""

import gzip
import struct
import zlib
from math import prod

from ..networks.limits import check_file

__all__ = ["is_idx", "labels_beside", "read_idx"]

_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}

#: Deflation makes data at most 1032 times smaller.
_MOST_PACKED = 1040


def is_idx(path):
    r"""Return whether a file is IDX by its first bytes, after unpacking if need be."""
    try:
        with open(path, "rb") as file:
            start = file.read(4)
        if start[:2] == b"\x1f\x8b":
            with gzip.open(path, "rb") as file:
                start = file.read(4)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return False
    return len(start) == 4 and start[:2] == b"\0\0" and start[2] in _TYPES and start[3] > 0


def read_idx(path, limit):
    r"""
    Return the array in an IDX file of at most ``limit`` bytes, unpacked.

    EXAMPLES::

        sage: import tempfile
        sage: from pathlib import Path
        sage: from sage_mlvar.datasets.idx import read_idx
        sage: with tempfile.TemporaryDirectory() as folder:
        ....:     path = Path(folder, "images.idx3-ubyte")
        ....:     _ = path.write_bytes(bytes([0, 0, 8, 3, *[255] * 12]))
        ....:     read_idx(path, 10**6)
        Traceback (most recent call last):
        ...
        ValueError: data file '...' declares the shape (4294967295, 4294967295, 4294967295), ... bytes, more than the
        limit of 1000000
    """
    import numpy

    what = f"data file {str(path)!r}"
    there = check_file(path, limit)
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path, "rb") if packed else open(path, "rb") as file:
            head = file.read(4)
            if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in _TYPES or not 1 <= head[3] <= 8:
                raise ValueError(f"{what} must be an IDX file, and starts with {head!r}")
            sizes = file.read(4 * head[3])
            if len(sizes) < 4 * head[3]:
                raise ValueError(f"{what} is cut short: its shape is missing")
            shape = struct.unpack(f">{head[3]}I", sizes)
            dtype = numpy.dtype(_TYPES[head[2]])
            size = prod(shape) * dtype.itemsize
            if size > limit:
                raise ValueError(f"{what} declares the shape {shape}, {size} bytes, more than the limit of {limit}")
            # A read takes memory for all it may return, so a small file may not promise much.
            if size > (_MOST_PACKED * there if packed else there):
                has = f"only {there}{', packed' if packed else ''}"
                raise ValueError(f"{what} declares the shape {shape}, {size} bytes, and has {has}")
            data = file.read(size + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{what} cannot be unpacked: {error}") from error
    if len(data) != size:
        found = f"only {len(data)}" if len(data) < size else "more"
        raise ValueError(f"{what} declares the shape {shape}, {size} bytes, and has {found}")
    return numpy.frombuffer(data, dtype=dtype).reshape(shape)


def labels_beside(path):
    r"""
    Return the path of the labels that go with a file of images by its name, or ``None``.

    EXAMPLES::

        sage: import tempfile
        sage: from pathlib import Path
        sage: from sage_mlvar.datasets.idx import labels_beside
        sage: with tempfile.TemporaryDirectory() as folder:
        ....:     Path(folder, "train-labels-idx1-ubyte").touch()
        ....:     labels_beside(Path(folder, "train-images-idx3-ubyte.gz")).name
        'train-labels-idx1-ubyte'
    """
    name = path.name.replace("images", "labels").replace("idx3", "idx1")
    if "images" not in path.name:
        return None
    for candidate in (name, name.removesuffix(".gz"), f"{name}.gz"):
        if (path.parent / candidate).is_file():
            return path.parent / candidate
    return None
