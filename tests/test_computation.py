r"""Records of computations."""

import copy
import json
import pickle

import pytest

from sage_mlvar.computation import PROVED, Computation, proved_up_to
from sage_mlvar.errors import NotProvedError

from sage.rings.rational_field import QQ


@pytest.mark.parametrize(("status", "proved"), [("proved", True), (proved_up_to(3), True), ("probable", False)])
def test_only_probable_answers_fail_a_proof(status, proved):
    record = Computation("ideal", 1, status, "because")
    assert record.proved is proved
    assert record.require(False, "f()") is record
    if proved:
        assert record.require(True, "f()") is record
    else:
        with pytest.raises(NotProvedError, match=r"ideal is only probable: because; f\(\) returns it"):
            record.require(True, "f()")


def test_a_record_is_frozen_and_plain():
    details = {"a": [QQ((1, 2)), (1, 2)]}
    record = Computation("degree", QQ(3), "proved", "so", details=details)
    details["b"] = 1
    assert "b" not in record.details
    data = record.to_dict()
    assert json.loads(json.dumps(data)) == data
    assert data["details"] == {"a": ["1/2", [1, 2]]}


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda record: pickle.loads(pickle.dumps(record))])
def test_a_record_pickles(again):
    record = Computation("degree", QQ(3), "proved", "so", seed=4, primes=(5, 7), details={"a": [QQ((1, 2))]}).timed(1.5)
    other = again(record)
    assert other == record
    assert hash(other) == hash(record)
    assert other.to_dict() == record.to_dict()
    with pytest.raises(TypeError):
        other.details["b"] = 1


def test_a_record_shows_itself_in_short_lines():
    record = Computation("ideal", "x" * 1000, PROVED, "an argument", details={"table": list(range(1000))})
    lines = repr(record).splitlines()
    assert (lines[0], lines[-1]) == ("Computation(", ")")
    assert [line.strip().partition("=")[0] for line in lines[1:-1]][:3] == ["verb", "value", "status"]
    assert max(map(len, lines)) < 230
    assert "    argument='an argument'," in lines
