r"""Layers composed from operations compute what the operations compute, one after the other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage_mlvar.networks import algebra
from sage_mlvar.networks.algebra import classifier, start
from sage_mlvar.networks.protobuf import count_messages

from sage.rings.rational_field import QQ

small = st.integers(-3, 3)
vectors = st.lists(small, min_size=2, max_size=2)
matrices = st.lists(vectors, min_size=2, max_size=2)
steps = st.one_of(
    st.tuples(st.just("linear"), matrices),
    st.tuples(st.just("shift"), st.one_of(vectors, small)),
    st.tuples(st.just("scale"), st.one_of(vectors, small)),
    st.tuples(st.just("power"), st.integers(1, 2)),
    st.tuples(st.just("polynomial"), small),
)


def apply(value, step, argument):
    array = np.array(argument)
    if step == "power":
        return value.power(argument, "power")
    if step == "polynomial":
        return value.times(value).plus(value.scale(array, "scale"), -1)
    return getattr(value, step)(array, step)


def compute(x, step, argument):
    if step == "linear":
        return [sum(w * z for w, z in zip(row, x)) for row in argument]
    each = argument if isinstance(argument, list) else [argument] * 2
    if step == "shift":
        return [z + c for z, c in zip(x, each)]
    if step == "scale":
        return [c * z for z, c in zip(x, each)]
    return [z**c for z, c in zip(x, each)] if step == "power" else [z * z - c * z for z, c in zip(x, each)]


@given(st.lists(steps, min_size=1, max_size=6), vectors)
def test_any_chain_of_operations(chain, point):
    value, expected = start(2, (1, 2)), [QQ(x) for x in point]
    for step, argument in chain:
        value = apply(value, step, argument)
        expected = compute(expected, step, argument)
    try:
        C = classifier(value)
    except ValueError as error:
        # Not every chain is a network of the kind that is read.
        reasons = ("must have a hidden layer", "must share one activation", "must have degree at least 1")
        if not any(reason in str(error) for reason in reasons):
            raise
        return
    assert list(C.outputs(point)) == expected


def test_layers_with_different_quadratic_activations_share_one():
    z = start(2, (1, 2)).linear(np.array([[1, 2], [3, -1]]), "W1")
    h = z.power(2, "p").plus(z).scale(np.array(3), "s")  # 3 z^2 + 3 z
    z = h.linear(np.array([[1, 1], [1, -2]]), "W2")
    C = classifier(z.power(2, "p").shift(np.array(5), "s").linear(np.eye(2), "W3"))
    assert C.activation().list() == [0, 0, 1]
    x = [QQ((1, 2)), QQ(-3)]
    a = [x[0] + 2 * x[1], 3 * x[0] - x[1]]
    a = [3 * t * t + 3 * t for t in a]
    assert list(C.outputs(x)) == [(a[0] + a[1]) ** 2 + 5, (a[0] - 2 * a[1]) ** 2 + 5]


def test_cubic_layers_that_differ_are_refused():
    z = start(2, (1, 2))
    w = z.power(3, "p").linear(np.eye(2), "W1")
    with pytest.raises(ValueError, match="must share one activation"):
        classifier(w.power(3, "p").plus(w).linear(np.eye(2), "W2"))


def test_products_of_many_layers_are_bounded(monkeypatch):
    monkeypatch.setattr(algebra, "_MAX_PRODUCT", 20)
    value, W = start(2, (1, 2)), np.ones((2, 2), dtype="i1")
    for _ in range(3):
        value = value.linear(W, "W")
    with pytest.raises(ValueError, match="takes 24 multiplications, more than the limit of 20: multiply them before"):
        value.linear(W, "W")


def test_an_identity_is_bounded():
    with pytest.raises(ValueError, match="10000000000 numbers, more than the limit"):
        classifier(start(10**5, (1, 10**5)).power(2, "p"))


def test_messages_are_counted_before_they_are_parsed():
    onnx = pytest.importorskip("onnx")
    empty = b"\x0a\x00" * 200_000  # nodes of a graph, two bytes each
    length = bytes([len(empty) & 127 | 128, len(empty) >> 7 & 127 | 128, len(empty) >> 14])
    with pytest.raises(ValueError, match="more than 100000 messages"):
        count_messages(b"\x3a" + length + empty, onnx.ModelProto.DESCRIPTOR, 100_000)
    deep = b""
    for _ in range(60):  # a graph in an attribute of a node of a graph
        deep = b"\x0a" + _sized(b"\x2a" + _sized(b"\x32" + _sized(deep)))
    with pytest.raises(ValueError, match="nested more than 50 deep"):
        count_messages(b"\x3a" + _sized(deep), onnx.ModelProto.DESCRIPTOR, 100_000)
    with pytest.raises(ValueError, match="fields"):
        count_messages(b"\x08\x00" * 1001, onnx.ModelProto.DESCRIPTOR, 100)


def _sized(data):
    return bytes([len(data) & 127 | 128, len(data) >> 7]) + data
