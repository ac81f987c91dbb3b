r"""
Proofs by rational parametrizations: what is wrong with them is found by the checker alone.
"""

import copy

import pytest
from flint import fmpq, fmpz_poly

from sage_mlvar.check import Rejected
from sage_mlvar.check.network import Network
from sage_mlvar.check.parametrization import verify, verify_witness
from sage_mlvar.check.parametrization_bound import narrow
from sage_mlvar.check.parametrization_polynomial import Frame, Polynomial
from sage_mlvar.check.parametrization_solutions import Solutions
from sage_mlvar.check.problem import INFINITY, Problem


def text(f):
    return [str(c) for c in f.coeffs()]


def interpolated(points):
    r"""The parametrization of rational points by the first coordinate but one that is different at all of them."""
    values = [point[-1] for point in points]
    assert len(set(values)) == len(values)
    w = fmpz_poly([1])
    for value in values:
        w *= fmpz_poly([-value.p, value.q])
    content = w.content()
    w = fmpz_poly([c // content for c in w.coeffs()])
    length, scale = len(points[0]), 1
    rows = []
    for k in range(length):
        # Lagrange: N = sum_i x_i w/(T - T_i), as the denominator is w'.
        row = [fmpq(0)] * len(values)
        for point, value in zip(points, values):
            part, rest = fmpz_poly([-value.p, value.q]), w
            quotient = rest // part
            assert quotient * part == rest
            for e, c in enumerate(quotient.coeffs()):
                row[e] += point[k] * c * value.q
        rows.append(row)
    for row in rows:
        for c in row:
            scale = scale * int(c.q)
    numerators = [[str((c * scale).p) for c in row] for row in rows]
    return {
        "eliminating": text(w),
        "scale": str(scale),
        "numerators": [_trim(row) for row in numerators],
        "form": ["0"] * length + ["1"],
    }


def _trim(row):
    while row and row[-1] == "0":
        row = row[:-1]
    return row


#: x^2 - 4 at 1 on a line: t = 1 with l = 1/4, t = -3 with l = 3/4 in t = l 2 (1 + t).
LINE = Network([[["1"]], [["-1"], ["0"]]], [["0"], ["4", "0"]], ["0", "0", "1"])


def line_proof():
    # g = 4 - (1 + t)^2: t = -2 l (1 + t).
    points = interpolated([(fmpq(1), fmpq(-1, 4)), (fmpq(-3), fmpq(-3, 4))])
    piece = {"polynomial": None, "multiplicity": 1, "complete": "degree", "critical": [points], "singular": []}
    return {"kind": "parametrization", "basis": None, "pieces": [{**piece, "sets": []}]}


NEARLY = fmpq(999, 1000)


def problem(network=LINE, point=(1,), lower=NEARLY, **options):
    return Problem(network, [fmpq(x) for x in point], 0, 1, lower=lower, **options)


def test_right():
    found = verify(line_proof(), problem())
    assert found.lower == fmpq(999, 1000)
    center, squared = found.ball(fmpq(1001, 1000))
    assert abs(center[0] - 2) < fmpq(1, 10**20)
    assert squared < fmpq(1, 10**20)


def test_too_large_a_bound():
    with pytest.raises(Rejected, match="does not give the distance"):
        verify(line_proof(), problem(lower=fmpq(1001, 1000)))
    with pytest.raises(Rejected, match="does not give the distance"):
        verify(line_proof(), problem(lower=INFINITY))


def change(proof, place, value):
    proof = copy.deepcopy(proof)
    entry = proof["pieces"][0]
    for key in place[:-1]:
        entry = entry[key]
    entry[place[-1]] = value
    return proof


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (("critical", 0, "eliminating", 0), "7", "does not separate|no critical points|multiple"),
        (("critical", 0, "eliminating"), ["1", "2", "1"], "multiple roots"),
        (("critical", 0, "eliminating"), ["2", "4", "2"], "primitive"),
        (("critical", 0, "eliminating"), [], "primitive"),
        (("critical", 0, "numerators", 0, 0), "5", "no critical points"),
        (("critical", 0, "numerators", 1, 0), "5", "separate"),
        (("critical", 0, "numerators"), [["1"]], "2 entries"),
        (("critical", 0, "scale"), "0", "nonzero"),
        (("critical", 0, "scale"), "1/2", "nonzero"),
        (("critical", 0, "form"), ["0", "1", "0"], "separate"),
        (("critical", 0, "form"), ["0", "0", "0"], "separate"),
        (("critical",), [], "one set of critical points"),
        (("complete",), "bound", "no bound"),
        (("complete",), "trust me", "must be one of"),
        (("multiplicity",), 2, "only factor"),
        (("multiplicity",), 0, "at least 1"),
        (("sets",), ["9"], "nothing else"),
        (("polynomial",), [["1", [1]]], "no critical|points are given"),
        (("polynomial",), [["1", [0]]], "constant"),
    ],
)
def test_wrong(place, value, words):
    with pytest.raises(Rejected, match=words):
        verify(change(line_proof(), place, value), problem())


