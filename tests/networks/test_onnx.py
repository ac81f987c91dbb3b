r"""Networks from ONNX: the same function as onnxruntime computes, and a named reason for what is not read."""

from importlib.resources import files

import numpy as np
import onnx
import pytest
from networks.graphs import exact, model, node, run, tensor
from onnx import TensorProto, helper

from sage_mlvar import read_data, read_network
from sage_mlvar.networks.onnx import from_model

from sage.rings.rational_field import QQ

W, V, B, C = [[1, 2], [3, -4]], [[0.5, 1], [-1, 2]], [1, -0.5], [0.25, 0]
BASE = {"W": W, "V": V, "b": B, "c": C}


def square(z, output):
    return node("Mul", f"{z} {z}", output)


FIRST = [node("MatMul", "x W", "m"), node("Add", "m b", "z")]
LAST = [node("Gemm", "h V c", "y", transB=1)]


def close(network, points, shape=None):
    r"""Compare the exact outputs with those of onnxruntime, by the size of the terms that they are sums of."""
    C = from_model(network)
    points = np.asarray(points, "f4")
    found = run(network, [p.reshape(shape or (1, -1)) for p in points])
    for point, row in zip(points, found):
        outputs = C.outputs(point.tolist())
        scale = max(1, *(abs(float(v)) for v in outputs))
        assert np.allclose([float(v) for v in outputs], row, rtol=0, atol=2e-5 * scale)
    return C


DATA = files("sage_mlvar.data")
POINTS = [[0, 0], [1, -2], [0.25, 3], [-1.5, 0.1]]


@pytest.mark.parametrize(
    "middle",
    [
        [square("z", "h")],
        [node("Pow", "z two", "h")],
        [node("Pow", "z three", "h")],
        [square("z", "s"), node("Mul", "s z", "h")],
        [square("z", "s"), node("Add", "s z", "h")],
        [square("z", "s"), node("Mul", "half s", "t"), node("Sub", "t z", "u"), node("Add", "two u", "h")],
        [square("z", "s"), node("Neg", "s", "t"), node("Sub", "one t", "h")],
        [square("z", "s"), node("Div", "s two", "t"), node("Identity", "t", "h")],
        [square("z", "s"), node("Mul", "s vector", "t"), node("Add", "t vector", "h")],
        [node("Cast", "z", "d", to=TensorProto.DOUBLE), node("Cast", "d", "e", to=TensorProto.FLOAT), square("e", "h")],
        [node("Dropout", "z", "d"), square("d", "h")],
        [node("Mul", "z two", "s"), node("Mul", "s z", "h")],
    ],
    ids=lambda nodes: "-".join(n.op_type for n in nodes),
)
def test_activations_agree_with_onnxruntime(middle):
    numbers = {k: np.array(v, "f4") for k, v in {"one": 1, "two": 2, "three": 3, "half": 0.5}.items()}
    constants = {**BASE, **numbers, "vector": [2, -3]}
    used = {name for n in FIRST + middle + LAST for name in n.input}
    network = model(FIRST + middle + LAST, {k: v for k, v in constants.items() if k in used})
    close(network, POINTS)


@pytest.mark.parametrize(
    ("nodes", "inputs", "shape"),
    [
        ([node("Flatten", "x", "f")], ["batch", 1, 2, 2], (1, 1, 2, 2)),
        ([node("Flatten", "x", "f", axis=-3)], ["batch", 1, 2, 2], (1, 1, 2, 2)),
        ([node("Reshape", "x shape", "f")], ["batch", 2, 2], (1, 2, 2)),
        ([node("Reshape", "x shape", "f")], [1, 2, 2], (1, 2, 2)),
        ([node("Unsqueeze", "x zero", "f")], [4], (4,)),
        ([node("Squeeze", "x axes", "f")], ["batch", 1, 4], (1, 1, 4)),
        (
            [
                *[
                    node("Shape", "x", "s"),
                    node("Gather", "s zero", "g", axis=0),
                    node("Concat", "g minus", "t", axis=0),
                ],
                node("Reshape", "x t", "f"),
            ],
            ["batch", 2, 2],
            (1, 2, 2),
        ),
        ([node("Sub", "x mean", "a"), node("Div", "a std", "b"), node("Flatten", "b", "f")], ["n", 2, 2], (1, 2, 2)),
    ],
)
def test_shapes_and_normalisation_agree_with_onnxruntime(nodes, inputs, shape):
    constants = {
        "W": [[1, 2, -1, 0.5], [0, 3, 1, 1]],
        "V": V,
        "mean": np.array(0.5, "f4"),
        "std": np.array([[0.25], [3]], "f4"),
        "shape": tensor([0, -1], "shape", "i8"),
        "zero": tensor([0], "zero", "i8"),
        "minus": tensor([-1], "minus", "i8"),
        "axes": tensor([1], "axes", "i8"),
    }
    rest = [node("Gemm", "f W", "z", transB=1, alpha=0.5), square("z", "h"), node("MatMul", "h V", "y")]
    used = {name for n in nodes + rest for name in n.input}
    network = model(nodes + rest, {k: v for k, v in constants.items() if k in used}, inputs)
    close(network, [[0, 1, 2, 3], [0.5, -1, 4, 0.25]], shape)


