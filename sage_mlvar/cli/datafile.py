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
    [(51/10, 7/2), (49/10, 3)]
"""

__all__ = ["read_inputs"]


def read_inputs(path, width):
    r"""
    Return the rows of a file of inputs, exact.

    INPUT:

    - ``path`` -- path of a file that :func:`sage_mlvar.datasets.read` takes, such as a ``.csv`` or a ``.npy`` file
    - ``width`` -- positive integer; number of entries of an input

    OUTPUT: list of tuples of rational numbers
    """
    from ..datasets import read

    return list(read(path, features=width).points)
