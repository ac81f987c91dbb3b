r"""
The check of proofs by enclosures: right ones pass, and no edit of one is accepted with a distance that is too large.
"""

import copy
import random

import pytest
from flint import fmpq

from sage_mlvar.check.enclosures import verify
from sage_mlvar.check.errors import Malformed, Rejected
from sage_mlvar.check.network import Network
from sage_mlvar.check.problem import INFINITY, Problem


def network(weights, biases, degree):
    activation = ["0"] * degree + ["1"]
    return Network(
        [[list(map(str, row)) for row in W] for W in weights], [list(map(str, b)) for b in biases], activation
    )


#: x^3 + y^3 = 2 from (0, 0): the nearest real points have been computed by hand and by another program.
FERMAT = network([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [2, 0]], 3)


def fermat(lower, point=(0, 0)):
    return Problem(FERMAT, [fmpq(x) for x in point], 0, 1, lower=lower)


def solutions():
    r"""
    All nine critical points, by hand. With ``g = 2 - x^3 - y^3`` they satisfy ``x = -3 l x^2``, ``y = -3 l y^2``: each
    coordinate is 0 or ``-1/(3l)``, and the common value is a cube root of 2 (one of them) or of 1 (both).
    """
    import math

    real, pairs = [], []
    for support, cube in (((1, 0), 2.0), ((0, 1), 2.0), ((1, 1), 1.0)):
        size = cube ** (1 / 3)
        real.append([repr(float(support[0] * size)), repr(float(support[1] * size)), repr(-1 / (3 * size))])
        turn = complex(math.cos(2 * math.pi / 3), math.sin(2 * math.pi / 3))
        value = size * turn
        last = -1 / (3 * value)
        pairs.append([_pair(support[0] * value), _pair(support[1] * value), _pair(last)])
    return {"kind": "enclosures", "basis": None, "real": real, "pairs": pairs}


def _pair(z):
    z = complex(z)
    return [_text(z.real), _text(z.imag)]


def _text(x):
    return repr(x + 0.0).replace("e+", "e")


ROOT = fmpq(12599, 10000)  # below the cube root of 2, the distance of the nearest ones


def test_the_list_by_hand_is_accepted():
    result = verify(solutions(), fermat(ROOT))
    assert result.lower == ROOT
    assert "all 9 critical points" in result.verified[0]
    assert "Proposition 2.6" in result.trusted[0]


def test_the_distance_is_not_more_than_it_is():
    with pytest.raises(Rejected, match="squared distance"):
        verify(solutions(), fermat(fmpq(126, 100)))
    with pytest.raises(Rejected):
        verify(solutions(), fermat(INFINITY))


def test_few_digits_are_enough():
    proof = solutions()
    proof["real"] = [[x[:5] for x in row] for row in proof["real"]]
    assert verify(proof, fermat(ROOT)).lower == ROOT


