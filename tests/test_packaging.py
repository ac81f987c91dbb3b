r"""What is promised to those who install the package: no clash with their Sage, and entry points that load."""

import re
from importlib.metadata import distribution
from pathlib import Path

import pytest

import sage_mlvar

ROOT = Path(__file__).resolve().parent.parent
DISTRIBUTION = distribution("sage_mlvar")


def requirements():
    r"""Return ``(name, extra or None)`` of each requirement."""
    found = []
    for line in DISTRIBUTION.requires:
        extra = re.search(r"extra == ['\"](\w+)['\"]", line)
        found.append((re.match(r"[\w-]+", line)[0], extra and extra[1]))
    return found


def test_hard_requirements_are_few_and_not_sage():
    needed = {"click", "joblib", "numpy", "python-flint", "rich", "scipy", "threadpoolctl"}
    assert {name for name, extra in requirements() if extra is None} == needed


def test_cypari2_is_left_to_sage():
    assert "cypari2" not in {name for name, _ in requirements()}


def test_passagemath_comes_with_its_extra_only():
    extras = {extra for name, extra in requirements() if name.startswith("passagemath-")}
    assert extras == {"all", "bench", "passagemath"}


def test_one_version():
    assert DISTRIBUTION.version == sage_mlvar.__version__
    assert f"\nversion: {sage_mlvar.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


@pytest.mark.parametrize("entry", DISTRIBUTION.entry_points, ids=lambda entry: f"{entry.group}:{entry.name}")
def test_entry_points_load(entry):
    assert callable(entry.load())


@pytest.mark.parametrize("name", sage_mlvar.__all__)
def test_public_names_resolve(name):
    assert getattr(sage_mlvar, name) is not None
    assert name in dir(sage_mlvar)


def test_all_is_sorted():
    assert list(sage_mlvar.__all__) == sorted(set(sage_mlvar.__all__))
