r"""
``mlvar certify``: how robust a network is, on one point or on a data set.

EXAMPLES::

    sage: from click.testing import CliRunner
    sage: from sage_mlvar.cli.program import program
    sage: result = CliRunner().invoke(program, ["certify", "digits", "--points", "0,4", "--radius", "0.5"])
    sage: print(result.stdout)
    point  label  class  competing  verdict     distance   status  method
    0      0      0      5          robust      0.681476   proved  quadric
    4      8      8      1          not robust  0.088444   proved  quadric
    ...
    sage: result.exit_code
    0
"""

import json
from contextlib import suppress
from pathlib import Path

import click

from . import exits
from .options import Point, debug_option, engine_options, given
from .spelling import as_option

__all__ = ["COMMAND", "certify"]

_ENGINE = ("backend", "proof", "timeout", "memory", "jobs", "seed")
_MOST_ROWS = 20

_FILE = click.Path(dir_okay=False)
_OPTIONS = [
    click.option("--point", type=Point(), metavar="X,Y,…", help="One point, in place of DATA."),
    click.option("--radius", metavar="R", help="Also say whether the network is robust within this distance."),
    click.option("--out", type=_FILE, metavar="FILE", help="Write one line of JSON per point; continues a file."),
    click.option(
        "--retry", is_flag=True, help="Certify the points again that are without an answer, or unknown, in --out."
    ),
    click.option("--plot", type=_FILE, metavar="FILE", help="Draw a picture: .svg, .pdf or .png."),
    click.option(
        "--certificates",
        type=click.Path(file_okay=False),
        metavar="FOLDER",
        help="Write a certificate per point, for 'python -m sage_mlvar.check'.",
    ),
    click.option(
        "--points", multiple=True, metavar="LIST", help="Which points: indices and slices, such as 0:100 or 3,7,10:20."
    ),
    click.option("--labels", type=_FILE, metavar="FILE", help="The labels, when DATA does not hold them."),
    click.option("--label-column", metavar="NAME", help="The column of a .csv file that holds the labels."),
    click.option("--scale", metavar="S", help="Multiply the data by this number, exactly, such as 1/255."),
    click.option("--activation", metavar="D", help="Degree of the activation, when the network file does not say it."),
    click.option(
        "--normalization", metavar="MEAN,STD", help="The network was trained on (x - MEAN)/STD; it will take x."
    ),
    click.option("--certifier", default="auto", metavar="NAME", help="Method to use; by default the cheapest."),
    click.option("--tolerance", metavar="T", help="Relative width wanted of the bracket; 1e-9 by default."),
    click.option("--norm", type=click.Choice(["euclidean", "maximum"]), default="euclidean", help="Which distance."),
    click.option("--box", type=Point(), metavar="LOW,HIGH", help="Failures count where every entry is in here."),
    click.option("--cross-check", is_flag=True, help="Repeat the work of an engine with another one."),
]

_HELP = r"""Certify the robustness of a network on data.

MODEL is iris, digits or mnist, the networks of the package with their data, or a file: .npz, .onnx, .safetensors,
.json. DATA is a file of points, one per row: .npz, .npy, .csv or idx. For each point, the distance to the nearest point
that the network gets differently is proved to lie in a bracket.

"mlvar certify digits --radius 0.5 --out results.jsonl --plot out.svg" shows it at work; the same command continues
after an interruption, and with --retry tries the points again that got no answer or are unknown. --timeout is for each
point.
"""


def certify(model, data, as_json, values):
    r"""Run the command; return its exit code."""
    from ..options import resolve

    values = {**values, "points": ",".join(values["points"]) if values["points"] else None}
    options = given(values, _ENGINE)
    resolve("certify", **options)  # a wrong option is told before Sage starts
    _check_usage(data, values)
    from . import certify_input as inputs

    network = inputs.classifier(model, values["activation"], values["normalization"])
    asked = {**inputs.arguments(values), **options}
    if values["point"] is not None:
        point = inputs.scaled(values["point"], values["scale"])
        return _certify_one(network, point, asked, values["certificates"], as_json)
    points = inputs.data(model, network, data, values["scale"], values["labels"], values["label_column"])
    indices = inputs.chosen(values["points"], len(points))
    return _certify_all(network, points, indices, asked, values, model, as_json)


