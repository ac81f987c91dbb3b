r"""
The call that certifies: input is checked, a certifier chosen, its witness checked, the verdict drawn.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: certificate = C.certify([1, 0])
    sage: certificate.lower <= 1 <= certificate.upper, certificate.upper - certificate.lower <= 1e-9
    (True, True)
    sage: C.certify([1, float("nan")])
    Traceback (most recent call last):
    ...
    ValueError: x[1] must be finite, got nan
"""

import time
from dataclasses import replace

from .. import _sage  # noqa: F401
from ..computation import PROBABLE, PROVED
from ..errors import BackendTimeout, CertificateError, MlvarError, NotProvedError, OutOfReachError
from ..exact import rational, rational_list
from ..options import MORE_TIME, Deadline, Limits, resolve, using
from ..threads import one_thread
from . import registry
from .base import Outcome, Question
from .certificate import RobustnessCertificate
from .choice import Candidate, choose, with_part
from .network import network_of

from sage.rings.infinity import PlusInfinity, infinity
from sage.rings.integer import Integer
from sage.rings.rational import Rational
from sage.rings.rational_field import QQ

__all__ = ["NORMS", "OutsideBoxError", "box_of", "certify", "check_inside", "distance_squared", "verdict_of"]

NORMS = ("euclidean", "maximum")
_TOLERANCE = QQ((1, 10**9))


def certify(
    classifier,
    x,
    radius=None,
    *,
    certifier="auto",
    tolerance=None,
    norm="euclidean",
    box=None,
    cross_check=False,
    **options,
):
    r"""
    Return a certificate of the distance from ``x`` to the nearest point that the classifier gets differently.

    Ties count as failures: the distance is the least one to a point at which another output is at least as large as
    that of the class of ``x``, and 0 when ``x`` itself is a tie.

    INPUT:

    - ``classifier`` -- a :class:`~sage_mlvar.models.classifier.PolynomialClassifier`
    - ``x`` -- list of ``n_0`` numbers
    - ``radius`` -- positive number: also say whether the classifier is robust within this distance
    - ``certifier`` -- ``"auto"``, or the name of a method, see :func:`~sage_mlvar.certify.registry.table`; or a list
      of names, the next of which is tried when one fails
    - ``tolerance`` -- positive number, relative width wanted of the bracket; 1e-9 by default
    - ``norm`` -- ``"euclidean"`` or ``"maximum"``
    - ``box`` -- list of ``n_0`` pairs ``(low, high)``, or one pair for all coordinates, that hold ``x``: failures
      outside do not count
    - ``cross_check`` -- boolean; repeat the work of an engine with another one
    - the options of :func:`sage_mlvar.options.resolve`; by default only what is proved is returned

    OUTPUT: a :class:`~sage_mlvar.certify.certificate.RobustnessCertificate`

    Raises :class:`~sage_mlvar.errors.NotProvedError` when the bracket is only probable and ``proof`` was not switched
    off, and :class:`~sage_mlvar.errors.BackendTimeout` when the time is up and nothing is known.

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
        sage: C.certify([1, 0], radius=0)
        Traceback (most recent call last):
        ...
        ValueError: radius must be positive, got 0
        sage: C.certify([2, 0])
        tie of classes 0 and 1, proved: distance 0 (evaluation)
    """
    begin = time.monotonic()
    n = classifier.widths()[0]
    point = _point(x, n)
    radius = None if radius is None else _positive(radius, "radius")
    tolerance = _TOLERANCE if tolerance is None else _positive(tolerance, "tolerance")
    if norm not in NORMS:
        raise ValueError(f"norm must be one of {', '.join(map(repr, NORMS))}, got {norm!r}")
    box = None if box is None else box_of(box, n)
    check_inside(box, point)
    if not isinstance(cross_check, bool):
        raise TypeError(f"cross_check must be True or False, not {cross_check!r}")
    if certifier != "auto":
        certifier = _names(certifier)
    resolved = resolve("certify", **options)
    outputs = network_of(classifier).outputs(point)
    best = max(outputs)
    tied = [k for k, value in enumerate(outputs) if value == best]
    common = {"classifier": classifier, "point": point, "radius": radius, "norm": norm, "box": box}
    if len(tied) > 1:
        return RobustnessCertificate.of_tie(**common, classes=tuple(tied), seconds=time.monotonic() - begin)
    others = tuple(k for k in range(len(outputs)) if k != tied[0])
    question = Question(
        classifier, point, tied[0], others, radius, tolerance, norm, box, cross_check, resolved, resolved.limits()
    )
    # The choice of a backend is for this verb; the steps on the way to it choose for themselves.
    with using(backend=None), one_thread():
        method, outcome, why = _answer(question, certifier)
    certificate = _certificate(question, method, outcome, why, begin)
    if resolved.proof and certificate.status != PROVED:
        raise NotProvedError(
            f"the distance is only probable: {certificate.argument}; certify(x, proof=False) returns it, and "
            "certifier='bounds' proves what bounds it can"
        )
    return certificate


