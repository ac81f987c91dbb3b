r"""
Distances by independent computations: real roots, resultants, and a search from everywhere.

On a line all real roots of ``f_c - f_j`` are enclosed by balls (python-flint, 300 bits). In the plane the coordinates
of all critical points are roots of two resultants, singular points included, so the pairs at which the equations may
vanish hold every nearest point: a rigorous lower bound. In any dimension a search from many directions, polished by
Newton's method in fractions, gives a failure that is checked by evaluation: a rigorous upper bound, and nearly always
the distance.
"""

from contextlib import contextmanager
from fractions import Fraction

import numpy
from flint import Ordering, acb, arb, ctx, fmpq, fmpq_mat, fmpq_mpoly_ctx, fmpz, fmpz_poly

from .cases import INFINITY, _dot

__all__ = ["on_line", "in_plane", "search"]

F = Fraction
BITS = 300


def difference(net, c, other, ring):
    r"""Return ``f_c - f_other`` as a polynomial of flint."""
    layer = list(ring.gens())
    for number, (W, b) in enumerate(zip(net.weights, net.biases)):
        if number:
            layer = [_horner(net.activation, z, ring) for z in layer]
        layer = [sum((_q(w) * z for w, z in zip(row, layer)), ring.constant(_q(y))) for row, y in zip(W, b)]
    return layer[c] - layer[other]


def on_line(net, u, c, other):
    r"""Return ``low <= d^2 <= high`` for a network with one input."""
    ring = fmpq_mpoly_ctx.get(("x",), Ordering.lex)
    with _precisely():
        roots = _real_roots(_univariate(difference(net, c, other, ring), 0))
        return _least([(x - arb(_q(u[0]))) ** 2 for x in roots]) if roots else (INFINITY, INFINITY)


def in_plane(net, u, c, other):
    r"""
    Return a lower bound of ``d^2`` for a network with two inputs, or 0 when the resultants say nothing.

    At a nearest point the gradient of ``g`` and ``x - u`` are dependent.
    """
    ring = fmpq_mpoly_ctx.get(("x", "y"), Ordering.lex)
    x, y = ring.gens()
    g = difference(net, c, other, ring)
    if g.total_degree() < 1:
        return INFINITY
    normal = (x - _q(u[0])) * g.derivative(1) - (y - _q(u[1])) * g.derivative(0)
    first, second = g.resultant(normal, 1), g.resultant(normal, 0)
    if not first or not second or normal.total_degree() < 1:
        return F(0)
    with _precisely():
        abscissae, ordinates = _real_roots(_univariate(first, 0)), _real_roots(_univariate(second, 1))
        squares = []
        for a in abscissae:
            for b in ordinates:
                if _value(g, a, b).contains(0) and _value(normal, a, b).contains(0):
                    squares.append((a - arb(_q(u[0]))) ** 2 + (b - arb(_q(u[1]))) ** 2)
        return _least(squares)[0] if squares else INFINITY


def search(net, u, c, other, source, directions=1500, rounds=10):
    r"""
    Return the squared distance of the nearest failure that was found, or infinity; exact evaluation has checked it.

    INPUT:

    - ``source`` -- a NumPy generator
    - ``directions`` -- number of rays of the first round; further rounds look around the best of them
    """
    n, here = len(u), numpy.array([float(x) for x in u])
    f = _compiled(net, c, other)
    steps = numpy.concatenate([[0.0], numpy.geomspace(1e-6, 1e4, 500)])
    rays = source.standard_normal((directions, n))
    rays = numpy.concatenate([rays, numpy.eye(n), -numpy.eye(n)])
    best, spread = [], 0.3
    for _ in range(rounds):
        rays /= numpy.linalg.norm(rays, axis=1, keepdims=True)
        found = _first_crossings(f, here, rays, steps)
        best = sorted([*best, *((t, tuple(v)) for t, v in zip(found, rays) if numpy.isfinite(t))])
        best = _apart(best, 12)
        if not best:
            rays = source.standard_normal((directions, n))
            continue
        centers = numpy.array([v for _, v in best])
        rays = numpy.concatenate([v + spread * source.standard_normal((40, n)) for v in centers])
        spread /= 3
    squares = [_failure(net, u, c, other, t, v) for t, v in best]
    return min(squares, default=INFINITY)


def _first_crossings(f, here, rays, steps):
    r"""Return the first ``t`` of each ray at which ``f`` is at most 0, as far as steps and bisection tell."""
    values = f(here + rays[:, None, :] * steps[None, :, None]) <= 0
    hit = values.any(axis=1)
    first = values.argmax(axis=1)
    high, low = steps[first], steps[numpy.maximum(first - 1, 0)]
    for _ in range(50):
        middle = (low + high) / 2
        fails = f(here + rays * middle[:, None]) <= 0
        high, low = numpy.where(fails, middle, high), numpy.where(fails, low, middle)
    return numpy.where(hit, high, numpy.inf)


