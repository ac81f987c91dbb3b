r"""
The network and the data points that ``mlvar certify`` is about.

EXAMPLES::

    sage: from sage_mlvar.cli.certify_input import chosen
    sage: chosen("0:3,7,10:20:5", 100)
    [0, 1, 2, 7, 10, 15]
    sage: chosen(None, 4)
    [0, 1, 2, 3]
    sage: chosen("90:101", 100)
    Traceback (most recent call last):
    ...
    ValueError: --points must be below 100, the number of points in the data, got 90:101
"""

import errno
import re
from pathlib import Path

from .. import _sage  # noqa: F401
from ..exact import rational, rational_list

from sage.rings.rational_field import QQ

__all__ = ["BUILT_IN", "arguments", "chosen", "classifier", "data", "scaled"]

#: Name → files of the package, network and data, and the scale that goes with the data.
BUILT_IN = {
    "iris": ("iris_quadratic.json", "iris.csv", 1),
    "digits": ("digits_quadratic.json", "digits_test.npz", 1),
    "mnist": ("mnist_quadratic.npz", "mnist_test.npz", "1/255"),
}

_PART = re.compile(r"(\d+)(?:(:)(\d+)(?::(\d+))?)?\Z")


def classifier(name, activation=None, normalization=None):
    r"""
    Return the polynomial network called ``name``: of the package, or in a file.

    INPUT:

    - ``name`` -- ``"iris"``, ``"digits"``, ``"mnist"``, or the path of a network file
    - ``activation`` -- ``None``, or text: the degree of the activation, or its coefficients, constant term first
    - ``normalization`` -- ``None``, or text: two numbers ``MEAN,STD``

    EXAMPLES::

        sage: from sage_mlvar.cli.certify_input import classifier
        sage: classifier("digits")
        polynomial classifier of widths 64, 32, 10 with activation z^2
        sage: classifier("letters.npz")
        Traceback (most recent call last):
        ...
        ValueError: MODEL must be iris, digits, mnist or a network file, and there is no file 'letters.npz'
    """
    if name in BUILT_IN:
        if activation is not None or normalization is not None:
            raise ValueError(f"--activation and --normalization do not go with {name}, which says it all")
        from ..data import load_network

        return load_network(BUILT_IN[name][0])
    if not Path(name).exists():
        raise ValueError(f"MODEL must be {', '.join(BUILT_IN)} or a network file, and there is no file {name!r}")
    from ..models.classifier import PolynomialClassifier
    from ..networks import read

    if activation is not None:
        activation = activation.split(",") if "," in activation else _degree(activation)
    if normalization is not None:
        normalization = rational_list(normalization.split(","), "--normalization", 2)
    found = read(name, activation=activation, normalization=normalization)
    if not isinstance(found, PolynomialClassifier):
        raise ValueError(f"MODEL must be a polynomial network with classes, and {name!r} holds a {found}")
    return found


def data(name, network, path, scale=None, labels=None, label_column=None):
    r"""
    Return the :class:`~sage_mlvar.datasets.dataset.Dataset` for ``network``, after checking that they fit.

    INPUT:

    - ``name`` -- string; the ``MODEL`` of the command line
    - ``network`` -- the classifier of this name
    - ``path`` -- path of the data file, or ``None`` for the data that come with a network of the package
    - ``scale`` -- text of a rational number, or ``None``
    - ``labels`` -- path of a file of labels, or ``None``
    - ``label_column`` -- name or index of the column of labels, or ``None``

    EXAMPLES::

        sage: from sage_mlvar.cli.certify_input import classifier, data
        sage: found = data("digits", classifier("digits"), None); found
        data set 'digits_test.npz': 360 points of 64 numbers, with labels
        sage: found.labels[0], sum(found.point(0))
        (0, 331/16)
        sage: data("net.npz", classifier("digits"), None)
        Traceback (most recent call last):
        ...
        ValueError: DATA is missing: a file of points, or --point X,Y,…
    """
    if path is None:
        if name not in BUILT_IN:
            raise ValueError("DATA is missing: a file of points, or --point X,Y,…")
        from ..data import path as carried

        path = carried(BUILT_IN[name][1])
        if name == "iris":
            # The other data are read from their files, and refused there.
            for option, value in (("--labels", labels), ("--label-column", label_column)):
                if value is not None:
                    raise ValueError(f"{option} does not go with {name}, whose data hold their labels; got {value!r}")
            return _flowers(path.name, 1 if scale is None else _scale(scale))
        scale = BUILT_IN[name][2] if scale is None else scale
    elif not Path(path).exists():
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", str(path))
    from ..datasets import read

    found = read(path, label_column=label_column, labels=labels, scale=1 if scale is None else _scale(scale))
    found.check(network)
    return found


