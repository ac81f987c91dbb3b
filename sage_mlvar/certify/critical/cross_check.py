r"""
The critical points of an engine beside those of another one.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]], 3)
    sage: C.certify([1, 2], certifier="critical", cross_check=True).status
    'proved'
"""

import random

from ... import (
    _sage,  # noqa: F401
    backends,
)
from ...errors import CertificateError

from sage.arith.misc import next_prime
from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.integer import Integer
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["cross_check"]


def cross_check(part, v, plain, limits):
    r"""
    Compare the critical points of a :class:`.Part` with what Singular finds modulo a random prime.

    The number of solutions must be the same; and, when the points are parametrized by the multiplier, so must the
    polynomial whose roots are the multipliers. Factors found complete by Singular over Q are not compared again.

    Raises :class:`~sage_mlvar.errors.CertificateError` when they disagree.
    """
    if plain["complete"] == "engine":
        return
    (points,) = plain["critical"]
    system = part.system(v)
    source = random.Random(1)
    problems = []
    # A prime may be an unlucky one, for which solutions leave for infinity; two will not.
    while len(problems) < 2:
        limits.deadline.check("comparing critical points with those of Singular")
        field = GF(int(next_prime(source.randrange(2**27, 2**28))))
        w = PolynomialRing(field, "l0")([Integer(c) for c in points["eliminating"]])
        try:
            reduced = [f.change_ring(field) for f in system]
        except ZeroDivisionError:
            continue
        if w.degree() < len(points["eliminating"]) - 1:
            continue
        problem = _difference(points, w, reduced, limits)
        if problem is None:
            return
        problems.append(problem)
    raise CertificateError(f"engines disagree: {problems[-1]}; please report the network and the data point")


def _difference(points, w, reduced, limits):
    r"""Return in what Singular and a parametrization differ modulo a prime, or ``None``."""
    modulo = f"modulo {w.base_ring().order()}"
    count = backends.call("count", reduced, backend="singular", limits=limits).value
    if count.degree != w.degree():
        return f"msolve finds {w.degree()} critical points, Singular {count.degree} {modulo}"
    if [QQ(c) for c in points["form"]] != [0] * (len(points["form"]) - 1) + [1]:
        return None
    *s, _ = reduced[0].parent().gens()
    found = backends.call("eliminate", reduced, variables=s, backend="singular", limits=limits).value
    if len(found) != 1 or w.parent()(found[0].univariate_polynomial().list()).monic() != w.monic():
        return f"the multipliers of the critical points are not those of Singular {modulo}"
    return None
