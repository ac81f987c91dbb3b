r"""
Lightning (linear) self-attention: the variety of its cubic coefficients.

One layer sends ``X`` (``d x t``) to ``V X (X^T A X)`` with ``A = K^T Q``. Its output coordinate ``(i, j)`` is the
cubic form
``sum a_ml v_ik x_kn x_mn x_lj`` over ``k, m, l`` in ``[d]`` and ``n`` in ``[t]``.

EXAMPLES::

    sage: from sage_mlvar import LightningAttentionModel
    sage: M = LightningAttentionModel(2, 2, 2); M
    lightning self-attention with d=2, t=2, a=2, output (0, 0), scaled coordinates
    sage: M.ring().ngens(), M.dimension()
    (10, 5)
    sage: sorted(f.degree() for f in M.ideal().gens())
    [1, 1, 1, 1, 4]

REFERENCES: arXiv 2604.15632 and arXiv 2408.17221.
"""

from itertools import combinations_with_replacement
from math import comb

from .. import _sage  # noqa: F401
from ..exact import integer
from ..rings import polynomial_ring
from .expansion import watched
from .image import ImageModel

from sage.rings.rational_field import QQ

__all__ = ["LightningAttentionModel"]


class LightningAttentionModel(ImageModel):
    r"""
    The attention variety of one layer of linear self-attention.

    INPUT:

    - ``d`` -- dimension of the tokens
    - ``t`` -- number of tokens
    - ``a`` -- rank of ``A = K^T Q``, the attention dimension
    - ``d_out`` -- dimension of the output tokens (rows of ``V``), 1 by default
    - ``output`` -- pair ``(i, j)``: the coefficients of one output coordinate; ``None``: those of all of them
    - ``scaled`` -- boolean; divide each coefficient by the number of its terms

    Coordinates are the coefficients of the monomials of the output: ``s_k_m_l`` of ``x_kj x_mj x_lj`` (single column,
    ``k <= m <= l``) and ``c_n_k_m_l`` of ``x_kn x_mn x_lj`` (cross-column, ``n != j``, ``k <= m``); with
    ``output=None`` they are
    ``s{i}_{j}_...`` and ``c{i}_{j}_...``. Parameters are the entries ``a_m_l`` of ``A`` if ``a >= d`` (``A`` is then
    any matrix), else
    ``k_r_m`` and ``q_r_l`` of ``K`` and ``Q``; and ``v_i_k`` of ``V``.

    EXAMPLES::

        sage: from sage_mlvar import LightningAttentionModel
        sage: M = LightningAttentionModel(2, 1, 1); M.parametrization()[1]
        1/3*k_0_1*q_0_0*v_0_0 + 1/3*k_0_0*q_0_1*v_0_0 + 1/3*k_0_0*q_0_0*v_0_1
        sage: LightningAttentionModel(3, 2, 3).ring().ngens()
        28
        sage: LightningAttentionModel(2, 2, 0)
        Traceback (most recent call last):
        ...
        ValueError: a must be at least 1, got 0

    TESTS::

        sage: from sage.misc.sage_unittest import TestSuite
        sage: TestSuite(M).run()
    """

    @staticmethod
    def __classcall_private__(cls, d, t, a, d_out=1, output=(0, 0), scaled=True):
        d, t, a = integer(d, "d", 1), integer(t, "t", 1), integer(a, "a", 1)
        d_out = integer(d_out, "d_out", 1)
        if not isinstance(scaled, bool):
            raise TypeError(f"scaled must be True or False, not {scaled!r}")
        if output is not None:
            if isinstance(output, str) or not hasattr(output, "__len__"):
                raise TypeError(f"output must be a pair (i, j) or None, not {output!r}")
            if len(output) != 2:
                raise ValueError(f"output must be a pair (i, j) or None, got {output!r}")
            output = integer(output[0], "output[0]", 0), integer(output[1], "output[1]", 0)
            if output[0] >= d_out or output[1] >= t:
                raise ValueError(f"output must be below ({d_out}, {t}), the shape of the output, got {output!r}")
        return super().__classcall__(cls, d, t, a, d_out, output, scaled)

    def __init__(self, d, t, a, d_out, output, scaled):
        self.d, self.t, self.a, self.d_out = d, t, a, d_out
        self.output, self.scaled = output, scaled

    def _repr_(self):
        where = "all outputs" if self.output is None else f"output {self.output}"
        kind = "scaled" if self.scaled else "raw"
        out = "" if self.d_out == 1 else f", d_out={self.d_out}"
        return f"lightning self-attention with d={self.d}, t={self.t}, a={self.a}{out}, {where}, {kind} coordinates"

    def _latex_(self):
        return rf"\operatorname{{Attn}}_{{d={self.d},\,t={self.t},\,a={self.a},\,d'={self.d_out}}}"

    def outputs(self):
        r"""Return the output coordinates ``(i, j)`` whose coefficients are the coordinates."""
        if self.output is not None:
            return [self.output]
        return [(i, j) for i in range(self.d_out) for j in range(self.t)]

    def coordinates(self):
        r"""
        Return the monomials of the outputs, in the order of the coordinates.

        OUTPUT: a list of tuples ``(i, j, n, (k, m, l))``: the monomial ``x_kn x_mn x_lj`` in output ``(i, j)``; ``n``
        is ``None``
        for a single-column monomial, where ``k <= m <= l``

        EXAMPLES::

            sage: from sage_mlvar import LightningAttentionModel
            sage: LightningAttentionModel(2, 2, 2).coordinates()[3:6]
            [(0, 0, None, (1, 1, 1)), (0, 0, 1, (0, 0, 0)), (0, 0, 1, (0, 0, 1))]
        """
        result = []
        for i, j in self.outputs():
            result.extend((i, j, None, K) for K in combinations_with_replacement(range(self.d), 3))
            for n in range(self.t):
                if n != j:
                    for pair in combinations_with_replacement(range(self.d), 2):
                        result.extend((i, j, n, (*pair, last)) for last in range(self.d))
        return result

    def _ring(self):
        return polynomial_ring(QQ, self.number_of_coordinates(), self._names())

    def _names(self):
        for i, j, n, K in self.coordinates():
            prefix = "" if self.output is not None else f"{i}_{j}"
            letter = f"s{prefix}" if n is None else f"c{prefix}_{n}"
            yield "_".join([letter, *map(str, K)])

    def number_of_coordinates(self):
        monomials = comb(self.d + 2, 3) + (self.t - 1) * comb(self.d + 1, 2) * self.d
        return monomials * (1 if self.output is not None else self.d_out * self.t)

    def number_of_parameters(self):
        return self.d * (self.d if self.a >= self.d else 2 * self.a) + self.d_out * self.d

    def _parameter_ring(self):
        d = range(self.d)
        if self.a >= self.d:
            names = [f"a_{m}_{k}" for m in d for k in d]
        else:
            names = [f"{letter}_{r}_{m}" for letter in "kq" for r in range(self.a) for m in d]
        names += [f"v_{i}_{k}" for i in range(self.d_out) for k in d]
        return polynomial_ring(QQ, self.number_of_parameters(), names)

    def matrices(self, parameters):
        r"""
        Return ``A`` and ``V``, lists of rows, for a flat list of parameters.

        EXAMPLES::

            sage: from sage_mlvar import LightningAttentionModel
            sage: LightningAttentionModel(2, 1, 1).matrices([1, 2, 3, 4, 5, 6])
            ([[3, 4], [6, 8]], [[5, 6]])
        """
        d, flat = self.d, list(parameters)
        if self.a >= d:
            A, rest = [flat[d * m : d * (m + 1)] for m in range(d)], flat[d * d :]
        else:
            size = self.a * d
            K = [flat[d * r : d * (r + 1)] for r in range(self.a)]
            Q = [flat[size + d * r : size + d * (r + 1)] for r in range(self.a)]
            A = [[sum(K[r][m] * Q[r][k] for r in range(self.a)) for k in range(d)] for m in range(d)]
            rest = flat[2 * size :]
        return A, [rest[d * i : d * (i + 1)] for i in range(self.d_out)]

    def _parametrization(self):
        return self.values(self.parameter_ring().gens())

    def values(self, parameters):
        from .attention_map import index_orders

        A, V = self.matrices(parameters)
        result = []
        for i, _j, n, K in watched(self.coordinates(), "expanding the outputs"):
            orders = index_orders(n, K)
            total = sum(A[m][last] * V[i][k] for k, m, last in orders)
            result.append(total / len(orders) if self.scaled else total)
        return result

    def polynomial_map(self):
        from .attention_map import polynomial_map

        return polynomial_map(self)

    def tangent(self, prime, seed=0):
        r"""
        Return derivatives modulo ``prime`` at a random point: an array with a column for each parameter.

        All columns of the output have the same coefficients, and so have all other columns in one of them: two
        tokens stand for any number.

        EXAMPLES::

            sage: from sage_mlvar import LightningAttentionModel
            sage: LightningAttentionModel(2, 10, 2).tangent(8388593).shape
            (10, 6)
        """
        from ..implicit.blocks import foresee

        output = None if self.output is None else (self.output[0], 0)
        few = LightningAttentionModel(self.d, min(self.t, 2), self.a, self.d_out, output, self.scaled)
        foresee(few.number_of_coordinates(), few.number_of_parameters(), "the rank of the Jacobian")
        return super(LightningAttentionModel, few).tangent(prime, seed)

    def reduced_parameters(self):
        parameters = list(self.parameter_ring().gens())
        if self.a < self.d:
            # K = [1 | *]: K -> g K, Q -> g^-T Q leaves A as it is.
            for r in range(self.a):
                for m in range(self.a):
                    parameters[r * self.d + m] = self.parameter_ring()(int(r == m))
        return parameters

    def symmetry(self):
        from .attention_map import symmetry

        return symmetry(self)

    def expected_dimension(self):
        r"""
        Return the bound of :meth:`dimension_bounds`, capped by the number of coordinates.

        EXAMPLES::

            sage: from sage_mlvar import LightningAttentionModel
            sage: LightningAttentionModel(2, 1, 2).expected_dimension()
            4
        """
        return min([self.number_of_coordinates(), *(bound for bound, _ in self.dimension_bounds())])

    def dimension_bounds(self):
        r"""
        Return proved upper bounds of the dimension.

        The coefficients depend on ``A`` and ``V`` only, bilinearly, so one dimension goes for scaling; for ``t = 1``
        only the
        symmetric part of ``A`` matters.

        EXAMPLES::

            sage: from sage_mlvar import LightningAttentionModel
            sage: LightningAttentionModel(3, 1, 2).dimension_bounds()[0]
            (8, 'rank of the symmetric part of A and scaling of V against A')
        """
        d, rows = self.d, self.d_out if self.output is None else 1
        if self.t == 1:
            rank = min(2 * self.a, d)
            pairs = rank * d - rank * (rank - 1) // 2
            reason = "rank of the symmetric part of A and scaling of V against A"
        else:
            rank = min(self.a, d)
            pairs = rank * (2 * d - rank)
            reason = "rank of A and scaling of V against A"
        return [(pairs + d * rows - 1, reason)]

    def to_dict(self):
        r"""Return the model as plain data, the content of a model file."""
        return {
            "model": "LightningAttentionModel",
            "d": self.d,
            "t": self.t,
            "a": self.a,
            "d_out": self.d_out,
            "output": None if self.output is None else list(self.output),
            "scaled": self.scaled,
        }

    @classmethod
    def from_dict(cls, data):
        r"""
        Return the model that :meth:`to_dict` described.

        EXAMPLES::

            sage: from sage_mlvar import LightningAttentionModel
            sage: M = LightningAttentionModel(2, 2, 1, d_out=2, output=None)
            sage: LightningAttentionModel.from_dict(M.to_dict()) is M
            True
        """
        keys = ("d_out", "output", "scaled")
        return cls(data["d"], data["t"], data["a"], **{key: data[key] for key in keys if key in data})
