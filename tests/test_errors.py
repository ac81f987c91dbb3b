r"""The tree of errors."""

import pytest

from sage_mlvar import errors


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("NotProvedError", ArithmeticError),
        ("OutOfReachError", NotImplementedError),
        ("BackendError", RuntimeError),
        ("BackendTimeout", TimeoutError),
        ("BackendMemoryError", MemoryError),
        ("CertificateError", ValueError),
    ],
)
def test_errors_are_also_what_users_expect(name, builtin):
    cls = getattr(errors, name)
    assert issubclass(cls, errors.MlvarError)
    assert issubclass(cls, builtin)
    assert name in errors.__all__
