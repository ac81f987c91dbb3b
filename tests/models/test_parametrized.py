r"""Any polynomial map as a model, and a plug-in architecture."""

import sys
from pathlib import Path

import pytest

from sage_mlvar import ParametrizedModel, load, models, plugins, save
from sage_mlvar.testing import ModelContract

from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.integer_ring import ZZ
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))
try:
    from independence import IndependenceModel
finally:
    sys.path.pop(0)

R = PolynomialRing(QQ, ["s", "t"])
S, T = R.gens()
BIG = 2**64 + 13

MAPS = {
    "cuspidal cubic": [T**2, T**3],
    "twisted cubic": [T, T**2, T**3],
    "independence": [S * T, S * (1 - T), (1 - S) * T, (1 - S) * (1 - T)],
    "plane": [S + T, S - T],
    "constants": [T, R(3), R(0)],
    "fractions": [S / 3 + QQ((1, 7)), S**2 / 2],
    "large coefficients": [BIG * T, (BIG + 2) * T**2 + 1],
}


class TestContract(ModelContract):
    @pytest.fixture(params=MAPS.values(), ids=MAPS)
    def model(self, request):
        return ParametrizedModel(request.param)


class TestNames(ModelContract):
    r"""Names that engines read as something else."""

    @pytest.fixture
    def model(self):
        i, e = PolynomialRing(QQ, ["i", "e"]).gens()
        return ParametrizedModel([i**2, i * e, e**2], names=["I", "pi", "x0"])


class TestIndependence(ModelContract):
    @pytest.fixture(params=[(2, 2), (2, 3)], ids=str)
    def model(self, request):
        return IndependenceModel(*request.param)


# ---- known ideals


@pytest.mark.parametrize("backend", ["singular", "giac"])
@pytest.mark.parametrize(
    ("name", "equations"),
    [
        ("cuspidal cubic", lambda a, b: [a**3 - b**2]),
        ("twisted cubic", lambda a, b, c: [b - a**2, c - a * b]),
        ("independence", lambda a, b, c, d: [a * d - b * c, a + b + c + d - 1]),
        ("plane", lambda a, b: []),
        ("constants", lambda a, b, c: [b - 3, c]),
        ("fractions", lambda a, b: [b - (3 * a - QQ((3, 7))) ** 2 / 2]),
        ("large coefficients", lambda a, b: [(BIG + 2) * a**2 + BIG**2 * (1 - b)]),
    ],
)
def test_ideal(name, equations, backend):
    model = ParametrizedModel(MAPS[name])
    expected = model.ring().ideal(equations(*model.ring().gens()) or [model.ring().zero()])
    assert model.ideal(backend=backend, proof=False) == expected


@pytest.mark.parametrize(
    ("name", "degree"), [("cuspidal cubic", 3), ("twisted cubic", 3), ("independence", 2), ("plane", 1)]
)
def test_degree(name, degree):
    assert ParametrizedModel(MAPS[name]).degree() == degree


def test_contains_is_about_the_closure():
    s, t = PolynomialRing(QQ, ["s", "t"]).gens()
    model = ParametrizedModel([s, s * t])
    # (0, 1) is no value of the map, but a limit of values.
    assert model.contains([0, 1])


@pytest.mark.parametrize("base", [ZZ, QQ])
def test_rings_over_integers_and_rationals_are_taken(base):
    t = PolynomialRing(base, "t").gen()
    assert ParametrizedModel([t**2, t**3]).parameter_ring().base_ring() is QQ
    assert ParametrizedModel([t**2, t**3]).ideal().gens() == ParametrizedModel([T**2, T**3]).ideal().gens()


def test_numbers_among_polynomials_are_constants():
    assert ParametrizedModel([T, 3]).ideal().gens() == ParametrizedModel([T, R(3)]).ideal().gens()


