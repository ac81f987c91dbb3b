r"""
Decision boundaries of polynomial classifiers.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]])
    sage: V = C.boundary(0, 1)
    sage: V.polynomial()
    -8*x0^2 - 2*x0*x1 + 3*x1^2 - 6*x0 - 2*x1
    sage: V.dimension(), V.degree(), V.ed_degree()
    (1, 2, 4)
"""

from functools import cached_property
from math import prod

from .. import _sage  # noqa: F401
from ..computation import PROVED, Computation
from ..exact import integer, rational_list, rows
from ..options import check
from ..rings import polynomial_ring
from .random_point import random_boundary_point
from .straight_line import StraightLine
from .variety import Variety

from sage.matrix.constructor import matrix
from sage.rings.rational_field import QQ

__all__ = ["DecisionBoundary"]


class DecisionBoundary(Variety):
    r"""
    The hypersurface ``f_c = f_other`` in input space, complex points included.

    Made by :meth:`PolynomialClassifier.boundary <sage_mlvar.models.classifier.PolynomialClassifier.boundary>`.

    TESTS::

        sage: from sage.misc.sage_unittest import TestSuite
        sage: from sage_mlvar import PolynomialClassifier
        sage: TestSuite(PolynomialClassifier([[[1, 2]], [[2], [1]]], [[0], [2, 1]]).boundary()).run()
    """

    def __init__(self, classifier, c, other):
        self._classifier = classifier
        self._classes = (c, other)

    def _repr_(self):
        c, other = self._classes
        return f"decision boundary between classes {c} and {other} of a {self._classifier}"

    def _latex_(self):
        c, other = self._classes
        return rf"V(f_{{{c}}} - f_{{{other}}})"

    def classifier(self):
        r"""Return the classifier."""
        return self._classifier

    def classes(self):
        r"""Return the pair of classes."""
        return self._classes

    @cached_property
    def _the_ring(self):
        n = self._classifier.widths()[0]
        return polynomial_ring(QQ, n, (f"x{k}" for k in range(n)))

    def ring(self):
        r"""Return the polynomial ring of the inputs, ``x0, x1, ...``."""
        return self._the_ring

    @cached_property
    def _the_polynomial(self):
        outputs = self._classifier.values(self.ring().gens())
        return outputs[self._classes[0]] - outputs[self._classes[1]]

    def polynomial(self):
        r"""
        Return ``f_c - f_other``, expanded.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: PolynomialClassifier([[[1, 2]], [[2], [1]]], [[0], [2, 1]]).boundary().polynomial()
            x0^2 + 4*x0*x1 + 4*x1^2 + 1
        """
        return self._the_polynomial

    @cached_property
    def _program(self):
        source = self._classifier
        return StraightLine(source.weights(), source.biases(), tuple(source.activation().list()), *self._classes)

    def straight_line(self):
        r"""Return ``f_c - f_other`` as a :class:`~sage_mlvar.models.straight_line.StraightLine` program."""
        return self._program

    def value(self, point, ring=None):
        r"""
        Return ``f_c - f_other`` at ``point``, without expanding the polynomial.

        INPUT:

        - ``point`` -- list of ``n_0`` numbers; for ``float`` and ``complex`` also an array, one point in each row
        - ``ring`` -- where to compute: ``None`` (exactly, over QQ), a commutative ring over QQ, a ball field such as
          ``RBF`` (an enclosure), ``float`` or ``complex`` (NumPy)

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: V = PolynomialClassifier([[[1, 2]], [[2], [1]]], [[0], [2, 1]]).boundary()
            sage: V.value([1, "1/2"]), V.value([[1, 0.5], [0, 0]], ring=float)
            (5, array([5., 1.]))
        """
        return self._program.value(point, ring)

    def gradient(self, point=None, ring=None):
        r"""
        Return the gradient: polynomials, or their values at ``point`` without expanding anything.

        INPUT: as for :meth:`value`

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: V = PolynomialClassifier([[[1, 2]], [[2], [1]]], [[0], [2, 1]]).boundary()
            sage: V.gradient(), V.gradient([1, 0])
            ([2*x0 + 4*x1, 4*x0 + 8*x1], [2, 4])
        """
        if point is None:
            return [self.polynomial().derivative(x) for x in self.ring().gens()]
        return self._program.gradient(point, ring)

    def hessian(self, point=None, ring=None):
        r"""
        Return the Hessian: a matrix of polynomials, or its value at ``point`` without expanding anything.

        INPUT: as for :meth:`value`

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: V = PolynomialClassifier([[[1, 2]], [[2], [1]]], [[0], [2, 1]], 3).boundary()
            sage: V.hessian([1, 0])
            [ 6 12]
            [12 24]
            sage: V.hessian()[0, 0]
            6*x0 + 12*x1
        """
        if point is None:
            gens = self.ring().gens()
            return matrix(self.ring(), [[f.derivative(x) for x in gens] for f in self.gradient()])
        return self._program.hessian(point, ring)

    @cached_property
    def _squarefree_part(self):
        g = self.polynomial()
        if g.is_constant():
            return g
        check("factoring the polynomial")
        return prod((factor for factor, _ in g.factor()), start=self.ring().one())

    def squarefree_part(self):
        r"""
        Return the product of the different irreducible factors of :meth:`polynomial`.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: PolynomialClassifier([[[1, 2]], [[2], [1]]], [[0], [0, 0]]).boundary().squarefree_part()
            x0 + 2*x1
        """
        return self._squarefree_part

    def random_point(self, seed=None):
        r"""
        Return a random real point of the boundary: its intersection with a random rational line.

        INPUT:

        - ``seed`` -- non-negative integer, or ``None`` for a new point each time

        OUTPUT: a list of elements of the real algebraic numbers ``AA``

        Raises :class:`~sage_mlvar.errors.OutOfReachError` when none of 100 lines meets the boundary (it may have no
        real point at all).

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: V = PolynomialClassifier([[[1, 2]], [[1], [0]]], [[0], [0, 1]]).boundary()
            sage: V.polynomial()(*V.random_point(seed=1))
            0
        """
        return random_boundary_point(self, None if seed is None else integer(seed, "seed", 0))

    def _data_dimension(self):
        return self.ring().ngens()

    def _answer_ideal(self, options):
        argument = "a hypersurface: generated by the squarefree part of its polynomial, factored exactly"
        return Computation("ideal", self.ring().ideal([self.squarefree_part()]), PROVED, argument, seed=options.seed)

    def _answer_dimension(self, options):
        n = self.ring().ngens()
        if self.value([0] * n) != self.value(range(1, n + 1)):
            return Computation("dimension", n - 1, PROVED, "a hypersurface", seed=options.seed)
        g = self.polynomial()
        dimension = n - 1 if not g.is_constant() else (n if g.is_zero() else -1)
        argument = "a hypersurface" if dimension == n - 1 else "the polynomial is constant"
        return Computation("dimension", dimension, PROVED, argument, seed=options.seed)

    def _answer_degree(self, options):
        g = self.squarefree_part()
        degree = g.degree() if not g.is_constant() else int(g.is_zero())
        return Computation("degree", degree, PROVED, "degree of the squarefree part", seed=options.seed)

    def contains(self, point, **options):
        r"""
        Return whether ``point``, a list of numbers, lies on the boundary.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: V = PolynomialClassifier([[[1, 0]], [[1], [-1]]], [[0], [0, 2]]).boundary()
            sage: V.contains([1, 7]), V.contains([2, 7])
            (True, False)
        """
        return self.compute("contains", point=point, **options).value

    def _check_point(self, value):
        return rational_list(value, "point", self.ring().ngens())

    def _answer_contains(self, options, *, point=None):
        argument = "exact evaluation of the outputs of both classes"
        return Computation("contains", not self.value(point), PROVED, argument, seed=options.seed)

    def ed_degree(self, **options):
        r"""
        Return the ED degree: the number of complex critical points of the distance from a generic data point.

        INPUT: the options of :func:`sage_mlvar.options.resolve`, and

        - ``slice`` -- list of 2 or 3 points: take the data point generic on the line or plane through them
        - ``metric`` -- positive definite rational matrix `G` of the squared distance `(x-u)^T G (x-u)`, or
          ``"generic"``; Euclidean if left out

        OUTPUT: an integer; singular points of the boundary do not count, multiple components count once

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: V = PolynomialClassifier([[[1, 0], [0, 2]], [[1, 1], [0, 0]]], [[0, 0], [0, 4]]).boundary()
            sage: V.polynomial()
            x0^2 + 4*x1^2 - 4
            sage: V.ed_degree(), V.ed_degree(metric=[[1, 0], [0, 4]])
            (4, 2)
        """
        return self.compute("ed_degree", **options).value

    def _answer_ed_degree(self, options, *, slice=None, metric=None):
        from ..invariants.ed_boundary import boundary_ed_degree

        return boundary_ed_degree(self, options, slice, metric)

    def _check_metric(self, value):
        from ..invariants.row_space import check_metric

        return check_metric(value, self._data_dimension())

    def _answer_generic_ed_degree(self, options):
        from ..invariants.ed_boundary import generic_ed_degree

        return generic_ed_degree(self._classifier, options)

    def generic_ed_degree(self, **options):
        r"""
        Return the ED degree of the boundary for generic weights, same widths and activation.

        By a formula where one is known, else counted at random weights; ``compute("generic_ed_degree")`` says which.

        INPUT: the options of :func:`sage_mlvar.options.resolve`

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: record = PolynomialClassifier.random([4, 4, 2], 4).boundary().compute("generic_ed_degree")
            sage: record.value, record.status, record.argument
            (160, 'proved', 'smooth hypersurface of degree 4 in 4 variables, by Bertini')
        """
        return self.compute("generic_ed_degree", **options).value

    def _answer_components(self, options, *, u=None):
        from ..invariants.components import boundary_components

        return boundary_components(self, options, u)

    def _check_u(self, value):
        return None if value is None else rational_list(value, "u", self._data_dimension())

    def components(self, **options):
        r"""
        Return components with multiplicities, the singular locus, and whether there are infinite critical sets.

        INPUT: the options of :func:`sage_mlvar.options.resolve`, and

        - ``u`` -- data point; asks about infinitely many critical points for it, instead of for some data point

        OUTPUT: a :class:`~sage_mlvar.invariants.components.Components`

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: V = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 2], [0, 1]]], [[0, 0], [0, 4]]).boundary()
            sage: V.polynomial()
            x0^2 + x1^2 - 4
            sage: V.components().infinite_critical_sets, V.components(u=[0, 0]).infinite_critical_sets
            (True, True)
            sage: V.components(u=[0, 1]).infinite_critical_sets
            False
        """
        return self.compute("components", **options).value

    def _answer_ed_degree_stratum(self, options):
        from ..invariants.parameter_discriminant import stratum

        return stratum(self, options)

    def ed_degree_stratum(self, **options):
        r"""
        Return where the network lies among those of its widths: its ED degree, the generic one, ranks of a quadric.

        OUTPUT: a :class:`~sage_mlvar.invariants.parameter_discriminant.Stratum`

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: V = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 1], [0, 0]]], [[0, 0], [0, 4]]).boundary()
            sage: V.ed_degree_stratum()
            Stratum(ed_degree=2, generic=4, drops=True,
                    vanishing=('discriminant of the characteristic polynomial of A',),
                    degree=2, dimension=2, rank_A=2, rank_M=3, eigenvalues=1)
        """
        return self.compute("ed_degree_stratum", **options).value

    def parameter_discriminant(self):
        r"""Return the factors of the parameter discriminant, as :meth:`.GenericClassifier.parameter_discriminant`."""
        family = type(self._classifier).generic(self._classifier.widths(), self._classifier.activation())
        return family.parameter_discriminant(self._classes)

    def _answer_discriminant(self, options, *, slice=None):
        from ..invariants.discriminant import hypersurface_discriminant

        return hypersurface_discriminant(self, options, slice)

    def _answer_critical_points(self, options, *, u=None):
        from ..invariants.critical_points import boundary_critical_points

        if u is None:
            raise TypeError("critical_points needs a data point: u=[...]")
        return boundary_critical_points(self, options, u)

    def critical_points(self, u, **options):
        r"""
        Return the critical points of the squared distance to ``u`` on the boundary, and its singular points.

        INPUT: the options of :func:`sage_mlvar.options.resolve`, and

        - ``u`` -- list of numbers, the data point

        OUTPUT: a :class:`~sage_mlvar.invariants.points.CriticalPoints`: a sequence of isolated critical points, the
        real ones first and nearest first, with ``nearest()``, ``singular`` and ``sets`` of positive dimension

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: V = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 2], [0, 0]]], [[0, 0], [-3, 0]]).boundary()
            sage: points = V.critical_points([1, 2]); points
            4 critical points, 2 of them real
            sage: points[0]
            real critical point (0.715977, 1.115208) at squared distance 0.863526
        """
        return self.compute("critical_points", u=u, **options).value

    def _answer_chambers(self, options, *, slice=None, window=((-3, 3), (-3, 3)), grid=40):
        from ..invariants.chambers import boundary_chambers

        return boundary_chambers(self, options, slice, window, grid)

    def _check_window(self, value):
        intervals = rows(value, "window", 2, 2)
        for low, high in intervals:
            if low >= high:
                raise ValueError(f"window must have intervals with low < high, got {value!r}")
        return intervals

    def _check_grid(self, value):
        return integer(value, "grid", 2)

    def chambers(self, **options):
        r"""
        Return the numbers of real critical points over a plane of data points.

        INPUT: the options of :func:`sage_mlvar.options.resolve`, and

        - ``slice`` -- three points ``[p, q, r]``: the plane ``p + s(q-p) + t(r-p)``; may be left out for two inputs
        - ``window`` -- intervals ``[[low, high], [low, high]]`` of ``s`` and ``t``
        - ``grid`` -- number of grid points in each direction

        OUTPUT: a :class:`~sage_mlvar.invariants.chambers.Chambers`, exact at one point of each region that the grid
        sees; its ``plot(u=...)`` is a picture

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: V = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 2], [0, 0]]], [[0, 0], [-3, 0]]).boundary()
            sage: V.chambers(grid=12).counts()
            [2, 4]
        """
        return self.compute("chambers", **options).value
