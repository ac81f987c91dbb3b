r"""Importing the package is light, and its public names are kept."""

import json
import subprocess
import sys

import pytest

import sage_mlvar


@pytest.mark.parametrize(
    "statement",
    [
        "import sage_mlvar",
        "import sage_mlvar; dir(sage_mlvar)",
        "from sage_mlvar import load, using",
        "import sage_mlvar.errors, sage_mlvar.options, sage_mlvar.plugins",
        "import sage_mlvar.testing",
    ],
)
def test_it_starts_neither_sage_nor_numpy(statement):
    program = f"import sys, json; {statement}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert not loaded & {"sage", "numpy", "cypari2", "flint", "joblib"}


def test_all_names_exist_and_are_shown():
    assert sage_mlvar.__all__ == sorted(sage_mlvar.__all__)
    assert set(sage_mlvar.__all__) <= set(dir(sage_mlvar))
    for name in sage_mlvar.__all__:
        assert getattr(sage_mlvar, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'sage_mlvar' has no attribute 'ReluModel'"):
        sage_mlvar.ReluModel  # noqa: B018
