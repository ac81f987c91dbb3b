r"""
The generic rank of the Jacobian of a polynomial map, that is the dimension of its image.

EXAMPLES::

    sage: from sage_mlvar.implicit import PolynomialMap, jacobian_rank
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: R = PolynomialRing(QQ, "s,t"); s, t = R.gens()
    sage: jacobian_rank(PolynomialMap.from_sage([s^2, s*t, t^2, s^2 + t^2]))
    2
"""

import numpy as np

from . import modular

__all__ = ["jacobian_rank"]


def jacobian_rank(polymap, seed=0, p=None):
    r"""
    Return the rank modulo ``p`` of the Jacobian of a map at a random point.

    It is at most the dimension of the image closure over `\QQ`, for every point and every prime, and equal to it except
    with probability about `N d / p` for `N` parameters and degree `d`.

    INPUT:

    - ``polymap`` -- :class:`~sage_mlvar.implicit.map.PolynomialMap`; with ``jacobian=`` nothing is expanded
    - ``seed`` -- non-negative integer
    - ``p`` -- prime below `2^{23}`; the largest one by default

    OUTPUT: integer
    """
    p = modular.primes(1)[0] if p is None else int(p)
    if not 1 < p < modular.LIMIT:
        raise ValueError(f"p must be a prime below {modular.LIMIT}, got {p!r}")
    if not polymap.parameters:
        return 0
    point = np.random.default_rng([seed, 2]).integers(0, p, size=polymap.parameters)
    return modular.rank(modular.without_zeros(polymap.jacobian(point, p)), p)
