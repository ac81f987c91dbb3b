r"""Declared symmetries: what the test of their operators finds, and that it takes no longer than they are large."""

import numpy as np
import pytest
from waiting import Looks

from sage_mlvar import LightningAttentionModel, PolynomialNetworkModel
from sage_mlvar.errors import BackendTimeout
from sage_mlvar.implicit import Symmetry, modular
from sage_mlvar.implicit.symmetry import Operator
from sage_mlvar.options import Limits

P = modular.primes(1)[0]


def dense(operator):
    result = np.zeros((operator.coordinates, operator.coordinates), dtype=object)
    result[operator.target, operator.source] = operator.factor
    return result


def test_compositions_are_products_of_matrices():
    source = np.random.default_rng(1)
    for _ in range(20):
        first, second = (
            Operator(5, {(s, t): (s, t, f) for s, t, f in source.integers(0, 5, size=(8, 3))}.values()) for _ in "12"
        )
        total = np.zeros((5, 5), dtype=object)
        origin, target, factor = second.after(first)
        np.add.at(total, (target, origin), factor)
        assert (total == dense(second).dot(dense(first))).all()


def test_factors_of_any_size_are_multiplied_exactly():
    large = 2**62
    first, second = Operator(1, [(0, 0, large)]), Operator(1, [(0, 0, large)])
    assert second.after(first)[2].tolist() == [large**2]


@pytest.mark.parametrize(
    "model",
    [LightningAttentionModel(3, 2, 2), PolynomialNetworkModel([3, 2, 2], 2), LightningAttentionModel(5, 4, 2)],
    ids=str,
)
def test_one_wrong_factor_is_noticed(model):
    polymap, declared = model.polynomial_map(), model.symmetry()
    declared.check(polymap, P)
    for pair in declared.operators:
        operators = {key: operator.entries() for key, operator in declared.operators.items()}
        s, t, f = operators[pair][-1]
        operators[pair][-1] = (s, t, f + 1)
        wrong = Symmetry(declared.sizes, declared.weights, operators, "spoilt")
        with pytest.raises(ValueError, match="do not commute as they should"):
            wrong.check(polymap, P)


def test_the_time_is_looked_at():
    model = LightningAttentionModel(4, 2, 2)
    with Limits(Looks(3)).running(), pytest.raises(BackendTimeout, match="testing the declared symmetry"):
        model.symmetry().check(model.polynomial_map(), P)


def test_a_thousand_coordinates_need_no_matrix():
    model = LightningAttentionModel(7, 7, 2)
    assert model.number_of_coordinates() > 1000
    with Limits(memory=10**7).running():
        model.symmetry().check(model.polynomial_map(), P)
