"""Interruption and resumption."""

import json

import numpy as np
import pytest
from implicit import builders

from sage_mlvar import _sage  # noqa: F401
from sage_mlvar.implicit import graded_invariants
from sage_mlvar.implicit.checkpoint import Checkpoint
from sage_mlvar.implicit.forms import Forms, Monomials
from sage_mlvar.implicit.solve import Piece

MODEL = ((3, 2, 2), ["10", "11"])


class _StopAfter:
    def __init__(self, count):
        self.count, self.seen = count, 0

    def __call__(self, progress):
        self.seen += 1
        if self.seen == self.count:
            raise KeyboardInterrupt


@pytest.fixture
def interrupted(tmp_path):
    path = tmp_path / "run.json"
    polymap, symmetry = builders.relu(*MODEL)
    with pytest.raises(KeyboardInterrupt):
        graded_invariants(polymap, 4, symmetry=symmetry, checkpoint=path, progress=_StopAfter(9))
    return path


def test_an_interrupted_run_resumes(interrupted):
    polymap, symmetry = builders.relu(*MODEL)
    whole, rest = _StopAfter(0), _StopAfter(0)
    expected = graded_invariants(polymap, 4, symmetry=symmetry, progress=whole)
    resumed = graded_invariants(polymap, 4, symmetry=symmetry, checkpoint=interrupted, progress=rest)
    assert rest.seen == whole.seen - 9
    assert resumed.generators() == expected.generators()
    assert resumed.hilbert == expected.hilbert
    again = _StopAfter(0)
    graded_invariants(polymap, 4, symmetry=symmetry, checkpoint=interrupted, progress=again)
    assert again.seen == 0
    # A higher bound needs bases of degree 4, which the first run had no use for.
    graded_invariants(polymap, 5, symmetry=symmetry, checkpoint=interrupted, progress=again)
    assert again.seen > 0


def test_nothing_is_left_beside_the_file(interrupted):
    assert [path.name for path in interrupted.parent.iterdir()] == ["run.json"]


def test_a_corrupted_checkpoint_is_refused(interrupted):
    polymap, symmetry = builders.relu(*MODEL)
    text = interrupted.read_text()
    for damaged in (text[:-20], text.replace('"count": ', '"count": 1', 1), "", "\x00\x01"):
        interrupted.write_text(damaged)
        with pytest.raises(ValueError, match="is corrupted; delete it to start again"):
            graded_invariants(polymap, 4, symmetry=symmetry, checkpoint=interrupted)
    interrupted.write_text("[]")
    with pytest.raises(ValueError, match="is no checkpoint"):
        graded_invariants(polymap, 4, symmetry=symmetry, checkpoint=interrupted)
    content = json.loads(text)
    content["version"] = 99
    interrupted.write_text(json.dumps(content))
    with pytest.raises(ValueError, match="has version 99"):
        graded_invariants(polymap, 4, symmetry=symmetry, checkpoint=interrupted)


def test_a_foreign_checkpoint_is_refused(interrupted):
    polymap, symmetry = builders.relu(*MODEL)
    for other in ({"symmetry": None}, {"symmetry": symmetry, "seed": 1}):
        with pytest.raises(ValueError, match="belongs to another computation"):
            graded_invariants(polymap, 4, checkpoint=interrupted, **other)
    elsewhere, symmetry = builders.relu((3, 2, 2), ["01", "11"])
    with pytest.raises(ValueError, match="belongs to another computation"):
        graded_invariants(elsewhere, 4, symmetry=symmetry, checkpoint=interrupted)


def test_a_folder_that_does_not_exist(tmp_path):
    polymap, symmetry = builders.relu(*MODEL)
    with pytest.raises(FileNotFoundError):
        graded_invariants(polymap, 1, symmetry=symmetry, checkpoint=tmp_path / "missing" / "run.json")


def test_coefficients_of_any_length_come_back(tmp_path):
    monomials = Monomials(2, 1)
    forms = Forms.collect(monomials, 1, [0, 0], np.array([0, 1]), [7, -(10**5000) - 1])
    path = tmp_path / "run.json"
    piece = Piece((1, 0), 1, 0, forms, forms, True, (101,), "")
    checkpoint = Checkpoint(path, "abc")
    checkpoint.put(1, (1, 0), piece)
    checkpoint.save()
    again = Checkpoint(path, "abc").get(1, (1, 0), 2, keep=True)
    assert again.new.coefficients.tolist() == again.basis.coefficients.tolist() == [7, -(10**5000) - 1]


def test_a_disk_that_is_full_does_not_hide_why_the_run_ended(tmp_path, monkeypatch):
    polymap, symmetry = builders.relu(*MODEL)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(KeyboardInterrupt) as caught:
        graded_invariants(polymap, 4, symmetry=symmetry, checkpoint=tmp_path / "a.json", progress=_StopAfter(2))
    assert caught.value.__notes__ == ["besides, the checkpoint could not be saved: [Errno 28] No space left on device"]
    with pytest.raises(OSError, match="No space left"):
        graded_invariants(polymap, 2, symmetry=symmetry, checkpoint=tmp_path / "a.json")
