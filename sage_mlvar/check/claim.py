r"""
Whether the claim of a certificate follows.

The claim: the point is of class c; no point closer than ``lower`` has another largest output or a tie; some point at
distance at most ``upper`` has. Everything that can be computed again is: outputs, distances, signs.

EXAMPLES::

    sage: from sage_mlvar.check import digest, document_digest, verify
    sage: network = {"weights": [[["1", "0"]], [["-1"], ["0"]]], "biases": [["0"], ["1", "0"]],
    ....:     "activation": ["0", "0", "1"]}  # the boundary is x^2 = 1
    sage: proof = {"kind": "multiplier", "multiplier": "1/2", "margin": "1/4", "basis": [0r], "coefficients": ["1/2"]}
    sage: document = {"format": "sage_mlvar/certificate", "version": 1r,
    ....:     "network": {"sha256": digest(network), **network},
    ....:     "point": ["1/2", "0"], "norm": "euclidean", "box": None, "radius": "1/3",
    ....:     "claim": {"class": 0r, "lower": "1/2", "upper": "1/2", "verdict": "robust", "competing": 1r,
    ....:         "status": "proved"},
    ....:     "bounds": [{"class": 1r, "lower": "1/2", "status": "proved", "proof": proof}],
    ....:     "witness": {"class": 1r, "point": ["1", "0"], "upper": "1/2"}, "nearest": None}
    sage: print(verify({**document, "sha256": document_digest(document)}).text())
    the claim follows: class 0, distance at least 0.5, at most 0.5 (euclidean), robust at radius 0.333333
      verified: the network has the SHA-256 digest ..., and was written in the certificate
      verified: the point is strictly of class 0, by exact evaluation
      verified: class 1: no boundary point closer than 0.5 (multiplier; 1 x 1 matrix positive definite exactly)
      verified: a point at distance at most 0.5 is not strictly of class 0 (output 1 is as large), by exact evaluation
      verified: the verdict 'robust' follows
      trusted: the arithmetic of python-flint ... and Python ...
    sage: document["claim"]["lower"] = "2/3"
    sage: verify({**document, "sha256": document_digest(document)})
    Traceback (most recent call last):
    ...
    sage_mlvar.check.errors.Rejected: claim.lower is above the lower bound 0.5 of class 1
"""

import platform

import flint

from .certificate import Certificate
from .document import approximate, shown
from .errors import Malformed, Rejected
from .kinds import kind
from .problem import INFINITY, Problem
from .report import Report
from .vectors import difference, square, within

__all__ = ["verify"]


def verify(document, folder=None, network=None):
    r"""
    Return a :class:`.Report` of what was verified and what was trusted, or raise :class:`.Rejected`.

    INPUT:

    - ``document`` -- dictionary; a certificate
    - ``folder`` -- path; where a model file that the certificate names is looked for
    - ``network`` -- path of a model file, or its content as a dictionary; then the digest must be that of this network
    """
    try:
        return _Claim(Certificate(document, folder, network)).report()
    except (MemoryError, OverflowError, RecursionError, ZeroDivisionError) as error:
        raise Malformed(
            f"the certificate cannot be computed with: {shown(str(error) or type(error).__name__)}"
        ) from error


