r"""
Train a quadratic network on MNIST: 784 inputs, 100 hidden units, 10 classes.

FOLDER holds the files of MNIST in idx format, gzipped or not, under their usual names::

    python -m pip install '.[train]'
    python examples/train_mnist.py FOLDER                      # write the files of the package
    python examples/train_mnist.py FOLDER --check              # train again and compare with them
    python examples/train_mnist.py FOLDER --out network.npz    # train on all that is there

The package's own ``mnist_quadratic.npz`` needs only the two ``t10k`` files: it is trained on their first 8,500 images
and tested on the other 1,500, of which ``mnist_test.npz`` holds the first 200. With ``--out`` and the two ``train``
files in the folder, the network is trained on the 60,000 images and tested on the 10,000.

Pixels, integers 0, ..., 255, are divided by 255, and the network takes the quotients: the scaling is done on the data,
so a radius is a distance between images with entries in [0, 1], as in the literature. ``mnist_test.npz`` keeps the
pixels as they are; ``mlvar certify`` divides them, exactly, with ``--scale 1/255``. (As a first affine layer the
scaling would make a radius 255 times as large, in grey levels, and 1/255 would have to be rounded.)

Weights are rounded to multiples of 1/4096, and accuracy is measured after rounding. On another processor sums are
rounded otherwise, so ``--check`` lets a weight be one such step away.
"""

import argparse
import gzip
import sys
from pathlib import Path

import numpy as np
from quadratic_network import accuracy, rounded, steps_apart, train

DATA = Path(__file__).resolve().parent.parent / "sage_mlvar" / "data"
WIDTHS = (784, 100, 10)
TRAINED_ON = 8500
CARRIED = 200
DENOMINATOR = 4096
ACCURACY = 0.93
SETTINGS = {"epochs": 30, "batch": 100, "rate": 0.005, "decay": 1e-3, "noise": 0.4, "seed": 0}
NAMES = ("W1", "b1", "W2", "b2")


def read_idx(folder, name):
    r"""Return the array of bytes in the idx file ``name`` of ``folder``, gzipped or not; ``None`` without one."""
    for path, opener in ((folder / f"{name}.gz", gzip.open), (folder / name, open)):
        if path.exists():
            with opener(path, "rb") as file:
                content = file.read()
            dimensions = content[3]
            shape = np.frombuffer(content, ">u4", dimensions, 4)
            return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
    return None


def images(folder, part):
    r"""Return pixels (one row per image) and labels of ``part``, ``"t10k"`` or ``"train"``; ``None`` if not there."""
    pixels, labels = read_idx(folder, f"{part}-images-idx3-ubyte"), read_idx(folder, f"{part}-labels-idx1-ubyte")
    return None if pixels is None or labels is None else (pixels.reshape(len(pixels), -1), labels)


def main():
    r"""Train, report, and write or compare the files."""
    parser = argparse.ArgumentParser(description="Train a quadratic network on MNIST.")
    parser.add_argument("folder", type=Path, help="folder with the idx files of MNIST")
    parser.add_argument("--out", type=Path, help="write the network here, trained on all that is there")
    parser.add_argument("--check", action="store_true", help="compare with the package's files, do not write them")
    options = parser.parse_args()

    found = images(options.folder, "t10k")
    if found is None:
        sys.exit(f"{options.folder} must hold t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, as they are or as .gz")
    pixels, labels = found
    seen, test = slice(None, TRAINED_ON), slice(TRAINED_ON, None)
    train_on, test_on = (pixels[seen], labels[seen]), (pixels[test], labels[test])
    if options.out is not None and (full := images(options.folder, "train")) is not None:
        train_on, test_on = full, found

    print(f"training on {len(train_on[1])} images …", flush=True)
    parameters = rounded(train(train_on[0] / 255, train_on[1], WIDTHS, **SETTINGS), DENOMINATOR)
    share = accuracy(parameters, test_on[0] / 255, test_on[1])
    right, of = round(share * len(test_on[1])), len(test_on[1])
    trained = accuracy(parameters, train_on[0] / 255, train_on[1])
    print(f"accuracy {trained:.1%} where trained, {right} of {of} on the rest")
    if share < ACCURACY:
        sys.exit(f"accuracy {share:.1%} is below {ACCURACY:.0%}")

    network = options.out or DATA / "mnist_quadratic.npz"
    arrays = {name: p.astype(np.float32) for name, p in zip(NAMES, parameters, strict=True)}
    if not all(np.array_equal(array, p) for array, p in zip(arrays.values(), parameters, strict=True)):
        largest = max(float(np.abs(p).max()) for p in parameters)
        sys.exit(f"a weight needs more than the 24 bits of a float32; the largest is {largest}")
    carried = {"X": test_on[0][:CARRIED], "y": test_on[1][:CARRIED]}
    if not options.check:
        np.savez_compressed(network, **arrays)
        if options.out is None:
            np.savez_compressed(DATA / "mnist_test.npz", **carried)
        return
    with np.load(network) as stored:
        apart = steps_apart(parameters, [stored[name] for name in NAMES], DENOMINATOR)
    print(f"the largest difference from {network.name} is {apart} of 1/{DENOMINATOR}")
    with np.load(DATA / "mnist_test.npz") as stored:
        same = all(np.array_equal(stored[name], array) for name, array in carried.items())
    if apart > 1 or not same:
        sys.exit(f"trained again, these differ: {network.name if apart > 1 else 'mnist_test.npz'}")


if __name__ == "__main__":
    main()
