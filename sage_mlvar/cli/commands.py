r"""
The commands that take no model: ``tour``, ``backends``, ``doctor``.

EXAMPLES::

    sage: from click.testing import CliRunner
    sage: from sage_mlvar.cli.program import program
    sage: import json
    sage: result = CliRunner().invoke(program, ["backends", "--json"])
    sage: [row["name"] for row in json.loads(result.stdout)["backends"]]
    ['giac', 'msolve', 'singular']
"""

import json

import click

from .options import debug_option

__all__ = ["COMMANDS"]

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")


@click.command()
@_JSON
@debug_option
def tour(as_json):
    r"""Compute examples of every kind, in under a minute.

    Nothing in it is canned: each line is computed while you look, the last ones on networks trained on iris flowers.
    """
    from .tour import run

    return run(as_json)


@click.command()
@_JSON
@debug_option
def backends(as_json):
    r"""List the engines: version, verbs, available or why not."""
    from ..backends import table

    rows = table()
    if as_json:
        click.echo(json.dumps({"backends": rows}))
        return 0
    from rich.table import Table

    from .terminal import console

    shown = Table("name", "version", "verbs", "available")
    for row in rows:
        available = "yes" if row["available"] is True else row["available"]
        shown.add_row(row["name"], row["version"] or "", ", ".join(row["verbs"]), " ".join(available.split()))
    console().print(shown, markup=False)
    return 0


@click.command()
@_JSON
@debug_option
def doctor(as_json):
    r"""Check the installation, and the backends against each other."""
    from .doctor import run

    return run(as_json)


COMMANDS = [tour, backends, doctor]