class _Claim:
    def __init__(self, certificate):
        self.certificate = certificate
        sentence = (
            f"the network has the SHA-256 digest {certificate.network.sha256}, and was {certificate.network_found}"
        )
        self.found = Report(
            _words(certificate),
            [sentence],
            [f"the arithmetic of python-flint {flint.__version__} and Python {platform.python_version()}"],
            network={**certificate.network.plain, "sha256": certificate.network.sha256},
        )
        self.balls = {}

    def report(self):
        certificate = self.certificate
        if not Problem(certificate.network, certificate.point, 0, 1, box=certificate.box).inside(certificate.point):
            raise Rejected("the point lies outside the box")
        outputs = certificate.network.outputs(certificate.point)
        best = [k for k, value in enumerate(outputs) if value == max(outputs)]
        if len(best) > 1:
            self._tie(best)
        else:
            self._strict(best[0])
        self._verdict()
        # Boundaries with several classes rest on the same.
        self.found.trusted = list(dict.fromkeys(self.found.trusted))
        return self.found

    def _problem(self, other, **bounds):
        certificate = self.certificate
        return Problem(
            certificate.network,
            certificate.point,
            certificate.predicted,
            other,
            norm=certificate.norm,
            box=certificate.box,
            **bounds,
        )

    def _tie(self, best):
        certificate = self.certificate
        tied = f"the outputs {', '.join(map(str, best))} are equal and largest at the point"
        if certificate.predicted is not None:
            raise Rejected(f"claim.class must be null: {tied}")
        if certificate.lower != 0 or certificate.upper != 0:
            raise Rejected(f"claim.lower and claim.upper must be 0: {tied}")
        if certificate.bounds:
            raise Rejected(f"bounds must be empty: {tied}")
        if certificate.competing is not None and certificate.competing not in best:
            raise Rejected(f"claim.competing must be null or a tied class: {tied}")
        self.found.verified.append(f"{tied}, by exact evaluation: the distance is 0")
        witness, nearest = certificate.witness, certificate.nearest
        if witness is not None and (
            witness["point"] is None or certificate.point != witness["point"] or witness["class"] not in best
        ):
            raise Rejected(f"witness must be null or the point itself: {tied}")
        if nearest is not None:
            if nearest["class"] not in best or not within(
                square(difference(nearest["center"], certificate.point)), flint.fmpq(0), nearest["radius"]
            ):
                raise Rejected(f"nearest must hold the point itself: {tied}")
            self.found.verified.append("the ball of the nearest boundary point holds the point itself")
        self.found.proved = certificate.status == "proved"

    def _strict(self, predicted):
        certificate = self.certificate
        if certificate.predicted != predicted:
            raise Rejected(f"claim.class must be {predicted}, the class of the point, got {certificate.predicted!r}")
        self.found.verified.append(f"the point is strictly of class {predicted}, by exact evaluation")
        self._bounds()
        self._upper()
        self._nearest()

    def _bounds(self):
        certificate = self.certificate
        covered = sorted(item["class"] for item in certificate.bounds)
        if covered != [k for k in range(certificate.network.classes) if k != certificate.predicted]:
            raise Rejected("bounds must treat every class but the predicted one exactly once")
        for item in certificate.bounds:
            other, lower = item["class"], item["lower"]
            if lower is not INFINITY and (certificate.lower is INFINITY or certificate.lower > lower):
                raise Rejected(f"claim.lower is above the lower bound {approximate(lower)} of class {other}")
        for item in certificate.bounds:
            other, lower = item["class"], item["lower"]
            if item["status"] == "probable":
                if certificate.status != "probable":
                    raise Rejected(f"claim.status must be 'probable', as is the bound of class {other}")
                self.found.trusted.append(
                    f"class {other}: no boundary point closer than {approximate(lower)}, probable and not proved"
                )
                continue
            result = kind(item["proof"], f"the proof of class {other}").verify(
                item["proof"], self._problem(other, lower=lower)
            )
            if result.lower is not INFINITY and (lower is INFINITY or result.lower < lower):
                raise Rejected(f"class {other}: the proof does not reach the claimed distance {approximate(lower)}")
            (self.found.conditional if result.believed else self.found.verified).extend(result.verified)
            self.found.trusted += result.trusted
            self.found.believed = self.found.believed or result.believed
            self.balls[other] = result.ball
        self.found.proved = certificate.status == "proved" and not self.found.believed

    def _upper(self):
        certificate = self.certificate
        witness, upper = certificate.witness, certificate.upper
        if witness is None:
            self._no_witness()
            return
        other = witness["class"]
        if other == certificate.predicted:
            raise Rejected("witness.class must be another class than the predicted one")
        if certificate.competing != other:
            raise Rejected(f"claim.competing must be the class {other} of the witness, got {certificate.competing!r}")
        if upper is INFINITY:
            raise Rejected("claim.upper must be finite when there is a witness")
        if upper < witness["upper"]:
            raise Rejected("claim.upper is below the upper bound of the witness")
        if certificate.lower is INFINITY or certificate.lower > upper:
            raise Rejected("claim.lower is above claim.upper")
        if witness["point"] is None:
            self._algebraic_witness(witness)
            return
        problem = self._problem(other)
        if not problem.inside(witness["point"]):
            raise Rejected("the witness lies outside the box")
        if not problem.reaches(witness["point"], witness["upper"]):
            raise Rejected(f"the witness is farther away than {approximate(witness['upper'])}")
        outputs = certificate.network.outputs(witness["point"])
        if outputs[certificate.predicted] > outputs[other]:
            raise Rejected(f"at the witness the output {certificate.predicted} is still larger than the output {other}")
        self.found.verified.append(
            f"a point at distance at most {approximate(witness['upper'])} is not strictly of class "
            f"{certificate.predicted} (output {other} is as large), by exact evaluation"
        )

    def _algebraic_witness(self, witness):
        module = kind(witness["proof"], "the proof of the witness")
        if not hasattr(module, "verify_witness"):
            raise Rejected(f"proofs of kind {witness['proof']['kind']!r} do not show a witness")
        result = module.verify_witness(witness["proof"], self._problem(witness["class"], upper=witness["upper"]))
        self.found.verified += result.verified
        self.found.trusted += result.trusted

    def _of_bounds(self):
        r"""Return where the report says what follows from all lower bounds."""
        return self.found.conditional if self.found.believed else self.found.verified

    def _no_witness(self):
        certificate = self.certificate
        if certificate.nearest is not None:
            raise Rejected("nearest must be null when there is no witness")
        if certificate.competing is not None and certificate.competing == certificate.predicted:
            raise Rejected("claim.competing must not be the predicted class")
        if certificate.upper is not INFINITY:
            raise Rejected("claim.upper must come with a witness")
        if certificate.lower is not INFINITY:
            self.found.unchecked.append("how far the nearest point of another class is: no upper bound is claimed")
        else:
            self._of_bounds().append("there is no point of another class")

    def _nearest(self):
        r"""
        Check that the ball holds a boundary point nearest to the point, among those between the two classes.

        There is one at distance at most that of the witness, on the segment to it.
        """
        certificate = self.certificate
        nearest = certificate.nearest
        if nearest is None:
            return
        other, witness = nearest["class"], certificate.witness
        if other != witness["class"]:
            raise Rejected("nearest.class must be the class of the witness")
        upper = self._problem(other).euclidean_square(witness["upper"])
        if witness["point"] is not None and certificate.norm == "euclidean":
            upper = square(difference(witness["point"], certificate.point))
        balls = [(certificate.point, upper)]
        if self.balls.get(other) is not None:
            balls.append(self.balls[other](upper))
        for center, squared in balls:
            # A negative number says that the boundary is farther away than the witness, which it is not.
            if squared >= 0 and within(square(difference(nearest["center"], center)), squared, nearest["radius"]):
                self._of_bounds().append(
                    f"a ball of radius {approximate(nearest['radius'])} holds the points of the boundary between "
                    f"{certificate.predicted} and {other} that are nearest"
                )
                return
        if self.balls.get(other) is not None:
            raise Rejected("nearest does not follow: the proof allows nearest points outside of its ball")
        self.found.unchecked.append("where the nearest boundary point lies")

    def _verdict(self):
        certificate = self.certificate
        radius, verdict = certificate.radius, certificate.verdict
        if (radius is None) != (verdict is None):
            raise Rejected("claim.verdict must be null if and only if there is no radius")
        if radius is None:
            return
        robust = certificate.lower is INFINITY or certificate.lower > radius
        reached = certificate.upper is not INFINITY and certificate.upper <= radius
        witness = certificate.witness
        # The witness may be nearer than the rounded upper bound says.
        near = reached or (
            witness is not None
            and witness["point"] is not None
            and self._problem(witness["class"]).reaches(witness["point"], radius)
        )
        if verdict == "robust" and not robust:
            raise Rejected("the verdict 'robust' does not follow: claim.lower must be larger than the radius")
        if verdict == "not robust" and not near:
            raise Rejected("the verdict 'not robust' does not follow: no witness lies within the radius")
        # It is weaker than what the witness shows, when only that is within the radius; the rounded ends leave it open.
        if verdict == "unknown" and (robust or reached):
            raise Rejected("the verdict 'unknown' is wrong: the bounds decide")
        by_witness = verdict == "not robust" or certificate.predicted is None
        (self.found.verified if by_witness else self._of_bounds()).append(f"the verdict {verdict!r} follows")


def _words(certificate):
    r"""Return the claim in words."""
    upper = "" if certificate.upper is INFINITY else f", at most {approximate(certificate.upper)}"
    lower = "infinite" if certificate.lower is INFINITY else f"at least {approximate(certificate.lower)}"
    said = "no class (a tie)" if certificate.predicted is None else f"class {certificate.predicted}"
    words = f"{said}, distance {lower}{upper} ({certificate.norm}{', within a box' if certificate.box else ''})"
    if certificate.verdict is not None and certificate.radius is not None:
        words += f", {certificate.verdict} at radius {approximate(certificate.radius)}"
    return words
