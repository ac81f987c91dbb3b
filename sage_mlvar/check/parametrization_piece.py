r"""
The factors of the difference of two outputs in a proof of kind "parametrization", and their real points.

See :mod:`sage_mlvar.check.parametrization`.

EXAMPLES::

    sage: from flint import fmpq
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.parametrization_piece import Piece, candidates
    sage: from sage_mlvar.check.parametrization_polynomial import Frame
    sage: from sage_mlvar.check.problem import Problem
    sage: network = Network([[["1"]], [["-1"], ["0"]]], [["0"], ["2", "0"]], ["0", "0", "1"])  # g = 2 - x^2
    sage: frame = Frame(Problem(network, [fmpq(1r)], 0, 1), None)
    sage: points = {"eliminating": ["-1", "2", "1"], "scale": "1", "numerators": [["2", "-2"], ["0", "-1"]],
    ....:           "form": ["0", "1", "0"]}  # t^2 + 2 t - 1 = 0
    sage: plain = {"polynomial": None, "multiplicity": 1r, "complete": "degree", "critical": [points], "singular": [],
    ....:          "sets": []}
    sage: piece = Piece(plain, "the piece", frame, frame.polynomial(), "class 1")
    sage: low, high, t = candidates(frame, [piece], 64)[0]  # t = sqrt(2) - 1
    sage: from sage_mlvar.check.document import approximate
    sage: approximate(low), low < high
    ('0.171573', True)
"""

from flint import ctx, fmpq

from .document import choice, fields, integer, rational, sequence
from .errors import Malformed, Rejected
from .parametrization_bound import most, narrow, theorem
from .parametrization_polynomial import Polynomial
from .parametrization_solutions import Solutions
from .vectors import add

__all__ = ["PRECISIONS", "Piece", "ball", "candidate", "candidates", "check_factors"]

#: Working precisions, in bits, that are tried one after the other.
PRECISIONS = (192, 768, 3072, 12288)


class Piece:
    r"""
    A factor of the difference of two outputs, with the points of its boundary that may be nearest, all checked.

    INPUT:

    - ``plain`` -- the dictionary of the proof; ``where`` -- what errors call it
    - ``frame``, ``whole`` -- the coordinates, and the difference of the outputs in them
    - ``name`` -- words for the class
    """

    def __init__(self, plain, where, frame, whole, name):
        fields(plain, where, ["polynomial", "multiplicity", "complete", "critical", "singular", "sets"])
        self.name, self.frame = name, frame
        self.multiplicity = integer(plain["multiplicity"], f"{where}.multiplicity", 1)
        self.complete = choice(plain["complete"], f"{where}.complete", ["degree", "bound", "engine"])
        self.is_whole = plain["polynomial"] is None
        self.polynomial = whole if self.is_whole else _polynomial(plain["polynomial"], where, frame.variables)
        if self.polynomial.degree < 1:
            raise Malformed(f"{where}.polynomial must not be constant")
        r = frame.variables
        self.critical = [
            Solutions(entry, r + 1, f"{where}.critical[{k}]")
            for k, entry in enumerate(sequence(plain["critical"], f"{where}.critical"))
        ]
        self.singular = [
            Solutions(entry, r, f"{where}.singular[{k}]")
            for k, entry in enumerate(sequence(plain["singular"], f"{where}.singular"))
        ]
        self.sets = [rational(x, f"{where}.sets") for x in sequence(plain["sets"], f"{where}.sets")]
        self.number = sum(points.number() for points in self.critical)
        if self.complete != "engine":
            self._complete(where)
        for points in self.critical:
            if not points.is_critical(self.polynomial, frame.gram):
                raise Rejected(f"{name}: {points.where} are no critical points")
        for points in self.singular:
            if not points.is_on(self.polynomial, singular=True):
                raise Rejected(f"{name}: {points.where} are no singular points")

    def _complete(self, where):
        if len(self.critical) != 1 or self.sets or self.singular:
            raise Rejected(f"{self.name}: {where} must have one set of critical points and nothing else")
        found = self._most()
        if found is None:
            raise Rejected(f"{self.name}: there is no bound of the number of critical points of {where}")
        if self.number != found:
            raise Rejected(f"{self.name}: {self.number} critical points are given, but there may be {found}")
        if not self.critical[0].are_simple(self.polynomial, self.frame.gram):
            raise Rejected(f"{self.name}: the critical points are not proved simple, so there may be others")

    def _most(self):
        if self.complete == "degree":
            return most(self.polynomial.degree, self.frame.variables)
        found = narrow(self.frame) if self.is_whole else None
        return None if found is None else found[0]

    def points(self):
        r"""Return all critical and singular points that are given, a list of ``Solutions``."""
        return [*self.critical, *self.singular]

    def sentence(self):
        r"""Return what was verified, in words."""
        which = "the boundary" if self.is_whole else f"a factor of degree {self.polynomial.degree}"
        if self.complete == "engine":
            number = f"{self.number} critical points of the distance to {which} are given"
            return f"{self.name}: {number}, exactly parametrized; that there are no others is taken on trust"
        return f"{self.name}: all {self.number} critical points of the distance to {which}, exactly parametrized"

    def trusted(self):
        r"""Return what was not verified, a list of sentences."""
        if self.complete == "degree":
            return [theorem(self.polynomial.degree, self.frame.variables)]
        if self.complete == "bound":
            return [narrow(self.frame)[1]]
        singular = sum(points.number() for points in self.singular)
        given = f"{self.number} critical points, {singular} singular points"
        sets = f"{len(self.sets)} squared distances of sets of positive dimension"
        return [f"{self.name}: Singular (exact computations over Q): {given} and {sets}, as given, are all"]


