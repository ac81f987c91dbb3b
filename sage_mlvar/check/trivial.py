r"""
Proofs of kind "trivial": a distance is not negative.

EXAMPLES::

    sage: from sage_mlvar.check.document import rational
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.problem import Problem
    sage: from sage_mlvar.check.trivial import verify
    sage: network = Network([[["1"]], [["1"], ["0"]]], [["0"], ["1", "0"]], ["0", "0", "0", "1"])
    sage: verify({"kind": "trivial"}, Problem(network, [rational("0")], 0, 1, lower=rational("1")))
    Traceback (most recent call last):
    ...
    sage_mlvar.check.errors.Rejected: class 1: the proof shows a squared distance of at least 0 only, ...
"""

from flint import fmpq

from .document import fields
from .problem import Verified

__all__ = ["verify"]


def verify(proof, problem):
    r"""Return what the proof shows, a :class:`.Verified`, or raise :class:`.Rejected`."""
    fields(proof, "proof", ["kind"])
    lower = problem.from_square(fmpq(0))
    return Verified(lower, [f"class {problem.other}: nothing is claimed about the distance"])
