r"""
The expected number of real critical points of random networks with one input.

In one variable the critical points of the distance to the boundary are the points of the boundary, the real zeros of
`g = f_c - f_{c'}`, whatever the data point. **Assumptions**: one hidden layer, activation `z^d`; weights and biases of
the first layer independent standard Gaussians (any common variances: scaling `x` and `g` changes nothing); weights of
the second layer independent of them, identically distributed with mean zero and finite variance; no output bias; and
the width tends to infinity, so that `g / \sqrt{h}` tends to a Gaussian process with covariance
`k(x, y) = E[(wx+b)^d (wy+b)^d]`. The number is that of the limit process. By the formula of Kac and Rice it is

.. MATH::

    \frac 1 \pi \int_{-\infty}^{\infty} \sqrt{\partial_x \partial_y \log k(x, y)}\big|_{y=x} dx = \frac{d}{\sqrt{2d-1}}.

EXAMPLES::

    sage: from sage_mlvar import expected_real_critical_points
    sage: expected_real_critical_points(3)
    1.341640786499874?
    sage: ball = expected_real_critical_points(3, method="quadrature"); ball
    [1.3416407864998738178455042... +/- ...]
    sage: from sage.rings.qqbar import AA
    sage: abs(ball.mid() - 3/AA(5).sqrt()) < 2^-80
    True

PROOF of the closed form: with `x = \tan\theta` and `k(x,y) = ((1+x^2)(1+y^2))^{d/2} \kappa(\cos(\theta-\theta'))` the
normalized process is stationary on a circle of length `\pi`, so its zeros have the constant density
`\sqrt{\kappa'(1)/\kappa(1)}/\pi`. Here `\kappa(\rho) = E[U^d V^d]` for standard Gaussians of correlation `\rho`, so
that `\kappa(1) = (2d-1)!!`, and `\kappa'(1) = d^2 E[U^{2d-2}] = d^2 (2d-3)!!` by Price's theorem.

REFERENCES: Kac 1943; Rice 1945; Edelman, Kostlan, *How many zeros of a random polynomial are real?*, 1995;
arXiv 2602.06105.
"""

import random
from math import sqrt as float_sqrt

from .. import _sage  # noqa: F401
from ..exact import integer
from ..univariate import number_of_real_roots

from sage.arith.misc import binomial
from sage.rings.complex_arb import ComplexBallField
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.qqbar import AA
from sage.rings.rational_field import QQ
from sage.rings.real_arb import RealBallField

__all__ = ["expected_real_critical_points", "plot_real_critical_points", "sampled_real_critical_points"]


def _moment(k):
    r"""Return the moment of order ``k`` of a standard Gaussian, ``(k-1)!!`` for even ``k``."""
    value = QQ((k + 1) % 2)
    for factor in range(1, k, 2):
        value *= factor
    return value


def covariance(degree):
    r"""
    Return ``k(x, y)`` as a polynomial over QQ, from the moments of Gaussians.

    EXAMPLES::

        sage: from sage_mlvar.invariants.kac_rice import covariance
        sage: covariance(1), covariance(2)
        (x*y + 1, 3*x^2*y^2 + x^2 + 4*x*y + y^2 + 3)
    """
    ring = PolynomialRing(QQ, ["x", "y"])
    x, y = ring.gens()
    indices = range(degree + 1)
    return sum(
        binomial(degree, i) * binomial(degree, j) * _moment(i + j) * _moment(2 * degree - i - j) * x**i * y**j
        for i in indices
        for j in indices
    )


def expected_real_critical_points(degree, method="closed form", precision=100):
    r"""
    Return the expected number of real critical points of the distance to the boundary, for one input.

    One hidden layer of infinite width with activation ``z^degree``, Gaussian first-layer weights and biases, no output
    bias; the assumptions are stated in full in :mod:`sage_mlvar.invariants.kac_rice`. It is a statement about a limit
    of random networks, not about a given one.

    INPUT:

    - ``degree`` -- positive integer, the degree of the activation
    - ``method`` -- ``"closed form"`` (an exact algebraic number) or ``"quadrature"`` (a ball that contains the
      integral of Kac and Rice, computed from the covariance with error bounds)
    - ``precision`` -- positive integer, bits of the quadrature

    EXAMPLES::

        sage: from sage_mlvar import expected_real_critical_points
        sage: [expected_real_critical_points(d)^2 for d in (1, 2, 5)]
        [1, 1.333333333333334?, 25/9]
    """
    degree = integer(degree, "degree", 1)
    if method == "closed form":
        return AA(degree) / AA(2 * degree - 1).sqrt()
    if method != "quadrature":
        raise ValueError(f"method must be 'closed form' or 'quadrature', got {method!r}")
    return _quadrature(degree, integer(precision, "precision", 10))


