r"""
Options that every verb takes, and where their values come from.

The order is: the call, the innermost :func:`using` block, the environment, the automatic choice.

EXAMPLES::

    sage: from sage_mlvar import using
    sage: from sage_mlvar.options import resolve
    sage: resolve("dimension").proof, resolve("ed_degree").proof
    (True, False)
    sage: with using(timeout=20, seed=7):
    ....:     resolve("ideal").timeout, resolve("ideal", timeout=5).timeout, resolve("ideal").seed
    (20.0, 5.0, 7)
"""

import math
import numbers
import os
import re
import resource
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import MappingProxyType

from .errors import BackendTimeout, OutOfReachError

__all__ = [
    "LITTLE_MEMORY",
    "MORE_TIME",
    "PROOF_BY_DEFAULT",
    "Deadline",
    "Limits",
    "Options",
    "bytes_of",
    "check",
    "resolve",
    "running",
    "using",
]

#: The way out that messages about a time limit end with.
MORE_TIME = "raise timeout= (None: no limit)"

#: Verbs that answer with what is proved unless told otherwise; the others count or interpolate.
PROOF_BY_DEFAULT = frozenset({"ideal", "invariants", "dimension", "degree", "contains", "certify"})

_BYTES = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmMgGtT]?)(?:i?[bB])?\Z")
_EXPONENT = {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}

_FIELDS = ("backend", "proof", "timeout", "memory", "seed", "jobs")
_block: ContextVar[dict] = ContextVar("sage_mlvar_options", default=MappingProxyType({}))
#: Arrays of fewer bytes do not count against a limit on memory: an interpreter with Sage takes more.
LITTLE_MEMORY = 1 << 26
_running: ContextVar = ContextVar("sage_mlvar_limits", default=None)


class Deadline:
    r"""
    The moment by which a computation must be done.

    EXAMPLES::

        sage: from sage_mlvar.options import Deadline
        sage: Deadline(None).remaining() is None
        True
        sage: Deadline(0.0).check("expanding the map")
        Traceback (most recent call last):
        ...
        sage_mlvar.errors.BackendTimeout: time limit of 0 s reached while expanding the map; raise timeout= ...
    """

    def __init__(self, timeout):
        self.timeout = timeout
        self._end = None if timeout is None else time.monotonic() + timeout

    def remaining(self):
        r"""Return the seconds left (at least 0), or ``None`` without a limit."""
        return None if self._end is None else max(0.0, self._end - time.monotonic())

    def check(self, doing="computing"):
        r"""Raise :class:`~sage_mlvar.errors.BackendTimeout` when the time is up."""
        if self._end is not None and time.monotonic() >= self._end:
            raise BackendTimeout(f"time limit of {float(self.timeout):g} s reached while {doing}; {MORE_TIME}")

    def allow(self, seconds, doing="computing"):
        r"""
        Raise :class:`~sage_mlvar.errors.BackendTimeout` when fewer than ``seconds`` are left.

        It is called before a step that nothing can interrupt, with its predicted time.

        EXAMPLES::

            sage: from sage_mlvar.options import Deadline
            sage: Deadline(None).allow(10^6)
            sage: Deadline(60).allow(3)
            sage: Deadline(60).allow(100, "expanding the map")
            Traceback (most recent call last):
            ...
            sage_mlvar.errors.BackendTimeout: time limit of 60 s leaves ... s for expanding the map, which is predicted
            to take 1e+02 s; raise timeout= ...
        """
        left = self.remaining()
        if left is not None and seconds > left:
            raise BackendTimeout(
                f"time limit of {float(self.timeout):g} s leaves {left:.2g} s for {doing}, which is predicted to take "
                f"{seconds:.2g} s; {MORE_TIME}"
            )

    def sooner(self, other):
        r"""
        Return that of two deadlines which comes first.

        EXAMPLES::

            sage: from sage_mlvar.options import Deadline
            sage: Deadline(None).sooner(Deadline(5)).timeout, Deadline(3).sooner(Deadline(5)).timeout
            (5, 3)
        """
        own, others = self.remaining(), other.remaining()
        return other if others is not None and (own is None or others < own) else self