def _names(certifier):
    r"""Return the names in ``certifier``, a name or a list of names."""
    if isinstance(certifier, dict) or not hasattr(certifier, "__iter__"):
        raise TypeError(f"certifier must be a name or a list of names, not {certifier!r}")
    names = (certifier,) if isinstance(certifier, str) else tuple(certifier)
    if not names:
        raise ValueError(f"certifier must name at least one method, got {certifier!r}")
    for name in names:
        registry.get(name)
    return names


def _answer(question, certifier):
    if certifier == "auto":
        candidates = choose(question)
    else:
        for name in certifier:
            applies = registry.get(name).can_certify(question.classifier, question.norm, question.box)
            if applies is not True:
                raise ValueError(f"certifier {name!r} cannot be used here: {applies}")
        if len(certifier) == 1:
            return certifier[0], registry.of(question.classifier, certifier[0]).certify(question), ""
        candidates = [Candidate(name, f"{name}: asked for") for name in certifier]
    failures, late = [], False
    for place, (name, why, seconds) in enumerate(candidates):
        if seconds is None:
            part, kept = with_part(question, [later.name for later in candidates[place + 1 :]])
        else:
            part, kept = replace(question, limits=Limits(Deadline(seconds), question.limits.memory)), ""
        try:
            outcome = registry.of(question.classifier, name).certify(part)
            if seconds is not None and not _is_enough(outcome, question):
                raise OutOfReachError(f"not enough within {seconds:.2g} s")
        except MlvarError as error:
            out_of_time = isinstance(error, BackendTimeout)
            # A trial is short by itself.
            late = late or (out_of_time and seconds is None)
            # The way out is told once, at the end.
            text = str(error).removesuffix(f"; {MORE_TIME}")
            failures.append(f"{name}{f' ({kept})' if kept and out_of_time else ''}: {text}")
            question.limits.deadline.check("certifying; tried: " + "; ".join(failures))
            continue
        return name, outcome, "; ".join([why, *(f"not {text}" for text in failures)])
    text = f"no certifier could answer: {'; '.join(failures)}"
    if late:
        # Not every method waits until the limit is reached: some are not begun when they would not finish.
        raise BackendTimeout(f"{text}; {MORE_TIME}")
    raise NotProvedError(text)


def _is_enough(outcome, question):
    r"""Return whether the radius is decided, or without one, whether the bracket is as narrow as asked for."""
    lower, upper = outcome.lower(), infinity if outcome.witness is None else outcome.witness.upper
    if question.radius is not None:
        return verdict_of(lower, upper, question.radius) != "unknown"
    return lower == upper or (upper != infinity and upper - lower <= question.tolerance * upper)


def distance_squared(point, u, norm="euclidean"):
    r"""Return the square of the distance of two rational points."""
    moves = [a - b for a, b in zip(point, u)]
    if norm == "maximum":
        return max((abs(a) for a in moves), default=QQ.zero()) ** 2
    return sum((a * a for a in moves), QQ.zero())


def verdict_of(lower, upper, radius):
    r"""Return ``"robust"``, ``"not robust"``, ``"unknown"``, or ``None`` without a radius."""
    if radius is None:
        return None
    if lower > radius:
        return "robust"
    return "not robust" if upper <= radius else "unknown"


def _certificate(question, method, outcome, why, begin):
    _check_kinds(method, outcome)
    classes = sorted(bound.other for bound in outcome.bounds)
    if classes != sorted(question.others):
        raise CertificateError(f"certifier {method!r} bounds classes {classes}, not {sorted(question.others)}")
    lower, witness = outcome.lower(), outcome.witness
    upper = infinity if witness is None else witness.upper
    if witness is not None and witness.point is not None:
        _check_witness(question, method, witness)
    if lower > upper:
        raise CertificateError(f"certifier {method!r} contradicts itself: lower bound {lower} > upper bound {upper}")
    status = PROVED if all(bound.status == PROVED for bound in outcome.bounds) else PROBABLE
    return RobustnessCertificate(
        classifier=question.classifier,
        point=question.point,
        predicted=question.c,
        lower=lower,
        upper=upper,
        radius=question.radius,
        verdict=verdict_of(lower, upper, question.radius),
        competing=None if witness is None else witness.other,
        method=method,
        status=status,
        bounds=outcome.bounds,
        witness=witness,
        nearest=outcome.nearest,
        norm=question.norm,
        box=question.box,
        choice=why,
        details=outcome.details,
        seconds=time.monotonic() - begin,
    )


