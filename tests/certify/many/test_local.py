r"""Worker processes of this machine: the same records, and nothing left behind whatever happens."""

import os
import signal
import sys
import tempfile
from pathlib import Path
from subprocess import PIPE

import pytest
from waiting import FOR_EVER, PATIENCE, children_of, command_of, facts, kill, started, wait_for

from sage_mlvar.certify.many import lessons
from sage_mlvar.certify.many.stream import read
from sage_mlvar.data import iris, load_network
from sage_mlvar.testing import processes_in

NETWORK = load_network("iris_quadratic.json")
FLOWERS, LABELS, _ = iris()
COUNT = 60

#: A certifier that runs an engine, for ever, on two of the first six flowers.
ENGINE = f"""
import sys
from sage_mlvar.backends.process import run
from sage_mlvar.certify.quadric.certifier import QuadricCertifier

class Engine(QuadricCertifier):
    name = "engine"

    def predicted_seconds(self, question):
        return 1000

    def certify(self, question):
        if question.point[0] < 4.8:
            run([sys.executable, "-c", "import time; time.sleep({FOR_EVER})"], "", question.limits)
        return super().certify(question)
"""
#: Says when processes are starting and when one has started, and does nothing itself.
STARTING = """
import time
from sage_mlvar.certify.many.local import LocalCrew

with LocalCrew(2) as crew:
    crew.start()
    print("starting", flush=True)
    while True:
        time.sleep(0.01)
        if crew.is_ready():
            print("ready", flush=True)
"""
PROGRAM = """
from sage_mlvar.data import iris, load_network

load_network("iris_quadratic.json").certify_many(iris()[0][:6], certifier="engine", jobs=2, timeout=None, out="r.jsonl")
"""

needs_proc = pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="looks for processes in /proc")


def workers(before):
    r"""Return new children that certify points, not those that joblib keeps for the whole session."""
    return sorted(pid for pid in set(children_of(os.getpid())) - before if b"popen_loky" in command_of(pid))


@needs_proc
def test_killed_interrupted_and_continued(tmp_path, monkeypatch):
    r"""A worker is killed, then Ctrl-C; the run is continued, and the records are those of one process."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    # Flowers are so quick that this process would not start others for them.
    monkeypatch.setattr(lessons, "_LONGEST_LESSON", -1.0)
    (tmp_path / "tmp").mkdir()
    before, out, killed = set(children_of(os.getpid())), tmp_path / "r.jsonl", []
    arguments = {"radius": "0.3", "labels": LABELS[:COUNT], "points": range(COUNT - 1, -1, -1), "out": out}
    arguments["certificates"] = tmp_path / "c"

    def progress(done, total):
        if done == 8:
            killed.extend(workers(before)[:1])
            kill(killed)
        if done == 40:
            assert workers(before)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        NETWORK.certify_many(FLOWERS[:COUNT], jobs=2, progress=progress, **arguments)
    assert len(killed) == 1
    assert workers(before) == []
    assert list((tmp_path / "tmp").iterdir()) == []
    assert len(read(out)[1]) == 40
    assert len(list((tmp_path / "c").iterdir())) == 41
    rest = NETWORK.certify_many(FLOWERS[:COUNT], **arguments)
    assert rest.new == COUNT - 40
    assert facts(rest) == facts(NETWORK.certify_many(FLOWERS[:COUNT], "0.3", labels=LABELS[:COUNT]))
    assert not rest.errors


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_outlives_a_run(tmp_path, number):
    r"""Ctrl-C of a terminal, and a kill of the parent alone, while workers wait for engines."""
    (tmp_path / "engine_certifier.py").write_text(ENGINE)
    (tmp_path / "engine-1.dist-info").mkdir()
    (tmp_path / "engine-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: engine\nVersion: 1\n")
    entry = "[sage_mlvar.certifiers]\nengine = engine_certifier:Engine\n"
    (tmp_path / "engine-1.dist-info" / "entry_points.txt").write_text(entry)
    (tmp_path / "tmp").mkdir()
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).resolve().parents[3])])
    environment = {**os.environ, "PYTHONPATH": path, "TMPDIR": str(tmp_path / "tmp")}
    engines = tmp_path / "tmp"
    command = [sys.executable, "-c", PROGRAM]
    with started(command, cwd=tmp_path, env=environment, stderr=PIPE, text=True) as process:
        try:
            wait_for(lambda: len(processes_in(engines)) >= 2, process)
            if number == signal.SIGINT:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
            process.wait(PATIENCE)
            assert processes_in(tmp_path, patience=PATIENCE) == []
            wait_for(lambda: not list(engines.glob("mlvar-*")))
            # Sage itself leaves a folder behind when it is killed.
            left = [path.name for path in engines.iterdir()]
            if number == signal.SIGINT:
                assert left == []
            assert all(name.startswith("sage_") for name in left)
            assert len(left) < 2
        finally:
            kill(processes_in(tmp_path))
    header, records = read(tmp_path / "r.jsonl")
    assert header["certifier"] == "engine"
    assert {record["index"] for record in records} <= {0, 1, 4, 5}


@pytest.mark.parametrize("moment", ["starting", "ready"])
def test_ctrl_c_while_processes_start(moment):
    r"""It is this process that tells, and only it."""
    with started([sys.executable, "-c", STARTING], stdout=PIPE, stderr=PIPE, text=True) as process:
        while (line := process.stdout.readline()) != f"{moment}\n":
            assert line == "starting\n", process.stderr.read()
        os.killpg(process.pid, signal.SIGINT)
        stderr = process.communicate(timeout=PATIENCE)[1]
    assert stderr.count("Traceback") == 1
    # A process that keeps account of resources may have a word, too.
    assert stderr.splitlines().count("KeyboardInterrupt") == 1
