r"""
Result streams: one line of JSON per data point, taken up again after an interruption at any moment.

The first line, the header, says what the results are of: the network, the data and whatever decides the answers. Each
further line is the record of one point, with its ``"index"``. A line is handed to the operating system at once and in
one piece, so that nothing is lost when the process is killed; once in a while, and at the end, it is also forced to the
disk, for the case that the machine stops. A point whose record leaves its question open, see :func:`is_open`, may be
tried again; its last record counts.

EXAMPLES::

    sage: import os, tempfile
    sage: from sage_mlvar.certify.many.stream import ResultStream, read
    sage: folder = tempfile.TemporaryDirectory()
    sage: path = os.path.join(folder.name, "results.jsonl")
    sage: with ResultStream(path, {"network": "abc", "radius": "1/2"}) as stream:
    ....:     stream.append({"index": 4, "verdict": "robust"})

The same run, later: what is done stays done, and what a killed process left of a line is cut off. ::

    sage: with open(path, "a") as file:
    ....:     _ = file.write('{"index": 5, "verd')
    sage: with ResultStream(path, {"network": "abc", "radius": "1/2"}) as stream:
    ....:     sorted(stream.done)
    ....:     stream.append({"index": 5, "verdict": "unknown"})
    [4]
    sage: read(path)[1]
    [{'index': 4, 'verdict': 'robust'}, {'index': 5, 'verdict': 'unknown'}]

A point without an answer can get another record::

    sage: with ResultStream(path, {"network": "abc", "radius": "1/2"}) as stream:
    ....:     stream.append({"index": 6, "error": "BackendTimeout: time limit of 3 s reached"})
    ....:     sorted(stream.open)
    ....:     stream.append({"index": 6, "verdict": "robust"})
    [5, 6]
    sage: read(path)[1][-1]
    {'index': 6, 'verdict': 'robust'}

Another run is refused::

    sage: ResultStream(path, {"network": "abc", "radius": "1/4"})
    Traceback (most recent call last):
    ...
    ValueError: results file '...results.jsonl' is of another run: its radius is '1/2', here it is '1/4'; give ...
    sage: folder.cleanup()
"""

import errno
import fcntl
import json
import operator
import os
import stat
import time
from contextlib import suppress
from pathlib import Path

from ...files import sync_folder

__all__ = ["FORMAT", "VERSION", "ResultStream", "is_open", "read"]

FORMAT = "sage_mlvar/results"
VERSION = 1

_SECONDS_BETWEEN_SYNCS = 2.0
_CHUNK = 2**20
_LONGEST = 2**24


