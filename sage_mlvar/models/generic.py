r"""
Polynomial networks with symbolic weights: the family that a concrete network belongs to.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: G = PolynomialClassifier.generic([2, 1, 2]); G
    generic polynomial classifier of widths 2, 1, 2 with activation z^2
    sage: G.parameter_ring().variable_names()
    ('w1_0_0', 'w1_0_1', 'b1_0', 'w2_0_0', 'w2_1_0', 'b2_0', 'b2_1')
    sage: G.at([1, 2, 0, 2, 1, 2, 1]).boundary().polynomial()
    x0^2 + 4*x0*x1 + 4*x1^2 + 1
"""

from functools import cached_property

from .. import _sage  # noqa: F401
from ..exact import integer, rational_list
from ..exact import widths as exact_widths
from ..rings import polynomial_ring
from .classifier import PolynomialClassifier

from sage.matrix.constructor import matrix
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ
from sage.structure.sage_object import SageObject
from sage.structure.unique_representation import UniqueRepresentation

__all__ = ["GenericClassifier"]


class GenericClassifier(UniqueRepresentation, SageObject):
    r"""
    All polynomial classifiers of given widths and activation; made by :meth:`.PolynomialClassifier.generic`.

    INPUT:

    - ``widths`` -- list ``[n_0, ..., n_L]``
    - ``activation`` -- as for :class:`.PolynomialClassifier`

    TESTS::

        sage: from sage.misc.sage_unittest import TestSuite
        sage: from sage_mlvar.models.generic import GenericClassifier
        sage: TestSuite(GenericClassifier([2, 2, 2])).run()
    """

    @staticmethod
    def __classcall_private__(cls, widths, activation=2):
        sizes = exact_widths(widths, "widths", 3)
        if sizes[-1] < 2:
            raise ValueError(f"widths[{len(sizes) - 1}] must be at least 2, one per class, got {sizes[-1]}")
        # Any member of the family checks the activation and knows its normal form.
        member = PolynomialClassifier.random(sizes, activation)
        return super().__classcall__(cls, sizes, tuple(member.activation().list()))

    def __init__(self, widths, activation):
        self._widths, self._activation = widths, activation

    def _repr_(self):
        return f"generic {PolynomialClassifier.random(self._widths, self._activation)}"

    def widths(self):
        r"""Return the widths ``(n_0, ..., n_L)``."""
        return self._widths

    def activation(self):
        r"""Return the activation, a polynomial in ``z``."""
        return PolynomialRing(QQ, "z")(list(self._activation))

    @cached_property
    def _names(self):
        names = []
        for level, (r, c) in enumerate(zip(self._widths[1:], self._widths), start=1):
            names += [f"w{level}_{i}_{j}" for i in range(r) for j in range(c)]
            names += [f"b{level}_{i}" for i in range(r)]
        return names

    @cached_property
    def _the_parameter_ring(self):
        return polynomial_ring(QQ, len(self._names), self._names)

    def parameter_ring(self):
        r"""Return the ring of the weights ``w1_0_0`` (layer, row, column) and biases ``b1_0``, layer by layer."""
        return self._the_parameter_ring

    def _split(self, entries):
        entries, weights, biases = iter(entries), [], []
        for r, c in zip(self._widths[1:], self._widths):
            weights.append([[next(entries) for _ in range(c)] for _ in range(r)])
            biases.append([next(entries) for _ in range(r)])
        return weights, biases

    def weights(self):
        r"""Return the weight matrices over :meth:`parameter_ring`."""
        ring = self.parameter_ring()
        return [matrix(ring, W) for W in self._split(ring.gens())[0]]

    def biases(self):
        r"""Return the bias vectors, tuples over :meth:`parameter_ring`."""
        return [tuple(b) for b in self._split(self.parameter_ring().gens())[1]]

    def parameters(self, classifier):
        r"""
        Return the parameters of a concrete network of the family, in the order of :meth:`parameter_ring`.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: G, C = PolynomialClassifier.generic([2, 2, 2]), PolynomialClassifier.random([2, 2, 2], seed=4)
            sage: G.at(G.parameters(C)) is C
            True
        """
        if (classifier.widths(), tuple(classifier.activation().list())) != (self._widths, self._activation):
            raise ValueError(f"classifier must be of the family of the {self}, got a {classifier}")
        flat = []
        for W, b in zip(classifier.weights(), classifier.biases()):
            flat += [x for row in W for x in row] + list(b)
        return flat

    def at(self, parameters):
        r"""Return the network with these parameters, a flat list in the order of :meth:`parameter_ring`."""
        flat = rational_list(parameters, "parameters", len(self._names))
        return PolynomialClassifier(*self._split(flat), self._activation)

    def check_classes(self, classes=None):
        r"""Return the pair of classes; it may be left out when there are two."""
        return PolynomialClassifier.random(self._widths, self._activation)._check_classes(classes)

    def boundary(self, c=None, other=None):
        r"""
        Return ``f_c - f_other``, a polynomial in the inputs ``x0, x1, ...`` over :meth:`parameter_ring`.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: G = PolynomialClassifier.generic([1, 1, 2])
            sage: G.boundary().constant_coefficient()
            b1_0^2*w2_0_0 - b1_0^2*w2_1_0 + b2_0 - b2_1
        """
        c, other = self.check_classes(None if c is None and other is None else (c, other))
        n = integer(self._widths[0], "widths", 1)
        inputs = polynomial_ring(self.parameter_ring(), n, (f"x{k}" for k in range(n)))
        layer = list(inputs.gens())
        for level, (W, b) in enumerate(zip(*self._split(self.parameter_ring().gens()))):
            if level:
                layer = [sum(a * z**k for k, a in enumerate(self._activation) if a) for z in layer]
            layer = [sum((w * z for w, z in zip(row, layer)), inputs(shift)) for row, shift in zip(W, b)]
        return layer[c] - layer[other]

    def parameter_discriminant(self, classes=None):
        r"""
        Return the factors of the parameter discriminant: the weights at which the ED degree drops.

        INPUT: ``classes`` -- pair of classes, if there are more than two

        OUTPUT: a tuple of three :class:`~sage_mlvar.invariants.parameter_discriminant.ParameterFactor`

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: PolynomialClassifier.generic([2, 2, 2]).parameter_discriminant()
            (discriminant of the characteristic polynomial of A (2 x 2), determinant of A (2 x 2),
             determinant of M (3 x 3))
            sage: PolynomialClassifier.generic([2, 2, 2], 3).parameter_discriminant()
            Traceback (most recent call last):
            ...
            sage_mlvar.errors.OutOfReachError: the parameter discriminant is known for one hidden layer ...
        """
        from ..invariants.parameter_discriminant import parameter_discriminant

        return parameter_discriminant(self, classes)
