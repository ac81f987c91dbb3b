r"""
Training of networks with one hidden layer and activation ``z^2``, in plain NumPy; ``train_digits.py`` and
``train_mnist.py`` use it.

Robustness is trained for in two ways: Gaussian noise is added to the inputs of each step, and the weights decay. The
noise matters most: without it the largest weights stand where no training image has ink, and a small change there
changes the class.
"""

from fractions import Fraction

import numpy as np
from threadpoolctl import threadpool_limits

__all__ = ["accuracy", "exact", "outputs", "rounded", "steps_apart", "train"]


def outputs(parameters, features):
    r"""Return the outputs of the network ``[W1, b1, W2, b2]``, one row per row of ``features``."""
    first, first_bias, second, second_bias = parameters
    return np.square(features @ first.T + first_bias) @ second.T + second_bias


def accuracy(parameters, features, labels):
    r"""Return the share of rows whose largest output is that of their label, and no other is as large."""
    scores = outputs(parameters, features)
    own = scores[np.arange(len(labels)), labels]
    others = np.where(np.eye(scores.shape[1], dtype=bool)[labels], -np.inf, scores).max(axis=1)
    return float(np.mean(own > others))


def gradients(parameters, features, targets, decay):
    r"""Return the derivatives of cross-entropy plus ``decay/2`` times the sum of squares, by ``[W1, b1, W2, b2]``."""
    first, first_bias, second, second_bias = parameters
    z = features @ first.T + first_bias
    hidden = np.square(z)
    scores = hidden @ second.T + second_bias
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    error = (scores / scores.sum(axis=1, keepdims=True) - targets) / len(features)
    back = (error @ second) * (2 * z)
    plain = [back.T @ features, back.sum(axis=0), error.T @ hidden, error.sum(axis=0)]
    return [g + decay * p for g, p in zip(plain, parameters, strict=True)]


# One thread: sums then come in the same order on every run.
@threadpool_limits.wrap(limits=1)
def train(features, labels, widths, *, epochs, batch, rate, decay, noise, seed):
    r"""
    Return ``[W1, b1, W2, b2]`` after Adam with a cosine schedule.

    INPUT:

    - ``features`` -- array, one row per input
    - ``labels`` -- array of integers
    - ``widths`` -- ``(inputs, hidden units, classes)``
    - ``epochs``, ``batch`` -- integers; passes through the data, and inputs per step
    - ``rate`` -- float; the first step size
    - ``decay`` -- float; weight decay
    - ``noise`` -- float; standard deviation of the noise on each entry of an input
    - ``seed`` -- integer
    """
    inputs, hidden, classes = widths
    generator = np.random.default_rng(seed)
    parameters = [
        generator.normal(size=(hidden, inputs)) / np.sqrt(inputs),
        np.zeros(hidden),
        generator.normal(size=(classes, hidden)) / np.sqrt(hidden),
        np.zeros(classes),
    ]
    targets = np.eye(classes)[labels]
    mean = [np.zeros_like(p) for p in parameters]
    square = [np.zeros_like(p) for p in parameters]
    total = epochs * -(-len(features) // batch)
    step = 0
    for _ in range(epochs):
        order = generator.permutation(len(features))
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            seen = features[chosen] + noise * generator.normal(size=(len(chosen), inputs))
            step += 1
            now = rate * 0.5 * (1 + np.cos(np.pi * step / total))
            for k, g in enumerate(gradients(parameters, seen, targets[chosen], decay)):
                mean[k] = 0.9 * mean[k] + 0.1 * g
                square[k] = 0.999 * square[k] + 0.001 * g * g
                unbiased = mean[k] / (1 - 0.9**step)
                parameters[k] -= now * unbiased / (np.sqrt(square[k] / (1 - 0.999**step)) + 1e-8)
    return parameters


def rounded(parameters, denominator):
    r"""Return the parameters rounded to multiples of ``1/denominator`` (floats hold these exactly)."""
    return [np.round(p * denominator) / denominator for p in parameters]


def steps_apart(parameters, others, denominator):
    r"""Return the largest difference of two rounded networks, in units of ``1/denominator``."""
    return int(max(np.abs((p - q) * denominator).max() for p, q in zip(parameters, others, strict=True)))


def exact(array):
    r"""Return an array as nested lists of rationals in strings."""
    if array.ndim > 1:
        return [exact(row) for row in array]
    return [str(Fraction(float(value))) for value in array]
