r"""
``mlvar tour``: examples of every kind, computed while you look.

The first part repeats known values of the literature; the second takes two networks trained on Fisher's iris flowers.
A step is a function that yields lines; add one to :data:`STEPS` to lengthen the tour.

EXAMPLES::

    sage: from sage_mlvar.cli.tour import relu_shallow
    sage: for line in relu_shallow():
    ....:     print(line.what, "|", line.answer, "|", line.status)
    ReLU network (2,2,2), blocks 10, 11: ideal | 2 generators of degree 2 | proved
    ReLU network (2,2,2), blocks 10, 11: dimension | 6 | proved
    ReLU network (2,2,2), blocks 10, 11: ED degree | 8 | ...
"""

import json
import time
from collections import Counter
from dataclasses import asdict, dataclass
from functools import cache

import click

from .. import _sage  # noqa: F401
from ..data import iris, load_json, load_network
from ..exact import rational
from ..models.attention import LightningAttentionModel
from ..models.classifier import PolynomialClassifier
from ..models.relu import ReLURegionModel
from ..options import using
from . import exits
from .show import short

from sage.matrix.constructor import matrix
from sage.modules.free_module_element import vector
from sage.rings.rational_field import QQ

__all__ = ["STEPS", "Line", "run"]

_SECONDS_PER_ANSWER = 60
_WIDE = 118
#: Flowers per block, one more than the width of the input: their outputs satisfy linear equations, too.
_FLOWERS = 5
_WORDS = {"ed_degree": "ED degree", "discriminant": "ED discriminant", "ideal": "ideal", "dimension": "dimension"}


@dataclass(frozen=True)
class Line:
    r"""
    One line of the tour.

    - ``what`` -- the question
    - ``answer`` -- the answer, short
    - ``backend``, ``seconds``, ``status`` -- how it came about
    - ``error`` -- ``None``, or what went wrong
    - ``code`` -- exit code that goes with ``error``
    """

    what: str
    answer: str
    backend: str = "sage_mlvar"
    seconds: float = 0.0
    status: str = ""
    error: str | None = None
    code: int = 0


def _ask(title, model, *verbs, **arguments):
    r"""Yield a line for each verb."""
    for verb in verbs:
        record = model.compute(verb, **arguments)
        what = f"{title}: {_WORDS[verb]}"
        yield Line(what, short(record.value), record.backend, record.seconds, record.status)


def relu_shallow():
    r"""A shallow ReLU network."""
    model = ReLURegionModel([2, 2, 2], ["10", "11"])
    yield from _ask("ReLU network (2,2,2), blocks 10, 11", model, "ideal", "dimension", "ed_degree")


def relu_three_neurons():
    r"""Two blocks that share one of three neurons."""
    model = ReLURegionModel([3, 3, 3], ["110", "011"])
    yield from _ask("ReLU network (3,3,3), blocks 110, 011", model, "ideal", "dimension")


def relu_deep():
    r"""A ReLU network with two hidden layers."""
    model = ReLURegionModel([2, 3, 2, 2], ["110/10", "011/11"])
    yield from _ask("ReLU network (2,3,2,2), blocks 110/10, 011/11", model, "ideal", "dimension")


def attention():
    r"""A layer of linear self-attention."""
    yield from _ask("self-attention d=2, t=2, a=2", LightningAttentionModel(2, 2, 2), "ideal", "dimension")


def quadratic_classifier():
    r"""A quadratic classifier: conic, four critical points, sextic discriminant."""
    model = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]])
    record = model.compute("ideal")
    title = "quadratic network (2,[2],2)"
    yield Line(f"{title}: boundary", short(record.value), record.backend, record.seconds, record.status)
    yield from _ask(title, model, "ed_degree", "discriminant")


@cache
def _flowers():
    r"""Return the weight matrices of the trained ReLU network, and its flowers by activation pattern."""
    weights = [matrix(QQ, [[rational(w) for w in row] for row in W]) for W in load_json("iris_relu.json")["weights"]]
    groups = {}
    for features in iris()[0]:
        flower = vector(QQ, [rational(x) for x in features])
        pattern = "".join("1" if z > 0 else "0" for z in weights[0] * flower)
        groups.setdefault(pattern, []).append(flower)
    return weights, dict(sorted(groups.items(), key=lambda item: -len(item[1])))


def iris_patterns():
    r"""The activation patterns of real flowers."""
    begin = time.monotonic()
    _, groups = _flowers()
    counts = Counter({pattern: len(flowers) for pattern, flowers in groups.items()})
    answer = ", ".join(f"{pattern}×{count}" for pattern, count in counts.most_common())
    what = f"iris: patterns of {counts.total()} flowers in a trained ReLU network"
    yield Line(what, answer, seconds=time.monotonic() - begin, status="proved")