@pytest.mark.parametrize("part", ["real", "pairs"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_dropped_and_repeated_solutions_are_noticed(part, place):
    proof = solutions()
    dropped = copy.deepcopy(proof)
    del dropped[part][place]
    with pytest.raises(Rejected, match="there may be 9"):
        verify(dropped, fermat(ROOT))
    repeated = copy.deepcopy(proof)
    repeated[part][place] = repeated[part][place - 1]
    with pytest.raises(Rejected, match="may be the same"):
        verify(repeated, fermat(ROOT))
    more = copy.deepcopy(proof)
    more[part].append(more[part][0])
    with pytest.raises(Rejected, match="there may be 9"):
        verify(more, fermat(ROOT))


def test_a_conjugate_is_no_other_pair():
    proof = solutions()
    proof["pairs"][0] = [[re, im[1:] if im.startswith("-") else "-" + im] for re, im in proof["pairs"][1]]
    with pytest.raises(Rejected, match="may be the same"):
        verify(proof, fermat(ROOT))


def test_a_pair_cannot_hide_two_real_solutions():
    r"""The real solutions dropped from the list, and one of them given as half of a pair."""
    proof = solutions()
    proof["pairs"].append([[x, "1e-30"] for x in proof["real"][0]])
    del proof["real"][:2]
    with pytest.raises(Rejected):
        verify(proof, fermat(fmpq(2)))


def test_points_that_are_no_solutions():
    proof = solutions()
    proof["real"][0] = ["0.3", "7", "1"]
    with pytest.raises(Rejected):
        verify(proof, fermat(ROOT))
    proof["real"][0] = ["0", "0", "0"]
    with pytest.raises(Rejected):
        verify(proof, fermat(ROOT))


def test_no_list_is_complete_for_a_circle():
    circle = network([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]], 2)
    problem = Problem(circle, [fmpq(1), fmpq(0)], 0, 1, lower=fmpq(1))
    real = [["2", "0", "-0.25"], ["-2", "0", "-0.75"]]
    for proof in (
        {"real": real, "pairs": []},
        {"real": real + real, "pairs": []},
        {"real": real, "pairs": [[["0", "1"]] * 3]},
    ):
        with pytest.raises(Rejected):
            verify({"kind": "enclosures", "basis": None, **proof}, problem)


def test_singular_points_are_never_overlooked():
    r"""The cone x^3 = y^3 is singular at 0: its list is shorter than the bound."""
    cone = network([[[1, 0], [0, 1]], [[1, -1], [0, 0]]], [[0, 0], [0, 0]], 3)
    problem = Problem(cone, [fmpq(3), fmpq(1)], 0, 1, lower=fmpq(1))
    with pytest.raises(Rejected, match="there may be 9"):
        verify({"kind": "enclosures", "basis": None, "real": [["2", "2", "-0.083333"]], "pairs": []}, problem)


@pytest.mark.parametrize(
    "edit",
    [
        {"basis": [0]},
        {"basis": [0, 0]},
        {"basis": []},
        {"basis": [0, 5]},
        {"basis": [1, 0, 1]},
        {"basis": "0"},
        {"real": "x"},
        {"real": [["nan", "0", "0"]] * 3},
        {"real": [["inf", "0", "0"]] * 3},
        {"real": [["1/2", "0", "0"]] * 3},
        {"real": [[1, 0, 0]] * 3},
        {"real": [["1", "0"]] * 3},
        {"pairs": [[["0", "1"]] * 2] * 3},
        {"pairs": [[["0"]] * 3] * 3},
        {"pairs": None},
        {"more": 1},
        {"real": [["1e9999", "1e-9999", "1"]] * 3},
    ],
)
def test_malformed_proofs(edit):
    with pytest.raises(Rejected):
        verify({**solutions(), **edit}, fermat(ROOT))


def test_missing_entries():
    for key in ("basis", "real", "pairs"):
        proof = solutions()
        del proof[key]
        with pytest.raises(Malformed):
            verify(proof, fermat(ROOT))


def test_the_basis_may_be_the_rows_of_the_layer():
    r"""Coordinates scaled by the rows: y = (2x, -y)."""
    scaled = network([[[2, 0], [0, -1]], [["-1/8", 1], [0, 0]]], [[0, 0], [2, 0]], 3)
    proof = solutions()
    for part in ("real", "pairs"):
        for row in proof[part]:
            for k, factor in ((0, 2), (1, -1)):
                row[k] = (
                    [_text(factor * float(x)) for x in row[k]] if part == "pairs" else _text(factor * float(row[k]))
                )
    problem = Problem(scaled, [fmpq(0), fmpq(0)], 0, 1, lower=ROOT)
    assert verify({**proof, "basis": [0, 1]}, problem).lower == ROOT
    with pytest.raises(Rejected):
        verify(proof, problem)


def test_coordinates_that_are_hit_exactly():
    # h(y) = y + y^2 with y = 2 (x_1 - x_2 + x_3), K = 12, v = -10/3: y = -1 and y = 0, both dyadic; l = 7/36, 5/18.
    weights = [[["2", "-2", "2"]], [["1"], ["0"]]]
    wide = Network(weights, [["0"], ["0", "0"]], ["0", "1", "1"])
    problem = Problem(wide, [fmpq(-1, 3), fmpq(2), fmpq(2, 3)], 0, 1, lower=fmpq(67, 100))
    real = [["-1.0", "-0.19444444444444445"], ["2e-17", "0.2777777777777778"]]
    result = verify({"kind": "enclosures", "basis": [0], "real": real, "pairs": []}, problem)
    assert result.lower == fmpq(67, 100)


def test_the_ball_holds_the_nearest_point():
    near = Problem(FERMAT, [fmpq(1), fmpq(1, 2)], 0, 1, lower=fmpq(1, 4))
    with pytest.raises(Rejected):
        # The list is that of another point.
        verify(solutions(), near)
    result = verify(solutions(), fermat(ROOT))
    center, squared = result.ball(fmpq(16, 10))
    # Two nearest points, on the axes: the ball around one of them must reach the other.
    assert squared >= fmpq(3)
    assert sum((c * c for c in center), fmpq(0)) < fmpq(16, 10)


@pytest.mark.parametrize("restriction", [{"norm": "maximum"}, {"box": [(fmpq(-1), fmpq(3)), (fmpq(-1), fmpq(1, 2))]}])
def test_nearest_points_of_another_distance_are_not_told(restriction):
    # In the maximum norm (1, 1) is nearest, and in this box no critical point is.
    problem = Problem(FERMAT, [fmpq(0)] * 2, 0, 1, lower=fmpq(8, 10), **restriction)
    result = verify(solutions(), problem)
    assert result.lower == fmpq(8, 10)
    assert result.ball is None


def test_random_edits_never_prove_too_much():
    source = random.Random(1)
    accepted = 0
    for _ in range(400):
        proof = solutions()
        for _ in range(source.randint(1, 3)):
            part = source.choice(["real", "pairs"])
            rows = proof[part]
            action = source.randrange(5)
            if action == 0 and rows:
                rows.pop(source.randrange(len(rows)))
            elif action == 1 and rows:
                rows.append(copy.deepcopy(source.choice(rows)))
            elif action == 2 and rows:
                row = source.choice(rows)
                k = source.randrange(3)
                if part == "real":
                    row[k] = _text(source.choice([-1, 1]) * float(row[k]) * source.choice([1, 1.0001, 2, 0]))
                else:
                    row[k] = [_text(float(x) * source.choice([1, -1, 1.001])) for x in row[k]]
            elif action == 3 and rows:
                source.shuffle(rows)
            elif action == 4 and proof["real"]:
                row = source.choice(proof["real"])
                proof["pairs"].append([[x, source.choice(["0", "1e-9", "1"])] for x in row])
        for lower in (ROOT, fmpq(13, 10), fmpq(5), INFINITY):
            try:
                result = verify(proof, fermat(lower))
            except Rejected:
                continue
            accepted += 1
            assert result.lower is not INFINITY
            assert result.lower <= ROOT
    assert accepted > 10
