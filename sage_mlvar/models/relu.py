r"""
A ReLU network restricted to activation regions.

On a block of inputs with one activation pattern a bias-free ReLU network is linear,
``M_b = W^(L) diag(a_b^(L-1)) W^(L-1) ... diag(a_b^1) W^(1)``. The *pattern variety* is the closure of all
``[M_1 | ... | M_k]``, the *output variety* for data ``X_b`` the closure of all ``[M_1 X_1 | ... | M_k X_k]``.

EXAMPLES::

    sage: from sage_mlvar import ReLURegionModel
    sage: M = ReLURegionModel([2, 2, 2], ["10", "11"]); M
    ReLU pattern variety of widths 2, 2, 2 with blocks 10, 11
    sage: M.ideal().gens()
    [m0_0_1*m0_1_0 - m0_0_0*m0_1_1, ...]
    sage: deep = ReLURegionModel([2, 3, 2, 2], ["110/10", "011/11"]); deep.dimension()
    7

REFERENCES: arXiv 2508.03867.
"""

from functools import cached_property
from math import prod

from .. import _sage  # noqa: F401
from ..exact import rows as exact_rows
from ..exact import widths as exact_widths
from ..rings import polynomial_ring
from .expansion import foresee_terms, watched
from .layers import LayeredModel

from sage.matrix.constructor import matrix
from sage.rings.rational_field import QQ

__all__ = ["ReLURegionModel"]


