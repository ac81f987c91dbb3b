r"""
Contract classes for pytest: what every model, every backend and every certifier must do.

The author of a plug-in subclasses one of them in a test module and supplies a fixture; pytest then runs the whole
contract. Our own tests do the same::

    import pytest
    from sage_mlvar.testing import ModelContract

    class TestIndependence(ModelContract):
        @pytest.fixture(params=[(2, 2), (2, 3)])
        def model(self, request):
            return IndependenceModel(*request.param)

Importing this module needs pytest, and starts neither Sage nor an engine.

EXAMPLES::

    sage: from sage_mlvar.testing import BackendContract, ModelContract
    sage: "test_the_ideal_vanishes_on_the_map" in dir(ModelContract)
    True
"""

from importlib import import_module

import pytest

# Failing assertions of the contracts show their values, as in a test module.
pytest.register_assert_rewrite(f"{__name__}.backend", f"{__name__}.certifier", f"{__name__}.model")

_HOME = {
    "BackendContract": "backend",
    "CertifierContract": "certifier",
    "ModelContract": "model",
    "processes_in": "processes",
}

__all__ = sorted(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted(set(globals()) | set(__all__))
