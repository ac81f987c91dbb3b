r"""
Exact numbers from what users write.

Integers and rationals are taken as they are, decimal strings as decimals, floats as the dyadic rationals they are.

EXAMPLES::

    sage: from sage_mlvar.exact import rational
    sage: rational("0.1"), rational(0.5), rational("-3/4"), rational(7)
    (1/10, 1/2, -3/4, 7)
    sage: rational(float("nan"), "weights[0]")
    Traceback (most recent call last):
    ...
    ValueError: weights[0] must be finite, got nan
"""

import re
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from operator import index

from . import _sage  # noqa: F401

from sage.rings.integer import Integer
from sage.rings.rational import Rational
from sage.rings.rational_field import QQ

__all__ = ["integer", "rational", "rational_list", "rows", "shown", "widths"]

_FRACTION = re.compile(r"\s*([+-]?\d+)\s*/\s*(\d+)\s*\Z", re.ASCII)
_DECIMAL = re.compile(r"\s*([+-]?)(?=\.?\d)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,4}))?\s*\Z", re.ASCII)


def rational(value, name="value"):
    r"""
    Return ``value`` as an exact rational number.

    INPUT:

    - ``value`` -- integer, rational, ``Fraction``, ``Decimal``, decimal or fraction string, or float (also of NumPy,
      of any precision); no complex number, and no truth value
    - ``name`` -- string; how errors call the argument

    TESTS::

        sage: from sage_mlvar.exact import rational
        sage: rational("1/0", "bias")
        Traceback (most recent call last):
        ...
        ValueError: bias must have a nonzero denominator, got '1/0'
        sage: rational([1], "bias")
        Traceback (most recent call last):
        ...
        TypeError: bias must be a number, not [1]
    """
    kind = getattr(getattr(value, "dtype", None), "kind", None)
    # NumPy converts complex numbers to real ones, and truth values to 0 and 1, without an error.
    if isinstance(value, bool) or (isinstance(kind, str) and kind in "cb"):
        raise TypeError(f"{name} must be a number, not {value!r}")
    if isinstance(value, str):
        return _from_text(value, name)
    if isinstance(value, (int, Integer, Rational)):
        return QQ(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{name} must be finite, got {value!r}")
        value = Fraction(value)
    if isinstance(value, Fraction):
        return QQ((value.numerator, value.denominator))
    with suppress(TypeError):
        return QQ(index(value))
    # Exact elements of Sage (QQbar, number fields, symbolic constants) that happen to be rational convert; the rest
    # of what has a float value is inexact, and taken as the dyadic rational it is.
    if hasattr(value, "parent") and not isinstance(value, float) and value.parent().is_exact():
        try:
            return QQ(value)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{name} must be rational, got {value!r}") from error
    ratio = _ratio(value)
    if ratio is None:
        raise TypeError(f"{name} must be a number, not {value!r}")
    if not ratio:
        raise ValueError(f"{name} must be finite, got {value!r}")
    return QQ(ratio)


def _ratio(value):
    r"""Return numerator and denominator of a number, ``()`` when it is not finite, ``None`` when it is no number."""
    # A number of more than 53 bits, such as numpy.longdouble, knows its own ratio; float() would round it.
    if not hasattr(value, "as_integer_ratio"):
        try:
            value = float(value) if not hasattr(value, "shape") or value.shape == () else None
        except (TypeError, ValueError):
            value = None
    try:
        return None if value is None else tuple(map(int, value.as_integer_ratio()))
    except (OverflowError, ValueError):
        return ()


def _from_text(text, name):
    # Sage reads the digits: Python refuses more than 4300 of them, and what it refuses would be saved, not loaded.
    if found := _FRACTION.match(text):
        numerator, denominator = (Integer(digits, 10) for digits in found.groups())
        if not denominator:
            raise ValueError(f"{name} must have a nonzero denominator, got {text!r}")
        return QQ((numerator, denominator))
    if found := _DECIMAL.match(text):
        sign, whole, decimals, exponent = found.groups(default="0")
        number = QQ(Integer(sign + whole + decimals, 10))
        return number * QQ(10) ** (int(exponent) - len(decimals))
    raise ValueError(f"{name} must be a number such as '3', '-0.25' or '2/3', got {text!r}")


def shown(value):
    r"""
    Return a rational number as short text: a float as it is written, and what is long in ten digits.

    EXAMPLES::

        sage: from sage_mlvar.exact import rational, shown
        sage: [shown(rational(x)) for x in ("1/3", 0.1, "12345678901234/98765432109876", 7)]
        ['1/3', '0.1', 'about 0.1249999989', '7']
    """
    text = str(value)
    if len(text) <= 12:
        return text
    try:
        number = float(value)
    except OverflowError:
        return f"{text[:12]}…"
    return str(number) if QQ(number.as_integer_ratio()) == value else f"about {number:.10g}"


def rational_list(values, name, length=None):
    r"""
    Return a tuple of exact rationals.

    EXAMPLES::

        sage: from sage_mlvar.exact import rational_list
        sage: rational_list([1, "1/2"], "biases[0]", 3)
        Traceback (most recent call last):
        ...
        ValueError: biases[0] must have 3 entries, got 2
    """
    entries = _sequence(values, name)
    if length is not None and len(entries) != length:
        raise ValueError(f"{name} must have {length} entries, got {len(entries)}")
    if all(type(entry) is Rational for entry in entries):
        return tuple(entries)
    return tuple(rational(entry, f"{name}[{k}]") for k, entry in enumerate(entries))


def rows(matrix, name, nrows=None, ncols=None):
    r"""
    Return the rows of a matrix as a tuple of tuples of exact rationals.

    INPUT:

    - ``matrix`` -- list of rows, Sage matrix or NumPy array
    - ``name`` -- string; how errors call the argument
    - ``nrows``, ``ncols`` -- the shape wanted, if known

    EXAMPLES::

        sage: from sage_mlvar.exact import rows
        sage: rows([[1, "0.5"]], "weights[0]")
        ((1, 1/2),)
        sage: rows([[1, 2], [3]], "weights[0]")
        Traceback (most recent call last):
        ...
        ValueError: weights[0] must have rows of equal length, got lengths 2, 1

    TESTS::

        sage: from sage_mlvar import _sage
        sage: from sage.matrix.constructor import matrix
        sage: rows(matrix([[1, 2]]), "weights[0]")
        ((1, 2),)
    """
    result = _rows_of_array(matrix)
    if result is None:
        lines = _sequence(matrix.rows() if hasattr(matrix, "rows") else matrix, name)
        result = tuple(rational_list(line, f"{name}[{k}]") for k, line in enumerate(lines))
    lengths = {len(line) for line in result}
    if len(lengths) > 1:
        raise ValueError(
            f"{name} must have rows of equal length, got lengths {', '.join(str(len(line)) for line in result)}"
        )
    shape = (len(result), lengths.pop() if lengths else 0)
    if 0 in shape:
        raise ValueError(f"{name} must not be empty, got shape {shape[0]} x {shape[1]}")
    if nrows is not None and shape[0] != nrows:
        raise ValueError(f"{name} must have {nrows} rows, got {shape[0]}")
    if ncols is not None and shape[1] != ncols:
        raise ValueError(f"{name} must have {ncols} columns, got {shape[1]}")
    return result


def _rows_of_array(array):
    r"""
    Return the rows of a NumPy matrix of finite numbers, or ``None`` for anything else, which is taken entry by entry.

    A float is m * 2^e with integers m and e, which NumPy finds for all entries at once.
    """
    dtype = getattr(array, "dtype", None)
    if dtype is None or getattr(array, "ndim", None) != 2 or dtype.kind not in "iuf" or dtype.itemsize > 8:
        return None
    import numpy

    if dtype.kind == "f":
        if not numpy.isfinite(array).all():
            return None
        mantissas, exponents = numpy.frexp(array.astype(numpy.float64))
        mantissas = numpy.ldexp(mantissas, 53).astype(numpy.int64)
        pairs = zip(mantissas.tolist(), (exponents - 53).tolist())
        return tuple(tuple(QQ(m) << e for m, e in zip(*pair)) for pair in pairs)
    return tuple(tuple(map(QQ, line)) for line in array.tolist())


def integer(value, name, least=None):
    r"""
    Return ``value`` as an ``int`` that is at least ``least``.

    EXAMPLES::

        sage: from sage_mlvar.exact import integer
        sage: integer(0, "a", 1)
        Traceback (most recent call last):
        ...
        ValueError: a must be at least 1, got 0
    """
    try:
        number = None if isinstance(value, bool) else index(value)
    except TypeError:
        number = None
    if number is None:
        raise TypeError(f"{name} must be an integer, not {value!r}")
    value = number
    if least is not None and value < least:
        raise ValueError(f"{name} must be at least {least}, got {value!r}")
    return value


def widths(values, name="widths", least_length=2):
    r"""
    Return the widths of a network as a tuple of positive ``int``.

    EXAMPLES::

        sage: from sage_mlvar.exact import widths
        sage: widths([2, 0, 2])
        Traceback (most recent call last):
        ...
        ValueError: widths[1] must be at least 1, got 0
    """
    entries = tuple(integer(w, f"{name}[{k}]", 1) for k, w in enumerate(_sequence(values, name)))
    if len(entries) < least_length:
        raise ValueError(f"{name} must have at least {least_length} entries, got {list(entries)!r}")
    return entries


def _sequence(values, name):
    # Vectors of Sage are iterated by their items, without __iter__.
    iterable = hasattr(values, "__iter__") or (hasattr(values, "__len__") and hasattr(values, "__getitem__"))
    if isinstance(values, (str, bytes, dict)) or not iterable:
        raise TypeError(f"{name} must be a list, not {values!r}")
    return list(values)
