"""Where special, function, class and protected variables are shown: in groups, among the others, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from ..records import record
from .members import Category, Member, is_dunder


class Placement(Enum):
    """What becomes of the variables of one kind; values are those of the configuration."""

    GROUP = "group"
    INLINE = "inline"
    HIDE = "hide"


@record
class Arrangement:
    """The property `variablePresentation` of a configuration, which is debugpy's."""

    special: Placement = Placement.GROUP
    function: Placement = Placement.GROUP
    class_: Placement = Placement.GROUP
    protected: Placement = Placement.INLINE

    def of(self, category: Category) -> Placement:
        """Say what becomes of a category's members."""
        if category is Category.SPECIAL:
            return self.special
        if category is Category.FUNCTION:
            return self.function
        if category is Category.CLASS:
            return self.class_
        return self.protected if category is Category.PROTECTED else Placement.INLINE


def arrangement_from(given: object) -> Arrangement | None:
    """Read `variablePresentation`; None where all is to be as usual. What is no placement counts as not given."""
    if not isinstance(given, Mapping):
        return None
    every = _placement(given.get("all"), Placement.GROUP)
    return Arrangement(*(_placement(given.get(kind), every) for kind in ("special", "function", "class", "protected")))


def _placement(given: object, usual: Placement) -> Placement:
    return next((one for one in Placement if one.value == given), usual)


def arranged(arrangement: Arrangement, members: Iterable[Member | str]) -> Iterator[Member | str]:
    """Yield the members that are to be shown, each with the category of the group that it is shown in.

    One that is a row already is public, and neither function nor class.
    """
    for member in members:
        if isinstance(member, str):
            yield member
            continue
        if (
            member.category is not Category.SPECIAL
            and arrangement.protected is not Placement.INLINE
            and _is_protected(member)
        ):
            member.category = Category.PROTECTED
        placement = arrangement.of(member.category)
        if placement is Placement.HIDE:
            continue
        if placement is Placement.INLINE:
            member.category = Category.PLAIN
        yield member


def _is_protected(member: Member) -> bool:
    return not member.virtual and member.name.startswith("_") and not is_dunder(member.name)
