r"""
Elimination in ball arithmetic: positive quadratic functions, and Cholesky factors.

EXAMPLES::

    sage: from flint import arb, arb_mat
    sage: from sage_mlvar.check.elimination import is_positive
    sage: is_positive(arb("1"), [arb("-1")], [[arb("1")]]), is_positive(arb("1"), [arb("-2")], [[arb("1")]])
    (True, False)
"""

from flint import arb, arb_mat

__all__ = ["cholesky", "is_positive", "positive_pivots"]

_LEAF = 24


def is_positive(c, b, Q):
    r"""
    Return whether ``c + b.y + y^T Q y`` is proved positive for all ``y``; ``False`` says nothing.

    INPUT: ``c`` -- a ball; ``b`` -- list of balls; ``Q`` -- rows of balls, read on and above the diagonal
    """
    size = len(b)
    rows = [[Q[min(i, k)][max(i, k)] for k in range(size)] + [x / 2] for i, x in enumerate(b)]
    rows.append([x / 2 for x in b] + [c])
    return bool(positive_pivots(rows))


def positive_pivots(rows):
    r"""
    Return True when the symmetric matrix in these balls is positive definite, False when not, None when unknown.

    By halves: [[A, B^T], [B, C]] is positive definite if and only if A and C - B A^(-1) B^T are. FLINT solves and
    multiplies with rigorous balls, and far faster than loops in Python.
    """
    size = len(rows)
    if size <= _LEAF:
        return _leaf_pivots(rows)
    half = size // 2
    first = [row[:half] for row in rows[:half]]
    verdict = positive_pivots(first)
    if not verdict:
        return verdict
    below = arb_mat([row[:half] for row in rows[half:]])
    try:
        solved = arb_mat(first).solve(below.transpose())
    except ZeroDivisionError:
        return None
    return positive_pivots((arb_mat([row[half:] for row in rows[half:]]) - below * solved).tolist())


def _leaf_pivots(rows):
    rows = [row[: k + 1] for k, row in enumerate(rows)]
    for i in range(len(rows)):
        pivot = rows[i][i]
        # Comparisons of balls are True only when they hold for all their numbers.
        if not pivot > 0:
            return False if pivot <= 0 else None
        for r in range(i + 1, len(rows)):
            row = rows[r]
            factor = row[i] / pivot
            for s in range(i + 1, r + 1):
                row[s] -= factor * rows[s][i]
    return True


def cholesky(rows):
    r"""
    Return the lower triangular ``L`` with ``L L^T`` the matrix, as rows of balls; ``None`` when not proved.

    EXAMPLES::

        sage: from flint import arb, arb_mat
        sage: from sage_mlvar.check.elimination import cholesky
        sage: cholesky([[arb("4"), arb("2")], [arb("2"), arb("2")]])
        [[2.00000000000000, 0], [1.00000000000000, 1.00000000000000]]
    """
    rows = [list(row) for row in rows]
    n = len(rows)
    lower = [[arb(0)] * n for _ in range(n)]
    for k, top in enumerate(rows):
        if not top[k] > 0:
            return None
        pivot = top[k].sqrt()
        lower[k][k] = pivot
        for i in range(k + 1, n):
            lower[i][k] = top[i] / pivot
        for i in range(k + 1, n):
            factor, row = lower[i][k], rows[i]
            if factor.is_zero():
                continue
            for j in range(i, n):
                row[j] = row[j] - factor * lower[j][k]
    return lower
