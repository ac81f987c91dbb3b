r"""
The summary of ``mlvar certify``.

EXAMPLES::

    sage: from sage_mlvar.cli.certify_table import summary
    sage: records = [
    ....:     {"index": 0, "label": 1, "predicted": 1, "verdict": "robust", "lower": "1/2", "upper": "501/1000",
    ....:      "distance": 0.5, "status": "proved"},
    ....:     {"index": 1, "label": 1, "predicted": 0, "verdict": "not robust", "lower": "1/4", "upper": "1/4",
    ....:      "distance": 0.25, "status": "proved"},
    ....:     {"index": 2, "label": 0, "error": "BackendTimeout: time limit of 3 s reached"},
    ....: ]
    sage: facts = summary(records, radius="1/3")
    sage: facts["accuracy"], facts["certified_accuracy"], float(facts["median_distance"])
    (0.3333333333333333, 0.3333333333333333, 0.375)
    sage: list(facts["verdicts"].items()), facts["errors"]
    ([('robust', 1), ('not robust', 1), ('unknown', 0)], 1)
"""

from collections import Counter
from statistics import median

from ..certify.many_results import Results, number

__all__ = ["as_float", "points_table", "summary", "summary_table"]

_VERDICTS = ("robust", "not robust", "unknown")


def summary(records, radius=None):
    r"""
    Return the facts about a data set, a dictionary ready for JSON.

    INPUT:

    - ``records`` -- list of the records of its points
    - ``radius`` -- the radius in question as text, or ``None``

    OUTPUT: ``points``, ``errors``, ``median_distance`` and ``smallest_distance`` (of the lower bounds; ``None`` when
    infinite), ``largest_relative_width`` (``None`` when a bracket has no upper end), ``probable`` (the number of
    distances that are not proved); with labels ``accuracy``; with a radius ``radius``, ``verdicts`` and, with labels,
    ``certified_accuracy``. Accuracies are shares of all points, as in
    :class:`~sage_mlvar.certify.many_results.Results`: one without an answer counts as neither right nor certified.
    """
    results = Results(records, {"radius": radius})
    answered = [record for record in records if "error" not in record]
    facts = {"points": len(records), "errors": len(records) - len(answered)}
    labelled = bool(records) and all("label" in record for record in records)
    if labelled:
        facts["accuracy"] = float(results.accuracy())
    if radius is not None:
        counts = Counter(record["verdict"] for record in answered)
        facts["radius"] = radius
        facts["verdicts"] = {verdict: counts[verdict] for verdict in _VERDICTS}
        if labelled:
            facts["certified_accuracy"] = float(results.certified_accuracy())
    distances = [float("inf") if record["distance"] is None else record["distance"] for record in answered]
    facts["median_distance"] = _finite(median(distances)) if distances else None
    facts["smallest_distance"] = _finite(min(distances)) if distances else None
    widths = [_relative_width(record["lower"], record["upper"]) for record in answered]
    facts["largest_relative_width"] = _finite(max(widths)) if widths else None
    facts["probable"] = sum(record["status"] != "proved" for record in answered)
    return facts


def _relative_width(lower, upper):
    if lower == upper:
        return 0.0
    if upper == "inf":
        return float("inf")
    return as_float((number(upper) - number(lower)) / number(upper))


def as_float(value):
    r"""Return the float nearest to a number, infinity for one beyond all floats."""
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def _finite(value):
    return None if value == float("inf") else value


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
        points                          1
        median distance               0.5
        smallest distance             0.5
        largest relative width  unbounded
        points per second              20
    """
    rows = [("points", str(facts["points"]))]
    if facts["errors"]:
        rows.append(("without an answer", str(facts["errors"])))
    if "accuracy" in facts:
        rows.append(("accuracy", f"{facts['accuracy']:.1%}"))
    if "verdicts" in facts:
        if "certified_accuracy" in facts:
            rows.append((f"certified accuracy at radius {facts['radius']}", f"{facts['certified_accuracy']:.1%}"))
        rows += [(f"{verdict} at radius {facts['radius']}", str(facts["verdicts"][verdict])) for verdict in _VERDICTS]
    if facts["points"] > facts["errors"]:
        rows.append(("median distance", _shown(facts["median_distance"], "infinite")))
        rows.append(("smallest distance", _shown(facts["smallest_distance"], "infinite")))
        rows.append(("largest relative width", _shown(facts["largest_relative_width"], "unbounded")))
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
        return record["error"]
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
