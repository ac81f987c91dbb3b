r"""
Options of the commands, and the forms in which their values are written.

EXAMPLES::

    sage: from sage_mlvar.cli.options import Bytes, Integers, Seconds
    sage: Bytes().convert("2G", None, None), Integers().convert("2,3,2", None, None)
    (2147483648, [2, 3, 2])
    sage: Seconds().convert("none", None, None) is None, Seconds().convert("1.5", None, None)
    (True, 1.5)
"""

import click

from ..options import bytes_of

__all__ = ["Bytes", "Integers", "Point", "Seconds", "debug_option", "engine_options", "given", "output_options"]


class Bytes(click.ParamType):
    r"""A number of bytes; the suffixes K, M, G, T mean powers of 1024."""

    name = "bytes"

    def convert(self, value, param, ctx):
        if not isinstance(value, str):
            return value
        number = bytes_of(value)
        if number is None:
            self.fail(f"{value!r} is not a number of bytes such as 500000000, 500M or 2G", param, ctx)
        return number


class Seconds(click.ParamType):
    r"""A number of seconds, or ``none`` for no limit."""

    name = "seconds"

    def convert(self, value, param, ctx):
        if not isinstance(value, str):
            return value
        if value.strip().lower() == "none":
            return None
        try:
            return float(value)
        except ValueError:
            self.fail(f"{value!r} is not a number of seconds, nor 'none'", param, ctx)


class Integers(click.ParamType):
    r"""Integers with commas between them; ``length`` fixes their number."""

    name = "integers"

    def __init__(self, length=None):
        self.length = length

    def convert(self, value, param, ctx):
        if not isinstance(value, str):
            return value
        try:
            numbers = [int(part) for part in value.split(",")]
        except ValueError:
            numbers = None
        if numbers is None or self.length not in (None, len(numbers)):
            count = "integers" if self.length is None else f"{self.length} integers"
            self.fail(f"{value!r} must be {count} with commas between them", param, ctx)
        return numbers


class Point(click.ParamType):
    r"""The coordinates of a point, exact numbers such as ``1``, ``-0.5`` or ``2/3``, with commas between them."""

    name = "point"

    def convert(self, value, param, ctx):
        return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


_ENGINE = [
    click.option("--backend", metavar="NAME", help="Engine to use, and no other; 'mlvar backends' lists them."),
    click.option("--proof/--no-proof", default=None, help="Only a proved answer, or also a probable one."),
    click.option("--timeout", type=Seconds(), metavar="SECONDS", help="Time limit, or 'none'; 300 by default."),
    click.option("--memory", type=Bytes(), metavar="BYTES", help="Limit on an engine's memory, such as 2G."),
    click.option("--jobs", type=int, metavar="N", help="Processes to use."),
    click.option("--seed", type=int, metavar="N", help="Seed of the random choices; 0 by default."),
]


def engine_options(command):
    r"""Add the options that every verb of a model takes; what was given arrives in ``options`` (see :func:`given`)."""
    for option in reversed(_ENGINE):
        command = option(command)
    return command


def output_options(command):
    r"""Add ``--json`` and ``--full``."""
    command = click.option("--full", is_flag=True, help="Print long answers in full.")(command)
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")(command)


def debug_option(command):
    r"""Add ``--debug``, which shows the traceback of an error."""

    def remember(ctx, param, value):
        if value:
            ctx.meta["debug"] = True

    return click.option(
        "--debug",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=remember,
        help="Show the traceback of an error.",
    )(command)


def given(values, names):
    r"""
    Return the entries of ``values`` called ``names`` that stand on the command line.

    An option that was left out is left to the environment and the defaults of the package; ``--timeout none`` is not
    left out, though its value is ``None``.
    """
    from click.core import ParameterSource

    context = click.get_current_context()
    return {name: values[name] for name in names if context.get_parameter_source(name) is not ParameterSource.DEFAULT}