def test_missing_point():
    proof = line_proof()
    proof["pieces"][0]["critical"] = [interpolated([(fmpq(-3), fmpq(-3, 4))])]
    with pytest.raises(Rejected, match="1 critical points are given, but there may be 2"):
        verify(proof, problem(lower=fmpq(2)))


def test_point_counted_twice():
    proof = line_proof()
    (points,) = proof["pieces"][0]["critical"]
    proof["pieces"][0]["critical"] = [interpolated([(fmpq(-3), fmpq(-3, 4))])] * 2
    with pytest.raises(Rejected, match="one set of critical points"):
        verify(proof, problem(lower=fmpq(2)))
    # The same point at two roots: no form tells them apart.
    twice = {**points, "numerators": [["0", "-12"], ["0", "-3"]], "form": ["0", "0", "1"]}
    proof["pieces"][0]["critical"] = [twice]
    with pytest.raises(Rejected, match="separate"):
        verify(proof, problem(lower=fmpq(2)))


def test_points_of_a_circle_are_not_simple():
    # x^2 + y^2 + 4 z^2 = 1 from (0, 0, 9/10): points of the critical circle z = -3/10 solve everything.
    eye = [["1", "0", "0"], ["0", "1", "0"], ["0", "0", "1"]]
    network = Network([eye, [["1", "1", "4"], ["0"] * 3]], [["0"] * 3, ["-1", "0"]], ["0", "0", "1"])
    # Six points: rational ones x = (8/10) (1-s^2)/(1+s^2) lie on the circle of radius 8/10.
    points = []
    for s in (0, 1, 2, 3, 4, 5):
        c, d = fmpq(4, 5) * fmpq(1 - s * s, 1 + s * s), fmpq(4, 5) * fmpq(2 * s, 1 + s * s)
        points.append((c, d, fmpq(-6, 5), fmpq(1, 2), c + 7 * d))
    plain = interpolated(points)
    plain = {**plain, "numerators": plain["numerators"][:4], "form": ["0", "1", "7", "0", "0"]}
    piece = {"polynomial": None, "multiplicity": 1, "critical": [plain], "singular": [], "sets": []}
    proof = {"kind": "parametrization", "basis": None, "pieces": [{**piece, "complete": "degree"}]}
    question = Problem(network, [fmpq(0), fmpq(0), fmpq(9, 10)], 0, 1, lower=fmpq(7, 5))
    with pytest.raises(Rejected, match="not proved simple"):
        verify(proof, question)
    # They are critical points; an engine that says that they are all is named as such.
    found = verify({**proof, "pieces": [{**piece, "complete": "engine"}]}, question)
    assert found.trusted[0].startswith("class 1: Singular")


