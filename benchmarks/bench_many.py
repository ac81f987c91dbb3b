r"""
Measure what a data set costs, against the number of points and of processes.

    python benchmarks/bench_many.py [NUMBER OF POINTS …]

The network and the images are the digits of the package. Each run is a Python of its own, so that nothing is known
from the run before; the seconds are those of the whole call, with the start of its processes, but not of this Python.
The last column is the rate after the first 40 points, when all processes have started: what further points cost.
CPU seconds are those of all processes, their start included: they tell more on a busy machine.
"""

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

POINTS = (45, 90, 180, 360)
RUNS = {"jobs=1": 1, "jobs=2": 2, "Dask, 2 workers": 0}
RUN = """
import json, sys, time

def main(count, jobs, out):
    from sage_mlvar.data import digits, load_network

    network, (images, labels) = load_network("digits_quadratic.json"), digits()
    moments = [(time.perf_counter(), 0)]

    def progress(done, total):
        moments.append((time.perf_counter(), done))

    options = {"labels": labels, "points": range(count), "out": out, "progress": progress}
    if jobs:
        results = network.certify_many(images, "1/2", jobs=jobs, **options)
    else:
        from dask.distributed import Client, LocalCluster

        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
            with Client(cluster) as client:
                moments[0] = time.perf_counter(), 0
                results = network.certify_many(images, "1/2", client=client, **options)
    begin, end = moments[0][0], moments[-1][0]
    first = next(moment for moment, done in moments if done >= 40)
    facts = {"seconds": end - begin, "rate": (count - 40) / (end - first), "errors": len(results.errors)}
    print(json.dumps({**facts, "accuracy": str(results.certified_accuracy()), "bounds": [r["lower"] for r in results]}))

if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
"""


def measure(count, jobs):
    r"""Return what a fresh Python says about ``count`` points."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "run.py")
        program.write_text(RUN)
        command = [sys.executable, str(program), str(count), str(jobs), str(Path(folder, "results.jsonl"))]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        found = json.loads(subprocess.check_output(command, text=True).splitlines()[-1])
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {**found, "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def main(arguments):
    counts = [int(argument) for argument in arguments] or POINTS
    if min(counts) <= 40:
        raise SystemExit("numbers of points must be above 40")
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print(f"load of the machine at the beginning: {os.getloadavg()[0]:.1f}")
    head = f"{'points':>6}  {'processes':<16}{'seconds':>9}{'points/s':>10}{'points/s after the first 40':>29}"
    print(f"{head}{'CPU seconds':>13}")
    differ = 0
    for count in counts:
        bounds = None
        for name, jobs in RUNS.items():
            found = measure(count, jobs)
            rate = count / found["seconds"]
            row = f"{count:>6}  {name:<16}{found['seconds']:>9.2f}{rate:>10.1f}{found['rate']:>29.1f}"
            print(f"{row}{found['cpu']:>13.1f}", flush=True)
            differ += bounds not in (None, found["bounds"]) or found["errors"]
            bounds = found["bounds"]
    print("the records of all runs are the same" if not differ else "RECORDS DIFFER, or points have no answer")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
