r"""
The certifier "critical": all critical points of the distance by computer algebra, and what is nearest among them.
"""

from .certifier import CriticalCertifier

__all__ = ["CriticalCertifier"]