class ReLURegionModel(LayeredModel):
    r"""
    The pattern variety, or with ``data`` the output variety, of a ReLU network on activation regions.

    INPUT:

    - ``widths`` -- list of positive integers ``(n_0, ..., n_L)``, ``L >= 2``
    - ``patterns`` -- nonempty list, one block each: a list of 0/1 tuples, one per hidden layer, or a string such as
      ``"110/10"``
    - ``data`` -- ``None``, or one ``n_0 x m_b`` matrix per block whose columns are inputs

    Coordinates are ``m{b}_{i}_{j}`` (pattern variety) or ``y{b}_{i}_{column}`` (output variety), by block, row,
    column; parameters ``w{l}_{i}_{j}``, the entries of ``W^(l)``.

    EXAMPLES::

        sage: from sage_mlvar import ReLURegionModel
        sage: M = ReLURegionModel([2, 3, 2], [[(1, 1, 0)], [(0, 1, 1)]])
        sage: M is ReLURegionModel([2, 3, 2], ["110", "011"])
        True
        sage: M.ideal()
        Ideal (0) of Multivariate Polynomial Ring in m0_0_0, ... over Rational Field
        sage: Y = ReLURegionModel([2, 2, 2], ["10", "11"], data=[[[1, 0, 1], [0, 1, 1]], [[1, 2], [0, 1]]])
        sage: Y.dimension(), Y.ring().ngens()
        (6, 10)
        sage: ReLURegionModel([2, 2, 2], ["12"])
        Traceback (most recent call last):
        ...
        ValueError: patterns[0] must consist of 0 and 1, with / between layers, got '12'
        sage: ReLURegionModel([2, 2, 2], ["101"])
        Traceback (most recent call last):
        ...
        ValueError: patterns[0] must have 2 entries in hidden layer 1, got 3

    TESTS::

        sage: from sage.misc.sage_unittest import TestSuite
        sage: TestSuite(M).run()
        sage: TestSuite(Y).run()
    """

    @staticmethod
    def __classcall_private__(cls, widths, patterns, data=None):
        widths = exact_widths(widths, least_length=3)
        patterns = _read_patterns(patterns, widths[1:-1])
        if data is not None:
            if isinstance(data, (str, dict)) or not hasattr(data, "__iter__"):
                raise TypeError(f"data must be a list of matrices, one per block, not {data!r}")
            blocks = list(data)
            if len(blocks) != len(patterns):
                raise ValueError(f"data must have {len(patterns)} matrices, one per block, got {len(blocks)}")
            data = tuple(exact_rows(block, f"data[{b}]", nrows=widths[0]) for b, block in enumerate(blocks))
        return super().__classcall__(cls, widths, patterns, data)

    def __init__(self, widths, patterns, data):
        self._widths = widths
        self._patterns = patterns
        self._data = data

    def _repr_(self):
        blocks = ", ".join("/".join("".join(map(str, layer)) for layer in block) for block in self._patterns)
        kind = "pattern variety" if self._data is None else "output variety"
        text = f"ReLU {kind} of widths {', '.join(map(str, self._widths))} with blocks {blocks}"
        if self._data is None:
            return text
        return f"{text} on {' + '.join(str(len(x[0])) for x in self._data)} inputs"

    def _latex_(self):
        subscript = "" if self._data is None else "V_X"
        blocks = r",\,".join("/".join("".join(map(str, layer)) for layer in block) for block in self._patterns)
        return (subscript or "U") + r"^{" + blocks + r"}_{(" + ",".join(map(str, self._widths)) + r")}"

    def patterns(self):
        r"""Return the activation patterns: one tuple per block, of one 0/1 tuple per hidden layer."""
        return self._patterns

    def data(self):
        r"""
        Return the data matrices over QQ, one per block, or ``None`` for a pattern variety.

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: ReLURegionModel([1, 1, 1], ["1"], data=[[["0.5", 2]]]).data()
            [[1/2   2]]
        """
        return None if self._data is None else [matrix(QQ, block) for block in self._data]

    def pattern_variety(self):
        r"""Return the pattern variety of the same network and blocks."""
        return ReLURegionModel(self._widths, self._patterns)

    def _ring(self):
        letter = "m" if self._data is None else "y"
        names = (
            f"{letter}{b}_{i}_{j}"
            for b, columns in enumerate(self.block_columns())
            for i in range(self._widths[-1])
            for j in range(columns)
        )
        return polynomial_ring(QQ, self.number_of_coordinates(), names)

    def number_of_coordinates(self):
        return self._widths[-1] * sum(self.block_columns())

    def _parametrization(self):
        # Each path through active neurons to an output gives a term.
        paths = sum(
            columns * prod(map(sum, block)) * (1 if self._data is None else self._widths[0])
            for columns, block in zip(self.block_columns(), self._patterns)
        )
        foresee_terms(self._widths[-1] * paths, self.number_of_parameters(), "the map")
        return super()._parametrization()

    def block_columns(self):
        r"""Return the number of columns of each block of coordinates."""
        if self._data is None:
            return [self._widths[0]] * len(self._patterns)
        return [len(block[0]) for block in self._data]

    def values(self, parameters):
        weights, flat = self.weights(list(parameters)), []
        for b, pattern in enumerate(watched(self._patterns, "multiplying the layers")):
            product = weights[0]
            for layer, active in zip(weights[1:], pattern):
                product = _product(layer, product, active)
            if self._data is not None:
                inputs = self._data[b]
                ring = getattr(product[0][0], "parent", lambda: QQ)()
                if ring.characteristic():
                    inputs = [[ring(ring.base_ring()(x)) for x in row] for row in inputs]
                product = _product(product, inputs, (1,) * self._widths[0])
            flat.extend(entry for row in product for entry in row)
        return flat

    def polynomial_map(self):
        from .relu_map import polynomial_map

        return polynomial_map(self)

    def tangent(self, prime, seed=0):
        from .relu_map import tangent

        return tangent(self, prime, seed)

    def reduced_parameters(self):
        from .relu_map import normal_form

        return [entry for W in normal_form(self) for row in W for entry in row]

    def symmetry(self):
        from .relu_map import symmetry

        return symmetry(self)

    def block_matrices(self, point=None):
        r"""
        Return the coordinates as one matrix per block.

        INPUT:

        - ``point`` -- flat list of values; the variables of the ring by default

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: ReLURegionModel([2, 2, 1], ["10", "11"]).block_matrices()
            [[m0_0_0 m0_0_1], [m1_0_0 m1_0_1]]
        """
        entries = list(self.ring().gens() if point is None else point)
        rows, result, start = self._widths[-1], [], 0
        base = self.ring() if point is None else QQ
        for columns in self.block_columns():
            result.append(matrix(base, rows, columns, entries[start : start + rows * columns]))
            start += rows * columns
        return result

    def _flatten(self, values, name, ring):
        r"""Accept, besides flat lists and dictionaries, one matrix per block or per layer."""
        if not isinstance(values, dict) and hasattr(values, "__iter__") and not isinstance(values, str):
            values = list(values)
            if values and not isinstance(values[0], str) and hasattr(values[0], "__iter__"):
                if ring is self.ring():
                    shapes = [(self._widths[-1], columns) for columns in self.block_columns()]
                else:
                    shapes = list(zip(self._widths[1:], self._widths))
                if len(values) != len(shapes):
                    raise ValueError(f"{name} must have {len(shapes)} matrices, got {len(values)}")
                checked = [
                    exact_rows(value, f"{name}[{k}]", *shape) for k, (value, shape) in enumerate(zip(values, shapes))
                ]
                values = [entry for block in checked for row in block for entry in row]
        return super()._flatten(values, name, ring)

    @cached_property
    def _structure(self):
        from .relu_structure import Structure

        return Structure(self)

    def expected_dimension(self):
        r"""
        Return the sum of the dimensions of the determinantal varieties of the membership classes, capped (shallow
        networks).

        Deep networks: the number of parameters less the mixing of neurons, capped.

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: ReLURegionModel([3, 4, 3], ["1110", "0111"]).expected_dimension()
            18
        """
        return min([self.number_of_coordinates(), *(bound for bound, _ in self.dimension_bounds())])

    def dimension_bounds(self):
        return self._structure.dimension_bounds()

    def known_dimension(self):
        return self._structure.known_dimension()

    def known_ideal(self, options):
        return self._structure.known_ideal(options)

    def to_dict(self):
        r"""Return the model as plain data, the content of a model file."""
        return {
            "model": "ReLURegionModel",
            "widths": list(self._widths),
            "patterns": [["".join(map(str, layer)) for layer in block] for block in self._patterns],
            "data": None if self._data is None else [[[str(x) for x in row] for row in block] for block in self._data],
        }

    @classmethod
    def from_dict(cls, data):
        r"""
        Return the model that :meth:`to_dict` described.

        EXAMPLES::

            sage: from sage_mlvar import ReLURegionModel
            sage: M = ReLURegionModel([2, 3, 2, 2], ["110/10", "011/11"])
            sage: ReLURegionModel.from_dict(M.to_dict()) is M
            True
        """
        patterns = [block if isinstance(block, str) else "/".join(map(str, block)) for block in data["patterns"]]
        return cls(data["widths"], patterns, data.get("data"))


