r"""
Parameter homotopies in NumPy, and interval proofs of what they find.

EXAMPLES::

    sage: from sage_mlvar.certify.homotopy import number_of_solutions
    sage: number_of_solutions(3, 8)
    765
"""

from .balls import Balls
from .counts import number_of_solutions
from .exact import BoundarySystem
from .krawczyk import prove_discs, sharpen
from .start import Diagonal
from .tracking import track

__all__ = [
    "Balls",
    "BoundarySystem",
    "Diagonal",
    "number_of_solutions",
    "prove_discs",
    "sharpen",
    "track",
]
