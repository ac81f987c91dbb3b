r"""Packaging of sage_mlvar; all metadata are here."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).resolve().parent


def version():
    r"""Return the version written in ``sage_mlvar/__init__.py``, without importing the package."""
    text = (HERE / "sage_mlvar" / "__init__.py").read_text(encoding="utf-8")
    return re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE).group(1)


# What Sage brings is never a hard requirement: an existing SageMath has it, and two distributions of Sage fill the
# same package `sage`. In particular cypari2 is left to Sage (or to passagemath-pari, which carries its own build).
PASSAGEMATH = [f"passagemath-{part}>=10.8" for part in ("singular", "giac", "msolve", "pari", "linbox", "plot", "repl")]
ONNX = ["onnx>=1.16"]
SAFETENSORS = ["safetensors>=0.4.3"]
DASK = ["dask[distributed]>=2024.1"]
TEST = [
    *ONNX,
    *SAFETENSORS,
    *DASK,
    "codespell>=2.3",
    "furo>=2024.8.6",
    "hypothesis>=6.100",
    "onnxruntime>=1.18",
    "pytest>=8",
    "ruff>=0.6",
    "sphinx>=7.3",
]
TRAIN = ["scikit-learn>=1.4", "torch>=2.2"]
BENCH = ["passagemath-gfan>=10.8", "passagemath-macaulay2>=10.8"]

setup(
    name="sage_mlvar",
    version=version(),
    description="Algebraic invariants of machine-learning models, for SageMath",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    author="The sage_mlvar developers",
    license="GPL-2.0-or-later",
    license_files=["LICENSE"],
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Environment :: Console",
        "Intended Audience :: Science/Research",
        "Operating System :: POSIX",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.11",
        "Topic :: Scientific/Engineering :: Mathematics",
    ],
    keywords=["SageMath", "algebraic statistics", "neural networks", "Gröbner bases", "robustness"],
    python_requires=">=3.11",
    packages=find_packages(include=["sage_mlvar", "sage_mlvar.*"]),
    package_data={"sage_mlvar.data": ["*.csv", "*.json", "*.npz", "README.md"]},
    install_requires=[
        "click>=8.1",
        "joblib>=1.3",
        "numpy>=1.26",
        "python-flint>=0.7",
        "rich>=13",
        "scipy>=1.11",
        "threadpoolctl>=3.1",
    ],
    extras_require={
        "passagemath": PASSAGEMATH,
        "onnx": ONNX,
        "safetensors": SAFETENSORS,
        "dask": DASK,
        "test": TEST,
        "train": TRAIN,
        "bench": BENCH,
        "all": PASSAGEMATH + ONNX + SAFETENSORS + DASK + TEST + TRAIN + BENCH,
    },
    entry_points={
        "console_scripts": ["mlvar = sage_mlvar.cli:main"],
        "sage_mlvar.backends": [
            "giac = sage_mlvar.backends.giac:GiacBackend",
            "msolve = sage_mlvar.backends.msolve:MsolveBackend",
            "singular = sage_mlvar.backends.singular:SingularBackend",
        ],
        "sage_mlvar.certifiers": [
            "bounds = sage_mlvar.certify.bounds:BoundsCertifier",
            "critical = sage_mlvar.certify.critical:CriticalCertifier",
            "numerical = sage_mlvar.certify.numerical:NumericalCertifier",
            "quadric = sage_mlvar.certify.quadric:QuadricCertifier",
        ],
        "sage_mlvar.models": [
            "attention = sage_mlvar.models.attention:LightningAttentionModel",
            "classifier = sage_mlvar.models.classifier:PolynomialClassifier",
            "network = sage_mlvar.models.polynomial_network:PolynomialNetworkModel",
            "parametrized = sage_mlvar.models.parametrized:ParametrizedModel",
            "relu = sage_mlvar.models.relu:ReLURegionModel",
        ],
    },
    zip_safe=False,
)
