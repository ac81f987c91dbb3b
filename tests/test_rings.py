r"""Rings that grow with a model: refused before they end the process."""

import pytest

from sage_mlvar import LightningAttentionModel, PolynomialNetworkModel, ReLURegionModel
from sage_mlvar.errors import OutOfReachError
from sage_mlvar.rings import MOST_VARIABLES, polynomial_ring

from sage.rings.rational_field import QQ


def test_the_largest_ring_works():
    ring = polynomial_ring(QQ, MOST_VARIABLES, (f"x{k}" for k in range(MOST_VARIABLES)))
    assert ring.ngens() == MOST_VARIABLES
    assert (ring.gen(0) * ring.gens()[-1]).degree() == 2


def test_names_of_a_ring_that_is_too_large_are_not_read():
    def names():
        raise AssertionError("read")
        yield

    with pytest.raises(OutOfReachError, match=f"{MOST_VARIABLES + 1} variables .* at most {MOST_VARIABLES}"):
        polynomial_ring(QQ, MOST_VARIABLES + 1, names())


@pytest.mark.parametrize(
    "model",
    [
        ReLURegionModel([200] * 3, ["1" * 200]),
        LightningAttentionModel(30, 30, 30),
        PolynomialNetworkModel([100, 100, 1], 3),
        PolynomialNetworkModel([2, 2, 1], 10**9),
    ],
    ids=["ReLU", "attention", "network", "network of high degree"],
)
@pytest.mark.parametrize("verb", ["ideal", "degree", "ed_degree", "discriminant"])
def test_verbs_refuse_rings_that_are_too_large(model, verb):
    with pytest.raises(OutOfReachError, match="variables is out of reach"):
        getattr(model, verb)()


def test_points_of_models_that_are_too_large_are_refused():
    model = ReLURegionModel([200] * 3, ["1" * 200])
    for ask in (model.random_point, lambda: model.contains([0]), lambda: model.invariants(2)):
        with pytest.raises(OutOfReachError, match="variables is out of reach"):
            ask()


def test_points_with_many_coordinates_and_few_parameters_need_no_large_ring():
    model = LightningAttentionModel(20, 10, 1)
    assert len(model.random_point(seed=1)) == model.number_of_coordinates() > MOST_VARIABLES
