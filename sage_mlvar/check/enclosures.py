r"""
Proofs of kind "enclosures": all critical points of the distance, each in a ball of its own.

``{"kind": "enclosures", "basis": rows or null, "real": [[y_1, ..., y_r, l], ...], "pairs": [[[re, im], ...], ...]}``,
with decimal strings, approximates solutions of ::

    y - v = l K grad h(y),    h(y) = 0,

one of each pair of conjugates, and may have one more entry, "bottleneck" (below). Here ``g(x) = h(R x + s)`` for the
rows R of the first weight matrix in the basis and their biases s, ``K = R R^T`` and ``v = R u + s``; without a basis
``R = I``, ``s = 0``. The squared distance from u to the points x with ``R x + s = y`` is ``(y-v)^T K^(-1) (y-v)``, and
each nearest boundary point is singular or critical.

*Each solution.* After Newton steps, with X the approximation, A an approximate inverse of the Jacobian matrix F' and B
the box of radii rho around X, let ``d >= |A F(X)|`` and ``M >= |I - A F'(B)|`` entrywise. If ``d + M rho < rho`` then
``y -> y - A F(y)`` maps B to itself and contracts it: B holds one solution, which is simple and within ``d + M rho`` of
X. For real X the conjugate of this solution lies in B too, so it is real. For the others one imaginary part excludes 0.

*No other solution.* Let h be a member of a family of functions, of which one with generic coefficients has at most N
isolated solutions for generic v; such numbers are those of :mod:`sage_mlvar.check.critical_count`. Suppose N simple
solutions are known for the given h, v. In the space P of all (h, v) they continue to N solutions nearby. Let Z be the
set of all (h, v, y, (m : l)) with ``m (y - v) = l K grad h(y)``, ``h(y) = 0``, with (m : l) in the projective line. It
is given by r + 1 equations, so that each of its components has at least the dimension of P.

*All polynomials of degree D.* Where m = 0, y is a singular point of ``h = 0``: r + 1 conditions on h for given y, and
these points have dimension dim P - 1. Where m = 1, v is a function of the rest, h(y) = 0 one linear condition on h, and
the points form one irreducible set of dimension dim P. So Z is the closure of the latter, and its part over generic
(h, v) is dense, as it is not empty: each point of Z is a limit of points over generic (h, v). One more solution of the
given system, isolated or not, or *a singular point of the boundary*, would thus give an (N+1)-st solution for generic
(h, v). So there is none, the boundary is smooth, and its nearest points are among the real solutions.

*Narrow layers.* Let P be the space of all (q_1, ..., q_k, G, v), of the degrees e and D', with ``h = G(q)``: the q_j
are the neurons of a hidden layer, before their activation, and G is the rest of the network. The same holds in the open
part of Z where grad G(q(y)) is not 0: there the gradients of the q_j, which are free, move that of h freely, and h(y) =
0 is a linear condition on the constant of G. The simple solutions are in this part, grad h being different from 0. So
the list is complete, and the boundary smooth, if no other point over the given h exists outside, where G(q(y)) = 0 and
grad G(q(y)) = 0: if *the zero set of G in C^k is smooth*. With G(p) in place of G this holds for two narrow layers.

- In the last hidden layer ``G = a_1 s(z_1) + ... + a_k s(z_k) + c`` with all a_j different from 0. If ``s(z) = (z -
  rho)^d`` up to a factor and a constant, G has one critical point, and it is enough that G is not 0 there.
- In general a proof has one more entry, ``"bottleneck": {"layer": j, "point": [z_1, ..., z_k], "real": [...], "pairs":
  [...]}``: the index of the hidden layer, the first being 0, and the same proof for G in place of h, which is a network
  behind k inputs, with the rationals z for v and K = I. As many simple solutions as there can be show that its zero set
  is smooth. For narrow layers of G this is a proof with an entry "bottleneck" again.

EXAMPLES::

    sage: from flint import fmpq
    sage: from sage_mlvar.check.enclosures import verify
    sage: from sage_mlvar.check.network import Network
    sage: from sage_mlvar.check.problem import Problem
    sage: network = Network([[["1"]], [["-1"], ["0"]]], [["0"], ["2", "0"]], ["0", "0", "1"])  # g = 2 - x^2
    sage: problem = Problem(network, [fmpq(1r)], 0, 1, lower=fmpq(2r, 5r))
    sage: proof = {"kind": "enclosures", "basis": None, "pairs": [],
    ....:          "real": [["1.4142", "-0.1464466"], ["-1.4142", "-0.853553"]]}
    sage: verify(proof, problem).verified
    ['class 1: all 2 critical points of the distance, 2 of them real, each in a ball of its own; the nearest is at
    least 0.4 away']
    sage: verify({**proof, "real": proof["real"][:1]}, problem)
    Traceback (most recent call last):
    ...
    sage_mlvar.check.errors.Rejected: class 1: 1 critical points are given, but there may be 2
"""

