r"""
Proofs of kind "cover": a box around the data point is cut into cells, none of which holds a boundary point.

``{"kind": "cover", "basis": rows or null, "reach": r, "tree": text, "multipliers": [t, ...]}``. The box
``-r <= y_i <= r``, cut by the sides of the domain, is halved again and again. The tree, in preorder, the lower half
first, has the axis, a digit, for each cut, and for each cell that is left a ``.`` or, with the next multiplier, ``m``.
A cell is done with when all its points are farther than the claimed distance, or the quadratic function of
:mod:`sage_mlvar.check.minorant` is positive on the cell; for an ``m`` with ``t (|y|^2 - r^2)`` added, and then on all
the space, or on the cell with a multiplier for each side. Coordinates as for "taylor".

EXAMPLES::

    sage: from sage_mlvar.check.cover import verify
    sage: from sage_mlvar.check.document import rational
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.problem import Problem
    sage: network = Network([[["1", "0"], ["0", "1"]], [["-1", "-1"], ["0", "0"]]],
    ....:                   [["0", "0"], ["4", "0"]], ["0", "0", "1"])
    sage: proof = {"kind": "cover", "basis": None, "reach": "1/2", "tree": "0..", "multipliers": []}
    sage: point = [rational("1"), rational("0")]
    sage: verify(proof, Problem(network, point, 0, 1, lower=rational("1/2"))).verified
    ['class 1: none of 2 cells that cover all points within 0.5 holds a boundary point']
    sage: verify({**proof, "tree": "0.m", "multipliers": ["1"]}, Problem(network, point, 0, 1,
    ....:        lower=rational("2")))
    Traceback (most recent call last):
    ...
    sage_mlvar.check.errors.Rejected: class 1: the cells do not prove the distance 2
"""

from flint import arb

from .document import approximate, fields, sequence
from .elimination import is_positive
from .errors import Malformed
from .minorant import Cell, minorant
from .problem import Verified
from .separation import Separation
from .taylor import multiplier

__all__ = ["excludes", "holds", "verify"]

#: Axes are digits.
_MOST_AXES = 10
#: Covers have many cells and few bits to lose: start low.
_PRECISIONS = (80, 256)


def verify(proof, problem):
    r"""Return what the proof shows, a :class:`.Verified`, or raise :class:`.Rejected`."""
    who = f"class {problem.other}"
    lower = Separation.distance(problem, lambda g, distance: holds(g, distance, proof), "the cells")
    count, radius = sum(map(proof["tree"].count, ".m")), approximate(lower)
    return Verified(
        problem.lower, [f"{who}: none of {count} cells that cover all points within {radius} holds a boundary point"]
    )


def holds(separation, lower, proof, check=None):
    r"""
    Return whether ``proof`` shows that no boundary point is within ``lower``, a non-negative rational.

    INPUT: ``check`` -- called before each cell, to stop by an exception; or ``None``
    """
    fields(proof, "proof", ["kind", "basis", "reach", "tree", "multipliers"])
    basis, reach = separation.basis(proof["basis"]), multiplier(proof["reach"], "reach")
    dimension = len(separation.point) if basis is None else len(basis)
    tree = proof["tree"]
    if dimension > _MOST_AXES:
        raise Malformed(f"a cover must have at most {_MOST_AXES} axes, got {dimension}")
    if not isinstance(tree, str) or not set(tree) <= {*"0123456789"[:dimension], ".", "m"}:
        raise Malformed(f"tree must be a text of axes below {dimension}, '.' and 'm'")
    multipliers = [multiplier(t, "multipliers") for t in sequence(proof["multipliers"], "multipliers", tree.count("m"))]
    if multipliers and separation.norm == "maximum":
        raise Malformed("multipliers must be empty in the maximum norm")
    if reach < lower or separation.is_constant():
        return False
    return separation.settles(lambda: _holds(separation, lower, basis, reach, tree, multipliers, check), _PRECISIONS)


def _holds(separation, lower, basis, reach, tree, multipliers, check):
    program = separation.program(basis)
    if program is None:
        return None
    goal, far = arb(lower), arb(reach)
    multipliers = iter(multipliers)
    waiting = [[(arb(a), arb(b)) for a, b in separation.sides(reach, program.dimension)]]
    for letter in tree:
        if not waiting:
            return False
        cell = waiting.pop()
        if check is not None:
            check()
        if letter in ".m":
            t = arb(next(multipliers)) if letter == "m" else None
            if not _is_far(cell, goal, separation.norm) and not excludes(program, cell, t, far):
                return None
            continue
        axis = int(letter)
        low, high = cell[axis]
        middle = (low + high) / 2
        waiting.append([*cell[:axis], (middle, high), *cell[axis + 1 :]])
        waiting.append([*cell[:axis], (low, middle), *cell[axis + 1 :]])
    return not waiting


def _is_far(cell, goal, norm):
    r"""Return whether all points of the cell are farther than ``goal``."""
    gaps = [low if low > 0 else -high if high < 0 else arb(0) for low, high in cell]
    if norm == "maximum":
        return any(gap > goal for gap in gaps)
    return bool(sum((gap * gap for gap in gaps), arb(0)) > goal * goal)


def excludes(program, cell, t, far):
    r"""
    Return whether ``g`` is proved positive on a cell, or, with a multiplier ``t``, on its points with ``|y| <= far``.

    INPUT: ``cell`` -- pairs of balls; ``t`` -- a ball or ``None``; ``far`` -- a ball
    """
    center = [(low + high) / 2 for low, high in cell]
    half = [((high - low) / 2).nonnegative_part() for low, high in cell]
    c, b, Q = minorant(program, Cell(center, half))
    if t is None:
        for i, s in enumerate(half):
            c = c - abs(b[i]) * s
            if not Q[i][i] >= 0:
                c = c - abs(Q[i][i]) * s * s
            for k in range(i):
                c = c - 2 * abs(Q[i][k]) * s * half[k]
        return bool(c > 0)
    c = c + t * (sum((v * v for v in center), arb(0)) - far * far)
    b = [x + 2 * t * v for x, v in zip(b, center)]
    for i in range(len(cell)):
        Q[i][i] = Q[i][i] + t
    if is_positive(c, b, Q):
        return True
    for i, s in enumerate(half):
        # What pushes to a side of the cell is worth a multiplier of its two sides.
        own = abs(b[i]) / (2 * s) - Q[i][i] if s > 0 else arb(0)
        if own > 0:
            c = c - own * s * s
            Q[i][i] = Q[i][i] + own
    return is_positive(c, b, Q)
