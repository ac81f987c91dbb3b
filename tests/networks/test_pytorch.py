r"""Networks from PyTorch modules in memory; the same function as the module computes."""

import numpy as np
import pytest

from sage_mlvar import read_network

torch = pytest.importorskip("torch")
nn = torch.nn


class Square(nn.Module):
    def forward(self, x):
        return x * x


class Net(nn.Module):
    r"""A network whose ``forward`` is ``function(first, second, x)``."""

    def __init__(self, function):
        super().__init__()
        self.first, self.second, self.function = nn.Linear(4, 3), nn.Linear(3, 2), function

    def forward(self, x):
        return self.function(self.first, self.second, x)


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(1)


def compare(module, shape=(1, 4)):
    C = read_network(module)
    for _ in range(4):
        x = torch.randn(shape)
        expected = module(x).detach().numpy().ravel()
        outputs = [float(v) for v in C.outputs(x.numpy().ravel().tolist())]
        assert np.allclose(outputs, expected, rtol=1e-4, atol=1e-5)
    return C


def test_sequential():
    parts = [nn.Flatten(), nn.Linear(4, 3), Square(), nn.Identity(), nn.Dropout(), nn.Linear(3, 2, bias=False)]
    module = nn.Sequential(nn.Sequential(*parts[:3]), *parts[3:]).eval()
    C = compare(module, (1, 2, 2))
    assert C.activation_degree() == 2
    weights = module[0][1].weight.detach().numpy()
    assert (np.array(C.weights()[0], dtype=float) == weights).all()


@pytest.mark.parametrize(
    ("function", "degree"),
    [
        (lambda f, s, x: s(f(x) ** 3), 3),
        (lambda f, s, x: s(torch.square(f(x))), 2),
        (lambda f, s, x: s(f(x).square()), 2),
        (lambda f, s, x: s(torch.pow(f(x), 2)), 2),
        (lambda f, s, x: s(f(x).pow(2) + f(x)), 2),
        (lambda f, s, x: s((1 - f(x)) * (f(x) + 1) / 2 - 3), 2),
        (lambda f, s, x: -s(f(x.view(x.size(0), -1)) ** 2), 2),
        (lambda f, s, x: s(f(x.reshape(x.shape[0], 4)) ** 2), 2),
        (lambda f, s, x: s(f(torch.flatten(x, 1)) ** 2).double(), 2),
        (lambda f, s, x: s(f(torch.flatten(x, start_dim=1)) ** 2), 2),
    ],
)
def test_activations(function, degree):
    def twice(first, second, x):
        # A layer called twice is two layers to the reader, unless its value is kept.
        kept = {}
        return function(lambda y: kept.setdefault("z", first(y)), second, x)

    assert compare(Net(twice)).activation_degree() == degree


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_types(dtype):
    module = nn.Sequential(nn.Linear(4, 3), Square(), nn.Linear(3, 2)).to(dtype)
    C = read_network(module)
    assert C is read_network(module.state_dict(), activation=2)
    assert (np.array(C.weights()[1], dtype=float) == module[2].weight.detach().double().numpy()).all()


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)), "module '1', ReLU, is no polynomial"),
        (nn.Sequential(nn.Linear(4, 3), Square(), nn.Linear(3, 2), nn.Softmax(1)), "remove the final Softmax"),
        (nn.Sequential(nn.Linear(4, 3), Square(), nn.Linear(3, 2), nn.LogSoftmax(1)), "remove the final LogSoftmax"),
        (nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), Square()), "fold it into the layer before"),
        (nn.Sequential(nn.Conv2d(1, 1, 2), nn.Linear(4, 3)), "module '0', Conv2d, is not read: write it as one matrix"),
        (nn.Sequential(nn.Linear(4, 3), nn.Flatten(2)), "must flatten all axes but the batch"),
        (nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2)), "must have a hidden layer"),
        (nn.Sequential(Square()), "has no torch"),
        (nn.Sequential(nn.Linear(4, 3), Square(), nn.Linear(4, 2)), "must have 3 columns"),
        (Net(lambda f, s, x: s(torch.relu(f(x)))), "'relu' is no polynomial"),
        (Net(lambda f, s, x: s(torch.sin(f(x)))), "'sin' is no polynomial"),
        (Net(lambda f, s, x: s(f(x)) + s(f(x) ** 2)), "sum of two different layers"),
        (Net(lambda f, s, x: s(f(x) * f(x))), "product of two different tensors"),
        (Net(lambda f, s, x: s(f(x) if x.sum() > 0 else -f(x))), "cannot be traced"),
        (Net(lambda f, s, x: s(1 / f(x))), "divide by constants only"),
        (Net(lambda f, s, x: s(f(x) ** 0.5)), "must be an integer from 1 to 64, got 1/2"),
        (Net(lambda f, s, x: s(f(x.unsqueeze(1)) ** 2)), "is not read"),
        (Net(lambda f, s, x: s(f(x.view(2, 2)) ** 2)), "must give one row of 4 numbers"),
        (Net(lambda f, s, x: (f(x), x)), "must return one tensor"),
    ],
)
def test_what_is_not_read(module, words):
    with pytest.raises(ValueError, match=words):
        read_network(module)


def test_numbers_that_are_not_finite():
    module = nn.Sequential(nn.Linear(4, 3), Square(), nn.Linear(3, 2))
    module[2].bias.data[1] = float("inf")
    with pytest.raises(ValueError, match=r"module '2', bias,.* must be finite, got"):
        read_network(module)
    with pytest.raises(ValueError, match=r"entry '2\.bias' must be finite, got inf at \[1\]"):
        read_network(module.state_dict(), activation=2)


def test_hooks_are_refused():
    module = nn.Sequential(nn.Linear(4, 3), Square(), nn.Linear(3, 2))
    module[0].register_forward_hook(lambda part, x, y: 2 * y)
    with pytest.raises(ValueError, match="module '0' has forward hooks"):
        read_network(module)


def test_the_activation_must_agree():
    module = nn.Sequential(nn.Linear(4, 3), Square(), nn.Linear(3, 2))
    assert read_network(module, activation=2) is read_network(module)
    with pytest.raises(ValueError, match=r"activation must be left out or be z\^2"):
        read_network(module, activation=3)
