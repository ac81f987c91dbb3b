r"""
Algebraic invariants of machine-learning models, for SageMath.

Importing the package is light: Sage and the engines start when a model is touched.

EXAMPLES::

    sage: import sage_mlvar
    sage: M = sage_mlvar.ReLURegionModel([2, 2, 2], ["10", "11"])
    sage: M.ideal().ngens(), M.dimension()
    (2, 6)
"""

from importlib import import_module

__version__ = "0.1.0"

#: Public name → the module that defines it; imported on first use (PEP 562).
_HOME = {
    "Computation": "computation",
    "DecisionBoundary": "models.boundary",
    "LightningAttentionModel": "models.attention",
    "ParametrizedModel": "models.parametrized",
    "PolynomialClassifier": "models.classifier",
    "PolynomialNetworkModel": "models.polynomial_network",
    "ReLURegionModel": "models.relu",
    "RobustnessCertificate": "certify.certificate",
    "expected_real_critical_points": "invariants.kac_rice",
    "load": "modelfile",
    "read_data": "datasets",
    "read_network": "networks",
    "save": "modelfile",
    "using": "options",
}

__all__ = sorted([*_HOME, "__version__", "backends", "errors"])


def __getattr__(name):
    if name in _HOME:
        value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    elif name in ("backends", "errors"):
        value = import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():
    return sorted(set(globals()) | set(__all__))
