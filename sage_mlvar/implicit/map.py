r"""
Polynomial maps as the engine sees them: something to evaluate modulo a prime, and terms to expand exactly.

EXAMPLES::

    sage: from sage_mlvar.implicit import PolynomialMap
    sage: from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    sage: from sage.rings.rational_field import QQ
    sage: R = PolynomialRing(QQ, "s,t"); s, t = R.gens()
    sage: phi = PolynomialMap.from_sage([s^2, s*t, t^2/2])
    sage: phi
    Polynomial map from 2 parameters to 3 coordinates
    sage: phi.evaluate([[3, 5]], 101).tolist()
    [[9, 15, 63]]
"""

from functools import cached_property, partial
from math import lcm

import numpy as np

from .. import _sage  # noqa: F401
from ..options import LITTLE_MEMORY, check, running
from .modular import primes, rank

__all__ = ["PolynomialMap", "Terms"]


class Terms:
    r"""
    The expanded coordinates of a map, times one common denominator.

    - ``owner`` -- array: the coordinate to which each term belongs, in increasing order
    - ``factors`` -- array (terms × degree): the parameters in each term with multiplicity, padded with ``parameters``
    - ``coefficients`` -- list of integers, those of ``denominator`` times the map
    - ``bounds`` -- the terms of coordinate ``c`` are number ``bounds[c]`` to ``bounds[c + 1]``
    """

    def __init__(self, coordinates, parameters, owner, factors, coefficients, denominator=1):
        self.coordinates = coordinates
        self.parameters = parameters
        self.owner = np.asarray(owner, dtype=np.int64)
        self.factors = factors
        self.coefficients = coefficients
        self.denominator = denominator
        self.bounds = np.searchsorted(self.owner, np.arange(coordinates + 1))

    @classmethod
    def from_sage(cls, polynomials):
        r"""Return the terms of polynomials over `\QQ` in one ring."""
        ring = polynomials[0].parent()
        parameters = ring.ngens()
        denominator = lcm(*(int(f.denominator()) for f in polynomials))
        owner, factors, coefficients = [], [], []
        for c, f in enumerate(polynomials):
            for exponents, coefficient in sorted(f.dict().items()):
                # A univariate ring has integers for exponents, a multivariate one sparse tuples.
                pairs = exponents.sparse_iter() if hasattr(exponents, "sparse_iter") else [(0, int(exponents))]
                factors.append([i for i, e in pairs for _ in range(int(e))])
                owner.append(c)
                coefficients.append(int(coefficient * denominator))
        width = max(map(len, factors), default=0)
        table = np.array([row + [parameters] * (width - len(row)) for row in factors], dtype=np.int64)
        return cls(len(polynomials), parameters, owner, table.reshape(len(factors), width), coefficients, denominator)

    def restrict(self, indices):
        r"""Return the terms of the coordinates ``indices``."""
        pieces = [np.arange(self.bounds[i], self.bounds[i + 1]) for i in indices]
        where = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int64)
        owner = np.repeat(np.arange(len(indices)), [len(piece) for piece in pieces])
        coefficients = [self.coefficients[i] for i in where.tolist()]
        return Terms(len(indices), self.parameters, owner, self.factors[where], coefficients, self.denominator)

    def with_unit(self):
        r"""Return the terms of the map with the constant coordinate 1 put last."""
        unit = np.full((1, self.factors.shape[1]), self.parameters, dtype=np.int64)
        return Terms(
            self.coordinates + 1,
            self.parameters,
            np.append(self.owner, self.coordinates),
            np.concatenate([self.factors, unit]),
            [*self.coefficients, self.denominator],
            self.denominator,
        )

    def exponents(self):
        r"""Return the exponent vectors of the terms, as an array (terms × parameters)."""
        size = 8 * len(self.owner) * (self.parameters + 1)
        if size > LITTLE_MEMORY:
            running().allow_memory(size, f"the table of the exponents of {len(self.owner)} terms")
        table = np.zeros((len(self.owner), self.parameters + 1), dtype=np.int64)
        for column in self.factors.T:
            np.add.at(table, (np.arange(len(table)), column), 1)
        return table[:, : self.parameters]

    def _residues(self, p):
        # A multiple of the map does as well, and is all there is at the rare primes that divide a denominator.
        inverse = pow(self.denominator, -1, p) if self.denominator % p else 1
        return np.array([c * inverse % p for c in self.coefficients], dtype=np.int64)

    def evaluate(self, points, p):
        r"""Return the values modulo ``p`` at an array (points × parameters) of residues."""
        padded = np.concatenate([points, np.ones((len(points), 1), dtype=np.int64)], axis=1)
        values = np.tile(self._residues(p), (len(points), 1))
        for column in self.factors.T:
            values = values * padded[:, column] % p
        result = np.zeros((len(points), self.coordinates), dtype=np.int64)
        starts = np.flatnonzero(np.diff(self.owner, prepend=-1))
        if len(starts):
            result[:, self.owner[starts]] = np.add.reduceat(values, starts, axis=1) % p
        return result

    def jacobian(self, point, p):
        r"""Return the Jacobian modulo ``p`` at one point, as an array (coordinates × parameters)."""
        padded = np.append(point, 1)
        result = np.zeros((self.coordinates, self.parameters + 1), dtype=np.int64)
        width = self.factors.shape[1]
        for j in range(width):
            values = self._residues(p)
            for k in range(width):
                if k != j:
                    values = values * padded[self.factors[:, k]] % p
            np.add.at(result, (self.owner, self.factors[:, j]), values)
        return result[:, : self.parameters] % p


