r"""What the records of a data set say together."""

import pytest

from sage_mlvar.certify.many.results import Results

from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ

RECORDS = [
    {"index": 0, "label": 0, "predicted": 0, "lower": "1/2", "upper": "1/2", "status": "proved"},
    {"index": 1, "label": 0, "predicted": 0, "lower": "1/4", "upper": "1", "status": "proved"},
    {"index": 2, "label": 1, "predicted": 0, "lower": "3", "upper": "3", "status": "proved"},
    {"index": 3, "label": 1, "predicted": 1, "lower": "2", "upper": "2", "status": "probable"},
    {"index": 4, "label": 1, "error": "BackendTimeout: time limit"},
    {"index": 5, "label": 1, "predicted": 1, "lower": "inf", "upper": "inf", "status": "proved"},
]


def test_counts():
    results = Results(reversed(RECORDS), {"radius": "1/2"})
    assert results.verdicts() == {"robust": 3, "not robust": 1, "unknown": 1}
    assert results.verdicts(4) == {"robust": 1, "not robust": 4, "unknown": 0}
    assert results.accuracy() == QQ(4) / 6
    # A distance of exactly the radius is not robust; a bound that is only probable and a wrong class do not count.
    assert results.certified_accuracy() == QQ(1) / 6
    assert results.certified_accuracy("0.49") == QQ(2) / 6
    assert results.certified_accuracy("0.2") == QQ(3) / 6
    assert results.median_radius() == QQ(1) / 8
    assert results.errors == [RECORDS[4]]
    assert results.records == RECORDS
    assert str(results) == "6 points: 3 robust at radius 1/2, 1 not robust, 1 unknown, 1 without an answer"


def test_without_labels_and_radius():
    results = Results([{k: v for k, v in RECORDS[5].items() if k != "label"}], {"radius": None})
    assert str(results) == "1 point"
    assert results.median_radius() == infinity
    assert results.verdicts(10**9)["robust"] == 1
    with pytest.raises(ValueError, match="radius must be given: the run was without one"):
        results.verdicts()
    with pytest.raises(ValueError, match="accuracy needs the labels"):
        results.certified_accuracy(1)
    with pytest.raises(ValueError, match="radius must be positive"):
        results.verdicts(0)
    with pytest.raises(KeyError, match="no record of point 4"):
        results[4]


def test_no_points_say_nothing():
    results = Results([], {"radius": "1/2"})
    assert (str(results), results.verdicts()["robust"]) == (
        "0 points: 0 robust at radius 1/2, 0 not robust, 0 unknown",
        0,
    )
    for call in (results.accuracy, results.certified_accuracy, results.median_radius):
        with pytest.raises(ValueError, match="there are no points, of which something could be said"):
            call()


def test_the_radius_of_a_header_is_read_as_any_number():
    assert Results(RECORDS, {"radius": "0.5"}).certified_accuracy() == QQ((1, 6))
