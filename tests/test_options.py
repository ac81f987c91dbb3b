r"""Options: their order, their checks, and what the cache keeps."""

import subprocess
import sys
import threading

import pytest

from sage_mlvar import LightningAttentionModel, ParametrizedModel, ReLURegionModel, backends, using
from sage_mlvar.errors import BackendTimeout, OutOfReachError
from sage_mlvar.options import PROOF_BY_DEFAULT, Deadline, Limits, _half_of_the_memory, check, resolve, running

from sage.rings.integer import Integer
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ


def test_call_before_block_before_environment(monkeypatch):
    monkeypatch.delenv("SAGE_MLVAR_BACKEND", raising=False)
    assert resolve("ideal").backend is None
    monkeypatch.setenv("SAGE_MLVAR_BACKEND", " giac ")
    assert resolve("ideal").backend == "giac"
    with using(backend="msolve"):
        assert resolve("ideal").backend == "msolve"
        assert resolve("ideal", backend="singular").backend == "singular"
        with using(backend=None):
            assert resolve("ideal").backend is None
        with using(timeout=3):
            assert (resolve("ideal").backend, resolve("ideal").timeout) == ("msolve", 3.0)
        assert resolve("ideal").timeout == 300.0
    assert resolve("ideal").backend == "giac"
    monkeypatch.setenv("SAGE_MLVAR_BACKEND", "")
    assert resolve("ideal").backend is None


def test_the_environment_is_read_at_call_time(monkeypatch):
    model = ReLURegionModel([2, 2, 2], ["10", "11"])
    assert model.compute("ideal").backend == "sage_mlvar"
    monkeypatch.setenv("SAGE_MLVAR_BACKEND", "singular")
    assert model.compute("ideal").backend == "singular"
    monkeypatch.setenv("SAGE_MLVAR_BACKEND", "no-such")
    with pytest.raises(ValueError, match="unknown backend 'no-such'; known backends: giac, msolve, singular"):
        model.compute("ideal")


@pytest.mark.parametrize("how", ["call", "block", "environment"])
def test_a_backend_for_one_verb_leaves_the_steps_on_the_way_alone(monkeypatch, how):
    r"""msolve counts critical points, but cannot find the ideal they belong to."""
    t = PolynomialRing(QQ, ["t"]).gen()
    model = ParametrizedModel([t, t**2 + {"call": 1, "block": 2, "environment": 3}[how]])
    if how == "call":
        record = model.compute("ed_degree", backend="msolve")
    elif how == "block":
        with using(backend="msolve"):
            record = model.compute("ed_degree")
    else:
        monkeypatch.setenv("SAGE_MLVAR_BACKEND", "msolve")
        record = model.compute("ed_degree")
    assert (record.value, record.backend) == (3, "msolve")


def test_a_block_ends_with_an_error():
    with pytest.raises(ZeroDivisionError), using(seed=5):
        resolve("ideal").seed / 0
    assert resolve("ideal").seed == 0


def test_a_block_is_of_its_thread():
    seen = []
    with using(seed=5):
        thread = threading.Thread(target=lambda: seen.append(resolve("ideal").seed))
        thread.start()
        thread.join()
    assert seen == [0]


@pytest.mark.parametrize("verb", ["ideal", "invariants", "dimension", "degree", "contains", "certify"])
def test_proof_is_the_default(verb):
    assert resolve(verb).proof is True
    assert verb in PROOF_BY_DEFAULT
    with using(proof=False):
        assert resolve(verb).proof is False
        assert resolve(verb, proof=None).proof is True


@pytest.mark.parametrize("verb", ["ed_degree", "discriminant"])
def test_counts_are_probable_by_default(verb):
    assert resolve(verb).proof is False
    assert resolve(verb, proof=True).proof is True


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"timeout": -1}, ValueError, "timeout must be a positive number of seconds or None, got -1"),
        ({"timeout": 0}, ValueError, "timeout must be .* got 0"),
        ({"timeout": float("nan")}, ValueError, "timeout must be .* got nan"),
        ({"timeout": "9"}, TypeError, "timeout must be .* not '9'"),
        ({"timeout": True}, TypeError, "timeout must be .* not True"),
        ({"memory": 0}, ValueError, "memory must be at least 1, got 0"),
        (
            {"memory": "much"},
            ValueError,
            "memory must be a number of bytes such as 500000000, '500M' or '2G', got 'much'",
        ),
        ({"memory": "0M"}, ValueError, "memory must be at least 1, got 0"),
        ({"memory": 1.5}, TypeError, r"memory must be an integer, not 1\.5"),
        ({"seed": -1}, ValueError, "seed must be at least 0, got -1"),
        ({"seed": None}, TypeError, "seed must be an integer, not None"),
        ({"jobs": 0}, ValueError, "jobs must be at least 1, got 0"),
        ({"proof": 1}, TypeError, "proof must be True, False or None, not 1"),
        ({"backend": 3}, TypeError, "backend must be a name, a Backend or None, not 3"),
        ({"tiemout": "giac"}, TypeError, "unknown option 'tiemout'; known options: backend, jobs"),
    ],
    ids=str,
)
def test_bad_options(options, error, words):
    with pytest.raises(error, match=words):
        resolve("ideal", **options)
    with pytest.raises(error, match=words), using(**options):
        pass


