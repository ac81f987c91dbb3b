r"""Networks whose distances are known: functions of one linear form, and balls."""

import random
from fractions import Fraction
from itertools import pairwise

from sage_mlvar import PolynomialClassifier, _sage  # noqa: F401

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.qqbar import AA
from sage.rings.rational_field import QQ


def one_form(widths, activation, seed, bits=4):
    r"""Return a classifier whose first layer sees one linear form only, the form, and a point."""
    source = random.Random(seed)
    form = [source.randint(-9, 9) or 1 for _ in range(widths[0])]
    small = lambda: QQ((source.randint(-(2**bits), 2**bits), 2 ** source.randint(0, 3)))  # noqa: E731
    weights = [[[c * x for x in form] for c in (small() for _ in range(widths[1]))]]
    weights += [[[small() for _ in range(a)] for _ in range(b)] for a, b in pairwise(widths[1:])]
    biases = [[small() for _ in range(b)] for b in widths[1:]]
    point = [QQ((source.randint(-20, 20), 8)) for _ in range(widths[0])]
    return PolynomialClassifier(weights, biases, activation), form, point


def gap_of_one_form(classifier, form, point):
    r"""Return the predicted class and the least change of the form's value that leads to a failure, or ``None``."""
    outputs = classifier.outputs(point)
    best = outputs.index(max(outputs))
    t = PolynomialRing(QQ, "t").gen()
    first = next(k for k, x in enumerate(form) if x)
    # Along this axis the form changes by t.
    line = [t.parent()(x) for x in point]
    line[first] += t / form[first]
    values = classifier.values(line)
    gaps = []
    for other, value in enumerate(values):
        if other != best:
            difference = t.parent()(values[best] - value)
            gaps += [abs(root) for root in difference.roots(AA, multiplicities=False)]
    return min(gaps, default=None)


def ball_network(n, radius_squared, seed, repeat=1):
    r"""Return the network whose class 0 is the ball around the origin, in a random orthogonal basis, and a point."""
    source = random.Random(seed)
    v = [source.randint(-3, 3) or 1 for _ in range(n)]
    square = sum(x * x for x in v)
    # A Householder reflection is orthogonal and rational.
    rows = [[QQ(int(i == j)) - QQ((2 * v[i] * v[j], square)) for j in range(n)] for i in range(n)]
    weights = [rows * repeat, [[QQ((-1, repeat))] * (n * repeat), [0] * (n * repeat)]]
    point = [QQ(Fraction(source.randint(-8, 8), 16 * n)) for _ in range(n)]
    return PolynomialClassifier(weights, [[0] * (n * repeat), [radius_squared, 0]]), point
