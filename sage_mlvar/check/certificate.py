r"""
The entries of a certificate, read strictly.

EXAMPLES::

    sage: from sage_mlvar.check.certificate import Certificate
    sage: Certificate({"format": "sage_mlvar/certificate", "version": 2r})
    Traceback (most recent call last):
    ...
    sage_mlvar.check.errors.Malformed: the certificate must have version 1, got 2
"""

from .digests import document_digest
from .document import choice, fields, index, rational, rationals, sequence, shown, text
from .errors import Malformed, Rejected
from .network import from_certificate
from .problem import INFINITY

__all__ = ["FORMAT", "VERSION", "Certificate", "distance"]

FORMAT = "sage_mlvar/certificate"
VERSION = 1

_REQUIRED = ("format", "version", "network", "point", "norm", "box", "radius", "claim", "bounds", "witness", "sha256")
_OPTIONAL = ("nearest", "method", "argument", "trusted", "made_by")
_CLAIM = ("class", "lower", "upper", "verdict", "competing", "status")
_STATUS = ("proved", "probable")


class Certificate:
    r"""
    The entries of ``document`` as numbers, each of the right kind and range; digests agree.

    Whether the claim follows is another question: see :mod:`sage_mlvar.check.claim`.

    INPUT:

    - ``document``, ``folder``, ``network`` -- as for :func:`sage_mlvar.check.verify`
    """

    def __init__(self, document, folder=None, network=None):
        if not isinstance(document, dict):
            raise Malformed(f"the certificate must be an object, got {shown(document)}")
        # First, so that a file of another kind or time is told so, whatever else it holds.
        for key, wanted in (("format", FORMAT), ("version", VERSION)):
            if document.get(key) != wanted or type(document[key]) is not type(wanted):
                raise Malformed(f"the certificate must have {key} {wanted!r}, got {shown(document.get(key))}")
        fields(document, "the certificate", _REQUIRED, _OPTIONAL)
        if text(document["sha256"], "sha256") != document_digest(document):
            raise Rejected("the certificate does not have the digest that it states: it was changed or damaged")
        self.network, self.network_found = from_certificate(document["network"], folder, network)
        inputs = self.network.widths[0]
        self.point = rationals(document["point"], "point", inputs)
        self.norm = choice(document["norm"], "norm", ("euclidean", "maximum"))
        self.box = self._box(document["box"])
        self.radius = None if document["radius"] is None else rational(document["radius"], "radius")
        if self.radius is not None and self.radius <= 0:
            raise Malformed("radius must be positive")
        self._read_claim(document["claim"])
        self.bounds = [
            self._bound(item, f"bounds[{k}]") for k, item in enumerate(sequence(document["bounds"], "bounds"))
        ]
        self.witness = self._witness(document["witness"])
        self.nearest = self._nearest(document.get("nearest"))
        self._read_remarks(document)

    def _class(self, value, where):
        return None if value is None else index(value, where, self.network.classes)

    def _box(self, value):
        if value is None:
            return None
        pairs = [
            rationals(pair, f"box[{k}]", 2) for k, pair in enumerate(sequence(value, "box", self.network.widths[0]))
        ]
        for k, (low, high) in enumerate(pairs):
            if low > high:
                raise Malformed(f"box[{k}] must have its lower end first")
        return pairs

    def _read_claim(self, claim):
        fields(claim, "claim", _CLAIM)
        self.predicted = self._class(claim["class"], "claim.class")
        self.lower = distance(claim["lower"], "claim.lower")
        self.upper = distance(claim["upper"], "claim.upper")
        self.verdict = choice(claim["verdict"], "claim.verdict", (None, "robust", "not robust", "unknown"))
        self.competing = self._class(claim["competing"], "claim.competing")
        self.status = choice(claim["status"], "claim.status", _STATUS)

    def _bound(self, item, where):
        fields(item, where, ["class", "lower", "status", "proof"])
        return {
            "class": index(item["class"], f"{where}.class", self.network.classes),
            "lower": distance(item["lower"], f"{where}.lower"),
            "status": choice(item["status"], f"{where}.status", _STATUS),
            "proof": item["proof"],
        }

    def _witness(self, entry):
        if entry is None:
            return None
        fields(entry, "witness", ["class", "upper"], ["point", "proof"])
        if ("point" in entry) == ("proof" in entry):
            raise Malformed("witness must have one of the entries 'point' and 'proof'")
        upper = distance(entry["upper"], "witness.upper")
        if upper is INFINITY:
            raise Malformed("witness.upper must be finite")
        return {
            "class": index(entry["class"], "witness.class", self.network.classes),
            "upper": upper,
            "point": rationals(entry["point"], "witness.point", len(self.point)) if "point" in entry else None,
            "proof": entry.get("proof"),
        }

    def _nearest(self, entry):
        if entry is None:
            return None
        fields(entry, "nearest", ["class", "center", "radius"])
        radius = rational(entry["radius"], "nearest.radius")
        if radius < 0:
            raise Malformed("nearest.radius must not be negative")
        return {
            "class": index(entry["class"], "nearest.class", self.network.classes),
            "center": rationals(entry["center"], "nearest.center", len(self.point)),
            "radius": radius,
        }

    def _read_remarks(self, document):
        r"""Check the form of the entries that carry no claim."""
        for key in ("method", "argument"):
            if key in document:
                text(document[key], key)
        for k, sentence in enumerate(sequence(document.get("trusted", []), "trusted")):
            text(sentence, f"trusted[{k}]")
        made_by = document.get("made_by", {})
        if not isinstance(made_by, dict):
            raise Malformed(f"made_by must be an object, got {shown(made_by)}")
        for value in made_by.values():
            text(value, "made_by")


def distance(value, where):
    r"""
    Return the distance that ``value`` writes: a rational that is not negative, or ``"inf"``.

    EXAMPLES::

        sage: from sage_mlvar.check.certificate import distance
        sage: distance("inf", "claim.upper") is None, distance("3/2", "claim.upper")
        (True, 3/2)
        sage: distance("-1", "claim.upper")
        Traceback (most recent call last):
        ...
        sage_mlvar.check.errors.Malformed: claim.upper must not be negative, got '-1'
    """
    if value == "inf":
        return INFINITY
    number = rational(value, where)
    if number < 0:
        raise Malformed(f"{where} must not be negative, got {shown(value)}")
    return number
