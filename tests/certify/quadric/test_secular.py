r"""
The secular equation in doubles: data points so near to the boundary that the first guess is already the root.
"""

import random

import numpy
import pytest

from sage_mlvar.certify.quadric.secular import solve


@pytest.mark.parametrize("sign", [1, -1])
def test_tiny_values(sign):
    source = random.Random(3)
    for _ in range(300):
        mu = sign * source.uniform(0.1, 9)
        p, value = source.uniform(-9, 9) or 1.0, 10.0 ** source.uniform(-200, -12)
        found = solve(numpy.array([mu]), numpy.array([p]), value)
        assert found.multiplier == pytest.approx(value / (2 * p * p), rel=1e-6)
