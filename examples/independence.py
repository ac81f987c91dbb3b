r"""
A model of algebraic statistics as a plug-in: two independent random variables.

Everything a new architecture needs is here: two rings and a map. ``known_ideal`` is optional and adds what a theorem
says. A package makes the model known to ``sage_mlvar`` and ``mlvar`` by an entry point in its setup.py::

    entry_points={"sage_mlvar.models": ["independence = mypackage.independence:IndependenceModel"]}

EXAMPLES::

    sage: from independence import IndependenceModel
    sage: M = IndependenceModel(2, 2); M.parametrization()
    [a1*b1, -a1*b1 + a1, -a1*b1 + b1, a1*b1 - a1 - b1 + 1]
    sage: M.ideal().gens(), M.dimension(), M.degree()
    ([-p2*p3 + p1*p4, p1 + p2 + p3 + p4 - 1], 2, 2)
"""

from sage_mlvar import _sage  # noqa: F401
from sage_mlvar.computation import PROVED, Computation
from sage_mlvar.exact import integer
from sage_mlvar.models.image import ImageModel

from sage.matrix.constructor import matrix
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["IndependenceModel"]


class IndependenceModel(ImageModel):
    r"""
    The joint distributions of two independent variables with ``r`` and ``c`` states.

    INPUT:

    - ``r``, ``c`` -- integers, at least 2

    Coordinates are the probabilities ``p1, p2, ...`` of the pairs of states, row by row; parameters the probabilities
    ``a1, ..., a{r-1}`` and ``b1, ..., b{c-1}`` of all states but the last.
    """

    api = 1

    @staticmethod
    def __classcall_private__(cls, r=2, c=2):
        return super().__classcall__(cls, integer(r, "r", 2), integer(c, "c", 2))

    def __init__(self, r, c):
        self.r, self.c = r, c

    def _repr_(self):
        return f"independence model of two variables with {self.r} and {self.c} states"

    def _latex_(self):
        return rf"\mathcal{{M}}_{{{self.r} \perp {self.c}}}"

    def _ring(self):
        return PolynomialRing(QQ, [f"p{k + 1}" for k in range(self.r * self.c)], order="degrevlex")

    def _parameter_ring(self):
        return PolynomialRing(QQ, [f"a{k}" for k in range(1, self.r)] + [f"b{k}" for k in range(1, self.c)])

    def _parametrization(self):
        theta = self.parameter_ring().gens()
        first, second = list(theta[: self.r - 1]), list(theta[self.r - 1 :])
        return [x * y for x in [*first, 1 - sum(first)] for y in [*second, 1 - sum(second)]]

    def known_ideal(self, options):
        r"""
        Return the record of the ideal: the 2-minors of the table, and that its entries sum to 1.

        The minors generate the prime ideal of the Segre variety; setting the sum to 1 dehomogenizes it; it stays prime.
        """
        ring = self.ring()
        table = matrix(ring, self.r, self.c, ring.gens())
        argument = "tables of rank 1 whose entries sum to 1: a chart of the Segre variety"
        return Computation("ideal", ring.ideal([*table.minors(2), sum(ring.gens()) - 1]), PROVED, argument)

    def to_dict(self):
        r"""Return the model as plain data, the content of a model file."""
        return {"model": "IndependenceModel", "r": self.r, "c": self.c}

    @classmethod
    def from_dict(cls, data):
        r"""Return the model that :meth:`to_dict` described."""
        return cls(data["r"], data["c"])