def test_two_hidden_layers_and_layers_without_activation():
    nodes = [*FIRST, square("z", "h"), node("Gemm", "h V c", "p", beta=0.5), node("MatMul", "p W", "q")]
    nodes += [node("Mul", "q q", "r"), node("Mul", "r three", "s"), node("Add", "s q", "t"), node("Gemm", "t V", "y")]
    C = close(model(nodes, {**BASE, "three": np.array(3, "f4")}), POINTS)
    assert C.widths() == (2, 2, 2, 2)
    assert C.activation_degree() == 2


def test_a_column_is_multiplied_from_the_left():
    nodes = [node("MatMul", "W x", "z"), square("z", "h"), node("MatMul", "V h", "y")]
    close(model(nodes, {"W": W, "V": V}, [2], [2]), POINTS, (2,))
    close(model(nodes, {"W": W, "V": V}, [1, 2, 1], [1, 2, 1]), POINTS, (1, 2, 1))


def test_weights_are_exact_and_layers_as_written():
    C = exact([node("Gemm", "x W b", "z", transB=1), square("z", "h"), *LAST], {**BASE, "W": [[0.1, 2], [3, -4]]})
    assert C.weights()[0][0][0] == QQ((13421773, 2**27))  # the float of 32 bits next to 0.1
    assert C.biases() == ((1, -0.5), (0.25, 0))
    assert C.activation_degree() == 2


def test_an_activation_after_the_last_layer_is_kept():
    C = close(model([*FIRST, square("z", "y")], {"W": W, "b": B}), POINTS)
    assert C.weights()[1] == ((1, 0), (0, 1))


