"""What can be watched: a place that a value is stored in. Reading one runs no code of the program's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from types import CellType, CodeType, FrameType, MemberDescriptorType, ModuleType
from typing import cast

from ...attributes import (
    find_class_attribute,
    instance_attributes,
    is_python_class,
    type_mro,
    type_name,
    type_namespace,
)
from ...frame_layout import OBJECTS_AT, TO_OBJECTS, variable_place
from ...frames import read_locals
from .masking import is_masked, masked_spans
from .owners import Owner


class _Nothing:
    """What is in a place that has no value."""

    def __repr__(self) -> str:
        return "nothing"


class _Hidden:
    """What is to be seen of a place that cannot be read at this moment."""


MISSING = _Nothing()
HIDDEN = _Hidden()
OnGone = Callable[[], None]


class Place(ABC):
    """A variable, an attribute or an item.

    addresses: of the objects one of which is an operand of an instruction that writes there.
    """

    #: Why nothing can be written there any more, as a sentence.
    end = "It is gone."

    def __init__(self, label: str) -> None:
        self.label = label
        self.addresses: frozenset[int] = frozenset()

    @property
    def title(self) -> str:
        """What is watched, for a list of breakpoints."""
        return self.label

    def when_gone(self, tell: OnGone) -> None:
        """Have `tell` called, on any thread, at the moment when the place is gone, if there is a way to know."""
        del tell

    @property
    @abstractmethod
    def key(self) -> tuple[object, ...]:
        """What makes two places the same while both exist."""

    @abstractmethod
    def read(self) -> object:
        """Return the value, MISSING where there is none, HIDDEN where it cannot be seen now."""

    @abstractmethod
    def is_gone(self) -> bool:
        """Say whether nothing can be written there any more."""

    @property
    def lasts(self) -> bool:
        """Whether the place may be remembered without keeping anything alive."""
        return False

    def references(self, address: int) -> int:
        """Return how many references to the object at `address` this place holds."""
        return 0


class LocalPlace(Place):
    """A variable of one call of a function. The frame is held until it ends."""

    end = "The call that it was a variable of has ended."

    def __init__(self, label: str, frame: FrameType, name: str) -> None:
        super().__init__(label)
        self.frame: FrameType | None = frame
        self.code: CodeType = frame.f_code
        self.name = name
        self._address = id(frame)
        self._function = frame.f_code.co_qualname
        self._place = variable_place(frame.f_code, name)
        self._masked = masked_spans(frame.f_code, name)

    @property
    def title(self) -> str:
        """The name, and the function that it is a variable of."""
        return f"{self.label} in {self._function}()"

    @property
    def key(self) -> tuple[object, ...]:
        """The frame and the name."""
        return ("local", self._address, self.name)

    def read(self) -> object:
        """Read the variable where it lies."""
        frame = self.frame
        if frame is None:
            return HIDDEN
        if self._masked and is_masked(self._masked, frame.f_lasti):
            return HIDDEN
        if self._place is None:
            return read_locals(frame).get(self.name, MISSING)
        try:
            return cast(object, OBJECTS_AT(id(frame) + TO_OBJECTS)[self._place.index])
        except ValueError:
            return MISSING

    def is_gone(self) -> bool:
        """Say whether the call has ended."""
        return self.frame is None

    def ended(self) -> None:
        """Let go of the frame."""
        self.frame = None

    def references(self, address: int) -> int:
        """One to the frame."""
        return int(self.frame is not None and id(self.frame) == address)


class CellPlace(Place):
    """A variable that functions share."""

    end = "No function has this variable any more."

    def __init__(self, label: str, cell: CellType, name: str) -> None:
        super().__init__(label)
        self.name = name
        self._owner = Owner(cell)
        self.addresses = frozenset((id(cell),))

    @property
    def key(self) -> tuple[object, ...]:
        """The cell."""
        return ("cell", self._owner.address)

    def read(self) -> object:
        """Open the cell."""
        try:
            return cast(CellType, self._owner.get()).cell_contents
        except ValueError:
            return MISSING

    def is_gone(self) -> bool:
        """Say whether only we have the cell."""
        return self._owner.is_gone()

    def references(self, address: int) -> int:
        """One to the cell."""
        return self._owner.references(address)


def variable_of(label: str, frame: FrameType, name: str) -> Place:
    """Return the place of a function's variable: in the frame, or in a cell where functions share it."""
    place = variable_place(frame.f_code, name)
    if place is not None and place.in_cell:
        cell = OBJECTS_AT(id(frame) + TO_OBJECTS)[place.index]
        if type(cell) is CellType:
            return CellPlace(label, cell, name)
    return LocalPlace(label, frame, name)


