r"""One network, from everything that may hold it."""

import json
import struct
from fractions import Fraction

import numpy as np
import pytest
from safetensors.numpy import save_file

from sage_mlvar import PolynomialClassifier, read_network, save

from sage.rings.rational_field import QQ

W1 = np.array([[0.1, 2, -1], [0.3, 0, 1e-30]], "f4")
B1 = np.array([1, -0.7], "f4")
W2 = np.array([[1, 2], [0.5, -1], [3, 0]])
B2 = np.array([0.25, 0, 1])
EXPECTED = PolynomialClassifier([W1.tolist(), W2.tolist()], [B1.tolist(), B2.tolist()], 2)


def test_arrays():
    assert read_network([W1, B1, W2, B2]) is EXPECTED
    assert EXPECTED.weights()[0][0][0] == QQ(float(np.float32(0.1)).as_integer_ratio())


def test_a_state_dict_of_arrays():
    state = {"4.bias": B2, "0.weight": W1, "0.bias": B1, "4.weight": W2}
    assert read_network(state, activation=2) is EXPECTED
    with pytest.raises(ValueError, match=r"activation must be given: state_dict does not say it"):
        read_network(state)


def test_npz(tmp_path):
    path = tmp_path / "net.npz"
    np.savez_compressed(path, W1=W1, b1=B1, W2=W2, b2=B2)
    assert read_network(path) is read_network(str(path), activation=2) is EXPECTED
    cubic = read_network(path, activation=3)
    assert cubic.activation_degree() == 3
    np.savez(path, W1=W1, b1=B1, W2=W2, b2=B2, activation=np.array([0, 0.5, 1]))
    assert read_network(path).activation().list() == [0, 0.5, 1]
    assert read_network(path, activation=[0, "1/2", 1]) is read_network(path)
    with pytest.raises(ValueError, match=r"activation must be left out or be z\^2 \+ 1/2\*z"):
        read_network(path, activation=2)


def test_a_missing_bias_is_zero(tmp_path):
    np.savez(tmp_path / "net.npz", W1=W1, W2=W2, b2=B2)
    assert read_network(tmp_path / "net.npz").biases()[0] == (0, 0)


def test_safetensors(tmp_path):
    path = tmp_path / "net.safetensors"
    save_file({"fc2.weight": W2, "fc1.weight": W1, "fc2.bias": B2, "fc1.bias": B1}, path)
    assert read_network(path, activation=2) is EXPECTED
    with pytest.raises(ValueError, match=r"activation must be given: network file .* does not say it"):
        read_network(path)


def test_json(tmp_path):
    path = tmp_path / "net.json"
    save(EXPECTED, path)
    assert read_network(path) is EXPECTED


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"activation": 10**9}, "a degree of the activation of more than three digits"),
        ({"biases": [["1e9999", "0"], ["0", "0", "0"]]}, "an exponent of more than three digits"),
        ({"biases": [["0"], ["0", "0", "0"]]}, r"net\.json': biases\[0\] must have 2 entries"),
        ({"format": "other"}, "must have format"),
        ({"model": "quux"}, "quux"),
    ],
)
def test_malformed_json(tmp_path, change, words):
    path = tmp_path / "net.json"
    save(EXPECTED, path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ValueError, match=words):
        read_network(path)


def test_numbers_of_any_length_in_json(tmp_path):
    path = tmp_path / "net.json"
    save(EXPECTED, path)
    path.write_text(json.dumps({**json.loads(path.read_text()), "biases": [["1" * 5000, "0"], ["0", "0", "0"]]}))
    assert read_network(path).biases()[0] == ((QQ(10) ** 5000 - 1) / 9, 0)


def test_numbers_of_sixteen_bits(tmp_path):
    path = tmp_path / "net.safetensors"
    state = {"0.weight": W1.astype("f2"), "0.bias": B1.astype("f2"), "1.weight": W2, "1.bias": B2}
    save_file(state, path)
    assert read_network(path, 2).weights()[0][0][0] == QQ(float(np.float16(0.1)).as_integer_ratio())


