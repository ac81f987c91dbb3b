r"""
Operators of ONNX that compute: affine maps, products and powers.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar.networks import operators_affine
    sage: from sage_mlvar.networks.algebra import start
    sage: from sage_mlvar.networks.operators import OPERATORS, Graph
    sage: graph, x = Graph(None).at("node 0, Pow,", {}), start(2, (1, 2))
    sage: OPERATORS["Pow"].run(graph, x, numpy.array(3)).polynomial
    (0, 0, 0, 1)
    sage: OPERATORS["Pow"].run(graph, numpy.array(3), x)
    Traceback (most recent call last):
    ...
    ValueError: node 0, Pow, must have a constant exponent, and has one that depends on the input
"""

from .. import _sage  # noqa: F401
from ..exact import rational
from .algebra import Value
from .operators import operator

__all__ = []


def _is_data(graph, *arguments):
    r"""Whether some argument depends on the input; constants alone are computed in floats by their makers."""
    if not any(isinstance(x, Value) for x in arguments):
        graph.fail("combines constants: fold them before saving, as onnxsim or torch.onnx.export do")


@operator("MatMul", arity=(2, 2))
def _matmul(graph, x, y):
    _is_data(graph, x, y)
    if isinstance(x, Value):
        W = graph.constant(y, "second input")
        if W.ndim != 2 or not x.shape or x.size != x.shape[-1]:
            graph.fail(
                f"must multiply one row by a matrix, got shapes {x.shape} and {W.shape}: flatten the input first"
            )
        return x.linear(W.T, f"{graph.what} its matrix transposed").reshape((*x.shape[:-1], W.shape[1]))
    shape = y.shape if len(y.shape) > 1 else (*y.shape, 1)
    if x.ndim != 2 or y.size != shape[-2]:
        graph.fail(f"must multiply a matrix by one column, got shapes {x.shape} and {y.shape}: flatten the input first")
    result = y.linear(x, f"{graph.what} its matrix")
    return result.reshape((*shape[:-2], len(x), 1) if len(y.shape) > 1 else (len(x),))


@operator("Gemm", attributes=("alpha", "beta", "transA", "transB"), arity=(2, 3))
def _gemm(graph, x, W, c=None):
    import numpy

    _is_data(graph, x, W)
    if not isinstance(x, Value) or graph.attribute("transA", "INT", 0):
        graph.fail("must multiply the data from the right: neither a constant first input nor transA is read")
    W = graph.constant(W, "second input")
    if W.ndim != 2 or len(x.shape) != 2 or x.shape[0] != 1:
        graph.fail(f"must multiply one row by a matrix, got shapes {x.shape} and {W.shape}: flatten the input first")
    result = x.linear(W if graph.attribute("transB", "INT", 0) else W.T, f"{graph.what} its matrix")
    alpha, beta = graph.attribute("alpha", "FLOAT", 1.0), graph.attribute("beta", "FLOAT", 1.0)
    if alpha != 1:
        result = result.scale(numpy.array(alpha), f"{graph.what} alpha")
    if c is None:
        return result
    c = graph.constant(c, "third input")
    if beta != 1:
        factor = rational(beta, f"{graph.what} beta")
        exact = [rational(entry, f"{graph.what} its third input") * factor for entry in c.ravel().tolist()]
        c = numpy.array(exact, dtype=object).reshape(c.shape)
    return _same_shape(graph, result.shift(c, f"{graph.what} its third input"), result)


def _same_shape(graph, value, wanted):
    if value.shape != wanted.shape:
        graph.fail(f"must give the shape {wanted.shape}, got {value.shape}")
    return value


@operator("Add", arity=(2, 2))
def _add(graph, x, y):
    _is_data(graph, x, y)
    if isinstance(x, Value) and isinstance(y, Value):
        return x.plus(y)
    return x.shift(y, _name(graph)) if isinstance(x, Value) else y.shift(x, _name(graph))


@operator("Sub", arity=(2, 2))
def _sub(graph, x, y):
    _is_data(graph, x, y)
    if isinstance(x, Value) and isinstance(y, Value):
        return x.plus(y, -1)
    if isinstance(x, Value):
        return _negative(_negative(x).shift(y, _name(graph)))
    return _negative(y).shift(x, _name(graph))


@operator("Mul", arity=(2, 2))
def _mul(graph, x, y):
    _is_data(graph, x, y)
    if isinstance(x, Value) and isinstance(y, Value):
        return x.times(y)
    return x.scale(y, _name(graph)) if isinstance(x, Value) else y.scale(x, _name(graph))


@operator("Div", arity=(2, 2))
def _div(graph, x, y):
    _is_data(graph, x, y)
    y = graph.constant(y, "divisor")
    return x.divide(y, _name(graph))


@operator("Neg")
def _neg(graph, x):
    _is_data(graph, x)
    return _negative(x)


@operator("Pow", arity=(2, 2))
def _pow(graph, x, exponent):
    _is_data(graph, x, exponent)
    exponent = graph.constant(exponent, "exponent")
    if not isinstance(x, Value) or exponent.size != 1 or exponent.ndim > max(len(x.shape), 1):
        graph.fail("must have one number as its exponent")
    return x.power(exponent.reshape(())[()], f"{graph.what} its exponent")


def _negative(value):
    import numpy

    return value.scale(numpy.array(-1), "-1")


def _name(graph):
    return f"{graph.what} its constant"
