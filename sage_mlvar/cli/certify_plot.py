r"""
The picture of ``mlvar certify``: how far the points are from a failure, and what accuracy is certified at which radius.

EXAMPLES::

    sage: from sage_mlvar.cli.certify_plot import curve
    sage: records = [
    ....:     {"label": 1, "predicted": 1, "lower": "1/2", "upper": "1", "status": "proved"},
    ....:     {"label": 0, "predicted": 1, "lower": "3/4", "upper": "3/4", "status": "proved"},
    ....: ]
    sage: curve(records, "lower"), curve(records, "upper")
    (([0.0, 0.5], [0.5, 0.0]), ([0.0, 1.0], [0.5, 0.0]))
"""

from pathlib import Path

__all__ = ["FORMATS", "check_format", "curve", "plot"]

FORMATS = (".svg", ".pdf", ".png")

_NORMS = {"euclidean": "Euclidean", "maximum": "maximum"}
_INK, _BAR, _REFUTED, _MARK = "#1f3b57", "#7ba7cc", "#c9d9e8", "#b8442f"


def check_format(path):
    r"""
    Raise :class:`ValueError` for a name that does not say in which format to draw.

    EXAMPLES::

        sage: from sage_mlvar.cli.certify_plot import check_format
        sage: check_format("out.bmp")
        Traceback (most recent call last):
        ...
        ValueError: --plot must name a .svg, .pdf or .png file, got 'out.bmp'
    """
    if Path(path).suffix.lower() not in FORMATS:
        raise ValueError(f"--plot must name a .svg, .pdf or .png file, got {str(path)!r}")


def curve(records, end):
    r"""
    Return the corners of the curve of the share of points whose distance is at least a radius.

    INPUT:

    - ``records`` -- list of records; with labels only points of the right class count, as do proved bounds only
    - ``end`` -- ``"lower"`` or ``"upper"``, the end of the brackets that stands for the distance

    OUTPUT: a pair of lists: radii, from 0 on, and the share right of each of them
    """
    # Not at the top: a wrong format is told before Sage starts.
    from ..certify.many.results import is_right, number
    from ..certify.many.summary import as_float

    reached = sorted(
        as_float(number(record[end]))
        for record in records
        if is_right(record) and record["predicted"] is not None and (end == "upper" or record["status"] == "proved")
    )
    radii, shares = [0.0], [len(reached) / len(records)]
    for passed, radius in enumerate(reached, 1):
        if radius < float("inf"):
            radii.append(radius)
            shares.append((len(reached) - passed) / len(records))
    return radii, shares


def plot(records, path, radius=None, title="", norm="euclidean"):
    r"""
    Draw the records to the file ``path``.

    INPUT:

    - ``records`` -- list of the records of the points
    - ``path`` -- name of an ``.svg``, ``.pdf`` or ``.png`` file
    - ``radius`` -- the radius in question, a number or its text, or ``None``
    - ``title`` -- string
    - ``norm`` -- string; how distances were measured

    EXAMPLES::

        sage: import os, tempfile
        sage: from sage_mlvar.cli.certify_plot import plot
        sage: record = {"index": 0, "predicted": 1, "lower": "1/2", "upper": "1", "distance": 0.5, "status": "proved"}
        sage: with tempfile.TemporaryDirectory() as folder:
        ....:     path = os.path.join(folder, "out.svg")
        ....:     plot([record], path, radius=0.5)
        ....:     "</svg>" in open(path).read()
        True
    """
    check_format(path)
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from ..certify.many.summary import as_float
    from ..exact import rational

    # The same records give the same file.
    with matplotlib.rc_context({"svg.hashsalt": "sage_mlvar", "svg.fonttype": "none", "font.size": 10}):
        figure = Figure(figsize=(10, 4), layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2)
        _histogram(left, records)
        _shares(right, records)
        for axes in (left, right):
            axes.set_xlabel(f"{_NORMS[norm]} distance")
            axes.set_xlim(left=0)
            axes.spines[["top", "right"]].set_visible(False)
            if radius is not None:
                axes.axvline(
                    as_float(rational(radius)), color=_MARK, linewidth=1, linestyle="--", label=f"radius {radius}"
                )
        right.legend(frameon=False, loc="upper right")
        if title:
            figure.suptitle(title, fontsize=11)
        metadata = {} if Path(path).suffix.lower() == ".png" else {"Date" if _is_svg(path) else "CreationDate": None}
        figure.savefig(path, metadata=metadata, dpi=150)


def _is_svg(path):
    return Path(path).suffix.lower() == ".svg"


def _histogram(axes, records):
    distances = [record["distance"] for record in records if record.get("distance") is not None]
    if distances:
        axes.hist(distances, bins=min(40, max(5, round(len(distances) ** 0.5) * 2)), color=_BAR, edgecolor="white")
    axes.set_ylabel("points")
    axes.set_title(_what_is_shown(records), fontsize=10)


def _what_is_shown(records):
    r"""Return the title of the histogram: distances, or only bounds of them."""
    from ..certify.many.summary import is_wide, stopped_at_verdict

    answered = [record for record in records if "error" not in record]
    if not any(map(is_wide, answered)):
        return "certified distance to the nearest failure"
    stopped = sum(map(stopped_at_verdict, answered))
    note = f"\n({stopped} bracket{'s' if stopped > 1 else ''} stopped at the verdict)" if stopped else ""
    proved = "proved " if all(record["status"] == "proved" for record in answered) else ""
    return f"{proved}lower bound of the distance{note}"


def _shares(axes, records):
    labelled = bool(records) and all("label" in record for record in records)
    lower, upper = curve(records, "lower"), curve(records, "upper")
    end = max(*lower[0], *upper[0]) * 1.05 or 1.0
    (radii, shares), (limits, most) = [([*x, end], [*y, y[-1]]) for x, y in (lower, upper)]
    axes.fill_between(limits, most, step="post", color=_REFUTED, linewidth=0, label="not refuted")
    axes.step(radii, shares, where="post", color=_INK, linewidth=1.5, label="certified")
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.set_ylabel("certified accuracy" if labelled else "points certified")
    axes.set_title("share certified against radius", fontsize=10)
