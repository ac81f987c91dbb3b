r"""
Measure certificates of quadratic networks, and small questions beside z3, msolve and Bertini in the same run.

    PYTHONPATH=. python benchmarks/bench_certify.py
    ... --limit 60      seconds for each question to each of the other programs
    ... --only sizes    the first table only ("peers": the second only)

The first table has networks of real sizes with float32 weights, taken exactly: the time of the first point, with all
that the points of a network share; of a further point; of the independent checker; and the peak of resident memory of
a process that does nothing else.

The second asks for the distance of small networks. The others cannot be asked quite that:

- z3 (nonlinear real arithmetic) is asked twice whether there is a failure within a radius, 1 % below and 1 % above the
  true distance;
- msolve solves the Lagrange system ``g = 0, x - u = l grad g`` as one writes it by hand, over QQ with isolation of real
  solutions, and the nearest real one is taken for the answer;
- Bertini (double precision, total degree) does the same numerically, with ``g`` scaled to coefficients up to 1 and
  imaginary parts below 1e-8 called real.

An answer is right when it is the true distance up to 1e-6, "none" where there is no boundary, or both answers of z3
are right. The true distance is known by construction, or the one of which there is a checked certificate.
"""

import argparse
import multiprocessing
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path

import numpy

#: name → widths, activation
SIZES = {
    "784-100-10": (784, 100, 10),
    "64-32-10": (64, 32, 10),
}


def random_network(widths, seed=0):
    from sage_mlvar import PolynomialClassifier

    source = numpy.random.default_rng(seed)
    weights, biases = [], []
    for rows, columns in zip(widths[1:], widths):
        weights.append(numpy.float32(source.normal(size=(rows, columns)) / columns**0.5))
        biases.append(numpy.float32(source.normal(size=rows) * 0.3))
    return PolynomialClassifier(weights, biases)


def trained(name):
    r"""Return a trained network that the package carries, and its test points."""
    from sage_mlvar import data

    network = {"digits": "digits_quadratic.json", "mnist": "mnist_quadratic.npz"}[name]
    return data.load_network(network), getattr(data, name)()[0]


def measure(name, send):
    import sage_mlvar._sage  # noqa: F401

    if name in SIZES:
        classifier = random_network(SIZES[name])
        points = numpy.round(numpy.random.default_rng(1).random((60, SIZES[name][0])) * 255) / 256
    else:
        classifier, points = trained(name)
    begin = time.perf_counter()
    certificate = classifier.certify(points[0])
    first = time.perf_counter() - begin
    for x in points[1:20]:  # all pairs of classes come up
        classifier.certify(x)
    further, widths = [], []
    for x in points[20:60]:
        begin = time.perf_counter()
        certificate = classifier.certify(x)
        further.append(time.perf_counter() - begin)
        widths.append(float(certificate.relative_width))
        assert certificate.proved
    begin = time.perf_counter()
    certificate.verify()
    checked = time.perf_counter() - begin
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    send.send((first, float(numpy.median(further)), max(further), max(widths), checked, memory))


def sizes():
    print(f"{'network':22}{'first':>8}{'further':>9}{'slowest':>9}{'per second':>12}{'width':>9}{'check':>8}{'MB':>7}")
    context = multiprocessing.get_context("spawn")
    for name in [*SIZES, "digits", "mnist"]:
        receive, send = context.Pipe(duplex=False)
        process = context.Process(target=measure, args=(name, send))
        process.start()
        send.close()
        first, median, slowest, width, checked, memory = receive.recv()
        process.join()
        times = f"{first:8.2f}{median:9.4f}{slowest:9.4f}{1 / median:12.1f}"
        print(f"{name:22}{times}{width:9.1e}{checked:8.2f}{memory:7.0f}", flush=True)
    start_up()


