r"""
Polynomial systems as engines see them.

Sage polynomials are translated once, here: variables become ``x0``, ``x1``, …, rational coefficients primitive
integers, coefficients in positive characteristic their least non-negative residues; zeros and repetitions go. What an
engine prints is read by a parser of its own; nothing foreign is ever evaluated.

EXAMPLES::

    sage: from sage_mlvar import _sage
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: from sage_mlvar.backends.system import System
    sage: R = PolynomialRing(QQ, ["u", "i"]); u, i = R.gens()
    sage: S = System.from_sage([u^2/3 - i, R.zero()]); S.lines()
    ['1*x0^2-3*x1']
    sage: S.to_sage(S.parse("2/3*x0^2*x1-x1+5"))
    2/3*u^2*i - i + 5
"""

import re
from dataclasses import dataclass, field

from .. import _sage  # noqa: F401
from ..errors import BackendError
from ..options import check

from sage.arith.functions import lcm
from sage.arith.misc import gcd
from sage.rings.integer import Integer
from sage.rings.rational import Rational

__all__ = ["System"]

_TERM = re.compile(r"[+-]?[^+-]+")
_FACTOR = re.compile(r"x(\d+)(?:\^(\d+))?\Z")
_NUMBER = re.compile(r"\(?(\d+)(?:/(0*[1-9]\d*))?\)?\Z")


@dataclass(frozen=True)
class System:
    r"""
    A list of polynomials in the form that engines get.

    - ``ring`` -- the Sage ring the polynomials came from
    - ``characteristic`` -- integer
    - ``polynomials`` -- tuple of tuples of pairs (coefficient, ((variable, exponent), …))
    - ``order`` -- tuple; position ``k`` of the engine's variables is variable ``order[k]`` of the ring
    """

    ring: object
    characteristic: int
    polynomials: tuple
    order: tuple = field(default=())

    @classmethod
    def from_sage(cls, polynomials, first=()):
        r"""
        Translate ``polynomials``, nonempty, all from one Sage ring over Q or a prime field.

        INPUT:

        - ``polynomials`` -- list of Sage polynomials
        - ``first`` -- variables of the ring that the engine shall see first (those to eliminate)
        """
        ring = polynomials[0].parent()
        place = {x: k for k, x in enumerate(ring.gens())} if first else {}
        lead = [place[x] for x in first]
        order = tuple(lead + sorted(set(range(ring.ngens())).difference(lead)))
        position = {variable: place for place, variable in enumerate(order)}
        characteristic = int(ring.characteristic())
        clean = []
        for f in polynomials:
            check("writing the system for an engine")
            terms = _integral(f, characteristic)
            if terms:
                clean.append(
                    tuple(
                        (c, tuple(sorted((position[k], int(e)) for k, e in exponent.sparse_iter())))
                        for exponent, c in terms
                    )
                )
        return cls(ring, characteristic, tuple(dict.fromkeys(clean)), order)

    @property
    def nvars(self):
        r"""The number of variables."""
        return len(self.order)

    def names(self):
        r"""Return the engine's variables, ``["x0", "x1", …]``."""
        return [f"x{k}" for k in range(self.nvars)]

    def has_unit(self):
        r"""Whether one of the polynomials is a nonzero constant."""
        return any(len(f) == 1 and not f[0][1] for f in self.polynomials)

    def lines(self):
        r"""Return the polynomials as text, one string each, every coefficient written out."""
        return [_text(f) for f in self.polynomials]

    def parse(self, text):
        r"""
        Read one polynomial in the engine's variables.

        OUTPUT: a list of pairs (coefficient, {variable: exponent})

        TESTS::

            sage: from sage_mlvar import _sage
            sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
            sage: from sage.rings.rational_field import QQ
            sage: from sage_mlvar.backends.system import System
            sage: S = System.from_sage([PolynomialRing(QQ, ["a", "b"]).gen(0)])
            sage: S.parse("x0^2+__import__('os')")
            Traceback (most recent call last):
            ...
            sage_mlvar.errors.BackendError: the engine printed "__import__('os')" where a polynomial was expected
            sage: S.parse("x7")
            Traceback (most recent call last):
            ...
            sage_mlvar.errors.BackendError: the engine printed 'x7' where a polynomial was expected
        """
        terms = []
        stripped = "".join(text.split())
        for chunk in _TERM.findall(stripped):
            coefficient, exponent = Integer(1), {}
            body = chunk.lstrip("+-")
            for factor in body.split("*"):
                if (found := _FACTOR.match(factor)) and int(found[1]) < self.nvars:
                    variable = int(found[1])
                    exponent[variable] = exponent.get(variable, 0) + int(found[2] or 1)
                elif found := _NUMBER.match(factor):
                    number = Integer(found[1])
                    coefficient *= Rational((number, Integer(found[2]))) if found[2] else number
                else:
                    raise BackendError(f"the engine printed {factor[:60]!r} where a polynomial was expected")
            terms.append((-coefficient if chunk[0] == "-" else coefficient, exponent))
        if not terms or sum(map(len, _TERM.findall(stripped))) != len(stripped):
            raise BackendError(f"the engine printed {text[:60]!r} where a polynomial was expected")
        return terms

    def to_sage(self, terms):
        r"""Return the Sage polynomial of ``terms``, as :meth:`parse` gives them."""
        base, width = self.ring.base_ring(), self.nvars
        result = {}
        for coefficient, exponent in terms:
            key = [0] * width
            for place, e in exponent.items():
                key[self.order[place]] = e
            key = tuple(key)
            result[key] = result.get(key, base.zero()) + base(coefficient)
        return self.ring(result)

    def read(self, texts):
        r"""Return the Sage polynomials of the nonzero entries of ``texts``."""
        return [f for f in (self.to_sage(self.parse(text)) for text in texts) if f]


def _integral(f, characteristic):
    r"""Return the nonzero terms of ``f`` with integer coefficients: primitive over Q, residues modulo p."""
    terms = list(f.dict().items())
    if characteristic:
        return [(e, int(c)) for e, c in terms if c]
    if not terms:
        return []
    common = lcm([c.denominator() for _, c in terms])
    numerators = [(e, Integer(c * common)) for e, c in terms]
    content = gcd([c for _, c in numerators])
    return [(e, int(c // content)) for e, c in numerators]


def _text(terms):
    parts = []
    for coefficient, exponent in terms:
        monomial = "".join(f"*x{k}^{e}" if e > 1 else f"*x{k}" for k, e in exponent)
        parts.append(f"{coefficient:+d}{monomial}")
    return "".join(parts).removeprefix("+")
