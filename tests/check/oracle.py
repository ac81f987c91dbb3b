r"""
Whether the claim of a certificate is true, by other means than the checker: fractions of Python and mpmath.

For one hidden layer and an activation of degree at most 2, the distance is computed from the eigenvalues of the quadric
and the root of its secular equation. Comparisons of irrational numbers allow for 10^-20.
"""

import json
import re
from fractions import Fraction
from functools import lru_cache

import mpmath

mp = mpmath.mp.clone()
mp.dps = 50
TINY = mp.mpf(10) ** -20


class Undecided(Exception):
    r"""The oracle does not know."""


class Net:
    r"""A network in fractions."""

    def __init__(self, entry):
        self.weights = [[[Fraction(x) for x in row] for row in matrix] for matrix in entry["weights"]]
        self.biases = [[Fraction(x) for x in vector] for vector in entry["biases"]]
        self.activation = [Fraction(x) for x in entry["activation"]]
        while len(self.activation) > 1 and self.activation[-1] == 0:
            self.activation.pop()

    def outputs(self, x):
        for layer, (matrix, shift) in enumerate(zip(self.weights, self.biases)):
            if layer:
                x = [sum(a * z**k for k, a in enumerate(self.activation)) for z in x]
            x = [sum((w * z for w, z in zip(row, x)), b) for row, b in zip(matrix, shift)]
        return x

    def predicted(self, x):
        values = self.outputs(x)
        best = [k for k, value in enumerate(values) if value == max(values)]
        return best[0] if len(best) == 1 else None

    def g(self, c, j, x):
        values = self.outputs(x)
        return values[c] - values[j]

    def expansion(self, c, j, u):
        r"""Return ``g(u)``, half the gradient, and A, exactly: ``g(u + y) = g(u) + 2 p.y + y^T A y``."""
        if len(self.weights) != 2 or len(self.activation) > 3:
            raise Undecided("not a quadric")
        rows, shift = self.weights[0], self.biases[0]
        s1, s2 = [*self.activation, 0, 0][1:3]
        d = [a - b for a, b in zip(self.weights[1][c], self.weights[1][j])]
        z = [sum((w * x for w, x in zip(row, u)), b) for row, b in zip(rows, shift)]
        n = range(len(u))
        half = [sum(d[k] * (s1 + 2 * s2 * z[k]) * rows[k][i] for k in range(len(rows))) / 2 for i in n]
        form = [[sum(d[k] * s2 * rows[k][i] * rows[k][m] for k in range(len(rows))) for m in n] for i in n]
        return self.g(c, j, u), half, form


def big(x):
    return mp.mpf(x.numerator) / x.denominator


