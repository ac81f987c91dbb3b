r"""
The operators of ONNX that are affine maps, powers and products, or move numbers about.

Each is a function of the values of its inputs: a :class:`.Value`, which depends on the input of the network, or a NumPy
array, a constant. A graph is read for a single input: the batch has size 1.

EXAMPLES::

    sage: from sage_mlvar.networks import operators_affine, operators_shape
    sage: from sage_mlvar.networks.operators import OPERATORS, refusal
    sage: len(OPERATORS), OPERATORS["Pow"].arity
    (20, (2, 2))
    sage: print(refusal("node 3, Softmax,", "Softmax"))
    node 3, Softmax, is no polynomial: remove the final Softmax: it does not change the class
"""

from collections import namedtuple

from .algebra import Value

__all__ = ["FLOATS", "OPERATORS", "Graph", "operator", "refusal"]

Operator = namedtuple("Operator", "run attributes arity")

OPERATORS = {}

#: The numbers of the types FLOAT, FLOAT16, DOUBLE and BFLOAT16 in ``onnx.TensorProto``.
FLOATS = frozenset({1, 10, 11, 16})

_MONOTONE = frozenset({"ArgMax", "LogSoftmax", "Sigmoid", "Softmax"})
_LINEAR = frozenset(
    [
        "AveragePool",
        "Conv",
        "ConvTranspose",
        "GlobalAveragePool",
        "Mean",
        "Pad",
        "ReduceMean",
        "ReduceSum",
        "Slice",
        "Split",
        "Sum",
    ]
)
_CONTROL = frozenset({"If", "Loop", "Scan"})
_BENT = frozenset(
    [
        "Abs",
        "Acos",
        "Asin",
        "Atan",
        "Celu",
        "Ceil",
        "Clip",
        "Cos",
        "Elu",
        "Erf",
        "Exp",
        "Floor",
        "Gelu",
        "HardSigmoid",
        "HardSwish",
        "LayerNormalization",
        "LeakyRelu",
        "Log",
        "Max",
        "MaxPool",
        "Min",
        "Mish",
        "PRelu",
        "Reciprocal",
        "Relu",
        "Round",
        "Selu",
        "Sign",
        "Sin",
        "Softplus",
        "Softsign",
        "Sqrt",
        "Swish",
        "Tan",
        "Tanh",
        "ThresholdedRelu",
    ]
)


def refusal(what, name):
    r"""Return the sentence that refuses an operator, with the way out; ``name`` is ``None`` for one not of ONNX."""
    if name in _MONOTONE:
        return f"{what} is no polynomial: remove the final {name}: it does not change the class"
    if name in _BENT:
        return (
            f"{what} is no polynomial: a network must be trained with an activation such as the square to be read "
            "exactly"
        )
    if name in _LINEAR:
        return f"{what} is not read: write it as one matrix, an operator Gemm, on the flattened input"
    if name == "BatchNormalization":
        return (
            f"{what} is not read, since it divides by a square root: fold it into the layer before, as "
            "torch.nn.utils.fusion.fuse_linear_bn_eval does"
        )
    if name in _CONTROL:
        return f"{what} is not read: a network may not branch"
    return f"{what} is not one of the operators that are read: {', '.join(sorted(OPERATORS))}"


class Graph:
    r"""
    What an operator may know besides its inputs: how errors call it, and its attributes.

    EXAMPLES::

        sage: from sage_mlvar.networks.operators import Graph
        sage: Graph(None).at("node 0, Flatten,", {}).attribute("axis", "INT", 1)
        1
    """

    def __init__(self, folder):
        self.folder, self.what, self._attributes = folder, "", {}

    def at(self, what, attributes):
        r"""Return the same for one operator."""
        self.what, self._attributes = what, attributes
        return self

    def attribute(self, name, kind, default=None):
        r"""Return an attribute of the given type, a name in ``onnx.AttributeProto.AttributeType``."""
        import onnx

        if name not in self._attributes:
            return default
        attribute = self._attributes[name]
        types = onnx.AttributeProto
        fields = {"INT": "i", "FLOAT": "f", "TENSOR": "t", "INTS": "ints", "FLOATS": "floats"}
        if attribute.type != types.AttributeType.Value(kind) or attribute.ref_attr_name:
            raise ValueError(f"{self.what} must have an attribute {name!r} of type {kind}")
        value = getattr(attribute, fields[kind])
        return list(value) if kind in ("INTS", "FLOATS") else value

    def fail(self, reason):
        r"""Raise ``ValueError`` about this operator."""
        raise ValueError(f"{self.what} {reason}")

    def constant(self, x, role):
        r"""Return ``x`` if it is a constant."""
        if isinstance(x, Value):
            self.fail(f"must have a constant {role}, and has one that depends on the input")
        return x


def operator(*names, attributes=(), arity=(1, 1)):
    r"""
    Register a function as operators of ONNX.

    INPUT:

    - ``names`` -- strings
    - ``attributes`` -- the attributes it knows; others are refused
    - ``arity`` -- least and largest number of inputs
    """

    def register(function):
        for name in names:
            OPERATORS[name] = Operator(function, frozenset(attributes), arity)
        return function

    return register
