r"""Algebra for the tests, written without the package: a second opinion."""

import random
from math import comb

from sage_mlvar import PolynomialClassifier

from sage.matrix.constructor import matrix
from sage.rings.integer_ring import ZZ
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ


def graded_dimension(ideal, degree):
    r"""Return the dimension of the piece of the given degree of a homogeneous ideal."""
    if degree < 0:
        return 0
    ring = ideal.ring()
    n = ring.ngens()
    leading = [f.lm() for f in ideal.groebner_basis() if f]
    reduced = ring.ideal(leading or [ring.zero()]).hilbert_series()
    coefficients = reduced.numerator() * _geometric(reduced.denominator(), degree)
    return comb(n + degree - 1, degree) - int(coefficients[degree])


def _geometric(denominator, degree):
    series = denominator.parent().base_ring()["t"].completion("t", degree + 2)
    return 1 / series(denominator)


def minimal_generators(ideal):
    r"""Return the numbers of minimal generators of a homogeneous ideal, by degree."""
    ring, found = ideal.ring(), {}
    basis = [f for f in ideal.groebner_basis() if f]
    for degree in sorted({int(f.degree()) for f in basis}):
        lower = ring.ideal([f for f in basis if f.degree() < degree] or [ring.zero()])
        new = graded_dimension(ideal, degree) - graded_dimension(lower, degree)
        if new:
            found[degree] = new
    return found


def region_map(widths, patterns, weights, data=None):
    r"""Return the flat outputs of a ReLU network on its blocks, from matrices over any ring."""
    flat = []
    for b, block in enumerate(patterns):
        product = weights[0]
        for W, layer in zip(weights[1:], block, strict=True):
            product = W * matrix.diagonal(list(map(int, layer))) * product
        if data is not None:
            product = product * matrix(QQ, data[b])
        flat.extend(product.list())
    return flat


def random_matrix(source, rows, columns, size=9):
    return matrix(ZZ, rows, columns, lambda i, j: source.randint(-size, size))


def random_classifier(widths, degree, seed=0, size=997):
    r"""Return a classifier with random integer weights and biases."""
    source = random.Random(seed)
    shapes = list(zip(widths[1:], widths, strict=False))
    weights = [[[source.randint(-size, size) for _ in range(c)] for _ in range(r)] for r, c in shapes]
    biases = [[source.randint(-size, size) for _ in range(r)] for r, _ in shapes]
    return PolynomialClassifier(weights, biases, degree)


def plane(n):
    r"""Return the variables of a polynomial ring over Q."""
    return PolynomialRing(QQ, n, [f"x{k}" for k in range(n)], order="degrevlex").gens()


def quadric_classifier(g):
    r"""Return a classifier with activation z^2 whose boundary has exactly the equation ``g``, of degree 2."""
    ring = g.parent()
    n = ring.ngens()
    lines, shifts, factors, constant = [], [], [], QQ.zero()

    def add(line, shift, factor):
        lines.append(line)
        shifts.append(shift)
        factors.append(factor)

    for exponent, c in g.monomial_coefficients().items():
        places = [k for k, e in enumerate(exponent) for _ in range(e)]
        if not places:
            constant += c
        elif len(places) == 1:  # x = ((x + 1)^2 - (x - 1)^2) / 4
            unit = [int(k == places[0]) for k in range(n)]
            add(unit, 1, c / 4)
            add(unit, -1, -c / 4)
        else:  # x y = ((x + y)^2 - (x - y)^2) / 4
            for sign in (1, -1):
                line = [int(k == places[0]) + sign * int(k == places[1]) for k in range(n)]
                if any(line):
                    add(line, 0, sign * c / 4)
    classifier = PolynomialClassifier([lines, [factors, [0] * len(factors)]], [shifts, [constant, 0]], 2)
    return classifier
