r"""
The certifier "numerical": all critical points by path following, each proved in a ball of its own.

Exact weights, no elimination: the critical points of the distance are carried from one complex data point, shared by
all points of a boundary, to the data point at hand, and each is proved by an interval Newton test. When as many are
proved as a polynomial of the degree of the boundary, or a network with narrow layers, can have, there are no others,
and no singular points; the argument is in :mod:`sage_mlvar.check.enclosures`.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier.random([3, 4, 2], 3, seed=1)
    sage: certificate = C.certify([1, 0, "1/2"], certifier="numerical"); certificate
    class 1 within distance 0.383124 of class 0, proved: distance in [0.38312431, 0.38312431] (numerical)
    sage: certificate.argument
    '21 critical points are proved, ... of them real, as many as there can be'

A boundary of smaller ED degree than that of its degree is out of reach::

    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 1], [0, 0]]], [[0, 0], [0, 4]])
    sage: C.certify([1, 0], certifier="numerical")
    Traceback (most recent call last):
    ...
    sage_mlvar.errors.NotProvedError: 2 critical points of the boundary with class 0 are proved, but there may be 4: ...
"""

from contextlib import contextmanager

import numpy

from ... import _sage  # noqa: F401
from ...check.critical_count import least
from ...computation import PROBABLE, PROVED
from ...errors import CertificateError, NotProvedError, OutOfReachError
from ..base import Bound, Certifier, Outcome
from ..homotopy.counts import number_of_solutions, starts_from_one
from ..homotopy.family import Family
from .bracket import Bracket
from .proof import proof_of

from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ

__all__ = ["NumericalCertifier"]

#: Least distance, beside the size of the data point: nearer boundaries are more than the checker can resolve.
_LEAST = QQ((1, 2**120))
#: The largest number of paths, and of Jacobian entries on all of them: memory and patience.
_MOST_PATHS = 20_000
_MOST_ENTRIES = 4_000_000
#: The largest number of variables of polynomials of degree 3 and more, as in the check of proofs.
_MOST_VARIABLES = 40


