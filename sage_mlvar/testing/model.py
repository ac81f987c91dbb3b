r"""
The contract of image models.
"""

import copy
import json
import pickle
import random

import pytest

from .. import _sage, backends  # noqa: F401
from ..computation import PROBABLE, PROVED
from ..modelfile import load, save
from ..options import using
from ..plugins import classes

from sage.features import FeatureNotPresentError
from sage.misc.sage_unittest import TestSuite
from sage.rings.rational_field import QQ

__all__ = ["ModelContract"]

_VERBS = ("ideal", "dimension", "degree")

#: What a model must define, and what for.
_PARTS = {
    "_ring": "the polynomial ring of the coordinates",
    "_parameter_ring": "the polynomial ring of the parameters",
    "_parametrization": "the coordinates as polynomials in the parameters",
    "_repr_": "its text",
    "_latex_": "its formula",
    "to_dict": "its form in model files",
    "from_dict": "a class method that reads that form",
}


class ModelContract:
    r"""
    What every :class:`~sage_mlvar.models.image.ImageModel` must do.

    A subclass supplies the fixture ``model`` (with ``params`` for several); the models should be small
    enough for elimination.

    - ``timeout`` -- seconds that each computation may take: many, since a busy machine is no fault of the model
    - ``second_backend`` -- engine that computes the ideal a second time
    """

    timeout = 600
    second_backend = "singular"

    @pytest.fixture
    def model(self):
        raise NotImplementedError("a subclass of ModelContract supplies the fixture `model`")

    @pytest.fixture(autouse=True)
    def _limit_every_computation(self):
        with using(timeout=self.timeout):
            yield

    @staticmethod
    def parameters(model, seed):
        r"""Return random rational parameters."""
        source = random.Random(seed)
        return [QQ((source.randint(-9, 9), source.randint(1, 5))) for _ in range(model.parameter_ring().ngens())]

    def _require(self, model, *names):
        r"""Fail with what the model lacks; without these words it would be an error in a test of another thing."""
        lacking = [f"{name} ({_PARTS[name]})" for name in names if not hasattr(model, name)]
        if lacking:
            pytest.fail(f"{type(model).__name__} must define {', '.join(lacking)}", pytrace=False)

    def test_it_defines_what_a_model_must(self, model):
        self._require(model, *_PARTS)
        assert getattr(type(model), "api", 1) == 1

    # ---- rings, map, points

    def test_rings_and_map_agree(self, model):
        ring, parameters, phi = model.ring(), model.parameter_ring(), model.parametrization()
        assert ring.base_ring() is QQ
        assert parameters.base_ring() is QQ
        assert ring.term_order().name() == "degrevlex"
        assert isinstance(phi, list)
        assert len(phi) == ring.ngens()
        assert all(f.parent() is parameters for f in phi)
        assert model.ring() is ring
        assert model.parameter_ring() is parameters

    def test_the_returned_map_is_a_copy(self, model):
        model.parametrization().clear()
        assert len(model.parametrization()) == model.ring().ngens()

    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_evaluation_is_substitution(self, model, seed):
        values = self.parameters(model, seed)
        expected = [f(*values) for f in model.parametrization()]
        by_name = dict(zip(model.parameter_ring().variable_names(), values, strict=True))
        assert list(model.evaluate(values)) == expected
        assert list(model.evaluate([str(value) for value in values])) == expected
        assert list(model.evaluate(by_name)) == expected
        assert all(entry.parent() is QQ for entry in model.evaluate(values))

    def test_evaluation_keeps_the_order_of_a_dictionary_out_of_it(self, model):
        values = self.parameters(model, 4)
        names = model.parameter_ring().variable_names()
        backwards = dict(reversed(list(zip(names, values, strict=True))))
        assert model.evaluate(backwards) == model.evaluate(values)

    @pytest.mark.parametrize("seed", [0, 1])
    def test_a_random_point_lies_on_the_variety(self, model, seed):
        point = model.random_point(seed=seed)
        assert len(point) == model.ring().ngens()
        assert point == model.random_point(seed=seed)
        assert all(entry in QQ for entry in point)
        assert model.contains(point) is True
        assert model.contains(dict(zip(model.ring().variable_names(), point, strict=True))) is True

    def test_a_point_off_the_variety_is_rejected(self, model):
        generators = [f for f in model.ideal().gens() if f]
        source = random.Random(5)
        for _ in range(100 if generators else 0):
            point = [source.randint(-30, 30) for _ in range(model.ring().ngens())]
            if any(f(*point) for f in generators):
                assert model.contains(point) is False
                return
        assert not generators
        assert model.contains([source.randint(-30, 30) for _ in range(model.ring().ngens())]) is True

    # ---- invariants

    def test_the_ideal_vanishes_on_the_map(self, model):
        phi = model.parametrization()
        assert model.ideal().ring() is model.ring()
        for f in model.ideal().gens():
            assert f(*phi) == 0

    def test_a_second_algorithm_finds_the_same_ideal(self, model):
        record = model.compute("ideal", backend=self.second_backend)
        assert record.backend == self.second_backend
        assert record.value == model.ideal()

    def test_the_dimension_is_that_of_the_ideal(self, model):
        assert model.dimension() == model.ideal().dimension()

    def test_bounds_of_the_dimension_hold(self, model):
        for bound, reason in model.dimension_bounds():
            assert bound >= model.dimension()
            assert isinstance(reason, str)
            assert reason

    def test_a_point_is_a_variety_of_degree_one(self, model):
        if model.dimension() == 0:
            assert model.degree() == 1
        assert model.degree() >= 1

    def test_invariants_of_low_degree_lie_in_the_ideal(self, model):
        for f in model.invariants(2):
            assert f in model.ideal()

    # ---- records and options

    @pytest.mark.parametrize("verb", _VERBS)
    def test_a_record_says_what_the_answer_rests_on(self, model, verb):
        record = model.compute(verb)
        assert record.verb == verb
        assert record.status == PROVED
        assert record.proved
        assert record.argument
        assert record.backend
        assert record.seconds >= 0
        assert record.peak_memory is None or record.peak_memory > 0
        assert getattr(model, verb)() == record.value
        with pytest.raises(AttributeError):
            record.value = None
        with pytest.raises(TypeError):
            record.details["upper_bound"] = None

    @pytest.mark.parametrize("verb", _VERBS)
    def test_a_record_is_plain_data(self, model, verb):
        data = model.compute(verb).to_dict()
        assert json.loads(json.dumps(data, allow_nan=False)) == data

    @pytest.mark.parametrize("verb", _VERBS)
    def test_a_success_is_computed_once(self, model, verb):
        assert model.compute(verb) is model.compute(verb, timeout=self.timeout - 1)

    def test_without_proof_the_status_is_still_honest(self, model):
        record = model.compute("dimension", proof=False)
        assert record.status in (PROVED, PROBABLE)
        assert record.value == model.dimension()

    def test_an_explicit_backend_is_not_replaced(self, model):
        engine = backends.get(self.second_backend)
        feature = engine.feature()
        feature.hide()
        try:
            with pytest.raises(FeatureNotPresentError, match=self.second_backend):
                model.compute("ideal", backend=self.second_backend, seed=20260901)
        finally:
            feature.unhide()

    @pytest.mark.parametrize(
        ("options", "error", "words"),
        [
            ({"backend": "no such engine"}, ValueError, "unknown backend 'no such engine'"),
            ({"backend": 7}, TypeError, "backend must be"),
            ({"timeout": -1}, ValueError, "timeout must be"),
            ({"timeout": "soon"}, TypeError, "timeout must be"),
            ({"memory": 0}, ValueError, "memory must be"),
            ({"seed": -1}, ValueError, "seed must be"),
            ({"proof": "yes"}, TypeError, "proof must be"),
            ({"tiemout": 3}, TypeError, "tiemout"),
        ],
    )
    def test_a_bad_option_is_refused(self, model, options, error, words):
        with pytest.raises(error, match=words):
            model.ideal(**options)

    def test_an_unknown_verb_is_refused(self, model):
        with pytest.raises(ValueError, match=r"unknown verb 'genus'.*dimension"):
            model.compute("genus")
        assert set(_VERBS) <= set(model.verbs())

    # ---- bad input

    def test_wrong_numbers_of_values_are_refused(self, model):
        parameters, coordinates = model.parameter_ring().ngens(), model.ring().ngens()
        for values in ([0] * (parameters + 1), [0] * (parameters - 1)):
            with pytest.raises(ValueError, match=f"parameters must have {parameters} entries, got {len(values)}"):
                model.evaluate(values)
        with pytest.raises(ValueError, match="point must"):
            model.contains([0] * (coordinates + 1))

    @pytest.mark.parametrize("bad", [float("nan"), float("inf"), "a", None, [1]])
    def test_what_is_no_number_is_refused(self, model, bad):
        parameters, coordinates = model.parameter_ring().ngens(), model.ring().ngens()
        with pytest.raises((TypeError, ValueError), match=r"parameters\[\d+\] must be"):
            model.evaluate([1] * (parameters - 1) + [bad])
        with pytest.raises((TypeError, ValueError), match=r"point\[\d+\] must be"):
            model.contains([1] * (coordinates - 1) + [bad])

    def test_an_unknown_name_is_refused(self, model):
        names = model.ring().variable_names()
        with pytest.raises(ValueError, match="point must name no coordinate 'no_such'"):
            model.contains({**dict.fromkeys(names, 0), "no_such": 1})
        with pytest.raises(ValueError, match=f"point must name all of its coordinate.*{names[0]}"):
            model.contains(dict.fromkeys(names[1:], 0))

    @pytest.mark.parametrize("seed", [-1, 0.5, "1"])
    def test_a_bad_seed_is_refused(self, model, seed):
        with pytest.raises((TypeError, ValueError), match="seed must be"):
            model.random_point(seed=seed)

    @pytest.mark.parametrize("degree", [0, -1, 1.5, "2", None])
    def test_a_bad_degree_is_refused(self, model, degree):
        with pytest.raises((TypeError, ValueError), match="max_degree must be"):
            model.invariants(degree)

    # ---- the object

    def test_it_is_unique_and_hashable(self, model):
        assert copy.copy(model) is model
        assert copy.deepcopy(model) is model
        assert {model: 1}[model] == 1
        assert model == model
        assert (model != model) is False

    def test_a_pickle_gives_the_same_object(self, model):
        model.dimension()
        assert pickle.loads(pickle.dumps(model)) is model

    def test_suite_of_sage(self, model):
        TestSuite(model).run(raise_on_failure=True)

    def test_it_shows_itself(self, model):
        self._require(model, "_repr_", "_latex_")
        assert str(model)
        assert "\n" not in str(model)
        assert "object at 0x" not in repr(model)
        assert isinstance(model._latex_(), str)
        assert model._latex_()

    # ---- files

    def test_plain_data_give_the_same_object(self, model):
        self._require(model, "to_dict", "from_dict")
        data = model.to_dict()
        assert data["model"] == type(model).__name__
        assert type(model).from_dict(json.loads(json.dumps(data))) is model

    def test_a_model_file_gives_the_same_object(self, model, tmp_path):
        self._require(model, "to_dict", "from_dict")
        save(model, tmp_path / "model.json")
        assert [path.name for path in tmp_path.iterdir()] == ["model.json"]
        assert json.loads((tmp_path / "model.json").read_text())["format"] == "sage_mlvar/model"
        if type(model) in classes("sage_mlvar.models").values():
            assert load(tmp_path / "model.json") is model
