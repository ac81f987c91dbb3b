r"""
Networks from ONNX files.

The operators of the graph are composed exactly into affine layers and a polynomial activation; an operator that is
neither is refused by name.

EXAMPLES::

    sage: import numpy, onnx
    sage: from onnx import helper
    sage: from sage_mlvar.networks.onnx import from_model
    sage: def network(*operators):
    ....:     tensors = {"W": [[1, 2], [3, 4]], "V": [[1, 0], [0, 1]], "c": [0, 1]}
    ....:     constants = [onnx.numpy_helper.from_array(numpy.array(tensors[n], "f4"), n) for n in sorted(tensors)]
    ....:     nodes = [helper.make_node(*operator) for operator in operators]
    ....:     ends = [helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, ["batch", int(2)]) for n in ("x", "y")]
    ....:     return helper.make_model(helper.make_graph(nodes, "g", ends[:1], ends[1:], constants))
    sage: first, square = ("MatMul", ["x", "W"], ["z"]), ("Mul", ["z", "z"], ["h"])
    sage: C = from_model(network(first, square, ("Gemm", ["h", "V", "c"], ["y"])))
    sage: C, C.weights()[0]
    (polynomial classifier of widths 2, 2, 2 with activation z^2, ((1, 3), (2, 4)))
    sage: from_model(network(first, ("Relu", ["z"], ["y"])))
    Traceback (most recent call last):
    ...
    ValueError: node 1, Relu, is no polynomial: a network must be trained with an activation such as the square to be
    read exactly
"""

from math import prod

from . import operators_affine, operators_shape  # noqa: F401  (they register operators
from .algebra import Value, classifier, start
from .limits import MAX_BYTES, check_numbers, read_bytes
from .operators import FLOATS, OPERATORS, Graph, refusal
from .protobuf import count_messages
from .tensors import array

__all__ = ["from_model", "read"]

#: Most operators of a graph, and most messages of a file.
_MAX_NODES = 1000
_MAX_MESSAGES = 100_000

_OLDEST = 7  # before this version of the operators, broadcasting was an option of each


def read(path):
    r"""
    Return the network in the ONNX file ``path``.

    OUTPUT: a :class:`.PolynomialClassifier`
    """
    what = f"network file {str(path)!r}"
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError as error:
        raise ImportError(
            f"{what} needs the library onnx: install it with python -m pip install 'sage_mlvar[onnx]'"
        ) from error
    data = read_bytes(path, MAX_BYTES)
    try:
        count_messages(data, onnx.ModelProto.DESCRIPTOR, _MAX_MESSAGES)
        model = onnx.ModelProto.FromString(data)
    except (DecodeError, ValueError, UnicodeDecodeError) as error:
        raise ValueError(f"{what} must be an ONNX model: {error}") from error
    try:
        return from_model(model, path.parent)
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from error


def from_model(model, folder=None):
    r"""
    Return the network of an ``onnx.ModelProto``.

    INPUT:

    - ``model`` -- ``onnx.ModelProto``
    - ``folder`` -- path of the folder with the files of external data; ``None``: there may be none
    """
    graph = model.graph
    versions = [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")]
    if len(versions) != 1 or versions[0] < _OLDEST:
        raise ValueError(
            f"the model must declare one version of the ONNX operators, at least {_OLDEST}, got {versions}; "
            "onnx.version_converter.convert_version(model, 17) converts older ones"
        )
    if model.functions or graph.sparse_initializer:
        raise ValueError("the model has functions of its own or sparse tensors, which are not read")
    if len(graph.node) > _MAX_NODES:
        raise ValueError(f"the graph has {len(graph.node)} operators, more than the limit of {_MAX_NODES}")
    check_numbers([sum(prod(tensor.dims) for tensor in graph.initializer)], "the model")
    values = {tensor.name: array(tensor, folder) for tensor in graph.initializer}
    name, value = _input(graph, values)
    values[name] = value
    context = Graph(folder)
    for number, node in enumerate(graph.node):
        _evaluate(node, f"node {number}, {node.op_type or 'without a type'},", values, context)
    return classifier(_output(graph, values))


def _input(graph, constants):
    inputs = [entry for entry in graph.input if entry.name not in constants]
    if len(inputs) != 1:
        names = ", ".join(repr(entry.name) for entry in inputs[:5]) or "none"
        raise ValueError(f"the graph must have one input, got {len(inputs)}: {names}")
    entry = inputs[0]
    shape = [size.dim_value if size.HasField("dim_value") else None for size in entry.type.tensor_type.shape.dim]
    if len(shape) > 1:
        # The first of several is the batch, here of one input.
        if shape[0] not in (None, 1):
            raise ValueError(
                f"the input {entry.name!r} declares a batch of {shape[0]} inputs, in the shape {shape}: export the "
                "network for one input, or for an open number of them"
            )
        shape[0] = 1
    if not shape or any(size is None or size < 1 for size in shape):
        raise ValueError(f"the input {entry.name!r} must declare its shape, such as ['batch', 784], got {shape}")
    if entry.type.tensor_type.elem_type not in FLOATS:
        for number, node in enumerate(graph.node):
            if entry.name in node.input and node.op_type != "Cast":
                raise ValueError(f"node {number}, {node.op_type}, takes integers: cast the input to floats first")
    return entry.name, start(check_numbers(shape, "the input"), shape)


def _evaluate(node, what, values, context):
    if node.domain not in ("", "ai.onnx") or node.op_type not in OPERATORS:
        raise ValueError(refusal(what, node.op_type if node.domain in ("", "ai.onnx") else None))
    operator = OPERATORS[node.op_type]
    arguments = []
    for name in node.input:
        if name and name not in values:
            raise ValueError(
                f"{what} takes {name!r}, which nothing before it computes: the graph is out of order or has a cycle"
            )
        arguments.append(values[name] if name else None)
    outputs = [name for name in node.output if name]
    if len(outputs) != 1 or outputs[0] in values:
        raise ValueError(f"{what} must have one output of a new name, got {outputs}")
    attributes = {}
    for attribute in node.attribute:
        if attribute.name not in operator.attributes:
            raise ValueError(f"{what} has the attribute {attribute.name!r}, which is not known")
        attributes[attribute.name] = attribute
    least, most = operator.arity
    if not least <= len(arguments) <= most or any(argument is None for argument in arguments[:least]):
        raise ValueError(f"{what} takes {least} to {most} inputs, got {len(arguments)}")
    values[outputs[0]] = operator.run(context.at(what, attributes), *arguments)


def _output(graph, values):
    if len(graph.output) != 1:
        raise ValueError(f"the graph must have one output, got {len(graph.output)}")
    name = graph.output[0].name
    value = values.get(name)
    if not isinstance(value, Value):
        state = "is constant" if name in values else "is not computed"
        raise ValueError(f"the output {name!r} {state}")
    return value
