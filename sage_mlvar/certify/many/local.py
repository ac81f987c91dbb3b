r"""
Processes of this machine that certify points.

They are those of joblib (loky): started afresh, so that they hold neither locks nor threads of this one, and without a
need for ``if __name__ == "__main__"`` in the program of the user. They leave Ctrl-C to this process, and end with it.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.many.local import LocalCrew
    sage: from sage_mlvar.certify.many.spread import spread
    sage: from sage_mlvar.certify.many.task import Task
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: with LocalCrew(2) as crew:
    ....:     crew.start()
    ....:     crew.give(Task(C, {"certifier": "auto", "radius": 1}).packed())
    ....:     found = list(spread(crew, [(k, [str(k), "0"], None) for k in range(5)]))
    sage: sorted((index, record["verdict"]) for index, record, document in found)
    [(0, 'robust'), (1, 'not robust'), (2, 'not robust'), (3, 'not robust'), (4, 'robust')]
"""

import os
import shutil
import signal
import tempfile
from contextlib import contextmanager
from multiprocessing import resource_tracker
from pathlib import Path

from joblib.externals.loky import FIRST_COMPLETED, ProcessPoolExecutor, wait
from joblib.externals.loky.process_executor import BrokenProcessPool

from ...companion import ONE_THREAD, end_with
from .spread import Crew, Lost
from .worker import digest_of, run

__all__ = ["LocalCrew"]

_SECONDS_OF_WAITING = 1.0


class LocalCrew(Crew):
    r"""
    Worker processes of this machine.

    INPUT: ``jobs`` -- positive integer; their number

    At the end of the ``with`` block they are killed, with the engines they run, and their temporary files removed.
    """

    def __init__(self, jobs):
        self._jobs, self._executor, self._folder, self._digest = jobs, None, None, None
        self._first = None

    def __enter__(self):
        self._folder = Path(tempfile.mkdtemp(prefix="mlvar-many-"))
        return self

    def __exit__(self, *error):
        try:
            if self.is_started():
                self._stop()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def start(self):
        if self.is_started():
            return
        arguments = str(self._folder), os.getpid()
        # Sage makes a folder for temporary files as soon as it starts.
        environment = {**ONE_THREAD, "TMPDIR": str(self._folder)}
        self._executor = ProcessPoolExecutor(self._jobs, initializer=_begin, initargs=arguments, env=environment)
        # The first call starts all of them.
        with _without_interrupts():
            self._first = self._executor.submit(os.getpid)

    def is_started(self):
        return self._executor is not None

    def is_ready(self):
        return self._first is not None and self._first.done()

    def _stop(self):
        executor, self._executor = self._executor, None
        executor.shutdown(wait=True, kill_workers=True)

    def give(self, packed):
        self._digest = digest_of(packed)
        # A process may still be reading the one before.
        (self._folder / self._digest).write_bytes(packed)

    def width(self):
        return self._jobs

    def submit(self, batch, learn=False):
        asked = self._digest, str(self._folder / self._digest), batch, learn
        try:
            return self._executor.submit(_run, *asked)
        except BrokenProcessPool:
            self._stop()
            self.start()
        return self._executor.submit(_run, *asked)

    def done(self, futures):
        return list(wait(futures, timeout=_SECONDS_OF_WAITING, return_when=FIRST_COMPLETED).done)

    def result(self, future):
        try:
            return future.result()
        except BrokenProcessPool as error:
            raise Lost(" ".join(str(error).split())) from error


@contextmanager
def _without_interrupts():
    r"""Start processes that Ctrl-C does not disturb before they leave it to this one."""
    # The first process needs this tracker, whose start lets Ctrl-C through again in older Pythons.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(folder, parent):
    r"""Prepare a worker process."""
    end_with(parent, lambda: shutil.rmtree(folder, ignore_errors=True))
    # Sage, started by the import of this module, has handlers of its own; Ctrl-C and SIGHUP of the terminal come to
    # all, and it is the parent that ends or, under nohup, goes on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


def _run(digest, path, batch, learn):
    return run(digest, Path(path).read_bytes, batch, learn)
