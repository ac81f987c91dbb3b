r"""
All points of one factor of a boundary that may be nearest: critical points, singular points, sets of them.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.critical.pair import Pair
    sage: from sage_mlvar.certify.critical.search import search
    sage: from sage_mlvar.options import resolve
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: pair = Pair(C, 0, 1); options = resolve("certify")
    sage: found = search(pair.parts()[0], pair.image([1, 0]), options, options.limits())
    sage: found.plain["complete"], len(found.plain["critical"]), found.status
    ('engine', 1, 'proved')
"""

from dataclasses import dataclass

from ... import (
    _sage,  # noqa: F401
    backends,
)
from ...backends import Parametrization
from ...check import Rejected
from ...check.parametrization_solutions import Solutions
from ...computation import PROBABLE, PROVED
from ...errors import BackendError, BackendMemoryError, BackendTimeout, NotProvedError, OutOfReachError
from ...invariants.singular_points import minimal, singular_points
from ...options import Deadline, Limits
from ...univariate import real_roots
from .cost import check_bits, check_seconds
from .plain import plain_solutions

from sage.matrix.constructor import matrix
from sage.modules.free_module_element import vector
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["Found", "search"]

#: Seconds for exact computations of unknown length when no proof is asked for.
_PATIENCE = 20
#: Bits of the products in the exact check of a parametrization.
_MOST_BITS = 4e9


@dataclass
class Found:
    r"""
    - ``plain`` -- the factor as a proof has it, ready for JSON
    - ``status`` -- ``"proved"`` or ``"probable"``
    - ``argument`` -- why nothing is missing, or what may be
    """

    plain: dict
    status: str
    argument: str


def search(part, v, options, limits, bound=None):
    r"""
    Return the :class:`Found` of a :class:`.Part` for the data point with coordinates ``v``.

    INPUT: ``bound`` -- a number of simple critical points that leaves no room for others in this network, or ``None``

    With as many solutions as a generic polynomial of the degree has, nothing else is needed if the check of the proof
    finds them simple: there are no others, and no singular points (:mod:`sage_mlvar.check.enclosures`). With fewer, a
    Gröbner basis over Q must give the same number, or a primary decomposition lists them, and singular points are
    searched for.
    """
    return _Search(part, v, options, limits, bound).found()


