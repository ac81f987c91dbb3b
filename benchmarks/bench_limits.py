r"""
Measure how late answers are at time limits, and how near predictions of time are.

    PYTHONPATH=. python benchmarks/bench_limits.py
    ... --limits 1,2,4,8       seconds
    ... --only numerical       one method; "auto" for the automatic choice
    ... --predictions          the second table only

First table: for each question and each limit the seconds until there was an answer, in a process of its own, and what
the answer was. An answer is late, marked by "<", after the limit and the larger of one second and a quarter of it.

Second table: predicted seconds beside those of the processor, engines included, for a first point.

Weights and data points are random numbers with as many bits as the table says. The machine must be idle.
"""

import argparse
import multiprocessing
import os
import platform
import random
import resource
import time

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify import registry
from sage_mlvar.certify.base import Question
from sage_mlvar.errors import MlvarError
from sage_mlvar.options import resolve

from sage.rings.rational_field import QQ

#: method → widths, degree, bits
CASES = {
    "numerical": [
        ((8, 8, 2), 3, 8),
        ((20, 20, 2), 2, 24),
        ((50, 50, 2), 2, 8),
        ((100, 50, 2), 2, 24),
        ((100, 100, 2), 2, 8),
        ((3, 20, 20, 2), 2, 8),
        ((2, 2, 2, 2, 2), 2, 8),
        ((1, 1, 2), 100, 8),
        ((5, 5, 10), 3, 8),
    ],
    "critical": [
        ((4, 4, 2), 4, 8),
        ((20, 20, 2), 2, 8),
        ((100, 100, 2), 2, 8),
        ((100, 100, 2), 1, 8),
        ((80, 80, 2), 3, 8),
        ((2, 8, 8, 8, 2), 2, 8),
        ((50, 2, 2), 8, 24),
        ((1, 1, 2), 30, 8),
        ((3, 3, 2), 4, 24),
    ],
    "quadric": [((100, 100, 10), 2, 24), ((100, 784, 10), 2, 8), ((784, 784, 2), 2, 24)],
    "bounds": [((100, 100, 2), 22, 8), ((100, 100, 10), 3, 8), ((100, 100, 100, 2), 2, 8)],
    "auto": [((2, 2, 2, 2, 2), 2, 8), ((9, 9, 2), 3, 8), ((5, 5, 10), 3, 8), ((100, 100, 10), 3, 8)],
}
#: Seconds after which an answer is not waited for.
PATIENCE = 60


def asked(widths, degree, bits):
    source = random.Random(1)
    point = tuple(QQ((source.randrange(-(2**bits), 2**bits), 2**bits)) for _ in range(widths[0]))
    return PolynomialClassifier.random(list(widths), degree, seed=1, bits=bits), point


def processor():
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def answer(pipe, name, case, limit):
    classifier, point = asked(*case)
    predicted = None
    if name != "auto":
        c = classifier.predict(point)
        others = tuple(k for k in range(case[0][-1]) if k != c)
        options = resolve("certify")
        question = Question(
            classifier, point, c, others, None, QQ((1, 10**9)), "euclidean", None, False, options, options.limits()
        )
        predicted = float(registry.of(classifier, name).predicted_seconds(question))
    begin, used = time.monotonic(), processor()
    try:
        words = repr(classifier.certify(point, certifier=name, timeout=limit))
    except MlvarError as error:
        words = f"{type(error).__name__}: {error}"
    pipe.send((time.monotonic() - begin, processor() - used, predicted, words))


def ask(name, case, limit):
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=answer, args=(there, name, case, limit))
    process.start()
    found = here.recv() if here.poll(PATIENCE + limit) else None
    process.kill()
    process.join()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limits", default="1,2,4,8")
    parser.add_argument("--only", choices=sorted(CASES))
    parser.add_argument("--predictions", action="store_true")
    arguments = parser.parse_args()
    names = [arguments.only] if arguments.only else list(CASES)
    limits = [float(x) for x in arguments.limits.split(",")]
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    for name in names if not arguments.predictions else ():
        for case in CASES[name]:
            for limit in limits:
                found = ask(name, case, limit)
                seconds, words = (PATIENCE + limit, "no answer") if found is None else (found[0], found[3])
                late = "<" if seconds > limit + max(1.0, limit / 4) else " "
                print(f"{name:9} {case[0]!s:22} {case[1]:3} {case[2]:3} {limit:5g} {seconds:7.2f} {late} {words[:90]}")
    print()
    for name in names:
        for case in CASES[name] if name != "auto" else ():
            found = ask(name, case, PATIENCE)
            if found is not None and "Timeout" not in found[3]:
                _, used, predicted, words = found
                print(f"{name:9} {case[0]!s:22} {case[1]:3} {case[2]:3} {predicted:9.2g} {used:7.2f}  {words[:60]}")


if __name__ == "__main__":
    main()
