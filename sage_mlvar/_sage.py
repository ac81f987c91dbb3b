r"""
Start Sage, whichever distribution provides it.

Every other module of the package that needs Sage imports this one first: deep imports such as
``from sage.rings.rational_field import QQ`` fail in a cold interpreter of a modularized Sage.
"""

# Sage opens its FLINT for all libraries to see. Loaded after it, python-flint would call that one, of whatever version;
# loaded before, it is bound to its own.
import flint  # noqa: F401

try:
    import sage.all
except ImportError as _no_sage_all:
    try:
        import sage.all__sagemath_singular  # noqa: F401
    except ImportError as _no_singular:
        raise ImportError(
            "sage_mlvar computes with Sage, and this Python has none: install it with "
            "python -m pip install 'sage_mlvar[passagemath]', or run the Python of an existing SageMath"
        ) from (_no_sage_all if "sage.all'" not in str(_no_sage_all) else _no_singular)
