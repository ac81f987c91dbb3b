r"""
Numbers of real critical points over a plane of data points, with a picture.

The ED discriminant cuts the plane into regions. A grid is laid over a window; two neighbours of the grid are joined
when the segment between them does not meet the discriminant, by exact root counting. The points joined form the
regions *that the grid sees*: regions between its points go unnoticed, and one region may appear as several. At one
point of each the number of real critical points is exact. (It can change inside a region only where critical points
leave for infinity or pass through singular points of the boundary.)

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: V = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 2], [0, 0]]], [[0, 0], [-3, 0]]).boundary()
    sage: chambers = V.chambers(grid=12); chambers
    numbers of real critical points over a plane: 2 in 1 region, 4 in 1 region
    sage: figure = chambers.plot(u=["1/3", "1/4"])

REFERENCES: Draisma et al., *The Euclidean distance degree of an algebraic variety*, 2016, section 7.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import flint
import numpy as np

from .. import _sage  # noqa: F401
from ..computation import PROBABLE, PROVED, Computation
from ..errors import BackendMemoryError, BackendTimeout, OutOfReachError

from sage.arith.functions import lcm
from sage.rings.rational_field import QQ

__all__ = ["Chambers", "Sample", "boundary_chambers"]

_MOST_REGIONS = 200


@dataclass(frozen=True)
class Sample:
    r"""
    A point of a region with its exact number of real critical points.

    - ``parameters`` -- its coordinates ``(s, t)`` on the slice
    - ``point`` -- the data point
    - ``real`` -- number of isolated real critical points
    - ``sets`` -- number of components of positive dimension among the critical and singular points
    - ``status`` -- status of the record of the critical points
    - ``size`` -- number of grid points in the region
    """

    parameters: tuple
    point: tuple
    real: int
    sets: int
    status: str
    size: int

    def to_dict(self):
        r"""Return the sample as plain data."""
        return {
            "parameters": [str(c) for c in self.parameters],
            "point": [str(c) for c in self.point],
            "real": self.real,
            "sets": self.sets,
            "status": self.status,
            "size": self.size,
        }


class Chambers:
    r"""
    The regions that a grid sees.

    - ``samples`` -- tuple of :class:`Sample`, one per region
    - ``labels`` -- array; for each grid point (by ``t``, ``s``) the index of its sample, -1 on the discriminant
    - ``axes`` -- the pair of lists of rational grid coordinates ``s`` and ``t``
    - ``discriminant`` -- polynomial in ``s, t`` whose zeros separate the regions, ``None`` when it was out of reach and
      every grid point was counted by itself
    """

    def __init__(self, boundary, slice, axes, labels, samples, discriminant):
        self.boundary, self.slice, self.axes = boundary, slice, axes
        self.labels, self.samples, self.discriminant = labels, tuple(samples), discriminant

    def __repr__(self):
        found = Counter(sample.real for sample in self.samples)
        parts = [f"{real} in {n} region{'s' if n > 1 else ''}" for real, n in sorted(found.items())]
        return f"numbers of real critical points over a plane: {', '.join(parts)}"

    def counts(self):
        r"""Return the sorted list of the numbers of real critical points that occur."""
        return sorted({sample.real for sample in self.samples})

    def to_dict(self):
        r"""Return the regions as plain data."""
        return {
            "slice": [[str(c) for c in point] for point in self.slice],
            "discriminant": None if self.discriminant is None else str(self.discriminant),
            "samples": [sample.to_dict() for sample in self.samples],
        }

    def plot(self, u=None, **options):
        r"""
        Return a picture: regions coloured by count, discriminant, boundary, and the critical points of ``u``.

        INPUT:

        - ``u`` -- data point in the plane, marked together with its real critical points (those in the plane) and the
          nearest of them; ``None``: none
        - the options of :func:`sage_mlvar.options.resolve`, for the critical points

        OUTPUT: a Matplotlib ``Figure``, which a notebook shows; ``savefig("chambers.png")`` writes it to a file
        """
        from .chambers_plot import draw

        return draw(self, u, options)

    def parameters_of(self, point):
        r"""Return the coordinates of a point in the plane of the slice, ``None`` when it is not there (up to 1e-9)."""
        base, *others = (np.array([float(c) for c in corner]) for corner in self.slice)
        away = np.array([float(c) for c in point]) - base
        frame = np.array([other - base for other in others])
        found, *_ = np.linalg.lstsq(frame.T, away, rcond=None)
        return tuple(found) if np.abs(frame.T @ found - away).max() <= 1e-9 * (1 + np.abs(away).max()) else None


def boundary_chambers(boundary, options, slice, window, grid):
    r"""Return the record of the chambers over a plane slice; its value is a :class:`Chambers`."""
    n = boundary.ring().ngens()
    if slice is None and n != 2:
        raise ValueError(f"slice must be given, three points of the plane: the data space has dimension {n}")
    corners = slice or ((QQ(0), QQ(0)), (QQ(1), QQ(0)), (QQ(0), QQ(1)))
    if len(corners) != 3:
        raise ValueError(f"slice must have 3 points (a plane), got {len(corners)}")
    limits = options.limits()
    polynomial = None
    try:
        # Half of the time: without the discriminant every grid point is counted by itself.
        half = None if options.timeout is None else options.timeout / 2
        record = boundary.compute("discriminant", slice=corners, timeout=half, memory=options.memory, seed=options.seed)
        polynomial = record.value.ring().one()
        for factor in record.details["hypersurface"]:
            polynomial *= factor
    except (BackendTimeout, BackendMemoryError, OutOfReachError):
        grid = min(grid, 12)
    axes = [_nodes(low, high, grid) for low, high in window]
    labels = np.arange(grid * grid).reshape(grid, grid) if polynomial is None else _components(polynomial, axes)
    regions = [np.argwhere(labels == k) for k in range(labels.max() + 1)]
    if len(regions) > _MOST_REGIONS and polynomial is not None:
        raise OutOfReachError(f"the grid sees {len(regions)} regions; take a smaller window= or another grid=")
    samples = []
    for region in regions:
        limits.deadline.check("counting critical points of the regions")
        j, i = _inner(region, labels)
        parameters = axes[0][i], axes[1][j]
        point = _at(corners, parameters)
        record = boundary.compute(
            "critical_points", u=point, timeout=limits.deadline.remaining(), memory=options.memory, seed=options.seed
        )
        value = record.value
        samples.append(Sample(parameters, point, len(value.real()), len(value.sets), record.status, len(region)))
    proved = all(sample.status == PROVED for sample in samples)
    seen = f"each of the {len(samples)} regions that a {grid} x {grid} grid sees; smaller ones go unnoticed"
    argument = f"exact at one point of {seen}"
    return Computation(
        "chambers",
        Chambers(boundary, corners, axes, labels, samples, polynomial),
        PROVED if proved else PROBABLE,
        argument,
        seed=options.seed,
        details={"counts": tuple(sorted({sample.real for sample in samples}))},
    )


def _nodes(low, high, number):
    # Not through the centre or at simple fractions, where symmetric discriminants have their singular points.
    step = (high - low) / number
    return [low + step * (k + QQ((37, 80))) for k in range(number)]


def _at(slice, parameters):
    return tuple(
        base + sum(w * (point[k] - base) for w, point in zip(parameters, slice[1:])) for k, base in enumerate(slice[0])
    )


def _components(polynomial, axes):
    r"""Return the labels of grid points, joined along segments that do not meet the zeros of ``polynomial``."""
    columns, rows = axes
    s, t = polynomial.parent().gens()
    up = [_free_steps(polynomial(a, t), 1, rows) for a in columns]
    right = [_free_steps(polynomial(s, b), 0, columns) for b in rows]
    labels = np.full((len(rows), len(columns)), -1)
    current = 0
    for j in range(len(rows)):
        for i in range(len(columns)):
            if labels[j, i] >= 0 or not polynomial(columns[i], rows[j]):
                continue
            labels[j, i] = current
            stack = [(j, i)]
            while stack:
                y, x = stack.pop()
                steps = [(y + 1, x, y + 1 < len(rows) and up[x][y]), (y - 1, x, y > 0 and up[x][y - 1])]
                steps += [(y, x + 1, x + 1 < len(columns) and right[y][x]), (y, x - 1, x > 0 and right[y][x - 1])]
                for b, a, free in steps:
                    if free and labels[b, a] < 0:
                        labels[b, a] = current
                        stack.append((b, a))
            current += 1
    return labels


def _free_steps(f, place, nodes):
    r"""Return for each step between neighbours whether the closed segment holds no zero of ``f``, exactly."""
    if not f:
        return [False] * (len(nodes) - 1)
    coefficients = {}
    for exponent, c in f.dict().items():
        coefficients[int(exponent[place])] = c
    common = lcm([c.denominator() for c in coefficients.values()])
    g = flint.fmpz_poly([int(coefficients.get(k, 0) * common) for k in range(max(coefficients) + 1)])
    if g.degree() < 1:
        return [True] * (len(nodes) - 1)
    g = g // g.gcd(g.derivative())
    points = [flint.fmpq(int(c.numerator()), int(c.denominator())) for c in nodes]
    values = [g(point) for point in points]
    roots = [root.real for root, _ in g.complex_roots() if root.imag == 0]
    ends = [flint.arb(point) for point in points]
    free = []
    for k, (low, high) in enumerate(pairwise(ends)):
        # A root ball that touches the segment without being proved apart counts as a crossing.
        blocked = not values[k] or not values[k + 1] or any(not (root < low or root > high) for root in roots)
        free.append(not blocked)
    return free


def _inner(region, labels):
    r"""Return the grid point of a region that is farthest from other regions and from the rim of the window."""
    if len(region) == 1:
        return region[0]
    label = labels[tuple(region[0])]
    distance = (labels == label).astype(int)
    while True:
        padded = np.pad(distance, 1)
        inner = np.minimum.reduce([padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]])
        grown = np.where(distance > 0, np.minimum(inner + 1, distance.max() + 1), 0)
        if np.array_equal(grown, distance):
            break
        distance = grown
    return np.unravel_index(np.argmax(distance), distance.shape)
