r"""
Homogeneous polynomials in many variables as arrays.

A monomial of degree `D` in `m` variables is its rank in `0, \ldots, \binom{m+D-1}{D} - 1` (the combinatorial number
system applied to the sorted variables). A :class:`Forms` is a list of polynomials of one degree with integer
coefficients, kept as three parallel arrays, so that one numpy call acts on the whole list.

EXAMPLES::

    sage: from sage_mlvar.implicit.forms import Forms, Monomials
    sage: M = Monomials(4, 2)
    sage: f = Forms.collect(M, 1, [0, 0], M.rank([[0, 3], [2, 1]]), [1, -1])
    sage: f.terms(0)
    [((1, 2), -1), ((0, 3), 1)]
"""

from functools import lru_cache
from math import comb

import numpy as np

__all__ = ["Forms", "Monomials"]

_SAFE = 1 << 62


@lru_cache(maxsize=64)
def _binomials(variables, degree):
    # table[j][i] = C(i + j, j + 1): the number of sorted (j+1)-tuples below i.
    table = [[comb(i + j, j + 1) for i in range(variables + 1)] for j in range(degree)]
    return np.array(table, dtype=np.int64).reshape(degree, variables + 1)


class Monomials:
    r"""
    The monomials of degree ``degree`` in ``variables`` variables, numbered.

    EXAMPLES::

        sage: from sage_mlvar.implicit.forms import Monomials
        sage: M = Monomials(3, 2)
        sage: M.count
        6
        sage: M.unrank(range(6)).tolist()
        [[0, 0], [0, 1], [1, 1], [0, 2], [1, 2], [2, 2]]
        sage: M.rank([[2, 1]]).tolist()
        [4]
    """

    def __init__(self, variables, degree):
        variables, degree = int(variables), int(degree)
        self.variables = variables
        self.degree = degree
        self.count = comb(variables + degree - 1, degree) if variables else int(degree == 0)
        if self.count >= _SAFE:
            raise OverflowError(f"{self.count} monomials of degree {degree} in {variables} variables")
        self._table = _binomials(variables, degree)

    def rank(self, rows):
        r"""Return the numbers of the monomials whose variables are listed in ``rows``, in any order."""
        rows = np.sort(np.asarray(rows, dtype=np.int64).reshape(-1, self.degree), axis=1)
        keys = np.zeros(len(rows), dtype=np.int64)
        for j in range(self.degree):
            keys += self._table[j, rows[:, j]]
        return keys

    def unrank(self, keys):
        r"""Return the sorted variables of the monomials numbered ``keys``, as an array with a row for each."""
        rest = np.array(keys, dtype=np.int64)
        rows = np.empty((len(rest), self.degree), dtype=np.int64)
        for j in reversed(range(self.degree)):
            rows[:, j] = np.searchsorted(self._table[j], rest, side="right") - 1
            rest -= self._table[j, rows[:, j]]
        return rows


