r"""
Dense linear algebra modulo word-size primes, and the way back to the rational numbers.

Matrices are numpy arrays of ``int64``; the elimination is LinBox/FFLAS, reached through Sage's matrices modulo
`p < 2^{23}`. Copying entries in and out as bytes costs a few per cent of the elimination, a list of integers would
double it.

EXAMPLES::

    sage: import numpy as np
    sage: from sage_mlvar.implicit.modular import nullspace, primes, rank
    sage: p = primes(1)[0]; p
    8388593
    sage: A = np.array([[1, 2, 3], [2, 4, 6]])
    sage: rank(A, p)
    1
    sage: nullspace(A, p).tolist()
    [[8388591, 1, 0], [8388590, 0, 1]]
"""

import sys
from functools import cache
from math import gcd, isqrt

import numpy as np

from .. import _sage  # noqa: F401
from . import blocks

from sage.matrix.matrix_space import MatrixSpace
from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.integer import Integer

__all__ = [
    "LIMIT",
    "RationalLift",
    "echelon",
    "lifted_nullspace",
    "matmul",
    "nullspace",
    "primes",
    "rank",
    "rational_reconstruction",
    "without_zeros",
]

#: Bound on the primes: FFLAS works on them in double precision.
LIMIT = 1 << 23


@cache
def primes(count):
    r"""
    Return the ``count`` largest primes below `2^{23}`, in decreasing order.

    EXAMPLES::

        sage: from sage_mlvar.implicit.modular import primes
        sage: primes(2)
        (8388593, 8388587)
    """
    found, p = [], Integer(LIMIT)
    while len(found) < count:
        p = p.previous_prime()
        found.append(int(p))
    return tuple(found)


def _to_sage(array, p):
    matrix = MatrixSpace(GF(p), *array.shape).matrix()
    data, version = matrix._pickle()
    if version == 10 and data[0] == 8 and array.size:
        data = (8, sys.byteorder == "little", np.ascontiguousarray(array, dtype=np.int64).tobytes())
        matrix._unpickle(data, version)
        return matrix
    return MatrixSpace(GF(p), *array.shape)(array.ravel().tolist())


def _from_sage(matrix):
    shape = (matrix.nrows(), matrix.ncols())
    data, version = matrix._pickle()
    if version == 10 and data[0] == 8 and data[1] == (sys.byteorder == "little"):
        return np.frombuffer(data[2], dtype=np.int64).reshape(shape)
    return np.array([[int(entry) for entry in row] for row in matrix.rows()], dtype=np.int64).reshape(shape)


def rank(array, p):
    r"""
    Return the rank of ``array`` modulo ``p``.

    INPUT:

    - ``array`` -- two-dimensional array of integers
    - ``p`` -- prime below :data:`LIMIT`

    EXAMPLES::

        sage: import numpy as np
        sage: from sage_mlvar.implicit.modular import rank
        sage: rank(np.array([[1, 2], [3, 6 + 7]]), 7)
        1
    """
    array = np.asarray(array)
    if 0 in array.shape:
        return 0
    if blocks.operations(*array.shape) >= blocks.LARGE:
        return blocks.rank(array, p)
    return int(_to_sage(array % p, p).rank())


def without_zeros(array):
    r"""
    Return ``array`` without its zero rows and columns, which do not add to a rank and only cost time.

    EXAMPLES::

        sage: import numpy as np
        sage: from sage_mlvar.implicit.modular import without_zeros
        sage: without_zeros(np.array([[0, 1, 2], [0, 0, 0]])).tolist()
        [[1, 2]]
    """
    for axis in (1, 0):
        used = array.any(axis=axis)
        # A copy of a large array is made only where something is left out.
        if not used.all():
            array = array[used] if axis else array[:, used]
    return array


