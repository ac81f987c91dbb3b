r"""
Polynomial rings whose number of variables depends on the size of a model.

Sage keeps polynomials over Q and over prime fields in Singular's data structures, and more variables than these hold
end the whole process. Such rings are made here, where their size is looked at first.

EXAMPLES::

    sage: from sage_mlvar.rings import polynomial_ring
    sage: from sage.rings.rational_field import QQ
    sage: polynomial_ring(QQ, 3, (f"x{k}" for k in range(3)))
    Multivariate Polynomial Ring in x0, x1, x2 over Rational Field
    sage: polynomial_ring(QQ, 10^6, (f"x{k}" for k in range(10^6)))
    Traceback (most recent call last):
    ...
    sage_mlvar.errors.OutOfReachError: a polynomial ring in 1000000 variables is out of reach: Singular's rings have at
    most 32767; ...
"""

from . import _sage  # noqa: F401
from .errors import OutOfReachError

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing

__all__ = ["MOST_VARIABLES", "polynomial_ring"]

#: Singular numbers the variables of a ring by 16-bit integers.
MOST_VARIABLES = 32767


def polynomial_ring(base, count, names):
    r"""
    Return the polynomial ring in ``count`` variables over ``base``, ordered by degrevlex.

    INPUT:

    - ``base`` -- commutative ring
    - ``count`` -- non-negative integer
    - ``names`` -- iterable of ``count`` names, not read when they are too many

    Raises :class:`~sage_mlvar.errors.OutOfReachError` where ``count`` is more than :data:`MOST_VARIABLES`.
    """
    if count > MOST_VARIABLES:
        raise OutOfReachError(
            f"a polynomial ring in {count} variables is out of reach: Singular's rings have at most {MOST_VARIABLES}; "
            "take a smaller model, or ask for its dimension(), which needs no ring"
        )
    return PolynomialRing(base, count, list(names), order="degrevlex")
