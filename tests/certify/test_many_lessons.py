r"""The first points: one of each class, for as long as there is something to learn; a slow one holds nothing."""

from concurrent.futures import Future

import pytest

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify import many_lessons
from sage_mlvar.certify.many_lessons import lessons
from sage_mlvar.certify.many_spread import Crew, Lost, spread
from sage_mlvar.certify.many_task import Task
from sage_mlvar.certify.many_worker import run
from sage_mlvar.options import resolve

NETWORK = PolynomialClassifier.random([3, 4, 3], seed=5)
POINTS = [(k, [str(k % 5 - 2), str(k % 3 - 1), str(k % 7 - 3)], None) for k in range(30)]


class Here(Crew):
    r"""This process; points in ``slow`` are done when all others are, those in ``deadly`` kill it once."""

    def __init__(self, slow=(), deadly=()):
        self.slow, self.deadly, self.taught, self.given, self.order = set(slow), set(deadly), [], [], []

    def width(self):
        return 2

    def give(self, packed):
        self.given.append(packed)

    def submit(self, batch, learn=False):
        future = Future()
        future.asked = batch, learn
        return future

    def done(self, futures):
        for future in futures:
            batch, learn = future.asked
            indices = {index for index, *_ in batch}
            if indices & self.slow and len(self.order) < len(POINTS) - 1:
                continue
            if indices & self.deadly:
                self.deadly -= indices
                future.set_exception(Lost("killed"))
            else:
                self.taught.extend(indices if learn else ())
                answer = run(str(len(self.given)), lambda: self.given[-1], batch, learn)
                self.order.extend(index for index, *_ in answer[0])
                future.set_result(answer)
            return [future]
        return []

    def result(self, future):
        return future.result()


@pytest.fixture(autouse=True)
def unlearnt(monkeypatch):
    monkeypatch.setitem(NETWORK.__dict__, "_certifiers", {})


def everything(crew):
    r"""Return the records of all points, and what was still worked on after the lessons."""
    left, late = list(POINTS), {}
    task = Task(NETWORK, {"certifier": "auto", **resolve("certify").keywords()})

    def both():
        late.update((yield from lessons(crew, task, left)))
        yield from spread(crew, left, late)

    found = [record for _, record, _ in both()]
    assert sorted(record["index"] for record in found) == list(range(30))
    assert not any("error" in record for record in found)
    return late


def test_one_point_of_each_class():
    crew = Here()
    assert everything(crew) == {}
    classes = [NETWORK.predict([int(x) for x in point]) for _, point, _ in POINTS]
    assert {classes[index] for index in crew.taught} == set(classes) - {None}
    assert len(crew.taught) == 3
    # What one point teaches goes into the next lesson, and comes to this process.
    sizes = list(map(len, crew.given))
    assert len(sizes) >= 3
    assert sizes == sorted(set(sizes))
    again = Here()
    everything(again)
    assert len(again.taught) == 1


def test_a_slow_lesson_holds_nothing(monkeypatch):
    monkeypatch.setattr(many_lessons, "_PATIENCE", -100.0)
    crew = Here(slow={0})
    assert list(everything(crew).values()) == [[POINTS[0]]]
    assert crew.order[-1] == 0
    assert len(crew.given) == 1


def test_a_process_that_dies_of_a_lesson():
    crew = Here(deadly={0})
    assert everything(crew) == {}
    assert crew.taught == []
