r"""
An independent checker of robustness certificates: ``python -m sage_mlvar.check FILE``.

It needs the standard library of Python and python-flint, and imports neither Sage nor an engine nor NumPy, nor anything
else of this package. It believes nothing that it can compute again, and lists what it verified and what it took on
trust.

EXAMPLES::

    sage: from sage_mlvar.check import Rejected, verify
    sage: try:
    ....:     verify({"format": "sage_mlvar/certificate", "version": 1r, "claim": "robust"})
    ....: except Rejected as error:
    ....:     print(error)
    the certificate lacks the entry 'network'
"""

from .claim import verify
from .digests import digest, document_digest, network_digest
from .document import read
from .errors import Malformed, Rejected
from .files import verify_file
from .report import Report

__all__ = [
    "Malformed",
    "Rejected",
    "Report",
    "digest",
    "document_digest",
    "network_digest",
    "read",
    "verify",
    "verify_file",
]
