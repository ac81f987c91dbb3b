r"""
Networks whose parameters are the entries of weight matrices, layer by layer and row by row.
"""

from itertools import pairwise

from .. import _sage  # noqa: F401
from ..rings import polynomial_ring
from .image import ImageModel

from sage.rings.rational_field import QQ

__all__ = ["LayeredModel", "weight_matrices", "weight_names"]


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


class LayeredModel(ImageModel):
    r"""
    Base of image models of networks without biases: the parameters are the entries of ``W^(1), ..., W^(L)``.

    A subclass sets ``_widths`` and implements ``_ring`` and ``values``.
    """

    def widths(self):
        r"""Return the widths ``(n_0, ..., n_L)``."""
        return self._widths

    def _parameter_ring(self):
        return polynomial_ring(QQ, self.number_of_parameters(), weight_names(self._widths))

    def number_of_parameters(self):
        return sum(a * b for a, b in pairwise(self._widths))

    def weights(self, parameters):
        r"""
        Return the weight matrices ``[W^(1), ..., W^(L)]`` with the given entries, each a list of rows.

        INPUT:

        - ``parameters`` -- flat list, in the order of ``parameter_ring().gens()``
        """
        return weight_matrices(self._widths, parameters)

    def _parametrization(self):
        return self.values(self.parameter_ring().gens())
