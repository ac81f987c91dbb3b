r"""
A process beside this one, in which Sage works.

Sage, and PARI in it, work in the main thread of a process only. Workers of a cluster run their tasks in other threads,
so each of these threads has a companion. It ends with this process, and this module does not start Sage here.

EXAMPLES:

A batch without points is answered when Sage has started there::

    sage: import pickle
    sage: from sage_mlvar.companion import Companion
    sage: companion = Companion()
    sage: pickle.loads(companion.ask(pickle.dumps((None, [], False)), b""))
    (True, ([], 0.0, None))
    sage: code = companion.end()
"""

import os
import subprocess
import sys
import threading
import time
from multiprocessing import Pipe
from multiprocessing.connection import Connection

__all__ = ["ONE_THREAD", "Companion", "CompanionEnded", "ask", "end_with", "on_worker"]

#: The environment in which linear algebra takes one thread.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB", "NUMEXPR")}

_ANSWER, _NEED = b"=", b"?"
_SECONDS_BETWEEN_LOOKS = 0.2
_START = "import sys; sys.path[:] = {path!r}; from sage_mlvar.companion import _serve; _serve({file}, {parent})"

_mine = threading.local()


class CompanionEnded(Exception):
    r"""The companion ended by itself, perhaps of its work."""


class Companion:
    r"""
    A process that answers requests of :func:`sage_mlvar.certify.many.worker.reply`.

    INPUT: ``folder`` -- path for its temporary files
    """

    def __init__(self, folder=None):
        self._connection, theirs = Pipe()
        with theirs:
            file = theirs.fileno()
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START.format(path=sys.path, file=file, parent=os.getpid())],
                stdin=subprocess.DEVNULL,
                pass_fds=[file],
                env={**os.environ, **ONE_THREAD, **({} if folder is None else {"TMPDIR": str(folder)})},
                # Ctrl-C of a terminal is for those who ask.
                start_new_session=True,
            )

    def ask(self, request, supply):
        r"""
        Return the answer to a request.

        INPUT:

        - ``request`` -- bytes
        - ``supply`` -- bytes that are sent, too, when the companion needs them

        Raises :class:`CompanionEnded`.
        """
        try:
            self._connection.send_bytes(request)
            while (answer := self._connection.recv_bytes()) == _NEED:
                self._connection.send_bytes(supply)
        except (EOFError, OSError) as error:
            raise CompanionEnded(f"the process beside a worker ended with code {self.end()}") from error
        return answer[len(_ANSWER) :]

    def end(self):
        r"""End the process; return its exit code."""
        self._connection.close()
        try:
            return self._process.wait(timeout=_SECONDS_BETWEEN_LOOKS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def ask(request, supply, folder=None):
    r"""
    Have the companion of this thread answer; it is started when there is none.

    INPUT:

    - ``request``, ``supply`` -- as for :meth:`Companion.ask`
    - ``folder`` -- path for the temporary files of a companion that is started

    OUTPUT: bytes

    Raises :class:`CompanionEnded` when it ended by itself; the next call starts another one.
    """
    if getattr(_mine, "companion", None) is None:
        _mine.companion = Companion(folder)
    try:
        return _mine.companion.ask(request, supply)
    except BaseException:
        # It may be in the middle of something.
        _mine.companion.end()
        _mine.companion = None
        raise


def on_worker(request, supply):
    r"""
    Have the companion of this thread of a Dask worker answer; the cluster removes the temporary files of both.

    INPUT: ``request``, ``supply`` -- as for :meth:`Companion.ask`

    OUTPUT: bytes

    Raises :class:`CompanionEnded`.
    """
    from distributed import get_worker

    return ask(request, supply, get_worker().local_directory)


def end_with(parent, clean=lambda: None):
    r"""End this process when its parent has ended; ``clean`` is called before."""

    def watch():
        while os.getppid() == parent:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        clean()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _serve(file, parent):
    end_with(parent)
    from .certify.many.worker import reply

    connection = Connection(file)

    def load():
        connection.send_bytes(_NEED)
        return connection.recv_bytes()

    while True:
        try:
            request = connection.recv_bytes()
        except EOFError:
            return
        connection.send_bytes(_ANSWER + reply(request, load))
