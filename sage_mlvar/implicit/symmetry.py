r"""
Groups that map the image of a parametrization to itself: how a model declares them, and how they are tested.

A declared group makes every graded piece of the vanishing ideal a representation, which is known from its
highest-weight vectors. All groups here are products of general linear groups acting linearly on the coordinates; a
torus without roots and finite groups of permutations complete the picture.

Conventions: `E_{ab}` acts on polynomials in the coordinates as a derivation; for matrices `y_{c,i,j}` it sends row
`b` to row `a`. It changes weights by `e_a - e_b`, and is *raising* for `a < b`.

EXAMPLES::

    sage: import numpy as np
    sage: from sage_mlvar.implicit import Symmetry
    sage: Symmetry.matrix_copies(np.arange(12).reshape(3, 2, 2), "M_b -> g M_b h for all blocks at once")
    GL(2) x GL(2) on 12 coordinates: M_b -> g M_b h for all blocks at once
"""

import numpy as np

from ..options import check
from . import blocks, modular

__all__ = ["Operator", "Permutation", "Symmetry"]


class Operator:
    r"""
    A linear map of the span of the coordinates, divided by ``denominator``.

    INPUT:

    - ``coordinates`` -- number of coordinates
    - ``entries`` -- iterable of (source, target, integer): the image of coordinate ``source`` contains ``target``

    EXAMPLES::

        sage: from sage_mlvar.implicit.symmetry import Operator
        sage: E = Operator(3, [(0, 1, 2), (0, 2, -1)])
        sage: [array.tolist() for array in E.images([1, 0])]
        [[1, 1], [1, 2], [2, -1]]
    """

    __slots__ = ("bounds", "coordinates", "denominator", "factor", "source", "target")

    def __init__(self, coordinates, entries, denominator=1):
        entries = sorted((int(s), int(t), int(f)) for s, t, f in entries if f)
        table = np.array(entries, dtype=np.int64).reshape(-1, 3)
        if len(table) and (table[:, :2].min() < 0 or table[:, :2].max() >= coordinates):
            raise ValueError(f"an operator names a coordinate outside 0..{coordinates - 1}")
        self.coordinates = coordinates
        self.source, self.target, self.factor = table.T.copy()
        self.bounds = np.searchsorted(self.source, np.arange(coordinates + 1))
        self.denominator = denominator

    def images(self, variables):
        r"""
        Return the images of ``variables``: positions in that list, targets and factors, as three arrays.
        """
        variables = np.asarray(variables, dtype=np.int64)
        count = self.bounds[variables + 1] - self.bounds[variables]
        position = np.repeat(np.arange(len(variables)), count)
        entry = np.arange(len(position)) - np.repeat(np.cumsum(count) - count, count)
        entry += self.bounds[variables[position]]
        return position, self.target[entry], self.factor[entry]

    def entries(self):
        r"""Return the list of triples (source, target, factor)."""
        return list(zip(self.source.tolist(), self.target.tolist(), self.factor.tolist(), strict=True))

    def vector_field(self, point, p):
        r"""Return the tangent vector modulo ``p`` by which the operator moves ``point``, up to the denominator."""
        result = np.zeros(self.coordinates, dtype=np.int64)
        np.add.at(result, self.source, self.factor % p * point[self.target] % p)
        return result % p

    def after(self, first):
        r"""
        Return the entries of the composition with an operator that acts ``first``, up to denominators.

        OUTPUT: arrays of sources, targets and factors; factors of the same source and target are to be added

        EXAMPLES::

            sage: from sage_mlvar.implicit.symmetry import Operator
            sage: first, second = Operator(2, [(0, 0, 2), (0, 1, 3)]), Operator(2, [(0, 1, 1), (1, 1, 5)])
            sage: [array.tolist() for array in second.after(first)]
            [[0, 0], [1, 1], [2, 15]]
        """
        position, target, factor = self.images(first.target)
        return first.source[position], target, first.factor[position].astype(object) * factor


