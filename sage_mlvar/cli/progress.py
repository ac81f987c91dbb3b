r"""Progress of a search for invariants, on the terminal."""

import sys
from contextlib import contextmanager

__all__ = ["reporter"]


@contextmanager
def reporter():
    r"""
    Give a function that shows each :class:`~sage_mlvar.implicit.engine.Progress` on standard error, or ``None``
    without a terminal.

    EXAMPLES::

        sage: from sage_mlvar.cli.progress import reporter
        sage: with reporter() as report:
        ....:     report is None or callable(report)
        True
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    found = 0
    with Console(stderr=True).status("looking for invariants") as status:

        def report(event):
            nonlocal found
            found += event.new
            status.update(
                f"degree {event.degree}: {event.done} of {event.total} multidegrees done, {found} pieces found"
            )

        yield report
