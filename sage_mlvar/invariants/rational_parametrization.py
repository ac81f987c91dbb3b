r"""
Rational parametrizations of the solutions of a system over Q, checked by exact arithmetic.

An engine proposes ``x_k = N_k(T) / D(T)`` on the roots of a polynomial ``w``. Nothing is taken on trust:
:func:`verify` accepts the proposal only when

- ``w`` is squarefree and coprime to ``D``,
- every equation vanishes modulo ``w``, as polynomials with integer coefficients, and
- the linear form that is said to be ``T`` is ``T`` modulo ``w``, so that different roots give different solutions.

The roots of ``w`` then give as many different exact solutions as its degree. That *all* solutions are found needs a
further argument, for which :meth:`RationalParametrization.are_simple` is one half: with a Jacobian determinant coprime
to ``w``, every solution found is isolated and simple.

EXAMPLES::

    sage: from sage_mlvar import _sage
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: from sage_mlvar.invariants.rational_parametrization import parametrize
    sage: R = PolynomialRing(QQ, ["x", "y"]); x, y = R.gens()
    sage: P, reply = parametrize([x^2 + y^2 - 5, x*y - 2])
    sage: P.degree(), P.number_of_real_roots(), P.are_simple([x^2 + y^2 - 5, x*y - 2])
    (4, 4, True)

REFERENCES: Rouillier, *Solving zero-dimensional systems through the rational univariate representation*, 1999.
"""

from functools import cached_property

import flint

from .. import _sage, backends  # noqa: F401
from ..errors import BackendError
from ..options import Deadline
from ..univariate import number_of_real_roots

from sage.arith.functions import lcm
from sage.rings.integer import Integer
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["RationalParametrization", "integral_parts", "norm_polynomial", "parametrize", "verify"]

_NEVER = Deadline(None)
#: Primes for what needs to hold modulo one prime only: coprimality over Q.
_PRIMES = (4611686018427387847, 4611686018427387817, 4611686018427387787)


class RationalParametrization:
    r"""
    Solutions ``x_k = N_k(T) / D(T)`` at the roots of a squarefree ``w``; made by :func:`verify`.

    - ``w``, ``denominator`` -- integer polynomials of FLINT
    - ``numerators`` -- list of them, by variable
    - ``form`` -- tuple of rationals: ``T`` is this linear form in the variables, unless all are zero
    """

    def __init__(self, w, denominator, numerators, form=()):
        self.w, self.denominator, self.numerators, self.form = w, denominator, numerators, tuple(form)
        self._roots = {}

    def degree(self):
        r"""Return the number of solutions."""
        return int(self.w.degree())

    @cached_property
    def _over_Q(self):
        return PolynomialRing(QQ, "T")([Integer(int(c)) for c in self.w.coeffs()])

    def number_of_real_roots(self):
        r"""Return the number of real solutions, by Sturm's theorem."""
        return number_of_real_roots(self._over_Q)

    def substitute(self, f, deadline=_NEVER):
        r"""
        Return ``D^deg(f) f(N/D)`` up to a nonzero constant, for a polynomial ``f`` over Q in the variables.
        """
        return _substitute(f, self.numerators, self.denominator, deadline)

    def vanishes(self, f, deadline=_NEVER):
        r"""Whether ``f`` vanishes at every solution, exactly."""
        return _divides(self.w, self.substitute(f, deadline))

    def restrict(self, f):
        r"""Return the parametrization of the solutions at which ``f`` vanishes, ``None`` when there are none."""
        value = self.substitute(f)
        common = self.w if not value else _coprime_or_gcd(self.w, value)
        if common is None or common.degree() < 1:
            return None
        return RationalParametrization(common, self.denominator, self.numerators, self.form)

    def are_simple(self, system, deadline=_NEVER):
        r"""
        Whether the Jacobian determinant of a square ``system`` is coprime to ``w``.

        It is enough to see this modulo one prime that does not divide the leading coefficient of ``w``.
        """
        variables = system[0].parent().gens()
        if len(system) != len(variables):
            return False
        jacobian = [[f.derivative(x) for x in variables] for f in system]
        for prime in _PRIMES:
            w = _modulo(self.w, prime)
            if w.degree() < self.w.degree():
                continue
            try:
                inverse = _inverse(_modulo(self.denominator, prime), w)
            except ZeroDivisionError:
                continue
            point = [(_modulo(f, prime) * inverse) % w for f in self.numerators]
            entries = [[_value(f, point, w, prime) for f in row] for row in jacobian]
            if _determinant(entries, w, deadline).gcd(w).degree() == 0:
                return True
        return False

    def roots(self, precision):
        r"""
        Return the roots of ``w``: complex balls of Arb, disjoint, the real ones first and increasing.

        REFERENCES: Arb certifies each ball to hold exactly one root, and tells real roots by a zero imaginary part.
        """
        if precision in self._roots:
            return self._roots[precision]
        found = _with_precision(precision, lambda: [root for root, _ in self.w.complex_roots()])
        real = [root for root in found if root.imag == 0]
        if len(real) != self.number_of_real_roots() or len(found) != self.degree():
            raise BackendError("Arb and Sturm's theorem disagree on the number of real roots")
        other = [root for root in found if root.imag != 0]
        self._roots[precision] = sorted(real, key=lambda root: _rational(root.real.mid())) + other
        return self._roots[precision]

    def refine(self, root, precision):
        r"""Return the ball of ``roots(precision)`` for the same root."""
        (same,) = [other for other in self.roots(precision) if other.overlaps(root)]
        return same

    def at(self, root, numerator):
        r"""Return ``numerator / D`` at a root, a ball."""
        return flint.acb_poly(numerator)(root) / flint.acb_poly(self.denominator)(root)


