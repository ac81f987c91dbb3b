r"""
Degenerate networks of known distance: whatever a proof that thinks of the generic case gets wrong.

Repeated eigenvalues and centres, data points with several nearest failures, singular, isolated and multiple boundaries,
empty ones that are nearly not, zero, dependent and nearly dependent rows, leading terms that cancel, ties, and sizes
that no double holds. The singular cubics are in :mod:`soundness.singular`.
"""

from dataclasses import replace
from fractions import Fraction

import numpy

from . import singular
from .cases import INFINITY, Case, Net, _dot, direction, pick, root, vector
from .planted import ball, convex, half_space, layer, pocket, power, product, quadric, shell, slab, sphere_forms

__all__ = ["FAMILIES"]

F = Fraction
SCALES = (F(10) ** 30, F(1, 10**30), F(2) ** 90, F(1, 10**200), F(10) ** 320)


def _known(family, net, u, squares, nearest=(), c=0):
    parts = {j: (s, s) for j, s in enumerate(squares, 1)}
    return Case(family, net, u, c, parts, nearest)


def centre(source, index):
    r"""Centres of spheres and spheroids, seen by several classes: every direction is as near."""
    n = (1, 2, 3, 5, 40)[index % 5]
    rows, c = sphere_forms(source, n)
    differences, squares = [], []
    for j in range(1 + index % 3):
        radius, axes = pick(source, 5, 30), [F(1)] * n
        if j or index % 2:
            axes[0] = F(1, 1 + source.randint(1, 4))
        differences.append(([-a for a in axes], radius**2))
        squares.append(radius**2 / max(axes))
    net = layer(rows, [-_dot(row, c) for row in rows], differences, power(2))
    return _known("centre", net, c, squares)


def medial(source, index):
    r"""On the long axis of an ellipsoid, between the focal points: the nearest failures are aside (the hard case)."""
    n = 2 + index % 5
    rows, c = sphere_forms(source, n)
    b, a = pick(source, 5, 20), pick(source, 30, 60)
    at = (a * a - b * b) / a * source.choice([F(0), F(1, 2), F(9, 10), F(999999, 1000000), F(1)])
    short = [b] if index % 2 else [b] * (n - 1)
    axes = [a, *short, *[a] * (n - 1 - len(short))]
    # With further long axes the point is on the long disc, and the formula is the same.
    net = layer(
        [[x / r for x in row] for row, r in zip(rows, axes)],
        [-_dot(row, c) / r for row, r in zip(rows, axes)],
        [([F(-1)] * n, F(1))],
        power(2),
    )
    u = [x + at * y for x, y in zip(c, rows[0])]
    return _known("medial", net, u, [b * b * (1 - at * at / (a * a - b * b))])


def cone(source, index):
    r"""Double cones and pairs of hyperplanes, from the axis and from the plane through the apex."""
    n = 2 + index % 4
    rows, c = sphere_forms(source, n)
    a, h = pick(source, 5, 30), pick(source, 1, 30)
    inside = index % 2
    coefficients = [a * a, *[F(-1)] * (n - 1)] if inside else [-a * a, *[F(1)] * (n - 1)]
    net = layer(rows, [-_dot(row, c) for row in rows], [(coefficients, F(0))], power(2))
    place = 0 if inside else 1
    u = [x + h * y for x, y in zip(c, rows[place])]
    # The cone |x| = a |z|: its lines make the angle atan(a) with the axis.
    return _known("cone", net, u, [h * h * (a * a if inside else 1) / (1 + a * a)])


def double_sphere(source, index):
    r"""``(|x-c|^2 - R^2)^2`` plus nothing or very little: a boundary without change of sign, or none at all."""
    n = 1 + index % 3
    rows, c = sphere_forms(source, n, 1 + index % n)
    radius, at = pick(source, 5, 20), source.choice([F(0), F(1, 4), F(5), F(3)])
    slack = (F(0), F(0), F(1, 10**6), F(1, 10**25))[index % 4]
    net = Net(
        [rows, [[F(1)] * len(rows)], [[F(0)], [F(-1)]]],
        [[-_dot(row, c) for row in rows], [-radius * radius], [slack, F(0)]],
        power(2),
    )
    u = [x + at * y for x, y in zip(c, rows[0])]
    return _known("double-sphere", net, u, [INFINITY if slack else (radius - at) ** 2])


