r"""
Quadratic functions below a network on a cell, in ball arithmetic.

On a cell around a point ``v`` every neuron is enclosed as ::

    z = p + b.(x-v) + sum_f A_f (f.(x-v))^2 + e,    |e| <= sum_f E_f (f.(x-v))^2,    E >= 0,

where the linear forms ``f`` are the linear parts ``b`` of the neurons of the layers before. An activation keeps this
shape. Let ``t = z - p``, ``low <= b.(x-v) <= high`` and ``|t - b.(x-v)| <= N <= kappa`` on the cell, ``N`` the form
``|A| + E``, ``low <= 0 <= high`` and ``rho = max(-low, high)``. Then ``sigma(z) = c0 + c1 t + s(t) t^2`` with the
Taylor coefficients at ``p``; the polynomial ``s`` is between ``m - w`` and ``m + w`` for ``low - kappa <= t <= high +
kappa``, and ``|t^2 - (b.(x-v))^2| <= (2 rho + kappa) N``, so ::

    sigma(z) = c0 + c1 b.(x-v) + c1 A + m (b.(x-v))^2  up to  |c1| E + w (b.(x-v))^2 + (|m| + w) (2 rho + kappa) N.

The last layer gives ``g >= c + b.(x-v) + (x-v)^T Q (x-v)`` on the cell. A cell is a :class:`Cell` or a
:class:`~sage_mlvar.check.slice.Slice`; the point ``v`` need not be in it.

EXAMPLES::

    sage: from flint import arb
    sage: from sage_mlvar.check.minorant import Cell, Program, minorant
    sage: one, zero = arb("1").fmpq(), arb("0").fmpq()
    sage: first, last = [[one, zero], [zero, one]], [[-one, -one]]
    sage: g = Program([first, last], [[zero, zero], [one + one]], [zero, zero, one], [one, zero])
    sage: c, b, Q = minorant(g, Cell(ball=arb("1")))
    sage: c, b
    (1.00000000000000, [-2.00000000000000, 0])
"""

from flint import arb, arb_mat, fmpq

from .bernstein import ranges_around

__all__ = ["Cell", "Program", "Zonotope", "minorant", "root", "taylor_coefficients"]


def root(x):
    r"""Return the square root of a ball whose numbers are not negative, but for rounding."""
    return x.nonnegative_part().sqrt() if not x > 0 else x.sqrt()


class Program:
    r"""
    The function ``g`` of one output, ``z_1 = W_1 x + b_1``, ``z_(l+1) = W_(l+1) sigma(z_l) + b_(l+1)``.

    INPUT:

    - ``weights``, ``biases`` -- per layer, rationals; the last layer has one row
    - ``activation`` -- coefficients, constant term first
    - ``point`` -- the point ``u``; coordinates are ``y = x - u``
    - ``first`` -- rows of balls: the first layer in other coordinates of length-preserving kind, or ``None``
    """

    def __init__(self, weights, biases, activation, point, first=None):
        self.rows = [[[fmpq(x) for x in row] for row in W] for W in weights]
        self.activation = [fmpq(a) for a in activation]
        u = [fmpq(x) for x in point]
        start = [
            sum((w * x for w, x in zip(row, u)), fmpq(b)) for row, b in zip(self.rows[0], (fmpq(b) for b in biases[0]))
        ]
        h = len(start)
        self.first = arb_mat(h, len(u), [arb(w) for row in self.rows[0] for w in row]) if first is None else first
        self.dimension = self.first.ncols()
        self.start = arb_mat(h, 1, [arb(x) for x in start])
        self.later = []
        inputs = h
        for W, b in zip(self.rows[1:], biases[1:]):
            entries = [arb(w) for row in W for w in row]
            self.later.append(
                (
                    arb_mat(len(W), inputs, entries),
                    arb_mat(len(W), inputs, [abs(w) for w in entries]),
                    arb_mat(len(W), 1, [arb(fmpq(x)) for x in b]),
                )
            )
            inputs = len(W)
        self.sigma = [arb(a) for a in self.activation]
        self.power = len(self.sigma) - 1 if not any(self.activation[:-1]) else None


class Cell:
    r"""
    A set of points around ``center``: ``|y_i - center_i| <= half_i``, and ``|y - center| <= ball``; both, or one.
    """

    def __init__(self, center=None, half=None, ball=None):
        self.center, self.half = center, half
        around = None if half is None else root(sum((s * s for s in half), arb(0)))
        self.reach = around if ball is None else ball if around is None or ball < around else around

    def intervals(self, forms):
        r"""Return bounds ``low <= 0 <= high`` of ``f.(x - center)`` on the cell, for each row ``f`` of a matrix."""
        bounds = map(self._bound, forms.tolist())
        return [(-bound, bound) for bound in bounds]

    def _bound(self, row):
        ball = self.reach * root(sum((x * x for x in row), arb(0)))
        if self.half is None:
            return ball
        box = sum((abs(x) * s for x, s in zip(row, self.half)), arb(0))
        return box if box < ball else ball


