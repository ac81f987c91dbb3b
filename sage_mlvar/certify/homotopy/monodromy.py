r"""
More solutions from known ones, by moving the data point, a constant and the metric around closed loops.

The solutions ``(y, l)`` for all data points v, functions ``h + c`` and metrics K form one irreducible set, since y, l
and K are free and determine v and c: on its way around a loop of complex triples (v, c, K) a solution becomes any other
one, for a suitable loop. Random triangles roughly double the number of known solutions each, until there are no more.
The first solution is one for a pair (v, c) made to fit.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar.certify.homotopy.monodromy import fill, one_solution
    sage: from sage_mlvar.certify.homotopy.start import Diagonal
    sage: from sage_mlvar.certify.homotopy.systems import Lagrange
    sage: h = Diagonal.random(3, 2, seed=1)
    sage: fill(Lagrange(h), numpy.zeros(2), h.solutions()[:1], 9, numpy.random.default_rng(int(1))).shape
    (9, 3)
    sage: constant, data, point = one_solution(Lagrange(h), numpy.random.default_rng(int(1)), 2)
    sage: value = Lagrange(h).at(point, data)[0] + numpy.array([0, 0, constant])
    sage: bool(abs(value).max() < 1e-12)
    True

REFERENCES: Duff, Hill, Jensen, Lee, Leykin, Sommars, *Solving polynomial systems via homotopy continuation and
monodromy*, 2019.
"""

from itertools import pairwise

import numpy

from ... import _sage  # noqa: F401
from .start import complex_normal
from .systems import LoopHomotopy
from .tracking import track

__all__ = ["fill", "one_solution"]

#: Loops without a new solution after which the search ends.
_PATIENCE = 6
#: Points closer than this, relative to their size, are one.
_SAME = 1e-6


def fill(system, data, points, most, source, deadline=None, accuracy=1e-3, patience=_PATIENCE):
    r"""
    Return the solutions for the data point ``data`` that loops lead to from ``points``, at most ``most``.

    INPUT: ``system`` -- a :class:`~sage_mlvar.certify.homotopy.systems.Lagrange` system, of a function of size 1;
    ``source`` -- a generator of random numbers of NumPy; ``patience`` -- loops without a new solution after which the
    search ends; the rest as for :func:`~sage_mlvar.certify.homotopy.tracking.track`
    """
    points = distinct(points, deadline)
    idle = 0
    here = data, 0, numpy.eye(len(data)) if system.gram is None else system.gram
    while len(points) < most and idle < patience:
        # Loops of different size go around different branch points.
        size = 4.0 ** source.uniform(-1, 1)
        corners = [here, *(_corner(here, size, source) for _ in range(2)), here]
        moved = points
        for one, other in pairwise(corners):
            paths = track(LoopHomotopy(system.function, one, other), moved, deadline, accuracy)
            moved = paths.points[paths.arrived]
        before = len(points)
        points = distinct(numpy.concatenate([points, moved]), deadline)
        idle = idle + 1 if len(points) == before else 0
    return points


def _corner(here, size, source):
    data, constant, gram = here
    turn = complex_normal(source, *gram.shape)
    return (
        data + complex_normal(source, len(data)) * (1 + abs(data).max()) * size,
        constant + complex_normal(source) * size,
        gram + (turn + turn.T) / 2 * size,
    )


def one_solution(system, source, variables):
    r"""Return a constant, a data point and an array of one solution for them, with random coordinates."""
    y = complex_normal(source, 1, variables)
    multiplier = complex_normal(source, 1)
    point = numpy.concatenate([y, multiplier[:, None]], 1)
    values = system.at(point, numpy.zeros(variables))[0][0]
    return -values[-1], values[:-1], point


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
