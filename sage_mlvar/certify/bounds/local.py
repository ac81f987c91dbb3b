r"""
A network around a data point, in floating point and well scaled.

The search for proofs and for failures runs in NumPy, on the function ``2^-e g(u + D y)`` of ``y``. It is kept as
differences from the values at ``u``: the Taylor coefficients of all activations at ``u`` are computed in ball
arithmetic, scaled by powers of two and rounded, so that margins and weights of any size survive. Nothing here proves
anything: proofs are checked by :mod:`sage_mlvar.check.cover`.

EXAMPLES::

    sage: from flint import fmpq
    sage: from sage_mlvar.certify.bounds.local import LocalNetwork
    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.bounds.separations import Separations
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: g = Separations(C).between(0, 1, [1, 0])
    sage: local = LocalNetwork(g, None, -1)
    sage: local.values([[0, 0], [2, 0], [0, 1]])
    array([0.75  , 0.    , 0.6875])
    sage: local.gradients([[0, 0]])
    array([[-0.25,  0.  ]])
"""

from functools import lru_cache

import flint
import numpy
from flint import arb

from ... import _sage  # noqa: F401
from ...check.minorant import taylor_coefficients
from ...errors import OutOfReachError

__all__ = ["LocalNetwork", "as_float", "exponent", "precision"]

_PRECISIONS = (192, 512, 2048, 8192)


class precision:
    r"""A ``with`` block in which ball arithmetic has the given number of bits."""

    def __init__(self, bits):
        self.bits = bits

    def __enter__(self):
        self.before = flint.ctx.prec
        flint.ctx.prec = self.bits

    def __exit__(self, *_):
        flint.ctx.prec = self.before


def exponent(x):
    r"""Return ``e`` with ``2^e`` within a factor of two of the absolute value of a ball; ``None`` for zero."""
    upper = x.abs_upper()
    if not upper > 0:
        return None
    mantissa, power = upper.man_exp()
    return int(power) + int(mantissa).bit_length()


def as_float(x):
    r"""Return the middle of a ball as a float; 0 where it is too small, an infinity where it is too large."""
    return float(x.mid())


@lru_cache(maxsize=4096)
def _power(e):
    # Exact, whatever the precision.
    return arb(2) ** e


class LocalNetwork:
    r"""
    The function ``y -> 2^-height g(u + D y)`` with ``D = 2^scale``; it is between 1/2 and 1 at ``y = 0``.

    INPUT:

    - ``separation`` -- a :class:`~sage_mlvar.check.cover.Separation`, not constant and positive at its point
    - ``basis`` -- rows of the first layer, or ``None``: the coordinates, as in the proofs
    - ``scale`` -- integer

    Attribute ``units``: for each hidden layer, two lists of exponents, ``k`` and ``e``: its pre-activations are changes
    in units of ``2^k``, its values in units of ``2^e``.
    """

    def __init__(self, separation, basis, scale):
        for bits in _PRECISIONS:
            with precision(bits):
                program = separation.program(basis)
                if program is not None and self._build(program, scale):
                    self.dimension, self.scale = program.dimension, scale
                    return
        raise OutOfReachError(f"the margin at the data point is lost in rounding errors of {_PRECISIONS[-1]} bits")

    def _build(self, program, scale):
        p, slopes = program.start, [[x * _power(scale) for x in row] for row in program.first.tolist()]
        weights, coefficients, units, sizes = [], [], [], None
        for number, (W, _, b) in enumerate(program.later):
            # The scale of a pre-activation is that of its changes, for moves of length D.
            rows = slopes if not number else [[w * _power(s) for w, s in zip(row, sizes)] for row in slopes]
            kappas = []
            for row in rows:
                exponents = [e for e in map(exponent, row) if e is not None]
                kappas.append(max(exponents, default=0))
            weights.append(numpy.array([[as_float(x * _power(-k)) for x in row] for row, k in zip(rows, kappas)]))
            table, sizes, values = [], [], []
            for z, k in zip(p.entries(), kappas):
                c = taylor_coefficients(program, z)
                values.append(c[0])
                scaled = [a * _power(k * i) for i, a in enumerate(c)][1:]
                size = max((e for e in map(exponent, scaled) if e is not None), default=0)
                sizes.append(size)
                table.append([0.0, *(as_float(a * _power(-size)) for a in scaled)])
            coefficients.append(numpy.array(table))
            units.append((kappas, sizes))
            p = W * flint.arb_mat(len(values), 1, values) + b
            slopes = W.tolist()
        value = p[0, 0]
        if not value > 0 or value.rel_accuracy_bits() < 60:
            return False
        # The margin is divided by a power of two, so that what proofs need of these numbers stays short.
        self.height = exponent(value)
        self.constant = as_float(value * _power(-self.height))
        last = [w * _power(s - self.height) for w, s in zip(slopes[0], sizes)]
        weights.append(numpy.array([[as_float(x) for x in last]]))
        self.weights, self.coefficients, self.units = weights, coefficients, units
        return all(numpy.isfinite(W).all() for W in weights)

    def _layers(self, points):
        T = numpy.asarray(points, dtype=float) @ self.weights[0].T
        result = [T]
        for C, W in zip(self.coefficients[:-1], self.weights[1:-1]):
            result.append(_horner(C, T) @ W.T)
            T = result[-1]
        return result

    def values(self, points):
        r"""Return the values at points, one in each row; not finite where they are too large."""
        with numpy.errstate(all="ignore"):
            return self.constant + (_horner(self.coefficients[-1], self._layers(points)[-1]) @ self.weights[-1].T)[:, 0]

    def gradients(self, points):
        r"""Return the gradients at points, one in each row."""
        with numpy.errstate(all="ignore"):
            layers = self._layers(points)
            back = numpy.broadcast_to(self.weights[-1][0], layers[-1].shape)
            for C, T, W in zip(reversed(self.coefficients), reversed(layers), reversed(self.weights[:-1])):
                back = (_horner(_derivative(C), T) * back) @ W
            return back

    def hessian(self, point):
        r"""Return the Hessian at one point."""
        with numpy.errstate(all="ignore"):
            layers = self._layers([point])
            deltas = [self.weights[-1][0]]
            for C, T, W in zip(reversed(self.coefficients[1:]), reversed(layers[1:]), reversed(self.weights[1:-1])):
                deltas.insert(0, (_horner(_derivative(C), T)[0] * deltas[0]) @ W)
            total, J = 0.0, self.weights[0]
            for k, (C, T, delta) in enumerate(zip(self.coefficients, layers, deltas)):
                first = _derivative(C)
                total = total + J.T @ ((delta * _horner(_derivative(first), T)[0])[:, None] * J)
                if k + 1 < len(layers):
                    J = self.weights[k + 1] @ (_horner(first, T)[0][:, None] * J)
            return total


def _horner(C, T):
    r"""Return the values of the polynomials in the rows of ``C``, each at its column of ``T``."""
    value = numpy.zeros_like(T)
    for k in range(C.shape[1] - 1, -1, -1):
        value = value * T + C[:, k]
    return value


def _derivative(C):
    if C.shape[1] < 2:
        return numpy.zeros((len(C), 1))
    return C[:, 1:] * numpy.arange(1, C.shape[1])
