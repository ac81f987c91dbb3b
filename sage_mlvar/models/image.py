r"""
Image models: the closure of the image of a polynomial map.

A new architecture subclasses :class:`ImageModel` and supplies three methods, ``_ring``, ``_parameter_ring`` and
``_parametrization``; it may add what it knows (bounds of the dimension, a structure theorem, symmetries).

EXAMPLES::

    sage: from sage_mlvar import ReLURegionModel
    sage: M = ReLURegionModel([2, 2, 2], ["10", "11"])
    sage: M.parametrization()[0]
    w1_0_0*w2_0_0
    sage: M.contains(M.random_point())
    True
"""

import random
from functools import cached_property

from .. import _sage  # noqa: F401
from ..exact import integer, rational, rational_list
from .variety import Variety

from sage.modules.free_module_element import vector
from sage.rings.rational_field import QQ

__all__ = ["ImageModel"]


class ImageModel(Variety):
    r"""
    The Zariski closure of the image of a polynomial map over Q.

    Subclasses implement

    - ``_ring()`` -- the polynomial ring of the coordinates, degrevlex over QQ
    - ``_parameter_ring()`` -- the polynomial ring of the parameters over QQ
    - ``_parametrization()`` -- the coordinates as polynomials in the parameters, in the order of ``ring().gens()``

    and may override

    - ``dimension_bounds()`` -- pairs (upper bound, reason), each proved, cheap ones first
    - ``known_dimension()`` -- the dimension and its reason from a theorem, or ``None``; used for large models
    - ``known_ideal(options)`` -- a :class:`~sage_mlvar.computation.Computation` from a theorem, or ``None``
    - ``symmetry()`` -- what leaves the variety invariant
    - ``values(parameters)`` -- a faster exact evaluation
    """

    @cached_property
    def _the_ring(self):
        return self._ring()

    @cached_property
    def _the_parameter_ring(self):
        return self._parameter_ring()

    @cached_property
    def _the_map(self):
        return tuple(self._parametrization())

    def ring(self):
        r"""
        Return the polynomial ring of the coordinates.

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: ReLURegionModel([1, 1, 2], ["1"]).ring()
            Multivariate Polynomial Ring in m0_0_0, m0_1_0 over Rational Field
        """
        return self._the_ring

    def parameter_ring(self):
        r"""
        Return the polynomial ring of the parameters.

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: ReLURegionModel([1, 1, 2], ["1"]).parameter_ring()
            Multivariate Polynomial Ring in w1_0_0, w2_0_0, w2_1_0 over Rational Field
        """
        return self._the_parameter_ring

    def parametrization(self):
        r"""
        Return the coordinates as polynomials in the parameters, in the order of ``ring().gens()``.

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: ReLURegionModel([1, 1, 2], ["1"]).parametrization()
            [w1_0_0*w2_0_0, w1_0_0*w2_1_0]
        """
        return list(self._the_map)

    def values(self, parameters):
        r"""Return the coordinates, a list, at a flat list of parameters from any commutative ring."""
        parameters = list(parameters)
        ring = getattr(parameters[0], "parent", lambda: QQ)() if parameters else QQ
        if ring.characteristic():
            field = ring.base_ring()
            return [f.change_ring(field)(*parameters) for f in self._the_map]
        return [f(*parameters) for f in self._the_map]

    def number_of_coordinates(self):
        r"""Return the number of coordinates; models with very many give it without making the ring."""
        return self.ring().ngens()

    def number_of_parameters(self):
        r"""Return the number of parameters; models with very many give it without making the ring."""
        return self.parameter_ring().ngens()

    def polynomial_map(self):
        r"""
        Return the map as the implicitization engine sees it.

        OUTPUT: a :class:`~sage_mlvar.implicit.map.PolynomialMap`
        """
        from ..implicit.map import PolynomialMap

        return PolynomialMap.from_sage(self.parametrization())

    def reduced_parameters(self):
        r"""
        Return parameters with fewer unknowns whose image has the same closure.

        OUTPUT: a list of polynomials in the parameter ring, one for each parameter; by default these are the parameters
        """
        return list(self.parameter_ring().gens())

    def tangent(self, prime, seed=0):
        r"""
        Return derivatives modulo ``prime`` at a random point: an array with a column for each parameter.

        Its rank must be at most the dimension; by default it is the Jacobian of :meth:`polynomial_map`.
        """
        import numpy as np

        phi = self.polynomial_map()
        return phi.jacobian(
            np.random.default_rng([int(seed), 2]).integers(0, int(prime), size=phi.parameters), int(prime)
        )

    def known_dimension(self):
        r"""Return the dimension and its reason if a theorem gives it without computation, else ``None``."""
        return None

    def dimension_bounds(self):
        r"""Return proved upper bounds of the dimension: an iterable of pairs (bound, reason), cheap ones first."""
        return []

    def known_ideal(self, options):
        r"""Return the record of the ideal if a theorem gives it, else ``None``."""
        return None

    def symmetry(self):
        r"""Return the symmetry of the variety for the implicitization engine, ``None`` if none is declared."""
        return None

    def evaluate(self, parameters):
        r"""
        Return the point of the variety that ``parameters`` give, exactly.

        INPUT:

        - ``parameters`` -- flat list in the order of ``parameter_ring().gens()``, or a dictionary by name

        OUTPUT: a vector over QQ, in the order of ``ring().gens()``

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: M = ReLURegionModel([1, 1, 2], ["1"])
            sage: M.evaluate([2, "0.5", 3])
            (1, 6)
            sage: M.evaluate({"w1_0_0": 2, "w2_0_0": 0, "w2_1_0": 1})
            (0, 2)
            sage: M.evaluate([1, 2])
            Traceback (most recent call last):
            ...
            ValueError: parameters must have 3 entries, got 2
        """
        flat = self._flatten(parameters, "parameters", self.parameter_ring())
        return vector(QQ, self.values(list(flat)))

    def random_point(self, seed=None):
        r"""
        Return a random rational point of the variety: the image of random integer parameters.

        INPUT:

        - ``seed`` -- non-negative integer, or ``None`` for a new point each time

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: M = ReLURegionModel([2, 2, 2], ["10", "11"])
            sage: M.random_point(seed=1) == M.random_point(seed=1)
            True
        """
        source = random.Random(None if seed is None else integer(seed, "seed", 0))
        return self.evaluate([source.randint(-20, 20) for _ in range(self.parameter_ring().ngens())])

    def contains(self, point, **options):
        r"""
        Return whether ``point`` lies in the variety, that is, in the Zariski closure of the image.

        INPUT:

        - ``point`` -- flat list in the order of ``ring().gens()``, or a dictionary by name
        - the options of :func:`sage_mlvar.options.resolve`

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: M = ReLURegionModel([2, 2, 2], ["10", "11"])
            sage: M.contains([1, 2, 2, 4, 0, 0, 0, 0]), M.contains([1, 2, 2, 5, 0, 0, 0, 0])
            (True, False)
        """
        return self.compute("contains", point=point, **options).value

    def invariants(self, max_degree, **options):
        r"""
        Return minimal generators of the vanishing ideal up to degree ``max_degree``.

        INPUT:

        - ``max_degree`` -- positive integer
        - ``checkpoint`` -- name of a file in which finished parts are kept and from which they are taken up again
        - ``progress`` -- function called with a :class:`~sage_mlvar.implicit.engine.Progress` after each multidegree
        - the options of :func:`sage_mlvar.options.resolve`; ``jobs`` processes share the multidegrees

        OUTPUT: a list of polynomials of :meth:`ring` with coprime integer coefficients

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: len(ReLURegionModel([3, 2, 2], ["10", "11"]).invariants(2))
            6
        """
        return list(self.compute("invariants", max_degree=max_degree, **options).value)

    def _flatten(self, values, name, ring):
        if isinstance(values, dict):
            names = ring.variable_names()
            unknown = [key for key in map(str, values) if key not in names]
            missing = [key for key in names if key not in map(str, values)]
            if unknown or missing:
                what, which = ("no", unknown) if unknown else ("all of its", missing)
                raise ValueError(f"{name} must name {what} coordinate {which[0]!r} of {', '.join(names[:6])}, …")
            values = {str(key): value for key, value in values.items()}
            return tuple(rational(values[key], f"{name}[{key!r}]") for key in names)
        return rational_list(values, name, ring.ngens())

    def _check_point(self, point):
        return self._flatten(point, "point", self.ring())

    def hilbert_function(self, max_degree, **options):
        r"""
        Return the dimensions of the coordinate ring of the variety in degrees ``0, ..., max_degree``.

        For a variety that is no cone these are the dimensions of the spaces of functions that polynomials of degree
        at most ``D`` give.

        INPUT:

        - ``max_degree`` -- positive integer
        - the options of :func:`sage_mlvar.options.resolve`

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: ReLURegionModel([3, 2, 2], ["10", "11"]).hilbert_function(3)
            [1, 12, 72, 296]
        """
        return list(self.compute("invariants", max_degree=max_degree, **options).details["hilbert_function"])

    def betti_table(self, max_degree, **options):
        r"""
        Return the dimensions of the ideal and its numbers of minimal generators by degree, as a table with text and
        LaTeX.

        INPUT: as for :meth:`invariants`

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: ReLURegionModel([3, 2, 2], ["10", "11"]).betti_table(3)
            degree      1  2  3
            dim I       0  6  68
            generators  -  6  -
        """
        return self.compute("invariants", max_degree=max_degree, **options).details["table"]

    def expected_dimension(self):
        r"""
        Return the dimension that a count of parameters suggests, capped by the number of coordinates.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialNetworkModel
            sage: M = PolynomialNetworkModel([5, 5, 3, 1], 2); M.expected_dimension(), M.defect()
            (35, 3)
        """
        return min(self.number_of_coordinates(), self.number_of_parameters())

    def defect(self, **options):
        r"""
        Return :meth:`expected_dimension` less :meth:`~sage_mlvar.models.variety.Variety.dimension`.

        INPUT: the options of :func:`sage_mlvar.options.resolve`

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: ReLURegionModel([3, 4, 3], ["1110", "0111"]).defect()
            1
        """
        return self.expected_dimension() - self.dimension(**options)

    def _check_max_degree(self, degree):
        return integer(degree, "max_degree", 1)

    def _data_dimension(self):
        return self.ring().ngens()

    def _answer_ideal(self, options):
        from ..invariants.ideal import image_ideal

        return image_ideal(self, options)

    def _answer_invariants(self, options, *, max_degree=None, checkpoint=None, progress=None):
        from ..invariants.graded import invariants

        return invariants(self, options, max_degree, checkpoint, progress)

    def _answer_dimension(self, options):
        from ..invariants.dimension import image_dimension

        return image_dimension(self, options)

    def _answer_degree(self, options):
        from ..invariants.ideal import degree

        return degree(self, options)

    def _answer_contains(self, options, *, point=None):
        from ..invariants.ideal import contains

        return contains(self, options, point)

    def _answer_ed_degree(self, options, *, slice=None):
        from ..invariants.ed_degree import image_ed_degree

        return image_ed_degree(self, options, slice)

    def _answer_discriminant(self, options, *, slice=None):
        from ..invariants.discriminant import image_discriminant

        return image_discriminant(self, options, slice)