@pytest.mark.parametrize("spelling", ["Gemm", "MatMul"])
def test_real_digits_agree_with_onnxruntime(tmp_path, spelling):
    # Handwritten digits, and the network that was trained on them; pixels of 8 bits, divided in the graph.
    with np.load(DATA / "mnist_quadratic.npz") as file:
        constants = {"W": file["W1"], "b": file["b1"], "V": file["W2"], "c": file["b2"]}
    constants["most"] = np.array(255, "f4")
    nodes = [node("Cast", "x", "i", to=TensorProto.FLOAT), node("Flatten", "i", "j"), node("Div", "j most", "k")]
    if spelling == "Gemm":
        nodes += [node("Gemm", "k W b", "z", transB=1), square("z", "h"), node("Gemm", "h V c", "y", transB=1)]
    else:
        constants |= {"W": constants["W"].T, "V": constants["V"].T, "two": np.array(2, "f4")}
        nodes += [node("MatMul", "k W", "m"), node("Add", "b m", "z"), node("Pow", "z two", "h")]
        nodes += [node("MatMul", "h V", "n"), node("Add", "n c", "y")]
    network = model(nodes, constants, ["batch", 1, 28, 28], ["batch", 10], TensorProto.UINT8)
    path = tmp_path / "mnist.onnx"
    onnx.save(network, path)
    C = read_network(path, activation=2)
    data = read_data(DATA / "mnist_test.npz")
    data.check(C)
    with np.load(DATA / "mnist_test.npz") as file:
        pixels = file["X"][:8]
    right = 0
    for k, row in enumerate(run(network, pixels.reshape(-1, 1, 1, 28, 28))):
        outputs = [float(v) for v in C.outputs(data.point(k))]
        assert np.allclose(outputs, row, rtol=0, atol=1e-5 * max(map(abs, outputs)))
        right += outputs.index(max(outputs)) == data.labels[k]
    assert right >= 7


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        ([*FIRST, node("Relu", "z", "y")], "node 2, Relu, is no polynomial"),
        ([*FIRST, square("z", "h"), node("Softmax", "h", "y")], "node 3, Softmax, .* remove the final Softmax"),
        ([*FIRST, node("Sigmoid", "z", "y")], "node 2, Sigmoid, is no polynomial: remove the final Sigmoid"),
        ([node("Conv", "x W", "y")], "node 0, Conv, is not read: write it as one matrix"),
        ([node("BatchNormalization", "x b b b b", "y")], "fold it into the layer before"),
        ([node("Quux", "x", "y")], "node 0, Quux, is not one of the operators that are read: Add, Cast, "),
        ([node("Relu", "x", "y", domain="com.example")], "node 0, Relu, is not one of"),
        ([*FIRST, node("Mul", "z x", "y")], "product of two different tensors"),
        ([*FIRST, node("Add", "z x", "y")], "the network must have a hidden layer"),
        ([*FIRST, square("z", "h"), node("Add", "h x", "y")], "the sum of two different layers is no layer"),
        ([node("MatMul", "x W", "y")], "must have a hidden layer"),
        ([node("Gemm", "x W", "y", transA=1)], "neither a constant first input nor transA"),
        ([*FIRST, node("Pow", "z half", "y")], "the node 2, Pow, its exponent|its exponent must be an integer from 1"),
        ([*FIRST, node("Pow", "half z", "y")], "must have a constant exponent"),
        ([*FIRST, node("Div", "half z", "y")], "must have a constant divisor"),
        ([*FIRST, node("Div", "z zero", "y")], "must not divide by zero"),
        ([*FIRST, node("Cast", "z", "y", to=TensorProto.INT32)], "must cast to floats"),
        ([node("MatMul", "x T", "y")], "must multiply one row|columns, one per entry"),
        ([node("Add", "x T", "y")], "does not fit a tensor of shape"),
        ([node("Add", "W W", "y")], "combines constants: fold them"),
        ([node("MatMul", "x nan", "y")], r"its matrix transposed\[0\]\[0\] must be finite"),
        ([node("Flatten", "x", "y", axis=7)], "must have an axis from -2 to 2"),
        ([node("Flatten", "x", "y", quux=7)], "the attribute 'quux', which is not known"),
        ([node("Flatten", "x", "y", axis=1.5)], "must have an attribute 'axis' of type INT"),
        ([node("Reshape", "x bad", "y")], r"cannot give \[3, -1\]"),
        ([node("Transpose", "x", "t"), node("Mul", "t t", "u"), node("Concat", "u u", "y", axis=0)], "constant input"),
        ([node("MatMul", "q W", "p"), node("MatMul", "p W", "q")], "takes 'q', which nothing before it computes"),
        ([node("Mul", "x x", "x")], "one output of a new name"),
        ([node("Mul", "x", "y")], "takes 2 to 2 inputs, got 1"),
        ([node("Identity", "W", "y")], "the output 'y' is constant"),
        ([square("x", "h")], "the output 'y' is not computed"),
        ([node("If", "x", "y")], "may not branch"),
        ([node("Constant", "", "y")], "must hold numbers"),
    ],
)
def test_what_is_not_read(nodes, words):
    constants = {
        "W": W,
        "b": B,
        "half": np.array(0.5, "f4"),
        "T": [[1, 2, 3]],
        "zero": [0],
        "nan": [[np.nan, 1], [1, 1]],
    }
    constants["bad"] = tensor([3, -1], "bad", "i8")
    with pytest.raises(ValueError, match=words):
        exact(nodes, constants)


def _shape(network):
    return network.graph.input[0].type.tensor_type.shape.dim


