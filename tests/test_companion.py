r"""The process beside this one: answers, errors, its end and ours."""

import os
import pickle
import signal
import sys
from pathlib import Path
from subprocess import PIPE

import pytest
from waiting import FOR_EVER, command_of, kill, started, wait_for

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.many.task import Task
from sage_mlvar.companion import Companion, CompanionEnded

ROOT = Path(__file__).resolve().parent.parent
CIRCLE = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
BATCH = [(7, ["1", "0"], 0)]
#: Starts a companion, waits until Sage has started there, and has it work for ever, so that it reads nothing more.
PARENT = f"""
import pickle
from sage_mlvar.companion import Companion

class Idle:
    def __reduce__(self):
        return exec, ("import time; open('busy', 'w').close(); time.sleep({FOR_EVER})",)

companion = Companion()
companion.ask(pickle.dumps((None, [], False)), b"")
print(companion._process.pid, flush=True)
companion.ask(pickle.dumps(Idle()), b"")
"""


@pytest.fixture
def companion(tmp_path):
    found = Companion(tmp_path)
    yield found
    found.end()


def test_the_task_is_sent_once(companion):
    packed = Task(CIRCLE, {"certifier": "auto"}).packed()
    # Nothing else would be understood in the place of the task.
    for supply in (packed, b"not needed any more"):
        is_answer, (answers, _, learnt) = pickle.loads(companion.ask(pickle.dumps(("name", BATCH, False)), supply))
        assert is_answer
        assert [(index, record["predicted"]) for index, record, _ in answers] == [(7, 0)]
        assert learnt is None


def test_an_exception_is_an_answer(companion):
    is_answer, error = pickle.loads(companion.ask(pickle.dumps(("name", BATCH, False)), b"no task"))
    assert not is_answer
    assert isinstance(error, pickle.UnpicklingError)
    assert pickle.loads(companion.ask(pickle.dumps((None, [], False)), b"")) == (True, ([], 0.0, None))


def test_its_end_is_told(companion):
    companion.ask(pickle.dumps((None, [], False)), b"")
    os.kill(companion._process.pid, signal.SIGKILL)
    with pytest.raises(CompanionEnded, match="the process beside a worker ended with code -9"):
        companion.ask(pickle.dumps((None, [], False)), b"")


def test_it_ends_with_its_parent(tmp_path):
    r"""Also when it is busy, and does not see that nobody asks it any more."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with started([sys.executable, "-c", PARENT], cwd=tmp_path, env=environment, stdout=PIPE) as process:
        companion = int(process.stdout.readline())
        try:
            wait_for((tmp_path / "busy").exists, process)
            assert command_of(companion)
            process.kill()
            wait_for(lambda: not command_of(companion))
        finally:
            kill([companion])
