r"""
Euclidean distance degrees of decision boundaries, at given weights and generic.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]])
    sage: C.ed_degree(), C.ed_degree(metric="generic"), C.boundary().generic_ed_degree()
    (4, 4, 4)
    sage: C.ed_degree(metric=[[2, 1], [1, 2]])
    4

REFERENCES: Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas, *The Euclidean distance degree of an algebraic variety*,
2016; arXiv 2602.06105.
"""

from .. import _sage  # noqa: F401
from ..check.critical_count import composition, least
from ..computation import PROBABLE, PROVED, Computation
from .ed_degree import complete_intersection_bound, count_critical_points, quadric_value
from .row_space import RowSpace

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["boundary_ed_degree", "generic_ed_degree", "generic_formula", "upper_bounds"]

#: Quadrics in more variables are not counted beside their formula.
_COUNTED_QUADRICS = 8


def boundary_ed_degree(boundary, options, slice=None, metric=None):
    r"""Return the record of the ED degree of a decision boundary."""
    space = RowSpace(boundary.straight_line(), metric)
    if space.is_constant():
        if space.polynomial():
            argument = "the boundary is empty: its polynomial is constant"
            return Computation("ed_degree", 0, PROVED, argument, seed=options.seed)
        refuse_equal_outputs(boundary)
    if space.degree == 2 and space.rank > _COUNTED_QUADRICS and slice is None and options.backend is None:
        value, case = quadric_value(*space.quadric())
        return Computation("ed_degree", value, PROVED, f"formula for a {case}", seed=options.seed)
    bound = min(upper_bounds(space), key=lambda pair: pair[0])
    return count_critical_points(
        lambda field, source: space.critical_systems(field, source, slice), options, bound, slice is None
    )


def refuse_equal_outputs(boundary):
    r"""Raise the error of a boundary that is the whole space."""
    c, other = boundary.classes()
    raise ValueError(f"classes must have different outputs, but classes {c} and {other} agree everywhere")


def upper_bounds(space):
    r"""
    Return proved upper bounds of the ED degree of a reduced boundary, a list of pairs (bound, reason).

    - A hypersurface of degree `D` in `r` variables has at most `D \sum_{i<r} (D-1)^i` critical points, for any metric.
    - Hidden layers with fewer neurons than `r` lower this number; see :mod:`sage_mlvar.check.critical_count`.
    - If a hidden layer has one neuron `z` only, the boundary is the union of the level sets of `z` at the different
      roots of a univariate polynomial, each a hypersurface of the degree of `z`, to which the same applies.
    - Quadrics have a formula.

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.invariants.ed_boundary import upper_bounds
        sage: from sage_mlvar.invariants.row_space import RowSpace
        sage: V = PolynomialClassifier.random([3, 3, 2, 2], seed=1).boundary()
        sage: upper_bounds(RowSpace(V.straight_line()))
        [(52, 'hypersurface of degree 4 that depends on 3 linear forms'),
         (36, 'a polynomial of degree 2 in 2 polynomials of degree 2 in 3 linear forms')]
        sage: V = PolynomialClassifier.random([3, 3, 1, 2], seed=1).boundary()
        sage: upper_bounds(RowSpace(V.straight_line()))[-1]
        (12, '2 level sets of a neuron, each: hypersurface of degree 2 that depends on 3 linear forms')
    """
    r, degree = space.rank, space.degree
    bounds = [(complete_intersection_bound(r, [degree]), _hypersurface(degree, r))]
    _, *hidden, _ = space.program.widths()

    def roots(level):
        through = space.program.after_layer(level + 1, [PolynomialRing(QQ, "z").gen()])
        return int(through.radical().degree()) if through.degree() > 0 else 0

    bounds += _narrow_bounds(r, hidden, space.program.activation_degree(), roots)
    if degree == 2:
        bounds.insert(0, quadric_value(*space.quadric()))
    return bounds


