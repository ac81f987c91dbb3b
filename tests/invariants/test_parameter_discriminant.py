r"""Strata of quadrics and the parameter discriminant of shallow quadratic networks."""

import pytest
from algebra import plane, quadric_classifier

from sage_mlvar import PolynomialClassifier
from sage_mlvar.errors import OutOfReachError

from sage.matrix.constructor import matrix
from sage.rings.rational_field import QQ

X, Y = plane(2)
A, B, C = plane(3)
DISC, DET_A, DET_M = (
    "discriminant of the characteristic polynomial of A",
    "determinant of A",
    "determinant of M",
)

# name: (equation, ED degree, rank A, rank M, distinct nonzero eigenvalues, vanishing factors)
QUADRICS = {
    "ellipse": (X**2 + 4 * Y**2 - 1, 4, 2, 3, 2, ()),
    "circle": (X**2 + Y**2 - X - 3 * Y - 1, 2, 2, 3, 1, (DISC,)),
    "parabola": (X**2 - Y, 3, 1, 3, 1, (DET_A,)),
    "line pair": (X**2 - 2 * Y**2, 2, 2, 2, 2, (DET_M,)),
    "isotropic pair": (X**2 + Y**2, 0, 2, 2, 1, (DISC, DET_M)),
    "parallel lines": (X**2 - 4, 2, 1, 2, 1, (DET_A, DET_M)),
    "general": (A**2 + 2 * B**2 - 5 * C**2 + A - 1, 6, 3, 4, 3, ()),
    "sphere": (A**2 + B**2 + C**2 - 1, 2, 3, 4, 1, (DISC,)),
    "double eigenvalue": (A**2 + B**2 + 4 * C**2 - 1, 4, 3, 4, 2, (DISC,)),
    "cone": (A**2 + 2 * B**2 - 3 * C**2, 4, 3, 3, 3, (DET_M,)),
    "cone of revolution": (A**2 + B**2 - C**2, 2, 3, 3, 2, (DISC, DET_M)),
    "paraboloid": (A**2 + 2 * B**2 - C, 5, 2, 4, 2, (DET_A,)),
    "paraboloid of revolution": (A**2 + B**2 - C, 3, 2, 4, 1, (DISC, DET_A)),
    "elliptic cylinder": (A**2 + 2 * B**2 - 1, 4, 2, 3, 2, (DET_A, DET_M)),
    "circular cylinder": (A**2 + B**2 - 1, 2, 2, 3, 1, (DISC, DET_A, DET_M)),
    "parabolic cylinder": (A**2 - B, 3, 1, 3, 1, (DISC, DET_A, DET_M)),
    "parallel planes": (A**2 - 1, 2, 1, 2, 1, (DISC, DET_A, DET_M)),
}


@pytest.mark.parametrize("name", QUADRICS)
def test_strata_of_quadrics(name):
    g, expected, rank_a, rank_m, eigenvalues, vanishing = QUADRICS[name]
    n = g.parent().ngens()
    # Enough neurons for the family to be the one of all quadrics: dead ones change nothing.
    source = quadric_classifier(g)
    (W, V), (b, c) = source.weights(), source.biases()
    pad = max(0, n - len(W))
    classifier = PolynomialClassifier(
        [[*W, *([[0] * n] * pad)], [[*row, *([0] * pad)] for row in V]], [[*b, *([0] * pad)], c], 2
    )
    record = classifier.boundary().compute("ed_degree_stratum")
    found = record.value
    assert record.status == "proved"
    assert (found.ed_degree, found.generic, found.drops) == (expected, 2 * n, expected < 2 * n)
    assert (found.rank_A, found.rank_M, found.eigenvalues) == (rank_a, rank_m, eigenvalues)
    assert found.vanishing == vanishing
    assert classifier.ed_degree() == expected
    factors = classifier.parameter_discriminant()
    assert tuple(f.name for f in factors if not f.at(classifier)) == vanishing


def test_drops_exactly_where_a_factor_vanishes():
    W = [[[1, 2], [3, 1]], [[2, 1], [1, 2]]]
    for biases in ([[0, 1], [2, 1]], [[1, 2], [1, 1]]):
        found = PolynomialClassifier(W, biases).ed_degree_stratum()
        assert found.drops is bool(found.vanishing)


