r"""
Two quadratic forms made diagonal in floating point, with rigorous bounds of what is left beside the diagonals.

For a positive definite ``K`` and a symmetric ``A`` a matrix ``P`` of doubles is found with ``P^T K P`` nearly the
identity and ``P^T A P`` nearly diagonal. Both products are then enclosed by ball arithmetic, from the exact ``K`` and
``A``. Whether ``s K + l A`` is positive definite is afterwards a question about diagonally dominant matrices, answered
rigorously for any ``s`` and ``l`` at almost no cost: strict dominance with a positive diagonal proves positive
definiteness of ``P^T (s K + l A) P``, which also proves that ``P`` is invertible.

EXAMPLES::

    sage: from sage_mlvar import PolynomialClassifier
    sage: from sage_mlvar.certify.quadric.pencil import GramFactor, Pencil
    sage: from sage_mlvar.certify.quadric.form import QuadricForms
    sage: from sage.rings.rational_field import QQ
    sage: C = PolynomialClassifier([[[1, 0], [0, 1]], [[-1, -4], [0, 0]]], [[0, 0], [4, 0]])
    sage: forms = QuadricForms(C)
    sage: pencil = Pencil(GramFactor(forms), forms.pair(0, 1))
    sage: [round(float(x) * 2**pencil.exponent, 10) for x in pencil.eigenvalues]
    [-4.0, -1.0]
    sage: pencil.is_positive(QQ(1), QQ("2499/10000")), pencil.is_positive(QQ(1), QQ("2501/10000"))
    (True, False)

REFERENCES: Rump, *Verification methods: rigorous results using floating-point arithmetic*, 2010, Section 10.
"""

from contextlib import contextmanager

import flint
import numpy

from ... import _sage  # noqa: F401
from ...threads import one_thread
from ..flint_numbers import to_ball

__all__ = ["BITS", "GramFactor", "Pencil", "floats", "precision"]

#: Precision of the balls.
BITS = 128
#: From so many unknowns on, products of doubles take the place of exact ones.
_LARGE = 40


@contextmanager
def precision(bits):
    r"""Set the precision of FLINT's balls for a ``with`` block."""
    before, flint.ctx.prec = flint.ctx.prec, bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def floats(matrix, denominator, exponents):
    r"""
    Return ``matrix / denominator`` as an array of doubles, entry ``(i, j)`` divided by ``2^(e_i + e_j)``.

    INPUT: ``exponents`` -- a pair of lists of integers, for rows and columns

    Raises ``ArithmeticError`` when an entry exceeds the range of doubles.
    """
    return _assembled(_heads(matrix), denominator, exponents)


def _heads(matrix):
    r"""Return the entries of an integer matrix as arrays of doubles and of the powers of two that go with them."""
    shape = matrix.nrows(), matrix.ncols()
    entries = [int(x) for x in matrix.entries()]
    try:
        heads, sizes = [float(x) for x in entries], [0] * len(entries)
    except OverflowError:
        sizes = [max(0, abs(x).bit_length() - 64) for x in entries]
        heads = [float(x >> s) for x, s in zip(entries, sizes)]
    return numpy.array(heads, dtype=float).reshape(shape), numpy.array(sizes, dtype=int).reshape(shape)


def _spread(exponents):
    first, second = (numpy.asarray(e, dtype=int) for e in exponents)
    return first[:, None] + second[None, :]


def _assembled(parts, denominator, exponents):
    heads, sizes = parts
    below = int(denominator)
    drop = max(0, below.bit_length() - 64)
    power = sizes - drop - _spread(exponents)
    with numpy.errstate(over="ignore", under="ignore"):
        values = numpy.ldexp(heads / float(below >> drop), numpy.clip(power, -5000, 5000))
    if not numpy.isfinite(values).all():
        raise ArithmeticError("the entries exceed the range of doubles")
    return values


