r"""The search for cuts: nearly all of the distance in many variables, and never more than it."""

import random

import numpy
import pytest

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.bounding.separations import Separations
from sage_mlvar.certify.bounding.slabs import Proof, SlabTree
from sage_mlvar.certify.bounding.task import Task
from sage_mlvar.certify.bounding.witness import dyadic, power_of_two
from sage_mlvar.check import slabs

from sage.rings.rational_field import QQ


def task(widths, activation, seed, norm="euclidean", box=None):
    r"""Return what is known of a random network of two classes at a random point, with the nearest failure found."""
    C = PolynomialClassifier.random(widths, activation, seed=seed)
    source = random.Random(seed)
    point = [QQ((source.randint(-8, 8), 8)) for _ in range(widths[0])]
    c = C.predict(point)
    sides = None if box is None else [(x - box, x + box) for x in point]
    found = Task(Separations(C).between(c, 1 - c, point, norm, sides), seed=0)
    found.search()
    assert found.points
    return found


def tree_of(found):
    return SlabTree(found.local, found.region, found.upper)


def rejected(found, tree, lower):
    r"""Return whether the checker refuses the proof of ``tree``, stretched to a distance, in units of the scale."""
    exact = dyadic(lower) * power_of_two(found.scale)
    proof = found._slabs(exact, tree, tree.lower)
    assert all(node["reach"] == str(exact) for node in proof["nodes"] if isinstance(node, dict))
    return not slabs.holds(found.separation, exact, proof)


@pytest.mark.parametrize(
    ("widths", "activation", "norm", "box", "part"),
    [
        ([9, 12, 2], 3, "euclidean", None, 1 - 1e-9),
        ([12, 12, 2], 5, "euclidean", None, 1 - 1e-9),
        ([20, 20, 2], 3, "euclidean", None, 1 - 1e-9),
        ([30, 30, 2], 7, "euclidean", None, 1 - 1e-9),
        ([16, 16, 2], [0, 1, 0, 1], "euclidean", None, 1 - 1e-9),
        ([10, 10, 2], 3, "euclidean", QQ((1, 8)), 0.9),
        ([10, 4, 2], 3, "maximum", None, 0.9),
        ([12, 3, 2], 3, "maximum", QQ((1, 2)), 0.9),
        ([10, 4, 3, 2], 2, "euclidean", None, 0.9),
    ],
)
def test_nearly_all_of_the_distance(widths, activation, norm, box, part):
    found = task(widths, activation, 1, norm, box)
    tree = tree_of(found)
    assert tree.prove(part * found.upper, 400)
    assert tree.lower == part * found.upper
    # And the checker is of the same opinion.
    exact = dyadic(tree.lower) * power_of_two(found.scale)
    proof = found._slabs(exact, tree, tree.lower)
    assert slabs.holds(found.separation, exact, proof)
    assert sum(isinstance(node, dict) for node in proof["nodes"]) == tree.pieces(tree.lower) <= 400
    # Farther than the failure nothing is proved, whatever the tree.
    assert all(rejected(found, tree, found.upper * (1 + 10.0**-k)) for k in (9, 3, 1))