class NumericalCertifier(Certifier):
    r"""
    All critical points by homotopies and interval Newton tests.

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.certify.numerical.certifier import NumericalCertifier
        sage: NumericalCertifier.can_certify(PolynomialClassifier.random([8, 8, 2], 3))
        True
        sage: NumericalCertifier.can_certify(PolynomialClassifier.random([30, 30, 2], 3))
        'there are up to 3221225469 critical points, more than 20000'
        sage: NumericalCertifier.can_certify(PolynomialClassifier.random([3, 3, 2]), norm="maximum")
        'critical points are those of the Euclidean norm, not of the maximum norm'
    """

    name = "numerical"
    description = "critical points followed numerically, each proved in ball arithmetic; up to 20,000 of them"

    def __init__(self, classifier):
        super().__init__(classifier)
        self._families = {}

    @classmethod
    def can_certify(cls, classifier, norm="euclidean", box=None):
        if norm != "euclidean":
            return f"critical points are those of the Euclidean norm, not of the {norm} norm"
        if box is not None:
            return "critical points on the sides of a box are not looked for"
        number, variables = _size(classifier)
        if number > _MOST_PATHS:
            return f"there are up to {number} critical points, more than {_MOST_PATHS}"
        if number * (variables + 1) ** 2 > _MOST_ENTRIES:
            return f"{number} critical points in {variables} variables need too much memory"
        return True

    def predicted_seconds(self, question):
        number, variables = _size(self.classifier)
        size, inputs = variables + 1, variables
        # Measured on 9 to 1,500 paths in 1 to 50 variables: linear systems, Hessians layer by layer, and Horner's rule.
        path = 1.2e-3 + 2.5e-5 * size**2
        for width in self.classifier.widths()[1:-1]:
            path += 6e-7 * width * size * max(size, inputs) + 1e-6 * width * self.classifier.activation_degree()
            inputs = width
        degree = self.classifier.activation_degree() ** (len(self.classifier.widths()) - 2)
        # The first solutions are those that are left of many paths, or they come from one by very many loops.
        general = number_of_solutions(degree, variables)
        first = 1000 * number if starts_from_one(number, degree, variables) else general
        seconds = 0.0
        for other in question.others:
            family = self._families.get((_pair(question.c, other), question.options.seed))
            is_solved = family is not None and family.is_solved
            # From a known start the paths are a fourth as long.
            seconds += 0.02 + number * path / 4 if is_solved else 0.15 + first * path
        # Where no proof is in sight the work is probably in vain.
        return seconds if _is_generic(self.classifier) else 100 * seconds

    def certify(self, question):
        r"""
        Return the :class:`~sage_mlvar.certify.base.Outcome`.

        Raises :class:`~sage_mlvar.errors.NotProvedError` when fewer critical points are proved than there can be. With
        ``proof=False`` the nearest of them gives a probable bound if they are as many as the ED degree, counted modulo
        primes; else :class:`~sage_mlvar.errors.OutOfReachError` is raised.
        """
        if question.options.proof and not _is_generic(self.classifier):
            raise NotProvedError(
                "the number of critical points of networks of these widths has no proved formula, since too many "
                "hidden layers are narrower than all before them; certifier='bounds' proves bounds without it, and "
                "proof=False returns the critical points that are found"
            )
        brackets = [self._bracket(question, other) for other in question.others]
        size = 1 + max(abs(x) for x in question.point)
        if any(0 < bracket.lower < _LEAST * size for bracket in brackets):
            raise OutOfReachError(
                "the boundary is too near beside the size of the data point for critical points in balls; "
                "certifier='bounds' gives a bracket"
            )
        bounds = tuple(self._bound(question, bracket) for bracket in brackets)
        near = sorted((b for b in brackets if b.nearest is not None), key=lambda b: b.lower)
        witness, nearest = None, None
        for bracket in near[:2]:
            question.limits.deadline.check("constructing a witness")
            found = bracket.witness(question.tolerance)
            if found is not None and (witness is None or found.upper < witness.upper):
                witness, nearest = found, bracket.ball(found.upper)
        details = {
            "critical_points": {b.other: b.found.count() for b in brackets if b.found is not None},
            "real": {b.other: len(b.found.real()) for b in brackets if b.found is not None},
        }
        return Outcome(bounds, witness, nearest, details)

    def family(self, c, other, seed=0):
        r"""Return the ``Family`` of the boundary of two classes."""
        pair = _pair(c, other)
        if (pair, seed) not in self._families:
            with _within_doubles():
                self._families[pair, seed] = Family(self.classifier.boundary(*pair), seed)
        return self._families[pair, seed]

    def _bracket(self, question, other):
        boundary = self.classifier.boundary(*_pair(question.c, other))
        if boundary.straight_line().first_layer()[0].is_zero():
            return Bracket(question, other, None, None)
        family = self.family(question.c, other, question.options.seed)
        with _within_doubles():
            found = family.critical_points(question.point, question.limits.deadline)
        full = found.count() == family.bound()
        complete = full and family.bottleneck(question.limits.deadline).is_proved
        if found.count() > family.bound():
            raise CertificateError(
                f"{found.count()} critical points were proved, more than the {family.bound()} that there can be"
            )
        if question.options.proof and full and not complete:
            raise NotProvedError(
                f"all {found.count()} isolated critical points of the boundary with class {other} are proved, but not "
                f"that the zero set of the function of hidden layer {family.exact.narrow()[0]} is smooth, and the "
                "boundary may be singular: certifier='critical' looks at it exactly, certifier='bounds' proves bounds"
            )
        if question.options.proof and not complete:
            raise NotProvedError(
                f"{found.count()} critical points of the boundary with class {other} are proved, but there may be "
                f"{family.bound()}: certifier='critical' looks at this boundary exactly, certifier='bounds' proves "
                "bounds, and proof=False returns the nearest point that was found"
            )
        if not complete:
            self._check_probable(question, boundary, other, found)
        return Bracket(question, other, family, found)

    def _check_probable(self, question, boundary, other, found):
        r"""Refuse a list that is known to be too short, or that would make the distance infinite without a proof."""
        limits, seed = question.limits, question.options.seed
        limits.deadline.check("counting critical points")
        record = boundary.compute(
            "ed_degree", proof=False, timeout=limits.deadline.remaining(), memory=limits.memory, seed=seed
        )
        number, real = found.count(), len(found.real())
        if number < record.value or not real:
            raise OutOfReachError(
                f"{number} critical points of the boundary with class {other} were found, {real} of them real, and its "
                f"ED degree is {record.value} ({record.status}): this says nothing about the distance; try "
                "certifier='critical' or certifier='bounds'"
            )

    def _bound(self, question, bracket):
        if bracket.family is None:
            return Bound(bracket.other, infinity, {"kind": "positive"}, PROVED, "the outputs differ by a constant")
        exact, found = bracket.family.exact, bracket.found
        bottleneck = bracket.family.bottleneck(question.limits.deadline) if found.count() == exact.bound() else None
        complete = bottleneck is not None and bottleneck.is_proved
        proof = proof_of(exact, found, question.c > bracket.other, bottleneck)
        number, real = found.count(), len(found.real())
        if complete:
            argument = f"{number} critical points are proved, {real} of them real, as many as there can be"
            trusted = (exact.theorem(),)
            return Bound(bracket.other, bracket.lower, proof, PROVED, argument, trusted)
        argument = (
            f"{number} critical points were found, {real} of them real, as many as were counted modulo primes, which "
            "is no proof that there are no others; singular points were not looked for"
        )
        return Bound(bracket.other, bracket.lower, proof, PROBABLE, argument)


@contextmanager
def _within_doubles():
    r"""Numbers that are too large for floating point, or too far apart, are out of reach."""
    try:
        with numpy.errstate(over="ignore", invalid="ignore", divide="ignore"):
            yield
    except (OverflowError, numpy.linalg.LinAlgError) as error:
        raise OutOfReachError(
            f"the coefficients are beyond the range of floating point ({error}); scale the network, or take "
            "certifier='critical' or 'bounds'"
        ) from error


def _pair(c, other):
    return (c, other) if c < other else (other, c)


def _size(classifier):
    r"""Return the number of paths and of variables, at most."""
    n, *hidden = classifier.widths()[:-1]
    variables, degree = min(n, hidden[0]), classifier.activation_degree() ** len(hidden)
    if degree > _MOST_PATHS or (degree > 2 and variables > _MOST_VARIABLES):
        return 2**60, variables
    return least(variables, hidden, classifier.activation_degree())[0], variables


def _is_generic(classifier):
    r"""Whether generic networks of these widths have as many critical points as a proved bound says."""
    n, *hidden = classifier.widths()[:-1]
    # The layers that are narrower than all before them: none, one, or two with at most two neurons in the latter.
    narrow, least_width = [], min(n, hidden[0])
    for width in hidden[1:]:
        if width < least_width:
            narrow.append(width)
            least_width = width
    return classifier.activation_degree() == 1 or len(narrow) < 2 or (len(narrow) == 2 and narrow[1] <= 2)
