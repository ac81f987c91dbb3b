r"""The wrapper of the doctester must see what the doctester passes over in silence."""

import pytest
from run_doctests import complaints, sources

COMPLETE = ["sage -t --long a.py", "    [3 tests, 0.01s wall]"]


def test_a_complete_report_is_accepted():
    assert complaints(COMPLETE, {"a.py": 3}) == []


def test_a_failed_file_is_listed_twice_and_counted_once():
    assert complaints([*COMPLETE, "sage -t --long a.py  # 1 doctest failed"], {"a.py": 3}) == []


@pytest.mark.parametrize("report", [[], ["sage -t none.py", "    [0 tests, 0.00s wall]"]])
def test_no_examples_at_all(report):
    assert complaints(report, {}) == ["no examples found"]


def test_a_file_whose_examples_did_not_run():
    assert complaints(COMPLETE, {"a.py": 3, "b.rst": 2}) == ["b.rst: 2 examples, none run"]


def test_an_unknown_tag():
    report = [COMPLETE[0], "    2 no_such_thing tests not run", COMPLETE[1]]
    assert complaints(report, {"a.py": 5}) == ["a.py: 2 left out by the tag 'no_such_thing'"]


def test_a_program_that_need_not_be_there():
    out_of_time = "    0 tests not run because we ran out of time"
    report = [COMPLETE[0], "    1 macaulay2 test not run", out_of_time, COMPLETE[1]]
    assert complaints(report, {"a.py": 4}) == []


def test_a_kind_of_file_the_doctester_does_not_read():
    report = ["Skipping 'README.md' because it does not have one of the recognized file name extensions", *COMPLETE]
    assert complaints(report, {"a.py": 3}) == ["README.md: not a kind of file that the doctester reads"]


def test_sources_of_a_directory_are_its_modules(tmp_path):
    (tmp_path / "a.py").write_text("")
    (tmp_path / "notes.md").write_text("")
    assert sources([str(tmp_path)]) == [tmp_path / "a.py"]
