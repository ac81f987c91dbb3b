r"""
The verbs of the models as commands.

Each is ``mlvar VERB MODEL [options]``; options may stand before and after ``MODEL``.

EXAMPLES::

    sage: from click.testing import CliRunner
    sage: from sage_mlvar.cli.program import program
    sage: result = CliRunner().invoke(program, ["dimension", "attention", "--d", "2", "--t", "2", "--a", "2"])
    sage: result.exit_code, result.output.splitlines()[0]
    (0, '5')
"""

import click

from . import exits, models
from .options import Integers, Point, debug_option, engine_options, given, output_options

__all__ = ["VERBS"]

_ENGINE = ("backend", "proof", "timeout", "memory", "jobs", "seed")

_CLASSES = click.option(
    "--classes", type=Integers(2), metavar="C,OTHER", help="classifier: the boundary between these classes."
)
_SLICE = click.option(
    "--slice",
    type=Point(),
    multiple=True,
    metavar="X,Y,…",
    help="A point of data space; give 2 or 3 to stay on the line or plane through them.",
)
_MAX_DEGREE = click.option("--max-degree", type=int, required=True, metavar="D", help="Degree up to which to look.")
_CHECKPOINT = click.option(
    "--checkpoint",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Keep finished parts in this file, and take them up again.",
)
_POINT = click.option("--point", type=Point(), required=True, metavar="X,Y,…", help="The point, all its coordinates.")

_MODELS = """MODEL is relu, attention or network with its parameters as options, or the name of a model file (JSON)."""

#: Verb → what it answers, and the options of its own.
_TABLE = {
    "ideal": ("The vanishing ideal: all polynomial equations.", [_CLASSES]),
    "invariants": ("Equations up to a degree, without elimination.", [_MAX_DEGREE, _CHECKPOINT]),
    "dimension": ("The dimension of the variety.", [_CLASSES]),
    "degree": ("The degree of the variety.", [_CLASSES]),
    "ed-degree": ("The number of critical points of the distance.", [_CLASSES, _SLICE]),
    "discriminant": ("The data points where two critical points collide.", [_CLASSES, _SLICE]),
    "contains": ("Whether a point satisfies all equations.", [_CLASSES, _POINT]),
}


def _run(verb, model, as_json, full, values):
    from ..options import resolve

    options = given(values, _ENGINE)
    resolve(verb, **options)  # a wrong option is told before Sage starts
    described = models.build(model, given(values, models.OPTION_NAMES))
    _check_answers(described, verb)
    names = [name for name in ("classes", "slice", "max_degree", "checkpoint", "point") if name in values]
    arguments = {name: _plain(value) for name, value in given(values, names).items()}
    if verb == "invariants":
        from .progress import reporter

        with reporter() as report:
            record = described.compute(verb, progress=report, **arguments, **options)
    else:
        record = described.compute(verb, **arguments, **options)

    from . import show

    if as_json:
        click.echo(show.jsonable(described, record, **arguments))
    else:
        click.echo("\n".join(show.human(record, full)))
    return exits.NO if record.value is False else 0


def _check_answers(model, verb):
    r"""Refuse a verb that the model does not have, in the words of the command line."""
    # A classifier answers what its boundaries do.
    kind = model.boundary(0, 1) if hasattr(model, "boundary") else model
    verbs = kind.verbs()
    if verb not in verbs:
        known = ", ".join(name for name in _TABLE if name.replace("-", "_") in verbs)
        raise ValueError(f"MODEL, a {model}, has no {verb.replace('_', '-')}; it has {known}")


def _plain(value):
    return list(value) if isinstance(value, tuple) else value


def _command(name):
    summary, own = _TABLE[name]

    def callback(model, as_json, full, **values):
        return _run(name.replace("-", "_"), model, as_json, full, values)

    for decorate in [debug_option, output_options, engine_options, *reversed(own), models.model_options]:
        callback = decorate(callback)
    return click.command(name, help=f"{summary}\n\n{_MODELS}", short_help=summary)(callback)


VERBS = [_command(name) for name in _TABLE]
