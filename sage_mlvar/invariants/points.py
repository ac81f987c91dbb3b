r"""
Points and sets at which a distance is critical, as certified balls that can be refined.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: V = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 2], [0, 0]]], [[0, 0], [-3, 0]]).boundary()
    sage: nearest = V.critical_points([1, 2]).nearest()[0]; nearest
    real critical point (0.715977, 1.115208) at squared distance 0.863526
    sage: nearest.exact_distance_squared().minpoly().degree()
    4
"""

from dataclasses import dataclass, field, replace
from functools import partial

import flint

from .. import _sage  # noqa: F401
from ..univariate import real_roots, squarefree_part
from .rational_parametrization import _rational, _with_precision, norm_polynomial

from sage.arith.functions import lcm
from sage.rings.complex_arb import ComplexBallField
from sage.rings.real_arb import RealBallField

__all__ = ["CriticalPoint", "CriticalPoints", "CriticalSet", "points_of"]


@dataclass(frozen=True)
class CriticalPoint:
    r"""
    A point of a hypersurface at which the squared distance to ``u`` is critical, or a singular point.

    - ``coordinates`` -- tuple of balls, real ones for a real point; the exact point lies in all of them
    - ``is_real`` -- boolean, proved
    - ``multiplier`` -- ball; ``x - u = multiplier * gradient``; ``None`` at singular points
    - ``distance_squared`` -- ball; ``(x - u).(x - u)``, which may be any complex number at a point that is not real
    - ``multiplicity`` -- integer, of the solution of the critical equations; ``None`` when it is not known
    - ``singular`` -- boolean; whether the gradient vanishes
    - ``precision`` -- absolute or relative accuracy of the balls in bits, whichever is weaker
    """

    coordinates: tuple
    is_real: bool
    multiplier: object
    distance_squared: object
    multiplicity: int | None = 1
    singular: bool = False
    precision: int = 64
    _source: object = field(default=None, repr=False, compare=False)

    def __repr__(self):
        kind = "singular" if self.singular else "critical"
        real = "real" if self.is_real else "complex"
        shown = ", ".join(_short(x) for x in self.coordinates)
        times = "" if self.multiplicity in (1, None) else f", of multiplicity {self.multiplicity}"
        return f"{real} {kind} point ({shown}) at squared distance {_short(self.distance_squared)}{times}"

    def refine(self, precision):
        r"""
        Return the same point with balls of ``precision`` bits.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: V = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 2], [0, 0]]], [[0, 0], [-3, 0]]).boundary()
            sage: point = V.critical_points([1, 2])[0].refine(500)
            sage: point.coordinates[0].rad() < 1e-140
            True
        """
        solution, root, u, extra = self._source
        again = _point(solution, root, u, extra, precision)
        return replace(again, multiplicity=self.multiplicity, singular=self.singular)

    def box(self):
        r"""Return rational intervals, a tuple of pairs, that hold the coordinates of a real point."""
        if not self.is_real:
            raise ValueError("box must be asked for a real point")
        return tuple(_interval(x) for x in self.coordinates)

    def exact_distance_squared(self):
        r"""Return the squared distance of a real point as an element of ``AA``."""
        if not self.is_real:
            raise ValueError("exact_distance_squared must be asked for a real point")
        solution, _, u, _ = self._source
        roots = real_roots(squarefree_part(_distance_polynomial(solution, u)))
        point, precision = self, self.precision
        while True:
            low, high = _interval(point.distance_squared)
            near = [root for root in roots if low <= root <= high]
            if len(near) == 1:
                return near[0]
            precision *= 2
            point = self.refine(precision)

    def to_dict(self):
        r"""Return the point as plain data: balls as strings."""
        return {
            "coordinates": [str(x) for x in self.coordinates],
            "is_real": self.is_real,
            "multiplier": None if self.multiplier is None else str(self.multiplier),
            "distance_squared": str(self.distance_squared),
            "multiplicity": self.multiplicity,
            "singular": self.singular,
        }


@dataclass(frozen=True)
class CriticalSet:
    r"""
    A component of positive dimension of the critical or the singular points.

    - ``ideal`` -- prime ideal over Q, in the coordinates, and the multiplier ``l0`` for critical points
    - ``dimension`` -- its dimension over C
    - ``distances_squared`` -- for critical sets the real values of the squared distance, elements of ``AA``: it is
      constant on each component over C; ``None`` for singular sets, where it varies
    - ``sample`` -- a real point of a critical set, or ``None`` when none was found (there may still be one); of a
      singular set its nearest point, or ``None`` when it is not known
    - ``singular`` -- boolean; whether the gradient vanishes on it
    """

    ideal: object
    dimension: int
    distances_squared: tuple | None
    sample: object = None
    singular: bool = False

    def __repr__(self):
        kind = "singular" if self.singular else "critical"
        known = "" if self.distances_squared is None else f" at squared distance {list(self.distances_squared)}"
        return f"{kind} set of dimension {self.dimension}{known}"

    def to_dict(self):
        r"""Return the set as plain data."""
        return {
            "ideal": [str(f) for f in self.ideal.gens()],
            "dimension": int(self.dimension),
            "distances_squared": None if self.distances_squared is None else [str(d) for d in self.distances_squared],
            "sample": None if self.sample is None else self.sample.to_dict(),
            "singular": self.singular,
        }


