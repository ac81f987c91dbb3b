r"""
Files that appear whole or not at all.

EXAMPLES::

    sage: import os, tempfile
    sage: from sage_mlvar.files import write_whole
    sage: with tempfile.TemporaryDirectory() as folder:
    ....:     path = os.path.join(folder, "a.txt")
    ....:     write_whole(path, "new")
    ....:     os.listdir(folder), open(path).read()
    (['a.txt'], 'new')
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

__all__ = ["sync_folder", "write_whole"]


def write_whole(path, text):
    r"""
    Write ``text`` to ``path``; the file appears whole or not at all, also when the machine stops.

    INPUT:

    - ``path`` -- string or path; a file that is there is replaced
    - ``text`` -- string

    Raises :class:`OSError` when it cannot be written; what was there then stays.
    """
    path = Path(path)
    scratch = path.parent / f".{path.name}.{secrets.token_hex(4)}"
    # Made by hand, so that it gets the permissions of any new file: tempfile makes files that only their owner reads.
    try:
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            # Else the new name may reach the disk before the content does.
            os.fsync(file.fileno())
        os.replace(scratch, path)
    except BaseException:
        with suppress(OSError):
            scratch.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder):
    r"""Force the names in ``folder`` to the disk; where folders cannot be synchronised, nothing more can be done."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
