r"""
The number of messages in a serialized protocol buffer, counted before it is parsed.

A parsed message takes about a hundred bytes where its serialization may take two, so the size of a file does not bound
the memory that parsing takes; the number of messages does.

EXAMPLES::

    sage: import onnx
    sage: from sage_mlvar.networks.protobuf import count_messages
    sage: model = onnx.ModelProto()
    sage: model.graph.node.add().name = "first"
    sage: count_messages(model.SerializeToString(), model.DESCRIPTOR, 10)  # itself, its graph, one node
    3
    sage: count_messages(b"\x3a\x04\x0a\x00\x0a\x00", model.DESCRIPTOR, 3)
    Traceback (most recent call last):
    ...
    ValueError: more than 3 messages
"""

__all__ = ["count_messages"]

_MAX_DEPTH = 50
_FIXED = {1: 8, 5: 4}  # wire type → bytes
_DELIMITED = 2


def count_messages(data, descriptor, limit):
    r"""
    Return the number of messages in ``data``, itself included; raise ``ValueError`` if malformed or above ``limit``.

    INPUT:

    - ``data`` -- bytes, a serialized message
    - ``descriptor`` -- its descriptor, which tells messages from strings
    - ``limit`` -- integer; also ten times the most fields that the messages may have together
    """
    count = fields = 0
    known = {}  # full name → numbers of the fields that hold messages → their descriptors
    stack = [(0, len(data), descriptor, 0)]
    while stack:
        position, end, kind, depth = stack.pop()
        if kind.full_name not in known:
            known[kind.full_name] = {field.number: field.message_type for field in kind.fields if field.message_type}
        parts = known[kind.full_name]
        count += 1
        if count > limit:
            raise ValueError(f"more than {limit} messages")
        if depth > _MAX_DEPTH:
            raise ValueError(f"messages nested more than {_MAX_DEPTH} deep")
        while position < end:
            fields += 1
            if fields > 10 * limit:
                raise ValueError(f"more than {10 * limit} fields")
            key, position = _varint(data, position, end)
            number, wire = key >> 3, key & 7
            length = _FIXED.get(wire, 0)
            if wire == _DELIMITED:
                length, position = _varint(data, position, end)
            elif wire == 0:
                _, position = _varint(data, position, end)
            elif not length:
                raise ValueError(f"wire type {wire} at byte {position}")
            if position + length > end:
                raise ValueError(f"cut short: a field at byte {position} declares {length} bytes")
            if wire == _DELIMITED and number in parts:
                stack.append((position, position + length, parts[number], depth + 1))
            position += length
    return count


def _varint(data, position, end):
    value = shift = 0
    while True:
        if position >= end or shift > 63:
            raise ValueError(f"cut short: no whole number at byte {position}")
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
        shift += 7
