r"""The contract of models says what a model lacks."""

import pytest
from _pytest.outcomes import Failed

from sage_mlvar.models.image import ImageModel
from sage_mlvar.testing import ModelContract

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ


class Parabola(ImageModel):
    def _repr_(self):
        return "parabola"

    def _ring(self):
        return PolynomialRing(QQ, ["x", "y"], order="degrevlex")

    def _parameter_ring(self):
        return PolynomialRing(QQ, ["t"])

    def _parametrization(self):
        (t,) = self.parameter_ring().gens()
        return [t, t**2]


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (
            "test_it_defines_what_a_model_must",
            r"_latex_ \(its formula\), to_dict \(its form in model files\), from_dict",
        ),
        ("test_it_shows_itself", r"Parabola must define _latex_ \(its formula\)$"),
        (
            "test_plain_data_give_the_same_object",
            r"Parabola must define to_dict \(its form in model files\), from_dict",
        ),
    ],
)
def test_what_is_missing_is_told(test, words):
    with pytest.raises(Failed, match=words):
        getattr(ModelContract(), test)(Parabola())
