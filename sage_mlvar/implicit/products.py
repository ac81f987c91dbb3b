r"""
Highest-weight vectors of `S_1 \cdot I_{D-1}`: what the ideal of lower degree contributes.

Let `f` be a highest-weight vector of weight `\nu`, `U` its representation, `V = S_1` with coordinates `y_c` of weights
`\omega_c`. A highest-weight vector of weight `\lambda` in `V \otimes U` is `w = \sum_c y_c \otimes X_c f`, and it is
determined by its components with `\omega_c = \lambda - \nu`, where `X_c` is a number `v_c`; which `v` occur is the
theorem of Parthasarathy, Ranga Rao and Varadarajan: `E_i^{\nu_i - \nu_{i+1} + 1} v = 0` for the simple roots. The other
components follow by recursion: `w` is killed by the raising operators, so
`E_\alpha X_c f = - \sum_{c'} [E_\alpha]_{c c'} X_{c'} f`, and the Casimir operator is constant on `U`, so with
`\mu = \lambda - \omega_c`

.. MATH::

    (|\nu + \rho|^2 - |\mu + \rho|^2) X_c f = -2 \sum_{\alpha > 0} \sum_{c'} [E_\alpha]_{c c'} F_\alpha X_{c'} f .

The factor on the left is positive for every weight `\mu \ne \nu` of `U` (Freudenthal). For matrices this is Pieri's
rule with formulas.

EXAMPLES: the `2 \times 2` determinant times a coordinate; adding boxes to both diagrams in one of the two ways::

    sage: import numpy as np
    sage: from sage_mlvar.implicit import Symmetry
    sage: from sage_mlvar.implicit.action import Action
    sage: from sage_mlvar.implicit.spaces import spaces
    sage: from sage_mlvar.implicit.products import Products
    sage: S = Symmetry.matrix_copies(np.arange(9).reshape(1, 3, 3), "a matrix")
    sage: A = Action.of(S, S.weights)
    sage: minors = {space.degree: space.build().basis for space in spaces(A, 2) if space.degree[1] == 1}
    sage: [(space.degree, len(Products(A, space.build(), minors).rows)) for space in spaces(A, 3)]
    [((3, 0, 0, 3, 0, 0), 0), ((2, 1, 0, 2, 1, 0), 1), ((1, 1, 1, 1, 1, 1), 1)]
"""

from math import gcd, lcm

import numpy as np

from .. import _sage  # noqa: F401
from .forms import Forms, Monomials

from sage.matrix.matrix_space import MatrixSpace
from sage.rings.rational_field import QQ

__all__ = ["Products"]