@dataclass(frozen=True)
class Limits:
    r"""What a computation may use: a :class:`Deadline` and ``memory``, bytes of resident memory or ``None``."""

    deadline: Deadline = field(default_factory=lambda: Deadline(None))
    memory: int | None = None

    @contextmanager
    def running(self):
        r"""
        Let these be the limits of what runs in a ``with`` block; functions that are given none ask :func:`running`.

        EXAMPLES::

            sage: from sage_mlvar.options import Deadline, Limits, running
            sage: with Limits(Deadline(60)).running():
            ....:     running().deadline.timeout
            60
            sage: running().deadline.timeout is None
            True
        """
        token = _running.set(self)
        try:
            yield self
        finally:
            _running.reset(token)

    def allow_memory(self, size, doing):
        r"""
        Raise :class:`~sage_mlvar.errors.OutOfReachError` when ``size`` bytes are more than may be used.

        It is called before large arrays are made. Without ``memory`` the limit is half of what the machine has, or of
        what the system gives to this process.

        EXAMPLES::

            sage: from sage_mlvar.options import Limits
            sage: Limits(memory=10^6).allow_memory(10^5, "a matrix")
            sage: Limits(memory=10^6).allow_memory(10^7, "a matrix")
            Traceback (most recent call last):
            ...
            sage_mlvar.errors.OutOfReachError: a matrix needs 10000000 bytes of memory, more than memory=1000000; ...
            sage: Limits().allow_memory(10^18, "a matrix")
            Traceback (most recent call last):
            ...
            sage_mlvar.errors.OutOfReachError: a matrix needs 1000000000000000000 bytes of memory, more than ...
        """
        if self.memory is not None and size > self.memory:
            raise OutOfReachError(
                f"{doing} needs {size} bytes of memory, more than memory={self.memory}; raise memory= or take a "
                "smaller model"
            )
        if self.memory is None and size > _half_of_the_memory():
            raise OutOfReachError(
                f"{doing} needs {size} bytes of memory, more than {_half_of_the_memory()}, half of what there is; "
                "take a smaller model, or allow more by memory="
            )


def running():
    r"""Return the :class:`Limits` of the verb that runs now; outside of verbs there are none."""
    return _running.get() or Limits()


def check(doing):
    r"""
    Raise :class:`~sage_mlvar.errors.BackendTimeout` when the time of the verb that runs now is up.

    EXAMPLES::

        sage: from sage_mlvar.options import Deadline, Limits, check
        sage: check("counting")
        sage: with Limits(Deadline(0.0)).running():
        ....:     check("counting")
        Traceback (most recent call last):
        ...
        sage_mlvar.errors.BackendTimeout: time limit of 0 s reached while counting; raise timeout= (None: no limit)
    """
    limits = _running.get()
    if limits is not None:
        limits.deadline.check(doing)


def _half_of_the_memory():
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    allowed = resource.getrlimit(resource.RLIMIT_AS)[0]
    return (size if allowed == resource.RLIM_INFINITY else min(size, allowed)) // 2


@dataclass(frozen=True)
class Options:
    r"""Resolved options of one call; see :func:`resolve`."""

    backend: object
    proof: bool
    timeout: float | None
    memory: int | None
    seed: int
    jobs: int

    def keywords(self):
        r"""
        Return the options as keyword arguments, to pass them on to another verb.

        EXAMPLES::

            sage: from sage_mlvar.options import resolve
            sage: sorted(resolve("ideal").keywords())
            ['backend', 'jobs', 'memory', 'proof', 'seed', 'timeout']
        """
        return {name: getattr(self, name) for name in _FIELDS}

    def limits(self):
        r"""
        Return the :class:`Limits` of a computation that starts now.

        A verb that another one calls on its way has no more time and memory than is left to that one.

        EXAMPLES::

            sage: from sage_mlvar.options import Deadline, Limits, resolve
            sage: with Limits(Deadline(5), 10^6).running():
            ....:     limits = resolve("ideal", timeout=300, memory=10^9).limits()
            sage: limits.deadline.timeout, limits.memory
            (5, 1000000)
        """
        outer = running()
        memory = [size for size in (self.memory, outer.memory) if size is not None]
        return Limits(Deadline(self.timeout).sooner(outer.deadline), min(memory, default=None))

    def key(self):
        r"""Return the part that can change an answer or its status, for caching."""
        return (self.backend, self.proof, self.seed)


def _is_real(value):
    return isinstance(value, numbers.Real) or (hasattr(value, "__float__") and not isinstance(value, str))


