from .map import PolynomialMap
from .symmetry import Permutation, Symmetry
