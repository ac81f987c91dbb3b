r"""
Measure ED degrees of boundaries, beside msolve and Macaulay2 in the same run.

    PYTHONPATH=. python benchmarks/bench_ed_degree.py
    ... --m2 /path/to/M2    also Macaulay2's determinantalUnitEDDegree (package EuclideanDistanceDegree)
    ... --repeat 5          take the best of so many runs, the sides in turn

Each side's work, on the same random network with integer weights below 2^8:

- ours: ``ed_degree()`` of a new classifier, to the record: squarefree test, bounds, reduction to the row space, two
  counts modulo two primes at two data points. The table has the time of the whole divided by the number of counts.
- msolve: one count, modulo one prime at one data point, on the Lagrange system ``g = 0, x - u = l grad g`` with ``g``
  expanded in the inputs, as one writes it by hand. The file is ready before the clock starts.
- Macaulay2: ``determinantalUnitEDDegree {g}``, one count, timed inside Macaulay2 (without start and loading), over QQ
  as in its documentation, and over ZZ/30103.
"""

import argparse
import os
import platform
import random
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from sage_mlvar import PolynomialClassifier, backends
from sage_mlvar.backends.system import System
from sage_mlvar.invariants.lagrange import Lagrange

from sage.rings.finite_rings.finite_field_constructor import GF

#: widths, degree of the activation, whether Macaulay2 can do it
CASES = [
    ((4, 4, 2), 3, True),
    ((8, 8, 2), 3, False),
    ((6, 6, 2), 4, False),
    ((20, 4, 2), 3, False),
    ((3, 3, 2, 2), 2, False),
]
PRIME = 1073676287


def ours(widths, degree, seed):
    classifier = PolynomialClassifier.random(widths, degree, seed=seed)
    for kept in ("_records", "_program"):  # from the run before: classifiers are unique
        classifier.boundary().__dict__.pop(kept, None)
    start = time.perf_counter()
    record = classifier.compute("ed_degree", timeout=None)
    return record, (time.perf_counter() - start) / len(record.details["counts"])


def hand_written(folder, widths, degree, seed):
    r"""Write the Lagrange system for msolve, and return the file."""
    g = PolynomialClassifier.random(widths, degree, seed=seed).boundary().polynomial()
    source, field = random.Random(seed), GF(PRIME)
    system = System.from_sage(Lagrange([g], field).at([field(source.randrange(PRIME)) for _ in range(widths[0])]))
    path = Path(folder, "hand.ms")
    path.write_text(f"{','.join(system.names())}\n{PRIME}\n" + ",\n".join(system.lines()) + "\n")
    return path


def msolve(path):
    program = str(backends.get("msolve").feature().absolute_filename())
    start = time.perf_counter()
    out = subprocess.run([program, "-f", str(path)], capture_output=True, text=True, check=True).stdout
    seconds = time.perf_counter() - start
    return int(re.match(r"\[0, \[\d+,\s*\d+,\s*(\d+)", out)[1]), seconds


def macaulay2(program, widths, degree, seed, base, limit):
    g = PolynomialClassifier.random(widths, degree, seed=seed).boundary().polynomial()
    names = ",".join(map(str, g.parent().gens()))
    script = "\n".join(
        [
            'needsPackage "EuclideanDistanceDegree"',
            f"R = {base}[{names}]; g = {g};",
            "t = elapsedTiming determinantalUnitEDDegree {g};",
            'print("RESULT " | toString(t#1) | " " | toString(t#0)); exit 0',
        ]
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.m2")
        path.write_text(script)
        environment = {**os.environ, "PATH": f"{Path(program).parent}{os.pathsep}{os.environ['PATH']}"}
        try:
            done = subprocess.run(
                [program, "--script", str(path)],
                capture_output=True, text=True, timeout=limit, check=False, cwd=folder, env=environment,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None
    found = re.search(r"RESULT (\d+) ([\d.e-]+)", done.stdout)
    return (int(found[1]), float(found[2])) if found else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--m2", default=shutil.which("M2"), help="the program M2 of Macaulay2")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--limit", type=float, default=600, help="seconds for Macaulay2")
    options = parser.parse_args()
    ours((2, 2, 2), 2, 0)  # start what starts once
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")
    print(f"{'network':22}{'count':>6}{'status':>10}{'ours/count':>12}  {'beside':26}{'seconds':>9}{'theirs/ours':>13}")
    for widths, degree, with_m2 in CASES:
        mine, theirs = [], []
        with tempfile.TemporaryDirectory() as folder:
            path = hand_written(folder, widths, degree, seed=1)
            for _ in range(options.repeat):
                record, seconds = ours(widths, degree, seed=1)
                mine.append(seconds)
                count, seconds = msolve(path)
                theirs.append(seconds)
        rows = [("msolve, by hand", count, min(theirs))]
        if with_m2 and options.m2:
            for base in ("QQ", "ZZ/30103"):
                answer = macaulay2(options.m2, widths, degree, 1, base, options.limit)
                rows.append((f"Macaulay2 over {base}", *(answer or (None, None))))
        for name, value, seconds in rows:
            other, ratio = ("failed", "") if seconds is None else (f"{seconds:.3f}", f"{seconds / min(mine):.2f}")
            agrees = "" if value in (None, record.value) else f"  DIFFERS: {value}"
            label = f"{','.join(map(str, widths))} z^{degree}"
            print(
                f"{label:22}{int(record.value):>6}{record.status:>10}{min(mine):>12.3f}  {name:26}{other:>9}{ratio:>13}"
                + agrees,
                flush=True,
            )


if __name__ == "__main__":
    main()
