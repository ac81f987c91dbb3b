r"""
Data from ``.csv`` files: numbers taken as the decimals or fractions they are.

EXAMPLES::

    sage: import tempfile
    sage: from pathlib import Path
    sage: from sage_mlvar.datasets.csvfile import read
    sage: with tempfile.TemporaryDirectory() as folder:
    ....:     path = Path(folder, "flowers.csv")
    ....:     _ = path.write_text("length,width,kind\n5.1,3.5,0\n4.9,1/3,1\n")
    ....:     rows, labels = read(path, "kind", 10**6)
    sage: [rows.row(k) for k in range(len(rows))], labels
    ([['5.1', '3.5'], ['4.9', '1/3']], [0, 1])
"""

import csv
import math
import re

from ..exact import rational
from ..networks.limits import check_file
from .rows import TextRows

__all__ = ["read"]

_LIKE_A_NUMBER = re.compile(r"[+-]?[\d_.]*\d[\d_.]*([eE][+-]?\d+)?(\s*/\s*[+-]?[\d_.]+)?")
#: Exact numbers with such an exponent are refused by :func:`~sage_mlvar.exact.rational`.
_LONG_EXPONENT = re.compile(r"[eE][+-]?\d{5}")


def read(path, label_column, limit):
    r"""
    Return ``(rows, labels)``.

    INPUT:

    - ``path`` -- path of a file of comma-separated numbers; a first line of words without a number is a header
    - ``label_column`` -- name in the header, or index, of the column of labels; ``None``: there is none
    - ``limit`` -- integer; most bytes of the file
    """
    what = f"data file {str(path)!r}"
    check_file(path, limit)
    lines, labels, place, width = [], [], None, None
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            for row in reader:
                cells = list(map(str.strip, row))
                if not any(cells):
                    continue
                where = f"{what}, line {reader.line_num}"
                _check_separator(cells, where)
                if width is None:
                    width = len(cells)
                    header = _is_header(cells, where)
                    place = _place(label_column, cells if header else None, width, what)
                    if header:
                        continue
                if len(cells) != width:
                    raise ValueError(f"{where}, has {len(cells)} entries, and the lines before have {width}")
                _check_numbers(cells, where)
                if place is not None:
                    labels.append(_label(cells.pop(place), where, place))
                lines.append(",".join(cells))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{what} must be comma-separated text: {error}") from error
    if not lines:
        raise ValueError(f"{what} must hold at least one input, got none")
    features = width - (place is not None)
    if not features:
        raise ValueError(f"{what} must hold numbers besides the labels")
    return TextRows(lines, features), labels if place is not None else None


def _is_header(cells, where):
    r"""
    Whether the cells name columns: some are words, and none is a number.

    Raises :class:`ValueError` for words beside numbers: a point with a slip in it, taken for a header, would be missed
    by nobody, and each point after it have the index of another one.
    """
    # What looks like a number and is refused, such as 1e-99999 or 1/0, is no word: its line must be told.
    words = [cell for cell in cells if not _LIKE_A_NUMBER.fullmatch(cell)]
    # Nor is what stands for a missing or undefined number.
    named = any(word.lower().lstrip("+-") not in ("", "nan", "inf", "infinity", "na", "null") for word in words)
    if named and len(words) < len(cells):
        try:
            _check_numbers(cells, where)
        except ValueError as error:
            raise ValueError(f"{error}; if the line is a header, each of its names must be a word") from error
    return named


def _check_separator(cells, where):
    r"""Raise :class:`ValueError` for a line whose only cell is a row of numbers between other separators."""
    if len(cells) == 1:
        for separator, name in ((";", "semicolons"), ("\t", "tabs"), (None, "spaces")):
            parts = cells[0].split(separator)
            if len(parts) > 1 and all(_LIKE_A_NUMBER.fullmatch(part.strip()) for part in parts):
                raise ValueError(f"{where}, must have commas between its entries, and there are {name}")


def _place(label_column, header, width, what):
    if label_column is None:
        return None
    if isinstance(label_column, str):
        names = header or ()
        if names.count(label_column) == 1:
            return names.index(label_column)
        if not label_column.lstrip("-").isdigit():
            there = ", ".join(map(repr, names[:10])) if names else "none, since it has no header"
            raise ValueError(f"{what} must have one column {label_column!r}; its columns are {there}")
        label_column = int(label_column)
    if isinstance(label_column, bool) or not hasattr(label_column, "__index__"):
        raise TypeError(f"label_column must be a name or an index, not {label_column!r}")
    if not -width <= label_column < width:
        raise ValueError(f"label_column must be an index below {width}, the columns of {what}, got {label_column!r}")
    return int(label_column) % width


def _check_numbers(cells, where):
    # All at once when they are plain, which most are; one by one otherwise. What passes here is a number later, too.
    if not _are_plain(cells):
        for column, cell in enumerate(cells):
            rational(cell, f"{where}, column {column},")


def _are_plain(cells):
    try:
        finite = all(map(math.isfinite, map(float, cells)))
    except ValueError:
        return False
    text = ",".join(cells)
    return finite and text.isascii() and "_" not in text and not _LONG_EXPONENT.search(text)


def _label(cell, where, column):
    value = rational(cell, f"{where}, column {column},")
    if value.denominator() != 1:
        raise ValueError(f"{where}, column {column}, must hold a label, an integer, got {cell!r}")
    return int(value)
