r"""Translation of polynomials to engines and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage_mlvar.backends.system import System
from sage_mlvar.errors import BackendError

from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

R = PolynomialRing(QQ, ["i", "e", "pi"])
TERMS = st.dictionaries(st.tuples(*[st.integers(0, 5)] * 3), st.fractions(max_denominator=10**25), max_size=6)


@given(TERMS, st.permutations(range(3)), st.integers(0, 3))
def test_there_and_back(terms, order, count):
    f = R({e: QQ((c.numerator, c.denominator)) for e, c in terms.items()})
    system = System.from_sage([f], first=[R.gen(k) for k in order[:count]])
    back = system.read(system.lines())
    assert len(back) == bool(f)
    for g in back:
        assert g.content() == 1
        assert g * f.lc() == f * g.lc()


@given(TERMS)
def test_residues_are_least(terms):
    ring = R.change_ring(GF(7))
    f = ring({e: c.numerator for e, c in terms.items()})
    system = System.from_sage([f])
    assert system.read(system.lines()) == [f] * bool(f)
    assert all(0 < c < 7 for g in system.polynomials for c, _ in g)


def test_zeros_and_repetitions_go():
    i, e, _ = R.gens()
    assert System.from_sage([R.zero(), i - e, i / 2 - e / 2, R.zero()]).lines() == ["1*x0-1*x1"]
    assert System.from_sage([R.zero()]).lines() == []
    assert System.from_sage([R(5)]).has_unit()
    assert not System.from_sage([i + 1]).has_unit()


@pytest.mark.parametrize(
    "text", ["", "x3", "x0^", "x0^-1", "2x0", "x0 x1^2^3", "x0+", "1/0", "pi", "x0**2", "exec(1)", "é"]
)
def test_what_is_no_polynomial_is_refused(text):
    with pytest.raises(BackendError, match="where a polynomial was expected"):
        System.from_sage([R.gen(0)]).parse(text)
