r"""Critical points against closed formulas, the algebraic closure of Q, and the hard cases of quadrics."""

import random

import pytest
from algebra import plane, quadric_classifier, random_classifier

from sage_mlvar import PolynomialClassifier
from sage_mlvar.computation import Computation
from sage_mlvar.invariants.critical_points import _Search, has_isotropic_component
from sage_mlvar.invariants.lagrange import Lagrange
from sage_mlvar.invariants.singular_points import singular_points
from sage_mlvar.options import Limits, resolve

from sage.rings.complex_arb import ComplexBallField
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.qqbar import AA, QQbar
from sage.rings.rational_field import QQ

FIELD = ComplexBallField(64)
X, Y = plane(2)
A, B, C = plane(3)


def record(g, u, **options):
    return quadric_classifier(g).boundary().compute("critical_points", u=u, **options)


@pytest.mark.parametrize(
    ("g", "u"),
    [
        (X**2 + 2 * Y**2 - 3, [1, 2]),
        (X**2 + 2 * Y**2 - 3, [1, 1]),  # on the boundary
        (X**2 - Y, [0, 2]),
        (X**2 - Y, [3, "1/7"]),
        (X * Y, [1, 2]),
        (X**2 + 2 * Y**2, [1, 1]),
        (X**2 - 3 * X * Y + Y - 1, ["1/3", -2]),
    ],
    ids=str,
)
def test_against_the_algebraic_closure(g, u):
    found = record(g, u)
    points = found.value
    system = Lagrange([g], QQ)
    expected = system.ring.ideal(system.at([QQ(c) for c in u])).variety(QQbar)
    assert found.status == "proved"
    assert len(points) == len(expected) == found.details["number"]
    real = [p for p in expected if all(v in AA for v in p.values())]
    assert len(points.real()) == len(real) == found.details["real"]
    distances = sorted(AA(sum((p[x] - QQ(c)) ** 2 for x, c in zip(system.x, u, strict=True))) for p in real)
    assert [p.exact_distance_squared() for p in points.real()] == distances
    for point in points:
        match = [
            p
            for p in expected
            if all(FIELD(p[x]).overlaps(FIELD(ball)) for x, ball in zip(system.x, point.coordinates, strict=True))
            if point.is_real == all(v in AA for v in p.values())
        ]
        assert len(match) == 1


def test_balls_hold_the_points_at_every_precision():
    g = X**2 + 2 * Y**2 - 3
    for point in record(g, [1, 2]).value:
        for precision in (64, 300):
            fine = point.refine(precision)
            field = fine.coordinates[0].parent()
            gradient = [f.change_ring(field)(*fine.coordinates) for f in g.gradient()]
            assert g.change_ring(field)(*fine.coordinates).contains_zero()
            for x, c, slope in zip(fine.coordinates, (1, 2), gradient, strict=True):
                assert (x - c - fine.multiplier * slope).contains_zero()
            assert max(x.rad() for x in fine.coordinates) < 2.0 ** (2 - precision)
            assert fine.is_real == point.is_real
    nearest = record(g, [1, 2]).value[0]
    (low, high), _ = nearest.box()
    assert low < high
    assert high - low < QQ(10) ** -15


def test_the_parabola_from_its_axis():
    # The hard case: the multiplier makes I + l A singular, and the two nearest points are equally far.
    found = record(Y - X**2, [0, 2])
    nearest = found.value.nearest()
    assert [p.exact_distance_squared() for p in nearest] == [AA(7) / 4] * 2
    assert found.status == "proved"


def test_on_the_discriminant_multiplicities_are_reported():
    found = record(Y - X**2, [0, "1/2"])
    assert [(p.multiplicity, p.is_real) for p in found.value] == [(3, True)]
    assert found.details["number"] == 3
    assert found.status == "proved"


