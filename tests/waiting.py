r"""Tests beside other processes: how they wait, end what they started, and let time limits expire."""

import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from sage_mlvar.options import Deadline
from sage_mlvar.testing import processes_in

#: After so many seconds something hangs. Nothing takes so long, even on a busy machine, and no test asserts less.
PATIENCE = 300
#: Programs that are to be ended go on for so long: a test does not take their own end for that.
FOR_EVER = 20 * PATIENCE


def wait_for(condition, process=None):
    r"""Wait until ``condition()`` is true, and return it; the ``process``, if any, must not end before."""
    end = time.monotonic() + PATIENCE
    while True:
        has_ended = process is not None and process.poll() is not None
        if found := condition():
            return found
        if has_ended:
            words = process.stderr.read() if process.stderr else ""
            raise AssertionError(f"the process ended with code {process.returncode}: {words}")
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


@contextmanager
def started(command, **options):
    r"""
    Start a program in a session of its own; at the end of the block, and when it hangs, all processes there are killed.

    So the pipes of the program may be read without a limit on the time.
    """
    process = subprocess.Popen(command, start_new_session=True, **options)
    watchdog = threading.Timer(2 * PATIENCE, _end, [process])
    watchdog.daemon = True
    watchdog.start()
    try:
        yield process
    finally:
        watchdog.cancel()
        _end(process)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def _end(process):
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def left_in(folder):
    r"""Return the processes that stay in ``folder``, and kill them."""
    found = processes_in(folder, patience=PATIENCE)
    kill(found)
    return found


def kill(pids):
    r"""Kill processes, some of which may have ended."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def children_of(pid):
    r"""Return the processes that a process has started and that are not buried; none when it is gone."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def command_of(pid):
    r"""Return the command line of a process as bytes; nothing when it has ended, also when it is not buried yet."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def facts(records):
    r"""Return the records of points without the seconds, which differ from run to run."""
    return [{name: value for name, value in record.items() if name != "seconds"} for record in records]


class Looks(Deadline):
    r"""Over after so many looks at the clock, however long they take."""

    def __init__(self, looks):
        super().__init__(PATIENCE)
        self.looks = looks

    def remaining(self):
        return self.timeout if self.looks > 0 else 0.0

    def check(self, doing="computing"):
        self.looks -= 1
        if self.looks < 0:
            self._end = 0.0
        super().check(doing)


class Until(Deadline):
    r"""Over when a condition holds, however long that takes."""

    def __init__(self, condition):
        super().__init__(None)
        self._condition, self._given_up = condition, time.monotonic() + PATIENCE

    def remaining(self):
        return 0.0 if self._condition() else PATIENCE

    def check(self, doing="computing"):
        if self._condition():
            self.timeout = self._end = 0.0
        assert self._end is not None or time.monotonic() < self._given_up, "waited in vain"
        super().check(doing)
