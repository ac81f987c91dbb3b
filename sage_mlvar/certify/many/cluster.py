r"""
A Dask cluster that certifies points.

What all points share is scattered to the workers once. When a worker dies, the scheduler gives its points to others;
when what was scattered went with it, it is scattered again. Sage works in the main thread of a process only, and tasks
run in others, so each thread of a worker has a process beside it (:mod:`sage_mlvar.companion`), which stays for the
next call.

Needs ``dask.distributed``: ``python -m pip install 'sage_mlvar[dask]'``. An example with two processes::

    from dask.distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1) as cluster, Client(cluster) as client:
        results = classifier.certify_many(images, "1/2", labels=labels, client=client, out="results.jsonl")
"""

import pickle
import queue
import time
from concurrent.futures import CancelledError
from contextlib import suppress

from distributed import Client
from distributed.scheduler import KilledWorker

from ... import companion
from ...errors import BackendError
from .spread import Crew, Lost, Withdrawn
from .worker import digest_of

__all__ = ["ClusterCrew"]

_SECONDS_BETWEEN_LOOKS = 1.0
#: So long a cluster may be without any worker: a worker that died needs some seconds to start again.
_PATIENCE = 60.0
#: So long after a broken connection the client may still say that it runs.
_SECONDS_TO_NOTICE = 2.0


class ClusterCrew(Crew):
    r"""
    The workers of a Dask cluster, inside of a ``with`` block.

    INPUT: ``client`` -- a ``dask.distributed.Client``, not an asynchronous one
    """

    def __init__(self, client):
        if not isinstance(client, Client) or client.asynchronous:
            raise TypeError(f"client must be a synchronous dask.distributed.Client, not {client!r}")
        self._client, self._starting, self._shared = client, [], None
        self._finished, self._running = queue.SimpleQueue(), set()
        self._workers, self._looked, self._seen = 0, None, time.monotonic()

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, *error):
        if self.is_started() and self._client.status == "running":
            # The cluster may go at any moment; it then forgets all by itself.
            with suppress(OSError, RuntimeError, TimeoutError, CancelledError):
                self._client.cancel(
                    [*self._starting, *self._running, *([] if self._shared is None else [self._shared])]
                )
        self._starting, self._running, self._shared = [], set(), None

    def start(self):
        if not self.is_started():
            # The scheduler hands them to different workers.
            self._starting = [self._submit(None, b"", []) for _ in range(self.width())]

    def is_started(self):
        return bool(self._starting)

    def is_ready(self):
        return any(future.done() for future in self._starting)

    def give(self, packed):
        self._packed = packed
        self._digest = digest_of(self._packed)
        self._scatter()

    def _scatter(self):
        self._wait_for_workers()
        # By itself, Dask would take the same bytes for the same data, which are lost already.
        self._shared = self._ask(lambda: self._client.scatter(self._packed, broadcast=True, hash=False))

    def width(self):
        now = time.monotonic()
        if self._looked is None or now - self._looked > _SECONDS_BETWEEN_LOOKS:
            self._workers = sum(self._ask(self._client.nthreads).values())
            self._looked = now
            if self._workers:
                self._seen = now
            elif now - self._seen > _PATIENCE:
                raise BackendError(
                    f"the cluster has had no worker for {_PATIENCE:g} s; what is in the results file stays, and the "
                    "same call continues"
                )
        return max(self._workers, 1)

    def _wait_for_workers(self):
        self._looked = None
        while self.width() and not self._workers:
            time.sleep(_SECONDS_BETWEEN_LOOKS / 4)

    def submit(self, batch, learn=False):
        if self._shared is None:
            self._scatter()
        future = self._submit(self._digest, self._shared, batch, learn)
        self._running.add(future)
        future.add_done_callback(self._finished.put)
        return future

    def _submit(self, digest, shared, batch, learn=False):
        request = pickle.dumps((digest, batch, learn))
        return self._ask(lambda: self._client.submit(companion.on_worker, request, shared, pure=False))

    def done(self, futures):
        with suppress(queue.Empty):
            future = self._finished.get(timeout=_SECONDS_BETWEEN_LOOKS)
            return [future] if future in futures else []
        self._check()
        self.width()
        # A future that the scheduler has lost does not call back.
        return [future for future in futures if future.status in ("cancelled", "lost")]

    def result(self, future):
        self._running.discard(future)
        try:
            if future.status == "lost":
                raise CancelledError
            is_answer, found = pickle.loads(self._ask(future.result))
        except (KilledWorker, companion.CompanionEnded) as error:
            raise Lost(" ".join(str(error).split())) from error
        except CancelledError as error:
            self._check()
            self._shared = None
            raise Withdrawn("what was scattered is lost") from error
        if not is_answer:
            raise found
        return found

    def _check(self):
        if self._client.status != "running":
            raise BackendError(
                "the cluster is gone; what is in the results file stays, and the same call continues with another one"
            )

    def _ask(self, call):
        r"""
        Return what ``call()`` says.

        Raises :class:`~sage_mlvar.errors.BackendError` when the cluster is gone or cannot be reached.
        """
        try:
            return call()
        except CancelledError:
            raise
        except OSError as error:
            # A connection that breaks (CommClosedError, TimeoutError) is seen before the client knows that it is over.
            end = time.monotonic() + _SECONDS_TO_NOTICE
            while time.monotonic() < end:
                self._check()
                time.sleep(_SECONDS_TO_NOTICE / 20)
            raise BackendError(
                f"the cluster cannot be reached: {' '.join(str(error).split()) or type(error).__name__}; what is in "
                "the results file stays, and the same call continues"
            ) from error
        except Exception:
            self._check()
            raise
