r"""
All polynomials of an irreducible representation, from its highest-weight vector.

EXAMPLES: the `2 \times 2` minors of a `2 \times 3` matrix from one of them::

    sage: import numpy as np
    sage: from sage_mlvar.implicit import Symmetry
    sage: from sage_mlvar.implicit.action import Action
    sage: from sage_mlvar.implicit.expand import orbit
    sage: from sage_mlvar.implicit.forms import Forms, Monomials
    sage: S = Symmetry.matrix_copies(np.arange(6).reshape(1, 2, 3), "a matrix")
    sage: M = Monomials(6, 2)
    sage: minor = Forms.collect(M, 1, [0, 0], M.rank([[0, 4], [1, 3]]), [1, -1])
    sage: minors = orbit(Action.of(S, S.weights), minor)
    sage: [minors.terms(i) for i in range(3)]
    [[((1, 3), -1), ((0, 4), 1)], [((2, 3), -1), ((0, 5), 1)], [((2, 4), -1), ((1, 5), 1)]]
"""

import numpy as np

from . import modular
from .forms import Forms

__all__ = ["orbit"]


def orbit(action, form, deadline=None):
    r"""
    Return a basis of the representation that one highest-weight vector generates.

    Lowering operators of simple roots are applied, weight by weight, and an independent subset is kept (independent
    modulo a prime, hence over `\QQ`); that Weyl's dimension formula is met proves it a basis.

    INPUT:

    - ``action`` -- :class:`~sage_mlvar.implicit.action.Action`
    - ``form`` -- :class:`~sage_mlvar.implicit.forms.Forms` with one polynomial
    """
    monomials = form.monomials
    p = modular.primes(1)[0]
    highest = tuple(action.weights[monomials.unrank(form.keys[:1])[0]].sum(axis=0).tolist())
    lowering = [root for root in action.roots if root.simple]
    level, found = {highest: form.primitive()}, []
    while level:
        below = {}
        for weight, forms in sorted(level.items(), reverse=True):
            if deadline is not None:
                deadline.check("expanding a representation")
            found.append(forms)
            for root in lowering:
                image = forms.derive(root.lowering)
                if len(image.keys):
                    target = list(weight)
                    target[root.a] -= 1
                    target[root.b] += 1
                    below.setdefault(tuple(target), []).append(image)
        level = {}
        for weight, parts in below.items():
            candidates = Forms.concatenate(monomials, parts)
            keys = np.unique(candidates.keys)
            independent = modular.echelon(candidates.dense(keys, p).T, p)[1]
            level[weight] = candidates.take(independent).primitive()
    basis = Forms.concatenate(monomials, found)
    if basis.count != action.dimension(highest):
        raise ArithmeticError(
            f"lowering operators give {basis.count} polynomials, the representation has dimension "
            f"{action.dimension(highest)}; is the declared symmetry right?"
        )
    return basis
