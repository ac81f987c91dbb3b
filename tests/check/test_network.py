r"""Exact evaluation."""

import random
from fractions import Fraction

import pytest
from flint import fmpq

from sage_mlvar.check import Malformed, Rejected, network_digest
from sage_mlvar.check.document import approximate, rational
from sage_mlvar.check.network import Network, from_model
from sage_mlvar.check.vectors import common, square, within

from .builder import strings
from .oracle import Net


def draw(source, shapes):
    def number():
        return Fraction(source.randint(-9, 9), source.choice([1, 2, 3, 7]))

    weights = [[[number() for _ in range(n)] for _ in range(m)] for m, n in shapes]
    return weights, [[number() for _ in range(m)] for m, _ in shapes]


@pytest.mark.parametrize("activation", [[0, 0, 1], [1, -2, "1/3"], [0, 1], [2, 0, 0, "-1/5", 1]])
@pytest.mark.parametrize("shapes", [[(3, 2), (2, 3)], [(2, 3), (3, 2), (4, 3)]])
def test_values_and_gradients(activation, shapes):
    source = random.Random(str((activation, shapes)))
    weights, biases = draw(source, shapes)
    plain = {"weights": strings(weights), "biases": strings(biases), "activation": strings(activation)}
    network, net = Network(**plain), Net(plain)
    point = [Fraction(source.randint(-5, 5), 3) for _ in range(shapes[0][1])]
    x = [rational(str(entry)) for entry in point]
    assert [value.str() for value in network.outputs(x)] == [str(value) for value in net.outputs(point)]
    value, gradient = network.value_and_gradient(1, 0, x)
    assert value.str() == str(net.g(1, 0, point))
    # Differences with many nodes are exact for polynomials: the derivative at 0 of the interpolant of g(point + t e_i).
    degree = (len(activation) - 1) ** (len(shapes) - 1)
    for i, slope in enumerate(gradient):
        total = Fraction(0)
        nodes = [t for k in range(1, degree + 2) for t in (k, -k)]
        for t in nodes:
            moved = [entry + t * (k == i) for k, entry in enumerate(point)]
            weight = Fraction(1, t)
            for other in nodes:
                if other != t:
                    weight *= Fraction(-other, t - other)
            total += weight * (net.g(1, 0, moved) - net.g(1, 0, point))
        assert slope.str() == str(total)


def test_digest_does_not_depend_on_who_writes():
    weights, biases = draw(random.Random(1), [(3, 2), (2, 3)])
    plain = {"weights": strings(weights), "biases": strings(biases), "activation": ["0", "0", "1"]}
    network = Network(**plain)
    assert network.sha256 == network_digest(plain)
    assert network.sha256 == network_digest({"weights": weights, "biases": biases, "activation": [0, 0, 1]})
    model = {"format": "sage_mlvar/model", "version": 1, "model": "PolynomialClassifier", "activation": 2}
    assert network.sha256 == from_model({**plain, **model}).sha256
    weights[0][0][0] += 1
    assert network.sha256 != network_digest({"weights": weights, "biases": biases, "activation": [0, 0, 1]})


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.1", "1/10"), ("-.5", "-1/2"), ("+3.", "3"), ("1e3", "1000"), ("-2.5E-1", "-1/4"), (" 6/4 ", "3/2"), (7, "7")],
)
def test_numbers_of_model_files(text, value):
    model = {"format": "sage_mlvar/model", "version": 1, "model": "PolynomialClassifier", "activation": 2}
    network = from_model({**model, "weights": [[[text]], [[1], [2]]], "biases": [[0], [0, 0]]})
    assert network.plain["weights"][0][0][0] == value


@pytest.mark.parametrize("text", ["", ".", "e5", "1e99999", "1/2/3", "0x10", "1_0", "٣", "inf", "--1", None, 0.5, [1]])
def test_what_is_no_number(text):
    model = {"format": "sage_mlvar/model", "version": 1, "model": "PolynomialClassifier", "activation": 2}
    with pytest.raises(Malformed, match="weights must hold"):
        from_model({**model, "weights": [[[text]], [[1], [2]]], "biases": [[0], [0, 0]]})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "+1",
        "-0",
        "01",
        "1/01",
        "2/4",
        "4/1",
        "0/3",
        "1/-2",
        "1/0",
        "1.0",
        "1e3",
        " 1",
        "1\n",
        "1_0",
        "٣",
        "inf",
        "0x1",
    ],
)
def test_numbers_of_certificates_have_one_spelling(text):
    with pytest.raises(Malformed):
        rational(text)


def test_long_numbers():
    digits = "7" * 100_000
    assert rational(digits).str() == digits
    with pytest.raises(Malformed, match="at most 200000 digits"):
        rational("7" * 200_001)
    assert approximate(rational(digits)) == "1.36313*2^332192"
    assert approximate(rational(f"1/{digits}")).endswith("*2^-332192")
    assert approximate(rational("-22/7")) == "-3.14286"


def test_denominators_without_a_common_factor_are_bounded():
    # Thousands of long coprime denominators: their product times their number would fill the memory.
    entries = [rational(f"1/{10**4000 + 2 * k + 1}") for k in range(3000)]
    with pytest.raises(Rejected, match="common denominator too long"):
        common(entries)


def test_towers_of_powers_are_bounded():
    network = Network([[["1"]], *[[["1"]]] * 40, [["1"], ["2"]]], [*[["0"]] * 41, ["0", "0"]], ["0"] * 9 + ["1"])
    with pytest.raises(Rejected, match="too large to evaluate"):
        network.outputs([rational("3/2")])


def test_square_and_within():
    source = random.Random(4)
    for _ in range(200):
        x = [Fraction(source.randint(-9, 9), source.randint(1, 9)) for _ in range(3)]
        assert square([rational(str(entry)) for entry in x]).str() == str(sum(entry * entry for entry in x))
        a, b, r = (Fraction(source.randint(0, 9), source.randint(1, 5)) for _ in range(3))
        first, second, radius = (rational(str(entry)) for entry in (a * a, b * b, r))
        assert within(first, second, radius) == (a + b <= r)
        assert not within(first, second, -radius) or r == a == b == 0


@pytest.mark.parametrize("exponent", [-1000, -999, -950, -941, -940, -61, 0, 930, 938, 999, 1000, 1100])
@pytest.mark.parametrize("sign", [1, -1])
def test_no_number_is_shown_as_another(exponent, sign):
    number = sign * 3 * fmpq(2) ** exponent / 2
    shown = approximate(number)
    if "*2^" in shown:
        mantissa, power = shown.split("*2^")
        assert float(mantissa) == sign * 1.5 * 2.0 ** (exponent - int(power))
    else:
        assert float(shown) == pytest.approx(sign * 1.5 * 2.0**exponent, rel=1e-5, abs=0)
