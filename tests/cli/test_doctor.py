r"""``mlvar doctor`` and ``mlvar backends``: what they say when all is fine, and when something is not."""

import json
import os

import pytest

from sage_mlvar import PolynomialClassifier, backends, plugins, save
from sage_mlvar.backends import Answer, Count
from sage_mlvar.backends.msolve import MsolveBackend
from sage_mlvar.backends.singular import SingularBackend
from sage_mlvar.cli import crosscheck, doctor
from sage_mlvar.errors import BackendError

from .helpers import invoke, run


@pytest.fixture
def hide():
    hidden = []

    def do(*names):
        for name in names:
            feature = backends.get(name).feature()
            feature.hide()
            hidden.append(feature)

    yield do
    for feature in hidden:
        feature.unhide()


def findings(**wanted):
    result = invoke("doctor", "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == (0 if report["fine"] else 4)
    return report["fine"], [f for f in report["findings"] if all(f[key] == value for key, value in wanted.items())]


def test_all_fine():
    result = invoke("doctor")
    assert result.exit_code == 0, result.stdout
    assert result.stdout.endswith("all fine\n")
    for words in ("Python", "Sage: ", "backend msolve", "temporary folder", "cross-check of elimination over Q"):
        assert words in result.stdout


def test_a_missing_engine_that_others_replace_is_a_note(hide):
    hide("giac")
    fine, notes = findings(what="backend giac")
    assert fine
    assert (notes[0]["state"], notes[0]["found"]) == ("note", "not installed")
    assert "pip install" in notes[0]["advice"]


def test_a_missing_engine_that_nothing_replaces_is_broken(hide):
    hide("singular")
    fine, broken = findings(what="backend singular")
    assert not fine
    assert broken[0]["state"] == "broken"
    assert "saturate" in broken[0]["found"]


def test_a_wrong_answer_is_found(monkeypatch):
    monkeypatch.setattr(MsolveBackend, "count", lambda self, task, limits: Answer(Count(3, 3)))
    fine, broken = findings(state="broken")
    assert not fine
    assert [(f["what"], f["found"]) for f in broken] == [
        ("cross-check of counting solutions modulo 65521", "msolve disagree")
    ]


def test_bases_that_differ_are_found(monkeypatch):
    monkeypatch.setattr(SingularBackend, "eliminate", lambda self, task, limits: Answer(["x1-x2"]))
    _, broken = findings(state="broken")
    assert [f["what"] for f in broken] == [
        "cross-check of elimination over Q",
        "cross-check of elimination modulo 65521",
    ]


def test_an_engine_that_fails_is_found(monkeypatch):
    def crash(self, task, limits):
        raise BackendError("msolve failed: Segmentation fault")

    monkeypatch.setattr(MsolveBackend, "solve", crash)
    found = {finding.what: finding for finding in crosscheck.crosschecks()}["cross-check of real solutions over Q"]
    assert (found.state, found.found) == ("broken", "msolve: msolve failed: Segmentation fault")


def test_a_broken_plug_in_is_shown(monkeypatch):
    class Entry:
        name, value, group = "magma", "no_such_module:Magma", "sage_mlvar.backends"

        def load(self):
            raise ImportError("No module named 'no_such_module'")

    real = plugins.entry_points
    monkeypatch.setattr(
        plugins, "entry_points", lambda group: [*real(group=group), *([Entry()] if group == Entry.group else [])]
    )
    try:
        broken = [finding for finding in doctor._plugins() if finding.state == "broken"]
    finally:
        plugins.classes.cache_clear()
    (finding,) = broken
    assert "no_such_module" in finding.found
    assert "uninstall" in finding.advice


def test_without_singular_sage_does_not_start_and_that_is_all(tmp_path):
    save(PolynomialClassifier([[[1]], [[1], [0]]], [[0], [0, 1]]), tmp_path / "c.json")
    missing = {**os.environ, "SINGULAR_BIN": "/nowhere/Singular"}
    done = run("ed-degree", str(tmp_path / "c.json"), env=missing)
    assert done.returncode == 4
    assert done.stderr.startswith("error: singular is not available")
    assert done.stderr.count("\n") == 1
    done = run("doctor", env=missing)
    assert done.returncode == 4
    assert [line.split(":")[0] for line in done.stdout.splitlines() if "BROKEN" in line] == ["BROKEN  Sage"]


def test_a_temporary_folder_that_cannot_be_written(monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied", "/nowhere")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    finding = doctor._temporary_folder()
    assert (finding.state, finding.found) == ("broken", "/nowhere: Permission denied")
    assert "TMPDIR" in finding.advice


def test_two_distributions_of_sage_are_told_apart(monkeypatch):
    versions = {"passagemath-objects": "10.8", "sagemath-standard": "10.7"}
    monkeypatch.setattr(doctor, "_installed", versions.get)
    assert doctor._sage().state == "broken"


def test_backends():
    result = invoke("backends")
    assert result.exit_code == 0
    for row in backends.table():
        assert row["name"] in result.stdout
        assert row["version"] in result.stdout


def test_backends_say_why_not(hide):
    hide("giac")
    rows = {row["name"]: row for row in json.loads(invoke("backends", "--json").stdout)["backends"]}
    assert rows["singular"]["available"] is True
    assert "pip install" in rows["giac"]["available"]
    assert rows["giac"]["version"] is None