def _apart(best, count):
    r"""Return the first of ``best`` that are not all the same."""
    kept = []
    for t, v in best:
        if all(sum((a - b) ** 2 for a, b in zip(v, w)) > 1e-4 or t < 0.999 * s for s, w in kept):
            kept.append((t, v))
        if len(kept) == count:
            break
    return kept


def _failure(net, u, c, other, t, v):
    r"""Return the squared distance of an exact failure near ``u + t v``."""

    def fails(x):
        values = net.outputs(x)
        return values[c] <= values[other]

    def square(x):
        return sum((a - b) ** 2 for a, b in zip(x, u))

    found = []
    polished = _newton(net, u, c, other, [a + F(t) * F(b) for a, b in zip(u, v)])
    if polished is not None:
        point, gradient = polished
        size = _dot(gradient, gradient)
        for power in (45, 40, 30, 20):
            near = [x - F(1, 10**power) * g / size for x, g in zip(point, gradient)]
            if fails(near):
                found.append(square(near))
                break
    for power in (14, 12, 9, 6):
        near = [a + F(t) * (1 + F(1, 10**power)) * F(b) for a, b in zip(u, v)]
        if fails(near):
            found.append(square(near))
            break
    return min(found, default=INFINITY)


def _newton(net, u, c, other, x):
    r"""Return a critical point near ``x`` with its gradient, to about 50 digits, or ``None``."""
    n = len(u)
    ring = fmpq_mpoly_ctx.get(tuple(f"x{k}" for k in range(n)), Ordering.lex)
    g = difference(net, c, other, ring)
    first = [g.derivative(k) for k in range(n)]
    second = [[p.derivative(k) for k in range(n)] for p in first]
    x, m = [_round(_q(a)) for a in x], None
    for _ in range(12):
        p = [q(*x) for q in first]
        size = sum(a * a for a in p)
        if not size:
            return None
        y = [a - _q(b) for a, b in zip(x, u)]
        if m is None:
            m = -sum(a * b for a, b in zip(y, p)) / size
        rows = [[int(i == k) + m * second[i][k](*x) for k in range(n)] + [p[i]] for i in range(n)]
        try:
            step = fmpq_mat([*rows, [*p, fmpq(0)]]).solve(fmpq_mat([*([-a - m * b] for a, b in zip(y, p)), [-g(*x)]]))
        except ZeroDivisionError:
            return None
        x, m = [_round(a + step[k, 0]) for k, a in enumerate(x)], _round(m + step[n, 0])
    p = [q(*x) for q in first]
    if abs(g(*x)) > fmpq(1, 10**50) * sum(abs(a) for a in p):
        return None
    return [_f(a) for a in x], [_f(a) for a in p]


def _compiled(net, c, other):
    r"""Return ``f_c - f_other`` for arrays of points, in doubles."""
    layers = [
        (numpy.array([[float(w) for w in row] for row in W]), numpy.array([float(x) for x in b]))
        for W, b in zip(net.weights, net.biases)
    ]
    coefficients = [float(a) for a in reversed(net.activation)]

    def evaluate(x):
        for number, (W, b) in enumerate(layers):
            if number:
                x = numpy.polyval(coefficients, x)
            x = x @ W.T + b
        return x[..., c] - x[..., other]

    return evaluate


@contextmanager
def _precisely():
    old, ctx.prec = ctx.prec, BITS
    try:
        yield
    finally:
        ctx.prec = old


def _real_roots(polynomial):
    r"""Return balls around the real roots, one around each."""
    if polynomial.degree() < 1:
        return []
    # Flint isolates the roots, and gives those that are real an imaginary part that is exactly 0.
    return [acb(z).real for z, _ in polynomial.complex_roots() if z.imag == 0]


def _univariate(polynomial, k):
    r"""Return the polynomial, which has no variable but that of index ``k``, with integer coefficients."""
    terms = {e[k]: a for e, a in polynomial.to_dict().items()}
    common = fmpz(1)
    for a in terms.values():
        common = common.lcm(fmpq(a).q)
    return fmpz_poly([(fmpq(terms.get(e, 0)) * common).p for e in range(max(terms, default=0) + 1)])


def _value(polynomial, a, b):
    total, powers = arb(0), {}
    for (i, k), coefficient in polynomial.to_dict().items():
        for base, z, e in ((0, a, i), (1, b, k)):
            powers.setdefault((base, e), z**e)
        total += arb(coefficient) * powers[0, i] * powers[1, k]
    return total


def _least(squares):
    r"""Return bounds of the least of the numbers in these balls."""
    low = min(_f(s.lower().fmpq()) for s in squares)
    high = min(_f(s.upper().fmpq()) for s in squares)
    return max(low, F(0)), high


def _horner(coefficients, z, ring):
    value = ring.constant(_q(coefficients[-1]))
    for a in reversed(coefficients[:-1]):
        value = value * z + _q(a)
    return value


def _round(q, bits=280):
    return fmpq((q.p << bits) // q.q, fmpz(1) << bits)


def _q(x):
    return fmpq(x.numerator, x.denominator)


def _f(x):
    return F(int(x.p), int(x.q))
