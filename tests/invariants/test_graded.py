r"""Tests of invariants by degree on the models: the tables of the talk and of the papers."""

import json
import random

import pytest
from waiting import Looks

from sage_mlvar import LightningAttentionModel, ParametrizedModel, PolynomialNetworkModel, ReLURegionModel

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

BLOCKS = ["1100", "1010", "1001"]
TABLE = [
    (ReLURegionModel([2, 2, 2], ["10", "11"]), 3, {2: 2}, None),
    (ReLURegionModel([3, 3, 3], ["110", "011"]), 4, {3: 3}, None),
    (ReLURegionModel([3, 2, 2], ["10", "11"]), 3, {2: 6}, None),
    (ReLURegionModel([2, 3, 2], ["110", "011"]), 4, {}, None),
    (ReLURegionModel([3, 4, 3], ["1110", "0111"]), 4, {3: 1}, None),
    (ReLURegionModel([3, 4, 3], BLOCKS), 5, {3: 6, 5: 45}, {3: 6, 4: 162, 5: 2313}),
    (ReLURegionModel([3, 3, 2, 3, 3], ["111/11/111", "011/11/111"]), 4, {2: 9, 3: 10}, {2: 9, 3: 156, 4: 1404}),
    (ReLURegionModel([2, 3, 2, 2], ["110/10", "011/11"]), 4, {2: 1}, None),
    (LightningAttentionModel(3, 1, 3), 8, {8: 35}, {7: 0, 8: 35}),
    (LightningAttentionModel(3, 1, 2), 8, {8: 35}, {7: 0, 8: 35}),
    (LightningAttentionModel(3, 1, 1), 5, {4: 35}, {5: 231}),
    (LightningAttentionModel(2, 2, 2), 5, {1: 4, 4: 1}, None),
    (LightningAttentionModel(2, 2, 1), 4, {1: 4, 2: 3}, None),
    (LightningAttentionModel(3, 2, 3), 4, {1: 10, 3: 20, 4: 90}, None),
]


@pytest.mark.parametrize(("model", "degree", "generators", "dimensions"), TABLE, ids=lambda x: str(x)[:60])
def test_known_values(model, degree, generators, dimensions):
    record = model.compute("invariants", max_degree=degree)
    assert record.status == f"proved up to degree {degree}"
    assert record.details["generators_by_degree"] == generators
    for D, dimension in (dimensions or {}).items():
        assert record.details["dimensions"][D] == dimension
    assert len(record.value) == sum(generators.values())
    assert all(f.denominator() == 1 and f.content() == 1 for f in record.value)
    point = model.random_point(seed=5)
    assert all(f(*point) == 0 for f in record.value)
    source = random.Random(1)
    elsewhere = [source.randint(-50, 50) for _ in range(model.ring().ngens())]
    assert not any(f(*elsewhere) == 0 for f in record.value[:3])
    json.dumps(record.to_dict())


def test_counts_of_the_talk_without_writing_the_polynomials():
    from sage_mlvar.invariants.graded import graded

    found = graded(ReLURegionModel([4, 4, 4], BLOCKS), 5)
    assert found.generators_by_degree == {3: 96, 4: 160, 5: 2000}
    assert found.hilbert[3:] == [96, 4584, 112496]
    assert found.status == "proved up to degree 5"


def test_raw_and_scaled_coordinates_have_the_same_counts():
    counts = [
        LightningAttentionModel(3, 2, 2, scaled=scaled).compute("invariants", max_degree=3).details
        for scaled in (True, False)
    ]
    assert counts[0]["dimensions"] == counts[1]["dimensions"]
    assert counts[0]["generators_by_degree"] == counts[1]["generators_by_degree"]


def test_relations_between_output_coordinates():
    model = LightningAttentionModel(2, 2, 1, d_out=2, output=None)
    record = model.compute("invariants", max_degree=2)
    assert record.details["generators_by_degree"][1] == 28
    assert all(f(*model.random_point(seed=1)) == 0 for f in record.value)


def test_a_map_without_a_positive_grading_is_filtered_by_degree():
    ring = PolynomialRing(QQ, "a,b")
    a, b = ring.gens()
    model = ParametrizedModel([a * b, a * (1 - b), (1 - a) * b, (1 - a) * (1 - b)])
    record = model.compute("invariants", max_degree=2)
    assert not record.details["homogeneous"]
    assert model.ring().ideal(record.value) == model.ideal()


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_number_of_processes_changes_nothing(jobs):
    model = PolynomialNetworkModel([3, 2, 2], 2)
    model.__dict__.pop("_graded", None)
    assert len(model.invariants(3, jobs=jobs)) == 20


