r"""Worker processes of this machine: the same records, and nothing left behind whatever happens."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from sage_mlvar.certify import many_lessons
from sage_mlvar.certify.stream import read
from sage_mlvar.data import iris, load_network
from sage_mlvar.testing import processes_in

NETWORK = load_network("iris_quadratic.json")
FLOWERS, LABELS, _ = iris()
COUNT = 60

#: A certifier that runs an engine, for a long time, on two of the first six flowers.
ENGINE = """
import sys
from sage_mlvar.backends.process import run
from sage_mlvar.certify.quadric import QuadricCertifier

class Engine(QuadricCertifier):
    name = "engine"

    def predicted_seconds(self, question):
        return 1000

    def certify(self, question):
        if question.point[0] < 4.8:
            run([sys.executable, "-c", "import time; time.sleep(600)"], "", question.limits)
        return super().certify(question)
"""
#: Says when processes are starting, and does nothing itself.
STARTING = """
import time
from sage_mlvar.certify.many_local import LocalCrew

with LocalCrew(2) as crew:
    crew.start()
    print("starting", flush=True)
    time.sleep(60)
"""
PROGRAM = """
from sage_mlvar.data import iris, load_network

load_network("iris_quadratic.json").certify_many(iris()[0][:6], certifier="engine", jobs=2, out="r.jsonl")
"""


def facts(records):
    return [{name: value for name, value in record.items() if name != "seconds"} for record in records]


def children():
    r"""Return the processes that this one has started and that have not ended."""
    task = Path(f"/proc/self/task/{os.getpid()}")
    if not task.exists():
        pytest.skip("looks for processes in /proc")
    return set((task / "children").read_text().split())


def workers(before):
    r"""Return new children that certify points, not those that joblib keeps for the whole session."""
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children() - before}
    return sorted(int(pid) for pid, command in commands.items() if b"popen_loky" in command)


def test_killed_interrupted_and_continued(tmp_path, monkeypatch):
    r"""A worker is killed, then Ctrl-C; the run is continued, and the records are those of one process."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    # Flowers are so quick that this process would not start others for them.
    monkeypatch.setattr(many_lessons, "_LONGEST_LESSON", -1.0)
    (tmp_path / "tmp").mkdir()
    before, out, killed = children(), tmp_path / "r.jsonl", []
    arguments = {"radius": "0.3", "labels": LABELS[:COUNT], "points": range(COUNT - 1, -1, -1), "out": out}
    arguments["certificates"] = tmp_path / "c"

    def progress(done, total):
        if done == 8:
            killed.extend(workers(before)[:1])
            os.kill(killed[0], signal.SIGKILL)
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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_outlives_a_run(tmp_path, number):
    r"""Ctrl-C of a terminal, and a kill of the parent alone, while workers wait for engines."""
    if not Path("/proc/self/cwd").exists():
        pytest.skip("looks for processes in /proc")
    (tmp_path / "engine_certifier.py").write_text(ENGINE)
    (tmp_path / "engine-1.dist-info").mkdir()
    (tmp_path / "engine-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: engine\nVersion: 1\n")
    entry = "[sage_mlvar.certifiers]\nengine = engine_certifier:Engine\n"
    (tmp_path / "engine-1.dist-info" / "entry_points.txt").write_text(entry)
    (tmp_path / "tmp").mkdir()
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).resolve().parents[2])])
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(tmp_path / "tmp")},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    engines = tmp_path / "tmp"
    try:
        end = time.monotonic() + 60
        while len(processes_in(engines)) < 2:
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < end
            time.sleep(0.02)
        if number == signal.SIGINT:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        process.wait(timeout=30)
        assert processes_in(tmp_path, patience=20) == []
        end = time.monotonic() + 10
        while list(engines.glob("mlvar-*")) and time.monotonic() < end:
            time.sleep(0.02)
        # Sage itself leaves a folder behind when it is killed.
        left = [path.name for path in engines.iterdir()]
        assert not left if number == signal.SIGINT else all(name.startswith("sage_") for name in left) and len(left) < 2
    finally:
        process.kill()
        process.communicate()
    header, records = read(tmp_path / "r.jsonl")
    assert header["certifier"] == "engine"
    assert {record["index"] for record in records} <= {0, 1, 4, 5}


def test_ctrl_c_while_processes_start():
    r"""It is this process that tells, and only it."""
    process = subprocess.Popen(
        [sys.executable, "-c", STARTING],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout.readline() == "starting\n"
        time.sleep(0.3)
        os.killpg(process.pid, signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    finally:
        process.kill()
    assert stderr.count("Traceback") == 1
    assert stderr.endswith("KeyboardInterrupt\n")
