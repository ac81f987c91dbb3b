r"""Linear algebra in one thread, and as many as before when the last user is done."""

from contextlib import ExitStack
from itertools import permutations
from threading import Event, Thread

import numpy
import pytest
import scipy.linalg  # noqa: F401
from threadpoolctl import ThreadpoolController, threadpool_limits

from sage_mlvar.threads import one_thread

numpy.linalg.eigvalsh([[2, 1], [1, 2]])


def numbers():
    return [library.num_threads for library in ThreadpoolController().select(user_api="blas").lib_controllers]


@pytest.fixture
def many():
    r"""As many threads as the libraries take, so that a limit is seen on any machine."""
    with threadpool_limits(2, user_api="blas"):
        yield numbers()


def test_blocks_inside_of_each_other(many):
    with one_thread():
        with one_thread():
            assert set(numbers()) == {1}
        assert set(numbers()) == {1}
    assert numbers() == many


def test_an_error_restores_too(many):
    with pytest.raises(KeyError), one_thread():
        raise KeyError
    assert numbers() == many


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_blocks_that_end_in_any_order(many, order):
    stacks = [ExitStack() for _ in order]
    for stack in stacks:
        stack.enter_context(one_thread())
    for k in order:
        assert set(numbers()) == {1}
        stacks[k].close()
    assert numbers() == many


def test_two_python_threads(many):
    inside, leave, found = Event(), Event(), []

    def work():
        with one_thread():
            inside.set()
            leave.wait(60)
            found.append(set(numbers()))

    with one_thread():
        thread = Thread(target=work)
        thread.start()
        assert inside.wait(60)
    leave.set()
    thread.join(60)
    assert found == [{1}]
    assert numbers() == many
