r"""ReLU networks on activation regions: the contract, the known values, the coordinates."""

import itertools
import random

import pytest
from algebra import graded_dimension, minimal_generators, random_matrix, region_map

from sage_mlvar import ReLURegionModel
from sage_mlvar.errors import NotProvedError
from sage_mlvar.testing import ModelContract

from sage.matrix.constructor import matrix
from sage.rings.rational_field import QQ

PATTERNS = {
    "shallow": ([2, 2, 2], ["10", "11"], None),
    "more inputs": ([3, 2, 2], ["10", "11"], None),
    "class sizes are capped": ([2, 4, 2], ["1110", "0001"], None),
    "deep": ([2, 3, 2, 2], ["110/10", "011/11"], None),
    "fills": ([2, 3, 2], ["110", "011"], None),
    "one block": ([1, 1, 2], ["1"], None),
    "a dead block": ([2, 2, 2], ["00", "10"], None),
    "nothing alive": ([2, 2, 2], ["00"], None),
    "dead in the second layer": ([2, 2, 2, 2], ["11/00", "10/10"], None),
    "a repeated block": ([2, 2, 2], ["10", "10"], None),
    "dependent classes": ([2, 2, 1], ["10", "01", "11"], None),
    "equal column spaces": ([2, 2, 2], ["10", "11"], [[[1, 0, 1], [0, 1, 1]], [[1, 2], [0, 1]]]),
    "equal lines": ([2, 2, 2], ["10", "11"], [[[1, 2], [1, 2]], [[3], [3]]]),
    "unequal column spaces": ([2, 2, 2], ["10", "11"], [[[1], [2]], [[1, 0], [0, 1]]]),
    "unequal lines": ([2, 1, 2], ["1", "1"], [[[1], [2]], [[1], [0]]]),
    "zero data": ([2, 2, 2], ["10", "11"], [[[0], [0]], [[0, 0], [0, 0]]]),
    "zero data in one block": ([2, 2, 2], ["10", "11"], [[[0], [0]], [[1, 0], [0, 1]]]),
    "fractions in the data": ([2, 2, 1], ["10", "11"], [[["1/3", "0.1", 0], [0.5, -1, 2]], [[1, 7], ["2/7", 0]]]),
}


class TestContract(ModelContract):
    @pytest.fixture(params=PATTERNS.values(), ids=PATTERNS)
    def model(self, request):
        return ReLURegionModel(*request.param)


# ---- mathematics.md, section 1: widths, blocks, ambient dimension, dimension

DIMENSIONS = [
    ([2, 2, 2], ["10", "11"], 8, 6),
    ([3, 3, 3], ["110", "011"], 18, 15),
    ([3, 2, 2], ["10", "11"], 12, 8),
    ([2, 3, 2], ["110", "011"], 8, 8),
    ([3, 4, 3], ["1110", "0111"], 18, 17),
    ([2, 4, 2], ["1110", "0001"], 8, 7),
    ([3, 4, 3], ["1100", "1010", "1001"], 27, 20),
    ([4, 4, 4], ["1100", "1010", "1001"], 48, 28),
    ([3, 3, 2, 3, 3], ["111/11/111", "011/11/111"], 18, 12),
    ([2, 3, 2, 2], ["110/10", "011/11"], 8, 7),
]


@pytest.mark.parametrize(("widths", "patterns", "ambient", "dimension"), DIMENSIONS)
def test_dimension(widths, patterns, ambient, dimension):
    model = ReLURegionModel(widths, patterns)
    assert model.ring().ngens() == ambient
    assert model.dimension(proof=False) == dimension


