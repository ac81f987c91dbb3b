r"""
How long the steps of the certifier "critical" take: predictions of seconds, measured on 9 to 160 critical points.

Most of the steps are calls that nothing can interrupt, so that what does not fit into a time limit is not started.

EXAMPLES::

    sage: from sage_mlvar.certify.critical.cost import check_seconds, engine_seconds
    sage: round(engine_seconds(160, 4, 3600), 1), round(check_seconds(160, 4, 4, 3600), 1)
    (12.5, 4.4)
"""

from math import comb

__all__ = ["check_bits", "check_seconds", "engine_seconds", "expansion_seconds", "predicted_digits"]


def expansion_seconds(variables, degree, neurons):
    r"""
    Return the time to expand a boundary of this degree in so many variables, with so many hidden neurons.

    EXAMPLES::

        sage: from sage_mlvar.certify.critical.cost import expansion_seconds
        sage: round(expansion_seconds(40, 3, 40), 1), round(expansion_seconds(4, 25, 20), 1)
        (1.4, 3.9)
    """
    # One power for each neuron; the coefficients of high powers are long.
    return 2e-6 * comb(variables + degree, degree) * neurons * (1 + degree / 8)


def predicted_digits(number, variables, degree, bits, layers, is_wide):
    r"""
    Return the digits of the numerators of ``number`` points.

    INPUT: ``bits`` -- of the weights and the data point; ``layers`` -- number of hidden ones; ``is_wide`` -- whether
    the first of them has more neurons than there are variables
    """
    each = max(2.5, variables / 2) * (max(1, degree / 3) if is_wide else 1) * (layers + 1) / 2
    return number * bits * each


def engine_seconds(number, variables, digits):
    r"""Return the time that msolve takes to parametrize ``number`` points by numerators with so many digits."""
    modular = 3e-4 * digits * (number / 50) ** 2 * max(1, variables / 4)
    return 0.1 + modular + 1e-7 * digits * digits * max(1, variables / 8)


def check_bits(number, variables, degree, digits):
    r"""Return the bits of all products of numerators in the exact check of a parametrization."""
    return comb(variables + degree, degree - 1) * degree**2 * (number + 1) * digits * 3.3 / 3


def check_seconds(number, variables, degree, digits):
    r"""Return the time of the exact check: products of numerators, two determinants modulo a prime, and roots."""
    products = 7e-9 * check_bits(number, variables, degree, digits)
    determinants = (variables + 1) ** 4 * (5e-7 + 5e-8 * number)
    return products + determinants + 1.5e-5 * number**2