@pytest.mark.parametrize(
    ("given", "names", "error", "words"),
    [
        ([], None, ValueError, r"map must have at least one coordinate, got \[\]"),
        ("t", None, TypeError, "map must be a list of polynomials, not 't'"),
        ([1, 2], None, TypeError, "map must hold at least one polynomial"),
        ([1 / T], None, ValueError, r"map\[0\] must be a polynomial, got 1/t; clear denominators"),
        ([T, T / (S + 1)], None, ValueError, r"map\[1\] must be a polynomial.*clear denominators"),
        ([T, T**2], ["a"], ValueError, r"names must be 2 different names, got \['a'\]"),
        ([T, T**2], ["a", "a"], ValueError, r"names must be 2 different names, got \['a', 'a'\]"),
    ],
)
def test_bad_input(given, names, error, words):
    with pytest.raises(error, match=words):
        ParametrizedModel(given, names)


def test_positive_characteristic_is_refused():
    t = PolynomialRing(GF(7), "t").gen()
    with pytest.raises((TypeError, ValueError), match="map"):
        ParametrizedModel([t, t**2])


# ---- the plug-in


class FakeEntry:
    name, value, group = "independence", "independence:IndependenceModel", "sage_mlvar.models"

    @staticmethod
    def load():
        return IndependenceModel


@pytest.fixture
def registered(monkeypatch):
    r"""The example, installed by somebody."""
    real = plugins.entry_points
    monkeypatch.setattr(
        plugins, "entry_points", lambda group: [*real(group=group), *[FakeEntry] * (group == FakeEntry.group)]
    )
    plugins.classes.cache_clear()
    yield
    monkeypatch.undo()
    plugins.classes.cache_clear()


@pytest.mark.usefixtures("registered")
def test_a_plug_in_is_found_by_both_names(tmp_path):
    assert models.get("independence") is IndependenceModel
    assert models.get("IndependenceModel") is IndependenceModel
    assert "independence" in models.names()
    save(IndependenceModel(2, 3), tmp_path / "m.json")
    assert load(tmp_path / "m.json") is IndependenceModel(2, 3)


def test_uninstalled_it_is_unknown():
    with pytest.raises(ValueError, match="unknown model 'independence'; known models: attention, classifier"):
        models.get("independence")


def test_the_ideal_of_the_talk():
    model = IndependenceModel(2, 2)
    p1, p2, p3, p4 = model.ring().gens()
    assert model.ideal() == model.ring().ideal([p1 * p4 - p2 * p3, p1 + p2 + p3 + p4 - 1])
    a, b = model.parameter_ring().gens()
    assert model.parametrization() == [a * b, a * (1 - b), (1 - a) * b, (1 - a) * (1 - b)]
    assert (model.dimension(), model.degree()) == (2, 2)


def test_it_is_one_short_file():
    assert len(Path(sys.modules[IndependenceModel.__module__].__file__).read_text().splitlines()) < 100


@pytest.mark.parametrize(
    ("r", "c", "words"), [(1, 2, "r must be at least 2, got 1"), (2, 0, "c must be at least 2, got 0")]
)
def test_bad_numbers_of_states(r, c, words):
    with pytest.raises(ValueError, match=words):
        IndependenceModel(r, c)


def test_equal_polynomials_of_different_rings_make_different_models():
    a = PolynomialRing(QQ, ["a", "b"]).gen(0)
    alone = PolynomialRing(QQ, 1, "a").gen()
    M, N = ParametrizedModel([a, a**2]), ParametrizedModel([alone, alone**2])
    assert M is not N
    assert (M.parameter_ring().ngens(), N.parameter_ring().ngens()) == (2, 1)
    assert list(N.evaluate([3])) == [3, 9]
    assert M.compute("dimension").status == "proved"


@pytest.mark.parametrize("constant", [0, 5])
def test_one_constant_coordinate(constant):
    ring = PolynomialRing(QQ, ["a", "b"])
    model = ParametrizedModel([ring(constant)])
    assert model.ideal().gens() == [model.ring().gen(0) - constant]
    assert model.dimension() == 0


def test_names_that_are_no_names_are_refused():
    a = PolynomialRing(QQ, ["a", "b"]).gen(0)
    with pytest.raises(ValueError, match=r"names must be names of variables, got \['x y', '2'\]"):
        ParametrizedModel([a, a**2], names=["x y", "2"])
