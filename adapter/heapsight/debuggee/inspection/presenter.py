"""From members to rows: value, type, expression, hints, and what is to be found inside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Protocol, cast

from ..attributes import type_name
from ..holding import Held, Holder
from .arrangement import Arrangement, arranged
from .computed import Computed
from .elements import Elements
from .failures import EvaluationError, describe_error, disown
from .guarding import guarded
from .members import GROUPS, Category, Form, Member, is_dunder
from .text.limits import ROW, Limits
from .text.saferepr import Reprs, plain_text_of
from .tree import Children, Listing, Row

_FUNCTIONS = (FunctionType, BuiltinFunctionType, MethodType, staticmethod, classmethod)


# Looking a member of an enum up costs more than comparing it, in what is done for each row.
_VALUE, _LAZY, _NOTE, _PLAIN = Form.VALUE, Form.LAZY, Form.NOTE, Category.PLAIN
# By address: asking whether a class is in a set could run code of its metaclass.
_PLAIN_DATA = frozenset(map(id, (int, str, float, bool, type(None), bytes, list, tuple, dict, set, frozenset)))
_NUMBERS = frozenset(map(id, (int, float, bool, type(None))))
DATA_HINT: dict[str, object] = {"kind": "data"}
TEXT_HINT: dict[str, object] = {"kind": "data", "attributes": ["rawString"]}

ExtraRow = Callable[[Held, str | None], Row | None]


class ChildrenOf(Protocol):
    """Finds what an object consists of; None where there is nothing to expand."""

    def __call__(
        self, presenter: Presenter, held: Held, evaluate_name: str | None, *, withheld: bool = False
    ) -> Children | None:
        """Return the children of what is held; `withheld`: its text says less than its `__repr__` would."""


class Presenter:
    """Makes rows within one stop. `limits` is set for each request; with an `arrangement`, groups are not as usual."""

    def __init__(
        self,
        holder: Holder,
        children_of: ChildrenOf,
        extra_row: ExtraRow | None,
        arrangement: Arrangement | None = None,
    ) -> None:
        self.holder = holder
        self.reprs = Reprs()
        self.limits = ROW
        self._arrangement = arrangement
        # Whether each object gets a row of the agent's: then strings can be expanded, too.
        self.extras = extra_row is not None
        self._extra_row = extra_row
        self._children_of = children_of

    def extra_row(self, held: Held, evaluate_name: str | None) -> Row | None:
        """Return the agent's own row for an object of the program's."""
        if self._extra_row is None or isinstance(held, Computed):
            return None
        return self._extra_row(held, evaluate_name)

    def arranged(self, members: Iterable[Member | str]) -> Iterable[Member | str]:
        """Return the members that are to be shown, in the categories that they are to be shown in."""
        return members if self._arrangement is None else arranged(self._arrangement, members)

    def start_request(self, limits: Limits) -> None:
        """Begin a request with these limits for each value."""
        self.limits = limits
        self.reprs.start_request(limits)

    def value_row(self, name: str, obj: object, evaluate_name: str | None) -> Row:
        """Return the row of a value, wherever it comes from."""
        held = self.holder.hold(obj)
        text = self.reprs.text(obj, self.limits)
        children = self._children_of(self, held, evaluate_name, withheld=self.reprs.withheld)
        return Row(name, text, type_name(type(obj)), children, evaluate_name, held=held)

    def computed_row(self, owner: Held, evaluate_name: str | None, member: Member) -> Row:
        """Return the row of a value that is made out of its owner: nothing of it is held."""
        assert member.computed is not None
        held = Computed(owner, member.computed, member.put)
        text = self.reprs.text(member.value, self.limits) if member.text is None else member.text
        children = self._children_of(self, held, evaluate_name)
        return Row(member.name, text, type_name(type(member.value)), children, evaluate_name)

    def rows(self, owner: Held, evaluate_name: str | None, members: Iterable[Member]) -> list[Row]:
        """Return the rows of some members of `owner`."""
        return [self.row(owner, evaluate_name, member) for member in members]

    def quick_rows(self, owner: Held, evaluate_name: str | None, members: Iterable[Member | str]) -> list[Row | str]:
        """Return the rows of some members, some of which are rows already."""
        return [one if isinstance(one, str) else self.row(owner, evaluate_name, one) for one in members]

    def row(self, owner: Held, evaluate_name: str | None, member: Member) -> Row:
        """Return the row of one member of `owner`."""
        value, after, name = member.value, member.after, member.name
        expression = None if evaluate_name is None or after is None else f"{member.before}{evaluate_name}{after}"
        form, cls = member.form, type(value)
        if form is _VALUE and id(cls) in _NUMBERS and member.computed is None and member.parts is None:
            # Most of what there may be a thousand of; the same as below, in fewer calls.
            text = member.text
            if text is None:
                text = plain_text_of(value, self.limits) or self.reprs.text(value, self.limits)
            is_usual = member.store is not None and name[:1] != "_" and not (member.static or member.virtual)
            hint = DATA_HINT if is_usual else _presentation(member, cls)
            held = self.holder.hold(value)
            return Row(name, text, cls.__name__, None, expression, hint, held, member.refusal, owner, member)
        if form is _LAZY:
            row = Row(member.name, "", children=Lazy(self, owner, member, expression), evaluate_name=expression)
        elif form is _NOTE:
            row = Row(member.name, str(member.value))
        elif member.parts is not None:
            children = Parts(self, owner, evaluate_name, guarded(member.parts))
            row = Row(member.name, member.text or "", children=children, evaluate_name=expression)
        elif member.computed is not None:
            row = self.computed_row(owner, expression, member)
        else:
            row = self.value_row(member.name, member.value, expression)
            if member.text is not None:
                row.value = member.text
        row.refusal = member.refusal
        row.owner, row.member = owner, member
        row.presentation = _presentation(member, cls)
        return row


def grouped(
    presenter: Presenter,
    owner: Held,
    evaluate_name: str | None,
    members: Callable[[], Iterable[Member]],
    only: str | None = None,
) -> list[Row]:
    """Return rows for plain members, and one for each group of others; with `only` the row of that member."""
    if only is not None:
        return presenter.rows(owner, evaluate_name, [one for one in members() if one.name == only])
    return cast("list[Row]", quick_grouped(presenter, owner, evaluate_name, members(), members))


def quick_grouped(
    presenter: Presenter,
    owner: Held,
    evaluate_name: str | None,
    shown: Iterable[Member | str],
    members: Callable[[], Iterable[Member]],
) -> list[Row | str]:
    """As `grouped`, for what `members` returns, some of which may be rows already."""
    found = list(presenter.arranged(shown))
    plain = [one for one in found if isinstance(one, str) or one.category is _PLAIN]
    rows = presenter.quick_rows(owner, evaluate_name, plain)
    categories = {one.category for one in found if not isinstance(one, str)} if len(plain) < len(found) else ()
    for category in GROUPS:
        if category in categories:
            children = Group(presenter, owner, evaluate_name, members, category)
            rows.append(Row(category.value, "", children=children, presentation={"kind": "virtual"}))
    return rows


def count_grouped(presenter: Presenter, members: Iterable[Member]) -> int:
    """Return how many rows `grouped` makes."""
    categories = [_category(member) for member in presenter.arranged(members)]
    return categories.count(Category.PLAIN) + len(set(categories) - {Category.PLAIN})


def _category(member: Member | str) -> Category:
    return _PLAIN if isinstance(member, str) else member.category


class Group(Listing):
    """The members of one category."""

    def __init__(
        self,
        presenter: Presenter,
        owner: Held,
        evaluate_name: str | None,
        members: Callable[[], Iterable[Member]],
        category: Category,
    ) -> None:
        super().__init__()
        self._presenter = presenter
        self._owner = owner
        self._evaluate_name = evaluate_name
        self._members = members
        self._category = category

    def named_rows(self, only: str | None = None) -> list[Row]:
        """Return the rows of this category."""
        if only is not None:  # its new value may belong in another group
            return grouped(self._presenter, self._owner, self._evaluate_name, self._members, only)
        found = self._presenter.arranged(self._members())
        chosen = [one for one in found if not isinstance(one, str) and one.category is self._category]
        return self._presenter.rows(self._owner, self._evaluate_name, chosen)


class Parts(Listing):
    """Elements of an object, found in another way than those that are listed in the object itself."""

    def __init__(self, presenter: Presenter, owner: Held, evaluate_name: str | None, elements: Elements) -> None:
        super().__init__()
        self._presenter = presenter
        self._owner = owner
        self._evaluate_name = evaluate_name
        self._parts = elements

    @property
    def indexed(self) -> int:
        """How many there are."""
        return self._parts.length(self._owner.obj)

    def named_rows(self, only: str | None = None) -> list[Row]:
        """Return nothing: there are elements only."""
        return []

    def element_rows(self, start: int, stop: int) -> list[Row]:
        """Return elements."""
        members = self._parts.page(self._owner.obj, start, stop, self._presenter.reprs)
        return self._presenter.rows(self._owner, self._evaluate_name, members)


class Lazy(Listing):
    """A property: asking for its one row reads it, and only then does the user's code run."""

    def __init__(self, presenter: Presenter, owner: Held, member: Member, evaluate_name: str | None) -> None:
        super().__init__()
        self._presenter = presenter
        self._owner = owner
        self._read = member.read
        self._name = member.name
        self._evaluate_name = evaluate_name

    @property
    def named(self) -> int:
        """Always the one."""
        return 1

    def named_rows(self, only: str | None = None) -> list[Row]:
        """Read the property."""
        value, failure = self._value()
        if failure is not None:
            hint: dict[str, object] = {"kind": "property", "attributes": ["readOnly"]}
            return [Row("", failure.text, failure.type_name, presentation=hint)]
        return [self._presenter.value_row("", value, self._evaluate_name)]

    def _value(self) -> tuple[object, EvaluationError | None]:
        assert self._read is not None
        try:
            return self._read(self._owner.obj), None
        except (Exception, SystemExit, KeyboardInterrupt, GeneratorExit) as error:  # noqa: BLE001 - the user's property
            disown(error)
            return None, EvaluationError(describe_error(error), type_name=type_name(type(error)))