class Products:
    r"""
    Highest-weight vectors that span those of one space in `S_1 \cdot I_{D-1}`.

    INPUT:

    - ``action`` -- :class:`~sage_mlvar.implicit.action.Action`
    - ``space`` -- a space of :mod:`~sage_mlvar.implicit.spaces`, of degree `D`
    - ``lower`` -- dictionary from multidegrees to the highest-weight vectors of `I_{D-1}`, as
      :class:`~sage_mlvar.implicit.forms.Forms` with exact coefficients

    ATTRIBUTES:

    - ``rows`` -- integer matrix; a row is the list of coefficients of a vector at the pivots of the space, divided by
      their greatest common divisor
    """

    def __init__(self, action, space, lower):
        self.action, self.space, self.lower = action, space, lower
        by_degree = {}
        for c, degree in enumerate(action.degrees.tolist()):
            by_degree.setdefault(tuple(degree), []).append(c)
        target = np.array(space.degree, dtype=np.int64)
        reader = _PivotReader(space, action.coordinates)
        rows, self._origins = [np.zeros((0, space.dimension), dtype=np.int64)], []
        for degree, forms in sorted(lower.items()):
            variables = by_degree.get(tuple((target - degree).tolist()))
            if not variables or not forms.count:
                continue
            for vector in _admissible(action, action.weight_of(degree), variables):
                components = _components(action, action.weight_of(degree), space.degree, vector, forms)
                rows.append(reader.read(components, forms.count))
                self._origins += [(degree, vector, i) for i in range(forms.count)]
        self.rows = np.concatenate(rows)

    def forms(self, chosen):
        r"""Return the vectors with these numbers in full, as primitive polynomials."""
        monomials, action = self.space.monomials, self.action
        parts = []
        for k in chosen:
            degree, vector, i = self._origins[k]
            components = _components(action, action.weight_of(degree), self.space.degree, vector, self.lower[degree][i])
            common = lcm(*(d for _, d in components.values()))
            terms = [form.scale(common // d).times_variable(c, monomials) for c, (form, d) in components.items()]
            parts.append(_sum(monomials, terms).primitive())
        return Forms.concatenate(monomials, parts)


def _sum(monomials, parts):
    # The sum of lists with a single polynomial each.
    keys = np.concatenate([part.keys for part in parts])
    coefficients = np.concatenate([part.coefficients for part in parts])
    return Forms.collect(monomials, 1, np.zeros(len(keys), dtype=np.int64), keys, coefficients)


def _admissible(action, weight, variables):
    # Basis of {v in V_{lambda - nu}: E_i^{nu_i - nu_{i+1} + 1} v = 0}, as dictionaries from coordinates to integers.
    conditions = []
    for root in action.roots:
        if root.simple:
            power = weight[root.a] - weight[root.b] + 1
            images = [_power(root.raising, {c: 1}, power) for c in variables]
            for target in sorted(set().union(*images)):
                conditions.append([image.get(target, 0) for image in images])
    if not conditions:
        return [{c: 1} for c in variables]
    kernel = MatrixSpace(QQ, len(conditions), len(variables))(conditions).right_kernel_matrix()
    vectors = []
    for row in kernel.rows():
        common = lcm(*(int(entry.denominator()) for entry in row))
        vectors.append({c: int(entry * common) for c, entry in zip(variables, row, strict=True) if entry})
    return vectors


def _power(operator, vector, exponent):
    for _ in range(exponent):
        image = {}
        for s, f in vector.items():
            for k in range(operator.bounds[s], operator.bounds[s + 1]):
                t = int(operator.target[k])
                image[t] = image.get(t, 0) + f * int(operator.factor[k])
        vector = {t: f for t, f in image.items() if f}
    return vector


def _components(action, weight, target, vector, forms):
    # All X_c f, as pairs (Forms, denominator), by increasing weight of c.
    weights, rho = action.weights, action.rho
    shifted = np.array(weight, dtype=np.int64) + rho
    top = int(shifted @ shifted)
    goal = np.array(action.weight_of(target), dtype=np.int64)
    components = {c: (forms.scale(v), 1) for c, v in vector.items()}
    start = {tuple(weights[c].tolist()) for c in vector}
    incoming = {}
    for root in action.roots:
        for s, t, f in root.raising.entries():
            incoming.setdefault(t, {}).setdefault(root, []).append((s, f))
    heights = weights @ rho
    for c in np.argsort(heights, kind="stable").tolist():
        if c in components or c not in incoming or tuple(weights[c].tolist()) in start:
            continue
        parts = []
        for root, sources in incoming[c].items():
            known = [(components[s], f) for s, f in sources if s in components]
            if known:
                total, denominator = _combine([(form, d, f) for (form, d), f in known])
                image = total.derive(root.lowering)
                if len(image.keys):
                    parts.append((image, denominator * root.raising.denominator * root.lowering.denominator, 1))
        if not parts:
            continue
        total, denominator = _combine(parts)
        if len(total.keys):
            below = goal - weights[c] + rho
            denominator *= top - int(below @ below)
            common = gcd(2, denominator)
            components[c] = total.scale(-2 // common), denominator // common
    return components


def _combine(parts):
    # The sum of f/d * form over (form, d, f), over one denominator.
    common = lcm(*(d for _, d, _ in parts))
    total = None
    for form, d, f in parts:
        scaled = form.scale(f * (common // d))
        total = scaled if total is None else total.add(scaled)
    return total, common


class _PivotReader:
    # Coefficients of sum_c y_c X_c f at the pivot monomials m: the sum over c dividing m of those of X_c f at m / y_c.

    def __init__(self, space, coordinates):
        rows = space.monomials.unrank(space.pivots)
        lower = Monomials(coordinates, space.monomials.degree - 1)
        self.dimension = space.dimension
        self.at = {}
        variable, pivot, quotient = [], [], []
        for j in range(rows.shape[1]):
            first = np.ones(len(rows), dtype=bool) if j == 0 else rows[:, j] != rows[:, j - 1]
            where = np.flatnonzero(first)
            variable.append(rows[where, j])
            pivot.append(where)
            quotient.append(lower.rank(np.delete(rows[where], j, axis=1)))
        variable, pivot, quotient = map(np.concatenate, (variable, pivot, quotient))
        order = np.lexsort((quotient, variable))
        variable, pivot, quotient = variable[order], pivot[order], quotient[order]
        for c in np.unique(variable).tolist():
            chosen = variable == c
            self.at[c] = quotient[chosen], pivot[chosen]

    def read(self, components, count):
        common = lcm(*(d for _, d in components.values()))
        matrix = np.zeros((count, self.dimension), dtype=np.int64)
        for c, (forms, denominator) in components.items():
            if c not in self.at:
                continue
            quotients, pivots = self.at[c]
            values = forms.scale(common // denominator).dense(quotients)
            if values.dtype == object or _height(matrix) + _height(values) >= 1 << 62:
                matrix = matrix.astype(object)
            # Within one c the pivots are distinct, as m / y_c determines m.
            matrix[:, pivots] += values
        return _primitive_rows(matrix)


def _height(matrix):
    return max(abs(int(matrix.max())), abs(int(matrix.min()))) if matrix.size else 0


def _primitive_rows(matrix):
    if not matrix.size:
        return matrix
    divisors = np.gcd.reduce(np.abs(matrix), axis=1)
    divisors[divisors == 0] = 1
    matrix = matrix // divisors[:, None]
    if matrix.dtype == object and _height(matrix) < 1 << 62:
        return matrix.astype(np.int64)
    return matrix
