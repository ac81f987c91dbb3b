r"""
What a call of ``certify_many`` is about, checked before the work begins.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.many.input import data_of
    sage: C = PolynomialClassifier([[[1, 0]], [[1], [-1]]], [[0], [0, 1]])
    sage: data = data_of(C, [["0.1", 2], [3, 4]], [1, 0]); data
    data set 'X': 2 points of 2 numbers, with labels
    sage: data.point(0)
    (1/10, 2)
    sage: data_of(C, [[1, 2], [3, float("nan")]], None)
    Traceback (most recent call last):
    ...
    ValueError: X[1][1] must be finite, got nan
"""

import operator

import numpy

from ... import _sage  # noqa: F401
from ...datasets.dataset import Dataset
from ...datasets.rows import ArrayRows, TextRows
from ...exact import integer, rational_list
from .. import registry
from ..certify import NORMS, OutsideBoxError, _names, _positive, box_of, check_inside

__all__ = ["arguments_of", "check_points", "data_of", "header_box", "indices_of"]


def data_of(classifier, X, labels):
    r"""
    Return points and labels as a :class:`~sage_mlvar.datasets.dataset.Dataset` that fits the classifier.

    INPUT:

    - ``classifier`` -- a :class:`~sage_mlvar.models.classifier.PolynomialClassifier`
    - ``X`` -- such a data set; or an array, a table or a list of points, of shape ``(points, n_0)``. Further dimensions
      of an array, as those of images, are flattened row by row
    - ``labels`` -- list of class indices, or ``None``

    EXAMPLES::

        sage: import numpy
        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.certify.many.input import data_of
        sage: C = PolynomialClassifier([[[1, 0]], [[1], [-1]]], [[0], [0, 1]])
        sage: data_of(C, numpy.array([[1, 2, 3]]), None)
        Traceback (most recent call last):
        ...
        ValueError: X must have 2 entries per point, the inputs of the network, got 3
        sage: data_of(C, numpy.array([[1, 2], [3, 4]]), [0, 2])
        Traceback (most recent call last):
        ...
        ValueError: labels[1] must be from 0 to 1, the classes of the network, got 2
    """
    if isinstance(X, Dataset):
        if labels is not None:
            if X.labels is not None:
                raise ValueError(f"labels must be left out: data set {X.name!r} holds labels itself")
            raise ValueError(f"labels must go into data set {X.name!r}: read_data(path, labels=...)")
        X.check(classifier)
        return X
    n, classes = classifier.widths()[0], classifier.number_of_classes()
    rows = _rows(X, n)
    if labels is not None:
        if isinstance(labels, (str, dict)) or not hasattr(labels, "__iter__"):
            raise TypeError(f"labels must be a list of class indices, not {labels!r}")
        labels = [integer(label, f"labels[{k}]") for k, label in enumerate(labels)]
        if len(labels) != len(rows):
            raise ValueError(f"labels must be one per point, {len(rows)}, got {len(labels)}")
        for k, label in enumerate(labels):
            if not 0 <= label < classes:
                raise ValueError(
                    f"labels[{k}] must be from 0 to {classes - 1}, the classes of the network, got {label}"
                )
    return Dataset(rows, labels, "X")


def _rows(X, n):
    if hasattr(X, "to_numpy"):  # a table of pandas or polars, whose iterator gives columns
        X = X.to_numpy()
    if hasattr(X, "dtype") and hasattr(X, "shape"):
        array = numpy.asarray(X)
        if array.dtype.kind in "iuf":
            return ArrayRows(_checked(array, n))
        if array.dtype.kind != "O":
            raise TypeError(f"X must have numbers for entries, not an array of dtype {array.dtype}")
        X = array.tolist()
    if isinstance(X, (str, dict)) or not hasattr(X, "__iter__"):
        raise TypeError(f"X must be a list of points, not {X!r}")
    rows = []
    for k, x in enumerate(X):
        if isinstance(x, (str, dict)) or not hasattr(x, "__iter__"):
            raise TypeError(f"X must be a list of points, each of {n} numbers, and X[{k}] is {x!r}; certify takes one")
        rows.append(",".join(str(entry) for entry in rational_list(x, f"X[{k}]", n)))
    if not rows:
        raise ValueError("X must hold at least one point")
    return TextRows(rows, n)


def _checked(array, n):
    if array.ndim < 2:
        raise ValueError(f"X must be an array of points of {n} numbers, got shape {array.shape}; certify takes one")
    if not len(array):
        raise ValueError("X must hold at least one point")
    array = array.reshape(len(array), -1)
    if array.shape[1] != n:
        raise ValueError(f"X must have {n} entries per point, the inputs of the network, got {array.shape[1]}")
    if array.dtype.kind == "f":
        for k, row in enumerate(array):
            if not numpy.isfinite(row).all():
                column = int(numpy.argmin(numpy.isfinite(row)))
                raise ValueError(f"X[{k}][{column}] must be finite, got {float(row[column])}")
    return array


