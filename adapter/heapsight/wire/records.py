"""Classes that are mostly fields, as `dataclasses` makes them, in a tenth of the time.

The agent has a hundred of them, and a program waits for them to be made before its first line: `dataclasses`, and
`inspect` that it imports, are half of the agent's start. What a type checker tells is the same (PEP 681); that a record
is not changed is checked by it alone, so that making one costs no more than storing its fields.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform, overload

_T = TypeVar("_T")
_C = TypeVar("_C", bound=type)


class _Made:
    """The default of a field of which each record gets one of its own."""

    __slots__ = ("factory",)

    def __init__(self, factory: Callable[[], object]) -> None:
        self.factory = factory


def field(*, default_factory: Callable[[], _T]) -> _T:
    """Return, as the default of a field, that `default_factory` makes one for each record."""
    made: Any = _Made(default_factory)
    result: _T = made
    return result


@overload
def record(cls: _C, /) -> _C: ...
@overload
def record(*, eq: bool = True) -> Callable[[_C], _C]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type | None = None, /, *, eq: bool = True) -> Any:
    """Make a class of its annotations: slots, `__init__`, `__repr__`; with `eq`, comparison and hash by value."""
    if cls is None:
        return lambda one: _make(one, eq=eq, hashable=eq)
    return _make(cls, eq=eq, hashable=eq)


@overload
def mutable_record(cls: _C, /) -> _C: ...
@overload
def mutable_record(*, eq: bool = True) -> Callable[[_C], _C]: ...
@dataclass_transform(field_specifiers=(field,))
def mutable_record(cls: type | None = None, /, *, eq: bool = True) -> Any:
    """As `record`, for fields that change: comparison by value, if `eq`, leaves no hash."""
    if cls is None:
        return lambda one: _make(one, eq=eq, hashable=False)
    return _make(cls, eq=eq, hashable=False)


def replace(one: _T, /, **changes: Any) -> _T:
    """Return a record like `one` with other values in some fields. Raises TypeError for a field that it has not."""
    fields: tuple[str, ...] = type(one).__match_args__  # type: ignore[attr-defined]
    return type(one)(**{name: getattr(one, name) for name in fields} | changes)


def _make(cls: type, *, eq: bool, hashable: bool) -> type:
    own = [name for name, kind in cls.__annotations__.items() if "ClassVar" not in str(kind)]
    inherited = tuple(name for base in reversed(cls.__mro__[1:]) for name in base.__dict__.get("__slots__", ()))
    defaults = {name: cls.__dict__[name] for name in own if name in cls.__dict__}
    namespace = {
        name: value for name, value in cls.__dict__.items() if name not in defaults and name not in _NOT_COPIED
    }
    fields = (*inherited, *own)
    namespace["__slots__"] = tuple(own)
    namespace["__match_args__"] = fields
    namespace.setdefault("__init__", _initializer(fields, _inherited_defaults(cls) | defaults))
    namespace.setdefault("__repr__", _repr)
    if eq:
        namespace.setdefault("__eq__", _eq)
        namespace.setdefault("__hash__", _hash if hashable else None)
    made: type = type(cls)(cls.__name__, cls.__bases__, namespace)
    made.__init__.__defaults_by_name__ = defaults  # type: ignore[misc]
    return made


_NOT_COPIED = frozenset({"__dict__", "__weakref__"})


def _inherited_defaults(cls: type) -> dict[str, object]:
    found: dict[str, object] = {}
    for base in reversed(cls.__mro__[1:]):
        found |= getattr(base.__dict__.get("__init__"), "__defaults_by_name__", {})
    return found


def _initializer(fields: tuple[str, ...], defaults: dict[str, object]) -> Callable[..., None]:
    """Return an `__init__` that stores its arguments; compiled, for one that looked its fields up would be slow."""
    parameters: list[str] = []
    lines: list[str] = []
    names: dict[str, Any] = {}
    for name in fields:
        value = name
        if name not in defaults:
            parameters.append(name)
        else:
            default = names[f"_{name}"] = defaults[name]
            parameters.append(f"{name}=_{name}")
            if isinstance(default, _Made):
                value = f"_{name}.factory() if {name} is _{name} else {name}"
        lines.append(f" self.{name} = {value}\n")
    source = f"def __init__(self, {', '.join(parameters)}):\n{''.join(lines) or ' pass'}"
    # Under this file's name, so that it counts as the debugger's own code.
    exec(compile(source, __file__, "exec"), names)
    made: Callable[..., None] = names["__init__"]
    return made


def _values(one: Any) -> tuple[object, ...]:
    return tuple([getattr(one, name) for name in one.__match_args__])


def _repr(self: Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
    return f"{type(self).__qualname__}({shown})"


def _eq(self: Any, other: object) -> bool:
    return NotImplemented if type(other) is not type(self) else _values(self) == _values(other)


def _hash(self: Any) -> int:
    return hash(_values(self))
