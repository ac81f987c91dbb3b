r"""
The command ``mlvar``: the verbs of the models from a shell.

Nothing here imports Sage before a command needs it, so that ``mlvar --help`` answers at once.

EXAMPLES::

    sage: from sage_mlvar.cli import main
    sage: try:
    ....:     main(["dimension", "relu", "--widths", "2,2,2", "--pattern", "10", "--pattern", "11"])
    ....: except SystemExit as leaving:
    ....:     print("exit code", leaving.code)
    6
    ...
    exit code 0
"""

import sys

__all__ = ["main"]


def main(args=None):
    r"""
    Run ``mlvar`` and leave by :class:`SystemExit` with its exit code.

    INPUT:

    - ``args`` -- list of strings; the arguments of the process by default

    Exit codes: 0 done, 1 the answer is no, 2 bad usage or input, 3 unknown or not proved, 4 a backend failed or hit a
    limit, 129 hung up, 130 interrupted, 143 terminated.

    EXAMPLES::

        sage: from sage_mlvar.cli import main
        sage: try:
        ....:     main(["dimension", "perceptron"])
        ....: except SystemExit as leaving:
        ....:     print("exit code", leaving.code)
        error: MODEL must be relu, attention, network or a model file, and there is no file 'perceptron'
        exit code 2
    """
    try:
        from .program import program
    except KeyboardInterrupt:
        sys.exit(130)
    program.main(args, prog_name="mlvar")
