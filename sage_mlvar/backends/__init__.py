r"""
Backends: outside engines behind one interface.

EXAMPLES::

    sage: from sage_mlvar import backends
    sage: backends.names()
    ['giac', 'msolve', 'singular']
    sage: backends.get("maple")
    Traceback (most recent call last):
    ...
    ValueError: unknown backend 'maple'; known backends: giac, msolve, singular

A question in Sage polynomials, and its answer::

    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: R = PolynomialRing(QQ, ["t", "x", "y"]); t, x, y = R.gens()
    sage: reply = backends.call("eliminate", [x - t^2, y - t^3], variables=[t])
    sage: reply.value, reply.backend, reply.exact
    ([x^3 - y^2], 'singular', True)
"""

from dataclasses import dataclass
from functools import cache

from .. import _sage  # noqa: F401
from ..errors import BackendError
from ..options import Limits, resolve
from ..plugins import classes
from .base import VERBS, Answer, Backend, Count, Hilbert, Parametrization, Task
from .system import System

__all__ = [
    "Answer",
    "Backend",
    "Count",
    "Hilbert",
    "Parametrization",
    "Reply",
    "System",
    "Task",
    "VERBS",
    "call",
    "get",
    "names",
    "table",
]

_GROUP = "sage_mlvar.backends"

#: Which engine is asked first, by measured speed; the others follow by name.
_PREFERENCE = {
    "groebner_basis": ("singular", "msolve", "giac"),
    "eliminate": ("singular", "giac", "msolve"),
    "saturate": ("singular",),
    "radical": ("singular",),
    "decompose": ("singular",),
    "count": ("msolve", "singular"),
    "solve": ("msolve",),
    "parametrize": ("msolve",),
    "hilbert": ("singular",),
}


@dataclass(frozen=True)
class Reply:
    r"""
    The answer of :func:`call`: ``value`` in Sage objects, ``backend``, ``version``, ``exact``, ``seconds``,
    ``peak_memory``.

    ``exact`` tells whether the engine's method counts as a proof.
    """

    value: object
    backend: str
    version: str | None
    exact: bool
    seconds: float
    peak_memory: int | None


@cache
def _instance(cls):
    return cls()


def names():
    r"""Return the names of all registered backends, sorted."""
    return sorted(classes(_GROUP, Backend))


def get(name):
    r"""Return the backend called ``name`` (a :class:`Backend` is returned as it is)."""
    if isinstance(name, Backend):
        return name
    known = classes(_GROUP, Backend)
    if name not in known:
        raise ValueError(f"unknown backend {name!r}; known backends: {', '.join(sorted(known))}")
    return _instance(known[name])


def table():
    r"""
    Return a list of dictionaries that describe the registered backends.

    OUTPUT: keys ``name``, ``version`` (``None`` when not available), ``verbs``, ``available`` (``True`` or the
    reason why not), ``description``, ``url``

    EXAMPLES::

        sage: from sage_mlvar import backends
        sage: [row["name"] for row in backends.table() if row["available"] is True]
        ['giac', 'msolve', 'singular']
    """
    rows = []
    for name in names():
        backend = get(name)
        present = backend.feature().is_present()
        rows.append(
            {
                "name": name,
                "version": backend.version() if present else None,
                "verbs": [verb for verb in VERBS if verb in backend.verbs],
                "available": True if present else f"{present.reason or 'not found'}; {backend.resolution()}",
                "description": backend.description,
                "url": backend.url,
            }
        )
    return rows


