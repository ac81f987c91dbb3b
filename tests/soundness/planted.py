r"""
Networks with planted failures at known distance.

The distance is exact where geometry tells it (a normal of a convex set, a ball that rolls inside an ellipsoid, a
multiplier of a quadric, spheres, slabs), and an upper bound where a random network is bent through a given point. The
pockets of failure are narrow on purpose: a local search walks past them, a bound that is no proof jumps over them.
"""

from fractions import Fraction

import numpy

from .cases import INFINITY, Case, Net, _dot, direction, orthogonal, pick, vector

__all__ = ["FAMILIES", "ball", "layer", "power", "product", "sphere_forms"]

F = Fraction


def power(d):
    r"""Return the coefficients of ``z^d``."""
    return [F(0)] * d + [F(1)]


def layer(rows, shifts, differences, activation):
    r"""Return the net with ``f_0 - f_j = sum_k a_k s(w_k.x + b_k) + C``, for each ``(a, C)`` of ``differences``."""
    last = [[F(0)] * len(rows), *([-a for a in coefficients] for coefficients, _ in differences)]
    return Net([rows, last], [shifts, [F(0), *(-C for _, C in differences)]], activation)


def bent(source, index):
    r"""Random networks of 1 to 3 hidden layers, bent so that a given point ties with another class, or just fails."""
    n = source.randint(1, 6 if index % 3 else 12)
    depth = (1, 1, 2, 1, 1, 3)[index % 6]
    d = 2 if depth > 1 else source.choice([2, 2, 3, 3, 4, 5])
    activation = source.choice([power(d), [F(source.randint(-2, 2)) for _ in range(d)] + [F(1)]])
    widths = [n, *(source.randint(1, 6 if depth == 1 else 3) for _ in range(depth)), source.choice([2, 2, 3, 5])]
    while True:
        weights = [[vector(source, c, 3) for _ in range(r)] for r, c in zip(widths[1:], widths)]
        biases = [vector(source, r, 2) for r in widths[1:]]
        u, length = vector(source, n, 2), source.choice([F(1, 1000), F(1, 10), F(1, 3), F(1), F(3)])
        p = [a + length * b for a, b in zip(u, direction(source, n))]
        net = Net(weights, biases, activation)
        here, there = net.outputs(u), net.outputs(p)
        change = (here[0] - here[1]) - (there[0] - there[1])
        if change:
            break
    c, j = (0, 1) if change > 0 else (1, 0)
    last = list(biases[-1])
    slack = abs(change) * source.choice([F(0), F(0), F(1, 10**6), F(1, 10**12)])
    last[j] += (there[c] - there[j]) + slack
    for k in range(2, widths[-1]):
        last[k] += here[c] - here[k] - pick(source, 1, 60)
    net = Net(weights, [*biases[:-1], last], activation)
    others = {k: (0, INFINITY) for k in range(widths[-1]) if k != c}
    return Case("bent", net, u, c, others | {j: (0, length * length)})


CONVEX = (power(2), power(2), power(4), [F(0), F(1), F(2)], [F(0), F(-1), F(1), F(0), F(1, 2)], power(6))


def convex(source, index):
    r"""Data points on a normal of a convex set of failures: the foot of the normal is the nearest failure."""
    activation = CONVEX[index % len(CONVEX)]
    large = index % 5 == 0 and len(activation) == 3
    n = source.randint(8, 16) if large else source.randint(1, 5)
    h = source.randint(1, 2 * n if large else n + 2)
    net = layer([vector(source, n, 3) for _ in range(h)], vector(source, h, 2), [([F(0)] * h, F(0))], activation)
    net.weights[1][1] = [-pick(source, 1, 30) for _ in range(h)]
    return _from_normal("convex", source, net, index)


def convex_deep(source, index):
    r"""The same with two or three hidden layers: squares of sums of squares are convex."""
    n, depth = source.randint(1, 4), 2 + index % 2
    widths = [n, *(source.randint(1, 3) for _ in range(depth)), 2]
    weights = [[vector(source, n, 2) for _ in range(widths[1])]]
    biases = [vector(source, widths[1], 1)]
    for r, c in zip(widths[2:-1], widths[1:]):
        weights.append([[pick(source, 1, 9) for _ in range(c)] for _ in range(r)])
        biases.append([pick(source, 0, 9) for _ in range(r)])
    weights.append([[F(0)] * widths[-2], [-pick(source, 1, 9) for _ in range(widths[-2])]])
    biases.append([F(0), F(0)])
    return _from_normal("convex-deep", source, Net(weights, biases, power(2)), index)


