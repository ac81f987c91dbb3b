r"""
The contract of backends.
"""

import os
import re
import signal
import tempfile
from contextlib import suppress

import pytest

from .. import _sage, backends  # noqa: F401
from ..backends import VERBS, Count, Hilbert, System, Task
from ..errors import BackendError, BackendMemoryError, BackendTimeout
from ..options import Deadline, Limits
from .processes import processes_in

from sage.features import Feature, FeatureNotPresentError
from sage.rings.finite_rings.finite_field_constructor import GF
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["BackendContract"]

#: Q, a small prime, one of the size used for counting, and the largest below 2^31.
FIELDS = [QQ, GF(65521), GF(1073676287), GF(2147483647)]

#: Names that mean something to one engine or another.
NAMES = [
    ("x", "y", "z"),
    ("i", "e", "I"),
    ("pi", "E", "D"),
    ("x2", "x1", "x0"),
    ("ideal", "ring", "quit"),
    ("a_0__1", "a_0", "A"),
]

_PRIME = GF(65521)

# Each case: the verb, a function from three variables (t may not occur in all) to what is asked, and the answer.
_IDEALS = {
    "twisted cubic": (
        "eliminate",
        lambda t, x, y: ([x - t**2, y - t**3], {"variables": [t]}),
        lambda t, x, y: [x**3 - y**2],
    ),
    "the last variable goes": (
        "eliminate",
        lambda x, y, t: ([x - t**2, y - t**3], {"variables": [t]}),
        lambda x, y, t: [x**3 - y**2],
    ),
    "two variables go": (
        "eliminate",
        lambda x, t, y: ([x - t - 1, y - t * x, x * y - 2], {"variables": [t, y]}),
        lambda x, t, y: [x**3 - x**2 - 2],
    ),
    "nothing is left": ("eliminate", lambda t, x, y: ([x - t, y * t - 1], {"variables": [t, y]}), lambda t, x, y: []),
    "no point is left": (
        "eliminate",
        lambda t, x, y: ([t * x - 1, t * x - 2], {"variables": [t]}),
        lambda t, x, y: [x**0],
    ),
    "not what resultants give": (
        "eliminate",
        lambda t, x, y: ([t * (x - 1), t * (y - 2), (t - 1) * x * y], {"variables": [t]}),
        lambda t, x, y: [x * y * (x - 1), x * y * (y - 2)],
    ),
    "coefficients that are fractions": (
        "eliminate",
        lambda t, x, y: ([x / 3 - t**2 / 7, y - 2 * t / 5 - 1 / t.parent()(11)], {"variables": [t]}),
        lambda t, x, y: [x / 3 - (y - 1 / x.parent()(11)) ** 2 * 25 / 28],
    ),
    "large coefficients": (
        "eliminate",
        lambda t, x, y: ([x - (2**64 + 13) * t, y - (2**90 + 1) * t**2], {"variables": [t]}),
        lambda t, x, y: [(2**90 + 1) * x**2 - (2**64 + 13) ** 2 * y],
    ),
    "zeros and repetitions": (
        "groebner_basis",
        lambda x, y, z: ([x * 0, x * z - y**2, x - y * z, x * z - y**2, x * 0], {}),
        lambda x, y, z: [x * z - y**2, x - y * z],
    ),
    "minors": (
        "groebner_basis",
        lambda x, y, z: ([x - y**2, y * z - x**2, x * y - z], {}),
        lambda x, y, z: [x - y**2, y * z - x**2, x * y - z],
    ),
    "a basis with large coefficients": (
        "groebner_basis",
        lambda x, y, z: ([(2**64 + 13) * x**2 - y, (2**80 + 1) * x * y - z / 3], {}),
        lambda x, y, z: [(2**64 + 13) * x**2 - y, (2**80 + 1) * x * y - z / 3],
    ),
    "the unit ideal, after work": (
        "groebner_basis",
        lambda x, y, z: ([x * y - 1, x * z - 1, y - z - 1], {}),
        lambda x, y, z: [x**0],
    ),
    "one variable": ("groebner_basis", lambda x, y, z: ([x**2 - 1, x**3 - 1], {}), lambda x, y, z: [x - 1]),
    "a component goes": ("saturate", lambda x, y, z: ([x * y, x * z], {"by": x}), lambda x, y, z: [y, z]),
    "a multiple component goes": (
        "saturate",
        lambda x, y, z: ([x**3 * y**2, x * z], {"by": 5 * x}),
        lambda x, y, z: [y**2, z],
    ),
    "everything goes": ("saturate", lambda x, y, z: ([x**2, x * y], {"by": x}), lambda x, y, z: [x**0]),
    "multiplicities go": (
        "radical",
        lambda x, y, z: ([(x - 1) ** 2 * (x + 2), y**3, z - x * y], {}),
        lambda x, y, z: [(x - 1) * (x + 2), y, z],
    ),
    "an embedded point goes": ("radical", lambda x, y, z: ([x**2, x * y, z**2], {}), lambda x, y, z: [x, z]),
}