def _choose(task, chosen, exact):
    r"""Return the backend for ``task``: the one asked for, or the first that is there and can."""
    if chosen is not None:
        backend = get(chosen)
        backend.require()
        able = backend.can_run(task)
        if able is not True:
            raise ValueError(
                f"backend {backend.name!r} cannot be used here: {able}; leave backend= out to have one chosen"
            )
        return backend
    order = _PREFERENCE.get(task.verb, ())
    ranked = sorted(names(), key=lambda name: (order.index(name) if name in order else len(order), name))
    reasons = []
    for name in ranked:
        backend = get(name)
        able = backend.can_run(task)
        if able is not True:
            reasons.append(f"{name}: {able}")
        elif exact and not backend.is_exact(task.verb, task.system.characteristic):
            reasons.append(f"{name}: its {task.verb} is no proof here")
        elif not backend.feature().is_present():
            reasons.append(f"{name}: not installed; {backend.resolution()}")
        else:
            return backend
    raise BackendError(f"no backend can do {task.verb} here ({'; '.join(reasons)})")


def call(verb, polynomials, *, variables=(), by=None, backend=None, exact=False, limits=None):
    r"""
    Ask an engine about ``polynomials``.

    INPUT:

    - ``verb`` -- one of ``VERBS``
    - ``polynomials`` -- nonempty list of polynomials of one Sage ring over Q or a prime field
    - ``variables`` -- for ``"eliminate"``: variables of the ring
    - ``by`` -- for ``"saturate"``: a polynomial of the ring
    - ``backend`` -- name, :class:`Backend` or ``None``: the first that is there and able
    - ``exact`` -- boolean; take only engines whose method counts as a proof (of no effect on an explicit choice)
    - ``limits`` -- :class:`~sage_mlvar.options.Limits`

    OUTPUT: a :class:`Reply`. Zero and unit ideals are answered without an engine.

    EXAMPLES::

        sage: from sage_mlvar import backends
        sage: from sage.rings.finite_rings.finite_field_constructor import GF
        sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        sage: R = PolynomialRing(GF(65521), ["x", "y"]); x, y = R.gens()
        sage: backends.call("count", [x^2 + y^2 - 5, x*y - 2]).value
        Count(degree=4, distinct=4)
        sage: backends.call("count", [R.zero()]).value
        Count(degree=None, distinct=None)
    """
    if backend is None:
        backend = resolve(verb).backend
    limits = limits or Limits()
    polynomials = list(polynomials)
    ring = polynomials[0].parent()
    system = System.from_sage(polynomials, first=variables)
    if backend is not None:
        get(backend)
    trivial = _trivial(verb, system, ring)
    if trivial is not None:
        return Reply(trivial, "sage_mlvar", None, True, 0.0, None)
    divisor = None
    if by is not None:
        divisor = System.from_sage([by], first=variables)
        if not divisor.polynomials:
            return Reply([ring.one()], "sage_mlvar", None, True, 0.0, None)
    task = Task(verb, system, eliminate=len(tuple(variables)), by=divisor)
    engine = _choose(task, backend, exact)
    answer = engine.run(task, limits)
    value = answer.value
    if verb in ("groebner_basis", "eliminate", "saturate", "radical"):
        value = system.read(value)
    elif verb == "decompose":
        value = [tuple(system.read(texts) for texts in pair) for pair in value]
    return Reply(
        value,
        engine.name,
        engine.version(),
        engine.is_exact(verb, system.characteristic),
        answer.seconds,
        answer.peak_memory,
    )


def _trivial(verb, system, ring):
    r"""Return the answer for the zero and the unit ideal, ``None`` for all others."""
    if system.has_unit():
        empty = Parametrization((1,), (1,), ((),) * ring.ngens(), (0,) * ring.ngens())
        known = {"count": Count(0, 0), "solve": [], "decompose": [], "parametrize": empty, "hilbert": Hilbert(-1, 0)}
        return known.get(verb, [ring.one()])
    if not system.polynomials:
        if verb in ("solve", "parametrize"):
            raise BackendError("the zero system has infinitely many solutions")
        zero = [([ring.zero()], [ring.zero()])]
        known = {"count": Count(None, None), "decompose": zero, "hilbert": Hilbert(ring.ngens(), 1)}
        return known.get(verb, [])
    return None
