r"""
Strict reading of certificates: JSON of bounded size without duplicate keys, and rationals in lowest terms as strings.

Nothing here trusts the file: what is not expected is refused, so that two readers cannot understand it differently.

EXAMPLES::

    sage: from sage_mlvar.check.document import loads, rational
    sage: loads('{"a": 1, "a": 2}')
    Traceback (most recent call last):
    ...
    sage_mlvar.check.errors.Malformed: the file has the key 'a' twice in one object
    sage: rational("6/4", "point[0]")
    Traceback (most recent call last):
    ...
    sage_mlvar.check.errors.Malformed: point[0] must be a fraction in lowest terms, got '6/4'
"""

import json
import math
import os
import re
import stat

from flint import fmpq, fmpz

from .errors import Malformed

__all__ = [
    "MAX_BYTES",
    "MAX_DIGITS",
    "approximate",
    "choice",
    "fields",
    "index",
    "integer",
    "loads",
    "rational",
    "rationals",
    "read",
    "sequence",
    "shown",
    "text",
]

MAX_BYTES = 64 * 2**20
#: Digits of one number. Longer ones do not occur, and would be a way to keep the checker busy.
MAX_DIGITS = 200_000

_RATIONAL = re.compile(r"(0|-?[1-9][0-9]*)(?:/([1-9][0-9]*))?")


def shown(value):
    r"""Return ``value`` as an error shows it: ASCII only, and short."""
    try:
        written = ascii(value)
    except (ValueError, RecursionError):
        return f"a {type(value).__name__} too large to show"
    return written if len(written) <= 60 else f"{written[:45]}... ({len(written)} characters)"


