"""A template that is being rendered, in the shape of a Python frame: its file, its line, its variables."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType, FrameType

from ..records import record

Store = Callable[[str, object], None]


@record
class Position:
    """Where in a template a frame stands, and what to call it."""

    path: str
    line: int
    name: str


class Variables(dict[str, object]):
    """A template's variables at this moment; to set one sets it for the rest of the rendering."""

    def __init__(self, values: Mapping[str, object], store: Store) -> None:
        super().__init__(values)
        self._store = store

    def __setitem__(self, name: str, value: object) -> None:
        self._store(name, value)
        super().__setitem__(name, value)


class TemplateFrame:
    """Has those attributes of a frame that tell where it stands and what its variables are.

    The variables are read when they are asked for, and kept by nothing here.
    """

    __slots__ = ("_globals", "_locals", "f_code", "f_lasti", "f_lineno", "real")

    def __init__(
        self,
        real: FrameType,
        position: Position,
        locals_: Callable[[], Variables],
        globals_: Callable[[], dict[str, object]],
    ) -> None:
        self.real = real
        self.f_code = _code(position.path, position.name)
        self.f_lineno = position.line
        self.f_lasti = 0
        self._locals = locals_
        self._globals = globals_

    @property
    def f_back(self) -> FrameType | None:
        """The caller of the code that renders."""
        return self.real.f_back

    @property
    def f_locals(self) -> Variables:
        """The variables that the template sees, without those of every template."""
        return self._locals()

    @property
    def f_globals(self) -> dict[str, object]:
        """The variables of every template; expressions see Python's builtins as well."""
        return {**self._globals(), "__builtins__": builtins}


@lru_cache(128)
def _code(path: str, name: str) -> CodeType:
    """Return code of a module, which is what a frame has whose variables are in a mapping."""
    return compile("", path, "exec", dont_inherit=True).replace(co_qualname=name)