def _narrow_bounds(r, hidden, d, roots):
    r"""Return the bounds by narrow layers; ``roots`` -- of the index of a layer of one neuron, how many level sets."""
    number, layers = least(r, hidden, d)
    bounds = [(number, f"{composition(hidden, d, layers)} in {r} linear forms")] if layers else []
    for level, width in enumerate(hidden):
        if width == 1 and r:
            count, inner = roots(level), hidden[:level]
            number, layers = least(r, inner, d)
            each = f"{composition(inner, d, layers)} in {r} linear forms" if layers else _hypersurface(d**level, r)
            bounds.append((count * number, f"{count} level sets of a neuron, each: {each}"))
    return bounds


def _hypersurface(degree, rank):
    return f"hypersurface of degree {degree} that depends on {rank} linear forms"


def generic_formula(widths, degree):
    r"""
    Return the ED degree of the boundary of a generic network, if a formula is known.

    INPUT:

    - ``widths`` -- ``(n_0, h_1, ..., h_s, classes)``
    - ``degree`` -- degree `d` of the activation

    OUTPUT: pair of the number and the reason, or ``None``

    ALGORITHM: let `m = \min(n, h_1)`; the boundary is that of a hypersurface in `m` variables, for a generic metric if
    `h_1 < n`.

    - If `h_2, \ldots, h_s \ge m` (also `s = 1`) it is `D \sum_{i<m} (D-1)^i` with `D = d^s`: the value for a smooth
      hypersurface whose closure meets the isotropic quadric at infinity transversally. The forms of highest degree are
      combinations with generic coefficients of `d`-th powers of forms without common zero, so that Bertini's theorem
      gives smoothness at infinity and transversality there; the constant term is generic, so that the affine part is
      smooth. (Shallow: arXiv 2602.06105.)
    - If `h_k = 1`, the boundary is the union of `d^{s-k+1}` level sets of that neuron: all roots of a univariate
      polynomial with generic constant term are simple, and each level set is the boundary of a generic network with
      the hidden widths before that layer. The ED degree of a union without common components is the sum.

    EXAMPLES::

        sage: from sage_mlvar.invariants.ed_boundary import generic_formula
        sage: generic_formula((4, 4, 2), 3)[0], generic_formula((2, 2, 2, 2), 2)[0], generic_formula((3, 3, 1, 2), 2)[0]
        (45, 16, 12)
        sage: generic_formula((3, 3, 2, 2), 2) is None
        True
    """
    n, *hidden = widths[:-1]
    if 1 in hidden:
        place = hidden.index(1)
        levels = degree ** (len(hidden) - place)
        inner = (1, "parallel hyperplanes") if not place else generic_formula((n, *hidden[:place], 2), degree)
        if inner is None:
            return None
        return levels * inner[0], f"{levels} level sets of a neuron, each: {inner[1]}"
    m = min(n, hidden[0])
    if min(hidden) < m:
        return None
    D = degree ** len(hidden)
    return complete_intersection_bound(m, [D]), f"smooth hypersurface of degree {D} in {m} variables, by Bertini"


def generic_ed_degree(classifier, options):
    r"""Return the record of the ED degree of the boundary of a generic network of the same widths and activation."""
    widths, degree = classifier.widths(), classifier.activation_degree()
    formula = generic_formula(widths, degree)
    if formula is not None:
        details = {"method": "formula"}
        return Computation("generic_ed_degree", formula[0], PROVED, formula[1], seed=options.seed, details=details)
    member = (
        type(classifier).random([*widths[:-1], 2], classifier.activation(), seed=options.seed + 1, bits=24).boundary()
    )
    # Simple solutions at random weights are a lower bound of the generic count.
    space = RowSpace(member.straight_line(), "generic" if widths[1] < widths[0] else None)
    r, hidden = min(widths[:2]), widths[1:-1]
    whole = degree ** len(hidden)
    bounds = [(complete_intersection_bound(r, [whole]), _hypersurface(whole, r))]
    bounds += _narrow_bounds(r, hidden, degree, lambda level: degree ** (len(hidden) - level))
    bound = min(bounds, key=lambda pair: pair[0])
    record = count_critical_points(space.critical_systems, options, bound, True)
    proved = record.status == PROVED
    return Computation(
        "generic_ed_degree",
        record.value,
        PROVED if proved else PROBABLE,
        f"computed at random weights: {record.argument}",
        record.backend,
        record.version,
        options.seed,
        record.primes,
        peak_memory=record.peak_memory,
        details={**record.details, "method": "computed"},
    )
