r"""Array files are believed only as far as their bytes go."""

import io
import struct
import tracemalloc
import zipfile
from contextlib import contextmanager

import numpy as np
import pytest

from sage_mlvar import read_network
from sage_mlvar.networks.arrays import read_npy

GOOD = {"W1": [[1.0, 0.5]], "b1": [0.25], "W2": [[1], [-1]], "b2": [0, 1]}


@contextmanager
def little_memory(limit=20 * 2**20):
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


def npy(shape, descr="<f8", data=b"", order=False, version=1):
    r"""Return an ``.npy`` file with the header asked for, and whatever data."""
    head = f"{{'descr': {descr!r}, 'fortran_order': {order}, 'shape': {shape}, }}".encode()
    length = struct.pack("<H" if version == 1 else "<I", len(head))
    return b"\x93NUMPY" + bytes([version, 0]) + length + head + data


def archive(path, kind=zipfile.ZIP_DEFLATED, **entries):
    r"""Write an ``.npz`` file of raw entries, beside those of a good network."""
    with zipfile.ZipFile(path, "w", kind) as file:
        for name, values in {**GOOD, **entries}.items():
            if not isinstance(values, bytes):
                buffer = io.BytesIO()
                np.save(buffer, np.array(values))
                values = buffer.getvalue()
            file.writestr(f"{name}.npy", values)
    return path


def read(data):
    return read_npy(io.BytesIO(data), len(data), "file 'x.npy'", lambda shape, dtype: None)


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", "<f2", "<i8", ">i2", "|u1", "|b1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_what_numpy_saves_is_read(dtype, order):
    expected = np.arange(6).reshape(2, 3).astype(dtype, order=order)
    buffer = io.BytesIO()
    np.save(buffer, expected)
    found = read(buffer.getvalue())
    assert found.dtype == expected.dtype
    assert (found == expected).all()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "must be a NumPy array"),
        (b"PK", "must be a NumPy array"),
        (npy("(2,)", data=bytes(16))[:20], "must be a NumPy array"),
        (npy("(2,)", data=bytes(15)), "16 bytes, and has 15"),
        (npy("(2,)", data=bytes(17)), "16 bytes, and has 17"),
        (npy(f"({2**40}, {2**40})"), "and has 0"),
        (npy("(-2, -1)", data=bytes(16)), "must be a NumPy array of"),
        (npy("(2,)", "|O", bytes(16)), "must be a NumPy array of integers or floats"),
        (npy("(2,)", "<c16", bytes(32)), "must be a NumPy array of integers or floats"),
        (npy("(2,)", "<f16", bytes(32)), "at most 64 bits"),
        (npy("(2,)", "<U4", bytes(32)), "must be a NumPy array of integers or floats"),
        (npy("(2,)", "quux", bytes(16)), "must be a NumPy array"),
        (npy("(2", data=bytes(16)), "must be a NumPy array"),
        (npy("__import__('os')", data=bytes(16)), "must be a NumPy array"),
        (npy("(2,)", data=bytes(16), version=2), "in version 1 of its format"),
        (npy("((" * 5000), "must be a NumPy array"),
    ],
)
def test_malformed_arrays(data, words):
    with little_memory(), pytest.raises(ValueError, match=f"file 'x.npy'.*{words}"):
        read(data)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"W1": npy(f"({10**9},)")}, "entry 'W1', declares the shape .* and has 0"),
        ({"W1": npy("(100000000,)", "|u1", bytes(10**8))}, "100000000 numbers, more than the limit of 10000000"),
        ({"W1": npy("(2, 2)", "|O", bytes(32))}, "entry 'W1', must be a NumPy array"),
        ({"W1": npy("(1, 2)", data=bytes(16), version=2)}, "version 1"),
        ({"W1": b""}, "entry 'W1', must be a NumPy array"),
        ({"W1": [[1.0, np.nan]]}, r"entry 'W1' must be finite, got nan at \[0, 1\]"),
        ({"b2": [0, np.inf]}, r"entry 'b2' must be finite, got inf at \[1\]"),
        ({"W1": [1.0, 2.0]}, "entry 'W1', must have 2 dimensions"),
        ({"W1": [["1", "2"]]}, "entry 'W1', must be a NumPy array of integers or floats"),
        ({"W1": [[True, False]]}, "entry 'W1' must be an array of integers or floats, got dtype bool"),
        ({"W2": [[1, 2], [3, 4]]}, "entry 'W2' must have 1 columns"),
        ({"b1": [1, 2]}, "entry 'W1' must have 2 rows, one per entry of its bias"),
        ({"W4": [[1, 2]]}, "lacks W3"),
        ({"V1": [[1, 2]]}, "holds 'V1'"),
        ({"W1": np.zeros((0, 2))}, "entry 'W1' must not be empty"),
        ({"activation": 2.5}, "entry 'activation', must be an integer from 1 to 64"),
        ({"activation": 10**9}, "entry 'activation', must be an integer from 1 to 64"),
        ({"activation": [0] * 100}, "entry 'activation', must be a degree or at most 65"),
        ({"activation": [1]}, "activation must have degree at least 1"),
        ({"activation": [0, np.nan]}, r"activation\[1\] must be finite"),
    ],
)
def test_malformed_networks(tmp_path, entries, words):
    path = archive(tmp_path / "net.npz", **entries)
    with little_memory(), pytest.raises((ValueError, TypeError), match=words):
        read_network(path)


