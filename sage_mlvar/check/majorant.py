r"""
Proofs of kind "majorant": the network cannot change enough within the radius.

Layer by layer, with the Taylor coefficients ``c_i`` of the activation at the pre-activations of the point,
``|sigma(z + t) - sigma(z)| <= sum_i |c_i| T^i`` for ``|t| <= T``. In the first layer ``T`` is the radius times the norm
of the row. The proof holds no data.

EXAMPLES::

    sage: from sage_mlvar.check.document import rational
    sage: from sage_mlvar.check.majorant import verify
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.problem import Problem
    sage: network = Network([[["1", "0"], ["0", "1"]], [["-1", "-1"], ["0", "0"]]],
    ....:                   [["0", "0"], ["4", "0"]], ["0", "0", "1"])
    sage: point = [rational("1"), rational("0")]
    sage: verify({"kind": "majorant"}, Problem(network, point, 0, 1, lower=rational("1/2"))).verified
    ['class 1: the network changes too little within 0.5 to reach the boundary']
    sage: verify({"kind": "majorant"}, Problem(network, point, 0, 1, lower=rational("1")))
    Traceback (most recent call last):
    ...
    sage_mlvar.check.errors.Rejected: class 1: the bounds of the layers do not prove the distance 1
"""

from flint import arb, arb_mat

from .document import approximate, fields
from .errors import Rejected
from .minorant import root, taylor_coefficients
from .problem import INFINITY, Verified
from .separation import Separation

__all__ = ["holds", "verify"]


def verify(proof, problem):
    r"""Return what the proof shows, a :class:`.Verified`, or raise :class:`.Rejected`."""
    fields(proof, "proof", ["kind"])
    who = f"class {problem.other}"
    if problem.lower is INFINITY or not holds(Separation.of(problem), problem.lower):
        raise Rejected(f"{who}: the bounds of the layers do not prove the distance {approximate(problem.lower)}")
    radius = approximate(problem.lower)
    return Verified(problem.lower, [f"{who}: the network changes too little within {radius} to reach the boundary"])


def holds(separation, lower):
    r"""Return whether the bounds prove that no boundary point is within ``lower``, a non-negative rational."""
    return not separation.is_constant() and separation.settles(lambda: _holds(separation, lower))


def _holds(separation, lower):
    program, radius = separation.program(), arb(lower)
    euclidean = separation.norm == "euclidean"
    change = [
        radius * (root(sum((x * x for x in row), arb(0))) if euclidean else sum(map(abs, row), arb(0)))
        for row in program.first.tolist()
    ]
    p = program.start
    for W, absolute, b in program.later:
        values, moves = [], []
        for z, T in zip(p.entries(), change):
            c = taylor_coefficients(program, z)
            move = arb(0)
            for a in reversed(c[1:]):
                move = (move + abs(a)) * T
            values.append(c[0])
            moves.append(move)
        p = W * arb_mat(len(values), 1, values) + b
        change = (absolute * arb_mat(len(moves), 1, moves)).entries()
    if change[0] < p[0, 0]:
        return True
    return False if change[0] >= p[0, 0] else None
