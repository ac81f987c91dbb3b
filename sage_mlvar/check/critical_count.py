r"""
Upper bounds of the number of critical points of the distance to the zero set of a network.

They are the solutions ``(y, l)`` of ``y - v = l K grad h(y)``, ``h(y) = 0``, for y in r variables and a symmetric
invertible K. The number of *isolated* ones at any member of an irreducible family, which the constants of h and v move
in, is at most the number at a generic member: each is on a component of the set of all (member, y, l), given by r + 1
equations, that has the dimension of the family and is finite over it nearby. So it is enough to bound generic members,
and degrees that drop do no harm. The same bounds hold for the squarefree part f of h and generic v: near its finitely
many simple critical points ``h + t = 0`` is for small t a union of smooth pieces close to ``f = 0``, with critical
points nearby.

*Polynomials.* A generic polynomial of degree D has ``D sum_{i<r} (D-1)^i`` critical points.

*One narrow layer.* Let ``h = G(q_1, ..., q_k)``, k < r, with generic q_j of degree e and G of degree D'. With ``mu_j =
l G_j(q)`` the equations become ``m (y - v) = K sum mu_j grad q_j``, mu proportional to grad G(q), and h = 0. On the
bundle of projective spaces ``(mu : m)`` over that of y in which the mu_j have the class M and m has M + (e-2) Y, Y a
hyperplane, the first r equations have the class M + (e-1) Y each, and the last one D' e Y. Where mu is proportional to
the homogenized grad G(q), of degree (D'-1) e, a 2 x k matrix has rank 1 at most, a condition of codimension k - 1 and
class ``sum_{i<k} ((D'-1) e Y)^i M^(k-1-i)`` (Porteous): it has the right codimension everywhere, since mu = 0 and
grad G(q) = 0 have codimension k. For the latter, grad G has finitely many zeros, over which generic q have fibres of
codimension k, and at infinity, where the forms of highest degree count, grad G vanishes at 0 only. This locus is
Cohen-Macaulay, and on it M + (e-1) Y (sections mu_j F, m y_i) and Y have sections without common zeros: no part of the
intersection counts negatively, and each isolated point counts. Isolated solutions are isolated points: grad G(q) is
not 0 there, or else y = v, and h(v) is not 0 for generic v. So their number is at most the intersection number, by
``Y^(r+1) = 0`` and ``M^k (M + (e-2) Y) = 0``.

*Two narrow layers.* Let ``h = G(p_1(q), ..., p_k'(q))``, r > k > k', with generic p_j of degree e' >= 2 in k variables
and G of degree D''. With ``nu_j = l G_j(p(q))`` the condition on mu becomes ``t mu = sum nu_j grad p_j(q)``, nu
proportional to g = grad G(p(q)). On the bundle of spaces ``(t : nu)``, t of class T and the nu_j of N = T + M - (e'-1)
e Y, the latter is a locus of codimension k' - 1 as before, and on it the former are k equations of class T + M. Pushing
down, by ``T N^k' = 0``, one gets the class ``sum binom(k, j) (c Y)^j (b Y)^i (M - c Y)^(k-1-i-j)``, c = (e'-1) e, b =
(D''-1) e' e, i < k', i + j < k, in place of the one above. The rest is as before if the equations cut out no part of
dimension over r + 1. Let A be the matrix of the grad p_j(q). Over y with A g not 0 the fibre is a line. Where A g = 0,
g not 0, in codimension k (critical points of G(p), the grad p_j being free; none at infinity), it has dimension k at
most. Where g = 0, in codimension k', it has dimension k' if A is injective. There A is not injective only at infinity
where the forms of highest degree of all q_j vanish, in codimension k + 1; then A = 0, and the fibre has dimension k +
k' - 1. So k' <= 3 is needed, and for k' = 3 a part at infinity makes the number too large.

EXAMPLES::

    sage: from sage_mlvar.check.critical_count import bounds
    sage: bounds(3, [3, 2, 2], 2)
    {(): 456, (1,): 168, (2,): 328}
    sage: bounds(4, [4, 3, 2], 2)
    {(): 3200, (1,): 1472, (1, 2): 960, (2,): 1408}

REFERENCES: Draisma, Horobet, Ottaviani, Sturmfels, Thomas, *The Euclidean distance degree of an algebraic variety*,
2016, Proposition 2.6; Fulton, *Intersection Theory*, 1998, Theorems 12.2 and 14.4.
"""

from math import comb

__all__ = [
    "bounds",
    "composition",
    "least",
    "most_critical_points",
    "narrow_number",
    "theorem",
    "twice_narrow_number",
]


def most_critical_points(degree, variables):
    r"""
    Return ``N``, the number of critical points of a generic polynomial.

    EXAMPLES::

        sage: from sage_mlvar.check.critical_count import most_critical_points
        sage: most_critical_points(3, 8), most_critical_points(4, 3)
        (765, 52)
    """
    return degree * sum((degree - 1) ** k for k in range(variables))