def _from_normal(family, source, net, index):
    n = net.inputs
    while True:
        p = vector(source, n, 2)
        gradient = net.gradient(0, 1, p)
        if any(gradient):
            break
        net.weights[0][0][0] += F(1, 8)
    values = net.outputs(p)
    net.biases[-1][1] += values[0] - values[1]
    size = _dot(gradient, gradient)
    t = F(numpy.float32(source.choice([0.01, 0.3, 1, 7]) / float(size) ** 0.5).item())
    if index % 4 == 3:
        # In the maximum norm the nearest points of the supporting half-space lie on a diagonal.
        t = source.choice([F(1, 100), F(1, 3), F(2)])
        u = [x + t * ((g > 0) - (g < 0)) for x, g in zip(p, gradient)]
        return Case(f"{family}-maximum", net, u, 0, {1: (t * t, t * t)}, (p,) if all(gradient) else (), norm="maximum")
    u = [x + t * g for x, g in zip(p, gradient)]
    far = t * t * _dot(gradient, gradient)
    case = Case(family, net, u, 0, {1: (far, far)}, (p,))
    if index % 8 == 6:
        box = [(min(a, b) - pick(source, 0, 9), max(a, b) + pick(source, 0, 9)) for a, b in zip(u, p)]
        return Case(f"{family}-box", net, u, 0, case.parts, (p,), box=box)
    return case


def ellipsoid(source, index):
    r"""Inside an ellipsoid, no deeper than the least radius of curvature: a ball of that radius rolls inside."""
    n = source.randint(2, 6 if index % 4 else 20)
    Q = orthogonal(source, n)
    axes = [source.choice([F(1), F(2), F(3, 2), F(1, 3), pick(source, 1, 50)]) for _ in range(n)]
    center, v = vector(source, n), direction(source, n)
    rows = [[a / r for a in q] for q, r in zip(Q, axes)]
    net = layer(rows, [-_dot(row, center) for row in rows], [([F(-1)] * n, F(1))], power(2))
    p = [c + sum(v[k] * axes[k] * Q[k][i] for k in range(n)) for i, c in enumerate(center)]
    gradient = net.gradient(0, 1, p)
    part = source.choice([F(1), F(1, 2), F(999, 1000), F(1, 1000)])
    t = min(axes) ** 3 / (2 * max(axes)) * part
    far = t * t * _dot(gradient, gradient)
    u = [x + t * g for x, g in zip(p, gradient)]
    return Case("ellipsoid", net, u, 0, {1: (far, far)}, (p,) if part < 1 else ())


def quadric(source, index):
    r"""Indefinite quadrics: a point at which ``I + factor A`` is positive semidefinite is a nearest one."""
    n = source.randint(1, 7)
    h = source.randint(1, n + 3)
    classes = source.choice([1, 1, 2, 4])
    rows, shifts, u = [vector(source, n, 3) for _ in range(h)], vector(source, h, 2), vector(source, n, 2)
    s = source.choice([power(2), [F(0), F(source.randint(-3, 3)), F(1)]])
    differences, parts, feet = [], {}, {}
    for j in range(1, classes + 1):
        a = [pick(source, -30, 30) for _ in range(h)]
        factor = _multiplier(rows, a, source.choice([F(1, 100), F(1, 2), F(19, 20)]))
        # From u = p + (factor/2) grad g(p), a linear system for p, which is unique as I + l A is definite.
        p = _foot(rows, shifts, a, s, factor, u)
        values = [_dot(w, p) + b for w, b in zip(rows, shifts)]
        differences.append((a, -sum(x * (s[1] * z + z * z) for x, z in zip(a, values))))
        far = sum((x - y) ** 2 for x, y in zip(u, p))
        parts[j], feet[j] = (far, far), p
    net = layer(rows, shifts, differences, s)
    if any(low == 0 for low, _ in parts.values()):
        return quadric(source, index)
    least = min(parts.values())
    return Case("quadric", net, u, 0, parts, tuple(feet[j] for j in parts if parts[j] == least))


def _multiplier(rows, a, part):
    W = numpy.array([[float(x) for x in row] for row in rows])
    A = W.T @ numpy.diag([float(x) for x in a]) @ W
    least = min(numpy.linalg.eigvalsh(A).min(), 0.0)
    return F(1) if least > -1e-9 else F(float(part) / -least).limit_denominator(1000)


