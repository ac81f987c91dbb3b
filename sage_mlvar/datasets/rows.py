r"""
The points of a data set as a file holds them.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar.datasets.rows import ArrayRows, TextRows
    sage: ArrayRows(numpy.array([[0.5, 1.0]], "f4")).row(0)
    [0.5, 1.0]
    sage: TextRows(["0.1,2"], 2).row(0)
    ['0.1', '2']
"""

__all__ = ["ArrayRows", "TextRows"]


class ArrayRows:
    r"""Points that are the rows of an array of finite numbers, kept in its own type."""

    def __init__(self, array):
        self._array = array.reshape(len(array), -1)
        self.features = self._array.shape[1]

    def __len__(self):
        return len(self._array)

    def row(self, k):
        r"""Return the entries of a point, Python numbers."""
        return self._array[k].tolist()

    def update(self, digest):
        r"""Add the content to a digest."""
        digest.update(self._array.dtype.str.encode() + b"\n")
        for line in self._array:
            digest.update(line.tobytes())


class TextRows:
    r"""Points that are lines of text, numbers between commas, split when they are asked for."""

    def __init__(self, lines, features):
        self._lines, self.features = lines, features

    def __len__(self):
        return len(self._lines)

    def row(self, k):
        r"""Return the entries of a point, strings."""
        return self._lines[k].split(",")

    def update(self, digest):
        r"""Add the content to a digest."""
        for line in self._lines:
            digest.update(line.encode() + b"\n")