class Permutation:
    r"""
    A permutation of the coordinates that comes from one of the parameters.

    INPUT:

    - ``coordinates`` -- list: coordinate `c` of `\varphi(\theta')` is coordinate ``coordinates[c]`` of
      `\varphi(\theta)`, where
    - ``parameters`` -- list: parameter `n` of `\theta'` is parameter ``parameters[n]`` of `\theta`
    - ``reason`` -- string
    """

    def __init__(self, coordinates, parameters, reason):
        self.coordinates = np.asarray(coordinates, dtype=np.int64)
        self.parameters = np.asarray(parameters, dtype=np.int64)
        self.reason = reason
        for name, values in (("coordinates", self.coordinates), ("parameters", self.parameters)):
            if sorted(values.tolist()) != list(range(len(values))):
                raise ValueError(f"the {name} {values.tolist()!r} of a symmetry are no permutation")

    def check(self, polymap, p, seed):
        r"""Raise :class:`ValueError` if the declaration fails at a random point modulo ``p``."""
        if len(self.coordinates) != polymap.coordinates or len(self.parameters) != polymap.parameters:
            raise ValueError(f"the symmetry {self.reason!r} permutes other numbers of coordinates or parameters")
        theta = np.random.default_rng([seed, 77]).integers(0, p, size=(1, polymap.parameters))
        moved = polymap.evaluate(theta[:, self.parameters], p)
        if (moved != polymap.evaluate(theta, p)[:, self.coordinates]).any():
            raise ValueError(
                f"the declared permutation {self.reason!r} does not map the image to itself: "
                "it fails at a random point; correct or remove the declaration"
            )


