r"""
Cubics whose nearest point is singular, isolated, or on a component of multiplicity two, as networks of cubes.

The conditions of a simple critical point fail at all of these, so a proof must look for them on its own.
"""

from fractions import Fraction

from .cases import Case, direction, pick
from .planted import layer, power

__all__ = ["FAMILIES", "cusp"]

F = Fraction


def _cubes(n, terms, constant=0):
    r"""
    Return the net of cubes with ``f_0 - f_1`` the sum of ``terms`` and ``constant``.

    INPUT: ``terms`` -- list of pairs of a coefficient and a monomial: a tuple of 1, 2 or 3 indices of coordinates, of
    which the first two are equal when there are 3
    """
    rows, shifts, coefficients, total = [], [], [], F(constant)

    def add(a, b, *places):
        row = [F(0)] * n
        for sign, k in places:
            row[k] += sign
        rows.append(row)
        shifts.append(F(b))
        coefficients.append(F(a))

    for a, monomial in terms:
        a = F(a)
        if len(monomial) == 1:  # 6 x = (x+1)^3 + (x-1)^3 - 2 x^3
            x = (1, monomial[0])
            add(a / 6, 1, x)
            add(a / 6, -1, x)
            add(-a / 3, 0, x)
        elif len(monomial) == 2:  # 6 x^2 = (1+x)^3 + (1-x)^3 - 2
            add(a / 6, 1, (1, monomial[0]))
            add(a / 6, 1, (-1, monomial[0]))
            total -= a / 3
        elif len(set(monomial)) == 1:
            add(a, 0, (1, monomial[0]))
        else:  # 6 y^2 z = (z+y)^3 + (z-y)^3 - 2 z^3
            y, z = monomial[1:]
            add(a / 6, 0, (1, z), (1, y))
            add(a / 6, 0, (1, z), (-1, y))
            add(-a / 3, 0, (1, z))
    return layer(rows, shifts, [(coefficients, total)], power(3))


def _known(family, net, u, square, nearest=()):
    return Case(family, net, u, 0, {1: (square, square)}, nearest)


def cusp(source, index):
    r"""Failures ``x^3 >= y^2 + ...``, from the side of the tip."""
    n = 2 + index % 2
    net = _cubes(n, [(-1, (0, 0, 0)), *((1, (k, k)) for k in range(1, n))])
    far = pick(source, 1, 30)
    return _known("cusp", net, [-far, *[F(0)] * (n - 1)], far * far, ([F(0)] * n,))


def lonely(source, index):
    r"""``x^2 + y^2 + ... = x^3``: an isolated real point, and a branch farther away."""
    n = 2 + index % 2
    net = _cubes(n, [(-1, (0, 0, 0)), *((1, (k, k)) for k in range(n))])
    far = source.choice([F(1, 10), F(1, 3), F(1, 10**6)])
    return _known("lonely", net, [far * x for x in direction(source, n)], far * far, ([F(0)] * n,))


def umbrella(source, index):
    r"""``x^2 = y^2 z``: below, the real points are a line of singular ones."""
    net = _cubes(3, [(1, (0, 0)), (-1, (1, 1, 2))])
    a, b, h = pick(source, 1, 5), pick(source, 0, 5) * (index % 2), F(1) + pick(source, 0, 9)
    return _known("umbrella", net, [a, b, -h], a * a + b * b, ([F(0), F(0), -h],))


def multiple(source, index):
    r"""``y^2 z``: a double plane and a simple one."""
    n = 2 + index % 2
    y, z = pick(source, 1, 30) * source.choice([1, -1]), pick(source, 1, 30) * source.choice([1, -1])
    net = _cubes(n, [(1 if z > 0 else -1, (0, 0, 1))])
    return _known("multiple", net, [y, z, *[F(1)] * (n - 2)], min(abs(y), abs(z)) ** 2)


def crossed(source, index):
    r"""``x (x^2 + y^2 - 1)``: a circle and a line through its centre, or (``x - 1``) a tangent of it."""
    length, v = source.choice([F(1, 2), F(9, 10), F(3, 2), F(4)]), direction(source, 2)
    if index % 2:
        terms = [(1, (0, 0, 0)), (1, (1, 1, 0)), (-1, (0,))]
        constant, line = 0, F(0)
    else:
        terms = [(1, (0, 0, 0)), (1, (1, 1, 0)), (-1, (0,)), (-1, (0, 0)), (-1, (1, 1))]
        constant, line = 1, F(1)
    u = [length * x for x in v]
    value = (u[0] - line) * (length * length - 1)
    if not value:
        return crossed(source, index)
    sign = 1 if value > 0 else -1
    net = _cubes(2, [(sign * a, m) for a, m in terms], sign * constant)
    return _known("crossed", net, u, min(abs(u[0] - line), abs(length - 1)) ** 2)


#: Generator → how many networks, and whether other coordinates keep what is known.
FAMILIES = {
    cusp: (10, True),
    lonely: (10, True),
    umbrella: (8, True),
    multiple: (8, True),
    crossed: (12, True),
}
