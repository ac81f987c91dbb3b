r"""A Dask cluster: the same records when workers are killed, and a file that continues when the cluster is gone."""

import gc
import logging
import math
import os
import signal
from contextlib import contextmanager, suppress

import pytest
from waiting import PATIENCE, facts, wait_for

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.many import lessons
from sage_mlvar.certify.many.stream import read
from sage_mlvar.data import iris, load_network
from sage_mlvar.errors import BackendError

distributed = pytest.importorskip("distributed")
CommClosedError = pytest.importorskip("distributed.comm.core").CommClosedError
psutil = pytest.importorskip("psutil")

# Connections to processes that were killed are never closed, and Python says so when it collects them.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

NETWORK = load_network("iris_quadratic.json")
FLOWERS, LABELS, _ = iris()
COUNT = 60


@pytest.fixture(scope="module")
def whole():
    return facts(NETWORK.certify_many(FLOWERS[:COUNT], "0.3", labels=LABELS[:COUNT]))


@contextmanager
def new_cluster(folder):
    cluster = distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        dashboard_address=":0",  # any port that is free
        local_directory=str(folder),
        silence_logs=logging.CRITICAL,
    )
    with cluster, distributed.Client(cluster) as client:
        yield cluster, client
    # Else what it leaves is collected, with warnings, in a test that knows nothing of it.
    gc.collect()


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with new_cluster(tmp_path_factory.mktemp("dask")) as (_, found):
        yield found


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    r"""A busy machine takes long to start a worker again."""
    monkeypatch.setattr("sage_mlvar.certify.many.cluster._PATIENCE", 2.0 * PATIENCE)


def ask_all(client, question):
    r"""Return what the living workers say; one that was killed is not back at once."""
    answers = client.run(question, on_error="return").values()
    return [answer for answer in answers if not isinstance(answer, BaseException)]


def was_killed(pid):
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


@pytest.fixture
def nothing_here(monkeypatch):
    r"""Flowers are so quick that this process would not leave them to the cluster."""
    monkeypatch.setattr(lessons, "_LONGEST_LESSON", -1.0)


def test_a_small_data_set_does_not_wait_for_the_cluster(client, whole, monkeypatch):
    monkeypatch.setattr(client, "submit", lambda *_, **__: pytest.fail("the cluster is asked"))
    for name in ("_WORTH_A_START", "_LONGEST_POINT", "_LONGEST_LESSON"):
        monkeypatch.setattr(lessons, name, math.inf)
    assert facts(NETWORK.certify_many(FLOWERS[:COUNT], "0.3", labels=LABELS[:COUNT], client=client)) == whole


@pytest.mark.usefixtures("nothing_here")
@pytest.mark.parametrize("count", [1, 2])
def test_killed_workers_lose_nothing(tmp_path, client, whole, count):
    r"""With both workers, what was scattered is lost, too."""
    killed = []

    def progress(done, total):
        if done == 12:
            found = wait_for(lambda: (pids := ask_all(client, os.getpid))[1:] and pids)
            killed.extend(pid for pid in found[:count] if was_killed(pid))

    results = NETWORK.certify_many(
        FLOWERS[:COUNT],
        "0.3",
        labels=LABELS[:COUNT],
        points=range(COUNT - 1, -1, -1),
        client=client,
        out=tmp_path / "r.jsonl",
        progress=progress,
    )
    assert len(killed) == count
    assert facts(results) == whole
    assert len(read(tmp_path / "r.jsonl")[1]) == COUNT


@pytest.mark.usefixtures("nothing_here")
def test_methods_that_need_the_main_thread(client):
    r"""PARI breaks down in the threads in which the tasks of a worker run."""
    network = PolynomialClassifier.random([5, 5, 2], activation=3, seed=1)
    points = [[k] + [1 - k] * 4 for k in range(3)]
    results = network.certify_many(points, certifier="numerical", client=client)
    assert not results.errors
    assert facts(results) == facts(network.certify_many(points, certifier="numerical"))


def companions():
    r"""The living processes beside this worker; one that was killed stays a zombie until the worker wants it again."""
    found = []
    for child in psutil.Process().children():
        try:
            command = " ".join(child.cmdline())
        except (psutil.ZombieProcess, psutil.NoSuchProcess):
            continue
        if "sage_mlvar.companion" in command:
            found.append(child.pid)
    return found


@pytest.mark.usefixtures("nothing_here")
def test_a_process_beside_a_worker_is_killed(client, whole):
    killed = []

    def progress(done, total):
        wanted = (done >= 12) + (done >= 30)
        if len(killed) < wanted:
            found = [pid for pids in ask_all(client, companions) for pid in pids if pid not in killed]
            killed.extend(pid for pid in found[:1] if was_killed(pid))

    results = NETWORK.certify_many(FLOWERS[:COUNT], "0.3", labels=LABELS[:COUNT], client=client, progress=progress)
    assert len(killed) == 2
    assert facts(results) == whole


@pytest.mark.parametrize("place", ["nthreads", "scatter", "submit"])
@pytest.mark.parametrize("error", [CommClosedError("in <TCP> closed"), TimeoutError(), OSError(111, "refused")])
def test_a_connection_that_breaks_is_an_error_of_the_cluster(client, monkeypatch, place, error):
    from sage_mlvar.certify.many import cluster as many_cluster

    def broken(*_, **__):
        raise error

    def work():
        with many_cluster.ClusterCrew(client) as crew:
            crew.give(b"")
            crew.submit([])

    monkeypatch.setattr(client, place, broken)
    monkeypatch.setattr(many_cluster, "_SECONDS_TO_NOTICE", 0.01)
    with pytest.raises(BackendError, match=r"the cluster cannot be reached: .* and the same call continues"):
        work()


@pytest.mark.usefixtures("nothing_here")
def test_interrupted_and_gone(tmp_path, whole):
    r"""Ctrl-C, then a cluster that disappears; this process does the rest."""
    arguments = {"radius": "0.3", "labels": LABELS[:COUNT], "out": tmp_path / "r.jsonl"}
    with new_cluster(tmp_path) as (cluster, client):
        interrupt_and_leave(cluster, client, arguments)
    assert facts(NETWORK.certify_many(FLOWERS[:COUNT], **arguments)) == whole


def interrupt_and_leave(cluster, client, arguments):
    out = arguments["out"]

    def stop(done, total):
        if done == 10:
            raise KeyboardInterrupt

    def leave(done, total):
        if done == 20:
            cluster.close()

    with pytest.raises(KeyboardInterrupt):
        NETWORK.certify_many(FLOWERS[:COUNT], client=client, progress=stop, **arguments)
    assert len(read(out)[1]) == 10
    with pytest.raises(BackendError, match="the cluster is gone; what is in the results file stays"):
        NETWORK.certify_many(FLOWERS[:COUNT], client=client, progress=leave, **arguments)
    assert 20 <= len(read(out)[1]) < COUNT
    with pytest.raises(BackendError, match="the cluster is gone"):
        NETWORK.certify_many(FLOWERS[:COUNT], client=client, **arguments)
