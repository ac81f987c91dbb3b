r"""
Proofs of kind "parametrization": all critical points of the distance, by exact rational parametrizations.

``{"kind": "parametrization", "basis": rows or null, "pieces": [...]}`` holds, for each different factor of the
difference g of two outputs ::

    {"polynomial": null or [[coefficient, exponents], ...], "multiplicity": e,
     "complete": "degree", "bound" or "engine",
     "critical": [parametrization, ...], "singular": [parametrization, ...], "sets": [squared distance, ...]}

in coordinates t with ``x = u + R^T t``, R the rows of the first weight matrix in the basis (all unit vectors without
one); see :mod:`sage_mlvar.check.parametrization_polynomial`. Without a polynomial, g itself is the only factor.
Parametrizations are those of :mod:`sage_mlvar.check.parametrization_solutions`; critical ones have the multiplier l in
``K t = l grad f`` as one more coordinate.

*Completeness by degree.* A factor f of degree D in r variables with ``N = D sum_{i<r} (D-1)^i`` simple solutions of
``K t = l grad f``, ``f = 0`` has no other solution, isolated or not, and no singular point: see
:mod:`sage_mlvar.check.enclosures`, where this is proved. So its nearest points are among the real solutions. Only the
number N is taken from the literature.

*Completeness by a bound.* The same for g itself with the smaller number N of networks with a narrow last hidden layer.

*Completeness by an engine.* The points given are checked to be what they are said to be. That there are no others is
taken from a Gröbner basis or a primary decomposition over Q by Singular, as are the squared distances of sets of
positive dimension.

EXAMPLES::

    sage: from flint import fmpq
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.parametrization import verify
    sage: from sage_mlvar.check.problem import Problem
    sage: network = Network([[["1"]], [["-1"], ["0"]]], [["0"], ["2", "0"]], ["0", "0", "1"])  # g = 2 - x^2
    sage: problem = Problem(network, [fmpq(1r)], 0, 1, lower=fmpq(2r, 5r))
    sage: points = {"eliminating": ["-1", "2", "1"], "scale": "1", "numerators": [["2", "-2"], ["0", "-1"]],
    ....:           "form": ["0", "1", "0"]}  # t^2 + 2 t - 1 = 0
    sage: piece = {"polynomial": None, "multiplicity": 1r, "complete": "degree", "critical": [points], "singular": [],
    ....:          "sets": []}
    sage: verify({"kind": "parametrization", "basis": None, "pieces": [piece]}, problem).verified[0]
    'class 1: all 2 critical points of the distance to the boundary, exactly parametrized'
    sage: points["numerators"][1] = ["1"]
    sage: verify({"kind": "parametrization", "basis": None, "pieces": [piece]}, problem)
    Traceback (most recent call last):
    ...
    sage_mlvar.check.errors.Rejected: class 1: pieces[0].critical[0] are no critical points
"""

from flint import fmpq

from .document import approximate, fields, index, sequence
from .errors import Rejected
from .parametrization_piece import PRECISIONS, Piece, ball, candidate, candidates, check_factors
from .parametrization_polynomial import Frame
from .parametrization_solutions import Solutions
from .problem import INFINITY, Verified

__all__ = ["conclusion", "verify", "verify_witness"]


def verify(proof, problem):
    r"""Return what the proof shows, a :class:`.Verified`, or raise :class:`.Rejected`."""
    fields(proof, "proof", ["kind", "basis", "pieces"])
    name = f"class {problem.other}"
    frame = Frame(problem, proof["basis"])
    whole = frame.polynomial()
    pieces = sequence(proof["pieces"], "pieces")
    if whole.degree < 1:
        if pieces or not whole.terms:
            raise Rejected(f"{name}: the difference of the outputs is a constant, and pieces must be empty")
        return Verified(INFINITY, [f"{name}: the difference of the outputs is a nonzero constant"])
    found = [Piece(plain, f"pieces[{k}]", frame, whole, name) for k, plain in enumerate(pieces)]
    check_factors(found, whole, name)
    return conclusion(found, frame)


def conclusion(pieces, frame):
    r"""Return the :class:`.Verified` of checked pieces, whose lower bound is the claimed one."""
    problem = frame.problem
    name = f"class {problem.other}"
    sentences = [piece.sentence() for piece in pieces]
    trusted = list(dict.fromkeys(text for piece in pieces for text in piece.trusted()))
    believed = any(piece.complete == "engine" for piece in pieces)
    sets = [squared for piece in pieces for squared in piece.sets]
    claimed = problem.lower
    for precision in PRECISIONS:
        found = candidates(frame, pieces, precision)
        if not found and not sets:
            sentences.append(f"{name}: the boundary has no real point")
            return Verified(INFINITY, sentences, trusted, believed=believed)
        least = min([*sets, *(low for low, _, _ in found)])
        if claimed is INFINITY or problem.euclidean_square(claimed) <= least:
            break
        if any(problem.euclidean_square(claimed) > high for _, high, _ in found):
            # No precision will help.
            break
    lower = problem.from_square(max(least, fmpq(0)))
    sentences.append(f"{name}: the nearest of the real points is at least {approximate(lower)} away")
    tied = sum(low <= found[0][1] for low, _, _ in found)
    # What is nearest in another norm, or in a box, need not be critical.
    if sets or tied != 1 or not problem.is_plain:
        return Verified(lower, sentences, trusted, believed=believed)
    return Verified(lower, sentences, trusted, lambda upper: ball(frame, found, upper), believed)


def verify_witness(proof, problem):
    r"""
    Return what a proof ``{"kind", "basis", "points": parametrization, "root": k}`` shows about its k-th real point:
    that the two outputs are equal there, and that it is near.
    """
    fields(proof, "proof", ["kind", "basis", "points", "root"])
    name = f"class {problem.other}"
    if not problem.is_plain or problem.upper is INFINITY:
        raise Rejected(f"{name}: such a witness is one of a Euclidean distance, without a box")
    frame = Frame(problem, proof["basis"])
    # Those of critical points come with the multiplier.
    length = len(sequence(fields(proof["points"], "points", Solutions.FIELDS)["numerators"], "points.numerators"))
    if length not in (frame.variables, frame.variables + 1):
        raise Rejected(f"{name}: the points of the witness have {length} coordinates")
    points = Solutions(proof["points"], length, "points")
    if not points.is_on(frame.polynomial()):
        raise Rejected(f"{name}: the points of the witness are not on the boundary")
    place = index(proof["root"], "root", len(points.real_points(PRECISIONS[0])))
    for precision in PRECISIONS:
        _, high, t = candidate(frame, points.real_points(precision)[place], precision)
        # Where the balls are no numbers yet, nothing is known.
        if all(x.is_finite() for x in t) and high <= problem.upper**2:
            return Verified(
                fmpq(0), [f"{name}: an algebraic boundary point at distance at most {approximate(problem.upper)}"]
            )
    raise Rejected(f"{name}: the algebraic witness is farther away than {approximate(problem.upper)}")
