r"""
The certifier of any network of small ED degree: all critical points of the distance, exactly.

The nearest boundary points are critical points of the distance, or singular points of the boundary. An engine
parametrizes the critical points by the roots of one polynomial; that they are right, simple, and as many as there can
be is checked exactly, and their distances are enclosed in balls.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]], 3)
    sage: certificate = C.certify([1, 2], radius="1/2", certifier="critical"); certificate
    class 1 within distance 0.44126 of class 0, proved: distance in [0.4412603..., 0.4412603...] (critical);
    radius 1/2: not robust
    sage: certificate.argument
    '9 simple critical points, as many as a generic polynomial of degree 3 has'
    sage: print(certificate.verify().verified[2])
    class 0: all 9 critical points of the distance to the boundary, exactly parametrized

A singular point can be nearest, and is no critical point::

    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 2], [0, 0]]], [[0, 0], [0, 0]])
    sage: C.boundary().polynomial()
    x0^2 + 2*x1^2
    sage: C.certify([3, 4], certifier="critical")
    class 0 within distance 5 of class 1, proved: distance in [5.00000000, 5.00000000] (critical)

REFERENCES: Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas, *The Euclidean distance degree of an algebraic variety*,
2016; Rouillier, *Solving zero-dimensional systems through the rational univariate representation*, 1999.
"""

from math import comb

from ... import _sage  # noqa: F401
from ...check import Rejected
from ...check.critical_count import least
from ...check.network import Network
from ...check.parametrization import conclusion
from ...check.parametrization_bound import narrow
from ...check.parametrization_piece import PRECISIONS, Piece, check_factors
from ...check.parametrization_polynomial import Frame
from ...check.problem import Problem
from ...computation import PROBABLE, PROVED
from ...errors import CertificateError, NotProvedError, OutOfReachError
from ..base import Bound, Certifier, Nearest, Outcome
from ..certificate import _network
from ..flint_numbers import from_flint, to_flint
from ..network import network_of
from ..quadric.segment import rounded
from ..rounding import root_above, root_below, round_down
from .cost import check_seconds, engine_seconds, expansion_seconds, predicted_digits
from .cross_check import cross_check
from .pair import Pair
from .search import search
from .witness import bits_for, real_points, witness_at

from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ

__all__ = ["CriticalCertifier"]

#: Terms of a boundary polynomial that is expanded.
_MOST_TERMS = 100_000