def _check_timeout(value):
    if value is None:
        return None
    if isinstance(value, bool) or not _is_real(value):
        raise TypeError(f"timeout must be a number of seconds or None, not {value!r}")
    seconds = float(value)
    if math.isnan(seconds) or seconds <= 0:
        raise ValueError(f"timeout must be a positive number of seconds or None, got {value!r}")
    return None if math.isinf(seconds) else seconds


def _check_integer(name, value, least):
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be an integer, not {value!r}")
    value = value.__index__()
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {value!r}")
    return value


def bytes_of(text):
    r"""
    Return a number of bytes that is written such as ``"500M"``, with powers of 1024; ``None`` for other text.

    EXAMPLES::

        sage: from sage_mlvar.options import bytes_of
        sage: bytes_of("500M"), bytes_of("2 GiB"), bytes_of("much")
        (524288000, 2147483648, None)
    """
    found = _BYTES.match(text.strip())
    return int(float(found[1]) * 2 ** _EXPONENT[found[2].lower()]) if found else None


def _bytes(value):
    if not isinstance(value, str):
        return value
    number = bytes_of(value)
    if number is None:
        raise ValueError(f"memory must be a number of bytes such as 500000000, '500M' or '2G', got {value!r}")
    return number


def _check(name, value):
    if name == "timeout":
        return _check_timeout(value)
    if name == "memory":
        return None if value is None else _check_integer("memory", _bytes(value), 1)
    if name == "seed":
        return _check_integer("seed", value, 0)
    if name == "jobs":
        return _check_integer("jobs", value, 1)
    if name == "proof":
        if value is None or isinstance(value, bool):
            return value
        raise TypeError(f"proof must be True, False or None, not {value!r}")
    if value is None or isinstance(value, str):
        return value
    from .backends import Backend

    if isinstance(value, Backend):
        return value
    raise TypeError(f"backend must be a name, a Backend or None, not {value!r}")


def resolve(verb, **options):
    r"""
    Return the :class:`Options` of a call of ``verb``.

    INPUT:

    - ``verb`` -- string; decides the default of ``proof``
    - ``backend`` -- name of a backend, a :class:`~sage_mlvar.backends.Backend`, or ``None`` (automatic)
    - ``proof`` -- boolean, or ``None`` for the default of the verb
    - ``timeout`` -- seconds, or ``None`` for no limit; 300 when not given
    - ``memory`` -- bytes of resident memory of an engine, and of large arrays and polynomials here; an integer, text
      such as ``"2G"``, or ``None``
    - ``seed`` -- non-negative integer; the same seed gives the same run
    - ``jobs`` -- positive integer, processes to use

    EXAMPLES::

        sage: from sage_mlvar.options import resolve
        sage: resolve("ideal", timeout=-1)
        Traceback (most recent call last):
        ...
        ValueError: timeout must be a positive number of seconds or None, got -1
        sage: resolve("ideal", tiemout=1)
        Traceback (most recent call last):
        ...
        TypeError: unknown option 'tiemout'; known options: backend, jobs, memory, proof, seed, timeout
    """
    _refuse_unknown(options)
    values = {"backend": None, "proof": None, "timeout": 300.0, "memory": None, "seed": 0, "jobs": 1}
    environment = os.environ.get("SAGE_MLVAR_BACKEND", "").strip()
    if environment:
        values["backend"] = environment
    values.update(_block.get())
    values.update({name: _check(name, value) for name, value in options.items()})
    if values["proof"] is None:
        values["proof"] = verb in PROOF_BY_DEFAULT
    return Options(**values)


def _refuse_unknown(options):
    for name in options:
        if name not in _FIELDS:
            raise TypeError(f"unknown option {name!r}; known options: {', '.join(sorted(_FIELDS))}")


@contextmanager
def using(**options):
    r"""
    Set options for a ``with`` block; inner blocks and calls win.

    INPUT: the options of :func:`resolve`.

    EXAMPLES::

        sage: from sage_mlvar import ReLURegionModel, using
        sage: M = ReLURegionModel([2, 2, 2], ["10", "11"])
        sage: with using(backend="singular", timeout=60):
        ....:     M.dimension()
        6
    """
    _refuse_unknown(options)
    token = _block.set({**_block.get(), **{name: _check(name, value) for name, value in options.items()}})
    try:
        yield
    finally:
        _block.reset(token)