def compose(before: str, owner: str | None, after: str | None) -> str | None:
    """Return the expression for a part of `owner`."""
    if owner is None or after is None:
        return None
    return f"{before}{owner}{after}"


def _presentation(member: Member, cls: type) -> dict[str, object]:
    # Nearly all rows are of one of two kinds, and share what is said of them: nobody changes it.
    if (
        id(cls) in _PLAIN_DATA
        and member.store is not None
        and member.form is _VALUE
        and member.name[:1] != "_"
        and not (member.static or member.virtual)
    ):
        return TEXT_HINT if cls is str else DATA_HINT
    hint: dict[str, object] = {"kind": _kind(member)}
    attributes = []
    if member.static:
        attributes.append("static")
    if member.store is None:
        attributes.append("readOnly")
    if issubclass(type(member.value), str) and member.form is Form.VALUE:
        attributes.append("rawString")
    if member.form is Form.LAZY:
        attributes.append("hasSideEffects")
        hint["lazy"] = True
    if attributes:
        hint["attributes"] = attributes
    if member.name.startswith("_") and not is_dunder(member.name):
        hint["visibility"] = "private" if "__" in member.name else "protected"
    return hint


def _kind(member: Member) -> str:
    if member.virtual:
        return "virtual"
    if member.form is Form.LAZY:
        return "property"
    if issubclass(type(member.value), _FUNCTIONS):
        return "method"
    return "class" if issubclass(type(member.value), type) else "data"