def test_the_critical_circle():
    # mathematics.md, section 4: points of the circle z = -3/10 pass the substitution, the nearest point is the pole.
    found = record(A**2 + B**2 + 4 * C**2 - 1, [0, 0, "9/10"])
    assert found.status == "proved"
    (circle,) = found.value.sets
    assert circle.dimension == 1
    assert circle.distances_squared == (AA(52) / 25,)
    assert circle.sample.is_real
    assert circle.sample.exact_distance_squared() == AA(52) / 25
    assert len(found.value) == 2
    (nearest,) = found.value.nearest()
    assert nearest.exact_distance_squared() == AA(4) / 25


@pytest.mark.parametrize("g", [X**2 + Y**2 - 4, A**2 + B**2 + C**2 - 4])
def test_the_centre_of_a_sphere(g):
    found = record(g, [0] * g.parent().ngens())
    assert found.status == "proved"
    assert len(found.value) == 0
    (sphere,) = found.value.sets
    assert sphere.dimension == g.parent().ngens() - 1
    assert sphere.distances_squared == (AA(4),)
    assert found.value.nearest() == [sphere.sample]


def test_singular_points_may_be_nearest():
    found = record(X**2 + 2 * Y**2, [1, 1])
    assert not found.value.real()
    assert found.status == "proved"
    (nearest,) = found.value.nearest()
    assert nearest.singular
    assert nearest.exact_distance_squared() == 2
    assert record(X**2 + 2 * Y**2, [0, 0]).value.nearest()[0].exact_distance_squared() == 0


def test_a_line_of_singular_points():
    found = record(A**2 + 2 * B**2, [1, 1, 5])
    (line,) = found.value.sets
    assert (line.dimension, line.singular) == (1, True)
    assert found.value.nearest() == [line.sample]
    assert line.sample.exact_distance_squared() == 2
    assert record(A**2 + B**2, [0, 0, 1]).status == "proved"


def test_singular_points_of_cubics():
    u = (QQ(1), QQ(0))
    node, sets, _ = singular_points(Y**2 - X**3 - X**2, u, Limits())
    assert [p.exact_distance_squared() for p in node] == [1]
    assert not sets
    points, _, _ = singular_points((X**2 + Y**2 - 3) * (X - 1), u, Limits())
    assert [p.exact_distance_squared() for p in points] == [2, 2]
    points, sets, _ = singular_points(A * B * (A - 1), (QQ(0),) * 3, Limits())
    assert (points, sorted(s.dimension for s in sets)) == ([], [1, 1])
    points, sets, _ = singular_points((A**2 + B**2 + C**2) * (A - 2), (QQ(0),) * 3, Limits())
    assert len(points) == 1
    assert [s.dimension for s in sets] == [1]


def test_isotropic_components():
    assert has_isotropic_component((X**2 + Y**2) * (X - 1))
    assert not has_isotropic_component((X**2 + 2 * Y**2) * (X - 1))
    # Nothing real but the origin, no critical points, and two lines of them from the origin.
    assert record(X**2 + Y**2, [1, 2]).status == "proved"
    assert [s.dimension for s in record(X**2 + Y**2, [0, 0]).value.sets] == [1]


@pytest.mark.parametrize(("widths", "degree", "number"), [((2, 3, 2), 3, 9), ((3, 3, 2), 3, 21), ((2, 3, 2), 4, 16)])
def test_random_networks(widths, degree, number):
    source = random.Random(5)
    u = [source.randint(-5, 5) for _ in range(widths[0])]
    found = random_classifier(widths, degree, 1, 9).boundary().compute("critical_points", u=u)
    assert (len(found.value), found.status) == (number, "proved")
    assert found.details["ed_degree"] == number
    real = found.value.real()
    assert [float(p.distance_squared) for p in real] == sorted(float(p.distance_squared) for p in real)
    assert found.to_dict()["details"]["number"] == number


def test_without_a_proved_bound_a_gröbner_basis_decides(monkeypatch):
    monkeypatch.setattr(_Search, "all_simple", lambda self, solution: None)
    classifier = random_classifier((2, 2, 2), 3, 4, 9)
    found = classifier.boundary().compute("critical_points", u=[3, 1], seed=77)
    assert found.status == "proved"
    assert "Gröbner" in found.argument


