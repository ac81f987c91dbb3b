r"""
Proofs of kind "slabs": the ball around the data point is cut by hyperplanes, and none of the pieces holds a boundary
point.

``{"kind": "slabs", "basis": rows or null, "unit": u, "directions": [[d_1, ..., d_n], ...], "nodes": [...]}``. The cuts
are those of a binary tree, in preorder. ``[j, a]`` cuts a piece into the points with ``v_j.y <= a u`` and those with
``v_j.y >= a u``, where ``v_j = 2^(-20) (d_1, ..., d_n)``; all these are integers. A piece that is left is ::

    {"reach": R, "center": [c_1, ..., c_n], "ball": t or null, "sides": [t_1, ..., t_n] or null, "slabs": [s_1, ...]}

with integers ``c_i`` and non-negative rationals ``r``, ``s``, ``t``. On its points with ``|y| <= R``, where ``R`` is at
least the claimed distance, ``g`` is above a quadratic function ``q`` around the point ``u c``, which need not be in the
piece: that of :mod:`sage_mlvar.check.minorant`; or, when the piece has an entry ``"neurons": [[[r_1, ..., r_5], ...],
...]``, multipliers for each neuron that counts in each hidden layer, that of :mod:`sage_mlvar.check.lifted`, which has
more variables. Let ``l_j <= v_j.y <= h_j`` be what the cuts on the way to the piece say, the missing one of two sides
taken from ``|y| <= R``. Then ::

    q + t (|y|^2 - R^2) + sum_i t_i (y_i - low_i)(y_i - high_i) + sum_j s_j (v_j.y - l_j)(v_j.y - h_j)

is proved positive everywhere; ``low_i <= y_i <= high_i`` for the points of the domain, or of the cube, within ``R``.
The ``s_j`` belong to the directions of these cuts in increasing order. Few pieces suffice in a hundred dimensions, too:
where a piece is narrow in the direction of its lowest point, all neurons vary little on it. Coordinates as for
"taylor".

EXAMPLES::

    sage: from sage_mlvar.check.document import rational
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.problem import Problem
    sage: from sage_mlvar.check.slabs import verify
    sage: network = Network([[["1", "0"], ["0", "1"]], [["-1", "-1"], ["0", "0"]]],
    ....:                   [["0", "0"], ["4", "0"]], ["0", "0", "1"])
    sage: piece = {"reach": "19/20", "center": [0r, 0r], "ball": "2", "sides": None, "slabs": ["0"]}
    sage: proof = {"kind": "slabs", "basis": None, "unit": "1/8", "directions": [[2r^20r, 0r]],
    ....:          "nodes": [[0r, 4r], piece, piece]}
    sage: problem = Problem(network, [rational("1"), rational("0")], 0, 1, lower=rational("9/10"))
    sage: verify(proof, problem).verified
    ['class 1: none of 2 pieces of the points within 0.9 holds a boundary point']
    sage: verify({**proof, "nodes": [[0r, 4r], piece]}, problem)
    Traceback (most recent call last):
    ...
    sage_mlvar.check.errors.Rejected: class 1: the pieces do not prove the distance 0.9
"""

from flint import arb, fmpq

from .document import approximate, fields, integer, sequence
from .elimination import is_positive
from .errors import Malformed
from .lifted import INEQUALITIES, lifted
from .minorant import minorant
from .problem import Verified
from .separation import Separation
from .slice import Slice, support
from .taylor import multiplier

__all__ = ["DIRECTION_BITS", "MOST_NODES", "excludes", "holds", "verify"]

#: Entries of directions are multiples of two to the power of minus this.
DIRECTION_BITS = 20
#: Trees have at most so many cuts and pieces.
MOST_NODES = 100_000
_LARGEST = 2**53


