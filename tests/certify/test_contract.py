r"""The contract of certifiers, for those that the package brings."""

import pytest

from sage_mlvar.certify import table
from sage_mlvar.testing import CertifierContract
from sage_mlvar.testing.certifier import KNOWN

_QUADRICS = {name for name, (classifier, _, _) in KNOWN.items()
             if classifier.activation_degree() == 2 and len(classifier.weights()) == 2}  # fmt: skip


class TestQuadric(CertifierContract):
    name = "quadric"
    sharp = _QUADRICS


class TestCritical(CertifierContract):
    name = "critical"
    sharp = frozenset(KNOWN)


class TestNumerical(CertifierContract):
    name = "numerical"
    sharp = frozenset({"ellipse from its long axis"})


class TestBounds(CertifierContract):
    name = "bounds"
    sharp = frozenset({"circle", "cubic on a line"})


def test_every_certifier_of_ours_is_under_contract():
    here = {cls.name for cls in CertifierContract.__subclasses__()}
    assert here == {row["name"] for row in table()}


@pytest.mark.parametrize("case", KNOWN)
def test_automatic_choice_knows_the_distances(case):
    classifier, u, squared = KNOWN[case]
    certificate = classifier.certify(u)
    assert certificate.proved
    assert certificate.relative_width <= 1e-9
    assert certificate.lower**2 <= squared <= certificate.upper**2
