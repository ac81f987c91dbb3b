r"""Evolutes and ED discriminants of plane curves, against elimination and classical formulas."""

import random

import pytest
from algebra import plane, quadric_classifier
from waiting import Looks

from sage_mlvar.errors import BackendTimeout
from sage_mlvar.invariants.evolute import evolute
from sage_mlvar.invariants.lagrange import Lagrange
from sage_mlvar.invariants.plane_discriminant import assemble, plane_discriminant
from sage_mlvar.models.boundary import DecisionBoundary
from sage_mlvar.options import Limits, resolve

from sage.rings.complex_arb import ComplexBallField
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.qqbar import QQbar
from sage.rings.rational_field import QQ

X, Y = plane(2)
DATA = PolynomialRing(QQ, ["u0", "u1"], order="degrevlex")
U, V = DATA.gens()


def discriminant(g):
    return plane_discriminant(g, resolve("discriminant"), DATA, DATA.gens(), Limits())


def by_elimination(g):
    r"""Return the discriminant by the elimination of Sage, without the package's own."""
    system = Lagrange([g], QQ, ["u0", "u1"])
    ideal = system.ring.ideal([*system.at(system.parameters), system.jacobian_determinant()])
    inner = [*system.x, *system.multipliers]
    found = ideal.elimination_ideal(inner)
    return DATA.ideal([f(0, 0, 0, U, V) for f in found.gens()]).radical()


def random_curve(degree, seed, size=9):
    source = random.Random(seed)
    return sum(source.randint(-size, size) * X**i * Y**j for i in range(degree + 1) for j in range(degree + 1 - i))


@pytest.mark.parametrize(
    "g",
    [
        X**2 - Y,
        X**2 + 4 * Y**2 - 4,  # symmetric: points share their first coordinates
        X * Y - 1,
        X * Y,
        X**2 - 2 * Y**2,
        (X**2 - Y) * (X - 1),
        (X**2 + Y**2 - 4) * (X - Y),
        Y**2 - X**3,
        X**3 + Y - 1,
        Y * (X**2 + 3 * Y**2 - 1),
    ],
    ids=str,
)
def test_against_elimination(g):
    record = discriminant(g)
    expected = by_elimination(g)
    if record is None:  # left to elimination
        assert any(f.degree() == 2 for f, _ in g.factor())
    else:
        assert record.status == "proved"
        assert record.value == expected


def test_a_node_off_the_evolute_is_a_component():
    record = discriminant(Y**2 - X**3 - X**2)
    assert [f.degree() for f in record.details["hypersurface"]] == [6]
    assert record.details["components"] == ((V, U),)
    assert record.value == record.value.radical()


@pytest.mark.parametrize("seed", range(3))
def test_conics(seed):
    g = random_curve(2, seed)
    F = evolute(g)
    assert F.degree() == 6
    assert DATA.ideal(F(U, V)) == by_elimination(g)


@pytest.mark.parametrize("size", [9, 10**6])
def test_generic_cubics(size):
    g = random_curve(3, 7, size)
    F = evolute(g)
    assert (F.degree(), F.number_of_terms()) == (18, 190)
    # The centre of curvature of a point of the curve, in balls.
    t = PolynomialRing(QQ, "t").gen()
    field = ComplexBallField(2000)
    root = field(g(t, 2 * t + 1).roots(QQbar, multiplicities=False)[0])
    gx, gy, gxx, gxy, gyy = (
        f.change_ring(field)(root, 2 * root + 1)
        for f in (*g.gradient(), g.derivative(X, 2), g.derivative(X, Y), g.derivative(Y, 2))
    )
    radius = (gx**2 + gy**2) / (gyy * gx**2 - 2 * gxy * gx * gy + gxx * gy**2)
    centre = root - radius * gx, 2 * root + 1 - radius * gy
    assert F.change_ring(field)(*centre).contains_zero()
    assert F.change_ring(field)(*centre).rad() < 1e-100
    assert not F.change_ring(field)(centre[0] + 1, centre[1]).contains_zero()


def test_special_quartic():
    # The lemniscate: circular points at infinity, and a node that lies off its evolute.
    g = (X**2 + Y**2) ** 2 - X**2 + Y**2
    F = evolute(g)
    assert F.degree() == 6
    assert F(2 / QQ(3), 0) == 0  # the curvature is three times the distance from the node: 3 at the vertex (1, 0)


def test_slices_of_a_plane_curve():
    V2 = quadric_classifier(X**2 + 4 * Y**2 - 4).boundary()
    assert isinstance(V2, DecisionBoundary)
    full = V2.discriminant()
    (F,) = full.gens()
    line = V2.discriminant(slice=[[0, 0], [1, 1]])
    s = line.ring().gen(0)
    assert F(s, s) in line
    assert line.gen(0).degree() == 6
    plane_slice = V2.compute("discriminant", slice=[[1, 0], [1, 1], [0, 0]])
    s, t = plane_slice.value.ring().gens()
    assert plane_slice.value == plane_slice.value.ring().ideal(F(1 - t, s))
    assert plane_slice.status == "proved"


def test_pieces_on_a_line():
    ring = PolynomialRing(QQ, ["s"], order="degrevlex")
    s = ring.gen(0)
    assert assemble(s**2 - 1, [[s - 3, ring.zero()], [s, s - 1]], ring) == ring.ideal((s**2 - 1) * (s - 3))
    assert assemble(ring.zero(), [], ring).is_zero()
    assert assemble(ring.one(), [], ring).is_one()


def test_time_limit():
    with pytest.raises(BackendTimeout, match="computing an evolute"):
        evolute(random_curve(4, 1), Looks(2))
