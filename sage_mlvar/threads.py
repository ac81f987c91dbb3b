r"""
Linear algebra of NumPy and SciPy in one thread.

On matrices of a few hundred rows the threads of a BLAS cost more than they gain, a hundred times more when the
machine is busy; and processes of a parallel run should not each start as many threads as there are cores.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar.threads import one_thread
    sage: with one_thread():
    ....:     numpy.linalg.eigvalsh([[2, 1], [1, 2]]).round(12).tolist()
    [1.0, 3.0]
"""

import sys
from functools import cache

from threadpoolctl import ThreadpoolController

__all__ = ["one_thread"]


@cache
def _controller(loaded):
    return ThreadpoolController()


def one_thread():
    r"""Return a context manager in which linear algebra uses one thread."""
    # Only libraries that are loaded are found, and looking for them takes milliseconds.
    return _controller(tuple(name in sys.modules for name in ("numpy.linalg", "scipy.linalg"))).limit(
        limits=1, user_api="blas"
    )