def parametrize(system, limits=None):
    r"""
    Return a checked parametrization of the solutions of a zero-dimensional ``system``, and the engine's reply.

    OUTPUT: a pair; the first entry is ``None`` when the engine says that there are infinitely many solutions

    Raises :class:`~sage_mlvar.errors.BackendError` when what the engine says is wrong.
    """
    reply = backends.call("parametrize", system, limits=limits)
    deadline = _NEVER if limits is None else limits.deadline
    return (None if reply.value is None else verify(reply.value, system, deadline)), reply


def integral_parts(proposal):
    r"""
    Return ``w``, the denominator and the list of numerators of a proposal as integer polynomials of FLINT, unchecked.

    INPUT: ``proposal`` -- a :class:`~sage_mlvar.backends.base.Parametrization`
    """
    denominators = [QQ(c).denominator() for row in (proposal.denominator, *proposal.numerators) for c in row]
    common = lcm(denominators)
    w = _integral(proposal.eliminating, lcm([QQ(c).denominator() for c in proposal.eliminating]))
    content = w.content() if w else 1
    w = flint.fmpz_poly([c // content for c in w.coeffs()])
    return w, _integral(proposal.denominator, common), [_integral(row, common) for row in proposal.numerators]


def verify(proposal, system, deadline=_NEVER):
    r"""
    Return the :class:`RationalParametrization` that an engine proposes, after exact checks.

    INPUT:

    - ``proposal`` -- a :class:`~sage_mlvar.backends.base.Parametrization`
    - ``system`` -- list of polynomials over Q
    - ``deadline`` -- a :class:`~sage_mlvar.options.Deadline`

    EXAMPLES::

        sage: from sage_mlvar import _sage
        sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        sage: from sage.rings.rational_field import QQ
        sage: from sage_mlvar.backends import Parametrization
        sage: from sage_mlvar.invariants.rational_parametrization import verify
        sage: R = PolynomialRing(QQ, ["x", "y"]); x, y = R.gens()
        sage: wrong = Parametrization((-2, 0, 1), (1,), ((0, 1), (3,)), (1, 0))
        sage: verify(wrong, [x^2 - 2, y - 3]).degree()
        2
        sage: verify(wrong, [x^2 - 2, y - x])
        Traceback (most recent call last):
        ...
        sage_mlvar.errors.BackendError: the parametrization does not solve the system
    """
    w, denominator, numerators = integral_parts(proposal)
    found = RationalParametrization(w, denominator, numerators, proposal.form)
    if w.degree() < 1:
        # No solution is claimed, and none is shown: completeness is for the caller to prove.
        return RationalParametrization(
            flint.fmpz_poly([1]), flint.fmpz_poly([1]), [flint.fmpz_poly([])] * len(found.numerators)
        )
    if not _coprime(w, w.derivative()) or not _coprime(w, found.denominator):
        raise BackendError("the parametrization has multiple roots or a denominator that vanishes")
    if not all(found.vanishes(f, deadline) for f in system):
        raise BackendError("the parametrization does not solve the system")
    scale = lcm([QQ(c).denominator() for c in proposal.form])
    form = flint.fmpz_poly([0, -int(scale)]) * found.denominator
    for c, numerator in zip(proposal.form, found.numerators):
        form += int(c * scale) * numerator
    if form and not _divides(w, form):
        raise BackendError("the parametrization does not separate the solutions")
    return found


def norm_polynomial(w, numerator, denominator):
    r"""
    Return the monic polynomial whose roots are ``numerator/denominator`` at the roots of ``w``, with multiplicity.

    INPUT: integer polynomials of FLINT, ``denominator`` coprime to ``w``

    ALGORITHM: the resultants of ``w`` and ``s denominator - numerator`` at integers ``s``, interpolated.
    """
    from sage.libs.pari import pari

    ring = PolynomialRing(QQ, "s")
    degree = int(w.degree())
    nodes = [k - degree // 2 for k in range(degree + 1)]
    # Both in one degree: the formal resultant is a polynomial in s of the degree of w up to a power of lc(w).
    top = max(numerator.degree(), denominator.degree(), 0)
    leading = w.leading_coefficient()
    values = []
    for s in nodes:
        f = s * denominator - numerator
        values.append(Integer(int(w.resultant(f) * leading ** int(top - f.degree()))) if f else Integer(0))
    return ring(pari.polinterpolate(nodes, values)).monic()


def _integral(coefficients, common):
    return flint.fmpz_poly([int(QQ(c) * common) for c in coefficients])


def _substitute(f, numerators, denominator, deadline):
    degree = int(f.degree())
    common = lcm([c.denominator() for c in f.coefficients()]) if f else 1
    powers = [_powers(p, int(f.degree(x))) for p, x in zip(numerators, f.parent().gens())]
    below = _powers(denominator, max(degree, 0))
    # Terms of one degree share their power of the denominator.
    layers = {}
    for exponent, c in f.dict().items():
        deadline.check("checking a parametrization")
        term = flint.fmpz_poly([int(c * common)])
        total = 0
        for place, e in exponent.sparse_iter():
            term *= powers[place][e]
            total += int(e)
        layers[total] = layers.get(total, flint.fmpz_poly([])) + term
    result = flint.fmpz_poly([])
    for total, layer in layers.items():
        result += layer * below[degree - total]
    return result


def _powers(p, most):
    result = [flint.fmpz_poly([1])]
    for _ in range(most):
        result.append(result[-1] * p)
    return result


def _divides(w, f):
    r"""Whether a primitive ``w`` divides ``f`` (over Z, or equivalently over Q by the lemma of Gauss)."""
    return not f or (f.degree() >= w.degree() and (f // w) * w == f)


def _modulo(f, prime):
    return flint.nmod_poly([int(c % prime) for c in f.coeffs()], prime)


def _coprime(f, g):
    r"""Whether ``f`` and ``g`` are coprime over Q: seen modulo a prime that keeps the degree of ``f``, else exactly."""
    for prime in _PRIMES[:1]:
        reduced = _modulo(f, prime)
        if reduced.degree() == f.degree() and reduced.gcd(_modulo(g, prime)).degree() == 0:
            return True
    return f.gcd(g).degree() == 0


def _coprime_or_gcd(f, g):
    return None if _coprime(f, g) else f.gcd(g)


def _inverse(f, w):
    g, s, _ = (f % w).xgcd(w)
    if g.degree() != 0:
        raise ZeroDivisionError("not a unit")
    return s % w


def _value(f, point, w, prime):
    r"""Return ``f`` at a point with coordinates modulo ``(w, prime)``."""
    result = flint.nmod_poly([], prime)
    for exponent, c in f.dict().items():
        residue = int(c.numerator() % prime) * pow(int(c.denominator()), -1, prime)
        term = flint.nmod_poly([residue % prime], prime)
        for place, e in exponent.sparse_iter():
            for _ in range(int(e)):
                term = (term * point[place]) % w
        result += term
    return result


def _determinant(rows, w, deadline):
    r"""
    Return a determinant over a commutative ring of residues modulo ``w``, up to sign, without divisions.

    REFERENCES: Bird, *A simple division-free algorithm for computing determinants*, 2011.
    """
    n = len(rows)
    zero = rows[0][0] * 0
    current = rows
    for _ in range(n - 1):
        # mu: the strict upper part, and minus the sums of the later diagonal entries.
        trace, mu = zero, [[zero] * n for _ in range(n)]
        for i in reversed(range(n)):
            mu[i][i] = -trace
            trace = trace + current[i][i]
            for j in range(i + 1, n):
                mu[i][j] = current[i][j]
        current = []
        for i in range(n):
            deadline.check("proving solutions simple")
            current.append([sum((mu[i][k] * rows[k][j] for k in range(i, n)), zero) % w for j in range(n)])
    return current[0][0]


def _rational(ball_midpoint):
    mantissa, exponent = ball_midpoint.man_exp()
    return QQ(int(mantissa)) * QQ(2) ** int(exponent)


def _with_precision(precision, job):
    before = flint.ctx.prec
    flint.ctx.prec = precision
    try:
        return job()
    finally:
        flint.ctx.prec = before
