"""The functions and classes of one file with the lines a breakpoint can be on, and where a breakpoint moves to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import CodeType, MappingProxyType

from ...records import record
from .code_lines import breakable_lines, is_part_of_its_parent, last_line

_WHOLE_FILE = 1 << 31
_NOTHING: Mapping[tuple[str, int], int] = MappingProxyType({})


@record
class Refusal:
    """Why a breakpoint has no place. `may_come`: code that appears later may give it one."""

    reason: str
    may_come: bool = False


@record
class Block:
    """A module, class or function: its lines with code (those of its lambdas and comprehensions too), its extent."""

    name: str
    first: int
    last: int
    lines: frozenset[int]
    blocks: tuple[Block, ...]

    def at(self, line: int) -> Block | None:
        """Return the innermost block that `line` lies in."""
        if not self.first <= line <= self.last:
            return None
        for block in self.blocks:
            inner = block.at(line)
            if inner is not None:
                return inner
        return self


@record
class Outline:
    """What is known about the lines of one file, from compiling its source or from code that runs."""

    root: Block
    lines: frozenset[int]

    def place(self, line: int) -> int | Refusal:
        """Return the line that a breakpoint on `line` stops on: itself, or the next with code in the same function."""
        if line in self.lines:
            return line
        block = self.root.at(line)
        if block is None:
            return Refusal(f"Line {line} is in no code that has been loaded.", may_come=True)
        following = min((candidate for candidate in block.lines if candidate > line), default=None)
        if following is None:
            return Refusal(f"There is no code at or after line {line} in {block.name}.")
        return following

    def resembles(self, other: Outline) -> bool:
        """Say whether this may be another version of the same file: not a fragment run under the file's name."""
        return {block.name for block in self.root.blocks} >= {block.name for block in other.root.blocks}


def outline_of(code: CodeType, source: Sequence[str] = (), ends: Mapping[tuple[str, int], int] = _NOTHING) -> Outline:
    """Return the outline of `code`, a module's or any other.

    source: the file's lines, where they are known: comments at the end of a function belong to it by their indentation.
    ends: the last lines of functions and classes by name and first line: what the compiler leaves out, such as
    unreachable statements and docstrings, is in no code object.
    """
    root = _block(code, source, ends)
    return Outline(root, _all_lines(root))


def _block(code: CodeType, source: Sequence[str], ends: Mapping[tuple[str, int], int]) -> Block:
    lines = set(breakable_lines(code))
    last = last_line(code)
    blocks: list[Block] = []
    inner = [constant for constant in code.co_consts if type(constant) is CodeType]
    while inner:
        nested = inner.pop()
        if is_part_of_its_parent(nested):
            lines |= breakable_lines(nested)
            last = max(last, last_line(nested))
            inner.extend(constant for constant in nested.co_consts if type(constant) is CodeType)
        else:
            blocks.append(_block(nested, source, ends))
    blocks.sort(key=lambda block: (block.first, block.last))
    if code.co_name == "<module>":
        return Block("this file", 1, max(len(source), _WHOLE_FILE), frozenset(lines), tuple(blocks))
    first = code.co_firstlineno
    last = max([last, ends.get((code.co_name, first), first), *(block.last for block in blocks)])
    return Block(code.co_qualname, first, _with_comments(first, last, source), frozenset(lines), tuple(blocks))


def _with_comments(first: int, last: int, source: Sequence[str]) -> int:
    """Return the last line of a block, comments after its last statement included."""
    if not 1 <= first <= len(source):
        return last
    outer = _indentation(source[first - 1])
    end = last
    for number in range(last + 1, len(source) + 1):
        text = source[number - 1]
        if not text.strip():
            continue
        if not text.lstrip().startswith("#") or _indentation(text) <= outer:
            break
        end = number
    return end


def _indentation(text: str) -> int:
    expanded = text.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())


def _all_lines(block: Block) -> frozenset[int]:
    return block.lines.union(*(_all_lines(inner) for inner in block.blocks))
