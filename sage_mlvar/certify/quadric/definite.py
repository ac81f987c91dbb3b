r"""
Quadrics without real points, and quadrics that are touched: exact decisions.

When ``g`` is positive at the data point and its quadratic part is positive semidefinite, the least value of ``g`` on
all of space decides: positive, there is no real boundary point; zero, the boundary is the affine space on which the
gradient vanishes, no sign changes there, and its distance is a matter of linear algebra.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.quadric.definite import classify
    sage: from sage_mlvar.certify.quadric.form import QuadricForms
    sage: from sage.rings.rational_field import QQ
    sage: def at(constant):
    ....:     C = PolynomialClassifier([[[1, 1]], [[1], [0]]], [[0], [constant, 0]])    # (x + y)^2 + constant
    ....:     forms = QuadricForms(C)
    ....:     return classify(forms.pair(0, 1).at(forms.image((QQ(2), QQ(0)))))
    sage: at(1), at(0).distance_squared, at(-1)
    (Positive(minimum=1), 2, None)
"""

from dataclasses import dataclass

import flint

from ... import _sage  # noqa: F401
from ...options import Deadline
from ..flint_numbers import from_flint, quotient, to_flint

from sage.matrix.constructor import matrix
from sage.modules.free_module_element import vector
from sage.rings.rational_field import QQ

__all__ = ["Positive", "Touching", "classify"]

_NEVER = Deadline(None)


@dataclass(frozen=True)
class Positive:
    r"""``g`` has the positive least value ``minimum``."""

    minimum: object


@dataclass(frozen=True)
class Touching:
    r"""
    ``g >= 0``, with equality on an affine space.

    - ``distance_squared`` -- rational
    - ``coefficients`` -- list of rationals ``t``: the nearest point is ``u + R^T t``
    """

    distance_squared: object
    coefficients: tuple


def classify(q, deadline=_NEVER):
    r"""
    Return :class:`Positive`, :class:`Touching`, or ``None`` when ``g`` takes negative values.

    INPUT:

    - ``q`` -- a :class:`~sage_mlvar.certify.quadric.form.PointForm` with positive ``value``
    - ``deadline`` -- a :class:`~sage_mlvar.options.Deadline`; what does not fit is not started
    """
    forms, pair = q.forms, q.pair
    A, below = pair.hessian
    if forms.rank == forms.h and forms.basis is not None:
        # The y_k are free coordinates: nothing to compute.
        if any(a < 0 for a in pair.row):
            return None
        minimum = pair.constant
    else:
        deadline.allow(3e-9 * A.nrows() ** 4, "deciding whether a quadratic form is semidefinite")
        if not _is_semidefinite(A):
            return None
        solution = _solution(A, below, q.gradient)
        if solution is None:
            return None
        minimum = q.value + solution * vector(QQ, _entries(q.gradient))
    if minimum < 0:
        return None
    if minimum > 0:
        return Positive(minimum)
    deadline.allow(2e-8 * forms.rank**4, "finding the nearest point of an affine space")
    return _touching(q)


def _entries(pair):
    numerators, below = pair
    return [quotient(x, below) for x in numerators.entries()]


def _over_Q(pair):
    M, below = pair
    return matrix(QQ, M.nrows(), M.ncols(), _entries((M, below)))


def _is_semidefinite(A):
    r"""Whether a symmetric integer matrix is positive semidefinite: by the signs of its characteristic polynomial."""
    if not A.nrows():
        return True
    coefficients = A.charpoly().coeffs()
    degree = A.nrows()
    return all((c if (degree - k) % 2 == 0 else -c) >= 0 for k, c in enumerate(coefficients))


def _solution(A, below, gradient):
    r"""Return a solution of ``A t = -gradient`` over Q, or ``None``."""
    right = -vector(QQ, _entries(gradient))
    if A.nrows() and A.rank() == A.nrows():
        numerators = flint.fmpq_mat(A).solve(flint.fmpq_mat([[to_flint(x * below)] for x in right]))
        return vector(QQ, [from_flint(x) for x in numerators.entries()])
    try:
        return _over_Q((A, below)).solve_right(right)
    except ValueError:
        return None


def _touching(q):
    r"""Return the nearest point of the space where the gradient vanishes: least ``t^T K t``, ``A t = -gradient``."""
    forms, pair = q.forms, q.pair
    if forms.rank == forms.h and forms.basis is not None:
        # y_k = 0 where a_k is not zero
        active = [k for k, a in enumerate(pair.row) if a]
        K = _over_Q(forms.gram)
        constraint = K.matrix_from_rows(active)
        right = vector(QQ, [-quotient(q.y[k, 0], q.y_below) for k in active])
    else:
        K = _over_Q(forms.gram)
        everything = _over_Q(pair.hessian)
        active = list(everything.pivot_rows())
        constraint = everything.matrix_from_rows(active)
        gradient = _entries(q.gradient)
        right = vector(QQ, [-gradient[k] for k in active])
    moved = K.solve_right(constraint.transpose())
    weights = (constraint * moved).solve_right(right)
    t = moved * weights
    return Touching(t * K * t, tuple(t))