def test_constant():
    network = Network([[["1"]], [["1"], ["1"]]], [["0"], ["4", "0"]], ["0", "0", "1"])
    proof = {"kind": "parametrization", "basis": None, "pieces": []}
    assert verify(proof, problem(network, lower=INFINITY)).lower is INFINITY
    with pytest.raises(Rejected, match="degree of the boundary"):
        verify(proof, problem())
    with pytest.raises(Rejected, match="constant"):
        verify(line_proof(), problem(network))


def test_factors():
    # (1 + t)^2 = 4 is (t - 1) (t + 3).
    near = {"polynomial": [["1", [1]], ["-1", [0]]], "critical": [interpolated([(fmpq(1), fmpq(1))])]}
    far = {"polynomial": [["2", [1]], ["6", [0]]], "critical": [interpolated([(fmpq(-3), fmpq(-3, 2))])]}
    rest = {"multiplicity": 1, "complete": "degree", "singular": [], "sets": []}
    proof = {"kind": "parametrization", "basis": None, "pieces": [{**near, **rest}, {**far, **rest}]}
    assert verify(proof, problem()).lower == fmpq(999, 1000)
    with pytest.raises(Rejected, match="degree of the boundary"):
        verify({**proof, "pieces": proof["pieces"][1:]}, problem(lower=fmpq(2)))
    with pytest.raises(Rejected, match="product of the factors"):
        verify({**proof, "pieces": [{**far, **rest}] * 2}, problem(lower=fmpq(2)))
    with pytest.raises(Rejected, match="product of the factors"):
        verify({**proof, "pieces": [{**far, **rest, "multiplicity": 2}]}, problem(lower=fmpq(2)))


def test_basis():
    network = Network([[["3", "4"], ["6", "8"]], [["-1", "0"], ["0"] * 2]], [["0"] * 2, ["25", "0"]], ["0", "0", "1"])
    # 25 - (25 t)^2 in x = t (3, 4), from 0: distance 1, and 25 t = l (-2) 25^2 t.
    points = interpolated([(fmpq(1, 5), fmpq(-1, 50), fmpq(1)), (fmpq(-1, 5), fmpq(-1, 50), fmpq(2))])
    points = {**points, "numerators": points["numerators"][:2], "form": ["3/2", "-5/2", "0"]}
    proof = line_proof()
    proof["pieces"][0]["critical"] = [points]
    question = problem(network, (0, 0))
    assert verify({**proof, "basis": [0]}, question).lower == fmpq(999, 1000)
    for basis, words in (
        ([2], "below 2"),
        ([0, 0], "repeat"),
        ([0, 1], "dependent"),
        ([], "span"),
        ("0", "list"),
        (None, "3 entries"),
    ):
        with pytest.raises(Rejected, match=words):
            verify({**proof, "basis": basis}, question)


def test_witness():
    points = line_proof()["pieces"][0]["critical"][0]
    proof = {"kind": "parametrization", "basis": None, "points": points, "root": 1}
    question = problem(lower=INFINITY, upper=fmpq(1001, 1000))
    assert verify_witness(proof, question).verified
    for wrong, words in (
        ({**proof, "root": 0}, "farther"),
        ({**proof, "root": 2}, "below 2"),
        ({**proof, "root": -1}, "at least 0"),
        ({**proof, "points": {**points, "numerators": [["1"], points["numerators"][1]]}}, "not on the boundary"),
        ({**proof, "points": {**points, "numerators": [["1"]] * 3}}, "3 coordinates"),
    ):
        with pytest.raises(Rejected, match=words):
            verify_witness(wrong, question)
    with pytest.raises(Rejected, match="Euclidean"):
        verify_witness(proof, problem(lower=INFINITY, upper=fmpq(2), norm="maximum"))


