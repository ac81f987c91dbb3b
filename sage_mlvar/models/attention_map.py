r"""
The map of an attention model as the implicitization engine sees it: arrays modulo a prime, symmetry, normal form.

EXAMPLES::

    sage: from sage_mlvar import LightningAttentionModel
    sage: from sage_mlvar.models.attention_map import polynomial_map, symmetry
    sage: M = LightningAttentionModel(3, 2, 2)
    sage: phi = polynomial_map(M); phi.evaluate([range(1, 16)], 8388593).shape
    (1, 28)
    sage: symmetry(M).check(phi, 8388593)
"""

from itertools import permutations

import numpy as np

from ..implicit import PolynomialMap, Symmetry

__all__ = ["index_orders", "polynomial_map", "symmetry"]


def index_orders(n, K):
    r"""
    Return the triples ``(k, m, l)`` whose terms ``a_ml v_k`` make up the coefficient with index ``K``.

    INPUT:

    - ``n`` -- ``None`` for a single-column monomial, else the other column
    - ``K`` -- the triple that names the monomial

    EXAMPLES::

        sage: from sage_mlvar.models.attention_map import index_orders
        sage: index_orders(None, (0, 0, 1)), index_orders(1, (0, 1, 1))
        ([(0, 0, 1), (0, 1, 0), (1, 0, 0)], [(0, 1, 1), (1, 0, 1)])
    """
    k, m, last = K
    return sorted(set(permutations(K)) if n is None else {(k, m, last), (m, k, last)})


def polynomial_map(model):
    r"""Return the :class:`~sage_mlvar.implicit.map.PolynomialMap` of ``model``."""
    tables = _Tables(model)
    options = {}
    if model.a < model.d:
        options = {
            "proof": lambda: model.values(model.reduced_parameters()),
            "proof_reason": "K is brought to echelon form by GL(a)",
        }
    return PolynomialMap(
        model.number_of_coordinates(),
        model.number_of_parameters(),
        evaluate=tables.evaluate,
        jacobian=tables.jacobian,
        polynomials=model.parametrization,
        degrees=_weights(model),
        **options,
    )


class _Tables:
    r"""The terms ``a_ml v_ik`` of all coordinates as arrays of indices."""

    def __init__(self, model):
        self.model = model
        terms, counts = [], []
        for i, _j, n, K in model.coordinates():
            orders = index_orders(n, K)
            counts.append(len(orders))
            terms.extend((i, *order) for order in orders)
        self.i, self.k, self.m, self.last = np.array(terms, dtype=np.int64).T
        self.counts = np.array(counts, dtype=np.int64)
        self.starts = np.cumsum(self.counts) - self.counts

    def _scale(self, p):
        if not self.model.scaled:
            return np.ones(len(self.counts), dtype=np.int64)
        return np.array([pow(int(c), -1, p) for c in self.counts], dtype=np.int64)

    def _matrices(self, points, p):
        d, a = self.model.d, self.model.a
        if a >= d:
            A, rest = points[:, : d * d].reshape(-1, d, d), points[:, d * d :]
            return None, None, A, rest.reshape(len(points), -1, d)
        K, Q = (points[:, s * a * d : (s + 1) * a * d].reshape(-1, a, d) for s in range(2))
        return K, Q, K.transpose(0, 2, 1) @ Q % p, points[:, 2 * a * d :].reshape(len(points), -1, d)

    def evaluate(self, points, p):
        r"""Return the coordinates modulo ``p``, an array (points × coordinates)."""
        _, _, A, V = self._matrices(points, p)
        values = A[:, self.m, self.last] * V[:, self.i, self.k] % p
        return np.add.reduceat(values, self.starts, axis=1) % p * self._scale(p) % p

    def jacobian(self, point, p):
        r"""Return the derivatives modulo ``p``, an array (coordinates × parameters)."""
        K, Q, A, V = self._matrices(np.asarray(point)[None, :], p)
        d, a = self.model.d, self.model.a
        owner = np.repeat(np.arange(len(self.counts)), self.counts)
        by_A = np.zeros((len(self.counts), d, d), dtype=np.int64)
        np.add.at(by_A, (owner, self.m, self.last), V[0, self.i, self.k])
        by_V = np.zeros((len(self.counts), self.model.d_out, d), dtype=np.int64)
        np.add.at(by_V, (owner, self.i, self.k), A[0, self.m, self.last])
        by_A %= p
        if a >= d:
            first = [by_A.reshape(len(self.counts), -1)]
        else:
            # A = K^T Q: the derivative by K_rm is sum_l by_A[m, l] Q_rl, by Q_rl it is sum_m by_A[m, l] K_rm.
            first = [
                (by_A @ Q[0].T % p).transpose(0, 2, 1).reshape(len(self.counts), -1),
                (K[0] @ by_A % p).reshape(len(self.counts), -1),
            ]
        whole = np.concatenate([*first, by_V.reshape(len(self.counts), -1)], axis=1) % p
        return whole * self._scale(p)[:, None] % p


def _weights(model):
    r"""Return the multidegrees of the coordinates under the torus of GL(d), and of GL(d_out) for a whole module."""
    rows = range(model.d_out) if model.output is None else ()
    return [[K.count(x) for x in range(model.d)] + [int(i == r) for r in rows] for i, _, _, K in model.coordinates()]


def symmetry(model):
    r"""
    Return the symmetry of the attention variety.

    ``X -> g X`` moves ``A`` and the rows of ``V``; on scaled coordinates, entries of tensors, an elementary matrix
    replaces one index at a
    time. For a whole module ``V -> h V`` acts as well.
    """
    names = {coordinate: number for number, coordinate in enumerate(model.coordinates())}
    counts = {coordinate: len(index_orders(*coordinate[2:])) for coordinate in names}
    operators = {}
    for b in range(model.d):
        for e in range(model.d):
            if b != e:
                operators[b, e] = _replacements(model, names, counts, b, e)
    sizes, reason = [model.d], "X -> g X moves A and V"
    if model.output is None and model.d_out > 1:
        sizes, reason = [model.d, model.d_out], "X -> g X moves A and V, V -> h V"
        for b in range(model.d_out):
            for e in range(model.d_out):
                if b != e:
                    operators[model.d + b, model.d + e] = [
                        (number, names[b, *rest], 1) for (i, *rest), number in names.items() if i == e
                    ]
    weights = [row[: sum(sizes)] for row in _weights(model)]
    return Symmetry(sizes, weights, operators, reason)


def _replacements(model, names, counts, b, e):
    r"""Return the entries of the operator that replaces an index ``e`` by ``b``."""
    entries = {}
    for (i, j, n, K), number in names.items():
        for place in range(3):
            if K[place] != e:
                continue
            new = [*K[:place], b, *K[place + 1 :]]
            image = (i, j, n, tuple(sorted(new) if n is None else [*sorted(new[:2]), new[2]]))
            pair = number, names[image]
            # Raw coordinates are the scaled ones times the number of their terms.
            entries[pair] = entries.get(pair, 0) + (1 if model.scaled else counts[i, j, n, K] / counts[image])
    return [(source, target, round(factor)) for (source, target), factor in entries.items()]
