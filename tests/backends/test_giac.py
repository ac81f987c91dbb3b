r"""Giac: the contract, and what is its own."""

import pytest

from sage_mlvar import backends
from sage_mlvar.testing import BackendContract


class TestGiac(BackendContract):
    @pytest.fixture
    def backend(self):
        return backends.get("giac")
