r"""
Arrays in ``.npy`` and ``.npz`` files, read without trust in what the files declare.

Nothing is unpickled, and a size is compared with the bytes that are there before memory is taken for it.

EXAMPLES::

    sage: import io, numpy
    sage: from sage_mlvar.networks.arrays import read_npy
    sage: file = io.BytesIO()
    sage: numpy.save(file, numpy.array([[0.5, 1.0]]))
    sage: _ = file.seek(0)
    sage: read_npy(file, len(file.getvalue()), "file 'x.npy'", lambda shape, dtype: None)
    array([[0.5, 1. ]])
"""

import re
import zipfile
import zlib
from contextlib import contextmanager
from math import prod

__all__ = ["open_npz", "read_npy"]

#: Most entries of an archive, and most bytes of its table of contents.
_MAX_ENTRIES = 1000
_MAX_DIRECTORY = 2**20

#: The header of plain numbers, a Python literal; as a pattern it needs no parser of Python.
_HEADER = re.compile(
    rb"\{\s*'descr':\s*'([<>|=]?[biuf][1248])',\s*'fortran_order':\s*(True|False),\s*"
    rb"'shape':\s*\(((?:\s*\d{1,18}\s*,){0,30}\s*\d{0,18}\s*)\),?\s*\}\s*\Z"
)
_KIND = re.compile(rb"'descr':\s*('[^']{0,40}'|\[.{0,40})")

_END_OF_ARCHIVE = 22  # bytes of the record that ends a zip file without a comment


def read_npy(file, size, what, check):
    r"""
    Return the array of numbers in an open ``.npy`` file.

    INPUT:

    - ``file`` -- binary file
    - ``size`` -- integer; how many bytes it has
    - ``what`` -- string; the start of errors
    - ``check`` -- function of the declared shape and ``dtype``, called before any allocation; raises what it will
    """
    import numpy

    start = file.read(10)
    if not start.startswith(b"\x93NUMPY\1") or len(start) < 10:
        raise ValueError(
            f"{what} must be a NumPy array in version 1 of its format, as numpy.save writes, and starts with {start!r}"
        )
    header = file.read(int.from_bytes(start[8:10], "little"))
    found = _HEADER.match(header)
    if not found:
        kind = _KIND.search(header)
        wrong = f"dtype {kind[1].decode('latin-1')}" if kind else f"the header {header[:80]!r}"
        raise ValueError(f"{what} must be a NumPy array of integers or floats of at most 64 bits, got {wrong}")
    dtype = numpy.dtype(found[1].decode())
    columns_first = found[2] == b"True"
    shape = tuple(int(length) for length in found[3].split(b",") if length.strip())
    count = prod(shape)
    there = size - file.tell()
    if count * dtype.itemsize != there:
        raise ValueError(
            f"{what} declares the shape {shape} and dtype {dtype}, {count * dtype.itemsize} bytes, and has {there}"
        )
    check(shape, dtype)
    data = file.read(there)
    if len(data) != there:
        raise ValueError(f"{what} is cut short: {len(data)} bytes of {there}")
    array = numpy.frombuffer(data, dtype=dtype)
    return array.reshape(shape[::-1]).transpose() if columns_first else array.reshape(shape)


@contextmanager
def open_npz(path, what):
    r"""
    Open the ``.npz`` file ``path``; the value is the dictionary from names to functions that read an array.

    INPUT:

    - ``path`` -- path
    - ``what`` -- string; the start of errors

    Each function takes one argument, ``check`` of :func:`read_npy`.

    EXAMPLES::

        sage: import os, numpy, tempfile
        sage: from sage_mlvar.networks.arrays import open_npz
        sage: with tempfile.TemporaryDirectory() as folder:
        ....:     path = os.path.join(folder, "x.npz")
        ....:     numpy.savez(path, y=numpy.array([1, 2]))
        ....:     with open_npz(path, "file 'x.npz'") as entries:
        ....:         sorted(entries), entries["y"](lambda shape, dtype: None)
        (['y'], array([1, 2]))
    """
    with open(path, "rb") as raw:
        _check_directory(raw, what)
        try:
            archive = zipfile.ZipFile(raw)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError, OverflowError) as error:
            raise ValueError(f"{what} must be a zip archive of arrays: {error}") from error
        with archive:
            members = archive.infolist()
            if len(members) > _MAX_ENTRIES:
                raise ValueError(f"{what} has {len(members)} entries, more than the limit of {_MAX_ENTRIES}")
            names = [member.filename.removesuffix(".npy") for member in members]
            if len(set(names)) < len(names):
                raise ValueError(f"{what} has two entries of the same name")
            yield {name: _reader(archive, member, name, what) for name, member in zip(names, members)}


def _check_directory(raw, what):
    r"""Check the size of the table of contents, of which ``zipfile`` makes Python objects at once."""
    size = raw.seek(0, 2)
    raw.seek(max(size - _END_OF_ARCHIVE - 20, 0))
    tail = raw.read()
    end = tail[-_END_OF_ARCHIVE:]
    if len(end) < _END_OF_ARCHIVE or not end.startswith(b"PK\5\6"):
        raise ValueError(f"{what} must be a zip archive that ends with its table of contents; it may be cut short")
    if tail.startswith(b"PK\6\7") or int.from_bytes(end[12:16], "little") > _MAX_DIRECTORY:
        raise ValueError(f"{what} has a table of contents of more than the limit of {_MAX_DIRECTORY} bytes")
    raw.seek(0)


def _reader(archive, member, name, what):
    def read(check):
        try:
            with archive.open(member) as file:
                return read_npy(file, member.file_size, f"{what}, entry {name!r},", check)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OverflowError) as error:
            raise ValueError(f"{what}, entry {name!r}, cannot be unpacked: {error}") from error

    return read
