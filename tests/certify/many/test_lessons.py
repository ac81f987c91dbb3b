r"""The first points: certified here until the others are ready; one of each class first; a slow one holds nothing."""

import math
from concurrent.futures import Future

import pytest

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.many import lessons as module
from sage_mlvar.certify.many.lessons import lessons
from sage_mlvar.certify.many.spread import Crew, Lost, spread
from sage_mlvar.certify.many.task import Task
from sage_mlvar.certify.many.worker import run
from sage_mlvar.options import resolve

NETWORK = PolynomialClassifier.random([3, 4, 3], seed=5)
POINTS = [(k, [str(k % 5 - 2), str(k % 3 - 1), str(k % 7 - 3)], None) for k in range(30)]


class Others(Crew):
    r"""This process again; points in ``slow`` are done when all others are, those in ``deadly`` kill it once."""

    def __init__(self, slow=(), deadly=(), ready=math.inf):
        self.slow, self.deadly, self.taught, self.given, self.order = set(slow), set(deadly), [], [], []
        self.started, self.ready = False, ready

    def start(self):
        self.started = True

    def is_started(self):
        return self.started

    def is_ready(self):
        r"""Return whether it was asked often enough since the start."""
        self.ready -= self.started
        return self.started and self.ready < 0

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


@pytest.fixture
def nothing_here(monkeypatch):
    monkeypatch.setattr(module, "_LONGEST_LESSON", -1.0)


@pytest.fixture
def quick(monkeypatch):
    r"""No point takes long, also on a slow machine."""
    monkeypatch.setattr(module, "_spent", lambda: 0.0)


def everything(crew):
    r"""Certify all points; return what was still worked on after the lessons."""
    left, late = list(POINTS), {}
    task = Task(NETWORK, {"certifier": "auto", **resolve("certify").keywords()})

    def both():
        late.update((yield from lessons(crew, task, left)))
        yield from spread(crew, left, late)

    found = [record for _, record, _ in both()]
    assert sorted(record["index"] for record in found) == list(range(30))
    assert not any("error" in record for record in found)
    return late


@pytest.mark.usefixtures("quick")
def test_a_small_data_set_is_certified_here():
    crew = Others()
    assert everything(crew) == {}
    assert not crew.started
    assert crew.order == crew.given == []


@pytest.mark.usefixtures("quick")
def test_this_process_goes_on_until_the_others_are_ready(monkeypatch):
    monkeypatch.setattr(module, "_WORTH_A_START", 0.0)
    crew = Others(ready=5)
    assert everything(crew) == {}
    classes = [NETWORK.predict([int(x) for x in point]) for _, point, _ in POINTS]
    lessons_first = [classes.index(c) for c in dict.fromkeys(classes) if c is not None]
    here = sorted({index for index, *_ in POINTS} - set(crew.order))
    # One of each class, and then five in their order.
    assert here == sorted(lessons_first + [k for k in range(30) if k not in lessons_first][:5])
    assert len(crew.given) == 1
    assert crew.taught == []


def test_labels_name_the_lessons(monkeypatch):
    monkeypatch.setattr(Task, "predicted", lambda self, point: pytest.fail("labels are known"))
    task = Task(NETWORK, {"certifier": "auto"})
    points = [(k, point, label) for (k, point, _), label in zip(POINTS, [2, 2, 2, 0, 2, 1, 0, 1] * 4)]
    assert [k for k, *_ in module._one_of_each_class(task, points)] == [0, 3, 5]


def test_points_that_turn_out_slow_are_left_to_the_others(monkeypatch):
    clock = iter(range(0, 10**6, 100))
    monkeypatch.setattr(module, "_spent", lambda: next(clock))
    crew = Others()
    assert everything(crew) == {}
    assert len(crew.order) == 29


@pytest.mark.usefixtures("nothing_here")
def test_one_point_of_each_class():
    crew = Others()
    assert everything(crew) == {}
    classes = [NETWORK.predict([int(x) for x in point]) for _, point, _ in POINTS]
    assert {classes[index] for index in crew.taught} == set(classes) - {None}
    assert len(crew.taught) == 3
    # What one point teaches goes into the next lesson, and comes to this process.
    sizes = list(map(len, crew.given))
    assert len(sizes) >= 3
    assert sizes == sorted(set(sizes))
    again = Others()
    everything(again)
    assert len(again.taught) == 1


@pytest.mark.usefixtures("nothing_here")
def test_a_slow_lesson_holds_nothing(monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE", -100.0)
    crew = Others(slow={0})
    assert list(everything(crew).values()) == [[POINTS[0]]]
    assert crew.order[-1] == 0
    assert len(crew.given) == 1


@pytest.mark.usefixtures("nothing_here")
def test_a_process_that_dies_of_a_lesson():
    crew = Others(deadly={0})
    assert everything(crew) == {}
    assert crew.taught == []
