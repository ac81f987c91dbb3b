r"""
The names that doctests find, for ``python -m sage.doctest --environment=doctest_environment``.

The doctester's own default needs ``sage.all``, which a modularized Sage with only the parts this package uses does not
have. A doctest imports everything of :mod:`sage_mlvar` itself, as a user does.
"""

import sage_mlvar._sage  # noqa: F401  (starts Sage; must come first)

try:
    from sage.all import *  # noqa: F403
except ImportError:
    # Parts of a modularized Sage; the first binds Integer to int, which the last puts right.
    from sage.all__sagemath_repl import *  # noqa: F403
    from sage.all__sagemath_plot import *  # noqa: F403  isort: skip
    from sage.all__sagemath_singular import *  # noqa: F403  isort: skip
