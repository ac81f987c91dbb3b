r"""
More solutions from known ones, by moving the data point around closed loops.

The critical points of an irreducible boundary for all data points form one irreducible covering of the data space: on
its way around a loop of complex data points a solution becomes any other one, for a suitable loop. Random triangles
roughly double the number of known solutions each, until there are no more.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar.certify.homotopy.monodromy import fill
    sage: from sage_mlvar.certify.homotopy.start import Diagonal
    sage: from sage_mlvar.certify.homotopy.systems import Lagrange
    sage: h = Diagonal.random(3, 2, seed=1)
    sage: fill(Lagrange(h), numpy.zeros(2), h.solutions()[:1], 9, numpy.random.default_rng(int(1))).shape
    (9, 3)

REFERENCES: Duff, Hill, Jensen, Lee, Leykin, Sommars, *Solving polynomial systems via homotopy continuation and
monodromy*, 2019.
"""

from itertools import pairwise

import numpy

from ... import _sage  # noqa: F401
from .start import complex_normal
from .systems import DataHomotopy
from .tracking import track

__all__ = ["fill"]

#: Loops without a new solution after which the search ends.
_PATIENCE = 6
#: Points closer than this, relative to their size, are one.
_SAME = 1e-6


def fill(system, data, points, most, source, deadline=None, accuracy=1e-3):
    r"""
    Return the solutions for the data point ``data`` that loops lead to from ``points``, at most ``most``.

    INPUT: ``system`` -- a :class:`~sage_mlvar.certify.homotopy.systems.Lagrange` system; ``source`` -- a generator of
    random numbers of NumPy; the rest as for :func:`~sage_mlvar.certify.homotopy.tracking.track`
    """
    points = distinct(points, deadline)
    idle = 0
    while len(points) < most and idle < _PATIENCE:
        # Loops of different size go around different branch points.
        reach = (1 + abs(data).max()) * 4.0 ** source.uniform(-1, 2)
        corners = [data, *(data + complex_normal(source, 2, len(data)) * reach), data]
        moved = points
        for one, other in pairwise(corners):
            paths = track(DataHomotopy(system, one, other), moved, deadline, accuracy)
            moved = paths.points[paths.arrived]
        before = len(points)
        points = distinct(numpy.concatenate([points, moved]), deadline)
        idle = idle + 1 if len(points) == before else 0
    return points


def distinct(points, deadline=None):
    r"""Return the rows of an array without those that are nearly equal to an earlier one."""
    if len(points) < 2:
        return points
    typical = numpy.median(abs(points), axis=0)
    scaled = points / numpy.where(typical > 0, typical, 1)
    weights = numpy.exp(1j * numpy.sqrt(numpy.arange(2, points.shape[1] + 2)))
    value = (scaled @ weights).real
    order = numpy.argsort(value, kind="stable")
    sizes = 1 + abs(scaled).max(1)
    kept = numpy.ones(len(points), dtype=bool)
    for place, k in enumerate(order):
        # Where all points are one, all pairs are compared.
        if deadline is not None:
            deadline.check("comparing solutions")
        for j in order[place + 1 :]:
            if value[j] - value[k] > 2 * _SAME * points.shape[1] * max(sizes[j], sizes[k]):
                break
            if abs(scaled[j] - scaled[k]).max() <= _SAME * max(sizes[j], sizes[k]):
                kept[max(j, k)] = False
    return points[kept]
