r"""
Evolutes of plane curves over Q, exactly.

For a plane curve ``g = 0`` the determinant of the Jacobian of the Lagrange system is linear in the multiplier:
``q - l K`` with ``q = |grad g|^2`` and ``K = grad g^T adj(Hess g) grad g``. So the critical points of ``u`` collide
where ``u = x - (q/K) grad g``, the centre of curvature, and the hypersurface part of the ED discriminant is the closure
of these points. :func:`evolute` finds its equation from what it cuts out on parallel lines: the centres of curvature on
one line are the roots of an exact resultant, and coefficients of known degree are interpolated.

EXAMPLES::

    sage: from sage_mlvar import _sage
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: from sage_mlvar.invariants.evolute import evolute
    sage: R = PolynomialRing(QQ, ["x", "y"], order="degrevlex"); x, y = R.gens()
    sage: evolute(x^2 - y)
    16*y^3 - 27*x^2 - 24*y^2 + 12*y - 2
    sage: evolute(x^2 + y^2 - 1) is None
    True

REFERENCES: Salmon, *A treatise on the higher plane curves*, 1879, chapter on evolutes.
"""

from itertools import count

import flint

from .. import _sage  # noqa: F401
from ..options import Deadline
from ..univariate import squarefree_part
from .polynomials import primitive
from .rational_parametrization import norm_polynomial

from sage.libs.pari import pari
from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

__all__ = ["evolute"]

#: Rotations (cosine, sine) tried in turn: in general coordinates points differ in their first coordinate.
_ROTATIONS = (
    (QQ(1), QQ(0)),
    (QQ((3, 5)), QQ((4, 5))),
    (QQ((15, 17)), QQ((8, 17))),
    (QQ((20, 29)), QQ((21, 29))),
    (QQ((35, 37)), QQ((12, 37))),
)


def evolute(g, deadline=None):
    r"""
    Return the equation of the closure of the centres of curvature of a plane curve.

    INPUT:

    - ``g`` -- polynomial of degree at least 2 in two variables over Q, irreducible over Q
    - ``deadline`` -- a :class:`~sage_mlvar.options.Deadline`

    OUTPUT: an irreducible polynomial in the same ring, proved right; ``None`` when the method finds no curve (the
    evolute of a circle is a point)

    ALGORITHM: Let ``E`` be the closure, irreducible over Q, and ``d`` the degree of ``g``. A general line
    ``n.u = a`` meets ``E`` in at most ``N = 3 d (d-1)`` points: their feet lie on ``g = 0`` and
    ``(n.x - a) K = q n.grad g``, of degrees ``d`` and ``3 d - 3``. On ``N + 1`` lines ``u0 = a`` we compute exactly
    polynomials of degree ``D`` in ``u1`` with ``D`` different roots, all of them points of ``E``, and interpolate a
    polynomial ``F`` of total degree ``D`` with leading term ``u1^D`` that restricts to all of them. It vanishes at
    ``D (N+1) > deg F deg E`` points of ``E``, so on ``E`` by Bézout's theorem. Any other factor of ``F`` would have
    as many different roots on each line, again on ``E`` and again too many. So ``F`` is the equation of ``E``,
    whether or not points were overlooked on the way.

    EXAMPLES::

        sage: from sage_mlvar import _sage
        sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
        sage: from sage.rings.rational_field import QQ
        sage: from sage_mlvar.invariants.evolute import evolute
        sage: R = PolynomialRing(QQ, ["x", "y"]); x, y = R.gens()
        sage: F = evolute(x^3 + 2*x^2*y - 5*y^3 + 3*x*y - y^2 + x + 4*y - 7)
        sage: F.degree(), F.number_of_terms()
        (18, 190)
    """
    deadline = deadline or Deadline(None)
    x, y = g.parent().gens()
    for cosine, sine in _ROTATIONS:
        rotated = primitive(g(cosine * x - sine * y, sine * x + cosine * y))
        found = _interpolated(rotated, deadline)
        if found is not None:
            return primitive(found(cosine * x + sine * y, cosine * y - sine * x))
    return None


