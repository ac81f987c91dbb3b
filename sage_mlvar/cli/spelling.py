r"""
How the command line spells what messages of the package say in Python.

EXAMPLES::

    sage: from sage_mlvar.cli.spelling import spelled
    sage: spelled("time limit of 2 s reached while running Singular; raise timeout= (None: no limit)")
    "time limit of 2 s reached while running Singular; raise --timeout ('none': no limit)"
    sage: spelled("compute('ed_degree', slice=…, proof=False) returns it; certifier='bounds' gives a bracket")
    '--no-proof returns it; --certifier bounds gives a bracket'
    sage: spelled("there is no file 'scale=2.csv'")
    "there is no file 'scale=2.csv'"
"""

import re

__all__ = ["as_option", "spelled"]

#: Arguments that are options of ``mlvar``.
_NAMES = (
    "activation|backend|box|certificates|certifier|checkpoint|classes|cross_check|jobs|label_column|labels|max_degree|"
    "memory|norm|normalization|out|points|radius|retry|scale|seed|slice|timeout|tolerance"
)

_HINT = re.compile(
    r"""(?<![\w=])(?:
    (?P<quoted>'[^']*'|"[^"]*")
    | (?P<probable>(?:compute|certify)\([^()]*\bproof=False\)|proof=False)
    | (?P<proof>proof=(?:True|None)?)
    | (?P<invariants>invariants\(max_degree=(?P<degree>\w+)\))
    | (?P<name>NAMES)=(?:'(?P<text>[^']*)'|(?P<value>\w[\w./-]*))?…?
    | (?P<limit>\(None:\ no\ limit\))
    | (?P<plain>label_column|max_degree|cross_check)\b
    )""".replace("NAMES", _NAMES),
    re.VERBOSE,
)


def as_option(name):
    r"""
    Return how an argument of Python is called on the command line.

    EXAMPLES::

        sage: from sage_mlvar.cli.spelling import as_option
        sage: as_option("max_degree")
        '--max-degree'
    """
    return "--" + name.replace("_", "-")


def spelled(text):
    r"""Return a message with the arguments in it as options of ``mlvar``; what is quoted stays as it is."""
    return _HINT.sub(_replaced, text)


def _replaced(found):
    if found["quoted"]:
        return found[0]
    if found["probable"]:
        return "--no-proof"
    if found["proof"]:
        return "--proof"
    if found["invariants"]:
        return f"mlvar invariants --max-degree {found['degree']}"
    if found["limit"]:
        return "('none': no limit)"
    if found["plain"]:
        return as_option(found["plain"])
    value = found["text"] or found["value"]
    return f"{as_option(found['name'])} {value}" if value and value != "True" else as_option(found["name"])
