r"""Ranks block by block: the ranks of the library, ends in time, and sizes that are refused."""

import numpy as np
import pytest
from waiting import PATIENCE, Looks

from sage_mlvar.errors import BackendTimeout, OutOfReachError
from sage_mlvar.implicit import blocks, modular
from sage_mlvar.options import Deadline, Limits

P = modular.primes(1)[0]


def of_rank(rows, columns, rank, p, seed=0):
    source = np.random.default_rng(seed)
    left, right = source.integers(0, p, size=(rows, rank)), source.integers(0, p, size=(rank, columns))
    return modular.matmul(left, right, p)


@pytest.mark.parametrize("p", [2, 7, 65521, P])
@pytest.mark.parametrize(
    ("rows", "columns", "rank"), [(30, 30, 30), (40, 25, 11), (25, 40, 25), (1, 50, 1), (50, 3, 0)]
)
@pytest.mark.parametrize("block", [1, 7, 512])
def test_the_rank_is_that_of_the_library(p, rows, columns, rank, block):
    A = of_rank(rows, columns, rank, p)
    assert blocks.rank(A, p, block) == modular.rank(A, p)
    assert blocks.rank(A, p, block) <= rank


def test_rows_may_vanish_repeat_and_exceed_the_prime():
    A = of_rank(60, 40, 9, P)
    A[::3] = 0
    A[1::3] = A[1]
    A = A + P * np.arange(40)
    assert blocks.rank(A, P, 8) == modular.rank(A, P)
    assert blocks.rank(np.zeros((20, 10), dtype=np.int64), P, 8) == 0


def test_residues_are_exact_where_products_are_largest():
    A = np.full((64, 64), P - 1) + np.diag(np.arange(64))
    assert blocks.rank(A, P, 16) == modular.rank(A, P) == 64


def test_large_ranks_are_found_in_blocks(monkeypatch):
    monkeypatch.setattr(blocks, "LARGE", 1000)
    seen = []
    monkeypatch.setattr(blocks, "rank", lambda A, p: seen.append(A.shape) or 5)
    assert modular.rank(np.zeros((20, 10)), P) == 5
    assert modular.rank(np.ones((10, 9)), P) == 1
    assert seen == [(20, 10)]


def test_the_time_is_looked_at_in_each_block():
    A = of_rank(64, 64, 64, P)
    counted = Looks(10**6)
    with Limits(counted).running():
        assert blocks.rank(A, P, 8) == 64
    assert 10**6 - counted.looks > 8
    with Limits(Looks(5)).running(), pytest.raises(BackendTimeout, match="finding the rank of a matrix of 64 x 64"):
        blocks.rank(A, P, 8)


def test_sizes_are_refused_before_anything_is_done():
    with Limits(memory=10**9).running():
        blocks.foresee(1000, 1000, "it")
        with pytest.raises(OutOfReachError, match=rf"it, 10000 x 10000 residues, needs {24 * 10**8} bytes .* memory="):
            blocks.foresee(10000, 10000, "it")
    with Limits(memory=1).running():
        blocks.foresee(1000, 1000, "it")


def test_hopeless_ranks_are_refused_at_once_and_others_begun():
    with Limits(Deadline(PATIENCE), 10**15).running():
        blocks.foresee(10000, 10000, "it")
        with pytest.raises(BackendTimeout, match=r"leaves .* for it, 90000 x 90000 residues, which is predicted"):
            blocks.foresee(90000, 90000, "it")
        # What cannot be stopped has to end in time by the prediction itself.
        with pytest.raises(BackendTimeout):
            blocks.foresee(20000, 20000, "it", in_blocks=False)
        blocks.foresee(20000, 20000, "it")


def test_an_echelon_form_is_not_begun_without_the_time_for_it():
    with Limits(Deadline(1), 10**15).running(), pytest.raises(BackendTimeout, match="the echelon form of a matrix"):
        modular.echelon(np.broadcast_to(np.int64(1), (3000, 3000)), P)
