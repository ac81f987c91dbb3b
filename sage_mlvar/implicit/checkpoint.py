r"""
Files from which an interrupted computation resumes.

A checkpoint is a JSON file with the finished multidegrees. It names the computation by a digest of the values of the
map at fixed points, the symmetry and the seed, so that it is never used for another one. It is replaced atomically.

EXAMPLES::

    sage: import os, tempfile
    sage: from sage_mlvar.implicit.checkpoint import Checkpoint
    sage: folder = tempfile.TemporaryDirectory()
    sage: path = os.path.join(folder.name, "run.json")
    sage: Checkpoint(path, "abc").save()
    sage: Checkpoint(path, "xyz")
    Traceback (most recent call last):
    ...
    ValueError: the checkpoint ... belongs to another computation ...; name another file or delete it
    sage: folder.cleanup()
"""

import hashlib
import json
import os
import time

import numpy as np

from .. import _sage  # noqa: F401
from ..files import write_whole
from . import modular
from .forms import Forms, Monomials
from .solve import Piece

from sage.rings.integer import Integer

__all__ = ["Checkpoint", "digest"]

_FORMAT, _VERSION = "sage_mlvar/implicit-checkpoint", 1
_SECONDS_BETWEEN_SAVES = 2.0


def digest(polymap, symmetry, seed):
    r"""Return a string that names a computation: map, symmetry and seed."""
    p = modular.primes(1)[0]
    points = np.random.default_rng(1).integers(0, p, size=(8, polymap.parameters))
    parts = [str((polymap.coordinates, polymap.parameters, seed, symmetry.sizes)).encode()]
    parts.append(polymap.evaluate(points, p).astype("<i8").tobytes())
    parts.append(str(None if polymap.degrees is None else polymap.degrees.tolist()).encode())
    parts.append(symmetry.weights.astype("<i8").tobytes())
    for pair, operator in sorted(symmetry.operators.items()):
        parts.append(str((pair, operator.entries())).encode())
    for permutation in symmetry.permutations:
        parts.append(str(permutation.coordinates.tolist()).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


class Checkpoint:
    r"""
    The finished multidegrees of one computation; without a path it only remembers.

    INPUT:

    - ``path`` -- file name or ``None``
    - ``name`` -- the :func:`digest` of the computation
    """

    def __init__(self, path, name):
        self.path = None if path is None else os.fspath(path)
        self.name = name
        self._pieces = {}
        self._saved = time.monotonic()
        if self.path is not None and os.path.exists(self.path):
            self._load()

    def get(self, degree, multidegree, coordinates, keep):
        r"""Return the :class:`~sage_mlvar.implicit.solve.Piece` of a multidegree, or ``None``."""
        record = self._pieces.get(str(degree), {}).get(_name(multidegree))
        if record is None or (keep and record["basis"] is None):
            return None
        monomials = Monomials(coordinates, degree)
        try:
            return Piece(
                degree=tuple(multidegree),
                count=int(record["count"]),
                old=int(record["old"]),
                new=_read(monomials, record["new"]),
                basis=None if record["basis"] is None else _read(monomials, record["basis"]),
                proved=bool(record["proved"]),
                primes=tuple(record["primes"]),
                doubt=str(record["doubt"]),
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ValueError(self._corrupted()) from error

    def put(self, degree, multidegree, piece):
        r"""Remember a piece, and save now and then."""
        if self.path is None:
            return
        self._pieces.setdefault(str(degree), {})[_name(multidegree)] = {
            "count": piece.count,
            "old": piece.old,
            "new": _write(piece.new),
            "basis": None if piece.basis is None else _write(piece.basis),
            "proved": piece.proved,
            "primes": [int(p) for p in piece.primes],
            "doubt": piece.doubt,
        }
        if time.monotonic() - self._saved > _SECONDS_BETWEEN_SAVES:
            self.save()

    def save(self):
        r"""Write the file, completely or not at all."""
        if self.path is None:
            return
        content = {"format": _FORMAT, "version": _VERSION, "computation": self.name, "degrees": self._pieces}
        content["sum"] = _checksum(self._pieces)
        write_whole(self.path, json.dumps(content))
        self._saved = time.monotonic()

    def _load(self):
        try:
            with open(self.path, encoding="utf-8") as stream:
                content = json.load(stream)
        except (ValueError, RecursionError) as error:
            raise ValueError(self._corrupted()) from error
        if not isinstance(content, dict) or content.get("format") != _FORMAT:
            raise ValueError(f"{self.path!r} is no checkpoint of an implicitization; name another file")
        if content.get("version") != _VERSION:
            raise ValueError(
                f"the checkpoint {self.path!r} has version {content.get('version')!r}, this program reads {_VERSION}; "
                "delete it"
            )
        if content.get("computation") != self.name:
            raise ValueError(
                f"the checkpoint {self.path!r} belongs to another computation (map, symmetry or seed differ); "
                "name another file or delete it"
            )
        pieces = content.get("degrees")
        if not isinstance(pieces, dict) or content.get("sum") != _checksum(pieces):
            raise ValueError(self._corrupted())
        self._pieces = pieces

    def _corrupted(self):
        return f"the checkpoint {self.path!r} is corrupted; delete it to start again"


def _name(multidegree):
    return ",".join(str(int(d)) for d in multidegree)


def _checksum(pieces):
    return hashlib.sha256(json.dumps(pieces, sort_keys=True).encode()).hexdigest()


def _write(forms):
    return {
        "count": forms.count,
        "owner": forms.owner.tolist(),
        "keys": forms.keys.tolist(),
        "coefficients": [_written(int(c)) for c in forms.coefficients.tolist()],
    }


def _read(monomials, record):
    return Forms.collect(
        monomials,
        int(record["count"]),
        record["owner"],
        np.array(record["keys"], dtype=np.int64),
        [int(Integer(c)) for c in record["coefficients"]],
    )


def _written(number):
    # Python neither writes nor reads integers of more than 4300 digits: Sage does, as text.
    return number if number.bit_length() < 14000 else str(Integer(number))
