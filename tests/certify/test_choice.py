r"""The order of the methods, and the time that is kept for proved bounds."""

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from sage_mlvar import PolynomialClassifier, options
from sage_mlvar.certify import Certifier, choice, registry
from sage_mlvar.certify.base import Question
from sage_mlvar.certify.bounds.certifier import BoundsCertifier
from sage_mlvar.certify.homotopy import family
from sage_mlvar.errors import BackendTimeout, NotProvedError, OutOfReachError
from sage_mlvar.options import Deadline, resolve

from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ

NETWORK = PolynomialClassifier.random([3, 4, 2], 3, seed=5)
POINT = [1, 0, 2]


class Slow(Certifier):
    r"""Uses all the time that it gets."""

    name = "slow"
    got = None

    @classmethod
    def can_certify(cls, classifier, norm="euclidean", box=None):
        return True

    def predicted_seconds(self, question):
        return 1e-3

    def certify(self, question):
        type(self).got = question.limits.deadline.remaining()
        raise BackendTimeout(f"time limit of {question.limits.deadline.timeout:g} s reached while idling")


class Failing(Slow):
    name = "failing"

    def certify(self, question):
        raise OutOfReachError("not today")


class Huge(Slow):
    name = "huge"

    def predicted_seconds(self, question):
        return 80


@pytest.fixture(autouse=True)
def clock_stands_still(monkeypatch):
    r"""Shares of the time do not depend on how long the test takes."""
    monkeypatch.setattr(options, "time", SimpleNamespace(monotonic=lambda: 0.0))


@pytest.fixture
def known(monkeypatch):
    def use(*classes):
        found = {cls.name: cls for cls in classes}
        for module in (registry, choice):
            monkeypatch.setattr(module, "known", lambda: found)
        monkeypatch.setitem(NETWORK.__dict__, "_certifiers", {})

    return use


def names(question):
    return [candidate.name for candidate in choice.choose(question)]


def question(timeout, radius=None):
    resolved = resolve("certify", timeout=timeout)
    point = tuple(map(QQ, POINT))
    c = NETWORK.predict(point)
    limits = resolved.limits()
    return Question(NETWORK, point, c, (1 - c,), radius, QQ((1, 10**9)), "euclidean", None, False, resolved, limits)


def test_bounds_come_after_a_method_that_uses_all_its_time(known):
    known(Slow, BoundsCertifier)
    certificate = NETWORK.certify(POINT, timeout=100)
    assert certificate.method == "bounds"
    assert certificate.proved
    assert 0 < certificate.lower <= certificate.upper < infinity
    assert Slow.got == 75
    words = "bounds: the other methods failed; not slow (25 s are kept for bounds): time limit of 75 s"
    assert certificate.choice.startswith(words)


def test_the_part_is_kept_in_a_list_of_names_too(known):
    known(Slow, Failing, BoundsCertifier)
    certificate = NETWORK.certify(POINT, certifier=["failing", "slow", "bounds"], timeout=100)
    assert certificate.method == "bounds"
    assert Slow.got == 75
    assert "not failing: not today; not slow (25 s are kept" in certificate.choice


def test_a_method_alone_gets_all_the_time(known):
    known(Slow, BoundsCertifier)
    for names in ("slow", ["slow"], ["bounds", "slow"]):
        Slow.got = None
        try:
            certificate = NETWORK.certify(POINT, certifier=names, timeout=100)
            assert certificate.method == "bounds"
        except BackendTimeout:
            assert Slow.got == 100
    known(Slow, Failing)
    with pytest.raises(BackendTimeout, match=r"no certifier could answer: .*slow: time limit of 100 s"):
        NETWORK.certify(POINT, timeout=100)


class Prudent(Slow):
    r"""Does not begin what would not finish in time."""

    name = "prudent"

    def certify(self, question):
        question.limits.deadline.allow(1e6, "idling")


def test_what_only_lacks_time_is_a_timeout(known):
    known(Prudent)
    with pytest.raises(
        BackendTimeout, match=r"no certifier could answer: prudent: time limit of 100 s leaves"
    ) as caught:
        NETWORK.certify(POINT, timeout=100)
    assert str(caught.value).count("raise timeout= (None: no limit)") == 1
    assert str(caught.value).endswith("; raise timeout= (None: no limit)")
    known(Failing, Prudent)
    with pytest.raises(BackendTimeout, match="failing: not today"):
        NETWORK.certify(POINT, timeout=100)
    known(Failing)
    with pytest.raises(NotProvedError, match=r"no certifier could answer: failing: not today$"):
        NETWORK.certify(POINT, timeout=100)


def test_the_way_out_is_told_once(known, monkeypatch):
    known(Prudent, Failing)
    monkeypatch.setattr(Deadline, "check", lambda self, doing="": Deadline.allow(self, 1e6, doing))
    with pytest.raises(BackendTimeout, match=r"certifying; tried: .*prudent: time limit") as caught:
        NETWORK.certify(POINT, certifier=["prudent", "failing"], timeout=100)
    assert str(caught.value).count("raise timeout=") == 1


