r"""ED degrees of decision boundaries of attention modules: generic combinations of their outputs."""

import random
from itertools import combinations_with_replacement

import pytest

from sage_mlvar import LightningAttentionModel
from sage_mlvar.invariants.ed_degree import complete_intersection_bound, count_critical_points
from sage_mlvar.invariants.lagrange import Lagrange
from sage_mlvar.options import resolve

from sage.misc.misc_c import prod
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ


def boundary(d, t, a, d_out, constant):
    r"""Return ``sum C_ij phi_ij(X) + c`` for a random module ``V X (X^T A X)`` and random ``C``."""
    source = random.Random(d + 10 * t + 100 * a)
    model = LightningAttentionModel(d, t, a, d_out)
    A, V = model.matrices([source.randint(-999, 999) for _ in range(model.parameter_ring().ngens())])
    ring = PolynomialRing(QQ, d * t, "x", order="degrevlex")
    X = [[ring.gen(i * t + j) for j in range(t)] for i in range(d)]
    gram = [[sum(X[m][n] * A[m][k] * X[k][j] for m in range(d) for k in range(d)) for j in range(t)] for n in range(t)]
    g = ring(constant)
    for row in V:
        for j in range(t):
            value = sum(row[k] * X[k][n] * gram[n][j] for k in range(d) for n in range(t))
            g += source.randint(1, 999) * value
    return g


def count(g):
    n = g.parent().ngens()

    def systems(field, source):
        system = Lagrange([g], field)
        u = [field(source.randrange(field.order())) for _ in range(n)]
        return (lambda: system.at(u),)

    bound = complete_intersection_bound(n, [3]), "cubic"
    return count_critical_points(systems, resolve("ed_degree"), bound, True)


@pytest.mark.parametrize(
    ("sizes", "with_constant", "without"), [((2, 2, 2, 2), 39, 15), ((2, 2, 1, 1), 17, 3), ((3, 2, 3, 2), 143, 71)]
)
def test_values(sizes, with_constant, without):
    assert count(boundary(*sizes, 7)).value == with_constant
    assert count(boundary(*sizes, 0)).value == without


def test_generic_cubics_and_cones():
    ring = PolynomialRing(QQ, "x,y,z")
    source = random.Random(1)

    def form(degree):
        monomials = combinations_with_replacement(ring.gens(), degree)
        return sum((source.randint(-9, 9) * prod(m, ring.one()) for m in monomials), ring.zero())

    cone = form(3)
    cubic = cone + form(2) + form(1) + 5
    assert (count(cubic).value, count(cubic).status) == (3 * (2**3 - 1), "proved")
    assert count(cone).value == 3 * (2**2 - 1)
