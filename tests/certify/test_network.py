r"""Exact evaluation in integers, compared with rational arithmetic."""

import pickle
import random

import pytest

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.network import ExactNetwork

from sage.rings.rational_field import QQ


@pytest.mark.parametrize("seed", range(30))
def test_outputs_are_those_of_the_classifier(seed):
    source = random.Random(seed)

    def number():
        return QQ((source.randint(-9, 9), source.randint(1, 12)))

    widths = [source.randint(1, 4) for _ in range(source.randint(2, 4))] + [2]
    activation = source.choice([1, 2, 3, [number(), number(), 1 + number() ** 2], [0, 1, 0, "1/3"]])
    shapes = list(zip(widths[1:], widths))
    C = PolynomialClassifier(
        [[[number() for _ in range(c)] for _ in range(r)] for r, c in shapes],
        [[number() for _ in range(r)] for r, _ in shapes],
        activation,
    )
    network = ExactNetwork(C)
    for again in (network, pickle.loads(pickle.dumps(network))):
        point = [number() for _ in range(widths[0])]
        assert again.outputs(point) == C.outputs(point)