class CriticalPoints:
    r"""
    The critical points of the squared distance, the real ones first and nearest first, and what else may be nearest.

    - the sequence itself -- the isolated critical points on the smooth part, :class:`CriticalPoint`
    - ``singular`` -- isolated singular points of the hypersurface
    - ``sets`` -- components of positive dimension of either kind, :class:`CriticalSet`
    """

    def __init__(self, points, singular=(), sets=()):
        self._points = tuple(_sorted(points))
        self.singular = tuple(_sorted(singular))
        self.sets = tuple(sets)

    def __getitem__(self, index):
        return self._points[index]

    def __iter__(self):
        return iter(self._points)

    def __len__(self):
        return len(self._points)

    def __repr__(self):
        parts = [f"{len(self)} critical points, {len(self.real())} of them real"]
        if self.singular:
            parts.append(f"{len(self.singular)} singular points")
        parts.extend(map(repr, self.sets))
        return "; ".join(parts)

    def real(self):
        r"""Return the list of the real critical points, nearest first."""
        return [point for point in self._points if point.is_real]

    def number(self):
        r"""Return the number of isolated critical points, counted with multiplicity (``None`` when not known)."""
        if any(point.multiplicity is None for point in self._points):
            return None
        return sum(point.multiplicity for point in self._points)

    def nearest(self):
        r"""
        Return the real points that may be nearest to the data point: critical, singular and samples of sets.

        OUTPUT: list of points whose balls of squared distances overlap the least one; several when they are equally
        far, or not told apart by their precision. Sets without a known real point are not in it: see ``sets``
        """
        real = [*self.real(), *(point for point in self.singular if point.is_real)]
        real += [component.sample for component in self.sets if component.sample is not None]
        if not real:
            return []
        least = min(_interval(point.distance_squared)[1] for point in real)
        return [point for point in _sorted(real) if _interval(point.distance_squared)[0] <= least]

    def to_dict(self):
        r"""Return the points as plain data."""
        return {
            "points": [point.to_dict() for point in self],
            "singular": [point.to_dict() for point in self.singular],
            "sets": [component.to_dict() for component in self.sets],
        }


def points_of(solution, u, *, multiplier=True, multiplicity=1, singular=False, precision=64):
    r"""
    Return the points of a :class:`.RationalParametrization` of ``x`` and, with ``multiplier``, a further variable.
    """
    points = []
    for root in solution.roots(precision) if solution.degree() else []:
        point = _point(solution, root, u, multiplier, precision)
        points.append(replace(point, multiplicity=multiplicity, singular=singular))
    return points


def _point(solution, root, u, multiplier, precision):
    n, working = len(u), precision
    while True:
        working = 2 * working
        root = solution.refine(root, working)
        is_real = root.imag == 0
        values = _with_precision(working, partial(_evaluate, solution, root, u, n, multiplier, is_real))
        if all(_accurate(value, precision) for value in values):
            break
    balls = [_ball(value, precision + 8) for value in values]
    return CriticalPoint(
        tuple(balls[:n]),
        is_real,
        balls[n] if multiplier else None,
        balls[-1],
        precision=precision,
        _source=(solution, root, u, multiplier),
    )


def _evaluate(solution, root, u, n, multiplier, is_real):
    values = [solution.at(root, numerator) for numerator in solution.numerators[: n + bool(multiplier)]]
    distance = sum(((x - flint.fmpq(int(c.numerator()), int(c.denominator()))) ** 2 for x, c in zip(values, u)), 0)
    values.append(distance)
    # What is real at a real root has its real part for a value, whatever the balls say.
    return [value.real for value in values] if is_real else values


def _accurate(value, precision):
    for part in (value.real, value.imag) if isinstance(value, flint.acb) else (value,):
        if not part.is_finite():
            return False
        mid, rad = _rational(part.mid()), _rational(part.rad())
        if rad * 2**precision > max(1, abs(mid)):
            return False
    return True


def _ball(value, precision):
    if isinstance(value, flint.acb):
        return ComplexBallField(precision)(_ball(value.real, precision), _ball(value.imag, precision))
    return RealBallField(precision)(_rational(value.mid())).add_error(RealBallField(precision)(_rational(value.rad())))


def _interval(ball):
    r"""Return rational ends of a real ball."""
    mid, rad = ball.mid().exact_rational(), ball.rad().exact_rational()
    return mid - rad, mid + rad


def _sorted(points):
    def key(point):
        d = point.distance_squared if point.is_real else point.distance_squared.real()
        return (not point.is_real, d.mid().exact_rational())

    return sorted(points, key=key)


def _short(ball):
    if hasattr(ball, "imag") and not ball.imag().is_zero():
        return f"{float(ball.real().mid()):.6g}{float(ball.imag().mid()):+.6g}i"
    return f"{float(ball.real().mid() if hasattr(ball, 'real') else ball.mid()):.6f}"


def _distance_polynomial(solution, u):
    r"""Return the monic polynomial whose roots are the squared distances of all solutions."""
    common = lcm([c.denominator() for c in u]) if u else 1
    total = flint.fmpz_poly([])
    for c, numerator in zip(u, solution.numerators):
        total += (int(common) * numerator - int(c * common) * solution.denominator) ** 2
    return norm_polynomial(solution.w, total, int(common) ** 2 * solution.denominator**2)
