"""Whether an instruction that is about to run concerns a watched place."""

from __future__ import annotations

import ctypes
from types import BuiltinFunctionType, FrameType, MethodType, MethodWrapperType
from typing import Any, cast

from ...frame_layout import words_of
from .container_places import IndexPlace, KeyPlace
from .places import LocalPlace, NamespacePlace, Place
from .sites import Site, Subject

# Their classes are the interpreter's own: asking for `__self__` runs no code of the program's.
_BOUND = (BuiltinFunctionType, MethodWrapperType, MethodType)


def concerns(site: Site, place: Place, frame: FrameType) -> bool:
    """Say whether the instruction of `site`, about to run in `frame`, writes (or reads) `place`, as far as can be told.

    Where frames cannot be read every such instruction is taken to; for reading that would be wrong, and none is.
    """
    subject = site.subject
    if subject is Subject.UNKNOWN:
        return not site.reads
    if subject is Subject.FRAME:
        return isinstance(place, LocalPlace) and place.frame is frame
    if subject is Subject.GLOBALS:
        return isinstance(place, NamespacePlace) and place.namespace is frame.f_globals
    if subject is Subject.LOCALS:
        return isinstance(place, NamespacePlace) and _is_in_namespace(place, frame, reads=site.reads)
    words = words_of(frame, site.first_word, site.count)
    if words is None:
        return not site.reads
    if place.addresses.isdisjoint(words):
        return site.calls and _bound_to(words) in place.addresses
    return not site.keyed or _has_key(site, place, frame)


def _bound_to(words: list[int]) -> int:
    """Return the address of the object that a method in C is bound to, where a call has such a one for its function."""
    first, second = words[:2]
    if first and second:
        return 0
    function = _object_at(first or second)
    if any(type(function) is kind for kind in _BOUND):
        return id(function.__self__)
    return 0


def _object_at(address: int) -> Any:
    """Return an object that lies on the stack of a frame that does not move."""
    return ctypes.cast(address, ctypes.py_object).value


def _is_in_namespace(place: NamespacePlace, frame: FrameType, *, reads: bool) -> bool:
    namespace: object = frame.f_locals
    if namespace is place.namespace:
        return True
    if not reads or place.namespace is not frame.f_globals or not issubclass(type(namespace), dict):
        return False
    return place.name not in cast("dict[object, object]", namespace)


def _has_key(site: Site, place: Place, frame: FrameType) -> bool:
    """Say whether the item that is read is the one that is watched."""
    if not isinstance(place, IndexPlace | KeyPlace):
        return False
    # The container is where it should be, so the key is on top of it, and lives as long as the frame stands here.
    words = words_of(frame, site.first_word + site.count, 1)
    return words is not None and place.means(_object_at(words[0]))
