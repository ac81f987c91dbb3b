r"""
The certifier of quadratic networks: one rational multiplier for each competing class.

For a quadric ``g = 0`` and a data point ``u`` with ``g(u) > 0``, every real ``l`` with ``I + l A`` positive definite
(``A`` half the Hessian) proves ``dist^2 >= min |x-u|^2 + l g(x)``, and the supremum over ``l`` is the squared distance,
also in the hard case, where it is only approached. So one rational number proves robustness, in any dimension.

EXAMPLES:

A sphere in 50 dimensions, from a point at distance 3 from its centre::

    sage: from sage_mlvar import PolynomialClassifier
    sage: n = 50
    sage: eye = [[int(i == j) for j in range(n)] for i in range(n)]
    sage: C = PolynomialClassifier([eye, [[1] * n, [0] * n]], [[0] * n, [0, 4]])
    sage: certificate = C.certify([3] + [0] * (n - 1)); certificate
    class 0 within distance 1 of class 1, proved: distance in [1.00000000, 1.00000000] (quadric)

Where the nearest points are not unique, any multiplier below the last one still proves a bound::

    sage: C = PolynomialClassifier([[[1, 0], [0, 1], [0, 1]], [[-1, 1, -1], [0, 0, 0]]], [[0, "1/2", 0], ["-1/4", 0]])
    sage: C.boundary().polynomial()
    -x0^2 + x1
    sage: certificate = C.certify([0, 2])
    sage: certificate.lower^2 <= 7/4 <= certificate.upper^2, certificate.relative_width <= 1e-9
    (True, True)

REFERENCES: the S-lemma; Pólik, Terlaky, *A survey of the S-lemma*, 2007.
"""

from math import isqrt

import numpy

from ... import _sage  # noqa: F401
from ...errors import NotProvedError
from ...threads import one_thread
from ..base import Bound, Certifier, Nearest, Outcome, Witness
from ..flint_numbers import quotient
from ..network import numbers
from ..rounding import root_above, root_below
from .definite import Positive, Touching, classify
from .form import Dyadic, QuadricForms
from .pencil import GramFactor, Pencil, floats
from .precise import precise
from .secular import solve
from .segment import crossing, rounded, witness_on_ray

from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ

__all__ = ["QuadricCertifier"]

_ARGUMENT = "a multiplier for each class, its quadratic form proved positive definite, and exact evaluation"