class GramFactor:
    r"""
    A Cholesky factor of the Gram matrix in doubles, after scaling its rows by powers of two.

    INPUT: ``forms`` -- a :class:`~sage_mlvar.certify.quadric.form.QuadricForms`

    Raises ``ArithmeticError`` when doubles do not suffice.
    """

    def __init__(self, forms):
        K, below = forms.gram
        k, size = K.nrows(), int(below).bit_length()
        self.exponents = [(int(K[i, i]).bit_length() - size) // 2 for i in range(k)]
        gram = floats(K, below, (self.exponents, self.exponents))
        try:
            with one_thread():
                self.L = numpy.linalg.cholesky(gram) if k else gram
                self.inverse = numpy.linalg.inv(self.L) if k else gram
        except numpy.linalg.LinAlgError as error:
            raise ArithmeticError(f"the Gram matrix is too ill-conditioned for doubles: {error}") from error
        if not numpy.isfinite(self.inverse).all():
            raise ArithmeticError("the Gram matrix is too ill-conditioned for doubles")


class Pencil:
    r"""
    The forms ``K`` and ``A`` of a :class:`~sage_mlvar.certify.quadric.form.PairForm`, made diagonal.

    - ``eigenvalues`` -- of ``2^-exponent A`` with respect to ``K``, increasing: doubles, approximately
    - ``exponent`` -- an integer that brings the eigenvalues near 1
    - ``P`` -- array of doubles; ``t = 2^-e P s`` with the exponents ``e`` of the factor

    Raises ``ArithmeticError`` when doubles do not suffice.
    """

    def __init__(self, factor, pair):
        self.factor = factor
        is_large = pair.forms.rank >= _LARGE
        form = self._product(pair) if is_large else self._exact(pair)
        try:
            with one_thread():
                inner = factor.inverse @ form @ factor.inverse.T
                self.eigenvalues, U = numpy.linalg.eigh((inner + inner.T) / 2)
                self.P = factor.inverse.T @ U
        except numpy.linalg.LinAlgError as error:
            raise ArithmeticError(f"no eigenvalues in doubles: {error}") from error
        self._enclose(pair, is_large)

    def _exact(self, pair):
        r"""Return ``A`` in doubles, each entry with its full accuracy."""
        A, below = pair.hessian
        e = self.factor.exponents
        heads, sizes = parts = _heads(A)
        bits = (numpy.frexp(heads)[1] + sizes - _spread((e, e)))[heads != 0]
        self.exponent = int(bits.max()) - int(below).bit_length() if bits.size else 0
        return _assembled(parts, below, (e, [x + self.exponent for x in e]))

    def _product(self, pair):
        r"""Return ``A = G^T diag(a) G`` as a product of doubles: faster, and good where nothing cancels."""
        (G, G_below), e = pair.forms.image_matrix, self.factor.exponents
        heads, sizes = parts = _heads(G)
        bits = numpy.where(heads != 0, numpy.frexp(heads)[1] + sizes - numpy.asarray(e, dtype=int), -(10**6))
        rows = numpy.where((heads != 0).any(axis=1), bits.max(axis=1) - int(G_below).bit_length(), 0)
        image = _assembled(parts, G_below, (rows, e))
        heads, sizes = parts = _heads(pair.alpha)
        bits = (numpy.frexp(heads)[1] + sizes)[:, 0] + 2 * rows
        alive = heads[:, 0] != 0
        self.exponent = int(bits[alive].max()) - int(pair.alpha_below).bit_length() if alive.any() else 0
        weights = _assembled(parts, pair.alpha_below, (self.exponent - 2 * rows, [0]))
        with one_thread():
            return image.T @ (weights * image)

    def _enclose(self, pair, is_large):
        r"""Enclose the diagonals of ``P^T K P`` and ``P^T A P``, and bound their other entries row by row."""
        (K, K_below), (G, G_below) = pair.forms.gram, pair.forms.image_matrix
        k, h = K.nrows(), G.nrows()
        with precision(BITS):
            scaled = numpy.ldexp(self.P, -numpy.asarray(self.factor.exponents, dtype=int)[:, None])
            if not numpy.isfinite(scaled).all():
                raise ArithmeticError("the entries exceed the range of doubles")
            P = flint.arb_mat(k, k, scaled.ravel().tolist())
            transposed = P.transpose()
            product = flint.arb_mat(K) * P
            self._K, self._K_rest = _split(transposed * product, K_below)
            if is_large:
                image = product if G is K else flint.arb_mat(G) * P
                alpha = [flint.arb(a) for a in pair.alpha.entries()]
                scaled = flint.arb_mat(h, k, [alpha[i // k] * x for i, x in enumerate(image.entries())])
                below = flint.arb(G_below) ** 2 * flint.arb(pair.alpha_below)
                self._A, self._A_rest = _split(image.transpose() * scaled, below)
            else:
                A, below = pair.hessian
                self._A, self._A_rest = _split(transposed * (flint.arb_mat(A) * P), below)

    def is_positive(self, s, l):  # noqa: E741
        r"""Whether ``s K + l A`` is proved positive definite, for rationals ``s`` and ``l``."""
        with precision(BITS):
            s, l = to_ball(s), to_ball(l)  # noqa: E741
            around, other = abs(s), abs(l)
            return all(
                s * a + l * b > around * c + other * d
                for a, b, c, d in zip(self._K, self._A, self._K_rest, self._A_rest)
            )

    def __getstate__(self):
        kept = self.__dict__.copy()
        for name in ("_K", "_A", "_K_rest", "_A_rest"):
            kept[name] = [_packed(x) for x in kept[name]]
        return kept

    def __setstate__(self, kept):
        with precision(4 * BITS):
            for name in ("_K", "_A", "_K_rest", "_A_rest"):
                kept[name] = [_unpacked(x) for x in kept[name]]
        self.__dict__.update(kept)


def _packed(ball):
    return [tuple(map(int, part.man_exp())) for part in (ball.mid(), ball.rad())]


def _unpacked(parts):
    mid, rad = (flint.arb(m) * flint.arb(2) ** e for m, e in parts)
    return flint.arb(mid, rad)


def _split(matrix, below):
    r"""Return the diagonal, and upper bounds of the sums of the absolute values beside it, over ``below``."""
    k, below = matrix.nrows(), flint.arb(below)
    diagonal, rest = [], []
    for i, row in enumerate(matrix.tolist()):
        x = row.pop(i)
        diagonal.append(x / below)
        total = flint.arb(0)
        for other in row:
            total += abs(other)
        rest.append((total / below).abs_upper() if k > 1 else flint.arb(0))
    return diagonal, rest
