r"""
Arrays of complex discs with rigorous rounding: a centre and a radius for each entry.

Every operation returns discs that hold all results of the operation on elements of the given discs. The centres are
computed in double precision, and the radii grow by an a priori bound of the rounding errors, so that whole arrays are
treated at once.

EXAMPLES::

    sage: import numpy
    sage: from sage_mlvar.certify.homotopy.balls import Balls
    sage: x = Balls(numpy.array([1.0, 0.1]), numpy.array([0.0, 1e-3]))
    sage: y = x * x
    sage: bool(abs(y.mid[1] - 0.0101) < y.rad[1] < 2.1e-4), bool(0 < y.rad[0] < 1e-15)
    (True, True)

ALGORITHM: let `u = 2^{-53}`, and ``|z|`` be bounded by ``|Re z| + |Im z|``, the size. In IEEE arithmetic, rounding to
nearest, the error of a sum is at most `u` times its size, that of a product at most `2u(1+u)` times the product of the
sizes, fused or not, and that of an inner product of length `k`, summed in any order, at most `\gamma_{2k} =
2ku/(1-2ku)` times that of the sizes [Hig2002]_. The constants below are at least twice as large, which also pays for
the rounding of the radii themselves; ``TINY`` pays for underflow.

REFERENCES: [Hig2002] Higham, *Accuracy and Stability of Numerical Algorithms*, 2002, Sections 3.1 and 3.6; Rump,
*Fast and parallel interval arithmetic*, 1999.
"""

import numpy

from ... import _sage  # noqa: F401

__all__ = ["EPS", "TINY", "Balls", "join", "size"]

EPS = 2.0**-52
#: More than all that underflow can take away in one operation, inner products included.
TINY = 1e-290


def size(z):
    r"""Return ``|Re z| + |Im z|``, rounded to nearest: with a factor ``1 + EPS`` an upper bound of the modulus."""
    return numpy.abs(z.real) + numpy.abs(z.imag)


class Balls:
    r"""
    An array of discs.

    INPUT:

    - ``mid`` -- array of complex numbers, the centres
    - ``rad`` -- array of the same shape, the radii; ``None`` for exact numbers

    Centres or radii that are not finite say that nothing is known; comparisons of them are false.
    """

    # NumPy leaves binary operations with its arrays to this class.
    __array_ufunc__ = None

    def __init__(self, mid, rad=None):
        self.mid = numpy.asarray(mid, dtype=complex)
        self.rad = numpy.zeros(self.mid.shape) if rad is None else numpy.asarray(rad, dtype=float)

    @classmethod
    def of_rationals(cls, values):
        r"""
        Return discs around rationals, given as a nested list of ``flint.fmpq``.

        EXAMPLES::

            sage: import flint
            sage: from sage_mlvar.certify.homotopy.balls import Balls
            sage: x = Balls.of_rationals([flint.fmpq(1r, 2r), flint.fmpq(1r, 3r)])
            sage: bool(x.rad[0] == 0), bool(0 < x.rad[1] < 1e-15)
            (True, True)
        """
        entries = numpy.array(values, dtype=object)
        mid, rad = numpy.empty(entries.shape), numpy.zeros(entries.shape)
        for place, q in numpy.ndenumerate(entries):
            mid[place] = int(q.p) / int(q.q)  # Python divides integers with correct rounding
            a, b = float(mid[place]).as_integer_ratio()
            if a * int(q.q) != b * int(q.p):
                rad[place] = 2 * EPS * abs(mid[place]) + TINY
        return cls(mid, rad)

    @property
    def shape(self):
        r"""The shape of the array."""
        return self.mid.shape

    def upper(self):
        r"""Return upper bounds of the moduli."""
        return (size(self.mid) + self.rad) * (1 + 8 * EPS)

    def __getitem__(self, key):
        return Balls(self.mid[key], self.rad[key])

    def swapaxes(self, one, two):
        r"""Return the array with two axes exchanged."""
        return Balls(self.mid.swapaxes(one, two), self.rad.swapaxes(one, two))

    @property
    def T(self):
        r"""The transposed array."""
        return Balls(self.mid.T, self.rad.T)

    def __neg__(self):
        return Balls(-self.mid, self.rad)

    def __add__(self, other):
        other = _balls(other)
        mid = self.mid + other.mid
        return Balls(mid, (self.rad + other.rad + 2 * EPS * size(mid)) * (1 + 8 * EPS))

    __radd__ = __add__

    def __sub__(self, other):
        return self + -_balls(other)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        other = _balls(other)
        a, b = size(self.mid), size(other.mid)
        rad = a * other.rad + self.rad * (b + other.rad) + 4 * EPS * a * b
        return Balls(self.mid * other.mid, rad * (1 + 32 * EPS) + TINY)

    __rmul__ = __mul__

    def __matmul__(self, other):
        other = _balls(other)
        length = self.shape[-1]
        a, b = size(self.mid), size(other.mid)
        rad = a @ (other.rad + (4 * length + 4) * EPS * b) + self.rad @ (b + other.rad)
        return Balls(self.mid @ other.mid, rad * (1 + (8 * length + 32) * EPS) + TINY)

    def __rmatmul__(self, other):
        return _balls(other) @ self


def _balls(value):
    return value if isinstance(value, Balls) else Balls(value)


def join(parts, axis):
    r"""Return arrays joined along an axis: arrays of NumPy, or :class:`Balls`."""
    if any(isinstance(part, Balls) for part in parts):
        parts = [_balls(part) for part in parts]
        return Balls(
            numpy.concatenate([part.mid for part in parts], axis), numpy.concatenate([part.rad for part in parts], axis)
        )
    return numpy.concatenate(parts, axis)
