"""Choosing exceptions by the names of their types: `KeyError, json.*Error, !StopIteration`.

A name matches a type when it is the name of the type or of one of its bases: plain (`KeyError`), with its module
(`json.decoder.JSONDecodeError`), with any part of that path, or as a loaded module knows it (`json.JSONDecodeError`).
In it, `*` stands for any characters and `?` for one. `!` in front ignores what the name matches. A list that only
ignores chooses everything else; what is both chosen and ignored is ignored.

A group is chosen when one of its members is, as `except*` would take it out, or when the group's own type is and not
all of its members are ignored.
"""

from __future__ import annotations

import re
import sys
from _weakref import ref
from collections.abc import Callable, Iterable
from types import ModuleType

from ...attributes import module_dict, type_module, type_mro, type_qualname
from ...records import record

# Through the descriptor of the base class: a user's group may define the name itself.
members_of: Callable[[BaseException], tuple[BaseException, ...]] = BaseExceptionGroup.__dict__["exceptions"].__get__

_WORDS = re.compile(r"(!?)\s*([\w*?]+(?:\.[\w*?]+)*)")
_NOT_NAMES = frozenset({"True", "False", "None", "exc", "exception", "__exception__"})
# Members of a group that are looked at; nobody reads a longer one.
_MOST = 1_000


class TypeName:
    """One name of a list."""

    def __init__(self, text: str) -> None:
        self.text = text
        shape = re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")
        self._shape = re.compile(rf"(?s:(?:.*\.)?{shape})\Z")
        module, _, name = text.rpartition(".")
        self._alias = (module, name) if module and not set("*?") & set(text) else None

    def matches(self, cls: type) -> bool:
        """Say whether this is a name of `cls` itself; its bases do not count."""
        module = type_module(cls)
        path = f"{module}.{type_qualname(cls)}" if type(module) is str else type_qualname(cls)
        return self._shape.match(path) is not None or self._finds(cls)

    def _finds(self, cls: type) -> bool:
        """Say whether a loaded module knows `cls` by this name."""
        if self._alias is None:
            return False
        module = sys.modules.get(self._alias[0])
        # By the type's own slot: a module may be anything that a program puts there.
        return type(module) is ModuleType and module_dict(module).get(self._alias[1]) is cls


@record
class Verdict:
    """What a list says of a type, members of a group left aside.

    `named`: it is chosen by a name that is not one for all exceptions.
    """

    chosen: bool
    ignored: bool
    named: bool


class TypeTable(dict[int, "tuple[ref[type], object]"]):
    """Something about types, by address, as long as they live: hashing a type could run code of its metaclass."""

    def put(self, cls: type, value: object) -> None:
        """Remember `value` for `cls`; forgotten when the type dies."""
        number = id(cls)
        self[number] = (ref(cls, lambda _: self.pop(number, None)), value)


class TypeList:
    """A list of type names that chooses and ignores."""

    def __init__(self, wanted: Iterable[TypeName], ignored: Iterable[TypeName]) -> None:
        self._wanted = tuple(wanted)
        self._ignored = tuple(ignored)
        self._verdicts = TypeTable()

    @classmethod
    def parse(cls, text: str) -> TypeList | None:
        """Read a list of names; None for a text that is none."""
        wanted: list[TypeName] = []
        ignored: list[TypeName] = []
        words = [word.strip() for word in text.split(",")]
        if len(words) > 1 and not words[-1]:
            words.pop()
        for word in words:
            found = _WORDS.fullmatch(word)
            if found is None or not _is_name(found[2]):
                return None
            (ignored if found[1] else wanted).append(TypeName(found[2]))
        return cls(wanted, ignored)

    def verdict(self, cls: type) -> Verdict:
        """Judge a type."""
        known = self._verdicts.get(id(cls))
        if known is not None:
            assert isinstance(known[1], Verdict)
            return known[1]
        verdict = self._judge(cls)
        self._verdicts.put(cls, verdict)
        return verdict

    def chooses(self, exception: BaseException) -> bool:
        """Say whether `exception`, or one in the group that it is, is chosen."""
        todo, seen = [(exception, False)], 0
        while todo and seen < _MOST:
            one, around = todo.pop()
            seen += 1
            verdict = self.verdict(type(one))
            if verdict.ignored:
                continue
            chosen = around or verdict.chosen
            if is_group(type(one)):
                todo += [(member, chosen) for member in members_of(one)]
            elif chosen:
                return True
        return False

    def names(self, cls: type) -> bool:
        """Say whether `cls` is meant, even where such exceptions are no news: the list has a name for it or for a base.

        `*`, `Exception` and `BaseException` are names for anything.
        """
        return self.verdict(cls).named

    def _judge(self, cls: type) -> Verdict:
        bases = [base for base in type_mro(cls) if issubclass(base, BaseException)]
        chosen = not self._wanted or any(name.matches(base) for name in self._wanted for base in bases)
        ignored = any(name.matches(base) for name in self._ignored for base in bases)
        special = [base for base in bases if base is not Exception and base is not BaseException]
        named = any(name.matches(base) for name in self._wanted if name.text != "*" for base in special)
        return Verdict(chosen and not ignored, ignored, named and not ignored)


def is_group(cls: type) -> bool:
    """Say whether exceptions of type `cls` are groups."""
    return issubclass(cls, BaseExceptionGroup)


def _is_name(text: str) -> bool:
    parts = text.replace("*", "a").replace("?", "a").split(".")
    return all(part.isidentifier() for part in parts) and parts[0] not in _NOT_NAMES
