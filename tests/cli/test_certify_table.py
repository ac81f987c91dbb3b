r"""The summary and the picture say of the points what ``Results`` says, for numbers of any size."""

import pytest

from sage_mlvar.certify.many.results import Results
from sage_mlvar.cli.certify_plot import curve, plot
from sage_mlvar.cli.certify_table import points_table, summary, summary_table
from sage_mlvar.cli.terminal import console

RIGHT = {"index": 0, "label": 0, "predicted": 0, "verdict": "robust", "lower": "1", "upper": "1", "distance": 1.0}
PROVED = {**RIGHT, "status": "proved", "method": "quadric", "competing": 1}
ERROR = {"index": 1, "label": 0, "error": "BackendTimeout: time limit"}


@pytest.mark.parametrize("records", [[PROVED, ERROR], [ERROR], [PROVED, {**PROVED, "index": 1, "predicted": 1}]])
def test_accuracies_are_those_of_the_results(records):
    results = Results(records, {"radius": "1/2"})
    facts = summary(records, "1/2")
    assert facts["accuracy"] == results.accuracy()
    assert facts["certified_accuracy"] == results.certified_accuracy()
    assert curve(records, "lower")[1][0] == results.certified_accuracy()


@pytest.mark.parametrize("size", [400, 5000])
def test_numbers_beyond_floats_and_beyond_what_python_reads(size, tmp_path):
    huge = "1" + "0" * size
    record = {**PROVED, "lower": huge, "upper": huge + "1", "distance": 1.7976931348623157e308}
    facts = summary([record], huge)
    assert (facts["largest_relative_width"], facts["certified_accuracy"]) == (pytest.approx(0.9), 0)
    for table in (points_table([record]), summary_table(facts)):
        console().print(table)
    assert curve([record], "upper") == ([0.0], [1.0])
    small = {**PROVED, "lower": f"1/{huge}", "upper": f"1/{huge}", "distance": 0.0}
    assert curve([small], "lower") == ([0.0, 0.0], [1.0, 0.0])
    plot([small], tmp_path / "x.svg", radius="1/3")
    assert "radius 1/3" in (tmp_path / "x.svg").read_text()
