r"""
The record of a certified distance, and its file.

EXAMPLES::

    sage: import os, tempfile
    sage: from sage_mlvar import PolynomialClassifier, RobustnessCertificate
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: certificate = C.certify([1, 0], radius=0.5); certificate
    class 0 within distance 1 of class 1, proved: distance in [1.00000000, 1.00000000] (quadric); radius 1/2: robust
    sage: with tempfile.TemporaryDirectory() as folder:
    ....:     path = os.path.join(folder, "x.json")
    ....:     certificate.save(path)
    ....:     again = RobustnessCertificate.load(path)
    sage: again.lower == certificate.lower, again.verify().verified[0]
    (True, '...')
"""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

from .. import _sage, check  # noqa: F401
from ..computation import PROVED
from ..errors import CertificateError
from ..exact import shown
from ..files import write_whole
from .base import Bound, Nearest, Witness
from .network import network_of

from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ

__all__ = ["FORMAT", "VERSION", "RobustnessCertificate"]

FORMAT = "sage_mlvar/certificate"
VERSION = 1


@dataclass(frozen=True, repr=False)
class RobustnessCertificate:
    r"""
    What is proved about the distance from a data point to the failures of a classifier.

    - ``classifier``, ``point`` -- the network, and the data point as a tuple of rationals
    - ``predicted`` -- the class at the point, ``None`` at a tie
    - ``lower``, ``upper`` -- rationals with ``lower <= distance <= upper``; infinity when no other class exists, or for
      ``upper`` when no failure was found
    - ``radius``, ``verdict`` -- the radius in question, and ``"robust"`` (``lower > radius``), ``"not robust"`` (a
      failure within the radius) or ``"unknown"``; both ``None`` when no radius was given
    - ``competing`` -- the class of the witness, ``None`` without one
    - ``witness`` -- a :class:`~sage_mlvar.certify.base.Witness`, a failure at distance at most ``upper``
    - ``nearest`` -- a :class:`~sage_mlvar.certify.base.Nearest`, a ball with a nearest boundary point, or ``None``
    - ``bounds`` -- tuple of :class:`~sage_mlvar.certify.base.Bound`, one for each other class, with their proofs
    - ``method`` -- name of the certifier
    - ``choice`` -- why it was chosen, empty when it was named
    - ``status`` -- ``"proved"`` or ``"probable"``
    - ``norm``, ``box`` -- how distances are measured, and where failures count
    - ``seconds`` -- wall-clock time

    A certificate speaks of the network in real arithmetic with exactly these weights, not of its rounding errors.
    """

    classifier: object
    point: tuple
    predicted: int | None
    lower: object
    upper: object
    radius: object = None
    verdict: str | None = None
    competing: int | None = None
    method: str = "evaluation"
    status: str = PROVED
    bounds: tuple = ()
    witness: Witness | None = None
    nearest: Nearest | None = None
    norm: str = "euclidean"
    box: tuple | None = None
    choice: str = field(default="", compare=False)
    details: dict = field(default_factory=dict, compare=False)
    seconds: float = field(default=0.0, compare=False)

    @classmethod
    def of_tie(cls, classifier, point, radius, norm, box, classes, seconds):
        r"""Return the certificate of a point at which ``classes`` tie: its distance is 0."""
        return cls(
            classifier,
            point,
            None,
            QQ.zero(),
            QQ.zero(),
            radius,
            None if radius is None else "not robust",
            classes[1],
            witness=Witness(classes[1], QQ.zero(), point),
            norm=norm,
            box=box,
            details={"tie": classes},
            seconds=seconds,
        )

    @property
    def proved(self):
        r"""Whether the status is ``"proved"``."""
        return self.status == PROVED

    @property
    def argument(self):
        r"""What the lower bound rests on, one sentence."""
        if self.predicted is None:
            return "exact evaluation: the largest outputs are equal"
        return "; ".join(dict.fromkeys(bound.argument for bound in self.bounds))

    @property
    def trusted(self):
        r"""What the proof takes from the literature or from an engine, a tuple of sentences."""
        return tuple(dict.fromkeys(sentence for bound in self.bounds for sentence in bound.trusted))

    @property
    def relative_width(self):
        r"""The width of the bracket divided by its upper end; 0 for an exact or infinite distance."""
        if self.lower == self.upper:
            return QQ.zero()
        return infinity if self.upper == infinity else (self.upper - self.lower) / self.upper

    def __repr__(self):
        if self.predicted is None:
            first, second = (self.details.get("tie") or _tied(self.classifier, self.point))[:2]
            text = f"tie of classes {first} and {second}, {self.status}: distance 0 ({self.method})"
        elif self.lower == infinity:
            text = f"class {self.predicted} everywhere, {self.status} ({self.method})"
        else:
            ends = f"[{_short(self.lower)}, {'infinity' if self.upper == infinity else _short(self.upper)}]"
            near = "" if self.witness is None else f" within distance {float(self.upper):.6g} of class {self.competing}"
            text = f"class {self.predicted}{near}, {self.status}: distance in {ends} ({self.method})"
        return text if self.radius is None else f"{text}; radius {shown(self.radius)}: {self.verdict}"

    def to_dict(self, weights="inline"):
        r"""
        Return the certificate as plain data, the content of its file.

        INPUT: ``weights`` -- ``"inline"``, or the bare name of a model file that will lie beside the certificate
        """
        document = {
            "format": FORMAT,
            "version": VERSION,
            "network": _network(self.classifier, weights),
            "point": [str(x) for x in self.point],
            "norm": self.norm,
            "box": None if self.box is None else [[str(low), str(high)] for low, high in self.box],
            "radius": None if self.radius is None else str(self.radius),
            "claim": {
                "class": self.predicted,
                "lower": _text(self.lower),
                "upper": _text(self.upper),
                "verdict": self.verdict,
                "competing": self.competing,
                "status": self.status,
            },
            "method": self.method,
            "argument": self.argument,
            "trusted": list(self.trusted),
            "bounds": [_bound(bound) for bound in self.bounds],
            "witness": _witness(self.witness),
            "nearest": _nearest(self.nearest),
            "made_by": _maker(),
        }
        # The weights are kept with the classifier, and the proofs are those of this certificate.
        document = _copied(document)
        return {**document, "sha256": check.digest(document)}

    def save(self, path, weights="inline"):
        r"""
        Write the certificate to ``path`` as JSON; the file appears whole or not at all.

        INPUT:

        - ``path`` -- string or path
        - ``weights`` -- ``"inline"``, or the bare name of a model file beside ``path``, to store its digest only

        Raises :class:`~sage_mlvar.errors.CertificateError` when a plug-in made the certificate and the checker rejects
        it.
        """
        path = Path(path)
        self.check_foreign()
        if weights != "inline":
            _check_beside(self.classifier, path.parent, weights)
        write_whole(path, json.dumps(self.to_dict(weights), indent=1) + "\n")

    @classmethod
    def load(cls, path, believe=False):
        r"""
        Return the certificate in the file ``path``, after checking its proofs.

        INPUT:

        - ``path`` -- string or path
        - ``believe`` -- whether to take the file's word for what an engine is said to have found; without it, nobody
          could tell such a file from a made-up one

        Raises :class:`~sage_mlvar.errors.CertificateError` when the file is malformed, a digest does not match, the
        claim does not follow, or follows only if an engine is believed.
        """
        path = Path(path)
        try:
            document = check.read(path)
            report = check.verify(document, folder=path.parent)
        except check.Rejected as error:
            raise CertificateError(str(error)) from error
        if report.believed and not believe:
            raise CertificateError(
                f"{str(path)!r} rests on what an engine is said to have found, which cannot be checked; "
                "load(path, believe=True) takes its word"
            )
        return _from_document(cls, document, path.parent, report)

    def verify(self):
        r"""
        Check the certificate as ``python -m sage_mlvar.check`` does.

        OUTPUT: a report with ``verified`` and ``trusted``, lists of sentences

        Raises :class:`~sage_mlvar.errors.CertificateError` when the claim does not follow.
        """
        try:
            return check.verify(self.to_dict())
        except check.Rejected as error:
            raise CertificateError(str(error)) from error

    def check_foreign(self):
        r"""
        Check the certificate of a plug-in, so that no file is written that the checker rejects.

        Those of the package are not checked, which can take longer than to make them.

        Raises :class:`~sage_mlvar.errors.CertificateError` that names the certifier.
        """
        from .registry import known

        certifier = known().get(self.method)
        if certifier is None or certifier.__module__.startswith("sage_mlvar."):
            return
        try:
            self.verify()
        except CertificateError as error:
            raise CertificateError(f"certifier {self.method!r} made a certificate that is rejected: {error}") from error

    def with_radius(self, radius):
        r"""
        Return the certificate with the verdict for another radius, without computing again.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
            sage: C.certify([1, 0]).with_radius(2).verdict
            'not robust'
        """
        from .certify import _positive, verdict_of

        radius = _positive(radius, "radius")
        return replace(self, radius=radius, verdict=verdict_of(self.lower, self.upper, radius))


