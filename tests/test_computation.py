r"""Records of computations, the tree of errors, univariate work."""

import json

import pytest

from sage_mlvar import errors
from sage_mlvar.computation import Computation, proved_up_to
from sage_mlvar.errors import NotProvedError
from sage_mlvar.univariate import number_of_real_roots, real_roots

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

X = PolynomialRing(QQ, "x").gen()


@pytest.mark.parametrize(("status", "proved"), [("proved", True), (proved_up_to(3), True), ("probable", False)])
def test_only_probable_answers_fail_a_proof(status, proved):
    record = Computation("ideal", 1, status, "because")
    assert record.proved is proved
    assert record.require(False, "f()") is record
    if proved:
        assert record.require(True, "f()") is record
    else:
        with pytest.raises(NotProvedError, match=r"ideal is only probable: because; f\(\) returns it"):
            record.require(True, "f()")


def test_a_record_is_frozen_and_plain():
    details = {"a": [QQ((1, 2)), (1, 2)]}
    record = Computation("degree", QQ(3), "proved", "so", details=details)
    details["b"] = 1
    assert "b" not in record.details
    data = record.to_dict()
    assert json.loads(json.dumps(data)) == data
    assert data["details"] == {"a": ["1/2", [1, 2]]}


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


@pytest.mark.parametrize(
    ("f", "roots"),
    [
        (X**2 - 4, [-2, 2]),
        ((X - 1) ** 3 * (X + 5), [-5, 1]),
        (X**2 + 1, []),
        (X.parent()(7), []),
        (X * (X - QQ((1, 10**30))), [0, QQ((1, 10**30))]),
        ((X - 10**20) * (3 * X + 1), [QQ((-1, 3)), 10**20]),
    ],
)
def test_rational_roots(f, roots):
    assert real_roots(f) == roots
    assert number_of_real_roots(f) == len(roots)


def test_irrational_roots_are_exact():
    roots = real_roots((X**2 - 2) * (X**2 - 2 - QQ((1, 10**40))))
    assert len(roots) == 4
    assert roots == sorted(roots)
    assert sum(r**2 == 2 for r in roots) == 2


def test_zero_has_every_root():
    with pytest.raises(ValueError, match="f must not be zero"):
        real_roots(X * 0)