def taylor_coefficients(program, p):
    r"""Return the Taylor coefficients of the activation at a ball, by repeated Horner division."""
    if program.power is not None:
        d, lead = program.power, program.sigma[-1]
        result, factor = [arb(0)] * (d + 1), lead
        for i in range(d, -1, -1):
            result[i] = factor
            factor = factor * p * i / (d - i + 1)
        return result
    values = list(program.sigma)
    for i in range(len(values)):
        for k in range(len(values) - 2, i - 1, -1):
            values[k] = values[k] + p * values[k + 1]
    return values


class Zonotope:
    r"""Linear forms with bounds on a cell, and what follows for sums of their squares."""

    def __init__(self, cell):
        self.cell, self.rows, self.squares, self.blocks = cell, [], [], []

    def add(self, rows, bounds):
        r"""Add linear forms; the sum of their squares is bounded by the largest eigenvalue of their Gram matrix."""
        first = len(self.rows)
        self.rows += rows
        self.squares += [bound * bound for bound in bounds]
        M = arb_mat(len(rows), len(rows[0]), [x for row in rows for x in row])
        G = M.transpose() * M if len(rows) > len(rows[0]) else M * M.transpose()
        scale = arb(0)
        for x in G.entries():
            scale = x.abs_upper() if x.abs_upper() > scale else scale
        largest = arb(0)
        if scale > 0:
            P = G * (1 / scale)
            for _ in range(3):
                P = P * P
            norm = arb(0)
            for row in P.tolist():
                total = sum((abs(x) for x in row), arb(0)).upper()
                norm = total if total > norm else norm
            largest = scale * root(root(root(norm)))
        self.blocks.append((first, len(self.rows), largest * self.cell.reach * self.cell.reach))

    def bound(self, form):
        r"""Return a bound of ``sum_f form_f (f.(x-v))^2`` for coefficients that are not negative."""
        single = sum((a * s for a, s in zip(form, self.squares)), arb(0))
        joint = arb(0)
        for start, end, largest in self.blocks:
            top = arb(0)
            for a in form[start:end]:
                a = a.upper()
                top = a if not a <= top else top
            joint = joint + top * largest
        return joint if joint < single else single


def minorant(program, cell):
    r"""
    Return ``c``, ``b`` and the rows of ``Q``, balls, with ``g >= c + b.(x-v) + (x-v)^T Q (x-v)`` on the cell.

    More precisely, some numbers of these balls are such.
    """
    p, B = program.start, program.first
    if cell.center is not None:
        p = p + B * arb_mat(len(cell.center), 1, cell.center)
    deep = len(program.later) > 1
    zonotope = Zonotope(cell)
    forms, A, E = [], None, None
    for W, absolute, b in program.later:
        rows = B.tolist()
        h, known = len(rows), len(forms)
        values, linear, quadratic, error = [], [], [], []
        sides = cell.intervals(B)
        bounds = [(-low).max(high) for low, high in sides]
        expansions = [taylor_coefficients(program, z) for z in p.entries()]
        norms = [[abs(x) + e for x, e in zip(A[j], E[j])] for j in range(h)] if known else [None] * h
        kappas = [zonotope.bound(N) if known else arb(0) for N in norms]
        curved = [(arb(0), arb(0))] * h
        if len(program.sigma) > 2:
            wider = [(low - kappa, high + kappa) for (low, high), kappa in zip(sides, kappas)]
            curved = ranges_around([c[2:] for c in expansions], wider)
        for j, (row, rho, c, N, kappa, (low, high)) in enumerate(zip(rows, bounds, expansions, norms, kappas, curved)):
            slope = c[1] if len(c) > 1 else arb(0)
            middle, width = (low + high) / 2, (high - low) / 2
            values.append(c[0])
            linear.append([slope * x for x in row])
            own, own_error = [arb(0)] * h, [arb(0)] * h
            own[j], own_error[j] = middle, width
            if known:
                steep, factor = abs(slope), (abs(middle) + width) * (2 * rho + kappa)
                own = [slope * x for x in A[j]] + own
                own_error = [steep * e + factor * x for e, x in zip(E[j], N)] + own_error
            quadratic.append(own)
            error.append(own_error)
        forms = forms + rows
        if deep:
            zonotope.add(rows, bounds)
        p = W * arb_mat(h, 1, values) + b
        B = W * arb_mat(linear)
        A = (W * arb_mat(quadratic)).tolist()
        E = (absolute * arb_mat(error)).tolist()
    weights = [a - e for a, e in zip(A[0], E[0])]
    F = arb_mat(forms)
    scaled = arb_mat([[q * x for x in row] for q, row in zip(weights, forms)])
    return p[0, 0], B.tolist()[0], (F.transpose() * scaled).tolist()
