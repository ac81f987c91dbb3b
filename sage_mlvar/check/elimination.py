r"""
Elimination in ball arithmetic: positive quadratic functions, and Cholesky factors.

EXAMPLES::

    sage: from flint import arb
    sage: from sage_mlvar.check.elimination import is_positive
    sage: is_positive(arb("1"), [arb("-1")], [[arb("1")]]), is_positive(arb("1"), [arb("-2")], [[arb("1")]])
    (True, False)
"""

from flint import arb

__all__ = ["cholesky", "is_positive"]


def is_positive(c, b, Q):
    r"""
    Return whether ``c + b.y + y^T Q y`` is proved positive for all ``y``; ``False`` says nothing.

    INPUT: ``c`` -- a ball; ``b`` -- list of balls; ``Q`` -- rows of balls, read on and above the diagonal
    """
    rows = [[*row, x / 2] for row, x in zip(Q, b)]
    rows.append([arb(0)] * len(b) + [c])
    for k, top in enumerate(rows):
        # Comparisons of balls are true only when they hold for all their numbers.
        if not top[k] > 0:
            return False
        for i in range(k + 1, len(rows)):
            if top[i].is_zero():
                continue
            factor, row = top[i] / top[k], rows[i]
            for j in range(i, len(rows)):
                row[j] = row[j] - factor * top[j]
    return True


def cholesky(rows):
    r"""
    Return the lower triangular ``L`` with ``L L^T`` the matrix, as rows of balls; ``None`` when not proved.

    EXAMPLES::

        sage: from flint import arb
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