def iris_outputs():
    r"""The equations between outputs on real flowers, checked on a trained network."""
    weights, groups = _flowers()
    blocks = {pattern: flowers[:_FLOWERS] for pattern, flowers in groups.items() if len(flowers) >= _FLOWERS}
    data = [matrix(QQ, flowers).transpose() for flowers in blocks.values()]
    model = ReLURegionModel([4, 3, 3], list(blocks), data=data)
    yield from _ask(f"iris: outputs on {_FLOWERS} flowers of {len(blocks)} patterns", model, "ideal", "dimension")
    begin = time.monotonic()
    outputs = [weights[1] * (weights[0] * X).apply_map(lambda z: max(z, QQ.zero())) for X in data]
    point = [entry for Y in outputs for entry in Y.list()]
    generators = [f for f in model.ideal().gens() if f]
    wrong = sum(f(*point) != 0 for f in generators)
    if wrong:
        raise ArithmeticError(f"{wrong} of {len(generators)} generators do not vanish at the outputs of the network")
    what = f"iris: {len(generators)} generators at the network's real outputs"
    yield Line(what, "all exactly 0", seconds=time.monotonic() - begin, status="proved")


def iris_boundaries():
    r"""The boundaries of a trained quadratic network."""
    model, names = load_network("iris_quadratic.json"), iris()[2]
    for c, other in ((0, 1), (0, 2), (1, 2)):
        title = f"iris: boundary {names[c]} | {names[other]}"
        yield from _ask(title, model, "ed_degree", classes=(c, other))


def iris_radius():
    r"""The certified radius at one flower."""
    flowers, _, names = iris()
    certificate = load_network("iris_quadratic.json").certify(flowers[0])
    shown = int(certificate.lower * 10**9)  # rounded down: what is shown is certified, too
    answer = f"{shown // 10**9}.{shown % 10**9:09} cm, beyond: {names[certificate.competing]}"
    what = f"iris: radius within which flower 1 stays {names[certificate.predicted]}"
    yield Line(what, answer, seconds=certificate.seconds, status=certificate.status)


STEPS = [
    relu_shallow,
    relu_three_neurons,
    relu_deep,
    attention,
    quadratic_classifier,
    iris_patterns,
    iris_outputs,
    iris_boundaries,
    iris_radius,
]


def _lines(step):
    r"""Yield the lines of ``step``; when it fails, the last one says so."""
    try:
        with using(timeout=_SECONDS_PER_ANSWER):
            yield from step()
    except Exception as error:
        yield Line(step.__doc__.strip(), "", status="failed", error=exits.message(error), code=exits.code(error))


def run(as_json=False, steps=None):
    r"""
    Compute and show the ``steps``, :data:`STEPS` by default; return the exit code: 0, or that of the first failure.

    EXAMPLES::

        sage: from sage_mlvar.cli.tour import attention, run
        sage: run(steps=[attention])
        self-attention d=2, t=2, a=2: ideal 5 generators of degrees 1 (4), 4 (1) ... proved
        self-attention d=2, t=2, a=2: dimension 5 sage_mlvar ... proved
        <BLANKLINE>
        2 answers in ... s: all done
        0
    """
    begin = time.monotonic()
    found = []
    for line in _silently(steps or STEPS) if as_json else _on_display(steps or STEPS):
        found.append(line)
    seconds = time.monotonic() - begin
    failures = [line.code for line in found if line.error is not None]
    if as_json:
        click.echo(json.dumps({"lines": [asdict(line) for line in found], "seconds": round(seconds, 6)}))
    else:
        outcome = f"{len(failures)} failed" if failures else "all done"
        click.echo(f"\n{len(found)} answers in {seconds:.1f} s: {outcome}")
    return failures[0] if failures else 0


def _silently(steps):
    for step in steps:
        yield from _lines(step)


def _on_display(steps):
    r"""Yield the lines as they come, and show them above a progress bar (without the bar when not on a terminal)."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from .terminal import console

    screen = console()
    columns = [SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(24), MofNCompleteColumn()]
    bar = Progress(*columns, TimeElapsedColumn(), console=screen, transient=True, disable=not screen.is_terminal)
    with bar:
        task = bar.add_task("", total=len(steps))
        for step in steps:
            bar.update(task, description=step.__doc__.strip().rstrip("."))
            for line in _lines(step):
                bar.console.print(_text(line, screen.width), markup=False, soft_wrap=True)
                yield line
            bar.advance(task)


def _text(line, width):
    r"""Return the text of a line: columns on a wide display, two rows on a narrow one."""
    if line.error is not None:
        return f"{line.what} FAILED: {line.error}"
    facts = f"{line.backend:10} {line.seconds:5.2f} s  {line.status}"
    if width >= _WIDE:
        return f"{line.what:57} {line.answer:41} {facts}"
    return f"{line.what}\n    {line.answer:41} {facts}"
