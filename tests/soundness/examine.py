r"""
Ask a certifier about a case, and hold every word of its answer against what is known.
"""

import signal
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from sage_mlvar import PolynomialClassifier, RobustnessCertificate, check
from sage_mlvar.certify.registry import known
from sage_mlvar.errors import BackendError, BackendTimeout, NotProvedError, OutOfReachError

from .cases import INFINITY, fraction, root

__all__ = ["TIMEOUTS", "Answer", "certifiers", "classifier_of", "examine"]

F = Fraction
#: Seconds for one answer; a certifier without an entry has the last one.
TIMEOUTS = {"quadric": 30.0, "critical": 4.0, "numerical": 4.0, "bounds": 1.0, "auto": 4.0, None: 4.0}
#: A certifier is stopped when it takes this many seconds longer than it may.
PATIENCE = 8.0
_TOLERANCE = F(1, 10**6)


@dataclass
class Answer:
    r"""
    What came of one case and one certifier.

    - ``result`` -- ``"proved"``, ``"open"`` (it says that it cannot prove), or ``"wrong"``
    - ``counts`` -- how many brackets, verdicts, witnesses, balls, certificates, forgeries and files were looked at
    - ``wrong`` -- list of sentences
    """

    family: str
    certifier: str
    result: str = "open"
    counts: Counter = field(default_factory=Counter)
    wrong: list = field(default_factory=list)
    reason: str = ""
    seconds: float = 0.0


@lru_cache(maxsize=4)
def _classifier(key):
    return PolynomialClassifier(*key)


def classifier_of(net):
    r"""Return the net as the package knows it; the same net gives the same classifier, which keeps what it learns."""
    weights = tuple(tuple(map(tuple, W)) for W in net.weights)
    return _classifier((weights, tuple(map(tuple, net.biases)), tuple(net.activation)))


def certifiers(case, index):
    r"""Return the names of the certifiers that say that they can answer; for some cases also the automatic choice."""
    classifier = classifier_of(case.net)
    names = [name for name, cls in known().items() if cls.can_certify(classifier, case.norm, case.box) is True]
    return [*names, "auto"] if index % 10 == 0 and names else names


def examine(case, name, index, folder=None):
    r"""
    Return the :class:`Answer` of certifier ``name``.

    INPUT:

    - ``index`` -- integer; decides which radius is asked, and whether the certificate goes through a file
    - ``folder`` -- where to leave certificates for a check in another process, or ``None``
    """
    answer = Answer(case.family, name)
    begin = time.monotonic()
    radii = _radii(case)
    for radius in (None, radii[index % len(radii)]):
        certificate = _ask(answer, case, name, radius)
        if certificate is None:
            break
        answer.result = "proved"
        _bracket(answer, case, certificate)
        _verdicts(answer, case, certificate, radii)
        about = None if certificate.radius is None else fraction(certificate.radius)
        _expect(answer, about == radius, f"it is about the radius {about}, not {radius}")
        _checker(answer, case, certificate)
        if folder is not None and index % 7 == 0 and radius is not None:
            _file(answer, certificate, folder / f"{case.family}-{name}-{index}.json")
    answer.seconds = time.monotonic() - begin
    if answer.wrong:
        answer.result = "wrong"
    return answer


class Overrun(BaseException):
    r"""A certifier did not keep to its time limit, by far; no ``except Exception`` on the way may catch this."""


@contextmanager
def _at_most(seconds):
    def stop(*_):
        raise Overrun

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ask(answer, case, name, radius):
    seconds = TIMEOUTS.get(name, TIMEOUTS[None])
    options = {"norm": case.norm, "box": case.box, "timeout": seconds}
    try:
        with _at_most(seconds + PATIENCE):
            return classifier_of(case.net).certify(case.point, radius, certifier=name, **options)
    except Overrun:
        answer.counts["overrun"] += 1
        answer.reason = f"stopped after {seconds + PATIENCE:g} s"
    except (NotProvedError, OutOfReachError, BackendTimeout, BackendError) as error:
        answer.counts["late" if isinstance(error, BackendTimeout) else "open"] += 1
        answer.reason = str(error)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a certifier that breaks, also by a signal, is a finding, not the end of the run
        answer.wrong.append(f"crash: {type(error).__name__}: {error}")
    return None


def _bracket(answer, case, certificate):
    lower, upper = fraction(certificate.lower), fraction(certificate.upper)
    answer.counts["brackets"] += 1
    _expect(answer, certificate.status == "proved", "the status is not proved")
    _expect(answer, certificate.predicted == case.c, f"predicted {certificate.predicted}, not {case.c}")
    _expect(answer, 0 <= lower <= upper, f"lower {lower} > upper {upper}")
    _expect(answer, lower**2 <= case.high, f"lower {_show(lower)} > distance {_show_root(case.high)}")
    _expect(answer, upper**2 >= case.low, f"upper {_show(upper)} < distance {_show_root(case.low)}")
    if case.c is not None:
        _expect(answer, sorted(b.other for b in certificate.bounds) == sorted(case.parts), "classes are missing")
    for bound in certificate.bounds:
        answer.counts["bounds"] += 1
        high = case.parts[bound.other][1]
        if fraction(bound.lower) ** 2 > high:
            answer.wrong.append(f"bound {_show(fraction(bound.lower))} of class {bound.other} > {_show_root(high)}")
    # Differences of infinity and fractions beyond floats have no value.
    if lower == upper or (upper != INFINITY and upper - lower <= _TOLERANCE * upper):
        answer.counts["tight"] += 1
    _witness(answer, case, certificate, upper)
    ball = certificate.nearest
    if ball is not None and case.nearest:
        answer.counts["balls"] += 1
        center, size = [fraction(x) for x in ball.center], fraction(ball.radius)
        inside = any(sum((a - b) ** 2 for a, b in zip(p, center)) <= size**2 for p in case.nearest)
        _expect(answer, inside, "the ball holds no nearest failure")


