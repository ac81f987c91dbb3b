r"""
Weights at which the ED degree drops: the parameter discriminant and the stratum of a concrete network.

The boundary of a shallow quadratic network is a quadric `x^T A x + b^T x + c`. With `W` (`h \times n`) and `b_1` the
first layer, `a` the difference of two rows of the second and `c_0` that of its biases,

- for `h \ge n`: `A = W^T diag(a) W`, and `M` is the symmetric matrix of the quadric, of size `n + 1`;
- for `h < n`, in the row space: `diag(a) W W^T` takes the place of `A`, and `M = diag(a_1, \ldots, a_h, c_0)`.

The ED degree of the reduced problem is `2m` for generic weights, `m = \min(n, h)`, and less exactly on

.. MATH::

    \{disc(charpoly(A)) = 0\} \cup \{\det A = 0\} \cup \{\det M = 0\}.

Over the reals the first has codimension two, since `A` is symmetric for a positive definite metric.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[1, 2], [1, 1]])
    sage: factors = C.parameter_discriminant()
    sage: [(factor.name, factor.at(C)) for factor in factors]
    [('discriminant of the characteristic polynomial of A', 125),
     ('determinant of A', -25),
     ('determinant of M', 0)]
    sage: C.ed_degree_stratum()
    Stratum(ed_degree=2, generic=4, drops=True, vanishing=('determinant of M',), ...)

REFERENCES: arXiv 2602.06105. Proof: the Lagrange equation in eigencoordinates, see
:func:`~sage_mlvar.invariants.ed_degree.quadric_ed_degree`.
"""

from dataclasses import dataclass
from functools import cached_property

from .. import _sage  # noqa: F401
from ..computation import PROBABLE, PROVED, Computation
from ..errors import OutOfReachError
from .ed_boundary import refuse_equal_outputs
from .row_space import RowSpace

from sage.matrix.constructor import matrix
from sage.rings.rational_field import QQ

__all__ = ["ParameterFactor", "Stratum", "parameter_discriminant", "quadric_matrices", "stratum"]

_DISCRIMINANT = "discriminant of the characteristic polynomial of A"


def quadric_matrices(W, b, a, constant):
    r"""
    Return the matrices ``A`` and ``M`` of a shallow quadratic network, reduced to the row space if ``h < n``.

    INPUT: ``W`` (a matrix), ``b``, ``a`` (lists) and ``constant``, in any ring

    EXAMPLES::

        sage: from sage_mlvar import _sage
        sage: from sage.matrix.constructor import matrix
        sage: from sage.rings.rational_field import QQ
        sage: from sage_mlvar.invariants.parameter_discriminant import quadric_matrices
        sage: quadric_matrices(matrix(QQ, [[1, 2], [3, 1]]), [0, 1], [1, -1], 1)[1]
        [-8 -1 -3]
        [-1  3 -1]
        [-3 -1  0]
    """
    ring, (h, n) = W.base_ring(), W.dimensions()
    D = matrix.diagonal(ring, list(a), sparse=False)
    if h < n:
        return D * W * W.transpose(), matrix.diagonal(ring, [*a, constant], sparse=False)
    extended = W.augment(matrix(ring, h, 1, list(b)))
    M = extended.transpose() * D * extended
    M[n, n] += constant
    return W.transpose() * D * W, M


def _parts(weights, biases, c, other):
    r"""Return ``W``, ``b``, ``a`` and the constant of a boundary of a shallow network."""
    W, last = weights
    return W, biases[0], [p - q for p, q in zip(last[c], last[other])], biases[1][c] - biases[1][other]


@dataclass(frozen=True)
class ParameterFactor:
    r"""
    One of the three factors of the parameter discriminant.

    - ``name`` -- what it is
    - ``matrix`` -- a matrix over the ring of the weights: the factor is its determinant, or the discriminant of its
      characteristic polynomial
    - ``small`` -- whether :meth:`polynomial` expands it
    """

    name: str
    matrix: object
    small: bool
    family: object
    classes: tuple

    def __repr__(self):
        return f"{self.name} ({self.matrix.nrows()} x {self.matrix.ncols()})"

    @cached_property
    def _expanded(self):
        if self.name != _DISCRIMINANT:
            return self.matrix.det()
        return self.hankel().det()

    def polynomial(self):
        r"""
        Return the factor as a polynomial in the weights.

        Raises :class:`~sage_mlvar.errors.OutOfReachError` when it is large; use ``matrix`` and :meth:`at` then.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: G = PolynomialClassifier.generic([1, 1, 2])
            sage: [factor.polynomial() for factor in G.parameter_discriminant()]
            [1, w1_0_0^2*w2_0_0 - w1_0_0^2*w2_1_0,
             w1_0_0^2*w2_0_0*b2_0 - w1_0_0^2*w2_1_0*b2_0 - w1_0_0^2*w2_0_0*b2_1 + w1_0_0^2*w2_1_0*b2_1]
        """
        if not self.small:
            raise OutOfReachError(f"the {self.name} has too many terms; use its .matrix and its value .at(classifier)")
        return self._expanded

    def hankel(self):
        r"""Return the matrix of the traces of powers, ``tr A^(i+j)``; its determinant is the discriminant."""
        size = self.matrix.nrows()
        powers = [matrix.identity(self.matrix.base_ring(), size)]
        for _ in range(2 * size - 2):
            powers.append(powers[-1] * self.matrix)
        traces = [P.trace() for P in powers]
        return matrix(self.matrix.base_ring(), size, size, lambda i, j: traces[i + j])

    def at(self, classifier):
        r"""Return the exact value at a concrete network of the family; never expands anything."""
        self.family.parameters(classifier)
        W, b, a, constant = _parts(classifier.weights(), classifier.biases(), *self.classes)
        A, M = quadric_matrices(matrix(QQ, W), b, a, constant)
        return _values(A, M)[self.name]


