"""Values of the paper and the talk, cross-checks between methods, and bad input."""

import numpy as np
import pytest
from implicit import builders
from waiting import Looks

from sage_mlvar import _sage  # noqa: F401
from sage_mlvar.errors import BackendTimeout
from sage_mlvar.implicit import Permutation, PolynomialMap, Symmetry, graded_invariants

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.power_series_ring import PowerSeriesRing
from sage.rings.rational_field import QQ

EX37 = ((3, 4, 3), ["1100", "1010", "1001"])
EX31 = ((3, 3, 2, 3, 3), ["111/11/111", "011/11/111"])


@pytest.mark.parametrize(
    ("widths", "patterns", "dimensions", "generators"),
    [
        ((2, 2, 2), ["10", "11"], [0, 0, 2, 16], {2: 2}),
        ((3, 3, 3), ["110", "011"], [0, 0, 0, 3, 54], {3: 3}),
        ((3, 2, 2), ["10", "11"], [0, 0, 6, 68, 411], {2: 6}),
        ((2, 3, 2), ["110", "011"], [0, 0, 0, 0, 0], {}),
        ((3, 4, 3), ["1110", "0111"], [0, 0, 0, 1, 18], {3: 1}),
        ((2, 4, 2), ["1110", "0001"], [0, 0, 1, 8, 36], {2: 1}),
        ((2, 3, 2, 2), ["110/10", "011/11"], [0, 0, 1, 8, 36], {2: 1}),
        (*EX37, [0, 0, 0, 6, 162, 2313], {3: 6, 5: 45}),
        (*EX31, [0, 0, 9, 156, 1404], {2: 9, 3: 10}),
        ((4, 4, 4), EX37[1], [0, 0, 0, 96, 4584, 112496], {3: 96, 4: 160, 5: 2000}),
    ],
)
def test_relu(widths, patterns, dimensions, generators):
    polymap, symmetry = builders.relu(widths, patterns)
    invariants = graded_invariants(polymap, len(dimensions) - 1, symmetry=symmetry)
    assert invariants.hilbert == dimensions
    assert invariants.generators_by_degree == generators
    assert invariants.status == f"proved up to degree {len(dimensions) - 1}"


@pytest.mark.parametrize(
    ("d", "t", "a", "dimensions", "generators"),
    [
        (2, 1, 2, [0, 0, 0, 0, 0], {}),
        (3, 1, 1, [0, 0, 0, 0, 35, 231], {4: 35}),
        (3, 1, 2, [0, 0, 0, 0, 0, 0, 0, 0, 35], {8: 35}),
        (2, 2, 2, [0, 4, 34, 164, 590], {1: 4, 4: 1}),
        (2, 2, 1, [0, 4, 37, 180, 640], {1: 4, 2: 3}),
        (3, 2, 3, [0, 10, 235, 2940, 25930], {1: 10, 3: 20, 4: 90}),
    ],
)
@pytest.mark.parametrize("scaled", [True, False])
def test_attention(d, t, a, dimensions, generators, scaled):
    polymap, symmetry = builders.attention(d, t, a, scaled)
    invariants = graded_invariants(polymap, len(dimensions) - 1, symmetry=symmetry)
    assert invariants.hilbert == dimensions
    assert invariants.generators_by_degree == generators
    assert invariants.proved


@pytest.mark.parametrize(("model", "degree"), [(EX37, 4), (EX31, 3), (((3, 2, 2), ["10", "11"]), 4)])
def test_the_group_changes_the_work_and_not_the_answer(model, degree):
    polymap, symmetry = builders.relu(*model)
    with_group = graded_invariants(polymap, degree, symmetry=symmetry)
    without = graded_invariants(polymap, degree)
    general = Symmetry(symmetry.sizes, symmetry.weights, symmetry.operators, "as a general representation")
    by_kernels = graded_invariants(polymap, degree, symmetry=general)
    assert with_group.hilbert == without.hilbert == by_kernels.hilbert
    assert with_group.generators_by_degree == without.generators_by_degree == by_kernels.generators_by_degree
    ring = with_group.ring
    ideal = ring.ideal(with_group.generators())
    assert ideal == ring.ideal([ring(f) for f in without.generators()])
    assert ideal == ring.ideal([ring(f) for f in by_kernels.generators()])


def test_generators_vanish_are_primitive_and_as_many_as_said():
    polymap, symmetry = builders.relu(*EX37)
    invariants = graded_invariants(polymap, 5, symmetry=symmetry)
    generators = invariants.generators()
    assert [f.degree() for f in generators] == [3] * 6 + [5] * 45
    assert all(f.content() == 1 and f.denominator() == 1 for f in generators)
    values = polymap.evaluate(np.arange(1, 25)[None, :] ** 2, 8388593)[0].tolist()
    assert all(int(f(values)) % 8388593 == 0 for f in generators)