def test_bad_input():
    boundary = quadric_classifier(X**2 + Y**2 - 4).boundary()
    with pytest.raises(TypeError, match="data point"):
        boundary.compute("critical_points")
    with pytest.raises(ValueError, match="2 entries"):
        boundary.critical_points([1])
    with pytest.raises(ValueError, match="agree everywhere"):
        PolynomialClassifier([[[1, 2]], [[1], [1]]], [[0], [0, 0]]).boundary().critical_points([0, 0])
    empty = PolynomialClassifier([[[1, 2]], [[1], [1]]], [[0], [0, 1]]).boundary().compute("critical_points", u=[0, 0])
    assert (len(empty.value), empty.status) == (0, "proved")


def smooth_critical_points(g, u):
    r"""Return the ideal of the critical points off the singular ones, by Sage's elimination."""
    big = PolynomialRing(QQ, ["x0", "x1", "l0", "a", "b"], order="degrevlex")
    x, y, m, a, b = big.gens()
    gx, gy = (f(x, y) for f in g.gradient())
    system = [g(x, y), x - u[0] - m * gx, y - u[1] - m * gy, a * gx + b * gy - 1]
    found = big.ideal(system).elimination_ideal([a, b])
    ring = PolynomialRing(QQ, ["x0", "x1", "l0"], order="degrevlex")
    return ring.ideal([f(*ring.gens(), 0, 0) for f in found.gens()])


@pytest.mark.parametrize("u", [(0, 0), (1, 0), ("1/2", "1/3"), (0, 2)], ids=str)
@pytest.mark.parametrize(
    "g",
    [
        X**2 * (X - 1) - Y**2,
        X * Y * (X + Y - 1),
        (X**2 + Y**2 - 1) * (X - 2),
        Y**2 - X**3,
        (X**2 + Y**2) * (Y - 1),
        (X**2 - Y) * (Y - 1),
        X**3 + Y**3 - 3 * X * Y,
    ],
    ids=str,
)
def test_singular_and_reducible_curves(g, u):
    u = tuple(map(QQ, u))
    search = _Search(_NoBound(), g, resolve("critical_points"), u)
    found = search.record()
    assert found.status == "proved"
    expected = smooth_critical_points(g, u)
    sets = [component for component in found.value.sets if not component.singular]
    assert found.value.real() == sorted(found.value.real(), key=lambda p: float(p.distance_squared))
    if expected.is_one():
        assert (len(found.value), sets) == (0, [])
    elif expected.dimension() > 0:
        assert sets
    else:
        assert not sets
        assert len(found.value) == len(expected.variety(QQbar))
        assert found.value.number() == expected.vector_space_dimension()


def test_fewer_neurons_than_inputs():
    # Solved in the row space of the first layer; the lifted points solve the whole system, exactly.
    boundary = random_classifier((5, 2, 2), 3, 3, 9).boundary()
    u = [1, -2, 3, 0, 2]
    found = boundary.compute("critical_points", u=u)
    assert (len(found.value), found.status) == (9, "proved")
    system = Lagrange([boundary.squarefree_part()], QQ).at([QQ(c) for c in u])
    for point in found.value:
        solution = point._source[0]
        assert all(solution.vanishes(f) for f in system)
    for point in found.value.real():
        field = point.coordinates[0].parent()
        distance = sum((x - c) ** 2 for x, c in zip(point.coordinates, u, strict=True))
        assert distance.overlaps(field(point.distance_squared))


class _NoBound:
    r"""A boundary whose ED degree nobody knows: everything has to be decided at the data point."""

    def straight_line(self):
        return quadric_classifier(X**2 + Y**2 - 1).boundary().straight_line()

    def compute(self, verb, **options):
        return Computation(verb, -1, "probable", "nobody knows")


def test_a_backend_that_cannot_parametrize_is_refused():
    V = PolynomialClassifier([[[1, 2]], [[2], [1]]], [[0], [2, 1]]).boundary()
    with pytest.raises(ValueError, match="backend 'giac' cannot be used here"):
        V.critical_points([1, 2], backend="giac")
