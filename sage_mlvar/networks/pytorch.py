r"""
Networks that are PyTorch modules in memory.

A module is traced symbolically by ``torch.fx`` and its operations are composed exactly, so an activation is recognised
by what it computes: ``x * x``, ``x ** 3``, ``torch.square(x)`` or ``x * x + x``, in a module of its own or in
``forward``.

EXAMPLES:

With PyTorch installed (the extra ``train``), a network is read in one line::

    class Square(torch.nn.Module):
        def forward(self, x):
            return x * x

    module = torch.nn.Sequential(torch.nn.Linear(784, 100), Square(), torch.nn.Linear(100, 10))
    classifier = sage_mlvar.read_network(module)

A ``state_dict`` does not say the activation, which goes with it::

    classifier = sage_mlvar.read_network(module.state_dict(), activation=2)
"""

import operator

from .algebra import Value, classifier, start
from .operators import refusal

__all__ = ["from_module", "state_arrays"]

_ADDITIONS = (operator.add, operator.iadd)
_SUBTRACTIONS = (operator.sub, operator.isub)
_PRODUCTS = (operator.mul, operator.imul)
_RESHAPES = frozenset({"flatten", "reshape", "view"})

#: Methods that change no real number.
_UNCHANGED = frozenset({"bfloat16", "contiguous", "double", "float", "half"})


def from_module(module):
    r"""
    Return the network of a ``torch.nn.Module`` as it is in evaluation mode, a :class:`.PolynomialClassifier`.

    Of PyTorch's own modules ``Linear``, ``Flatten``, ``Identity``, ``Dropout`` and containers of them are read; modules
    of the user may reshape, add, subtract, multiply and take powers.
    """
    import torch

    if isinstance(module, torch.jit.ScriptModule):
        raise TypeError("a scripted module cannot be traced: export it to ONNX with torch.onnx.export, and read that")
    for name, part in module.named_modules():
        if part._forward_hooks or part._forward_pre_hooks:
            raise ValueError(f"module {name!r} has forward hooks, which may change its values: remove them")
    try:
        graph = torch.fx.Tracer().trace(module)
    except (torch.fx.proxy.TraceError, TypeError, RuntimeError, AttributeError, NotImplementedError) as error:
        raise ValueError(
            f"module {type(module).__name__} cannot be traced by torch.fx: {error}; give its weights instead, "
            "read(module.state_dict(), activation=2)"
        ) from error
    nodes = list(graph.nodes)
    parts = dict(module.named_modules())
    values = {}
    result = None
    for node in nodes:
        if node.op == "placeholder":
            if values:
                raise ValueError(f"the module must take one tensor, and takes {node.target!r} too")
            size = _input_size(nodes, parts)
            values[node] = start(size, (1, size))
        elif node.op == "output":
            result = values.get(node.args[0]) if isinstance(node.args[0], torch.fx.Node) else None
        else:
            values[node] = _evaluate(node, values, parts, module)
    if not isinstance(result, Value):
        raise ValueError("the module must return one tensor that depends on its input")
    return classifier(result)


def _input_size(nodes, parts):
    import torch

    for node in nodes:
        if node.op == "call_module" and isinstance(parts[node.target], torch.nn.Linear):
            return parts[node.target].in_features
    raise ValueError("the module has no torch.nn.Linear, which would say how many inputs it takes")


def _evaluate(node, values, parts, module):
    import torch

    what = f"{node.op.replace('_', ' ')} {node.target if isinstance(node.target, str) else node.target.__name__!r}"
    if node.op == "get_attr":
        return _numpy(operator.attrgetter(node.target)(module), what)
    arguments = torch.fx.map_arg(list(node.args), values.__getitem__)
    if not arguments or (node.kwargs and node.op == "call_module"):
        raise ValueError(f"{what} must take its input by position, and has the options {sorted(node.kwargs)}")
    if node.op == "call_module":
        return _call(parts[node.target], arguments, f"module {node.target!r}")
    if node.op == "call_method":
        return _method(node.target, arguments, node.kwargs, what)
    if node.target is getattr and arguments[1:] == ["shape"]:
        return arguments[0].shape
    if node.target is operator.getitem and isinstance(arguments[0], tuple):
        return arguments[0][arguments[1]]
    if node.target in (
        torch.square,
        torch.pow,
        torch.flatten,
        torch.reshape,
        torch.add,
        torch.sub,
        torch.mul,
        torch.neg,
    ):
        return _method(node.target.__name__, arguments, node.kwargs, what)
    names = {**dict.fromkeys(_ADDITIONS, "add"), **dict.fromkeys(_SUBTRACTIONS, "sub"), operator.neg: "neg"}
    names |= {**dict.fromkeys(_PRODUCTS, "mul"), operator.pow: "pow", operator.truediv: "div"}
    if node.target in names:
        return _method(names[node.target], arguments, node.kwargs, what)
    raise ValueError(_refused(what, getattr(node.target, "__name__", str(node.target))))


