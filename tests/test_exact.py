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
from sage.rings.real_mpfr import RR


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