def start_up():
    r"""Time the whole command on one flower of the package's data."""
    with tempfile.TemporaryDirectory() as folder:
        points = Path(folder, "one.csv")
        points.write_text("5.1,3.5,1.4,0.2\n")
        model = str(files("sage_mlvar.data") / "iris_quadratic.json")
        command = [sys.executable, "-m", "sage_mlvar", "certify", model, str(points), "--json"]
        seconds = []
        for _ in range(3):
            begin = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            seconds.append(time.perf_counter() - begin)
    print(f"start-up: mlvar certify, one flower, {min(seconds):.2f} s (best of 3)")


def cases():
    r"""Yield name, network, point and the true distance (``None``: of the certificate)."""
    from sage_mlvar import PolynomialClassifier

    def squares(rows, shifts, coefficients, constant):
        return PolynomialClassifier([rows, [coefficients, [0] * len(rows)]], [shifts, [constant, 0]])

    plane = [[1, 0], [0, 1]]
    yield "ellipse from its long axis", squares(plane, [0, 0], [-1, -4], 4), [1, 0], (2 / 3) ** 0.5
    yield "circle from its centre", squares(plane, [0, 0], [-1, -1], 4), [0, 0], 2.0
    yield "isolated point", squares(plane, [0, 0], [1, 2], 0), [3, 4], 5.0
    yield "no boundary", squares(plane, [0, 0], [1, 2], 1), [3, 4], None
    for n in (2, 4, 6, 8):
        yield f"random ({n},[{n}],2) z^2", PolynomialClassifier.random([n, n, 2], seed=n), [1] * n, None
    yield "random (2,[2],2) z^3", PolynomialClassifier.random([2, 2, 2], 3, seed=3, bits=4), [1, 2], None
    yield "random (3,[3],2) z^3", PolynomialClassifier.random([3, 3, 2], 3, seed=3, bits=4), [1, 2, 1], None


def lagrange(classifier, u, scaled=False):
    from sage_mlvar.invariants.lagrange import Lagrange

    from sage.rings.rational_field import QQ

    g = classifier.boundary().polynomial()
    if scaled:
        g = g / max(map(abs, g.coefficients()))
    return Lagrange([g], QQ).at([QQ(x) for x in u])


def by_z3(classifier, u, true, limit):
    import z3

    n = classifier.widths()[0]
    g = classifier.boundary().polynomial()
    if g(*u) < 0:
        g = -g
    x = [z3.Real(f"x{k}") for k in range(n)]

    def number(c):
        return z3.Q(int(c.numerator()), int(c.denominator()))

    def within(radius):
        solver = z3.SolverFor("QF_NRA")
        solver.set("timeout", int(1000 * limit / 2))
        terms = []
        for exponent, c in g.dict().items():
            term = number(c)
            for variable, e in zip(x, exponent):
                for _ in range(int(e)):
                    term = term * variable
            terms.append(term)
        solver.add(z3.Sum(terms) <= 0)
        if radius is not None:
            p, q = float(radius).as_integer_ratio()
            solver.add(z3.Sum([(a - int(b)) * (a - int(b)) for a, b in zip(x, u)]) * q * q <= p * p)
        return str(solver.check())

    if true is None:
        found = within(None)
        return {"unsat": True, "sat": False}.get(found)
    below, above = within(0.99 * true), within(1.01 * true)
    if "unknown" in (below, above):
        return None
    return (below, above) == ("unsat", "sat")


def nearest(found, true):
    if true is None:
        return not found
    return bool(found) and abs(min(found) - true) <= 1e-6 * (1 + true)


def by_msolve(classifier, u, true, limit):
    from sage_mlvar import backends
    from sage_mlvar.backends.system import System

    system = System.from_sage(lagrange(classifier, u))
    program = str(backends.get("msolve").feature().absolute_filename())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "in.ms")
        path.write_text(f"{','.join(system.names())}\n0\n" + ",\n".join(system.lines()) + "\n")
        out = subprocess.run(
            [program, "-f", str(path)], capture_output=True, text=True, check=True, timeout=limit
        ).stdout
    found = []
    for point in re.findall(r"\[(\[[^][]+\](?:, ?\[[^][]+\])*)\]", out):
        ends = [list(map(_value, pair.split(","))) for pair in re.findall(r"\[([^][]+)\]", point)]
        if len(ends) == len(u) + 1:
            found.append(sum((sum(end) / 2 - c) ** 2 for end, c in zip(ends, u)) ** 0.5)
    return nearest(found, true)