def _call(part, arguments, what):
    import torch

    kind = type(part)
    if len(arguments) != 1 or not isinstance(arguments[0], Value):
        raise ValueError(f"{what} must take one tensor that depends on the input")
    x = arguments[0]
    if kind is torch.nn.Linear:
        x = x.linear(_numpy(part.weight, f"{what}, weight,"), f"{what}, weight,")
        return x if part.bias is None else x.shift(_numpy(part.bias, f"{what}, bias,")[None, :], f"{what}, bias,")
    if kind is torch.nn.Flatten:
        return _method("flatten", [x, part.start_dim, part.end_dim], {}, what)
    if kind in (torch.nn.Identity, torch.nn.Dropout):
        return x
    raise ValueError(_refused(f"{what}, {kind.__name__},", kind.__name__))


def _refused(what, name):
    r"""Return the refusal of something of PyTorch, by the name that it has in ONNX."""
    spelled = {"BatchNorm1d": "BatchNormalization", "relu": "Relu", "ReLU": "Relu", "GELU": "Gelu", "SiLU": "Swish"}
    known = spelled.get(name, name[:1].upper() + name[1:].removesuffix("2d").removesuffix("1d"))
    if known == "Log_softmax":
        known = "LogSoftmax"
    text = refusal(what, known)
    if "is not one of" in text:
        return (
            f"{what} is not read: a network is made of Linear, Flatten, Identity and Dropout, and of sums, products "
            "and powers of one tensor"
        )
    return text


def _method(name, arguments, options, what):
    r"""Return the value of an operation on tensors, by its name as a method."""
    x, *rest = arguments
    if name == "size" and isinstance(x, Value):
        return x.shape[rest[0]] if rest else x.shape
    if name == "flatten" and "start_dim" in options and not rest:
        rest, options = [options["start_dim"]], {k: v for k, v in options.items() if k != "start_dim"}
    if options:
        raise ValueError(f"{what} has the options {sorted(options)}, which are not read")
    if name in _RESHAPES and isinstance(x, Value):
        return _row(name, x, rest, what)
    if name in _UNCHANGED and isinstance(x, Value):
        return x
    if name == "square" and isinstance(x, Value):
        return x.times(x)
    if name == "neg" and isinstance(x, Value):
        return x.scale(_constant(-1, what), what)
    if name == "pow" and isinstance(x, Value) and not isinstance(rest[0], Value):
        return x.power(_constant(rest[0], what).reshape(-1)[0], f"{what}, its exponent,")
    if len(rest) == 1 and name in ("add", "sub", "mul", "div"):
        return _arithmetic(name, x, rest[0], what)
    raise ValueError(_refused(what, name))


def _arithmetic(name, x, y, what):
    if isinstance(x, Value) and isinstance(y, Value):
        if name == "div":
            raise ValueError(f"{what} divides by what depends on the input, which is no polynomial")
        return x.times(y) if name == "mul" else x.plus(y, 1 if name == "add" else -1)
    if not isinstance(x, Value):
        if name == "div" or not isinstance(y, Value):
            raise ValueError(f"{what} must compute with the input, and divide by constants only")
        x, y = (y.scale(_constant(-1, what), what) if name == "sub" else y), x
        name = "add" if name == "sub" else name
    y = _constant(y, what)
    if name == "sub":
        return x.scale(_constant(-1, what), what).shift(y, what).scale(_constant(-1, what), what)
    return {"add": x.shift, "mul": x.scale, "div": x.divide}[name](y, what)


def _row(name, x, rest, what):
    r"""Return the flattened tensor: a network reads its input as one row, and nothing but a row is read again."""
    sizes = list(rest[0]) if len(rest) == 1 and isinstance(rest[0], (tuple, list)) else rest
    if name == "flatten":
        if sizes not in ([], [0], [1], [0, -1], [1, -1]):
            raise ValueError(f"{what} must flatten all axes but the batch, got {sizes}")
    elif sizes not in ([-1], [x.size], *([n, m] for n in (1, -1) for m in (x.size, -1) if n != m)):
        raise ValueError(f"{what} must give one row of {x.size} numbers per input, got the shape {sizes}")
    return x.reshape((1, x.size))


def _constant(number, what):
    import numpy

    array = number if isinstance(number, numpy.ndarray) else numpy.array(number)
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{what} must compute with numbers, got {number!r}")
    return array


def state_arrays(state, what):
    r"""
    Return a ``state_dict`` as a dictionary of NumPy arrays.

    EXAMPLES::

        sage: import numpy
        sage: from sage_mlvar.networks.pytorch import state_arrays
        sage: state_arrays({"0.weight": numpy.ones((1, 2))}, "state_dict")
        {'0.weight': array([[1., 1.]])}
        sage: state_arrays({"0.weight": [[1, 1]]}, "state_dict")
        Traceback (most recent call last):
        ...
        TypeError: state_dict: entry '0.weight' must be a tensor, not list
    """
    return {str(name): _numpy(tensor, f"{what}: entry {name!r}") for name, tensor in state.items()}


def _numpy(tensor, what):
    import numpy

    if isinstance(tensor, numpy.ndarray):
        return tensor
    if not hasattr(tensor, "detach"):
        raise TypeError(f"{what} must be a tensor, not {type(tensor).__name__}")
    import torch

    tensor = tensor.detach().cpu()
    if tensor.is_complex() or tensor.is_quantized or tensor.is_sparse:
        raise TypeError(f"{what} must be a dense tensor of real numbers, got {tensor.dtype}")
    # NumPy has no bfloat16, whose numbers are all float32 too.
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()