def indices_of(points, count):
    r"""
    Return the indices of the points to certify, each once, in the order given.

    INPUT:

    - ``points`` -- list or range of indices, or a slice; ``None`` for all
    - ``count`` -- the number of points in the data

    EXAMPLES::

        sage: from sage_mlvar.certify.many.input import indices_of
        sage: indices_of([3, 1, 3], 5), indices_of(slice(3, None), 5)
        ([3, 1], [3, 4])
        sage: indices_of([2, 5], 5)
        Traceback (most recent call last):
        ...
        ValueError: points must be indices below 5, the number of points in X, got 5
    """
    if points is None:
        return list(range(count))
    if isinstance(points, slice):
        found = list(range(count)[points])
    elif isinstance(points, (str, dict)) or not hasattr(points, "__iter__"):
        raise TypeError(f"points must be a list of indices or a slice, not {points!r}")
    else:
        found = [integer(k, "points", 0) for k in points]
    for k in found:
        if k >= count:
            raise ValueError(f"points must be indices below {count}, the number of points in X, got {k}")
    if not found:
        raise ValueError(f"points must name at least one point, got {points!r}")
    return list(dict.fromkeys(map(operator.index, found)))


def arguments_of(classifier, *, radius, certifier, tolerance, norm, box, cross_check):
    r"""
    Return the keywords of :func:`~sage_mlvar.certify.certify.certify`, checked and with exact numbers.

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.certify.many.input import arguments_of
        sage: C = PolynomialClassifier.random([2, 2, 2, 2])
        sage: plain = {"tolerance": None, "norm": "euclidean", "box": None, "cross_check": False}
        sage: arguments_of(C, radius="0.5", certifier="auto", **plain)["radius"]
        1/2
        sage: arguments_of(C, radius=1, certifier="quadric", **plain)
        Traceback (most recent call last):
        ...
        ValueError: certifier 'quadric' cannot be used here: the network has 2 hidden layers, not one
    """
    radius = None if radius is None else _positive(radius, "radius")
    tolerance = None if tolerance is None else _positive(tolerance, "tolerance")
    if norm not in NORMS:
        raise ValueError(f"norm must be one of {', '.join(map(repr, NORMS))}, got {norm!r}")
    box = None if box is None else box_of(box, classifier.widths()[0])
    if not isinstance(cross_check, bool):
        raise TypeError(f"cross_check must be True or False, not {cross_check!r}")
    if certifier != "auto":
        names = list(_names(certifier))
        certifier = names if len(names) > 1 else names[0]
        for name in names:
            applies = registry.get(name).can_certify(classifier, norm, box)
            if applies is not True:
                raise ValueError(f"certifier {name!r} cannot be used here: {applies}")
    return {
        "radius": radius,
        "certifier": certifier,
        "tolerance": tolerance,
        "norm": norm,
        "box": box,
        "cross_check": cross_check,
    }


def header_box(box):
    r"""
    Return a box ready for JSON: one pair when all are equal.

    EXAMPLES::

        sage: from sage_mlvar.certify.many.input import header_box
        sage: header_box([(0, 1), (0, 1)]), header_box([(0, 1), (0, 2)]), header_box(None)
        (['0', '1'], [['0', '1'], ['0', '2']], None)
    """
    if box is None:
        return None
    pairs = [[str(low), str(high)] for low, high in box]
    return pairs[0] if all(pair == pairs[0] for pair in pairs) else pairs


def check_points(data, indices, box):
    r"""
    Make every point exact once, so that no point can be refused in the middle of a run.

    Raises :class:`ValueError` when the box holds none of the points; one outside has no answer, and the others have.

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.certify.many.input import check_points, data_of
        sage: C = PolynomialClassifier([[[1, 0]], [[1], [-1]]], [[0], [0, 1]])
        sage: check_points(data_of(C, [[0, 0], [0, 2]], None), [0, 1], [(0, 1), (0, 1)])
        sage: check_points(data_of(C, [[0, 0], [0, 2]], None), [1], [(0, 1), (0, 1)])
        Traceback (most recent call last):
        ...
        ValueError: box[1] must hold X[1][1] = 2, got ('0', '1')
    """
    outside = []
    for k in indices:
        try:
            check_inside(box, data.point(k), f"X[{k}]")
        except OutsideBoxError as error:
            outside.append(error)
    if len(outside) == len(indices):
        raise ValueError(str(outside[0])) from outside[0]
