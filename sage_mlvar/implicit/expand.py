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


def orbit(action, forms, deadline=None):
    r"""
    Return a basis of the representations that highest-weight vectors generate, one representation after the other.

    Lowering operators of simple roots are applied level by level, and in each weight an independent subset is kept
    (independent modulo a prime, hence over `\QQ`); that Weyl's dimension formula is met proves it a basis.

    INPUT:

    - ``action`` -- :class:`~sage_mlvar.implicit.action.Action`
    - ``forms`` -- :class:`~sage_mlvar.implicit.forms.Forms`: highest-weight vectors of one weight
    - ``deadline`` -- :class:`~sage_mlvar.options.Deadline` or ``None``
    """
    monomials = forms.monomials
    if not forms.count:
        return forms
    highest = action.weights[monomials.unrank(forms.keys[:1])[0]].sum(axis=0)
    lowering = [root for root in action.roots if root.simple]
    # The label of a polynomial: which vector it comes from, and its weight.
    level = forms.primitive()
    labels = np.column_stack([np.arange(forms.count), np.tile(highest, (forms.count, 1))])
    found, sources = [], []
    while level.count:
        if deadline is not None:
            deadline.check("expanding representations")
        found.append(level)
        sources.append(labels[:, 0])
        level, labels = _lower(level, labels, lowering)
    basis, source = Forms.concatenate(monomials, found), np.concatenate(sources)
    dimension = action.dimension(highest.tolist())
    if (np.bincount(source, minlength=forms.count) != dimension).any():
        raise ArithmeticError(
            f"lowering operators give {basis.count} polynomials instead of {forms.count} times {dimension}; "
            "is the declared symmetry right?"
        )
    return basis.take(np.argsort(source, kind="stable"))


def _lower(level, labels, lowering):
    # All operators on the whole level at once; then, label by label, an independent subset.
    images, moved = [], []
    for root in lowering:
        image = level.derive(root.lowering)
        alive = np.unique(image.owner)
        images.append(image.take(alive))
        shifted = labels[alive]
        shifted[:, 1 + root.a] -= 1
        shifted[:, 1 + root.b] += 1
        moved.append(shifted)
    candidates = Forms.concatenate(level.monomials, images).primitive()
    labels = np.concatenate(moved)
    if not candidates.count:
        return candidates, labels
    p = modular.primes(1)[0]
    order = np.lexsort(labels.T[::-1])
    change = (labels[order][1:] != labels[order][:-1]).any(axis=1)
    kept = []
    for group in np.split(order, np.flatnonzero(change) + 1):
        if len(group) > 1:
            part = candidates.take(group)
            group = group[modular.echelon(part.dense(np.unique(part.keys), p).T, p)[1]]
        kept.append(group)
    kept = np.concatenate(kept)
    return candidates.take(kept), labels[kept]
