r"""
Networks whose nearest failures are known, in fractions of Python: nothing here comes from the package under test.

A case is a network, a data point, and for each competing class an interval that holds the squared distance to its
failures. The interval is a point where the distance is known, and starts at 0 where only a failure is known.
"""

import math
from dataclasses import dataclass, field, replace
from fractions import Fraction

__all__ = ["INFINITY", "Case", "Net", "direction", "fraction", "orthogonal", "pick", "root", "vector"]

INFINITY = math.inf


@dataclass(frozen=True)
class Net:
    r"""Weights, biases, and the coefficients of the activation (constant term first), all fractions."""

    weights: list
    biases: list
    activation: list

    @property
    def inputs(self):
        return len(self.weights[0][0])

    def outputs(self, x):
        r"""Return the exact outputs at ``x``."""
        return self.derivative(x, None)[0]

    def derivative(self, x, move):
        r"""Return the outputs at ``x`` and, with ``move``, their derivatives in that direction, else ``None``."""
        x, d = list(x), None if move is None else list(move)
        for layer, (W, b) in enumerate(zip(self.weights, self.biases)):
            if layer:
                if d is not None:
                    d = [_slope(self.activation, z) * e for z, e in zip(x, d)]
                x = [_value(self.activation, z) for z in x]
            x = [_dot(row, x) + shift for row, shift in zip(W, b)]
            if d is not None:
                d = [_dot(row, d) for row in W]
        return x, d

    def gradient(self, c, other, x):
        r"""Return the gradient of ``f_c - f_other`` at ``x``."""
        found = []
        for k in range(self.inputs):
            d = self.derivative(x, [Fraction(int(i == k)) for i in range(self.inputs)])[1]
            found.append(d[c] - d[other])
        return found

    def moved(self, Q, center):
        r"""Return the network ``x -> self(Q^T (x - center))``; then ``y`` becomes ``center + Q y``."""
        rows = [[_dot(row, q) for q in Q] for row in self.weights[0]]
        shift = [b - _dot(row, center) for row, b in zip(rows, self.biases[0])]
        return replace(self, weights=[rows, *self.weights[1:]], biases=[shift, *self.biases[1:]])

    def stretched(self, s):
        r"""Return the network ``x -> self(x/s)``."""
        return replace(self, weights=[[[w / s for w in row] for row in self.weights[0]], *self.weights[1:]])

    def amplified(self, s):
        r"""Return the network with outputs ``s`` times as large."""
        W, b = self.weights[-1], self.biases[-1]
        W, b = [[s * w for w in row] for row in W], [s * y for y in b]
        return replace(self, weights=[*self.weights[:-1], W], biases=[*self.biases[:-1], b])

    def disguised(self, source):
        r"""Return the same differences of outputs, with a common term, the last neurons permuted, one split."""
        W, b = self.weights[-1], self.biases[-1]
        common, shift = [vector(source, 1)[0] for _ in W[0]], vector(source, 1)[0]
        W = [[w + c for w, c in zip(row, common)] for row in W]
        last, below = self.weights[-2], self.biases[-2]
        order = source.sample(range(len(last)), len(last))
        part = pick(source, 1, 9)
        split = order[0]
        W = [[row[k] for k in order] + [row[split]] for row in W]
        W = [[*row[:1], *row[1:-1], row[-1] * part] for row in [[row[0] * (1 - part), *row[1:]] for row in W]]
        last, below = [last[k] for k in [*order, split]], [below[k] for k in [*order, split]]
        return replace(
            self,
            weights=[*self.weights[:-2], last, W],
            biases=[*self.biases[:-2], below, [y + shift for y in b]],
        )

    def reordered(self, order):
        r"""Return the network whose class ``k`` is the class ``order[k]`` of this one."""
        W, b = [self.weights[-1][k] for k in order], [self.biases[-1][k] for k in order]
        return replace(self, weights=[*self.weights[:-1], W], biases=[*self.biases[:-1], b])


