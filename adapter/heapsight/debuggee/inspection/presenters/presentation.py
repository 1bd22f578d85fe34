"""What a presenter says about one class of a library."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ...records import record

if TYPE_CHECKING:
    from ..elements import Elements
    from ..members import Member
    from ..text.builtin_reprs import Writer


@record
class Presentation:
    """How values of a class are shown; what is left out is shown as for any other object.

    `summary` writes the one line of a row; where there is room for more, the library's own `repr` is called. `text`
    stands for that `repr`, too, and `whole` where nothing may be left out. Each is used only for values whose
    `__repr__` is the library's. `members` come before the attributes; `keys` are what a value can be subscripted with.
    With `hides_insides`, what the library's own classes define is left out, and private attributes are shown in a group
    of their own, but for `inner` ones.
    """

    summary: Writer | None = None
    text: Writer | None = None
    whole: Writer | None = None
    members: Callable[[Any], Iterable[Member]] | None = None
    elements: Elements | None = None
    keys: Callable[[Any], Iterable[object]] | None = None
    hides_insides: bool = True
    inner: frozenset[str] = frozenset()