_COUNTS = {
    "circle and line": (lambda x, y, z: [x**2 + y**2 - 5, x - y - 1, z], Count(2, 2)),
    "conics": (lambda x, y, z: [x**2 + y**2 - 5, x * y - 2, z - x], Count(4, 4)),
    "not over the ground field": (lambda x, y, z: [x**3 - 2, y**2 - x, z + 1], Count(6, 6)),
    "not in shape position": (lambda x, y, z: [x**2 - x, y**2 - y, z**2 - z], Count(8, 8)),
    "tangent": (lambda x, y, z: [x**2 + y**2 - 1, y - 1, z], Count(2, 1)),
    "a fat point": (lambda x, y, z: [x**2, x * y, y**2, z], Count(3, 1)),
    "some are multiple": (lambda x, y, z: [(x - 1) ** 2 * (x - 2), y**2, z - 3], Count(6, 2)),
    "one is multiple": (lambda x, y, z: [(x - 1) ** 2 * (x - 2) * (x - 3), y, z - x], Count(4, 3)),
    "none": (lambda x, y, z: [x * y - 1, x, z], Count(0, 0)),
    "a curve": (lambda x, y, z: [x * y, x * z], Count(None, None)),
    "a point and a curve": (lambda x, y, z: [x * y, x * (x - 1), z], Count(None, None)),
}

_HILBERT = {
    "twisted cubic": (lambda x, y, z: [y - x**2, z - x**3], Hilbert(1, 3)),
    "cuspidal cubic": (lambda x, y, z: [x**3 - y**2], Hilbert(2, 3)),
    "circle": (lambda x, y, z: [x**2 + y**2 - 1, z], Hilbert(1, 2)),
    "points": (lambda x, y, z: [x**2 - 1, y**3 - 2, z - x], Hilbert(0, 6)),
    "empty": (lambda x, y, z: [x * y - 1, x * z - 1, y - z - 1], Hilbert(-1, 0)),
    "double line": (lambda x, y, z: [x**2, y], Hilbert(1, 2)),
    "plane and line": (lambda x, y, z: [x * y, x * z], Hilbert(2, 1)),
}

# Real solutions, as points, in the order of the variables.
_SOLUTIONS = {
    "circle and line": (lambda x, y, z: [x**2 + y**2 - 5, x - y - 1, z - 7], [(-1, -2, 7), (2, 1, 7)]),
    "fractions": (lambda x, y, z: [3 * x - 1, 5 * y + x, z - y / 7], [(QQ((1, 3)), QQ((-1, 15)), QQ((-1, 105)))]),
    "large coefficients": (lambda x, y, z: [x - 2**70, y + 3**50, z * x - 1], [(2**70, -(3**50), QQ((1, 2**70)))]),
    "complex ones do not count": (lambda x, y, z: [x**3 - 8, y - x, z], [(2, 2, 0)]),
    "no real ones": (lambda x, y, z: [x**2 + 1, y, z], []),
    "none": (lambda x, y, z: [x * y - 1, x, z], []),
}