def isolated(source, index):
    r"""Sums of even powers: the failures are a point, an affine space, or nothing."""
    n, d = 1 + index % 4, (2, 2, 4, 6)[index % 4]
    rows, c = sphere_forms(source, n, 1 + source.randrange(n))
    z = [pick(source, 1, 30) for _ in rows]
    slack = (F(0), F(1, 10**20), F(0))[index % 3]
    net = layer(rows, [-_dot(row, c) for row in rows], [([pick(source, 1, 30) for _ in rows], slack)], power(d))
    u = [x + sum(a * row[i] for a, row in zip(z, rows)) for i, x in enumerate(c)]
    return _known("isolated", net, u, [INFINITY if slack else _dot(z, z)])


def constant(source, index):
    r"""Outputs that differ by a constant, for all or some of the classes; outputs that never depend on the input."""
    n, d, h = 1 + index % 3, 2 + index % 2, 1 + index % 4
    rows = [vector(source, n) if index % 5 else [F(0)] * n for _ in range(h)]
    u, differences, squares = vector(source, n), [([F(0)] * h, pick(source, 1, 9))], [INFINITY]
    if index % 2 and any(rows[0]):
        z = _dot(rows[0], u)
        differences.append(([F(1), *[F(0)] * (h - 1)], F(-8)))
        # Both powers are taken at a known value: z^d = 8 needs d = 3, and z^2 = 8 - 4 needs another constant.
        edge = F(2)
        differences[-1] = (differences[-1][0], -(edge**d))
        at = edge + pick(source, 1, 20)
        net = layer(rows, [at - z, *vector(source, h - 1)], differences, power(d))
        squares.append((at - edge) ** 2 / _dot(rows[0], rows[0]))
        return _known("constant", net, u, squares)
    return _known("constant", layer(rows, vector(source, h), differences, power(d)), u, squares)


def twin(source, index):
    r"""Competing classes that are equal everywhere, and neurons that cancel although their coefficients are large."""
    case = (quadric, slab, convex)[index % 3](source, 2)
    net = case.net
    W, b = list(net.weights[-1]), list(net.biases[-1])
    W, b = [*W, W[1]], [*b, b[1]]
    rows, below = list(net.weights[0]), list(net.biases[0])
    if len(net.weights) == 2:
        large, rows, below = (
            F(10) ** source.choice([3, 12, 40]),
            [*rows, rows[0], rows[0]],
            [*below, below[0], below[0]],
        )
        W = [[*row, F(0), F(0)] for row in W]
        W[0] = [*W[0][:-2], large, -large]
    net = Net([rows, *net.weights[1:-1], W], [below, *net.biases[1:-1], b], net.activation)
    return replace(case, family="twin", net=net, parts=case.parts | {len(W) - 1: case.parts[1]})


def tie(source, index):
    r"""Data points at which two or three outputs are equal, also where they only touch, or are equal everywhere."""
    case = convex(source, 0) if index % 2 else quadric(source, index)
    u = case.nearest[0] if case.nearest else case.point
    net = case.net
    W, b = list(net.weights[-1]), list(net.biases[-1])
    kind = index % 4
    if kind == 2:
        W, b = [*W, W[0]], [*b, b[0]]
        u = case.point
    if kind == 3:
        W, b = [*W, W[0]], [*b, b[0] - 1]
        if not case.nearest:
            W, b = [W[0], W[0]], [b[0], b[0]]
    net = Net([*net.weights[:-1], W], [*net.biases[:-1], b], net.activation)
    return Case("tie", net, u, None, {})


def near_tie(source, index):
    r"""Data points at a distance of 10^-20 and less, on a normal of a convex set."""
    case = convex(source, 4 * (index % 6))
    p, t = case.nearest[0], F(1, 10 ** (12, 20, 40, 200)[index % 4])
    gradient = case.net.gradient(0, 1, p)
    far = t * t * _dot(gradient, gradient)
    return _known("near-tie", case.net, [x + t * g for x, g in zip(p, gradient)], [far], (p,))


