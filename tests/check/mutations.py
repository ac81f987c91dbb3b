r"""
Random edits of certificates, for tests that none is accepted with a false claim.

Works with the certificates of any producer: give :func:`mutants` a certificate, and judge what the checker accepts by
means of your own, such as :func:`oracle.falsehood`.
"""

import copy
import random
from fractions import Fraction

from sage_mlvar.check import Rejected, verify

from .builder import seal

WORDS = [
    "proved",
    "probable",
    "robust",
    "not robust",
    "unknown",
    "euclidean",
    "maximum",
    "inf",
    "multiplier",
    "positive",
]
WORDS += [
    "touching",
    "trivial",
    "parametrization",
    "enclosures",
    "cover",
    "taylor",
    "slabs",
    "",
    "0",
    "1",
    "-1",
    "1/2",
    "nan",
    "1e3",
    None,
]
WORDS += [[], {}, True, 0, 1, 2, -1, 0.5, "10000000000000000000000000000000", "1/100000000000000000000"]


def places(value, path=()):
    r"""Yield the path of every entry of a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in items:
        yield (*path, key)
        yield from places(entry, (*path, key))


def follow(document, path):
    for key in path:
        document = document[key]
    return document


def edited_number(text, source):
    r"""Return another number: an edited digit, sign, factor, or term."""
    way = source.randrange(7)
    if way == 0 and any(x.isdigit() for x in text):
        k = source.choice([k for k, x in enumerate(text) if x.isdigit()])
        return text[:k] + source.choice("0123456789") + text[k + 1 :]
    if way == 1:
        return text[1:] if text.startswith("-") else f"-{text}"
    if way == 2:
        top, _, bottom = text.partition("/")
        return f"{bottom or 1}/{top}"
    if way == 3:
        k = source.randrange(len(text) + 1)
        return text[:k] + source.choice("0123456789/-. ") + text[k:]
    if way == 4 and len(text) > 1:
        k = source.randrange(len(text))
        return text[:k] + text[k + 1 :]
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return source.choice(WORDS)
    if way == 5:
        factor = source.choice(
            [2, Fraction(1, 2), Fraction(11, 10), Fraction(9, 10), 1 + Fraction(1, 10**6), -1, 0, 100]
        )
        return str(value * Fraction(factor))
    return str(value + source.choice([1, -1, Fraction(1, 10**9), -Fraction(1, 10**9), Fraction(1, 3)]))


def edit(document, source):
    r"""Change ``document`` in one place."""
    path = source.choice(list(places(document)))
    parent, key = follow(document, path[:-1]), path[-1]
    value, way = parent[key], source.random()
    if way < 0.5 and isinstance(value, str):
        parent[key] = edited_number(value, source)
    elif way < 0.5 and isinstance(value, int) and not isinstance(value, bool):
        parent[key] = value + source.choice([1, -1, 2])
    elif way < 0.6:
        del parent[key]
    elif way < 0.7 and isinstance(parent, list):
        other = source.randrange(len(parent))
        parent[key], parent[other] = parent[other], parent[key]
    elif way < 0.75 and isinstance(parent, list):
        parent.insert(key, copy.deepcopy(value))
    elif way < 0.9:
        other = follow(document, source.choice(list(places(document))))
        parent[key] = copy.deepcopy(other)
    else:
        parent[key] = copy.deepcopy(source.choice(WORDS))


def mutants(document, count, seed=0, sealed=True):
    r"""
    Yield ``count`` certificates that differ from ``document``.

    INPUT: ``sealed`` -- whether the digests are computed anew, as one would who wants to deceive
    """
    source = random.Random(seed)
    while count:
        mutant = copy.deepcopy(document)
        # Half of the edits go to what the claim is about, rather than to the many numbers of the network.
        part = source.choice(
            ["claim", "bounds", "witness", "nearest", "point", "radius", "norm", "box", None, None, None]
        )
        target = mutant if part is None or not isinstance(mutant.get(part), (dict, list)) else mutant[part]
        for _ in range(source.choice([1, 1, 1, 2, 3])):
            if target:
                edit(target, source)
        if mutant != document:
            count -= 1
            yield seal(mutant) if sealed and isinstance(mutant, dict) else mutant


def accepted(document, **context):
    r"""Return whether the checker takes the certificate as proved; anything but a clear refusal is an error."""
    try:
        return verify(document, **context).proved
    except Rejected as error:
        message = str(error)
        assert message
        assert "\n" not in message
        assert len(message) < 600
        return False
