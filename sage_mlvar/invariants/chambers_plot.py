r"""
The picture of :meth:`sage_mlvar.invariants.chambers.Chambers.plot`.
"""

import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure

from ..exact import rational_list

__all__ = ["Picture", "draw"]

_FINE = 400


class Picture(Figure):
    r"""A Matplotlib figure that a notebook shows also without ``%matplotlib inline``."""

    def _repr_png_(self):
        file = io.BytesIO()
        self.savefig(file, format="png")
        return file.getvalue()


def draw(chambers, u, options):
    r"""Return a :class:`Picture` of ``chambers``, with the critical points of ``u``."""
    figure = Picture(figsize=(6.4, 5.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    s, t = (np.array([float(c) for c in nodes]) for nodes in chambers.axes)
    window = [(line[0] - (line[1] - line[0]) / 2, line[-1] + (line[1] - line[0]) / 2) for line in (s, t)]

    counts = chambers.counts()
    shades = ListedColormap([_SHADES[k % len(_SHADES)] for k in range(len(counts))])
    norm = BoundaryNorm(np.arange(len(counts) + 1) - 0.5, len(counts))
    index = np.array([counts.index(sample.real) for sample in chambers.samples] + [-1])
    shown = np.ma.masked_less(index[chambers.labels], 0)
    axes.pcolormesh(s, t, shown, cmap=shades, norm=norm, shading="nearest", zorder=0)
    bar = figure.colorbar(ScalarMappable(norm, shades), ax=axes, ticks=range(len(counts)))
    bar.ax.set_yticklabels([str(count) for count in counts])
    bar.set_label("real critical points")

    fine = [np.linspace(*interval, _FINE) for interval in window]
    mesh = np.meshgrid(*fine)
    if chambers.discriminant is not None and not chambers.discriminant.is_constant():
        axes.contour(*mesh, _signed_root(chambers.discriminant, mesh), levels=[0], colors="#b03030", linewidths=1.2)
        axes.plot([], [], color="#b03030", label="ED discriminant")
    restricted = _restricted(chambers)
    if not restricted.is_constant():
        axes.contour(*mesh, _signed_root(restricted, mesh), levels=[0], colors="black", linewidths=1.6)
        axes.plot([], [], color="black", label="decision boundary")
    if u is not None:
        _mark(axes, chambers, rational_list(u, "u", chambers.boundary.ring().ngens()), options)
    axes.set_xlim(*window[0])
    axes.set_ylim(*window[1])
    axes.set_aspect("equal")
    names = ("x0", "x1") if len(chambers.slice[0]) == 2 and chambers.slice == _WHOLE else ("s", "t")
    axes.set_xlabel(names[0])
    axes.set_ylabel(names[1])
    axes.legend(loc="upper right", fontsize="small")
    return figure


_SHADES = ("#dbe9f6", "#fdebc8", "#d7efd4", "#f6d5d5", "#e3daf0", "#f9f2b0", "#cfeaea", "#eadfcf")
_WHOLE = ((0, 0), (1, 0), (0, 1))


def _mark(axes, chambers, u, options):
    place = chambers.parameters_of(u)
    if place is None:
        raise ValueError("u must lie in the plane of the slice")
    found = chambers.boundary.critical_points(u, **options)
    nearest = found.nearest()
    others = [point for point in [*found.real(), *found.singular] if point.is_real and point not in nearest]
    for points, style in (
        (others, {"marker": "o", "color": "#404040"}),
        (nearest, {"marker": "*", "color": "#0050b0"}),
    ):
        label = "nearest" if points is nearest else "critical points"
        for point in points:
            where = chambers.parameters_of([float(x.mid()) for x in point.coordinates])
            if where is None:
                continue  # not in the plane of the picture
            if points is nearest:
                axes.plot(*zip(place, where), color="#0050b0", linewidth=1, zorder=4)
            axes.plot(
                *where, linestyle="none", markersize=11 if points is nearest else 5, zorder=5, label=label, **style
            )
            label = None
    axes.plot(*place, marker="x", color="black", markersize=8, linestyle="none", zorder=6, label="data point")


def _restricted(chambers):
    from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
    from sage.rings.rational_field import QQ

    s, t = PolynomialRing(QQ, ["s", "t"]).gens()
    base, first, second = chambers.slice
    point = [a + s * (b - a) + t * (c - a) for a, b, c in zip(base, first, second)]
    return chambers.boundary.squarefree_part()(*point)


def _signed_root(f, mesh):
    r"""Return values of a polynomial in two variables on a mesh, flattened by a root to draw better."""
    largest = max(abs(c) for c in f.coefficients())
    total = np.zeros_like(mesh[0])
    for (i, j), c in f.dict().items():
        total += float(c / largest) * mesh[0] ** int(i) * mesh[1] ** int(j)
    return np.sign(total) * np.abs(total) ** (1 / max(int(f.degree()), 1))
