"""Leaving no trace in what pandas remembers.

An Index keeps, in `_cache`, whatever was once computed about it. And data that can be shared keep a list of weak
references to all that ever shared them, which pandas clears from time to time: the last of ours stay until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from ...attributes import find_class_attribute

T = TypeVar("T")
_CACHE = "_cache"


@contextmanager
def caches_kept(obj: Any) -> Iterator[None]:
    """Take out of the caches of `obj` and of its axes what is put there meanwhile."""
    owners = [obj, *_axes_of(obj)]
    before = [_keys_of(owner) for owner in owners]
    try:
        yield
    finally:
        for owner, keys in zip(owners, before, strict=True):
            _forget_new(owner, keys)
            for references in _sharing_of(owner):
                _clear_dead(references)


def keeping(function: Callable[..., T]) -> Callable[..., T]:
    """Wrap a function of some object of pandas': its caches are afterwards what they were."""

    def wrapped(obj: Any, *arguments: Any) -> T:
        with caches_kept(obj):
            return function(obj, *arguments)

    return wrapped


def listing(function: Callable[[Any], Iterable[T]]) -> Callable[[Any], list[T]]:
    """Wrap a generator function likewise: it runs to its end at once."""

    def wrapped(obj: Any) -> list[T]:
        with caches_kept(obj):
            return list(function(obj))

    return wrapped


def writer(function: Callable[[Any, Any, int], None]) -> Callable[[Any, Any, int], None]:
    """Wrap a writer likewise."""

    def wrapped(writing: Any, obj: Any, depth: int) -> None:
        with caches_kept(obj):
            function(writing, obj, depth)

    return wrapped


def stored(owner: Any, name: str) -> Any:
    """Return an attribute that an object of pandas' stores; None where it has none, or would compute it.

    Reading one by its name makes no dict of what the object keeps inline.
    """
    if find_class_attribute(type(find_class_attribute(type(owner), name)), "__get__") is not None:
        return None
    try:
        return object.__getattribute__(owner, name)
    except AttributeError:
        return None


def _axes_of(obj: Any) -> list[Any]:
    return list(getattr(stored(obj, "_mgr"), "axes", ()))


def _keys_of(owner: Any) -> set[str] | None:
    cache = stored(owner, _CACHE)
    return set(cache) if type(cache) is dict else None


def _forget_new(owner: Any, keys: set[str] | None) -> None:
    cache = stored(owner, _CACHE)
    if type(cache) is not dict:
        return
    if keys is None:
        del owner._cache
        return
    for key in set(cache) - keys:
        cache.pop(key, None)


def _sharing_of(owner: Any) -> Iterator[Any]:
    yield stored(owner, "_references")
    for level in stored(owner, "_levels") or ():
        yield stored(level, "_references")
    for block in getattr(stored(owner, "_mgr"), "blocks", ()):
        yield getattr(block, "refs", None)


def _clear_dead(references: Any) -> None:
    found = getattr(references, "referenced_blocks", None)
    if type(found) is list:
        found[:] = [one for one in found if one() is not None]