@dataclass(frozen=True)
class Case:
    r"""
    What is known about a data point.

    - ``family`` -- string
    - ``net``, ``point`` -- a :class:`Net`, and the data point
    - ``c`` -- the predicted class, ``None`` at a tie
    - ``parts`` -- dictionary from the other classes to pairs ``low <= squared distance <= high``
    - ``nearest`` -- every nearest failure, ``()`` when they are not known
    - ``norm``, ``box`` -- as for ``certify``
    """

    family: str
    net: Net
    point: list
    c: int | None
    parts: dict
    nearest: tuple = ()
    norm: str = "euclidean"
    box: list | None = None
    notes: dict = field(default_factory=dict)

    @property
    def low(self):
        r"""A lower bound of the squared distance."""
        return min(low for low, _ in self.parts.values()) if self.parts else 0

    @property
    def high(self):
        r"""An upper bound of the squared distance."""
        return min(high for _, high in self.parts.values()) if self.parts else 0

    @property
    def is_exact(self):
        r"""Whether both sides are known."""
        return self.low == self.high or (self.high < INFINITY and self.high - self.low <= self.high / 10**20)

    def disguised(self, source):
        r"""Return the same case in other coordinates: moved, classes reordered, neurons permuted and split."""
        n = self.net.inputs
        net, point, nearest = self.net.disguised(source), self.point, self.nearest
        if self.norm == "euclidean" and self.box is None:
            Q, center = orthogonal(source, n), vector(source, n)

            def there(y):
                return [a + _dot(row, y) for a, row in zip(center, Q)]

            net, point, nearest = net.moved(Q, center), there(point), tuple(there(p) for p in nearest)
        order = source.sample(range(len(net.weights[-1])), len(net.weights[-1]))
        place = {old: new for new, old in enumerate(order)}
        parts = {place[k]: pair for k, pair in self.parts.items()}
        c = None if self.c is None else place[self.c]
        return replace(self, net=net.reordered(order), point=point, nearest=nearest, c=c, parts=parts)

    def stretched(self, s):
        r"""Return the case with inputs ``s`` times as large."""
        parts = {k: (low * s * s, high if high == INFINITY else high * s * s) for k, (low, high) in self.parts.items()}
        parts = {k: (INFINITY if self.parts[k][0] == INFINITY else low, high) for k, (low, high) in parts.items()}
        near = tuple([s * x for x in p] for p in self.nearest)
        box = None if self.box is None else [(s * a, s * b) for a, b in self.box]
        return replace(
            self, net=self.net.stretched(s), point=[s * x for x in self.point], parts=parts, nearest=near, box=box
        )

    def check(self):
        r"""Check what the generator promises as far as evaluation can, and return the case."""
        values = self.net.outputs(self.point)
        best = [k for k, value in enumerate(values) if value == max(values)]
        assert best == [self.c] if self.c is not None else len(best) > 1, (self.family, "class of the data point")
        for p in self.nearest:
            values = self.net.outputs(p)
            assert max(v for k, v in enumerate(values) if k != self.c) >= values[self.c], (self.family, "no failure")
            moves = [abs(a - b) for a, b in zip(p, self.point)]
            far = max(moves) ** 2 if self.norm == "maximum" else _dot(moves, moves)
            assert far == self.high, (self.family, "distance")
        return self


def fraction(number):
    r"""Return a rational of Sage, or infinity, as a fraction."""
    if hasattr(number, "numerator") and callable(number.numerator):
        return Fraction(int(number.numerator()), int(number.denominator()))
    return INFINITY


def pick(source, low, high, denominator=10):
    r"""Return a random fraction strictly between ``low/denominator`` and ``high/denominator``, or an end."""
    return Fraction(source.randint(low * 16, high * 16), 16 * denominator)


def vector(source, n, size=4):
    r"""Return a random vector of dyadic rationals."""
    return [Fraction(source.randint(-8 * size, 8 * size), 8) for _ in range(n)]


def direction(source, n):
    r"""Return a random rational vector of length 1: a point of the sphere, by stereographic projection."""
    y = [Fraction(source.randint(-6, 6), source.randint(1, 4)) for _ in range(n - 1)]
    square = _dot(y, y)
    v = [*(2 * a / (square + 1) for a in y), (square - 1) / (square + 1)]
    place = source.randrange(n)
    v[place], v[-1] = v[-1], v[place]
    return v


def orthogonal(source, n):
    r"""Return a random rational orthogonal matrix: a product of reflections."""
    Q = [[Fraction(int(i == k)) for k in range(n)] for i in range(n)]
    for _ in range(min(n, 3)):
        v = [Fraction(source.randint(-3, 3)) for _ in range(n)]
        square = _dot(v, v)
        if square:
            Q = [[a - 2 * _dot(row, v) * b / square for a, b in zip(row, v)] for row in Q]
    return Q


def root(square, up=False, digits=40):
    r"""Return the square root of a fraction: exactly when it is rational, else rounded down, or up."""
    p, q = square.numerator, square.denominator
    a, b = math.isqrt(p), math.isqrt(q)
    if a * a == p and b * b == q:
        return Fraction(a, b)
    shift = max(0, 4 * digits - (p.bit_length() - q.bit_length()) // 2)
    found = math.isqrt((p << (2 * shift)) // q)
    return Fraction(found + int(up), 1 << shift)


def _dot(a, b):
    return sum((x * y for x, y in zip(a, b) if x and y), Fraction(0))


def _value(coefficients, z):
    value = Fraction(0)
    for a in reversed(coefficients):
        value = value * z + a
    return value


def _slope(coefficients, z):
    return _value([k * a for k, a in enumerate(coefficients)][1:], z)
