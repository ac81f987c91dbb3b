r"""
Models: each supplies its rings and its map, or its boundary polynomial; the invariants are written once.

EXAMPLES::

    sage: from sage_mlvar.models import names
    sage: names()
    ['attention', 'classifier', 'network', 'parametrized', 'relu']
"""

from ..plugins import classes

__all__ = ["get", "names"]

_GROUP = "sage_mlvar.models"


def names():
    r"""Return the names of all registered models, sorted."""
    return sorted(classes(_GROUP))


def get(name):
    r"""
    Return the class of the model registered as ``name``, or whose class is called so.

    EXAMPLES::

        sage: from sage_mlvar.models import get
        sage: get("relu") is get("ReLURegionModel")
        True
        sage: get("perceptron")
        Traceback (most recent call last):
        ...
        ValueError: unknown model 'perceptron'; known models: attention, classifier, network, parametrized, relu
    """
    known = classes(_GROUP)
    for key, cls in known.items():
        if name in (key, cls.__name__):
            return cls
    raise ValueError(f"unknown model {name!r}; known models: {', '.join(sorted(known))}")
