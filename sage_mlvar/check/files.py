r"""
Certificates in files, and the command ``python -m sage_mlvar.check``.

EXAMPLES::

    sage: from sage_mlvar.check.files import main
    sage: main(["/no/such/file.json"])
    /no/such/file.json: malformed: certificate '/no/such/file.json' cannot be read: No such file or directory
    2
"""

import argparse
import json
import os

from .claim import verify
from .document import read
from .errors import Malformed, Rejected

__all__ = ["main", "verify_file"]

_PROVED, _REJECTED, _MALFORMED, _PROBABLE = 0, 1, 2, 3


def verify_file(path, network=None):
    r"""
    Return the :class:`.Report` on the certificate in the file ``path``, or raise :class:`.Rejected`.

    INPUT:

    - ``path`` -- string or path; a model file that the certificate names must be in the same folder
    - ``network`` -- path of a model file that the certificate must speak of (optional)
    """
    return verify(read(path), folder=os.path.dirname(os.path.abspath(path)), network=network)


def main(arguments=None):
    r"""
    Check the files named by ``arguments``, print a report on each, and return the exit code.

    Exit codes: 0 every claim follows; 1 a claim does not follow, or a digest does not match; 2 a file cannot be read or
    is malformed; 3 part of a claim was not checked, since it rests on the word of an engine or calls itself probable.
    Of several the first of 2, 1, 3, 0.
    """
    parser = argparse.ArgumentParser(
        prog="python -m sage_mlvar.check",
        description="Check robustness certificates, without Sage and without the programs that made them.",
        epilog="Exit codes: 0 proved, 1 rejected, 2 malformed, 3 not verified in full (an engine's word, or probable).",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a certificate")
    parser.add_argument("--network", metavar="FILE", help="the model file that the certificates must speak of")
    parser.add_argument("--json", action="store_true", help="print one JSON object per file")
    options = parser.parse_args(arguments)
    codes = set()
    for path in options.files:
        code, found = _check(path, options.network)
        codes.add(code)
        print(json.dumps({"file": path, **found}) if options.json else f"{_plain(path)}: {found['text']}")
    return next(code for code in (_MALFORMED, _REJECTED, _PROBABLE, _PROVED) if code in codes)


def _check(path, network):
    try:
        report = verify_file(path, network)
    except Malformed as error:
        return _MALFORMED, {"result": "malformed", "reason": str(error), "text": f"malformed: {error}"}
    except Rejected as error:
        return _REJECTED, {"result": "rejected", "reason": str(error), "text": f"rejected: {error}"}
    code, result = (_PROVED, "proved") if report.proved else (_PROBABLE, "believed" if report.believed else "probable")
    return code, {"result": result, **report.to_dict(), "text": report.text()}


def _plain(path):
    r"""Return ``path`` so that no terminal stumbles over it."""
    return path if path.isprintable() and path.isascii() else ascii(path)
