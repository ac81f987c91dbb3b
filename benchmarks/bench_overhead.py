r"""
Measure what the package adds to the programs it uses: start-up, imports, calls of engines.

    python benchmarks/bench_overhead.py

Goals: ``mlvar --help`` below 0.5 s; touching a model adds at most 0.3 s to importing Sage; a call of a backend costs at
most 30 ms over the engine's own time. Each figure is a median; the engine's own time is that of the same program, run
on the same input without us.
"""

import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 7
TOUCH = """
import time
import sage_mlvar._sage
begin = time.perf_counter()
from sage_mlvar import ReLURegionModel
ReLURegionModel([2, 2, 2], ["10", "11"]).ring()
print(time.perf_counter() - begin)
"""


def median(action, runs=RUNS):
    r"""Return the median wall-clock time of ``action()`` in seconds, after one run that is not counted."""
    action()
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def python(code):
    return lambda: subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def startup():
    r"""Yield rows (what, seconds, goal in seconds) for the start of programs."""
    mlvar = Path(sys.executable).with_name("mlvar")
    program = str(mlvar) if mlvar.exists() else shutil.which("mlvar")
    yield "mlvar --help", median(lambda: subprocess.run([program, "--help"], check=True, capture_output=True)), 0.5
    bare = median(python("pass"))
    yield "python -c pass", bare, None
    yield "import sage_mlvar", median(python("import sage_mlvar")), None
    yield "import Sage", median(python("import sage_mlvar._sage")), None
    touched = [float(subprocess.check_output([sys.executable, "-c", TOUCH])) for _ in range(RUNS)]
    yield "touch a model, over importing Sage", statistics.median(touched), 0.3


def calls():
    r"""Yield rows (what, seconds, goal) for the time that a backend call adds to the engine's own."""
    from sage_mlvar import _sage  # noqa: F401, I001
    from sage_mlvar import backends
    from sage_mlvar.backends import process

    from sage.rings.finite_rings.finite_field_constructor import GF
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    from sage.rings.rational_field import QQ

    ring = PolynomialRing(QQ, ["t", "x", "y"], order="degrevlex")
    t, x, y = ring.gens()
    modular = PolynomialRing(GF(1000003), ["x", "y"], order="degrevlex")
    a, b = modular.gens()
    questions = {
        "singular": lambda: backends.call("eliminate", [x - t**2, y - t**3], variables=[t], backend="singular"),
        "giac": lambda: backends.call("eliminate", [x - t**2, y - t**3], variables=[t], backend="giac"),
        "msolve": lambda: backends.call("count", [a**2 + b**2 - 5, a * b - 2], backend="msolve"),
    }
    original = process.subprocess.Popen
    for name, ask in questions.items():
        if not backends.get(name).feature().is_present():
            print(f"{name} is not installed: left out")
            continue
        total, own = measure_call(ask, original)
        yield (
            f"backend call {name}: total {1000 * total:.1f} ms, program alone {1000 * own:.1f} ms; added",
            total - own,
            0.03,
        )


def measure_call(ask, popen):
    r"""Return the median time of ``ask()`` and of the very command it ran, run alone on the same input."""
    from sage_mlvar.backends import process

    seen = {}

    def spy(command, **options):
        seen["command"], folder = command, Path(options["cwd"])
        seen["files"] = {path.name: path.read_text() for path in folder.iterdir() if path.stat().st_size}
        return popen(command, **options)

    process.subprocess.Popen = spy
    try:
        ask()
    finally:
        process.subprocess.Popen = popen
    with tempfile.TemporaryDirectory() as folder:
        for name, text in seen["files"].items():
            Path(folder, name).write_text(text)
        text = seen["files"].get(".stdin", "")

        def alone():
            subprocess.run(seen["command"], input=text, text=True, cwd=folder, capture_output=True, check=False)

        return median(ask), median(alone)


def main():
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}; medians of {RUNS} runs")
    missed = 0
    for rows in (startup(), calls()):
        for what, seconds, goal in rows:
            verdict = ""
            if goal is not None:
                verdict = f"   goal {goal} s: {'met' if seconds <= goal else 'MISSED'}"
                missed += seconds > goal
            print(f"{what}: {seconds:.3f} s{verdict}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
