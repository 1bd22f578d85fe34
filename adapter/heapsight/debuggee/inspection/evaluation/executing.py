"""`exec("x = 1")` in the console: the code binds variables of the frame, as it would if it were typed itself.

Python's `exec` writes into a copy of a function's variables, which is then thrown away. Here it is given the variables
of the frame, and what it bound goes back to them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import CellType, CodeType
from typing import Any

NAME = "exec"


class Executing:
    """Stands in for `exec` in one run of user code; `cells` are the variables that the run shares with its frame."""

    def __init__(self, cells: Mapping[str, CellType]) -> None:
        self._cells = cells
        self.new: dict[str, object] = {}

    def __call__(
        self,
        source: str | bytes | CodeType,
        globals: dict[str, Any] | None = None,
        locals: Mapping[str, object] | None = None,
        /,
        **options: Any,
    ) -> None:
        """Do what `exec` does. Without namespaces, what `source` binds is bound in the frame."""
        caller = sys._getframe(1)
        if globals is not None or locals is not None:
            exec(source, caller.f_globals if globals is None else globals, locals, **options)
            return
        before = {**self._values(), **self.new, **caller.f_locals}
        after = dict(before)
        try:
            exec(source, caller.f_globals, after, **options)
        finally:
            self._keep(before, after)

    def _values(self) -> dict[str, object]:
        found = {}
        for name, cell in self._cells.items():
            try:
                found[name] = cell.cell_contents
            except ValueError:
                continue  # not bound
        return found

    def _keep(self, before: Mapping[str, object], after: Mapping[str, object]) -> None:
        for name, value in after.items():
            if name in before and before[name] is value:
                continue
            if name in self._cells:
                self._cells[name].cell_contents = value
            else:
                self.new[name] = value
        for name in before.keys() - after.keys():
            self.new.pop(name, None)
            if name in self._cells:
                del self._cells[name].cell_contents
