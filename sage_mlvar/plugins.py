r"""
Classes found through entry points: backends, models, certifiers.

Built-in classes come by the same route as a stranger's. A plug-in that cannot be loaded, is not of the right kind, or
takes a name that is taken, is left out with a warning; it never breaks the others.

EXAMPLES::

    sage: from sage_mlvar.plugins import classes
    sage: sorted(classes("sage_mlvar.backends"))
    ['giac', 'msolve', 'singular']
"""

import warnings
from functools import cache
from importlib.metadata import entry_points

__all__ = ["classes"]

_OURS = "sage_mlvar"


@cache
def classes(group, kind=object):
    r"""
    Return the classes registered under ``group``, a dictionary from names to classes.

    INPUT:

    - ``group`` -- string; a group of entry points
    - ``kind`` -- the class that they must derive from

    ``classes.cache_clear()`` makes the next call look again.

    Raises the error of Sage when Sage does not start.
    """
    # Without it nothing can be loaded, which is to be told once, and is no fault of a plug-in.
    from . import _sage  # noqa: F401

    found = {}
    # Ours first: a stranger cannot take the name of a built-in.
    for entry in sorted(
        entry_points(group=group), key=lambda e: (not e.value.startswith(_OURS + "."), e.name, e.value)
    ):
        if entry.name in found:
            if found[entry.name][0] != entry.value:
                warnings.warn(
                    f"plug-in {entry.value!r} left out: the name {entry.name!r} in {group!r} is taken by "
                    f"{found[entry.name][0]!r}",
                    stacklevel=2,
                )
            continue
        try:
            value = entry.load()
            if not isinstance(value, type):
                raise TypeError(f"expected a class, found {value!r}")
            if not issubclass(value, kind):
                raise TypeError(f"expected a subclass of {kind.__name__}, found {value!r}")
            if getattr(value, "api", 1) != 1:
                raise TypeError(f"it speaks api {value.api!r}, this version speaks api 1")
        except Exception as error:
            warnings.warn(f"plug-in {entry.value!r} of {group!r} left out: {error!r}", stacklevel=2)
            continue
        found[entry.name] = (entry.value, value)
    return {name: value for name, (_, value) in found.items()}
