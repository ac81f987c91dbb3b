r"""
Local search for the nearest failure, in floating point, vectorized over many starts.

A direction stands for the first failure on its ray (with a domain: on the ray cut off at the sides). On the first rays
it is found between the roots of the polynomial that the network is there, however close they are. Directions are turned
towards the steepest descent at their failures as long as these come nearer; then, without a domain and in the Euclidean
norm, Newton's method for the Lagrange equations finishes.

EXAMPLES::

    sage: from sage_mlvar.certify.bounds.ball import Region
    sage: from sage_mlvar.certify.bounds.local import LocalNetwork
    sage: from sage_mlvar.certify.bounds.search import nearest_failures
    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.bounds.separations import Separations
    sage: C = PolynomialClassifier([[[1, 0], [0, 2]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: g = Separations(C).between(0, 1, [0, 0])
    sage: found = nearest_failures(LocalNetwork(g, None, 0), Region("euclidean", None), seed=0)
    sage: abs(found[0][0] - 1) < 1e-9, float(abs(found[0][1][1]).round(6)) == 1
    (True, True)

REFERENCES: J. Nocedal, S. Wright, *Numerical optimization*, 2006, Chapter 18, for the final step.
"""

import numpy
from numpy.polynomial import chebyshev

from ... import _sage  # noqa: F401

__all__ = ["first_failures", "length", "nearest_failures"]

_GRID = 1.12
#: Polynomials on rays have at most this degree, and intervals on them this ratio.
_LARGEST_DEGREE = 32
_FARTHER = 4.0


def length(points, norm):
    r"""Return the norms of the rows of an array."""
    if norm == "maximum":
        return numpy.abs(points).max(axis=-1, initial=0.0)
    return numpy.sqrt((points**2).sum(axis=-1))


def _on(directions, times, region):
    points = directions * times[..., None]
    if region.sides is not None:
        points = numpy.clip(points, region.sides[:, 0], region.sides[:, 1])
    return points


def first_failures(local, region, directions, times):
    r"""
    Return for each direction a time at which its ray is a failure, the first one that the grid sees; or infinity.

    INPUT: ``times`` -- array, the grid of each direction in its row, increasing
    """
    count, size = times.shape
    points = _on(numpy.repeat(directions, size, axis=0), times.reshape(-1), region)
    values = _values(local, points).reshape(count, size)
    bad = values <= 0
    hit = bad.argmax(axis=1)
    every = numpy.arange(count)
    some = bad[every, hit]
    index = numpy.flatnonzero(some)
    before = numpy.maximum(hit - 1, 0)
    high = numpy.where(some, times[every, hit], numpy.inf)
    up, low = high[index], numpy.where(hit > 0, times[every, before], 0.0)[index]
    above = values[every, hit][index]
    below = numpy.where(hit > 0, values[every, before], local.constant)[index]
    ahead = directions[index]
    # Regula falsi (Illinois), and a bisection now and then.
    for step in range(40):
        if not len(up) or ((up - low) <= 1e-13 * up).all():
            break
        with numpy.errstate(all="ignore"):
            middle = (low * above - up * below) / (above - below)
        bad_guess = ~((middle > low) & (middle < up)) | (step % 4 == 3)
        middle = numpy.where(bad_guess, (low + up) / 2, middle)
        value = _values(local, _on(ahead, middle, region))
        beyond = value <= 0
        below = numpy.where(beyond, below * 0.5, value)
        above = numpy.where(beyond, value, above * 0.5)
        up, low = numpy.where(beyond, middle, up), numpy.where(beyond, low, middle)
    high[index] = up
    return high


def _values(local, points, batch=4096):
    parts = [local.values(points[k : k + batch]) for k in range(0, len(points), batch)]
    return numpy.concatenate(parts) if parts else numpy.zeros(0)


def nearest_failures(
    local, region, seed=0, starts=24, rounds=30, nearest=1e-3, farthest=1e5, extra=None, check=lambda: None
):
    r"""
    Return failures, nearest first: pairs of a distance and a point, in the coordinates of ``local``.

    INPUT:

    - ``local`` -- a :class:`~sage_mlvar.certify.bounds.local.LocalNetwork`
    - ``region`` -- a :class:`~sage_mlvar.certify.bounds.ball.Region`
    - ``nearest``, ``farthest`` -- where to look on the first rays
    - ``extra`` -- further directions, an array, or ``None``
    """
    source = numpy.random.default_rng(int(seed))
    m = local.dimension
    slope = -local.gradients(numpy.zeros((1, m)))
    slope = slope[numpy.isfinite(slope).all(axis=1)]
    directions = numpy.concatenate([slope, -slope, source.standard_normal((starts, m))])
    if m <= starts:
        directions = numpy.concatenate([directions, numpy.eye(m), -numpy.eye(m)])
    if region.norm == "maximum":
        directions = numpy.concatenate([directions, numpy.sign(directions)])
    if extra is not None:
        directions = numpy.concatenate([directions, extra])
    directions = _unit(directions, region.norm)
    grid = nearest * _GRID ** numpy.arange(int(numpy.log(farthest / nearest) / numpy.log(_GRID)) + 2)
    grid = numpy.tile(grid, (len(directions), 1))
    if region.sides is None:
        grid = numpy.sort(
            numpy.concatenate([grid, _between_roots(local, directions, nearest, farthest)], axis=1), axis=1
        )
    times = first_failures(local, region, directions, grid)
    alive = numpy.isfinite(times)
    directions, times = directions[alive], times[alive]
    if not len(times):
        return []
    directions, times = _descend(local, region, directions, times, rounds, check)
    points = _on(directions, times, region)
    distances = length(points, region.norm)
    order = numpy.argsort(distances)
    result = [(float(distances[k]), points[k]) for k in order]
    if region.sides is None and region.norm == "euclidean":
        result += [pair for pair in (_polish(local, point) for _, point in result[:3]) if pair is not None]
        result.sort(key=lambda pair: pair[0])
    return result


