r"""
Following the solutions of a homotopy, all paths at once.

Each path has its own time and step. A step is predicted by the classical Runge-Kutta method for ``x' = -J^(-1) F_t``
and corrected by Newton's method; it counts when the corrections are small and contract fast, and its length follows
the size of the first correction, the error of the prediction.

Nothing is proved here: a path may jump to another one, which a later count of the solutions shows.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar.certify.homotopy.start import Diagonal
    sage: from sage_mlvar.certify.homotopy.systems import DataHomotopy, Lagrange
    sage: from sage_mlvar.certify.homotopy.tracking import track
    sage: h = Diagonal.random(3, 2, seed=1)
    sage: homotopy = DataHomotopy(Lagrange(h), numpy.zeros(2), numpy.array([1.0, 2.0]))
    sage: paths = track(homotopy, h.solutions())
    sage: paths.points.shape, bool(paths.arrived.all())
    ((9, 3), True)
    sage: bool(abs(Lagrange(h).at(paths.points, numpy.array([1.0, 2.0]))[0]).max() < 1e-9)
    True

REFERENCES: Sommese, Wampler, *The Numerical Solution of Systems of Polynomials*, 2005, Chapter 2.
"""

from dataclasses import dataclass

import numpy

from ... import _sage  # noqa: F401

__all__ = ["Paths", "blocks", "newton", "track"]

#: Entries of the Jacobian matrices that are treated at once: few enough for the cache, and for a look at the clock now
#: and then; many enough for the work to be that of NumPy.
_ENTRIES = 50_000
#: A path farther out than this has gone to infinity.
_FAR = 1e12
_SHORTEST = 1e-12


@dataclass(frozen=True)
class Paths:
    r"""
    The ends of paths: the array ``points``, which ``arrived`` at time 1, and how many rounds of ``steps`` it took.
    """

    points: object
    arrived: object
    steps: int


def blocks(points):
    r"""
    Return slices that cut the rows of an array into blocks which are treated at once.

    EXAMPLES::

        sage: import numpy
        sage: from sage_mlvar.certify.homotopy.tracking import blocks
        sage: [(part.start, part.stop) for part in blocks(numpy.zeros((12, 101)))]
        [(0, 4), (4, 8), (8, 12)]
    """
    count, length = points.shape
    size = max(1, _ENTRIES // length**2)
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


def track(homotopy, points, deadline=None, accuracy=1e-3, first_step=0.1, most_steps=20000):
    r"""
    Follow the paths of a homotopy from time 0 to time 1.

    INPUT:

    - ``homotopy`` -- has ``at(points, times)``, with values, Jacobians and derivatives by the time
    - ``points`` -- array, one solution at time 0 in each row
    - ``deadline`` -- :class:`~sage_mlvar.options.Deadline`, or ``None``
    - ``accuracy`` -- the largest relative error of a prediction
    - ``first_step`` -- the length of the first step
    - ``most_steps`` -- rounds after which paths are given up

    OUTPUT: a :class:`Paths`
    """
    points = numpy.array(points, dtype=complex)
    times, steps = numpy.zeros(len(points)), numpy.full(len(points), float(first_step))
    running, rounds = numpy.ones(len(points), dtype=bool), 0
    with numpy.errstate(all="ignore"):
        while running.any() and rounds < most_steps:
            rounds += 1
            active = numpy.flatnonzero(running)
            h = numpy.minimum(steps[active], 1 - times[active])
            ends = []
            for part in blocks(points[active]):
                if deadline is not None:
                    deadline.check("following solutions")
                some = active[part]
                ends.append(_step(homotopy, points[some], times[some], h[part], accuracy))
            end, error, good = (numpy.concatenate(found) for found in zip(*ends))
            moved = active[good]
            points[moved] = end[good]
            times[moved] = numpy.where(h >= 1 - times[active], 1.0, times[active] + h)[good]
            factor = (0.3 * accuracy / numpy.maximum(error, 1e-300)) ** 0.2
            factor = numpy.clip(numpy.where(numpy.isfinite(factor), factor, 0.2), 0.2, 3)
            steps[active] = numpy.where(good, h * factor, h * numpy.minimum(factor, 0.5))
            running[active] = (times[active] < 1) & (steps[active] > _SHORTEST) & (abs(points[active]).max(1) < _FAR)
    return Paths(points, times >= 1, rounds)


def _step(homotopy, x, t, h, accuracy):
    r"""Return the points after one step, the relative errors of the prediction, and which steps count."""

    def velocity(x, t):
        _, J, change = homotopy.at(x, t)
        return -_solve(J, change)

    d = h[:, None]
    k1 = velocity(x, t)
    k2 = velocity(x + d / 2 * k1, t + h / 2)
    k3 = velocity(x + d / 2 * k2, t + h / 2)
    k4 = velocity(x + d * k3, t + h)
    guess = x + d / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    sizes, point = [], guess
    for _ in range(2):
        F, J, _ = homotopy.at(point, t + h)
        correction = _solve(J, F)
        point = point - correction
        sizes.append(correction)
    # Multipliers can be much larger than coordinates, and must not hide their errors.
    first, second = (_relative(correction, point) for correction in sizes)
    return point, first, (first < accuracy) & (second < 1e-3 * first + 1e-12)


def _relative(error, point):
    parts = [abs(error[:, part]).max(1) / (abs(point[:, part]).max(1) + 1e-3) for part in (slice(-1), slice(-1, None))]
    return numpy.maximum(*parts)


def _solve(J, b):
    r"""Solve linear systems; a singular matrix gives numbers that are not finite for its own row only."""
    try:
        return numpy.linalg.solve(J, b[:, :, None])[:, :, 0]
    except numpy.linalg.LinAlgError:
        result = numpy.full_like(b, numpy.nan)
        for k, matrix in enumerate(J):
            try:
                result[k] = numpy.linalg.solve(matrix, b[k])
            except numpy.linalg.LinAlgError:
                continue
        return result


def newton(system, points, data, rounds=2):
    r"""Return the points after a few Newton steps."""
    with numpy.errstate(all="ignore"):
        for _ in range(rounds):
            F, J = system.at(points, data)
            points = points - _solve(J, F)
    return points