def verify(proof, problem):
    r"""Return what the proof shows, a :class:`.Verified`, or raise :class:`.Rejected`."""
    who = f"class {problem.other}"
    lower = Separation.distance(problem, lambda g, distance: holds(g, distance, proof), "the pieces")
    count, radius = sum(isinstance(node, dict) for node in proof["nodes"]), approximate(lower)
    return Verified(
        problem.lower, [f"{who}: none of {count} pieces of the points within {radius} holds a boundary point"]
    )


def holds(separation, lower, proof, check=None):
    r"""
    Return whether ``proof`` shows that no boundary point is within ``lower``, a non-negative rational.

    INPUT: ``check`` -- called before each piece, to stop by an exception; or ``None``
    """
    fields(proof, "proof", ["kind", "basis", "unit", "directions", "nodes"])
    basis, unit = separation.basis(proof["basis"]), multiplier(proof["unit"], "unit")
    dimension = len(separation.point) if basis is None else len(basis)
    rows = []
    for j, row in enumerate(sequence(proof["directions"], "directions")):
        rows.append([fmpq(x, 2**DIRECTION_BITS) for x in _integers(row, f"directions[{j}]", dimension)])
    pieces = _pieces(separation, proof["nodes"], len(rows), unit, dimension)
    if pieces is None or separation.is_constant() or any(piece["reach"] < lower for _, piece in pieces):
        return False
    # Each piece decides for itself how many bits it needs.
    return all(
        separation.settles(lambda cuts=cuts, piece=piece: _holds(separation, basis, rows, cuts, piece, check))
        for cuts, piece in pieces
    )


def _integers(row, name, length):
    for k, x in enumerate(sequence(row, name, length)):
        if abs(integer(x, f"{name}[{k}]")) > _LARGEST:
            raise Malformed(f"{name}[{k}] must be at most 2^53")
    return row


def _pieces(separation, nodes, count, unit, dimension):
    r"""
    Return the pieces at the ends of the tree, read and checked, each with its cuts: for each direction the pair of
    what bounds it from both sides, or ``None``. Return ``None`` for what is no tree.
    """
    if len(sequence(nodes, "nodes")) > MOST_NODES:
        raise Malformed(f"nodes must be at most {MOST_NODES}")
    # One dictionary for all: copies for the cuts that wait would take memory like the square of what was read.
    found, cuts, way, more = [], {}, [], True
    for place, node in enumerate(nodes):
        name = f"nodes[{place}]"
        if not more:
            return None
        if isinstance(node, dict):
            piece = _piece(separation, node, name, unit, dimension, len(cuts))
            found.append((dict(cuts), piece))
            more = _turn(cuts, way)
            continue
        j, at = _integers(node, name, 2)
        if not 0 <= j < count:
            raise Malformed(f"{name} must name one of {count} directions, got {j}")
        before, at = cuts.get(j), at * unit
        low, high = before or (None, None)
        if (low is not None and at < low) or (high is not None and at > high):
            raise Malformed(f"{name} must cut the piece that it belongs to")
        way.append((j, before, at))
        cuts[j] = (low, at)
    return None if more else found


def _turn(cuts, way):
    r"""Go on to the other side of the last cut of which only one was seen; return whether there is such a cut."""
    while way:
        j, before, at = way.pop()
        if at is not None:
            way.append((j, before, None))
            cuts[j] = (at, None if before is None else before[1])
            return True
        if before is None:
            del cuts[j]
        else:
            cuts[j] = before
    return False


def _piece(separation, node, name, unit, dimension, cut):
    fields(node, name, ["reach", "center", "ball", "sides", "slabs"], ["neurons"])
    plain = separation.norm == "euclidean" and separation.box is None
    if node["ball"] is not None and separation.norm == "maximum":
        raise Malformed(f"{name}.ball must be null in the maximum norm")
    if node["sides"] is not None and plain:
        raise Malformed(f"{name}.sides must be null in the Euclidean norm without a domain")
    return {
        "reach": multiplier(node["reach"], f"{name}.reach"),
        "center": [x * unit for x in _integers(node["center"], f"{name}.center", dimension)],
        "ball": fmpq(0) if node["ball"] is None else multiplier(node["ball"], f"{name}.ball"),
        "sides": [] if node["sides"] is None else _multipliers(node["sides"], f"{name}.sides", dimension),
        "slabs": _multipliers(node["slabs"], f"{name}.slabs", cut),
        "neurons": _neurons(separation, node.get("neurons"), f"{name}.neurons"),
    }