def _values(A, M):
    return {
        _DISCRIMINANT: A.charpoly().discriminant() if A.nrows() > 1 else QQ.one(),
        "determinant of A": A.det(),
        "determinant of M": M.det(),
    }


def _is_shallow_quadratic(widths, activation):
    return len(widths) == 3 and activation.degree() == 2 and not any(activation.list()[:2]) and activation.lc() == 1


def parameter_discriminant(family, classes=None):
    r"""
    Return the three factors of the parameter discriminant of shallow quadratic networks.

    INPUT:

    - ``family`` -- a :class:`~sage_mlvar.models.generic.GenericClassifier` with one hidden layer and activation z^2
    - ``classes`` -- pair of classes, if there are more than two

    OUTPUT: a tuple of three :class:`ParameterFactor`
    """
    c, other = family.check_classes(classes)
    if not _is_shallow_quadratic(family.widths(), family.activation()):
        raise OutOfReachError(
            "the parameter discriminant is known for one hidden layer and activation z^2; "
            "ed_degree_stratum() tells of given weights whether the ED degree drops there"
        )
    weights, biases = family.weights(), family.biases()
    A, M = quadric_matrices(*_parts(weights, biases, c, other))
    n, h = family.widths()[:2]
    m = min(n, h)
    matrices = ((_DISCRIMINANT, A, m <= 2 and h <= 4), ("determinant of A", A, m <= 3 and h <= 3))
    factors = (*matrices, ("determinant of M", M, m <= 3 and h <= 3))
    return tuple(ParameterFactor(name, N, small, family, (c, other)) for name, N, small in factors)


@dataclass(frozen=True)
class Stratum:
    r"""
    Where a concrete network lies.

    - ``ed_degree``, ``generic`` -- at its weights, and at generic weights of the same widths
    - ``drops`` -- whether the first is smaller
    - ``vanishing`` -- for shallow quadratic networks: names of the factors of the parameter discriminant that vanish
    - ``degree`` -- degree of the boundary, with its reduced structure; ``dimension`` -- number of linear forms that it
      depends on, the rank of the first layer
    - ``rank_A``, ``rank_M``, ``eigenvalues`` -- for a quadric, in the row space: ranks, and the number of different
      nonzero eigenvalues; else ``None``
    """

    ed_degree: int
    generic: int
    drops: bool
    vanishing: tuple
    degree: int
    dimension: int
    rank_A: int | None
    rank_M: int | None
    eigenvalues: int | None


def stratum(boundary, options):
    r"""
    Return the record of the :class:`Stratum` of a boundary.

    ALGORITHM: quadrics by formula, exactly; double hyperplanes are replaced by hyperplanes. Other boundaries by
    counting at their weights and taking the generic value of their widths.
    """
    classifier, space = boundary.classifier(), RowSpace(boundary.straight_line())
    if space.is_constant() and not space.polynomial():
        refuse_equal_outputs(boundary)
    passed = {"timeout": options.timeout, "memory": options.memory, "seed": options.seed, "proof": False}
    generic = boundary.compute("generic_ed_degree", **passed)
    vanishing, ranks = (), (None, None, None)
    if _is_shallow_quadratic(classifier.widths(), classifier.activation()):
        W, b, a, constant = _parts(classifier.weights(), classifier.biases(), *boundary.classes())
        values = _values(*quadric_matrices(matrix(QQ, W), b, a, constant))
        vanishing = tuple(name for name, value in values.items() if not value)
    if space.degree == 2:
        A, M, operator = space.quadric()
        spectrum = operator.charpoly().radical()
        ranks = (int(A.rank()), int(M.rank()), int(spectrum.degree() - (1 if spectrum[0] == 0 else 0)))
        value = {1: 2 * ranks[2], 0: 2 * ranks[2] - 2, 2: 2 * ranks[2] + 1}[ranks[1] - ranks[0]]
        status, argument = PROVED, "formula for quadrics"
    elif space.degree < 2:
        value, status, argument = space.degree, PROVED, "a hyperplane" if space.degree else "an empty boundary"
    else:
        own = boundary.compute("ed_degree", **passed)
        value, status, argument = own.value, own.status, own.argument
    if not generic.proved:
        status = PROBABLE
    found = Stratum(
        int(value), int(generic.value), bool(value < generic.value), vanishing, space.degree, space.rank, *ranks
    )
    argument = f"{argument}; generic value: {generic.argument}"
    return Computation("ed_degree_stratum", found, status, argument, seed=options.seed, primes=generic.primes)
