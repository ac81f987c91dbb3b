r"""Short rationals and square roots, compared with exact arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage_mlvar.certify.rounding import root_above, root_below, round_down, round_up

from sage.rings.rational_field import QQ

rationals = st.builds(lambda p, q, e: QQ((p, q)) * QQ(2) ** e, st.integers(1, 10**40), st.integers(1, 10**40),
                      st.integers(-400, 400))  # fmt: skip


@given(rationals, st.integers(8, 90), st.sampled_from([1, -1]))
def test_rounding_encloses(x, bits, sign):
    x = sign * x
    low, high = round_down(x, bits), round_up(x, bits)
    assert low <= x <= high
    assert high - low <= abs(x) * QQ(2) ** (2 - bits)
    assert low == x or (low.numerator() >> low.numerator().valuation(2)).nbits() <= bits + 2


@given(rationals, st.integers(8, 90))
def test_roots_enclose(x, bits):
    low, high = root_below(x, bits), root_above(x, bits)
    assert low >= 0
    assert low**2 <= x <= high**2
    assert high - low <= high * QQ(2) ** (3 - bits)


@pytest.mark.parametrize("x", [QQ(0), QQ(4), QQ((9, 49)), QQ(10) ** 60])
def test_roots_of_short_squares_are_exact(x):
    assert root_below(x) ** 2 == x or x.sqrt().numerator().nbits() > 72
    assert root_below(x) <= x.sqrt() <= root_above(x)


def test_zero():
    assert round_down(QQ(0)) == round_up(QQ(0)) == root_below(QQ(0)) == root_above(QQ(0)) == 0
