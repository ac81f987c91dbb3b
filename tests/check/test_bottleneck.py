r"""
Proofs of kind "enclosures" for networks with narrow layers: their smoothness is checked, and cannot be forged.
"""

import numpy
import pytest
from certify.numerical.test_certifier import network, node
from flint import fmpq

from sage_mlvar.certify.homotopy.family import Family
from sage_mlvar.certify.network import network_of
from sage_mlvar.certify.numerical.proof import _rest
from sage_mlvar.check.enclosures import _complete, verify
from sage_mlvar.check.errors import Rejected
from sage_mlvar.check.lagrange import Lagrange
from sage_mlvar.check.network import Network
from sage_mlvar.check.problem import Problem

from sage.rings.rational_field import QQ


@pytest.fixture(scope="module")
def certified():
    r"""A network with layers of 3, 2, 2 neurons, a certificate and its proof."""
    C, source = network([3, 3, 2, 2, 2], 2, 1)
    certificate = C.certify(source.standard_normal(3).astype(numpy.float32), certifier="numerical")
    return C, certificate, certificate.bounds[0].proof


def plain(C):
    strings = [[[str(x) for x in row] for row in W] for W in C.weights()]
    return strings, [[str(x) for x in b] for b in C.biases()], [str(a) for a in C.activation().list()]


def problem(C, certificate):
    point = [fmpq(int(x.numerator()), int(x.denominator())) for x in certificate.point]
    lower = certificate.bounds[0].lower
    return Problem(
        Network(*plain(C)),
        point,
        certificate.predicted,
        1 - certificate.predicted,
        lower=fmpq(int(lower.numerator()), int(lower.denominator())),
    )


def test_the_proof_says_what_it_rests_on(certified):
    C, certificate, proof = certified
    result = verify(proof, problem(C, certificate))
    assert "all 168 critical points" in result.verified[0]
    assert "zero set of the function of hidden layer 1: all 16 critical points" in result.verified[1]
    assert len(result.trusted) == 2
    assert "Theorems 12.2 and 14.4" in result.trusted[0]
    assert "Proposition 2.6" in result.trusted[1]


def _edits(rest):
    yield {**rest, "layer": 2}
    yield {**rest, "layer": 0}
    yield {**rest, "layer": 3}
    yield {**rest, "layer": True}
    yield {**rest, "point": rest["point"][:1]}
    yield {**rest, "point": ["0", "1/7"]}
    yield {**rest, "real": [], "pairs": []}
    yield {**rest, "pairs": rest["pairs"][1:]}
    yield {**rest, "pairs": [rest["pairs"][0], *rest["pairs"][:-1]]}
    yield {**rest, "bottleneck": rest}
    yield {**rest, "more": 1}
    yield {key: value for key, value in rest.items() if key != "point"}
    yield []


def test_forged_proofs_of_smoothness_are_refused(certified):
    C, certificate, proof = certified
    asked = problem(C, certificate)
    without = {key: value for key, value in proof.items() if key != "bottleneck"}
    with pytest.raises(Rejected, match="168 critical points are given, but there may be 328"):
        verify(without, asked)
    for edit in _edits(proof["bottleneck"]):
        with pytest.raises(Rejected):
            verify({**without, "bottleneck": edit}, asked)


def test_missing_and_repeated_solutions_are_refused(certified):
    C, certificate, proof = certified
    asked = problem(C, certificate)
    rows = proof["pairs"]
    for forged in (rows[1:], [*rows, rows[0]], [rows[1], *rows[1:]]):
        with pytest.raises(Rejected):
            verify({**proof, "pairs": forged}, asked)


def test_a_node_has_no_proof_of_smoothness():
    r"""
    The decisive test: G has a node at 0, and the boundary a singular curve.

    No list of solutions of the equations of G is long enough, not even with the critical points of a network close by.
    """
    C, near = node(0), node(QQ((1, 10**6)))
    u = [fmpq(1), fmpq(1, 2), fmpq(1, 10)]
    system = Lagrange(Problem(Network(*plain(C)), u, 0, 1), None)
    bottleneck = Family(near.boundary(0, 1)).bottleneck()
    assert bottleneck.is_proved
    rest = _rest(bottleneck, False)["bottleneck"]
    assert len(rest["real"]) + 2 * len(rest["pairs"]) == 16
    point = [fmpq(int(x.numerator()), int(x.denominator())) for x in bottleneck.point]
    good = Lagrange(Problem(Network(*plain(near)), u, 0, 1), None).behind(1, point)
    sentences, trusted = [], []
    _complete(good, rest, "G", 0, sentences, trusted)
    assert "all 16 critical points" in sentences[0]
    with pytest.raises(Rejected):
        _complete(system.behind(1, point), rest, "G", 0, [], [])
    assert not Family(C.boundary(0, 1)).bottleneck().is_proved
    assert network_of(C).outputs([1, "1/2", 0])[0] == network_of(C).outputs([1, "1/2", 0])[1]
