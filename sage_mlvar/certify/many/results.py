r"""
What is known about the points of a data set: the records of a run, and what they say together.

EXAMPLES::

    sage: from sage_mlvar.certify.many.results import Results
    sage: records = [
    ....:     {"index": 4, "label": 1, "predicted": 1, "lower": "1/2", "upper": "501/1000", "status": "proved"},
    ....:     {"index": 1, "label": 1, "predicted": 0, "lower": "1/4", "upper": "1/4", "status": "proved"},
    ....:     {"index": 2, "label": 0, "error": "BackendTimeout: time limit of 3 s reached"},
    ....: ]
    sage: results = Results(records, {"radius": "1/3"}, 3.25); results
    3 points: 1 robust at radius 1/3, 1 not robust, 0 unknown, 1 without an answer
    sage: [record["index"] for record in results], results[4]["lower"]
    ([1, 2, 4], '1/2')
    sage: results.accuracy(), results.certified_accuracy(), results.certified_accuracy("0.6")
    (1/3, 1/3, 0)
"""

from ... import _sage  # noqa: F401
from ...computation import PROVED
from ...exact import rational, shown
from ..certify import _positive, verdict_of

from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ

__all__ = ["VERDICTS", "Results", "is_right", "number"]

VERDICTS = ("robust", "not robust", "unknown")


class Results:
    r"""
    The records of the points of a data set, sorted by index.

    - ``records`` -- list of dictionaries, those of :func:`~sage_mlvar.certify.many.records.answer`
    - ``header`` -- dictionary; what the results are of, as the header of a results file
    - ``seconds`` -- wall-clock time of the run that returned them
    - ``new`` -- how many of them this run has made; the others were in the results file before
    """

    def __init__(self, records, header, seconds=0.0, new=None):
        self.records = sorted(records, key=lambda record: record["index"])
        self.header = header
        self.seconds = seconds
        self.new = len(self.records) if new is None else new
        self._places = {record["index"]: record for record in self.records}

    def __len__(self):
        return len(self.records)

    def __iter__(self):
        return iter(self.records)

    def __getitem__(self, index):
        r"""Return the record of the point of this index in the data."""
        if index not in self._places:
            raise KeyError(f"there is no record of point {index!r}")
        return self._places[index]

    def __repr__(self):
        parts = []
        if self.header.get("radius") is not None:
            counts = self.verdicts()
            parts = [f"{counts[verdict]} {verdict}" for verdict in VERDICTS]
            parts[0] += f" at radius {shown(self._radius(None))}"
        if self.errors:
            parts.append(f"{len(self.errors)} without an answer")
        text = f"{len(self)} point{'s' if len(self) != 1 else ''}"
        return f"{text}: {', '.join(parts)}" if parts else text

    @property
    def errors(self):
        r"""The records of the points without an answer, a list."""
        return [record for record in self.records if "error" in record]

    def verdicts(self, radius=None):
        r"""
        Return how many points are robust, not robust and unknown within a radius; those without an answer are not
        counted.

        INPUT: ``radius`` -- positive number; that of the run by default

        OUTPUT: a dictionary. After a run with ``proof=False``, "robust" may only be probable;
        :meth:`certified_accuracy` counts what is proved
        """
        radius = self._radius(radius)
        counts = dict.fromkeys(VERDICTS, 0)
        for record in self.records:
            if "error" not in record:
                counts[verdict_of(number(record["lower"]), number(record["upper"]), radius)] += 1
        return counts

    def accuracy(self):
        r"""
        Return the share of all points that are known to be classified as their label, a rational number.

        A point without an answer counts as not right: its class was not told.
        """
        return self._share(lambda record: True)

    def certified_accuracy(self, radius=None):
        r"""
        Return the share of all points that are classified as their label and proved robust, a rational number.

        INPUT: ``radius`` -- positive number; that of the run by default

        Points without an answer, and those whose bound is only probable, count as not certified.
        """
        radius = self._radius(radius)
        return self._share(lambda record: record["status"] == PROVED and number(record["lower"]) > radius)

    def summary(self):
        r"""
        Return the facts that ``mlvar certify`` prints, a dictionary; see
        :func:`~sage_mlvar.certify.many.summary.summary`.

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -1], [0, 0]]], [[0, 0], [4, 0]])
            sage: facts = C.certify_many([[1, 0], [0, 0]], "3/2", labels=[0, 1]).summary()
            sage: facts["verdicts"]["robust"], facts["accuracy"], facts["median_distance"]
            (1, 0.5, 1.49999999...)
        """
        from .summary import summary

        return summary(self.records, self.header.get("radius"))

    def median_radius(self):
        r"""
        Return the median of the proved radii, a rational number or infinity.

        With a radius, the method ``bounds`` stops as soon as the verdict is known: what it has proved then need not be
        near the distance.

        A point without an answer, with a bound that is only probable, or classified not as its label counts as 0.

        EXAMPLES::

            sage: from sage_mlvar.certify.many.results import Results
            sage: known = {"predicted": 0, "upper": "inf", "status": "proved"}
            sage: records = [{"index": k, "lower": x, **known} for k, x in enumerate(["1", "inf", "3/2"])]
            sage: Results(records, {}).median_radius()
            3/2
        """
        self._check_some()
        radii = sorted(_radius_of(record) for record in self.records)
        middle = len(radii) // 2
        return radii[middle] if len(radii) % 2 else (radii[middle - 1] + radii[middle]) / 2

    def _check_some(self):
        if not self.records:
            raise ValueError("there are no points, of which something could be said: certify at least one")

    def _share(self, holds):
        self._check_some()
        if not all("label" in record for record in self.records):
            raise ValueError("accuracy needs the labels of the points: certify_many(X, labels=...)")
        return QQ((sum(is_right(record) and holds(record) for record in self.records), len(self.records)))

    def _radius(self, radius):
        if radius is not None:
            return _positive(radius, "radius")
        if self.header.get("radius") is None:
            raise ValueError("radius must be given: the run was without one")
        return rational(self.header["radius"], "radius")


def is_right(record):
    r"""Return whether a record has an answer, and the class is the label if that is known."""
    return "error" not in record and record["predicted"] == record.get("label", record["predicted"])


def _radius_of(record):
    return number(record["lower"]) if is_right(record) and record["status"] == PROVED else QQ.zero()


def number(text):
    r"""Return the rational number or infinity that ``"lower"`` or ``"upper"`` of a record writes."""
    return infinity if text == "inf" else QQ(text)
