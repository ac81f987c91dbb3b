r"""Run ``mlvar`` as a process of its own, or inside this one."""

import os
import subprocess
import sys
import time
from pathlib import Path

from click.testing import CliRunner

from sage_mlvar.cli.program import program

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = [sys.executable, "-m", "sage_mlvar"]
RELU = ["relu", "--widths", "2,2,2", "--pattern", "10", "--pattern", "11"]

#: Elimination of this one takes Singular longer than any test waits.
LONG = [
    *("ideal", "relu", "--widths", "4,4,4", "--backend", "singular", "--timeout", "none"),
    *(word for bits in ("1100", "1010", "1001", "0110") for word in ("--pattern", bits)),
]


def invoke(*arguments):
    r"""Run ``mlvar`` in this process; the result has ``exit_code``, ``stdout``, ``stderr``."""
    return CliRunner().invoke(program, list(arguments))


def run(*arguments, **more):
    r"""Run ``mlvar`` in a process of its own."""
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=120, cwd=ROOT, **more)


def start(*arguments, folder):
    r"""Start ``mlvar`` with ``folder`` for temporary files, and wait until an engine runs for it."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        if engines(folder):
            return process
        time.sleep(0.05)
    process.kill()
    raise AssertionError(f"no engine was started: {process.communicate()}")


def engines(folder):
    r"""Return the processes whose working folder lies in ``folder``, as engines have it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                where = os.readlink(entry / "cwd")
            except OSError:
                continue
            if Path(where.removesuffix(" (deleted)")).is_relative_to(folder):
                found.append(int(entry.name))
    return found
