r"""Child programs: limits, crashes, kills, Ctrl-C; nothing is left behind."""

import os
import signal
import sys
import tempfile
import threading
from subprocess import PIPE

import pytest
from waiting import FOR_EVER, PATIENCE, Until, kill, left_in, started, wait_for

from sage_mlvar import backends
from sage_mlvar.backends import Answer, Backend, process
from sage_mlvar.backends.process import run
from sage_mlvar.errors import BackendError, BackendMemoryError, BackendTimeout
from sage_mlvar.options import Deadline, Limits
from sage_mlvar.testing import processes_in

from sage.features import Executable
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

PYTHON = sys.executable
#: A program that says in its folder that it is there, and stays.
STAYS = f"import time; open('ready', 'w').close(); time.sleep({FOR_EVER})"


def when_ready(scratch):
    r"""Return limits on the time, which is over as soon as a program says that it is ready."""
    return Limits(Until(lambda: any(scratch.glob("*/ready"))))


@pytest.fixture(autouse=True)
def scratch(tmp_path, monkeypatch):
    r"""The folder in which temporary folders are made; every test must leave it empty and unused."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert left_in(folder) == []
    assert list(folder.iterdir()) == []


def test_input_output_and_files():
    program = "import sys; print(input(), open('a.txt').read()); print('oh', file=sys.stderr); sys.exit(3)"
    done = run([PYTHON, "-c", program], "hello", Limits(), {"a.txt": "file"})
    assert (done.stdout, done.stderr, done.code) == ("hello file\n", "oh\n", 3)
    assert done.seconds > 0
    assert done.peak_memory > 2**20
    assert "oh" in done.last_words()


def test_large_output_does_not_block():
    done = run([PYTHON, "-c", "print('x' * 5_000_000)"], "", Limits(Deadline(PATIENCE)))
    assert len(done.stdout) == 5_000_001


def test_bytes_that_are_no_text_are_read():
    done = run([PYTHON, "-c", r"import sys; sys.stdout.buffer.write(b'\xff\xfe ok')"], "", Limits())
    assert done.stdout.endswith(" ok")


def test_a_program_that_is_not_there():
    with pytest.raises(BackendError, match="no-such-engine cannot be started"):
        run(["/nowhere/no-such-engine"], "", Limits())


def test_an_engine_that_ends_without_a_word():
    done = run([PYTHON, "-c", "raise SystemExit(3)"], "", Limits())
    assert done.last_words() == "it printed nothing, and ended with exit code 3"


def test_an_expired_limit_is_told():
    with pytest.raises(BackendTimeout, match="time limit of 1 s reached while running python"):
        run([PYTHON, "-c", STAYS], "", Limits(Deadline(1)))


def test_a_timeout_takes_the_grandchildren_along(scratch):
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {STAYS!r}])"
    with pytest.raises(BackendTimeout, match="while running python"):
        run([PYTHON, "-c", program], "", when_ready(scratch))


def test_a_child_that_ignores_signals_is_killed(scratch):
    program = "import signal\nfor s in (2, 15, 1): signal.signal(s, signal.SIG_IGN)\n" + STAYS
    with pytest.raises(BackendTimeout):
        run([PYTHON, "-c", program], "", when_ready(scratch))


@pytest.mark.skipif(not process._guard(), reason="needs setpriv of Linux")
def test_a_child_ends_with_a_process_that_is_killed(tmp_path):
    program = (
        "import sys; from sage_mlvar.backends.process import run; from sage_mlvar.options import Limits\n"
        f"run([sys.executable, '-c', {STAYS!r}], '', Limits())"
    )
    with started([PYTHON, "-c", program], env={**os.environ, "TMPDIR": str(tmp_path)}) as parent:
        wait_for(lambda: any(tmp_path.glob("*/ready")), parent)
        assert len(processes_in(tmp_path)) == 1
        parent.kill()
        assert left_in(tmp_path) == []


def test_memory_of_the_grandchildren_counts():
    large = f"x = b'1' * 300_000_000; {STAYS}"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {large!r}])"
    with pytest.raises(BackendMemoryError, match="more than the limit of 100000000"):
        run([PYTHON, "-c", program], "", Limits(Deadline(PATIENCE), 100_000_000))


class FakeBackend(Backend):
    r"""An engine that is a line of Python."""

    name, description, url, verbs = "fake", "for tests", "https://example.org", ("groebner_basis",)
    program = ""

    def version(self):
        return "1.0"

    def feature(self):
        return Executable("python", executable=PYTHON)

    def groebner_basis(self, task, limits):
        finished = run([PYTHON, "-c", self.program], "", limits)
        if finished.code:
            self.fail(finished)
        return Answer(finished.stdout.splitlines(), finished.seconds, finished.peak_memory)


def ask(program, limits=None):
    x, y = PolynomialRing(QQ, ["x", "y"]).gens()
    backend = FakeBackend()
    backend.program = program
    return backends.call("groebner_basis", [x**2 - y, x * y - 1], backend=backend, limits=limits).value


def test_a_sane_engine_is_understood():
    assert [str(f) for f in ask("print('x0^2-x1')")] == ["x^2 - y"]


def test_a_crash_arrives_with_the_words_of_the_engine():
    with pytest.raises(BackendError, match=r"(?s)fake failed: .*stack smashing detected"):
        ask("import sys; print('stack smashing detected', file=sys.stderr); sys.exit(134)")


@pytest.mark.parametrize(
    "text", ["Segmentation fault", "x0^2-", "x9", "x0**2", "1/0*x", "", "x0^x1", "__import__('os')"]
)
def test_nonsense_is_an_error_that_shows_it(text):
    if text:
        with pytest.raises(BackendError, match=r"the engine printed .* where a polynomial was expected"):
            ask(f"print({text!r})")
    else:
        assert ask("pass") == []


def test_a_killed_engine_is_an_error(scratch):
    killer = threading.Thread(target=lambda: kill(wait_for(lambda: processes_in(scratch))))
    killer.start()
    try:
        with pytest.raises(BackendError, match="fake failed: it printed nothing, and was ended by signal 9"):
            ask(STAYS, Limits(Deadline(PATIENCE)))
    finally:
        killer.join()


SESSION = """
import os, sys, tempfile
from sage_mlvar import ReLURegionModel
model = ReLURegionModel([4, 4, 4], ["1100", "1010", "1001"])
small = ReLURegionModel([2, 2, 2], ["10", "11"])
small.ideal(backend="singular")
tempfile.tempdir = sys.argv[1]  # Sage has made its own folder by now
print("ready", flush=True)
try:
    model.ideal(backend="singular", timeout=None)
except KeyboardInterrupt:
    print("interrupted, left:", os.listdir(sys.argv[1]), flush=True)
print(small.degree(backend="singular"), flush=True)
"""


def test_ctrl_c_ends_the_engine_and_not_the_session(scratch):
    with started([PYTHON, "-c", SESSION, str(scratch)], stdout=PIPE, text=True) as session:
        assert session.stdout.readline() == "ready\n"
        wait_for(lambda: processes_in(scratch), session)
        session.send_signal(signal.SIGINT)
        assert session.stdout.readline() == "interrupted, left: []\n"
        # The engine would work on for long.
        assert left_in(scratch) == []
        assert session.stdout.readline() == "4\n"
        assert session.wait(PATIENCE) == 0


def test_memory_of_what_another_thread_starts_counts():
    program = (
        "import subprocess, sys, threading\n"
        "child = 'x = b\"1\" * 300_000_000; input()'\n"
        "threading.Thread(target=lambda: subprocess.run([sys.executable, '-c', child])).start()\n"
    )
    with pytest.raises(BackendMemoryError, match="more than the limit of 100000000"):
        run([PYTHON, "-c", program], "", Limits(Deadline(PATIENCE), 100_000_000))
