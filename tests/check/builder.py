r"""
Certificates made without the package: proofs from the 50 digits of the oracle, rounded, and bounds in fractions.
"""

import math
import random
from fractions import Fraction

from sage_mlvar.check import digest, document_digest

from .oracle import Net, mp, nearest_point


def strings(value):
    return [strings(x) for x in value] if isinstance(value, (list, tuple)) else str(Fraction(value))


def network(weights, biases, activation=(0, 0, 1)):
    plain = {"weights": strings(weights), "biases": strings(biases), "activation": strings(activation)}
    return {"sha256": digest(plain), **plain}


def seal(document):
    r"""Return the certificate with its digest, and that of its network, put right."""
    entry = document.get("network")
    if isinstance(entry, dict) and {"weights", "biases", "activation"} <= set(entry):
        plain = {key: entry[key] for key in ("weights", "biases", "activation")}
        document = {**document, "network": {**entry, "sha256": digest(plain)}}
    return {**document, "sha256": document_digest(document)}


def rounded(x, bits=80):
    r"""Return a fraction near a number of mpmath."""
    scale = 2**bits
    return Fraction(int(mp.nint(x * scale)), scale)


def root_below(x, bits=60):
    r"""Return a fraction just below the root of a fraction."""
    scale = 4**bits
    return Fraction(math.isqrt(int(x * scale)), 2**bits)


def root_above(x, bits=60):
    return root_below(x, bits) + Fraction(1, 2**bits)


def independent(rows):
    r"""Return the indices of rows that span all."""
    found, echelon = [], []
    for k, row in enumerate(rows):
        row = list(row)
        for lead, other in echelon:
            factor = row[lead] / other[lead]
            row = [a - factor * b for a, b in zip(row, other)]
        lead = next((i for i, x in enumerate(row) if x), None)
        if lead is not None:
            echelon.append((lead, row))
            found.append(k)
    return found


