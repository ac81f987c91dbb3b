r"""
Bounds of the numbers of critical points: published values, and the formulas of the checker, written independently.
"""

import pytest

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.homotopy.counts import narrow_number, number_of_solutions
from sage_mlvar.certify.homotopy.exact import BoundarySystem
from sage_mlvar.check import enclosures


@pytest.mark.parametrize(
    ("degree", "variables", "number"), [(3, 4, 45), (3, 5, 93), (3, 8, 765), (4, 4, 160), (4, 3, 52)]
)
def test_polynomials(degree, variables, number):
    assert number_of_solutions(degree, variables) == enclosures.most_critical_points(degree, variables) == number


@pytest.mark.parametrize(
    ("widths", "degree", "number"),
    [
        ((3, 3, 2, 2), 2, 36),
        ((3, 3, 2, 2), 3, 333),
        ((3, 2, 3, 2), 3, 81),
        ((4, 4, 3, 2), 2, 128),
        ((3, 3, 1, 2), 2, 12),
        *(((n, n, 2, 2), 2, 4 * n * n) for n in range(3, 8)),
        *(((n, n, 1, 2), 2, 4 * n) for n in range(2, 6)),
    ],
)
def test_networks_with_known_ed_degrees(widths, degree, number):
    assert BoundarySystem(PolynomialClassifier.random(widths, degree, seed=1).boundary()).bound() == number


def test_wide_last_layers_give_the_bound_of_polynomials():
    for r in range(1, 6):
        for inner in (1, 2, 3, 8):
            for outer in (2, 3, 5):
                for width in range(r, r + 3):
                    assert narrow_number(r, width, inner, outer) == number_of_solutions(inner * outer, r)


def test_narrow_layers_are_below_and_the_checker_agrees():
    for r in range(2, 7):
        for inner in (2, 3, 4):
            for outer in (2, 3):
                for width in range(1, r):
                    number = narrow_number(r, width, inner, outer)
                    assert 0 < number < number_of_solutions(inner * outer, r)
                    assert number == enclosures.narrow_number(r, width, inner, outer)


def test_one_neuron_has_the_points_of_its_level_sets():
    for r in range(2, 6):
        for inner, outer in ((2, 2), (3, 2), (2, 3), (4, 2)):
            assert narrow_number(r, 1, inner, outer) == outer * number_of_solutions(inner, r)


@pytest.mark.parametrize(
    ("constant", "activation", "number"),
    [
        (1, 2, 36),
        (0, 2, 52),
        (1, [1, 2, 3], 36),
        (1, [1, 0, 0, 1], 333),
        (1, [0, 1, 0, 1], 657),
        (1, [-1, 3, -3, 1], 333),
    ],
)
def test_conditions_of_narrow_layers(constant, activation, number):
    r"""The constant where the last layer is critical must not vanish, and the activation have one critical point."""
    C = PolynomialClassifier.random([3, 3, 2, 2], activation, seed=4)
    weights, biases = C.weights(), list(C.biases())
    biases[-1] = (biases[-1][1] + constant, biases[-1][1])
    if isinstance(activation, list):
        biases[-1] = (biases[-1][0] + 1000, biases[-1][1])
    assert BoundarySystem(PolynomialClassifier(weights, biases, activation).boundary()).bound() == number
