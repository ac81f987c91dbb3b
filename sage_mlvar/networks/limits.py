r"""
How large a file may be, checked on what it declares before anything is allocated.

EXAMPLES::

    sage: from sage_mlvar.networks.limits import check_numbers
    sage: check_numbers([100, 784], "entry 'W1'")
    78400
    sage: check_numbers([2**40, 2**40], "entry 'W1'")
    Traceback (most recent call last):
    ...
    ValueError: entry 'W1' declares 1208925819614629174706176 numbers, more than the limit of 10000000 for a network
"""

import os
from pathlib import Path

__all__ = ["MAX_BYTES", "MAX_DEGREE", "MAX_NUMBERS", "check_file", "check_numbers", "read_bytes"]

#: Most numbers in all the layers of a network: as exact rationals they take about 1 GB.
MAX_NUMBERS = 10_000_000

#: Most bytes of the file of a network.
MAX_BYTES = 256 * 2**20

#: Highest degree of an activation that is put together from the operators of a graph.
MAX_DEGREE = 64


def check_numbers(shape, what):
    r"""
    Return the number of entries of an array of this shape; raise ``ValueError`` if a network may not have so many.

    INPUT:

    - ``shape`` -- list of integers, as a file declares them
    - ``what`` -- string; the start of the error

    EXAMPLES::

        sage: from sage_mlvar.networks.limits import check_numbers
        sage: check_numbers([3, -1], "entry 'W1'")
        Traceback (most recent call last):
        ...
        ValueError: entry 'W1' declares the shape [3, -1], with a negative entry
    """
    count = 1
    for size in shape:
        if size < 0:
            raise ValueError(f"{what} declares the shape {list(shape)}, with a negative entry")
        count *= size
    if count > MAX_NUMBERS:
        raise ValueError(f"{what} declares {count} numbers, more than the limit of {MAX_NUMBERS} for a network")
    return count


def check_file(path, limit=MAX_BYTES):
    r"""
    Return the size of the regular file ``path`` in bytes; raise ``ValueError`` if it exceeds ``limit``.

    EXAMPLES::

        sage: from sage_mlvar.networks.limits import check_file
        sage: check_file("/dev/zero")
        Traceback (most recent call last):
        ...
        ValueError: '/dev/zero' must be a regular file
    """
    status = os.stat(path)
    if not Path(path).is_file():
        raise ValueError(f"{str(path)!r} must be a regular file")
    if status.st_size > limit:
        raise ValueError(f"file {str(path)!r} has {status.st_size} bytes, more than the limit of {limit}")
    return status.st_size


def read_bytes(path, limit=MAX_BYTES):
    r"""Return the content of the regular file ``path``, of at most ``limit`` bytes."""
    size = check_file(path, limit)
    with open(path, "rb") as file:
        return file.read(size)