class QuadricCertifier(Certifier):
    r"""
    Certifies networks with one hidden layer and an activation of degree 2.

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.certify import get
        sage: get("quadric").can_certify(PolynomialClassifier.random([2, 2, 2, 2]))
        'the network has 2 hidden layers, not one'
    """

    name = "quadric"
    description = "one hidden layer, activation of degree 2: a rational multiplier, any number of inputs"

    def __init__(self, classifier):
        super().__init__(classifier)
        self._forms = None
        self._factor = None
        self._pencils = {}

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
        layers = len(classifier.weights()) - 1
        if layers != 1:
            return f"the network has {layers} hidden layers, not one"
        if classifier.activation_degree() != 2:
            return f"the activation has degree {classifier.activation_degree()}, not 2"
        if norm != "euclidean":
            return f"it measures Euclidean distances, not the {norm} norm"
        return True if box is None else "it knows no box"

    def predicted_seconds(self, question):
        r"""
        Return a rough prediction of the seconds that :meth:`certify` takes, less for a pair of classes seen before.

        INPUT: ``question`` -- a :class:`~sage_mlvar.certify.base.Question`

        OUTPUT: a float
        """
        n, h = self.classifier.widths()[:2]
        seconds = 0.0 if self._pencils else self._forms_seconds()
        for other in question.others:
            seconds += 1e-3 + 2e-7 * min(n, h) ** 2
            if _key(question.c, other) not in self._pencils:
                seconds += self._pencil_seconds()
        return seconds

    def _forms_seconds(self):
        n, h = self.classifier.widths()[:2]
        return 0.05 + 2e-6 * n * h

    def _pencil_seconds(self):
        r"""Return the predicted time of making two forms diagonal; measured on 5 to 784 unknowns."""
        n, h = self.classifier.widths()[:2]
        size = min(n, h)
        return 2e-6 * size**2 + 1.2e-8 * size**3 + 2.5e-8 * (max(n, h) - n) * size**2

    def __getstate__(self):
        # The integers of the forms are made again faster than they are sent.
        return {"classifier": self.classifier, "_factor": self._factor, "_pencils": self._pencils, "_forms": None}

    def forms(self):
        r"""Return the exact data that all points share."""
        if self._forms is None:
            self._forms = QuadricForms(self.classifier)
        return self._forms

    def _pencil(self, c, other):
        r"""Return a pencil and 1 or -1: it is for ``f_c - f_other``, or for its negative; ``None``: doubles fail."""
        key = _key(c, other)
        if key not in self._pencils:
            try:
                if self._factor is None:
                    self._factor = GramFactor(self.forms())
                self._pencils[key] = Pencil(self._factor, self.forms().pair(*key))
            except ArithmeticError:
                self._pencils[key] = None
        return self._pencils[key], 1 if c < other else -1

    def certify(self, question):
        r"""
        Return the :class:`~sage_mlvar.certify.base.Outcome`, whose bounds are proved by a multiplier for each class.

        INPUT: ``question`` -- a :class:`~sage_mlvar.certify.base.Question`

        OUTPUT: an outcome; its witness may be missing

        Raises :class:`~sage_mlvar.errors.NotProvedError` when no multiplier or no failure was found, and
        :class:`~sage_mlvar.errors.BackendTimeout` when the time is up.
        """
        if self._forms is None:
            question.limits.deadline.allow(self._forms_seconds(), "reducing the network to quadratic forms")
        forms = self.forms()
        image = forms.image(question.point)
        answers = []
        with one_thread():
            for other in question.others:
                question.limits.deadline.check("certifying quadrics")
                if _key(question.c, other) not in self._pencils:
                    question.limits.deadline.allow(self._pencil_seconds(), "making quadratic forms diagonal")
                answers.append(_Answer(self, question, other, forms.pair(question.c, other).at(image)))
        answers.sort(key=lambda answer: answer.lower)
        witness, chosen = None, None
        for answer in answers:
            if witness is not None and answer.lower >= witness.upper:
                break
            found = answer.witness()
            if found is not None and (witness is None or found.upper < witness.upper):
                witness, chosen = found, answer
            if witness is not None and witness.upper - answers[0].lower <= question.tolerance * witness.upper:
                break
        if witness is None and answers[0].lower != infinity:
            raise NotProvedError("no failure was found although there is one; certifier='bounds' gives a bracket")
        bounds = sorted((answer.bound() for answer in answers), key=lambda bound: bound.other)
        nearest = None if witness is None else chosen.nearest(witness.upper)
        return Outcome(tuple(bounds), witness, nearest)


