r"""The theorems on ReLU varieties, against elimination on random small instances."""

import random

import pytest

from sage_mlvar import ReLURegionModel
from sage_mlvar.models.relu_structure import Structure


def random_case(seed):
    r"""Return widths, patterns and data of a small random model; dead neurons, dead blocks and equal blocks occur."""
    source = random.Random(seed)
    widths = [source.choice([1, 2, 2]), source.choice([1, 2, 3]), source.choice([1, 2])]
    blocks = source.choice([1, 2, 2, 3])
    patterns = ["".join(source.choice("011") for _ in range(widths[1])) for _ in range(blocks)]
    data = None
    if source.random() < 0.6:
        data = [
            [[source.choice([0, 0, 1, 2]) for _ in range(columns)] for _ in range(widths[0])]
            for columns in (source.choice([1, 1, 2]) for _ in range(blocks))
        ]
    return widths, patterns, data


@pytest.mark.parametrize("seed", range(40))
def test_what_a_theorem_says_is_what_elimination_finds(seed):
    model = ReLURegionModel(*random_case(seed))
    automatic, eliminated = model.compute("ideal"), model.compute("ideal", backend="singular")
    assert automatic.status == eliminated.status == "proved"
    assert automatic.value == eliminated.value, model


@pytest.mark.parametrize("seed", range(40, 70))
def test_a_proved_dimension_is_that_of_the_eliminated_ideal(seed):
    model = ReLURegionModel(*random_case(seed))
    record = model.compute("dimension", proof=False)
    dimension = model.ideal(backend="singular").dimension()
    assert record.value == dimension
    assert all(bound >= dimension for bound, _ in model.dimension_bounds())


def test_classes_are_counted_by_membership():
    structure = Structure(ReLURegionModel([3, 5, 3], ["11000", "01110"]))
    assert structure.classes == {(1, 0): 1, (1, 1): 1, (0, 1): 2}
    assert not structure.independent
    assert Structure(ReLURegionModel([2, 2, 2], ["10", "11"])).independent


def test_dependent_classes_are_not_taken_for_independent():
    model = ReLURegionModel([2, 3, 1], ["101", "011", "110"])
    # 101, 110 and 011 are independent over Q, though not modulo 2.
    assert Structure(model).independent
    assert model.ideal() == model.ideal(backend="singular")
    assert not Structure(ReLURegionModel([2, 3, 1], ["110", "011"])).independent


def test_a_class_larger_than_the_matrices_has_their_rank():
    structure = Structure(ReLURegionModel([2, 4, 3], ["1110"]))
    assert [structure.rank_bound(size) for size in (1, 2, 3, 9)] == [1, 2, 2, 2]


def test_unequal_column_spaces_are_not_pulled_back():
    data = [[[1], [2]], [[1, 0], [0, 1]]]
    model = ReLURegionModel([2, 2, 2], ["10", "11"], data)
    assert Structure(model).reduced() is None
    assert "pulled back" not in model.compute("ideal").argument


def test_equal_column_spaces_are_pulled_back():
    data = [[[1, 2], [2, 4]], [[3], [6]]]
    model = ReLURegionModel([2, 2, 2], ["10", "11"], data)
    pattern, coordinates = Structure(model).reduced()
    assert pattern is ReLURegionModel([1, 2, 2], ["10", "11"])
    assert [Z.dimensions() for Z in coordinates] == [(1, 2), (1, 1)]
    assert "pulled back" in model.compute("ideal").argument


def test_a_pull_back_is_as_proved_as_its_source():
    data = [[[1, 0], [0, 1]], [[1, 1], [0, 1]]]
    model = ReLURegionModel([2, 3, 2, 2], ["110/10", "011/11"], [*data])
    record = model.compute("ideal")
    assert record.status == "proved"
    assert record.value == model.ideal(backend="singular")


@pytest.mark.parametrize(
    ("widths", "patterns", "data"),
    [
        ([3, 2, 2], ["10", "01"], [[[0], [0], [0]], [[2, 0, 1], [1, 0, 2], [2, 1, 1]]]),
        ([3, 1, 2], ["1", "1", "0"], [[[1], [1], [2]], [[0, 2, 0], [2, 1, 0], [1, 2, 2]], [[1], [1], [0]]]),
        ([2, 1, 3, 1], ["0/000"], [[[1, 1], [1, 1]]]),
    ],
)
def test_zero_data_and_dead_blocks(widths, patterns, data):
    model = ReLURegionModel(widths, patterns, data=data)
    record = model.compute("ideal")
    assert record.status == "proved"
    assert record.value == model.compute("ideal", backend="singular").value
