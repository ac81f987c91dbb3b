r"""
A small part of ``python -m soundness``, and whether that command sees false answers and knows the truth.
"""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy
import pytest
from soundness import __main__ as command
from soundness import examine as examination
from soundness import truth
from soundness.cases import INFINITY, Net, fraction, root
from soundness.run import GROUPS, case_of, run, tasks
from waiting import PATIENCE

from sage_mlvar import PolynomialClassifier

from sage.rings.rational_field import QQ

F = Fraction
CIRCLE = Net([[[F(1), F(0)], [F(0), F(1)]], [[F(-1), F(-1)], [F(0), F(0)]]], [[F(0), F(0)], [F(4), F(0)]], [0, 0, F(1)])


def test_enough_networks():
    counts = {group: sum(1 for task in tasks() if task[0] == group) for group in GROUPS}
    assert counts["planted"] >= 500
    assert counts["random"] >= 300
    assert counts["degenerate"] >= 200


#: One network of each generator, and a few more; the whole is a command of its own.
SMALL = [
    (group, make.__name__, index)
    for group, module in GROUPS.items()
    for make in module.FAMILIES
    for index in ((1, 2) if make.__name__ in {"quadric", "slab"} else (1,))
]


@pytest.mark.parametrize("task", SMALL, ids=lambda task: f"{task[1]}-{task[2]}")
def test_nothing_is_wrong(task, tmp_path, monkeypatch):
    monkeypatch.setattr(examination, "TIMEOUTS", {"quadric": PATIENCE, None: 0.7})
    *_, answers = run(task, seed=1, folder=tmp_path)
    assert answers
    assert [text for answer in answers for text in answer.wrong] == []
    # On a slow machine others may be late, but not all answers may be missing.
    assert {answer.result for answer in answers if answer.certifier == "quadric"} <= {"proved"}


@pytest.mark.parametrize(
    ("name", "index", "certifier", "result"),
    [
        # Rows so parallel that few bits do not tell them apart, and points so far that they need many.
        ("parallel", 3, "bounds", "proved"),
        ("parallel", 3, "critical", "proved"),
        ("parallel", 10, "bounds", "proved"),
        # Quotients beyond doubles.
        ("scales", 23, "numerical", "open"),
        ("scales", 30, "auto", "proved"),
        ("scales", 30, "bounds", "proved"),
    ],
)
def test_what_broke_once(name, index, certifier, result, monkeypatch):
    monkeypatch.setattr(examination, "TIMEOUTS", {None: PATIENCE})
    *_, answers = run(("degenerate", name, index), names=[certifier])
    assert len(answers) == 1
    assert answers[0].wrong == []
    assert answers[0].result == result


@pytest.mark.parametrize("group", GROUPS)
def test_other_seeds_give_other_networks(group):
    name = next(iter(GROUPS[group].FAMILIES)).__name__
    assert case_of(group, name, 1, seed=0).net == case_of(group, name, 1, seed=0).net
    assert case_of(group, name, 1, seed=0).net != case_of(group, name, 1, seed=7).net


def _forged(monkeypatch, **changes):
    r"""What is said of a certificate that was changed on its way."""
    case = case_of("planted", "quadric", 1)
    certify = PolynomialClassifier.certify

    def changed(self, x, radius=None, **options):
        found = certify(self, x, radius, **options)
        return replace(found, **{name: change(found) for name, change in changes.items()})

    with monkeypatch.context() as patch:
        patch.setattr(PolynomialClassifier, "certify", changed)
        return " ".join(examination.examine(case, "quadric", 1).wrong)


def test_false_answers_are_seen(monkeypatch):
    larger = _forged(
        monkeypatch, lower=lambda c: c.upper * QQ((1001, 1000)), upper=lambda c: c.upper * QQ((1002, 1000))
    )
    assert "> distance" in larger
    assert "the checker refuses" in larger
    smaller = _forged(monkeypatch, lower=lambda c: c.lower / 2, upper=lambda c: c.lower * QQ((999, 1000)))
    assert "< distance" in smaller
    assert "farther than it says" in smaller
    assert "no failure" in _forged(monkeypatch, witness=lambda c: replace(c.witness, point=c.point))
    moved = _forged(monkeypatch, nearest=lambda c: replace(c.nearest, center=c.point, radius=QQ.zero()))
    assert "the ball holds no" in moved
    assert "the status is not" in _forged(monkeypatch, status=lambda c: "probable")
    assert "robust within" in _forged(monkeypatch, verdict=lambda c: c.radius and "robust", radius=lambda c: QQ(9))


def test_crashes_are_seen(monkeypatch):
    def broken(*_, **__):
        raise IndexError("broken")

    monkeypatch.setattr(PolynomialClassifier, "certify", broken)
    answer = examination.examine(case_of("planted", "quadric", 1), "quadric", 1)
    assert answer.result == "wrong"
    assert "crash: IndexError: broken" in answer.wrong


def test_a_wrong_answer_fails_the_command(capsys):
    answer = examination.Answer("quadric", "quadric", "wrong", wrong=["false"])
    done = [(("planted", "quadric", 0), "quadric", True, [answer])]
    assert command._table(done, (Counter(), []), []) == 1
    assert "1 wrong answers" in capsys.readouterr().out
    assert command._table([(*done[0][:3], [replace(answer, wrong=[])])], (Counter(), []), []) == 0
    assert command._table([], (Counter(rejected=1), ["refused"]), []) == 1
    assert command._table([], (Counter(), []), [("a call",)]) == 1


def test_command():
    call = [sys.executable, "-m", "soundness", "--scale", "0.2", "--only", "quadric", "--certifier", "quadric"]
    found = subprocess.run(call, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "16 planted, 0 random, 0 degenerate: 16 networks" in found.stdout
    assert "3 files checked by processes without Sage: 3 proved" in found.stdout
    assert "\n0 wrong answers" in found.stdout


@pytest.mark.parametrize(("u", "square"), [((1, 0), 1), ((3, 4), 9), ((F(6, 5), F(8, 5)), 0)])
def test_truth_of_a_circle(u, square):
    u = [F(x) for x in u]
    c = 0 if sum(x * x for x in u) <= 4 else 1
    low = truth.in_plane(CIRCLE, u, c, 1 - c)
    assert abs(low - square) < F(1, 10**30)
    if square:
        high = truth.search(CIRCLE, u, c, 1 - c, numpy.random.default_rng(0))
        assert square <= high < square + F(1, 10**20)


def test_truth_on_the_line():
    # x^3 - 2 from 0, and a polynomial without real roots
    net = Net([[[F(1)]], [[F(0)], [F(1)]]], [[F(0)], [F(2), F(0)]], [F(0), F(0), F(0), F(1)])
    low, high = truth.on_line(net, [F(0)], 0, 1)
    assert low**3 < 4 < high**3
    assert high - low < F(1, 10**60)
    even = Net([[[F(1)]], [[F(1)], [F(0)]]], [[F(0)], [F(2), F(0)]], [F(0), F(0), F(1)])
    assert truth.on_line(even, [F(0)], 0, 1) == (INFINITY, INFINITY)


def test_search_agrees_with_resultants():
    source = Random(5)
    for index in range(2):
        case = case_of("random", "plane", index, seed=source.randrange(100))
        assert case.low <= case.high


def test_roots_are_rounded_the_right_way():
    for square in (F(2), F(1, 3), F(10) ** 60 + 1, F(1, 10**61)):
        assert root(square) ** 2 < square < root(square, up=True) ** 2
    assert root(F(49, 4), up=True) == F(7, 2)
    assert fraction(float("inf")) == INFINITY
