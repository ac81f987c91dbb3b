r"""The checker of slabs: trees of half-spaces prove true distances, and none proves a false one."""

import itertools
import math
import random

import pytest
from check.test_cover import ball, rational
from flint import ctx, fmpq

from sage_mlvar.check import slabs
from sage_mlvar.check.errors import Malformed
from sage_mlvar.check.separation import Separation

UNIT = 2**20
BOX = [(fmpq(-1, 2), fmpq(3)), (fmpq(-3), fmpq(1, 4))]


def piece(reach, center=(0, 0), ball="0", sides=None, slabs=()):
    return {"reach": str(reach), "center": list(center), "ball": ball, "sides": sides, "slabs": list(slabs)}


def proof(nodes, directions=((UNIT, 0), (0, UNIT)), unit="1/64", basis=None):
    rows = [list(row) for row in directions]
    return {"kind": "slabs", "basis": basis, "unit": unit, "directions": rows, "nodes": list(nodes)}


def circle(norm="euclidean", box=None):
    r"""Return ``4 - |x|^2`` around (1, 0): 1 to the right to the boundary, and 3 to the left."""
    identity = [[fmpq(1), fmpq(0)], [fmpq(0), fmpq(1)]]
    weights = [identity, [[fmpq(-1)] * 2, [fmpq(0)] * 2]]
    point = [fmpq(1), fmpq(0)]
    return Separation(weights, [[fmpq(0)] * 2, [fmpq(4), fmpq(0)]], [0, 0, 1], 0, 1, point, norm, box)


def cubic(norm="euclidean", box=None):
    r"""Return ``1 - x^3 + 2 y^3`` around the origin: the roots are near on the right and below."""
    identity = [[fmpq(1), fmpq(0)], [fmpq(0), fmpq(1)]]
    weights = [identity, [[fmpq(-1), fmpq(2)], [fmpq(0)] * 2]]
    return Separation(weights, [[fmpq(0)] * 2, [fmpq(1), fmpq(0)]], [0, 0, 0, 1], 0, 1, [fmpq(0)] * 2, norm, box)


def deep(norm="euclidean", box=None):
    r"""Return ``4 - (x^2 + y)^2`` around the origin, where ``y = -2`` and ``y = 2`` are boundary points."""
    first = [[fmpq(1), fmpq(0)], [fmpq(0), fmpq(1)], [fmpq(0), fmpq(1)]]
    second = [[fmpq(1), fmpq(1, 4), fmpq(-1, 4)]]
    weights, biases = [first, second, [[fmpq(-1)], [fmpq(0)]]], [[0, 1, -1], [0], [4, 0]]
    biases = [[fmpq(b) for b in row] for row in biases]
    return Separation(weights, biases, [0, 0, 1], 0, 1, [fmpq(0)] * 2, norm, box)


def value(separation, y):
    x = [a + b for a, b in zip(separation.point, y)]
    for level, (W, b) in enumerate(zip(separation.weights, separation.biases)):
        if level:
            x = [sum((a * z**k for k, a in enumerate(separation.activation)), fmpq(0)) for z in x]
        x = [sum((w * z for w, z in zip(row, x)), shift) for row, shift in zip(W, b)]
    return x[0]


def failure(separation):
    r"""Return a distance at which there is a boundary point, nearly the least, a rational: by a fine grid."""
    best, step = None, fmpq(1, 16)
    sides = separation.box or [(-3, 3)] * 2
    grid = [[k * step for k in range(-48, 49) if low <= k * step <= high] for low, high in sides]
    for y in itertools.product(*grid):
        size = max(map(abs, y)) ** 2 if separation.norm == "maximum" else y[0] ** 2 + y[1] ** 2
        if (best is None or size < best) and value(separation, y) <= 0:
            best = size
    # The root of a number with few digits, rounded up.
    return fmpq(math.isqrt(int(best * 2**60)) + 1, 2**30)


FUNCTIONS = {"circle": circle, "cubic": cubic, "deep": deep}