class ResultStream:
    r"""
    A file of results that one process at a time appends to.

    INPUT:

    - ``path`` -- string or path of a regular file; created if there is none
    - ``header`` -- dictionary ready for JSON; what the results are of. A file with another header is refused

    Raises :class:`ValueError` for a file that is not of this run, and :class:`OSError` when the file cannot be opened,
    locked or written.

    EXAMPLES::

        sage: import os, tempfile
        sage: from sage_mlvar.certify.many.stream import ResultStream
        sage: with tempfile.TemporaryDirectory() as folder:
        ....:     path = os.path.join(folder, "results.jsonl")
        ....:     with ResultStream(path, {"network": "abc"}) as stream:
        ....:         stream.append({"index": 0})
        ....:         stream.append({"index": 0})
        Traceback (most recent call last):
        ...
        ValueError: record of point 0 is already in the results file
        sage: ResultStream("/dev/full", {"network": "abc"})
        Traceback (most recent call last):
        ...
        ValueError: results must go to a regular file, and '/dev/full' is none
    """

    def __init__(self, path, header):
        self.path = Path(path)
        self.header = _plain({"format": FORMAT, "version": VERSION, **header})
        if self.path.exists() and not stat.S_ISREG(self.path.stat().st_mode):
            raise ValueError(f"results must go to a regular file, and {str(path)!r} is none")
        #: Indices of the points whose records are in the file, and of those whose last record leaves it open.
        self.done, self.open = set(), set()
        self._synced = time.monotonic()
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            self._lock()
            self._end = self._take_up()
            if not self._end:
                self._write(_line(self.header))
                self._sync()
                sync_folder(self.path.parent)
        except BaseException as error:
            self._close_after(error)
            raise

    def _lock(self):
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            text = "another process is writing results to it; wait until that is done, or take another file"
            raise BlockingIOError(error.errno, text, str(self.path)) from error

    def _take_up(self):
        r"""Check what is in the file, cut off a last line that is incomplete, and return the length of the rest."""
        size, end, first = os.fstat(self._file).st_size, 0, True
        expected = _line(self.header)
        for number, (line, stop) in enumerate(_lines(self._file, self.path), 1):
            if first:
                _check_header(self.path, line, self.header)
                first = False
            else:
                record = _record(self.path, number, line)
                if not self._may_have(record["index"]):
                    raise ValueError(f"results file {str(self.path)!r} has two records of point {record['index']}")
                self._count(record["index"], record)
            end = stop
        if first and size and (size >= len(expected) or os.pread(self._file, size, 0) != expected[:size]):
            # Without a complete header it is ours only if it is the beginning of what we would write.
            raise ValueError(f"{str(self.path)!r} is not a results file; take another one, or remove it")
        if size > end:
            os.ftruncate(self._file, end)
        return end

    def _may_have(self, index):
        return index not in self.done or index in self.open

    def _count(self, index, record):
        self.done.add(index)
        (self.open.add if is_open(record) else self.open.discard)(index)

    def append(self, record):
        r"""
        Write the record of one point.

        INPUT:

        - ``record`` -- dictionary ready for JSON, with the integer ``"index"`` of a point that has no record yet, or
          an open one

        Raises :class:`OSError` when it cannot be written; the file then holds the records before it.
        """
        index = _index(record)
        if index is None:
            raise ValueError(f"record must have a non-negative integer 'index', got {record.get('index')!r}")
        if not self._may_have(index):
            raise ValueError(f"record of point {index} is already in the results file")
        self._write(_line({**record, "index": index}))
        self._count(index, record)
        if time.monotonic() - self._synced > _SECONDS_BETWEEN_SYNCS:
            self._sync()

    def _check_open(self):
        if self._file is None:
            raise ValueError(f"results file {str(self.path)!r} is closed")

    def _write(self, line):
        self._check_open()
        try:
            written = 0
            while written < len(line):
                written += os.pwrite(self._file, line[written:], self._end + written)
        except BaseException as error:
            with suppress(OSError):
                os.ftruncate(self._file, self._end)
            if not isinstance(error, OSError):
                raise
            raise self._explained(error) from error
        self._end += len(line)

    def _sync(self):
        try:
            os.fsync(self._file)
        except OSError as error:
            raise self._explained(error) from error
        self._synced = time.monotonic()

    def _explained(self, error):
        why = os.strerror(error.errno or errno.EIO)
        text = f"{why}; the {len(self.done)} finished points are kept in it, and the same call continues after them"
        return OSError(error.errno, text, str(self.path))

    def records(self):
        r"""
        Return the last record of each point in the file, a list in the order in which they were written.

        EXAMPLES::

            sage: import os, tempfile
            sage: from sage_mlvar.certify.many.stream import ResultStream
            sage: with tempfile.TemporaryDirectory() as folder:
            ....:     with ResultStream(os.path.join(folder, "results.jsonl"), {}) as stream:
            ....:         stream.append({"index": 7})
            ....:         stream.records()
            [{'index': 7}]
        """
        self._check_open()
        return _last_records(
            _record(self.path, number, line)
            for number, (line, _) in enumerate(_lines(self._file, self.path), 1)
            if number > 1
        )

    def close(self):
        r"""Force what was written to the disk, and let other processes write to the file."""
        if self._file is None:
            return
        file, self._file = self._file, None
        try:
            os.fsync(file)
        finally:
            os.close(file)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if error is None:
            self.close()
        else:
            self._close_after(error)

    def _close_after(self, error):
        # A disk that fails now must not hide what went wrong before.
        try:
            self.close()
        except OSError as another:
            error.add_note(f"besides, results file {str(self.path)!r} could not be forced to the disk: {another}")


def is_open(record):
    r"""
    Return whether a record leaves its question open: it has no answer, the verdict is unknown, or, where there was no
    radius, no failure was found though there may be some.

    EXAMPLES::

        sage: from sage_mlvar.certify.many.stream import is_open
        sage: is_open({"error": "BackendTimeout: ..."}), is_open({"verdict": "unknown", "lower": "1", "upper": "3"})
        (True, True)
        sage: [is_open({"lower": lower, "upper": "inf"}) for lower in ("1", "inf")]
        [True, False]
    """
    if "error" in record or "verdict" in record:
        return record.get("verdict", "unknown") == "unknown"
    return record.get("upper") == "inf" != record.get("lower")


