r"""
The function that separates two classes, and coordinates in which it has few variables.

EXAMPLES::

    sage: from sage_mlvar.check.frame import difference
    sage: difference([[[1, 0], [0, 1]], [[1, 2], [1, 5]]], [[3, 4], [0, 1]], 0, 1)
    ([[[0, 1]], [[-3]]], [[4], [-1]])
"""

from flint import arb_mat, fmpq, fmpq_mat

from .elimination import cholesky

__all__ = ["difference", "difference_of", "row_space", "rows_of"]


def difference(weights, biases, c, other):
    r"""
    Return the weights and biases of ``f_c - f_other``, without the neurons that have no influence.

    INPUT: ``weights``, ``biases`` -- per layer, rows of exact numbers; ``c``, ``other`` -- indices of outputs

    OUTPUT: lists of the same kind; layers may be empty, when the function is constant
    """
    row = [a - b for a, b in zip(weights[-1][c], weights[-1][other])]
    alive = [j for j, a in enumerate(row) if a]
    matrices, shifts = [[[row[j] for j in alive]]], [[biases[-1][c] - biases[-1][other]]]
    for level in range(len(weights) - 2, -1, -1):
        rows = [weights[level][i] for i in alive]
        shifts.insert(0, [biases[level][i] for i in alive])
        inputs = (
            range(len(weights[level][0]))
            if not level
            else [j for j in range(len(weights[level][0])) if any(r[j] for r in rows)]
        )
        matrices.insert(0, [[r[j] for j in inputs] for r in rows])
        alive = inputs
    return matrices, shifts


def difference_of(problem):
    r"""Return :func:`difference` for the network and the classes of a :class:`~sage_mlvar.check.problem.Problem`."""
    network = problem.network
    layers = range(len(network.widths) - 1)
    weights = [rows_of(*network.matrix(k)) for k in layers]
    return difference(weights, [network.bias(k) for k in layers], problem.predicted, problem.other)


def rows_of(matrix, denominator):
    r"""Return the rows of ``matrix / denominator``, lists of ``fmpq``; ``matrix`` is an ``fmpz_mat``."""
    return [[fmpq(x, denominator) for x in row] for row in matrix.tolist()]


def row_space(rows, basis):
    r"""
    Return the rows in an orthonormal basis of the space that they span, as a matrix of balls; ``None`` when not proved.

    INPUT: ``rows`` -- lists of rationals; ``basis`` -- indices of rows that span the same space

    With ``R`` the rows of the basis and ``R R^T = L L^T``, the basis is ``L^(-1) R``.
    """
    chosen = [[fmpq(x) for x in rows[k]] for k in basis]
    everything = fmpq_mat(len(rows), len(rows[0]), [fmpq(x) for row in rows for x in row])
    R = fmpq_mat(len(chosen), len(rows[0]), [x for row in chosen for x in row])
    if len(set(basis)) != len(rows) and everything.rank() != len(basis):
        return None
    gram = arb_mat(R * R.transpose())
    L = cholesky(gram.tolist())
    if L is None:
        return None
    try:
        return arb_mat(L).solve(arb_mat(R * everything.transpose())).transpose()
    except ZeroDivisionError:
        return None
