r"""
What the checker raises.

EXAMPLES::

    sage: from sage_mlvar.check import Malformed, Rejected
    sage: issubclass(Malformed, Rejected), issubclass(Rejected, ValueError)
    (True, True)
"""

__all__ = ["Malformed", "Rejected"]


class Rejected(ValueError):
    r"""The claim of a certificate does not follow from what the certificate holds; the message says why."""


class Malformed(Rejected):
    r"""A certificate or a network that cannot be read; the message says where."""
