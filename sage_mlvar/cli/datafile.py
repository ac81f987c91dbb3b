r"""
Inputs of a network from a file: one input per row.

EXAMPLES::

    sage: import tempfile
    sage: from pathlib import Path
    sage: from sage_mlvar.cli.datafile import read_inputs
    sage: with tempfile.TemporaryDirectory() as folder:
    ....:     path = Path(folder, "flowers.csv")
    ....:     _ = path.write_text("length,width\n5.1,3.5\n4.9,3\n")
    ....:     read_inputs(path, 2)
    [['5.1', '3.5'], ['4.9', '3']]
"""

import csv
from pathlib import Path

__all__ = ["read_inputs"]


def read_inputs(path, width):
    r"""
    Return the rows of a file of inputs.

    INPUT:

    - ``path`` -- a ``.csv`` file, a header allowed, whose numbers are taken as the decimals or fractions they are; or
      a ``.npy`` file of a two-dimensional array, whose floats are taken as the dyadic rationals they are
    - ``width`` -- positive integer; number of entries of an input

    OUTPUT: list of lists of strings or numbers
    """
    path = Path(path)
    readers = {".csv": _read_csv, ".npy": _read_npy}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ValueError(f"data file {str(path)!r} must be a .csv or a .npy file")
    rows = reader(path)
    if not rows:
        raise ValueError(f"data file {str(path)!r} must hold at least one input, got none")
    for number, row in enumerate(rows):
        if len(row) != width:
            raise ValueError(
                f"data file {str(path)!r} must have {width} entries per input, got {len(row)} in input {number}"
            )
    return rows


def _read_csv(path):
    from ..exact import rational

    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = [[cell.strip() for cell in row] for row in csv.reader(file) if any(cell.strip() for cell in row)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"data file {str(path)!r} must be comma-separated text: {error}") from error
    if rows:
        try:
            for cell in rows[0]:
                rational(cell)
        except ValueError:
            del rows[0]  # a header
    return rows


def _read_npy(path):
    import numpy

    try:
        array = numpy.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ValueError(f"data file {str(path)!r} must be a NumPy array of numbers: {error}") from error
    if array.ndim != 2 or array.dtype.kind not in "iuf":
        raise ValueError(
            f"data file {str(path)!r} must be a two-dimensional array of numbers, got shape {array.shape} and dtype "
            f"{array.dtype}"
        )
    return array.tolist()