def _foot(rows, shifts, a, s, factor, u):
    r"""Solve ``p + (factor/2) grad g(p) = u`` with ``g = sum a_k s(w_k.p + b_k)``; ``I + factor A`` is definite."""
    n = len(u)
    M = [[F(int(i == k)) + factor * sum(x * w[i] * w[k] for x, w in zip(a, rows)) for k in range(n)] for i in range(n)]
    v = [u[i] - factor * sum(x * (s[1] / 2 + b) * w[i] for x, w, b in zip(a, rows, shifts)) for i in range(n)]
    for i in range(n):
        assert M[i][i] > 0, "the multiplier is too large"
        for r in range(i + 1, n):
            f = M[r][i] / M[i][i]
            M[r], v[r] = [x - f * y for x, y in zip(M[r], M[i])], v[r] - f * v[i]
    p = [F(0)] * n
    for i in reversed(range(n)):
        p[i] = (v[i] - sum(M[i][k] * p[k] for k in range(i + 1, n))) / M[i][i]
    return p


def sphere_forms(source, n, rank=None):
    r"""Return orthonormal rows and a centre."""
    return orthogonal(source, n)[: rank or n], vector(source, n)


def shell(source, index):
    r"""Failures between two spheres (or cylinders, or slabs), or everywhere else; the shell can be very thin."""
    n = source.randint(1, 4)
    rows, center = sphere_forms(source, n, source.randint(1, n))
    inner = pick(source, 5, 30)
    outer = inner + source.choice([F(1), F(1, 10), F(1, 10**4), F(1, 10**8)])
    place = index % 3
    at = (pick(source, 0, 4), (inner + outer) / 2 + (outer - inner) / 7, outer + pick(source, 1, 30))[place]
    far = (inner - at, min(at - inner, outer - at), at - outer)[place]
    sign = -1 if place == 1 else 1
    m, k = (inner**2 + outer**2) / 2, (outer**2 - inner**2) / 2
    biases = [[-_dot(row, center) for row in rows], [-m], [F(0), sign * k * k]]
    net = Net([rows, [[F(1)] * len(rows)], [[F(0)], [F(-sign)]]], biases, power(2))
    v = direction(source, len(rows))
    u = [c + at * sum(a * row[i] for a, row in zip(v, rows)) for i, c in enumerate(center)]
    return Case("shell", net, u, 0, {1: (far * far, far * far)})


def ball(center, radius):
    r"""Return ``|x - center|^2 - radius^2`` as rows, shifts, coefficients, constant."""
    n = len(center)
    rows = [[F(int(i == k)) for k in range(n)] for i in range(n)]
    return rows, [-c for c in center], [F(1)] * n, -radius * radius


def half_space(normal, offset):
    r"""Return ``normal.x - offset`` in the same form: a difference of two squares."""
    return [normal, normal], [1 - offset, -1 - offset], [F(1, 4), F(-1, 4)], F(0)


def product(A, B, scale=1):
    r"""Return the net with ``f_0 - f_1 = scale A B``, by ``4 A B = (A+B)^2 - (A-B)^2``."""
    rows, shifts = [*A[0], *B[0]], [*A[1], *B[1]]
    middle = [[*A[2], *B[2]], [*A[2], *(-b for b in B[2])]]
    last = [[F(0), F(0)], [-F(scale) / 4, F(scale) / 4]]
    return Net([rows, middle, last], [shifts, [A[3] + B[3], A[3] - B[3]], [F(0), F(0)]], power(2))


def pocket(source, index):
    r"""A tiny ball of failures near by, and a large ball or a half-space of them farther away, in one polynomial."""
    n = source.randint(1, 3)
    u, v = vector(source, n), direction(source, n)
    at, tiny = pick(source, 2, 20), source.choice([F(1, 10), F(1, 100), F(1, 10**5), F(1, 10**9)])
    near = ball([a + at * b for a, b in zip(u, v)], tiny)
    w = [-x for x in v] if index % 2 else direction(source, n)
    away = 3 * at + pick(source, 1, 20)
    if index % 3:
        radius = pick(source, 1, 30) if w == [-x for x in v] else pick(source, 1, 5)
        q = [a + (away + radius) * b for a, b in zip(u, w)]
        net = product(near, ball(q, radius))
    else:
        net = product(near, half_space([-x for x in w], -_dot(w, u) - away))
    far = at - tiny
    # The balls are disjoint, so the failures are the two balls without what they share, which is nothing.
    foot = [a + far * b for a, b in zip(u, v)]
    return Case("pocket", net, u, 0, {1: (far * far, far * far)}, (foot,))


