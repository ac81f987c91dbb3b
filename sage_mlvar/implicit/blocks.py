r"""
The rank of a large matrix modulo a prime, block by block, so that a limit on time is noticed on the way.

A block of rows is brought to echelon form, and what it says is subtracted from all rows below, which lose the columns
of the pivots. Products of halves of residues are added in double precision, as in :func:`.modular.matmul`.

EXAMPLES::

    sage: import numpy as np
    sage: from sage_mlvar.implicit.blocks import rank
    sage: A = np.arange(600).reshape(20, 30)
    sage: rank(A, 8388593, block=7)
    2
"""

import numpy as np

from ..options import LITTLE_MEMORY, running

__all__ = ["LARGE", "foresee", "operations", "rank"]

#: Number of operations from which an elimination is done in blocks: some seconds.
LARGE = 2 * 10**10

#: Seconds for an operation on a usual machine, and how many times faster another one may be.
_SECONDS, _FASTER = 1e-10, 20

#: Bytes for each entry of a matrix: its residue, the copy that is eliminated, and what makes it.
_BYTES = 24


def operations(rows, columns):
    r"""Return the number of operations, up to a constant, of the elimination of a matrix."""
    return rows * columns * min(rows, columns)


def foresee(rows, columns, doing, in_blocks=True):
    r"""
    Raise an error when the elimination of a matrix of this size is out of reach of the verb that runs.

    It is called before the matrix is made. What is done in blocks can be stopped at any time, and is begun unless even
    a machine that is much faster than the one of the prediction could not do it; all else is begun when it is predicted
    to end in time.

    EXAMPLES::

        sage: from sage_mlvar.implicit.blocks import foresee
        sage: from sage_mlvar.options import Deadline, Limits
        sage: foresee(1000, 1000, "the Jacobian")
        sage: foresee(10^7, 10^7, "the Jacobian")
        Traceback (most recent call last):
        ...
        sage_mlvar.errors.OutOfReachError: the Jacobian, 10000000 x 10000000 residues, needs 2400000000000000 bytes of
        memory, ...
        sage: with Limits(Deadline(5)).running():
        ....:     foresee(20000, 10000, "the rank of the Jacobian")
        Traceback (most recent call last):
        ...
        sage_mlvar.errors.BackendTimeout: time limit of 5 s leaves ... s for the rank of the Jacobian, 20000 x 10000
        residues, which is predicted to take 2e+02 s; raise timeout= (None: no limit)
    """
    rows, columns = int(rows), int(columns)
    limits = running()
    what = f"{doing}, {rows} x {columns} residues,"
    if _BYTES * rows * columns > LITTLE_MEMORY:
        limits.allow_memory(_BYTES * rows * columns, what)
    seconds = _SECONDS * operations(rows, columns)
    remaining = limits.deadline.remaining()
    if remaining is not None and seconds > remaining * (_FASTER if in_blocks else 1):
        limits.deadline.allow(seconds, what.removesuffix(","))


def rank(array, p, block=512):
    r"""
    Return the rank of ``array`` modulo ``p``.

    INPUT: as for :func:`.modular.rank`, and

    - ``block`` -- number of rows brought to echelon form at a time
    """
    from .modular import echelon

    deadline, doing = running().deadline, f"finding the rank of a matrix of {array.shape[0]} x {array.shape[1]}"
    deadline.check(doing)
    if array.shape[0] < array.shape[1]:
        array = array.T
    rest, found = np.empty(array.shape), 0
    for start in range(0, len(array), block):
        rest[start : start + block] = array[start : start + block] % p
    while rest.size:
        deadline.check(doing)
        rows, pivots = echelon(rest[:block].astype(np.int64), p)
        rest = rest[block:]
        if pivots:
            found += len(pivots)
            free = np.setdiff1d(np.arange(rest.shape[1]), pivots)
            right = rows[:, free].astype(np.float64)
            for start in range(0, len(rest), block):
                deadline.check(doing)
                part = rest[start : start + block]
                part[:, : len(free)] = _reduced(part[:, free], part[:, pivots], right, p)
            rest = rest[:, : len(free)]
        elif not rest.any():
            break
    return found


def _reduced(part, left, right, p):
    r"""Return ``part - left * right`` modulo ``p``."""
    # Residues of a half of 12 bits times residues stay below 2^35, and 2^18 of them add up exactly in a double.
    high = np.floor(left / 4096)
    upper = _residues(high @ right, p)
    upper *= 4096
    upper += (left - 4096 * high) @ right
    part -= upper
    return _residues(part, p)


def _residues(x, p):
    # The residues of least absolute value: rounding makes a multiple of p exactly 0.
    quotient = np.rint(x * (1.0 / p))
    quotient *= p
    x -= quotient
    return x
