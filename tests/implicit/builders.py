"""Maps of the paper and the talk, built from their definitions; independent of the package's models."""

from itertools import pairwise

import numpy as np

from sage_mlvar import _sage  # noqa: F401
from sage_mlvar.implicit import PolynomialMap, Symmetry

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ


def relu_polynomials(widths, patterns):
    """Return the entries of the matrices of a ReLU pattern variety; patterns are strings such as "110/11"."""
    shapes = [(b, a) for a, b in pairwise(widths)]
    ring = PolynomialRing(QQ, sum(a * b for a, b in shapes), "w")
    rest, weights = list(ring.gens()), []
    for a, b in shapes:
        weights.append(np.array(rest[: a * b], dtype=object).reshape(a, b))
        rest = rest[a * b :]
    coordinates = []
    for pattern in patterns:
        matrix = weights[0]
        for layer, weight in zip(pattern.split("/"), weights[1:], strict=True):
            matrix = (weight * np.array([int(c) for c in layer], dtype=object)).dot(matrix)
        coordinates += [ring(f) for f in matrix.ravel()]
    return coordinates


def relu(widths, patterns):
    """Return the map of a ReLU pattern variety and its symmetry."""
    coordinates = relu_polynomials(widths, patterns)
    index = np.arange(len(coordinates)).reshape(len(patterns), widths[-1], widths[0])
    return PolynomialMap.from_sage(coordinates), Symmetry.matrix_copies(index, "M_b -> g M_b h, from W^(L) and W^(1)")


def attention(d, t, a, scaled=True):
    """Return the map and the GL(d) symmetry of one output coordinate of lightning self-attention."""
    names = [f"q{i}_{k}" for i in range(a) for k in range(d)] + [f"k{i}_{k}" for i in range(a) for k in range(d)]
    ring = PolynomialRing(QQ, names + [f"v{k}" for k in range(d)])
    gens = ring.gens()
    q, k, v = gens[: a * d], gens[a * d : 2 * a * d], gens[2 * a * d :]
    A = [[sum(k[i * d + m] * q[i * d + c] for i in range(a)) for c in range(d)] for m in range(d)]
    found = {}
    # Column n = 0 is the output column j; for t = 2 the other column is n = 1.
    for n in range(t):
        for x in range(d):
            for m in range(d):
                for c in range(d):
                    monomial = tuple(sorted([(x, n), (m, n), (c, 0)]))
                    found.setdefault(monomial, []).append(v[x] * A[m][c])
    order = sorted(found)
    position = {monomial: i for i, monomial in enumerate(order)}
    coordinates = [sum(found[m]) / (len(found[m]) if scaled else 1) for m in order]
    weights = [[sum(i == b for i, _ in m) for b in range(d)] for m in order]
    operators = {}
    for b in range(d):
        for e in range(d):
            if b != e:
                # E_be replaces one index e by b; scaled coordinates are entries of partially symmetric tensors.
                entries = {}
                for m in order:
                    for s, (i, n) in enumerate(m):
                        if i == e:
                            image = tuple(sorted([*m[:s], (b, n), *m[s + 1 :]]))
                            pair = position[m], position[image]
                            ratio = 1 if scaled else QQ(len(found[m])) / len(found[image])
                            entries[pair] = entries.get(pair, 0) + ratio
                operators[b, e] = [(s, t_, int(f)) for (s, t_), f in entries.items()]
    symmetry = Symmetry([d], weights, operators, "x -> g x moves V and A")
    return PolynomialMap.from_sage(coordinates), symmetry
