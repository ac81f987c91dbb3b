r"""Polynomial networks: the contract, the known dimensions, the coordinates."""

import random

import numpy as np
import pytest
from algebra import random_matrix

from sage_mlvar import PolynomialNetworkModel
from sage_mlvar.models.network_map import _power
from sage_mlvar.testing import ModelContract

from sage.modules.free_module_element import vector
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ


class TestContract(ModelContract):
    @pytest.fixture(
        params=[((2, 1, 1), 2), ((2, 2, 1), 2), ((2, 1, 2), 2), ((2, 1, 1), 3), ((2, 2, 2), 1), ((1, 1, 1, 1), 2)],
        ids=str,
    )
    def model(self, request):
        return PolynomialNetworkModel(*request.param)


@pytest.mark.parametrize(
    ("widths", "degree", "dimension"),
    [
        ((5, 5, 3, 1), 2, 32),
        ((5, 4, 3, 1), 2, 25),
        ((2, 2, 3, 4, 1), 2, 7),
        ((3, 4, 3, 1), 2, 15),
        ((3, 2, 1), 2, 5),  # quadrics of rank 2
        ((4, 2, 1), 2, 7),
        ((2, 1, 1), 5, 2),  # powers of linear forms
        ((3, 2, 2), 1, 6),  # matrices
        ((3, 1, 2), 1, 4),
        ((2, 3, 1), 3, 4),
    ],
)
def test_dimension(widths, degree, dimension):
    record = PolynomialNetworkModel(widths, degree).compute("dimension")
    assert (record.value, record.status) == (dimension, "proved")


def test_the_discriminant_of_a_binary_quadric():
    model = PolynomialNetworkModel([2, 1, 1], 2)
    a, b, c = (model.ring()(name) for name in ("y0_2_0", "y0_1_1", "y0_0_2"))
    assert model.ideal() == model.ring().ideal(b**2 - 4 * a * c)


@pytest.mark.parametrize(("widths", "degree"), [((2, 3, 2), 2), ((3, 2, 2, 1), 2), ((2, 2, 1), 3), ((2, 2, 2), 1)])
def test_the_map_is_the_network(widths, degree):
    source = random.Random(1)
    model = PolynomialNetworkModel(widths, degree)
    weights = [random_matrix(source, r, c) for r, c in zip(widths[1:], widths, strict=False)]
    ring = PolynomialRing(QQ, widths[0], "x")
    layer = vector(ring, ring.gens())
    for number, W in enumerate(weights):
        layer = W * (layer.apply_map(lambda z: z**degree) if number else layer)
    values = iter(model.evaluate([x for W in weights for x in W.list()]))
    names = model.ring().variable_names()
    for name, value in zip(names, values, strict=True):
        output, *exponent = (int(part) for part in name.removeprefix("y").split("_"))
        assert layer[output].monomial_coefficient(ring.monomial(*exponent)) == value


@pytest.mark.parametrize(
    ("widths", "degree", "error", "words"),
    [
        ([2, 2, 1], 0, ValueError, "degree must be at least 1, got 0"),
        ([2, 2, 1], -1, ValueError, "degree must be at least 1, got -1"),
        ([2, 2, 1], 1.5, TypeError, r"degree must be an integer, not 1\.5"),
        ([2], 2, ValueError, r"widths must have at least 2 entries, got \[2\]"),
        ([], 2, ValueError, r"widths must have at least 2 entries, got \[\]"),
        ([2, 0, 1], 2, ValueError, r"widths\[1\] must be at least 1, got 0"),
        (3, 2, TypeError, "widths must be a list, not 3"),
    ],
)
def test_bad_input(widths, degree, error, words):
    with pytest.raises(error, match=words):
        PolynomialNetworkModel(widths, degree)


@pytest.mark.parametrize(("widths", "degree"), [([2, 2, 1], 300), ([3, 2, 2], 3), ([2, 3, 2, 2], 2), ([1, 2, 1], 5)])
def test_derivatives_are_those_of_the_coefficients(widths, degree):
    model = PolynomialNetworkModel(widths, degree)
    phi, p = model.polynomial_map(), 8388593
    point = [random.Random(1).randrange(p) for _ in range(model.number_of_parameters())]
    assert (phi.jacobian(point, p) == phi.terms.jacobian(np.array(point), p)).all()


@pytest.mark.parametrize("exponent", [0, 1, 2, 5, 64, 1000, 10**9, 10**30])
def test_powers_take_few_products(exponent):
    z = np.array([0, 1, 2, 3, 8388592])
    assert _power(z, exponent, 8388593).tolist() == [pow(int(x), exponent, 8388593) for x in z]


def test_parameters_may_be_polynomials_of_any_ring():
    model = PolynomialNetworkModel([2, 2, 1], 3)
    s, t = PolynomialRing(QQ, ["s", "t"]).gens()
    flat = [s, 2 * t, s - t, 1 + s, t**2, s * t]
    assert model.values(flat) == [f(*flat) for f in model.parametrization()]
    x = PolynomialRing(QQ, "x").gen()
    flat = [x, 2 * x, x - 1, x**2, x + 5, 3 * x]
    assert model.values(flat) == [f(*flat) for f in model.parametrization()]