def test_witness_whose_balls_are_no_numbers_at_low_precision():
    # Two boundary points, far away and next to each other: the first precision divides by a ball around zero.
    unit, near = 2**2200, 2**300
    network = Network([[["2"]], [["1"], ["0"]]], [[str(-unit * (2 * near + 1))], ["0", str(unit**2)]], ["0", "0", "1"])
    points = interpolated([[fmpq(unit * x), fmpq(x)] for x in (near, near + 1)])
    proof = {"kind": "parametrization", "basis": None, "points": points, "root": 0}

    def check(upper):
        return verify_witness(proof, Problem(network, [fmpq(0)], 0, 1, upper=fmpq(upper)))

    with pytest.raises(Rejected, match="farther"):
        check(2**2100)
    assert check(unit * (near + 1)).verified


@pytest.mark.parametrize("restriction", [{"norm": "maximum"}, {"box": [(fmpq(-3), fmpq(3)), (fmpq(-3), fmpq(0))]}])
def test_nearest_points_of_another_distance_are_not_told(restriction):
    # x + 2 y = 1 is nearest at (1/5, 2/5); in the maximum norm at (1/3, 1/3), below the first axis at (1, 0).
    network = Network([[["1", "2"]], [["-1"], ["0"]]], [["0"], ["1", "0"]], ["0", "1"])
    points = interpolated([[fmpq(1, 5), fmpq(2, 5), fmpq(-1, 5)]])
    piece = {"polynomial": None, "multiplicity": 1, "complete": "degree", "critical": [points], "singular": []}
    proof = {"kind": "parametrization", "basis": None, "pieces": [{**piece, "sets": []}]}

    def result(**more):
        return verify(proof, Problem(network, [fmpq(0)] * 2, 0, 1, lower=fmpq(3, 10), **more))

    assert result().ball(fmpq(1))[1] < fmpq(1, 1000)
    assert result(**restriction).ball is None


def test_narrow_bound_needs_its_hypotheses():
    eye = [["1", "0", "0"], ["0", "1", "0"], ["0", "0", "1"]]
    second = [["1", "2", "3"], ["3", "-1", "2"]]

    def bound(activation, constant, rows=second, outer=("1", "1")):
        weights = [eye, rows, [list(outer), ["0"] * len(outer)]]
        network = Network(weights, [["0"] * 3, ["1"] * len(rows), [constant, "0"]], activation)
        return narrow(Frame(Problem(network, [fmpq(3)] * 3, 0, 1), None))

    assert bound(["0", "0", "1"], "1")[0] == 36
    assert bound(["5", "-4", "1"], "1")[0] == 36
    # (z - 2)^2 + 1 twice, and -2.
    assert bound(["5", "-4", "1"], "-2") is None
    assert bound(["0", "0", "1"], "0") is None
    assert bound(["0", "0", "0", "1"], "1")[0] == 333
    assert bound(["0", "1", "0", "1"], "1") is None
    assert bound(["0", "0", "1"], "1", [*second, ["0", "0", "1"]], ("1", "1", "1")) is None
    # A neuron without influence does not count.
    assert bound(["0", "0", "1"], "1", [*second, ["0", "0", "1"]], ("1", "1", "0"))[0] == 36


def test_values_at_polynomials():
    f = Polynomial({(2, 1): fmpq(1, 3), (0, 1): fmpq(2), (0, 0): fmpq(-1)}, 2)
    x, y, d = fmpz_poly([1, 2]), fmpz_poly([0, 1, 5]), fmpz_poly([3, 0, 1])
    value, (first, second) = f.at([x, y], d)
    assert value == x * x * y + 6 * y * d * d - 3 * d * d * d
    assert first == 2 * x * y
    assert second == x * x + 6 * d * d


def test_long_numbers_and_foreign_text():
    plain = {"eliminating": ["-2", "0", "1"], "scale": "1", "numerators": [["4"]], "form": ["0", "1"]}
    assert Solutions(plain, 1, "x").number() == 2
    for wrong in ("1.5", "0x4", " 4", "+4", "04", 4, None, "1" * 300_000):
        with pytest.raises(Rejected):
            Solutions({**plain, "numerators": [[wrong]]}, 1, "x")