def test_bfloat16(tmp_path):
    # 0x3dcd is the bfloat16 next to 0.1: 205/2048.
    header = {
        "0.weight": {"dtype": "BF16", "shape": [1, 2], "data_offsets": [0, 4]},
        "1.weight": {"dtype": "F32", "shape": [2, 1], "data_offsets": [4, 12]},
    }
    text = json.dumps(header).encode()
    data = b"\xcd\x3d\x80\xbf" + np.array([1, 2], "<f4").tobytes()
    path = tmp_path / "net.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    assert read_network(path, 2).weights() == (((QQ((205, 2048)), -1),), ((1,), (2,)))


@pytest.mark.parametrize(
    ("entry", "data", "words"),
    [
        ({"dtype": "F32", "shape": [2**40, 2**20], "data_offsets": [0, 8]}, bytes(8), "must be a safetensors file"),
        ({"dtype": "F32", "shape": [2**62, 2**62], "data_offsets": [0, 8]}, bytes(8), "must be a safetensors file"),
        ({"dtype": "F32", "shape": [2], "data_offsets": [0, 2**50]}, bytes(8), "must be a safetensors file"),
        ({"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}, bytes(4), "must be a safetensors file"),
        ({"dtype": "F32", "shape": [1, 2], "data_offsets": [8, 16]}, bytes(16), "must be a safetensors file"),
        ({"dtype": "BOOL", "shape": [1, 2], "data_offsets": [0, 2]}, bytes(2), "entry '0.weight' must hold floats or"),
        ({"dtype": "U8", "shape": [2**24], "data_offsets": [0, 2**24]}, bytes(2**24), "16777216 numbers, more than"),
        (
            {"dtype": "F32", "shape": [1, 1], "data_offsets": [0, 4]},
            b"\0\0\xc0\x7f",
            r"must be finite, got nan at \[0, 0\]",
        ),
    ],
)
def test_malformed_safetensors(tmp_path, entry, data, words):
    text = json.dumps({"0.weight": entry}).encode()
    path = tmp_path / "net.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    with pytest.raises(ValueError, match=words):
        read_network(path, 2)


@pytest.mark.parametrize("data", [b"", b"{}", struct.pack("<Q", 2**60) + b"{}", struct.pack("<Q", 2) + b"[]"])
def test_what_is_no_safetensors_file(tmp_path, data):
    path = tmp_path / "net.safetensors"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"net\.safetensors' must be a safetensors file"):
        read_network(path, 2)


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".ckpt", ".bin", ".PT"])
def test_checkpoints_are_refused_with_the_line_that_converts_them(tmp_path, suffix):
    path = tmp_path / f"net{suffix}"
    path.write_bytes(b"\x80\x04cos\nsystem\n")
    with pytest.raises(
        ValueError, match=r"is a pickle, .* safetensors\.torch\.save_file\(torch\.load\('.*weights_only=T"
    ):
        read_network(path)


@pytest.mark.parametrize("suffix", [".pkl", ".pickle", ".joblib"])
def test_pickles_are_refused(tmp_path, suffix):
    with pytest.raises(ValueError, match=r"is a pickle, .* numpy\.savez\('net\.npz', W1="):
        read_network(tmp_path / f"net{suffix}")


