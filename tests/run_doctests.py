r"""
Run the examples of the package and of the documentation, and fail when examples were left out unnoticed.

Sage's doctester exits with 0 when it skips a file whose kind it does not know, when a file has no examples, and when
an example carries a tag that nobody defines. This wrapper reads its report and fails in each of these cases::

    python tests/run_doctests.py            # the package and doc/*.rst
    python tests/run_doctests.py FILE ...   # only these files or directories
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-m", "sage.doctest", "-p", "2", "--force-lib", "--long", "--show-skipped"]

#: Tags of examples that may be left out: programs that need not be there.
OPTIONAL = frozenset({"giac", "macaulay2", "msolve"})

_FILE = re.compile(r"^sage -t .* (\S+?)(?:  # .*)?$")
_COUNT = re.compile(r"^\s+\[(\d+) tests?, ")
_NOT_RUN = re.compile(r"^\s+(\d+) (.+?) tests? not run$")
_UNKNOWN_KIND = re.compile(r"^Skipping '(.+)' because")


def complaints(report, prompts):
    r"""
    Return what a report of the doctester leaves out, as a list of sentences.

    INPUT:

    - ``report`` -- the lines that the doctester printed
    - ``prompts`` -- dictionary from file name to the number of lines in it that start an example

    EXAMPLES::

        sage: from run_doctests import complaints
        sage: complaints(["sage -t a.py", "    [3 tests, 0.1s wall]"], {"a.py": 3, "b.rst": 1})
        ['b.rst: 1 example, none run']
        sage: complaints([], {})
        ['no examples found']
    """
    ran, found, current = {}, [], None
    for line in report:
        if match := _FILE.match(line):
            current = match[1]
        elif match := _COUNT.match(line):
            ran[current] = ran.get(current, 0) + int(match[1])
        elif (match := _NOT_RUN.match(line)) and not OPTIONAL.issuperset(match[2].replace(",", " ").split()):
            found.append(f"{current}: {match[1]} left out by the tag {match[2]!r}")
        elif match := _UNKNOWN_KIND.match(line):
            found.append(f"{match[1]}: not a kind of file that the doctester reads")
    for name, number in prompts.items():
        if number and not ran.get(name):
            found.append(f"{name}: {number} example{'s' if number > 1 else ''}, none run")
    if not sum(ran.values()) and not found:
        found.append("no examples found")
    return found


def sources(arguments):
    r"""Return the files to test, relative to the root, as the doctester prints them."""
    paths = [Path(argument) for argument in arguments] or [Path("sage_mlvar"), *sorted(Path("doc").glob("*.rst"))]
    files = []
    for path in paths:
        files += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return files


def main(arguments):
    r"""Run the doctester on ``arguments`` and return an exit code."""
    os.chdir(ROOT)
    files = sources(arguments)
    prompts = {str(path): len(re.findall(r"^\s*sage: ", path.read_text(encoding="utf-8"), re.M)) for path in files}
    environment = dict(os.environ)
    paths = [str(ROOT), str(ROOT / "tests"), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    # The doctester refuses some files by name (__main__.py); without examples they need not trouble it.
    tested = [name for name, number in prompts.items() if number or arguments]
    command = [*COMMAND, "--environment=doctest_environment", *tested]
    report = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            report.append(line.rstrip("\n"))
    found = complaints(report, prompts)
    for complaint in found:
        print(f"error: {complaint}", file=sys.stderr)
    return process.returncode or int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
