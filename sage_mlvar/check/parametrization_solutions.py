r"""
Rational parametrizations of finitely many points, checked by exact arithmetic.

``{"eliminating": w, "scale": s, "numerators": [N_1, ...], "form": [c_0, c_1, ...]}``, with lists of integers in
strings, constant terms first, describes the points ``N_k(T)/(s w'(T))`` at the roots T of w.

EXAMPLES::

    sage: from sage_mlvar.check.parametrization_solutions import Solutions
    sage: plain = {"eliminating": ["-2", "0", "1"], "scale": "1", "numerators": [["4"]], "form": ["0", "1"]}
    sage: Solutions(plain, 1, "x").real_points(64)  # 4/(2 T) = T for T^2 = 2
    [[[-1.4142135623731... +/- ...]], [[1.4142135623731... +/- ...]]]
    sage: Solutions({**plain, "eliminating": ["1", "2", "1"]}, 1, "x")
    Traceback (most recent call last):
    ...
    sage_mlvar.check.errors.Rejected: x.eliminating has multiple roots
"""

import re

from flint import acb_poly, ctx, fmpz, fmpz_poly, nmod_poly

from .document import MAX_DIGITS, fields, rational, rationals, sequence, shown
from .errors import Malformed, Rejected

__all__ = ["Solutions", "determinant"]

_INTEGER = re.compile(r"0|-?[1-9][0-9]*")

#: What holds modulo one prime that keeps degrees holds over the rationals: to be coprime.
_PRIMES = (4611686018427387847, 4611686018427387817, 4611686018427387787)


