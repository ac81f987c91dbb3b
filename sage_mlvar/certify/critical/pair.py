r"""
The boundary between two classes as it is solved for critical points: few coordinates, and its different factors.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.critical.pair import Pair
    sage: C = PolynomialClassifier([[[1, 2, 2], [3, 1, 0]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]])
    sage: pair = Pair(C, 0, 1); pair.basis, pair.factors
    ([0, 1], [(y0^2 - y1^2 + 1, 1)])
    sage: [number for _, number in (factor.most() for factor in pair.parts())]
    [4]
"""

from functools import cached_property

from ... import _sage  # noqa: F401
from ...invariants.ed_degree import complete_intersection_bound
from ...invariants.row_space import RowSpace

from sage.matrix.constructor import matrix
from sage.matrix.special import identity_matrix
from sage.modules.free_module_element import vector
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["Pair", "Part"]


class Pair:
    r"""
    The function ``g = f_c - f_other`` in coordinates ``s``, on which alone it depends.

    These are the inputs themselves, or ``s = R x + b_R`` for the rows ``R`` of the first layer in a basis, if they do
    not span the space. With ``K = R R^T`` and the move ``x = u + R^T t`` they are ``s = v + K t``, ``v = R u + b_R``.

    INPUT: ``classifier``, ``c``, ``other``
    """

    def __init__(self, classifier, c, other):
        self.classifier, self.c, self.other = classifier, c, other
        boundary = classifier.boundary(c, other)
        space = RowSpace(boundary.straight_line())
        n = classifier.widths()[0]
        if space.rank >= n:
            self.basis, self.rank = None, n
            self.R, self.shift, self.polynomial = identity_matrix(QQ, n), vector(QQ, n), boundary.polynomial()
        else:
            self.rank, self.R, self.shift = space.rank, space.matrix, vector(QQ, space.shift.list())
            self.polynomial = space.polynomial()
            self.basis = [_alive(classifier, c, other)[k] for k in _places(boundary, space)]
        self.gram = self.R * self.R.transpose()

    @cached_property
    def inverse(self):
        r"""The inverse of ``K``."""
        return self.gram if self.basis is None else self.gram.inverse()

    @cached_property
    def factors(self):
        r"""The different irreducible factors of ``g`` over QQ with multiplicities, a list of pairs."""
        if self.polynomial.is_constant():
            return []
        found = [(f, int(e)) for f, e in self.polynomial.factor()]
        # One simple factor: g itself, with its scale.
        return [(self.polynomial, 1)] if len(found) == 1 and found[0][1] == 1 else found

    def is_whole(self):
        r"""Whether ``g`` has one factor only, a simple one."""
        return len(self.factors) == 1 and self.factors[0][1] == 1

    @cached_property
    def _parts(self):
        return [Part(self, f, e) for f, e in self.factors]

    def parts(self):
        r"""Return the factors as a list of :class:`Part`."""
        return self._parts

    def image(self, x):
        r"""Return the coordinates of a point, a vector."""
        return self.R * vector(QQ, x) + self.shift

    def move(self, t):
        r"""Return ``R^T t`` for a vector of rationals."""
        return vector(QQ, t) if self.basis is None else self.R.transpose() * vector(QQ, t)


class Part:
    r"""
    One factor of ``g``.

    - ``pair`` -- the :class:`Pair`
    - ``polynomial``, ``multiplicity`` -- the factor
    - ``singular`` -- what was found out about its singular points, which do not depend on the data point; or ``None``
    """

    def __init__(self, pair, polynomial, multiplicity):
        self.pair, self.polynomial, self.multiplicity = pair, polynomial, multiplicity
        self.degree = int(polynomial.degree())
        self.singular = None

    def most(self):
        r"""Return degree and number of critical points of a generic polynomial of this degree."""
        return self.degree, int(complete_intersection_bound(self.pair.rank, [self.degree]))

    @cached_property
    def ring(self):
        r"""The ring of the critical equations, with the multiplier as last variable."""
        return PolynomialRing(QQ, [*(f"s{k}" for k in range(self.pair.rank)), "l0"], order="degrevlex")

    @cached_property
    def _moved(self):
        *s, _ = self.ring.gens()
        K, f = self.pair.gram, self.polynomial
        gradient = [part(*s) for part in f.gradient()]
        if self.pair.basis is None:
            return f(*s), gradient
        return f(*s), [sum((k * slope for k, slope in zip(row, gradient)), self.ring.zero()) for row in K]

    def system(self, v):
        r"""Return the critical equations ``f = 0``, ``s - v = l K grad f`` for a data point with coordinates ``v``."""
        *s, multiplier = self.ring.gens()
        value, moved = self._moved
        return [value, *(x - c - multiplier * slope for x, c, slope in zip(s, v, moved))]

    def at_point(self, v):
        r"""Return the factor in the coordinates ``t``, ready for JSON; ``None`` when it is ``g`` itself."""
        if self.pair.is_whole():
            return None
        small = PolynomialRing(QQ, self.pair.rank, "t")
        t = vector(small, small.gens())
        moved = vector(small, list(v)) + matrix(small, self.pair.gram) * t
        f = small(self.polynomial(*moved))
        return [[str(c), [int(e) for e in exponents]] for exponents, c in f.dict().items()]


def _alive(classifier, c, other):
    r"""Return the first neurons that have influence on the difference of two outputs."""
    weights = classifier.weights()
    alive = [j for j, (a, b) in enumerate(zip(weights[-1][c], weights[-1][other])) if a != b]
    for W in weights[-2:0:-1]:
        alive = [j for j in range(len(W[0])) if any(W[i][j] for i in alive)]
    return alive


def _places(boundary, space):
    r"""Return where the rows of the basis are among those of the first layer of the program."""
    W, _ = boundary.straight_line().first_layer()
    places = []
    for row in space.matrix.rows():
        places.append(next(k for k in range(W.nrows()) if k not in places and W[k] == row))
    return places
