r"""
Measure the implicitization engine, with Macaulay2 and Singular in the same run.

    PYTHONPATH=.:tests python benchmarks/bench_implicit.py          our side, and Singular on the small cases
    ... --m2 /path/to/M2    also Macaulay2 (gfan has to be in the same directory or on PATH)
    ... --growth plot.png   how the cost grows with degree, blocks and widths

Each side's work: sage_mlvar finds all invariants up to the degree over the rational numbers, proves them and that
there are no more, counts minimal generators over the rational numbers ("found"), and writes them as polynomials
("all"). ``componentsOfKernel`` (package MultigradedImplicitization) finds minimal generators up to the degree; it
discards multidegrees by ranks modulo a prime, and proves no completeness. ``kernel`` (Macaulay2) and Singular's
elimination find the whole ideal over the rational numbers.
"""

import argparse
import os
import platform
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from implicit import builders

from sage_mlvar.implicit import graded_invariants, jacobian_rank, modular

EX37 = ["1100", "1010", "1001"]
EX31 = ((3, 3, 2, 3, 3), ["111/11/111", "011/11/111"])
#: name, builder, arguments, degree, method of Macaulay2
CASES = [
    ("ReLU (2,2,2) 10/11", builders.relu, ((2, 2, 2), ["10", "11"]), 2, "kernel"),
    ("ReLU (3,3,3) 110/011", builders.relu, ((3, 3, 3), ["110", "011"]), 3, "kernel"),
    ("ReLU (3,4,3) Ex. 37", builders.relu, ((3, 4, 3), EX37), 4, "componentsOfKernel"),
    ("ReLU (3,4,3) Ex. 37", builders.relu, ((3, 4, 3), EX37), 5, "componentsOfKernel"),
    (
        "ReLU (3,3,2,3,3) Ex. 31",
        builders.relu,
        ((3, 3, 2, 3, 3), ["111/11/111", "011/11/111"]),
        3,
        "componentsOfKernel",
    ),
    (
        "ReLU (3,3,2,3,3) Ex. 31",
        builders.relu,
        ((3, 3, 2, 3, 3), ["111/11/111", "011/11/111"]),
        4,
        "componentsOfKernel",
    ),
    ("ReLU (4,4,4)", builders.relu, ((4, 4, 4), EX37), 5, None),
    ("attention t=1 d=3 a=2", builders.attention, (3, 1, 2), 8, "kernel"),
    ("attention t=2 d=3 a=3", builders.attention, (3, 2, 3), 4, "componentsOfKernel"),
]


def ours(polymap, symmetry, degree):
    start = time.perf_counter()
    invariants = graded_invariants(polymap, degree, symmetry=symmetry)
    found = time.perf_counter() - start
    count = len(invariants.generators())
    return found, time.perf_counter() - start, count, invariants


