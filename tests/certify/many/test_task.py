r"""A task: the same answers in every process."""

import pickle

import pytest

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify import Certifier, choice, registry
from sage_mlvar.certify.many.task import Task
from sage_mlvar.certify.quadric.certifier import QuadricCertifier
from sage_mlvar.errors import OutOfReachError
from sage_mlvar.options import resolve

#: Three classes, so that the quadrics of a pair of classes are not those of all.
NETWORK = PolynomialClassifier.random([3, 4, 3], seed=5)
POINTS = [(k, [k % 5 - 2, k % 3 - 1, k % 7 - 3], None) for k in range(30)]


class Learner(QuadricCertifier):
    r"""Slow for the first point, fast for the others."""

    name = "learner"

    def predicted_seconds(self, question):
        return 100 if not self._pencils else 1e-9


class Lazy(Certifier):
    name = "lazy"

    @classmethod
    def can_certify(cls, classifier, norm="euclidean", box=None):
        return True

    def predicted_seconds(self, question):
        return 50

    def certify(self, question):
        raise OutOfReachError("not today")


@pytest.fixture
def learners(monkeypatch):
    found = {"learner": Learner, "quadric": QuadricCertifier, "lazy": Lazy}
    for module in (registry, choice):
        monkeypatch.setattr(module, "known", lambda: found)
    monkeypatch.setitem(NETWORK.__dict__, "_certifiers", {})


def task(**arguments):
    return Task(NETWORK, {"certifier": "auto", **resolve("certify").keywords(), **arguments})


def test_the_method_does_not_depend_on_what_was_learnt(learners):
    methods = []
    for name in ("quadric", "learner", "quadric"):
        NETWORK.certify(POINTS[0][1], certifier=name)
        methods.append(task().run(*POINTS[1])[1]["method"])
    assert methods == ["quadric"] * 3
    # certify itself does choose by it.
    assert NETWORK.certify(POINTS[1][1]).method == "learner"


def test_the_next_method_is_tried(learners, monkeypatch):
    monkeypatch.setattr(QuadricCertifier, "predicted_seconds", lambda self, question: 70)
    record = task().run(*POINTS[1])[1]
    assert record["method"] == "quadric"
    with pytest.raises(ValueError, match="unknown certifier 'nobody'"):
        task(certifier=["lazy", "nobody"]).run(*POINTS[1])


def test_what_was_learnt_goes_along():
    NETWORK.__dict__.pop("_certifiers", None)
    task().run(*POINTS[0])
    packed = task().packed()
    pencils = NETWORK.__dict__.pop("_certifiers")["quadric"]._pencils
    there = pickle.loads(packed)
    assert there.classifier is NETWORK
    assert there.learnt()["quadric"]._pencils.keys() == pencils.keys() != set()
    assert there.learnt()["quadric"].classifier is NETWORK


def test_what_does_not_pickle_is_refused():
    NETWORK.__dict__["_certifiers"] = {"odd": lambda: None}
    try:
        with pytest.raises(
            TypeError, match=r"cannot be sent to other processes: .*; jobs=1 without a client needs none"
        ):
            task().packed()
    finally:
        del NETWORK.__dict__["_certifiers"]
