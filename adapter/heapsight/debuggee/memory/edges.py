"""A reference from a holder to an object, as data."""

from __future__ import annotations

from enum import Enum
from types import FrameType

from ..holding import Held
from ..records import record


class EdgeKind(Enum):
    """How a holder refers to an object, in the order in which a person wants to read it; values are the protocol's."""

    LOCAL = "local"
    GLOBAL = "global"
    CLASS_ATTRIBUTE = "classAttribute"
    CLOSURE = "closure"
    DEFAULT = "default"
    ATTRIBUTE = "attribute"
    SLOT = "slot"
    ITEM = "item"
    KEY = "key"
    MEMBER = "member"
    CELL = "cell"
    TYPE = "type"
    STACK = "stack"
    INTERNAL = "internal"
    MORE = "more"


@record
class Finding:
    """One way in which a certain holder refers to the object: `count` references, told in one label.

    `step` continues an expression for the holder to one for the object (`.items`, `['cart']`), where that works. At a
    root it is the whole expression: `sys.modules['shop'].CACHE`, or for a local variable its name, in that frame.
    """

    kind: EdgeKind
    label: str
    count: int = 1
    step: str | None = None


@record
class Edge:
    """A finding with its holder (None: no object of its own, such as a running frame) and its place in the source."""

    finding: Finding
    holder: Held | None = None
    root: bool = False
    location: tuple[str, int] | None = None
    frame: FrameType | None = None
    text: str | None = None


@record
class Referrers:
    """All that holds one object. `refcount` is None for an immortal object, else the sum of counts + `unaccounted`."""

    edges: list[Edge]
    refcount: int | None
    unaccounted: int
    complete: bool
