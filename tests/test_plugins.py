r"""Plug-ins that are broken, double or of another time are left out with a warning; the others work."""

import pytest

from sage_mlvar import backends, plugins
from sage_mlvar.backends import Backend
from sage_mlvar.backends.singular import SingularBackend
from sage_mlvar.certify import registry

BUILT_IN = ["giac", "msolve", "singular"]


class Stranger(SingularBackend):
    name = "stranger"


class OldStranger(Stranger):
    api = 0


class Entry:
    def __init__(self, name, value, loaded):
        self.name, self.value, self.loaded = name, value, loaded

    def load(self):
        if isinstance(self.loaded, Exception):
            raise self.loaded
        return self.loaded


@pytest.fixture
def install(monkeypatch):
    r"""Return a function that makes entry points of backends appear."""
    real = plugins.entry_points

    def install(*entries, only=False):
        def found(group):
            ours = [] if only else list(real(group=group))
            return [*entries, *ours] if group == "sage_mlvar.backends" else ours

        monkeypatch.setattr(plugins, "entry_points", found)
        plugins.classes.cache_clear()

    yield install
    monkeypatch.undo()
    plugins.classes.cache_clear()


def test_a_stranger_comes_by_the_same_route(install):
    install(Entry("stranger", "other:Stranger", Stranger))
    assert backends.names() == sorted([*BUILT_IN, "stranger"])
    assert isinstance(backends.get("stranger"), Stranger)
    assert backends.get("stranger") is backends.get("stranger")


@pytest.mark.parametrize(
    ("loaded", "words"),
    [
        (ImportError("no module named 'nonsense'"), "'other:Thing'.*left out.*nonsense"),
        (RuntimeError("boom"), "'other:Thing'.*left out.*boom"),
        (Stranger(), "'other:Thing'.*left out.*expected a class"),
        (OldStranger, "'other:Thing'.*left out.*speaks api 0"),
    ],
)
def test_a_broken_plug_in_is_left_out(install, loaded, words):
    install(Entry("thing", "other:Thing", loaded))
    with pytest.warns(UserWarning, match=words):
        assert backends.names() == BUILT_IN
    assert backends.names() == BUILT_IN  # and warned of once
    with pytest.raises(ValueError, match="unknown backend 'thing'"):
        backends.get("thing")


def test_a_stranger_cannot_take_a_built_in_name(install):
    install(Entry("singular", "aaa:Stranger", Stranger))
    with pytest.warns(UserWarning, match="'aaa:Stranger' left out: the name 'singular' .* is taken"):
        assert type(backends.get("singular")) is SingularBackend


def test_two_strangers_with_one_name(install):
    install(Entry("s", "b:S", OldStranger), Entry("s", "a:S", Stranger))
    with pytest.warns(UserWarning, match="'b:S' left out: the name 's' .* is taken by 'a:S'"):
        assert isinstance(backends.get("s"), Stranger)


def test_one_entry_found_twice_is_no_clash(install):
    install(Entry("s", "a:S", Stranger), Entry("s", "a:S", Stranger))
    assert "s" in backends.names()


def test_without_any_backend_the_error_says_so(install):
    install(only=True)
    assert backends.names() == []
    with pytest.raises(ValueError, match="unknown backend 'singular'; known backends: "):
        backends.get("singular")


def test_built_in_backends_are_backends():
    assert backends.names() == BUILT_IN
    assert all(isinstance(backends.get(name), Backend) for name in BUILT_IN)


@pytest.mark.parametrize(
    ("group", "kind", "names"),
    [
        ("sage_mlvar.certifiers", "Certifier", lambda: list(registry.known())),
        ("sage_mlvar.backends", "Backend", backends.names),
    ],
)
def test_a_class_of_another_kind_is_left_out_with_a_warning(monkeypatch, group, kind, names):
    real, before = plugins.entry_points, names()
    strange = Entry("strange", "other:Strange", dict)
    monkeypatch.setattr(plugins, "entry_points", lambda group: [strange, *real(group=group)])
    plugins.classes.cache_clear()
    try:
        with pytest.warns(UserWarning, match=f"'other:Strange' of '{group}' left out.*a subclass of {kind}"):
            assert names() == before
    finally:
        monkeypatch.undo()
        plugins.classes.cache_clear()