def test_few_neurons_are_reduced_to_the_row_space():
    def family(a, constant, W=((1, 0, 2, 0, 1), (0, 1, 1, 1, 0))):
        return PolynomialClassifier([W, [a, [0, 0]]], [[0, 3], [constant, 0]])

    found = family([1, -2], 5).ed_degree_stratum()
    assert (found.ed_degree, found.generic, found.dimension, found.vanishing) == (4, 4, 2, ())
    # diag(1, 1) W W^T with orthogonal rows of equal length: a circle's cylinder.
    circle = family([1, 1], 5, [[1, 1, 0, 0, 0], [1, -1, 0, 0, 0]]).ed_degree_stratum()
    assert (circle.ed_degree, circle.vanishing) == (2, (DISC,))
    assert (family([1, -2], 0).ed_degree_stratum().ed_degree, family([1, -2], 0).ed_degree()) == (2, 2)
    dead = family([1, 0], 5).ed_degree_stratum()
    assert (dead.ed_degree, dead.dimension, dead.vanishing) == (2, 1, (DET_A, DET_M))
    double = family([1, 0], 0).ed_degree_stratum()
    assert (double.ed_degree, double.degree, double.rank_A) == (1, 1, None)
    parallel = family([1, 1], 5, [[1, 1, 0, 0, 0], [2, 2, 0, 0, 0]]).ed_degree_stratum()
    assert (parallel.ed_degree, parallel.dimension, parallel.vanishing) == (2, 1, (DET_A,))


@pytest.mark.parametrize("widths", [(2, 2, 2), (1, 2, 2), (3, 2, 2), (2, 3, 3), (3, 3, 2)])
def test_polynomials_and_values_agree(widths):
    G = PolynomialClassifier.generic(widths)
    C = PolynomialClassifier.random(widths, seed=2, bits=3)
    for factor in G.parameter_discriminant((0, 1)):
        if factor.small:
            assert factor.polynomial()(*G.parameters(C)) == factor.at(C)
        else:
            with pytest.raises(OutOfReachError, match=r"use its \.matrix and its value \.at"):
                factor.polynomial()
            at = matrix(QQ, factor.matrix.apply_map(lambda f: f(*G.parameters(C)), QQ))
            assert at.charpoly().discriminant() == factor.at(C)
        if factor.name == DISC and widths[0] > 1:
            concrete = factor.hankel().apply_map(lambda f: f(*G.parameters(C)), QQ)
            assert concrete.det() == factor.at(C)


def test_other_architectures_are_compared_with_the_generic_count():
    generic = PolynomialClassifier.random([2, 2, 2], 3, seed=1).ed_degree_stratum()
    assert (generic.ed_degree, generic.generic, generic.drops, generic.rank_A) == (9, 9, False, None)
    fermat = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 1], [0, 0]]], [[0, 0], [0, 0]], 3).ed_degree_stratum()
    assert (fermat.ed_degree, fermat.drops) == (3, True)  # three lines through a point
    deep = PolynomialClassifier.random([2, 2, 2, 2], 2, seed=3).boundary().compute("ed_degree_stratum")
    assert (deep.value.ed_degree, deep.value.drops, deep.status) == (16, False, "proved")
    with pytest.raises(OutOfReachError, match="ed_degree_stratum"):
        PolynomialClassifier.random([2, 2, 2, 2], 2, seed=3).parameter_discriminant()


def test_degenerate_networks():
    W = [[[1, 2], [3, 1]], [[2, 1], [2, 1]]]
    empty = PolynomialClassifier(W, [[0, 1], [2, 1]]).ed_degree_stratum()
    assert (empty.ed_degree, empty.degree, empty.drops) == (0, 0, True)
    with pytest.raises(ValueError, match="agree everywhere"):
        PolynomialClassifier(W, [[0, 1], [1, 1]]).ed_degree_stratum()
    with pytest.raises(ValueError, match="family"):
        PolynomialClassifier.generic([2, 2, 2]).parameter_discriminant()[0].at(PolynomialClassifier.random([2, 3, 2]))
