r"""Expansions: how many terms, and an end on the way."""

import pytest
from waiting import Looks

from sage_mlvar import PolynomialClassifier, PolynomialNetworkModel, ReLURegionModel
from sage_mlvar.errors import BackendTimeout, OutOfReachError
from sage_mlvar.models.expansion import foresee_terms, number_of_terms, substitute, watched
from sage_mlvar.options import Deadline, Limits

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

R = PolynomialRing(QQ, 4, "x")
A, B, C, D = R.gens()


@pytest.mark.parametrize("f", [A, A + 1, A + B - 2 * C, A * B + C**2 - D, A**3 + B + 1, R.zero(), R.one()], ids=str)
@pytest.mark.parametrize("degree", [1, 2, 3, 5])
def test_no_power_has_more_terms(f, degree):
    assert (f**degree).number_of_terms() <= number_of_terms(f, degree)


@pytest.mark.parametrize("f", [A + B + C, A + B + C + D + 1, 2 * A - 3 * B + 1], ids=str)
def test_powers_of_linear_forms_have_as_many_terms(f):
    assert (f**5).number_of_terms() == number_of_terms(f, 5)


def test_many_terms_need_memory():
    with Limits(memory=10**8).running():
        foresee_terms(10**5, 10**4, "it")
        with pytest.raises(OutOfReachError, match="it, expanded into 1000000 terms in 20 variables, needs"):
            foresee_terms(10**6, 20, "it")


def test_substitution_in_parts(monkeypatch):
    f, images = (A + B * C) ** 3 - D + 5, [A + B, B - C + 1, C + D, A - 2 * D]
    whole = f(*images)
    monkeypatch.setattr("sage_mlvar.models.expansion._FEW", 1)
    assert substitute(f, images, "it") == whole
    with Limits(Looks(3)).running(), pytest.raises(BackendTimeout, match="expanding it"):
        substitute(f, images, "it")


@pytest.mark.parametrize("verb", ["ideal", "degree"])
def test_a_boundary_is_expanded_neuron_by_neuron(verb):
    boundary = PolynomialClassifier.random([5, 40, 2], 3, seed=8).boundary()
    with Limits(Looks(20)).running(), pytest.raises(BackendTimeout, match="expanding the polynomial"):
        getattr(boundary, verb)(timeout=None)


def test_a_boundary_with_too_many_terms_is_refused():
    with pytest.raises(OutOfReachError, match="expanded into 492416400 terms in 60 variables"):
        PolynomialClassifier.random([60, 60, 2], 5, seed=1).ideal(memory=10**9)


@pytest.mark.parametrize(
    "model",
    [
        PolynomialNetworkModel([3, 30, 1], 2),
        ReLURegionModel([5, 5, 5], ["11110", "01111"]),
    ],
    ids=str,
)
def test_maps_are_expanded_within_the_limits(model):
    with (
        Limits(Looks(5)).running(),
        pytest.raises(BackendTimeout, match=r"expanding the outputs|multiplying the layers"),
    ):
        model.parametrization()


@pytest.mark.parametrize(
    ("model", "terms"),
    [
        (ReLURegionModel([50] * 4, ["1" * 50 + "/" + "1" * 50]), 50**4),
        (ReLURegionModel([100] * 3, ["1" * 100]), 100**3),
        (PolynomialNetworkModel([30, 100, 1], 4), 4092 * 1000),
    ],
    ids=str,
)
def test_maps_of_too_many_terms_are_refused(model, terms):
    with Limits(memory=10**9).running(), pytest.raises(OutOfReachError, match=f"expanded into {terms} terms"):
        model.parametrization()


def test_a_long_step_is_not_begun_again_without_time_for_it(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("sage_mlvar.models.expansion.time.monotonic", lambda: clock[0])
    steps = watched(range(10), "dreaming")
    with Limits(Deadline(10)).running():
        for k in range(2):
            assert next(steps) == k
            clock[0] += 4
        with pytest.raises(BackendTimeout, match="the next step of dreaming, which is predicted to take 4 s"):
            next(steps)
