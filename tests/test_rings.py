r"""Rings that grow with a model: refused before they end the process."""

import pytest

from sage_mlvar.errors import OutOfReachError
from sage_mlvar.rings import MOST_VARIABLES, polynomial_ring

from sage.rings.rational_field import QQ


def test_the_largest_ring_works():
    ring = polynomial_ring(QQ, MOST_VARIABLES, (f"x{k}" for k in range(MOST_VARIABLES)))
    assert ring.ngens() == MOST_VARIABLES
    assert (ring.gen(0) * ring.gens()[-1]).degree() == 2


def test_names_of_a_ring_that_is_too_large_are_not_read():
    def names():
        raise AssertionError("read")
        yield

    with pytest.raises(OutOfReachError, match=f"{MOST_VARIABLES + 1} variables .* at most {MOST_VARIABLES}"):
        polynomial_ring(QQ, MOST_VARIABLES + 1, names())