def macaulay2(program, polynomials, degree, method, limit):
    """Return the seconds of the one command, or ``None`` when the limit is reached."""
    ring = polynomials[0].parent()
    names = {str(x): f"p_{i + 1}" for i, x in enumerate(ring.gens())}
    renamed = [str(f(*ring.change_ring(names=list(names.values())).gens())) for f in polynomials]
    command = {
        "kernel": "numgens kernel phi",
        "componentsOfKernel": f"#flatten values componentsOfKernel({degree}, phi)",
    }
    script = "\n".join(
        [
            'needsPackage "MultigradedImplicitization"',
            f"R = QQ[p_1..p_{ring.ngens()}]",
            f"S = QQ[y_1..y_{len(polynomials)}]",
            f"phi = map(R, S, {{{', '.join(renamed)}}})",
            f"result = elapsedTiming({command[method]});",
            'print("SECONDS " | toString(result#0) | " COUNT " | toString(result#1))',
        ]
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.m2"
        path.write_text(script)
        folders = str(Path(program).parent) + os.pathsep + os.environ.get("PATH", "")
        try:
            run = subprocess.run(
                [program, "--script", str(path)],
                capture_output=True,
                text=True,
                timeout=limit,
                env={**os.environ, "PATH": folders},
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
    for line in run.stdout.splitlines():
        if line.startswith("SECONDS"):
            words = line.split()
            return float(words[1]), int(words[3])
    raise RuntimeError(f"Macaulay2 failed: {run.stderr[-500:]}")


def singular(polynomials):
    """Return the seconds of Singular's elimination."""
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    from sage.rings.rational_field import QQ

    ring = polynomials[0].parent()
    names = [f"p{i}" for i in range(ring.ngens())] + [f"y{i}" for i in range(len(polynomials))]
    big = PolynomialRing(QQ, names, order="degrevlex")
    parameters = big.gens()[: ring.ngens()]
    graph = big.ideal([y - f(*parameters) for y, f in zip(big.gens()[ring.ngens() :], polynomials, strict=True)])
    start = time.perf_counter()
    graph.elimination_ideal(list(parameters))
    return time.perf_counter() - start


def compare(program, limit, only):
    print(f"{'case':26} {'deg':>3}  {'generators':>10}  {'found':>8}  {'all':>8}  {'peer':>20}  {'seconds':>8}  ratio")
    warm, symmetry = builders.relu((2, 2, 2), ["10", "11"])
    graded_invariants(warm, 2, symmetry=symmetry)
    for name, build, arguments, degree, method in CASES:
        if only not in name:
            continue
        polymap, symmetry = build(*arguments)
        polynomials = polymap.polynomials()
        found, everything, count, invariants = ours(polymap, symmetry, degree)
        row = f"{name:26} {degree:>3}  {count:>10}  {found:>8.2f}  {everything:>8.2f}"
        peers = []
        if degree <= 3 and method == "kernel":
            peers.append(("Singular elimination", singular(polynomials)))
        if program and method:
            answer = macaulay2(program, polynomials, degree, method, limit)
            peers.append((f"M2 {method}", None if answer is None else answer[0]))
        if not peers:
            print(row)
        for peer, seconds in peers:
            shown = f"> {limit:.0f}" if seconds is None else f"{seconds:.2f}"
            sign, ratio = (">", limit / everything) if seconds is None else ("", seconds / everything)
            print(f"{row}  {peer:>20}  {shown:>8}  {sign}{ratio:.1f}", flush=True)
        assert invariants.proved
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process: {peak:.0f} MB")


def dimension():
    """Compare a generic rank with the rank computation itself."""
    generator = np.random.default_rng(0)
    for size in (500, 1000, 2000):
        p = modular.primes(1)[0]
        matrix = generator.integers(0, p, size=(size, size))
        start = time.perf_counter()
        modular.rank(matrix, p)
        print(f"rank of a dense {size} x {size} matrix modulo {p}: {time.perf_counter() - start:.2f} s")
    polymap, _ = builders.relu((4, 4, 4), EX37)
    start = time.perf_counter()
    print(f"dimension of ReLU (4,4,4): {jacobian_rank(polymap)} in {time.perf_counter() - start:.3f} s")


def growth(path):
    """Measure the cost against degree, blocks and widths, and draw it."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    series = {
        "degree, (3,4,3), 3 blocks": [(D, (3, 4, 3), EX37, D) for D in (2, 3, 4, 5, 6)],
        "blocks, (3,4,3), degree 4": [
            (k, (3, 4, 3), ["1100", "1010", "1001", "0110", "0101", "0011"][:k], 4) for k in (1, 2, 3, 4)
        ],
        "width n, (n,4,n), 3 blocks, degree 4": [(n, (n, 4, n), EX37, 4) for n in (2, 3, 4, 5, 6)],
    }
    figure, axes = plt.subplots(1, len(series), figsize=(12, 3.6))
    for axis, (title, runs) in zip(axes, series.items(), strict=True):
        points = []
        for x, widths, patterns, degree in runs:
            polymap, symmetry = builders.relu(widths, patterns)
            start = time.perf_counter()
            invariants = graded_invariants(polymap, degree, symmetry=symmetry)
            found = time.perf_counter() - start
            points.append((x, found))
            print(f"{title}: {x}  dim I = {invariants.hilbert[-1]}  {found:.2f} s", flush=True)
        axis.semilogy(*zip(*points, strict=True), "o-")
        axis.set_title(title, fontsize=9)
        axis.set_ylabel("seconds")
        axis.set_xticks([x for x, _ in points])
        axis.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--m2", default=shutil.which("M2"), help="the program M2 of Macaulay2")
    parser.add_argument("--limit", type=float, default=300, help="seconds for one run of a peer")
    parser.add_argument("--only", default="", metavar="TEXT", help="the cases whose names contain TEXT")
    parser.add_argument("--growth", metavar="FILE", help="measure growth and draw it to FILE instead")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, one process")
    if options.growth:
        growth(options.growth)
    else:
        dimension()
        compare(options.m2, options.limit, options.only)


if __name__ == "__main__":
    main()