def _value(text):
    r"""Read ``a / 2^b``."""
    numerator, _, power = text.partition("/")
    below = 2 ** int(power.split("^")[1]) if "^" in power else int(power or 1)
    return int(numerator) / below


def by_bertini(classifier, u, true, limit):
    import bertini
    from bertini.multiprec import Float
    from bertini.nag_algorithm import ZeroDimCauchyDoublePrecisionTotalDegree

    equations = lagrange(classifier, u, scaled=True)
    variables = [bertini.Variable(f"x{k}") for k in range(len(u) + 1)]
    system = bertini.System()
    system.add_variable_group(bertini.VariableGroup(variables))
    for f in equations:
        total = None
        for exponent, c in f.dict().items():
            term = None
            for variable, e in zip(variables, exponent):
                if e:
                    power = variable ** int(e)
                    term = power if term is None else term * power
            number = Float(repr(float(c)))
            term = number * term if term is not None else variables[0] - variables[0] + number
            total = term if total is None else total + term
        system.add_function(total)
    solver = ZeroDimCauchyDoublePrecisionTotalDegree(system)
    solver.solve()
    found = []
    for solution in solver.solutions():
        first, *rest = [complex(c) for c in solution]
        if abs(first) < 1e-10:
            continue
        point = [c / first for c in rest][: len(u)]
        if all(abs(c.imag) < 1e-8 for c in point):
            found.append(sum((c.real - b) ** 2 for c, b in zip(point, u)) ** 0.5)
    return nearest(found, true)


def _ask(solver, name, true, limit, send):
    import sage_mlvar._sage  # noqa: F401

    _, classifier, u, _ = next(case for case in cases() if case[0] == name)
    classifier.boundary().polynomial()
    begin = time.perf_counter()
    try:
        answer = {"z3": by_z3, "msolve": by_msolve, "bertini": by_bertini}[solver](classifier, u, true, limit)
    except Exception as error:
        send.send((time.perf_counter() - begin, f"{type(error).__name__}"))
        return
    send.send((time.perf_counter() - begin, {True: "right", False: "WRONG", None: "unknown"}[answer]))


def peers(limit):
    from sage.rings.infinity import infinity

    context = multiprocessing.get_context("spawn")
    others = ("z3", "msolve", "bertini")
    print(f"\n{'question':32}{'distance':>11}{'ours':>9}{'check':>8}  " + "".join(f"{name:>20}" for name in others))
    for name, classifier, u, true in cases():
        for key in ("_certifiers", "_boundaries", "_exact_network"):
            classifier.__dict__.pop(key, None)
        begin = time.perf_counter()
        certificate = classifier.certify(u)
        seconds = time.perf_counter() - begin
        begin = time.perf_counter()
        certificate.verify()
        checked = time.perf_counter() - begin
        known = None if certificate.lower == infinity else float(certificate.upper)
        assert true is None or known is None or abs(known - true) < 1e-6, (name, known, true)
        cells = []
        for solver in others:
            receive, send = context.Pipe(duplex=False)
            process = context.Process(target=_ask, args=(solver, name, known, limit, send))
            process.start()
            send.close()
            answer = receive.recv() if receive.poll(limit + 30) else None
            process.kill()
            process.join()
            cells.append("no answer" if answer is None else f"{answer[0]:.3f} {answer[1]}")
        shown = "none" if known is None else f"{known:.6f}"
        print(f"{name:32}{shown:>11}{seconds:9.3f}{checked:8.3f}  " + "".join(f"{c:>20}" for c in cells), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=float, default=60, help="seconds for a question to another program")
    parser.add_argument("--only", choices=["sizes", "peers"])
    options = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")
    if options.only != "peers":
        sizes()
    if options.only != "sizes":
        peers(options.limit)


if __name__ == "__main__":
    main()
