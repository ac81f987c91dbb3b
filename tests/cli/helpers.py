r"""Run ``mlvar`` as a process of its own, or inside this one."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

from click.testing import CliRunner
from waiting import PATIENCE, kill, started, wait_for

from sage_mlvar.cli.program import program
from sage_mlvar.testing import processes_in

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
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=2 * PATIENCE, cwd=ROOT, **more
    )


@contextmanager
def working(*arguments, folder, **more):
    r"""Run ``mlvar`` with ``folder`` for temporary files until an engine runs for it; in the end both are killed."""
    environment = {**os.environ, "TMPDIR": str(folder)}
    more = {"stdout": PIPE, "stderr": PIPE, "text": True, "cwd": ROOT, "env": environment, **more}
    with started([*COMMAND, *arguments], **more) as process:
        try:
            wait_for(lambda: processes_in(folder), process)
            yield process
        finally:
            kill(processes_in(folder))