import re

from flint import acb, arb, ctx, fmpq, fmpz

from .critical_count import bounds, theorem
from .document import approximate, fields, index, rationals, sequence, shown
from .errors import Malformed, Rejected
from .lagrange import Lagrange
from .problem import INFINITY, Verified

__all__ = ["verify"]

_DECIMAL = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,400})?(?:e[+-]?[0-9]{1,4})?")
#: Working precisions, in bits, that are tried one after the other.
_PRECISIONS = (128, 512)
#: Attempts to find radii for the test.
_INFLATIONS = 4
#: More critical points than anybody waits for.
_MOST = 100_000


def verify(proof, problem):
    r"""Return what the proof shows, a :class:`.Verified`, or raise :class:`.Rejected`."""
    fields(proof, "proof", ["kind", "basis", "real", "pairs"], ["bottleneck"])
    name = f"class {problem.other}"
    system = Lagrange(problem, proof["basis"])
    # As exact as the claim, and some more.
    claimed = 0 if problem.lower is INFINITY else problem.lower.height_bits()
    sentences, trusted = [], []
    before = ctx.prec
    try:
        found, real = _complete(system, proof, name, 64 + 2 * claimed, sentences, trusted)
        nearest = [system.squared_distance(box) for box in found[:real]]
    finally:
        ctx.prec = before
    sentence, *more = sentences
    trusted = list(dict.fromkeys(trusted))
    if not real:
        return Verified(INFINITY, [f"{sentence}; the boundary has no real point", *more], trusted)
    lower = problem.from_square(min(nearest))

    def ball(upper_square):
        return system.ball([box for box, square in zip(found, nearest) if square <= upper_square] or found[:1])

    # What is nearest in another norm, or in a box, need not be critical.
    return Verified(
        lower,
        [f"{sentence}; the nearest is at least {approximate(lower)} away", *more],
        trusted,
        ball=ball if problem.is_plain else None,
    )


def _complete(system, plain, name, bits, sentences, trusted):
    r"""
    Check that a list of solutions is complete, and return their boxes, real ones first, and the number of the latter.

    INPUT: ``plain`` -- the proof; ``bits`` -- the precision of real solutions; ``sentences``, ``trusted`` -- lists to
    which goes what was verified and what was not
    """
    real, pairs = sequence(plain["real"], "real"), sequence(plain["pairs"], "pairs")
    given = len(real) + 2 * len(pairs)
    r, d, hidden = system.variables, system.degree(), system.hidden()
    # The first comparison, since powers may be long.
    if (d > 1 and len(hidden) > 20) or d ** len(hidden) > _MOST or max(r, *hidden) > _MOST:
        raise Rejected(f"{name}: the number of critical points is out of reach")
    if d ** len(hidden) > 2 and r > 40:
        raise Rejected(f"{name}: the number of critical points is out of reach")
    numbers, rest = bounds(r, hidden, d), plain.get("bottleneck")
    if rest is not None:
        fields(rest, "bottleneck", ["layer", "point", "real", "pairs"], ["bottleneck"])
        layer = index(rest["layer"], "bottleneck.layer", len(hidden))
        numbers = {key: number for key, number in numbers.items() if key[:1] == (layer,)}
    else:
        last = (len(hidden) - 1,)
        numbers = {key: number for key, number in numbers.items() if not key or (key == last and system.is_narrow())}
    if not numbers:
        raise Rejected(f"{name}: hidden layer {layer} is no narrow one")
    key = next((key for key, number in numbers.items() if number == given), None)
    if key is None or not given:
        raise Rejected(f"{name}: {given} critical points are given, but there may be {min(numbers.values())}")
    found = _distinct_boxes(system, real, pairs, name, bits)
    sentences.append(
        f"{name}: all {given} critical points of the distance, {len(real)} of them real, each in a ball of its own"
    )
    trusted.append(theorem(r, hidden, d, key))
    if rest is not None:
        behind = system.behind(layer, rationals(rest["point"], "bottleneck.point", hidden[layer]))
        _complete(behind, rest, f"{name}, zero set of the function of hidden layer {layer}", 0, sentences, trusted)
    return found, len(real)