class PolynomialMap:
    r"""
    A polynomial map over `\QQ` from an affine space of parameters to one of coordinates.

    INPUT:

    - ``coordinates``, ``parameters`` -- numbers of each
    - ``evaluate`` -- function of an ``int64`` array (points × parameters) of residues and a prime `p < 2^{23}`; returns
      the array (points × coordinates) of residues. Without it the expanded polynomials are evaluated
    - ``jacobian`` -- function of one point (array) and `p`; returns the array (coordinates × parameters). Without it,
      and without polynomials that are already expanded, derivatives are interpolated from ``degree + 1`` values along
      each parameter
    - ``polynomials`` -- list of polynomials over `\QQ` in one ring, or a function that returns it; it is called for the
      exact proof only when everything else is given
    - ``degree`` -- bound on the degrees of the coordinates, for the interpolation of derivatives
    - ``degrees`` -- integer matrix (coordinates × any): a grading for which the map is known to be homogeneous: there
      are weights of the parameters that make coordinate `c` homogeneous of the multidegree in row `c`. Without it the
      finest such grading is computed from the expanded polynomials
    - ``proof`` -- list of polynomials (or a function that returns it) whose image has the same closure, used instead of
      ``polynomials`` in exact substitutions because it has fewer terms; ``proof_reason`` says why the closures agree

    That ``evaluate`` agrees with ``polynomials`` is tested at a random point as soon as both are known, and so is that
    the image of ``proof`` has the right dimension.

    EXAMPLES::

        sage: from sage_mlvar.implicit import PolynomialMap
        sage: phi = PolynomialMap(2, 1, evaluate=lambda x, p: x[:, [0, 0]]**2 % p, degree=2, degrees=[[1], [1]])
        sage: phi.jacobian([5], 101).tolist()
        [[10], [10]]
    """

    def __init__(
        self,
        coordinates,
        parameters,
        *,
        evaluate=None,
        jacobian=None,
        polynomials=None,
        degree=None,
        degrees=None,
        proof=None,
        proof_reason="",
    ):
        if coordinates < 1:
            raise ValueError("a polynomial map needs at least one coordinate")
        if evaluate is None and polynomials is None:
            raise ValueError("a polynomial map needs polynomials or a function that evaluates it")
        if proof is not None and not proof_reason:
            raise ValueError("say in proof_reason= why the map of proof= has the same image closure")
        self.coordinates = coordinates
        self.parameters = parameters
        self.degree = degree
        self.proof_reason = proof_reason
        self._evaluate = evaluate
        self._jacobian = jacobian
        self._source = polynomials
        self._terms = None if polynomials is None else partial(_expanded, polynomials, coordinates)
        self._proof_terms = self._terms if proof is None else partial(_expanded, proof, coordinates)
        self._degrees = None if degrees is None else np.asarray(degrees, dtype=np.int64).reshape(coordinates, -1)

    @classmethod
    def from_sage(cls, polynomials, **options):
        r"""
        Return the map with these coordinates.

        INPUT:

        - ``polynomials`` -- non-empty list of polynomials over `\QQ` (or `\ZZ`) in one polynomial ring
        - ``options`` -- those of :class:`PolynomialMap`

        EXAMPLES::

            sage: from sage_mlvar.implicit import PolynomialMap
            sage: PolynomialMap.from_sage([])
            Traceback (most recent call last):
            ...
            ValueError: a polynomial map needs at least one coordinate
        """
        polynomials = list(polynomials)
        if not polynomials:
            raise ValueError("a polynomial map needs at least one coordinate")
        ring = polynomials[0].parent()
        if any(f.parent() is not ring for f in polynomials):
            raise ValueError("the coordinates of a polynomial map must lie in one polynomial ring")
        if ring.characteristic() != 0 or not hasattr(ring, "ngens"):
            raise ValueError(f"the coordinates must be polynomials over the rational field, not elements of {ring!r}")
        return cls(len(polynomials), int(ring.ngens()), polynomials=polynomials, **options)

    def __repr__(self):
        return f"Polynomial map from {self.parameters} parameters to {self.coordinates} coordinates"

    @cached_property
    def terms(self):
        r"""The expanded polynomials, as ``Terms``; ``None`` for a map that is only evaluated."""
        if self._terms is None:
            return None
        terms = self._terms()
        if self._evaluate is not None:
            self._compare(terms)
        return terms

    @cached_property
    def proof_terms(self):
        r"""The ``Terms`` used in exact substitutions, or ``None``."""
        if self._proof_terms is self._terms:
            return self.terms
        terms = self._proof_terms()
        self._compare_ranks(terms)
        return terms

    def polynomials(self):
        r"""Return the expanded coordinates as Sage polynomials, or ``None`` for a map that is only evaluated."""
        source = self._source
        return None if source is None else list(source() if callable(source) else source)

    @property
    def degrees(self):
        r"""The multidegrees that were declared, or ``None``."""
        return self._degrees

    def evaluate(self, points, p):
        r"""
        Return the values modulo ``p`` at ``points`` (points × parameters), as an array (points × coordinates).
        """
        points = np.asarray(points, dtype=np.int64).reshape(-1, self.parameters) % p
        if self._evaluate is None:
            return self.terms.evaluate(points, p)
        values = np.asarray(self._evaluate(points, p), dtype=np.int64) % p
        if values.shape != (len(points), self.coordinates):
            raise ValueError(
                f"evaluate returned an array of shape {values.shape!r}, not {(len(points), self.coordinates)!r}"
            )
        return values

    def jacobian(self, point, p):
        r"""
        Return the derivatives modulo ``p`` at ``point``, as an array (coordinates × parameters).
        """
        point = np.asarray(point, dtype=np.int64).reshape(self.parameters) % p
        if self._jacobian is not None:
            values = np.asarray(self._jacobian(point, p), dtype=np.int64) % p
            if values.shape != (self.coordinates, self.parameters):
                raise ValueError(
                    f"jacobian returned an array of shape {values.shape!r}, not {(self.coordinates, self.parameters)!r}"
                )
            return values
        if self._evaluate is None or self.degree is None:
            if self._terms is None:
                raise ValueError("the derivatives of a map that is only evaluated need jacobian= or degree=")
            return self.terms.jacobian(point, p)
        return self._interpolated_jacobian(point, p)

    def _interpolated_jacobian(self, point, p):
        # The derivative at 0 of a polynomial of degree d is sum_s w_s g(s) over s = 0..d.
        weights = _derivative_weights(self.degree, p)
        block = max(1, 200_000 // max(1, self.coordinates * len(weights)))
        result = np.empty((self.coordinates, self.parameters), dtype=np.int64)
        for start in range(0, self.parameters, block):
            check("differentiating the map")
            chosen = np.arange(start, min(start + block, self.parameters))
            total = np.zeros((len(chosen), self.coordinates), dtype=np.int64)
            for s, weight in enumerate(weights):
                moved = np.tile(point, (len(chosen), 1))
                moved[np.arange(len(chosen)), chosen] += s
                total = (total + weight * self.evaluate(moved, p)) % p
            result[:, chosen] = total.T
        return result

    def restrict(self, indices):
        r"""Return the map to the coordinates ``indices`` (distinct, any order)."""
        indices = [int(i) for i in indices]
        whole = self
        restricted = PolynomialMap(
            len(indices),
            self.parameters,
            evaluate=lambda points, p: whole.evaluate(points, p)[:, indices],
            jacobian=lambda point, p: whole.jacobian(point, p)[indices],
            degrees=None if self._degrees is None else self._degrees[indices],
        )
        return restricted._expand_like(whole, lambda terms: terms.restrict(indices))

    def with_unit(self):
        r"""Return the map with the constant coordinate 1 put last."""
        whole = self
        extended = PolynomialMap(
            self.coordinates + 1,
            self.parameters,
            evaluate=lambda points, p: np.concatenate(
                [whole.evaluate(points, p), np.ones((len(points), 1), dtype=np.int64)], axis=1
            ),
            jacobian=lambda point, p: np.concatenate(
                [whole.jacobian(point, p), np.zeros((1, whole.parameters), dtype=np.int64)]
            ),
            degrees=None if self._degrees is None else np.vstack([self._degrees, 0 * self._degrees[:1]]),
        )
        return extended._expand_like(whole, Terms.with_unit)

    def _expand_like(self, other, change):
        # Nothing is expanded before it is asked for.
        if other._terms is not None:
            self._terms = lambda: change(other.terms)
        if other._proof_terms is not None:
            same = other._proof_terms is other._terms
            self._proof_terms = self._terms if same else lambda: change(other.proof_terms)
        self.proof_reason = other.proof_reason
        return self

    def _compare(self, terms):
        p = primes(1)[0]
        point = np.random.default_rng(0).integers(0, p, size=(1, self.parameters))
        wrong = np.flatnonzero((self.evaluate(point, p) != terms.evaluate(point, p))[0])
        if len(wrong):
            raise ValueError(f"evaluate= and polynomials= disagree in coordinate {int(wrong[0])!r}")

    def _compare_ranks(self, terms):
        # A map of proof= whose image is too small would "prove" what is false; its dimension shows it.
        p, generator = primes(1)[0], np.random.default_rng(0)
        there = rank(terms.jacobian(generator.integers(0, p, size=terms.parameters), p), p)
        here = rank(self.jacobian(generator.integers(0, p, size=self.parameters), p), p)
        if there != here:
            raise ValueError(f"the image of proof= has dimension {there}, that of the map {here}")


def _expanded(source, coordinates):
    if source is None:
        return None
    polynomials = list(source() if callable(source) else source)
    if len(polynomials) != coordinates:
        raise ValueError(f"{coordinates!r} coordinates need as many polynomials, not {len(polynomials)!r}")
    return Terms.from_sage(polynomials)


def _derivative_weights(degree, p):
    # Lagrange: w_s = l_s'(0) for the nodes 0..degree, as residues.
    weights = [0] * (degree + 1)
    for s in range(1, degree + 1):
        numerator, denominator = 1, s
        for k in range(1, degree + 1):
            if k != s:
                numerator, denominator = numerator * -k % p, denominator * (s - k) % p
        weights[s] = numerator * pow(denominator, -1, p) % p
    weights[0] = -sum(weights) % p
    return weights