def zero_rows(source, index):
    r"""Neurons that see nothing, inputs that nobody sees."""
    case = (quadric, convex, slab, shell)[index % 4](source, 4 * index + 1)
    if case.norm != "euclidean" or case.box is not None:
        case = quadric(source, index)
    net, n = case.net, case.net.inputs
    blind = index % 2
    rows = [[*row, *[F(0)] * blind] for row in net.weights[0]] + [[F(0)] * (n + blind)] * 2
    second = [[*row, F(3), F(0)] for row in net.weights[1]]
    # The new neurons give the constants s(0) and s(1); what they add is taken away again.
    added = 3 * net.activation[0]
    biases = [[*net.biases[0], F(0), F(1)], [b - added for b in net.biases[1]], *net.biases[2:]]
    net = Net([rows, second, *net.weights[2:]], biases, net.activation)
    point = [*case.point, *vector(source, blind)]
    return replace(
        case,
        family="zero-rows",
        net=net,
        point=point,
        nearest=tuple([*p, *point[n:]] for p in case.nearest),
    )


def parallel(source, index):
    r"""Rows that are nearly the same: the Gram matrix is nearly singular."""
    n, h, d = source.randint(2, 5), source.randint(2, 7), (2, 2, 4)[index % 3]
    tiny = F(1, 10 ** (6, 9, 14, 30)[index % 4])
    row = vector(source, n)
    rows = [[a + tiny * b for a, b in zip(row, vector(source, n))] for _ in range(h)]
    net = layer(rows, vector(source, h), [([pick(source, 1, 30) for _ in rows], F(0))], power(d))
    return _convex("parallel", source, net, vector(source, n))


def mantissas(source, index):
    r"""Weights and data of 24 bits, as trained networks have them."""
    n, h, d = source.randint(2, 24), source.randint(2, 24), 2
    if index % 2:
        n, h, d = source.randint(1, 3), source.randint(1, 3), source.choice([3, 4])
    if d == 3:
        d = 4

    def numbers(count, low=-1.0):
        return [F(numpy.float32(source.uniform(low, 1.0)).item()) for _ in range(count)]

    net = layer([numbers(n) for _ in range(h)], numbers(h), [(numbers(h, 0.0), F(0))], power(d))
    return _convex("mantissas", source, net, numbers(n))


def _convex(family, source, net, p):
    gradient = net.gradient(0, 1, p)
    net.biases[-1][1] += net.outputs(p)[0] - net.outputs(p)[1]
    if not any(gradient):
        return Case(family, net, p, None, {})
    size = _dot(gradient, gradient)
    t = F(source.choice([0.001, 0.1, 2]) / root(size, up=True)).limit_denominator(10**12) or F(1)
    return _known(family, net, [x + t * g for x, g in zip(p, gradient)], [t * t * size], (p,))