@pytest.mark.parametrize(("widths", "patterns", "ambient", "dimension"), DIMENSIONS)
def test_dimension_is_the_rank_of_the_jacobian(widths, patterns, ambient, dimension):
    r"""The same by Sage's matrices over Q at a random point, without the package."""
    source = random.Random(11)
    shapes = list(zip(widths[1:], widths, strict=False))
    weights = [random_matrix(source, r, c) for r, c in shapes]
    blocks = [block.split("/") for block in patterns]
    tangents = []
    for layer, (r, c) in enumerate(shapes):
        for i, j in itertools.product(range(r), range(c)):
            moved = list(weights)
            moved[layer] = matrix(r, c, {(i, j): 1})
            tangents.append(region_map(widths, blocks, moved))
    assert matrix(QQ, tangents).rank() == dimension


# Widths, blocks, minimal generators by degree, degree.
IDEALS = [
    ([2, 2, 2], ["10", "11"], {2: 2}, 4),
    ([3, 3, 3], ["110", "011"], {3: 3}, 27),
    ([3, 2, 2], ["10", "11"], {2: 6}, 9),
    ([2, 3, 2], ["110", "011"], {}, 1),
    ([2, 4, 2], ["1110", "0001"], {2: 1}, 2),
    ([2, 3, 2, 2], ["110/10", "011/11"], {2: 1}, 2),
]


@pytest.mark.parametrize(("widths", "patterns", "generators", "degree"), IDEALS)
def test_ideal(widths, patterns, generators, degree):
    model = ReLURegionModel(widths, patterns)
    record = model.compute("ideal")
    assert record.status == "proved"
    assert minimal_generators(record.value) == generators
    assert model.degree() == degree
    assert model.compute("degree").status == "proved"


@pytest.mark.parametrize("backend", ["singular", "giac"])
@pytest.mark.parametrize(("widths", "patterns"), [case[:2] for case in IDEALS if case[0] != [3, 3, 3]])
def test_elimination_agrees(widths, patterns, backend):
    model = ReLURegionModel(widths, patterns)
    record = model.compute("ideal", backend=backend, proof=False)
    assert record.backend == backend
    assert record.status == ("proved" if backend == "singular" else "probable")
    assert record.value == model.ideal()


def test_the_ideal_of_the_talk():
    model = ReLURegionModel([2, 2, 2], ["10", "11"])
    first, second = model.block_matrices()
    assert model.ideal() == model.ring().ideal([first.det(), (second - first).det()])


def test_a_complete_intersection_of_three_determinants():
    model = ReLURegionModel([3, 3, 3], ["110", "011"])
    first, second = model.block_matrices()
    ideal = model.ideal()
    assert all(f in ideal for f in (first.det(), second.det()))
    assert graded_dimension(ideal, 3) == 3
    # Neuron 0 is active in the first block only and neuron 2 in the second only.
    assert all(f in ideal for f in (first - second).minors(3))


def test_probabilistic_elimination_is_no_proof():
    model = ReLURegionModel([2, 2, 2], ["10", "11"])
    with pytest.raises(NotProvedError, match=r"probabilistic.*compute\('ideal', proof=False\) returns it"):
        model.ideal(backend="giac")


# ---- output varieties


@pytest.mark.parametrize("name", [name for name, case in PATTERNS.items() if case[2] is not None])
@pytest.mark.parametrize("backend", ["singular", "giac"])
def test_outputs_agree_with_elimination(name, backend):
    model = ReLURegionModel(*PATTERNS[name])
    assert model.compute("ideal", backend=backend, proof=False).value == model.ideal()


def test_outputs_on_a_basis_are_the_pattern_variety():
    pattern = ReLURegionModel([2, 2, 2], ["10", "11"])
    unit = [[1, 0], [0, 1]]
    outputs = ReLURegionModel([2, 2, 2], ["10", "11"], [unit, unit])
    rename = pattern.ring().hom(list(outputs.ring().gens()))
    assert outputs.ideal() == outputs.ring().ideal([rename(f) for f in pattern.ideal().gens()])
    assert outputs.pattern_variety() is pattern