R = PolynomialRing(QQ, "s,t,u")
s, t, u = R.gens()


@pytest.mark.parametrize(
    ("coordinates", "degree"),
    [
        ([s**2, s**3], 4),
        ([s**2, s * t, t**2, R(0), s * t], 3),
        ([s, t, s * t, R(3), R(0)], 3),
        ([s**2 + t, t**2 - s, s * t, s / 3 + QQ(1) / 2], 4),
        ([R(0), R(0)], 2),
        ([R(5), R(0)], 2),
        ([s + 1, s**2, s**3], 3),
        ([s**2 + t**2, 2 * s * t, s**2 - t**2], 3),
        ([s**4, s**3 * t, s * t**3, t**4], 4),
        ([t], 3),
        ([s * t - 1, s, t], 2),
    ],
)
def test_against_elimination(coordinates, degree):
    """Zero, constant and repeated coordinates, idle parameters, gradings that do not exist."""
    invariants = graded_invariants(PolynomialMap.from_sage(coordinates), degree)
    count, names = len(coordinates), [f"x{i}" for i in range(len(coordinates))]
    big = PolynomialRing(QQ, ["s", "t", "u", *names], order="degrevlex")
    graph = big.ideal([big(x) - big(f) for x, f in zip(names, coordinates, strict=True)])
    small = PolynomialRing(QQ, count, names)
    ideal = small.ideal([small(str(f)) for f in graph.elimination_ideal(big.gens()[:3]).gens()])
    assert small.ideal([small(str(f)) for f in invariants.generators()]) == ideal
    graded = ideal if invariants.homogeneous else ideal.homogenize()
    series = graded.hilbert_series()
    power = PowerSeriesRing(QQ, "z", default_prec=degree + 1)
    expanded = power(series.numerator()) / power(series.denominator())
    assert invariants.hilbert_function == [expanded[D] for D in range(degree + 1)]
    assert invariants.proved


def test_permutations_do_one_multidegree_of_each_orbit():
    polymap, _ = builders.relu((3, 3, 3), ["110", "011"])
    # Exchange the rows 0 and 1 of both matrices: w9..w17 is the last layer, by rows.
    rows = [1, 0, 2]
    coordinates = [9 * b + 3 * rows[i] + j for b in range(2) for i in range(3) for j in range(3)]
    parameters = [*range(9), *(9 + 3 * rows[i] + j for i in range(3) for j in range(3))]
    swap = Permutation(coordinates, parameters, "exchange of two outputs")
    seen = []
    invariants = graded_invariants(polymap, 4, symmetry=Symmetry.torus(18, [swap]), progress=seen.append)
    all_of_them = []
    plain = graded_invariants(polymap, 4, progress=all_of_them.append)
    assert len(seen) < 0.7 * len(all_of_them)
    assert invariants.hilbert == plain.hilbert
    assert invariants.generators_by_degree == plain.generators_by_degree
    ring = plain.ring
    assert ring.ideal([ring(f) for f in invariants.generators()]) == ring.ideal(plain.generators())


def test_a_false_permutation_is_refused():
    wrong = Permutation([1, 0, 2], [1, 0, 2], "a guess")
    with pytest.raises(ValueError, match="the declared permutation 'a guess' does not map the image to itself"):
        graded_invariants(PolynomialMap.from_sage([s, t**2, u]), 2, symmetry=Symmetry.torus(3, [wrong]))


def test_a_false_group_is_refused():
    polymap, symmetry = builders.relu(*EX37)
    polynomials = builders.relu_polynomials(*EX37)
    polynomials[0] = polynomials[0] + polynomials[1] ** 2
    with pytest.raises(ValueError, match="does not map the image to itself"):
        graded_invariants(PolynomialMap.from_sage(polynomials), 2, symmetry=symmetry)
    with pytest.raises(ValueError, match="acts on 27 coordinates, the map has 26"):
        graded_invariants(polymap.restrict(range(26)), 2, symmetry=symmetry)


def test_a_map_that_is_only_evaluated_gives_probable_answers():
    def evaluate(points, p):
        x, y = points.T
        return np.stack([x * x % p, x * y % p, y * y % p], axis=1)

    polymap = PolynomialMap(3, 2, evaluate=evaluate, degree=2, degrees=[[2, 0], [1, 1], [0, 2]])
    invariants = graded_invariants(polymap, 2)
    assert invariants.status == "probable"
    assert "no expanded polynomials" in invariants.argument
    assert [str(f) for f in invariants.generators()] == ["x1^2 - x0*x2"]
    proved = PolynomialMap(3, 2, evaluate=evaluate, polynomials=lambda: [s**2, s * t, t**2], degrees=polymap.degrees)
    with pytest.raises(ValueError, match="disagree"):
        graded_invariants(PolynomialMap(3, 3, evaluate=lambda x, p: x, polynomials=[s, t, u**2]), 1)
    assert proved.parameters == 2