def _witness(answer, case, certificate, upper):
    witness = certificate.witness
    if witness is None:
        _expect(answer, upper == INFINITY, "a finite upper bound without a witness")
        return
    answer.counts["witnesses"] += 1
    _expect(answer, fraction(witness.upper) == upper, "the witness has another distance than the bracket")
    if witness.point is None:
        return
    p = [fraction(x) for x in witness.point]
    moves = [abs(a - b) for a, b in zip(p, case.point)]
    far = max(moves) ** 2 if case.norm == "maximum" else sum(x * x for x in moves)
    values = case.net.outputs(p)
    c = case.c if case.c is not None else next(k for k in range(len(values)) if k != witness.other)
    _expect(answer, values[witness.other] >= values[c], "the witness is no failure")
    _expect(answer, far <= upper**2, "the witness is farther than it says")
    if case.box is not None:
        _expect(answer, all(a <= x <= b for x, (a, b) in zip(p, case.box)), "the witness is outside the box")


def _radii(case):
    r"""Below, just below, at, just above, and above what is known of the distance."""
    if case.high == INFINITY:
        return [F(1, 1000), F(1), F(10**9)]
    if case.high == 0:
        return [F(1, 10**30), F(1)]
    at = root(F(case.high), up=True)
    return [at / 2, at * (1 - F(1, 10**6)), at, at * (1 + F(1, 10**6)), 2 * at]


def _verdicts(answer, case, certificate, radii):
    own = [certificate] if certificate.radius is not None else []
    for told in [*own, *(certificate.with_radius(radius) for radius in radii)]:
        radius = fraction(told.radius)
        answer.counts["verdicts"] += 1
        square = radius * radius
        if told.verdict == "robust":
            _expect(answer, square < case.high, f"robust within {_show(radius)} >= {_show_root(case.high)}")
        elif told.verdict == "not robust":
            _expect(answer, square >= case.low, f"not robust within {_show(radius)} < {_show_root(case.low)}")
        else:
            _expect(answer, told.verdict == "unknown", f"verdict {told.verdict!r}")
            answer.counts["undecided"] += 1


def _checker(answer, case, certificate):
    document = certificate.to_dict()
    try:
        check.verify(document)
        answer.counts["accepted"] += 1
    except Exception as error:
        answer.wrong.append(f"the checker refuses the certificate: {type(error).__name__}: {error}")
        return
    for name, forged in _forgeries(case, document):
        answer.counts["forged"] += 1
        forged["sha256"] = check.digest({k: v for k, v in forged.items() if k != "sha256"})
        try:
            check.verify(forged)
        except check.Rejected:
            answer.counts["refused"] += 1
        except Exception as error:
            answer.wrong.append(f"the checker breaks on a forgery ({name}): {type(error).__name__}: {error}")
        else:
            answer.wrong.append(f"the checker accepts a forgery ({name})")


def _forgeries(case, document):
    r"""Return false claims with the proofs at hand: a larger distance, no failure at all, a smaller distance."""
    claim, bounds, witness = document["claim"], document["bounds"], document["witness"]
    plain = {**document, "radius": None, "nearest": None}
    blind = {**claim, "verdict": None, "competing": None, "upper": "inf"}
    if 0 < case.high < INFINITY:
        for name, false in (("larger", str(root(F(case.high), up=True) * F(1000001, 1000000))), ("none", "inf")):
            raised = [{**b, "lower": false} if _less(b["lower"], false) else b for b in bounds]
            yield name, {**plain, "claim": {**blind, "lower": false}, "bounds": raised, "witness": None}
    if witness is not None and case.low > 0:
        false = str(F(claim["upper"]) / 2) if case.low == INFINITY else str(root(F(case.low)) * F(999999, 1000000))
        lowered = [{**b, "lower": "0"} for b in bounds]
        claim = {**claim, "verdict": None, "lower": "0", "upper": false}
        yield "smaller", {**plain, "claim": claim, "bounds": lowered, "witness": {**witness, "upper": false}}


def _less(a, b):
    return (INFINITY if a == "inf" else F(a)) < (INFINITY if b == "inf" else F(b))


def _file(answer, certificate, path):
    certificate.save(path)
    again = RobustnessCertificate.load(path, believe=True)
    _expect(
        answer, (again.lower, again.upper) == (certificate.lower, certificate.upper), "the file has another bracket"
    )
    answer.counts["files"] += 1


def _expect(answer, truth, text):
    if not truth:
        answer.wrong.append(text)


def _show(x):
    return f"{float(x):.12g}" if x == INFINITY or 1e-300 < x < 1e300 else str(x)


def _show_root(square):
    return _show(square if square in (0, INFINITY) else root(F(square)))
