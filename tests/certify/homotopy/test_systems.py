r"""
The Lagrange systems agree with exact derivatives of the boundary, in each arithmetic, and with the checker's.
"""

import flint
import numpy
import pytest

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.flint_numbers import to_flint
from sage_mlvar.certify.homotopy.balls import Balls
from sage_mlvar.certify.homotopy.exact import BoundarySystem
from sage_mlvar.check.lagrange import Lagrange as CheckersLagrange
from sage_mlvar.check.network import Network
from sage_mlvar.check.problem import Problem

from sage.matrix.constructor import matrix
from sage.modules.free_module_element import vector
from sage.rings.rational_field import QQ

CASES = [
    PolynomialClassifier.random([3, 4, 2], 3, seed=1, bits=3),
    PolynomialClassifier.random([4, 2, 2], 2, seed=2, bits=3),
    PolynomialClassifier.random([3, 2, 3, 2], [1, 2, 0, "1/3"], seed=3, bits=2),
    PolynomialClassifier.random([2, 3, 2, 2, 2], 2, seed=4, bits=2),
]


def rational(q):
    return QQ((int(q.p), int(q.q)))


def expected(C, S, u, y, multiplier):
    r"""The equations over Q, from the derivatives of the boundary in the inputs."""
    g = C.boundary().straight_line()
    x = vector(QQ, [rational(a) for a in S.lift(u, S.data(u), [to_flint(c) for c in y])])
    gradient = vector(QQ, g.gradient(list(x)))
    # K grad h = R grad g, for grad g = R^T grad h
    if S.matrix is None:
        step = gradient
    else:
        step = matrix(QQ, [[rational(a) for a in row] for row in S.matrix.tolist()]) * gradient
    v = vector(QQ, [rational(a) for a in S.data(u)])
    scale = QQ(2) ** S.exponent
    return [*(vector(QQ, y) - v - multiplier * scale * step), scale * g.value(list(x))]


@pytest.mark.parametrize("C", CASES)
def test_equations_are_those_of_the_boundary(C):
    S = BoundarySystem(C.boundary())
    u = [QQ((k + 1, 3)) for k in range(C.widths()[0])]
    y, multiplier = [QQ((2 * k - 1, 4)) for k in range(S.variables)], QQ((3, 8))
    truth = [float(c) for c in expected(C, S, u, y, multiplier)]
    point = numpy.array([[*map(float, y), float(multiplier)]], dtype=complex)
    floats = S.floats().at(point, numpy.array([float(int(a.p) / int(a.q)) for a in S.data(u)]))[0][0]
    assert numpy.allclose(floats, truth, rtol=1e-9, atol=1e-9 * max(map(abs, truth)))
    balls = S.balls().at(Balls(point), Balls.of_rationals(S.data(u)))[0]
    for k, value in enumerate(expected(C, S, u, y, multiplier)):
        assert abs(QQ(float(balls.mid[0, k].real)) - value) <= QQ(float(balls.rad[0, k]))
    with flint.ctx.workprec(200):
        sharp = S.arb().at(
            numpy.array([[flint.acb(to_flint(c)) for c in (*y, multiplier)]], dtype=object),
            numpy.array([flint.acb(a) for a in S.data(u)], dtype=object),
        )[0][0]
        for entry, value in zip(sharp, expected(C, S, u, y, multiplier)):
            assert entry.real.contains(to_flint(value))
            assert entry.real.rad() < 1e-40


@pytest.mark.parametrize("C", CASES)
def test_jacobians_agree_with_differences(C):
    S = BoundarySystem(C.boundary())
    system, size = S.floats(), S.variables
    data = numpy.zeros(size)
    point = numpy.array([[*(0.3 * k - 0.2 for k in range(size)), 1e-3]], dtype=complex)
    J = system.at(point, data)[1]
    for k in range(size + 1):
        moved = point.copy()
        moved[0, k] += 1e-7
        back = point.copy()
        back[0, k] -= 1e-7
        column = (system.at(moved, data)[0] - system.at(back, data)[0])[0] / 2e-7
        assert numpy.allclose(column, J[0, :, k], rtol=1e-5, atol=1e-5 * abs(J).max())


@pytest.mark.parametrize("C", CASES)
def test_the_checker_has_the_same_equations(C):
    S = BoundarySystem(C.boundary())
    text = [[[str(x) for x in row] for row in W] for W in C.weights()]
    shifts = [[str(x) for x in b] for b in C.biases()]
    network = Network(text, shifts, [str(a) for a in C.activation().list()])
    u = [QQ((k, 2)) for k in range(C.widths()[0])]
    theirs = CheckersLagrange(
        Problem(network, [to_flint(x) for x in u], 0, 1), None if S.basis is None else list(S.basis)
    )
    assert theirs.variables == S.variables
    assert theirs.data == S.data(u)
    scale = flint.fmpq(2) ** S.exponent if S.exponent >= 0 else 1 / flint.fmpq(2) ** -S.exponent
    point = [flint.acb(flint.fmpq(k - 1, 3)) for k in range(S.variables)]
    with flint.ctx.workprec(200):
        values, jacobian = theirs.at([*point, flint.acb(flint.fmpq(1, 7))])
        mine = S.arb().at(
            numpy.array([[*point, flint.acb(flint.fmpq(1, 7) / scale)]], dtype=object),
            numpy.array([flint.acb(x) for x in S.data(u)], dtype=object),
        )
        last = flint.acb(scale)
        for k, entry in enumerate(values.entries()):
            assert (entry * (last if k == S.variables else 1)).overlaps(mine[0][0][k])
        assert jacobian[0, 0].overlaps(mine[1][0][0, 0])


def test_paths_and_exact_coordinates_agree():
    for C in CASES:
        S = BoundarySystem(C.boundary())
        flat, u = S.flat(), list(range(1, C.widths()[0] + 1))
        w = numpy.array([[*(0.1 * k + 0.2 for k in range(S.variables)), 0.3]], dtype=complex)
        F = flat.system.at(w, flat.data(S.data(u)))[0][0]
        G = S.floats().at(flat.back(w), numpy.array([float(int(a.p) / int(a.q)) for a in S.data(u)]))[0][0]
        # Equations differ by constant factors and by the linear change of coordinates.
        assert numpy.allclose(flat._factor @ F[:-1], G[:-1], rtol=1e-6, atol=1e-9 * abs(G).max())
        other = numpy.array([[*(0.3 * k - 0.2 for k in range(S.variables)), 0.1]], dtype=complex)
        data = numpy.zeros(S.variables)
        ratios = [S.floats().at(flat.back(x), data)[0][0, -1] / flat.system.at(x, data)[0][0, -1] for x in (w, other)]
        assert numpy.allclose(*ratios)