def _interpolated(g, deadline):
    r"""Return the equation of the evolute in coordinates that are general enough for ``g``, else ``None``."""
    ring = g.parent()
    x, y = ring.gens()
    degree = int(g.degree())
    if g.degree(y) < degree:
        return None
    lines = _Lines(g)
    wanted, slices, best = 3 * degree * (degree - 1) + 1, {}, 0
    for a in (k // 2 if k % 2 == 0 else -(k + 1) // 2 for k in count()):
        deadline.check("computing an evolute")
        f = lines.centres(a)
        found = 0 if f is None else int(f.degree())
        if found > best:
            best, slices = found, {}
        if found == best and found:
            slices[a] = f
        if len(slices) == wanted:
            break
        # A few lines are special; many mean that the coordinates are, or that there is no curve.
        if abs(a) > wanted:
            return None
    nodes = sorted(slices, key=abs)
    result = ring.zero()
    for k in range(best + 1):
        values = [slices[a][best - k] for a in nodes]
        coefficient = _interpolate(nodes[: k + 1], values[: k + 1])
        if any(coefficient(a) != value for a, value in zip(nodes[k + 1 :], values[k + 1 :])):
            return None
        result += coefficient(x) * y ** (best - k)
    return result


def _interpolate(nodes, values):
    return PolynomialRing(QQ, "a")(pari.polinterpolate(nodes, values))


class _Lines:
    r"""
    Centres of curvature on vertical lines, for a ``g`` of degree ``d`` in which ``y^d`` occurs.

    Functions on the curve are written in ``Z[x][Y]``, ``Y = c y`` with the leading coefficient ``c``, by which ``g``
    becomes monic: vectors of ``d`` integer polynomials of FLINT.
    """

    def __init__(self, g):
        ring = g.parent()
        x, y = ring.gens()
        self.d = int(g.degree())
        self.c = g.monomial_coefficient(y**self.d)
        gx, gy = g.derivative(x), g.derivative(y)
        q = gx**2 + gy**2
        K = gy.derivative(y) * gx**2 - 2 * gx.derivative(y) * gx * gy + gx.derivative(x) * gy**2
        self.relation = None
        top = self._in_Y(g * self.c ** (self.d - 1))
        self.relation = [-f for f in top[: self.d]]
        # All that follows is multiplied by one power of c, to be integral.
        scale = self.c ** max(int(f.degree(y)) for f in (x * K, y * K, q * gx, q * gy))
        self.K, self.xK = self._reduced(scale * K), self._reduced(scale * x * K)
        self.normal = self._reduced(scale * q * gx)
        self.height = self._reduced(scale * (y * K - q * gy))

    def _in_Y(self, f):
        r"""Return the coefficients in ``Z[x]`` of the powers of ``Y``."""
        y = f.parent().gen(1)
        top = max(int(f.degree(y)), 0)
        rows = [{} for _ in range(top + 1)]
        for (i, j), c in f.dict().items():
            rows[j][int(i)] = int(c / self.c**j)
            if c % self.c**j:
                raise ArithmeticError("a function on the curve is not integral")
        return [flint.fmpz_poly([row.get(i, 0) for i in range(max(row, default=-1) + 1)]) for row in rows]

    def _reduced(self, f):
        vector = self._in_Y(f) if f else []
        result = [flint.fmpz_poly([])] * self.d
        for coefficient in reversed(vector):
            result = self._times_Y(result)
            result[0] = result[0] + coefficient
        return result

    def _times_Y(self, vector):
        top = vector[-1]
        shifted = [flint.fmpz_poly([]), *vector[:-1]]
        return [a + top * b for a, b in zip(shifted, self.relation)]

    def centres(self, a):
        r"""
        Return the monic squarefree polynomial of centres of curvature ``(a, s)``, ``None`` when it is not found.

        Points with ``K = 0`` have no centre. Of points with the same first coordinate all may be left out.
        """
        h = [f - a * k - n for f, k, n in zip(self.xK, self.K, self.normal)]
        columns = [h]
        for _ in range(self.d - 1):
            columns.append(self._times_Y(columns[-1]))
        rows = [[column[i] for column in columns] for i in range(self.d)]
        w = _determinant(rows)
        if not w:
            return None
        # Where the first entry of this row of the adjugate does not vanish, the kernel of the transposed matrix is a
        # line, stable under multiplication by Y: the row is (1, Y, ..., Y^(d-1)) at a common point, up to scale.
        # Where it vanishes, as it does at two common points with the same x, the point is left out.
        kernel = [(-1) ** k * _determinant([row[1:] for i, row in enumerate(rows) if i != k]) for k in range(self.d)]
        w = _squarefree_without(w, kernel[:1])
        kernel = _primitive(kernel)
        K = sum((f * k for f, k in zip(self.K, kernel)), flint.fmpz_poly([]))
        height = sum((f * k for f, k in zip(self.height, kernel)), flint.fmpz_poly([]))
        w = _squarefree_without(w, [K])
        if w.degree() < 1:
            return None
        return squarefree_part(norm_polynomial(w, height, K))


def _determinant(rows):
    r"""Return a determinant over ``Z[x]``, by expansion along the first column (the size is at most the degree)."""
    if not rows:
        return flint.fmpz_poly([1])
    result = flint.fmpz_poly([])
    for k, row in enumerate(rows):
        if row[0]:
            minor = _determinant([other[1:] for i, other in enumerate(rows) if i != k])
            result += (-1) ** k * row[0] * minor
    return result


def _primitive(vector):
    content = flint.fmpz_poly([0])
    for f in vector:
        content = content.gcd(f)
    return [f // content for f in vector] if content else vector


def _squarefree_without(w, others):
    r"""Return the squarefree part of ``w`` without the roots of ``others``, primitive."""
    w = w // w.gcd(w.derivative()) if w.degree() > 0 else w
    for f in others:
        while (common := w.gcd(f)).degree() > 0:
            w = w // common
    return w // w.content() if w.degree() > 0 else w
