r"""
How many critical points of the distance there can be, when singular points count among them.

Both numbers are those of :mod:`sage_mlvar.check.critical_count`; that as many simple critical points leave no room for
others, isolated or not, nor for singular points, is proved in :mod:`sage_mlvar.check.enclosures`.

EXAMPLES::

    sage: from flint import fmpq
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.parametrization_bound import most, narrow
    sage: from sage_mlvar.check.parametrization_polynomial import Frame
    sage: from sage_mlvar.check.problem import Problem
    sage: layer = [["1", "0", "0"], ["0", "1", "0"], ["0", "0", "1"]]
    sage: weights = [layer, [["1", "2", "3"], ["3", "-1", "2"]], [["1", "1"], ["0", "0"]]]
    sage: network = Network(weights, [["0"] * 3, ["1", "1"], ["0", "7"]], ["0", "0", "1"])
    sage: frame = Frame(Problem(network, [fmpq(3r)] * 3, 0, 1), None)
    sage: most(4, 3), narrow(frame)
    (52, (36, '4 = 2 x 2 is the degree of a generic sum of 2 powers of polynomials in 3 variables, ...'))
"""

from math import comb

from flint import fmpq

from .critical_count import most_critical_points, narrow_number

__all__ = ["constant_of_power", "most", "narrow", "theorem"]

#: Degrees and numbers of variables beyond which nobody counts.
_MOST_DEGREE, _MOST_VARIABLES = 10_000, 40


def most(degree, variables):
    r"""Return the number of critical points of a generic polynomial, or ``None`` when it is out of reach."""
    if degree > _MOST_DEGREE or (degree > 2 and variables > _MOST_VARIABLES):
        return None
    return most_critical_points(degree, variables)


def theorem(degree, variables):
    r"""Return what is taken from the literature about :func:`most`, one sentence."""
    return (
        f"a generic polynomial of degree {degree} in {variables} variables has {most(degree, variables)} critical "
        "points of the distance from a generic point (Draisma, Horobet, Ottaviani, Sturmfels, Thomas, The Euclidean "
        "distance degree of an algebraic variety, 2016, Proposition 2.6)"
    )


def narrow(frame):
    r"""
    Return the bound for networks with few last hidden neurons and what it takes from the literature, or ``None``.

    INPUT: ``frame`` -- a :class:`~sage_mlvar.check.parametrization_polynomial.Frame`

    It needs an activation that is a power of ``z - rho``, up to a factor and a constant, and an output that is not zero
    where all last hidden neurons are rho.
    """
    row, bias = frame.last_layer()
    activation, layers = frame.problem.network.activation, frame.layers()
    d = len(activation) - 1
    if layers < 2 or d < 2 or len(row) >= frame.variables or frame.degree() > _MOST_DEGREE:
        return None
    if frame.variables > _MOST_VARIABLES:
        return None
    constant = constant_of_power(activation)
    if constant is None or bias + sum(row, fmpq(0)) * constant == 0:
        return None
    inner = d ** (layers - 1)
    number = narrow_number(frame.variables, len(row), inner, d)
    return number, (
        f"{inner * d} = {inner} x {d} is the degree of a generic sum of {len(row)} powers of polynomials in "
        f"{frame.variables} variables, which has at most {number} critical points of the distance from a generic point "
        "(degeneracy loci: Fulton, Intersection Theory, 1998, Theorems 12.2 and 14.4)"
    )


def constant_of_power(activation):
    r"""
    Return ``s(rho)`` when ``s = a (z - rho)^d + s(rho)``, else ``None``.

    INPUT: ``activation`` -- the coefficients of ``s``, ``fmpq``, constant term first, the last one nonzero

    EXAMPLES::

        sage: from flint import fmpq
        sage: from sage_mlvar.check.parametrization_bound import constant_of_power
        sage: [constant_of_power([fmpq(a) for a in s]) for s in ([5r, -4r, 2r], [1r, 0r, 0r, 1r], [1r, 1r, 0r, 1r])]
        [3, 1, None]
    """
    d, a = len(activation) - 1, activation[-1]
    rho = -activation[-2] / (d * a)
    if any(activation[k] != a * comb(d, k) * (-rho) ** (d - k) for k in range(1, d)):
        return None
    return activation[0] - a * (-rho) ** d
