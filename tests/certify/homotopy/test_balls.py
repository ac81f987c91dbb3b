r"""
Discs hold the exact results of operations on the rationals at their centres and on points of their rims.
"""

from fractions import Fraction

import flint
import numpy
import pytest

from sage_mlvar.certify.homotopy.balls import EPS, Balls, join, size


class Exact:
    r"""Gaussian rationals, as slow and as right as can be."""

    def __init__(self, re, im=0):
        self.re, self.im = Fraction(re), Fraction(im)

    def __add__(self, other):
        return Exact(self.re + other.re, self.im + other.im)

    def __mul__(self, other):
        return Exact(self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re)


def exact(z):
    return Exact(float(z.real), float(z.imag))


def holds(mid, rad, value):
    dx, dy = Fraction(float(mid.real)) - value.re, Fraction(float(mid.imag)) - value.im
    return dx * dx + dy * dy <= Fraction(float(rad)) ** 2


def samples(seed, shape):
    r"""Numbers of very different sizes, their discs, and points in the discs."""
    source = numpy.random.default_rng(seed)
    mid = (source.standard_normal(shape) + 1j * source.standard_normal(shape)) * 10.0 ** source.integers(-9, 9, shape)
    rad = abs(mid) * 10.0 ** source.integers(-17, -1, shape) * source.integers(0, 2, shape)
    inner = mid + 0.99 * rad * numpy.exp(2j * numpy.pi * source.uniform(size=shape))
    # A point that rounding has moved out of its disc is no point of it.
    inner = numpy.where(rad > 4 * EPS * abs(mid), inner, mid)
    return Balls(mid, rad), inner


@pytest.mark.parametrize("seed", range(20))
def test_sums_and_products_hold_the_exact_ones(seed):
    (a, x), (b, y) = samples(seed, 40), samples(seed + 1000, 40)
    total, product = a + b, a * b
    for k in range(40):
        assert holds(total.mid[k], total.rad[k], exact(x[k]) + exact(y[k]))
        assert holds(product.mid[k], product.rad[k], exact(x[k]) * exact(y[k]))


@pytest.mark.parametrize("seed", range(20))
def test_matrix_products_hold_the_exact_ones(seed):
    (a, x), (b, y) = samples(seed, (3, 4, 5)), samples(seed + 1000, (3, 5, 2))
    product = a @ b
    for k in range(3):
        for i in range(4):
            for j in range(2):
                value = Exact(0)
                for m in range(5):
                    value = value + exact(x[k, i, m]) * exact(y[k, m, j])
                assert holds(product.mid[k, i, j], product.rad[k, i, j], value)


def test_radii_are_not_much_larger_than_rounding():
    a = Balls(numpy.full((6, 6), 1 / 3))
    assert ((a @ a).rad < 1e-14).all()
    assert ((a * a + a - a).rad < 1e-14).all()


def test_products_that_underflow_are_held():
    tiny = Balls(numpy.array([1e-200 + 1e-200j]))
    assert (tiny * tiny).rad[0] > 0
    assert (tiny[None] @ tiny[:, None]).rad[0, 0] > 0


def test_overflow_is_never_finite():
    huge = Balls(numpy.array([1e200]))
    with numpy.errstate(all="ignore"):
        assert not numpy.isfinite((huge * huge).rad).any()


@pytest.mark.parametrize(("top", "bottom"), [(1, 2), (1, 3), (-7, 10), (10**40 + 1, 10**30), (1, 10**320), (0, 1)])
def test_rationals_lie_in_their_discs(top, bottom):
    disc = Balls.of_rationals([flint.fmpq(top, bottom)])
    assert abs(Fraction(float(disc.mid[0].real)) - Fraction(top, bottom)) <= Fraction(float(disc.rad[0]))


def test_exact_doubles_have_no_radius():
    assert Balls.of_rationals([[flint.fmpq(3, 8), flint.fmpq(-5)]]).rad.max() == 0


def test_plain_arrays_on_the_left():
    a = Balls(numpy.ones(2), numpy.full(2, 0.5))
    assert isinstance(numpy.ones(2) - a, Balls)
    assert isinstance(numpy.eye(2) @ a[:, None], Balls)
    assert isinstance(join([numpy.ones(2), a], 0), Balls)


def test_size_bounds_the_modulus():
    assert size(numpy.array([3 + 4j]))[0] == 7