class Solutions:
    r"""
    Points at the roots of a squarefree polynomial, different ones at different roots.

    INPUT: ``plain`` -- the dictionary above; ``length`` -- number of coordinates; ``where`` -- what errors call it

    The form says that ``T = c_0 + c_1 N_1/(s w') + ...`` at all roots, so that no two roots give the same point.
    """

    FIELDS = ("eliminating", "scale", "numerators", "form")

    def __init__(self, plain, length, where):
        fields(plain, where, self.FIELDS)
        self.where = where
        self.w = _polynomial(plain["eliminating"], f"{where}.eliminating")
        if self.w.degree() < 1 or self.w.content() != 1:
            raise Malformed(f"{where}.eliminating must be primitive, of degree at least 1")
        if not _coprime(self.w, self.w.derivative()):
            raise Rejected(f"{where}.eliminating has multiple roots")
        scale = rational(plain["scale"], f"{where}.scale")
        if scale.q != 1 or scale == 0:
            raise Malformed(f"{where}.scale must be a nonzero integer")
        # Coprime to w, as w' is.
        self.below = scale.p * self.w.derivative()
        self.numerators = [
            _polynomial(entry, f"{where}.numerators[{k}]")
            for k, entry in enumerate(sequence(plain["numerators"], f"{where}.numerators", length))
        ]
        form = rationals(plain["form"], f"{where}.form", length + 1)
        common = fmpz(1)
        for c in form:
            common = common.lcm(c.q)
        left = fmpz_poly([-(form[0] * common).p, common]) * self.below
        for c, numerator in zip(form[1:], self.numerators):
            left -= (c * common).p * numerator
        if not self.vanishes(left):
            raise Rejected(f"{where}.form does not separate the points")
        self._roots = {}

    def number(self):
        r"""Return the number of points, complex ones included."""
        return self.w.degree()

    def vanishes(self, f):
        r"""Return whether w divides the integer polynomial f: over the integers, as w is primitive (Gauss)."""
        if not f:
            return True
        if f.degree() < self.w.degree():
            return False
        # Most of what is wrong is found modulo a prime at once.
        prime = _PRIMES[0]
        reduced = _modulo(self.w, prime)
        if reduced.degree() == self.w.degree() and _modulo(f, prime) % reduced:
            return False
        return (f // self.w) * self.w == f

    def is_critical(self, polynomial, gram):
        r"""
        Return whether all points are critical points of ``t^T K t`` on ``f = 0``.

        The last coordinate is the multiplier l in ``K t = l grad f``.
        """
        *t, multiplier = self.numerators
        value, gradient = polynomial.at(t, self.below)
        if not self.vanishes(value):
            return False
        power = fmpz_poly([polynomial.denominator])
        for _ in range(polynomial.degree - 1):
            power *= self.below
        common = fmpz(1)
        for row in gram:
            for k in row:
                common = common.lcm(k.q)
        for row, slope in zip(gram, gradient):
            moved = sum(((k * common).p * x for k, x in zip(row, t) if k), fmpz_poly([]))
            if not self.vanishes(moved * power - common * (multiplier * slope)):
                return False
        return True

    def is_on(self, polynomial, singular=False):
        r"""Return whether f, and with ``singular`` also its gradient, vanishes at all points."""
        value, gradient = polynomial.at(self.numerators[: polynomial.variables], self.below)
        return self.vanishes(value) and (not singular or all(self.vanishes(f) for f in gradient))

    def are_simple(self, polynomial, gram):
        r"""Return whether the critical points are proved simple: the Jacobian determinant in (t, l) is coprime to w."""
        for prime in _PRIMES:
            w, below = _modulo(self.w, prime), _modulo(self.below, prime)
            if w.degree() < self.w.degree():
                continue
            g, inverse, _ = (below % w).xgcd(w)
            if g.degree() != 0:
                continue
            *point, multiplier = [(_modulo(f, prime) * inverse) % w for f in self.numerators]
            found = polynomial.derivatives(point, prime, w)
            if found is None or any(k.q % prime == 0 for row in gram for k in row):
                continue
            _, gradient, hessian = found
            entries = [[*gradient, nmod_poly([], prime)]]
            for row, bends, slope in zip(gram, hessian, gradient):
                residues = [int(k.p % prime) * pow(int(k.q % prime), -1, prime) % prime for k in row]
                line = [nmod_poly([k], prime) - (multiplier * bend) % w for k, bend in zip(residues, bends)]
                entries.append([*line, -slope])
            if determinant(entries, w).gcd(w).degree() == 0:
                return True
        return False

    def real_points(self, precision):
        r"""
        Return the real points, lists of balls, by increasing T.

        FLINT certifies that its balls hold one root each, and tells the real ones.
        """
        if precision in self._roots:
            return self._roots[precision]
        before = ctx.prec
        ctx.prec = precision
        try:
            roots = [root for root, _ in self.w.complex_roots()]
            # Comparisons of balls are true only when they hold for all their numbers.
            if len(roots) != self.w.degree() or not all(x.imag == 0 or x.imag > 0 or x.imag < 0 for x in roots):
                raise Rejected(f"{self.where}: the roots cannot be told apart")
            real = sorted((root for root in roots if root.imag == 0), key=lambda root: root.real.mid().fmpq())
            below = acb_poly(self.below)
            polynomials = [acb_poly(f) for f in self.numerators]
            found = []
            for root in real:
                bottom = below(root)
                # Real at a real root, whatever the balls say.
                found.append([(f(root) / bottom).real for f in polynomials])
        finally:
            ctx.prec = before
        self._roots = {precision: found}
        return found


def _polynomial(entry, where):
    found = []
    for k, x in enumerate(sequence(entry, where)):
        if not isinstance(x, str) or len(x) > MAX_DIGITS or not _INTEGER.fullmatch(x):
            raise Malformed(f"{where}[{k}] must be an integer in a string, got {shown(x)}")
        found.append(fmpz(x))
    return fmpz_poly(found)


def _modulo(f, prime):
    return nmod_poly([int(c % prime) for c in f.coeffs()], prime)


def _coprime(f, g):
    for prime in _PRIMES:
        reduced = _modulo(f, prime)
        if reduced.degree() == f.degree() and reduced.gcd(_modulo(g, prime)).degree() == 0:
            return True
    return f.gcd(g).degree() == 0


def determinant(rows, w):
    r"""
    Return a determinant over residues modulo w, up to sign, without divisions.

    REFERENCES: Bird, *A simple division-free algorithm for computing determinants*, 2011.
    """
    n, zero = len(rows), rows[0][0] * 0
    current = rows
    for _ in range(n - 1):
        trace, mu = zero, [[zero] * n for _ in range(n)]
        for i in reversed(range(n)):
            mu[i][i] = -trace
            trace = trace + current[i][i]
            for j in range(i + 1, n):
                mu[i][j] = current[i][j]
        current = [[sum((mu[i][k] * rows[k][j] for k in range(i, n)), zero) % w for j in range(n)] for i in range(n)]
    return current[0][0]
