r"""
Polynomial networks as classifiers.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]]); C
    polynomial classifier of widths 2, 2, 2 with activation z^2
    sage: C.boundary(0, 1).polynomial()
    -8*x0^2 - 2*x0*x1 + 3*x1^2 - 6*x0 - 2*x1
    sage: C.outputs([1, "1/2"]), C.predict([1, "1/2"])
    ((121/4, 91/2), 1)

REFERENCES: arXiv 2602.06105.
"""

import random

from .. import _sage  # noqa: F401
from ..exact import integer, rational, rational_list
from ..exact import rows as exact_rows
from ..exact import widths as exact_widths
from .expansion import foresee_powers, watched_layer

from sage.rings.polynomial.polynomial_element import Polynomial
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ
from sage.structure.sage_object import SageObject
from sage.structure.unique_representation import UniqueRepresentation

__all__ = ["PolynomialClassifier"]


class PolynomialClassifier(UniqueRepresentation, SageObject):
    r"""
    A network of affine layers with a polynomial activation after each hidden layer; the largest output names the class.

    INPUT:

    - ``weights`` -- list of matrices ``W^(1), ..., W^(L)``, ``W^(l)`` of shape ``n_l x n_{l-1}``
    - ``biases`` -- list of vectors ``b^(1), ..., b^(L)``; ``None``: all are zero
    - ``activation`` -- positive integer ``d`` for ``z -> z^d``, or a univariate polynomial over QQ (also a list of its
      coefficients, constant term first)

    Numbers are exact: floats are the dyadic rationals they are, strings such as ``"0.1"`` decimals.

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: C = PolynomialClassifier([[[1, 0]], [[1], [-1]]], [[0], [0, "0.5"]]); C.boundary().polynomial()
        2*x0^2 - 1/2
        sage: PolynomialClassifier([[[1, 0]], [[1, 2]]], [[0], [0]])
        Traceback (most recent call last):
        ...
        ValueError: weights[1] must have 1 columns, got 2
        sage: PolynomialClassifier([[[1, 0]], [[1], [-1]]], [[0], [0, float("inf")]])
        Traceback (most recent call last):
        ...
        ValueError: biases[1][1] must be finite, got inf

    TESTS::

        sage: from sage.misc.sage_unittest import TestSuite
        sage: TestSuite(C).run()
    """

    @staticmethod
    def __classcall_private__(cls, weights, biases=None, activation=2):
        for name, value in (("weights", weights), ("biases", [] if biases is None else biases)):
            if isinstance(value, (str, dict)) or not hasattr(value, "__iter__"):
                raise TypeError(f"{name} must be a list, one entry per layer, not {value!r}")
        weights = list(weights)
        biases = [None] * len(weights) if biases is None else list(biases)
        if len(weights) < 2:
            raise ValueError(f"weights must have at least 2 layers (one hidden), got {len(weights)}")
        if len(biases) != len(weights):
            raise ValueError(f"biases must have {len(weights)} vectors, one per layer, got {len(biases)}")
        layers, shifts, inputs = [], [], None
        for k, (W, b) in enumerate(zip(weights, biases)):
            layers.append(exact_rows(W, f"weights[{k}]", ncols=inputs))
            inputs = len(layers[-1])
            shifts.append(rational_list([0] * inputs if b is None else b, f"biases[{k}]", inputs))
        if inputs < 2:
            raise ValueError(f"weights[{len(layers) - 1}] must have at least 2 rows, one per class, got {inputs}")
        return super().__classcall__(cls, tuple(layers), tuple(shifts), _activation(activation))

    def __init__(self, weights, biases, activation):
        self._weights = weights
        self._biases = biases
        self._activation = activation

    @classmethod
    def random(cls, widths, activation=2, seed=0, bits=8):
        r"""
        Return a classifier with random integer weights and biases.

        INPUT:

        - ``widths`` -- list ``[n_0, ..., n_L]``, at least three
        - ``activation`` -- as for the class
        - ``seed`` -- non-negative integer; the same seed gives the same classifier
        - ``bits`` -- positive integer; the absolute values of the numbers are below ``2^bits``

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: C = PolynomialClassifier.random([2, 3, 2], activation=3, seed=1); C
            polynomial classifier of widths 2, 3, 2 with activation z^3
            sage: C is PolynomialClassifier.random([2, 3, 2], activation=3, seed=1)
            True
            sage: PolynomialClassifier.random([2, 3])
            Traceback (most recent call last):
            ...
            ValueError: widths must have at least 3 entries, got [2, 3]
        """
        sizes = exact_widths(widths, "widths", 3)
        bound = 2 ** integer(bits, "bits", 1) - 1
        source = random.Random(integer(seed, "seed", 0))
        shapes = list(zip(sizes[1:], sizes))
        weights = [[[source.randint(-bound, bound) for _ in range(c)] for _ in range(r)] for r, c in shapes]
        biases = [[source.randint(-bound, bound) for _ in range(r)] for r, _ in shapes]
        return cls(weights, biases, activation)

    @staticmethod
    def generic(widths, activation=2):
        r"""
        Return the network of these widths with symbolic weights and biases.

        OUTPUT: a :class:`~sage_mlvar.models.generic.GenericClassifier`

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: PolynomialClassifier.generic([1, 1, 2]).boundary()
            (w1_0_0^2*w2_0_0 - w1_0_0^2*w2_1_0)*x0^2 + ...
        """
        from .generic import GenericClassifier

        return GenericClassifier(widths, activation)

    def _repr_(self):
        return f"polynomial classifier of widths {', '.join(map(str, self.widths()))} with activation {self._name()}"

    def _is_power(self):
        return not any(self._activation[:-1]) and self._activation[-1] == 1

    def _name(self):
        if self._is_power():
            return f"z^{self.activation_degree()}"
        return str(PolynomialRing(QQ, "z")(list(self._activation)))

    def _latex_(self):
        return rf"f_{{({','.join(map(str, self.widths()))})}}"

    def widths(self):
        r"""Return the widths ``(n_0, ..., n_L)``."""
        return (len(self._weights[0][0]), *(len(W) for W in self._weights))

    def weights(self):
        r"""Return the weight matrices, tuples of rows over QQ."""
        return self._weights

    def biases(self):
        r"""Return the bias vectors, tuples over QQ."""
        return self._biases

    def activation(self):
        r"""
        Return the activation, a polynomial in ``z``.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: PolynomialClassifier([[[1]], [[1], [2]]], [[0], [0, 1]], [0, 1, "1/2"]).activation()
            1/2*z^2 + z
        """
        return PolynomialRing(QQ, "z")(list(self._activation))

    def activation_degree(self):
        r"""Return the degree of the activation."""
        return len(self._activation) - 1

    def number_of_classes(self):
        r"""Return the number of classes, ``n_L``."""
        return len(self._weights[-1])

    def values(self, point):
        r"""Return the outputs, a list, at a point with entries in any commutative ring over Q."""
        layer, doing = list(point), "expanding the polynomial"
        for number, (W, b) in enumerate(zip(self._weights, self._biases)):
            if number:
                foresee_powers(layer, self.activation_degree(), "the polynomial")
                layer = [self._activate(z) for z in watched_layer(layer, doing)]
            products = [(w * z for w, z in zip(row, watched_layer(layer, doing)) if w) for row in W]
            layer = [sum(row, shift + 0 * layer[0]) for row, shift in zip(products, b)]
        return layer

    def _activate(self, z):
        degree = len(self._activation) - 1
        if not any(self._activation[:-1]):
            return self._activation[-1] * z**degree
        value = self._activation[-1]
        for c in reversed(self._activation[:-1]):
            value = value * z + c
        return value

    def outputs(self, point):
        r"""
        Return the exact outputs at ``point``.

        INPUT:

        - ``point`` -- list of ``n_0`` numbers

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: C = PolynomialClassifier([[[1, 0]], [[1], [-1]]], [[0], [0, 1]])
            sage: C.outputs([0.5, 3])
            (1/4, 3/4)
            sage: C.outputs([1])
            Traceback (most recent call last):
            ...
            ValueError: point must have 2 entries, got 1
        """
        return tuple(self.values(rational_list(point, "point", self.widths()[0])))

    def predict(self, point):
        r"""
        Return the class at ``point``, or ``None`` at a tie.

        INPUT:

        - ``point`` -- list of ``n_0`` numbers

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: C = PolynomialClassifier([[[1, 0]], [[1], [-1]]], [[0], [0, 2]])
            sage: C.predict([0, 5]), C.predict([3, 5]), C.predict([1, 0])
            (1, 0, None)
        """
        outputs = self.outputs(point)
        best = max(outputs)
        return outputs.index(best) if outputs.count(best) == 1 else None

    def boundary(self, c=None, other=None):
        r"""
        Return the decision boundary between two classes.

        INPUT:

        - ``c``, ``other`` -- different class indices; with two classes they may be left out

        OUTPUT: a :class:`~sage_mlvar.models.boundary.DecisionBoundary`

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: C = PolynomialClassifier([[[1, 0]], [[1], [-1], [2]]], [[0], [0, 1, 1]])
            sage: C.boundary(0, 2)
            decision boundary between classes 0 and 2 of a polynomial classifier of widths 2, 1, 3 with activation z^2
            sage: C.boundary()
            Traceback (most recent call last):
            ...
            ValueError: classes must be given, as a pair out of 0, ..., 2: the classifier has 3 classes
        """
        from .boundary import DecisionBoundary

        pair = self._check_classes(None if c is None and other is None else (c, other))
        # Boundaries live as long as the classifier, and keep the records of their computations.
        kept = self.__dict__.setdefault("_boundaries", {})
        if pair not in kept:
            kept[pair] = DecisionBoundary(self, *pair)
        return kept[pair]

    def _check_classes(self, classes):
        count = self.number_of_classes()
        if classes is None:
            if count == 2:
                return 0, 1
            raise ValueError(
                f"classes must be given, as a pair out of 0, ..., {count - 1}: the classifier has {count} classes"
            )
        if isinstance(classes, (str, dict)) or not hasattr(classes, "__len__"):
            raise TypeError(f"classes must be a pair of class indices, not {classes!r}")
        if len(classes) != 2:
            raise ValueError(f"classes must be a pair of class indices, got {classes!r}")
        c, other = (integer(k, "classes", 0) for k in classes)
        if c == other or max(c, other) >= count:
            raise ValueError(f"classes must be two different indices below {count}, got {tuple(classes)!r}")
        return c, other

    def certify(self, x, radius=None, **options):
        r"""
        Return a certificate of the distance from ``x`` to the nearest failure; ties between classes are failures.

        INPUT: as for :func:`sage_mlvar.certify.certify`: ``certifier=``, ``tolerance=``, ``norm=``, ``box=``,
        ``cross_check=``, and the options of :func:`sage_mlvar.options.resolve`

        OUTPUT: a :class:`~sage_mlvar.certify.certificate.RobustnessCertificate`

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]])
            sage: certificate = C.certify([1, 2], radius="1/4"); certificate.verdict, certificate.status
            ('robust', 'proved')
            sage: 0 < certificate.lower <= certificate.upper < certificate.lower * (1 + 1e-9)
            True
        """
        from ..certify import certify

        return certify(self, x, radius, **options)

    def certify_many(self, X, radius=None, **options):
        r"""
        Certify the points of a data set, in several processes or on a cluster; see
        :func:`sage_mlvar.certify.many.certify_many.certify_many`.

        INPUT: as there: ``labels=``, ``points=``, ``jobs=``, ``client=``, ``out=``, ``certificates=``, ``progress=``,
        and what :meth:`certify` takes

        OUTPUT: :class:`~sage_mlvar.certify.many.results.Results`

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]])
            sage: C.certify_many([[1, 2], [0, 3], [-1, 0]], radius="1/4")
            3 points: 2 robust at radius 1/4, 1 not robust, 0 unknown
        """
        from ..certify import certify_many

        return certify_many(self, X, radius, **options)

    def compute(self, verb, *, classes=None, **options):
        r"""Return the record of ``verb`` of the boundary between ``classes``; see :class:`.DecisionBoundary`."""
        return self.boundary(*self._check_classes(classes)).compute(verb, **options)

    def ideal(self, classes=None, **options):
        r"""Return the ideal of the boundary between ``classes``; see :meth:`.Variety.ideal`."""
        return self.compute("ideal", classes=classes, **options).value

    def dimension(self, classes=None, **options):
        r"""Return the dimension of the boundary between ``classes``; see :meth:`.Variety.dimension`."""
        return self.compute("dimension", classes=classes, **options).value

    def degree(self, classes=None, **options):
        r"""Return the degree of the boundary between ``classes``; see :meth:`.Variety.degree`."""
        return self.compute("degree", classes=classes, **options).value

    def contains(self, point, classes=None, **options):
        r"""Return whether ``point`` is on the boundary between ``classes``; see :meth:`.DecisionBoundary.contains`."""
        return self.compute("contains", classes=classes, point=point, **options).value

    def ed_degree(self, classes=None, **options):
        r"""Return the ED degree of the boundary between ``classes``; see :meth:`.Variety.ed_degree`."""
        return self.compute("ed_degree", classes=classes, **options).value

    def generic_ed_degree(self, **options):
        r"""
        Return the ED degree of the boundaries of generic networks; see :meth:`.DecisionBoundary.generic_ed_degree`.
        """
        return self.boundary(0, 1).generic_ed_degree(**options)

    def components(self, classes=None, **options):
        r"""Return the components of the boundary between ``classes``; see :meth:`.DecisionBoundary.components`."""
        return self.compute("components", classes=classes, **options).value

    def ed_degree_stratum(self, classes=None, **options):
        r"""Return the stratum of the boundary between ``classes``; see :meth:`.DecisionBoundary.ed_degree_stratum`."""
        return self.compute("ed_degree_stratum", classes=classes, **options).value

    def parameter_discriminant(self, classes=None):
        r"""Return the parameter discriminant of the networks of these widths; see :class:`.GenericClassifier`."""
        return self.boundary(*self._check_classes(classes)).parameter_discriminant()

    def discriminant(self, classes=None, **options):
        r"""Return the ED discriminant of the boundary between ``classes``; see :meth:`.Variety.discriminant`."""
        return self.compute("discriminant", classes=classes, **options).value

    def to_dict(self):
        r"""Return the classifier as plain data, the content of a model file."""
        return {
            "model": "PolynomialClassifier",
            "weights": [[[str(x) for x in row] for row in W] for W in self._weights],
            "biases": [[str(x) for x in b] for b in self._biases],
            "activation": self.activation_degree() if self._is_power() else [str(c) for c in self._activation],
        }

    @classmethod
    def from_dict(cls, data):
        r"""
        Return the classifier that :meth:`to_dict` described.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: C = PolynomialClassifier([[[1, 0]], [[1], [-1]]], [[0], [0, "1/3"]], 3)
            sage: PolynomialClassifier.from_dict(C.to_dict()) is C
            True
        """
        return cls(data["weights"], data["biases"], data.get("activation", 2))


def _activation(value):
    r"""Return the coefficients of the activation, constant term first."""
    if isinstance(value, Polynomial):
        coefficients = tuple(rational(c, "activation") for c in value.list())
    elif hasattr(value, "__index__") and not isinstance(value, bool):
        coefficients = (QQ.zero(),) * integer(value, "activation", 1) + (QQ.one(),)
    elif hasattr(value, "__iter__") and not isinstance(value, (str, dict)):
        coefficients = rational_list(value, "activation")
        while coefficients and not coefficients[-1]:
            coefficients = coefficients[:-1]
    else:
        raise TypeError(f"activation must be a positive integer or a univariate polynomial, not {value!r}")
    if len(coefficients) < 2:
        raise ValueError(f"activation must have degree at least 1, got the constant {value!r}")
    return coefficients