def _product(left, right, active):
    r"""Return ``left * diag(active) * right`` for lists of rows."""
    inner = [s for s, on in enumerate(active) if on]
    zero = left[0][0] * 0 * right[0][0]
    return [
        [sum((row[s] * right[s][j] for s in inner), zero) for j in range(len(right[0]))]
        for row in watched(left, "multiplying the layers")
    ]


def _read_patterns(patterns, hidden):
    if isinstance(patterns, (str, dict)) or not hasattr(patterns, "__iter__"):
        raise TypeError(f"patterns must be a list of blocks, not {patterns!r}")
    blocks = list(patterns)
    if not blocks:
        raise ValueError("patterns must have at least one block, got none")
    return tuple(_read_block(block, f"patterns[{b}]", hidden) for b, block in enumerate(blocks))


def _read_block(block, name, hidden):
    if isinstance(block, str):
        if set(block) - set("01/"):
            raise ValueError(f"{name} must consist of 0 and 1, with / between layers, got {block!r}")
        layers = [tuple(map(int, layer)) for layer in block.split("/")]
    elif not hasattr(block, "__iter__"):
        raise TypeError(f"{name} must be a list of 0/1 tuples or a string, not {block!r}")
    else:
        layers = list(block)
        for entry in layers:
            if not hasattr(entry, "__iter__"):
                raise TypeError(f"{name} must be a list of 0/1 tuples, one per hidden layer, not {block!r}")
        layers = [tuple(map(int, entry) if isinstance(entry, str) else entry) for entry in layers]
    if len(layers) != len(hidden):
        raise ValueError(f"{name} must have {len(hidden)} hidden layers, got {len(layers)}")
    for number, (layer, width) in enumerate(zip(layers, hidden), start=1):
        if any(isinstance(entry, bool) or entry not in (0, 1) for entry in layer):
            raise ValueError(f"{name} must consist of 0 and 1, got {layer!r} in hidden layer {number}")
        if len(layer) != width:
            raise ValueError(f"{name} must have {width} entries in hidden layer {number}, got {len(layer)}")
    return tuple(tuple(int(entry) for entry in layer) for layer in layers)
