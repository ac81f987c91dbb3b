r"""
What an engine may leave behind: processes.

EXAMPLES::

    sage: import subprocess, tempfile
    sage: from sage_mlvar.testing import processes_in
    sage: with tempfile.TemporaryDirectory() as folder, subprocess.Popen(["sleep", "60"], cwd=folder) as child:
    ....:     found = processes_in(folder) == [child.pid]
    ....:     child.kill()
    sage: found, processes_in(folder)
    (True, [])
"""

import os
import subprocess
import time
from pathlib import Path

__all__ = ["processes_in"]


def processes_in(folder, patience=0.0):
    r"""
    Return the processes whose working directory is ``folder`` or below it, sorted.

    INPUT:

    - ``folder`` -- string or path; it may be gone already
    - ``patience`` -- seconds to wait for the last of them to end
    """
    end = time.monotonic() + patience
    while (found := _look(os.path.realpath(folder))) and time.monotonic() < end:
        time.sleep(0.01)
    return found


def _look(folder):
    if os.path.isdir("/proc/self"):
        places = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    places[int(entry.name)] = os.readlink(entry / "cwd")
                except OSError:  # it ended, or belongs to somebody else
                    continue
    else:
        places, pid = {}, None
        for line in subprocess.run(
            ["lsof", "-w", "-a", "-d", "cwd", "-Fpn"], capture_output=True, text=True
        ).stdout.split("\n"):
            if line.startswith("p"):
                pid = int(line[1:])
            elif line.startswith("n"):
                places[pid] = line[1:]
    return sorted(pid for pid, place in places.items() if place == folder or place.startswith(folder + "/"))