def _between_roots(local, directions, nearest, farthest):
    r"""
    Return times between the roots of the network on rays, an array with as many columns as needed.

    Chebyshev interpolation on intervals of different length sees the roots in the farther part of each.
    """
    degree = int(numpy.prod([C.shape[1] - 1 for C in local.coefficients]))
    if not 2 <= degree <= _LARGEST_DEGREE:
        return numpy.empty((len(directions), 0))
    nodes = (1 + numpy.cos(numpy.pi * (numpy.arange(degree + 1) + 0.5) / (degree + 1))) / 2
    change = numpy.linalg.inv(chebyshev.chebvander(2 * nodes - 1, degree))
    roots = [[] for _ in directions]
    size = nearest
    while size < farthest:
        size *= _FARTHER
        points = (directions[:, None, :] * (size * nodes)[None, :, None]).reshape(-1, directions.shape[1])
        values = _values(local, points).reshape(len(directions), -1) @ change.T
        for found, series in zip(roots, values):
            series = chebyshev.chebtrim(series, 1e-15 * numpy.abs(series).max())
            if numpy.isfinite(series).all() and len(series) > 1:
                zeros = chebyshev.chebroots(series)
                zeros = (1 + zeros[numpy.abs(zeros.imag) < 1e-6].real) / 2
                found.extend(size * zeros[(zeros > 0.9 / _FARTHER) & (zeros <= 1)])
    times = numpy.full((len(directions), max(map(len, roots), default=0)), float(farthest))
    for row, found in zip(times, roots):
        found = numpy.sort(found)
        row[: len(found)] = numpy.append((found[1:] + found[:-1]) / 2, 1.01 * found[-1:])
    return times


def _unit(directions, norm):
    sizes = length(directions, norm)
    keep = (sizes > 0) & numpy.isfinite(sizes)
    return directions[keep] / sizes[keep, None]


def _descend(local, region, directions, times, rounds, check):
    count = len(times)
    share = numpy.full(count, 0.7)
    for _ in range(rounds):
        check()
        points = _on(directions, times, region)
        slopes = -local.gradients(points)
        slopes[~numpy.isfinite(slopes)] = 0.0
        if region.sides is not None:
            # Coordinates that are stuck at a side do not move.
            stuck = ((points <= region.sides[:, 0]) & (slopes < 0)) | ((points >= region.sides[:, 1]) & (slopes > 0))
            slopes = numpy.where(stuck, 0.0, slopes)
        if region.norm == "maximum":
            slopes = numpy.sign(slopes)
        sizes = length(slopes, region.norm)
        sizes[sizes == 0] = 1.0
        turned = (1 - share)[:, None] * directions + share[:, None] * slopes / sizes[:, None]
        sizes = length(turned, region.norm)
        sizes[sizes == 0] = 1.0
        turned = turned / sizes[:, None]
        now = length(points, region.norm)
        # In a domain a ray may be longer than the distance of its failure.
        fractions = numpy.append(numpy.linspace(0.4, 0.98, 9), 1 - 10.0 ** -numpy.arange(2, 13))
        grid = now[:, None] * fractions
        found = first_failures(local, region, turned, grid)
        better = numpy.isfinite(found)
        directions = numpy.where(better[:, None], turned, directions)
        times = numpy.where(better, found, times)
        share = numpy.where(better, numpy.minimum(1.0, share * 1.3), share * 0.4)
        if (share < 1e-9).all():
            break
    return directions, times


def _polish(local, point, steps=12):
    r"""Return distance and point after Newton's method on ``y = t grad g(y), g(y) = 0``, or ``None``."""
    y = point.copy()
    m = len(y)
    gradient = local.gradients([y])[0]
    size = float(gradient @ gradient)
    if not numpy.isfinite(size) or not size:
        return None
    t = float(y @ gradient) / size
    for _ in range(steps):
        H = local.hessian(y)
        value = local.values([y])[0]
        if not (numpy.isfinite(H).all() and numpy.isfinite(value)):
            return None
        system = numpy.zeros((m + 1, m + 1))
        system[:m, :m] = numpy.eye(m) - t * H
        system[:m, m] = -gradient
        system[m, :m] = gradient
        try:
            step = numpy.linalg.solve(system, -numpy.append(y - t * gradient, value))
        except numpy.linalg.LinAlgError:
            return None
        y, t = y + step[:m], t + step[m]
        gradient = local.gradients([y])[0]
        if not numpy.isfinite(gradient).all():
            return None
        if numpy.abs(step[:m]).max() <= 1e-15 * numpy.abs(y).max():
            break
    distance = float(numpy.sqrt(y @ y))
    close = numpy.abs(local.values([y])[0]) <= 1e-9 * max(1.0, float(numpy.abs(gradient).max()) * distance)
    return (distance, y) if close and numpy.isfinite(distance) and distance > 0 else None