def _distinct_boxes(system, real, pairs, name, bits):
    r"""Return boxes of different solutions, one of each pair of conjugates, or raise :class:`.Rejected`."""
    solutions = [_real(x, f"real[{k}]", system.variables + 1) for k, x in enumerate(real)]
    solutions += [_complex(x, f"pairs[{k}]", system.variables + 1) for k, x in enumerate(pairs)]
    found = [_proved(system, x, k < len(real), bits) for k, x in enumerate(solutions)]
    if None in found:
        place = found.index(None)
        which = f"real[{place}]" if place < len(real) else f"pairs[{place - len(real)}]"
        raise Rejected(f"{name}: {which} is no approximation of a critical point whose ball can be proved")
    ctx.prec = max(_PRECISIONS)
    boxes = found + [[z.conjugate() for z in box] for box in found[len(real) :]]
    if not _disjoint(boxes):
        raise Rejected(f"{name}: two of the critical points may be the same")
    return found


def _number(value, where):
    match = isinstance(value, str) and _DECIMAL.fullmatch(value)
    if not match:
        raise Malformed(f"{where} must be a decimal number in a string, got {shown(value)}")
    mantissa, _, exponent = value.partition("e")
    whole, _, decimals = mantissa.partition(".")
    return fmpq(fmpz(whole + decimals)) * fmpq(10) ** (int(exponent or 0) - len(decimals))


def _real(entry, where, length):
    return [(_number(x, where), fmpq(0)) for x in sequence(entry, where, length)]


def _complex(entry, where, length):
    found = []
    for pair in sequence(entry, where, length):
        re_part, im_part = sequence(pair, where, 2)
        found.append((_number(re_part, where), _number(im_part, where)))
    return found


def _proved(system, start, real, bits):
    r"""Return the box of a solution, a list of ``acb`` with real entries for a real one, or ``None``."""
    for precision in _PRECISIONS:
        ctx.prec = max(precision, bits) if real else precision
        try:
            box = _krawczyk(system, start, real)
        except ZeroDivisionError:
            continue
        if box is not None and (real or any(not z.imag.contains(0) for z in box)):
            return box
    return None


def _krawczyk(system, start, real):
    center = [acb(arb(a).mid(), arb(b).mid()) for a, b in start]
    last = None
    for _ in range(20):
        values, jacobian = system.at(center)
        inverse = jacobian.mid().inv().mid()
        move = (inverse * values).mid().entries()
        if real:
            move = [acb(z.real) for z in move]
        center = [(z - m).mid() for z, m in zip(center, move)]
        largest = max(z.abs_upper() for z in move)
        if not largest.is_finite():
            return None
        # A converging iteration squares its errors until only those of rounding are left.
        if last is not None and not largest < last / 16:
            break
        if all(z.abs_upper() <= w.abs_upper() * arb(2) ** (-(ctx.prec // 2)) for z, w in zip(move, center)):
            break
        last = largest
    values, jacobian = system.at(center)
    inverse = jacobian.mid().inv().mid()
    first = [z.abs_upper() for z in (inverse * values).entries()]
    least = arb(2) ** (-8 * ctx.prec)
    radii = [(2 * d + least).upper() for d in first]
    # A coordinate that is hit exactly gets a radius that the errors of the others exceed: then it needs a larger one.
    for _ in range(_INFLATIONS):
        contraction = inverse * system.at([_around(z, rho) for z, rho in zip(center, radii)])[1]
        reached = [_reached(i, d, contraction, radii) for i, d in enumerate(first)]
        if all(total < rho for total, rho in zip(reached, radii)):
            break
        radii = [(2 * total).upper() if not 2 * total <= rho else rho for total, rho in zip(reached, radii)]
    else:
        return None
    if real:
        return [acb(z.real + arb(0, rho)) for z, rho in zip(center, reached)]
    return [_around(z, rho) for z, rho in zip(center, reached)]


def _reached(i, d, contraction, radii):
    total = d
    for j, rho in enumerate(radii):
        total += (int(i == j) - contraction[i, j]).abs_upper() * rho
    return total.upper()


def _around(z, rho):
    return acb(z.real + arb(0, rho), z.imag + arb(0, rho))


def _disjoint(boxes):
    r"""
    Return whether no two boxes meet.

    Sorted by a real linear function of their coordinates, boxes that meet are close to each other.
    """
    spans = []
    for number, box in enumerate(boxes):
        total = arb(0)
        for k, z in enumerate(box):
            total += (2 * k + 3) * z.real + (k * k + 2) * z.imag
        spans.append((total.lower().fmpq(), total.upper().fmpq(), number))
    spans.sort()
    checks = 0
    for place, (_, high, one) in enumerate(spans):
        for low, _, other in spans[place + 1 :]:
            if low > high:
                break
            checks += 1
            if checks > 100 * len(boxes) or all(a.overlaps(b) for a, b in zip(boxes[one], boxes[other])):
                return False
    return True
