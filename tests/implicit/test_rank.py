"""Ranks of Jacobians, dense linear algebra, and lifting."""

from fractions import Fraction

import numpy as np
import pytest
from implicit import builders

from sage_mlvar import _sage  # noqa: F401
from sage_mlvar.implicit import PolynomialMap, graded_invariants, jacobian_rank, modular
from sage_mlvar.implicit.solve import exact_rank

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ


@pytest.mark.parametrize(
    ("widths", "patterns", "dimension"),
    [
        ((2, 2, 2), ["10", "11"], 6),
        ((3, 3, 3), ["110", "011"], 15),
        ((3, 4, 3), ["1110", "0111"], 17),
        ((2, 4, 2), ["1110", "0001"], 7),
        ((3, 4, 3), ["1100", "1010", "1001"], 20),
        ((4, 4, 4), ["1100", "1010", "1001"], 28),
        ((3, 3, 2, 3, 3), ["111/11/111", "011/11/111"], 12),
    ],
)
def test_relu_dimensions(widths, patterns, dimension):
    assert jacobian_rank(builders.relu(widths, patterns)[0]) == dimension


@pytest.mark.parametrize(
    ("d", "t", "a", "dimension"), [(3, 1, 2, 8), (3, 1, 1, 7), (2, 2, 2, 5), (2, 2, 1, 4), (3, 2, 3, 11)]
)
def test_attention_dimensions(d, t, a, dimension):
    assert jacobian_rank(builders.attention(d, t, a)[0]) == dimension


def test_interpolated_derivatives_agree():
    ring = PolynomialRing(QQ, 4, "t")
    a, b, c, _ = ring.gens()
    exact = PolynomialMap.from_sage([a**3 * b, a + b * c / 7, ring(2), a * b * c])
    evaluated = PolynomialMap(4, 4, evaluate=exact.evaluate, degree=4)
    p, point = modular.primes(3)[2], [3, 1, 4, 1]
    assert (exact.jacobian(point, p) == evaluated.jacobian(point, p)).all()
    assert jacobian_rank(evaluated) == 3
    with pytest.raises(ValueError, match="jacobian= or degree="):
        jacobian_rank(PolynomialMap(4, 4, evaluate=exact.evaluate))
    with pytest.raises(ValueError, match="shape"):
        jacobian_rank(PolynomialMap(4, 4, evaluate=exact.evaluate, jacobian=lambda x, p: np.zeros((4, 3))))
    with pytest.raises(ValueError, match="p must be a prime below"):
        jacobian_rank(exact, p=2**31 - 1)


def test_primes_that_divide_a_denominator():
    p = modular.primes(1)[0]
    ring = PolynomialRing(QQ, 2, "t")
    s, t = ring.gens()
    invariants = graded_invariants(PolynomialMap.from_sage([s**2 / p, s * t, t**2]), 2)
    assert [str(f) for f in invariants.generators()] == [f"x1^2 - {p}*x0*x2"]
    assert invariants.proved


def test_dense_algebra_modulo_a_prime():
    p = modular.primes(1)[0]
    generator = np.random.default_rng(3)
    left, right = generator.integers(-p, p, size=(7, 300)), generator.integers(0, p, size=(300, 5))
    expected = left.astype(object).dot(right.astype(object)) % p
    assert (modular.matmul(left, right, p) == expected).all()
    matrix = modular.matmul(generator.integers(0, p, size=(40, 6)), generator.integers(0, p, size=(6, 30)), p)
    assert modular.rank(matrix, p) == 6
    kernel = modular.nullspace(matrix, p)
    assert kernel.shape == (24, 30)
    assert not modular.matmul(matrix, kernel.T, p).any()
    assert modular.rank(np.zeros((0, 4), dtype=int), p) == 0


def test_lifts_need_as_many_primes_as_it_takes():
    big = Fraction(3**60, 7**40)
    matrix = np.array([[big.numerator, 0, -big.denominator], [0, 1, 5]], dtype=object)

    def kernel(p):
        return modular.nullspace((matrix % p).astype(np.int64), p)

    rows, primes = modular.lifted_nullspace(kernel, lambda rows: not matrix.dot(np.array(rows, dtype=object).T).any())
    assert rows == [[7**40, -5 * 3**60, 3**60]]
    assert len(primes) >= 8
    with pytest.raises(ArithmeticError, match="do not suffice"):
        modular.lifted_nullspace(kernel, lambda rows: True, limit=4)


def test_exact_rank():
    generator = np.random.default_rng(4)
    product = generator.integers(-9, 9, size=(30, 5)) @ generator.integers(-9, 9, size=(5, 20))
    assert exact_rank(product) == 5
    # A matrix whose rank drops modulo the first prime.
    p = modular.primes(1)[0]
    assert exact_rank(np.array([[1, 0], [0, p]])) == 2