def _check_usage(data, values):
    r"""Refuse what does not go together, and files that would fail at the end of a long run."""
    if values["point"] is not None:
        if data is not None:
            raise click.UsageError("--point does not go with DATA")
        for name in ("out", "plot", "points", "labels", "label_column"):
            if values[name] is not None:
                raise click.UsageError(f"--point does not go with {as_option(name)}")
    if values["retry"] and values["out"] is None:
        raise click.UsageError("--retry needs --out, the file whose open points are certified again")
    if values["plot"] is not None:
        from .certify_plot import check_format

        check_format(values["plot"])
    for name in ("out", "plot", "certificates"):
        if values[name] is not None and not Path(values[name]).parent.is_dir():
            raise ValueError(f"{as_option(name)} must be in a folder that exists, got {values[name]!r}")


def _certify_one(network, point, asked, folder, as_json):
    from ..certify.many.folder import CertificateFolder
    from ..certify.many.records import record_of

    certificate = network.certify(point, **asked)
    if folder is not None:
        place = CertificateFolder(folder, network)
        place.prepare()
        place.save(0, place.document(certificate))
    record = record_of(certificate)
    if as_json:
        click.echo(json.dumps({**record, "argument": certificate.argument, "trusted": list(certificate.trusted)}))
    else:
        from .certify_table import points_table
        from .terminal import console

        console().print(points_table([{"index": 0, **record}]), markup=False)
        click.echo(f"\nargument  {certificate.argument}")
        for sentence in certificate.trusted:
            click.echo(f"trusted   {sentence}")
    return {"unknown": exits.OPEN, "not robust": exits.NO}.get(certificate.verdict, 0)


def _certify_all(network, points, indices, asked, values, model, as_json):
    from .certify_progress import progress

    out = values["out"]
    with progress() as told:
        try:
            results = network.certify_many(
                points,
                points=indices,
                out=out,
                retry=values["retry"],
                certificates=values["certificates"],
                progress=told,
                **asked,
            )
        except (KeyboardInterrupt, SystemExit) as error:
            where = (
                f"they are in {out}, and the same command continues after them"
                if out
                else "without --out they are lost"
            )
            with suppress(OSError):  # after SIGHUP the terminal may be gone
                click.echo(f"error: interrupted after {told.done} of {told.total} points; {where}", err=True)
            return exits.code(error)
    found = results.records
    if values["plot"] is not None:
        from .certify_plot import plot

        plot(found, values["plot"], values["radius"], f"{Path(model).name}: {len(found)} points", values["norm"])
    _show(found, values, as_json, results.new / results.seconds if results.new else None)
    open_ones = any("error" in record or record.get("verdict") == "unknown" for record in found)
    return exits.OPEN if open_ones else 0


def _show(found, values, as_json, rate):
    from ..certify.many.stream import is_open
    from .certify_table import points_table, summary, summary_table

    facts = summary(found, values["radius"])
    places = {name: values[name] for name in ("out", "plot", "certificates") if values[name] is not None}
    if as_json:
        rows = {"results": found} if values["out"] is None else {}
        click.echo(json.dumps({**facts, "points_per_second": rate, **places, **rows}))
        return
    from .terminal import console

    screen = console()
    if len(found) <= _MOST_ROWS:
        screen.print(points_table(found), markup=False)
        screen.print()
    screen.print(summary_table(facts, rate), markup=False)
    for name in places:
        click.echo(f"{name}: {places[name]}")
    if values["out"] is not None and any(map(is_open, found)):
        click.echo("the same command with --retry, and perhaps a longer --timeout, tries open points again")


def _command():
    def callback(model, data, as_json, **values):
        return certify(model, data, as_json, values)

    output = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
    for decorate in [debug_option, output, engine_options, *reversed(_OPTIONS)]:
        callback = decorate(callback)
    callback = click.argument("data", required=False)(callback)
    callback = click.argument("model")(callback)
    return click.command("certify", help=_HELP, short_help="How robust a network is on data, proved.")(callback)


COMMAND = _command()
