r"""
``mlvar doctor``: is everything there, does it work, and do the backends agree?

EXAMPLES::

    sage: from sage_mlvar.cli.doctor import Finding, examine
    sage: [finding.what for finding in examine() if finding.state == "broken"]
    []
"""

import json
import platform
import sys
import tempfile
import warnings
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version

import click

from .. import __version__
from ..plugins import classes
from . import exits

__all__ = ["Finding", "examine", "run"]

_GROUPS = ("sage_mlvar.backends", "sage_mlvar.models", "sage_mlvar.certifiers")
_MARK = {"fine": "ok", "note": "note", "broken": "BROKEN"}


@dataclass(frozen=True)
class Finding:
    r"""
    One thing looked at.

    - ``what`` -- what it is
    - ``state`` -- ``"fine"``, ``"note"`` (good to know) or ``"broken"``
    - ``found`` -- what was found
    - ``advice`` -- what to do, empty when nothing
    """

    what: str
    state: str
    found: str
    advice: str = ""


def examine():
    r"""
    Yield a :class:`Finding` for each thing that can be wrong.

    EXAMPLES::

        sage: from sage_mlvar.cli.doctor import examine
        sage: findings = {finding.what: finding.found for finding in examine()}
        sage: findings["cross-check of Gröbner bases over Q"]
        'giac, msolve, singular agree'
    """
    yield _python()
    yield Finding("sage_mlvar", "fine", __version__)
    for package, needed in (("python-flint", True), ("joblib", True), ("numpy", False)):
        yield _library(package, needed)
    yield _temporary_folder()
    sage = _sage()
    yield sage
    if sage.state == "broken":
        return
    yield from _plugins()
    from .crosscheck import backends, crosschecks

    yield from backends()
    yield from crosschecks()


def _python():
    enough = sys.version_info >= (3, 11)
    advice = "" if enough else "sage_mlvar wants Python 3.11 or newer"
    return Finding("Python", "fine" if enough else "broken", f"{platform.python_version()} ({sys.executable})", advice)


def _installed(package):
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _library(package, needed):
    found = _installed(package)
    if found is None:
        state = "broken" if needed else "note"
        return Finding(package, state, "not installed", f"python -m pip install {package}")
    return Finding(package, "fine", found)


def _sage():
    r"""Start Sage and say which one it is."""
    try:
        from .. import _sage  # noqa: F401

        from sage.version import version as release
    except Exception as error:
        return Finding("Sage", "broken", exits.message(error), "python -m pip install 'sage_mlvar[passagemath]'")
    modular, whole = _installed("passagemath-objects"), _installed("sagemath-standard") or _installed("sagemath")
    if modular and whole:
        advice = "both fill the package sage; make a new virtual environment with one of them"
        return Finding("Sage", "broken", f"passagemath {modular} over SageMath {whole}", advice)
    return Finding("Sage", "fine", f"passagemath {modular}" if modular else f"SageMath {release}")


def _temporary_folder():
    try:
        folder = tempfile.gettempdir()
        with tempfile.TemporaryFile() as file:
            file.write(b"x" * 65536)
    except OSError as error:
        return Finding("temporary folder", "broken", exits.message(error), "free some space, or set TMPDIR to a folder")
    return Finding("temporary folder", "fine", folder)


def _plugins():
    r"""Load all plug-ins afresh; one that is left out is broken."""
    classes.cache_clear()
    for group in _GROUPS:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            names = sorted(classes(group))
        kind = group.removeprefix("sage_mlvar.")
        if names:
            yield Finding(f"plug-ins: {kind}", "fine", ", ".join(names))
        for warning in caught:
            text = " ".join(str(warning.message).split())
            yield Finding(f"plug-ins: {kind}", "broken", text, "update or uninstall the package that brings it")


def run(as_json=False):
    r"""Print the findings and return the exit code: 0 when all is fine, 4 when something is broken."""
    findings = []
    for finding in examine():
        findings.append(finding)
        if not as_json:
            click.echo(_line(finding))
    broken = sum(finding.state == "broken" for finding in findings)
    if as_json:
        click.echo(json.dumps({"fine": not broken, "findings": [asdict(finding) for finding in findings]}))
    else:
        click.echo(f"\n{broken} of {len(findings)} broken" if broken else "\nall fine")
    return exits.BROKEN if broken else 0


def _line(finding):
    text = f"{_MARK[finding.state]:7} {finding.what}: {finding.found}"
    return f"{text}\n        → {finding.advice}" if finding.advice else text
