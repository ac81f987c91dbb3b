r"""
Rational parametrizations of engines, moved to the coordinates of a proof and written as plain data.

EXAMPLES::

    sage: from sage_mlvar import _sage
    sage: from sage_mlvar.backends import Parametrization
    sage: from sage_mlvar.certify.critical.plain import plain_solutions
    sage: from sage.matrix.special import identity_matrix
    sage: from sage.modules.free_module_element import vector
    sage: from sage.rings.rational_field import QQ
    sage: proposal = Parametrization((-2, 0, 1), (0, 2), ((0, 0, 2),), (1,))
    sage: plain = plain_solutions(proposal, vector(QQ, [1]), identity_matrix(QQ, 1))
    sage: plain["eliminating"], plain["scale"], plain["numerators"], plain["form"]
    (['-2', '0', '1'], '1', [['4', '-2']], ['1', '1'])
"""

import flint

from ... import _sage  # noqa: F401
from ...errors import BackendError
from ..flint_numbers import to_flint

from sage.rings.rational import Rational

__all__ = ["plain_solutions"]


def plain_solutions(proposal, v, inverse):
    r"""
    Return the parametrization of ``t = K^(-1) (s - v)``, and of the multiplier if there is one.

    INPUT:

    - ``proposal`` -- a :class:`~sage_mlvar.backends.base.Parametrization` of ``s`` and perhaps one more coordinate,
      with at least one root
    - ``v`` -- vector of rationals
    - ``inverse`` -- matrix ``K^(-1)``

    Raises :class:`~sage_mlvar.errors.BackendError` when the denominator vanishes at a root.
    """
    r = len(v)
    w = _polynomial(proposal.eliminating)
    below = _polynomial(proposal.denominator)
    numerators = [_polynomial(row) % w for row in proposal.numerators]
    if w.degree() == 1:
        # One point: constants.
        root = -w[0] / w[1]
        numerators = [flint.fmpq_poly([f(root) / below(root)]) for f in numerators]
        below = flint.fmpq_poly([1])
    primitive = w.numer()
    primitive = flint.fmpz_poly([c // primitive.content() for c in primitive.coeffs()])
    derivative = flint.fmpq_poly(primitive.derivative())
    ratio = below.leading_coefficient() / derivative.leading_coefficient() if below else 0
    if not ratio or below != ratio * derivative:
        # Any denominator will do, if it has no root of w.
        divisor, reciprocal, _ = (below % w).xgcd(w)
        if divisor.degree() != 0:
            raise BackendError("the parametrization has a denominator that vanishes")
        numerators = [(f * reciprocal / divisor * derivative) % w for f in numerators]
        below, ratio = derivative, 1
    moved = [f - to_flint(c) * below for f, c in zip(numerators[:r], v)]
    solved = [sum((to_flint(k) * f for k, f in zip(row, moved) if k), flint.fmpq_poly([])) for row in inverse]
    solved = [f / ratio for f in (*solved, *numerators[r:])]
    scale = flint.fmpz(1)
    for f in solved:
        scale = scale.lcm(f.denom())
    whole = [(f * scale).numer() for f in solved]
    return {
        "eliminating": _texts(primitive),
        "scale": str(scale),
        "numerators": [_texts(f) for f in whole],
        "form": _form(proposal, v, inverse, w),
    }


def _form(proposal, v, inverse, w):
    r"""Return the separating form as an affine one in the new coordinates."""
    if w.degree() == 1:
        return [str(-w[0] / w[1]), *(["0"] * len(proposal.numerators))]
    c = [Rational(x) for x in proposal.form]
    r = len(v)
    constant = sum((a * b for a, b in zip(c, v)), Rational(0))
    gram = inverse.inverse()
    rest = [sum((c[j] * gram[j, k] for j in range(r)), Rational(0)) for k in range(r)]
    return [str(x) for x in (constant, *rest, *c[r:])]


def _polynomial(coefficients):
    return flint.fmpq_poly([to_flint(c) for c in coefficients])


def _texts(f):
    return [str(c) for c in f.coeffs()]
