r"""
Errors raised by :mod:`sage_mlvar`.

Bad input raises the builtin :class:`TypeError` (wrong kind) or :class:`ValueError` (wrong value), and a missing
program Sage's ``FeatureNotPresentError``. Everything else that can go wrong has a class here; each derives from
:class:`MlvarError` and from the builtin that callers expect.

EXAMPLES::

    sage: from sage_mlvar.errors import BackendTimeout, MlvarError
    sage: issubclass(BackendTimeout, MlvarError), issubclass(BackendTimeout, TimeoutError)
    (True, True)
"""

__all__ = [
    "BackendError",
    "BackendMemoryError",
    "BackendTimeout",
    "CertificateError",
    "MlvarError",
    "NotProvedError",
    "OutOfReachError",
]


class MlvarError(Exception):
    r"""Base class of the errors of this package."""


class NotProvedError(MlvarError, ArithmeticError):
    r"""
    An answer was asked for with ``proof=True``, and no argument that counts as a proof closed.

    The message names the reason and the call that returns the probable answer.
    """


class OutOfReachError(MlvarError, NotImplementedError):
    r"""The question is too large, or of a kind, for the methods at hand; the message says what to try."""


class BackendError(MlvarError, RuntimeError):
    r"""An engine failed: it crashed, printed what cannot be read, or reported an error of its own."""


class BackendTimeout(BackendError, TimeoutError):
    r"""
    The time limit expired, in an engine or in a computation of this package.

    An engine that ran was killed, and its temporary files are gone.
    """


class BackendMemoryError(BackendError, MemoryError):
    r"""The engine exceeded the limit on resident memory and was killed."""


class CertificateError(MlvarError, ValueError):
    r"""A certificate is malformed, does not match the stored digests, or does not prove its claim."""
