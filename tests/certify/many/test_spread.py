r"""Points over processes: no point is lost or done twice, and a point that kills its process is found."""

from concurrent.futures import Future

import pytest

from sage_mlvar.certify.many.spread import Crew, Lost, Withdrawn, _alone, spread
from sage_mlvar.errors import BackendError


class FakeCrew(Crew):
    r"""
    Processes that are none.

    A batch with a point in ``deadly`` kills everything that runs; a batch that is submitted while ``broken`` is lost.
    """

    def __init__(self, deadly=(), broken=False, seconds=0.001, most=1000, withdraw=0):
        self.deadly, self.broken, self.seconds, self.most, self.withdraw = deadly, broken, seconds, most, withdraw
        self.batches, self.deaths = [], 0

    def start(self):
        raise NotImplementedError

    is_started = is_ready = start

    def width(self):
        return 2

    def give(self, packed):
        self.packed = packed

    def submit(self, batch, learn=False):
        self.batches.append([index for index, *_ in batch])
        future = Future()
        future.batch = batch
        return future

    def done(self, futures):
        futures = list(futures)
        if self.withdraw:
            self.withdraw -= 1
            futures[0].set_exception(Withdrawn("gone"))
            return futures[:1]
        if self.broken or any(index in self.deadly for future in futures for index, *_ in future.batch):
            self.deaths += 1
            for future in futures:
                future.set_exception(Lost("killed"))
            return futures
        # The last one first.
        future = futures[-1]
        answers = [(index, {"index": index}, None) for index, *_ in future.batch[: self.most]]
        future.set_result((answers, self.seconds * len(answers), None))
        return [future]

    def result(self, future):
        return future.result()


def points(count, label=None):
    return [(k, [], label) for k in range(count)]


@pytest.mark.parametrize("most", [1, 3, 1000])
@pytest.mark.parametrize("seconds", [1e-9, 0.01, 1.0])
def test_every_point_once(seconds, most):
    crew = FakeCrew(seconds=seconds, most=most)
    found = [index for index, *_ in spread(crew, points(200))]
    assert sorted(found) == list(range(200))
    # A batch takes a quarter of a second, and shorter towards the end, when others would wait for it.
    largest = max(map(len, crew.batches))
    assert largest == 1 if seconds == 1 else 1 < largest <= 25 if seconds == 0.01 else 25 < largest <= 64
    assert len(crew.batches[-1]) == 1


def test_a_deadly_point_becomes_a_record():
    crew = FakeCrew(deadly={37})
    found = {index: record for index, record, _ in spread(crew, points(100, label=4))}
    assert sorted(found) == list(range(100))
    assert found.pop(37) == {
        "index": 37,
        "label": 4,
        "error": "BackendError: the process that certified it ended by itself, 2 times, perhaps for want of memory",
    }
    assert not any("error" in record for record in found.values())
    assert crew.deaths == 3


def test_processes_that_cannot_run_at_all():
    crew = FakeCrew(broken=True)
    with pytest.raises(BackendError, match="end by themselves, also without work: killed; perhaps for want of memory"):
        list(spread(crew, points(10)))
    assert crew.batches[-1] == []


def test_work_that_is_given_back_is_done_later():
    assert sorted(index for index, *_ in spread(FakeCrew(withdraw=7), points(50))) == list(range(50))
    with pytest.raises(BackendError, match="give work back again and again: gone"):
        list(spread(FakeCrew(withdraw=1000), points(50)))


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ([Lost] * 2, "the process that certified it ended by itself, 2 times, perhaps for want of memory"),
        ([Lost] + [Withdrawn] * 20, "it was given back without an answer 20 times, and other work was not"),
        ([Withdrawn] * 20, "it was given back without an answer 20 times, and other work was not"),
    ],
)
def test_a_point_that_is_always_given_back_is_told_from_one_that_kills(ends, words):
    left = list(ends)

    class Strange(FakeCrew):
        def done(self, futures):
            (future,) = futures
            if future.batch and left:
                future.set_exception(left.pop(0)("gone"))
                return [future]
            return super().done(futures)

    ((index, record, document),) = _alone(Strange(), (7, [], None))
    assert (index, record, document) == (7, {"index": 7, "error": f"BackendError: {words}"}, None)
    assert not left
