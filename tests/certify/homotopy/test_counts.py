r"""
Bounds of the numbers of critical points, and what completeness needs beside them.
"""

import pytest

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.homotopy.counts import number_of_solutions
from sage_mlvar.certify.homotopy.exact import BoundarySystem
from sage_mlvar.check.critical_count import most_critical_points


@pytest.mark.parametrize(
    ("degree", "variables", "number"), [(3, 4, 45), (3, 5, 93), (3, 8, 765), (4, 4, 160), (4, 3, 52)]
)
def test_polynomials(degree, variables, number):
    assert number_of_solutions(degree, variables) == most_critical_points(degree, variables) == number


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


@pytest.mark.parametrize(
    ("constant", "activation", "number", "needed"),
    [
        (1, 2, 36, False),
        (0, 2, 36, True),
        (1, [1, 2, 3], 36, False),
        (1, [1, 0, 0, 1], 333, False),
        (1, [0, 1, 0, 1], 333, True),
        (1, [-1, 3, -3, 1], 333, False),
    ],
)
def test_conditions_of_narrow_layers(constant, activation, number, needed):
    r"""Without one critical point of the activation, and a constant there that is not 0, a proof of smoothness."""
    C = PolynomialClassifier.random([3, 3, 2, 2], activation, seed=4)
    weights, biases = C.weights(), list(C.biases())
    biases[-1] = (biases[-1][1] + constant, biases[-1][1])
    if isinstance(activation, list):
        biases[-1] = (biases[-1][0] + 1000, biases[-1][1])
    system = BoundarySystem(PolynomialClassifier(weights, biases, activation).boundary())
    assert (system.bound(), system.needs_bottleneck()) == (number, needed)


def test_earlier_layers_need_a_proof():
    system = BoundarySystem(PolynomialClassifier.random([3, 3, 2, 2, 2], 2, seed=1).boundary())
    assert (system.narrow(), system.bound(), system.needs_bottleneck()) == ((1,), 168, True)
    rest = BoundarySystem(system.behind(1))
    assert (rest.variables, rest.hidden(), rest.bound(), rest.needs_bottleneck()) == (2, [2, 2], 16, False)
