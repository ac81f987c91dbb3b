r"""
msolve: counting and isolating the solutions of zero-dimensional systems, Gröbner bases modulo a prime.

EXAMPLES::

    sage: from sage_mlvar import backends
    sage: backends.get("msolve").is_exact("groebner_basis", 0)
    False
"""

import json
import re
from functools import cache

from ..errors import BackendError
from ..options import Limits
from .base import Answer, Backend, Count, Parametrization
from .process import run

from sage.features.msolve import msolve
from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.integer import Integer
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational import Rational

__all__ = ["MsolveBackend"]

_DYADIC = re.compile(r"\s*(-?\d+)\s*(?:/\s*2\^(\d+))?\s*\Z")


def _squarefree_degree(coefficients, p):
    r"""Return the number of different roots of a polynomial over the closure of the field with ``p`` elements."""
    w = PolynomialRing(GF(p), "T")(coefficients)
    return int(w.degree() - w.gcd(w.derivative()).degree())


class MsolveBackend(Backend):
    r"""The ``msolve`` program."""

    name = "msolve"
    description = "counts and real solutions of zero-dimensional systems; Gröbner bases modulo a prime"
    url = "https://msolve.lip6.fr"
    verbs = ("groebner_basis", "count", "solve", "parametrize", "eliminate")

    def feature(self):
        return msolve()

    @cache
    def version(self):
        self.require()
        finished = self._execute(["-V"], "", Limits())
        return finished.stdout.strip().splitlines()[0] if finished.stdout.strip() else "unknown"

    def can_run(self, task):
        p = task.system.characteristic
        if p >= 2**31:
            return "msolve wants a characteristic below 2^31"
        if task.verb == "count" and p >= 2**30:
            # Its change of order loops on larger primes ("Prime ... is too large").
            return "msolve counts modulo primes below 2^30"
        if task.verb == "eliminate" and p == 0:
            return "msolve eliminates modulo a prime only"
        if task.verb == "solve" and p != 0:
            return "msolve isolates real solutions over Q only"
        if task.verb == "parametrize" and p != 0:
            return "msolve parametrizes solutions over Q only"
        if task.verb == "count" and p == 0:
            return "msolve counts modulo a prime only"
        return super().can_run(task)

    def is_exact(self, verb, characteristic):
        # Over Q msolve lifts from primes and stops when the result is stable.
        return characteristic != 0

    def _execute(self, arguments, text, limits):
        files = {"in.ms": text} if text else {}
        return run([str(self.feature().absolute_filename()), *arguments], "", limits, files)

    def _ask(self, task, limits, *arguments):
        system = task.system
        text = f"{','.join(system.names())}\n{system.characteristic}\n" + ",\n".join(system.lines()) + "\n"
        finished = self._execute(["-f", "in.ms", *arguments], text, limits)
        if finished.code != 0 or not finished.stdout.rstrip().endswith("]:"):
            self.fail(finished)
        return finished

    def _basis(self, task, limits, *arguments):
        finished = self._ask(task, limits, "-g", "2", *arguments)
        body = "".join(line for line in finished.stdout.splitlines() if not line.startswith("#"))
        return body.strip().removeprefix("[").removesuffix("]:").split(","), finished

    def groebner_basis(self, task, limits):
        texts, finished = self._basis(task, limits)
        return Answer(texts, finished.seconds, finished.peak_memory)

    def eliminate(self, task, limits):
        texts, finished = self._basis(task, limits, "-e", str(task.eliminate))
        gone = re.compile("|".join(rf"x{k}(?!\d)" for k in range(task.eliminate)))
        return Answer([f for f in texts if not gone.search(f)], finished.seconds, finished.peak_memory)

    def count(self, task, limits):
        finished = self._ask(task, limits)
        try:
            # [-1]: none; [1, …]: infinitely many; else [0, [p, variables, degree of the quotient, names, linear form,
            # [1, [[degree of w, w], …]]]] with w the eliminating polynomial of the linear form.
            shape, *rest = json.loads(finished.stdout.strip().removesuffix(":").replace("'", '"'))
            if shape == -1:
                value = Count(0, 0)
            elif shape == 1:
                value = Count(None, None)
            else:
                degree, w = rest[0][2], rest[0][5][1][0][1]
                value = Count(degree, _squarefree_degree(w, task.system.characteristic))
        except (ValueError, LookupError, TypeError):
            self.fail(finished)
        return Answer(value, finished.seconds, finished.peak_memory)

    def solve(self, task, limits):
        finished = self._ask(task, limits)
        text = "".join(finished.stdout.split()).removesuffix(":")
        if text == "[-1]":
            return Answer([], finished.seconds, finished.peak_memory)
        if text.startswith("[1,"):
            raise BackendError("msolve: the system has infinitely many complex solutions")
        found = re.match(r"\[0,\[1,\[(.*)\]\]\]\Z", text)
        if not found:
            self.fail(finished)
        width = task.system.nvars
        pairs = re.findall(r"\[([^\[\],]+),([^\[\],]+)\]", found[1])
        if len(pairs) % width:
            self.fail(finished)
        boxes = []
        for start in range(0, len(pairs), width):
            box = [None] * width
            for place, (low, high) in enumerate(pairs[start : start + width]):
                box[task.system.order[place]] = (self._rational(low), self._rational(high))
            boxes.append(box)
        return Answer(boxes, finished.seconds, finished.peak_memory)

    def parametrize(self, task, limits):
        finished = self._ask(task, limits, "-P", "2")
        text = finished.stdout.strip().removesuffix(":").replace("'", '"')
        try:
            # JSON whose integers may be longer than Python's own int() takes from text.
            shape, *rest = json.loads(text, parse_int=Integer)
            value = None
            if shape == -1:
                width = task.system.nvars
                value = Parametrization((1,), (1,), ((),) * width, (0,) * width)
            elif shape == 0:
                value = self._parametrization(rest[0], task.system)
        except (ValueError, LookupError, TypeError):
            self.fail(finished)
        return Answer(value, finished.seconds, finished.peak_memory)

    @staticmethod
    def _parametrization(found, system):
        r"""
        Read ``[p, variables, degree of the quotient, names, linear form, [1, [w, w', numerators]]]``.

        The last of the names has no numerator: it is the form itself, or a further variable that was added to separate
        the solutions, so that minus the other part of the form is ``T``. The others are
        ``-numerator/(denominator w')``.
        """
        names, form = found[3], found[4]
        (_, w), (_, derivative), numerators = found[5][1]
        width = system.nvars
        by_name = {name: place for place, name in zip(system.order, system.names())}
        added = names[-1] not in by_name
        coordinates, separating = [None] * width, [0] * width
        for name, ((_, coefficients), denominator) in zip(names, numerators):
            coordinates[by_name[name]] = tuple(-Rational((c, denominator)) for c in coefficients)
        if added:
            for name, c in zip(names, form):
                if name in by_name:
                    separating[by_name[name]] = -Rational((c, form[-1]))
        else:
            if any(form[:-1]) or len(names) != len(numerators) + 1:
                raise ValueError("a form that is no variable")
            last = by_name[names[-1]]
            separating[last] = 1
            # T w' as the numerator of the variable that T is.
            coordinates[last] = (0, *derivative)
        return Parametrization(tuple(w), tuple(derivative), tuple(coordinates), tuple(separating))

    @staticmethod
    def _rational(text):
        found = _DYADIC.match(text)
        if not found:
            raise BackendError(f"msolve printed {text[:60]!r} where a dyadic number was expected")
        return Rational((Integer(found[1]), Integer(2) ** int(found[2] or 0)))