class NamespacePlace(Place):
    """A name in the dict of a module or of a class body that runs. With `module`, bound by that module's name."""

    def __init__(self, label: str, namespace: dict[str, object] | None, name: str, module: str | None = None) -> None:
        super().__init__(label)
        self.namespace = namespace
        self.name = name
        self.module = module

    def bind(self, namespace: dict[str, object], module: ModuleType | None) -> None:
        """Watch this dict from now on; `module` is the object that it belongs to."""
        self.namespace = namespace
        self.addresses = frozenset((id(namespace),) if module is None else (id(namespace), id(module)))

    @property
    def key(self) -> tuple[object, ...]:
        """The name of the module, else the dict; and the name."""
        return ("global", self.module if self.module is not None else id(self.namespace), self.name)

    @property
    def lasts(self) -> bool:
        """A module's, for as long as the module is there."""
        return self.module is not None

    def read(self) -> object:
        """Look the name up."""
        if self.namespace is None:
            return MISSING
        return dict.get(self.namespace, self.name, MISSING)

    def is_gone(self) -> bool:
        """Never: a module may come back."""
        return False

    def references(self, address: int) -> int:
        """One to the dict."""
        return int(self.namespace is not None and id(self.namespace) == address)


class AttributePlace(Place):
    """An attribute of an object or a class: what it stores itself, else what its class stores under the name."""

    end = "The object is gone."

    def __init__(self, label: str, owner: object, name: str) -> None:
        super().__init__(label)
        self.name = name
        self._owner = Owner(owner)
        self._type = type_name(type(owner))
        self._is_class = issubclass(type(owner), type)
        classes = type_mro(cast(type, owner)) if self._is_class else type_mro(type(owner))
        self.addresses = frozenset((id(owner), *(id(cls) for cls in classes if is_python_class(cls))))
        slot = None if self._is_class else find_class_attribute(type(owner), name)
        self._slot = slot if type(slot) is MemberDescriptorType else None

    @property
    def title(self) -> str:
        """The attribute, and what sort of object has it."""
        return f"{self.label} (class)" if self._is_class else f"{self.label} ({self._type} object)"

    @property
    def has_slot(self) -> bool:
        """Whether the object keeps the attribute outside of its dict."""
        return self._slot is not None

    def when_gone(self, tell: OnGone) -> None:
        """Tell when the object dies, where it is held weakly."""
        self._owner.when_gone(tell)

    @property
    def key(self) -> tuple[object, ...]:
        """The object and the name."""
        return ("attribute", self._owner.address, self.name)

    @property
    def lasts(self) -> bool:
        """Where the object is held weakly."""
        return self._owner.is_weak

    def read(self) -> object:
        """Read what is stored."""
        obj = self._owner.get()
        if obj is None:
            return HIDDEN
        if self._is_class:
            return self._from_classes(type_mro(cast(type, obj)))
        if self._slot is not None:
            try:
                return cast(object, self._slot.__get__(obj))
            except AttributeError:
                return MISSING
        stored = instance_attributes(obj) or {}
        return stored[self.name] if self.name in stored else self._from_classes(type_mro(type(obj)))

    def _from_classes(self, classes: Sequence[type]) -> object:
        for cls in classes:
            namespace = type_namespace(cls)
            if self.name in namespace:
                return namespace[self.name]
        return MISSING

    def is_gone(self) -> bool:
        """Say whether the object is gone."""
        return self._owner.is_gone()

    def references(self, address: int) -> int:
        """One to an object that cannot be held weakly."""
        return self._owner.references(address)