def slab(source, index):
    r"""One neuron for each class, activations with known roots: slabs, half-spaces, double and nearly double planes."""
    n, classes = source.randint(1, 6), source.choice([1, 1, 2, 3])
    roots = sorted(pick(source, -40, 40) for _ in range(source.choice([1, 2, 3, 4, 5])))
    if index % 4 == 1:
        roots.append(roots[-1])
    if index % 4 == 2:
        roots.append(roots[0] + F(1, 10 ** source.choice([4, 9, 15])))
    s = [F(1)]
    for r in roots:
        s = [a - r * b for a, b in zip([F(0), *s], [*s, F(0)])]
    u, rows, shifts, differences, parts = vector(source, n), [], [], [], {}
    for j in range(1, classes + 1):
        row, b = vector(source, n), vector(source, 1)[0]
        row[0] = row[0] or F(1)
        z = _dot(row, u) + b
        if z in roots:
            b, z = b + F(1, 1000), z + F(1, 1000)
        sign = 1
        for r in roots:
            sign *= 1 if z > r else -1
        rows.append(row)
        shifts.append(b)
        differences.append(([F(sign * int(k == j)) for k in range(1, classes + 1)], F(0)))
        far = min((z - r) ** 2 for r in roots) / _dot(row, row)
        if index % 5 == 4:
            far = min((z - r) ** 2 for r in roots) / sum(map(abs, row)) ** 2
        parts[j] = (far, far)
    norm = "maximum" if index % 5 == 4 else "euclidean"
    return Case(
        "slab" if norm == "euclidean" else "slab-maximum", layer(rows, shifts, differences, s), u, 0, parts, norm=norm
    )


def superball(source, index):
    r"""The centre of ``sum (z_k / r_k)^d <= 1``: the nearest points are ends of the shortest axes."""
    n, d = source.randint(1, 5), (2, 4, 4, 6)[index % 4]
    rows, center = sphere_forms(source, n)
    axes = [pick(source, 5, 30) for _ in range(n)]
    net = layer(rows, [-_dot(row, center) for row in rows], [([-(r**-d) for r in axes], F(1))], power(d))
    far = min(axes)
    near = [
        [c + s * far * row[i] for i, c in enumerate(center)] for row, r in zip(rows, axes) if r == far for s in (1, -1)
    ]
    return Case("superball", net, center, 0, {1: (far * far, far * far)}, tuple(near) if d > 2 or n == 1 else ())


def fenced(source, index):
    r"""Boxes that hold the data point but not the nearest failure."""
    n, d = source.randint(1, 4), source.choice([2, 2, 4])
    u, h = vector(source, n), source.randint(1, 4)
    norm = source.choice(["euclidean", "maximum"])
    if index % 2:
        # f_0 - f_1 = sum a_k z_k^d - C is positive on the box when the box is thin and C is below its least value.
        box = [(x - pick(source, 0, 9), x + pick(source, 0, 9)) for x in u]
        row = vector(source, n)
        row[0] = row[0] or F(1)
        ends = [max(abs(w * (low - x)), abs(w * (high - x))) for w, x, (low, high) in zip(row, u, box)]
        net = layer([row], [-_dot(row, u)], [([F(-1)], (sum(ends) + F(1, 7)) ** d)], power(d))
        return Case("fenced-empty", net, u, 0, {1: (INFINITY, INFINITY)}, norm=norm, box=box)
    # A half-space x_0 >= u_0 + t beside random further classes that never win, in a box that it cuts.
    t = pick(source, 1, 20)
    rows = [[F(int(i == 0)) for i in range(n)], *(vector(source, n) for _ in range(h))]
    box = [(x - pick(source, 0, 9), x + t + pick(source, 0, 9)) for x in u]
    shift = [-u[0], *vector(source, h)]
    differences = [([F(-1), *[F(0)] * h], t**d), ([F(0), *(pick(source, 0, 9) for _ in range(h))], F(1, 3))]
    net = layer(rows, shift, differences, power(d))
    other = -pick(source, 0, 9)
    box[0] = (u[0] + max(other, -t + t / 9), box[0][1])
    foot = [u[0] + t, *u[1:]]
    parts = {1: (t * t, t * t), 2: (INFINITY, INFINITY)}
    return Case("fenced", net, u, 0, parts, (foot,) if norm == "euclidean" else (), norm=norm, box=box)


#: Generator → how many networks, and whether other coordinates keep what is known.
FAMILIES = {
    bent: (130, False),
    convex: (90, True),
    convex_deep: (40, True),
    ellipsoid: (40, True),
    quadric: (80, True),
    shell: (45, True),
    pocket: (45, True),
    slab: (60, True),
    superball: (20, True),
    fenced: (30, True),
}