def read(path, what="certificate"):
    r"""
    Return the JSON object in the file ``path``.

    EXAMPLES::

        sage: from sage_mlvar.check.document import read
        sage: read("/no/such/file.json")
        Traceback (most recent call last):
        ...
        sage_mlvar.check.errors.Malformed: certificate '/no/such/file.json' cannot be read: No such file or directory
    """
    name = f"{what} {shown(os.fspath(path))}"
    try:
        # Not to wait for ever for the other end of a pipe.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Malformed(f"{name} must be a regular file")
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Malformed(f"{name} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise error if isinstance(error, Malformed) else Malformed(f"{name} cannot be read: {error}") from error
    if len(data) > MAX_BYTES:
        raise Malformed(f"{name} must have at most {MAX_BYTES} bytes")
    try:
        return loads(data.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        raise Malformed(f"{name} must be JSON text, and is not UTF-8") from error


def loads(written, name="the file"):
    r"""Return the JSON object that ``written`` holds; ``name`` is what errors call it."""

    def unique(pairs):
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            double = next(key for key in keys if keys.count(key) > 1)
            raise Malformed(f"{name} has the key {shown(double)} twice in one object")
        return found

    def whole(digits):
        if len(digits) > 4000:
            raise Malformed(f"{name} has an integer of {len(digits)} digits outside a string")
        return int(digits)

    def refused(number):
        raise Malformed(f'{name} must write numbers as integers or as strings "p/q", got {shown(number)}')

    try:
        found = json.loads(
            written, object_pairs_hook=unique, parse_int=whole, parse_float=refused, parse_constant=refused
        )
    except json.JSONDecodeError as error:
        raise Malformed(f"{name} must be JSON: {error}") from error
    except RecursionError as error:
        raise Malformed(f"{name} is nested too deeply") from error
    if not isinstance(found, dict):
        raise Malformed(f"{name} must hold a JSON object, got {shown(found)}")
    return found


def fields(value, where, required, optional=()):
    r"""
    Return ``value``, a dictionary with all keys of ``required`` and no others than these and ``optional``.

    EXAMPLES::

        sage: from sage_mlvar.check.document import fields
        sage: fields({"kind": "x", "extra": "1"}, "proof", ["kind", "basis"])
        Traceback (most recent call last):
        ...
        sage_mlvar.check.errors.Malformed: proof lacks the entry 'basis'
        sage: fields({"kind": "x", "extra": "1"}, "proof", ["kind"])
        Traceback (most recent call last):
        ...
        sage_mlvar.check.errors.Malformed: proof has the unknown entry 'extra'
    """
    if not isinstance(value, dict):
        raise Malformed(f"{where} must be an object, got {shown(value)}")
    for key in required:
        if key not in value:
            raise Malformed(f"{where} lacks the entry {key!r}")
    for key in value:
        if key not in required and key not in optional:
            raise Malformed(f"{where} has the unknown entry {shown(key)}")
    return value


def sequence(value, where, length=None):
    r"""Return ``value``, a list, of ``length`` entries when that is given."""
    if not isinstance(value, list):
        raise Malformed(f"{where} must be a list, got {shown(value)}")
    if length is not None and len(value) != length:
        raise Malformed(f"{where} must have {length} entries, got {len(value)}")
    return value


def text(value, where, limit=1_000_000):
    r"""Return ``value``, a string."""
    if not isinstance(value, str) or len(value) > limit:
        raise Malformed(f"{where} must be a string of at most {limit} characters, got {shown(value)}")
    return value


def choice(value, where, allowed):
    r"""Return ``value``, one of the strings (or None) ``allowed``."""
    if not (value is None or isinstance(value, str)) or value not in allowed:
        raise Malformed(f"{where} must be one of {', '.join(map(repr, allowed))}, got {shown(value)}")
    return value


def integer(value, where, least=None):
    r"""Return ``value``, an integer that is at least ``least``."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed(f"{where} must be an integer, got {shown(value)}")
    if least is not None and value < least:
        raise Malformed(f"{where} must be at least {least}, got {shown(value)}")
    return value


def index(value, where, bound):
    r"""Return ``value``, an integer with ``0 <= value < bound``."""
    if integer(value, where, 0) >= bound:
        raise Malformed(f"{where} must be below {bound}, got {shown(value)}")
    return value


def rational(value, where="number", digits=MAX_DIGITS):
    r"""
    Return the ``fmpq`` that the string ``value`` writes in lowest terms, ``"p"`` or ``"p/q"``.

    FLINT reads the digits: Python's own integers refuse many.

    EXAMPLES::

        sage: from sage_mlvar.check.document import rational
        sage: rational("-3/4", "x") + rational("1", "x")
        1/4
        sage: rational("1" * 300000, "x")
        Traceback (most recent call last):
        ...
        sage_mlvar.check.errors.Malformed: x must have at most 200000 digits, got 300000
        sage: rational("0.5", "x")
        Traceback (most recent call last):
        ...
        sage_mlvar.check.errors.Malformed: x must be a rational number as a string "p/q", got '0.5'
    """
    match = _RATIONAL.fullmatch(value) if isinstance(value, str) and len(value) <= digits else None
    if match is None:
        if isinstance(value, str) and len(value) > digits:
            raise Malformed(f"{where} must have at most {digits} digits, got {len(value)}")
        raise Malformed(f'{where} must be a rational number as a string "p/q", got {shown(value)}')
    top, bottom = match.groups()
    if bottom is None:
        return fmpq(fmpz(top))
    numerator, denominator = fmpz(top), fmpz(bottom)
    if denominator == 1 or numerator.gcd(denominator) != 1:
        raise Malformed(f"{where} must be a fraction in lowest terms, got {shown(value)}")
    return fmpq(numerator, denominator)


def rationals(value, where, length=None, digits=MAX_DIGITS):
    r"""Return the list of ``fmpq`` that the list of strings ``value`` writes."""
    return [rational(entry, f"{where}[{k}]", digits) for k, entry in enumerate(sequence(value, where, length))]


def approximate(number):
    r"""
    Return a decimal with six digits near ``number``, for people to read; ``None`` is infinity.

    EXAMPLES::

        sage: from sage_mlvar.check.document import approximate, rational
        sage: approximate(rational("1/3")), approximate(rational("2")), approximate(None)
        ('0.333333', '2', 'infinity')
        sage: approximate(rational("1/" + "1" + 400 * "0"))
        '0.585914*2^-1328'
    """
    if number is None:
        return "infinity"
    if number == 0:
        return "0"
    # The quotient in integers: a float would overflow.
    scale = number.p.bit_length() - number.q.bit_length() - 60
    top, bottom = (number.p, number.q << scale) if scale >= 0 else (number.p << -scale, number.q)
    mantissa = int(top // bottom)
    if -1000 < scale + 60 < 1000:
        return f"{math.ldexp(mantissa, scale):.6g}"
    return f"{mantissa / 2.0**60:.6g}*2^{scale + 60}"
