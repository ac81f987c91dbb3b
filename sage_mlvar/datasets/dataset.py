r"""
Points and labels, as exact numbers only when they are asked for.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar.datasets.dataset import Dataset
    sage: from sage_mlvar.datasets.rows import ArrayRows
    sage: data = Dataset(ArrayRows(numpy.array([[0, 51], [102, 255]], "u1")), [1, 0], "two", scale="1/255"); data
    data set 'two': 2 points of 2 numbers, with labels
    sage: data.point(1), data.labels
    ((2/5, 1), (1, 0))
    sage: list(data.points)
    [(0, 1/5), (2/5, 1)]
"""

import hashlib
import json
from collections.abc import Sequence
from operator import index

from .. import _sage  # noqa: F401
from ..exact import integer, rational, rational_list

from sage.rings.rational_field import QQ

__all__ = ["Dataset"]


_MOST_PIXELS = 2**16


class _Points(Sequence):
    r"""The points of a data set, made exact one by one."""

    def __init__(self, dataset):
        self._dataset = dataset

    def __len__(self):
        return len(self._dataset)

    def __getitem__(self, k):
        if isinstance(k, slice):
            return [self._dataset.point(i) for i in range(len(self))[k]]
        return self._dataset.point(k)


class Dataset:
    r"""
    Points, with labels or without.

    INPUT:

    - ``rows`` -- the points as a file holds them: an object with a length, a number of ``features``, ``row(k)`` and
      ``update(digest)``, such as those of :mod:`sage_mlvar.datasets.rows`
    - ``labels`` -- list of integers, one per point, or ``None``
    - ``name`` -- string; what errors and tables call the data
    - ``scale`` -- rational number (``1``); what the entries are multiplied by, such as ``"1/255"``

    The name is no part of the content: ``sha256`` is the digest of the numbers, the scale and the labels.
    """

    def __init__(self, rows, labels, name, scale=1):
        self._rows = rows
        # Labels of NumPy are no numbers to JSON, of which the digest is made.
        self.labels = None if labels is None else tuple(integer(y, f"labels[{k}]") for k, y in enumerate(labels))
        self.name = name
        self.scale = rational(scale, "scale")
        if not self.scale:
            raise ValueError("scale must not be zero")
        if self.labels is not None and len(self.labels) != len(rows):
            raise ValueError(f"labels must be one per point, {len(rows)}, got {len(self.labels)}")
        self._sha256 = None
        self._pixels = {}

    def __repr__(self):
        labels = "with labels" if self.labels is not None else "without labels"
        return f"data set {self.name!r}: {len(self)} points of {self.features} numbers, {labels}"

    def __len__(self):
        return len(self._rows)

    @property
    def features(self):
        r"""The number of entries of a point."""
        return self._rows.features

    @property
    def points(self):
        r"""The points, a sequence that makes each exact when it is asked for."""
        return _Points(self)

    def point(self, k):
        r"""
        Return the point of index ``k``, a tuple of rational numbers.

        EXAMPLES::

            sage: import numpy
            sage: from sage_mlvar.datasets.dataset import Dataset
            sage: from sage_mlvar.datasets.rows import ArrayRows
            sage: Dataset(ArrayRows(numpy.array([[0.5]])), None, "one").point(1)
            Traceback (most recent call last):
            ...
            IndexError: data set 'one' has 1 point, got index 1
        """
        k = index(k)
        if not -len(self) <= k < len(self):
            raise IndexError(
                f"data set {self.name!r} has {len(self)} point{'s' if len(self) > 1 else ''}, got index {k}"
            )
        k %= len(self)
        row = self._rows.row(k)
        if set(map(type, row)) == {int}:
            return tuple(map(self._pixel, row))
        entries = rational_list(row, f"data set {self.name!r}, point {k}", self.features)
        return entries if self.scale == 1 else tuple(self.scale * entry for entry in entries)

    def _pixel(self, value):
        # Pixels take few values; their exact multiples are kept.
        if value not in self._pixels:
            if len(self._pixels) > _MOST_PIXELS:
                self._pixels.clear()
            self._pixels[value] = self.scale * QQ(value)
        return self._pixels[value]

    @property
    def sha256(self):
        r"""
        The digest of what the data say: the numbers, the scale and the labels.

        EXAMPLES::

            sage: import numpy
            sage: from sage_mlvar.datasets.dataset import Dataset
            sage: from sage_mlvar.datasets.rows import ArrayRows
            sage: rows = ArrayRows(numpy.array([[1, 2]]))
            sage: one, other = Dataset(rows, None, "one"), Dataset(rows, None, "other")
            sage: one.sha256 == other.sha256, one.sha256 == Dataset(rows, None, "one", scale=2).sha256
            (True, False)
        """
        if self._sha256 is None:
            head = {
                "points": len(self),
                "features": self.features,
                "scale": str(self.scale),
                "labels": None if self.labels is None else list(self.labels),
            }
            digest = hashlib.sha256(json.dumps(head, sort_keys=True).encode() + b"\n")
            self._rows.update(digest)
            self._sha256 = digest.hexdigest()
        return self._sha256

    def check(self, classifier):
        r"""
        Check that points and labels fit a classifier.

        EXAMPLES::

            sage: import numpy
            sage: from sage_mlvar import PolynomialClassifier
            sage: from sage_mlvar.datasets.dataset import Dataset
            sage: from sage_mlvar.datasets.rows import ArrayRows
            sage: C = PolynomialClassifier([[[1, 0]], [[1], [-1]]], [[0], [0, 1]])
            sage: rows = ArrayRows(numpy.array([[1, 2], [3, 4]]))
            sage: Dataset(rows, [0, 1], "two").check(C)
            sage: Dataset(rows, [0, 2], "two").check(C)
            Traceback (most recent call last):
            ...
            ValueError: data set 'two' must have labels from 0 to 1, the classes of the network, got 2 at point 1
        """
        inputs, classes = classifier.widths()[0], classifier.number_of_classes()
        if self.features != inputs:
            hint = ""
            if self.labels is None and self.features == inputs + 1:
                hint = "; if one column holds the labels, name it by label_column"
            raise ValueError(
                f"data set {self.name!r} must have {inputs} entries per input, the inputs of the network, got "
                f"{self.features}{hint}"
            )
        for k, label in enumerate(self.labels or ()):
            if not 0 <= label < classes:
                raise ValueError(
                    f"data set {self.name!r} must have labels from 0 to {classes - 1}, the classes of the network, got "
                    f"{label} at point {k}"
                )
