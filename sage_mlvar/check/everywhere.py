r"""
Proofs of kind "positive": the difference of two outputs is positive everywhere, so that there is no boundary.

The proof holds no data: the minimum of a quadratic function is computed exactly, and whether a network of any depth is
constant is read off its zeros.

EXAMPLES::

    sage: from sage_mlvar.check.document import rational
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.problem import Problem
    sage: from sage_mlvar.check.everywhere import verify
    sage: network = Network([[["1", "1"]], [["1"], ["0"]]], [["0"], ["1", "0"]], ["0", "0", "1"])
    sage: verify({"kind": "positive"}, Problem(network, [rational("0"), rational("0")], 0, 1)).verified
    ['class 1: the difference of the outputs is at least 1 everywhere, so there is no boundary']
"""

from flint import fmpq, fmpz_mat

from .definite import minimum
from .document import approximate, fields
from .errors import Rejected
from .problem import INFINITY, Verified
from .quadric import Quadric

__all__ = ["least_value", "verify"]


def verify(proof, problem):
    r"""Return what the proof shows, a :class:`.Verified`, or raise :class:`.Rejected`."""
    fields(proof, "proof", ["kind"])
    who = f"class {problem.other}: the difference of the outputs"
    if _is_constant(problem):
        value, _ = problem.at_point
        if value == 0:
            raise Rejected(f"{who} is zero everywhere")
        return Verified(INFINITY, [f"{who} is a nonzero constant, so there is no boundary"])
    least, _ = least_value(problem)
    if least <= 0:
        raise Rejected(f"{who} has the minimum {approximate(least)}, so there is a boundary")
    return Verified(INFINITY, [f"{who} is at least {approximate(least)} everywhere, so there is no boundary"])


def least_value(problem):
    r"""Return the minimum of ``g`` over all points and the pivots of :func:`.minimum`, when ``g`` is quadratic."""
    value, _ = problem.at_point
    _, form, _, half = Quadric(problem).reduced()
    size = form.nrows()
    (whole, scale), (border, other) = form.numer_denom(), half.numer_denom()
    rows = [[whole[i, j] * other for j in range(size)] + [border[i, 0] * scale] for i in range(size)]
    both = scale * other
    rows.append([border[i, 0] * scale for i in range(size)] + [0])
    # The constant term is added afterwards: it only shifts the minimum.
    found = minimum(fmpz_mat(rows))
    if found is None:
        raise Rejected(f"class {problem.other}: the difference of the outputs is not bounded below")
    return value + found[0] / fmpq(both), found[1]


def _is_constant(problem):
    r"""Return whether ``g`` does not depend on its input because weights are zero."""
    network = problem.network
    varying = set(range(network.widths[0]))
    for layer in range(len(network.widths) - 2):
        matrix, _ = network.matrix(layer)
        varying = {k for k in range(matrix.nrows()) if any(matrix[k, j] != 0 for j in varying)}
    row, _ = network.last_row(problem.predicted, problem.other)
    return all(row[k] == 0 for k in varying)
