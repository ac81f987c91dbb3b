r"""
The difference of two outputs of a network with one hidden layer and an activation of degree at most 2.

It is ``g(u + y) = g(u) + grad(u).y + y^T A y`` with ``A = W^T D W``, ``W`` the first weight matrix and ``D`` diagonal.

EXAMPLES::

    sage: from sage_mlvar.check.document import rational
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.problem import Problem
    sage: from sage_mlvar.check.quadric import Quadric
    sage: network = Network([[["1", "0"], ["0", "2"]], [["1", "1"], ["-1", "1/2"]]], [["0", "0"], ["0", "0"]],
    ....:                   ["0", "0", "1"])
    sage: Quadric(Problem(network, [rational("1"), rational("0")], 0, 1)).diagonal
    [2, 1/2]
"""

from flint import fmpq, fmpq_mat, fmpz_mat

from .errors import Rejected
from .vectors import common

__all__ = ["Quadric"]

_LIMIT = 200


class Quadric:
    r"""
    The quadratic function ``g`` of a :class:`.Problem`.

    Attributes: ``diagonal`` (entries of D, ``fmpq``), ``support`` (indices of rows of W that ``g`` depends on).
    """

    def __init__(self, problem):
        network = problem.network
        if len(network.widths) != 3 or len(network.activation) > 3:
            raise Rejected("this kind of proof needs one hidden layer and an activation of degree at most 2")
        self.problem = problem
        row, _ = network.last_row(problem.predicted, problem.other)
        leading = network.activation[2] if len(network.activation) == 3 else fmpq(0)
        self.diagonal = [v * leading for v in row]
        self.support = [k for k, v in enumerate(row) if v != 0]
        self.inputs = network.widths[0]

    def gram(self):
        r"""Return ``W W^T`` times the square of the common denominator of ``W``, and that denominator."""
        cache = self.problem.network.cache
        if "gram" not in cache:
            matrix, denominator = self.problem.network.matrix(0)
            cache["gram"] = matrix * matrix.transpose(), denominator
        return cache["gram"]

    def hessian(self):
        r"""Return integers and a denominator: ``A = W^T D W``."""
        matrix, denominator = self.problem.network.matrix(0)
        tops, bottom = common(self.diagonal)
        scaled = [[top * matrix[k, j] for j in range(self.inputs)] for k, top in enumerate(tops)]
        return matrix.transpose() * fmpz_mat(scaled), denominator * denominator * bottom

    def reduced(self):
        r"""
        Return a matrix ``P`` and the matrices of ``v -> g(u + P v)``, which takes all values that ``g`` takes.

        ``P`` is the transpose of the rows of ``W`` that matter, or the identity when these are many.

        OUTPUT: ``P``, ``P^T A P``, ``P^T A^2 P``, ``P^T grad(u)/2``, all ``fmpq_mat``
        """
        if min(len(self.support), self.inputs) > _LIMIT:
            raise Rejected(f"exact elimination is limited to {_LIMIT} unknowns")
        matrix, denominator = self.problem.network.matrix(0)
        gradient = fmpq_mat(self.inputs, 1, self.problem.at_point[1])
        if len(self.support) < self.inputs:
            size = len(self.support)
            rows = fmpq_mat(
                size, self.inputs, [fmpq(matrix[k, j], denominator) for k in self.support for j in range(self.inputs)]
            )
            gram = rows * rows.transpose()
            scaled = _diagonal([self.diagonal[k] for k in self.support]) * gram
            first = gram * scaled
            return rows.transpose(), first, first * scaled, (rows * gradient) / 2
        top, bottom = self.hessian()
        form = fmpq_mat(top) / bottom
        identity = _diagonal([fmpq(1)] * self.inputs)
        return identity, form, form * form, gradient / 2


def _diagonal(entries):
    matrix = fmpq_mat(len(entries), len(entries))
    for k, entry in enumerate(entries):
        matrix[k, k] = entry
    return matrix
