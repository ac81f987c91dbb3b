r"""
Bounds of a network by quadratic inequalities for its hidden neurons, in floating point.

The same inequalities as in :mod:`sage_mlvar.check.lifted`. For networks with several hidden layers the bound is far
better than that of one quadratic function of the point, and takes some milliseconds for thirty neurons.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.bounds.ball import Region, proof_at
    sage: from sage_mlvar.certify.bounds.lifted import lifted_bound
    sage: from sage_mlvar.certify.bounds.local import LocalNetwork
    sage: from sage_mlvar.certify.bounds.separations import Separations
    sage: from sage_mlvar.certify.bounds.slice import Slice
    sage: C = PolynomialClassifier.random([4, 4, 4, 2], 3, seed=1)
    sage: c = C.predict([0]*4)
    sage: local = LocalNetwork(Separations(C).between(c, 1 - c, [0]*4), None, 0)
    sage: region, none = Region("euclidean", None), numpy.zeros((0, 4))
    sage: proof_at(local, region, 0.2) is None
    True
    sage: found = lifted_bound(local, Slice(region, 0.2, none, none[:, 0], none[:, 0]), numpy.zeros(4))
    sage: found.value > 0, [layer.shape for layer in found.neurons]
    (True, [(4, 5), (4, 5)])
"""

from dataclasses import dataclass

import numpy

from ... import _sage  # noqa: F401
from ...check.lifted import INEQUALITIES, RAISED
from .model import ranges, taylor
from .semidefinite import Inequalities, best_bound

__all__ = ["LiftedBound", "is_worthwhile", "lifted_bound"]

#: Where the bounds of a remainder differ less, relatively, there is one equation in place of two inequalities.
_EQUAL = 1e-9
#: Digits of multipliers, in base two: proofs with few of them are short.
_DIGITS = 24
#: With more neurons than these a bound takes many seconds.
_MOST_NEURONS = 200


@dataclass(frozen=True)
class LiftedBound:
    r"""
    A lower bound ``value`` of a network on a slice.

    Multipliers: ``slabs``, an array; ``ball``, a float or ``None``; ``neurons``, for each hidden layer an array with
    the five multipliers of each neuron. The network might be lowest at ``y``, relative to the center, or rather on both
    sides of it in the ``direction``.
    """

    value: float
    slabs: object
    ball: float | None
    neurons: list
    y: object
    direction: object


def is_worthwhile(local):
    r"""Return whether a network has several hidden layers, and not too many neurons."""
    return len(local.coefficients) > 1 and sum(map(len, local.coefficients)) <= _MOST_NEURONS


def lifted_bound(local, part, center, goal=None):
    r"""
    Return a :class:`LiftedBound` on a slice, or ``None``.

    INPUT:

    - ``local`` -- a :class:`~sage_mlvar.certify.bounds.local.LocalNetwork`
    - ``part`` -- a :class:`~sage_mlvar.certify.bounds.slice.Slice`
    - ``center`` -- array, a point, perhaps outside of the slice
    - ``goal`` -- stop when the bound exceeds this number, or is roughly known to be less
    """
    with numpy.errstate(all="ignore"):
        return _Relaxation(local, part, center).bound(goal)


class _Neurons:
    r"""Pre-activations ``s``, as linear functions of ``w``, and the bounds of the remainders."""

    def __init__(self, local, part, center):
        n, counts = local.dimension, [len(C) for C in local.coefficients]
        size = n + sum(counts)
        S, T = numpy.zeros((counts[0], size)), local.weights[0] @ center
        S[:, :n] = local.weights[0]
        around, place = part.at(center), n
        found = []
        for count, C, W in zip(counts, local.coefficients, local.weights[1:]):
            low, high = (ends[0] for ends in around.intervals(S[None, :, :n]))
            if found:
                b, B = (numpy.concatenate([layer[k] for layer in found]) for k in (7, 8))
                one, two = S[:, n:place] * b, S[:, n:place] * B
                low, high = low + numpy.minimum(one, two).sum(axis=1), high + numpy.maximum(one, two).sum(axis=1)
            c = taylor(C, T[None])[0]
            q = numpy.concatenate([c[:, 2:], numpy.zeros((count, RAISED))], axis=1)
            bounds = []
            for k in range(3):
                raised = numpy.concatenate([numpy.zeros((count, k)), q], axis=1)
                bounds.extend(ends[0] for ends in ranges(raised[None], low[None], high[None]))
            found.append((S, low, high, *bounds))
            values = c[:, [1]] * S
            values[numpy.arange(count), place + numpy.arange(count)] += 1
            S, T, place = W @ values, W @ c[:, 0], place + count
        self.counts, self.value, self.gradient = counts, local.constant + T[0], S[0]
        self.S, *ends = (numpy.concatenate(parts) for parts in zip(*found))
        (self.l, self.h), (self.k, self.K), (self.a, self.A), (self.b, self.B) = zip(ends[::2], ends[1::2])


