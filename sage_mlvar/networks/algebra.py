r"""
Composition of the operators of a graph into affine layers and a coordinatewise polynomial, exactly.

A tensor that flows through a network with polynomial activation is a coordinatewise polynomial of an affine map of the
last hidden layer (or of the input). Readers of graphs build such values operator by operator; :func:`classifier` reads
the layers off the last one.

EXAMPLES:

The network ``x -> W_2 (W_1 x)^2 + b``::

    sage: import numpy
    sage: from sage_mlvar.networks.algebra import classifier, start
    sage: z = start(2, (1, 2)).linear(numpy.array([[1., 2.], [3., 0.5]]), "W1")
    sage: y = z.times(z).linear(numpy.array([[1, 0], [0, 1]]), "W2").shift(numpy.array([1, 0]), "b")
    sage: C = classifier(y); C
    polynomial classifier of widths 2, 2, 2 with activation z^2
    sage: C.outputs([1, 1])
    (10, 49/4)
"""

from math import comb, prod

from .. import _sage  # noqa: F401
from ..exact import rational, rows
from ..models.classifier import PolynomialClassifier
from .limits import MAX_DEGREE, check_numbers

from sage.matrix.constructor import matrix
from sage.rings.rational_field import QQ

__all__ = ["Value", "classifier", "start"]

_IDENTITY = (QQ.zero(), QQ.one())

#: Most multiplications of exact numbers for the product of layers without an activation between them.
_MAX_PRODUCT = 10**9


class _Affine:
    r"""An affine map of the hidden layer (or, if ``base`` is ``None``, of the input); no ``W`` is the identity."""

    def __init__(self, base, size, W=None, b=None, work=0):
        self.base, self.size, self.W, self.b, self.work = base, size, W, b, work

    def matrix(self):
        if self.W is not None:
            return self.W
        check_numbers([self.size, self.size], "the first layer, an identity,")
        one, zero = QQ.one(), QQ.zero()
        return tuple(tuple(one if i == j else zero for j in range(self.size)) for i in range(self.size))

    def bias(self):
        return self.b if self.b is not None else (QQ.zero(),) * len(self.W if self.W is not None else range(self.size))


class _Hidden:
    r"""A hidden layer: a polynomial of degree at least 2 at the coordinates of an affine map."""

    def __init__(self, core, polynomial):
        self.core, self.polynomial = core, polynomial

    def same(self, other):
        return other is not None and self.core is other.core and self.polynomial == other.polynomial


def _same_base(a, b):
    return a is b or (a is not None and a.same(b))


