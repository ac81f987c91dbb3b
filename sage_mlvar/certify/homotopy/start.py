r"""
A function of each degree whose critical points are known, as many as there can be.

For `h = \sum a_i y_i^D + c` with generic coefficients, the data point 0 and the Euclidean metric the Lagrange
equations are `y_i (1 - l D a_i y_i^{D-2}) = 0`: some coordinates vanish and, with `w^{D-2} = 1/l`, the others are
`w \zeta_i (D a_i)^{-1/(D-2)}` for roots of unity `\zeta_i`, of which the first may be taken to be 1. Then `h = 0` is a
binomial equation for `w`. In `r` variables these are `D \sum_k \binom{r}{k} (D-2)^{k-1} = D \sum_{i<r} (D-1)^i`
solutions, all simple: as many as a polynomial of degree `D` has at most. For `D = 2` one coordinate only is not zero,
and for `D = 1` the solution is that of a linear system.

EXAMPLES::

    sage: from sage_mlvar.certify.homotopy.start import Diagonal
    sage: [len(Diagonal.random(D, r, seed=1).solutions()) for D, r in ((1, 3), (2, 3), (4, 3), (3, 4))]
    [1, 6, 52, 45]
"""

from itertools import combinations, product

import numpy

from ... import _sage  # noqa: F401

__all__ = ["Diagonal", "complex_normal"]


def complex_normal(source, *shape):
    r"""Return complex Gaussian numbers of mean square 1."""
    return (source.standard_normal(shape) + 1j * source.standard_normal(shape)) / numpy.sqrt(2)


class Diagonal:
    r"""
    The function `\sum a_i y_i^D + c`.

    INPUT: ``coefficients`` -- the `a_i`, complex numbers, in general position; ``constant``; ``degree``
    """

    def __init__(self, coefficients, constant, degree):
        self.coefficients, self.constant, self.degree = numpy.asarray(coefficients, dtype=complex), constant, degree

    @classmethod
    def random(cls, degree, variables, seed):
        r"""Return the function with random coefficients of modulus between 1/2 and 2; ``seed`` may be a generator."""
        degree, variables = int(degree), int(variables)
        source = numpy.random.default_rng(int(seed) if hasattr(seed, "__index__") else seed)
        moduli = 2.0 ** source.uniform(-1, 1, variables + 1)
        values = moduli * numpy.exp(2j * numpy.pi * source.uniform(size=variables + 1))
        return cls(values[:-1], values[-1], degree)

    def jets(self, points):
        r"""Return the values, gradients and Hessians at the rows of an array."""
        D, a = self.degree, self.coefficients
        below = points ** max(D - 2, 0)
        first = below * points if D > 1 else below
        hessian = (D * (D - 1) * a * below)[:, :, None] * numpy.eye(len(a))
        return (first * points if D > 1 else points) @ a + self.constant, D * a * first, hessian

    def solutions(self):
        r"""Return the critical points for the data point 0, an array: coordinates, and the multiplier last."""
        D, a, c = self.degree, self.coefficients, self.constant
        r, found = len(a), []
        if D == 1:
            multiplier = -c / (a @ a)
            return numpy.append(multiplier * a, multiplier)[None]
        if D == 2:
            for k in range(r):
                root = numpy.sqrt(-c / a[k])
                for sign in (1, -1):
                    y = numpy.zeros(r + 1, dtype=complex)
                    y[k], y[r] = sign * root, 1 / (2 * a[k])
                    found.append(y)
            return numpy.array(found)
        lengths = (D * a) ** (-1 / (D - 2))
        unity = numpy.exp(2j * numpy.pi * numpy.arange(D - 2) / (D - 2))
        for count in range(1, r + 1):
            for support in combinations(range(r), count):
                chosen = list(support)
                for roots in product(unity, repeat=count - 1):
                    y = numpy.zeros(r, dtype=complex)
                    y[chosen] = lengths[chosen] * numpy.array((1, *roots))
                    w = (-c / (a @ y**D)) ** (1 / D) * numpy.exp(2j * numpy.pi * numpy.arange(D) / D)
                    found.extend(numpy.append(y * root, root ** (2 - D)) for root in w)
        return numpy.array(found)