def echelon(array, p):
    r"""
    Return the non-zero rows of the reduced echelon form modulo ``p``, and the list of pivot columns.

    EXAMPLES::

        sage: import numpy as np
        sage: from sage_mlvar.implicit.modular import echelon
        sage: rows, pivots = echelon(np.array([[0, 2, 4], [0, 1, 2]]), 7)
        sage: rows.tolist(), pivots
        ([[0, 1, 2]], [1])
    """
    array = np.asarray(array) % p
    if 0 in array.shape:
        return np.zeros((0, array.shape[1]), dtype=np.int64), []
    if blocks.operations(*array.shape) >= blocks.LARGE:
        blocks.foresee(*array.shape, "the echelon form of a matrix", in_blocks=False)
    matrix = _to_sage(array, p)
    matrix.echelonize()
    pivots = [int(c) for c in matrix.pivots()]
    return _from_sage(matrix)[: len(pivots)], pivots


def nullspace(array, p):
    r"""
    Return a basis of the right kernel of ``array`` modulo ``p``, as rows.

    Row number `i` has a 1 in the `i`-th column that is no pivot, and 0 in the others: this basis depends on the
    kernel only, so bases for several primes can be combined.

    EXAMPLES::

        sage: import numpy as np
        sage: from sage_mlvar.implicit.modular import nullspace
        sage: nullspace(np.zeros((0, 2), dtype=int), 7).tolist()
        [[1, 0], [0, 1]]
    """
    array = np.asarray(array)
    columns = array.shape[1]
    rows, pivots = echelon(array, p)
    free = np.setdiff1d(np.arange(columns), pivots)
    basis = np.zeros((len(free), columns), dtype=np.int64)
    basis[np.arange(len(free)), free] = 1
    if len(pivots) and len(free):
        basis[:, pivots] = (-rows[:, free].T) % p
    return basis


def matmul(left, right, p):
    r"""
    Return the product of two arrays of residues modulo ``p``, in ``int64``, without overflow.

    EXAMPLES::

        sage: import numpy as np
        sage: from sage_mlvar.implicit.modular import matmul
        sage: p = 8388593
        sage: matmul(np.full((1, 1000), p - 1), np.full((1000, 1), p - 1), p).tolist()
        [[1000]]
    """
    # Halves of 12 bits: products of a half and a residue stay below 2^35, so 2^18 of them add up exactly in a double.
    left, right = np.asarray(left) % p, np.asarray(right) % p
    if left.shape[-1] >= 1 << 17:
        half = left.shape[-1] // 2
        return (
            matmul(left[..., :half], right[..., :half, :], p) + matmul(left[..., half:], right[..., half:, :], p)
        ) % p
    low, high = (left & 4095).astype(np.float64), (left >> 12).astype(np.float64)
    right = right.astype(np.float64)
    upper = np.matmul(high, right).astype(np.int64) % p
    return (upper * 4096 + np.matmul(low, right).astype(np.int64)) % p


