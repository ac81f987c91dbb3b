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
import threading
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController

__all__ = ["one_thread"]

_lock = threading.Lock()
#: For each pool of threads that is limited now: how many it had, and how many blocks limit it.
_limited = {}


@cache
def _libraries(loaded):
    return ThreadpoolController().select(user_api="blas").lib_controllers


@contextmanager
def one_thread():
    r"""
    Return a context manager in which linear algebra uses one thread.

    Most libraries have one pool of threads for the process: the first block that is entered limits it, and the last one
    that is left restores it, in whatever order the blocks of several Python threads end.
    """
    # Only libraries that are loaded are found, and looking for them takes milliseconds.
    libraries = _libraries(tuple(name in sys.modules for name in ("numpy.linalg", "scipy.linalg")))
    pools = [(_pool(library), library) for library in libraries]
    with _lock:
        for pool, library in pools:
            if pool not in _limited:
                _limited[pool] = [library.num_threads, 0]
                _set(library, 1)
            _limited[pool][1] += 1
    try:
        yield
    finally:
        with _lock:
            for pool, library in pools:
                _limited[pool][1] -= 1
                if not _limited[pool][1]:
                    _set(library, _limited.pop(pool)[0])


def _pool(library):
    # With OpenMP each Python thread has a pool of its own.
    own = getattr(library, "threading_layer", None) == "openmp"
    return library.filepath, threading.get_ident() if own else None


def _set(library, number):
    # From 3.8 on, threadpoolctl ignores all Python threads but one. Here it is the last one that restores, any of them.
    release = getattr(library, "clear_controlling_thread", None)
    if release is not None:
        release(force=True)
    library.set_num_threads(number)
    if release is not None:
        release(force=True)
