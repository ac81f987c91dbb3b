r"""
The facts about a data set that the records of its points give together.

EXAMPLES::

    sage: from sage_mlvar.certify.many.summary import summary
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
    sage: facts["wide_brackets"], facts["stopped_at_verdict"]
    (1, 1)
"""

from collections import Counter
from statistics import median

from .results import VERDICTS, Results, number

__all__ = ["as_float", "is_wide", "stopped_at_verdict", "summary"]

#: A bracket wider than this, relative to its upper end, says less than the distance.
_WIDE = 1e-3


def summary(records, radius=None):
    r"""
    Return the facts about a data set, a dictionary ready for JSON.

    INPUT:

    - ``records`` -- list of the records of its points
    - ``radius`` -- the radius in question as text, or ``None``

    OUTPUT: ``points``, ``errors``, ``median_distance`` and ``smallest_distance`` (of the lower bounds; ``None`` when
    infinite), ``largest_relative_width`` (``None`` when a bracket has no upper end), ``wide_brackets`` (how many are
    wider than a thousandth: their lower bound need not be near the distance), ``probable`` (the number of distances
    that are not proved); with labels ``accuracy``; with a radius ``radius``, ``verdicts``, ``stopped_at_verdict`` (how
    many of the wide brackets have a verdict, which ends the work of the method ``bounds``) and, with labels,
    ``certified_accuracy``. Accuracies are shares of all points, as in
    :class:`~sage_mlvar.certify.many.results.Results`: one without an answer counts as neither right nor certified.
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
        facts["verdicts"] = {verdict: counts[verdict] for verdict in VERDICTS}
        facts["stopped_at_verdict"] = sum(map(stopped_at_verdict, answered))
        if labelled:
            facts["certified_accuracy"] = float(results.certified_accuracy())
    distances = [float("inf") if record["distance"] is None else record["distance"] for record in answered]
    facts["median_distance"] = _finite(median(distances)) if distances else None
    facts["smallest_distance"] = _finite(min(distances)) if distances else None
    widths = list(map(_relative_width, answered))
    facts["largest_relative_width"] = _finite(max(widths)) if widths else None
    facts["wide_brackets"] = sum(map(is_wide, answered))
    facts["probable"] = sum(record["status"] != "proved" for record in answered)
    return facts


def is_wide(record):
    r"""Return whether the ends of the bracket of an answered point are far apart, so that neither is the distance."""
    return _relative_width(record) > _WIDE


def stopped_at_verdict(record):
    r"""Return whether the bracket of an answered point is wide, and was wanted only until the verdict was known."""
    return record.get("verdict", "unknown") != "unknown" and is_wide(record)


def _relative_width(record):
    lower, upper = record["lower"], record["upper"]
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
