r"""
Random networks, and what independent computations say of them; see :mod:`soundness.truth`.
"""

from fractions import Fraction

import numpy

from .cases import INFINITY, Case, Net, vector
from .planted import power
from .truth import in_plane, on_line, search

__all__ = ["FAMILIES"]

F = Fraction


def _network(source, n, shapes):
    depth, d = source.choice(shapes)
    activation = source.choice([power(d), power(d), [F(source.randint(-3, 3)) for _ in range(d)] + [F(1)]])
    widths = [n, *(source.randint(1, 4) for _ in range(depth)), source.choice([2, 2, 2, 3, 4])]
    weights = [[vector(source, c, 2) for _ in range(r)] for r, c in zip(widths[1:], widths)]
    net = Net(weights, [vector(source, r, 1) for r in widths[1:]], activation)
    u = vector(source, n, 2)
    values = net.outputs(u)
    if values.count(max(values)) > 1:
        return _network(source, n, shapes)
    return net, u, values.index(max(values))


def line(source, index):
    r"""One input, degrees up to 27: all real roots."""
    shapes = [(1, 2), (1, 3), (1, 5), (1, 8), (2, 2), (2, 3), (3, 2)]
    net, u, c = _network(source, 1, shapes if index % 25 else [(3, 3)])
    parts = {j: on_line(net, u, c, j) for j in range(len(net.weights[-1])) if j != c}
    return Case("line", net, u, c, parts)


def plane(source, index):
    r"""Two inputs, degrees up to 6: resultants from below, a search from above."""
    net, u, c = _network(source, 2, [(1, 2), (1, 3), (1, 3), (1, 4), (1, 5), (2, 2)])
    return _searched("plane", net, u, c, source, in_plane)


def space(source, index):
    r"""Three inputs, or four: a search."""
    n = 3 + (index % 4 == 3)
    net, u, c = _network(source, n, [(1, 2), (1, 3), (1, 3), (1, 4), (2, 2)])
    return _searched("space", net, u, c, source, lambda *_: F(0))


def _searched(family, net, u, c, source, below):
    generator = numpy.random.default_rng(source.getrandbits(32))
    parts = {}
    for j in range(len(net.weights[-1])):
        if j != c:
            low = below(net, u, c, j)
            parts[j] = low, search(net, u, c, j, generator) if low < INFINITY else INFINITY
    return Case(family, net, u, c, parts)


#: Generator → how many networks, and whether other coordinates keep what is known.
FAMILIES = {line: (150, False), plane: (120, False), space: (60, False)}
