"""Leaving no trace in what pandas remembers.

An Index keeps, in `_cache`, whatever was once computed about it. And data that can be shared keep a list of weak
references to all that ever shared them, which pandas clears from time to time: the last of ours stay until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from ...attributes import instance_attributes

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


def _axes_of(obj: Any) -> list[Any]:
    manager = (instance_attributes(obj) or {}).get("_mgr")
    return list(getattr(manager, "axes", ()))


def _keys_of(owner: Any) -> set[str] | None:
    cache = (instance_attributes(owner) or {}).get(_CACHE)
    return set(cache) if type(cache) is dict else None


def _forget_new(owner: Any, keys: set[str] | None) -> None:
    cache = (instance_attributes(owner) or {}).get(_CACHE)
    if type(cache) is not dict:
        return
    if keys is None:
        del owner._cache
        return
    for key in set(cache) - keys:
        cache.pop(key, None)


def _sharing_of(owner: Any) -> Iterator[Any]:
    stored: dict[str, Any] = instance_attributes(owner) or {}
    yield stored.get("_references")
    for level in stored.get("_levels") or ():
        yield (instance_attributes(level) or {}).get("_references")
    for block in getattr(stored.get("_mgr"), "blocks", ()):
        yield getattr(block, "refs", None)


def _clear_dead(references: Any) -> None:
    found = getattr(references, "referenced_blocks", None)
    if type(found) is list:
        found[:] = [one for one in found if one() is not None]
