r"""
The constants of an ONNX graph as NumPy arrays, their declared sizes checked against the bytes that are there.

EXAMPLES::

    sage: import onnx
    sage: from sage_mlvar.networks.tensors import array
    sage: array(onnx.helper.make_tensor("W", onnx.TensorProto.FLOAT, [2], [1.0, 0.5]), None)
    array([1. , 0.5], dtype=float32)
    sage: array(onnx.TensorProto(name="W", dims=[3], data_type=onnx.TensorProto.FLOAT, raw_data=b"1234"), None)
    Traceback (most recent call last):
    ...
    ValueError: tensor 'W' declares the shape [3] of FLOAT, 12 bytes, and has 4
"""

from pathlib import Path

from .limits import check_file, check_numbers

__all__ = ["array"]

#: Type → where a tensor keeps numbers that are not raw.
_FIELDS = {
    **dict.fromkeys(("FLOAT",), "float_data"),
    **dict.fromkeys(("DOUBLE",), "double_data"),
    **dict.fromkeys(("FLOAT16", "BFLOAT16", "INT8", "INT16", "INT32", "UINT8", "UINT16", "BOOL"), "int32_data"),
    **dict.fromkeys(("INT64",), "int64_data"),
    **dict.fromkeys(("UINT32", "UINT64"), "uint64_data"),
}


def array(tensor, folder):
    r"""
    Return the numbers of a tensor.

    INPUT:

    - ``tensor`` -- ``onnx.TensorProto``
    - ``folder`` -- path of the folder that holds the files of external data; ``None``: there may be none
    """
    import numpy
    import onnx

    what = f"tensor {tensor.name!r}"
    types = onnx.TensorProto.DataType
    kind = types.Name(tensor.data_type) if tensor.data_type in types.values() else f"number {tensor.data_type}"
    if kind not in _FIELDS:
        raise ValueError(f"{what} must hold floats or integers, got the type {kind}")
    count = check_numbers(tensor.dims, what)
    dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)
    if tensor.HasField("segment"):
        raise ValueError(f"{what} is one segment of several, which are not read")
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        data = _external(tensor, folder, what, count * dtype.itemsize)
    elif tensor.HasField("raw_data"):
        data = tensor.raw_data
    else:
        there = len(getattr(tensor, _FIELDS[kind]))
        if there != count:
            raise ValueError(f"{what} declares the shape {list(tensor.dims)}, {count} numbers, and has {there}")
        try:
            return _plain(onnx.numpy_helper.to_array(tensor))
        except (ValueError, OverflowError) as error:
            raise ValueError(f"{what} holds numbers that are no {kind}: {error}") from error
    if len(data) != count * dtype.itemsize:
        raise ValueError(
            f"{what} declares the shape {list(tensor.dims)} of {kind}, {count * dtype.itemsize} bytes, and has "
            f"{len(data)}"
        )
    return _plain(numpy.frombuffer(data, dtype=dtype.newbyteorder("<")).reshape(tuple(tensor.dims)))


def _plain(values):
    # NumPy itself has no bfloat16, whose numbers are all float32 too.
    return values if values.dtype.kind in "biuf" else values.astype("float32")


def _external(tensor, folder, what, size):
    r"""Return the bytes of a tensor that are kept in another file, which must stand in the folder of the model."""
    entries = {entry.key: entry.value for entry in tensor.external_data}
    name = entries.get("location", "")
    way_out = "onnx.save(onnx.load(path), new_path) puts all data into one file"
    if folder is None:
        raise ValueError(f"{what} must not keep its data in another file; {way_out}")
    if name in ("", "..") or name != Path(name).name or "\\" in name or "\0" in name:
        raise ValueError(f"{what} keeps its data in {name!r}, which is not a plain file name; {way_out}")
    folder = Path(folder).resolve()
    path = (folder / name).resolve()
    if path.parent != folder:
        raise ValueError(f"{what} keeps its data in {name!r}, a link out of the folder of the model; {way_out}")
    offset, length = _natural(entries.get("offset", "0"), what), _natural(entries.get("length", str(size)), what)
    there = check_file(path, 2**40)
    if length != size or offset + length > there:
        raise ValueError(
            f"{what} declares {size} bytes, and points to {length} from byte {offset} of {name!r}, which has {there}"
        )
    with open(path, "rb") as file:
        file.seek(offset)
        return file.read(length)


def _natural(text, what):
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise ValueError(f"{what} must give natural numbers for its external data, got {text!r}")
    return int(text)
