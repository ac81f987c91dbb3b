r"""Bounds with hidden neurons: what the checker says of them, and never too much."""

import numpy
import pytest
from flint import arb, ctx

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.bounds.ball import Region
from sage_mlvar.certify.bounds.lifted import is_worthwhile, lifted_bound
from sage_mlvar.certify.bounds.local import LocalNetwork
from sage_mlvar.certify.bounds.separations import Separations
from sage_mlvar.certify.bounds.slice import Slice
from sage_mlvar.certify.bounds.task import Task
from sage_mlvar.certify.bounds.witness import dyadic, power_of_two
from sage_mlvar.check import slabs
from sage_mlvar.check.document import rational
from sage_mlvar.check.elimination import is_positive
from sage_mlvar.check.lifted import lifted
from sage_mlvar.check.minorant import Cell

DEEP = [([4, 4, 4, 2], 3), ([6, 5, 4, 2], 2), ([3, 4, 3, 3, 2], 2), ([5, 4, 4, 2], [0, 1, 0, -1, 1])]


def deep_task(widths, activation, seed, norm="euclidean", sides=None):
    C = PolynomialClassifier.random(widths, activation, seed=seed)
    point = [0] * widths[0]
    c = C.predict(point)
    box = None if sides is None else [(-sides, sides)] * widths[0]
    found = Task(Separations(C).between(c, 1 - c, point, norm, box), seed=0)
    found.search()
    return found


def whole(region, reach, n):
    none = numpy.zeros((0, n))
    return Slice(region, reach, none, none[:, 0], none[:, 0])


@pytest.mark.parametrize(("widths", "activation"), DEEP)
@pytest.mark.parametrize("seed", range(3))
def test_multipliers_prove_the_bound(widths, activation, seed):
    r"""The value in ball arithmetic, with the multipliers found in floating point, is the bound found there."""
    found = deep_task(widths, activation, seed)
    local, n = found.local, found.local.dimension
    reach = 0.5 * (found.upper if found.points else 1.0)
    bound = lifted_bound(local, whole(found.region, reach, n), numpy.zeros(n))
    with ctx.workprec(200):
        texts = found._of_neurons(bound.neurons)
        rows = [[list(map(arb, map(rational, row))) for row in layer] for layer in texts]
        radius = arb(dyadic(reach) * power_of_two(found.scale))
        c, b, Q = lifted(found.separation.program(found.basis), Cell(ball=radius), rows)
        c = c - arb(rational(found._multiplier(bound.ball))) * radius**2
        for i in range(n):
            Q[i][i] = Q[i][i] + arb(rational(found._multiplier(bound.ball)))
        unit = arb(power_of_two(local.height))
        assert is_positive(c - arb(bound.value - 2e-5) * unit, b, Q)
        # The value of multipliers with few digits is at least half of what they prove.
        assert not is_positive(c - arb(bound.value + 2e-5 + 1.01 * max(bound.value, 0)) * unit, b, Q)
    # Nothing is below it.
    source = numpy.random.default_rng(seed)
    y = source.normal(size=(500, n))
    y *= (reach * source.random(500) ** (1 / n) / numpy.sqrt((y**2).sum(axis=1)))[:, None]
    assert bound.value <= local.values(y).min() + 1e-9


@pytest.mark.parametrize(
    ("widths", "activation", "seed", "norm", "sides", "part"),
    [
        ([10, 10, 10, 2], 2, 4, "euclidean", None, 0.95),
        ([9, 8, 8, 2], 3, 2, "euclidean", None, 0.7),
        ([5, 5, 5, 5, 2], 2, 1, "euclidean", None, 0.8),
        ([6, 6, 4, 2], 3, 2, "maximum", None, 0.45),
        ([8, 8, 8, 2], 2, 5, "euclidean", 1, 0.8),
    ],
)
def test_proofs_of_deep_networks(widths, activation, seed, norm, sides, part):
    found = deep_task(widths, activation, seed, norm, sides)
    assert found.points
    assert found.is_deep()
    found.prove_ball(found.upper)
    aim = part * found.upper
    assert found.lower < aim
    assert found.cut(aim, 40, keep=True)
    exact = dyadic(aim) * power_of_two(found.scale)
    tree = found._tree
    nodes = tree.nodes(tree.lower)
    proof = found._slabs(exact, tree, nodes)
    assert any("neurons" in node for node in proof["nodes"] if isinstance(node, dict))
    assert slabs.holds(found.separation, exact, proof)
    # Stretched to beyond the failure, the same multipliers prove nothing.
    far = dyadic(found.upper * (1 + 1e-6)) * power_of_two(found.scale)
    assert not slabs.holds(found.separation, far, found._slabs(far, tree, nodes))


def test_kept_cuts_go_on():
    r"""Cuts that did not suffice are kept when asked for; smaller distances follow from them without new ones."""
    found = deep_task([9, 8, 8, 2], 3, 2)
    assert not found.cut(0.999 * found.upper, 4, keep=True)
    kept = len(found._tree._root.leaves(numpy.inf))
    assert kept == 4
    assert found.cut(0.1 * found.upper, 0, keep=True)
    assert not found.cut(0.999 * found.upper, 6)
    assert len(found._tree._root.leaves(numpy.inf)) == kept


def test_where_it_is_worthwhile():
    def local(widths):
        C = PolynomialClassifier.random(widths, 2, seed=1)
        point = [0] * widths[0]
        c = C.predict(point)
        return LocalNetwork(Separations(C).between(c, 1 - c, point), None, 0)

    assert is_worthwhile(local([3, 4, 4, 2]))
    assert not is_worthwhile(local([3, 4, 2]))
    assert not is_worthwhile(local([3, 150, 60, 2]))


@pytest.mark.parametrize("scale", [-900, 900])
def test_weights_of_any_size(scale):
    r"""Multipliers have the units of the network."""
    plain = PolynomialClassifier.random([5, 4, 4, 2], 2, seed=2)
    factor = 10**scale if scale > 0 else 1 / (10**-scale * plain.weights()[0][0][0].parent().one())
    first = [[x * factor for x in row] for row in plain.weights()[0]]
    C = PolynomialClassifier([first, *plain.weights()[1:]], plain.biases(), 2)
    options = {"certifier": "bounds", "timeout": None, "tolerance": "1/10"}
    wide, narrow = (D.certify([0] * 5, **options) for D in (C, plain))
    assert wide.lower * factor == pytest.approx(narrow.lower, rel=0.11)
    assert wide.verify().proved


def test_nothing_for_no_numbers():
    found = deep_task([4, 4, 4, 2], 3, 1)
    assert lifted_bound(found.local, whole(Region("euclidean", None), 1e150, 4), numpy.zeros(4)) is None
