r"""
Exit codes, and the one line that an error becomes.

EXAMPLES::

    sage: from sage_mlvar.cli.exits import code, message
    sage: from sage_mlvar.errors import BackendTimeout, NotProvedError
    sage: code(ValueError("a must be at least 1")), code(NotProvedError()), code(BackendTimeout())
    (2, 3, 4)
    sage: code(SystemExit(143)), code(SystemExit())
    (143, 129)
    sage: message(FileNotFoundError(2, "No such file or directory", "model.json"))
    'model.json: No such file or directory'
"""

import sys

import click

from ..errors import BackendError, MlvarError, NotProvedError, OutOfReachError
from .spelling import spelled

__all__ = ["BROKEN", "BROKEN_PIPE", "HUNG_UP", "INTERRUPTED", "NO", "OPEN", "TERMINATED", "USAGE", "code", "message"]

NO = 1
USAGE = 2
OPEN = 3
BROKEN = 4
HUNG_UP = 129
INTERRUPTED = 130
BROKEN_PIPE = 141
TERMINATED = 143


def code(error):
    r"""
    Return the exit code of ``error``.

    The order matters: errors of ours derive from builtins that mean something else by themselves.
    """
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, SystemExit):
        # A signal: cysignals, which Sage starts, turns SIGHUP into one without a code.
        return HUNG_UP if error.code is None else error.code
    if isinstance(error, BrokenPipeError):
        return BROKEN_PIPE
    if isinstance(error, BackendError):
        return BROKEN
    if isinstance(error, (NotProvedError, OutOfReachError)):
        return OPEN
    if isinstance(error, (click.ClickException, ValueError, TypeError, OSError)):
        return USAGE
    return BROKEN


def message(error):
    r"""Return ``error`` as one line of text, with the way out as options of ``mlvar``."""
    if isinstance(error, click.ClickException):
        return _usage(error)
    if isinstance(error, (KeyboardInterrupt, SystemExit)):
        return "interrupted"
    if isinstance(error, OSError) and error.filename and error.strerror and not isinstance(error, BackendError):
        return f"{error.filename}: {error.strerror}"
    text = spelled("; ".join(line.strip().rstrip(".") for line in str(error).splitlines() if line.strip()))
    if isinstance(error, NotProvedError) and "--no-proof" not in text:
        return f"{text} (on the command line: --no-proof)"
    if _is_expected(error):
        return text or type(error).__name__
    return f"{type(error).__name__}: {text or 'no message'}; please report this, with the output under --debug"


def _usage(error):
    text = " ".join(error.format_message().split()).rstrip(".")
    text = text[:1].lower() + text[1:]
    context = getattr(error, "ctx", None)
    return f"{text} ('{context.command_path} --help' explains)" if context else text


def _is_expected(error):
    if isinstance(error, (MlvarError, ValueError, TypeError, OSError, ImportError, MemoryError)):
        return True
    features = sys.modules.get("sage.features")
    return features is not None and isinstance(error, features.FeatureNotPresentError)