class _Relaxation:
    r"""The inequalities of a slice and of the neurons, in units in which everything is of size 1."""

    def __init__(self, local, part, center):
        self.scale, self.n = abs(local.constant), local.dimension
        self.neurons = neurons = _Neurons(local, part, center)
        rows, low, high = part.rows, part.low, part.high
        shift = rows @ center
        low, high = low - shift, high - shift
        if part.sides is not None:
            rows = numpy.concatenate([rows, numpy.eye(self.n)])
            low, high = (numpy.append(x, side - center) for x, side in zip((low, high), part.sides))
        self.reach = part.ball or numpy.abs(part.sides).max()
        self.sizes = _positive(numpy.maximum(-neurons.l, neurons.h))
        self.remainders = _positive(numpy.maximum(-neurons.b, neurons.B))
        self.widths = _positive(numpy.maximum(numpy.abs(low), numpy.abs(high)))
        self.units = numpy.concatenate([[1.0], numpy.full(self.n, self.reach), self.remainders])
        self._assemble(rows, low / self.widths, high / self.widths, part.ball, center)

    def _assemble(self, rows, low, high, ball, center):
        neurons, n = self.neurons, self.n
        count, size = len(neurons.l), len(self.units)
        every = numpy.arange(count)
        frames = numpy.zeros((count + len(rows), 3, size))
        frames[:, 0, 0] = 1
        frames[:count, 1, 1:] = neurons.S * self.units[1:] / self.sizes[:, None]
        frames[every, 2, n + 1 + every] = 1
        frames[count:, 1, 1 : n + 1] = rows * self.reach / self.widths[:, None]
        ratio = self.sizes / self.remainders
        least, most = neurons.l / self.sizes, neurons.h / self.sizes
        k, K = neurons.k * self.sizes * ratio, neurons.K * self.sizes * ratio
        a, A = neurons.a * ratio, neurons.A * ratio
        b, B = neurons.b / self.remainders, neurons.B / self.remainders
        self.equal = K - k <= _EQUAL * numpy.maximum(numpy.abs(k), numpy.abs(K))
        unequal = numpy.flatnonzero(~self.equal)
        forms = [
            _forms(count, one=-least * most, s=least + most, ss=-1),
            _forms(count, e=1, ss=-k),
            _forms(count, e=-1, ss=K)[unequal],
            _forms(count, ss=-a * A, se=a + A, ee=-1),
            _forms(count, one=-b * B, e=b + B, ee=-1),
            _forms(len(rows), one=-low * high, s=low + high, ss=-1),
        ]
        self.ends = numpy.cumsum([len(part) for part in forms])
        places = [every, every, unequal, every, every, count + numpy.arange(len(rows))]
        free = numpy.zeros(self.ends[-1], dtype=bool)
        free[self.ends[0] : self.ends[1]] = self.equal
        heavy = numpy.zeros(self.ends[-1])
        heavy[self.ends[3] : self.ends[4]] = 1
        round_ = None
        if ball is None:
            heavy[self.ends[4] :] = 1
        else:
            heavy, round_ = numpy.append(heavy, 1), numpy.zeros((size, size))
            round_[0, 0] = (ball**2 - center @ center) / self.reach**2
            round_[0, 1 : n + 1] = round_[1 : n + 1, 0] = -center / self.reach
            round_[1 : n + 1, 1 : n + 1] = -numpy.eye(n)
        self.heavy = heavy
        self.inequalities = Inequalities(frames, numpy.concatenate(places), numpy.concatenate(forms), free, round_)
        self.F = numpy.zeros((size, size))
        self.F[0, 0] = neurons.value
        self.F[0, 1:] = self.F[1:, 0] = neurons.gradient * self.units[1:] / 2

    def bound(self, goal):
        r"""Return the :class:`LiftedBound`, or ``None``."""
        found = best_bound(self.F, self.inequalities, self.heavy, self.scale, goal)
        if found is None:
            return None
        x, value = self._short(found.multipliers, found.bound)
        between, above, below, cone, inside, slabs = numpy.split(x[: self.ends[-1]], self.ends[:-1])
        both = numpy.zeros((2, len(above)))
        both[0], both[1, ~self.equal] = numpy.maximum(above, 0.0), below
        both[1, self.equal] = numpy.maximum(-above[self.equal], 0.0)
        table = numpy.empty((len(above), INEQUALITIES))
        table[:, 0] = between / self.sizes**2
        table[:, 1:3] = both.T / self.remainders[:, None]
        table[:, 3:] = numpy.stack([cone, inside], axis=1) / self.remainders[:, None] ** 2
        ball = None if self.inequalities.ball is None else float(x[-1] / self.reach**2)
        layers = numpy.split(table, numpy.cumsum(self.neurons.counts)[:-1])
        moments = found.moments[: self.n + 1, : self.n + 1]
        y = moments[0, 1:]
        direction = numpy.linalg.eigh(moments[1:, 1:] - numpy.outer(y, y))[1][:, -1]
        return LiftedBound(value, slabs / self.widths**2, ball, layers, y * self.reach, direction)

    def _short(self, x, value):
        r"""Return multipliers of few digits that prove half as much at least, when there are, and what they prove."""
        if not value > 0:
            return x, value
        mantissas, exponents = numpy.frexp(x)
        short = numpy.ldexp(numpy.rint(numpy.ldexp(mantissas, _DIGITS)), exponents - _DIGITS)
        short[numpy.abs(short) < 1e-12 * numpy.abs(short).max()] = 0.0
        M = self.F - self.inequalities.combine(short)
        M[0, 0] -= value / 2
        try:
            numpy.linalg.cholesky(M)
        except numpy.linalg.LinAlgError:
            return x, value
        return short, value / 2


def _positive(sizes):
    return numpy.where(sizes > 0, sizes, 1.0)


def _forms(count, one=0.0, s=0.0, e=0.0, ss=0.0, se=0.0, ee=0.0):
    r"""Return symmetric matrices with these coefficients of 1, ``s``, ``e`` and of their products."""
    found = numpy.zeros((count, 3, 3))
    found[:, 0, 0], found[:, 1, 1], found[:, 2, 2] = one, ss, ee
    for (i, k), x in zip(((0, 1), (0, 2), (1, 2)), (s, e, se)):
        found[:, i, k] = found[:, k, i] = numpy.asarray(x) / 2
    return found
