r"""
Positive definiteness of symmetric integer matrices, proved.

Small matrices are decided by fraction-free elimination (Bareiss), large ones by elimination in ball arithmetic: when
every pivot is a ball of positive numbers, so are the true pivots. Precision is raised until the signs are certain.

EXAMPLES::

    sage: from flint import fmpz_mat
    sage: from sage_mlvar.check.definite import minimum, positive_definite
    sage: positive_definite(fmpz_mat([[2r, 1r], [1r, 2r]]))
    'exactly'
    sage: positive_definite(fmpz_mat([[1r, 1r], [1r, 1r]]))
    Traceback (most recent call last):
    ...
    sage_mlvar.check.errors.Rejected: the 2 x 2 matrix of the proof is not positive definite

REFERENCES: E. H. Bareiss, Sylvester's identity and multistep integer-preserving Gaussian elimination, 1968.
"""

from flint import arb_mat, ctx, fmpq, fmpz

from .elimination import positive_pivots
from .errors import Rejected

__all__ = ["EXACT", "minimum", "positive_definite"]

#: Up to this size elimination with integers is quick whatever the numbers are.
EXACT = 12
#: Up to this size it is still possible, and decides what balls could not.
_LAST_RESORT = 128
_PRECISIONS = (128, 256, 512, 1024, 2048)


def positive_definite(matrix):
    r"""
    Return how it was proved that ``matrix`` is positive definite, and raise :class:`.Rejected` when it is not.

    INPUT:

    - ``matrix`` -- symmetric ``fmpz_mat``

    EXAMPLES::

        sage: from flint import fmpz_mat
        sage: from sage_mlvar.check.definite import positive_definite
        sage: positive_definite(fmpz_mat([[2r*(i == j) - (abs(i - j) == 1r) for i in range(30)] for j in range(30)]))
        'with balls of 128 bits'
    """
    size = matrix.nrows()
    verdict, how = None, "exactly"
    if any(matrix[k, k] <= 0 for k in range(size)):
        verdict = False
    elif size > EXACT:
        for precision in _PRECISIONS:
            with ctx.workprec(precision):
                verdict = positive_pivots(arb_mat(matrix).tolist())
            if verdict is not None:
                how = f"with balls of {precision} bits"
                break
        if verdict is None and size > _LAST_RESORT:
            raise Rejected(
                f"the {size} x {size} matrix of the proof is too close to singular: "
                f"balls of {_PRECISIONS[-1]} bits do not tell whether it is positive definite"
            )
    if verdict is None:
        verdict = _exact_pivots([[matrix[i, j] for j in range(i + 1)] for i in range(size)])
    if not verdict:
        raise Rejected(f"the {size} x {size} matrix of the proof is not positive definite")
    return how


def _exact_pivots(rows):
    r"""Return whether the leading minors are positive; ``rows`` is the lower triangle, and is overwritten."""
    before = fmpz(1)
    for i in range(len(rows)):
        pivot = rows[i][i]
        if pivot <= 0:
            return False
        column = [row[i] if len(row) > i else None for row in rows]
        for r in range(i + 1, len(rows)):
            row, factor = rows[r], column[r]
            for s in range(i + 1, r + 1):
                row[s] = (pivot * row[s] - factor * column[s]) // before
        before = pivot
    return True


def minimum(matrix):
    r"""
    Return the minimum of ``v -> (v, 1)^T matrix (v, 1)`` over real ``v``, with the pivots used, or None if there is no
    minimum: the form is unbounded below.

    INPUT:

    - ``matrix`` -- symmetric ``fmpz_mat``

    OUTPUT: an ``fmpq``, and a list of indices that carry a nonsingular part of full rank of the quadratic part

    ALGORITHM: fraction-free symmetric elimination with diagonal pivots. The form is bounded below if and only if its
    quadratic part is positive semidefinite and its linear part lies in the image.

    EXAMPLES::

        sage: from flint import fmpz_mat
        sage: from sage_mlvar.check.definite import minimum
        sage: minimum(fmpz_mat([[1r, 1r, 1r], [1r, 1r, 1r], [1r, 1r, 5r]]))  # (v0 + v1)^2 + 2 (v0 + v1) + 5
        (4, [0])
        sage: minimum(fmpz_mat([[1r, 1r, 1r], [1r, 1r, 0r], [1r, 0r, 5r]])) is None
        True
        sage: minimum(fmpz_mat([[0r, 1r, 0r], [1r, 0r, 0r], [0r, 0r, 5r]])) is None  # 2 v0 v1 + 5
        True
    """
    size = matrix.nrows()
    rows = [[matrix[i, j] for j in range(size)] for i in range(size)]
    left, pivots, before = list(range(size)), [], fmpz(1)
    last = size - 1
    while True:
        # All pivots are positive, so that the signs are those of the true Schur complement.
        if any(rows[k][k] < 0 for k in left if k != last):
            return None
        i = next((k for k in left if k != last and rows[k][k] > 0), None)
        if i is None:
            break
        left.remove(i)
        pivots.append(i)
        pivot, column = rows[i][i], {k: rows[k][i] for k in left}
        for r in left:
            for s in left:
                if s <= r:
                    rows[r][s] = rows[s][r] = (pivot * rows[r][s] - column[r] * column[s]) // before
        before = pivot
    if any(rows[r][s] != 0 for r in left if r != last for s in left):
        return None
    return fmpq(rows[last][last], before), pivots
