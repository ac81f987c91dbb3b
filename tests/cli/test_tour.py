r"""``mlvar tour``: every line succeeds; a step that fails is told, and the others still run."""

import json

import pytest
from waiting import PATIENCE

from sage_mlvar.cli import tour
from sage_mlvar.cli.terminal import WIDTH_OF_A_FILE
from sage_mlvar.errors import BackendTimeout

from .helpers import invoke


@pytest.fixture(scope="module")
def lines():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tour, "_SECONDS_PER_ANSWER", 2 * PATIENCE)
        result = invoke("tour", "--json")
    assert result.exit_code == 0, result.stdout
    return {line["what"]: line for line in json.loads(result.stdout)["lines"]}


def test_every_line_has_answer_backend_and_status(lines):
    assert len(lines) == 20
    for line in lines.values():
        assert line["error"] is None
        assert line["answer"]
        assert line["backend"] in ("sage_mlvar", "singular", "msolve", "giac")
        assert line["status"] in ("proved", "probable")


@pytest.mark.parametrize(
    ("what", "answer"),
    [
        ("ReLU network (2,2,2), blocks 10, 11: ideal", "2 generators of degree 2"),
        ("ReLU network (2,2,2), blocks 10, 11: dimension", "6"),
        ("ReLU network (3,3,3), blocks 110, 011: dimension", "15"),
        ("ReLU network (2,3,2,2), blocks 110/10, 011/11: dimension", "7"),
        ("self-attention d=2, t=2, a=2: ideal", "5 generators of degrees 1 (4), 4 (1)"),
        ("self-attention d=2, t=2, a=2: dimension", "5"),
        ("quadratic network (2,[2],2): ED degree", "4"),
        ("iris: patterns of 150 flowers in a trained ReLU network", "111×81, 110×48, 011×11, 100×8, 101×2"),
        ("iris: boundary setosa | versicolor: ED degree", "6"),
        ("iris: radius within which flower 1 stays setosa", "0.490465781 cm, beyond: versicolor"),
    ],
)
def test_known_answers(lines, what, answer):
    assert lines[what]["answer"] == answer


def test_the_equations_hold_on_the_flowers(lines):
    (line,) = [line for what, line in lines.items() if "network's real outputs" in what]
    assert (line["answer"], line["status"]) == ("all exactly 0", "proved")


def test_a_failing_step_is_told_and_the_others_run(capsys):
    def broken():
        r"""A step that fails."""
        yield tour.Line("its first answer", "1")
        raise BackendTimeout("time limit of 60 s reached")

    assert tour.run(steps=[broken, tour.attention]) == 4
    out = capsys.readouterr().out
    assert "A step that fails. FAILED: time limit of 60 s reached" in out
    assert "self-attention d=2, t=2, a=2: dimension" in out
    assert out.endswith("1 failed\n")


def test_a_wrong_weight_is_noticed(monkeypatch):
    weights, groups = tour._flowers()
    wrong = [weights[0], weights[1] + weights[1].parent()(1)]
    monkeypatch.setattr(tour, "_flowers", lambda: (wrong, groups))
    assert "all exactly 0" in [line.answer for line in tour.iris_outputs()]  # any second layer is a network
    skewed = {pattern: [2 * x - flowers[0] for x in flowers] for pattern, flowers in groups.items()}
    monkeypatch.setattr(tour, "_flowers", lambda: (weights, skewed))
    with pytest.raises(ArithmeticError, match="do not vanish"):
        list(tour.iris_outputs())


def test_lines_fit_a_file_and_a_narrow_display(lines):
    for line in lines.values():
        shown = tour.Line(**line)
        assert len(tour._text(shown, WIDTH_OF_A_FILE)) <= WIDTH_OF_A_FILE + 20
        assert max(map(len, tour._text(shown, 80).splitlines())) <= 80
