r"""
Multiplicities of irreducible representations in polynomials on several matrices.

EXAMPLES::

    sage: from sage_mlvar.implicit.characters import multiplicity
    sage: multiplicity((1, 1), (1, 1), (2,)), multiplicity((2,), (1, 1), (1, 1))
    (1, 1)
"""

from fractions import Fraction
from functools import cache
from itertools import product
from math import factorial, prod

__all__ = ["compositions", "multiplicity", "partitions", "weyl_dimension"]


def partitions(total, parts, largest=None):
    r"""
    Yield the partitions of ``total`` into at most ``parts`` parts, padded with zeros, lexicographically decreasing.

    EXAMPLES::

        sage: from sage_mlvar.implicit.characters import partitions
        sage: list(partitions(4, 2))
        [(4, 0), (3, 1), (2, 2)]
    """
    largest = total if largest is None else min(largest, total)
    if parts == 0:
        if total == 0:
            yield ()
        return
    for first in range(largest, -1, -1):
        if first * parts < total:
            break
        for rest in partitions(total - first, parts - 1, first):
            yield (first, *rest)


def compositions(total, parts):
    r"""
    Yield the tuples of ``parts`` non-negative integers with sum ``total``.

    EXAMPLES::

        sage: from sage_mlvar.implicit.characters import compositions
        sage: list(compositions(1, 2))
        [(1, 0), (0, 1)]
    """
    if parts == 1:
        yield (total,)
        return
    for first in range(total, -1, -1):
        for rest in compositions(total - first, parts - 1):
            yield (first, *rest)


def weyl_dimension(weight, sizes):
    r"""
    Return the dimension of the irreducible representation of a product of `GL(d)` with this highest weight.

    This is Weyl's formula `\prod_{i<j} (\lambda_i - \lambda_j + j - i)/(j - i)` for each factor.

    EXAMPLES::

        sage: from sage_mlvar.implicit.characters import weyl_dimension
        sage: weyl_dimension((2, 1, 0, 1, 0), (3, 2))
        16
    """
    result, start = Fraction(1), 0
    for d in sizes:
        part = [int(w) for w in weight[start : start + d]]
        d = int(d)
        for i in range(d):
            for j in range(i + 1, d):
                result *= Fraction(part[i] - part[j] + j - i, j - i)
        start += d
    return int(result)


@cache
def _cycle_types(total):
    # Partitions of `total` without zeros, with the orders of the centralizers.
    types = []
    for partition in partitions(total, total):
        cycles = tuple(part for part in partition if part)
        centralizer = prod(part ** cycles.count(part) * factorial(cycles.count(part)) for part in set(cycles))
        types.append((cycles, centralizer))
    return tuple(types) if total else (((), 1),)


@cache
def _character(shape, cycles):
    # Murnaghan-Nakayama with beta numbers: removing a rim hook of length c lowers one beta number by c.
    if not cycles:
        return 1
    length, rest = cycles[0], cycles[1:]
    beta = [part + len(shape) - 1 - i for i, part in enumerate(shape)]
    total = 0
    for i, number in enumerate(beta):
        lowered = number - length
        if lowered < 0 or lowered in beta:
            continue
        sign = -1 if sum(lowered < other < number for other in beta) % 2 else 1
        moved = sorted([*beta[:i], lowered, *beta[i + 1 :]], reverse=True)
        total += sign * _character(tuple(b - (len(shape) - 1 - j) for j, b in enumerate(moved)), rest)
    return total


@cache
def multiplicity(rows, columns, content):
    r"""
    Return how often `S_\lambda(C^r) \otimes S_\mu(C^c)` occurs in `\bigotimes_b Sym^{c_b}(C^r \otimes C^c)`.

    By Schur-Weyl duality this is the scalar product of the characters `\chi_\lambda \chi_\mu` and 1 on the Young
    subgroup `S_{c_1} \times \cdots \times S_{c_k}`; it is exact.

    INPUT:

    - ``rows``, ``columns`` -- the partitions `\lambda`, `\mu`, of one number, of lengths at most `r` and `c`
    - ``content`` -- tuple of the degrees `c_b` in each matrix

    EXAMPLES: in degree 2, `Sym^2(C^k \otimes C^r \otimes C^c)` with `k = 2`::

        sage: from sage_mlvar.implicit.characters import compositions, multiplicity
        sage: sum(multiplicity((1, 1), (1, 1), c) for c in compositions(2, 2))
        3
    """
    content = tuple(sorted((c for c in content if c), reverse=True))
    total = Fraction(0)
    for choice in product(*(_cycle_types(c) for c in content)):
        cycles = tuple(sorted((part for types, _ in choice for part in types), reverse=True))
        order = prod(centralizer for _, centralizer in choice)
        total += Fraction(_character(rows, cycles) * _character(columns, cycles), order)
    return int(total)
