r"""
Measure certificates by critical points and by bounds, beside plain msolve.

    PYTHONPATH=. python benchmarks/bench_critical.py
    ... --large        also (8,[8],2) with z^3, 765 critical points
    ... --limit 300    seconds for msolve
    ... --only critical   ("bounds": the second table only)

Weights and data points are float32 numbers, taken exactly (24-bit mantissas).

First table: ``certifier="numerical"``, the time of the first point with all that the points of a network share, the
median of further points, the checker's time; and msolve over QQ on the Lagrange system of the first point, as one
writes it by hand (without any proof that all solutions were found, without singular points).

Second table: ``certifier="bounds"`` on networks with many inputs: whether a tenth of the distance found by local search
is proved robust, in which time, and how long the checker takes; then the same for a bracket as narrow as it becomes by
default within ``--timeout``: its lower end and its relative width.
"""

import argparse
import os
import platform
import subprocess
import tempfile
import time
from pathlib import Path

import numpy

from sage_mlvar import PolynomialClassifier, backends
from sage_mlvar.backends.system import System
from sage_mlvar.errors import MlvarError
from sage_mlvar.invariants.lagrange import Lagrange

from sage.rings.rational_field import QQ

#: widths, degree of the activation
CRITICAL = [((3, 20, 20, 2), 2), ((4, 8, 2), 3), ((5, 5, 2), 3)]
LARGE = ((8, 8, 2), 3)
BOUNDS = [
    ((100, 100, 10), 10),
    ((100, 100, 2), 10),
    ((100, 100, 2), 22),
    ((100, 100, 10), 22),
    ((784, 32, 10), 3),
    ((50, 50, 50, 3), 2),
    ((10, 10, 10, 3), 3),
]


def network(widths, degree, seed=0):
    source = numpy.random.default_rng(seed)
    shapes = list(zip(widths[1:], widths))
    weights = [numpy.float32(source.normal(size=shape) / shape[1] ** 0.5) for shape in shapes]
    biases = [numpy.float32(source.normal(size=rows) * 0.3) for rows, _ in shapes]
    return PolynomialClassifier(weights, biases, degree)


def point(n, seed):
    return [float(x) for x in numpy.float32(numpy.random.default_rng(1000 + seed).random(n))]


def msolve(classifier, u, limit):
    system = System.from_sage(Lagrange([classifier.boundary().polynomial()], QQ).at([QQ(x) for x in map(exact, u)]))
    program = str(backends.get("msolve").feature().absolute_filename())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "in.ms")
        path.write_text(f"{','.join(system.names())}\n0\n" + ",\n".join(system.lines()) + "\n")
        begin = time.perf_counter()
        try:
            subprocess.run([program, "-f", str(path)], capture_output=True, check=True, timeout=limit)
        except subprocess.TimeoutExpired:
            return None
        return time.perf_counter() - begin


def exact(x):
    numerator, denominator = float(x).as_integer_ratio()
    return QQ(numerator) / QQ(denominator)


def critical(cases, limit, further):
    print(f"{'network':22}{'points':>7}{'status':>8}{'first':>8}{'further':>9}{'slowest':>9}{'check':>8}"
          f"{'msolve':>9}{'ratio':>8}")  # fmt: skip
    for widths, degree in cases:
        classifier = network(widths, degree)
        begin = time.perf_counter()
        certificate = classifier.certify(point(widths[0], 0), certifier="numerical", timeout=None)
        first = time.perf_counter() - begin
        seconds = []
        for k in range(1, further + 1):
            begin = time.perf_counter()
            other = classifier.certify(point(widths[0], k), certifier="numerical", timeout=None)
            seconds.append(time.perf_counter() - begin)
            assert other.proved
        begin = time.perf_counter()
        certificate.verify()
        checked = time.perf_counter() - begin
        theirs = msolve(classifier, point(widths[0], 0), limit)
        number = classifier.boundary().generic_ed_degree()
        median = float(numpy.median(seconds))
        shown = f"> {limit:.0f}" if theirs is None else f"{theirs:.2f}"
        ratio = f"> {limit / median:.0f}" if theirs is None else f"{theirs / median:.0f}"
        label = f"{','.join(map(str, widths))} z^{degree}"
        print(
            f"{label:22}{int(number):>7}{certificate.status:>8}{first:8.2f}{median:9.3f}{max(seconds):9.3f}"
            f"{checked:8.2f}{shown:>9}{ratio:>8}",
            flush=True,
        )


def bounds(timeout):
    print(
        f"\n{'network':22}{'found':>10}{'tenth':>8}{'seconds':>9}{'check':>8}{'bracket':>11}{'width':>10}{'seconds':>9}"
        f"{'check':>8}"
    )
    for widths, degree in BOUNDS:
        classifier = network(widths, degree)
        u = point(widths[0], 0)
        start = time.perf_counter()
        try:
            wide = classifier.certify(u, certifier="bounds", timeout=timeout)
        except MlvarError as error:
            print(f"{widths} z^{degree}: {error}", flush=True)
            continue
        tightened = time.perf_counter() - start
        radius = exact(float(wide.upper) / 10)
        begin = time.perf_counter()
        certificate = classifier.certify(u, radius, certifier="bounds", timeout=timeout)
        seconds = time.perf_counter() - begin
        begin = time.perf_counter()
        certificate.verify()
        checked = time.perf_counter() - begin
        begin = time.perf_counter()
        wide.verify()
        label = f"{','.join(map(str, widths))} z^{degree}"
        print(
            f"{label:22}{float(wide.upper):10.5f}{certificate.verdict:>8}{seconds:9.2f}{checked:8.2f}"
            f"{float(wide.lower):11.6f}{float(wide.relative_width):10.1e}{tightened:9.1f}"
            f"{time.perf_counter() - begin:8.2f}",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--limit", type=float, default=300)
    parser.add_argument("--timeout", type=float, default=60, help="seconds for a bracket by bounds")
    parser.add_argument("--only", choices=["critical", "bounds"])
    options = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")
    if options.only != "bounds":
        critical(CRITICAL, options.limit, further=20)
        if options.large:
            critical([LARGE], options.limit, further=3)
    if options.only != "critical":
        bounds(options.timeout)


if __name__ == "__main__":
    main()
