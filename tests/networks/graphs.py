r"""ONNX models in memory, for tests."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from sage_mlvar.networks.onnx import from_model

__all__ = ["exact", "model", "node", "run", "tensor"]


def tensor(array, name, dtype="f4"):
    return numpy_helper.from_array(np.asarray(array, dtype), name)


def node(kind, inputs, output, **attributes):
    return helper.make_node(kind, inputs.split(), [output], **attributes)


def model(nodes, constants, inputs=("batch", 2), outputs=("batch", 2), kind=TensorProto.FLOAT, opset=17):
    r"""Return the model that takes ``x`` and gives ``y``; constants: name → nested list, array or tensor."""
    tensors = [c if isinstance(c, onnx.TensorProto) else tensor(c, name) for name, c in constants.items()]
    ends = [
        helper.make_tensor_value_info("x", kind, list(inputs)),
        helper.make_tensor_value_info("y", TensorProto.FLOAT, list(outputs)),
    ]
    graph = helper.make_graph(nodes, "test", ends[:1], ends[1:], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)


def exact(*arguments, **options):
    r"""Return the exact network of :func:`model`."""
    return from_model(model(*arguments, **options))


def run(network, x):
    r"""Return the outputs that onnxruntime computes, one row per row of ``x``."""
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(network.SerializeToString(), settings, providers=["CPUExecutionProvider"])
    return np.vstack([session.run(None, {"x": row})[0].reshape(1, -1) for row in x])
