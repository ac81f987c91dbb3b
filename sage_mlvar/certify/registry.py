r"""
The certifiers that are installed.

EXAMPLES::

    sage: from sage_mlvar.certify import get
    sage: get("quadric").description
    'one hidden layer, activation of degree 2: a rational multiplier, any number of inputs'
    sage: get("quadratic")
    Traceback (most recent call last):
    ...
    ValueError: unknown certifier 'quadratic'; known: bounds, critical, numerical, quadric
"""

from ..plugins import classes
from .base import Certifier

__all__ = ["GROUP", "get", "known", "of", "table"]

GROUP = "sage_mlvar.certifiers"


def known():
    r"""Return the certifiers, a dictionary from names to classes."""
    return dict(sorted(classes(GROUP, Certifier).items()))


def get(name):
    r"""Return the class of the certifier ``name``; raises ``ValueError`` with the known names."""
    found = known()
    if name not in found:
        raise ValueError(f"unknown certifier {name!r}; known: {', '.join(found)}")
    return found[name]


def of(classifier, name):
    r"""Return the certifier ``name`` of ``classifier``: one instance, which keeps what its data points share."""
    kept = classifier.__dict__.setdefault("_certifiers", {})
    if name not in kept:
        kept[name] = get(name)(classifier)
    return kept[name]


def table(classifier=None, norm="euclidean", box=None):
    r"""
    Return what is installed, a list of dictionaries: name, description, and whether it applies to ``classifier``.

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.certify import table
        sage: C = PolynomialClassifier([[[1, 0]], [[1], [-1]]], [[0], [0, 1]], 3)
        sage: [row["available"] for row in table(C) if row["name"] == "quadric"]
        ['the activation has degree 3, not 2']
    """
    rows = []
    for name, cls in known().items():
        row = {"name": name, "description": cls.description}
        if classifier is not None:
            row["available"] = cls.can_certify(classifier, norm, box)
        rows.append(row)
    return rows