class CriticalCertifier(Certifier):
    r"""
    Certifies networks whose boundaries have up to about 100 critical points of the distance.

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.certify import get
        sage: get("critical").can_certify(PolynomialClassifier.random([2, 2, 2]), norm="maximum")
        'it measures Euclidean distances, not the maximum norm'
    """

    name = "critical"
    description = "any network with few critical points of the distance: all of them, exactly, by msolve"

    def __init__(self, classifier):
        super().__init__(classifier)
        self._pairs, self._checked = {}, None

    @classmethod
    def can_certify(cls, classifier, norm="euclidean", box=None):
        r"""
        Return ``True``, or why this method does not apply.

        INPUT:

        - ``classifier`` -- a :class:`~sage_mlvar.models.classifier.PolynomialClassifier`
        - ``norm`` -- ``"euclidean"``; other norms are refused
        - ``box`` -- ``None``; a box is refused

        OUTPUT: ``True`` or a string
        """
        if norm != "euclidean":
            return f"it measures Euclidean distances, not the {norm} norm"
        return True if box is None else "it knows no box"

    def __getstate__(self):
        # Pairs are found again faster than they are sent.
        return {"classifier": self.classifier, "_pairs": {}, "_checked": None}

    def predicted_seconds(self, question):
        r"""
        Return a rough prediction of the seconds that :meth:`certify` takes.

        INPUT: ``question`` -- a :class:`~sage_mlvar.certify.base.Question`

        OUTPUT: a float; infinity when the boundary is too large to be expanded
        """
        variables, degree = self._size()
        if self._is_too_long():
            return float("inf")
        widths = self.classifier.widths()
        most, _ = least(variables, widths[1:-1], self.classifier.activation_degree())
        entries = [*question.point, *self.classifier.weights()[-1][0], *self.classifier.weights()[0][0]]
        bits = max(8, *(int(x.numerator().nbits()) for x in entries), *(int(x.denominator().nbits()) for x in entries))
        number, layers = float(most), len(widths) - 2
        digits = predicted_digits(number, variables, degree, bits, layers, widths[1] > variables)
        seconds = 0.2 + self._expansion_seconds() + engine_seconds(number, variables, digits)
        seconds += check_seconds(number, variables, degree, digits)
        return len(question.others) * min(seconds, 1e12)

    def _size(self):
        n, h = self.classifier.widths()[:2]
        return min(n, h), self.classifier.activation_degree() ** (len(self.classifier.widths()) - 2)

    def _is_too_long(self):
        r"""Whether the boundary has too many terms to be expanded."""
        variables, degree = self._size()
        return degree > 1000 or comb(variables + degree, degree) > _MOST_TERMS

    def _expansion_seconds(self):
        return expansion_seconds(*self._size(), sum(self.classifier.widths()[1:-1]))

    def network(self):
        r"""Return the network as the checker has it."""
        if self._checked is None:
            plain = _network(self.classifier, "inline")
            self._checked = Network(plain["weights"], plain["biases"], plain["activation"])
        return self._checked

    def pair(self, c, other):
        r"""Return the :class:`~sage_mlvar.certify.critical.pair.Pair` of two classes, made once."""
        if (c, other) not in self._pairs:
            self._pairs[c, other] = Pair(self.classifier, c, other)
        return self._pairs[c, other]

    def certify(self, question):
        r"""
        Return the :class:`~sage_mlvar.certify.base.Outcome`, whose bounds are proved by all critical points.

        INPUT: ``question`` -- a :class:`~sage_mlvar.certify.base.Question`

        OUTPUT: an outcome whose witness is a nearest failure

        Raises :class:`~sage_mlvar.errors.OutOfReachError` when the boundary is too large or the checker would refuse
        the proof, :class:`~sage_mlvar.errors.NotProvedError` when points may be missing,
        :class:`~sage_mlvar.errors.BackendTimeout` when the time is up, and
        :class:`~sage_mlvar.errors.CertificateError` when an engine is wrong.
        """
        variables, degree = self._size()
        if self._is_too_long():
            raise OutOfReachError(
                f"the boundary has degree {degree} in {variables} variables, too many terms for exact critical points; "
                "certifier='numerical' or 'bounds' may do"
            )
        answers = []
        try:
            for other in question.others:
                # The boundary is expanded as a polynomial here, and again by the check.
                question.limits.deadline.allow(self._expansion_seconds(), "expanding the boundary")
                answers.append(_Answer(self, question, other))
            witness, nearest = self._witness(answers)
        except Rejected as error:
            # Another method may have a proof that the checker takes.
            raise OutOfReachError(
                f"the checker would not take the proof: {error}; certifier='bounds' may give a bracket"
            ) from error
        return Outcome(tuple(answer.bound() for answer in answers), witness, nearest)

    def _witness(self, answers):
        found = [answer for answer in answers if answer.points]
        if not found:
            if any(answer.lower != infinity for answer in answers):
                raise NotProvedError(
                    "sets of critical points may be nearest, but no real point of them was found; certifier='bounds' "
                    "gives a bracket"
                )
            return None, None
        answer = min(found, key=lambda answer: answer.points[0].high)
        witness = answer.witness(network_of(self.classifier))
        return witness, answer.nearest(witness)


