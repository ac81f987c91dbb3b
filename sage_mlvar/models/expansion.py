r"""
How large polynomials become when they are expanded, before they are.

Sage's polynomials hold an exponent of every variable of their ring in every term, and no single operation on them can
be interrupted. Layers are therefore expanded neuron by neuron, with a look at the limits of the verb that runs in
between, and not at all when the number of their terms alone is too much.

EXAMPLES::

    sage: from sage_mlvar.models.expansion import foresee_terms, number_of_terms
    sage: from sage_mlvar.options import Limits
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: x, y, z = PolynomialRing(QQ, ["x", "y", "z"]).gens()
    sage: number_of_terms(x + 2*y + 1, 5), ((x + 2*y + 1)^5).number_of_terms()
    (21, 21)
    sage: with Limits(memory=10^9).running():
    ....:     foresee_terms(10^7, 100, "the map")
    Traceback (most recent call last):
    ...
    sage_mlvar.errors.OutOfReachError: the map, expanded into 10000000 terms in 100 variables, needs 4640000000 bytes of
    memory, more than memory=1000000000; raise memory= or take a smaller model
"""

import time
from math import comb

from .. import _sage  # noqa: F401
from ..options import check, running

__all__ = ["foresee_powers", "foresee_terms", "number_of_terms", "substitute", "watched", "watched_layer"]

#: Bytes for a term without its exponents, and for each exponent.
_TERM_BYTES, _EXPONENT_BYTES = 64, 4
#: Seconds for a term that no machine undercuts.
_LEAST_SECONDS = 5e-8
#: Seconds from which a step is long.
_LONG = 0.2
#: Fewer terms are not worth a prediction.
_FEW = 10**5
#: The binomial coefficient of more terms than this is a number of many digits.
_MOST_SUMMANDS = 1000


def foresee_terms(count, variables, doing):
    r"""
    Raise an error when polynomials of ``count`` terms are out of reach within the limits of the verb that runs.

    INPUT:

    - ``count`` -- number of terms of all of them together
    - ``variables`` -- number of variables of their ring
    - ``doing`` -- string, what they are
    """
    if count > _FEW:
        doing = f"{doing}, expanded into {count} terms in {variables} variables,"
        running().allow_memory(count * (_TERM_BYTES + _EXPONENT_BYTES * variables), doing)
        running().deadline.allow(count * _LEAST_SECONDS, doing.removesuffix(","))


def number_of_terms(f, degree):
    r"""Return an upper bound of the number of terms of ``f**degree``, which general polynomials meet."""
    terms = f.number_of_terms()
    if terms <= 1 or degree == 1:
        return terms
    occur = len(f.variables())
    bound = comb(occur + int(f.degree()) * degree, occur)
    return min(bound, comb(terms + degree - 1, terms - 1)) if terms <= _MOST_SUMMANDS else bound


def foresee_powers(layer, degree, doing):
    r"""
    Raise an error when the powers of a list of polynomials are out of reach within the limits of the verb that runs.

    Elements of other rings are left alone.
    """
    if hasattr(layer[0], "number_of_terms") and hasattr(layer[0], "variables"):
        total = sum(number_of_terms(z, degree) for z in layer)
        foresee_terms(total, layer[0].parent().ngens(), doing)


def substitute(f, images, doing):
    r"""
    Return ``f(*images)`` for polynomials ``images`` of degree 1, term by term when it is large.

    EXAMPLES::

        sage: from sage_mlvar.models.expansion import substitute
        sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        sage: from sage.rings.rational_field import QQ
        sage: x, y = PolynomialRing(QQ, ["x", "y"]).gens()
        sage: substitute(x*y + 1, [x + y, x - y], "the square")
        x^2 - y^2 + 1
    """
    ring = images[0].parent()
    bound = comb(ring.ngens() + int(f.degree()), ring.ngens())
    if bound <= _FEW:
        return f(*images)
    foresee_terms(bound, ring.ngens(), doing)
    total = ring.zero()
    for exponents, coefficient in watched(f.dict().items(), f"expanding {doing}"):
        term = ring(coefficient)
        for k, exponent in exponents.sparse_iter():
            check(f"expanding {doing}")
            power = images[k] ** exponent
            check(f"expanding {doing}")
            term *= power
        check(f"expanding {doing}")
        total += term
    return total


def watched(items, doing):
    r"""
    Yield ``items``, looking at the time before each.

    After one that took long there must be as much time left for the next.
    """
    begin = None
    for item in items:
        check(doing)
        now = time.monotonic()
        if begin is not None and now - begin > _LONG:
            running().deadline.allow(now - begin, f"the next step of {doing}")
        begin = now
        yield item


def watched_layer(layer, doing):
    r"""Return an iterable of the entries of ``layer``; for polynomials one that looks at the time."""
    return watched(layer, doing) if hasattr(layer[0], "number_of_terms") else layer