class _Answer:
    r"""What is known about one competing class."""

    def __init__(self, certifier, question, other, form):
        self.question, self.other, self.form = question, other, form
        self.kind, self.directions, self.squared = None, [], None
        if self._multiplier(*certifier._pencil(question.c, other)):
            return
        found = classify(form, question.limits.deadline)
        if isinstance(found, Positive):
            self.kind, self.lower = "positive", infinity
        elif isinstance(found, Touching):
            self.kind, self.touching = "touching", found
            self.squared = found.distance_squared
            self.lower = root_below(self.squared)
        else:
            self._precisely()

    def _multiplier(self, pencil, sign):
        r"""Try in doubles; return whether a bound as good as wanted was proved."""
        if pencil is None:
            return False
        form, e = self.form, pencil.factor.exponents
        p, below = form.gradient
        try:
            scale = pencil.exponent
            gradient = pencil.P.T @ floats(p, below, (e, [scale]))[:, 0]
            value = float(form.value / QQ(2) ** scale)
        except (ArithmeticError, OverflowError):
            return False
        found = solve(sign * pencil.eigenvalues, gradient, value)
        if found is None:
            return False

        def coefficients(s):
            return Dyadic.of_floats(numpy.ldexp(pencil.P @ s, -numpy.asarray(e, dtype=int)).tolist())

        self.multiplier = quotient(*found.multiplier.as_integer_ratio()) / QQ(2) ** scale
        self.coefficients = coefficients(found.point)
        for part in (QQ((1, 2)), QQ((1, 16)), QQ((1, 1024))):
            self.margin = quotient(*found.least.as_integer_ratio()) * part
            if self.margin > 0 and pencil.is_positive(1 - self.margin, sign * self.multiplier):
                break
        else:
            return False
        self._accept()
        for s in found.points:
            t = self.coefficients if s is found.point else coefficients(s)
            met = crossing(form, t)
            if met is not None and self.squared >= met[0] ** 2 * met[2] * (1 - self.question.tolerance / 4):
                self.directions = [t]
                return True
        return False

    def _precisely(self):
        found = precise(self.form, self.question.tolerance, self.question.limits.deadline)
        self.multiplier, self.margin, self.coefficients, self.directions = found
        self._accept()

    def _accept(self):
        self.kind = "multiplier"
        self.squared = max(self.form.bound(self.coefficients, self.multiplier, self.margin), QQ.zero())
        self.lower = root_below(self.squared)

    def bound(self):
        proof = {"kind": self.kind}
        if self.kind == "multiplier":
            proof |= {
                "multiplier": str(self.multiplier),
                "margin": str(self.margin),
                "basis": self.form.forms.basis,
                "coefficients": self.coefficients.texts(),
            }
        argument = {
            "multiplier": _ARGUMENT,
            "positive": "the difference of two outputs is positive everywhere, by exact linear algebra",
            "touching": "the difference of two outputs has its least value 0 on an affine space, by linear algebra",
        }[self.kind]
        return Bound(self.other, self.lower, proof, argument=argument)

    def witness(self):
        if self.kind == "positive":
            return None
        u = self.question.point
        if self.kind == "touching":
            point = self._moved(self.touching.coefficients)
            return Witness(self.other, root_above(self.squared), point)
        found = [witness_on_ray(self.form, u, t) for t in self.directions]
        found = [pair for pair in found if pair is not None]
        if not found:
            return None
        upper, point = min(found)
        return Witness(self.other, upper, point)

    def nearest(self, upper):
        r"""
        Return a ball around all nearest points.

        The quadratic polynomial ``q = |x-u|^2 + l g(x)`` is at least its minimum plus ``m |x - x_l|^2``, and at most
        ``upper^2`` at a nearest point; and ``|x - x_l| <= |r|/m`` at the point ``x`` that the proof evaluates.
        """
        if self.kind == "touching":
            return Nearest(self.other, self._moved(self.touching.coefficients), QQ.zero())
        # With a wide tolerance the bound of the proof may be negative, which ``squared`` is not.
        bound = self.form.bound(self.coefficients, self.multiplier, self.margin)
        gap = max(upper**2 - bound, QQ.zero())
        residual = self.form.residual_squared(self.coefficients, self.multiplier)
        radius = root_above(gap / self.margin, 24) + root_above(residual, 24) / self.margin
        move, below = self.form.forms.move(self.coefficients)
        exact = [a + b for a, b in zip(self.question.point, numbers(move, below))]
        step = radius / (16 * (isqrt(len(exact)) + 1))
        center = rounded(exact, step) if radius else exact
        return Nearest(self.other, tuple(center), radius + radius / 16)

    def _moved(self, coefficients):
        forms, u = self.form.forms, self.question.point
        if forms.basis is None:
            return tuple(a + b for a, b in zip(u, coefficients))
        rows = self.question.classifier.weights()[0]
        moved = list(u)
        for k, t in zip(forms.basis, coefficients):
            if t:
                moved = [a + t * w for a, w in zip(moved, rows[k])]
        return tuple(moved)


def _key(c, other):
    return (c, other) if c < other else (other, c)
