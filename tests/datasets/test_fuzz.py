r"""Spoilt data files: an error that says so, or data; never a crash, a hang or a large allocation."""

import gzip
import random
import struct
import tracemalloc

import numpy as np
import pytest
from spoilt import spoil

from sage_mlvar import read_data


def write(folder, kind):
    array = np.arange(24, dtype="u1").reshape(6, 4)
    path = folder / f"data.{kind}"
    if kind == "npy":
        np.save(path, array / 3)
    elif kind == "npz":
        np.savez_compressed(path, X=array, y=np.arange(6))
    elif kind == "csv":
        path.write_text("a,b,c\n" + "".join(f"{k}.5,1/{k + 1},{k}\n" for k in range(20)))
    else:
        content = bytes([0, 0, 8, 2]) + struct.pack(">2I", 6, 4) + array.tobytes()
        path.write_bytes(gzip.compress(content, mtime=0) if kind == "gz" else content)
    return path


@pytest.mark.parametrize("kind", ["npy", "npz", "csv", "idx", "gz"])
def test_spoilt_files(tmp_path, kind):
    path = write(tmp_path, kind)
    good = path.read_bytes()
    read_data(path)
    source = random.Random(kind)
    refused = 0
    tracemalloc.start()
    try:
        for _ in range(200):
            path.write_bytes(spoil(good, source))
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            try:
                data = read_data(path, **({"label_column": -1} if kind == "csv" else {}))
                assert all(len(point) == data.features for point in data.points)
            except (ValueError, TypeError, OSError):
                refused += 1
            assert tracemalloc.get_traced_memory()[1] - before < 30 * 2**20
    finally:
        tracemalloc.stop()
    assert refused > 20
