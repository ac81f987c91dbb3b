r"""
Proofs of kind "touching": the minimum of the difference of two outputs is zero, so that the boundary is an affine
space.

The proof holds no data. The boundary is where the gradient vanishes, and its distance is computed exactly.

EXAMPLES::

    sage: from sage_mlvar.check.document import rational
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.problem import Problem
    sage: from sage_mlvar.check.touching import verify
    sage: network = Network([[["1", "1"]], [["1"], ["0"]]], [["0"], ["0", "0"]], ["0", "0", "1"])  # g = (x + y)^2
    sage: problem = Problem(network, [rational("3"), rational("0")], 0, 1, lower=rational("2"))
    sage: verify({"kind": "touching"}, problem).verified
    ['class 1: the boundary is an affine space at squared distance 4.5, not closer than 2']
"""

from flint import fmpq, fmpq_mat

from .document import approximate, fields
from .errors import Rejected
from .everywhere import least_value
from .problem import Verified
from .quadric import Quadric
from .vectors import add, square

__all__ = ["verify"]


def verify(proof, problem):
    r"""Return what the proof shows, a :class:`.Verified`, or raise :class:`.Rejected`."""
    fields(proof, "proof", ["kind"])
    least, pivots = least_value(problem)
    if least != 0:
        raise Rejected(
            f"class {problem.other}: the difference of the outputs has the minimum {approximate(least)}, not zero"
        )
    step = _nearest(problem, pivots)
    nearest = add(problem.point, step, fmpq(1))
    value, gradient = problem.value_and_gradient(nearest)
    if value != 0 or any(gradient):
        raise Rejected(f"class {problem.other}: the boundary point computed for this proof is not one")
    squared = square(step)
    lower = problem.from_square(squared)
    sentence = (
        f"class {problem.other}: the boundary is an affine space at squared distance {approximate(squared)}, "
        f"not closer than {approximate(lower)}"
    )
    # The ball is by Pythagoras, whatever the norm in which U was measured.
    return Verified(lower, [sentence], ball=lambda upper_square: (nearest, upper_square - squared))


def _nearest(problem, pivots):
    r"""
    Return the shortest ``y`` with gradient zero at ``u + y``.

    It lies in the image of A, so ``y = A P w`` for some ``w``, and ``A y = -grad/2``, that is
    ``P^T A^2 P w = -P^T grad/2``. The matrices ``P^T A P`` and ``P^T A^2 P`` have the same kernel, hence share the
    pivots.
    """
    basis, _, second, half = Quadric(problem).reduced()
    size = len(pivots)
    if not size:
        return [fmpq(0)] * len(problem.point)
    matrix = fmpq_mat(size, size, [second[i, j] for i in pivots for j in pivots])
    solution = matrix.solve(fmpq_mat(size, 1, [-half[i, 0] for i in pivots]))
    weights = fmpq_mat(basis.ncols(), 1)
    for k, i in enumerate(pivots):
        weights[i, 0] = solution[k, 0]
    direction = (basis * weights).entries()
    # A times a direction is half the change of the gradient along it.
    shifted = problem.value_and_gradient(add(problem.point, direction, fmpq(1)))[1]
    return [(a - b) / 2 for a, b in zip(shifted, problem.at_point[1])]
