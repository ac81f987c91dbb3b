r"""ED discriminants against the classical evolutes and the example of the paper."""

import pytest
from algebra import plane, quadric_classifier

from sage_mlvar import ParametrizedModel, PolynomialClassifier, ReLURegionModel
from sage_mlvar.errors import NotProvedError, OutOfReachError

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

X, Y = plane(2)
U, V = PolynomialRing(QQ, ["u0", "u1"], order="degrevlex").gens()
WEIGHTS = [[[1, 2], [3, 1]], [[2, 1], [1, 2]]]

# mathematics.md, section 3
SEXTIC = (
    27*U**6 + 54*U**5*V - 180*U**4*V**2 - 280*U**3*V**3 + 480*U**2*V**4 + 384*U*V**5 - 512*V**6 + 54*U**5
    + 180*U**4*V - 120*U**3*V**2 - 720*U**2*V**3 + 768*V**5 - 126*U**4 + 582*U**3*V - 2409*U**2*V**2 - 402*U*V**3
    - 1371*V**4 - 334*U**3 + 1566*U**2*V - 1878*U*V**2 + 808*V**3 - 132*U**2 + 1152*U*V - 1218*V**2 - 12*U + 516*V - 152
)  # fmt: skip


@pytest.mark.parametrize("backend", ["singular", "giac"])
def test_the_sextic_of_the_paper(backend):
    record = PolynomialClassifier(WEIGHTS, [[0, 1], [2, 1]]).compute("discriminant", backend=backend)
    assert record.value == record.value.ring().ideal(SEXTIC)
    assert record.value.gens() == [SEXTIC]
    assert record.status == ("proved" if backend == "singular" else "probable")


@pytest.mark.parametrize("backend", ["singular", "giac"])
def test_the_point_of_the_paper(backend):
    ideal = PolynomialClassifier(WEIGHTS, [[1, 2], [1, 1]]).discriminant(backend=backend)
    assert ideal == ideal.ring().ideal([5 * U + 3, 5 * V + 1])


@pytest.mark.parametrize(
    ("g", "generators"),
    [
        (X**2 - Y, [27 * U**2 - 2 * (2 * V - 1) ** 3]),
        (X**2 + 4 * Y**2 - 4, [(4 * U**2 + V**2 - 9) ** 3 + 972 * U**2 * V**2]),
        (X**2 + Y**2 - 1, [U, V]),
        ((X - 2) ** 2 + (Y + 3) ** 2 - 5, [U - 2, V + 3]),
    ],
    ids=["parabola", "ellipse", "circle", "circle off the origin"],
)
def test_evolutes(g, generators):
    record = quadric_classifier(g).compute("discriminant")
    assert record.status == "proved"
    assert record.value == record.value.ring().ideal(generators)


@pytest.mark.parametrize("backend", ["singular", "giac"])
def test_a_line_has_none(backend):
    ideal = quadric_classifier((X + 2 * Y - 1) ** 2).discriminant(backend=backend)
    assert ideal.is_one()


def test_on_a_line_of_data_space():
    classifier = PolynomialClassifier(WEIGHTS, [[0, 1], [2, 1]])
    ideal = classifier.discriminant(slice=[[0, 0], [1, 2]])
    (f,) = ideal.gens()
    s = ideal.ring().gen(0)
    restricted = SEXTIC(s, 2 * s)
    assert f.degree() == restricted.degree() == 6
    assert restricted in ideal


def test_elimination_by_a_probabilistic_engine_is_no_proof():
    with pytest.raises(NotProvedError, match=r"probabilistic engine; compute\('discriminant', proof=False\)"):
        PolynomialClassifier(WEIGHTS, [[0, 1], [2, 1]]).discriminant(backend="giac", proof=True)


def test_a_constant_boundary_is_refused():
    with pytest.raises(ValueError, match="boundary must not be constant"):
        PolynomialClassifier([[[1, 2]], [[1], [1]]], [[0], [0, 1]]).discriminant()


def test_image_varieties():
    t = PolynomialRing(QQ, ["t"]).gen()
    parabola = ParametrizedModel([t, t**2])
    ideal = parabola.discriminant()
    assert ideal == ideal.ring().ideal(27 * U**2 - 2 * (2 * V - 1) ** 3)
    assert ReLURegionModel([1, 1, 1], ["1"]).discriminant().is_one()
    with pytest.raises(OutOfReachError, match=r"complete intersection.*ed_degree\(\) works"):
        ReLURegionModel([3, 1, 2], ["1"]).discriminant()


def test_the_parts_of_the_discriminant_of_a_spheroid():
    x, y, z = plane(3)
    record = quadric_classifier(x**2 + y**2 + 4 * z**2 - 1).compute("discriminant")
    u0, u1, u2 = record.value.ring().gens()
    (surface,) = record.details["hypersurface"]
    # The meridian's evolute, turned about the axis: (4 r)^(2/3) + (2 u2)^(2/3) = 3^(2/3) for x^2 + 4 z^2 = 1.
    p, q = 16 * (u0**2 + u1**2), 4 * u2**2
    assert surface in surface.parent().ideal((p + q - 9) ** 3 + 27 * 9 * p * q)
    assert surface.degree() == 6
    assert record.details["components"] == ((u1, u0),)
    assert record.status == "proved"


def test_quadrics_in_space():
    x, y, z = plane(3)
    for g, degrees, components in (
        (x**2 + 2 * y**2 + 3 * z**2 - 1, [12], 0),
        (x**2 + 2 * y**2 - z, [9], 0),
        (x**2 + y**2 + z**2 - 1, [], 1),
        (x**2 + 2 * y**2 - 1, [6], 0),
    ):
        record = quadric_classifier(g).compute("discriminant")
        assert [f.degree() for f in record.details["hypersurface"]] == degrees
        assert len(record.details["components"]) == components
        assert record.status == "proved"


def test_an_image_of_higher_codimension_on_a_line():
    from sage_mlvar.invariants.kernel_discriminant import on_line
    from sage_mlvar.options import Limits

    t = PolynomialRing(QQ, "t").gen()
    curve = ParametrizedModel([t, t**2, t**2 - t])
    for base, direction in (((0, 0, 0), (0, 1, 0)), ((1, 2, 0), (1, 3, -1))):
        end = [a + b for a, b in zip(base, direction)]
        (by_elimination,) = curve.discriminant(slice=[base, end]).gens()
        by_kernels = on_line(curve.ideal().gens(), base, direction, Limits())
        by_kernels = by_kernels(by_elimination.parent().gen())
        assert by_elimination == by_kernels * by_elimination.lc()
    model = ReLURegionModel([2, 2, 2], ["10", "11"])
    line = [[3, -1, 4, 1, -5, 9, 2, -6], [5, 3, -5, 8, 9, 7, -9, 3]]
    f = on_line(model.ideal().gens(), line[0], [b - a for a, b in zip(*line)], Limits())
    assert f.degree() == 48
