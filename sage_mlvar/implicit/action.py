r"""
The group and the grading together, on the coordinates that remain after linear relations are used.

EXAMPLES::

    sage: import numpy as np
    sage: from sage_mlvar.implicit import Symmetry
    sage: from sage_mlvar.implicit.action import Action
    sage: S = Symmetry.matrix_copies(np.arange(8).reshape(2, 2, 2), "two matrices")
    sage: A = Action.of(S, S.weights)
    sage: A.is_dominant((1, 1, 2, 0)), A.is_dominant((0, 2, 1, 1)), A.dimension((1, 1, 2, 0))
    (True, False, 3)
"""

from fractions import Fraction
from math import lcm

import numpy as np

from .. import _sage  # noqa: F401
from .characters import weyl_dimension
from .symmetry import Operator

from sage.matrix.matrix_space import MatrixSpace
from sage.modules.free_module_element import vector
from sage.rings.rational_field import QQ

__all__ = ["Action", "Root"]


class Root:
    r"""A positive root `e_a - e_b` with its raising operator `E_{ab}` and lowering operator `E_{ba}`."""

    __slots__ = ("a", "b", "lowering", "raising")

    def __init__(self, a, b, raising, lowering):
        self.a, self.b, self.raising, self.lowering = a, b, raising, lowering

    @property
    def simple(self):
        r"""Whether this is a simple root."""
        return self.b == self.a + 1


