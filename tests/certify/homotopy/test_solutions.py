r"""
Counts of proved solutions are never too large.
"""

import numpy
import pytest

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.homotopy.family import Family
from sage_mlvar.certify.homotopy.monodromy import distinct
from sage_mlvar.certify.homotopy.solutions import Solutions, distance_squared


@pytest.fixture(scope="module")
def solved():
    family = Family(PolynomialClassifier.random([3, 4, 2], 3, seed=1).boundary())
    found = family.critical_points([1, 0, 2])
    points = numpy.array([item.center for item in found.items])
    assert found.count() == 21
    return family, found, points


def again(solved, points):
    family, found, _ = solved
    fresh = Solutions(family.exact, found.v)
    fresh.add(points)
    return fresh


def test_repeated_points_count_once(solved):
    points = solved[2]
    assert again(solved, numpy.concatenate([points, points, points])).count() == 21


def test_conjugates_and_perturbed_points_count_once(solved):
    points = solved[2]
    moved = points * (1 + 1e-6)
    assert again(solved, numpy.concatenate([points, points.conj(), moved, moved.conj()])).count() == 21


def test_a_missing_point_is_missed(solved):
    points = solved[2]
    for k in range(len(points)):
        assert again(solved, numpy.delete(points, k, 0)).count() < 21


def test_garbage_adds_nothing_that_is_not_there(solved):
    points = solved[2]
    source = numpy.random.default_rng(1)
    noise = source.standard_normal((200, 4)) + 1j * source.standard_normal((200, 4))
    noise[:50] *= 1e100
    noise[50:60] = numpy.nan
    assert again(solved, noise).count() <= 21
    assert again(solved, numpy.concatenate([points, noise])).count() == 21
    assert again(solved, noise[50:60]).count() == 0


def test_distances_are_bounded_from_both_sides(solved):
    family, found, _ = solved
    for item in found.real():
        low, high = distance_squared(family.exact, found.v, item)
        exact = sum((float(c.real) - int(v.p) / int(v.q)) ** 2 for c, v in zip(item.center, found.v))
        assert low <= exact * (1 + 1e-12)
        assert exact * (1 - 1e-12) <= high
        assert high - low < 1e-9 * high


def test_nearly_equal_rows_are_one():
    points = numpy.array([[1, 2], [1 + 1e-12, 2], [1, 3], [1, 2 + 1e-3]], dtype=complex)
    assert len(distinct(points)) == 3
    assert len(distinct(points[:1])) == 1
