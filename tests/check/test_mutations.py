r"""Thousands of random edits of certificates: none is accepted with a claim that is false."""

import random
from collections import Counter

import pytest

from sage_mlvar.check import verify

from .builder import random_certificate
from .examples import EXAMPLES
from .mutations import accepted, mutants
from .oracle import Undecided, falsehood


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_accepted_and_true(name):
    assert verify(EXAMPLES[name]).proved
    try:
        assert falsehood(EXAMPLES[name]) is None
    except Undecided:
        assert name in ("maximum norm", "box", "dependent")


def test_random_certificates_are_accepted_and_true():
    source, undecided = random.Random(5), 0
    for _ in range(60):
        document = random_certificate(source)
        assert verify(document).proved
        try:
            assert falsehood(document) is None
        except Undecided:
            undecided += 1
    assert undecided < 20


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_digest_shows_every_edit(name):
    assert not any(accepted(mutant) for mutant in mutants(EXAMPLES[name], 100, sealed=False))


def judge(document, count, seed, found):
    for mutant in mutants(document, count, seed):
        if not accepted(mutant):
            found["refused"] += 1
            continue
        found["accepted"] += 1
        try:
            assert falsehood(mutant) is None, mutant
        except Undecided:
            found["undecided"] += 1


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_edit_of_an_example_is_accepted_with_a_false_claim(name):
    found = Counter()
    judge(EXAMPLES[name], 250, 1, found)
    # Edits of remarks, and weaker claims, are accepted: the test would be empty otherwise.
    assert found["accepted"] > 2
    assert found["refused"] > 100


def test_no_edit_of_a_random_certificate_is_accepted_with_a_false_claim():
    source, found = random.Random(3), Counter()
    for seed in range(40):
        judge(random_certificate(source), 60, seed, found)
    assert found["accepted"] > 50
    assert found["refused"] > 1000
    assert found["undecided"] < found["accepted"] / 4
