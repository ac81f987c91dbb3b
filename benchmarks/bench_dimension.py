r"""
Measure ``dimension()`` for 2,000 parameters against the rank computation it rests on.

    python benchmarks/bench_dimension.py

Goal: at most twice the time of the rank of the same matrix by the same library. A ReLU pattern variety and polynomial
networks are built anew for each run, so that nothing comes from the cache.
"""

import platform
import sys
import time

from sage_mlvar import PolynomialNetworkModel, ReLURegionModel
from sage_mlvar.implicit import modular

PRIME = modular.primes(1)[0]


def relu():
    blocks = ["1" * 24 + "0" * 26, "0" * 13 + "1" * 24 + "0" * 13, "0" * 26 + "1" * 24]
    return ReLURegionModel([20, 50, 20], blocks)


CASES = [
    ("ReLU (20,50,20), three blocks", relu),
    ("polynomial network (20,40,28,1), d=2", lambda: PolynomialNetworkModel([20, 40, 28, 1], 2)),
    ("polynomial network (30,50,10,2), d=3", lambda: PolynomialNetworkModel([30, 50, 10, 2], 3)),
]


def main():
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}; one process")
    missed = 0
    for name, build in CASES:
        model = build()
        matrix = model.tangent(PRIME)
        begin = time.perf_counter()
        modular.rank(matrix, PRIME)
        rank_alone = time.perf_counter() - begin
        begin = time.perf_counter()
        record = model.compute("dimension", proof=False)
        whole = time.perf_counter() - begin
        ratio = whole / rank_alone
        missed += ratio > 2
        print(
            f"{name}: {model.number_of_parameters()} parameters, dimension {record.value} ({record.status}); "
            f"rank of {matrix.shape[0]} x {matrix.shape[1]}: {rank_alone:.2f} s, dimension(): {whole:.2f} s, "
            f"ratio {ratio:.2f}{'' if ratio <= 2 else '   goal 2 MISSED'}",
            flush=True,
        )
        model.__dict__.pop("_records")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
