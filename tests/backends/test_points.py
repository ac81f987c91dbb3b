r"""Parametrizations of points and primary decompositions, as engines give them and as they are checked."""

import pytest

from sage_mlvar import backends
from sage_mlvar.backends import Parametrization
from sage_mlvar.errors import BackendError
from sage_mlvar.invariants.rational_parametrization import norm_polynomial, parametrize, verify

from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

RING = PolynomialRing(QQ, ["x", "y", "z"], order="degrevlex")
X, Y, Z = RING.gens()


@pytest.mark.parametrize(
    ("system", "degree", "real", "simple"),
    [
        ([X**2 - X, Y**2 - Y, Z**2 - Z], 8, 8, True),  # no variable separates the points
        ([X**2 - 2, Y - X, Z - 3], 2, 2, True),
        ([X**2 + Y**2 - 3 * Z, X * Y - 5, Z**2 + X - 1], 8, 0, True),
        ([X - 3, Y - 5, 7 * Z - 2], 1, 1, True),
        ([(X - 1) ** 2, Y - X, Z + 2], 1, 1, False),
        ([X**3 - 2, Y - X / 3, Z * 2**70 - X**2], 3, 1, True),
        ([X * Y - 1, X, Z], 0, 0, True),
    ],
)
def test_parametrizations_are_checked(system, degree, real, simple):
    found, reply = parametrize(system)
    assert reply.exact is False
    assert found.degree() == degree
    if degree:
        assert found.number_of_real_roots() == real
        assert found.are_simple(system) is simple
        assert sorted(f for f in RING.ideal(system).radical().gens() if not found.vanishes(f)) == []


def test_infinitely_many_solutions():
    assert parametrize([X * Y, X * Z, Y * Z])[0] is None
    with pytest.raises(BackendError, match="infinitely many"):
        backends.call("parametrize", [RING.zero()])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (Parametrization((-2, 0, 1), (1,), ((0, 1), (0, 1), (5,)), (1, 0, 0)), "does not solve"),
        (Parametrization((-4, 0, 1), (1,), ((0, 1), (0, 1), (3,)), (1, 0, 0)), "does not solve"),
        (Parametrization((4, 0, -4, 0, 1), (1,), ((0, 1), (0, 1), (3,)), (1, 0, 0)), "multiple roots"),
        (Parametrization((-2, 0, 1), (-2, 0, 1), ((0, 1), (0, 1), (3,)), (1, 0, 0)), "denominator that vanishes"),
        (Parametrization((-2, 0, 1), (1,), ((0, 1), (0, 1), (3,)), (0, 0, 1)), "does not separate"),
    ],
)
def test_wrong_parametrizations_are_refused(wrong, words):
    with pytest.raises(BackendError, match=words):
        verify(wrong, [X**2 - 2, Y - X, Z - 3])


def test_parametrizations_modulo_a_prime_are_refused():
    x = PolynomialRing(GF(65521), ["x", "y"]).gen(0)
    with pytest.raises(BackendError, match="parametrizes solutions over Q only"):
        backends.call("parametrize", [x - 1])


def test_primary_decomposition():
    pairs = backends.call("decompose", [X**2, X * Y, Z**2 * (Z - 1)]).value
    ideals = {(RING.ideal(primary), RING.ideal(prime)) for primary, prime in pairs}
    primes = {prime for _, prime in ideals}
    assert {RING.ideal(X, Z), RING.ideal(X, Z - 1)} <= primes
    whole = RING.ideal(RING.one())
    for primary, prime in ideals:
        assert primary.radical() == prime
        whole = whole.intersection(primary)
    assert whole == RING.ideal(X**2, X * Y, Z**2 * (Z - 1))
    assert backends.call("decompose", [RING.one()]).value == []
    assert backends.call("decompose", [X * Y - 1, X]).value == []


def test_norms():
    import flint

    # T + 1 over T + 5 at the roots of 3 T^2 - 2
    f = norm_polynomial(flint.fmpz_poly([-2, 0, 3]), flint.fmpz_poly([1, 1]), flint.fmpz_poly([5, 1]))
    s = f.parent().gen()
    assert f == s**2 - QQ((26, 73)) * s + QQ((1, 73))
