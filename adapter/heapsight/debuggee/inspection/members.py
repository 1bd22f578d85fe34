"""What an object consists of, before anything is made of it to be shown."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from ..records import mutable_record

if TYPE_CHECKING:
    from .elements import Elements

READ_ONLY = "This value cannot be changed."


class Category(Enum):
    """Where a member is shown: among the others, or in a group of this name."""

    PLAIN = ""
    SPECIAL = "special variables"
    FUNCTION = "function variables"
    CLASS = "class variables"
    PROTECTED = "protected variables"


GROUPS = tuple(category for category in Category if category is not Category.PLAIN)


class Form(Enum):
    """What a member's row shows."""

    VALUE = "value"
    LAZY = "read when asked for"
    NOTE = "a text of ours"


class Storage(Enum):
    """Where the value of a member is stored, so that it can be watched there."""

    NOWHERE = "made, or shown in another place than it is stored"
    LOCAL = "a variable of the frame"
    GLOBAL = "a name of the frame's module"
    ATTRIBUTE = "an attribute of the owner or of its class"
    ITEM = "an item of the owner"
    LENGTH = "the number of the owner's items"


@mutable_record
class Member:
    """One part of an object. Lives for one request only, for it has the value itself.

    `before` and `after` make an expression of the owner's: `before + owner + after`; `after` None means there is none.
    `store` takes owner and new value. `read` takes the owner and may run the user's code. `computed` makes the value
    out of the owner, who does not have it as an object: so it is not held, but made again when it is looked into.
    `text` says how to show the value, where that is known already. `parts`, where given, are what the row consists of:
    they are the owner's. `key` is that of an item.
    """

    name: str
    value: object = None
    after: str | None = None
    before: str = ""
    category: Category = Category.PLAIN
    form: Form = Form.VALUE
    store: Callable[[Any, object], None] | None = None
    storage: Storage = Storage.NOWHERE
    refusal: str = READ_ONLY
    static: bool = False
    read: Callable[[Any], object] | None = None
    virtual: bool = False
    computed: Callable[[Any], object] | None = None
    text: str | None = None
    parts: Elements | None = None
    place: int | None = None
    put: Callable[[Any, int, object], None] | None = None
    key: object = None


_VALUE, _ATTRIBUTE = Form.VALUE, Storage.ATTRIBUTE


def note(name: str, text: str) -> Member:
    """Return a member that is a text of ours about the object."""
    return Member(name, text, form=Form.NOTE, virtual=True)


def is_dunder(name: str) -> bool:
    """Say whether `name` is one of Python's own."""
    return name[:2] == "__" and len(name) > 4 and name[-2:] == "__"


def place_of_attribute(name: str) -> tuple[str, str]:
    """Return what stands before and after an owner in an expression for its attribute."""
    # A name with two underscores would be mangled where the expression is evaluated in a method.
    if name.isidentifier() and not iskeyword(name) and (name[:2] != "__" or is_dunder(name)):
        return "", f".{name}"
    return "getattr(", f", {name!r})"


def attribute(name: str, value: object, category: Category = Category.PLAIN, *, static: bool = False) -> Member:
    """Return the member for an attribute that can be set."""
    before, after = place_of_attribute(name)
    # By position, and the store without a function of its own: of these there may be thousands.
    store = partial(_set_attribute, name)
    return Member(name, value, after, before, category, _VALUE, store, _ATTRIBUTE, READ_ONLY, static)


def fixed(name: str, value: object, category: Category = Category.PLAIN) -> Member:
    """Return the member for an attribute that cannot be set."""
    before, after = place_of_attribute(name)
    return Member(name, value, after, before, category)


def storing(name: str) -> Callable[[Any, object], None]:
    """Return a function that sets the attribute `name`, as an assignment in the program does."""

    return partial(_set_attribute, name)


def _set_attribute(name: str, owner: Any, value: object) -> None:
    setattr(owner, name, value)


def reading(name: str) -> Callable[[Any], object]:
    """Return a function that reads the attribute `name`, as the program does."""

    def read(owner: Any) -> object:
        return getattr(owner, name)

    return read
