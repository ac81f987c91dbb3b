r"""
Operators of ONNX that change no number: they name it, give it another type or shape, or compute a shape.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar.networks import operators_shape
    sage: from sage_mlvar.networks.algebra import start
    sage: from sage_mlvar.networks.operators import OPERATORS, Graph
    sage: graph = Graph(None).at("node 0, Reshape,", {})
    sage: OPERATORS["Reshape"].run(graph, start(6, (1, 2, 3)), numpy.array([0, -1])).shape
    (1, 6)
    sage: OPERATORS["Reshape"].run(graph, start(6, (1, 2, 3)), numpy.array([7, -1]))
    Traceback (most recent call last):
    ...
    ValueError: node 0, Reshape, cannot give [7, -1] as the shape of 6 numbers, of shape (1, 2, 3), one input at a time
"""

from math import prod

from .algebra import Value
from .limits import check_numbers
from .operators import FLOATS, operator
from .tensors import array

__all__ = []


@operator("Constant", attributes=("value", "value_float", "value_floats", "value_int", "value_ints"), arity=(0, 0))
def _constant_node(graph):
    import numpy

    tensor = graph.attribute("value", "TENSOR")
    if tensor is not None:
        return array(tensor, graph.folder)
    for name, kind, dtype in (
        ("value_float", "FLOAT", "float32"),
        ("value_floats", "FLOATS", "float32"),
        ("value_int", "INT", "int64"),
        ("value_ints", "INTS", "int64"),
    ):
        number = graph.attribute(name, kind)
        if number is not None:
            return numpy.array(number, dtype=dtype)
    return graph.fail("must hold numbers")


@operator("Identity")
def _identity(graph, x):
    return x


@operator("Dropout", attributes=("seed", "ratio"), arity=(1, 3))
def _dropout(graph, x, ratio=None, training=None):
    if training is not None and graph.constant(training, "third input").any():
        graph.fail("is in training mode: export the network after model.eval()")
    return x


@operator("Cast", attributes=("to", "saturate"))
def _cast(graph, x):
    import numpy
    import onnx

    types = onnx.TensorProto
    kind = graph.attribute("to", "INT", 0)
    if isinstance(x, Value):
        if kind not in FLOATS:
            graph.fail("must cast to floats, which is no change of a real number; integers would round it")
        return x
    whole = (types.INT8, types.INT16, types.INT32, types.INT64, types.UINT8, types.UINT16, types.UINT32, types.UINT64)
    if kind not in FLOATS and kind not in whole:
        graph.fail(f"must cast to floats or integers, got the type number {kind}")
    with numpy.errstate(all="ignore"):
        result = x.astype(onnx.helper.tensor_dtype_to_np_dtype(kind))
    return result if result.dtype.kind in "biuf" else result.astype("float32")


@operator("Flatten", attributes=("axis",))
def _flatten(graph, x):
    axis = graph.attribute("axis", "INT", 1)
    rank = len(x.shape)
    if not -rank <= axis <= rank:
        graph.fail(f"must have an axis from {-rank} to {rank}, got {axis}")
    axis = axis + rank if axis < 0 else axis
    return x.reshape((prod(x.shape[:axis]), prod(x.shape[axis:])))


@operator("Reshape", attributes=("allowzero",), arity=(2, 2))
def _reshape(graph, x, shape):
    wanted = _integers(graph, shape, "shape")
    keep = not graph.attribute("allowzero", "INT", 0)
    size = prod(x.shape)
    target = [x.shape[i] if n == 0 and keep and i < len(x.shape) else n for i, n in enumerate(wanted)]
    known = prod(n for n in target if n != -1)
    if target.count(-1) == 1 and known > 0 and size % known == 0:
        target[target.index(-1)] = size // known
    if any(n < 0 for n in target) or prod(target) != size:
        graph.fail(
            f"cannot give {wanted} as the shape of {size} numbers, of shape {tuple(x.shape)}, one input at a time"
        )
    return x.reshape(tuple(target))


@operator("Unsqueeze", attributes=("axes",), arity=(1, 2))
def _unsqueeze(graph, x, axes=None):
    given = graph.attribute("axes", "INTS", []) if axes is None else _integers(graph, axes, "axes")
    rank = len(x.shape) + len(given)
    places = {a + rank if a < 0 else a for a in given}
    if not given or len(places) != len(given) or not places <= set(range(rank)) or rank > 8:
        graph.fail(f"must have axes for a tensor of rank {len(x.shape)}, got {given}")
    rest = iter(x.shape)
    return x.reshape(tuple(1 if i in places else next(rest) for i in range(rank)))


@operator("Squeeze", attributes=("axes",), arity=(1, 2))
def _squeeze(graph, x, axes=None):
    given = graph.attribute("axes", "INTS") if axes is None else _integers(graph, axes, "axes")
    rank, ones = len(x.shape), {i for i, n in enumerate(x.shape) if n == 1}
    places = ones if given is None else {a + rank if a < 0 else a for a in given}
    if not places <= ones:
        graph.fail(f"cannot drop the axes {given} of a tensor of shape {tuple(x.shape)}")
    return x.reshape(tuple(n for i, n in enumerate(x.shape) if i not in places))


@operator("Transpose", attributes=("perm",))
def _transpose(graph, x):
    order = graph.attribute("perm", "INTS", list(range(len(x.shape)))[::-1])
    if sorted(order) != list(range(len(x.shape))):
        graph.fail(f"cannot order the axes of a tensor of shape {tuple(x.shape)} as {order}")
    if not isinstance(x, Value):
        return x.transpose(order)
    long = [axis for axis in order if x.shape[axis] > 1]
    if long != sorted(long):
        graph.fail("is not read on data: permute the columns of the next weights, and remove it")
    return x.reshape(tuple(x.shape[axis] for axis in order))


@operator("Shape")
def _shape(graph, x):
    import numpy

    return numpy.array(x.shape, dtype="int64")


@operator("Gather", attributes=("axis",), arity=(2, 2))
def _gather(graph, x, places):
    x, places = graph.constant(x, "first input"), graph.constant(places, "second input")
    if x.ndim != 1 or places.size > 8 or graph.attribute("axis", "INT", 0) not in (0, -1):
        graph.fail("is read only where it takes entries of a shape")
    if places.dtype.kind not in "iu" or any(not -len(x) <= i < len(x) for i in places.ravel().tolist()):
        graph.fail(f"must take entries that are there, got {places.tolist()} of {len(x)}")
    return x[places]


@operator("Concat", attributes=("axis",), arity=(1, 8))
def _concat(graph, *parts):
    import numpy

    parts = [graph.constant(part, "input") for part in parts if part is not None]
    if any(part.ndim != 1 or part.size > 8 for part in parts) or graph.attribute("axis", "INT", 0) not in (0, -1):
        graph.fail("is read only where it puts together a shape")
    return numpy.concatenate(parts)


def _integers(graph, values, role):
    values = graph.constant(values, role)
    if values.dtype.kind not in "iu" or values.ndim > 1 or values.size > 8:
        graph.fail(f"must have a {role} of at most 8 integers, got shape {values.shape} and dtype {values.dtype}")
    check_numbers([abs(int(n)) or 1 for n in values.ravel().tolist()], f"{graph.what} its {role}")
    return [int(n) for n in values.ravel().tolist()]
