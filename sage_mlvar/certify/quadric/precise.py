r"""
The multiplier of a nearest point of a quadric in high precision, where doubles do not suffice.

Ill-conditioned weights, quadrics that are nearly double or nearly empty, numbers of very different size: the same
problem as in :mod:`sage_mlvar.certify.quadric.secular`, solved by ball arithmetic with as many bits as it takes.
Nothing is made diagonal: positive definiteness is an ``L D L^T`` decomposition in balls.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.quadric.precise import precise
    sage: from sage_mlvar.certify.quadric.form import QuadricForms
    sage: from sage_mlvar.options import Deadline
    sage: from sage.rings.rational_field import QQ
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: forms = QuadricForms(C)
    sage: form = forms.pair(0, 1).at(forms.image((QQ(1), QQ(0))))
    sage: multiplier, margin, t, directions = precise(form, QQ((1, 10^9)), Deadline(None))
    sage: 1 - form.bound(t, multiplier, margin) < 1e-9
    True
"""

import flint

from ... import _sage  # noqa: F401
from ...errors import NotProvedError
from ..flint_numbers import to_ball
from ..rounding import root_below
from .form import Dyadic
from .pencil import precision
from .segment import crossing

from sage.rings.rational_field import QQ

__all__ = ["is_positive_definite", "precise"]

_BITS = (256, 768, 2304)


def precise(form, tolerance, deadline):
    r"""
    Return a multiplier, a margin, the point ``t`` of the proof, and directions in which the boundary is nearest.

    INPUT:

    - ``form`` -- a :class:`~sage_mlvar.certify.quadric.form.PointForm` that takes negative values
    - ``tolerance`` -- rational, relative width wanted
    - ``deadline`` -- a :class:`~sage_mlvar.options.Deadline`

    Raises :class:`~sage_mlvar.errors.NotProvedError` when the highest precision does not suffice.
    """
    for bits in _BITS:
        with precision(bits):
            found = _Search(form, bits, deadline).run()
        if found is None:
            continue
        multiplier, margin, t, directions = found
        lower = form.bound(t, multiplier, margin)
        crossings = [end for end in (crossing(form, d) for d in directions) if end is not None]
        if crossings and lower > 0 and lower >= min(s * s * length for s, _, length in crossings) * (1 - tolerance):
            return found
    raise NotProvedError(
        f"no multiplier within {float(tolerance):.1g} of the best was found with {_BITS[-1]} bits; raise tolerance="
    )


def is_positive_definite(M, check=lambda: None):
    r"""
    Whether a symmetric matrix of balls is proved positive definite: the pivots of its ``L D L^T`` are positive.

    INPUT: ``check`` -- called before each step, to stop by an exception
    """
    rows = M.tolist()
    for k, pivot_row in enumerate(rows):
        check()
        pivot = pivot_row[k]
        if not pivot > 0:
            return False
        for i in range(k + 1, len(rows)):
            factor = pivot_row[i] / pivot
            if factor.is_zero():
                continue
            row = rows[i]
            for j in range(i, len(rows)):
                row[j] -= factor * pivot_row[j]
    return True


class _Search:
    r"""The search at one precision."""

    def __init__(self, form, bits, deadline):
        self.form, self.bits, self.deadline = form, bits, deadline
        (K, K_below), (A, A_below), (p, p_below) = form.forms.gram, form.pair.hessian, form.gradient
        self.K = flint.arb_mat(K) / flint.arb(K_below)
        self.A = flint.arb_mat(A) / flint.arb(A_below)
        self.p = flint.arb_mat(p) / flint.arb(p_below)
        self.value = to_ball(form.value)

    def run(self):
        r"""Return multiplier, margin, point and directions, or ``None``."""
        bracket = self.bracket()
        if bracket is None:
            return None
        low, high = bracket
        # A fourth of the bits: the rest is for what the linear systems lose.
        while (high - low) * QQ(2) ** (self.bits // 4) > high:
            middle = root_below(low * high, 24) if high > 2 * low else (low + high) / 2
            if self.is_before(middle):
                low = middle
            else:
                high = middle
        margin = QQ((1, 2))
        while not self.is_positive(low, 1 - margin):
            margin /= 16
            if margin * QQ(2) ** (self.bits // 2) < 1:
                return None
        t = self.minimiser(low)
        if t is None:
            return None
        directions = [d for d in (self.minimiser(high), t) if d is not None]
        directions = [self.dyadic(d) for d in (*directions, *self.along(low, t))]
        return low, margin, self.dyadic(t), directions

    def bracket(self):
        r"""Return multipliers before and behind the best one."""
        try:
            ratio = self.K.solve(self.A)
            slope = (self.p.transpose() * self.K.solve(self.p))[0, 0]
        except ZeroDivisionError:
            return None
        size = sum((abs(x) for x in ratio.entries()), flint.arb(0)) + slope / self.value
        if not size > 0:
            return None
        mantissa, exponent = (1 / size).mid().man_exp()
        start = QQ(int(mantissa)) * QQ(2) ** int(exponent)
        low = high = QQ(2) ** (int(start.numerator()).bit_length() - int(start.denominator()).bit_length())
        for _ in range(4 * self.bits):
            if self.is_before(low):
                break
            low /= 4
        else:
            return None
        for _ in range(4 * self.bits):
            if not self.is_before(high):
                return low, high
            low, high = high, 4 * high
        return None

    def matrix(self, multiplier, s=1):
        return self.K * to_ball(s) + self.A * to_ball(multiplier)

    def is_positive(self, multiplier, s=1):
        return is_positive_definite(self.matrix(multiplier, s), self._check)

    def _check(self):
        self.deadline.check("looking for a multiplier")

    def minimiser(self, multiplier):
        self._check()
        try:
            return (self.matrix(multiplier).solve(self.p) * -to_ball(multiplier)).mid()
        except ZeroDivisionError:
            return None

    def is_before(self, multiplier):
        r"""Whether the form is positive definite, and ``g`` not negative at its minimiser."""
        if not self.is_positive(multiplier):
            return False
        t = self.minimiser(multiplier)
        return t is not None and self.value_at(t) >= 0

    def value_at(self, t):
        transposed = t.transpose()
        return (transposed * (self.A * t))[0, 0] + 2 * (transposed * self.p)[0, 0] + self.value

    def along(self, multiplier, t):
        r"""Return points beyond the boundary from ``t`` in the direction of the least eigenvalue."""
        M, k = self.matrix(multiplier), t.nrows()
        v = flint.arb_mat(k, 1, [((7 * i) % 5) - 2 or 1 for i in range(k)])
        try:
            for _ in range(6):
                self._check()
                v = M.solve(self.K * v).mid()
                v = (v / sum((abs(x) for x in v.entries()), flint.arb(0))).mid()
        except ZeroDivisionError:
            return []
        a = (v.transpose() * (self.A * v))[0, 0].mid()
        b = (v.transpose() * (self.A * t + self.p))[0, 0].mid()
        disc = b * b - a * self.value_at(t).mid()
        if not (a < 0 and disc > 0):
            return []
        root = disc.sqrt()
        beyond = 1 + flint.arb(2) ** -40
        return [(t + v * ((-b + sign * root) / a * beyond)).mid() for sign in (1, -1)]

    def dyadic(self, t):
        parts = [x.mid().man_exp() for x in t.entries()]
        shift = max([0, *(-int(e) for m, e in parts if m)])
        return Dyadic([int(m) << (int(e) + shift) if m else 0 for m, e in parts], shift)
