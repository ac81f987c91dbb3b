r"""Result streams lose and repeat nothing, however the process ends, and refuse what is not theirs."""

import errno
import json
import os
import random
import signal
import subprocess
import sys

import pytest
from waiting import PATIENCE

from sage_mlvar.certify.many.stream import ResultStream, read

HEADER = {"network": "n" * 64, "data": "d" * 64, "radius": "1/2"}

#: Appends the points that are missing; each record depends on its index only. With a third argument it is killed when
#: it is about to write beyond that size, after a part of the line.
WORKER = """
import os, signal, sys
from sage_mlvar.certify.many.stream import ResultStream

pwrite, size = os.pwrite, int(sys.argv[3]) if len(sys.argv) > 3 else float("inf")

def killed(file, data, offset):
    if offset + len(data) > size:
        pwrite(file, data[:size - offset], offset)
        os.kill(os.getpid(), signal.SIGKILL)
    return pwrite(file, data, offset)

os.pwrite = killed
with ResultStream(sys.argv[1], {"radius": "1/2"}) as stream:
    for index in range(int(sys.argv[2])):
        if index not in stream.done:
            stream.append({"index": index, "text": "x" * (37 * index % 5000)})
"""


def written(path, count=4):
    with ResultStream(path, HEADER) as stream:
        for index in range(count):
            stream.append({"index": index, "lower": f"{index}/7"})
    return path.read_bytes()


def test_header_first_then_one_line_per_point(tmp_path):
    lines = written(tmp_path / "r.jsonl").decode().splitlines()
    assert json.loads(lines[0]) == {"format": "sage_mlvar/results", "version": 1, **HEADER}
    assert [json.loads(line) for line in lines[1:]] == [{"index": k, "lower": f"{k}/7"} for k in range(4)]


def test_each_line_is_in_the_file_at_once(tmp_path):
    path = tmp_path / "r.jsonl"
    with ResultStream(path, HEADER) as stream:
        for index in (3, 0, 8):
            stream.append({"index": index})
            assert [record["index"] for record in read(path)[1]][-1] == index
        assert stream.records() == [{"index": 3}, {"index": 0}, {"index": 8}]
        assert stream.done == {0, 3, 8}
        stream.append({"index": 1})  # reading does not move the place of writing
    assert [record["index"] for record in read(path)[1]] == [3, 0, 8, 1]


def test_a_file_cut_at_any_byte_is_taken_up(tmp_path):
    path = tmp_path / "r.jsonl"
    whole = written(path)
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        complete = max(0, whole[:length].count(b"\n") - 1)
        with ResultStream(path, HEADER) as stream:
            assert stream.done == set(range(complete)), length
            for index in range(complete, 4):
                stream.append({"index": index, "lower": f"{index}/7"})
        assert path.read_bytes() == whole, length


def test_rubbish_after_the_last_line_is_cut_off(tmp_path):
    path = tmp_path / "r.jsonl"
    whole = written(path)
    for rubbish in (b"\0" * 4096, b"\xff", b'{"index": 4, "x": "\xc3', b'{"index": 4}'):
        path.write_bytes(whole + rubbish)
        assert len(read(path)[1]) == 4
        with ResultStream(path, HEADER) as stream:
            assert stream.done == {0, 1, 2, 3}
        assert path.read_bytes() == whole


def test_a_process_killed_again_and_again(tmp_path):
    path, whole, count = tmp_path / "r.jsonl", tmp_path / "whole.jsonl", 3000
    subprocess.run([sys.executable, "-c", WORKER, str(whole), str(count)], check=True, timeout=PATIENCE)
    content, source, sizes = whole.read_bytes(), random.Random(5), [0]
    while sizes[-1] < len(content):
        # The first one is killed in the header.
        size = sizes[-1] + source.randint(1, 2_500_000) if len(sizes) > 1 else 20
        command = [sys.executable, "-c", WORKER, str(path), str(count), str(size)]
        code = subprocess.run(command, timeout=PATIENCE, check=False).returncode
        assert code == (0 if size >= len(content) else -signal.SIGKILL)
        sizes.append(path.stat().st_size)
        assert sizes[-1] == min(size, len(content))
    assert len(sizes) > 4
    assert path.read_bytes() == content


