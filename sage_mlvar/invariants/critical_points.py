r"""
All critical points of the squared distance from a data point to a decision boundary.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: V = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 2], [0, 0]]], [[0, 0], [-3, 0]]).boundary()
    sage: record = V.compute("critical_points", u=[1, 2])
    sage: record.value
    4 critical points, 2 of them real
    sage: record.status, record.argument
    ('proved', '4 simple solutions, as many as the ED degree: ...; no singular points: ...')

The centre of a circle has a whole curve of nearest points::

    sage: V = PolynomialClassifier([[[1, 0], [0, 1]], [[1, 1], [0, 0]]], [[0, 0], [-4, 0]]).boundary()
    sage: V.critical_points([0, 0])
    0 critical points, 0 of them real; critical set of dimension 1 at squared distance [4]
"""

from itertools import count

from .. import (
    _sage,  # noqa: F401
    backends,
)
from ..computation import PROBABLE, PROVED, Computation
from ..errors import BackendError, BackendMemoryError, BackendTimeout
from ..options import Deadline, Limits
from ..univariate import real_roots
from .lagrange import Lagrange
from .points import CriticalPoints, CriticalSet, points_of
from .rational_parametrization import RationalParametrization, parametrize
from .row_space import RowSpace
from .singular_points import minimal, points_of_prime, singular_points

from sage.arith.functions import lcm
from sage.modules.free_module_element import vector
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["boundary_critical_points", "has_isotropic_component"]

#: Seconds for an exact count when no proof is asked for.
_PATIENCE = 20


def boundary_critical_points(boundary, options, u):
    r"""
    Return the record of the critical points of a decision boundary; its value is a :class:`.CriticalPoints`.

    ALGORITHM: a rational parametrization of the solutions ``(x, l)`` of the Lagrange system, checked exactly. Suppose
    that no component of ``g = 0`` has isotropic normals only, so that the map ``(x, l) -> x - l grad g`` from
    ``{g = 0} x C`` to the data space is dominant on each component, and let ``N`` be the number of solutions for
    generic data, the ED degree. If ``N`` simple solutions are known for ``u``, there is no other: they continue to
    all data near ``u``, and near another solution -- isolated or not -- there are solutions for generic data near
    ``u``, which would be one more than ``N``. With fewer than ``N`` simple solutions, or solutions that are not
    simple, a Gröbner basis over Q must give the same number, or a primary decomposition lists them.
    """
    if options.backend is not None and backends.get(options.backend).name != "msolve":
        name = backends.get(options.backend).name
        raise ValueError(f"backend {name!r} cannot be used here: critical points are parametrized by msolve only")
    g = boundary.squarefree_part()
    if g.is_constant():
        if g:
            argument = "the boundary is empty: its polynomial is constant"
            return Computation("critical_points", CriticalPoints([]), PROVED, argument, seed=options.seed)
        c, other = boundary.classes()
        raise ValueError(f"classes must have different outputs, but classes {c} and {other} agree everywhere")
    return _Search(boundary, g, options, u).record()