def solve(matrix, right):
    r"""Return the solution of a nonsingular system, by Gauss and Jordan."""
    rows = [[*row, b] for row, b in zip(matrix, right)]
    for i in range(len(rows)):
        pivot = next(k for k in range(i, len(rows)) if rows[k][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for k in range(len(rows)):
            if k != i and rows[k][i]:
                rows[k] = [a - rows[k][i] * b for a, b in zip(rows[k], rows[i])]
    return [row[-1] for row in rows]


def inner(x, y):
    return sum((a * b for a, b in zip(x, y)), Fraction(0))


class Builder:
    r"""
    Makes the certificate of a point, for one hidden layer and an activation of degree 2.

    INPUT: ``entry`` -- as :func:`network` returns; ``point`` -- list of fractions; ``basis`` -- whether proofs use one
    """

    def __init__(self, entry, point, norm="euclidean", box=None, radius=None, basis=True, nearest=True):
        self.entry, self.net = entry, Net(entry)
        self.u = [Fraction(x) for x in point]
        self.norm, self.box, self.radius, self.basis, self.nearest = norm, box, radius, basis, nearest
        self.c = self.net.predicted(self.u)

    def document(self):
        tie = self.c is None
        bounds = [] if tie else [self._bound(j) for j in range(len(self.net.biases[-1])) if j != self.c]
        witness = None if tie else self._witness()
        lower = Fraction(0)
        if not tie:
            finite = [Fraction(item["lower"]) for item in bounds if item["lower"] != "inf"]
            lower = min(finite) if finite else None
        upper = Fraction(0) if tie else None if witness is None else Fraction(witness["upper"])
        document = {
            "format": "sage_mlvar/certificate",
            "version": 1,
            "network": self.entry,
            "point": strings(self.u),
            "norm": self.norm,
            "box": None if self.box is None else strings(self.box),
            "radius": None if self.radius is None else str(Fraction(self.radius)),
            "claim": {
                "class": self.c,
                "lower": "inf" if lower is None else str(lower),
                "upper": "inf" if upper is None else str(upper),
                "verdict": self._verdict(lower, upper),
                "competing": None if witness is None else witness["class"],
                "status": "proved",
            },
            "method": "by hand",
            "argument": "multipliers",
            "trusted": [],
            "bounds": bounds,
            "witness": witness,
            "nearest": self._nearest(bounds, witness),
            "made_by": {"program": "tests"},
        }
        return seal(document)

    def _verdict(self, lower, upper):
        if self.radius is None:
            return None
        if lower is None or lower > self.radius:
            return "robust"
        return "not robust" if upper is not None and upper <= self.radius else "unknown"

    def _shrunk(self, square):
        return square / len(self.u) if self.norm == "maximum" else square

    def _bound(self, j):
        at = nearest_point(self.entry, self.c, j, self.u)
        if at.square == mp.inf:
            return {"class": j, "lower": "inf", "status": "proved", "proof": {"kind": "positive"}}
        if at.touching:
            lower = root_below(self._shrunk(rounded(at.square, 100)))
            return {"class": j, "lower": str(lower), "status": "proved", "proof": {"kind": "touching"}}
        _, half, form = self.net.expansion(self.c, j, self.u)
        multiplier = rounded(at.multiplier * (1 - mp.mpf(10) ** -9), 120)
        # A little less than the least eigenvalue of I + lambda*A.
        margin = rounded(min(mp.mpf("0.9"), (1 - (1 - at.least) * (1 - mp.mpf(10) ** -9)) * mp.mpf("0.9")), 100)
        step = [rounded(x) for x in at.step]
        rows, basis = self.net.weights[0], None
        if self.basis:
            basis = independent(rows)
            chosen = [rows[k] for k in basis]
            t = solve([[inner(a, b) for b in chosen] for a in chosen], [inner(row, step) for row in chosen])
            t = [Fraction(round(x * 2**90), 2**90) for x in t]
            step = [sum((s * row[i] for s, row in zip(t, chosen)), Fraction(0)) for i in range(len(self.u))]
        x = [a + b for a, b in zip(self.u, step)]
        gradient = [2 * (a + inner(row, step)) for a, row in zip(half, form)]
        residual = [a + multiplier / 2 * b for a, b in zip(step, gradient)]
        value = self.net.g(self.c, j, x)
        bound = inner(step, step) + multiplier * value - inner(residual, residual) / margin
        if bound <= 0:
            return {"class": j, "lower": "0", "status": "proved", "proof": {"kind": "trivial"}}
        lower = root_below(self._shrunk(bound))
        proof = {
            "kind": "multiplier",
            "multiplier": str(multiplier),
            "margin": str(margin),
            "basis": basis,
            "coefficients": strings(t if self.basis else step),
        }
        return {"class": j, "lower": str(lower), "status": "proved", "proof": proof}

    def _witness(self):
        best = None
        for j in range(len(self.net.biases[-1])):
            if j == self.c:
                continue
            at = nearest_point(self.entry, self.c, j, self.u)
            if at.square == mp.inf:
                continue
            for step in self._candidates(j, at):
                p = [a + b for a, b in zip(self.u, step)]
                inside = self.box is None or all(Fraction(a) <= x <= Fraction(b) for x, (a, b) in zip(p, self.box))
                if not inside or self.net.g(self.c, j, p) > 0:
                    continue
                square = max(abs(x) for x in step) ** 2 if self.norm == "maximum" else inner(step, step)
                if best is None or square < best[0]:
                    best = square, j, p
                break
        if best is None:
            return None
        return {"class": best[1], "point": strings(best[2]), "upper": str(root_above(best[0]))}

    def _candidates(self, j, at):
        r"""Yield rational steps near that to a nearest point, a little beyond."""
        _, half, form = self.net.expansion(self.c, j, self.u)
        step = [rounded(x) for x in at.step]
        yield [Fraction(round(x)) for x in step]
        yield step
        slope = [a + inner(row, step) for a, row in zip(half, form)]
        size = root_above(inner(slope, slope)) or Fraction(1)
        for digits in (14, 11, 8, 5, 2):
            yield [a - b / size / 10**digits for a, b in zip(step, slope)]
        # The hard case: nearest points form a sphere around this step, along eigenvectors.
        source = random.Random(7)
        for _ in range(12):
            way = [Fraction(source.randint(-9, 9)) for _ in step]
            for k in (-20, -14, -8, -4, -2, 0, 2, 5):
                yield [a + b * Fraction(2) ** k for a, b in zip(step, way)]

    def _nearest(self, bounds, witness):
        if witness is None or not self.nearest:
            return None
        item = next(item for item in bounds if item["class"] == witness["class"])
        proof = item["proof"]
        at = nearest_point(self.entry, self.c, witness["class"], self.u)
        center = [a + rounded(b) for a, b in zip(self.u, at.step)]
        if proof["kind"] != "multiplier":
            return None
        upper = Fraction(witness["upper"]) ** 2 * (len(self.u) if self.norm == "maximum" else 1)
        lower = Fraction(item["lower"]) ** 2 * (len(self.u) if self.norm == "maximum" else 1)
        spread = root_above(max(upper - lower, Fraction(0)) / Fraction(proof["margin"]) + Fraction(1, 10**20))
        return {"class": witness["class"], "center": strings(center), "radius": str(spread * 2)}


def random_certificate(source):
    r"""Return a certificate of a small random network, of any shape that the kinds of proofs have to deal with."""
    n, h, k = source.randint(1, 3), source.randint(1, 4), source.randint(2, 3)
    bound = source.choice([1, 3, 9])

    def draw(rows, columns):
        scale = source.choice([1, 1, 2, 3, 8])
        return [[Fraction(source.randint(-bound, bound), scale) for _ in range(columns)] for _ in range(rows)]

    entry = network([draw(h, n), draw(k, h)], [draw(1, h)[0], draw(1, k)[0]], source.choice([(0, 0, 1), (1, -1, 2)]))
    point = draw(1, n)[0]
    norm = source.choice(["euclidean"] * 3 + ["maximum"])
    box = None
    if source.random() < 0.25:
        box = [(x - source.randint(0, 3), x + source.randint(0, 3)) for x in point]
    radius = source.choice([None, Fraction(1, 10), Fraction(1, 2), Fraction(3)])
    return Builder(entry, point, norm, box, radius, basis=source.random() < 0.6).document()
