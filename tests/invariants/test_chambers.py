r"""Chambers of the ED discriminant, against counts that are known from the geometry of conics."""

import numpy as np
import pytest
from algebra import plane, quadric_classifier

from sage_mlvar.errors import BackendTimeout
from sage_mlvar.invariants import discriminant
from sage_mlvar.invariants.chambers import _free_steps

from sage.rings.polynomial.polynomial_ring_constructor import PolynomialRing
from sage.rings.rational_field import QQ

X, Y = plane(2)
A, B, C = plane(3)
ELLIPSE = quadric_classifier(X**2 + 4 * Y**2 - 4).boundary()


def inside_the_evolute(s, t):
    r"""Whether four normals of the ellipse pass through the point: the Lamé curve (2 s)^(2/3) + t^(2/3) < 3^(2/3)."""
    return abs(2 * s) ** (2 / 3) + abs(t) ** (2 / 3) < 3 ** (2 / 3)


def test_the_ellipse():
    record = ELLIPSE.compute("chambers", grid=30)
    chambers = record.value
    assert record.status == "proved"
    assert "30 x 30 grid sees" in record.argument
    assert chambers.counts() == [2, 4]
    for j, t in enumerate(chambers.axes[1]):
        for i, s in enumerate(chambers.axes[0]):
            sample = chambers.samples[chambers.labels[j, i]]
            assert sample.real == (4 if inside_the_evolute(float(s), float(t)) else 2)
    assert sum(sample.size for sample in chambers.samples) == 900
    assert record.to_dict()["value"]["samples"]


def test_a_plane_in_space():
    boundary = quadric_classifier(A**2 + 2 * B**2 + 3 * C**2 - 1).boundary()
    height = QQ((1, 10))
    chambers = boundary.chambers(slice=[[0, 0, height], [1, 0, height], [0, 1, height]], window=[[-1, 1], [-1, 1]])
    assert chambers.counts() == [2, 4, 6]
    with pytest.raises(ValueError, match="slice must be given"):
        boundary.chambers()


def test_each_point_by_itself_without_the_discriminant(monkeypatch):
    def out_of_reach(*arguments):
        raise BackendTimeout("time limit")

    monkeypatch.setattr(discriminant, "hypersurface_discriminant", out_of_reach)
    boundary = quadric_classifier(X**2 + 9 * Y**2 - 9).boundary()
    chambers = boundary.chambers(grid=4, seed=3)
    assert chambers.discriminant is None
    assert len(chambers.samples) == 16
    assert chambers.counts() == [2, 4]
    assert chambers.plot() is not None


def test_steps_that_meet_a_zero():
    ring = PolynomialRing(QQ, ["s", "t"])
    s, _ = ring.gens()
    nodes = [QQ(k) for k in range(5)]
    assert _free_steps((2 * s - 1) * (s**2 + 1), 0, nodes) == [False, True, True, True]
    assert _free_steps((s - 2) ** 2, 0, nodes) == [True, False, False, True]
    assert _free_steps(ring.zero(), 0, nodes) == [False] * 4
    assert _free_steps(ring.one(), 0, nodes) == [True] * 4


def test_the_picture(tmp_path):
    figure = ELLIPSE.chambers(grid=20).plot(u=["1/2", "1/3"])
    figure.savefig(tmp_path / "chambers.png", dpi=40)
    assert (tmp_path / "chambers.png").stat().st_size > 2000
    # What a notebook asks for.
    assert figure._repr_png_().startswith(b"\x89PNG")
    axes = figure.axes[0]
    stars = [line for line in axes.lines if line.get_marker() == "*"]
    (nearest,) = [np.array(line.get_xydata()[0]) for line in stars]
    point = ELLIPSE.critical_points(["1/2", "1/3"])[0]
    assert np.allclose(nearest, [float(x.mid()) for x in point.coordinates])
    assert len([line for line in axes.lines if line.get_marker() == "o"]) == 3
    space = quadric_classifier(A**2 + B**2 + 2 * C**2 - 1).boundary()
    chambers = space.chambers(slice=[[0, 0, 0], [1, 0, 0], [0, 1, 0]], grid=5)
    with pytest.raises(ValueError, match="plane of the slice"):
        chambers.plot(u=[0, 0, 1])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"window": [[1, 0], [0, 1]]}, "low < high"),
        ({"window": [[0, 1]]}, "2 rows"),
        ({"grid": 1}, "at least 2"),
        ({"slice": [[0, 0], [1, 0]]}, "3 points"),
    ],
)
def test_bad_input(options, words):
    with pytest.raises(ValueError, match=words):
        ELLIPSE.chambers(**options)