def rational_reconstruction(residue, modulus):
    r"""
    Return ``(n, d)`` with `n/d` congruent to ``residue`` and `|n|, d \le \sqrt{m/2}`, or ``None``.

    EXAMPLES::

        sage: from sage_mlvar.implicit.modular import rational_reconstruction
        sage: rational_reconstruction(-3 * pow(7, -1, 8388593), 8388593)
        (-3, 7)
    """
    bound = isqrt(modulus // 2)
    r0, r1, s0, s1 = modulus, residue % modulus, 0, 1
    while r1 > bound:
        quotient = r0 // r1
        r0, r1, s0, s1 = r1, r0 - quotient * r1, s1, s0 - quotient * s1
    if s1 == 0 or abs(s1) > bound or gcd(r1, s1) != 1:
        return None
    return (r1, s1) if s1 > 0 else (-r1, -s1)


class RationalLift:
    r"""
    Rows over `\QQ` from their residues modulo several primes.

    Residues that do not belong together (a prime at which the kernel changes its pivots) are to be left out by the
    caller. What :meth:`rows` returns is a guess until it is checked exactly.

    EXAMPLES::

        sage: import numpy as np
        sage: from sage_mlvar.implicit.modular import RationalLift, primes
        sage: lift = RationalLift()
        sage: for p in primes(3):
        ....:     lift.add(np.array([[1, 12345 * pow(77777, -1, p) % p]]), p)
        sage: lift.rows()
        [[77777, 12345]]
    """

    def __init__(self):
        self.modulus = 1
        self.residues = None
        self.primes = []

    def add(self, residues, p):
        r"""Take the residues modulo the new prime ``p`` into account."""
        residues = np.asarray(residues) % p
        if self.residues is None:
            self.residues, self.modulus = residues.astype(object), p
        else:
            inverse = pow(self.modulus, -1, p)
            known = (self.residues % p).astype(np.int64)
            step = ((residues - known) % p) * inverse % p
            self.residues = self.residues + self.modulus * step.astype(object)
            self.modulus *= p
        self.primes.append(p)

    def rows(self):
        r"""Return the rows as lists of integers without common factor, or ``None`` if the primes do not suffice."""
        found = []
        for residues in self.residues:
            row = _reconstruct_row(residues.tolist(), self.modulus)
            if row is None:
                return None
            found.append(row)
        return found


def _reconstruct_row(residues, modulus):
    # One common denominator: every new fraction is looked for after multiplication by the denominator so far.
    row, common = [], 1
    for residue in residues:
        if residue == 0:
            row.append((0, 1))
            continue
        scaled = residue * common % modulus
        fraction = rational_reconstruction(scaled, modulus)
        if fraction is None:
            return None
        numerator, denominator = fraction
        row.append((numerator, common * denominator))
        common *= denominator
    if common * common > modulus:
        return None
    integers = [n * (common // d) for n, d in row]
    divisor = gcd(*integers)
    return [n // divisor for n in integers] if divisor else integers


def lifted_nullspace(nullspace_at, accept, limit=80, skip=0):
    r"""
    Return integer rows that span a kernel over `\QQ`, known modulo primes, and the primes used.

    The kernel modulo a prime can be larger than over `\QQ`, or have other free columns; such primes are left out, in
    favour of those with the smallest kernel. A guess is tested by ``accept`` once it agrees with a prime that was not
    used for it.

    INPUT:

    - ``nullspace_at`` -- function of a prime that returns what :func:`nullspace` does, or some of its rows, or ``None``
      to leave this prime out
    - ``accept`` -- function of the list of rows; the exact test
    - ``limit`` -- number of primes after which to give up
    - ``skip`` -- number of primes to leave out

    EXAMPLES::

        sage: import numpy as np
        sage: from sage_mlvar.implicit.modular import lifted_nullspace, nullspace
        sage: A = np.array([[3, 5]])
        sage: lifted_nullspace(lambda p: nullspace(A, p), lambda rows: True)[0]
        [[-5, 3]]
    """
    lift, signature = None, None
    for p in primes(limit + skip)[skip:]:
        basis = nullspace_at(p)
        if basis is None:
            continue
        free = (len(basis), tuple((basis.shape[1] - 1 - np.argmax(basis[:, ::-1] != 0, axis=1)).tolist()))
        if signature is None or free[0] < signature[0]:
            lift, signature, guess = RationalLift(), free, None
        elif free != signature:
            continue
        if guess is not None and _agree(guess, basis, p):
            if accept(guess):
                return guess, tuple(lift.primes)
            raise ArithmeticError("a kernel known modulo several primes is not the kernel over the rational numbers")
        lift.add(basis, p)
        guess = lift.rows()
    raise ArithmeticError(f"{limit} primes do not suffice to lift a kernel to the rational numbers")


def _agree(integers, residues, p):
    # Rows of integers are a multiple of the rows of residues; compare after normalizing the free column to 1.
    rows = np.array([[c % p for c in row] for row in integers], dtype=np.int64).reshape(residues.shape)
    last = residues.shape[1] - 1 - np.argmax(residues[:, ::-1] != 0, axis=1) if residues.size else []
    scale = rows[np.arange(len(rows)), last]
    return bool((rows == residues * scale[:, None] % p).all()) if residues.size else True
