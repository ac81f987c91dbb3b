r"""Where text goes: a terminal of some width, or a file."""

import sys

from rich.console import Console

__all__ = ["WIDTH_OF_A_FILE", "console"]

#: Columns of the output when it is not a terminal.
WIDTH_OF_A_FILE = 120


def console():
    r"""
    Return a rich console on the standard output of this moment.

    EXAMPLES::

        sage: from sage_mlvar.cli.terminal import console
        sage: console().print("done")
        done
    """
    width = None if sys.stdout.isatty() else WIDTH_OF_A_FILE
    return Console(file=sys.stdout, width=width, highlight=False)
