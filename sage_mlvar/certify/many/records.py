r"""
What a results file says about a run and about each of its points.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.many.records import answer
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
    sage: record, certificate = answer(C, 12, [1, 0], label=0, radius="1/2")
    sage: record["index"], record["label"], record["predicted"], record["verdict"], record["status"]
    (12, 0, 0, 'robust', 'proved')
    sage: 0.999 < record["distance"] <= certificate.lower <= 1
    True
"""

import math
import sys

from ... import _sage, check  # noqa: F401
from ...computation import PROVED
from ...errors import MlvarError
from ..certify import OutsideBoxError, certify
from .results import number
from .stream import is_open

from sage.rings.infinity import infinity
from sage.rings.rational import Rational
from sage.rings.rational_field import QQ

__all__ = ["answer", "check_bracket", "header", "improves", "network_digest", "record_of", "record_of_error"]


def network_digest(classifier):
    r"""
    Return the SHA-256 digest of the weights, biases and activation of a classifier, as certificates have it.

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.certify.many.records import network_digest
        sage: C = PolynomialClassifier([[[1, 0]], [[1], [-1]]], [[0], [0, 1]])
        sage: network_digest(C) == C.certify([2, 0]).to_dict()["network"]["sha256"]
        True
    """
    return check.network_digest({**classifier.to_dict(), "activation": classifier.activation().list()})


def header(classifier, data, **arguments):
    r"""
    Return what decides the answers of a run, for the header of its results file.

    INPUT:

    - ``classifier`` -- a :class:`~sage_mlvar.models.classifier.PolynomialClassifier`
    - ``data`` -- string; the SHA-256 digest of the data points
    - ``arguments`` -- those of :func:`~sage_mlvar.certify.certify`; numbers are written as exact rationals

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.certify.many.records import header
        sage: C = PolynomialClassifier([[[1, 0]], [[1], [-1]]], [[0], [0, 1]])
        sage: about = header(C, "d" * 64, radius=1/2, norm="euclidean")
        sage: list(about), about["radius"]
        (['network', 'data', 'radius', 'norm'], '1/2')
    """
    plain = {name: str(value) if isinstance(value, Rational) else value for name, value in arguments.items()}
    return {"network": network_digest(classifier), "data": data, **plain}


def answer(classifier, index, x, label=None, **arguments):
    r"""
    Certify one point of a data set; what cannot be answered becomes a record with the reason.

    INPUT:

    - ``classifier``, ``x``, ``arguments`` -- as for :func:`~sage_mlvar.certify.certify`
    - ``index`` -- non-negative integer; the number of the point in the data
    - ``label`` -- integer, the class that the data name, or ``None``

    OUTPUT: a pair of the record and the certificate, ``None`` without an answer

    Bad input still raises :class:`ValueError` and :class:`TypeError`, except for a point outside of the box.

    EXAMPLES::

        sage: from sage_mlvar import PolynomialClassifier
        sage: from sage_mlvar.certify.many.records import answer
        sage: C = PolynomialClassifier.random([40, 40, 40, 10], activation=5)
        sage: record, certificate = answer(C, 3, [1] * 40, timeout=0.001)
        sage: sorted(record), record["error"], certificate is None
        (['error', 'index'], '...: ...', True)
    """
    try:
        certificate = certify(classifier, x, **arguments)
    except (MlvarError, OutsideBoxError) as error:
        return record_of_error(index, label, error), None
    return {**_known(index, label), **record_of(certificate)}, certificate


def _known(index, label):
    return {"index": index} if label is None else {"index": index, "label": label}


def record_of_error(index, label, error):
    r"""Return the record of a point that could not be answered; ``label`` may be ``None``."""
    return {**_known(index, label), "error": f"{type(error).__name__}: {' '.join(str(error).split())}"}


def record_of(certificate):
    r"""
    Return the facts of a certificate, ready for JSON.

    ``lower`` and ``upper`` are exact rationals in strings, or ``"inf"``; ``distance`` is a float at most ``lower``,
    ``None`` when that is infinite.
    """
    record = {"predicted": certificate.predicted}
    if certificate.radius is not None:
        record["verdict"] = certificate.verdict
    return {
        **record,
        "lower": _text(certificate.lower),
        "upper": _text(certificate.upper),
        "distance": _rounded_down(certificate.lower),
        "competing": certificate.competing,
        "status": certificate.status,
        "method": certificate.method,
        "seconds": round(certificate.seconds, 6),
    }


def check_bracket(record, path):
    r"""
    Raise :class:`ValueError` for a record whose bracket is none, so that somebody has changed it.

    INPUT:

    - ``record`` -- dictionary; a record of the results file ``path``
    - ``path`` -- string or path; for the message

    EXAMPLES::

        sage: from sage_mlvar.certify.many.records import check_bracket
        sage: check_bracket({"index": 3, "lower": "1/2", "upper": "1/3"}, "r.jsonl")
        Traceback (most recent call last):
        ...
        ValueError: results file 'r.jsonl' is damaged: the record of point 3 has lower '1/2' and upper '1/3'; remove ...
    """
    if "error" in record:
        return
    lower, upper = record.get("lower"), record.get("upper")
    try:
        whole = isinstance(lower, str) and isinstance(upper, str) and 0 <= number(lower) <= number(upper)
    except (TypeError, ValueError):
        whole = False
    if not whole:
        raise ValueError(
            f"results file {str(path)!r} is damaged: the record of point {record['index']} has lower {lower!r} and "
            f"upper {upper!r}; remove the line to have the point done again"
        )


def improves(new, old):
    r"""
    Return whether another record of a point that was left open is to replace the one before.

    INPUT: ``new``, ``old`` -- records of one point; ``old`` leaves it open,
    see :func:`~sage_mlvar.certify.many.stream.is_open`

    What is known is not lost: an error replaces no bracket, nor what is probable what is proved; and a bracket that
    leaves the point open, too, is taken only when it lies inside the one before and is narrower.

    EXAMPLES::

        sage: from sage_mlvar.certify.many.records import improves
        sage: old = {"verdict": "unknown", "lower": "1", "upper": "3", "status": "proved"}
        sage: improves({**old, "lower": "2"}, old), improves({**old, "lower": "1/2", "upper": "2"}, old)
        (True, False)
        sage: improves({**old, "verdict": "robust"}, old), improves({"error": "BackendTimeout: ..."}, old)
        (True, False)
    """
    if "error" in old:
        return True
    if "error" in new or (old["status"] == PROVED != new["status"]):
        return False
    if not is_open(new):
        return True
    ends = [(number(record["lower"]), -number(record["upper"])) for record in (new, old)]
    return ends[0] != ends[1] and all(a >= b for a, b in zip(*ends))


def _text(x):
    return "inf" if x == infinity else str(x)


def _rounded_down(x):
    r"""
    Return the largest float that is at most ``x``, ``None`` for infinity.

    EXAMPLES::

        sage: from sage_mlvar.certify.many.records import _rounded_down
        sage: [_rounded_down(x) for x in (QQ(1/2), QQ(10)^400, 1/QQ(10)^400)]
        [0.5, 1.7976931348623157e+308, 0.0]
    """
    if x == infinity:
        return None
    value = min(float(x), sys.float_info.max)
    # QQ(value) would be a simple fraction near the float, not the float.
    return math.nextafter(value, -math.inf) if QQ(value.as_integer_ratio()) > x else value