class _Search:
    def __init__(self, part, v, options, limits, bound):
        self.part, self.v, self.options, self.limits, self.bound = part, v, options, limits, bound
        self.pair, self.system = part.pair, part.system(v)
        self.patient = limits
        if not options.proof:
            remaining = limits.deadline.remaining()
            most = _PATIENCE if remaining is None else min(_PATIENCE, remaining)
            self.patient = Limits(Deadline(most), limits.memory)

    def found(self):
        degree, most = self.part.most()
        critical, number, simple = self.parametrized()
        if simple and number == most:
            argument = f"{number} simple critical points, as many as a generic polynomial of degree {degree} has"
            return Found(self.plain("degree", [critical]), PROVED, argument)
        if simple and number == self.bound:
            argument = f"{number} simple critical points, as many as generic networks with so few last neurons have"
            return Found(self.plain("bound", [critical]), PROVED, argument)
        sets, status = [], PROVED
        points = [] if critical is None else [critical]
        try:
            if simple and self.count() == number:
                argument = f"{number} simple critical points, as many as a Gröbner basis over Q counts"
            else:
                points, sets = self.decomposed()
                argument = "critical points by primary decomposition over Q"
            singular, why = self.singular()
            argument = f"{argument}; {why}"
        except (BackendTimeout, BackendMemoryError) as error:
            if critical is None:
                raise
            if self.options.proof:
                raise NotProvedError(
                    f"{number} critical points are exact, of at most {most}, but whether there are others, or nearer "
                    f"singular points, was not decided ({error}); certifier='bounds' or proof=False may do"
                ) from error
            singular, status = [], PROBABLE
            argument = f"{number} critical points, each exact, but there may be others or singular points: {error}"
        return Found(self.plain("engine", points, singular, sets), status, argument)

    def count(self):
        r"""Return the number of critical points with multiplicity, by a Gröbner basis over Q."""
        return backends.call("count", self.system, backend="singular", limits=self.patient).value.degree

    def plain(self, complete, critical, singular=(), sets=()):
        return {
            "polynomial": self.part.at_point(self.v),
            "multiplicity": self.part.multiplicity,
            "complete": complete,
            "critical": list(critical),
            "singular": list(singular),
            "sets": [str(x) for x in sets],
        }

    def parametrized(self):
        r"""Return a parametrization, its number of points and whether they are simple ones, if the engine finds one."""
        try:
            proposal = backends.call("parametrize", self.system, limits=self.limits).value
            if proposal is None or len(proposal.eliminating) < 2:
                return None, 0, False
            plain = plain_solutions(proposal, self.v, self.pair.inverse)
            self.check_size(plain)
            solutions = Solutions(plain, self.pair.rank + 1, "the engine's parametrization")
        except (BackendTimeout, BackendMemoryError):
            raise
        except (BackendError, Rejected):
            return None, 0, False
        return plain, int(solutions.number()), self.are_simple(proposal)

    def check_size(self, plain):
        r"""Refuse a parametrization whose exact check, by products of long polynomials, would take too much."""
        size = len(plain["eliminating"]) - 1, self.pair.rank, self.part.degree
        digits = max(len(x) for f in plain["numerators"] for x in f)
        bits = check_bits(*size, digits)
        if bits > _MOST_BITS:
            raise OutOfReachError(
                f"the exact check of {size[0]} critical points on a boundary of degree {self.part.degree} "
                f"would take about {bits / 8e9:.1f} GB; certifier='numerical' or 'bounds' may do"
            )
        what = f"the exact check of {size[0]} critical points"
        self.limits.deadline.allow(check_seconds(*size, digits), what)

    def are_simple(self, proposal):
        r"""Whether the Jacobian determinant of the equations in ``s`` and the multiplier is coprime to ``w``."""
        from ...invariants.rational_parametrization import RationalParametrization, integral_parts

        w, denominator, numerators = integral_parts(proposal)
        return RationalParametrization(w, denominator, numerators).are_simple(self.system, self.limits.deadline)

    def decomposed(self):
        r"""Return the isolated critical points, and samples and squared distances of the other components."""
        pairs = backends.call("decompose", self.system, backend="singular", limits=self.patient).value
        points, sets = [], []
        for _, prime, size in minimal(pairs, self.part.ring, self.patient):
            if size.dimension > 0:
                distances = self.distances(prime)
                sets += distances
                points += self.sample(prime, size.dimension) if distances else []
                continue
            plain, number = self.of_ideal(prime.gens(), self.patient)
            if number != size.degree:
                raise BackendError("msolve and Singular disagree on the number of critical points")
            points.append(plain)
        return points, sets

    def of_ideal(self, generators, limits):
        proposal = backends.call("parametrize", list(generators), limits=limits).value
        if proposal is None or len(proposal.eliminating) < 2:
            return None, 0
        return plain_solutions(proposal, self.v, self.pair.inverse), len(proposal.eliminating) - 1

    def distances(self, prime):
        r"""Return rationals just below the squared distances that the real points of a component can have."""
        ring = self.part.ring
        more = PolynomialRing(QQ, [*ring.variable_names(), "distance"], order="degrevlex")
        *variables, d = more.gens()
        moves = vector(more, [x - c for x, c in zip(variables, self.v)])
        generators = [f(*variables) for f in prime.gens()]
        generators.append(d - moves * matrix(more, self.pair.inverse) * moves)
        limits = self.patient
        found = backends.call("eliminate", generators, variables=variables, backend="singular", limits=limits).value
        if not found:
            raise NotProvedError(
                "a set of critical points has no constant distance, which no hypersurface can have: please report it"
            )
        line = PolynomialRing(QQ, "d")(found[0].univariate_polynomial().list())
        return [_below(root) for root in real_roots(line) if root >= 0]

    def sample(self, prime, dimension):
        r"""Return a parametrization with real points of a component, in a list, or an empty one."""
        s, r = self.part.ring.gens(), self.pair.rank
        for attempt in range(6):
            planes = []
            for k in range(dimension):
                normal = [((j + 2) ** (k + 1) * (attempt + 3)) % 7 - 3 for j in range(r)]
                normal[(k + attempt) % r] += 1 if normal[(k + attempt) % r] >= 0 else -1
                planes.append(sum(c * (x - a) for c, x, a in zip(normal, s, self.v)))
            try:
                plain, _ = self.of_ideal([*prime.gens(), *planes], self.patient)
                if plain is not None and Solutions(plain, r + 1, "sample").real_points(128):
                    return [plain]
            except (BackendTimeout, BackendMemoryError):
                raise
            except (BackendError, Rejected):
                continue
        return []

    def singular(self):
        r"""Return parametrizations of the singular points, or of the nearest ones, and why these are all."""
        f = self.part.polynomial
        if self.part.degree == 2:
            return self.of_quadric(f)
        if self.part.singular is None:
            points, sets, why = singular_points(f, self.v, self.patient)
            if sets:
                raise NotProvedError(
                    f"the boundary has a singular set of dimension {sets[0].dimension}, whose nearest point is not "
                    "known; certifier='bounds' gives a bracket"
                )
            solutions = {id(point._source[0]): point._source[0] for point in points}
            self.part.singular = [_proposal(found) for found in solutions.values()], why
        proposals, why = self.part.singular
        return [plain_solutions(found, self.v, self.pair.inverse) for found in proposals], why

    def of_quadric(self, f):
        r"""Return the nearest zero of the gradient, an affine function, if the quadric vanishes there."""
        ring, r, metric = f.parent(), self.pair.rank, self.pair.inverse
        hessian = matrix(QQ, r, r, lambda i, j: f.derivative(ring.gen(i), ring.gen(j)).constant_coefficient())
        try:
            base = hessian.solve_right(vector(QQ, [-slope.constant_coefficient() for slope in f.gradient()]))
        except ValueError:
            return [], "no singular points: the gradient of the quadric has no zero"
        if f(*base):
            return [], "no singular points: the quadric does not vanish at the zeros of its gradient"
        kernel = hessian.right_kernel().basis_matrix()
        if kernel.nrows():
            away = self.v - base
            base += (kernel * metric * kernel.transpose()).solve_right(kernel * metric * away) * kernel
        point = Parametrization((0, 1), (1,), tuple((c,) for c in base), (0,) * r)
        return [plain_solutions(point, self.v, metric)], "the nearest zero of the gradient, by linear algebra"


def _below(root):
    r"""Return a rational just below a non-negative algebraic number, or the number itself if it is rational."""
    if root in QQ:
        return QQ(root)
    low = root.interval_exact(_reals()).lower().exact_rational()
    return max(low, QQ.zero())


def _reals():
    from sage.rings.real_mpfi import RealIntervalField

    return RealIntervalField(160)


def _proposal(found):
    def rationals(f):
        return tuple(QQ(int(c)) for c in f.coeffs())

    form = found.form or (0,) * len(found.numerators)
    return Parametrization(
        rationals(found.w), rationals(found.denominator), tuple(map(rationals, found.numerators)), tuple(form)
    )