def scales(source, index):
    r"""Inputs, outputs and hidden values so large or so small that doubles have trouble, or do not hold them."""
    make = (convex, quadric, slab, shell, pocket, centre, singular.cusp)[index % 7]
    case = make(source, 4 * index)
    s = SCALES[(index // 7) % len(SCALES)]
    kind = index % 3
    if kind == 0:
        case = case.stretched(s)
    elif kind == 1:
        case = replace(case, net=case.net.amplified(s))
    else:
        case = replace(case.stretched(s), net=case.net.stretched(s).amplified(1 / s))
    return replace(case, family="scales")


def axes(source, index):
    r"""Quadrics and quartics whose axes differ by many orders of magnitude, from the centre."""
    n = 2 + index % 4
    rows, c = sphere_forms(source, n)
    lengths = [F(10) ** source.randint(-12, 12) for _ in range(n)]
    d = (2, 4)[index % 2]
    net = layer(rows, [-_dot(row, c) for row in rows], [([-(r**-d) for r in lengths], F(1))], power(d))
    return _known("axes", net, c, [min(lengths) ** 2])


def reducible(source, index):
    r"""Products of two spheres, or of a sphere and a hyperplane: crossing, tangent, nested, equal."""
    n = 1 + index % 3
    u, v, w = vector(source, n), direction(source, n), direction(source, n)
    at, radius, far = pick(source, 1, 30), pick(source, 5, 30), pick(source, 1, 30)
    if at == radius:
        at += 1
    one = [a + at * b for a, b in zip(u, v)]
    A, first = ball(one, radius), abs(at - radius)
    kind = index % 4
    if kind == 0:
        B, second = half_space([-x for x in w], -_dot(w, u) - far), far
    elif kind == 1:
        B, second = A, first
    elif kind == 2:
        # Two spheres of equal size that touch each other.
        two = [a + (at + 2 * radius) * b for a, b in zip(u, v)]
        B, second = ball(two, radius), at + radius
    else:
        other = pick(source, 31, 60)
        B, second = ball([a - far * b for a, b in zip(u, w)], other), abs(far - other)
    signs = [1 if _at(Q, u) > 0 else -1 for Q in (A, B)]
    return _known("reducible", product(A, B, signs[0] * signs[1]), u, [min(first, second) ** 2])


def _at(form, x):
    rows, shifts, coefficients, total = form
    return total + sum(a * (_dot(row, x) + b) ** 2 for row, b, a in zip(rows, shifts, coefficients))


def cancelled(source, index):
    r"""Leading terms that cancel: spheres and parabolas from cubes and fourth powers."""
    n, d = 1 + index % 3, 3 + index % 2
    rows, c = sphere_forms(source, n)
    radius, at = pick(source, 5, 20), source.choice([F(0), F(1, 4), F(3)])
    sign = 1 if at > radius else -1
    forms, shifts, coefficients, total = [], [], [], -sign * radius * radius
    for row in rows:
        b = -_dot(row, c)
        if d == 3:
            forms, shifts = [*forms, row, [-x for x in row]], [*shifts, b + 1, 1 - b]
            coefficients, total = [*coefficients, F(sign, 6), F(sign, 6)], total - F(sign, 3)
        else:
            forms, shifts = [*forms, row, row, row], [*shifts, b + 1, b - 1, b]
            coefficients, total = [*coefficients, F(sign, 12), F(sign, 12), F(-sign, 6)], total - F(sign, 6)
    net = layer(forms, shifts, [(coefficients, total)], power(d))
    u = [x + at * y for x, y in zip(c, rows[0])]
    return _known("cancelled", net, u, [(radius - at) ** 2])


def vanishing(source, index):
    r"""``(x y - 1)^2 + x^2`` is positive, with infimum 0 at infinity; less a little it has zeros far away."""
    plus, minus = [F(1), F(1)], [F(1), F(-1)]
    first = [plus, minus, [F(1), F(0)], [F(1), F(0)]]
    second = [[F(1, 4), F(-1, 4), F(0), F(0)], [F(0), F(0), F(1, 4), F(-1, 4)]]
    slack = F(1, 10 ** (2 + index % 4)) if index % 2 else F(0)
    net = Net(
        [first, second, [[F(1), F(1)], [F(0), F(0)]]],
        [[F(0), F(0), F(1), F(-1)], [F(-1), F(0)], [F(0), slack]],
        power(2),
    )
    u = [pick(source, -10, 10), pick(source, -10, 10)]
    if not slack:
        return _known("vanishing", net, u, [INFINITY])
    # A zero: x^2 = slack/2 is no square, but any x with x^2 < slack fails at y = 1/x.
    x = root(slack / 2)
    x = x.limit_denominator(10**6)
    far = (u[0] - x) ** 2 + (u[1] - 1 / x) ** 2
    return Case("vanishing", net, u, 0, {1: (0, far)})


def linear(source, index):
    r"""Activations of degree 1: hyperplanes, and layers whose product vanishes."""
    n, depth = source.randint(1, 5), 1 + index % 3
    widths = [n, *(source.randint(1, 4) for _ in range(depth)), 2]
    weights = [[vector(source, c, 2) for _ in range(r)] for r, c in zip(widths[1:], widths)]
    biases = [vector(source, r, 2) for r in widths[1:]]
    if index % 4 == 3:
        weights[-1][1] = weights[-1][0]
    net, u = Net(weights, biases, [F(source.randint(-2, 2)), F(source.choice([1, 2, -3]))]), vector(source, n)
    gradient, values = net.gradient(0, 1, u), net.outputs(u)
    gap, size = values[0] - values[1], _dot(gradient, gradient)
    if not gap:
        return Case("linear", net, u, None, {})
    square = gap * gap / size if size else INFINITY
    c = 0 if gap > 0 else 1
    return Case("linear", net, u, c, {1 - c: (square, square)})


#: Generator → how many networks, and whether other coordinates keep what is known.
FAMILIES = {
    centre: (15, True),
    medial: (15, True),
    cone: (12, True),
    double_sphere: (12, True),
    isolated: (12, True),
    constant: (10, True),
    twin: (12, True),
    tie: (12, True),
    near_tie: (12, True),
    zero_rows: (12, True),
    parallel: (12, False),
    mantissas: (12, False),
    scales: (35, False),
    axes: (8, False),
    reducible: (16, True),
    cancelled: (12, True),
    vanishing: (8, False),
    linear: (10, True),
    **singular.FAMILIES,
}
