r"""
Certify images of MNIST: how far can an image be changed, at all pixels together, before the network errs?

With the network and the test images of the package, or with one's own::

    python examples/certify_mnist.py
    python examples/certify_mnist.py FOLDER --count 50
    python examples/certify_mnist.py FOLDER --network network.npz --radius 1 --save certificates

FOLDER holds the idx files of MNIST (``t10k-images-idx3-ubyte``, gzipped or not), and ``network.npz`` is a network for
pixels divided by 255, such as ``train_mnist.py FOLDER --out network.npz`` writes. (The package's network was trained on
the first 8,500 of the test images; those that the package carries come after them.) A radius is the Euclidean distance
of two images with entries in [0, 1]; every number is proved, with the exact weights of the network.

The command ``mlvar certify mnist --radius 1 --out results.jsonl --plot out.svg`` does the same for whole data sets.
"""

import argparse
import time
from pathlib import Path

from sage_mlvar.data import load_network, path
from sage_mlvar.datasets import read as read_data
from sage_mlvar.networks import read as read_network


def idx_file(folder):
    r"""Return the file of the test images in ``folder``; the labels beside it are found by their name."""
    for name in ("t10k-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte", "t10k-images.idx3-ubyte"):
        if (folder / name).exists():
            return folder / name
    raise SystemExit(f"{folder} must hold t10k-images-idx3-ubyte, as it is or as .gz")


def main():
    r"""Certify images one after the other and print a table."""
    parser = argparse.ArgumentParser(description="Certify images of MNIST.")
    parser.add_argument("folder", type=Path, nargs="?", help="folder with the idx files of MNIST")
    parser.add_argument("--network", type=Path, help="network file; the package's by default")
    parser.add_argument("--count", type=int, default=10, help="number of images; 10 by default")
    parser.add_argument("--radius", default="1", help="radius in question; 1 by default")
    parser.add_argument("--save", type=Path, help="folder for the certificates")
    options = parser.parse_args()

    classifier = load_network("mnist_quadratic.npz") if options.network is None else read_network(options.network)
    file = path("mnist_test.npz") if options.folder is None else idx_file(options.folder)
    data = read_data(file, scale="1/255")
    data.check(classifier)
    if options.save is not None:
        options.save.mkdir(parents=True, exist_ok=True)

    begin, robust, right = time.monotonic(), 0, 0
    count = min(options.count, len(data))
    print("image  label  class  next   proved distance               verdict      seconds")
    for index in range(count):
        certificate = classifier.certify(data.point(index), radius=options.radius)
        label = "" if data.labels is None else data.labels[index]
        bracket = f"[{float(certificate.lower):.9f}, {float(certificate.upper):.9f}]"
        classes = f"{certificate.predicted!s:5}  {certificate.competing!s:5}"
        print(f"{index:5}  {label:<5}  {classes}  {bracket:28}  {certificate.verdict:11}  {certificate.seconds:.2f}")
        robust += certificate.predicted == label and certificate.verdict == "robust"
        right += certificate.predicted == label
        if options.save is not None:
            certificate.save(options.save / f"{index}.json")
    seconds = time.monotonic() - begin
    print(f"\n{count} images in {seconds:.1f} s")
    if data.labels is not None:
        print(f"right: {right}; right, and proved robust within {options.radius}: {robust}")
    if options.save is not None:
        print(f"check one in a process of its own: python -m sage_mlvar.check {options.save / '0.json'}")


if __name__ == "__main__":
    main()