def test_the_proof_map_replaces_the_expanded_polynomials():
    squares = [(s + t) ** 2, (s + t) * (s - t), (s - t) ** 2]
    reason = "s + t and s - t are coordinates of the plane"
    polymap = PolynomialMap.from_sage(squares, proof=[s**2, s * t, t**2], proof_reason=reason)
    assert graded_invariants(polymap, 2).status == "proved up to degree 2"
    with pytest.raises(ValueError, match="proof_reason"):
        PolynomialMap.from_sage(squares, proof=[s**2, s * t, t**2])
    small = PolynomialMap.from_sage(squares, proof=[s**2, s**2, s**2], proof_reason="a mistake")
    with pytest.raises(ValueError, match="the image of proof= has dimension 1, that of the map 2"):
        graded_invariants(small, 2)


@pytest.mark.parametrize("degree", [0, 1])
def test_small_degree_bounds(degree):
    invariants = graded_invariants(PolynomialMap.from_sage([s, s]), degree)
    assert invariants.hilbert == [0, 1][: degree + 1]
    assert invariants.proved
    assert len(invariants.generators()) == degree


def test_bad_arguments():
    polymap = PolynomialMap.from_sage([s, t])
    with pytest.raises(TypeError, match="max_degree must be an integer"):
        graded_invariants(polymap, 1.5)
    with pytest.raises(TypeError, match="max_degree must be an integer"):
        graded_invariants(polymap, True)
    with pytest.raises(ValueError, match="max_degree must be at least 0"):
        graded_invariants(polymap, -2)
    with pytest.raises(ValueError, match="2 coordinates, but the ring 3 variables"):
        graded_invariants(polymap, 1, ring=R)
    with pytest.raises(ValueError, match="one polynomial ring"):
        PolynomialMap.from_sage([s, PolynomialRing(QQ, "z").gen()])


def test_the_deadline_is_kept():
    polymap, symmetry = builders.relu((4, 4, 4), EX37[1])
    with pytest.raises(BackendTimeout):
        graded_invariants(polymap, 5, symmetry=symmetry, deadline=Looks(5))


def test_jobs_and_seed():
    polymap, symmetry = builders.relu(*EX37)
    one = graded_invariants(polymap, 4, symmetry=symmetry)
    two = graded_invariants(polymap, 4, symmetry=symmetry, jobs=2)
    other = graded_invariants(polymap, 4, symmetry=symmetry, seed=5)
    assert one.generators() == two.generators()
    assert one.hilbert == two.hilbert == other.hilbert


def test_the_table():
    polymap, symmetry = builders.relu(*EX31)
    invariants = graded_invariants(polymap, 3, symmetry=symmetry)
    assert invariants.betti_table().splitlines()[2].split() == ["generators", "-", "9", "10"]
    assert r"\text{generators} & - & 9 & 10" in invariants._latex_()
    assert invariants.hilbert_function == [1, 18, 171 - 9, 1140 - 156]


def test_a_false_grading_is_refused():
    def evaluate(points, p):
        return np.stack([points[:, 0] ** 2 % p, (points[:, 0] + 1) % p], axis=1)

    with pytest.raises(ValueError, match="not homogeneous for the declared degrees"):
        graded_invariants(PolynomialMap(2, 1, evaluate=evaluate, degree=2, degrees=[[2, 1], [1, 1]]), 2)


@pytest.mark.parametrize(("model", "degree"), [(EX37, 5), (((3, 2, 2), ["10", "11"]), 2)])
def test_highest_weight_vectors_generate_as_many_as_said(model, degree):
    polymap, symmetry = builders.relu(*model)
    invariants = graded_invariants(polymap, degree, symmetry=symmetry)
    values = polymap.evaluate(np.arange(1, 1 + polymap.parameters)[None, :] ** 2, 8388593)[0].tolist()
    for generated in range(2, degree + 1):
        number = 0
        for multidegree, polynomials in invariants.highest_weight_vectors(generated):
            assert all(f.degree() == generated for f in polynomials)
            assert all(int(f(values)) % 8388593 == 0 for f in polynomials)
            number += len(polynomials) * invariants._action.dimension(multidegree)
        assert number == invariants.generators_by_degree.get(generated, 0)