class Forms:
    r"""
    A list of polynomials of one degree, with integer coefficients.

    - ``monomials`` -- their :class:`Monomials`
    - ``count`` -- how many there are, zero polynomials included
    - ``owner``, ``keys``, ``coefficients`` -- arrays with an entry for each term, sorted by owner and key
    """

    __slots__ = ("coefficients", "count", "keys", "monomials", "owner")

    def __init__(self, monomials, count, owner, keys, coefficients):
        self.monomials = monomials
        self.count = count
        self.owner = owner
        self.keys = keys
        self.coefficients = coefficients

    @classmethod
    def collect(cls, monomials, count, owner, keys, coefficients):
        r"""
        Return the polynomials with these terms, equal monomials added up.

        EXAMPLES::

            sage: from sage_mlvar.implicit.forms import Forms, Monomials
            sage: f = Forms.collect(Monomials(2, 1), 2, [0, 1, 1], [0, 1, 1], [5, 2^62, 2^62])
            sage: f.terms(0), f.terms(1) == [((1,), 2^63)]
            ([((0,), 5)], True)
        """
        owner, keys = np.asarray(owner, dtype=np.int64), np.asarray(keys, dtype=np.int64)
        coefficients = _array(coefficients)
        order = _sorting(owner, keys, monomials.count, count)
        owner, keys, coefficients = owner[order], keys[order], coefficients[order]
        if len(keys):
            first = np.empty(len(keys), dtype=bool)
            first[0] = True
            first[1:] = (keys[1:] != keys[:-1]) | (owner[1:] != owner[:-1])
            starts = np.flatnonzero(first)
            if coefficients.dtype != object:
                longest = int(np.diff(np.append(starts, len(keys))).max())
                if _height(coefficients) * longest >= _SAFE:
                    coefficients = coefficients.astype(object)
            coefficients = np.add.reduceat(coefficients, starts)
            nonzero = coefficients != 0
            starts = starts[nonzero.astype(bool)]
            owner, keys, coefficients = owner[starts], keys[starts], coefficients[nonzero.astype(bool)]
        return cls(monomials, count, owner, keys, coefficients)

    @classmethod
    def empty(cls, monomials, count=0):
        r"""Return ``count`` zero polynomials."""
        none = np.zeros(0, dtype=np.int64)
        return cls(monomials, count, none, none, none)

    @classmethod
    def concatenate(cls, monomials, parts):
        r"""Return the polynomials of all ``parts`` in one list."""
        parts = list(parts)
        if not parts:
            return cls.empty(monomials)
        offsets = np.cumsum([0] + [part.count for part in parts])
        owner = np.concatenate([part.owner + offset for part, offset in zip(parts, offsets, strict=False)])
        keys = np.concatenate([part.keys for part in parts])
        coefficients = np.concatenate([part.coefficients for part in parts])
        return cls(monomials, int(offsets[-1]), owner, keys, coefficients)

    @classmethod
    def from_rows(cls, monomials, keys, rows):
        r"""
        Return the polynomials whose coefficients at ``keys`` (sorted) are the ``rows``, a matrix of integers.

        EXAMPLES::

            sage: from sage_mlvar.implicit.forms import Forms, Monomials
            sage: Forms.from_rows(Monomials(3, 1), [0, 2], [[3, -4]]).terms(0)
            [((0,), 3), ((2,), -4)]
        """
        keys = np.asarray(keys, dtype=np.int64)
        if not len(rows):
            return cls.empty(monomials)
        matrix = _array(rows)
        owner, column = np.nonzero(matrix)
        return cls(monomials, len(matrix), owner.astype(np.int64), keys[column], matrix[owner, column])

    def __len__(self):
        return self.count

    def __getitem__(self, i):
        r"""Return the list with the single polynomial ``i``."""
        return self.take([i])

    def take(self, indices):
        r"""Return the polynomials ``indices``, in this order."""
        if not len(indices):
            return Forms.empty(self.monomials)
        indices = np.asarray(indices, dtype=np.int64)
        bounds = np.searchsorted(self.owner, np.arange(self.count + 1))
        length = (bounds[1:] - bounds[:-1])[indices]
        owner = np.repeat(np.arange(len(indices)), length)
        where = np.arange(len(owner)) - np.repeat(np.cumsum(length) - length, length) + bounds[indices][owner]
        return Forms(self.monomials, len(indices), owner, self.keys[where], self.coefficients[where])

    def terms(self, i):
        r"""Return polynomial ``i`` as a list of pairs (sorted tuple of variables, integer)."""
        chosen = slice(*np.searchsorted(self.owner, [i, i + 1]))
        rows = self.monomials.unrank(self.keys[chosen])
        return [(tuple(row), int(c)) for row, c in zip(rows.tolist(), self.coefficients[chosen].tolist(), strict=True)]

    def height(self):
        r"""Return the largest absolute value of a coefficient (0 without terms)."""
        return _height(self.coefficients)

    def scale(self, factor):
        r"""Return the polynomials times the integer ``factor``."""
        factor = int(factor)
        coefficients = self.coefficients
        if coefficients.dtype != object and self.height() * abs(factor) >= _SAFE:
            coefficients = coefficients.astype(object)
        if factor == 0:
            return Forms.empty(self.monomials, self.count)
        return Forms(self.monomials, self.count, self.owner, self.keys, coefficients * factor)

    def primitive(self):
        r"""Return the polynomials divided by the greatest common divisors of their coefficients."""
        if not len(self.keys):
            return self
        starts = np.flatnonzero(np.diff(self.owner, prepend=-1))
        divisors = np.gcd.reduceat(np.abs(self.coefficients), starts)
        lengths = np.diff(np.append(starts, len(self.keys)))
        return Forms(
            self.monomials, self.count, self.owner, self.keys, _array(self.coefficients // np.repeat(divisors, lengths))
        )

    def add(self, other):
        r"""Return the list of sums of corresponding polynomials."""
        return Forms.collect(
            self.monomials,
            self.count,
            np.concatenate([self.owner, other.owner]),
            np.concatenate([self.keys, other.keys]),
            np.concatenate([self.coefficients, other.coefficients]),
        )

    def permuted(self, permutation):
        r"""Return the polynomials with each variable ``c`` replaced by ``permutation[c]``, an array."""
        keys = self.monomials.rank(permutation[self.monomials.unrank(self.keys)])
        return Forms.collect(self.monomials, self.count, self.owner, keys, self.coefficients)

    def derive(self, operator):
        r"""
        Return the images under the derivation that sends each variable to a linear form.

        INPUT:

        - ``operator`` -- a :class:`~sage_mlvar.implicit.symmetry.Operator`
        """
        rows = self.monomials.unrank(self.keys)
        owners, keys, coefficients = [], [], []
        for j in range(self.monomials.degree):
            term, target, factor = operator.images(rows[:, j])
            if not len(term):
                continue
            moved = rows[term]
            moved[:, j] = target
            owners.append(self.owner[term])
            keys.append(self.monomials.rank(moved))
            coefficients.append(_multiply(self.coefficients[term], factor))
        if not keys:
            return Forms.empty(self.monomials, self.count)
        return Forms.collect(
            self.monomials, self.count, np.concatenate(owners), np.concatenate(keys), np.concatenate(coefficients)
        )

    def times_variable(self, variable, monomials):
        r"""Return the products with one variable; ``monomials`` are those of the next degree."""
        rows = self.monomials.unrank(self.keys)
        rows = np.concatenate([rows, np.full((len(rows), 1), variable, dtype=np.int64)], axis=1)
        return Forms.collect(monomials, self.count, self.owner, monomials.rank(rows), self.coefficients)

    def dense(self, keys, p=None):
        r"""
        Return the matrix of the coefficients at ``keys`` (sorted), a row for each polynomial.

        With ``p`` the entries are residues in ``int64``, otherwise integers of Python or ``int64``. Terms at other
        monomials are left out.
        """
        coefficients = self.coefficients if p is None else (self.coefficients % p).astype(np.int64)
        matrix = np.zeros((self.count, len(keys)), dtype=coefficients.dtype)
        if len(keys) and len(self.keys):
            column = np.minimum(np.searchsorted(keys, self.keys), len(keys) - 1)
            present = keys[column] == self.keys
            matrix[self.owner[present], column[present]] = coefficients[present]
        return matrix

    def evaluate(self, values, p):
        r"""
        Return the values modulo ``p`` at points, as an array (points × polynomials).

        INPUT:

        - ``values`` -- array (points × variables) of residues
        """
        keys, where = np.unique(self.keys, return_inverse=True)
        rows = self.monomials.unrank(keys)
        coefficients = (self.coefficients % p).astype(np.int64)
        result = np.zeros((len(values), self.count), dtype=np.int64)
        if not len(keys):
            return result
        starts = np.flatnonzero(np.diff(self.owner, prepend=-1))
        present = self.owner[starts]
        for i, point in enumerate(values):
            powers = point[rows[:, 0]] if self.monomials.degree else np.ones(len(keys), dtype=np.int64)
            for j in range(1, self.monomials.degree):
                powers = powers * point[rows[:, j]] % p
            result[i, present] = np.add.reduceat(powers[where] * coefficients % p, starts) % p
        return result


def _array(values):
    # int64 as long as the numbers allow it, Python integers beyond.
    if isinstance(values, np.ndarray) and values.dtype != object:
        return values.astype(np.int64, copy=False)
    array = np.array(
        [[int(v) for v in row] for row in values] if np.ndim(values) == 2 else [int(v) for v in values], dtype=object
    )
    if _height(array) < _SAFE:
        return array.astype(np.int64)
    return array


def _height(coefficients):
    return max(abs(int(coefficients.max())), abs(int(coefficients.min()))) if coefficients.size else 0


def _multiply(coefficients, factors):
    if coefficients.dtype != object and _height(coefficients) * _height(factors) >= _SAFE:
        coefficients = coefficients.astype(object)
    return coefficients * factors


def _sorting(owner, keys, monomials, count):
    if monomials * max(count, 1) < _SAFE:
        return np.argsort(owner * monomials + keys, kind="stable")
    return np.lexsort((keys, owner))