class _Answer:
    r"""What is known about one competing class."""

    def __init__(self, certifier, question, other):
        self.question, self.other = question, other
        self.pair = certifier.pair(question.c, other)
        if not self.pair.polynomial:
            raise CertificateError(f"classes {question.c} and {other} agree everywhere, and yet differ at the point")
        point = [to_flint(x) for x in question.point]
        self.problem = Problem(certifier.network(), point, question.c, other)
        v = self.pair.image(question.point)
        self.frame = Frame(self.problem, self.pair.basis)
        bound = narrow(self.frame) if self.pair.is_whole() else None
        bound = None if bound is None else bound[0]
        self.found = [search(part, v, question.options, question.limits, bound) for part in self.pair.parts()]
        if question.cross_check:
            for part, found in zip(self.pair.parts(), self.found):
                cross_check(part, v, found.plain, question.limits)
        self.status = PROVED if all(found.status == PROVED for found in self.found) else PROBABLE
        self._examine()

    def _examine(self):
        r"""Check the proof as the checker does, and read off the bound."""
        name = f"class {self.other}"
        try:
            whole = self.frame.polynomial()
            self.pieces = [
                Piece(found.plain, f"pieces[{k}]", self.frame, whole, name) for k, found in enumerate(self.found)
            ]
            if self.pieces:
                check_factors(self.pieces, whole, name)
        except Rejected as error:
            raise CertificateError(f"the critical points of the engine are refused: {error}") from error
        sets = [from_flint(squared) for piece in self.pieces for squared in piece.sets]
        for precision in PRECISIONS:
            self.question.limits.deadline.check("enclosing critical points")
            self.points = real_points(self.frame, self.pieces, precision)
            # Not only the nearest point must be known well: others must be known to be farther.
            near = min((point.high for point in self.points), default=QQ.zero())
            if all(near - point.low <= self.question.tolerance / 64 * near for point in self.points):
                break
        if not all(point.is_known for point in self.points):
            raise OutOfReachError(
                f"{precision} bits are not enough for the critical points of the boundary with class {self.other}; "
                "certifier='bounds' gives a bracket"
            )
        lows = [point.low for point in self.points] + sets
        # Somewhat below, for the checker to see it with as many bits.
        bits = bits_for(self.question.tolerance)
        self.lower = infinity
        if lows:
            self.lower = round_down(root_below(max(min(lows), QQ.zero()), bits) * (1 - QQ((1, 2 ** (bits - 12)))), bits)
        self.precision = precision

    def proof(self):
        return {"kind": "parametrization", "basis": self.pair.basis, "pieces": [found.plain for found in self.found]}

    def bound(self):
        trusted = list(dict.fromkeys(text for piece in self.pieces for text in piece.trusted()))
        argument = "; ".join(dict.fromkeys(found.argument for found in self.found))
        if not self.found:
            argument = "the difference of the outputs is a nonzero constant"
        return Bound(self.other, self.lower, self.proof(), self.status, argument, tuple(trusted))

    def witness(self, network):
        c, point = self.question.c, self.points[0]

        def fails(x):
            outputs = network.outputs(x)
            return outputs[c] <= outputs[self.other]

        plain = next(
            plain
            for piece, found in zip(self.pieces, self.found)
            for solutions, plain in zip(piece.points(), [*found.plain["critical"], *found.plain["singular"]])
            if solutions is point.solutions
        )
        return witness_at(point, self.pair, self.question, fails, plain)

    def nearest(self, witness):
        r"""Return a ball around the nearest points, or around one of them when they are equally far."""
        if self.lower != infinity:
            self.problem.lower = to_flint(self.lower)
        ball = conclusion(self.pieces, self.frame).ball
        if ball is None:
            point = self.points[0]
            center = [a + b for a, b in zip(self.question.point, self.pair.move(point.t))]
            sizes = sum((abs(x) for row in self.pair.R for x in row), QQ.zero()) if self.pair.basis else len(center)
            radius = point.radius * sizes
        else:
            found, radius_squared = ball(to_flint(witness.upper**2))
            center, radius = [from_flint(x) for x in found], root_above(from_flint(radius_squared))
        least = self.question.tolerance * root_above(self.points[0].high, 24) / 256
        step = max(radius, least) / (16 * len(center))
        return Nearest(self.other, tuple(rounded(center, step)), radius + max(radius, least) / 8)