@pytest.mark.parametrize("name", ["network", "data", "radius"])
def test_the_header_of_another_run_is_refused(tmp_path, name):
    path = tmp_path / "r.jsonl"
    whole = written(path)
    with pytest.raises(ValueError, match=f"is of another run: its {name} is '.*', here it is 'other'"):
        ResultStream(path, {**HEADER, name: "other"})
    with pytest.raises(ValueError, match="another run: its box is None, here it is 'unit'"):
        ResultStream(path, {**HEADER, "box": "unit"})
    with pytest.raises(ValueError, match=f"another run: its {name} is '.*', here it is None"):
        ResultStream(path, {key: value for key, value in HEADER.items() if key != name})
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "text",
    [
        "label,x0,x1\n1,2,3\n",
        "no line end",
        '{"format": "sage_mlvar/model", "version": 1}\n',
        '{"format": "sage_mlvar/res',  # shorter than the header, and with it so far
        '["format"]\n',
        "\n",
        "[" * 100_000 + "\n",
        "x" * (2**24 + 2**21),
    ],
    ids=lambda text: text[:20].strip() or "empty line",
)
def test_foreign_files_are_refused_and_left_alone(tmp_path, text):
    path = tmp_path / "r.jsonl"
    path.write_text(text)
    ours = text == '{"format": "sage_mlvar/res'
    if ours:  # the beginning of our own header: a process was killed while it wrote the first line
        ResultStream(path, HEADER).close()
        assert read(path) == ({"format": "sage_mlvar/results", "version": 1, **HEADER}, [])
        return
    with pytest.raises(ValueError, match="is not a results file"):
        ResultStream(path, HEADER)
    assert path.read_text() == text
    with pytest.raises(ValueError, match="is not a results file"):
        read(path)


