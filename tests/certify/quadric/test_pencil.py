r"""Pencils: rigorous bounds of what is left beside the diagonals, by exact entries and by products of doubles."""

import random

import pytest

from sage_mlvar import PolynomialClassifier
from sage_mlvar.certify.quadric import pencil as module
from sage_mlvar.certify.quadric.form import QuadricForms
from sage_mlvar.certify.quadric.pencil import GramFactor, Pencil

from sage.rings.rational_field import QQ


def forms_of(n, h, seed):
    source = random.Random(seed)

    def number():
        return QQ((source.randrange(-(2**20), 2**20), 2**20))

    weights = [[[number() for _ in range(n)] for _ in range(h)], [[number() for _ in range(h)] for _ in range(2)]]
    return QuadricForms(PolynomialClassifier(weights, [[0] * h, [0, 0]]))


@pytest.mark.parametrize(("n", "h"), [(6, 4), (4, 6), (5, 5)])
def test_both_ways_know_the_last_multiplier(n, h, monkeypatch):
    forms = forms_of(n, h, 10 * n + h)
    factor, pair = GramFactor(forms), forms.pair(0, 1)
    found = []
    for large in (0, 10**6):
        monkeypatch.setattr(module, "_LARGE", large)
        pencil = Pencil(factor, pair)
        least = float(pencil.eigenvalues.min()) * 2.0**pencil.exponent
        assert least < 0
        last = QQ((-1 / least).as_integer_ratio()[0]) / (-1 / least).as_integer_ratio()[1]
        assert pencil.is_positive(QQ(1), last * (1 - QQ((1, 10**11))))
        assert not pencil.is_positive(QQ(1), last * (1 + QQ((1, 10**11))))
        assert not pencil.is_positive(QQ(0), QQ(0))
        found.append(least)
    assert found[0] == pytest.approx(found[1], rel=1e-11)


@pytest.mark.parametrize(("n", "h"), [(60, 45), (45, 60)])
def test_many_neurons(n, h):
    forms = forms_of(n, h, n)
    C = PolynomialClassifier(
        [[[QQ(x) for x in row] for row in _rows(forms)], [list(range(1, h + 1)), [0] * h]], [[0] * h, [-(10**3), 0]]
    )
    u = [QQ((k % 7, 1)) for k in range(n)]
    certificate = C.certify(u)
    assert certificate.method == "quadric"
    assert certificate.relative_width < 1e-12
    assert certificate.verify().proved


def _rows(forms):
    entries = [QQ(int(x)) / QQ(int(forms.W_below)) for x in forms.W.entries()]
    return [entries[k : k + forms.n] for k in range(0, len(entries), forms.n)]
