r"""
Singular: Gröbner bases, elimination, saturation, Hilbert polynomials and counts, deterministic over Q.

EXAMPLES::

    sage: from sage_mlvar import backends
    sage: backends.get("singular")
    <backend 'singular'>
"""

import re
from functools import cache

from ..options import Limits
from .base import Answer, Backend, Count, Hilbert
from .process import run

from sage.features.singular import Singular

__all__ = ["SingularBackend"]

_ERROR = re.compile(r"^   \? |^error:|Singular error|halt \d", re.MULTILINE)
#: Singular factors polynomials modulo primes below this only, and takes radicals by factoring.
_FACTORING = 2**29
_BEGIN, _END = "mlvar begin", "mlvar end"


class SingularBackend(Backend):
    r"""The ``Singular`` program."""

    name = "singular"
    description = "Gröbner bases, elimination and Hilbert polynomials, deterministic over Q"
    url = "https://www.singular.uni-kl.de"
    verbs = ("groebner_basis", "eliminate", "saturate", "radical", "decompose", "count", "hilbert")

    def feature(self):
        return Singular()

    @cache
    def version(self):
        self.require()
        found = re.search(r"version ([\d.]+)", self._execute(["--version"], "", Limits()).stdout)
        return found[1] if found else "unknown"

    def can_run(self, task):
        p = task.system.characteristic
        if p >= 2**31:
            return "singular wants a characteristic below 2^31"
        if task.verb in ("radical", "decompose") and p >= _FACTORING:
            return f"singular does {task.verb} modulo primes below 2^29"
        return super().can_run(task)

    def _execute(self, arguments, script, limits):
        program = str(self.feature().absolute_filename())
        return run([program, "-q", "--no-rc", "--no-shell", *arguments], script, limits)

    def _ask(self, task, limits, commands):
        r"""Run ``commands`` on the ideal ``i`` of the system; return the printed lines and the process."""
        system = task.system
        names = ",".join(system.names())
        script = "\n".join(
            [
                f"ring r={system.characteristic},({names}),dp;",
                "short=0; option(redSB); option(noredefine);",
                f"ideal i={','.join(system.lines())};".replace(",", ",\n"),
                f'"{_BEGIN}";',
                *commands,
                f'"{_END}";',
                "quit;\n",
            ]
        )
        finished = self._execute([], script, limits)
        body = finished.stdout.partition(_BEGIN + "\n")[2]
        if finished.code != 0 or _END not in body or _ERROR.search(finished.stdout):
            self.fail(finished)
        return body.partition(_END)[0].splitlines(), finished

    def _ideal(self, task, limits, commands):
        lines, finished = self._ask(task, limits, [*commands, "int k; for(k=1;k<=ncols(g);k++){g[k];}"])
        return Answer([line for line in lines if line.strip()], finished.seconds, finished.peak_memory)

    def groebner_basis(self, task, limits):
        return self._ideal(task, limits, ["ideal g=std(i);"])

    def eliminate(self, task, limits):
        product = "*".join(task.system.names()[: task.eliminate])
        return self._ideal(task, limits, [f"ideal g=eliminate(i,{product});"])

    def saturate(self, task, limits):
        (by,) = task.by.lines()
        return self._ideal(task, limits, ['LIB "elim.lib";', f"ideal g=sat_with_exp(i,ideal({by}))[1];"])

    def radical(self, task, limits):
        return self._ideal(task, limits, ['LIB "primdec.lib";', "ideal g=std(radical(i));"])

    def decompose(self, task, limits):
        commands = [
            'LIB "primdec.lib";',
            "list d=primdecGTZ(i); int k; int m; ideal g;",
            'for(k=1;k<=size(d);k++){for(m=1;m<=2;m++){"ideal"; g=std(d[k][m]); g;}}',
        ]
        lines, finished = self._ask(task, limits, commands)
        ideals = []
        for line in lines:
            if line.strip() == "ideal":
                ideals.append([])
            elif line.strip():
                # Entries of an ideal are printed as g[1]=…
                ideals[-1].append(line.partition("=")[2])
        pairs = [pair for pair in zip(ideals[::2], ideals[1::2]) if pair[1] != ["1"]]
        return Answer(pairs, finished.seconds, finished.peak_memory)

    def hilbert(self, task, limits):
        lines, finished = self._ask(task, limits, ["ideal g=std(i);", "dim(g); mult(g);"])
        dimension, degree = (int(line) for line in lines)
        value = Hilbert(-1, 0) if dimension < 0 else Hilbert(dimension, degree)
        return Answer(value, finished.seconds, finished.peak_memory)

    def count(self, task, limits):
        # Where the Jacobian ideal says that some solution is not simple, the radical settles how many are different;
        # modulo large primes it is not to be had, and the simple ones and one more are counted.
        if task.system.characteristic < _FACTORING:
            count_different = "w=vdim(std(radical(g)));"
        else:
            count_different = "g=std(sat_with_exp(g,j)[1]); w=1; if (dim(g)==0) { w=vdim(g)+1; }"
        commands = [
            'LIB "primdec.lib"; LIB "elim.lib";',
            "ideal g=std(i);",
            "int v=vdim(g); int w=v;",
            "if (dim(g)==-1) {v=0; w=0;}",
            "if (v>0) { ideal j=g+minor(jacob(i),nvars(r)); if (dim(std(j))!=-1) { " + count_different + " } }",
            "v; w;",
        ]
        lines, finished = self._ask(task, limits, commands)
        degree, distinct = (int(line) for line in lines)
        value = Count(None, None) if degree < 0 else Count(degree, distinct)
        return Answer(value, finished.seconds, finished.peak_memory)