def cyclic(n, field):
    r"""Return the cyclic ``n``-roots, hours of work for ``n = 9``."""
    ring = PolynomialRing(field, n, "c", order="degrevlex")
    c = ring.gens()
    products = []
    for size in range(1, n):
        total = ring.zero()
        for start in range(n):
            term = ring.one()
            for k in range(size):
                term *= c[(start + k) % n]
            total += term
        products.append(total)
    whole = ring.one()
    for x in c:
        whole *= x
    return [*products, whole - 1]


class BackendContract:
    r"""
    What every :class:`~sage_mlvar.backends.Backend` must do.

    A subclass supplies the fixture ``backend``; the engine must be installed. What a backend does not claim
    must be refused by ``can_run``, in words; what it claims is checked against known answers.

    - ``patience`` -- seconds to wait for the end of what an engine has started, once its limit has expired
    - ``timeout`` -- seconds that each answer may take: many, since a busy machine is no fault of the backend
    """

    patience = 60
    timeout = 600

    @pytest.fixture
    def backend(self):
        raise NotImplementedError("a subclass of BackendContract supplies the fixture `backend`")

    @pytest.fixture
    def scratch(self, tmp_path, monkeypatch):
        r"""The folder in which temporary folders are made during the test."""
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        return tmp_path

    def ask(self, backend, verb, polynomials, limits=None, **rest):
        r"""Return the value of an answer, or ``None`` where the backend refuses the task, as it should, in words."""
        variables = rest.get("variables", ())
        system = System.from_sage(polynomials, first=variables)
        by = System.from_sage([rest["by"]], first=variables) if "by" in rest else None
        able = backend.can_run(Task(verb, system, eliminate=len(variables), by=by))
        if able is not True:
            assert isinstance(able, str)
            assert able
            with pytest.raises(ValueError, match=re.escape(able)):
                backends.call(verb, polynomials, backend=backend, limits=limits, **rest)
            return None
        limits = limits or Limits(Deadline(self.timeout))
        reply = backends.call(verb, polynomials, backend=backend, limits=limits, **rest)
        assert reply.backend == backend.name
        assert reply.exact is backend.is_exact(verb, int(polynomials[0].base_ring().characteristic()))
        return reply.value

    @staticmethod
    def variables(field, names=NAMES[0]):
        return PolynomialRing(field, 3, names, order="degrevlex").gens()

    # ---- what it says of itself

    def test_it_describes_itself(self, backend):
        for text in (backend.name, backend.description, backend.url, backend.resolution()):
            assert isinstance(text, str)
            assert text.strip() == text != ""
        assert backend.name.isidentifier()
        assert backend.url.startswith("http")
        assert backend.api == 1
        assert backend.verbs
        assert set(backend.verbs) <= set(VERBS)
        assert all(callable(getattr(backend, verb)) for verb in backend.verbs)
        assert backend.name in repr(backend)

    def test_it_knows_its_version(self, backend):
        assert re.match(r"\d+(\.\d+)+", backend.version())

    def test_it_names_its_feature(self, backend):
        assert isinstance(backend.feature(), Feature)
        assert backend.feature().is_present()
        backend.require()

    def test_hidden_it_is_missing_with_a_way_out(self, backend):
        x, y, z = self.variables(_PRIME)
        verb = backend.verbs[0]
        rest = {"variables": [z]} if verb == "eliminate" else {"by": z} if verb == "saturate" else {}
        backend.feature().hide()
        try:
            with pytest.raises(FeatureNotPresentError, match=re.escape(backend.resolution())):
                backends.call(verb, [x**2 - y, y**2 - z, z - 1], backend=backend, **rest)
        finally:
            backend.feature().unhide()
        backend.require()

    def test_each_verb_is_refused_in_words_or_done(self, backend):
        for field in FIELDS:
            x, y, _ = self.variables(field)
            for verb in VERBS:
                able = backend.can_run(Task(verb, System.from_sage([x - y]), eliminate=1))
                assert able is True or (isinstance(able, str) and backend.name in able)
                assert verb in backend.verbs or able is not True

    def test_a_prime_too_large_is_refused_or_done(self, backend):
        x, y, z = self.variables(GF(4294967311))
        for verb, value in (("groebner_basis", 3), ("count", Count(2, 2))):
            answer = self.ask(backend, verb, [x**2 - 4, y - x, z - 1])
            assert answer is None or answer == value or len(answer) == value

    # ---- known answers

    @pytest.mark.parametrize("field", FIELDS, ids=str)
    @pytest.mark.parametrize("case", _IDEALS)
    def test_ideals(self, backend, case, field):
        verb, question, answer = _IDEALS[case]
        variables = self.variables(field)
        polynomials, rest = question(*variables)
        value = self.ask(backend, verb, polynomials, **rest)
        if value is None:
            return
        ring = variables[0].parent()
        zero = [ring.zero()]
        assert ring.ideal(value or zero) == ring.ideal(answer(*variables) or zero)
        assert all(f and f.parent() is ring for f in value)
        if verb == "groebner_basis":
            assert ring.ideal(value).basis_is_groebner()
        if verb == "eliminate":
            assert not {v for f in value for v in f.variables()} & set(rest["variables"])

    @pytest.mark.parametrize("field", FIELDS, ids=str)
    @pytest.mark.parametrize("case", _COUNTS)
    def test_counts(self, backend, case, field):
        question, answer = _COUNTS[case]
        value = self.ask(backend, "count", question(*self.variables(field)))
        if value is None:
            return
        assert value.degree == answer.degree
        assert value.distinct is None if answer.distinct is None else value.distinct <= answer.distinct
        # All are simple if and only if it says so.
        assert (value.distinct == value.degree) is (answer.distinct == answer.degree)

    @pytest.mark.parametrize("field", FIELDS, ids=str)
    @pytest.mark.parametrize("case", _HILBERT)
    def test_dimension_and_degree(self, backend, case, field):
        question, answer = _HILBERT[case]
        assert self.ask(backend, "hilbert", question(*self.variables(field))) in (None, answer)

    @pytest.mark.parametrize("case", _SOLUTIONS)
    def test_real_solutions(self, backend, case):
        question, points = _SOLUTIONS[case]
        boxes = self.ask(backend, "solve", question(*self.variables(QQ)))
        if boxes is None:
            return
        assert len(boxes) == len(points)
        for box, point in zip(sorted(boxes), sorted(points), strict=True):
            for (low, high), value in zip(box, point, strict=True):
                assert low.parent() is QQ
                assert low <= value <= high
                assert high - low <= QQ((1, 1000)) * max(1, abs(QQ(value)))

    def test_infinitely_many_real_solutions_are_an_error(self, backend):
        x, y, z = self.variables(QQ)
        if self.ask(backend, "solve", [x - 1, y - 1, z - 1]) is not None:
            with pytest.raises(BackendError, match="infinitely many"):
                self.ask(backend, "solve", [x * y, z])

    @pytest.mark.parametrize("names", NAMES[1:], ids=lambda names: names[0])
    @pytest.mark.parametrize("field", FIELDS[:2], ids=str)
    def test_names_mean_nothing_to_the_engine(self, backend, names, field):
        variables = a, b, c = self.variables(field, names)
        ring = a.parent()
        for case in ("twisted cubic", "minors", "a component goes", "multiplicities go"):
            verb, question, answer = _IDEALS[case]
            polynomials, rest = question(*variables)
            value = self.ask(backend, verb, polynomials, **rest)
            assert value is None or ring.ideal(value) == ring.ideal(answer(*variables))
        assert self.ask(backend, "count", [a**2 - 4, b - a, c - b]) in (None, Count(2, 2))

    # ---- trivial systems

    @pytest.mark.parametrize("field", FIELDS[:2], ids=str)
    def test_zero_and_unit_ideals_need_no_engine(self, backend, field, monkeypatch):
        x, _, z = self.variables(field)
        monkeypatch.setattr(type(backend), "run", None)
        zero, one = x * 0, x**0
        for verb in ("groebner_basis", "eliminate", "saturate", "radical"):
            rest = {"variables": [z]} if verb == "eliminate" else {"by": z} if verb == "saturate" else {}
            assert backends.call(verb, [zero, zero], backend=backend, **rest).value == []
            assert backends.call(verb, [x, 3 * one], backend=backend, **rest).value == [one]
        assert backends.call("count", [zero], backend=backend).value == Count(None, None)
        assert backends.call("count", [x, one], backend=backend).value == Count(0, 0)
        assert backends.call("hilbert", [zero], backend=backend).value == Hilbert(3, 1)
        assert backends.call("hilbert", [one], backend=backend).value == Hilbert(-1, 0)
        assert backends.call("solve", [one], backend=backend).value == []
        with pytest.raises(BackendError, match="infinitely many"):
            backends.call("solve", [zero], backend=backend)

    # ---- limits

    def hard_question(self, backend):
        r"""Return a verb, polynomials and further arguments of ``backends.call`` that keep the engine busy for long."""
        for field in (_PRIME, QQ):
            polynomials = cyclic(9, field)
            variable = polynomials[0].parent().gen(0)
            for verb in ("groebner_basis", "count", "hilbert", "eliminate", "saturate", "radical", "solve"):
                if backend.can_run(Task(verb, System.from_sage(polynomials), eliminate=1)) is True:
                    rest = (
                        {"variables": [variable]}
                        if verb == "eliminate"
                        else {"by": variable}
                        if verb == "saturate"
                        else {}
                    )
                    return verb, polynomials, rest
        raise AssertionError(f"{backend.name} does none of the verbs")

    def assert_nothing_is_left(self, scratch):
        left = processes_in(scratch, patience=self.patience)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert left == []
        assert list(scratch.iterdir()) == []

    def test_an_expired_limit_ends_everything(self, backend, scratch):
        verb, polynomials, rest = self.hard_question(backend)
        backend.version()
        with pytest.raises(BackendTimeout, match=r"time limit of 0\.5 s .* raise timeout="):
            backends.call(verb, polynomials, backend=backend, limits=Limits(Deadline(0.5)), **rest)
        self.assert_nothing_is_left(scratch)

    def test_a_limit_that_has_expired_already(self, backend, scratch):
        verb, polynomials, rest = self.hard_question(backend)
        with pytest.raises(BackendTimeout):
            backends.call(verb, polynomials, backend=backend, limits=Limits(Deadline(0)), **rest)
        self.assert_nothing_is_left(scratch)

    def test_a_limit_on_memory_ends_everything(self, backend, scratch):
        verb, polynomials, rest = self.hard_question(backend)
        limits = Limits(Deadline(self.timeout), memory=2**20)
        with pytest.raises(BackendMemoryError, match=r"limit of 1048576; raise memory="):
            backends.call(verb, polynomials, backend=backend, limits=limits, **rest)
        self.assert_nothing_is_left(scratch)

    def test_it_works_on_after_a_limit(self, backend, scratch):
        self.test_an_expired_limit_ends_everything(backend, scratch)
        self.test_names_mean_nothing_to_the_engine(backend, NAMES[1], _PRIME)
        self.assert_nothing_is_left(scratch)

    def test_an_answer_tells_its_cost(self, backend):
        verb, _, _ = self.hard_question(backend)
        x, y, z = self.variables(_PRIME)
        rest = {"variables": [z]} if verb == "eliminate" else {"by": z} if verb == "saturate" else {}
        try:
            reply = backends.call(verb, [x**2 - y, y**2 - z, z - 1], backend=backend, **rest)
        except ValueError:
            x, y, z = self.variables(QQ)
            reply = backends.call(verb, [x**2 - y, y**2 - z, z - 1], backend=backend, **rest)
        assert reply.seconds > 0
        assert reply.peak_memory is None or reply.peak_memory > 0
        assert reply.version == backend.version()
