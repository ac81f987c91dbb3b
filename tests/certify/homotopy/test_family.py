r"""
Complete lists of critical points: counts by formula, lists of the exact route, shared starts.
"""

import pickle

import numpy
import pytest

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.homotopy.family import Family
from sage_mlvar.certify.homotopy.systems import DataHomotopy
from sage_mlvar.certify.homotopy.tracking import track
from sage_mlvar.errors import BackendTimeout
from sage_mlvar.options import Deadline


@pytest.mark.parametrize(
    ("widths", "activation", "number"),
    [
        ([1, 3, 2], 3, 3),
        ([2, 3, 2], 3, 9),
        ([3, 2, 2], 3, 9),
        ([4, 4, 2], 3, 45),
        ([2, 2, 2, 2], 2, 16),
        ([3, 3, 1, 2], 2, 12),
        ([3, 3, 2], [1, 1, 0, "1/2"], 21),
        ([2, 3, 2], 1, 1),
        ([6, 3, 2], 2, 6),
    ],
)
def test_all_critical_points_are_found(widths, activation, number):
    family = Family(PolynomialClassifier.random(widths, activation, seed=3).boundary())
    assert family.bound() == number
    assert family.critical_points(range(1, widths[0] + 1)).count() == number


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("widths", "degree"), [([2, 3, 2], 3), ([3, 2, 2], 2), ([2, 2, 2], 4)])
def test_the_real_ones_are_those_of_the_exact_route(widths, degree, seed):
    boundary = PolynomialClassifier.random(widths, degree, seed=seed, bits=5).boundary()
    u = [(-1) ** k * (k + 2) for k in range(widths[0])]
    exact = boundary.critical_points(u)
    family = Family(boundary)
    found = family.critical_points(u)
    assert found.count() == family.bound() == exact.number()
    ours = sorted(
        tuple(float(int(a.p) / int(a.q)) for a in family.exact.lift(u, found.v, _near(item))) for item in found.real()
    )
    theirs = sorted(tuple(float(c.mid()) for c in point.coordinates) for point in exact.real())
    assert len(ours) == len(theirs)
    assert numpy.allclose(ours, theirs, rtol=1e-8, atol=1e-8)


def _near(item):
    import flint

    return [flint.arb(float(c.real)).fmpq() for c in item.center[:-1]]


def test_families_pickle_with_their_start():
    family = Family(PolynomialClassifier.random([3, 3, 2], 3, seed=1).boundary())
    before = family.critical_points([1, 2, 3])
    again = pickle.loads(pickle.dumps(family))
    assert again.is_solved
    after = again.critical_points([1, 2, 3])
    assert [item.center.tolist() for item in before.items] == [item.center.tolist() for item in after.items]


def test_the_seed_decides():
    boundary = PolynomialClassifier.random([3, 3, 2], 3, seed=1).boundary()
    one, same, other = (Family(boundary, seed).start().data for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


def test_points_do_not_depend_on_earlier_points():
    boundary = PolynomialClassifier.random([3, 3, 2], 3, seed=1).boundary()
    fresh, used = Family(boundary), Family(boundary)
    used.critical_points([5, 5, 5])
    one, other = (family.critical_points([1, 2, 3]) for family in (fresh, used))
    assert [item.center.tolist() for item in one.items] == [item.center.tolist() for item in other.items]


def test_lost_paths_are_noticed(monkeypatch):
    family = Family(PolynomialClassifier.random([3, 3, 2], 3, seed=1).boundary())
    first = family.start()
    few = type(first)(first.data, first.points[:4])
    monkeypatch.setattr(Family, "start", lambda self, attempt=0, deadline=None: few)
    assert family.critical_points([1, 2, 3]).count() < family.bound()


def test_the_deadline_stops_everything():
    family = Family(PolynomialClassifier.random([4, 4, 2], 3, seed=1).boundary())
    with pytest.raises(BackendTimeout):
        family.critical_points([1, 2, 3, 4], Deadline(0.0))
    start = family.start()
    homotopy = DataHomotopy(family._flat.system, start.data, start.data + 1)
    with pytest.raises(BackendTimeout):
        track(homotopy, start.points, Deadline(0.0))


def test_paths_to_infinity_do_not_arrive():
    family = Family(PolynomialClassifier([[[1, 0], [0, 1]], [[1, 1], [0, 0]]], [[0, 0], [0, 4]]).boundary())
    assert len(family.start().points) == 2


def test_all_are_found_from_one(monkeypatch):
    boundary = PolynomialClassifier.random([4, 4, 2, 2], 2, seed=3).boundary()
    monkeypatch.setattr("sage_mlvar.certify.homotopy.family.starts_from_one", lambda *_: True)
    family = Family(boundary)
    assert family.bound() == 64
    assert len(family.start().points) == 64
