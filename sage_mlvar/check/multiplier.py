r"""
Proofs of kind "multiplier": one multiplier bounds the distance to a quadric.

With ``q(x) = |x - u|^2 + l*g(x)`` and ``I + l*A >= m*I`` (A half the Hessian of g), ``q`` is strongly convex, so that
for every ``z``, with ``r`` half the gradient of ``q`` at ``z``, and all ``x``::

    q(x) = q(z) + 2 r.(x - z) + (x - z)^T (I + l*A) (x - z) >= q(z) - |r|^2/m.

On the boundary ``g(x) = 0`` this bounds ``|x - u|^2``. The same inequality puts the boundary points at distance at most
``U`` into a ball around ``z - r/m`` of squared radius ``(U^2 - q(z) + |r|^2/m)/m``.

Definiteness is proved on the span of some rows R of the first weight matrix: all rows that enter A lie in it, and on
its orthogonal complement A vanishes.

EXAMPLES::

    sage: from sage_mlvar.check.document import rational
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.problem import Problem
    sage: from sage_mlvar.check.multiplier import verify
    sage: network = Network([[["1", "0"]], [["-1"], ["0"]]], [["0"], ["1", "0"]], ["0", "0", "1"])  # g = 1 - x^2
    sage: problem = Problem(network, [rational("1/2"), rational("0")], 0, 1, lower=rational("1/2"))
    sage: proof = {"kind": "multiplier", "multiplier": "1/2", "margin": "1/4", "basis": [0r], "coefficients": ["1/2"]}
    sage: verify(proof, problem).verified
    ['class 1: no boundary point closer than 0.5 (multiplier; 1 x 1 matrix positive definite exactly)']
"""

from flint import fmpq, fmpz_mat

from .definite import positive_definite
from .document import approximate, fields, index, rational, rationals, sequence
from .errors import Malformed, Rejected
from .problem import Verified
from .quadric import Quadric
from .vectors import add, common, square

__all__ = ["verify"]


def verify(proof, problem):
    r"""Return what the proof shows, a :class:`.Verified`, or raise :class:`.Rejected`."""
    fields(proof, "proof", ["kind", "multiplier", "margin", "basis", "coefficients"])
    multiplier = rational(proof["multiplier"], "multiplier")
    margin = rational(proof["margin"], "margin")
    if multiplier < 0:
        raise Rejected("multiplier must not be negative")
    if not 0 < margin < 1:
        raise Rejected("margin must lie strictly between 0 and 1")
    quadric = Quadric(problem)
    if proof["basis"] is None:
        step = rationals(proof["coefficients"], "coefficients", quadric.inputs)
        matrix = _full(quadric, multiplier, margin)
    else:
        basis = _basis(proof["basis"], problem.network.widths[1])
        step = _combination(problem.network, basis, rationals(proof["coefficients"], "coefficients", len(basis)))
        _spanning(quadric, basis)
        matrix = _on_span(quadric, basis, multiplier, margin)
    # Without rows there is only the orthogonal complement, where nothing is to prove.
    how = positive_definite(matrix) if matrix.nrows() else "exactly"
    x = add(problem.point, step, fmpq(1))
    value, gradient = problem.value_and_gradient(x)
    residual = add(step, gradient, multiplier / 2)
    bound = square(step) + multiplier * value - square(residual) / margin
    lower = problem.from_square(bound)
    center = add(x, residual, -1 / margin)
    size = matrix.nrows()
    sentence = (
        f"class {problem.other}: no boundary point closer than {approximate(lower)} "
        f"(multiplier; {size} x {size} matrix positive definite {how})"
    )
    return Verified(lower, [sentence], ball=lambda upper_square: (center, (upper_square - bound) / margin))


def _basis(value, rows):
    basis = [index(k, f"basis[{place}]", rows) for place, k in enumerate(sequence(value, "basis"))]
    if len(set(basis)) < len(basis):
        raise Malformed("basis must not repeat a row")
    return basis


def _combination(network, basis, coefficients):
    matrix, denominator = network.matrix(0)
    tops, bottom = common(coefficients)
    full = [0] * matrix.nrows()
    for k, top in zip(basis, tops):
        full[k] = top
    product = fmpz_mat(1, len(full), full) * matrix
    return [fmpq(product[0, j], denominator * bottom) for j in range(matrix.ncols())]


def _spanning(quadric, basis):
    r"""Raise :class:`.Rejected` unless the rows that enter A lie in the span of the rows of the basis."""
    outside = set(quadric.support).difference(basis)
    if not outside or len(basis) == quadric.inputs:
        # As many independent rows as inputs span everything; that they are independent is part of definiteness.
        return
    rows = (*sorted(outside), *basis)
    cache = quadric.problem.network.cache.setdefault("rank", {})
    if rows not in cache:
        gram, _ = quadric.gram()
        # Over the reals, W and W W^T have the same rank; the square matrix is the quick one.
        cache[rows] = fmpz_mat([[gram[i, j] for j in rows] for i in rows]).rank()
    if cache[rows] > len(basis):
        raise Rejected(f"class {quadric.problem.other}: rows of the first layer lie outside the span of the basis")


def _full(quadric, multiplier, margin):
    r"""Return a positive multiple of ``(1 - margin) I + multiplier*A``, in integers."""
    top, bottom = quadric.hessian()
    identity = fmpz_mat([[int(i == j) for j in range(quadric.inputs)] for i in range(quadric.inputs)])
    return _combine(identity, 1 - margin, top, multiplier / bottom)


def _on_span(quadric, basis, multiplier, margin):
    r"""Return a positive multiple of ``(1 - margin) R R^T + multiplier*(W R^T)^T D (W R^T)``, in integers."""
    if not basis:
        return fmpz_mat(0, 0)
    gram, denominator = quadric.gram()
    inner = fmpz_mat([[gram[i, j] for j in basis] for i in basis])
    if not quadric.support:
        return inner
    tops, bottom = common([quadric.diagonal[k] for k in quadric.support])
    products = fmpz_mat([[gram[k, j] for j in basis] for k in quadric.support])
    scaled = fmpz_mat([[top * gram[k, j] for j in basis] for k, top in zip(quadric.support, tops)])
    scale = denominator * denominator
    return _combine(inner, (1 - margin) * scale, products.transpose() * scaled, multiplier / bottom)


def _combine(first, factor, second, other):
    r"""Return a positive multiple of ``factor*first + other*second``, in integers."""
    (p, q), _ = common([factor, other])
    return first * p + second * q
