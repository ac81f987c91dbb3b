r"""
The list of cases, and one of them from beginning to end.
"""

from math import ceil
from random import Random

import sage_mlvar._sage  # noqa: F401

from . import degenerate, planted, random_networks
from .examine import certifiers, examine

__all__ = ["GROUPS", "case_of", "run", "tasks"]

GROUPS = {"planted": planted, "random": random_networks, "degenerate": degenerate}


def tasks(scale=1.0, only=None):
    r"""Return the cases to make: triples of a group, the name of a generator, and an index."""
    return [
        (group, make.__name__, index)
        for group, module in GROUPS.items()
        for make, (count, _) in module.FAMILIES.items()
        if only is None or make.__name__ in only
        for index in range(ceil(count * scale))
    ]


def case_of(group, name, index, seed=0):
    r"""Return the case: it depends on nothing but these four."""
    source = Random(f"{seed}/{name}/{index}")
    make, (_, moves) = next((m, v) for m, v in GROUPS[group].FAMILIES.items() if m.__name__ == name)
    case = make(source, index).check()
    return case.disguised(source).check() if moves else case


def run(task, seed=0, names=None, folder=None):
    r"""Return the answers of the certifiers about one case."""
    case = case_of(*task, seed=seed)
    applicable = [name for name in certifiers(case, task[2]) if names is None or name in names]
    return task, case.family, case.is_exact, [examine(case, name, task[2], folder) for name in applicable]
