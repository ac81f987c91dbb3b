r"""
The same small questions to every backend that can answer them; the answers must be equal.

EXAMPLES::

    sage: from sage_mlvar.cli.crosscheck import crosschecks
    sage: {finding.state for finding in crosschecks()}
    {'fine'}
"""

from .. import _sage  # noqa: F401
from .. import backends as registry
from ..backends import VERBS, System, Task
from ..options import Deadline, Limits
from ..univariate import real_roots
from . import exits
from .doctor import Finding

from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["backends", "crosschecks"]

_P = 65521
_SECONDS = 30


def _limits():
    return Limits(Deadline(_SECONDS))


def backends():
    r"""
    Yield what was found of each registered backend.

    A missing engine is only a note as long as others do all that it would do.

    EXAMPLES::

        sage: from sage_mlvar.cli.crosscheck import backends
        sage: [finding.what for finding in backends()]
        ['backend giac', 'backend msolve', 'backend singular']
    """
    engines = [registry.get(name) for name in registry.names()]
    present = [engine for engine in engines if engine.feature().is_present()]
    served = {verb for engine in present for verb in engine.verbs}
    for engine in engines:
        what = f"backend {engine.name}"
        if engine not in present:
            lost = [verb for verb in VERBS if verb in engine.verbs and verb not in served]
            found = f"not installed; nothing else does {', '.join(lost)}" if lost else "not installed"
            yield Finding(what, "broken" if lost else "note", found, engine.resolution())
            continue
        try:
            yield Finding(what, "fine", engine.version())
        except Exception as error:
            yield Finding(what, "broken", exits.message(error), f"reinstall {engine.name}")


def _curve(base):
    r"""Return the variable ``t`` and the graph of a monomial-free curve ``t -> (x, y, z)``."""
    ring = PolynomialRing(base, ["t", "x", "y", "z"], order="degrevlex")
    t, x, y, z = ring.gens()
    return t, [x - t**2 - t, y - t**3 + 2 * t, z - t**4]


def _basis(value):
    r"""Return an ideal in a form that does not depend on its generators."""
    ring = value[0].parent()
    return sorted(ring.ideal(value).groebner_basis())


def _questions():
    r"""Yield (title, verb, arguments of ``backends.call``, normal form of the answer, the expected one or ``None``)."""
    for base, where in ((QQ, "over Q"), (GF(_P), f"modulo {_P}")):
        t, curve = _curve(base)
        yield (
            f"Gröbner bases {where}",
            "groebner_basis",
            (curve, {}),
            lambda value: sorted(f / f.lc() for f in value),
            None,
        )
        yield f"elimination {where}", "eliminate", (curve, {"variables": [t]}), _basis, None
        ring = PolynomialRing(base, ["x", "y"], order="degrevlex")
        x, y = ring.gens()
        points = [x**2 + y**2 - 5, x * y - 2]
        yield f"counting solutions {where}", "count", (points, {}), lambda value: (value.degree, value.distinct), (4, 4)
    x, y = PolynomialRing(QQ, ["x", "y"], order="degrevlex").gens()
    # The first coordinates are the roots of x^4 - 3 x^2 + 1, which PARI isolates.
    z = PolynomialRing(QQ, "z").gen()
    roots = real_roots(z**4 - 3 * z**2 + 1)
    yield (
        "real solutions over Q",
        "solve",
        ([x**2 + y**2 - 3, x * y - 1], {}),
        lambda boxes: _matches(boxes, roots),
        True,
    )


def _matches(boxes, roots):
    r"""Whether the intervals of the first coordinates hold the ``roots``, one each."""
    intervals = sorted(box[0] for box in boxes)
    if len(intervals) != len(roots):
        return False
    return all(low <= root <= high for (low, high), root in zip(intervals, roots, strict=True))


def _able(verb, polynomials, variables=()):
    r"""Return the names of the backends that are there and can answer."""
    task = Task(verb, System.from_sage(polynomials, first=variables), eliminate=len(variables))
    engines = [registry.get(name) for name in registry.names()]
    return [engine.name for engine in engines if engine.feature().is_present() and engine.can_run(task) is True]


def crosschecks():
    r"""
    Yield what came out of each comparison.

    EXAMPLES::

        sage: from sage_mlvar.cli.crosscheck import crosschecks
        sage: next(crosschecks()).found
        'giac, msolve, singular agree'
    """
    for title, verb, (polynomials, more), normal_form, expected in _questions():
        what = f"cross-check of {title}"
        answers, failures = {}, []
        for name in _able(verb, polynomials, more.get("variables", ())):
            try:
                reply = registry.call(verb, polynomials, backend=name, limits=_limits(), **more)
                answers[name] = normal_form(reply.value)
            except Exception as error:
                failures.append(f"{name}: {exits.message(error)}")
        yield _verdict(what, answers, failures, expected)


def _verdict(what, answers, failures, expected):
    if failures:
        return Finding(what, "broken", "; ".join(failures), "reinstall that program, or leave it out with backend=")
    if not answers:
        return Finding(what, "note", "no backend can")
    reference = next(iter(answers.values())) if expected is None else expected
    wrong = [name for name, value in answers.items() if value != reference]
    if wrong and expected is None:
        wrong = list(answers)
    if wrong:
        return Finding(what, "broken", f"{', '.join(wrong)} disagree", "report this, with the output of mlvar doctor")
    names = ", ".join(answers)
    return Finding(what, "fine", f"{names} agree" if len(answers) > 1 else f"{names} is right")
