r"""The Lagrange system against Sage's own derivatives."""

import pytest
from algebra import plane

from sage_mlvar.invariants.lagrange import Lagrange

from sage.matrix.constructor import matrix
from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.rational_field import QQ

X, Y, Z = plane(3)


@pytest.mark.parametrize("equations", [[X * Y * Z - 1], [X**2 + Y - Z, X * Y**3 - 2]])
@pytest.mark.parametrize("field", [QQ, GF(101)])
def test_it_is_the_gradient_of_the_lagrangian(equations, field):
    u = [3, 5, 7]
    system = Lagrange(equations, field)
    lagrangian = sum((x - c) ** 2 for x, c in zip(system.x, u, strict=True)) / 2
    lagrangian -= sum(m * f for m, f in zip(system.multipliers, system.equations, strict=True))
    expected = [*system.equations, *(lagrangian.derivative(x) for x in system.x)]
    assert system.at(u) == expected
    unknowns = [*system.x, *system.multipliers]
    jacobian = matrix(system.ring, [[f.derivative(v) for v in unknowns] for f in expected])
    assert system.jacobian_determinant() == jacobian.det()
    assert len(system.at(u)) == len(unknowns) == 3 + len(equations)


def test_the_data_point_may_be_a_variable():
    system = Lagrange([X - Y**2], QQ, ["u", "v", "w"])
    u, v, w = system.parameters
    assert system.at([u, v, w])[1] == system.x[0] - u - system.multipliers[0]
