r"""
Model files: JSON, rationals as strings.

EXAMPLES::

    sage: import os, tempfile
    sage: from sage_mlvar import ReLURegionModel, load, save
    sage: M = ReLURegionModel([2, 2, 2], ["10", "11"])
    sage: with tempfile.TemporaryDirectory() as folder:
    ....:     path = os.path.join(folder, "model.json")
    ....:     save(M, path)
    ....:     load(path) is M
    True
"""

import json
from pathlib import Path

from .files import write_whole

__all__ = ["FORMAT", "VERSION", "load", "loads", "save"]

FORMAT = "sage_mlvar/model"
VERSION = 1

_CERTIFICATE = "sage_mlvar/certificate"


def save(model, path):
    r"""
    Write ``model`` to ``path`` as JSON; the file appears whole or not at all.

    INPUT:

    - ``model`` -- a model with ``to_dict()``
    - ``path`` -- string or path
    """
    if not hasattr(model, "to_dict"):
        raise TypeError(f"model must be a model of sage_mlvar, not {model!r}")
    write_whole(path, json.dumps({"format": FORMAT, "version": VERSION, **model.to_dict()}, indent=1) + "\n")


def load(path):
    r"""
    Return the model in the JSON file ``path``.

    EXAMPLES::

        sage: from sage_mlvar import load
        sage: load("no/such/file.json")
        Traceback (most recent call last):
        ...
        FileNotFoundError: [Errno 2] No such file or directory: 'no/such/file.json'
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"model file {str(path)!r} must be JSON text, and is not UTF-8") from error
    return loads(text, f"model file {str(path)!r}")


def loads(text, name="model file"):
    r"""
    Return the model described by JSON ``text``; ``name`` is what errors call it.

    EXAMPLES::

        sage: from sage_mlvar.modelfile import loads
        sage: head = '{"format": "sage_mlvar/model", "version": 1, '
        sage: loads(head + '"model": "LightningAttentionModel", "d": 2, "t": 2, "a": 1}')
        lightning self-attention with d=2, t=2, a=1, output (0, 0), scaled coordinates
        sage: loads('{"format": "onnx"}')
        Traceback (most recent call last):
        ...
        ValueError: model file must have format 'sage_mlvar/model', got 'onnx'
        sage: loads(head + '"model": "ReLURegionModel", "widths": [2, 2, 2]}')
        Traceback (most recent call last):
        ...
        ValueError: model file lacks the entry 'patterns'
    """
    from . import models

    try:
        data = json.loads(text, parse_int=_whole)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"{name} must be JSON: {error}") from error
    if not isinstance(data, dict):
        raise ValueError(f"{name} must hold a JSON object, got a {type(data).__name__}")
    if data.get("format") != FORMAT:
        certificate = "; RobustnessCertificate.load reads it" if data.get("format") == _CERTIFICATE else ""
        raise ValueError(f"{name} must have format {FORMAT!r}, got {data.get('format')!r}{certificate}")
    if data.get("version") != VERSION:
        raise ValueError(f"{name} must have version {VERSION}, got {data.get('version')!r}")
    cls = models.get(str(data.get("model")))
    if not hasattr(cls, "from_dict"):
        raise ValueError(f"{name} names {data['model']!r}, which cannot be read from a file")
    try:
        return cls.from_dict(data)
    except KeyError as error:
        raise ValueError(f"{name} lacks the entry {error.args[0]!r}") from error
    except (TypeError, AttributeError) as error:
        raise ValueError(f"{name} is malformed: {error}") from error


def _whole(digits):
    if len(digits) <= 4000:
        return int(digits)
    # Python reads no more than 4300 digits.
    from . import _sage  # noqa: F401

    from sage.rings.integer import Integer

    return Integer(digits, 10)