def random_proof(source, separation, reach, depth):
    r"""Return a tree of hyperplanes, with the multipliers that one would try."""
    norm, boxed = separation.norm, separation.box is not None
    count = source.randint(1, 3)
    entry = lambda: source.choice([0, UNIT, -UNIT, source.randint(-UNIT, UNIT)])  # noqa: E731
    directions = [[entry(), entry()] for _ in range(count)]
    nodes, waiting, far = [], [{}], source.choice([1, 8, 64])

    def multiplier():
        return str(source.choice([0, 1, 1, 2]) + abs(rational(source)) * source.choice([0, 1, 3]))

    while waiting:
        cuts = waiting.pop()
        j = source.randrange(count)
        low, high = cuts.get(j, (-150, 150))
        if len(cuts) < depth and source.random() < 0.7 and low < high:
            at = source.randint(low, high)
            nodes.append([j, at])
            waiting += [{**cuts, j: (at, high)}, {**cuts, j: (low, at)}]
            continue
        nodes.append(
            piece(
                reach,
                [source.randint(-150, 150) // far for _ in range(2)],
                multiplier() if norm == "euclidean" else None,
                [multiplier(), multiplier()] if norm == "maximum" or boxed else None,
                [multiplier() for _ in cuts],
            )
        )
    return proof(nodes, directions)


@pytest.mark.parametrize("norm", ["euclidean", "maximum"])
@pytest.mark.parametrize("box", [None, BOX])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_false_distances_are_refused(name, box, norm):
    source = random.Random(f"{name}{box}{norm}")
    separation = FUNCTIONS[name](norm, box)
    near = failure(separation)
    accepted = 0
    for k in range(40):
        lower = near * (1 + source.choice([fmpq(1, 10**6), fmpq(1, 100), fmpq(1, 4), fmpq(2)]))
        assert not slabs.holds(separation, lower, random_proof(source, separation, lower, k % 5))
        # Such proofs are not empty words: many of small distances are right.
        small = near / source.choice([4, 8, 32])
        accepted += slabs.holds(separation, small, random_proof(source, separation, small, k % 3))
    assert accepted > 1


def test_stretched_proofs_are_refused():
    # Nearly right everywhere: only the piece with the failure is wrong, and only a little.
    near = fmpq(1)
    for lower in (near, near * (1 + fmpq(1, 10**12)), fmpq(11, 10)):
        pieces = [piece(lower, ball=t, slabs=[s]) for t in ("1", "1000001/1000000", "5/4", "2") for s in ("0", "1")]
        for right in pieces:
            for left in pieces:
                assert not slabs.holds(circle(), lower, proof([[0, 0], left, right]))


LEFT = piece("3/2", ball="11/10", slabs=["1"])
RIGHT = piece("999/1000", ball="2001/1000", slabs=["0"])


def test_true_distances_are_accepted():
    g, lower = circle(), fmpq(999, 1000)
    assert slabs.holds(g, lower, proof([RIGHT | {"slabs": []}]))
    assert slabs.holds(g, lower, proof([[0, 0], LEFT, RIGHT]))
    assert slabs.holds(g, fmpq(0), proof([piece(0, ball="3")]))
    # On the left there is room up to 3: its part must be the first one.
    assert not slabs.holds(g, lower, proof([[0, 0], RIGHT, LEFT]))
    # The other way round with the opposite direction, whatever its length.
    for length in (-1, -UNIT, -3 * UNIT):
        left = {**LEFT, "slabs": [str(fmpq(UNIT**2, length**2))]}
        assert slabs.holds(g, lower, proof([[0, 0], RIGHT, left], [(length, 0)]))
        assert not slabs.holds(g, lower, proof([[0, 0], left, RIGHT], [(length, 0)]))
    assert not slabs.holds(g, fmpq(9991, 10000), proof([[0, 0], LEFT, RIGHT]))


def test_the_multiplier_of_a_slab():
    # On the left g = 3 - 2 x - x^2 - y^2 is at least 3/4 within 3/2, and that x <= 0 is needed for it.
    g, lower = circle(), fmpq(999, 1000)
    for t, s, good in (("11/10", "1", True), ("11/10", "0", False), ("1", "1", False), ("5/4", "1", True)):
        assert slabs.holds(g, lower, proof([[0, 0], piece("3/2", ball=t, slabs=[s]), RIGHT])) is good
    for t in ("1", "11/10", "3/2", "3"):
        for s in ("0", "1/4", "1", "3"):
            assert not slabs.holds(g, lower, proof([[0, 0], piece("3001/1000", ball=t, slabs=[s]), RIGHT]))


def test_both_sides_of_a_direction():
    # Three parts of one direction; that in the middle needs both of its sides, 0 <= x <= 1/2.
    g, lower = circle(), fmpq(999, 1000)
    middle = piece("6/5", ball="11/10", slabs=["4"])
    opposite = [(-UNIT, 0)]
    for nodes in ([[0, 32], [0, 0], LEFT, middle, RIGHT], [[0, 0], LEFT, [0, 32], middle, RIGHT]):
        assert slabs.holds(g, lower, proof(nodes))
        assert not slabs.holds(g, lower, proof(nodes, opposite))
    for nodes in ([[0, 0], [0, -32], RIGHT, middle, LEFT], [[0, -32], RIGHT, [0, 0], middle, LEFT]):
        assert slabs.holds(g, lower, proof(nodes, opposite))
        assert not slabs.holds(g, lower, proof(nodes))
    for nodes in ([[0, 0], LEFT, middle], [[0, 32], middle, RIGHT]):
        assert not slabs.holds(g, lower, proof(nodes))
    # Parts that the cuts leave open on one side are open there.
    assert not slabs.holds(g, fmpq(3, 2), proof([[0, 64], [0, 0], LEFT, LEFT, piece("3/2", slabs=["0"])]))


def test_a_second_direction_is_forgotten_where_it_does_not_cut():
    # The upper left is cut again; the lower left and the right are not.
    g, lower = circle(), fmpq(999, 1000)
    deeper = piece("3/2", ball="11/10", slabs=["1", "0"])
    assert slabs.holds(g, lower, proof([[0, 0], [1, 0], deeper, deeper, RIGHT]))
    assert slabs.holds(g, lower, proof([[1, 0], [0, 0], deeper, {**RIGHT, "slabs": ["0", "0"]}, RIGHT]))
    for wrong in ([[0, 0], [1, 0], deeper, RIGHT, deeper], [[0, 0], deeper, [1, 0], deeper, RIGHT]):
        with pytest.raises(Malformed, match="slabs must have"):
            slabs.holds(g, lower, proof(wrong))


def test_an_empty_piece_needs_no_proof():
    g = circle()
    nothing = piece(1, ball="0", slabs=["0"])
    assert slabs.holds(g, fmpq(9, 10), proof([[0, 70], piece("9/10", ball="9/4", slabs=["0"]), nothing]))
    # It touches the ball: this is not empty.
    assert not slabs.holds(g, fmpq(1), proof([[0, 64], piece(1, ball="9/4", slabs=["0"]), nothing]))
    # Empty within its reach, but not within the distance.
    assert not slabs.holds(g, fmpq(5, 4), proof([[0, 70], piece("5/4", ball="9/4", slabs=["0"]), nothing]))


def test_centers_far_away():
    # A Taylor polynomial around any point is a proof where the bounds are taken around it.
    g, lower = cubic(), fmpq(1, 4)
    for center in [(0, 0), (16, -16), (-40, 40), (32, 0)]:
        assert slabs.holds(g, lower, proof([piece(lower, center, ball="4")]))
    assert not slabs.holds(g, lower, proof([piece(lower, (6400, 6400), ball="4")]))


@pytest.mark.parametrize("norm", ["euclidean", "maximum"])
def test_a_domain_that_cuts_the_boundary_off(norm):
    # Around the center of the disc of radius 2 the square [-1, 1]^2 has no boundary point at all.
    g = ball(norm=norm, box=[(fmpq(-1), fmpq(1)), (fmpq(-1), fmpq(1))])
    t = "0" if norm == "euclidean" else None
    good = piece(100, ball=t, sides=["3/2", "3/2"])
    assert slabs.holds(g, fmpq(100), proof([good]))
    halves = [[0, 0], {**good, "slabs": ["0"]}, {**good, "slabs": ["1"]}]
    assert slabs.holds(g, fmpq(100), proof(halves))
    wider = ball(norm=norm, box=[(fmpq(-1), fmpq(1)), (fmpq(-2), fmpq(1))])
    assert not slabs.holds(wider, fmpq(100), proof([good]))
    assert not slabs.holds(wider, fmpq(100), proof(halves))


def test_a_domain_of_one_point():
    g = ball(box=[(fmpq(0), fmpq(0))] * 2)
    for reach in (0, 5):
        assert slabs.holds(g, fmpq(reach), proof([piece(reach, sides=["2", "2"])]))
    assert not slabs.holds(ball(0, box=[(fmpq(0), fmpq(0))] * 2), fmpq(0), proof([piece(0, sides=["2", "2"])]))


def test_distances_to_the_boundary_itself():
    # On the boundary the distance is 0, and nothing is proved.
    assert not slabs.holds(ball(0), fmpq(0), proof([piece(0, ball="3")]))
    assert not slabs.holds(ball(4), fmpq(2), proof([piece(2, ball="1")]))


@pytest.mark.parametrize("exponent", [-300, 300])
def test_tiny_and_huge_scales(exponent):
    scale = fmpq(10) ** exponent if exponent > 0 else 1 / fmpq(10) ** -exponent
    identity = [[1 / scale, fmpq(0)], [fmpq(0), 1 / scale]]
    g = Separation(
        [identity, [[fmpq(-1)] * 2, [fmpq(0)] * 2]],
        [[fmpq(0)] * 2, [fmpq(4), fmpq(0)]],
        [0, 0, 1],
        0,
        1,
        [scale, fmpq(0)],
    )
    t = 2 / scale**2
    for near, true in ((fmpq(9, 10), True), (fmpq(101, 100), False)):
        part = piece(near * scale, ball=str(t), slabs=["0"])
        assert slabs.holds(g, near * scale, proof([[0, 0], part, part], unit=str(scale / 64))) is true
        # Cuts that are far too large, or nothing at all, do no harm.
        for unit in ("0", "1", str(1 / scale**2), str(scale**2)):
            cut = proof([[0, 1], part, part], unit=unit)
            assert not (slabs.holds(g, near * scale, cut) and not true)


def test_a_basis_must_span():
    # The second row would be lost, and with it the nearest failure.
    rows = [[fmpq(1), fmpq(0)], [fmpq(0), fmpq(2)]]
    layers = [rows, [[fmpq(-1)] * 2, [fmpq(0)] * 2]]
    g = Separation(layers, [[fmpq(0)] * 2, [fmpq(4), fmpq(0)]], [0, 0, 1], 0, 1, [fmpq(0)] * 2)
    one = piece("1/2", [0], "5", slabs=["0"])
    assert not slabs.holds(g, fmpq(1, 2), proof([[0, 0], one, one], [(UNIT,)], basis=[0]))
    two = piece("1/2", [0, 0], "5", slabs=["0"])
    assert slabs.holds(g, fmpq(1, 2), proof([[0, 0], two, two], basis=[1, 0]))


def test_a_constant_is_not_for_slabs():
    g = Separation([[[fmpq(1)]], [[fmpq(0)], [fmpq(0)]]], [[fmpq(0)], [fmpq(1), fmpq(0)]], [0, 1], 0, 1, [fmpq(0)])
    assert not slabs.holds(g, fmpq(1), proof([piece(1, [0])], []))


PIECE = piece("1/2", ball="2")
CUT = piece("1/2", ball="2", slabs=["0"])


@pytest.mark.parametrize(
    "nodes",
    [
        [],
        [PIECE, PIECE],
        [[0, 0]],
        [[0, 0], CUT],
        [[0, 0], CUT, CUT, CUT],
        [[0, 0], CUT, CUT, PIECE],
        [[0, 0], CUT, [0, 4], CUT],
        [[0, 0], CUT, CUT, [0, 0]],
        [PIECE, [0, 0], CUT, CUT],
    ],
)
def test_incomplete_trees(nodes):
    assert slabs.holds(circle(), fmpq(1, 2), proof([PIECE]))
    assert slabs.holds(circle(), fmpq(1, 2), proof([[0, 0], CUT, [0, 4], CUT, CUT]))
    assert not slabs.holds(circle(), fmpq(1, 2), proof(nodes))


def test_every_piece_reaches_the_distance():
    short = {**CUT, "reach": "49/100"}
    for nodes in ([[0, 0], CUT, short], [[0, 0], short, CUT], [PIECE | {"reach": "0"}]):
        assert not slabs.holds(circle(), fmpq(1, 2), proof(nodes))


GOOD = proof([[0, 0], CUT, CUT])
NESTED = []
for _ in range(50_000):
    NESTED = [NESTED]


def with_piece(**entries):
    return {**GOOD, "nodes": [[0, 0], {**CUT, **entries}, CUT]}


@pytest.mark.parametrize(
    "document",
    [
        {**GOOD, "extra": 1},
        {key: entry for key, entry in GOOD.items() if key != "unit"},
        *({**GOOD, "unit": unit} for unit in ("-1", 1, None, "2/4", "1e3", True, ["1"])),
        *({**GOOD, "basis": basis} for basis in ([], [0, 0], [2], [True, 0], "01", [0.0, 1], {})),
        *({**GOOD, "directions": rows} for rows in (None, "0", {}, [[UNIT]], [[UNIT, 0, 0]], [[UNIT, 0.5]])),
        *({**GOOD, "directions": rows} for rows in ([["1", 0]], [[True, 0]], [[2**53 + 1, 0]], [[None, 0]], [NESTED])),
        *({**GOOD, "nodes": nodes} for nodes in (None, {}, "", NESTED, 3, [None], [3], ["0."], [True], [[]])),
        *({**GOOD, "nodes": [[*cut], CUT, CUT]} for cut in ([2, 0], [-1, 0], [0], [0, 0, 0], [0, "0"], ["0", 0])),
        *({**GOOD, "nodes": [[*cut], CUT, CUT]} for cut in ([False, 0], [0, True], [0.0, 0], [0, 2**53 + 1])),
        *({**GOOD, "nodes": [[*cut], CUT, CUT]} for cut in ([0, None], [10**4000, 0], [0, -(10**4000)], [NESTED, 0])),
        # Cuts must cut.
        {**GOOD, "nodes": [[0, 0], [0, 1], CUT, CUT, CUT]},
        {**GOOD, "nodes": [[0, 0], CUT, [0, -1], CUT, CUT]},
        {**GOOD, "nodes": [PIECE] * (10**5 + 1)},
        *(with_piece(reach=reach) for reach in ("-1/2", None, 1, 0.5, "inf", "nan", "1/0", "01", " 1", "1" * 200_001)),
        *(with_piece(center=center) for center in ([0], [0, 0, 0], ["0", "0"], None, [0, 0.5], [0, True], [2**54, 0])),
        *(with_piece(ball=t) for t in ("-1", 1, True, [], "2/4", "")),
        # Without a domain, in the Euclidean norm, there are no sides.
        *(with_piece(sides=sides) for sides in (["1", "1"], [], "")),
        *(with_piece(slabs=s) for s in ([], ["0", "0"], ["-1"], [0], [None], None, "0", {}, [["0"]], NESTED)),
        with_piece(extra=None),
        {**GOOD, "nodes": [[0, 0], {}, CUT]},
        {**GOOD, "nodes": [[0, 0], {key: CUT[key] for key in CUT if key != "ball"}, CUT]},
    ],
)
def test_malformed_proofs(document):
    assert slabs.holds(circle(), fmpq(1, 2), GOOD)
    with pytest.raises(Malformed) as caught:
        slabs.holds(circle(), fmpq(1, 2), document)
    assert len(str(caught.value)) < 600


def test_malformed_in_other_regions():
    boxed = {"ball": "2", "sides": ["0", "0"]}
    assert slabs.holds(circle(box=[(-9, 9)] * 2), fmpq(1, 2), proof([{**PIECE, **boxed}]))
    for sides in (["0"], ["0", "-1"], ["0", 0], "00"):
        with pytest.raises(Malformed):
            slabs.holds(circle(box=[(-9, 9)] * 2), fmpq(1, 2), proof([{**PIECE, "sides": sides}]))
    with pytest.raises(Malformed, match="ball must be null"):
        slabs.holds(circle("maximum"), fmpq(1, 2), proof([{**PIECE, **boxed}]))
    for place in ({"norm": "maximum"}, {"box": [(-9, 9)] * 2}):
        with pytest.raises(Malformed, match="basis must be null"):
            slabs.holds(circle(**place), fmpq(1, 2), proof([PIECE], basis=[0, 1]))


def test_long_chains_of_cuts_take_no_memory():
    # A copy of all cuts for each piece that waits would take gigabytes.
    count = 20_000
    chain = proof([[j, 0] for j in range(count)], [(UNIT, 0)] * count)
    assert not slabs.holds(circle(), fmpq(1, 2), chain)
    with pytest.raises(Malformed, match=f"slabs must have {count} entries"):
        slabs.holds(circle(), fmpq(1, 2), {**chain, "nodes": [*chain["nodes"], PIECE]})


def test_the_check_is_called_for_each_piece():
    calls = []
    assert slabs.holds(circle(), fmpq(1, 2), GOOD, lambda: calls.append(1))
    assert len(calls) == 2

    def stop():
        raise TimeoutError

    with pytest.raises(TimeoutError):
        slabs.holds(circle(), fmpq(1, 2), GOOD, stop)


def test_the_precision_is_put_back():
    before = ctx.prec
    slabs.holds(circle(), fmpq(1, 2), GOOD)
    assert ctx.prec == before
