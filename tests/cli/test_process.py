r"""``mlvar`` as a process: its start, Ctrl-C, SIGTERM, a reader that goes away."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest
from waiting import FOR_EVER, PATIENCE, started

from sage_mlvar.testing import processes_in

from .helpers import COMMAND, LONG, RELU, ROOT, run, working

needs_proc = pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="looks for processes in /proc")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["ideal", "--help"], ["tour", "--help"], ["ideal", "x"]]
)
def test_help_and_wrong_usage_start_neither_sage_nor_rich(arguments):
    code = (
        "import sys\n"
        "from sage_mlvar.cli import main\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "finally:\n"
        "    print([name for name in sys.modules if name.partition('.')[0] in ('sage', 'rich', 'numpy', 'flint')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout + done.stderr


def test_help_names_every_verb():
    done = run("--help")
    assert done.returncode == 0
    verbs = "backends certify contains degree dimension discriminant doctor ed-degree ideal invariants tour"
    assert all(f"  {verb} " in done.stdout for verb in verbs.split())


def test_exit_codes_of_the_process():
    assert run("dimension", *RELU).returncode == 0
    assert run("contains", *RELU, "--point", "1,2,2,5,0,0,0,0").returncode == 1
    assert run("dimension", "perceptron").returncode == 2
    assert run("ed-degree", *RELU, "--proof").returncode == 3
    assert run("ideal", *RELU, "--backend", "singular", "--timeout", "0.001").returncode == 4


def test_the_environment_names_a_backend():
    import os

    done = run("ideal", *RELU, "--json", env={**os.environ, "SAGE_MLVAR_BACKEND": "singular"})
    assert json.loads(done.stdout)["backend"] == "singular"


@needs_proc
@pytest.mark.parametrize(("number", "code"), [(signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_leave_nothing_behind(tmp_path, number, code):
    with working(*LONG, folder=tmp_path) as process:
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == code, err
        assert out == ""
        assert err == "error: interrupted\n"
        # Left alone, the engine would work on for ever.
        assert processes_in(tmp_path, patience=PATIENCE) == []
        assert list(tmp_path.glob("mlvar-*")) == []


@needs_proc
def test_nohup_goes_on(tmp_path):
    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with working(*LONG, folder=tmp_path, preexec_fn=ignore) as process:
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)
        # Of the two signals only the second one counts.
        assert process.returncode == 143


def test_a_signal_while_the_engine_starts_does_not_lose_it(monkeypatch):
    from sage_mlvar.backends import process
    from sage_mlvar.options import Limits

    process._guard()  # runs a program, too, once
    children, popen = [], subprocess.Popen

    def interrupted(*arguments, **options):
        children.append(popen(*arguments, **options))
        signal.raise_signal(signal.SIGINT)
        return children[-1]

    monkeypatch.setattr(process.subprocess, "Popen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        process.run([sys.executable, "-c", f"import time; time.sleep({FOR_EVER})"], "", Limits())
    assert [child.returncode for child in children] == [-signal.SIGKILL]


def test_an_ignored_signal_while_the_engine_starts_hides_no_other(monkeypatch):
    from sage_mlvar.backends import process
    from sage_mlvar.options import Limits

    process._guard()
    popen = subprocess.Popen

    def interrupted(*arguments, **options):
        child = popen(*arguments, **options)
        signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGINT)
        return child

    monkeypatch.setattr(process.subprocess, "Popen", interrupted)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt):
            process.run([sys.executable, "-c", f"import time; time.sleep({FOR_EVER})"], "", Limits())
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_reader_that_goes_away():
    with started([*COMMAND, "ideal", *RELU], stdout=PIPE, stderr=PIPE, text=True, cwd=ROOT) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(PATIENCE) == 141
