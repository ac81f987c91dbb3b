r"""
Exact substitution: is `f \circ \varphi` the zero polynomial?

The expansion follows Horner's scheme on the tree of prefixes of the monomials of `f`, so that equal terms meet, and
cancel, as early as they can. Exponent vectors are packed into machine words; coefficients are Python integers when a
bound computed beforehand does not fit a word. Nothing is random and nothing is reduced modulo a prime.

EXAMPLES::

    sage: from sage_mlvar.implicit import PolynomialMap
    sage: from sage_mlvar.implicit.forms import Forms, Monomials
    sage: from sage_mlvar.implicit.proof import vanishing
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: R = PolynomialRing(QQ, "s,t"); s, t = R.gens()
    sage: phi = PolynomialMap.from_sage([s^2, s*t, t^2])
    sage: M = Monomials(3, 2)
    sage: f = Forms.collect(M, 2, [0, 0, 1], M.rank([[0, 2], [1, 1], [0, 1]]), [1, -1, 1])
    sage: vanishing(f, phi.terms)
    [True, False]
"""

from itertools import pairwise

import numpy as np

from ..options import LITTLE_MEMORY, running

__all__ = ["vanishing"]

_SAFE = 1 << 62


def vanishing(forms, terms, deadline=None):
    r"""
    Return for each polynomial whether it vanishes identically on the map.

    INPUT:

    - ``forms`` -- :class:`~sage_mlvar.implicit.forms.Forms` in as many variables as the map has coordinates
    - ``terms`` -- :class:`~sage_mlvar.implicit.map.Terms`; since the polynomials are homogeneous, that these are a
      multiple of the map does not matter
    - ``deadline`` -- :class:`~sage_mlvar.options.Deadline` or ``None``

    OUTPUT: list of booleans
    """
    packed = _pack(terms, forms.monomials.degree)
    norms = [sum(abs(c) for c in terms.coefficients[a:b]) for a, b in pairwise(terms.bounds)]
    results = []
    for i in range(forms.count):
        form = forms[i]
        largest = max(norms, default=0) ** forms.monomials.degree * max(1, form.height()) * max(1, len(form.keys))
        dtype = np.int64 if largest < _SAFE else object
        coefficients = np.array(terms.coefficients, dtype=dtype)
        results.append(_vanishes(form, terms, packed, coefficients, deadline))
    return results


def _pack(terms, degree):
    # Several exponents to a word: sums of packed words are the packed sums, as no field can overflow.
    exponents = terms.exponents()
    largest = int(exponents.max(initial=0)) * max(1, degree)
    bits = max(1, largest.bit_length())
    fields = 62 // bits
    if fields == 0:
        raise OverflowError(f"an exponent of {largest} does not fit a word")
    used = exponents[:, exponents.any(axis=0)]
    words = []
    for start in range(0, max(1, used.shape[1]), fields):
        block = used[:, start : start + fields]
        words.append((block << (bits * np.arange(block.shape[1]))).sum(axis=1))
    return np.array(words, dtype=np.int64).reshape(len(words), len(exponents))


def _vanishes(form, terms, packed, coefficients, deadline):
    rows = form.monomials.unrank(form.keys)
    # Rare coordinates last in the tree would not matter; what does is that rows are sorted, so prefixes are runs.
    order = np.lexsort(rows.T[::-1])
    rows, value = rows[order], form.coefficients[order].astype(coefficients.dtype)
    prefix = np.arange(len(rows))
    words = np.zeros((len(packed), len(rows)), dtype=np.int64)
    for j in reversed(range(form.monomials.degree)):
        if deadline is not None:
            deadline.check("substituting the map into an invariant")
        # Node `prefix` of depth j + 1 ends with variable rows[., j]; multiply by that coordinate, go to its parent.
        variable = rows[:, j]
        first = np.ones(len(rows), dtype=bool)
        first[1:] = (rows[1:, :j] != rows[:-1, :j]).any(axis=1)
        parent = np.cumsum(first) - 1
        count = (terms.bounds[1:] - terms.bounds[:-1])[variable[prefix]]
        # Of each product there are its exponents, before and after sorting, its coefficient and some indices.
        size = 8 * int(count.sum()) * (2 * len(packed) + 6)
        if size > LITTLE_MEMORY:
            running().allow_memory(size, "substituting the map into an invariant")
        source = np.repeat(np.arange(len(prefix)), count)
        offset = np.arange(len(source)) - np.repeat(np.cumsum(count) - count, count)
        term = terms.bounds[variable[prefix[source]]] + offset
        words = words[:, source] + packed[:, term]
        value = value[source] * coefficients[term]
        prefix, words, value = _merge(parent[prefix[source]], words, value)
        rows = rows[first]
    return len(value) == 0


def _merge(prefix, words, value):
    # Sort by (prefix, exponents) and add up; identifiers stay below the number of entries, words below 2^62.
    if not len(value):
        return prefix, words, value
    order = np.lexsort((*words[::-1], prefix))
    prefix, words, value = prefix[order], words[:, order], value[order]
    first = np.ones(len(value), dtype=bool)
    first[1:] = (prefix[1:] != prefix[:-1]) | (words[:, 1:] != words[:, :-1]).any(axis=0)
    starts = np.flatnonzero(first)
    value = np.add.reduceat(value, starts)
    nonzero = (value != 0).astype(bool)
    starts = starts[nonzero]
    return prefix[starts], words[:, starts], value[nonzero]
