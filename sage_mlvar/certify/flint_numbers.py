r"""
Rational numbers between Sage and FLINT.

EXAMPLES::

    sage: from sage_mlvar.certify.flint_numbers import from_flint, quotient, to_ball, to_flint
    sage: to_flint(QQ(-3/4)), from_flint(to_flint("1/3")), quotient(6, 4)
    (-3/4, 1/3, 3/2)
    sage: from flint import fmpz
    sage: from_flint(fmpz(7r)).parent() is QQ, to_ball(2).is_exact()
    (True, True)
"""

from flint import arb, fmpq

from .. import _sage  # noqa: F401

from sage.rings.integer import Integer
from sage.rings.rational_field import QQ

__all__ = ["from_flint", "quotient", "to_ball", "to_flint"]


def to_flint(x):
    r"""Return a number that Sage's rationals take as an ``fmpq``."""
    x = QQ(x)
    return fmpq(int(x.numerator()), int(x.denominator()))


def to_ball(x):
    r"""Return a rational of Sage as an ``arb``, at the working precision of FLINT."""
    return arb(to_flint(x))


def from_flint(x):
    r"""Return an ``fmpq`` or ``fmpz`` as a rational of Sage."""
    return quotient(x.p, x.q) if isinstance(x, fmpq) else quotient(x)


def quotient(top, bottom=1):
    r"""Return the quotient of two integers of FLINT or Python as a rational of Sage."""
    return QQ(Integer(int(top))) / Integer(int(bottom))
