r"""
Measure what a data set costs, against the number of points and of processes.

    python benchmarks/bench_many.py [NAME …]

NAME is one of

- digits: the quadratic network and the handwritten digits of the package, again and again; quick points
- mnist: the same with MNIST
- cubic: widths 8, 8, 2 with activation z^3, at random points; slow points after a slow first one

Each run is a Python of its own, so that nothing is known from the run before; the seconds are those of the whole call,
with the start of its processes, but not of this Python, nor of the Dask cluster. The speed-up is against one process.
The rate is also that of the second half of the points, when all processes work: what further points cost.

On a busy machine a speed-up does not show, but CPU seconds tell: those of the calling process, and those of the others
of this machine, their start included. With enough idle cores, the call would take about the first and the mean of the
second ones. The processes of a Dask cluster do not tell theirs.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

POINTS = {"digits": (90, 360, 1440), "mnist": (200,), "cubic": (10, 40)}
WORKERS = sorted({2, max(2, os.cpu_count())})
RUN = """
import json, random, resource, sys, time

def case(name, count):
    from sage_mlvar import PolynomialClassifier
    from sage_mlvar.cli.certify_input import classifier, data

    if name == "cubic":
        source = random.Random(1)
        points = [[f"{source.gauss(0, 1):.3f}" for _ in range(8)] for _ in range(count)]
        return PolynomialClassifier.random([8, 8, 2], 3, seed=1), points
    found = data(name, classifier(name), None)
    return classifier(name), [found.point(k % len(found)) for k in range(count)]

def main(name, count, jobs, workers, out):
    network, points = case(name, count)
    moments, begin = [], time.process_time()

    def certify(**options):
        moments.append(time.perf_counter())
        return network.certify_many(points, out=out, progress=lambda *_: moments.append(time.perf_counter()), **options)

    if jobs:
        results = certify(jobs=jobs)
    else:
        from dask.distributed import Client, LocalCluster

        with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
            with Client(cluster) as client:
                results = certify(client=client)
    here, there = time.process_time() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    # The first moment is the call, the second one that before the first point.
    half = moments[1 + count // 2]
    facts = {"seconds": moments[-1] - moments[0], "rate": (count - count // 2) / (moments[-1] - half)}
    facts |= {"here": here, "there": there.ru_utime + there.ru_stime if jobs else None}
    print(json.dumps({**facts, "errors": len(results.errors), "bounds": [r["lower"] for r in results]}))

if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5])
"""


def measure(name, count, jobs, workers):
    r"""Return what a fresh Python says about ``count`` points."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "run.py")
        program.write_text(RUN)
        arguments = [name, str(count), str(jobs), str(workers), str(Path(folder, "results.jsonl"))]
        said = subprocess.check_output([sys.executable, str(program), *arguments], text=True)
        return json.loads(said.splitlines()[-1])


def main(arguments):
    names = arguments or list(POINTS)
    if unknown := set(names) - set(POINTS):
        raise SystemExit(f"names must be among {', '.join(POINTS)}, got {', '.join(sorted(unknown))}")
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    head = f"{'':<8}{'points':>6}  {'processes':<16}{'seconds':>9}{'speed-up':>10}{'points/s':>10}{'second half':>13}"
    print(f"{head}{'CPU here':>10}{'there':>7}{'load':>6}")
    runs = {"jobs=1": (1, 0)}
    for workers in WORKERS:
        runs |= {f"jobs={workers}": (workers, 0), f"Dask, {workers} workers": (0, workers)}
    differ = 0
    for name, count in [(case, count) for case in names for count in POINTS[case]]:
        alone = None
        for processes, (jobs, workers) in runs.items():
            load = os.getloadavg()[0]
            found = measure(name, count, jobs, workers)
            alone = alone or found
            row = f"{name:<8}{count:>6}  {processes:<16}{found['seconds']:>9.2f}"
            row += f"{alone['seconds'] / found['seconds']:>10.2f}{count / found['seconds']:>10.1f}"
            there = "" if found["there"] is None else f"{found['there']:.1f}"
            print(f"{row}{found['rate']:>13.1f}{found['here']:>10.1f}{there:>7}{load:>6.1f}", flush=True)
            differ += found["bounds"] != alone["bounds"] or found["errors"]
    print("the records of all runs are the same" if not differ else "RECORDS DIFFER, or points have no answer")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