def test_numbers_of_sage_are_numbers():
    options = resolve("ideal", timeout=QQ((1, 2)), seed=Integer(3), memory=Integer(10**9))
    assert (options.timeout, options.seed, options.memory) == (0.5, 3, 10**9)
    assert resolve("ideal", timeout=float("inf")).timeout is None
    assert resolve("ideal", timeout=None).timeout is None


def test_a_deadline_expires():
    assert Deadline(None).remaining() is None
    Deadline(100).check()
    with pytest.raises(BackendTimeout, match="time limit of 0 s reached while dreaming"):
        Deadline(0).check("dreaming")
    Deadline(None).allow(1e9)
    Deadline(100).allow(50)
    with pytest.raises(BackendTimeout, match=r"leaves 1e\+02 s for dreaming, which is predicted to take 2e\+02 s"):
        Deadline(100).allow(200, "dreaming")


def test_the_cache_distinguishes_what_can_change_an_answer():
    model = LightningAttentionModel(2, 2, 1)
    first = model.compute("ideal", backend="singular")
    assert model.compute("ideal", backend="singular", timeout=7, memory=10**10, jobs=2) is first
    assert model.compute("ideal", backend="singular", seed=1) is not first
    assert model.compute("ideal", backend="giac", proof=False).backend == "giac"
    assert model.compute("ideal", backend="singular") is first


def test_failures_are_not_cached():
    model = ReLURegionModel([2, 2, 2], ["01", "11"])
    with pytest.raises(BackendTimeout):
        model.ideal(backend="singular", timeout=1e-4)
    assert model.ideal(backend="singular", timeout=None).ngens() == 2


def test_a_backend_object_serves_as_well_as_its_name():
    model = ReLURegionModel([2, 2, 2], ["10", "11"])
    assert model.compute("ideal", backend=backends.get("singular")).backend == "singular"


def test_memory_in_words():
    assert resolve("ideal", memory="500M").memory == 500 * 2**20
    with using(memory="2G"):
        assert resolve("ideal").memory == 2**31


def test_the_sooner_of_two_deadlines():
    short, long, none = Deadline(10), Deadline(1000), Deadline(None)
    assert short.sooner(long) is long.sooner(short) is short.sooner(none) is none.sooner(short) is short
    assert none.sooner(Deadline(None)) is none


def test_limits_of_a_verb_hold_for_what_it_calls():
    assert running().deadline.remaining() is None
    assert running().memory is None
    with Limits(Deadline(10), 100).running():
        inner = resolve("dimension", timeout=1000, memory=10**9).limits()
        assert (inner.deadline.timeout, inner.memory) == (10, 100)
        tighter = resolve("dimension", timeout=1, memory=7).limits()
        assert (tighter.deadline.timeout, tighter.memory) == (1.0, 7)
        with tighter.running():
            assert running() is tighter
    assert running().deadline.remaining() is None


def test_a_verb_sets_the_limits_of_its_steps(monkeypatch):
    model = ReLURegionModel([2, 3, 2, 2], ["110/11", "011/11"])
    seen = []
    monkeypatch.setattr(type(model), "tangent", lambda *_: seen.append(running()) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        model.dimension(timeout=77, memory=10**9)
    assert [(limits.deadline.timeout, limits.memory) for limits in seen] == [(77.0, 10**9)]
    assert running().memory is None


def test_check_looks_at_the_verb_that_runs():
    check("dreaming")
    with Limits(Deadline(0)).running(), pytest.raises(BackendTimeout, match="reached while dreaming"):
        check("dreaming")


def test_memory_is_limited_by_default_to_half_of_what_there_is(monkeypatch):
    monkeypatch.setattr("sage_mlvar.options._half_of_the_memory", lambda: 1000)
    Limits().allow_memory(1000, "it")
    Limits(memory=2000).allow_memory(1500, "it")
    with pytest.raises(OutOfReachError, match="it needs 1001 bytes of memory, more than 1000, half of what there is"):
        Limits().allow_memory(1001, "it")
    with pytest.raises(OutOfReachError, match="it needs 2001 bytes of memory, more than memory=2000"):
        Limits(memory=2000).allow_memory(2001, "it")


def test_half_of_the_memory_is_of_what_the_process_may_take():
    half = _half_of_the_memory()
    program = "from sage_mlvar.options import _half_of_the_memory as h; print(h())"
    told = subprocess.run(
        [sys.executable, "-c", f"import resource; resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31)); {program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(told.stdout) == min(half, 2**30)