def test_another_version_is_refused(tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_text('{"format": "sage_mlvar/results", "version": 2}\n')
    with pytest.raises(ValueError, match="must have version 1, got 2"):
        ResultStream(path, HEADER)


@pytest.mark.parametrize("line", ["{}", "[1]", '{"index": -1}', '{"index": true}', '{"index": "3"}', '{"index": 1', ""])
def test_a_damaged_line_in_the_middle_is_told(tmp_path, line):
    path = tmp_path / "r.jsonl"
    lines = written(path).decode().splitlines()
    lines[2] = line
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(ValueError, match="line 3 is not the record of a point"):
        ResultStream(path, HEADER)
    with pytest.raises(ValueError, match="line 3 is not the record of a point"):
        read(path)


def test_a_point_written_twice_is_told(tmp_path):
    path = tmp_path / "r.jsonl"
    whole = written(path)
    path.write_bytes(whole + whole.splitlines(keepends=True)[2])
    with pytest.raises(ValueError, match="two records of point 1"):
        ResultStream(path, HEADER)


def test_a_point_without_an_answer_is_tried_again(tmp_path):
    path, error = tmp_path / "r.jsonl", {"index": 1, "error": "BackendTimeout: time limit"}
    with ResultStream(path, HEADER) as stream:
        for record in ({"index": 0}, error, {"index": 2}, error):
            stream.append(record)
        assert (stream.done, stream.open) == ({0, 1, 2}, {1})
    whole = path.read_bytes()
    with ResultStream(path, HEADER) as stream:
        assert (stream.done, stream.open) == ({0, 1, 2}, {1})
        assert stream.records() == [{"index": 0}, {"index": 2}, error]
        stream.append({"index": 1, "lower": "1"})
        assert (stream.done, stream.open) == ({0, 1, 2}, set())
        assert stream.records() == [{"index": 0}, {"index": 2}, {"index": 1, "lower": "1"}]
        with pytest.raises(ValueError, match="record of point 1 is already in the results file"):
            stream.append(error)
    # What was there stays, also when the process is killed while it writes the new line.
    assert path.read_bytes() == whole + b'{"index": 1, "lower": "1"}\n'
    assert read(path)[1] == [{"index": 0}, {"index": 2}, {"index": 1, "lower": "1"}]
    path.write_bytes(whole + b'{"index": 1, "low')
    with ResultStream(path, HEADER) as stream:
        assert stream.open == {1}
    with ResultStream(path, HEADER) as stream:
        stream.append({"index": 1, "lower": "1"})
    path.write_bytes(path.read_bytes() + b'{"index": 1, "error": "x"}\n')
    with pytest.raises(ValueError, match="two records of point 1"):
        ResultStream(path, HEADER)


def test_a_long_header_is_told_shortly(tmp_path):
    path = tmp_path / "r.jsonl"
    ResultStream(path, {"box": [["0", "1"]] * 500}).close()
    with pytest.raises(ValueError, match=r"another run: its box is .*, here it is .*") as caught:
        ResultStream(path, {"box": [["0", "2"]] * 500})
    assert len(str(caught.value)) < 400 + len(str(path))


def test_two_processes_do_not_write_to_one_file(tmp_path):
    path = tmp_path / "r.jsonl"
    with ResultStream(path, HEADER) as stream:
        stream.append({"index": 0})
        with pytest.raises(BlockingIOError, match="another process is writing results to it"):
            ResultStream(path, HEADER)
        stream.append({"index": 1})
        assert len(read(path)[1]) == 2
    with ResultStream(path, HEADER) as stream:
        assert stream.done == {0, 1}


def test_a_full_disk_keeps_what_was_written(tmp_path):
    # A limit on the size of files stands for the disk: the write that crosses it is cut short, then fails.
    path = tmp_path / "r.jsonl"
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n" + WORKER
    command = [sys.executable, "-c", limited, str(path), "3000"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    content, count = path.read_bytes(), len(read(path)[1])
    assert content.endswith(b"\n")
    assert 95_000 < len(content) <= 100_000
    assert f"OSError: [Errno 27] File too large; the {count} finished points are kept in it" in done.stderr
    subprocess.run([sys.executable, "-c", WORKER, str(path), "100"], check=True, timeout=PATIENCE)
    assert path.read_bytes().startswith(content)
    assert [record["index"] for record in read(path)[1]] == list(range(100))


def test_a_write_that_fails_halfway_leaves_whole_lines(tmp_path, monkeypatch):
    path = tmp_path / "r.jsonl"
    whole = written(path)
    pwrite, calls = os.pwrite, []

    def short(file, data, offset):
        calls.append(offset)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return pwrite(file, data[:5], offset)

    with ResultStream(path, HEADER) as stream:
        monkeypatch.setattr(os, "pwrite", short)
        with pytest.raises(OSError, match="No space left on device; the 4 finished points are kept"):
            stream.append({"index": 4})
        assert path.read_bytes() == whole
        assert 4 not in stream.done
        monkeypatch.setattr(os, "pwrite", lambda file, data, offset: pwrite(file, data[:5], offset))
        stream.append({"index": 4})  # there is space again; lines are written in pieces
    assert path.read_bytes() == whole + b'{"index": 4}\n'


def test_an_interrupt_while_writing_leaves_whole_lines(tmp_path, monkeypatch):
    path = tmp_path / "r.jsonl"
    whole = written(path)
    pwrite = os.pwrite

    def interrupted(file, data, offset):
        pwrite(file, data[:5], offset)
        raise KeyboardInterrupt

    with ResultStream(path, HEADER) as stream:
        monkeypatch.setattr(os, "pwrite", interrupted)
        with pytest.raises(KeyboardInterrupt):
            stream.append({"index": 4})
    assert path.read_bytes() == whole


def test_places_that_cannot_be_written(tmp_path):
    with pytest.raises(FileNotFoundError):
        ResultStream(tmp_path / "missing" / "r.jsonl", HEADER)
    with pytest.raises(ValueError, match="must go to a regular file"):
        ResultStream(tmp_path, HEADER)
    with pytest.raises(ValueError, match="'/dev/full' is none"):
        ResultStream("/dev/full", HEADER)


def test_a_folder_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    rights = os.geteuid()
    try:
        if rights == 0:
            os.seteuid(65534)  # the superuser may write everywhere
        with pytest.raises(PermissionError):
            ResultStream(tmp_path / "r.jsonl", HEADER)
    finally:
        os.seteuid(rights)
        tmp_path.chmod(0o700)


def test_records_that_are_none(tmp_path):
    with ResultStream(tmp_path / "r.jsonl", HEADER) as stream:
        for index in (None, -1, "3", True, 1.0):
            with pytest.raises(ValueError, match="record must have a non-negative integer 'index'"):
                stream.append({"index": index})
        with pytest.raises(ValueError, match="not JSON compliant"):
            stream.append({"index": 0, "lower": float("nan")})
        with pytest.raises(TypeError):
            stream.append({"index": 0, "lower": object()})
        assert stream.done == set()
    with pytest.raises(ValueError, match="is closed"):
        stream.append({"index": 0})
    assert read(tmp_path / "r.jsonl")[1] == []


def test_a_closed_stream_says_so(tmp_path):
    stream = ResultStream(tmp_path / "r.jsonl", HEADER)
    stream.close()
    for call in (stream.records, lambda: stream.append({"index": 0})):
        with pytest.raises(ValueError, match=r"results file '.*r\.jsonl' is closed"):
            call()


def test_a_disk_that_fails_at_the_end_does_not_hide_an_error(tmp_path, monkeypatch):
    def broken(handle):
        raise OSError(errno.EIO, "Input/output error")

    def run(error):
        with ResultStream(tmp_path / "r.jsonl", HEADER) as stream:
            stream.append({"index": 0})
            monkeypatch.setattr("os.fsync", broken)
            if error is not None:
                raise error

    with pytest.raises(KeyboardInterrupt) as caught:
        run(KeyboardInterrupt())
    assert "could not be forced to the disk: [Errno 5]" in caught.value.__notes__[0]
    monkeypatch.undo()
    (tmp_path / "r.jsonl").unlink()
    with pytest.raises(OSError, match="Input/output error"):
        run(None)
    # The header of another run is refused in the same words as on a good disk.
    with pytest.raises(ValueError, match="is of another run: its radius is") as caught:
        ResultStream(tmp_path / "r.jsonl", {**HEADER, "radius": "1/4"})
    assert "besides" in caught.value.__notes__[0]
