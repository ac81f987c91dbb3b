r"""
The summary of ``mlvar certify``.

EXAMPLES::

    sage: from sage_mlvar.cli.certify_table import summary, summary_table
    sage: from sage_mlvar.cli.terminal import console
    sage: record = {"index": 0, "label": 1, "predicted": 1, "verdict": "robust", "lower": "1/2", "upper": "3/4",
    ....:           "distance": 0.5, "status": "proved"}
    sage: console().print(summary_table(summary([record], radius="1/3")))
    points                                    1
    accuracy                             100.0%
    certified accuracy at radius 1/3     100.0%
    robust at radius 1/3                      1
    not robust at radius 1/3                  0
    unknown at radius 1/3                     0
    median proved lower bound               0.5
    smallest proved lower bound             0.5
    largest relative width             0.333333
    brackets stopped at the verdict           1
"""

from ..certify.many.results import VERDICTS, number
from ..certify.many.summary import as_float, summary
from .spelling import spelled

__all__ = ["points_table", "summary", "summary_table"]


def summary_table(facts, rate=None):
    r"""
    Return the facts as a rich table.

    INPUT:

    - ``facts`` -- from :func:`summary`
    - ``rate`` -- points per second, or ``None``

    EXAMPLES::

        sage: from sage_mlvar.cli.certify_table import summary, summary_table
        sage: from sage_mlvar.cli.terminal import console
        sage: record = {"index": 0, "predicted": 1, "lower": "1/2", "upper": "inf", "distance": 0.5, "status": "proved"}
        sage: console().print(summary_table(summary([record]), rate=20))
        points                               1
        median proved lower bound          0.5
        smallest proved lower bound        0.5
        largest relative width       unbounded
        points per second                   20
    """
    rows = [("points", str(facts["points"]))]
    if facts["errors"]:
        rows.append(("without an answer", str(facts["errors"])))
    if "accuracy" in facts:
        rows.append(("accuracy", f"{facts['accuracy']:.1%}"))
    if "verdicts" in facts:
        if "certified_accuracy" in facts:
            rows.append((f"certified accuracy at radius {facts['radius']}", f"{facts['certified_accuracy']:.1%}"))
        rows += [(f"{verdict} at radius {facts['radius']}", str(facts["verdicts"][verdict])) for verdict in VERDICTS]
    if facts["points"] > facts["errors"]:
        # Where the ends of brackets are far apart, what is told is not the distance.
        what = "lower bound" if facts["wide_brackets"] else "distance"
        what = f"proved {what}" if facts["wide_brackets"] and not facts["probable"] else what
        rows.append((f"median {what}", _shown(facts["median_distance"], "infinite")))
        rows.append((f"smallest {what}", _shown(facts["smallest_distance"], "infinite")))
        rows.append(("largest relative width", _shown(facts["largest_relative_width"], "unbounded")))
        if facts.get("stopped_at_verdict"):
            rows.append(("brackets stopped at the verdict", str(facts["stopped_at_verdict"])))
    if facts["probable"]:
        rows.append(("only probable", str(facts["probable"])))
    if rate is not None:
        rows.append(("points per second", f"{rate:.3g}"))
    return _table(None, rows, ("left", "right"))


def points_table(records):
    r"""
    Return one row for each record, as a rich table.

    EXAMPLES::

        sage: from sage_mlvar.cli.certify_table import points_table
        sage: from sage_mlvar.cli.terminal import console
        sage: record = {"index": 7, "label": 1, "predicted": 1, "verdict": "robust", "lower": "1/2", "upper": "1/2",
        ....:           "distance": 0.5, "competing": 3, "status": "proved", "method": "quadric"}
        sage: console().print(points_table([record, {"index": 8, "label": 0, "error": "BackendTimeout: time limit"}]))
        point  label  class  competing  verdict  distance                    status  method
        7      1      1      3          robust   0.5                         proved  quadric
        8      0                                 BackendTimeout: time limit
    """
    columns = [(head, show) for head, name, show in _COLUMNS if any(name in record for record in records)]
    rows = [[show(record) for _, show in columns] for record in records]
    return _table([head for head, _ in columns], rows, ["left"] * len(columns))


def _distance(record):
    r"""Return the distance to six digits, or both ends where these differ; without an answer, the reason."""
    if "error" in record:
        return spelled(record["error"])
    lower, upper = (
        _shown(None if x == "inf" else as_float(number(x)), "inf") for x in (record["lower"], record["upper"])
    )
    return lower if lower == upper else f"{lower} … {upper}"


def _named(key, missing=""):
    return lambda record: "" if key not in record else missing if record[key] is None else record[key]


#: Head of a column, the entry of a record without which it is left out, and what it shows.
_COLUMNS = [
    ("point", "index", _named("index")),
    ("label", "label", _named("label")),
    ("class", "index", _named("predicted", "tie")),
    ("competing", "index", _named("competing", "none")),
    ("verdict", "verdict", _named("verdict")),
    ("distance", "index", _distance),
    ("status", "index", _named("status")),
    ("method", "index", _named("method")),
]


def _shown(value, missing):
    return missing if value is None else f"{as_float(value):.6g}"


def _table(head, rows, justify):
    from rich.table import Table

    table = Table(box=None, show_header=head is not None, pad_edge=False, padding=(0, 2, 0, 0))
    for name, side in zip(head or ["", ""], justify, strict=True):
        table.add_column(name, justify=side)
    for row in rows:
        table.add_row(*map(str, row))
    return table
