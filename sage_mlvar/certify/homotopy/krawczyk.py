r"""
Proofs of existence and uniqueness of solutions by interval Newton operators.

For an approximate solution `X` of `F = 0`, an approximate inverse `A` of the Jacobian matrix and a polydisc `B` of
radii `\rho` around `X` let `\delta \ge |A F(X)|` and `M \ge |I - A F'(B)|`, entry by entry. If `\delta + M \rho < \rho`
then `y \mapsto y - A F(y)` maps `B` to itself and contracts it, so that `B` holds exactly one solution; it is simple,
and lies within `\delta + M \rho` of `X`.

If the system is real and `X` is real, the conjugate of the solution is another one in `B`, so the same: it is real. If
the disc of one coordinate does not meet the real line, the solution is not real.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.homotopy.exact import BoundarySystem
    sage: from sage_mlvar.certify.homotopy.krawczyk import prove_discs
    sage: C = PolynomialClassifier([[[1, 0], [0, 2]], [[1, 1], [0, 0]]], [[0, 0], [0, 4]])
    sage: S = BoundarySystem(C.boundary())                    # the ellipse x^2 + 4 y^2 = 4
    sage: points = numpy.array([[2, 0, 0.25], [-2, 0, 0.75], [1, 1, 1]])
    sage: good, radii = prove_discs(S, S.data([1, 0]), points)
    sage: good.tolist(), bool(radii[:2].max() < 1e-13)
    ([True, True, False], True)

REFERENCES: Krawczyk, *Newton-Algorithmen zur Bestimmung von Nullstellen mit Fehlerschranken*, 1969; Rump, *Verification
methods*, 2010, Section 13.
"""

import flint
import numpy

from ... import _sage  # noqa: F401
from .balls import EPS, TINY, Balls

__all__ = ["Sharp", "prove_discs", "sharpen"]

#: Attempts to find radii for the test.
_INFLATIONS = 4


def prove_discs(exact, v, points, system=None):
    r"""
    Test approximate solutions in double precision.

    INPUT:

    - ``exact`` -- a :class:`~sage_mlvar.certify.homotopy.exact.BoundarySystem`
    - ``v`` -- the coordinates of the data point, rationals
    - ``points`` -- array, an approximate solution in each row
    - ``system`` -- ``exact.balls()``, if it is at hand

    OUTPUT: an array that says which points passed, and the radii of their polydiscs
    """
    system = exact.balls() if system is None else system
    data = Balls.of_rationals(v)
    points = numpy.asarray(points, dtype=complex)
    length = points.shape[1]
    with numpy.errstate(all="ignore"):
        value, jacobian = system.at(Balls(points), data)
        inverse = _inverses(jacobian.mid)
        first = (inverse @ value[:, :, None]).upper()[:, :, 0]
        radii = 2 * first + TINY
        product = inverse @ system.at(Balls(points, radii), data)[1]
        contraction = (numpy.eye(length)[None] - product).upper()
        reached = (first + (contraction @ radii[:, :, None])[:, :, 0]) * (1 + (4 * length + 16) * EPS) + TINY
        passed = (reached < radii).all(1) & numpy.isfinite(points).all(1)
    return passed, reached


def _inverses(matrices):
    try:
        return numpy.linalg.inv(matrices)
    except numpy.linalg.LinAlgError:
        result = numpy.full_like(matrices, numpy.nan)
        for k, matrix in enumerate(matrices):
            try:
                result[k] = numpy.linalg.inv(matrix)
            except numpy.linalg.LinAlgError:
                continue
        return result


class Sharp:
    r"""
    A proved solution in arbitrary precision.

    - ``center`` -- list of exact ``flint.acb``
    - ``radii`` -- list of ``flint.arb``
    - ``bits`` -- the precision
    """

    def __init__(self, center, radii, bits):
        self.center, self.radii, self.bits = center, radii, bits

    def discs(self):
        r"""Return boxes that hold the coordinates, a list of ``flint.acb``."""
        found, real = [], self.is_real
        with flint.ctx.workprec(self.bits):
            for z, rad in zip(self.center, self.radii):
                spread = flint.arb(0, rad)
                found.append(flint.acb(z.real + spread, 0 if real else z.imag + spread))
        return found

    @property
    def is_real(self):
        r"""Whether the solution is proved to be real."""
        return all(z.imag.is_zero() for z in self.center)


