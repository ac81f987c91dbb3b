r"""Certificates of which everything is known by hand."""

from fractions import Fraction as F

from .builder import Builder, network, seal

#: name → certificate; the distance is in the comment.
EXAMPLES = {}


def example(name, entry, point, **options):
    EXAMPLES[name] = Builder(entry, point, **options).document()


IDENTITY = [[1, 0], [0, 1]]
# g = 4 - x^2 - y^2: the circle of radius 2; distance 1.
example("circle", network([IDENTITY, [[-1, -1], [0, 0]]], [[0, 0], [4, 0]]), [1, 0], radius=F(1, 2))
# The same from its center: every boundary point is nearest, at distance 2.
example("center", network([IDENTITY, [[-1, -1], [0, 0]]], [[0, 0], [4, 0]]), [0, 0], radius=3, nearest=False)
# g = y - x^2 with y = ((y + 1)^2 - (y - 1)^2)/4: the hard case, distance sqrt(7)/2 = 1.3228...
PARABOLA = network([[[1, 0], [0, 1], [0, 1]], [[-1, F(1, 4), F(-1, 4)], [0, 0, 0]]], [[0, 1, -1], [0, 0]])
example("parabola", PARABOLA, [0, 2], radius=F(13, 10), nearest=False)
example("parabola without basis", PARABOLA, [0, 2], radius=F(27, 20), nearest=False, basis=False)
# g = x^2 - y^2 in three inputs, that is a pair of planes: distance from (3, 1, 7) sqrt(2).
example("planes", network([[[1, 0, 0], [0, 1, 0]], [[1, -1], [0, 0]]], [[0, 0], [0, 0]]), [3, 1, 7], radius=1)
# g = (x + y)^2: a double line, distance 3/sqrt(2) = 2.1213...
example("double line", network([[[1, 1]], [[1], [0]]], [[0], [0, 0]]), [3, 0], radius=2)
# g = x^2 + y^2 + 2: no boundary.
example("empty", network([IDENTITY, [[1, 1], [0, 0]]], [[0, 0], [2, 0]]), [1, 0], radius=100)
# Rows that depend on each other, and a row of zeros: g = 9 - 2 x^2 - (2x)^2 = 9 - 6 x^2, distance sqrt(3/2).
example(
    "dependent", network([[[1, 0], [2, 0], [0, 0], [1, 0]], [[-1, -1, 5, -1], [0, 0, 0, 0]]], [[0] * 4, [9, 0]]), [0, 5]
)
# Three classes around a point, in the maximum norm and in a box.
THREE = network([IDENTITY, [[1, 0], [0, 1], [0, 0]]], [[0, 0], [0, 0, 1]])
example("three classes", THREE, [3, 1], radius=F(1, 2))
example("maximum norm", THREE, [3, 1], norm="maximum", radius=F(1, 2))
example("box", THREE, [3, 1], box=[(2, 4), (0, 2)], radius=F(1, 2))
example("tie", THREE, [1, 1], radius=F(1, 2))


def proved_by(name, base, lower, proof):
    r"""Add a certificate with another proof of another lower bound of its only competing class."""
    document = EXAMPLES[base]
    bound = {**document["bounds"][0], "lower": str(lower), "proof": proof}
    claim = {**document["claim"], "lower": str(lower)}
    # These proofs say nothing of where the nearest points are.
    EXAMPLES[name] = seal({**document, "bounds": [bound], "claim": claim, "nearest": None})


def piece(reach, ball, *slabs):
    return {"reach": str(reach), "center": [0, 0], "ball": str(ball), "sides": None, "slabs": list(map(str, slabs))}


# The circle of radius 2 seen from (1, 0): left, within 0 <= x <= 1/2, and right, the upper part and the lower one.
PARTS = [[0, 0], piece(F(3, 2), F(11, 10), 1), [0, 4], piece(F(6, 5), F(11, 10), 4)]
PARTS += [[1, -1], piece(F(999, 1000), F(2001, 1000), 0, 0), piece(F(999, 1000), F(2001, 1000), 0, 0)]
SLABS = {"kind": "slabs", "basis": None, "unit": "1/8", "directions": [[2**20, 0], [0, 2**20]], "nodes": PARTS}
proved_by("slabs", "circle", F(999, 1000), SLABS)
