r"""Spoilt files: an error that says so, or a network; never a crash, a hang or a large allocation."""

import random
import tracemalloc

import numpy as np
import pytest
from networks.graphs import model, node, tensor
from safetensors.numpy import save_file
from spoilt import spoil

from sage_mlvar import PolynomialClassifier, read_network, save

ROUNDS = 250


def write(folder, kind):
    weights = [[[1, 0.5], [0.25, 2], [1, 1]], [[1, -1, 0.125], [2, 1, 0]]]
    path = folder / f"net.{kind}"
    W1, W2 = (np.array(W, "f4") for W in weights)
    if kind == "npz":
        np.savez(path, W1=W1, b1=np.ones(3), W2=W2, b2=np.ones(2), activation=[0, 1, 1])
    elif kind == "safetensors":
        save_file({"0.weight": W1, "0.bias": np.ones(3), "1.weight": W2}, path)
    elif kind == "json":
        save(PolynomialClassifier(weights, [[1, 2, 3], [0, "1/3"]], [0, 1, 1]), path)
    else:
        nodes = [
            node("Flatten", "x", "f"),
            node("Reshape", "f s", "r"),
            node("Gemm", "r W b", "z", transB=1, alpha=0.5),
        ]
        nodes += [
            node("Pow", "z two", "p"),
            node("Cast", "p", "q", to=1),
            node("Mul", "q b", "h"),
            node("MatMul", "h V", "y"),
        ]
        constants = {"W": W1, "b": [1, 2, 3], "V": W2.T, "two": np.array(2.0), "s": tensor([0, -1], "s", "i8")}
        path.write_bytes(model(nodes, constants).SerializeToString())
    return path


@pytest.mark.parametrize("kind", ["npz", "safetensors", "json", "onnx"])
def test_spoilt_files(tmp_path, kind):
    path = write(tmp_path, kind)
    good = path.read_bytes()
    options = {"activation": 2} if kind == "safetensors" else {}
    read_network(path, **options)
    source = random.Random(kind)
    refused = 0
    tracemalloc.start()
    try:
        for _ in range(ROUNDS):
            path.write_bytes(spoil(good, source))
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            try:
                read_network(path, **options)
            except (ValueError, TypeError, OSError):
                refused += 1
            assert tracemalloc.get_traced_memory()[1] - before < 30 * 2**20
    finally:
        tracemalloc.stop()
    assert refused > ROUNDS / 4


@pytest.mark.parametrize("kind", ["npz", "safetensors", "json", "onnx"])
def test_files_cut_short(tmp_path, kind):
    path = write(tmp_path, kind)
    good = path.read_bytes()
    for length in range(0, len(good.rstrip()) - 1, max(1, len(good) // 60)):
        path.write_bytes(good[:length])
        with pytest.raises(ValueError, match=f"net.{kind}"):
            read_network(path, activation=None if kind != "safetensors" else 2)
