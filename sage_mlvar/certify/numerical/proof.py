r"""
Proofs of kind "enclosures": approximate critical points as decimal strings.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.homotopy.family import Family
    sage: from sage_mlvar.certify.numerical.proof import proof_of
    sage: F = Family(PolynomialClassifier([[[1]], [[-1], [0]]], [[0], [2, 0]]).boundary())
    sage: proof = proof_of(F.exact, F.critical_points([1]), False)
    sage: sorted(proof), sorted(proof["real"])
    (['basis', 'kind', 'pairs', 'real'],
     [['-1.414213562373095...', '-0.853553390593273...'], ['1.414213562373095...', '-0.146446609406726...']])
"""

import math
from decimal import Context, Decimal

import flint

from ... import _sage  # noqa: F401
from ...errors import OutOfReachError

__all__ = ["proof_of"]

#: Digits of solutions that double precision did not prove.
_DIGITS = 60
#: The checker reads exponents of four digits.
_MOST_EXPONENT = 9999


def proof_of(exact, found, flipped, bottleneck=None):
    r"""
    Return the proof, a dictionary ready for JSON.

    INPUT:

    - ``exact`` -- a :class:`~sage_mlvar.certify.homotopy.exact.BoundarySystem`
    - ``found`` -- its :class:`~sage_mlvar.certify.homotopy.solutions.Solutions`
    - ``flipped`` -- whether the system is that of ``-g``, whose multipliers have the other sign
    - ``bottleneck`` -- a :class:`~sage_mlvar.certify.homotopy.bottleneck.Bottleneck`, or ``None``
    """
    basis = None if exact.basis is None else list(exact.basis)
    return {"kind": "enclosures", "basis": basis, **_lists(found, flipped), **_rest(bottleneck, flipped)}


def _lists(found, flipped):
    # The system is that of 2^e g: its multipliers are smaller by this factor.
    shift, sign = found.exact.exponent, -1 if flipped else 1
    return {
        "real": [[re for re, _ in _numbers(item, shift, sign)] for item in found.real()],
        "pairs": [[list(number) for number in _numbers(item, shift, sign)] for item in found.pairs()],
    }


def _rest(bottleneck, flipped):
    if bottleneck is None or not bottleneck.is_proved or bottleneck.layer is None:
        return {}
    entry = {"layer": int(bottleneck.layer), "point": [str(x) for x in bottleneck.point]}
    return {"bottleneck": {**entry, **_lists(bottleneck.found, flipped), **_rest(bottleneck.inner, flipped)}}


def _numbers(item, shift, sign):
    r"""Return the coordinates of a solution, pairs of decimal strings."""
    if item.sharp is None:
        *parts, last = [(float(z.real), float(z.imag)) for z in item.center]
        return [(_text(a), _text(b)) for a, b in parts] + [tuple(_shifted(sign * x, shift) for x in last)]
    parts = [(z.real.mid().fmpq(), z.imag.mid().fmpq()) for z in item.sharp.center]
    scale = 2**shift if shift >= 0 else 1
    below = 1 if shift >= 0 else 2**-shift
    last = [sign * x * scale / below for x in parts[-1]]
    return [(_long(a), _long(b)) for a, b in (*parts[:-1], last)]


def _shifted(x, shift):
    r"""Return ``2^shift x`` as a decimal string."""
    if abs(math.frexp(x)[1] + shift) < 1000:
        return _text(math.ldexp(x, shift))
    # Beyond doubles, or where they lose digits.
    return _long(flint.fmpq(*x.as_integer_ratio()) * flint.fmpq(2) ** shift)


def _text(x):
    return repr(x + 0.0).replace("e+", "e")


def _long(q):
    context = Context(prec=_DIGITS)
    value = context.divide(Decimal(int(q.p)), Decimal(int(q.q)))
    if abs(value.adjusted()) > _MOST_EXPONENT:
        raise OutOfReachError(
            "a multiplier is beyond the numbers of a certificate; scale the network, or take certifier='critical' or "
            "'bounds'"
        )
    return format(value, ".59e").replace("e+", "e") if value else "0"
