r"""
The loop of ``mlvar certify``: one point after the other, or several processes, with a progress bar.

EXAMPLES::

    sage: from sage_mlvar.cli.certify_input import classifier, data
    sage: from sage_mlvar.cli.certify_run import Task, records
    sage: network = classifier("digits")
    sage: task = Task(network, {"radius": "1/2"})
    sage: [record["verdict"] for record in records(task, data("digits", network, None), [0, 4])]
    ['robust', 'not robust']
"""

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ..certify.records import answer
from ..errors import BackendError
from ..modelfile import FORMAT, VERSION, write_whole

__all__ = ["Task", "progress", "records"]

_NETWORK = "network.json"


@dataclass
class Task:
    r"""
    What is asked of every point.

    - ``classifier`` -- a :class:`~sage_mlvar.models.classifier.PolynomialClassifier`
    - ``arguments`` -- keywords of :func:`sage_mlvar.certify.certify`
    - ``folder`` -- path of the folder for certificates, or ``None``
    """

    classifier: object
    arguments: dict = field(default_factory=dict)
    folder: Path | None = None

    def prepare(self):
        r"""Create the folder for certificates, with the network that they share."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"format": FORMAT, "version": VERSION, **self.classifier.to_dict()}, indent=1) + "\n"
        path = self.folder / _NETWORK
        if not path.exists():
            write_whole(path, text)
        elif path.read_text(encoding="utf-8") != text:
            raise ValueError(f"folder {str(self.folder)!r} holds certificates of another network; take another folder")

    def run(self, index, point, label):
        r"""Return the record of one point, after its certificate was saved."""
        record, certificate = answer(self.classifier, index, point, label, **self.arguments)
        if certificate is not None:
            self.save(index, certificate)
        return record

    def save(self, index, certificate):
        r"""Write the certificate of a point into the folder, if there is one."""
        if self.folder is not None:
            text = json.dumps(certificate.to_dict(_NETWORK), indent=1) + "\n"
            write_whole(self.folder / f"{index}.json", text)


def records(task, data, indices, jobs=1):
    r"""
    Yield the record of each point, in the order in which they are done.

    INPUT:

    - ``task`` -- a :class:`Task`
    - ``data`` -- a :class:`~sage_mlvar.datasets.dataset.Dataset`
    - ``indices`` -- list of integers
    - ``jobs`` -- positive integer; number of processes
    """
    if min(jobs, len(indices)) < 2:
        for index in indices:
            yield task.run(index, data.point(index), _label(data, index))
        return
    yield from _spread(task, data, indices, min(jobs, len(indices)))


def _label(data, index):
    return None if data.labels is None else data.labels[index]


def _spread(task, data, indices, jobs):
    # Processes are started afresh: a copy of this one would hold its lock on the results file.
    context = multiprocessing.get_context("spawn")
    left, running = iter(indices), set()
    executor = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(task,))
    try:
        while True:
            while len(running) < 2 * jobs and (index := next(left, None)) is not None:
                running.add(executor.submit(_answer, index, data.point(index), _label(data, index)))
            if not running:
                break
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    except BrokenProcessPool as error:
        raise BackendError(
            "a process that certifies points ended by itself, perhaps for want of memory; try fewer --jobs"
        ) from error
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        if running:
            for child in multiprocessing.active_children():
                child.terminate()


def _begin(task):
    r"""Prepare a worker: it keeps the task, leaves Ctrl-C to the parent, and ends when the parent does."""
    global _task
    _task = task
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent():
    multiprocessing.parent_process().join()
    os._exit(1)


def _answer(index, point, label):
    return _task.run(index, point, label)


@contextmanager
def progress(total, done):
    r"""
    Give a function to be called for each finished point; on a terminal it moves a bar with rate and time left.

    INPUT:

    - ``total`` -- integer; number of points
    - ``done`` -- integer; how many of them were done before

    EXAMPLES::

        sage: from sage_mlvar.cli.certify_run import progress
        sage: with progress(10, 3) as advance:
        ....:     advance()
    """
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]}")
    columns = [
        TextColumn("certifying"),
        BarColumn(),
        MofNCompleteColumn(),
        rate,
        TimeRemainingColumn(),
        TextColumn("left"),
    ]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        shown = bar.add_task("", total=total, completed=done, rate="")
        begin, finished = time.monotonic(), 0

        def advance():
            nonlocal finished
            finished += 1
            bar.update(shown, advance=1, rate=f"{finished / (time.monotonic() - begin):.3g} points/s")

        yield advance
