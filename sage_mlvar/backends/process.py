r"""
Run an engine as a child program within limits, and leave nothing behind.

The child runs in a session of its own inside a fresh temporary folder. Whatever happens (the end, an expired limit,
Ctrl-C), its whole process group is killed and the folder removed before control returns. Should this process itself be
killed, then on Linux the kernel ends the child.

EXAMPLES::

    sage: import sys
    sage: from sage_mlvar.backends.process import run
    sage: from sage_mlvar.options import Deadline, Limits
    sage: run([sys.executable, "-c", "print(input())"], "hello", Limits()).stdout
    'hello\n'
    sage: run([sys.executable, "-c", "while True: pass"], "", Limits(Deadline(1)))
    Traceback (most recent call last):
    ...
    sage_mlvar.errors.BackendTimeout: time limit of 1 s reached while running python...
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cysignals.pysignals import changesignal

from ..errors import BackendError, BackendMemoryError

__all__ = ["Finished", "run"]

# Waiting sleeps a twentieth of the time that has passed, at most this long: the cost stays within five percent, and a
# limit is noticed at once.
_LONGEST_SLEEP = 0.02
_MEMORY_PERIOD = 0.05


@dataclass(frozen=True)
class Finished:
    r"""What a child left: ``stdout``, ``stderr`` (text), ``code``, ``seconds``, ``peak_memory`` (bytes)."""

    stdout: str
    stderr: str
    code: int
    seconds: float
    peak_memory: int

    def last_words(self):
        r"""Return the last lines the engine printed, for an error message."""
        words = [line for line in (self.stdout + "\n" + self.stderr).splitlines() if line.strip()]
        end = f"ended with exit code {self.code}" if self.code >= 0 else f"was ended by signal {-self.code}"
        return "\n".join(words[-5:])[-2000:] or f"it printed nothing, and {end}"


def run(command, stdin, limits, files=None):
    r"""
    Run ``command`` within ``limits`` and return what it left.

    INPUT:

    - ``command`` -- list of strings; no shell is involved
    - ``stdin`` -- string, given to the child as standard input
    - ``limits`` -- a :class:`~sage_mlvar.options.Limits`
    - ``files`` -- dictionary, name to text; written to the child's working folder before it starts

    OUTPUT: a :class:`Finished`

    Raises :class:`~sage_mlvar.errors.BackendTimeout`, :class:`~sage_mlvar.errors.BackendMemoryError`, or
    :class:`~sage_mlvar.errors.BackendError` when the program cannot be started.
    """
    name = Path(command[0]).name
    limits.deadline.check(f"starting {name}")
    with tempfile.TemporaryDirectory(prefix="mlvar-", ignore_cleanup_errors=True) as folder:
        for filename, text in (files or {}).items():
            Path(folder, filename).write_text(text)
        Path(folder, ".stdin").write_text(stdin)
        with (
            open(Path(folder, ".stdin"), "rb") as source,
            open(Path(folder, ".stdout"), "wb") as out,
            open(Path(folder, ".stderr"), "wb") as err,
        ):
            begin = time.monotonic()
            child = None
            try:
                with _signals_wait():
                    child = _start(
                        _tied(command), stdin=source, stdout=out, stderr=err, cwd=folder, start_new_session=True
                    )
                peak = _wait(child, name, limits, begin)
            finally:
                if child is not None:
                    _kill_group(child)
        return Finished(
            Path(folder, ".stdout").read_text(errors="replace"),
            Path(folder, ".stderr").read_text(errors="replace"),
            child.returncode,
            time.monotonic() - begin,
            peak,
        )


@contextlib.contextmanager
def _signals_wait():
    r"""
    Let SIGINT, SIGTERM and SIGHUP wait until the block is done.

    An exception raised inside ``Popen`` would lose a child that has started already.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came = []
    # changesignal puts back cysignals' own handlers, too, by which Ctrl-C interrupts compiled code.
    try:
        with (
            changesignal(signal.SIGINT, lambda number, frame: came.append(number)),
            changesignal(signal.SIGTERM, lambda number, frame: came.append(number)),
            changesignal(signal.SIGHUP, lambda number, frame: came.append(number)),
        ):
            yield
    finally:
        # The first one that is not ignored, as SIGHUP is under nohup, ends this.
        for number in came:
            signal.raise_signal(number)


def _tied(command):
    r"""Return ``command`` such that the kernel kills its process when this one is gone, if there is a way."""
    guard, program = _guard(), shutil.which(command[0])
    return [*guard, program, *command[1:]] if guard and program else command


@cache
def _guard():
    guard = [shutil.which("setpriv"), "--pdeathsig", "KILL", "--"]
    if guard[0] is None or subprocess.run([*guard, "true"], capture_output=True, check=False).returncode:
        return []
    return guard


def _start(command, **options):
    try:
        return subprocess.Popen(command, **options)
    except OSError as error:
        name = Path(command[0]).name
        raise BackendError(f"{name} cannot be started: {error.strerror or error}") from error


def _wait(child, name, limits, begin):
    r"""Wait for ``child`` within ``limits`` and return its peak resident memory in bytes."""
    next_look = 0.0
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        now = time.monotonic()
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            return usage.ru_maxrss * (1 if os.uname().sysname == "Darwin" else 1024)
        limits.deadline.check(f"running {name}")
        if limits.memory is not None and now >= next_look:
            used = _resident_memory(child.pid)
            if used > limits.memory:
                raise BackendMemoryError(
                    f"{name} used {used} bytes of memory, more than the limit of {limits.memory}; "
                    "raise memory= (None: no limit)"
                )
            next_look = now + _MEMORY_PERIOD
        time.sleep(min(_LONGEST_SLEEP, 0.0005 + (now - begin) / 20))


def _resident_memory(pid):
    r"""
    Return the resident memory in bytes of the process ``pid`` and all that descend from it (0 once it is gone).

    Without ``/proc`` it is that of the process group that ``pid`` leads.
    """
    if os.path.isdir("/proc/self"):
        try:
            with open(f"/proc/{pid}/statm") as file:
                own = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            threads = os.listdir(f"/proc/{pid}/task")
        except (OSError, IndexError):
            return 0
        children = []
        for thread in threads:
            # Each thread has the list of those that it has started; a thread that ends leaves them to another one.
            with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{thread}/children") as file:
                children += map(int, file.read().split())
        return own + sum(map(_resident_memory, children))
    listing = subprocess.run(["ps", "-o", "rss=", "-g", str(pid)], capture_output=True, text=True, check=False)
    return 1024 * sum(int(word) for word in listing.stdout.split())


def _kill_group(child):
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    if child.returncode is None:
        child.wait()
