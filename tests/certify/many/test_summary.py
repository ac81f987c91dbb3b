r"""The summary says whether it speaks of distances or of bounds that are far from them."""

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.many.summary import summary
from sage_mlvar.cli.certify_plot import plot
from sage_mlvar.cli.certify_table import summary_table
from sage_mlvar.cli.terminal import console

NARROW = {"index": 0, "predicted": 0, "verdict": "robust", "lower": "1", "upper": "1", "distance": 1.0}
NARROW = {**NARROW, "status": "proved", "method": "quadric", "competing": 1}
WIDE = {**NARROW, "index": 1, "lower": "1/2", "upper": "3/4", "distance": 0.5, "method": "bounds"}
OPEN = {**WIDE, "index": 2, "verdict": "unknown", "upper": "inf"}
ERROR = {"index": 3, "error": "BackendTimeout: time limit"}


def shown(records, radius, capsys):
    console().print(summary_table(summary(records, radius)))
    return capsys.readouterr().out


def test_narrow_brackets_are_distances(capsys):
    text = shown([NARROW, ERROR], "1/3", capsys)
    assert "median distance" in text
    assert "lower bound" not in text
    assert "stopped" not in text


def test_wide_brackets_are_bounds(capsys):
    facts = summary([NARROW, WIDE, OPEN, ERROR], "1/3")
    assert (facts["wide_brackets"], facts["stopped_at_verdict"]) == (2, 1)
    text = shown([NARROW, WIDE, OPEN, ERROR], "1/3", capsys)
    assert "median proved lower bound" in text
    assert "smallest proved lower bound" in text
    assert "brackets stopped at the verdict          1" in text
    assert "distance" not in text


def test_probable_bounds_are_not_called_proved(capsys):
    text = shown([{**WIDE, "status": "probable"}], None, capsys)
    assert "median lower bound" in text
    assert "stopped" not in text


def test_the_picture_says_so_too(tmp_path):
    for records, words in (
        ([NARROW], "certified distance to the nearest failure"),
        ([NARROW, WIDE, ERROR], "(1 bracket stopped at the verdict)"),
        ([WIDE, OPEN], "proved lower bound of the distance"),
        ([{**WIDE, "status": "probable"}], ">lower bound of the distance"),
    ):
        plot(records, tmp_path / "x.svg", radius="1/3")
        assert words in (tmp_path / "x.svg").read_text()


def test_results_have_it():
    C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    results = C.certify_many([[1, 0], [0, 0]], "1/2", labels=[0, 1])
    assert results.summary() == summary(results.records, "1/2")
