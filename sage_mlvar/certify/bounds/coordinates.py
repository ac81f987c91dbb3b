r"""
Coordinates of the space that the rows of the first layer span.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.bounds.coordinates import choose_basis, embedding
    sage: from sage_mlvar.certify.bounds.separations import Separations
    sage: C = PolynomialClassifier([[[0, 3, 4], [0, 6, 8]], [[1, 1], [0, 0]]], [[0, 0], [4, 0]])
    sage: g = Separations(C).between(0, 1, [0, 0, 0])
    sage: choose_basis(g), embedding(g, [0]).round(6).tolist()
    ([0], [[0.0, 0.6, 0.8]])
"""

import numpy
from flint import fmpz, nmod_mat

from ... import _sage  # noqa: F401
from .witness import power_of_two

__all__ = ["choose_basis", "embedding"]

_PRIME = 2**31 - 1


def choose_basis(separation):
    r"""
    Return indices of rows of the first layer that span all of them, or ``None`` when they span all the space.

    Ranks are taken modulo a prime: the checker of a proof does not rely on them. ``None`` also when the prime divides a
    denominator, with a domain, and in the maximum norm.
    """
    rows = separation.weights[0]
    n = len(separation.point)
    if separation.norm != "euclidean" or separation.box is not None:
        return None
    if any(int(x.q) % _PRIME == 0 for row in rows for x in row):
        return None
    entries = [int(x.p) * pow(int(x.q), -1, _PRIME) % _PRIME for row in rows for x in row]
    reduced, rank = nmod_mat(len(rows), n, entries, _PRIME).transpose().rref()
    if rank >= n:
        return None
    table = reduced.table() if rank else []
    return [next(j for j, x in enumerate(table[i]) if int(x)) for i in range(rank)] or None


def embedding(separation, basis):
    r"""Return, nearly, the orthonormal rows that belong to a basis, as the checker orders and signs them."""
    rows = []
    for k in basis:
        row = separation.weights[0][k]
        size = max(fmpz(x.p).bit_length() - fmpz(x.q).bit_length() for x in row if x)
        rows.append([float(int((x * power_of_two(60 - size)).round())) for x in row])
    Q, R = numpy.linalg.qr(numpy.array(rows).T)
    return (Q * numpy.where(numpy.diag(R) < 0, -1.0, 1.0)).T + 0.0
