r"""
The progress bar of ``mlvar certify``, with rate and time left.

EXAMPLES::

    sage: from sage_mlvar.cli.certify_progress import progress
    sage: with progress() as told:
    ....:     told(3, 10)
    sage: told.done, told.total
    (3, 10)
"""

import sys
import time
from contextlib import contextmanager

__all__ = ["progress"]


class _Told:
    r"""Keeps the last numbers, for what is said after an interruption, and hands them on."""

    def __init__(self, show=None):
        self.done = self.total = 0
        self._show = show

    def __call__(self, done, total):
        self.done, self.total = done, total
        if self._show is not None:
            self._show(done, total)


@contextmanager
def progress():
    r"""Give a function of the numbers of points that are done and of all; on a terminal it moves a bar."""
    if not sys.stderr.isatty():
        yield _Told()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = [
        TextColumn("certifying"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("left"),
    ]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        shown = bar.add_task("", total=None, rate="")
        begin, before = time.monotonic(), None

        def show(done, total):
            nonlocal before
            if before is None:  # what an earlier run has done is not of our rate
                before = done
                bar.update(shown, total=total, completed=done)
                return
            rate = (done - before) / (time.monotonic() - begin)
            bar.update(shown, completed=done, rate=f"{rate:.3g} points/s")

        yield _Told(show)
