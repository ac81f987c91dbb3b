r"""
Bias-free networks with activation ``z^degree``: weights to the coefficients of the outputs.

EXAMPLES::

    sage: from sage_mlvar import PolynomialNetworkModel
    sage: M = PolynomialNetworkModel([2, 2, 1], 2); M
    polynomial network of widths 2, 2, 1 with activation z^2
    sage: M.ring().ngens(), M.dimension()
    (3, 3)
"""

from functools import cache
from itertools import pairwise
from math import comb, prod

from .. import _sage  # noqa: F401
from ..exact import integer
from ..exact import widths as exact_widths
from ..rings import polynomial_ring
from .expansion import foresee_powers, foresee_terms, watched, watched_layer
from .layers import LayeredModel

from sage.combinat.integer_vector import IntegerVectors
from sage.rings.polynomial.multi_polynomial_ring_base import MPolynomialRing_base
from sage.rings.polynomial.polydict import ETuple
from sage.rings.rational_field import QQ

__all__ = ["PolynomialNetworkModel"]


class PolynomialNetworkModel(LayeredModel):
    r"""
    The closure of the set of functions that a polynomial network can express.

    INPUT:

    - ``widths`` -- list of positive integers ``(n_0, ..., n_L)``
    - ``degree`` -- positive integer ``d``; the activation ``z -> z^d`` follows each hidden layer

    Coordinates are ``y{i}_{e0}_{e1}_...``, the coefficient of ``x0^e0 x1^e1 ...`` in output ``i``; parameters
    ``w{l}_{i}_{j}``, the
    entries of ``W^(l)``.

    EXAMPLES::

        sage: from sage_mlvar import PolynomialNetworkModel
        sage: M = PolynomialNetworkModel([2, 1, 1], 2); M.parametrization()
        [w1_0_0^2*w2_0_0, 2*w1_0_0*w1_0_1*w2_0_0, w1_0_1^2*w2_0_0]
        sage: M.ideal().gens()
        [y0_1_1^2 - 4*y0_2_0*y0_0_2]
        sage: PolynomialNetworkModel([2, 1], 0)
        Traceback (most recent call last):
        ...
        ValueError: degree must be at least 1, got 0

    TESTS::

        sage: from sage.misc.sage_unittest import TestSuite
        sage: TestSuite(M).run()
    """

    @staticmethod
    def __classcall_private__(cls, widths, degree):
        return super().__classcall__(cls, exact_widths(widths), integer(degree, "degree", 1))

    def __init__(self, widths, degree):
        self._widths = widths
        self._degree = degree

    def _repr_(self):
        return f"polynomial network of widths {', '.join(map(str, self._widths))} with activation z^{self._degree}"

    def _latex_(self):
        return rf"\mathcal{{M}}_{{({','.join(map(str, self._widths))}),\,{self._degree}}}"

    def output_degree(self):
        r"""Return the degree of the outputs in the inputs, ``d^(L-1)``."""
        return self._degree ** (len(self._widths) - 2)

    def activation_degree(self):
        r"""Return the degree ``d`` of the activation."""
        return self._degree

    def parametrization_degree(self):
        r"""Return the degree of the coordinates in the weights, ``1 + d + ... + d^(L-1)``."""
        return sum(self._degree**k for k in range(len(self._widths) - 1))

    def number_of_monomials(self):
        r"""Return the number of coefficients of each output."""
        return comb(self._widths[0] + self.output_degree() - 1, self.output_degree())

    def number_of_coordinates(self):
        return self._widths[-1] * self.number_of_monomials()

    def exponents(self):
        r"""
        Return the exponents of the monomials of an output, a tuple of tuples.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialNetworkModel
            sage: PolynomialNetworkModel([2, 2, 1], 2).exponents()
            ((2, 0), (1, 1), (0, 2))
        """
        return tuple(tuple(int(x) for x in e) for e in IntegerVectors(self.output_degree(), self._widths[0]))

    def coordinates(self):
        r"""Return the pairs (output, exponent) of the coordinates, in their order."""
        return list(self._coordinates())

    def _coordinates(self):
        return ((i, e) for i in range(self._widths[-1]) for e in self.exponents())

    def _ring(self):
        names = ("_".join([f"y{i}", *map(str, e)]) for i, e in self._coordinates())
        return polynomial_ring(QQ, self.number_of_coordinates(), names)

    def values(self, parameters):
        parameters = list(parameters)
        base = parameters[0].parent() if hasattr(parameters[0], "parent") else QQ
        # Parameters that are polynomials and the inputs are variables of one ring: it is much faster than a ring over
        # a ring.
        count = base.ngens() if isinstance(base, MPolynomialRing_base) else 0
        names = (f"x{k}" for k in range(count + self._widths[0]))
        ring = polynomial_ring(base.base_ring() if count else base, count + self._widths[0], names)
        if count:
            parameters = [f(*ring.gens()[:count]) for f in parameters]
        weights = self.weights(parameters)
        layer, doing = list(ring.gens()[count:]), "expanding the outputs"
        for number, W in enumerate(weights):
            if number:
                foresee_powers(layer, self._degree, "an output")
                layer = [z**self._degree for z in watched_layer(layer, doing)]
            products = [(w * z for w, z in zip(row, watched_layer(layer, doing))) for row in W]
            layer = [sum(row, ring.zero()) for row in products]
        found = []
        for f in layer:
            terms = {}
            for exponents, coefficient in watched(f.dict().items(), doing):
                terms.setdefault(exponents[count:], {})[exponents[:count]] = coefficient
            for e in watched(self.exponents(), doing):
                here = terms.get(ETuple(e), {})
                found.append(base(here) if count else here.get(ETuple(()), base.zero()))
        return found

    def _parametrization(self):
        # A coefficient has a term for each neuron of the last hidden layer at least.
        terms = self.number_of_coordinates() * prod(self._widths[-2:-1] if len(self._widths) > 2 else ())
        foresee_terms(terms, self.number_of_parameters(), "the map")
        return super()._parametrization()

    def polynomial_map(self):
        from .network_map import polynomial_map

        return polynomial_map(self)

    def symmetry(self):
        from .network_map import symmetry

        return symmetry(self)

    def tangent(self, prime, seed=0):
        from .network_map import tangent

        return tangent(self, prime, seed)

    def expected_dimension(self):
        r"""
        Return the number of weights less one for each hidden neuron, capped by the number of coordinates.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialNetworkModel
            sage: PolynomialNetworkModel([30, 50, 10, 2], 3).expected_dimension()
            1960
            sage: PolynomialNetworkModel([5, 5, 3, 1], 2).expected_dimension()
            35
        """
        return min(self.number_of_coordinates(), self.number_of_parameters() - sum(self._widths[1:-1]))

    def dimension_bounds(self):
        r"""
        Return proved upper bounds of the dimension.

        Each hidden neuron can be rescaled, and for ``d = 2`` with one output ``sum c_j q_j^2`` the last hidden layer
        can be rotated
        (``q_i += eps c_j q_j``, ``q_j -= eps c_i q_i``). Cutting the network at a hidden layer bounds the dimension
        by those of the two
        parts less the rescalings of that layer.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialNetworkModel
            sage: PolynomialNetworkModel([5, 5, 3, 1], 2).dimension_bounds()[0][0]
            32
        """
        return [(_bound(self._widths, self._degree), "rescaling and rotation of neurons, and cutting at hidden layers")]

    def to_dict(self):
        r"""Return the model as plain data, the content of a model file."""
        return {"model": "PolynomialNetworkModel", "widths": list(self._widths), "degree": self._degree}

    @classmethod
    def from_dict(cls, data):
        r"""
        Return the model that :meth:`to_dict` described.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialNetworkModel
            sage: M = PolynomialNetworkModel([2, 2, 1], 3)
            sage: PolynomialNetworkModel.from_dict(M.to_dict()) is M
            True
        """
        return cls(data["widths"], data["degree"])


@cache
def _bound(widths, degree):
    power = degree ** (len(widths) - 2)
    ambient = widths[-1] * comb(widths[0] + power - 1, power)
    hidden = widths[1:-1]
    parameters = sum(a * b for a, b in pairwise(widths))
    if degree == 1:
        rank = min(widths)
        return rank * (widths[0] + widths[-1] - rank)
    bound = parameters - sum(hidden)
    if hidden and degree == 2 and widths[-1] == 1:
        # The rotations that fix the rows of the last hidden layer, which span its input space at most, move nothing.
        bound -= comb(hidden[-1], 2) - comb(max(hidden[-1] - widths[-3], 0), 2)
    cuts = [
        sum(a * b for a, b in pairwise(widths[: cut + 1]))
        - sum(widths[1:cut])
        + _bound(widths[cut:], degree)
        - widths[cut]
        for cut in range(1, len(widths) - 1)
    ]
    return min([ambient, bound, *cuts])
