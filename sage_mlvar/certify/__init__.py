r"""
Robustness certificates: how far a data point is from the nearest failure of a classifier, proved.

EXAMPLES:

A circle of radius 2 around the origin, and a data point at distance 1 from its centre::

    sage: from sage_mlvar import PolynomialClassifier
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: C.certify([1, 0])
    class 0 within distance 1 of class 1, proved: distance in [1.00000000, 1.00000000] (quadric)
    sage: C.certify([1, 0], radius="0.9").verdict, C.certify([1, 0], radius="1.1").verdict
    ('robust', 'not robust')

REFERENCES: arXiv 2602.06105.
"""

from .base import Bound, Certifier, Nearest, Outcome, Question, Witness
from .certificate import RobustnessCertificate
from .certify import certify
from .many import Results, certify_many
from .registry import get, table

__all__ = [
    "Bound",
    "Certifier",
    "Nearest",
    "Outcome",
    "Question",
    "Results",
    "RobustnessCertificate",
    "Witness",
    "certify",
    "certify_many",
    "get",
    "table",
]
