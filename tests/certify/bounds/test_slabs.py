r"""The search for cuts: nearly all of the distance in many variables, and never more than it."""

import random

import numpy
import pytest

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.bounds.separations import Separations
from sage_mlvar.certify.bounds.slabs import Piece, Proof, SlabTree
from sage_mlvar.certify.bounds.task import Task
from sage_mlvar.certify.bounds.witness import dyadic, power_of_two
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
    proof = found._slabs(exact, tree, tree.nodes(tree.lower))
    assert all(node["reach"] == str(exact) for node in proof["nodes"] if isinstance(node, dict))
    return not slabs.holds(found.separation, exact, proof)


@pytest.mark.parametrize(
    ("widths", "activation", "seed", "norm", "box", "part"),
    [
        ([9, 12, 2], 3, 2, "euclidean", None, 1 - 1e-9),
        ([12, 12, 2], 5, 2, "euclidean", None, 1 - 1e-9),
        ([20, 20, 2], 3, 1, "euclidean", None, 1 - 1e-9),
        ([30, 30, 2], 5, 5, "euclidean", None, 1 - 1e-9),
        ([16, 16, 2], [0, 1, 0, 1], 1, "euclidean", None, 1 - 1e-9),
        ([10, 10, 2], 3, 2, "euclidean", 1, 0.9),
        ([10, 10, 2], 3, 3, "euclidean", QQ((1, 2)), 0.9),
        ([10, 4, 2], 3, 4, "maximum", None, 0.99),
        ([9, 3, 2], 5, 1, "maximum", 2, 0.9),
        ([10, 4, 3, 2], 2, 3, "euclidean", None, 0.5),
    ],
)
def test_nearly_all_of_the_distance(widths, activation, seed, norm, box, part):
    found = task(widths, activation, seed, norm, box)
    tree = tree_of(found)
    assert tree.prove(part * found.upper, 200)
    assert tree.lower == part * found.upper
    # And the checker is of the same opinion.
    exact = dyadic(tree.lower) * power_of_two(found.scale)
    proof = found._slabs(exact, tree, tree.nodes(tree.lower))
    assert slabs.holds(found.separation, exact, proof)
    assert sum(isinstance(node, dict) for node in proof["nodes"]) == tree.pieces(tree.lower) <= 200
    # Farther than the failure nothing is proved, whatever the tree.
    assert all(rejected(found, tree, found.upper * (1 + 10.0**-k)) for k in (9, 3, 1))


def test_failures_are_found_and_never_passed():
    for seed in range(4):
        found = task([12, 12, 2], 3, seed)
        tree = tree_of(found)
        for factor in (1.0001, 1.5, 4.0):
            reach = factor * found.upper
            assert not tree.prove(reach, 30)
            assert tree.lower < found.upper
            if tree.failure is not None:
                assert found.local.values([tree.failure])[0] <= 0
                assert numpy.sqrt(tree.failure @ tree.failure) < reach
        # Far beyond, the lowest points are failures.
        assert tree.failure is not None


def test_a_failure_ends_the_search():
    found = task([12, 12, 2], 3, 1)
    seen = []
    tree = SlabTree(found.local, found.region, found.upper, lambda: seen.append(1))
    assert not tree.prove(3 * found.upper, 10_000)
    assert tree.failure is not None
    # The next question is a new one.
    seen.clear()
    assert tree.prove(0.5 * found.upper, 100)
    assert tree.failure is None
    assert seen


def test_few_pieces_are_few():
    found = task([12, 12, 2], 5, 1)
    tree = tree_of(found)
    reach = (1 - 1e-9) * found.upper
    seen = []
    examine = tree._examine

    def counted(piece, *rest):
        seen.append(len(tree._root.leaves(numpy.inf)))
        examine(piece, *rest)

    tree._examine = counted
    assert not tree.prove(reach, 1)
    for most in (2, 3):
        assert not tree.prove(reach, most)
        assert max(seen) <= most
        # Cuts that were in vain are forgotten.
        assert tree._root.parts == ()
        assert tree._root.cut is None
    assert tree.prove(reach, 200)
    assert 3 < tree.pieces(tree.lower) <= 200


def test_more_is_built_on_what_there_is():
    found = task([12, 12, 2], 5, 1)
    tree = tree_of(found)
    assert tree.prove(0.9 * found.upper, 100)
    before = tree.pieces(tree.lower)
    assert not tree.prove(1.01 * found.upper, 100)
    assert tree.lower == 0.9 * found.upper
    assert tree.pieces(tree.lower) == before
    assert tree.prove(0.999 * found.upper, 200)
    # Less is proved by the same tree.
    for part in (0.999, 0.95, 0.9, 0.5):
        exact = dyadic(part * found.upper) * power_of_two(found.scale)
        assert slabs.holds(found.separation, exact, found._slabs(exact, tree, tree.nodes(part * found.upper)))


def test_an_exception_leaves_a_tree():
    found = task([12, 12, 2], 5, 1)
    left = [0]

    class Stop(Exception):
        pass

    def check():
        left[0] -= 1
        if not left[0]:
            raise Stop

    tree = SlabTree(found.local, found.region, found.upper, check)
    for count in (1, 5, 20, 60):
        left[0] = count
        with pytest.raises(Stop):
            tree.prove(0.99999 * found.upper, 200)
        assert tree._root.parts == ()
    assert tree.prove(0.99999 * found.upper, 200)
    nodes = tree.nodes(tree.lower)
    assert sum(isinstance(node, Proof) for node in nodes) == len(nodes) // 2 + 1
    assert all(node.reach >= tree.lower for node in nodes if isinstance(node, Proof))


def test_deep_trees():
    root = piece = Piece({})
    for _ in range(5000):
        piece.cut, piece.parts = (0, 1), (Piece({}, Proof(1.0, None, None, None, None)), Piece({}))
        piece = piece.parts[1]
    assert root.lower() == 0
    assert root.leaves(1.0) == [piece]
    piece.proof = Proof(2.0, None, None, None, None)
    assert root.lower() == 1
    assert len(root.preorder(1.0)) == 10001
