r"""
Quadratic functions of a point *and of the hidden neurons* below a network on a cell, in ball arithmetic.

Let ``p`` be the pre-activation of a neuron at a point ``v``, and ``p + s`` that at ``x``. Its value is ::

    sigma(p + s) = c0 + c1 s + e,    e = q(s) s^2,

with the Taylor coefficients ``c0, c1, ...`` at ``p`` and ``q(s) = c2 + c3 s + ...``. The remainders ``e`` of all
neurons are taken as variables beside ``x - v``: then ``g`` is a linear function, and so is each ``s``, of ``x - v`` and
of the remainders in the layers before. What ties them together are, on the cell, the inequalities ::

    (s - l)(h - s) >= 0                    l <= s <= h
    e - k s^2 >= 0,  K s^2 - e >= 0        k <= q(s) <= K
    (e - a s)(A s - e) >= 0                a <= q(s) s <= A
    (e - b)(B - e) >= 0                    b <= q(s) s^2 <= B

So ``g`` minus any combination of the left sides with multipliers that are not negative is a quadratic function below
``g``. Where it is positive for *all* values of its variables, so is ``g`` on the cell. In contrast to
:mod:`sage_mlvar.check.minorant`, errors of a layer are not bounded before the next one sees them.

EXAMPLES::

    sage: from flint import arb
    sage: from sage_mlvar.check.lifted import lifted
    sage: from sage_mlvar.check.minorant import Cell, Program
    sage: one, zero = arb("1").fmpq(), arb("0").fmpq()
    sage: g = Program([[[one]], [[-one]]], [[zero], [one + one]], [zero, zero, one], [one])  # 2 - x^2 at 1
    sage: none = arb("0")
    sage: c, b, Q = lifted(g, Cell(ball=arb("1/4")), [[[none, none, arb("1"), none, none]]])
    sage: c, b, Q   # 1 - 2 y - e - (y^2 - e)
    (1.00000000000000, [-2.00000000000000, 0], [[-1.00000000000000, 0], [0, 0]])

REFERENCES: A. Raghunathan, J. Steinhardt, P. Liang, *Semidefinite relaxations for certifying robustness to adversarial
examples*, 2018; M. Fazlyab, M. Morari, G. Pappas, *Safety verification and robustness analysis of neural networks via
quadratic constraints and semidefinite programming*, 2022.
"""

from flint import arb, arb_mat

from .bernstein import ranges_around
from .minorant import taylor_coefficients

__all__ = ["INEQUALITIES", "RAISED", "lifted"]

#: How many inequalities tie a neuron to the others, in the order above.
INEQUALITIES = 5
#: Bernstein coefficients of a higher degree enclose more closely.
RAISED = 6


def lifted(program, cell, multipliers):
    r"""
    Return ``c``, ``b`` and the rows of ``Q``, balls, such that ``g >= c + b.w + w^T Q w`` on the cell.

    INPUT:

    - ``program`` -- a :class:`~sage_mlvar.check.minorant.Program`
    - ``cell`` -- a :class:`~sage_mlvar.check.minorant.Cell` or a :class:`~sage_mlvar.check.slice.Slice`
    - ``multipliers`` -- for each hidden layer, for each neuron, five exact balls that are not negative

    OUTPUT: ``w`` is ``x - v`` followed by the remainders, layer by layer; ``Q`` on and above the diagonal
    """
    n = program.dimension
    size = n + sum(map(len, multipliers))
    p, S = program.start, arb_mat([[*row, *[arb(0)] * (size - n)] for row in program.first.tolist()])
    if cell.center is not None:
        p = p + program.first * arb_mat(n, 1, cell.center)
    remainders, squares = [], arb_mat(size, size)
    c, b, mixed = arb(0), arb_mat(1, size), []
    for (W, _, shift), own in zip(program.later, multipliers):
        count, rows = len(own), S.tolist()
        place = n + len(remainders)
        expansions = [taylor_coefficients(program, z) for z in p.entries()]
        ends = _intervals(cell, rows, n, remainders)
        neurons = [_Neuron(t, *bounds) for t, bounds in zip(own, _bounds(expansions, ends))]
        weighted = [[neuron.ss * x for x in row] for neuron, row in zip(neurons, rows)]
        squares = squares + S.transpose() * arb_mat(weighted)
        b = b + arb_mat([[neuron.s for neuron in neurons]]) * S
        for k, (neuron, row) in enumerate(zip(neurons, rows), place):
            c = c + neuron.one
            mixed.append((k, neuron, [neuron.se / 2 * x for x in row[:k]]))
        remainders += [neuron.range for neuron in neurons]
        slopes = [t[1] if len(t) > 1 else arb(0) for t in expansions]
        values = [[slope * x for x in row] for slope, row in zip(slopes, rows)]
        for k, row in enumerate(values, place):
            row[k] = row[k] + 1
        S = W * arb_mat(values)
        p = W * arb_mat(count, 1, [t[0] for t in expansions]) + shift
    b, Q = (b + S).tolist()[0], squares.tolist()
    for k, neuron, column in mixed:
        b[k] = b[k] + neuron.e
        Q[k][k] = Q[k][k] + neuron.ee
        for i, x in enumerate(column):
            Q[i][k] = Q[i][k] + x
    return c + p[0, 0], b, Q


class _Neuron:
    r"""
    The multiplied inequalities of a neuron, subtracted: the coefficients of 1, ``s``, ``e`` and of their products.
    """

    def __init__(self, multipliers, ends, curve, slope, range_):
        (low, high), (k, K), (a, A), (b, B) = ends, curve, slope, range_
        between, above, below, cone, inside = multipliers
        self.range = range_
        self.one = between * low * high + inside * b * B
        self.s = -between * (low + high)
        self.e = below - above - inside * (b + B)
        self.ss = between + above * k - below * K + cone * a * A
        self.se = -cone * (a + A)
        self.ee = cone + inside


def _intervals(cell, rows, n, remainders):
    r"""Return exact numbers ``l <= 0 <= h`` that bound each ``s`` on the cell."""
    found = []
    for (low, high), row in zip(cell.intervals(arb_mat([row[:n] for row in rows])), rows):
        for x, (b, B) in zip(row[n:], remainders):
            one, two = x * b, x * B
            low, high = low + one.min(two), high + one.max(two)
        found.append((low.lower().min(arb(0)), high.upper().max(arb(0))))
    return found


def _bounds(expansions, ends):
    r"""Return, for each neuron, the bounds of ``s``, ``q(s)``, ``q(s) s`` and ``q(s) s^2``: pairs of exact numbers."""
    curves = [[*t[2:]] or [arb(0)] for t in expansions]
    raised = [arb(0)] * RAISED
    powers = [ranges_around([[arb(0)] * k + q + raised for q in curves], ends) for k in range(3)]
    return list(zip(ends, *powers))