class Action:
    r"""
    - ``sizes`` -- the factors `GL(d)`; none for a torus
    - ``weights`` -- integer array (coordinates × sum of sizes)
    - ``degrees`` -- integer array (coordinates × any): a grading at least as fine as the weights, for which every
      operator is homogeneous. "Weight spaces" are its homogeneous components
    - ``roots`` -- list of :class:`Root`
    - ``copies`` -- the index array of matrix copies, or ``None``
    - ``permutations`` -- list of arrays, coordinate permutations commuting with the operators
    """

    def __init__(self, sizes, weights, degrees, roots, copies, permutations):
        self.sizes = sizes
        self.weights = weights
        self.roots = roots
        self.copies = copies
        self.coordinates = len(weights)
        self.degrees = _refined(weights, degrees) if self._homogeneous(degrees) else weights
        self.rho = np.array([d - 1 - i for d in sizes for i in range(d)], dtype=np.int64)
        self.permutations = [s for s in permutations if self._commutes(s)]

    @classmethod
    def of(cls, symmetry, degrees):
        r"""Return the action of a :class:`~sage_mlvar.implicit.symmetry.Symmetry`, refined by a grading."""
        operators = symmetry.operators
        roots = [Root(a, b, operators[a, b], operators[b, a]) for a, b in operators if a < b]
        permutations = [permutation.coordinates for permutation in symmetry.permutations]
        return cls(symmetry.sizes, symmetry.weights, np.asarray(degrees), roots, symmetry.copies, permutations)

    def _homogeneous(self, degrees):
        # The grading of the map may be finer than the weights, but then the operators have to respect it.
        for root in self.roots:
            for operator in (root.raising, root.lowering):
                shifts = degrees[operator.target] - degrees[operator.source]
                if len(shifts) and (shifts != shifts[0]).any():
                    return False
        return True

    def _commutes(self, permutation):
        if (self.weights[permutation] != self.weights).any():
            return False
        # The grading has to move linearly, or components would not go to components.
        both = np.concatenate([self.degrees, self.degrees[permutation]], axis=1)
        if np.linalg.matrix_rank(both.astype(float)) != np.linalg.matrix_rank(self.degrees.astype(float)):
            return False
        for root in self.roots:
            for operator in (root.raising, root.lowering):
                moved = sorted((int(permutation[s]), int(permutation[t]), f) for s, t, f in operator.entries())
                if moved != sorted(operator.entries()):
                    return False
        return True

    def linear_move(self, permutation):
        r"""
        Return the function by which a permutation of the coordinates moves multidegrees.

        EXAMPLES::

            sage: import numpy as np
            sage: from sage_mlvar.implicit import Permutation, Symmetry
            sage: from sage_mlvar.implicit.action import Action
            sage: swap = Permutation([1, 0], [1, 0], "exchange")
            sage: A = Action.of(Symmetry.torus(2, [swap]), np.array([[2, 0], [1, 1]]))
            sage: A.linear_move(A.permutations[0])((3, 1))
            (3, 1)
            sage: A.linear_move(A.permutations[0])((4, 0))
            (2, 2)
        """
        # degrees * matrix = degrees[permutation], in rationals; multidegrees of monomials go to such.
        degrees = MatrixSpace(QQ, *self.degrees.shape)(self.degrees.ravel().tolist())
        images = MatrixSpace(QQ, *self.degrees.shape)(self.degrees[permutation].ravel().tolist())
        matrix = degrees.solve_right(images)
        return lambda degree: tuple(int(c) for c in vector(QQ, degree) * matrix)

    def weight_of(self, degree):
        r"""Return the part of a multidegree that is the weight, as a tuple."""
        return tuple(degree[: self.weights.shape[1]])

    def is_dominant(self, degree):
        r"""Return whether the weight of a multidegree is dominant."""
        start = 0
        for d in self.sizes:
            if any(degree[start + i] < degree[start + i + 1] for i in range(d - 1)):
                return False
            start += d
        return True

    def dominant(self, degrees):
        r"""Return the array of booleans :meth:`is_dominant` for an array of multidegrees."""
        result, start = np.ones(len(degrees), dtype=bool), 0
        for d in self.sizes:
            block = degrees[:, start : start + d]
            result &= (block[:, :-1] >= block[:, 1:]).all(axis=1)
            start += d
        return result

    def dimension(self, degree):
        r"""Return the dimension of the irreducible representation whose highest weight has this multidegree."""
        return weyl_dimension(self.weight_of(degree), self.sizes)

    def restrict(self, kept, relations):
        r"""
        Return the action on the coordinates modulo linear relations.

        INPUT:

        - ``kept`` -- increasing list of the coordinates that remain
        - ``relations`` -- dictionary from each other coordinate to its value, a dictionary from kept coordinates to
          fractions
        """
        position = {c: i for i, c in enumerate(kept)}

        def reduced(operator):
            image = {}
            for s, t, f in operator.entries():
                if s in position:
                    for c, value in ({t: Fraction(1)} if t in position else relations[t]).items():
                        pair = position[s], position[c]
                        image[pair] = image.get(pair, Fraction(0)) + value * f / operator.denominator
            common = lcm(*(value.denominator for value in image.values()))
            return Operator(len(kept), [(s, t, int(v * common)) for (s, t), v in image.items()], common)

        roots = [Root(r.a, r.b, reduced(r.raising), reduced(r.lowering)) for r in self.roots]
        permutations = []
        for permutation in self.permutations:
            images = [position.get(int(permutation[c])) for c in kept]
            if None not in images:
                permutations.append(np.array(images, dtype=np.int64))
        extra = self.degrees[kept][:, self.weights.shape[1] :]
        return Action(self.sizes, self.weights[kept], extra, roots, _copies(self.copies, position), permutations)


def _refined(weights, degrees):
    # The weights, and those columns of the grading that say more.
    both = np.concatenate([weights, degrees], axis=1)
    pivots = MatrixSpace(QQ, *both.shape)(both.ravel().tolist()).pivots()
    return np.concatenate([weights, both[:, [c for c in pivots if c >= weights.shape[1]]]], axis=1)


def _copies(copies, position):
    # Whole matrices that remain are matrix copies still; anything else is a general representation.
    if copies is None:
        return None
    remaining = [block for block in copies.tolist() if all(c in position for row in block for c in row)]
    if len(remaining) * copies[0].size != len(position):
        return None
    return np.array([[[position[c] for c in row] for row in block] for block in remaining], dtype=np.int64)