def _tied(classifier, point):
    # A file says which class competes, not which ones tie.
    outputs = network_of(classifier).outputs(point)
    return tuple(k for k, value in enumerate(outputs) if value == max(outputs))


def _short(x):
    return f"{float(x):.8f}" if 1e-4 < x < 1e6 else f"{float(x):.9g}"


def _text(x):
    return "inf" if x == infinity else str(x)


def _number(text):
    return infinity if text == "inf" else QQ(text)


def _copied(value):
    if isinstance(value, dict):
        return {key: _copied(entry) for key, entry in value.items()}
    return [_copied(entry) for entry in value] if isinstance(value, list) else value


def _maker():
    from .. import __version__

    return {"program": "sage_mlvar", "version": __version__}


def _network(classifier, weights):
    plain = classifier.__dict__.get("_plain_network")
    if plain is None:
        data = classifier.to_dict()
        plain = {name: data[name] for name in ("weights", "biases")}
        plain["activation"] = [str(c) for c in classifier.activation().list()]
        plain["sha256"] = check.network_digest(plain)
        classifier.__dict__["_plain_network"] = plain
    return plain if weights == "inline" else {"sha256": plain["sha256"], "file": weights}


def _check_beside(classifier, folder, name):
    if Path(name).name != name:
        raise ValueError(f"weights must be 'inline' or the bare name of a model file, got {name!r}")
    from ..modelfile import load

    if load(Path(folder) / name) != classifier:
        raise ValueError(f"weights must name a file of the same classifier, and {name!r} holds another model")


