r"""
The certifier "quadric": one multiplier for each boundary of a network with one hidden layer and activation `z^2`.
"""

from .certifier import QuadricCertifier

__all__ = ["QuadricCertifier"]
