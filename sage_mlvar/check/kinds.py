r"""
The kinds of proofs that the checker knows.

A kind is a module of this package with a function ``verify(proof, problem)``, which returns a :class:`.Verified` whose
lower bound is at least ``problem.lower``, or raises :class:`.Rejected`. It may also have ``verify_witness(proof,
problem)``, which returns a :class:`.Verified` when the proof shows a boundary point at distance at most
``problem.upper``, inside ``problem.box``.

EXAMPLES::

    sage: from sage_mlvar.check.kinds import kind
    sage: kind({"kind": "multiplier"}, "proof").__name__
    'sage_mlvar.check.multiplier'
    sage: kind({"kind": "sorcery"}, "proof")
    Traceback (most recent call last):
    ...
    sage_mlvar.check.errors.Rejected: proof has the unknown kind 'sorcery'
"""

from importlib import import_module

from .document import shown
from .errors import Malformed, Rejected

__all__ = ["KINDS", "kind"]

#: Kind → module of this package.
KINDS = {
    "cover": "cover",
    "enclosures": "enclosures",
    "majorant": "majorant",
    "multiplier": "multiplier",
    "parametrization": "parametrization",
    "positive": "everywhere",
    "slabs": "slabs",
    "taylor": "taylor",
    "touching": "touching",
    "trivial": "trivial",
}


def kind(proof, where):
    r"""Return the module that checks ``proof``."""
    if not isinstance(proof, dict) or not isinstance(proof.get("kind"), str):
        raise Malformed(f"{where} must be an object with a kind, got {shown(proof)}")
    if proof["kind"] not in KINDS:
        raise Rejected(f"{where} has the unknown kind {shown(proof['kind'])}")
    return import_module(f".{KINDS[proof['kind']]}", __package__)