class _Search:
    r"""The search for the critical points of one data point."""

    def __init__(self, boundary, g, options, u):
        self.boundary, self.g, self.options, self.u = boundary, g, options, u
        self.limits = options.limits()
        self.lagrange = Lagrange([g], QQ)
        self.system = self.lagrange.at(u)
        self.details = {}
        self.reply = None
        # What is solved: the same in the row space of the first layer, where that is smaller.
        self.solved, self.lift = _in_row_space(boundary, g, u) or (self.system, lambda solution: solution)

    def record(self):
        points, sets, status, argument = self.critical()
        singular, more, why = [], [], ""
        try:
            singular, more, why = singular_points(self.g, self.u, self.limits)
        except (BackendTimeout, BackendMemoryError) as error:
            status, why = PROBABLE, f"singular points of the boundary are not known ({error})"
        value = CriticalPoints(points, singular, [*sets, *more])
        self.details |= {
            "number": value.number(),
            "real": len(value.real()),
            "singular_points": None if why.startswith("singular points of") else len(singular),
            "sets": tuple(map(repr, value.sets)),
        }
        engine = (None, None, None) if self.reply is None else self.reply[:3]
        return Computation(
            "critical_points",
            value,
            status,
            f"{argument}; {why}",
            engine[0] or "sage_mlvar",
            engine[1],
            self.options.seed,
            peak_memory=engine[2],
            details=self.details,
        )

    def critical(self):
        r"""Return isolated points, sets of positive dimension, status and argument."""
        solution, simple = None, False
        try:
            solution, reply = parametrize(self.solved, self.limits)
            self.reply = reply.backend, reply.version, reply.peak_memory
            simple = solution is not None and solution.are_simple(self.solved, self.limits.deadline)
            solution = None if solution is None else self.lift(solution)
        except (BackendTimeout, BackendMemoryError):
            raise
        except BackendError as error:
            self.details["refused"] = str(error)
        if simple:
            argument = self.all_simple(solution)
            if argument is not None:
                return points_of(solution, self.u), [], PROVED, argument
        try:
            return self.exactly(solution if simple else None)
        except (BackendTimeout, BackendMemoryError) as error:
            if solution is None:
                raise
            known = "simple solutions" if simple else "solutions, some of them perhaps not isolated"
            argument = f"{solution.degree()} {known}, each exact, but there may be others: {error}"
            multiplicity = 1 if simple else None
            return points_of(solution, self.u, multiplicity=multiplicity), [], PROBABLE, argument

    def all_simple(self, solution):
        r"""Return why there are no more than the simple solutions found, or ``None``."""
        self.limits.deadline.check("counting critical points")
        record = self.boundary.compute(
            "ed_degree",
            proof=False,
            timeout=self.limits.deadline.remaining(),
            memory=self.options.memory,
            seed=self.options.seed,
        )
        number = solution.degree()
        self.details |= {"ed_degree": record.value, "ed_degree_status": record.status}
        bound, words = None, ""
        if record.proved:
            bound, words = record.value, f"as many as the ED degree: {record.argument}"
        elif record.details.get("upper_bound") == number:
            bound, words = number, f"as many as the upper bound of the ED degree: {record.argument}"
        if bound == number and not has_isotropic_component(self.g):
            return f"{number} simple solutions, {words}"
        return None

    def exactly(self, simple):
        r"""Decide by Gröbner bases over Q; ``simple`` is a parametrization of simple solutions, or ``None``."""
        limits = self.limits
        if not self.options.proof:
            remaining = limits.deadline.remaining()
            most = _PATIENCE if remaining is None else min(_PATIENCE, remaining)
            limits = Limits(Deadline(most), limits.memory)
        if simple is not None:
            found = backends.call("count", self.solved, backend="singular", limits=limits).value
            if found.degree == simple.degree():
                argument = f"{simple.degree()} simple solutions, as many as a Gröbner basis over Q counts"
                return points_of(simple, self.u), [], PROVED, argument
        ring = self.lagrange.ring
        gradient = [f.derivative(x) for f in self.lagrange.equations for x in self.lagrange.x]
        pairs = backends.call("decompose", self.system, backend="singular", limits=limits).value
        points, sets = [], []
        for primary, prime, size in minimal(pairs, ring, limits):
            if all(f in prime for f in gradient):
                continue  # u is a singular point of the boundary, with any multiplier
            if size.dimension > 0:
                sets.append(self.critical_set(prime, size, limits))
                continue
            solution = points_of_prime(prime, size, limits)
            whole = backends.call("hilbert", primary.gens(), backend="singular", limits=limits).value
            points += points_of(solution, self.u, multiplicity=int(whole.degree // size.degree))
        return points, sets, PROVED, "primary decomposition over Q"

    def critical_set(self, prime, size, limits):
        r"""Return a component of positive dimension with its squared distances and a real point, if one is found."""
        ring = prime.ring()
        n = self.lagrange.n
        more = PolynomialRing(QQ, [*ring.variable_names(), "distance"], order="degrevlex")
        *variables, d = more.gens()
        generators = [f(*variables) for f in prime.gens()]
        generators.append(d - sum((x - c) ** 2 for x, c in zip(variables[:n], self.u)))
        found = backends.call("eliminate", generators, variables=variables, backend="singular", limits=limits).value
        line = PolynomialRing(QQ, "d")
        polynomial = line(found[0].univariate_polynomial().list()) if found else line.zero()
        distances = tuple(root for root in real_roots(polynomial) if root >= 0) if polynomial else None
        return CriticalSet(prime, size.dimension, distances, self.sample(prime, size.dimension, limits))

    def sample(self, prime, dimension, limits):
        r"""Return a real point of the component on hyperplanes through the data point, or ``None``."""
        x, n = self.lagrange.x, self.lagrange.n
        for attempt in range(4):
            planes = []
            for k in range(dimension):
                normal = [((j + 2) ** (k + 1) * (attempt + 3)) % 7 - 3 for j in range(n)]
                normal[(k + attempt) % n] += 1 if normal[(k + attempt) % n] >= 0 else -1
                planes.append(sum(c * (y - a) for c, y, a in zip(normal, x, self.u)))
            try:
                solution, _ = parametrize([*prime.gens(), *planes], limits)
            except BackendError:
                continue
            if solution is not None and solution.degree() and solution.number_of_real_roots():
                points = points_of(solution, self.u, multiplicity=None)
                return next(point for point in points if point.is_real)
        return None


def _in_row_space(boundary, g, u):
    r"""
    Return the Lagrange system in the row space of the first layer, and a function that lifts its solutions.

    ``None`` is returned when the row space is everything. With ``g(x) = h(R x + b)``, ``v = R u + b`` and
    ``K = R R^T`` the solutions of ``h(y) = 0``, ``y - v = l K grad h(y)`` and of the system in ``x`` correspond by
    ``x = u + R^T K^(-1) (y - v)``, with the same ``l`` and the same multiplicities; see
    :mod:`sage_mlvar.invariants.row_space`.
    """
    space = RowSpace(boundary.straight_line())
    n, r = g.parent().ngens(), space.rank
    if r >= n:
        return None
    h = space.polynomial()
    part = h.parent().one()
    for factor, _ in h.factor():
        part *= factor
    R, shift = space.matrix, vector(QQ, space.shift.list())
    # The same scale as that of g, for the multipliers.
    point = next(p for p in (vector(QQ, [k * (j + 1) + 1 for j in range(n)]) for k in count()) if g(*p))
    part *= g(*point) / part(*(R * point + shift))
    ring = PolynomialRing(QQ, [*(f"y{k}" for k in range(r)), "l0"], order="degrevlex")
    *y, multiplier = ring.gens()
    K, v = R * R.transpose(), R * vector(QQ, u) + shift
    gradient = [f(*y) for f in part.gradient()]
    system = [part(*y)]
    for k in range(r):
        system.append(y[k] - v[k] - multiplier * sum(K[k, j] * gradient[j] for j in range(r)))
    back = R.transpose() * K.inverse()
    origin = vector(QQ, u) - back * v
    scale = lcm([c.denominator() for c in (*back.list(), *origin)])

    def lift(solution):
        numerators = []
        for k in range(n):
            numerator = int(scale * origin[k]) * solution.denominator
            for j in range(r):
                numerator += int(scale * back[k, j]) * solution.numerators[j]
            numerators.append(numerator)
        numerators.append(int(scale) * solution.numerators[r])
        return RationalParametrization(solution.w, int(scale) * solution.denominator, numerators)

    return system, lift


def has_isotropic_component(g):
    r"""
    Whether ``|grad g|^2`` vanishes on a component of ``g = 0``, for a squarefree ``g`` over Q.

    EXAMPLES::

        sage: from sage_mlvar import _sage
        sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        sage: from sage.rings.rational_field import QQ
        sage: from sage_mlvar.invariants.critical_points import has_isotropic_component
        sage: R = PolynomialRing(QQ, ["x", "y"]); x, y = R.gens()
        sage: has_isotropic_component(x^2 + y^2), has_isotropic_component(x^2 + 2*y^2)
        (True, False)
    """
    ring = g.parent()
    line = PolynomialRing(QQ, "s")
    s = line.gen()
    gradient = g.gradient()
    # A common component meets a line on which g keeps its degree in common points.
    for attempt in range(3):
        point = [(attempt + 1) * (k + 1) % 5 - 2 + s * ((3 * k + attempt) % 7 + 1) for k in range(ring.ngens())]
        restricted = line(g(*point))
        if restricted.degree() == g.degree():
            normal = sum(line(f(*point)) ** 2 for f in gradient)
            if restricted.gcd(normal).degree() == 0:
                return False
    return not g.gcd(sum(f**2 for f in gradient)).is_constant()
