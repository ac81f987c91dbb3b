r"""
Digests of documents and networks: SHA-256 of canonical JSON.

EXAMPLES::

    sage: from sage_mlvar.check import network_digest
    sage: network = {"weights": [[["1"]], [["1"], ["-1"]]], "biases": [["0"], ["0", "1/2"]], "activation": ["0", "1"]}
    sage: network_digest(network) == network_digest({**network, "biases": [[0], [0, QQ(1/2)]]})
    True
"""

import hashlib
import json

from .document import rational, shown
from .errors import Malformed

__all__ = ["digest", "document_digest", "network_digest"]


def digest(obj):
    r"""
    Return the SHA-256, in hexadecimal, of the canonical JSON of ``obj``: sorted keys, no blanks, ASCII.

    INPUT:

    - ``obj`` -- dictionaries, lists, strings, Python integers, booleans, ``None``; floats are refused

    EXAMPLES::

        sage: from sage_mlvar.check import digest
        sage: digest({"b": ["1/2"], "a": None}) == digest({"a": None, "b": ["1/2"]})
        True
    """
    try:
        text = json.dumps(obj, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_refuse)
    except RecursionError as error:
        raise Malformed("the document is nested too deeply") from error
    except (TypeError, ValueError) as error:
        raise error if isinstance(error, Malformed) else Malformed(f"the document is not JSON: {error}") from error
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def document_digest(document):
    r"""
    Return the digest of a certificate, that is of all but its entry ``"sha256"``.

    EXAMPLES::

        sage: from sage_mlvar.check import digest, document_digest
        sage: document_digest({"a": "1", "sha256": "0"}) == digest({"a": "1"})
        True
    """
    return digest({key: value for key, value in document.items() if key != "sha256"})


def network_digest(network):
    r"""
    Return the digest of a network.

    INPUT:

    - ``network`` -- dictionary with ``"weights"`` (list of matrices, lists of rows), ``"biases"`` (list of vectors) and
      ``"activation"`` (list of the coefficients of the activation, constant term first); other entries do not count

    Numbers are strings in lowest terms, or anything exact that ``str`` writes so: integers, ``Fraction``, elements of
    ``QQ``.

    EXAMPLES::

        sage: from sage_mlvar.check import network_digest
        sage: network_digest({"weights": [[[0.5]]], "biases": [[0]], "activation": [0, 1]})
        Traceback (most recent call last):
        ...
        sage_mlvar.check.errors.Malformed: weights must be a rational number as a string "p/q", got '0.500000000000000'
    """
    return digest(
        {
            "activation": [_canonical(x, "activation") for x in network["activation"]],
            "biases": [[_canonical(x, "biases") for x in vector] for vector in network["biases"]],
            "weights": [[[_canonical(x, "weights") for x in row] for row in matrix] for matrix in network["weights"]],
        }
    )


def _canonical(number, where):
    written = str(number)
    rational(written, where)
    return written


def _refuse(value):
    raise Malformed(f"the document must hold plain data only, got {shown(value)}")
