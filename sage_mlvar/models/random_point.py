r"""
Random real points of a boundary, where random rational lines meet it.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.models.random_point import random_boundary_point
    sage: V = PolynomialClassifier([[[1, 2]], [[1], [0]]], [[0], [0, 1]]).boundary()
    sage: V.polynomial()(*random_boundary_point(V, int(1)))
    0
"""

import random

from .. import _sage  # noqa: F401
from ..errors import OutOfReachError
from ..univariate import real_roots

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["random_boundary_point"]

_LINES = 100


def random_boundary_point(boundary, seed):
    r"""Return a point over ``AA``; see :meth:`.DecisionBoundary.random_point`."""
    source = random.Random(seed)
    line = PolynomialRing(QQ, "s")
    n = boundary.ring().ngens()
    for _ in range(_LINES):
        ends = [[QQ(source.randint(-1000, 1000)) / 100 for _ in range(n)] for _ in range(2)]
        on_line = boundary.value([line([a, b - a]) for a, b in zip(*ends)], ring=line)
        roots = [QQ(source.randint(-1000, 1000)) / 100] if on_line.is_zero() else real_roots(on_line)
        if roots:
            root = source.choice(roots)
            return [a + root * (b - a) for a, b in zip(*ends)]
    raise OutOfReachError(
        f"no real point found on {_LINES} random lines; the boundary may be empty: "
        "see whether polynomial() has one sign"
    )