def _quadrature(degree, precision):
    k = covariance(degree)
    x, y = k.parent().gens()
    line = PolynomialRing(QQ, "x")
    kx, ky, kxy = k.derivative(x), k.derivative(y), k.derivative(x).derivative(y)
    diagonal, top = (line(f(line.gen(), line.gen())) for f in (k, kxy * k - kx * ky))
    field = ComplexBallField(precision + 20)

    def density(numerator, denominator):
        return lambda t, analytic: numerator(t).sqrt(analytic=analytic) / denominator(t)

    # On [-1, 1] as it is; outside with 1/x for x, which reverses the coefficients: dx = -dt / t^2, and the density is
    # sqrt(top(1/t)) / diagonal(1/t) / t^2 with the reversed polynomials of degrees 4d - 4 and 2d.
    inside = density(top, diagonal)
    outside = density(top.reverse(4 * degree - 4), diagonal.reverse(2 * degree))
    total = sum(field.integral(f, -1, 1) for f in (inside, outside))
    return RealBallField(precision)(total.real() / field.pi().real())


def sampled_real_critical_points(degree, width, samples, seed=0):
    r"""
    Count the real critical points of random networks with one input.

    INPUT:

    - ``degree``, ``width`` -- degree of the activation, number of hidden neurons
    - ``samples`` -- number of networks
    - ``seed`` -- non-negative integer

    OUTPUT: a list of integers; each network has Gaussian numbers, rounded to multiples of 2^-30 and then exact, and its
    real zeros are counted exactly (different ones, by Sturm's theorem)

    EXAMPLES::

        sage: from sage_mlvar.invariants.kac_rice import sampled_real_critical_points
        sage: counts = sampled_real_critical_points(3, width=20, samples=50, seed=1)
        sage: len(counts), set(counts) <= {1, 2, 3}
        (50, True)
    """
    degree, width = integer(degree, "degree", 1), integer(width, "width", 1)
    source = random.Random(integer(seed, "seed", 0))
    line = PolynomialRing(QQ, "x")
    counts = []
    for _ in range(integer(samples, "samples", 1)):
        # The coefficients of sum a (w x + b)^d, over the common denominator, which does not matter.
        neurons = [[round(source.gauss(0, 1) * 2**30) for _ in range(3)] for _ in range(width)]
        g = line(
            [binomial(degree, i) * sum(a * w**i * b ** (degree - i) for w, b, a in neurons) for i in range(degree + 1)]
        )
        counts.append(number_of_real_roots(g) if g else 0)
    return counts


def plot_real_critical_points(degrees=range(1, 11), widths=(5, 20, 100), samples=200, seed=0):
    r"""
    Plot theory against sampled networks: the mean number of real critical points by degree of the activation.

    INPUT:

    - ``degrees`` -- list of degrees
    - ``widths`` -- list of numbers of hidden neurons; one series of points for each
    - ``samples`` -- number of networks for each point; bars show two standard errors
    - ``seed`` -- non-negative integer

    OUTPUT: Sage graphics

    EXAMPLES::

        sage: from sage_mlvar.invariants.kac_rice import plot_real_critical_points
        sage: plot_real_critical_points([1, 2, 3], widths=[10], samples=20)
        Graphics object consisting of 7 graphics primitives
    """
    from sage.plot.colors import rainbow
    from sage.plot.line import line2d
    from sage.plot.plot import plot
    from sage.plot.point import point2d

    degrees, widths = list(degrees), list(widths)
    low, high = min(degrees), max(degrees)
    picture = plot(
        lambda d: d / float_sqrt(2 * d - 1),
        (low, max(high, low + 1)),
        color="black",
        legend_label="theory, infinite width: $d/\\sqrt{2d-1}$",
    )
    for colour, width in zip(rainbow(len(widths)), widths):
        for position, d in enumerate(degrees):
            counts = sampled_real_critical_points(d, width, samples, seed)
            mean = float(sum(counts)) / len(counts)
            error = 2 * float_sqrt(float(sum((c - mean) ** 2 for c in counts))) / len(counts)
            picture += line2d([(d, mean - error), (d, mean + error)], color=colour)
            label = {} if position else {"legend_label": f"{width} neurons, {len(counts)} networks"}
            picture += point2d([(d, mean)], color=colour, size=25, **label)
    picture.axes_labels(["$d$", "real critical points"])
    return picture