class Nearest:
    r"""
    The distance from u to ``g = 0`` and, if it is the only one, the nearest point, with 50 digits.

    - ``square`` -- squared distance, ``mp.inf`` without a boundary
    - ``step`` -- from u to a nearest point, or to the center of the nearest points
    - ``multiplier``, ``least`` -- lambda, and the least eigenvalue of ``I + lambda*A``
    - ``touching`` -- whether g is nowhere negative
    - ``unique`` -- whether the nearest point is known to be the only one
    """

    def __init__(self, net, c, j, u):
        value, half, form = net.expansion(c, j, u)
        assert value > 0
        self.zero = mp.mpf(10) ** (-3 * mp.dps // 4)
        n = len(u)
        # Large and small networks alike: eigenvalues of a matrix of size about 1.
        scale = max((abs(x) for row in form for x in row), default=Fraction(0)) or Fraction(1)
        w, Q = mp.eigsy(mp.matrix([[big(x / scale) for x in row] for row in form]))
        w = [x if abs(x) > self.zero else mp.mpf(0) for x in w]
        size = 1 + mp.sqrt(sum(big(x / scale) ** 2 for x in half))
        p = [sum(Q[i, k] * big(half[i] / scale) for i in range(n)) for k in range(n)]
        p = [x if abs(x) > size * self.zero else mp.mpf(0) for x in p]
        g0 = big(value / scale)

        def step(t):
            return [-t * a / (1 + t * b) if a else mp.mpf(0) for a, b in zip(p, w)]

        def at(y):
            return g0 + sum(2 * a * s + b * s * s for a, b, s in zip(p, w, y))

        self.unique, self.touching = True, False
        if min(w) >= 0:
            self._bounded_below(g0, p, w, step, at)
        else:
            end = -1 / min(w)
            self._search(end * (1 - self.zero), step, at)
        if self.square != mp.inf:
            self.least = 1 + self.multiplier * min(w)
            self.unique = self.least > mp.mpf(10) ** -12
            self.multiplier /= big(scale)
            y = self.step
            self.step = [sum(Q[i, k] * y[k] for k in range(n)) for i in range(n)]

    def _bounded_below(self, g0, p, w, step, at):
        if all(b or not a for a, b in zip(p, w)):
            low = g0 - sum(a * a / b for a, b in zip(p, w) if b)
            if low > g0 * self.zero:
                self.square = mp.inf
                return
            if abs(low) <= g0 * self.zero:
                self.step = [-a / b if b else mp.mpf(0) for a, b in zip(p, w)]
                self.square = sum(s * s for s in self.step)
                self.multiplier, self.touching = mp.mpf(0), True
                return
        end = mp.mpf(1)
        while at(step(end)) > 0:
            end *= 2
        self._search(end, step, at)

    def _search(self, end, step, at):
        low, high = mp.mpf(0), end
        if at(step(end)) > 0:
            low = end
        for _ in range(4 * mp.dps):
            middle = (low + high) / 2
            low, high = (middle, high) if at(step(middle)) > 0 else (low, middle)
        self.multiplier, self.step = low, step(low)
        self.square = sum(s * s for s in self.step) + low * at(self.step)


@lru_cache(maxsize=4096)
def _nearest(written, c, j, u):
    return Nearest(Net(json.loads(written)), c, j, u)


def nearest_point(entry, c, j, u):
    r"""Return the :class:`Nearest`, from memory when it was asked before."""
    plain = {key: entry[key] for key in ("weights", "biases", "activation")}
    written = json.dumps(plain)
    # Numbers of very different sizes cancel more digits.
    numbers = [abs(Fraction(x)) for x in re.findall(r"[0-9/]+", written)] + [abs(x) for x in u]
    tame = all(not x or Fraction(1, 10**4) <= x <= 10**4 for x in numbers)
    with mp.workdps(50 if tame else 400):
        return _nearest(written, c, j, tuple(u))


def number(text):
    return mp.inf if text == "inf" else big(Fraction(text))


def falsehood(document, network=None):
    r"""
    Return None when what the certificate claims is true, else what is false about it, a sentence.

    INPUT: ``network`` -- the entry ``"network"`` with the weights, for certificates that hold their digest only
    """
    entry = network or document["network"]
    net = Net(entry)
    u = [Fraction(x) for x in document["point"]]
    claim, box, radius = document["claim"], document["box"], document["radius"]
    maximum = document["norm"] == "maximum"
    radius = None if radius is None else Fraction(radius)
    box = None if box is None else [(Fraction(low), Fraction(high)) for low, high in box]
    if box is not None and not all(low <= x <= high for x, (low, high) in zip(u, box)):
        return "the point lies outside the box"
    c = net.predicted(u)
    if claim["class"] != c:
        return "wrong class"
    if c is None:
        return _false_about_tie(claim, net, u)
    classes = len(net.biases[-1])
    if sorted(item["class"] for item in document["bounds"]) != [j for j in range(classes) if j != c]:
        return "classes are missing"
    found = {j: nearest_point(entry, c, j, u) for j in range(classes) if j != c}
    # In the maximum norm the distance is at least this; in a box at least that without.
    shrink = mp.sqrt(len(u)) if maximum else 1
    distances = {j: mp.sqrt(at.square) / shrink for j, at in found.items()}
    least = min(distances.values())
    for j, value in [*((item["class"], item["lower"]) for item in document["bounds"]), (None, claim["lower"])]:
        bound = least if j is None else distances[j]
        if number(value) > bound * (1 + TINY) + TINY:
            return f"lower bound {value} of class {j} is above {mp.nstr(bound, 20)}"
    witness, near = document["witness"], None
    if witness is not None:
        p, j = [Fraction(x) for x in witness["point"]], witness["class"]
        if j == c or net.g(c, j, p) > 0:
            return "the witness is no failure"
        if box is not None and not all(low <= x <= high for x, (low, high) in zip(p, box)):
            return "the witness lies outside the box"
        step = [a - b for a, b in zip(p, u)]
        near = max(abs(x) for x in step) ** 2 if maximum else sum(x * x for x in step)
        for upper in (witness["upper"], claim["upper"]):
            if upper != "inf" and near > Fraction(upper) ** 2:
                return "the witness is farther away"
        if claim["competing"] != j:
            return "the competing class is not that of the witness"
    elif claim["upper"] != "inf":
        return "nobody shows an upper bound"
    if claim["verdict"] == "robust" and not number(claim["lower"]) > big(radius):
        return "not known to be robust"
    if claim["verdict"] == "not robust" and not (near is not None and near <= radius * radius):
        return "not known to be not robust"
    if (claim["verdict"] is None) != (radius is None):
        return "a verdict without a radius, or no verdict"
    return _false_about_nearest(document, found, u, maximum or box is not None)


def _false_about_tie(claim, net, u):
    values = net.outputs(u)
    if claim["competing"] is not None and values[claim["competing"]] != max(values):
        return "the competing class is not tied"
    if (claim["lower"], claim["upper"]) != ("0", "0"):
        return "at a tie the distance is 0"
    return "a tie is not robust" if claim["verdict"] in ("robust", "unknown") else None


def _false_about_nearest(document, found, u, elsewhere):
    nearest = document.get("nearest")
    if nearest is None:
        return None
    at = found[nearest["class"]]
    if elsewhere or not at.unique:
        raise Undecided("where the nearest point lies")
    center = [big(Fraction(x) - a) for x, a in zip(nearest["center"], u)]
    gap = mp.sqrt(sum((x - y) ** 2 for x, y in zip(center, at.step)))
    return "the nearest point lies elsewhere" if gap > number(nearest["radius"]) + TINY else None
