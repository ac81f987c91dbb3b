r"""
The model that a command line names: a built-in one with its parameters as options, or a file.

EXAMPLES::

    sage: from sage_mlvar.cli.models import build
    sage: build("network", {"widths": [2, 2, 1], "degree": 2})
    polynomial network of widths 2, 2, 1 with activation z^2
    sage: build("attention", {"d": 2, "t": 2, "pattern": ("10",)})
    Traceback (most recent call last):
    ...
    click.exceptions.UsageError: attention takes no --pattern; it takes --d, ...
"""

from pathlib import Path

import click

from .options import Integers
from .spelling import as_option

__all__ = ["OPTION_NAMES", "build", "model_options"]

#: Model → names of its options: those it needs, and those it may have.
_OPTIONS = {
    "relu": (("widths", "pattern"), ("data",)),
    "attention": (("d", "t", "a"), ("d_out", "output", "raw")),
    "network": (("widths", "degree"), ()),
}

OPTION_NAMES = tuple(dict.fromkeys(name for parts in _OPTIONS.values() for part in parts for name in part))

_DECORATORS = [
    click.option("--widths", type=Integers(), metavar="N,N,…", help="relu, network: widths of the layers."),
    click.option(
        "--pattern", multiple=True, metavar="BITS", help="relu: activation pattern of a block, as 110/10; repeat."
    ),
    click.option(
        "--data",
        multiple=True,
        metavar="FILE",
        help="relu: inputs of a block, one per row of a .csv or .npy file; one FILE per --pattern.",
    ),
    click.option("--d", type=int, metavar="N", help="attention: dimension of the tokens."),
    click.option("--t", type=int, metavar="N", help="attention: number of tokens."),
    click.option("--a", type=int, metavar="N", help="attention: rank of the attention matrix."),
    click.option("--d-out", type=int, metavar="N", help="attention: dimension of the output; 1 by default."),
    click.option("--output", metavar="I,J|all", help="attention: output coordinate, or all; 0,0 by default."),
    click.option(
        "--raw", is_flag=True, help="attention: coefficients as they are, not divided by their numbers of terms."
    ),
    click.option("--degree", type=int, metavar="N", help="network: the activation is z^N."),
]


def model_options(command):
    r"""Add the argument ``MODEL`` and the options that describe a built-in model."""
    for option in reversed(_DECORATORS):
        command = option(command)
    return click.argument("model")(command)


def build(name, given):
    r"""
    Return the model.

    INPUT:

    - ``name`` -- name of a built-in model, or path of a model file
    - ``given`` -- dictionary of the options that stand on the command line, by the names in :data:`OPTION_NAMES`
    """
    if name not in _OPTIONS:
        return _from_file(name, given)
    needed, optional = _OPTIONS[name]
    for option in given:
        if option not in needed + optional:
            takes = ", ".join(map(as_option, needed + optional))
            raise click.UsageError(f"{name} takes no {as_option(option)}; it takes {takes}")
    missing = [as_option(option) for option in needed if option not in given]
    if missing:
        raise click.UsageError(f"{name} needs {', '.join(missing)}")
    return {"relu": _relu, "attention": _attention, "network": _network}[name](**given)


def _from_file(path, given):
    known = f"{', '.join(_OPTIONS)} or a model file"
    if not Path(path).exists():
        raise ValueError(f"MODEL must be {known}, and there is no file {path!r}")
    if given:
        raise click.UsageError(f"{as_option(next(iter(given)))} does not go with a model file, which says it all")
    from ..modelfile import load

    return load(path)


def _relu(widths, pattern, data=None):
    from ..models.relu import ReLURegionModel
    from .datafile import read_inputs

    if data is None:
        return ReLURegionModel(widths, pattern)
    if len(data) != len(pattern):
        raise click.UsageError(f"--data must be given once per --pattern, {len(pattern)} times, got {len(data)}")
    # A row of a file is an input, which is a column of the data matrix.
    return ReLURegionModel(
        widths, pattern, data=[list(zip(*read_inputs(path, widths[0]), strict=True)) for path in data]
    )


def _attention(d, t, a, d_out=1, output="0,0", raw=False):
    from ..models.attention import LightningAttentionModel

    where = None if output == "all" else Integers(2).convert(output, None, None)
    return LightningAttentionModel(d, t, a, d_out=d_out, output=where, scaled=not raw)


def _network(widths, degree):
    from ..models.polynomial_network import PolynomialNetworkModel

    return PolynomialNetworkModel(widths, degree)