def test_repeated_inputs_have_equal_outputs():
    model = ReLURegionModel([2, 2, 1], ["11"], [[[1, 1], [2, 2]]])
    assert model.ideal() == model.ring().ideal(model.ring().gen(0) - model.ring().gen(1))


def test_zero_data_have_zero_outputs():
    model = ReLURegionModel(*PATTERNS["zero data"])
    assert model.ideal() == model.ring().ideal(model.ring().gens())
    assert model.dimension() == 0
    assert model.degree() == 1


@pytest.mark.parametrize(("patterns", "dead"), [(["00", "10"], [0]), (["10", "00", "11"], [1]), (["00", "00"], [0, 1])])
def test_a_block_without_active_path_is_zero(patterns, dead):
    model = ReLURegionModel([2, 2, 2], patterns)
    for b in dead:
        assert all(f in model.ideal() for f in model.block_matrices()[b].list())
    assert model.compute("ideal").status == "proved"


def test_a_deep_block_without_active_path_is_zero():
    model = ReLURegionModel([2, 2, 2, 2], ["11/00", "10/10"])
    first, second = model.block_matrices()
    assert model.ideal() == model.ring().ideal([*first.list(), second.det()])


# ---- coordinates and map


@pytest.mark.parametrize("name", PATTERNS)
def test_the_map_is_the_network(name):
    widths, patterns, data = PATTERNS[name]
    model = ReLURegionModel(widths, patterns, data)
    source = random.Random(3)
    weights = [random_matrix(source, r, c) for r, c in zip(widths[1:], widths, strict=False)]
    flat = [x for W in weights for x in W.list()]
    exact = None if data is None else [block.rows() for block in model.data()]
    expected = region_map(widths, [block.split("/") for block in patterns], weights, exact)
    assert list(model.evaluate(flat)) == expected
    assert [f(*flat) for f in model.parametrization()] == expected


def test_coordinates_go_by_block_row_column():
    model = ReLURegionModel([2, 1, 3], ["1", "0"])
    assert model.ring().variable_names()[:7] == (
        "m0_0_0", "m0_0_1", "m0_1_0", "m0_1_1", "m0_2_0", "m0_2_1", "m1_0_0",
    )  # fmt: skip
    outputs = ReLURegionModel([2, 1, 2], ["1", "1"], [[[1], [2]], [[1, 2], [3, 4]]])
    assert outputs.ring().variable_names() == ("y0_0_0", "y0_1_0", "y1_0_0", "y1_0_1", "y1_1_0", "y1_1_1")
    assert ReLURegionModel([2, 1, 3], ["1"]).parameter_ring().variable_names() == (
        "w1_0_0", "w1_0_1", "w2_0_0", "w2_1_0", "w2_2_0",
    )  # fmt: skip


def test_points_may_be_given_as_matrices():
    model = ReLURegionModel([2, 2, 2], ["10", "11"])
    assert model.contains([[[1, 2], [2, 4]], [[0, 0], [0, 0]]])
    assert not model.contains([[[1, 2], [2, 5]], [[0, 0], [0, 0]]])
    assert model.contains([matrix(QQ, [[1, 2], [2, 4]]), matrix(QQ, 2, 2)])


def test_spellings_of_patterns_agree():
    spellings = [
        ["110/10", "011/11"],
        [[(1, 1, 0), (1, 0)], [(0, 1, 1), (1, 1)]],
        (["110", "10"], "011/11"),
    ]
    assert len({ReLURegionModel([2, 3, 2, 2], spelling) for spelling in spellings}) == 1


