r"""
Giac: Gröbner bases and elimination; modular and probabilistic over Q, deterministic modulo a prime.

EXAMPLES::

    sage: from sage_mlvar import backends
    sage: backends.get("giac").is_exact("eliminate", 0)
    False
"""

import re
from functools import cache

from ..options import Limits
from .base import Answer, Backend
from .process import run

from sage.features import Executable

__all__ = ["GiacBackend"]

# A list of polynomials; eliminate(…, gbasis) prints two, the elimination ideal first.
_LIST = re.compile(r'"mlvar begin",\s*\[+(.*?)\].*?,\s*"mlvar end"', re.DOTALL)


class GiacBackend(Backend):
    r"""The ``giac`` program."""

    name = "giac"
    description = "Gröbner bases and elimination, probabilistic over Q"
    url = "https://www-fourier.univ-grenoble-alpes.fr/~parisse/giac.html"
    verbs = ("groebner_basis", "eliminate")

    def feature(self):
        return Executable("giac", executable="giac", spkg="giac", url=self.url)

    @cache
    def version(self):
        self.require()
        found = re.search(r"^\d+(\.\d+)+", self._execute(["--version"], Limits(), {}).stdout, re.MULTILINE)
        return found[0] if found else "unknown"

    def can_run(self, task):
        if task.system.characteristic >= 2**31:
            return "giac wants a characteristic below 2^31"
        return super().can_run(task)

    def is_exact(self, verb, characteristic):
        return characteristic != 0

    def _execute(self, arguments, limits, files):
        return run([str(self.feature().absolute_filename()), *arguments], "", limits, files)

    def _ask(self, task, limits, function, *arguments):
        system = task.system
        modulus = f" mod {system.characteristic}" if system.characteristic else ""
        variables = f"[{','.join(system.names())}]"
        generators = "[" + ",\n".join(system.lines()) + "]" + modulus
        parts = [generators, *(part.format(variables=variables) for part in arguments)]
        script = f'"mlvar begin";\n{function}({",".join(parts)});\n"mlvar end";\n'
        finished = self._execute(["task.giac"], limits, {"task.giac": script})
        found = _LIST.search(finished.stdout)
        if finished.code != 0 or not found:
            self.fail(finished)
        texts = [text.replace("%", "").strip() for text in found[1].split(",")]
        return Answer([text for text in texts if text], finished.seconds, finished.peak_memory)

    def groebner_basis(self, task, limits):
        return self._ask(task, limits, "gbasis", "{variables}", "revlex")

    def eliminate(self, task, limits):
        # Without the last argument giac takes resultants when one variable goes, and those generate less.
        first = ",".join(task.system.names()[: task.eliminate])
        return self._ask(task, limits, "eliminate", f"[{first}]", "gbasis")