class Value:
    r"""
    A tensor of a graph for one input: the coordinates of ``core`` under ``polynomial``, in the given shape.

    Every operation returns a new value, and raises ``ValueError`` when what it would give is no such tensor.
    """

    def __init__(self, core, polynomial, shape):
        self.core, self.polynomial, self.shape = core, polynomial, tuple(shape)

    @property
    def size(self):
        r"""The number of entries."""
        return prod(self.shape)

    def reshape(self, shape):
        r"""Return the same entries, in row-major order, under another shape of as many."""
        return Value(self.core, self.polynomial, shape)

    def affine(self):
        r"""Return the value as an affine map, of a new hidden layer if its polynomial is not affine itself."""
        if len(self.polynomial) > 2:
            return _Affine(_Hidden(self.core, self.polynomial), self.size)
        if self.polynomial == _IDENTITY:
            return self.core
        constant, slope = self.polynomial
        core = self.core
        W = tuple(tuple(slope * w for w in row) for row in core.matrix())
        return _Affine(core.base, core.size, W, tuple(slope * b + constant for b in core.bias()))

    def linear(self, M, what):
        r"""
        Return ``M`` times the entries, a value of shape ``(1, rows of M)``.

        INPUT:

        - ``M`` -- NumPy matrix with as many columns as there are entries
        - ``what`` -- string; how errors call ``M``

        EXAMPLES::

            sage: import numpy
            sage: from sage_mlvar.networks.algebra import start
            sage: start(2, (1, 2)).linear(numpy.array([[1., 2., 3.]]), "W1")
            Traceback (most recent call last):
            ...
            ValueError: W1 must have 2 columns, one per entry of its input, got shape 1 x 3
        """
        if M.ndim != 2 or M.shape[1] != self.size:
            shape = " x ".join(map(str, M.shape))
            raise ValueError(f"{what} must have {self.size} columns, one per entry of its input, got shape {shape}")
        entries = rows(M, what)
        core = self.affine()
        if core.W is not None:
            return Value(self._compose(entries, core, what), _IDENTITY, (1, len(entries)))
        bias = None
        if core.b is not None:
            bias = tuple(sum((w * b for w, b in zip(row, core.b)), QQ.zero()) for row in entries)
        return Value(_Affine(core.base, core.size, entries, bias), _IDENTITY, (1, len(entries)))

    @staticmethod
    def _compose(entries, core, what):
        work = core.work + len(entries) * len(core.W) * len(core.W[0])
        check_numbers([len(entries), len(core.W[0])], f"the product of {what} and the layer before")
        if work > _MAX_PRODUCT:
            raise ValueError(
                f"{what} follows layers without an activation between, and their exact product takes {work} "
                f"multiplications, more than the limit of {_MAX_PRODUCT}: multiply them before saving"
            )
        left = matrix(QQ, entries)
        product = left * matrix(QQ, core.W)
        bias = None if core.b is None else tuple((left * matrix(QQ, [core.b]).transpose()).list())
        return _Affine(core.base, core.size, tuple(tuple(row) for row in product.rows()), bias, work)

    def scale(self, factors, what):
        r"""Return the entries times constants, a NumPy array that is one number or has one per entry."""
        return self._with_constant(factors, what, self._scaled, lambda p, c: _trimmed([c * a for a in p]))

    def shift(self, constants, what):
        r"""Return the entries plus constants, a NumPy array that is one number or has one per entry."""
        return self._with_constant(constants, what, self._shifted, lambda p, c: (p[0] + c, *p[1:]))

    def divide(self, divisors, what):
        r"""Return the entries over constants, none of them zero."""
        return self._with_constant(divisors, what, self._divided, lambda p, c: tuple(a / _nonzero(c, what) for a in p))

    def _with_constant(self, array, what, many, one):
        import numpy

        try:
            shape = numpy.broadcast_shapes(self.shape, array.shape)
        except ValueError:
            shape = ()
        if prod(shape) != self.size or not array.size:
            raise ValueError(f"{what} of shape {array.shape} does not fit a tensor of shape {self.shape}")
        if array.ndim == 0 or (array.size == 1 and self.size > 1):
            return Value(self.core, one(self.polynomial, rational(array.reshape(())[()], what)), shape)
        constants = rows(numpy.broadcast_to(array, shape).reshape(1, -1), what)[0]
        core = self.affine()
        return Value(_Affine(core.base, core.size, *many(core, constants, what)), _IDENTITY, shape)

    @staticmethod
    def _scaled(core, constants, what):
        W = tuple(tuple(c * w for w in row) for c, row in zip(constants, core.matrix()))
        return W, tuple(c * b for c, b in zip(constants, core.bias()))

    @staticmethod
    def _shifted(core, constants, what):
        return core.W, tuple(b + c for b, c in zip(core.bias(), constants))

    @staticmethod
    def _divided(core, constants, what):
        return Value._scaled(core, [1 / _nonzero(c, what) for c in constants], what)

    def plus(self, other, sign=1):
        r"""
        Return the sum with another value, or the difference for ``sign=-1``.

        EXAMPLES::

            sage: import numpy
            sage: from sage_mlvar.networks.algebra import start
            sage: z = start(2, (1, 2)).linear(numpy.array([[1, 2]]), "W1")
            sage: z.times(z).plus(z, -1).polynomial
            (0, -1, 1)
            sage: z.times(z).plus(start(2, (1, 2)))
            Traceback (most recent call last):
            ...
            ValueError: tensors of shapes (1, 1) and (1, 2) cannot be added
            sage: w = start(2, (1, 2)).linear(numpy.array([[1, 0]]), "V1")
            sage: z.times(z).plus(w)
            Traceback (most recent call last):
            ...
            ValueError: the sum of two different layers is no layer: skip connections are read only as the terms of one
            activation, such as z^2 + z
        """
        if self.shape != other.shape:
            raise ValueError(f"tensors of shapes {self.shape} and {other.shape} cannot be added")
        if self.core is other.core:
            long = max(len(self.polynomial), len(other.polynomial))
            pairs = zip(_padded(self.polynomial, long), _padded(other.polynomial, long))
            return Value(self.core, _trimmed([a + sign * b for a, b in pairs]), self.shape)
        left, right = self.affine(), other.affine()
        if not _same_base(left.base, right.base):
            raise ValueError(
                "the sum of two different layers is no layer: skip connections are read only as the terms of one "
                "activation, such as z^2 + z"
            )
        W = tuple(tuple(a + sign * b for a, b in zip(r, s)) for r, s in zip(left.matrix(), right.matrix()))
        b = tuple(a + sign * b for a, b in zip(left.bias(), right.bias()))
        return Value(_Affine(left.base, left.size, W, b), _IDENTITY, self.shape)

    def times(self, other):
        r"""Return the entrywise product with another value; both must be polynomials of the same layer."""
        if self.shape != other.shape or self.core is not other.core:
            raise ValueError(
                "the product of two different tensors is no activation: only powers and polynomials of one tensor are"
            )
        degree = len(self.polynomial) + len(other.polynomial) - 2
        _check_degree(degree)
        result = [QQ.zero()] * (degree + 1)
        for i, a in enumerate(self.polynomial):
            for j, b in enumerate(other.polynomial):
                result[i + j] += a * b
        return Value(self.core, _trimmed(result), self.shape)

    def power(self, exponent, what):
        r"""
        Return the entrywise power.

        EXAMPLES::

            sage: from sage_mlvar.networks.algebra import start
            sage: start(2, (1, 2)).power(3, "the exponent of Pow").polynomial
            (0, 0, 0, 1)
            sage: start(2, (1, 2)).power(0.5, "the exponent of Pow")
            Traceback (most recent call last):
            ...
            ValueError: the exponent of Pow must be an integer from 1 to 64, got 1/2
        """
        exponent = rational(exponent, what)
        if exponent.denominator() != 1 or not 1 <= exponent <= MAX_DEGREE:
            raise ValueError(f"{what} must be an integer from 1 to {MAX_DEGREE}, got {exponent}")
        _check_degree((len(self.polynomial) - 1) * int(exponent))
        result = self
        for _ in range(int(exponent) - 1):
            result = result.times(self)
        return result