def check_factors(pieces, whole, name):
    r"""
    Check that the pieces are all factors of the difference of the outputs.

    INPUT:

    - ``pieces`` -- nonempty list of :class:`Piece`
    - ``whole`` -- the difference of the outputs, a :class:`~sage_mlvar.check.parametrization_polynomial.Polynomial`
    - ``name`` -- words for the class

    Raises :class:`~sage_mlvar.check.errors.Rejected` when a factor may be missing.
    """
    if any(piece.is_whole for piece in pieces):
        if len(pieces) != 1 or pieces[0].multiplicity != 1:
            raise Rejected(f"{name}: the boundary itself must be the only factor")
        return
    if sum(piece.polynomial.degree * piece.multiplicity for piece in pieces) != whole.degree:
        raise Rejected(f"{name}: the factors do not have the degree of the boundary")
    product = None
    for piece in pieces:
        for _ in range(piece.multiplicity):
            product = piece.polynomial if product is None else product.times(piece.polynomial)
    if not whole.is_multiple_of(product):
        raise Rejected(f"{name}: the product of the factors is not the difference of the outputs")


def _polynomial(entry, where, variables):
    terms = {}
    for k, pair in enumerate(sequence(entry, f"{where}.polynomial")):
        coefficient, exponents = sequence(pair, f"{where}.polynomial[{k}]", 2)
        key = tuple(
            integer(e, f"{where}.polynomial[{k}]", 0)
            for e in sequence(exponents, f"{where}.polynomial[{k}]", variables)
        )
        if key in terms or sum(key) > 10_000:
            raise Malformed(f"{where}.polynomial[{k}] repeats its exponents, or they are too large")
        terms[key] = rational(coefficient, f"{where}.polynomial[{k}]")
    return Polynomial(terms, variables)


def candidate(frame, point, precision):
    r"""Return rational bounds of the squared distance of a real point, and its coordinates."""
    before = ctx.prec
    ctx.prec = precision
    try:
        t = point[: frame.variables]
        squared = frame.squared_distance(t)
        if not squared.is_finite():
            return fmpq(0), fmpq(2) ** 4096, t
        return squared.lower().fmpq(), squared.upper().fmpq(), t
    finally:
        ctx.prec = before


def candidates(frame, pieces, precision):
    r"""Return :func:`candidate` of all real points of the pieces, nearest first."""
    solutions = [found for piece in pieces for found in piece.points()]
    points = [point for found in solutions for point in found.real_points(precision)]
    return sorted((candidate(frame, point, precision) for point in points), key=lambda found: found[:2])


def ball(frame, candidates, upper):
    r"""Return center and squared radius of a ball around the candidates at squared distance at most ``upper``."""
    near = [t for low, _, t in candidates if low <= upper] or [candidates[0][2]]
    before = ctx.prec
    ctx.prec = PRECISIONS[-1]
    try:
        moves = [frame.lift(t) for t in near]
        center = [x.mid().fmpq() for x in moves[0]]
        steps = [[x - c for x, c in zip(move, center)] for move in moves]
        # Powers of balls around zero are no numbers; products are.
        squared = max(sum((x * x for x in step), 0 * step[0]).upper().fmpq() for step in steps)
    finally:
        ctx.prec = before
    return add(frame.problem.point, center, fmpq(1)), squared
