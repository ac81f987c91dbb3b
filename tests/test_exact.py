r"""Exact numbers from what users write."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage_mlvar.exact import integer, rational, rows

from sage.rings.integer import Integer
from sage.rings.qqbar import AA
from sage.rings.rational_field import QQ
from sage.rings.real_mpfr import RR, RealField


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_are_the_dyadic_rationals_they_are(x):
    assert rational(x) == rational(np.float64(x)) == QQ(x.as_integer_ratio())
    assert float(rational(x)) == x


@given(st.fractions())
def test_fractions_in_all_spellings(x):
    expected = QQ((x.numerator, x.denominator))
    assert rational(x) == rational(str(x)) == rational(f" {x.numerator} / {x.denominator} ") == expected


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=7))
def test_decimals_are_decimals(x):
    assert rational(x) == rational(str(x)) == QQ((Fraction(x).numerator, Fraction(x).denominator))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *[("0.1", QQ((1, 10))), ("1e-3", QQ((1, 1000))), (".5", QQ((1, 2))), ("-3/4", QQ((-3, 4)))],
        *[(Integer(7), 7), (np.int64(-3), -3), (np.float32(0.5), QQ((1, 2))), (RR(0.25), QQ((1, 4)))],
        *[(AA(4).sqrt(), 2), (2**200, 2**200)],
    ],
)
def test_values(value, expected):
    assert rational(value) == expected
    assert rational(value).parent() is QQ


@pytest.mark.parametrize(
    ("value", "error"),
    [
        *[(float("nan"), ValueError), (float("-inf"), ValueError), (Decimal("NaN"), ValueError), ("nan", ValueError)],
        *[
            ("1/0", ValueError),
            ("", ValueError),
            ("1e99999999", ValueError),
            ("x", ValueError),
            (AA(2).sqrt(), ValueError),
        ],
        *[(None, TypeError), (True, TypeError), (1j, TypeError), ([1], TypeError), (np.zeros(2), TypeError)],
    ],
)
def test_bad_values_are_named_and_shown(value, error):
    with pytest.raises(error, match=r"bias must"):
        rational(value, "bias")


@pytest.mark.parametrize("value", [1.0, "1", None, True, QQ((1, 2)), np.zeros(2)])
def test_what_is_no_integer(value):
    with pytest.raises(TypeError, match="a must be an integer, not"):
        integer(value, "a")


def test_arrays_and_matrices_are_rows():
    assert rows(np.array([[1, 2], [3, 4]]), "W") == rows([[1, 2], [3, 4]], "W") == ((1, 2), (3, 4))
    with pytest.raises(ValueError, match="W must not be empty, got shape 0 x 0"):
        rows([], "W")


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", ">f4", "i1", "i8", "u8"])
def test_rows_of_arrays_are_those_of_their_entries(dtype):
    tiny = np.finfo(dtype).smallest_subnormal if "f" in dtype else 1
    most = np.finfo(dtype).max if "f" in dtype else np.iinfo(dtype).max
    array = np.array([[0, 1, tiny], [most, 100, 7]], dtype=dtype)
    if "f" in dtype:
        array[0, 1] = -0.1
    found = rows(array, "W", 2, 3)
    assert found == tuple(tuple(rational(x) for x in row) for row in array)
    assert all(x.parent() is QQ for row in found for x in row)
    assert rows(array.T, "W") == tuple(zip(*found))


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.array([[1, np.nan]]), r"W\[0\]\[1\] must be finite, got .*nan"),
        (np.zeros((0, 2)), "W must not be empty, got shape 0 x 0"),
        (np.zeros((2, 0)), "W must not be empty, got shape 2 x 0"),
        (np.zeros((1, 3)), "W must have 2 columns, got 3"),
    ],
)
def test_arrays_that_are_no_matrix_of_numbers(array, words):
    with pytest.raises(ValueError, match=words):
        rows(array, "W", ncols=2)


@pytest.mark.parametrize("value", [np.complex128(1 + 2j), np.clongdouble(1), np.array(1j), np.True_, np.array(True)])
def test_complex_numbers_and_truth_values_of_numpy_are_no_numbers(value):
    with pytest.raises(TypeError, match="x must be a number, not"):
        rational(value, "x")
    with pytest.raises(TypeError, match=r"W\[0\]\[0\] must be a number, not"):
        rows(np.array([[value]]), "W")


def test_long_floats_are_not_rounded_to_double():
    third = np.longdouble(1) / 3
    assert rational(third) == rows(np.array([[third]]), "W")[0][0] == QQ(tuple(map(int, third.as_integer_ratio())))
    tiny = np.ldexp(np.longdouble(1), np.finfo(np.longdouble).minexp)
    assert rational(tiny) == QQ(2) ** int(np.finfo(np.longdouble).minexp)
    with pytest.raises(ValueError, match="x must be finite"):
        rational(np.longdouble("inf"), "x")
    assert rational(RealField(200)(QQ((1, 3)))).denominator() > 2**150


@pytest.mark.parametrize("digits", [4300, 4301, 20000])
def test_numbers_of_any_length_are_read_as_they_are_written(digits):
    number = QQ(10) ** (digits - 1) + 7
    assert rational(str(number)) == number
    assert rational(f"-{number}/3") == -number / 3
    assert rational(f"{number}.25e-3") == (number + QQ((1, 4))) / 1000
    assert rational("-." + "0" * digits + "1") == -(QQ(10) ** -(digits + 1))


@pytest.mark.parametrize("text", [".", "e5", "-.e1", "1.2.3", "1e", "\u0661", "1_000", "+-1", "1 2", "1/-2"])
def test_what_is_no_written_number(text):
    with pytest.raises(ValueError, match="x must be a number such as"):
        rational(text, "x")


@pytest.mark.parametrize(("text", "value"), [("1.", 1), (" +007 ", 7), ("-.5E+1", -5), ("010/020", QQ((1, 2)))])
def test_spellings_of_numbers(text, value):
    assert rational(text) == value
