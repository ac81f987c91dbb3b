r"""Families of networks: symbolic weights against concrete ones."""

import pytest

from sage_mlvar import PolynomialClassifier


@pytest.mark.parametrize(("widths", "activation"), [([2, 2, 2], 2), ([1, 2, 3], 3), ([2, 1, 2, 2], [1, 0, "1/2"])])
def test_concrete_weights_give_the_concrete_boundary(widths, activation):
    G = PolynomialClassifier.generic(widths, activation)
    C = PolynomialClassifier.random(widths, activation, seed=5, bits=4)
    values = G.parameters(C)
    assert G.at(values) is C
    assert len(values) == G.parameter_ring().ngens()
    symbolic = G.boundary(1, 0)
    concrete = C.boundary(1, 0).polynomial()
    at_values = {e: c(*values) for e, c in symbolic.monomial_coefficients().items()}
    assert concrete == concrete.parent()(at_values)
    assert [W.dimensions() for W in G.weights()] == list(zip(widths[1:], widths))
    assert [len(b) for b in G.biases()] == widths[1:]


def test_random_networks_follow_their_seed():
    first, second = (PolynomialClassifier.random([3, 4, 2], seed=s) for s in (1, 2))
    assert first is PolynomialClassifier.random((3, 4, 2), 2, seed=1)
    assert first is not second
    assert first.widths() == (3, 4, 2)
    small = PolynomialClassifier.random([5, 5, 3], bits=1)
    assert {abs(x) for W in small.weights() for row in W for x in row} <= {0, 1}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"widths": [2, 2]}, "widths must have at least 3 entries"),
        ({"widths": [2, 0, 2]}, r"widths\[1\] must be at least 1, got 0"),
        ({"widths": [2, 2, 1]}, "must .* at least 2 .* one per class, got 1|one per class, got 1"),
        ({"widths": [2, 2, 2], "activation": 0}, "activation must be at least 1"),
    ],
)
def test_bad_families(arguments, words):
    for make in (PolynomialClassifier.random, PolynomialClassifier.generic):
        with pytest.raises(ValueError, match=words):
            make(**arguments)


@pytest.mark.parametrize(("name", "value"), [("bits", 0), ("seed", -1)])
def test_bad_random_networks(name, value):
    with pytest.raises(ValueError, match=f"{name} must be at least"):
        PolynomialClassifier.random([2, 2, 2], **{name: value})


def test_a_network_of_another_family_is_refused():
    G = PolynomialClassifier.generic([2, 2, 2])
    with pytest.raises(ValueError, match="classifier must be of the family"):
        G.parameters(PolynomialClassifier.random([2, 3, 2]))
    with pytest.raises(ValueError, match="parameters must have 12 entries, got 2"):
        G.at([1, 2])
    with pytest.raises(ValueError, match="classes must be given"):
        PolynomialClassifier.generic([2, 2, 3]).boundary()