@pytest.mark.parametrize(
    ("network", "error", "words"),
    [
        (7, TypeError, "must be an .npz, .onnx, .safetensors or .json file, .*, not int"),
        ("net.h5", ValueError, "'net.h5' must be an .npz"),
        ("no.npz", FileNotFoundError, "no.npz"),
        ("no.onnx", FileNotFoundError, "no.onnx"),
        ("no.json", FileNotFoundError, "no.json"),
        ("no.safetensors", FileNotFoundError, "no.safetensors"),
        ([W1], ValueError, "at least 2 layers"),
        ([W1, [1, 2], W2], TypeError, r"arrays\[1\] must be a NumPy array, not list"),
        ([W1, W2.astype(object)], TypeError, r"arrays\[1\] must be an array of integers or floats, got dtype obj"),
        ([W1, W2 * np.nan], ValueError, r"arrays\[1\] must be finite, got nan at \[0, 0\]"),
        ([W1.T, B1, W2.T], ValueError, "transpose them"),
        ([W1, B1, B1, W2], ValueError, r"arrays\[2\] must be a matrix of weights"),
        ({"0.weight": W1, "0.gamma": B1}, ValueError, "entry '0.gamma' belongs to no layer"),
        ({"0.weight": W1, "1.running_mean": B1}, ValueError, "fold batch normalisation"),
        ({"0.weight": W1, "1.bias": B1}, ValueError, "layer '1' has a bias and no weight"),
        ({"0.weight": B1}, ValueError, "must be a matrix"),
        ({"0.weight": W1, "1.weight": "x"}, TypeError, "must be a tensor, not str"),
        ({}, ValueError, "at least 2 layers"),
    ],
)
def test_what_is_no_network(network, error, words):
    with pytest.raises(error, match=words):
        read_network(network, activation=2)


def test_layers_are_ordered_by_number_then_by_shape():
    W = [np.eye(2) * k for k in range(12)]
    C = read_network({f"net.{k}.weight": W[k] for k in (11, 2, 9)}, activation=2)
    assert [M[0][0] for M in C.weights()] == [2, 9, 11]
    shapes = {"out.weight": np.ones((2, 4)), "deep.weight": np.ones((4, 3)), "in.weight": np.ones((3, 5))}
    assert read_network(shapes, activation=2).widths() == (5, 3, 4, 2)
    with pytest.raises(ValueError, match="follows neither from their names nor from their shapes"):
        read_network({"a.weight": np.eye(2), "b.weight": np.eye(2)}, activation=2)
    with pytest.raises(ValueError, match="follows neither"):
        read_network({f"a{'b' * k}.weight": np.eye(2) for k in range(30)}, activation=2)


@pytest.mark.parametrize(
    ("mean", "std"),
    [
        (0.5, 0.25),
        ("0.1307", "0.3081"),
        ([1, "1/3", 0.1], ["0.5", 2, 3]),
        (np.ones(3), np.float32(0.1)),
    ],
)
def test_normalisation(mean, std):
    C = read_network([W1, B1, W2, B2], normalization=(mean, std))
    point = [Fraction(1, 3), Fraction(2), Fraction(-5, 7)]
    means, stds = _three(mean), _three(std)
    normalized = [(x - m) / s for x, m, s in zip(point, means, stds)]
    assert C.outputs(point) == EXPECTED.outputs(normalized)


def _three(values):
    values = [values] * 3 if isinstance(values, str) or not np.ndim(values) else list(values)
    return [Fraction(v) if isinstance(v, str) else Fraction(float(v)) for v in values]


@pytest.mark.parametrize(
    ("normalization", "error", "words"),
    [
        (0.5, TypeError, "must be a pair"),
        ((0, 0), ValueError, "normalization std must be positive, got 0"),
        ((0, [1, -1, 1]), ValueError, "normalization std must be positive, got -1"),
        ((float("nan"), 1), ValueError, "normalization mean must be finite"),
        (([0, 0], 1), ValueError, "normalization mean must be one number or 3, one per input, got 2"),
        ((None, 1), TypeError, "normalization mean must be a number"),
    ],
)
def test_bad_normalisation(normalization, error, words):
    with pytest.raises(error, match=words):
        read_network([W1, B1, W2, B2], normalization=normalization)


def test_without_safetensors(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "safetensors", None)
    with pytest.raises(ImportError, match=r"install it with .*'sage_mlvar\[safetensors\]'"):
        read_network(tmp_path / "net.safetensors", 2)