def test_bytes_that_unpack_to_more_than_they_declare(tmp_path):
    # The entry holds 200 MB of zeros, and its records say 80 bytes.
    path = archive(tmp_path / "net.npz", W1=npy("(1, 2)", data=bytes(2 * 10**8)))
    data = bytearray(path.read_bytes())
    size = len(npy("(1, 2)", data=bytes(16)))
    for sign, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        place = data.find(b"W1.npy") - (30 if sign == b"PK\3\4" else 0)
        if sign == b"PK\1\2":
            place = data.rfind(b"W1.npy") - 46
        assert data[place : place + 4] == sign
        data[place + offset : place + offset + 4] = struct.pack("<I", size)
    path.write_bytes(data)
    with little_memory(), pytest.raises(ValueError, match="entry 'W1', cannot be unpacked: Bad CRC"):
        read_network(path)


def test_archives_with_many_entries(tmp_path):
    path = tmp_path / "net.npz"
    with zipfile.ZipFile(path, "w") as file:
        for k in range(1500):
            file.writestr(f"W{k}.npy", b"")
    with little_memory(), pytest.raises(ValueError, match="1500 entries, more than the limit of 1000"):
        read_network(path)
    with zipfile.ZipFile(path, "w") as file:
        for k in range(30000):
            file.writestr(f"W{k}.npy", b"")
    with little_memory(), pytest.raises(ValueError, match="table of contents of more than the limit"):
        read_network(path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data + b"comment",
        lambda data: b"not a zip file" * 10,
        lambda data: data[:-22] + b"PK\6\7" + bytes(16) + data[-22:],
    ],
)
def test_broken_archives(tmp_path, spoil):
    path = archive(tmp_path / "net.npz")
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(ValueError, match=r"net\.npz' (must be a zip archive|has a table of contents)"):
        read_network(path)


def test_two_entries_of_one_name(tmp_path):
    path = archive(tmp_path / "net.npz")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as file:
        file.writestr("W1.npy", b"")
    with pytest.raises(ValueError, match="two entries of the same name"):
        read_network(path)


def test_a_file_that_is_too_large(tmp_path):
    path = tmp_path / "net.npz"
    with open(path, "wb") as file:
        file.truncate(300 * 2**20)
    with little_memory(), pytest.raises(ValueError, match=f"{300 * 2**20} bytes, more than the limit of {256 * 2**20}"):
        read_network(path)


def test_a_network_that_is_none_names_its_file(tmp_path):
    path = tmp_path / "one.npz"
    np.savez(path, W1=[[1.0, 2.0]], b1=[0.0], W2=[[1.0]], b2=[0.0])
    with pytest.raises(
        ValueError, match=r"network file '.*one\.npz': weights\[1\] must have at least 2 rows, one per class"
    ):
        read_network(path)