def test_zero_constant_repeated_coordinates_and_idle_parameters():
    ring = PolynomialRing(QQ, "s,t,idle")
    s, t, _ = ring.gens()
    model = ParametrizedModel([s**2, s * t, t**2, 0 * s, ring(5), s * t], names=list("abcdef"))
    found = model.invariants(2)
    a, b, c, d, e, f = model.ring().gens()
    assert model.ring().ideal(found) == model.ring().ideal([d, e - 5, b - f, a * c - b**2])


def test_progress_checkpoint_and_resumption(tmp_path):
    model = ReLURegionModel([3, 4, 3], ["1110", "0111"])
    path, seen = tmp_path / "work.json", []
    model.__dict__.pop("_graded", None)
    first = model.invariants(3, checkpoint=str(path), progress=seen.append, seed=11)
    assert seen
    assert path.exists()
    model.__dict__.pop("_graded", None)
    model.__dict__.pop("_records", None)
    again = []
    assert model.invariants(3, checkpoint=str(path), progress=again.append, seed=11) == first
    assert len(again) <= len(seen)
    other = ReLURegionModel([3, 3, 3], ["110", "011"])
    with pytest.raises(ValueError, match="checkpoint"):
        other.invariants(3, checkpoint=str(path), seed=11)


def test_a_time_limit_is_noticed():
    from sage_mlvar.errors import BackendTimeout
    from sage_mlvar.invariants.graded import graded

    with pytest.raises(BackendTimeout):
        graded(ReLURegionModel([4, 4, 4], BLOCKS), 5, seed=99, deadline=Looks(2))


@pytest.mark.parametrize(("degree", "error"), [(0, ValueError), (-1, ValueError), ("3", TypeError), (2.5, TypeError)])
def test_bad_degrees(degree, error):
    with pytest.raises(error, match="max_degree"):
        ReLURegionModel([2, 2, 2], ["10", "11"]).invariants(degree)


def test_dimension_values_of_polynomial_networks():
    values = {(5, 5, 3, 1): (32, 35), (5, 4, 3, 1): (25, 28), (2, 2, 3, 4, 1): (7, 9), (3, 4, 3, 1): (15, 15)}
    for widths, (dimension, expected) in values.items():
        model = PolynomialNetworkModel(widths, 2)
        record = model.compute("dimension")
        assert (record.value, record.status) == (dimension, "proved")
        assert model.expected_dimension() == expected
        assert model.defect() == expected - dimension


def test_the_table_reads_as_text_and_as_latex():
    table = ReLURegionModel([3, 2, 2], ["10", "11"]).betti_table(2)
    assert table.splitlines()[-1].split() == ["generators", "-", "6"]
    assert table._latex_().startswith(r"\begin{array}")


def test_a_checkpoint_is_written_although_the_answer_is_known(tmp_path):
    model = ReLURegionModel([3, 3, 3], ["110", "011"])
    model.invariants(3)
    path, seen = tmp_path / "work.json", []
    assert model.invariants(3, checkpoint=str(path), progress=seen.append) == model.invariants(3)
    assert path.exists()
    assert seen


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"checkpoint": 5}, TypeError),
        ({"checkpoint": "/no/such/folder/x"}, ValueError),
        ({"checkpoint": "/"}, ValueError),
        ({"progress": 5}, TypeError),
    ],
)
def test_bad_checkpoint_and_progress(options, error):
    with pytest.raises(error, match=next(iter(options))):
        ReLURegionModel([3, 3, 3], ["110", "011"]).invariants(2, **options)


def test_what_one_does_to_the_answer_does_not_change_the_record():
    model = ReLURegionModel([3, 2, 2], ["10", "11"])
    known = model.invariants(2)
    model.invariants(2).clear()
    model.hilbert_function(2).clear()
    assert model.invariants(2) == known != []
    assert isinstance(model.compute("invariants", max_degree=2).value, tuple)
    assert len(model.hilbert_function(2)) == 3


def test_one_record_for_calls_that_differ_in_reports_only(tmp_path):
    model = ReLURegionModel([3, 2, 2], ["01", "11"])
    first = model.invariants(2)
    count = len(model.__dict__["_records"])
    for k in range(3):
        seen = []
        assert model.invariants(2, progress=seen.append, checkpoint=str(tmp_path / f"{k}.json")) == first
        assert seen
        assert (tmp_path / f"{k}.json").exists()
    assert len(model.__dict__["_records"]) == count
