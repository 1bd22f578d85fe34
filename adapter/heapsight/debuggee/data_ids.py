"""`dataId`s: names for places that a data breakpoint can be set on, the same for a place as long as it is known.

A place lasts where remembering it keeps nothing alive, and where a breakpoint is set on it. The others are forgotten
when the program goes on. A name of a module says by itself what it stands for, in later sessions, too.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType, ModuleType
from typing import cast

from .attributes import find_class_attribute, instance_attributes, type_name
from .engine.watchpoints.container_places import IndexPlace, KeyPlace, LengthPlace
from .engine.watchpoints.modules import module_of, namespace_of
from .engine.watchpoints.places import AttributePlace, NamespacePlace, Place, variable_of
from .errors import RequestError
from .inspection.members import Storage
from .inspection.origins import Origin

_MODULE = "module:"


class DataIds:
    """Number ↔ place. `is_set` says whether there is a breakpoint on a place."""

    def __init__(self, is_set: Callable[[Place], bool]) -> None:
        self._is_set = is_set
        self._places: dict[str, Place] = {}
        self._last = 0

    def id_of(self, place: Place) -> str:
        """Return the name of a place, the one that it has if it has one."""
        if isinstance(place, NamespacePlace) and place.module is not None:
            data_id = f"{_MODULE}{place.module}:{place.name}"
            self._places.setdefault(data_id, place)
            return data_id
        for data_id, known in self._places.items():
            if known.key == place.key and not known.is_gone():
                return data_id
        self._last += 1
        data_id = f"{self._last}:{place.label}"
        self._places[data_id] = place
        return data_id

    def place(self, data_id: str) -> Place | None:
        """Return the place of that name; None where it is not known any more."""
        if data_id not in self._places and data_id.startswith(_MODULE):
            module, _, name = data_id.removeprefix(_MODULE).rpartition(":")
            if module and name:
                self._places[data_id] = NamespacePlace(f"{module}.{name}", None, name, module)
        return self._places.get(data_id)

    def forget_passing(self) -> None:
        """Forget places that are gone, or would keep something alive without a breakpoint being set on them."""
        self._places = {
            data_id: place
            for data_id, place in self._places.items()
            if self._is_set(place) or (place.lasts and not place.is_gone())
        }


def place_of(origin: Origin) -> Place:
    """Return the place that a value is stored in. Raises RequestError where it cannot be watched."""
    owner, key, label = origin.owner, origin.key, origin.label
    if origin.storage is Storage.LOCAL and isinstance(owner, FrameType):
        return variable_of(label, owner, cast(str, key))
    if origin.storage is Storage.GLOBAL:
        return _name_in(cast("dict[str, object]", owner), cast(str, key), label)
    if origin.storage is Storage.LENGTH:
        if not LengthPlace.can_watch(owner):
            raise RequestError(f"The length of a {type_name(type(owner))} cannot be watched.")
        return LengthPlace(label, owner)
    return _item(owner, key, label) if origin.storage is Storage.ITEM else _attribute(owner, cast(str, key), label)


def _name_in(namespace: dict[str, object], name: str, label: str) -> Place:
    module = module_of(namespace)
    if module is None:
        place = NamespacePlace(label, None, name)
        place.bind(namespace, None)
        return place
    module_name = cast(str, namespace["__name__"])
    place = NamespacePlace(f"{module_name}.{name}", None, name, module_name)
    place.bind(namespace, module)
    return place


def _item(container: object, key: object, label: str) -> Place:
    if issubclass(type(container), list):
        if type(key) is not int:
            raise RequestError("Of a list single items can be watched, and its len().")
        return IndexPlace(label, cast("list[object]", container), key)
    if issubclass(type(container), dict):
        namespace = cast("dict[object, object]", container)
        if type(key) is str and module_of(cast("dict[str, object]", namespace)) is not None:
            return _name_in(cast("dict[str, object]", namespace), key, label)
        return KeyPlace(label, namespace, key)
    raise RequestError(f"Items of dicts and lists can be watched, not those of a {type_name(type(container))}.")


def _attribute(owner: object, name: str, label: str) -> Place:
    if issubclass(type(owner), ModuleType):
        namespace = namespace_of(owner)
        if namespace is None:
            raise RequestError("This module has no namespace.")
        return _name_in(namespace, name, label)
    if issubclass(type(owner), type):
        return AttributePlace(label, owner, name)
    stored = instance_attributes(owner)
    found = find_class_attribute(type(owner), name)
    place = AttributePlace(label, owner, name)
    if place.has_slot or (stored is not None and name in stored):
        return place
    if found is not None and find_class_attribute(type(found), "__set__") is not None:
        raise RequestError(f"{name!r} is computed by its class: break on the attribute that its value is stored in.")
    if stored is None:
        raise RequestError(f"A {type_name(type(owner))} object stores {name!r} where it cannot be watched.")
    return place
