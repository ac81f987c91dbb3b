r"""
Run all benchmarks, or those named, one after the other.

    python benchmarks/run.py [NAME ...]

Each file ``bench_NAME.py`` is a program of its own; its options are in its docstring.
"""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(names):
    known = {path.stem.removeprefix("bench_"): path for path in sorted(HERE.glob("bench_*.py"))}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"unknown benchmark {unknown[0]!r}; known: {', '.join(known)}", file=sys.stderr)
        return 2
    path = os.pathsep.join([str(HERE.parent), str(HERE.parent / "tests"), os.environ.get("PYTHONPATH", "")])
    # Programs that came as wheels, Macaulay2 and gfan among them, are in a folder of their own.
    wheels = str(Path(sysconfig.get_path("purelib"), "sage_wheels", "bin"))
    programs = os.pathsep.join([os.environ.get("PATH", ""), wheels])
    failed = 0
    for name in names or known:
        print(f"== {name}", flush=True)
        run = subprocess.run(
            [sys.executable, str(known[name])], env={**os.environ, "PYTHONPATH": path, "PATH": programs}, check=False
        )
        failed += run.returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
