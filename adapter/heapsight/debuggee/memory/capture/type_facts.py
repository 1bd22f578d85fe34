"""What is worth knowing of a type once, for all its objects."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any, Final
from weakref import ReferenceType

from ...attributes import is_python_class, type_mro
from ...typenames import module_name
from .. import layout
from ..ours import is_own_type
from ..sizes import Sizes
from .naming import Namer, namer_of
from .values import SHOWN, Shown
from .visiting import Visit, Visitor

_HAVE_GC: Final = 1 << 14
_SINGLETONS: Final = (type(None), bool, type(...), type(NotImplemented))
_LENGTHS: Final[dict[int, Callable[[Any], int]]] = {
    id(kind): kind.__len__ for kind in (list, tuple, dict, set, frozenset, deque, str, bytes, bytearray)
}


class TypeFacts:
    """How instances of one type are described. row: of the type in the snapshot.

    The size of one is what `size_of` answers, and `headers` bytes.
    """

    __slots__ = (
        "has_header",
        "headers",
        "is_class",
        "is_singleton",
        "length",
        "may_be_own",
        "name",
        "row",
        "show",
        "size_of",
        "visit",
    )

    def __init__(self, cls: type, row: int, visitor: Visitor, sizes: Sizes) -> None:
        self.row = row
        self.size_of, self.headers = sizes.parts(cls)
        self.length = next((_LENGTHS[id(base)] for base in type_mro(cls) if id(base) in _LENGTHS), None)
        self.show: Shown | None = SHOWN.get(id(cls))
        self.name: Namer | None = namer_of(cls)
        self.visit: Visit | None = visitor.visit_of(cls)
        self.has_header = bool(layout.type_flags(cls) & _HAVE_GC)
        self.is_class = issubclass(cls, type)
        self.may_be_own = (
            self.is_class
            or cls is FunctionType
            or cls is MethodType
            or issubclass(cls, ReferenceType)
            or is_own_type(cls)
        )
        self.is_singleton = any(cls is one for one in _SINGLETONS)


def module_of(cls: type) -> str:
    """Return the module that a type is from, "builtins" for the interpreter's own."""
    name = module_name(cls)
    return "builtins" if name == "?" and not is_python_class(cls) else name
