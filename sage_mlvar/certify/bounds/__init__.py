r"""
The certifier "bounds": proofs by quadratic functions and subdivision, and the search for failures.

The search, in floating point, is one thing, and the proof, in ball arithmetic by :mod:`sage_mlvar.check`, another.
"""

from .certifier import BoundsCertifier

__all__ = ["BoundsCertifier"]
