"""Sources that share one name, such as `<string>`: told apart by their text."""

from __future__ import annotations

from types import CodeType
from typing import Literal

from ..expressions.compiling import COMPILE_ERRORS, compile_quietly
from .code_lines import nested_code

_MODES: tuple[Literal["exec", "eval"], ...] = ("exec", "eval")


class GeneratedSources:
    """Knows the code of a source again, each time that it is compiled anew: such code compares equal."""

    def __init__(self) -> None:
        self._by_name: dict[str, dict[CodeType, str]] = {}

    def add(self, name: str, text: str) -> str:
        """Return the identity of the source `text` that is compiled under `name`."""
        identity = f"{name}\0{text}"
        for mode in _MODES:
            try:
                module = compile_quietly(text, name, mode)
            except COMPILE_ERRORS:
                continue
            codes = dict.fromkeys(nested_code(module), identity)
            # Swapped whole: other threads look things up meanwhile.
            self._by_name = {**self._by_name, name: {**self._by_name.get(name, {}), **codes}}
            break
        return identity

    def of(self, code: CodeType) -> str | None:
        """Return the identity of the source of `code`; None where its name says enough."""
        codes = self._by_name.get(code.co_filename) if self._by_name else None
        return codes.get(code) if codes is not None else None
