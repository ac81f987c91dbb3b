r"""
Quadratic functions below a network on many cells at once, in floating point.

The same formulas as :mod:`sage_mlvar.check.minorant`, vectorized over the cells.

EXAMPLES::

    sage: from sage_mlvar.certify.bounds.local import LocalNetwork
    sage: from sage_mlvar.certify.bounds.model import minorants
    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.bounds.separations import Separations
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: g = Separations(C).between(0, 1, [1, 0])
    sage: c, b, Q = minorants(LocalNetwork(g, None, 0), [[0, 0]], balls=[1])
    sage: float(c[0]), b[0]
    (0.75, array([-0.5,  0. ]))
    sage: Q[0]
    array([[-0.25,  0.  ],
           [ 0.  , -0.25]])
"""

from functools import lru_cache
from math import comb

import numpy

from ... import _sage  # noqa: F401

__all__ = ["minorants", "minorants_on", "ranges", "taylor"]


def minorants(local, centers, halves=None, balls=None):
    r"""
    Return ``c``, ``b``, ``Q`` of all cells, arrays.

    INPUT:

    - ``local`` -- a :class:`~sage_mlvar.certify.bounds.local.LocalNetwork`
    - ``centers`` -- array, a cell in each row
    - ``halves`` -- half the lengths of the sides, an array of the same shape, or ``None``
    - ``balls`` -- radii, or ``None``; one of the two must be given, cells may have both
    """
    return minorants_on(local, centers, _Around(halves, balls))


def minorants_on(local, centers, cells):
    r"""
    Return ``c``, ``b``, ``Q`` of all cells, arrays.

    INPUT: ``cells`` -- has ``reach``, bounds of the distances of their points from the centers, and ``intervals(f)``:
    arrays ``low <= 0 <= high`` that bound ``f[k, j].(y - center)`` on the cell ``k``
    """
    with numpy.errstate(all="ignore"):
        return _minorants(local, numpy.asarray(centers, dtype=float), cells)


class _Around:
    r"""Boxes and balls around their centers."""

    def __init__(self, halves, balls):
        self._halves = None if halves is None else numpy.asarray(halves, dtype=float)
        self.reach = None if halves is None else numpy.sqrt((self._halves**2).sum(axis=1))
        if balls is not None:
            balls = numpy.asarray(balls, dtype=float)
            self.reach = balls if self.reach is None else numpy.minimum(balls, self.reach)

    def intervals(self, forms):
        rho = self.reach[:, None] * numpy.sqrt((forms**2).sum(axis=2))
        if self._halves is not None:
            rho = numpy.minimum(rho, numpy.einsum("chm,cm->ch", numpy.abs(forms), self._halves))
        return -rho, rho


def _minorants(local, centers, cells):
    count = len(centers)
    T = centers @ local.weights[0].T
    B = numpy.broadcast_to(local.weights[0], (count, *local.weights[0].shape))
    forms, squares, blocks = [], [], []
    A = E = None
    deep = len(local.coefficients) > 1
    for level, (C, W) in enumerate(zip(local.coefficients, local.weights[1:])):
        down, up = cells.intervals(B)
        rho = numpy.maximum(-down, up)
        kappa, N = 0.0, None
        if A is not None:
            N = numpy.abs(A) + E
            kappa = _form_bound(N, squares, blocks)
        c = taylor(C, T)
        slope = c[:, :, 1]
        low, high = ranges(c[:, :, 2:], down - kappa, up + kappa)
        middle, width = (low + high) / 2, (high - low) / 2
        h = C.shape[0]
        diagonal = numpy.arange(h)
        own, own_error = numpy.zeros((count, h, h)), numpy.zeros((count, h, h))
        own[:, diagonal, diagonal], own_error[:, diagonal, diagonal] = middle, width
        if A is not None:
            factor = (numpy.abs(middle) + width) * (2 * rho + kappa)
            own = numpy.concatenate([slope[:, :, None] * A, own], axis=2)
            error = numpy.abs(slope)[:, :, None] * E + factor[:, :, None] * N
            own_error = numpy.concatenate([error, own_error], axis=2)
        forms.append(B)
        if deep:
            squares.append(rho**2)
            blocks.append((h, _largest(B) * cells.reach**2))
        T = c[:, :, 0] @ W.T
        if level == len(local.coefficients) - 1:
            # The last layer: only sums with its weights are needed.
            b = numpy.einsum("h,chm->cm", W[0], slope[:, :, None] * B)
            q = numpy.einsum("h,chf->cf", W[0], own) - numpy.einsum("h,chf->cf", numpy.abs(W[0]), own_error)
        else:
            B = W @ (slope[:, :, None] * B)
            A, E = W @ own, numpy.abs(W) @ own_error
    F = numpy.concatenate(forms, axis=1) if len(forms) > 1 else forms[0]
    Q = F.transpose(0, 2, 1) @ (q[:, :, None] * F)
    return local.constant + T[:, 0], b, Q


def taylor(C, T):
    r"""Return the Taylor coefficients of the polynomials in the rows of ``C`` at all ``T``, in the last axis."""
    size = max(C.shape[1], 2)
    values = [C[:, k] * numpy.ones_like(T) if k < C.shape[1] else numpy.zeros_like(T) for k in range(size)]
    if not T.any():
        return numpy.stack(values, axis=2)
    for i in range(size):
        for k in range(size - 2, i - 1, -1):
            values[k] = values[k] + T * values[k + 1]
    return numpy.stack(values, axis=2)


def ranges(c, low, high):
    r"""Return bounds of polynomials on ``[low, high]``, which holds 0, by the Bernstein coefficients of both parts."""
    size = c.shape[2]
    if not size:
        return numpy.zeros_like(low), numpy.zeros_like(high)
    change = _bernstein(size)
    one, two = ((c * end[:, :, None] ** numpy.arange(size)) @ change for end in (low, high))
    return numpy.minimum(one.min(axis=2), two.min(axis=2)), numpy.maximum(one.max(axis=2), two.max(axis=2))


@lru_cache(maxsize=64)
def _bernstein(size):
    return numpy.array([[comb(j, i) / comb(size - 1, i) for j in range(size)] for i in range(size)])


def _largest(B):
    r"""Return bounds of the largest eigenvalues of the Gram matrices of linear forms."""
    G = B.transpose(0, 2, 1) @ B if B.shape[1] > B.shape[2] else B @ B.transpose(0, 2, 1)
    scale = numpy.abs(G).max(axis=(1, 2))
    scale[scale == 0] = 1.0
    P = G / scale[:, None, None]
    for _ in range(3):
        P = P @ P
    return scale * numpy.abs(P).sum(axis=2).max(axis=1) ** 0.125


def _form_bound(N, squares, blocks):
    r"""Return bounds of sums of squares with coefficients that are not negative."""
    single = numpy.einsum("chf,cf->ch", N, numpy.concatenate(squares, axis=1))
    joint, start = 0.0, 0
    for size, largest in blocks:
        joint = joint + N[:, :, start : start + size].max(axis=2) * largest[:, None]
        start += size
    return numpy.minimum(single, joint)
