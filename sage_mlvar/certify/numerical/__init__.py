r"""
The certifier "numerical": all critical points of the distance by homotopies, proved one by one in ball arithmetic.
"""

from .certifier import NumericalCertifier

__all__ = ["NumericalCertifier"]
