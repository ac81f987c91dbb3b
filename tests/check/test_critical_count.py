r"""
Bounds of numbers of critical points: published values, other ways to the same numbers, and counts modulo primes.
"""

import random
from itertools import combinations_with_replacement
from math import prod

import pytest

from sage_mlvar import PolynomialClassifier, backends
from sage_mlvar.check.critical_count import bounds, least, most_critical_points, narrow_number, twice_narrow_number
from sage_mlvar.invariants.ed_degree import count_critical_points
from sage_mlvar.invariants.row_space import RowSpace
from sage_mlvar.options import resolve

from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.integer_ring import ZZ
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing

_PRIME = 536870909


@pytest.mark.parametrize(
    ("hidden", "degree", "number", "layers"),
    [
        ((3, 2), 2, 36, (1,)),
        ((3, 2), 3, 333, (1,)),
        ((2, 3), 3, 81, ()),
        ((4, 3), 2, 128, (1,)),
        ((3, 2, 2), 2, 168, (1,)),
        ((3, 3, 2), 2, 328, (2,)),
        ((3, 2, 1), 2, 72, (1, 2)),
        ((4, 3, 2), 2, 960, (1, 2)),
    ],
)
def test_values_known_by_counting(hidden, degree, number, layers):
    assert least(hidden[0], hidden, degree) == (number, layers)


def test_wide_layers_give_the_bound_of_polynomials():
    for r in range(1, 6):
        for inner in (1, 2, 3, 8):
            for outer in (2, 3, 5):
                for width in range(r, r + 3):
                    assert narrow_number(r, width, inner, outer) == most_critical_points(inner * outer, r)


def test_two_layers_of_equal_width_give_the_bound_of_the_first():
    for r in range(2, 6):
        for width in range(1, r):
            for inner, middle, outer in ((2, 2, 2), (2, 3, 3), (3, 3, 2), (4, 2, 2)):
                number = twice_narrow_number(r, width, width, inner, middle, outer)
                assert number == narrow_number(r, width, inner, middle * outer)


def test_a_wide_layer_before_a_narrow_one_gives_the_bound_of_the_latter():
    for r in range(2, 6):
        for width in range(1, r):
            for inner, middle, outer in ((2, 2, 2), (2, 3, 3), (3, 3, 2)):
                number = twice_narrow_number(r, r, width, inner, middle, outer)
                assert number == narrow_number(r, width, inner * middle, outer)


def test_one_neuron_has_the_points_of_its_level_sets():
    for r in range(2, 6):
        for inner, outer in ((2, 2), (3, 2), (2, 3), (4, 2)):
            assert narrow_number(r, 1, inner, outer) == outer * most_critical_points(inner, r)
            for width in range(1, r):
                number = twice_narrow_number(r, width, 1, inner, inner, outer)
                assert number == outer * narrow_number(r, width, inner, inner)


def _in_the_chow_ring(r, k, second, e, middle, outer):
    r"""The product of all classes on the two bundles, reduced by their relations."""
    ring = PolynomialRing(ZZ, ["T", "M", "Y"], order="lex")
    T, M, Y = ring.gens()
    N = T + M - (middle - 1) * e * Y
    locus = sum(((outer - 1) * middle * e * Y) ** i * N ** (second - 1 - i) for i in range(second))
    product = (T + M) ** k * locus * (M + (e - 1) * Y) ** r * outer * middle * e * Y
    relations = [T * N**second, M**k * (M + (e - 2) * Y), Y ** (r + 1)]
    return product.reduce(relations).monomial_coefficient(T**second * M**k * Y**r)


@pytest.mark.parametrize("case", [(3, 2, 1, 2, 2, 2), (4, 3, 2, 2, 2, 2), (4, 3, 2, 3, 3, 3), (5, 4, 3, 2, 4, 2)])
def test_two_layers_in_the_ring_of_the_bundles(case):
    assert twice_narrow_number(*case) == _in_the_chow_ring(*case)


def test_what_is_too_narrow_twice_has_no_bound_of_its_own():
    assert set(bounds(6, [6, 5, 4], 2)) == {(), (1,), (2,)}
    assert set(bounds(6, [6, 5, 3], 2)) == {(), (1,), (2,), (1, 2)}
    assert set(bounds(3, [3, 2, 2], 1)) == {()}


def _networks(number):
    source, found = random.Random(3), []
    while len(found) < number:
        degree = source.choice([2, 2, 2, 3])
        n = source.randint(1, 4)
        hidden = [source.randint(1, 4) for _ in range(source.randint(2, 4 if degree == 2 else 2))]
        if least(min(n, hidden[0]), hidden, degree)[0] <= 400:
            found.append((n, tuple(hidden), degree))
    return found


@pytest.mark.parametrize(("n", "hidden", "degree"), _networks(40))
def test_counts_never_exceed_a_bound(n, hidden, degree):
    V = PolynomialClassifier.random([n, *hidden, 2], degree, seed=n + len(hidden), bits=5).boundary()
    space = RowSpace(V.straight_line())
    record = count_critical_points(space.critical_systems, resolve("ed_degree"), None, False)
    assert record.value <= min(bounds(space.rank, hidden, degree).values())


def _generic(ring, variables, degree, source):
    return sum(
        (source.randrange(_PRIME) * prod(chosen, start=ring.one()))
        for d in range(degree + 1)
        for chosen in combinations_with_replacement(variables, d)
    )


@pytest.mark.parametrize("case", [(3, 2, 1, 2, 2, 2), (3, 2, 1, 2, 3, 2), (4, 2, 1, 2, 2, 2), (4, 3, 2, 2, 2, 2)])
def test_generic_compositions_meet_the_bound(case):
    r"""Networks are special members of the families that the bounds are about: here are generic ones."""
    r, k, second, e, middle, outer = case
    source = random.Random(1)
    names = [f"{letter}{i}" for letter, size in (("y", r), ("z", k), ("w", second)) for i in range(size)]
    ring = PolynomialRing(GF(_PRIME), [*names, "l"])
    *others, multiplier = ring.gens()
    y, z, w = others[:r], others[r : r + k], others[r + k :]
    q, p = [_generic(ring, y, e, source) for _ in z], [_generic(ring, z, middle, source) for _ in w]
    G = _generic(ring, w, outer, source)
    mu = [sum(multiplier * G.derivative(b) * f.derivative(a) for b, f in zip(w, p)) for a in z]
    steps = [sum(m * f.derivative(x) for m, f in zip(mu, q)) for x in y]
    equations = [x - source.randrange(_PRIME) - step for x, step in zip(y, steps)]
    equations += [a - f for a, f in zip(z + w, q + p)] + [G]
    count = backends.call("count", equations, exact=True, limits=resolve("ed_degree").limits()).value
    assert count.degree == count.distinct == twice_narrow_number(*case)
