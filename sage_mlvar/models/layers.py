r"""
Weight matrices of a network from a flat list of entries, layer by layer and row by row.
"""

from itertools import pairwise

__all__ = ["weight_matrices", "weight_names"]


def weight_names(widths):
    r"""
    Return the names ``w{l}_{i}_{j}`` of the entries of ``W^(1), ..., W^(L)``.

    EXAMPLES::

        sage: from sage_mlvar.models.layers import weight_names
        sage: weight_names((2, 1, 1))
        ['w1_0_0', 'w1_0_1', 'w2_0_0']
    """
    return [
        f"w{layer}_{i}_{j}"
        for layer, (columns, rows) in enumerate(pairwise(widths), start=1)
        for i in range(rows)
        for j in range(columns)
    ]


def weight_matrices(widths, entries):
    r"""
    Return ``[W^(1), ..., W^(L)]``, each a list of rows, with the given flat list of entries.

    EXAMPLES::

        sage: from sage_mlvar.models.layers import weight_matrices
        sage: weight_matrices((2, 1, 1), [1, 2, 3])
        [[[1, 2]], [[3]]]
    """
    entries = list(entries)
    result, start = [], 0
    for columns, rows in pairwise(widths):
        result.append([entries[start + i * columns : start + (i + 1) * columns] for i in range(rows)])
        start += rows * columns
    return result