def sharpen(exact, v, point, real, bits, rounds=12, deadline=None):
    r"""
    Refine an approximate solution by Newton's method and prove it.

    INPUT:

    - ``point`` -- list of complex numbers or of ``flint.acb``
    - ``real`` -- whether to look for a real solution
    - ``bits`` -- working precision
    - ``rounds`` -- Newton steps, at most
    - ``deadline`` -- :class:`~sage_mlvar.options.Deadline`, or ``None``

    OUTPUT: a :class:`Sharp`, or ``None``

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.certify.homotopy.exact import BoundarySystem
        sage: from sage_mlvar.certify.homotopy.krawczyk import sharpen
        sage: C = PolynomialClassifier([[[1, 0], [0, 2]], [[1, 1], [0, 0]]], [[0, 0], [0, 4]])
        sage: S = BoundarySystem(C.boundary())
        sage: found = sharpen(S, S.data([1, 1]), [0.96r, 0.87r, -0.02r], True, 200)
        sage: found.is_real, bool(max(found.radii) < 1e-50r)
        (True, True)
    """
    with flint.ctx.workprec(bits):
        try:
            return _sharpen(exact, v, [flint.acb(z) for z in point], real, bits, rounds, deadline)
        except ZeroDivisionError:
            return None


def _sharpen(exact, v, center, real, bits, rounds, deadline):
    system = exact.arb()
    data = numpy.array([flint.acb(x) for x in v], dtype=object)
    if real:
        center = [flint.acb(z.real) for z in center]
    last = None
    for _ in range(rounds):
        # In a hundred variables one step takes seconds.
        if deadline is not None:
            deadline.check("refining solutions")
        value, jacobian = _at(system, center, data)
        inverse = jacobian.mid().inv().mid()
        move = [z.mid() for z in (inverse * value).entries()]
        if real:
            move = [flint.acb(z.real) for z in move]
        center = [(z - m).mid() for z, m in zip(center, move)]
        largest = max(float(abs(m).mid()) for m in move)
        if not largest < float("inf"):
            return None
        if last is not None and largest >= last / 4:
            break
        last = largest
    value, jacobian = _at(system, center, data)
    inverse = jacobian.mid().inv().mid()
    first = [_upper(z) for z in (inverse * value).entries()]
    # A radius that vanishes would fail the strict comparison below.
    least = flint.arb(2) ** (-4 * bits)
    radii = [(2 * d + least).upper() for d in first]
    # A coordinate that is hit exactly gets a radius that the errors of the others exceed: then it needs a larger one.
    for _ in range(_INFLATIONS):
        if deadline is not None:
            deadline.check("refining solutions")
        reached = _reached(system, data, center, inverse, first, radii)
        if all(a < b for a, b in zip(reached, radii)):
            return Sharp(center, reached, bits)
        radii = [(2 * a).upper() if not 2 * a <= b else b for a, b in zip(reached, radii)]
    return None


def _reached(system, data, center, inverse, first, radii):
    r"""Return bounds of the distances of a solution from the center, if they are less than the radii."""
    box = [flint.acb(z.real + flint.arb(0, d), z.imag + flint.arb(0, d)) for z, d in zip(center, radii)]
    product = inverse * _at(system, box, data)[1]
    found = []
    for i, total in enumerate(first):
        for j, rho in enumerate(radii):
            total += _upper((1 if i == j else 0) - product[i, j]) * rho
        found.append(total.upper())
    return found


def _upper(z):
    return flint.arb(z.abs_upper())


def _at(system, point, data):
    F, J = system.at(numpy.array([point], dtype=object), data)
    length = len(point)
    entries = [flint.acb(x) for x in J[0].ravel()]
    return flint.acb_mat(length, 1, [flint.acb(x) for x in F[0]]), flint.acb_mat(length, length, entries)
