r"""
Any polynomial map as a model.

EXAMPLES:

The independence model of two binary variables::

    sage: from sage_mlvar import ParametrizedModel, _sage
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: R = PolynomialRing(QQ, ["a", "b"]); a, b = R.gens()
    sage: M = ParametrizedModel([a*b, a*(1-b), (1-a)*b, (1-a)*(1-b)], names=["p1", "p2", "p3", "p4"])
    sage: M.ideal().gens()
    [p1 + p2 + p3 + p4 - 1, p1^2 + p1*p2 + p1*p3 + p2*p3 - p1]
    sage: M.dimension()
    2
"""

from .. import _sage  # noqa: F401
from ..rings import polynomial_ring
from .image import ImageModel

from sage.rings.rational_field import QQ
from sage.structure.category_object import normalize_names

__all__ = ["ParametrizedModel"]


class ParametrizedModel(ImageModel):
    r"""
    The closure of the image of a polynomial map over Q.

    INPUT:

    - ``map`` -- list of polynomials of one Sage polynomial ring over QQ or ZZ, whose variables are the parameters
    - ``names`` -- list of strings, names of the coordinates; ``y0``, ``y1``, … by default
    - ``ring`` -- polynomial ring over QQ of the parameters; that of ``map`` by default

    EXAMPLES::

        sage: from sage_mlvar import ParametrizedModel, _sage
        sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        sage: from sage.rings.rational_field import QQ
        sage: t = PolynomialRing(QQ, "t").gen()
        sage: M = ParametrizedModel([t^2, t^3]); M
        image of a polynomial map from 1 parameter to 2 coordinates
        sage: M.ideal().gens()
        [y0^3 - y1^2]
        sage: ParametrizedModel([1/t])
        Traceback (most recent call last):
        ...
        ValueError: map[0] must be a polynomial, got 1/t; clear denominators: add a parameter z, and the coordinate
        times
        its denominator as a polynomial

    TESTS::

        sage: from sage.misc.sage_unittest import TestSuite
        sage: TestSuite(M).run()
    """

    @staticmethod
    def __classcall_private__(cls, map, names=None, ring=None):
        if isinstance(map, (str, dict)) or not hasattr(map, "__iter__"):
            raise TypeError(f"map must be a list of polynomials, not {map!r}")
        coordinates = list(map)
        if not coordinates:
            raise ValueError("map must have at least one coordinate, got []")
        ring = _common_ring(coordinates) if ring is None else ring
        coordinates = tuple(ring(f) for f in coordinates)
        if names is None:
            names = [f"y{k}" for k in range(len(coordinates))]
        names = tuple(str(name) for name in names)
        if len(names) != len(coordinates) or len(set(names)) != len(names):
            raise ValueError(f"names must be {len(coordinates)} different names, got {list(names)!r}")
        try:
            normalize_names(len(names), names)
        except ValueError as error:
            raise ValueError(f"names must be names of variables, got {list(names)!r}: {error}") from error
        # Polynomials of different rings can be equal, so that the ring belongs to the identity of the model.
        return super().__classcall__(cls, coordinates, names, ring)

    def __init__(self, map, names, ring):
        self._parameters = ring
        self._coordinates = map
        self._names = names

    def _repr_(self):
        parameters, m = self.parameter_ring().ngens(), len(self._coordinates)
        plural = "parameter" if parameters == 1 else "parameters"
        return f"image of a polynomial map from {parameters} {plural} to {m} coordinates"

    def _latex_(self):
        from sage.misc.latex import latex

        return r"\overline{\left\{\left(" + ", ".join(latex(f) for f in self._coordinates) + r"\right)\right\}}"

    def _ring(self):
        return polynomial_ring(QQ, len(self._names), self._names)

    def _parameter_ring(self):
        return self._parameters

    def _parametrization(self):
        return self._coordinates

    def dimension_bounds(self):
        r"""Return the number of parameters that occur in the map as an upper bound of the dimension."""
        return [(len({x for f in self._coordinates for x in f.variables()}), "number of parameters that occur")]

    def to_dict(self):
        r"""Return the model as plain data, the content of a model file."""
        return {
            "model": "ParametrizedModel",
            "parameters": list(self.parameter_ring().variable_names()),
            "map": [
                [[str(c), [int(e) for e in exponent]] for exponent, c in sorted(f.dict().items())]
                for f in self._coordinates
            ],
            "names": list(self._names),
        }

    @classmethod
    def from_dict(cls, data):
        r"""
        Return the model that :meth:`to_dict` described.

        EXAMPLES::

            sage: from sage_mlvar import ParametrizedModel
            sage: data = {"parameters": ["t"], "map": [[["1", [2]]], [["1", [3]]]], "names": ["x", "y"]}
            sage: ParametrizedModel.from_dict(data).ideal().gens()
            [x^3 - y^2]
        """
        from ..exact import integer, rational

        ring = polynomial_ring(QQ, len(data["parameters"]), map(str, data["parameters"]))
        coordinates = []
        for k, terms in enumerate(data["map"]):
            f = {}
            for coefficient, exponent in terms:
                key = tuple(integer(e, f"map[{k}] exponent", 0) for e in exponent)
                if len(key) != ring.ngens():
                    raise ValueError(f"map[{k}] must have {ring.ngens()} exponents per term, got {list(key)!r}")
                f[key] = rational(coefficient, f"map[{k}] coefficient")
            coordinates.append(ring(f))
        return cls(coordinates, data.get("names"))


def _common_ring(coordinates):
    r"""Return the multivariate ring over QQ that holds all ``coordinates``."""
    from sage.categories.pushout import pushout
    from sage.rings.fraction_field import FractionField_generic
    from sage.structure.element import Element

    parent = None
    for k, f in enumerate(coordinates):
        if not isinstance(f, Element):
            continue
        here = f.parent()
        if isinstance(here, FractionField_generic):
            raise ValueError(
                f"map[{k}] must be a polynomial, got {f}; clear denominators: add a parameter z, and the coordinate "
                "times its denominator as a polynomial"
            )
        if hasattr(here, "variable_names") and hasattr(here, "base_ring"):
            if not QQ.has_coerce_map_from(here.base_ring()):
                raise ValueError(f"map[{k}] must have rational coefficients, got {f} over {here.base_ring()}")
            parent = here if parent is None else pushout(parent, here)
    if parent is None:
        raise TypeError("map must hold at least one polynomial of a Sage polynomial ring, to name the parameters")
    return polynomial_ring(QQ, parent.ngens(), parent.variable_names())