class Symmetry:
    r"""
    A connected reductive group acting linearly on the coordinates, declared by a model together with permutations.

    INPUT:

    - ``sizes`` -- list of the `d` of the factors `GL(d)`
    - ``weights`` -- integer array (coordinates × sum of sizes): the weights of the coordinates
    - ``operators`` -- dictionary from pairs `(a, b)`, `a \ne b`, numbered through all factors, to the list of triples
      (source, target, integer) of `E_{ab}`; all pairs within factors have to be there
    - ``reason`` -- string: why the group maps the image closure to itself
    - ``permutations`` -- list of :class:`Permutation`

    For matrices use :meth:`matrix_copies`, which is faster as well.
    """

    def __init__(self, sizes, weights, operators, reason, permutations=(), copies=None):
        self.sizes = tuple(int(d) for d in sizes)
        self.weights = np.asarray(weights, dtype=np.int64)
        if self.weights.ndim != 2 or self.weights.shape[1] != sum(self.sizes):
            raise ValueError(f"weights of shape {self.weights.shape!r} do not fit the factors {self.sizes!r}")
        if not reason:
            raise ValueError("a declared symmetry needs a reason")
        coordinates = len(self.weights)
        self.reason = reason
        self.permutations = tuple(permutations)
        self.copies = copies
        self.operators = {}
        for a, b in _pairs(self.sizes):
            if (a, b) not in operators:
                raise ValueError(f"the symmetry {reason!r} lacks the operator {(a, b)!r}")
            entries = operators[a, b]
            operator = entries if isinstance(entries, Operator) else Operator(coordinates, entries)
            self._check_weights(operator, a, b)
            self.operators[a, b] = operator

    @classmethod
    def matrix_copies(cls, index, reason, permutations=()):
        r"""
        Return the action of `GL(r) \times GL(c)` on matrices `M_1, \ldots, M_k` at once.

        INPUT:

        - ``index`` -- integer array (k × rows × columns): the number of the coordinate at each place; every coordinate
          occurs once

        EXAMPLES::

            sage: from sage_mlvar.implicit import Symmetry
            sage: Symmetry.matrix_copies([[[0, 1], [2, 2]]], "a matrix")
            Traceback (most recent call last):
            ...
            ValueError: the index of matrix copies must contain each of 0..3 once
        """
        index = np.asarray(index, dtype=np.int64)
        if index.ndim != 3 or sorted(index.ravel().tolist()) != list(range(index.size)):
            raise ValueError(f"the index of matrix copies must contain each of 0..{index.size - 1} once")
        _, rows, columns = index.shape
        weights = np.zeros((index.size, rows + columns), dtype=np.int64)
        for i in range(rows):
            weights[index[:, i, :].ravel(), i] = 1
        for j in range(columns):
            weights[index[:, :, j].ravel(), rows + j] = 1
        operators = {}
        for a, b in _pairs((rows, columns)):
            source, target = (
                (index[:, b, :], index[:, a, :]) if a < rows else (index[:, :, b - rows], index[:, :, a - rows])
            )
            operators[a, b] = [(s, t, 1) for s, t in zip(source.ravel(), target.ravel(), strict=True)]
        return cls((rows, columns), weights, operators, reason, permutations, copies=index)

    @classmethod
    def torus(cls, coordinates, permutations=()):
        r"""Return the symmetry without roots: only the grading and permutations are used."""
        none = np.zeros((coordinates, 0), dtype=np.int64)
        return cls((), none, {}, "the grading", permutations)

    def __repr__(self):
        group = " x ".join(f"GL({d})" for d in self.sizes) or "a torus"
        return f"{group} on {len(self.weights)} coordinates: {self.reason}"

    def with_unit(self):
        r"""Return the same action with one more coordinate, put last, on which the group acts trivially."""
        count = len(self.weights)
        operators = {pair: Operator(count + 1, operator.entries()) for pair, operator in self.operators.items()}
        permutations = [
            Permutation([*permutation.coordinates.tolist(), count], permutation.parameters, permutation.reason)
            for permutation in self.permutations
        ]
        weights = np.concatenate([self.weights, np.zeros((1, self.weights.shape[1]), dtype=np.int64)])
        return Symmetry(self.sizes, weights, operators, self.reason, permutations)

    def _check_weights(self, operator, a, b):
        shift = np.zeros(self.weights.shape[1], dtype=np.int64)
        shift[a], shift[b] = 1, -1
        if (self.weights[operator.target] - self.weights[operator.source] != shift).any():
            raise ValueError(f"the operator {(a, b)!r} of {self.reason!r} does not change weights by e_{a} - e_{b}")

    def check(self, polymap, p, seed=0):
        r"""
        Raise :class:`ValueError` if the declaration fails at a random point modulo ``p``.

        A connected group maps the closure of the image to itself exactly when the vector fields of its Lie algebra are
        tangent at generic points: `E \varphi(\theta)` must lie in the column space of the Jacobian at `\theta`.

        EXAMPLES::

            sage: import numpy as np
            sage: from sage_mlvar.implicit import PolynomialMap, Symmetry
            sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
            sage: from sage.rings.rational_field import QQ
            sage: R = PolynomialRing(QQ, "s,t"); s, t = R.gens()
            sage: S = Symmetry.matrix_copies(np.arange(4).reshape(1, 2, 2), "a claim")
            sage: S.check(PolynomialMap.from_sage([s, t, s + t, s*t]), 8388593)
            Traceback (most recent call last):
            ...
            ValueError: the declared symmetry 'a claim' does not map the image to itself: ...
        """
        if len(self.weights) != polymap.coordinates:
            raise ValueError(
                f"the symmetry {self.reason!r} acts on {len(self.weights)} coordinates, the map has "
                f"{polymap.coordinates}"
            )
        for permutation in self.permutations:
            permutation.check(polymap, p, seed)
        if not self.sizes:
            return
        if self.copies is None:
            self._check_commutators()
        blocks.foresee(polymap.coordinates, polymap.parameters, "testing the declared symmetry")
        theta = np.random.default_rng([seed, 78]).integers(0, p, size=polymap.parameters)
        point = polymap.evaluate(theta[None, :], p)[0]
        fields = [operator.vector_field(point, p) for operator in self.operators.values()]
        fields += [weight % p * point % p for weight in self.weights.T]
        jacobian = polymap.jacobian(theta, p).T
        jacobian = jacobian[jacobian.any(axis=1)]
        known = modular.rank(jacobian, p)
        if modular.rank(np.concatenate([jacobian, np.array(fields)]), p) != known:
            raise ValueError(
                f"the declared symmetry {self.reason!r} does not map the image to itself: "
                "its vector fields are not tangent at a random point; correct or remove the declaration"
            )

    def _check_commutators(self):
        # [E_ab, E_bc] = E_ac and [E_ab, E_ba] = H_a - H_b: the operators are a representation of the Lie algebra.
        every = np.arange(len(self.weights))
        for (a, b), left in self.operators.items():
            check("testing the declared symmetry")
            for (c, d), right in self.operators.items():
                if b != c:
                    continue
                if a == d:
                    expected = every, every, self.weights[:, a] - self.weights[:, b]
                else:
                    expected = (operator := self.operators[a, d]).source, operator.target, operator.factor
                if not _cancel(left.after(right), _negative(right.after(left)), _negative(expected)):
                    raise ValueError(
                        f"the operators {(a, b)!r} and {(c, d)!r} of {self.reason!r} do not commute as they should"
                    )


def _negative(entries):
    source, target, factor = entries
    return source, target, -factor


def _cancel(*terms):
    r"""Return whether linear maps, given by their entries, add up to zero."""
    source, target, factor = (np.concatenate(arrays) for arrays in zip(*terms))
    places, where = np.unique(np.stack([source, target]), axis=1, return_inverse=True)
    total = np.zeros(places.shape[1], dtype=object)
    np.add.at(total, where.ravel(), factor)
    return not total.any()


def _pairs(sizes):
    start = 0
    for d in sizes:
        yield from ((start + a, start + b) for a in range(d) for b in range(d) if a != b)
        start += d