def start(size, shape):
    r"""Return the input of a network, a value of ``size`` entries."""
    check_numbers([size], "the input")
    return Value(_Affine(None, size), _IDENTITY, shape)


def _nonzero(value, what):
    if not value:
        raise ValueError(f"{what} must not divide by zero")
    return value


def _check_degree(degree):
    if degree > MAX_DEGREE:
        raise ValueError(f"an activation may have degree at most {MAX_DEGREE}, got {degree}")


def _padded(polynomial, length):
    return (*polynomial, *[QQ.zero()] * (length - len(polynomial)))


def _trimmed(polynomial):
    while len(polynomial) > 2 and not polynomial[-1]:
        polynomial = polynomial[:-1]
    return tuple(polynomial)


def classifier(value):
    r"""
    Return the network whose outputs are the entries of ``value``, a :class:`.PolynomialClassifier`.

    Hidden layers with different activations are rewritten to share one, if they are the same up to
    ``p(z) -> a p(z + h) + c``: the constants go into the layers around, and the function stays the same.

    EXAMPLES::

        sage: import numpy
        sage: from sage_mlvar.networks.algebra import classifier, start
        sage: one = numpy.array([[1, 1], [1, -1]])
        sage: z = start(2, (1, 2)).linear(one, "W1")
        sage: h = z.times(z).linear(one, "W2")
        sage: C = classifier(h.times(h).plus(h).linear(one, "W3")); C
        polynomial classifier of widths 2, 2, 2, 2 with activation z^2
        sage: C.biases()
        ((0, 0), (1/2, 1/2), (-1/2, 0))
        sage: classifier(start(2, (1, 2)).linear(one, "W1"))
        Traceback (most recent call last):
        ...
        ValueError: the network must have a hidden layer: this one is affine
    """
    cores, activations = [value.affine()], []
    while (hidden := cores[-1].base) is not None:
        cores.append(hidden.core)
        activations.append(hidden.polynomial)
    cores.reverse()
    activations.reverse()
    if not activations:
        raise ValueError("the network must have a hidden layer: this one is affine")
    weights = [core.matrix() for core in cores]
    biases = [core.bias() for core in cores]
    check_numbers([sum(len(W) * len(W[0]) for W in weights)], "the network")
    if any(p != activations[0] for p in activations):
        activations = [_unify(weights, biases, k, p) for k, p in enumerate(activations)]
    if any(p != activations[0] for p in activations):
        raise ValueError("the hidden layers must share one activation, and these have different ones")
    return PolynomialClassifier(weights, biases, list(activations[0]))


def _unify(weights, biases, k, polynomial):
    r"""Return the monic depressed polynomial without constant term, after changing the layers ``k`` and ``k + 1``."""
    degree, lead = len(polynomial) - 1, polynomial[-1]
    h = polynomial[-2] / (degree * lead)
    # The coefficients of polynomial(z - h)/lead, by the binomial theorem.
    moved = [QQ.zero()] * (degree + 1)
    for i, a in enumerate(polynomial):
        for j in range(i + 1):
            moved[j] += a / lead * comb(i, j) * (-h) ** (i - j)
    biases[k] = tuple(b + h for b in biases[k])
    W = weights[k + 1]
    biases[k + 1] = tuple(b + lead * moved[0] * sum(row) for b, row in zip(biases[k + 1], W))
    weights[k + 1] = tuple(tuple(lead * w for w in row) for row in W)
    return (QQ.zero(), *moved[1:])