def _neurons(separation, layers, name):
    if layers is None:
        return None
    hidden = separation.weights[:-1]
    found = []
    for k, (layer, W) in enumerate(zip(sequence(layers, name, len(hidden)), hidden)):
        own = sequence(layer, f"{name}[{k}]", len(W))
        found.append([_multipliers(row, f"{name}[{k}][{j}]", INEQUALITIES) for j, row in enumerate(own)])
    return found


def _multipliers(values, name, length):
    return [multiplier(t, f"{name}[{k}]") for k, t in enumerate(sequence(values, name, length))]


def _holds(separation, basis, rows, cuts, piece, check):
    if check is not None:
        check()
    program = separation.program(basis)
    if program is None:
        return None
    reach, n = arb(piece["reach"]), program.dimension
    ball = reach if separation.norm == "euclidean" else None
    sides = None
    if ball is None or separation.box is not None:
        sides = [(arb(low), arb(high)) for low, high in separation.sides(piece["reach"], n)]
    # Failure may be the fault of rounding.
    return excludes(program, ball, sides, rows, cuts, piece) or None


def excludes(program, ball, sides, rows, cuts, piece):
    r"""
    Return whether ``g`` is proved positive on a piece of the points with ``|y| <= ball`` between the ``sides``.

    INPUT:

    - ``ball``, ``sides`` -- a ball and pairs of balls; one of the two may be ``None``
    - ``rows`` -- the directions, rows of rationals
    - ``cuts`` -- dictionary from places in ``rows`` to pairs of rationals or ``None``
    - ``piece`` -- dictionary of the rational ``center`` and the multipliers ``ball``, ``sides``, ``slabs``, ``neurons``
    """
    order = sorted(cuts)
    directions = [[arb(x) for x in rows[j]] for j in order]
    slabs = []
    for j, row in zip(order, directions):
        low, high = cuts[j]
        most, least = support(row, ball, sides), -support([-x for x in row], ball, sides)
        slabs.append((least.lower() if low is None else arb(low), most.upper() if high is None else arb(high)))
        if (low is not None and slabs[-1][0] > most) or (high is not None and slabs[-1][1] < least):
            return True  # no points
    center = [arb(x) for x in piece["center"]]
    cell = Slice(center, ball, sides, directions, slabs)
    if piece["neurons"] is None:
        c, b, Q = minorant(program, cell)
    else:
        c, b, Q = lifted(program, cell, [[list(map(arb, row)) for row in layer] for layer in piece["neurons"]])
    t = arb(piece["ball"])
    if ball is not None and not t.is_zero():
        c = c + t * (sum((x * x for x in center), arb(0)) - ball * ball)
        for i, x in enumerate(center):
            b[i] = b[i] + 2 * t * x
            Q[i][i] = Q[i][i] + t
    for i, s in enumerate(map(arb, piece["sides"])):
        (low, high), x = sides[i], center[i]
        c = c + s * (x - low) * (x - high)
        b[i] = b[i] + s * (2 * x - low - high)
        Q[i][i] = Q[i][i] + s
    for s, row, (low, high) in zip(map(arb, piece["slabs"]), directions, slabs):
        if s.is_zero():
            continue
        x = sum((v * y for v, y in zip(row, center)), arb(0))
        c = c + s * (x - low) * (x - high)
        slope = s * (2 * x - low - high)
        for i, v in enumerate(row):
            b[i] = b[i] + slope * v
            sv = s * v
            for k in range(i, len(row)):
                Q[i][k] = Q[i][k] + sv * row[k]
    return is_positive(c, b, Q)
