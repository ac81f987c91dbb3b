r"""
The contract of certifiers.
"""

import pickle

import pytest

from .. import _sage  # noqa: F401
from ..certify import Certifier, get, registry
from ..errors import MlvarError
from ..models.classifier import PolynomialClassifier

from sage.rings.infinity import infinity
from sage.rings.rational_field import QQ

__all__ = ["CertifierContract"]

_PLANE = [[1, 0], [0, 1]]


def _difference(rows, shifts, coefficients, constant, activation=2):
    r"""Return a classifier with ``f_0 - f_1 = sum_k a_k activation(w_k.x + b_k) + constant``."""
    return PolynomialClassifier([rows, [coefficients, [0] * len(rows)]], [shifts, [constant, 0]], activation)


#: name → classifier, data point, squared distance
KNOWN = {
    "circle": (_difference(_PLANE, [0, 0], [-1, -1], 4), [1, 0], 1),
    "circle from its centre": (_difference(_PLANE, [0, 0], [-1, -1], 4), [0, 0], 4),
    "ellipse from its long axis": (_difference(_PLANE, [0, 0], [-1, -4], 4), [1, 0], QQ((2, 3))),
    "pair of lines": (_difference(_PLANE, [0, 0], [1, -1], 0), [3, 1], 2),
    "double line": (_difference([[1, 1]], [0], [1], 0), [2, 0], 2),
    "isolated point": (_difference(_PLANE, [0, 0], [1, 2], 0), [3, 4], 25),
    "no boundary": (_difference(_PLANE, [0, 0], [1, 2], 1), [3, 4], infinity),
    "hyperplane, three times": (_difference([[3, 4]], [0], [1], 0, 3), [3, 4], 25),
    "cubic on a line": (_difference([[1]], [0], [-1], 8, 3), [1], 1),
    "two hidden layers": (
        PolynomialClassifier([[[1]], [[1]], [[-1], [0]]], [[0], [0], [16, 0]]),
        [1],
        1,
    ),
    "nearest of three classes": (
        PolynomialClassifier([[[1]], [[0], [1], [4]]], [[0], [4, 0, 3]]),
        [0],
        QQ((1, 4)),
    ),
}


class CertifierContract:
    r"""
    What every certifier must do. A subclass sets ``name``, and may name the cases that it solves to full precision.

    - ``name`` -- the name under which the certifier is registered
    - ``sharp`` -- names of known cases, see ``KNOWN`` in this module, whose bracket must be as narrow as the default
      tolerance
    - ``timeout`` -- seconds that each answer may take: many, since a busy machine is no fault of the certifier
    """

    name = ""
    sharp = frozenset()
    timeout = 600

    def test_it_is_registered(self):
        cls = get(self.name)
        assert issubclass(cls, Certifier)
        assert cls.name == self.name
        assert cls.description
        assert cls.api == 1

    @pytest.mark.parametrize("case", KNOWN)
    def test_known_distances(self, case):
        classifier, u, squared = KNOWN[case]
        applies = get(self.name).can_certify(classifier)
        if applies is not True:
            assert isinstance(applies, str)
            assert applies
            with pytest.raises(ValueError, match="cannot be used here"):
                classifier.certify(u, certifier=self.name)
            assert case not in self.sharp
            return
        try:
            certificate = classifier.certify(u, certifier=self.name, timeout=self.timeout)
        except MlvarError:
            assert case not in self.sharp
            return
        assert certificate.method == self.name
        if squared == infinity:
            assert certificate.upper == infinity
        else:
            assert certificate.lower <= 0 or certificate.lower**2 <= squared
            assert certificate.upper == infinity or certificate.upper**2 >= squared
        if case in self.sharp:
            assert certificate.relative_width <= QQ((1, 10**9))
        report = certificate.verify()
        assert report.verified
        for bound in certificate.bounds:
            assert bound.argument
            assert bound.proof["kind"]

    def test_a_radius_is_answered_rightly(self):
        for case, (classifier, u, squared) in KNOWN.items():
            if case not in self.sharp or squared == infinity:
                continue
            for radius, verdict in ((QQ((99, 100)), "robust"), (QQ((101, 100)), "not robust")):
                # radius^2 just below and above the squared distance
                low = (radius**2 * squared).n(100).sqrt().simplest_rational()
                answer = classifier.certify(u, radius=low, certifier=self.name, timeout=self.timeout).verdict
                assert answer == verdict, case

    def test_it_pickles_with_what_it_knows(self):
        for classifier, u, _ in KNOWN.values():
            if get(self.name).can_certify(classifier) is not True:
                continue
            try:
                classifier.certify(u, certifier=self.name, timeout=self.timeout)
            except MlvarError:
                continue
            again = pickle.loads(pickle.dumps(registry.of(classifier, self.name)))
            assert again.classifier is classifier

    def test_a_time_limit_that_is_over(self):
        classifier = PolynomialClassifier.random([3, 3, 3], seed=11)
        if get(self.name).can_certify(classifier) is True:
            with pytest.raises(MlvarError):
                classifier.certify([1, 2, 3], certifier=self.name, timeout=1e-9)

    def test_the_norm_and_the_box_are_answered_or_refused(self):
        classifier, u, _ = KNOWN["circle"]
        for norm, box in (("maximum", None), ("euclidean", ((0, 2), (-1, 1)))):
            applies = get(self.name).can_certify(classifier, norm, box)
            if applies is not True:
                assert isinstance(applies, str)
                continue
            options = {"tolerance": QQ((1, 100)), "timeout": self.timeout}
            certificate = classifier.certify(u, certifier=self.name, norm=norm, box=box, **options)
            # (2, 0) is a failure; in the maximum norm (1 + a, a) with (1 + a)^2 + a^2 = 4 is nearer
            assert certificate.lower <= 1
            assert certificate.norm == norm
            certificate.verify()