BAD = [
    ([2, 2, 2], [], None, ValueError, r"patterns must have at least one block, got none"),
    ([2, 2, 2], "10", None, TypeError, r"patterns must be a list of blocks, not '10'"),
    ([2, 2, 2], None, None, TypeError, r"patterns must be a list of blocks, not None"),
    ([2, 2, 2], ["101"], None, ValueError, r"patterns\[0\] must have 2 entries in hidden layer 1, got 3"),
    ([2, 2, 2], ["10", "1"], None, ValueError, r"patterns\[1\] must have 2 entries in hidden layer 1, got 1"),
    ([2, 2, 2], ["12"], None, ValueError, r"patterns\[0\] must consist of 0 and 1.*'12'"),
    ([2, 2, 2], [[(1, 2)]], None, ValueError, r"patterns\[0\] must consist of 0 and 1, got \(1, 2\)"),
    ([2, 2, 2], [[(1, -1)]], None, ValueError, r"patterns\[0\] must consist of 0 and 1, got \(1, -1\)"),
    ([2, 2, 2], [[(1, "a")]], None, ValueError, r"patterns\[0\] must consist of 0 and 1"),
    ([2, 2, 2], ["10/11"], None, ValueError, r"patterns\[0\] must have 1 hidden layers, got 2"),
    ([2, 2, 2, 2], ["10"], None, ValueError, r"patterns\[0\] must have 2 hidden layers, got 1"),
    ([2, 2, 2], [7], None, TypeError, r"patterns\[0\] must be a list of 0/1 tuples or a string, not 7"),
    ([2, 2, 2], [(1, 0)], None, TypeError, r"patterns\[0\] must be a list of 0/1 tuples, one per hidden layer"),
    ([2, 2], ["1"], None, ValueError, r"widths must have at least 3 entries, got \[2, 2\]"),
    ([2, 0, 2], [""], None, ValueError, r"widths\[1\] must be at least 1, got 0"),
    ([2, -1, 2], ["1"], None, ValueError, r"widths\[1\] must be at least 1, got -1"),
    ([2, 1.5, 2], ["1"], None, TypeError, r"widths\[1\] must be an integer, not 1\.5"),
    ([2, "2", 2], ["1"], None, TypeError, r"widths\[1\] must be an integer, not '2'"),
    ("222", ["10"], None, TypeError, r"widths must be a list, not '222'"),
    ([2, 2, 2], ["10"], [], ValueError, r"data must have 1 matrices, one per block, got 0"),
    ([2, 2, 2], ["10"], 5, TypeError, r"data must be a list of matrices, one per block, not 5"),
    ([2, 2, 2], ["10"], [[[1, 2]]], ValueError, r"data\[0\] must have 2 rows, got 1"),
    ([2, 2, 2], ["10"], [[[1], [2], [3]]], ValueError, r"data\[0\] must have 2 rows, got 3"),
    ([2, 2, 2], ["10"], [[[1, 2], [3]]], ValueError, r"data\[0\] must have rows of equal length, got lengths 2, 1"),
    ([2, 2, 2], ["10"], [[[1], [float("nan")]]], ValueError, r"data\[0\]\[1\]\[0\] must be finite, got nan"),
    ([2, 2, 2], ["10"], [[[1], ["x"]]], ValueError, r"data\[0\]\[1\]\[0\] must be a number.*'x'"),
    ([2, 2, 2], ["10"], [[[], []]], ValueError, r"data\[0\] must not be empty, got shape 2 x 0"),
]


@pytest.mark.parametrize(("widths", "patterns", "data", "error", "words"), BAD, ids=[case[-1] for case in BAD])
def test_bad_input(widths, patterns, data, error, words):
    with pytest.raises(error, match=words):
        ReLURegionModel(widths, patterns, data)


def test_a_point_of_the_wrong_shape_is_refused():
    model = ReLURegionModel([2, 2, 2], ["10", "11"])
    with pytest.raises(ValueError, match=r"point must have 8 entries, got 7"):
        model.contains([0] * 7)
    with pytest.raises(ValueError, match=r"point"):
        model.contains([[[1, 2], [2, 4]]])
    with pytest.raises(ValueError, match=r"point\[1\] must have 2 rows, got 1"):
        model.contains([[[1, 2], [2, 4]], [[0, 0]]])
