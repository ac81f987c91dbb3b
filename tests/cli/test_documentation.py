r"""The console examples of ``doc/commandline.rst`` print what they show, and the page names every verb and option."""

import doctest
import re
import shlex

import pytest

from sage_mlvar.cli.program import program

from .helpers import ROOT, invoke

PAGE = (ROOT / "doc" / "commandline.rst").read_text(encoding="utf-8")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def examples():
    r"""Return ``(command, output)`` for each command of the console blocks."""
    found = []
    for block in re.findall(r"^\.\. code-block:: console\n\n((?:   .*\n|\n)+)", PAGE, re.MULTILINE):
        for part in re.split(r"^   \$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def test_there_are_examples():
    assert len(examples()) >= 5


@pytest.mark.parametrize(("command", "output"), examples())
def test_example(command, output):
    name, *arguments = shlex.split(command)
    assert name == "mlvar"
    result = invoke(*arguments)
    assert result.exit_code == 0, result.stderr
    assert doctest.OutputChecker().check_output(output, result.stdout, FLAGS), result.stdout


def test_the_page_names_every_verb_and_option():
    for verb, command in program.commands.items():
        assert f"``{verb}" in PAGE or f"``mlvar {verb}" in PAGE, verb
        for parameter in command.params:
            for option in parameter.opts if parameter.param_type_name == "option" else []:
                assert option in PAGE, option
