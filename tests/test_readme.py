r"""
The examples of README.md, run as a reader would: sessions in Python, and commands of the shell.

Blocks marked ``pycon`` hold sessions in plain Python and share one namespace; blocks marked ``console`` hold commands
after ``$`` with what they print. ``...`` matches anything. Sessions with the prompt ``sage:`` belong in ``doc/``, where
Sage's doctester reads them.
"""

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import PATIENCE

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MLVAR = [sys.executable, "-c", "from sage_mlvar.cli import main; main()"]
INSTALL = "python3 -m venv .venv && .venv/bin/pip install '.[passagemath]' && .venv/bin/mlvar tour"
TEST = "python3 -m venv .venv && .venv/bin/pip install tox && .venv/bin/tox"


def blocks(language):
    r"""Return ``(line, text)`` of each fenced block of the README in ``language``, lines counting from 1."""
    fences = re.finditer(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return [(README.count("\n", 0, match.start(1)) + 1, match[1]) for match in fences]


def session_examples():
    r"""Return the examples of all sessions in the form of :mod:`doctest`."""
    examples = []
    for line, text in blocks("pycon"):
        for example in doctest.DocTestParser().get_examples(text):
            example.lineno += line - 1
            examples.append(example)
    return examples


def commands():
    r"""Return ``(line, command, output)`` for each command of the console blocks."""
    found = []
    for line, text in blocks("console"):
        head, *parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
        assert not head, f"README.md line {line}: a console block starts with a command"
        for part in parts:
            command, _, output = part.partition("\n")
            found.append((line, command, output))
    return found


def test_sessions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    examples = session_examples()
    assert examples, "README.md has no session: its examples are not tested"
    assert "sage: " not in README
    test = doctest.DocTest(examples, {}, "README.md", str(ROOT / "README.md"), 0, README)
    report = []
    outcome = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert outcome.attempted == len(examples)
    assert not outcome.failed, "".join(report)


def test_there_are_commands():
    assert commands(), "README.md has no console block: its commands are not tested"


@pytest.mark.parametrize(("line", "command", "output"), commands())
def test_command(line, command, output, tmp_path):
    program, *arguments = shlex.split(command)
    assert program == "mlvar", f"README.md line {line}: only mlvar can be tested here; use a bash block"
    done = subprocess.run([*MLVAR, *arguments], capture_output=True, text=True, timeout=2 * PATIENCE, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert doctest.OutputChecker().check_output(output, done.stdout, FLAGS), done.stdout


def test_setup_commands_are_one_line_each():
    assert [text for _, text in blocks("bash")] == [f"{INSTALL}\n", f"{TEST}\n"]


def test_ci_runs_the_command_of_the_readme():
    assert TEST in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_links_to_files_exist():
    targets = re.findall(r"\]\((?!https?://)([^)#]+)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
