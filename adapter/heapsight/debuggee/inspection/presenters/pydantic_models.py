"""Models of pydantic (2 and later): their fields, without calling anything of the model's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...attributes import find_class_attribute, instance_attributes, slot_values, type_name
from ..members import Member, attribute
from ..text.writing import Writing
from .presentation import Presentation


def _stored(obj: Any, name: str) -> dict[str, object]:
    """Return what a model keeps beside its fields: `__pydantic_extra__` or `__pydantic_private__`."""
    found = slot_values(obj).get(name)
    return {key: value for key, value in dict.items(found) if type(key) is str} if type(found) is dict else {}


def _hidden_fields(cls: type) -> set[str]:
    """Return the names of fields that say `repr=False`."""
    for name in ("__pydantic_fields__", "model_fields"):
        fields = find_class_attribute(cls, name)
        if type(fields) is dict:
            return {field for field, info in fields.items() if slot_values(info).get("repr") is False}
    return set()


def _write(writing: Writing, obj: Any, depth: int) -> None:
    hidden = _hidden_fields(type(obj))
    stored = (instance_attributes(obj) or {}) | _stored(obj, "__pydantic_extra__")
    writing.put(f"{type_name(type(obj))}(")
    if writing.enter(obj):
        writing.fields([(name, value) for name, value in stored.items() if name not in hidden], depth + 1)
        writing.leave(obj)
    else:
        writing.put("...")
    writing.close(")")


def _members(obj: Any) -> Iterator[Member]:
    for name, value in (instance_attributes(obj) or {}).items():
        yield attribute(name, value)
    for kind in ("__pydantic_extra__", "__pydantic_private__"):
        for name, value in _stored(obj, kind).items():
            yield attribute(name, value)


MODEL = Presentation(text=_write, members=_members, hides_insides=True)
