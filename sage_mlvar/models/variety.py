r"""
The verbs that every variety of a model has, with their options, records and cache.

:class:`Variety` is the common base of image models and decision boundaries. A subclass implements ``_answer_VERB``
for each of its verbs; this module resolves options, checks what was proved, times and caches.
"""

import time
from dataclasses import replace

from .. import _sage  # noqa: F401
from ..options import resolve, using

from sage.rings.integer import Integer
from sage.structure.sage_object import SageObject
from sage.structure.unique_representation import UniqueRepresentation

__all__ = ["Variety"]

#: Arguments that ask for something besides the answer.
_BESIDES = ("checkpoint", "progress")


class Variety(UniqueRepresentation, SageObject):
    r"""
    An algebraic variety that a machine-learning model defines.

    Objects are immutable and unique: equal input gives the same object, which keeps the records of its successful
    computations.
    """

    def compute(self, verb, *, backend=None, proof=None, **rest):
        r"""
        Answer ``verb`` and return the whole record.

        INPUT:

        - ``verb`` -- ``"ideal"``, ``"dimension"``, ``"degree"``, ``"ed_degree"``, ``"discriminant"``, …: any verb
          of this object
        - ``backend``, ``proof``, ``timeout``, ``memory``, ``seed``, ``jobs`` -- see :func:`sage_mlvar.options.resolve`
        - the arguments of the verb itself, such as ``slice=`` or ``max_degree=``

        OUTPUT: a :class:`~sage_mlvar.computation.Computation`

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: record = ReLURegionModel([2, 2, 2], ["10", "11"]).compute("ideal")
            sage: record.status, record.argument
            ('proved', 'structure theorem: ...')

        An explicit backend is always used, never replaced::

            sage: record = ReLURegionModel([2, 2, 2], ["10", "11"]).compute("ideal", backend="giac", proof=False)
            sage: record.backend, record.status
            ('giac', 'probable')
        """
        answer = getattr(self, f"_answer_{verb}", None) if isinstance(verb, str) else None
        if answer is None:
            raise ValueError(f"unknown verb {verb!r} of {self}; known verbs: {', '.join(self.verbs())}")
        names = ("timeout", "memory", "seed", "jobs")
        given = {name: rest.pop(name) for name in names if name in rest}
        if backend is not None:
            given["backend"] = backend
        if proof is not None:
            given["proof"] = proof
        options = resolve(verb, **given)
        if options.backend is not None:
            from .. import backends

            backends.get(options.backend)
        arguments = self._normalize(verb, rest)
        # A report or a file asked for is made also when the answer is known; the answer is the same.
        wanted = any(arguments.get(name) is not None for name in _BESIDES)
        key = (verb, options.key(), tuple(sorted(pair for pair in arguments.items() if pair[0] not in _BESIDES)))
        cache = self.__dict__.setdefault("_records", {})
        if wanted or key not in cache:
            begin = time.monotonic()
            # The choice of a backend is for this verb; the steps on the way to it choose for themselves.
            with using(backend=None), options.limits().running():
                record = answer(options, **arguments)
            words = "".join(f", {name}=…" for name in rest)
            record.require(options.proof, f"compute({verb!r}{words}, proof=False)")
            if type(record.value) is int:
                record = replace(record, value=Integer(record.value))
            if type(record.value) is list:
                # The record is kept, and what one does to the answer must not change it.
                record = replace(record, value=tuple(record.value))
            cache[key] = record.timed(time.monotonic() - begin)
        return cache[key]

    @classmethod
    def verbs(cls):
        r"""
        Return the verbs that :meth:`compute` answers, sorted.

        EXAMPLES::

            sage: from sage_mlvar import ParametrizedModel
            sage: ParametrizedModel.verbs()
            ['contains', 'degree', 'dimension', 'discriminant', 'ed_degree', 'ideal', 'invariants']
        """
        return sorted(name.removeprefix("_answer_") for name in dir(cls) if name.startswith("_answer_"))

    def _normalize(self, verb, arguments):
        r"""Return the arguments of ``verb`` in a hashable form, checked."""
        allowed = getattr(self, f"_answer_{verb}").__kwdefaults__ or {}
        for name in arguments:
            if name not in allowed:
                raise TypeError(
                    f"{verb} takes no argument {name!r}; known: "
                    f"{', '.join(sorted([*allowed, 'backend', 'jobs', 'memory', 'proof', 'seed', 'timeout']))}"
                )
        checked = {**allowed, **arguments}
        for name in checked:
            check = getattr(self, f"_check_{name}", None)
            if check is not None:
                checked[name] = check(checked[name])
        return checked

    def ideal(self, **options):
        r"""
        Return the vanishing ideal, in the ring of the coordinates.

        INPUT: the options of :func:`sage_mlvar.options.resolve`; by default only a proved answer is returned

        OUTPUT: a Sage ideal

        Raises :class:`~sage_mlvar.errors.NotProvedError`, and
        :class:`~sage_mlvar.errors.BackendTimeout` when the limit expires.

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: ReLURegionModel([2, 2, 2], ["10", "11"]).ideal().gens()
            [m0_0_1*m0_1_0 - m0_0_0*m0_1_1, ...]
        """
        return self.compute("ideal", **options).value

    def dimension(self, **options):
        r"""
        Return the dimension of the variety (affine, over C).

        INPUT: the options of :func:`sage_mlvar.options.resolve`

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: ReLURegionModel([3, 3, 3], ["110", "011"]).dimension()
            15
        """
        return self.compute("dimension", **options).value

    def degree(self, **options):
        r"""
        Return the degree of the projective closure of the variety.

        INPUT: the options of :func:`sage_mlvar.options.resolve`

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: ReLURegionModel([3, 2, 2], ["10", "11"]).degree()
            9
        """
        return self.compute("degree", **options).value

    def ed_degree(self, **options):
        r"""
        Return the Euclidean distance degree: the number of complex critical points of the squared distance from a
        generic data point to the smooth part of the variety.

        INPUT: the options of :func:`sage_mlvar.options.resolve`, and

        - ``slice`` -- list of 2 or 3 points ``[p, q]`` or ``[p, q, r]`` of data space: take the data point generic on
          the affine line or plane ``p + s(q-p) + t(r-p)``

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[0, 1], [2, 1]])
            sage: C.ed_degree()
            4

        REFERENCES: Draisma, Horobeţ, Ottaviani, Sturmfels, Thomas, *The Euclidean distance degree of an algebraic
        variety*, 2016.
        """
        return self.compute("ed_degree", **options).value

    def discriminant(self, **options):
        r"""
        Return the ED discriminant: the data points for which two critical points come together.

        INPUT: the options of :func:`sage_mlvar.options.resolve`, and ``slice`` as in :meth:`ed_degree`

        OUTPUT: a radical Sage ideal in the data coordinates ``u0, u1, …`` (on a slice: ``s`` and ``t``); it need not
        be principal

        EXAMPLES::

            sage: from sage_mlvar import PolynomialClassifier
            sage: C = PolynomialClassifier([[[1, 2], [3, 1]], [[2, 1], [1, 2]]], [[1, 2], [1, 1]])
            sage: C.discriminant().gens()
            [5*u1 + 1, 5*u0 + 3]
        """
        return self.compute("discriminant", **options).value

    def _check_slice(self, value):
        from ..exact import rows

        if value is None:
            return None
        points = rows(value, "slice", ncols=self._data_dimension())
        if len(points) not in (2, 3):
            raise ValueError(f"slice must have 2 points (a line) or 3 points (a plane), got {len(points)}")
        from sage.matrix.constructor import matrix
        from sage.rings.rational_field import QQ

        directions = matrix(QQ, [[a - b for a, b in zip(q, points[0])] for q in points[1:]])
        if directions.rank() < directions.nrows():
            raise ValueError(f"slice must have affinely independent points, got {value!r}")
        return points
