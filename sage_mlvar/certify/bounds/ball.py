r"""
The largest ball, or cube, around a data point on which one quadratic function proves the margin positive.

EXAMPLES::

    sage: from sage_mlvar.certify.bounds.ball import Region, largest_ball
    sage: from sage_mlvar.certify.bounds.local import LocalNetwork
    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.bounds.separations import Separations
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: g = Separations(C).between(0, 1, [1, 0])
    sage: radius, proof = largest_ball(LocalNetwork(g, None, 0), Region("euclidean", None), 0.1, 10.0)
    sage: bool(abs(radius - 1) < 1e-6), sorted(proof)
    (True, ['ball', 'box'])
"""

from dataclasses import dataclass

import numpy

from ... import _sage  # noqa: F401
from .model import minorants
from .quadratic import Slabs, ball_multiplier, multipliers

__all__ = ["Region", "largest_ball", "proof_at"]

#: What the margin must be at least, of that at the data point, for the check in exact arithmetic to succeed.
SLACK = 2e-11


@dataclass(frozen=True)
class Region:
    r"""The norm, and the sides of the domain relative to the data point: an array of pairs, or ``None``."""

    norm: str
    sides: object

    def box(self, radius, dimension):
        r"""Return the sides of the box of the points within ``radius``, or ``None`` when they are a ball."""
        if self.sides is None:
            if self.norm == "euclidean":
                return None
            return numpy.full(dimension, -radius), numpy.full(dimension, radius)
        return numpy.maximum(self.sides[:, 0], -radius), numpy.minimum(self.sides[:, 1], radius)


def proof_at(local, region, radius):
    r"""Return the multipliers that prove the margin positive within ``radius``, or ``None``; all numbers scaled."""
    box = region.box(radius, local.dimension)
    ball = region.norm == "euclidean"
    halves = None if box is None else [numpy.maximum(-box[0], box[1])]
    c, b, Q = minorants(local, numpy.zeros((1, local.dimension)), halves, [radius] if ball else None)
    if not (numpy.isfinite(b).all() and numpy.isfinite(Q).all()):
        return None
    if box is None:
        value, t = ball_multiplier(c[0], b[0], Q[0], radius)
        return {"ball": t, "box": None} if value > SLACK else None
    # The ball alone is often enough, and cheap.
    if ball:
        value, t = ball_multiplier(c[0], b[0], Q[0], radius)
        if value > SLACK:
            return {"ball": t, "box": None}
    found = multipliers(c[0], b[0], Q[0], Slabs(numpy.eye(len(b[0])), *box, radius if ball else None), goal=1e-6)
    return {"ball": found.ball, "box": found.slabs} if found is not None and found.value > SLACK else None


def largest_ball(local, region, low, high, width=1e-7, check=lambda: None):
    r"""
    Return a radius, as large as bisection finds between ``low`` and ``high``, and its proof; ``0, None`` without.

    ``check`` is called before each step, to stop by an exception.
    """
    best = (0.0, None)
    found = proof_at(local, region, high)
    if found is not None:
        return high, found
    while high > low * (1 + width):
        check()
        middle = (low * high) ** 0.5 if high > 2 * low else (low + high) / 2
        found = proof_at(local, region, middle)
        if found is not None:
            best, low = (middle, found), middle
        else:
            high = middle
    return best
