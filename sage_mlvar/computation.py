r"""
The record of a computation: the answer, what it rests on, and what it cost.

EXAMPLES::

    sage: from sage_mlvar import ReLURegionModel
    sage: record = ReLURegionModel([2, 2, 2], ["10", "11"]).compute("dimension")
    sage: record.value, record.status
    (6, 'proved')
    sage: record
    Computation(
        verb='dimension',
        value=6,
        status='proved',
        ...
    )
    sage: sorted(record.to_dict())
    ['argument', 'backend', 'details', 'peak_memory', 'primes', 'seconds', 'seed', 'status', 'value', 'verb', 'version']
"""

from dataclasses import dataclass, field, fields, replace
from functools import partial
from operator import index
from types import MappingProxyType

from .errors import NotProvedError

__all__ = ["Computation", "PROBABLE", "PROVED", "proved_up_to"]

PROVED = "proved"
PROBABLE = "probable"

_LONGEST = 200


def proved_up_to(degree):
    r"""
    Return the status of a list of invariants that is complete up to ``degree``.

    EXAMPLES::

        sage: from sage_mlvar.computation import proved_up_to
        sage: proved_up_to(4)
        'proved up to degree 4'
    """
    return f"proved up to degree {degree}"


@dataclass(frozen=True, repr=False)
class Computation:
    r"""
    An answer with its status.

    - ``verb`` -- the question, such as ``"ideal"``
    - ``value`` -- the answer
    - ``status`` -- ``"proved"``, ``"proved up to degree D"`` or ``"probable"``
    - ``argument`` -- what the status rests on, one sentence
    - ``backend``, ``version`` -- the engine; ``backend`` is ``"sage_mlvar"`` where none was needed
    - ``seed``, ``primes`` -- what the random choices and modular steps used
    - ``seconds`` -- wall-clock time of the whole computation
    - ``peak_memory`` -- bytes of resident memory of the largest engine process, ``None`` when none ran
    - ``details`` -- further facts by name, read-only (``hilbert_function``, ``generators_by_degree``, …)
    """

    verb: str
    value: object
    status: str
    argument: str
    backend: str = "sage_mlvar"
    version: str | None = None
    seed: int = 0
    primes: tuple = ()
    seconds: float = 0.0
    peak_memory: int | None = None
    details: object = field(default_factory=dict, hash=False)

    def __post_init__(self):
        object.__setattr__(self, "details", MappingProxyType(dict(self.details)))

    def __repr__(self):
        # One line for each entry; a long answer is cut, and is in ``value``.
        shown = []
        for entry in fields(self):
            text = repr(getattr(self, entry.name)) if entry.name != "details" else repr(dict(self.details))
            text = " ".join(text.split())
            shown.append(f"    {entry.name}={text if len(text) <= _LONGEST else f'{text[:_LONGEST]} …'},\n")
        return f"Computation(\n{''.join(shown)})"

    def __reduce__(self):
        # A read-only view does not pickle, and what it shows does.
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return partial(type(self), **{**values, "details": dict(self.details)}), ()

    @property
    def proved(self):
        r"""Whether the status is ``"proved"`` or ``"proved up to degree D"``."""
        return self.status.startswith(PROVED)

    def require(self, proof, call):
        r"""
        Return ``self`` if it satisfies ``proof``, else raise :class:`~sage_mlvar.errors.NotProvedError`.

        INPUT:

        - ``proof`` -- boolean; whether only proved answers are wanted
        - ``call`` -- string; the call that returns the probable answer
        """
        if proof and not self.proved:
            raise NotProvedError(f"{self.verb} is only probable: {self.argument}; {call} returns it")
        return self

    def timed(self, seconds):
        r"""Return a copy that says it took ``seconds``."""
        return replace(self, seconds=seconds)

    def to_dict(self):
        r"""
        Return a dictionary of strings, numbers, lists and ``None``, ready for JSON.

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: record = ReLURegionModel([2, 2, 2], ["10", "11"]).compute("ideal")
            sage: record.to_dict()["value"]
            ['m0_0_1*m0_1_0 - m0_0_0*m0_1_1', ...]
        """
        return {
            "verb": self.verb,
            "value": _plain(self.value),
            "status": self.status,
            "argument": self.argument,
            "backend": self.backend,
            "version": self.version,
            "seed": int(self.seed),
            "primes": [int(p) for p in self.primes],
            "seconds": round(float(self.seconds), 6),
            "peak_memory": None if self.peak_memory is None else int(self.peak_memory),
            "details": _plain(self.details),
        }


def _plain(value):
    if value is None or isinstance(value, (bool, str, int, float)):
        return value
    if isinstance(value, dict | MappingProxyType):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if hasattr(value, "gens") and hasattr(value, "groebner_basis"):
        return [str(f) for f in value.gens()]
    try:
        return index(value)
    except TypeError:
        # Also rationals of Sage: their __index__ works for integers only.
        return str(value)