def _flowers(name, scale):
    r"""Return the iris flowers, whose labels are names in their file."""
    from ..data import iris
    from ..datasets.dataset import Dataset
    from ..datasets.rows import TextRows

    features, labels, _ = iris()
    return Dataset(TextRows([",".join(map(str, x)) for x in features], len(features[0])), labels, name, scale)


def arguments(values):
    r"""
    Return the options of the command line as keywords of :func:`sage_mlvar.certify.certify`, after checking them.

    EXAMPLES::

        sage: from sage_mlvar.cli.certify_input import arguments
        sage: values = {"radius": "0.5", "tolerance": None, "box": ["0", "1"], "certifier": "auto",
        ....:           "norm": "euclidean", "cross_check": False}
        sage: found = arguments(values)
        sage: found["radius"], found["box"]
        (1/2, (0, 1))
        sage: arguments({**values, "radius": "-1"})
        Traceback (most recent call last):
        ...
        ValueError: --radius must be positive, got '-1'
    """
    from ..certify import get

    found = {name: values[name] for name in ("certifier", "norm", "cross_check")}
    if found["certifier"] != "auto":
        get(found["certifier"])
    for name in ("radius", "tolerance"):
        if values[name] is not None:
            found[name] = rational(values[name], f"--{name}")
            if found[name] <= 0:
                raise ValueError(f"--{name} must be positive, got {values[name]!r}")
    if values["box"] is not None:
        low, high = rational_list(values["box"], "--box", 2)
        if low >= high:
            raise ValueError(f"--box must be two numbers LOW,HIGH with LOW < HIGH, got {','.join(values['box'])}")
        found["box"] = (low, high)
    return found


def _degree(text):
    if not text.strip().isdecimal():
        raise ValueError(f"--activation must be a degree such as 2, or coefficients with commas between, got {text!r}")
    return int(text)


def scaled(point, scale=None):
    r"""Return the point on the command line as a tuple of rationals, scaled."""
    return _times(QQ.one() if scale is None else _scale(scale), rational_list(point, "--point"))


def _times(scale, point):
    return point if scale == 1 else tuple(scale * x for x in point)


def _scale(text):
    scale = rational(text, "--scale")
    if not scale:
        raise ValueError(f"--scale must not be zero, got {text!r}")
    return scale


def chosen(text, count):
    r"""
    Return the sorted indices that ``text`` names, below ``count``.

    INPUT:

    - ``text`` -- indices and slices ``START:STOP`` or ``START:STOP:STEP`` with commas between them; ``None`` for all
    - ``count`` -- the number of points in the data
    """
    if text is None:
        return list(range(count))
    indices = set()
    for part in text.split(","):
        found = _PART.match(part.strip())
        if found is None or found[4] == "0":
            raise ValueError(f"--points must be indices such as 5 or slices such as 0:100, got {part!r}")
        start = int(found[1])
        stop = int(found[3]) if found[2] else start + 1
        if max(stop, start + 1) > count:
            raise ValueError(f"--points must be below {count}, the number of points in the data, got {part.strip()}")
        indices.update(range(start, stop, int(found[4] or 1)))
    if not indices:
        raise ValueError(f"--points must name at least one point, got {text!r}")
    return sorted(indices)