def read(path):
    r"""
    Return the header of a results file and the last record of each point; an incomplete last line is left out.

    INPUT:

    - ``path`` -- string or path

    OUTPUT: a pair, a dictionary and a list of dictionaries in the order of the file

    A file that another process is writing to may be read at any time.

    EXAMPLES::

        sage: import os, tempfile
        sage: from sage_mlvar.certify.many.stream import read
        sage: with tempfile.TemporaryDirectory() as folder:
        ....:     path = os.path.join(folder, "results.jsonl")
        ....:     with open(path, "w") as file:
        ....:         _ = file.write('{"format": "onnx"}' + chr(10))
        ....:     read(path)
        Traceback (most recent call last):
        ...
        ValueError: '...results.jsonl' is not a results file; take another one, or remove it
    """
    file = os.open(path, os.O_RDONLY)
    try:
        header, records = None, []
        for number, (line, _) in enumerate(_lines(file, path), 1):
            if header is None:
                header = _parsed_header(path, line)
            else:
                records.append(_record(path, number, line))
    finally:
        os.close(file)
    if header is None:
        raise ValueError(f"{str(path)!r} is not a results file; take another one, or remove it")
    return header, _last_records(records)


def _last_records(records):
    r"""Return the records without those of points that were tried again later."""
    last = {}
    for record in records:
        # The place of a point is that of its last record.
        last.pop(record["index"], None)
        last[record["index"]] = record
    return list(last.values())


def _plain(header):
    r"""Return ``header`` as it will be read again, or raise for what JSON cannot hold."""
    return json.loads(_line(header))


def _line(record):
    return (json.dumps(record, allow_nan=False) + "\n").encode("ascii")


def _lines(file, path):
    r"""Yield the complete lines of an open file, each with the offset of its end."""
    kept, offset, end = b"", 0, 0
    while chunk := os.pread(file, _CHUNK, offset):
        offset += len(chunk)
        *lines, kept = (kept + chunk).split(b"\n")
        for line in lines:
            end += len(line) + 1
            yield line, end
        if len(kept) > _LONGEST:
            raise ValueError(f"{str(path)!r} is not a results file: it has a line of more than {_LONGEST} bytes")


def _object(line):
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _parsed_header(path, line):
    header = _object(line)
    if header is None or header.get("format") != FORMAT:
        raise ValueError(f"{str(path)!r} is not a results file; take another one, or remove it")
    if header.get("version") != VERSION:
        raise ValueError(f"results file {str(path)!r} must have version {VERSION}, got {header.get('version')!r}")
    return header


def _check_header(path, line, expected):
    found = _parsed_header(path, line)
    for name in [*expected, *(name for name in found if name not in expected)]:
        there, here = found.get(name), expected.get(name)
        if there != here:
            raise ValueError(
                f"results file {str(path)!r} is of another run: its {name} is {_short(there)}, here it is "
                f"{_short(here)}; {_way_back(name, there)}"
            )


def _way_back(name, there):
    r"""Return words for what continues the run in the file; to remove the file would lose work."""
    if name == "network":
        return "give the same network again, or take another file"
    if name == "data":
        return "give the same data, labels and scale= again, or take another file"
    if there in (None, False, "auto") and name != "proof":
        return f"leave {name}= out to continue it, or take another file"
    value = "" if name == "certificates" else _short(there)
    return f"give {name}={value} again to continue it, or take another file"


def _short(value):
    r"""Return a value of a header for a message; the box of an image has hundreds of numbers."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:76]} ..."


def _index(record):
    r"""Return the index of a record, ``None`` when it has none."""
    index = record.get("index")
    if isinstance(index, bool) or not hasattr(index, "__index__"):
        return None
    return operator.index(index) if index >= 0 else None


def _record(path, number, line):
    record = _object(line)
    if record is None or _index(record) is None:
        raise ValueError(
            f"results file {str(path)!r} is damaged: line {number} is not the record of a point; remove the line to "
            "have the point done again"
        )
    return record