def narrow_number(variables, width, inner, outer):
    r"""
    Return the bound for one narrow layer: r, k, e and D'.

    EXAMPLES::

        sage: from sage_mlvar.check.critical_count import narrow_number
        sage: narrow_number(3, 2, 2, 2), narrow_number(3, 2, 3, 3), narrow_number(3, 3, 3, 3), narrow_number(3, 2, 2, 4)
        (36, 333, 657, 168)
    """
    locus = [((outer - 1) * inner) ** i for i in range(width)]
    return _number(variables, locus, inner, inner * outer)


def twice_narrow_number(variables, width, second, inner, middle, outer):
    r"""
    Return the bound for two narrow layers: r, k, k' at most 3, e, e' and D''.

    EXAMPLES::

        sage: from sage_mlvar.check.critical_count import twice_narrow_number
        sage: twice_narrow_number(3, 2, 1, 2, 2, 2), twice_narrow_number(4, 3, 2, 2, 2, 2)
        (72, 960)
    """
    return _number(variables, _twice(width, second, inner, middle, outer), inner, inner * middle * outer)


def _twice(width, second, inner, middle, outer):
    r"""
    Return the sum over i < k', i + j < k of ``binom(k, j) (c Y)^j (b Y)^i (M - c Y)^(k-1-i-j)`` with c = (e'-1) e and
    b = (D''-1) e' e, as the list of the coefficients of ``Y^a M^(k-1-a)``.
    """
    c, b = (middle - 1) * inner, (outer - 1) * middle * inner
    found = [0] * width
    for i in range(min(second, width)):
        for j in range(width - i):
            rest = width - 1 - i - j
            for a in range(rest + 1):
                found[i + j + a] += comb(width, j) * c**j * b**i * comb(rest, a) * (-c) ** a
    return found


def _number(variables, locus, inner, degree):
    r"""Return the degree of ``sum_i c_i Y^i M^(k-1-i) (M + (e-1) Y)^r D Y``, for the list ``locus`` of the c_i."""
    # Classes Y^a M^b are lists by a; M^k (M + (e-2) Y) = 0 leaves Y^r M^k only.
    total = [0] * (variables + 1)
    for i, c in enumerate(locus[:variables]):
        for j in range(variables - i):
            total[1 + i + j] += c * comb(variables, j) * (inner - 1) ** j
    return degree * sum(x * (2 - inner) ** (variables - a) for a, x in enumerate(total))


def bounds(variables, hidden, degree):
    r"""
    Return all bounds for a network, a dictionary.

    INPUT: ``variables`` -- r; ``hidden`` -- the widths of the hidden layers; ``degree`` -- that of the activation

    OUTPUT: the keys are tuples of the indices of the narrow hidden layers that are made use of, the first layer being 0
    """
    d, s = degree, len(hidden)
    found = {(): most_critical_points(d**s, variables)}
    if d < 2:
        return found
    for j in range(1, s):
        if hidden[j] >= variables:
            continue
        found[j,] = narrow_number(variables, hidden[j], d**j, d ** (s - j))
        for i in range(j + 1, s):
            if hidden[i] < hidden[j] and hidden[i] <= 3:
                found[j, i] = twice_narrow_number(variables, hidden[j], hidden[i], d**j, d ** (i - j), d ** (s - i))
    return found


def least(variables, hidden, degree):
    r"""
    Return the least of the :func:`bounds`, and its key.

    EXAMPLES::

        sage: from sage_mlvar.check.critical_count import least
        sage: least(3, [3, 2, 2], 2), least(3, [3, 3, 3], 2)
        ((168, (1,)), (456, ()))
    """
    return min((number, layers) for layers, number in bounds(variables, hidden, degree).items())


def theorem(variables, hidden, degree, layers):
    r"""Return what the bound with these narrow layers takes from the literature, one sentence."""
    number, D = bounds(variables, hidden, degree)[layers], degree ** len(hidden)
    if not layers:
        return (
            f"a generic polynomial of degree {D} in {variables} variables has {number} critical points of the distance "
            "from a generic point (Draisma, Horobet, Ottaviani, Sturmfels, Thomas, The Euclidean distance degree of an "
            "algebraic variety, 2016, Proposition 2.6)"
        )
    return (
        f"{composition(hidden, degree, layers)} in {variables} variables has at most {number} isolated critical points "
        "of the distance from a generic point (intersection numbers on projective bundles; Fulton, Intersection "
        "Theory, 1998, Theorems 12.2 and 14.4)"
    )


def composition(hidden, degree, layers):
    r"""
    Return what a network is with these narrow layers, in words.

    EXAMPLES::

        sage: from sage_mlvar.check.critical_count import composition
        sage: composition([4, 3, 2], 2, (1, 2))
        'a polynomial of degree 2 in 2 polynomials of degree 2 in 3 polynomials of degree 2'
    """
    words, end = "", len(hidden)
    for layer in reversed(layers):
        words += f"{f'{hidden[end]} polynomials' if words else 'a polynomial'} of degree {degree ** (end - layer)} in "
        end = layer
    return f"{words}{hidden[end]} polynomials of degree {degree**end}"
