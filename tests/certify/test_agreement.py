r"""Methods that know nothing of each other give brackets that overlap."""

from itertools import combinations

import pytest

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify import table
from sage_mlvar.errors import NotProvedError

from sage.rings.infinity import infinity

#: widths, activation, bits of the weights
NETWORKS = [
    ((1, 2, 2), 2, 4),
    ((1, 3, 2), 3, 4),
    ((2, 2, 2), 2, 8),
    ((2, 3, 3), 2, 6),
    ((2, 2, 2), 3, 4),
    ((2, 3, 2), [1, "1/2", -1, 1], 3),
    ((3, 2, 2), 3, 3),
    ((4, 2, 3), 2, 5),
    ((2, 2, 2, 2), 2, 3),
    ((3, 2, 2, 2), 2, 3),
]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("network", range(len(NETWORKS)))
def test_brackets_overlap(network, seed):
    widths, activation, bits = NETWORKS[network]
    classifier = PolynomialClassifier.random(widths, activation, seed=17 * seed + network, bits=bits)
    u = [(3 * k + seed) % 5 - 2 for k in range(widths[0])]
    answers = {}
    for row in table(classifier):
        if row["available"] is not True:
            continue
        try:
            answers[row["name"]] = classifier.certify(u, certifier=row["name"], timeout=None)
        except NotProvedError:
            continue
    assert "bounds" in answers
    assert len(answers) > 1
    for (name, one), (other, two) in combinations(answers.items(), 2):
        assert one.predicted == two.predicted
        assert max(one.lower, two.lower) <= min(one.upper, two.upper), (name, other)
        for mine in one.bounds:
            for its in two.bounds:
                if mine.other == its.other and infinity not in (mine.lower, its.lower):
                    # two lower bounds of one distance: neither can be above the other's failure with that class
                    for certificate, bound in ((two, mine), (one, its)):
                        if certificate.competing == bound.other:
                            assert bound.lower <= certificate.upper