def test_without_a_limit_nothing_is_kept():
    asked = question(None)
    assert choice.with_part(asked, ["bounds"]) == (asked, "")
    asked = question(100)
    assert choice.with_part(asked, []) == (asked, "")
    assert choice.with_part(asked, ["critical"]) == (asked, "")


def test_more_is_kept_when_bounds_take_long(monkeypatch):
    for seconds, kept in ((1, 25), (40, 40), (1000, 50)):
        monkeypatch.setattr(BoundsCertifier, "predicted_seconds", lambda self, question, seconds=seconds: seconds)
        part, words = choice.with_part(question(100), ["bounds"])
        assert part.limits.deadline.timeout == 100 - kept
        assert part.limits.memory is None
        assert "kept for bounds" in words


def test_methods_must_fit_beside_what_is_kept(known):
    known(Huge, BoundsCertifier)
    assert choice.choose(question(100)) == [("bounds", "bounds: huge is predicted to take 80 s", None)]
    assert names(question(200)) == ["bounds", "huge", "bounds"]
    known(Huge)
    assert names(question(100)) == ["huge"]


def test_what_failed_and_what_was_not_tried_is_told(known):
    known(Failing, Huge, BoundsCertifier)
    assert NETWORK.certify(POINT, timeout=30).choice == (
        "bounds: the other methods failed, huge is predicted to take 80 s; not failing: not today"
    )


def test_a_network_whose_critical_points_are_not_all_found(monkeypatch):
    # Their number is below the bound, and new ones are looked for in vain, which no prediction knows.
    monkeypatch.setattr(family, "_PATIENCE", 1)
    C = PolynomialClassifier.random([2, 2, 2, 2, 2], 2, seed=1)
    certificate = C.certify([-1, 0], radius="1/10", certifier=["numerical", "bounds"])
    assert certificate.method == "bounds"
    assert certificate.verdict == "robust"
    assert re.search(r"not numerical: \d+ critical points .* there may be 64", certificate.choice)


def test_what_has_no_prediction_is_out_of_reach():
    C = PolynomialClassifier.random([40, 60, 2], 4, seed=2)
    certificate = C.certify([0] * 40)
    assert certificate.choice == "bounds: critical is out of reach"
    assert certificate.proved


def test_bounds_look_first_where_others_are_slow(known):
    r"""A radius that is decided at once needs no list of critical points."""
    known(Huge, BoundsCertifier)
    assert names(question(None, QQ((1, 10**6)))) == ["bounds", "huge", "bounds"]
    known(Failing, BoundsCertifier)
    assert names(question(None, QQ((1, 10**6)))) == ["failing", "bounds"]
    known(Huge, BoundsCertifier)
    certificate = NETWORK.certify(POINT, "1/1000000", timeout=None)
    assert (certificate.method, certificate.verdict) == ("bounds", "robust")
    assert certificate.choice == "bounds: enough before huge, predicted to take 80 s"


def test_what_the_look_does_not_decide_is_left_to_the_others(known):
    upper = NETWORK.certify(POINT, certifier="bounds", timeout=None).upper
    asked = []

    class Undecided(BoundsCertifier):
        def certify(self, question):
            asked.append(question.limits.deadline.timeout)
            return replace(super().certify(question), witness=None)

    class Finding(Huge):
        def certify(self, question):
            asked.append(question.limits.deadline.timeout)
            return BoundsCertifier(self.classifier).certify(question)

    known(Finding, Undecided)
    found = NETWORK.certify(POINT, 2 * upper, timeout=None)
    assert asked == [20, None]
    assert (found.method, found.verdict) == ("huge", "not robust")
    assert found.choice == "huge: predicted 80 s; not bounds: not enough within 20 s"


def test_narrow_bounds_are_enough_where_others_are_very_slow(known, monkeypatch):
    known(Huge, BoundsCertifier)
    assert names(question(None)) == ["bounds", "huge", "bounds"]
    certificate = NETWORK.certify(POINT, timeout=None)
    assert certificate.method == "bounds"
    assert certificate.relative_width <= QQ((1, 10**9))
    monkeypatch.setattr(Huge, "predicted_seconds", lambda self, question: 10.0)
    assert names(question(None)) == ["huge", "bounds"]
    assert names(question(None, QQ(1))) == ["bounds", "huge", "bounds"]


def test_wide_bounds_are_not_enough(known):
    class Wide(BoundsCertifier):
        def certify(self, question):
            found = super().certify(question)
            return replace(found, bounds=tuple(replace(b, lower=b.lower / 2) for b in found.bounds))

    class Finding(Huge):
        def certify(self, question):
            return BoundsCertifier(self.classifier).certify(question)

    known(Finding, Wide)
    found = NETWORK.certify(POINT, timeout=None)
    assert found.choice == "huge: predicted 80 s; not bounds: not enough within 20 s"


def test_no_look_before_what_is_out_of_reach(known, monkeypatch):
    known(Huge, BoundsCertifier)
    monkeypatch.setattr(Huge, "predicted_seconds", lambda self, question: float("inf"))
    assert names(question(None)) == names(question(None, QQ(1))) == ["huge", "bounds"]