def _bound(bound):
    return {"class": bound.other, "lower": _text(bound.lower), "status": bound.status, "proof": bound.proof}


def _witness(witness):
    if witness is None:
        return None
    plain = {"class": witness.other, "upper": str(witness.upper)}
    if witness.point is None:
        return {**plain, "proof": witness.proof}
    return {**plain, "point": [str(x) for x in witness.point]}


def _nearest(nearest):
    if nearest is None:
        return None
    return {
        "class": nearest.other,
        "center": [str(x) for x in nearest.center],
        "radius": str(nearest.radius),
    }


def _from_document(cls, document, folder, report):
    from ..modelfile import load
    from ..models.classifier import PolynomialClassifier

    network, claim = document["network"], document["claim"]
    if "file" in network:
        classifier = load(folder / network["file"])
    else:
        classifier = PolynomialClassifier(network["weights"], network["biases"], network["activation"])
    # What the checker does not ask for may be missing from a certificate that another program made.
    witness, nearest, box = document["witness"], document.get("nearest"), document["box"]
    argument, trusted = document.get("argument", ""), tuple(report.trusted)
    if witness is not None:
        point = witness.get("point")
        point = None if point is None else tuple(map(QQ, point))
        witness = Witness(witness["class"], QQ(witness["upper"]), point, witness.get("proof"))
    if nearest is not None:
        nearest = Nearest(nearest["class"], tuple(map(QQ, nearest["center"])), QQ(nearest["radius"]))
    return cls(
        classifier,
        tuple(map(QQ, document["point"])),
        claim["class"],
        _number(claim["lower"]),
        _number(claim["upper"]),
        None if document["radius"] is None else QQ(document["radius"]),
        claim["verdict"],
        claim["competing"],
        document.get("method", "unnamed method"),
        claim["status"],
        tuple(
            Bound(
                b["class"],
                _number(b["lower"]),
                b["proof"],
                b["status"],
                argument,
                trusted,
            )
            for b in document["bounds"]
        ),
        witness,
        nearest,
        document["norm"],
        None if box is None else tuple((QQ(low), QQ(high)) for low, high in box),
        "read from a file and checked",
    )