def _check_kinds(method, outcome):
    r"""Check that a certifier answers by exact numbers; what a float bounds is not proved."""
    if not isinstance(outcome, Outcome):
        raise CertificateError(f"certifier {method!r} must return an Outcome, not {outcome!r}")
    for bound in outcome.bounds:
        where = f"certifier {method!r}, class {bound.other},"
        if not (_is_exact(bound.lower) or isinstance(bound.lower, PlusInfinity)) or bound.lower < 0:
            raise CertificateError(f"{where} must have a rational lower bound of at least 0, got {bound.lower!r}")
        if not isinstance(bound.proof, dict) or not isinstance(bound.proof.get("kind"), str):
            raise CertificateError(f"{where} must have a proof, a dictionary with its kind, got {bound.proof!r}")
        if bound.status not in (PROVED, PROBABLE):
            raise CertificateError(f"{where} must have the status 'proved' or 'probable', got {bound.status!r}")
    witness = outcome.witness
    if witness is not None:
        if not _is_exact(witness.upper):
            raise CertificateError(f"certifier {method!r} must have a rational upper bound, got {witness.upper!r}")
        if not all(map(_is_exact, witness.point or ())):
            raise CertificateError(f"certifier {method!r} must have a witness of rationals, got {witness.point!r}")


def _is_exact(number):
    return isinstance(number, (int, Integer, Rational)) and not isinstance(number, bool)


def _check_witness(question, method, witness):
    r"""Check by exact evaluation that the witness is a failure, and as near as it says."""
    outputs = network_of(question.classifier).outputs(witness.point)
    near = distance_squared(witness.point, question.point, question.norm) <= witness.upper**2
    inside = question.box is None or all(low <= x <= high for x, (low, high) in zip(witness.point, question.box))
    if outputs[question.c] > outputs[witness.other] or not near or not inside:
        raise CertificateError(f"certifier {method!r} gave a witness that is none")


def _point(x, n):
    shape = getattr(x, "shape", None)
    if shape is not None and len(shape) != 1:
        raise ValueError(f"x must be one point, a list of {n} numbers, got an array of shape {tuple(shape)}")
    dtype = getattr(x, "dtype", None)
    if dtype is not None and getattr(dtype, "kind", "f") not in "iuf":
        raise TypeError(f"x must have numbers for entries, not an array of dtype {dtype}")
    return rational_list(x, "x", n)


def _positive(value, name):
    number = rational(value, name)
    if number <= 0:
        raise ValueError(f"{name} must be positive, got {value!r}")
    return number


def box_of(box, n):
    r"""
    Return a box as a tuple of ``n`` pairs of rationals.

    INPUT:

    - ``box`` -- list of ``n`` pairs ``(low, high)``; or one such pair, for all coordinates
    - ``n`` -- integer; the number of inputs

    EXAMPLES::

        sage: from sage_mlvar.certify.certify import box_of
        sage: box_of((0, "1/2"), 2)
        ((0, 1/2), (0, 1/2))
        sage: box_of([(0, 1)], 2)
        Traceback (most recent call last):
        ...
        ValueError: box must have 2 pairs (low, high), got 1; one pair is for all coordinates
    """
    if isinstance(box, (str, dict)) or not hasattr(box, "__len__"):
        raise TypeError(f"box must be a list of {n} pairs (low, high), or one pair for all, not {box!r}")
    if len(box) == 2 and not any(_is_list(entry) for entry in box):
        pairs = (rational_list(box, "box", 2),) * n
    elif len(box) != n:
        raise ValueError(f"box must have {n} pairs (low, high), got {len(box)}; one pair is for all coordinates")
    else:
        pairs = tuple(rational_list(pair, f"box[{k}]", 2) for k, pair in enumerate(box))
    for k, (low, high) in enumerate(pairs):
        if low > high:
            raise ValueError(f"box[{k}] must have low <= high, got {(str(low), str(high))}")
    return pairs


def _is_list(entry):
    return hasattr(entry, "__len__") and not isinstance(entry, str)


class OutsideBoxError(ValueError):
    r"""A data point lies outside of the box in which failures count; nothing is wrong with other points."""


def check_inside(box, point, name="x"):
    r"""Raise :class:`OutsideBoxError` unless the point, called ``name``, lies in the box, which may be ``None``."""
    for k, ((low, high), x) in enumerate(zip(box or (), point)):
        if not low <= x <= high:
            raise OutsideBoxError(f"box[{k}] must hold {name}[{k}] = {x}, got {(str(low), str(high))}")