def test_degrees_are_bounded():
    nodes = [node("Mul", "x x", "a0"), *(node("Mul", f"a{k} a{k}", f"a{k + 1}") for k in range(40)), square("a40", "y")]
    with pytest.raises(ValueError, match="degree at most 64, got 128"):
        exact(nodes, {})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m.graph.input.append(m.graph.input[0]), "must have one input, got 2"),
        (lambda m: m.graph.ClearField("input"), "must have one input, got 0: none"),
        (lambda m: m.graph.output.append(m.graph.output[0]), "must have one output, got 2"),
        (lambda m: m.graph.ClearField("output"), "must have one output, got 0"),
        (lambda m: m.ClearField("opset_import"), "must declare one version"),
        (lambda m: setattr(m.opset_import[0], "version", 6), r"at least 7, got \[6\]"),
        (lambda m: m.functions.add(), "functions of its own"),
        (lambda m: m.graph.sparse_initializer.add(), "sparse tensors"),
        (lambda m: m.graph.node.extend(m.graph.node[0] for _ in range(1000)), "more than the limit of 1000"),
        (lambda m: setattr(_shape(m)[0], "dim_value", 64), "a batch of 64 inputs"),
        (
            lambda m: m.graph.input[0].type.tensor_type.shape.dim[1].__setattr__("dim_param", "n"),
            "must declare its shape",
        ),
        (lambda m: setattr(m.graph.input[0].type.tensor_type, "elem_type", TensorProto.INT32), "takes integers"),
        (lambda m: m.graph.initializer[0].ClearField("raw_data"), "tensor 'W' declares the shape .* and has 0"),
        (lambda m: m.graph.initializer[0].dims.append(2**62), "declares .* more than the limit of 10000000"),
        (lambda m: m.graph.initializer[0].dims.__setitem__(0, -2), "with a negative entry"),
        (lambda m: m.graph.initializer[0].dims.append(3), "48 bytes, and has 16"),
        (lambda m: setattr(m.graph.initializer[0], "data_type", TensorProto.STRING), "got the type STRING"),
        (lambda m: setattr(m.graph.initializer[0], "data_type", 99), "got the type number 99"),
    ],
)
def test_malformed_models(change, words):
    network = model([*FIRST, square("z", "h"), *LAST], BASE)
    change(network)
    with pytest.raises(ValueError, match=words):
        from_model(network)


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("../secret.bin", "is not a plain file name"),
        ("/etc/passwd", "is not a plain file name"),
        ("..", "is not a plain file name"),
        ("", "is not a plain file name"),
        ("sub/data.bin", "is not a plain file name"),
        ("link.bin", "a link out of the folder"),
        ("short.bin", "which has 8"),
    ],
)
def test_external_data_stay_in_the_folder(tmp_path, location, words):
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret.bin").write_bytes(bytes(16))
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    (folder / "short.bin").write_bytes(bytes(8))
    network = _with_external_weights(location)
    path = folder / "net.onnx"
    path.write_bytes(network.SerializeToString())
    with pytest.raises(ValueError, match=words):
        read_network(path)
    with pytest.raises(ValueError, match="must not keep its data in another file"):
        from_model(network)


def test_external_data_in_the_folder_are_read(tmp_path):
    (tmp_path / "net.onnx.data").write_bytes(b"...." + np.array(W, "<f4").tobytes())
    network = _with_external_weights("net.onnx.data", offset="4", length="16")
    (tmp_path / "net.onnx").write_bytes(network.SerializeToString())
    assert read_network(tmp_path / "net.onnx") is exact([*FIRST, square("z", "h"), *LAST], BASE)
    network = _with_external_weights("net.onnx.data", offset="-4", length="16")
    with pytest.raises(ValueError, match="natural numbers"):
        from_model(network, tmp_path)


def _with_external_weights(location, **entries):
    network = model([*FIRST, square("z", "h"), *LAST], BASE)
    weights = network.graph.initializer[0]
    weights.ClearField("raw_data")
    weights.data_location = TensorProto.EXTERNAL
    for key, value in {"location": location, **entries}.items():
        weights.external_data.add(key=key, value=value)
    return network


@pytest.mark.parametrize("kind", ["FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16", "INT8", "INT64", "UINT8", "UINT64"])
@pytest.mark.parametrize("raw", [False, True])
def test_types_of_numbers(kind, raw):
    from sage_mlvar.networks.tensors import array

    number = TensorProto.DataType.Value(kind)
    values = np.array([1, 2, 3]).astype(helper.tensor_dtype_to_np_dtype(number))
    found = array(helper.make_tensor("t", number, [3], values.tobytes() if raw else [1, 2, 3], raw=raw), None)
    assert found.tolist() == [1, 2, 3]
    assert found.dtype.kind in "iuf"


def test_without_the_library(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    with pytest.raises(ImportError, match=r"needs the library onnx: install it with .*'sage_mlvar\[onnx\]'"):
        read_network(tmp_path / "net.onnx")
