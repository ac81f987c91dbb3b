r"""
Proofs of kind "taylor": one quadratic function below the network shows the margin positive within the radius.

``{"kind": "taylor", "basis": rows or null, "ball": t or null, "box": [t_1, ..., t_n] or null}``. On the points within
the radius ``r``, ``g`` is at least a quadratic function ``q`` of ``y = x - u`` (:mod:`sage_mlvar.check.minorant`) ::

    q + t (|y|^2 - r^2) + sum_i t_i (y_i - low_i)(y_i - high_i)

and this is proved positive everywhere, where ``low_i <= y_i <= high_i`` for those points. No multiplier is negative.
With a basis, rows of the first layer that span all of them, ``y`` are orthonormal coordinates of their span: ``g`` does
not depend on the others.

EXAMPLES::

    sage: from sage_mlvar.check.document import rational
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.problem import Problem
    sage: from sage_mlvar.check.taylor import verify
    sage: network = Network([[["1", "0"], ["0", "1"]], [["-1", "-1"], ["0", "0"]]],
    ....:                   [["0", "0"], ["4", "0"]], ["0", "0", "1"])
    sage: proof = {"kind": "taylor", "basis": None, "ball": "2", "box": None}
    sage: verify(proof, Problem(network, [rational("1"), rational("0")], 0, 1, lower=rational("9/10"))).verified
    ['class 1: a quadratic function below the margin is positive within 0.9']
    sage: verify(proof, Problem(network, [rational("1"), rational("0")], 0, 1, lower=rational("11/10")))
    Traceback (most recent call last):
    ...
    sage_mlvar.check.errors.Rejected: class 1: the multipliers do not prove the distance 1.1
"""

from flint import arb

from .document import approximate, fields, rational, sequence
from .elimination import is_positive
from .errors import Malformed
from .minorant import Cell, minorant
from .problem import Verified
from .separation import Separation

__all__ = ["holds", "multiplier", "verify"]


def verify(proof, problem):
    r"""Return what the proof shows, a :class:`.Verified`, or raise :class:`.Rejected`."""
    who = f"class {problem.other}"
    lower = Separation.distance(problem, lambda g, distance: holds(g, distance, proof), "the multipliers")
    radius = approximate(lower)
    return Verified(problem.lower, [f"{who}: a quadratic function below the margin is positive within {radius}"])


def multiplier(value, name):
    r"""Return a rational that is not negative, read from text."""
    number = rational(value, name)
    if number < 0:
        raise Malformed(f"{name} must not be negative, got {approximate(number)}")
    return number


def holds(separation, lower, proof):
    r"""Return whether ``proof`` shows that no boundary point is within ``lower``, a non-negative rational."""
    fields(proof, "proof", ["kind", "basis", "ball", "box"])
    basis, ball, box = separation.basis(proof["basis"]), proof["ball"], proof["box"]
    cut = separation.norm == "maximum" or separation.box is not None
    if ball is not None and separation.norm == "maximum":
        raise Malformed("ball must be null in the maximum norm")
    if box is not None and not cut:
        raise Malformed("box must be null in the Euclidean norm without a domain")
    ball = None if ball is None else multiplier(ball, "ball")
    if box is not None:
        box = [multiplier(t, "box") for t in sequence(box, "box", len(separation.point))]
    if separation.is_constant():
        return False
    sides = separation.sides(lower, len(separation.point)) if cut else None
    return separation.settles(lambda: _holds(separation, lower, basis, ball, box, sides))


def _holds(separation, lower, basis, ball, box, sides):
    program = separation.program(basis)
    if program is None:
        return None
    half = None if sides is None else [arb(max(-low, high)) for low, high in sides]
    c, b, Q = minorant(program, Cell(half=half, ball=arb(lower) if separation.norm == "euclidean" else None))
    if ball is not None:
        c = c - arb(ball) * arb(lower) ** 2
        for i in range(program.dimension):
            Q[i][i] = Q[i][i] + arb(ball)
    for i, t in enumerate(box or ()):
        low, high = sides[i]
        c = c + arb(t * low * high)
        b[i] = b[i] - arb(t * (low + high))
        Q[i][i] = Q[i][i] + arb(t)
    # Failure may be the fault of rounding.
    return is_positive(c, b, Q) or None
