r"""
The program ``mlvar``: its commands, and what happens to errors, warnings and signals.

EXAMPLES::

    sage: from sage_mlvar.cli.program import program
    sage: print(*sorted(program.commands))
    backends certify contains degree dimension discriminant doctor ed-degree ideal invariants tour
"""

import contextlib
import os
import signal
import sys
import threading
import traceback
import warnings

import click

from .. import __version__
from . import certify, exits
from .commands import COMMANDS
from .verbs import VERBS

__all__ = ["Program", "program"]

_EPILOG = (
    "Exit codes: 0 done, 1 the answer is no, 2 bad usage or input, 3 unknown or not proved, 4 a backend failed or hit "
    "a limit, 129 hung up, 130 interrupted."
)


class Program(click.Group):
    r"""
    A group of commands whose errors are one line on stderr and an exit code.

    EXAMPLES::

        sage: from click.testing import CliRunner
        sage: from sage_mlvar.cli.program import program
        sage: result = CliRunner().invoke(program, ["ideal", "relu", "--widths", "2,2"])
        sage: result.exit_code, result.stdout, result.stderr
        (2, '', "error: relu needs --pattern ('mlvar ideal --help' explains)\n")
    """

    def main(self, args=None, prog_name="mlvar", **extra):
        r"""Run the program and leave by :class:`SystemExit`."""
        extra.pop("standalone_mode", None)
        try:
            outcome = super().main(args, prog_name=prog_name, standalone_mode=False, **extra)
        except click.ClickException as error:  # the arguments of mlvar itself
            outcome = _report(error)
        except click.Abort:
            outcome = exits.INTERRUPTED
        sys.exit(outcome if isinstance(outcome, int) else 0)

    def invoke(self, ctx):
        r"""Run a command; return its exit code."""
        with warnings.catch_warnings(), _terminable():
            warnings.showwarning = _show_warning
            try:
                outcome = super().invoke(ctx)
                sys.stdout.flush()
                return outcome
            except (click.exceptions.Exit, click.Abort):
                raise
            except BrokenPipeError as error:
                # The reader has gone; what is still buffered must not fail again at exit.
                with contextlib.suppress(OSError, ValueError):
                    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                return exits.code(error)
            except (Exception, KeyboardInterrupt, SystemExit) as error:
                if ctx.meta.get("debug"):
                    traceback.print_exc()
                return _report(error)


def _report(error):
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.ctx.get_help())
        return exits.USAGE
    with contextlib.suppress(OSError):  # after SIGHUP the terminal may be gone
        click.echo(f"error: {exits.message(error)}", err=True)
    return exits.code(error)


def _show_warning(message, category, filename, lineno, file=None, line=None):
    click.echo(f"warning: {' '.join(str(message).split())}", err=True)


@contextlib.contextmanager
def _terminable():
    r"""Let SIGTERM and SIGHUP unwind the program, so that engines are ended and temporary files removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number, frame):
        raise SystemExit(exits.TERMINATED)

    before = signal.signal(signal.SIGTERM, leave)
    # A shell that starts us in the background has SIGINT ignored; an explicit kill -INT shall work all the same.
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    ignored = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    # Sage starts cysignals, which turns SIGHUP into SystemExit also in compiled code; started here, it does not take
    # the signal back from nohup later.
    with contextlib.suppress(ImportError):
        import cysignals.signals  # noqa: F401
    if ignored:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@click.group("mlvar", cls=Program, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mlvar")
def program():
    r"""Exact algebraic invariants of machine-learning models.

    "mlvar tour" shows the models at work, "mlvar VERB --help" explains a verb.
    """


for command in [*VERBS, certify.COMMAND, *COMMANDS]:
    program.add_command(command)
