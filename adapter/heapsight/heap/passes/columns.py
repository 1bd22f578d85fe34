"""What all passes in Python share: the marks of `reach`, checks of columns, and hearing that nobody waits any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

NONE = 0xFFFFFFFF
BY_PROGRAM, BY_OWN, BY_NATIVE, BY_NOTHING = 1, 2, 3, 4
PSEUDO = 2
NEVER = b"\0"

Column = Any  # array or memoryview of numbers
T = TypeVar("T")


def watched(items: Iterable[T], cancel: Column) -> Iterator[T]:
    """Yield the items. Raises InterruptedError when the byte `cancel` is set, which another thread may do."""
    for number, item in enumerate(items):
        if not number & 0xFFF and cancel[0]:
            raise InterruptedError("cancelled")
        yield item


def check_graph(start: Column, to: Column) -> None:
    """Raise ValueError where a graph is none."""
    if not len(start):
        raise ValueError("a graph has fewer than 4294967295 nodes and edges, and one start more than nodes")
    if start[0] != 0 or start[-1] != len(to) or any(start[i] > start[i + 1] for i in range(len(start) - 1)):
        raise ValueError("the edges' starts do not ascend from 0 to the number of edges")
    if max(to, default=0) >= len(start) - 1 and len(to):
        raise ValueError("an edge leads to a node that is not there")


def check_rows(column: Column, rows: int) -> None:
    """Raise ValueError where a column has more or fewer rows."""
    if len(column) != rows:
        raise ValueError(f"a column has {len(column)} rows instead of {rows}")


def same(one: Column, other: Column) -> None:
    """Raise ValueError where two columns have different numbers of rows."""
    check_rows(other, len(one))


def check_below(numbers: Column, limit: int, what: str) -> None:
    """Raise ValueError where a number is not below a limit."""
    if len(numbers) and max(numbers, default=0) >= limit:
        raise ValueError(f"{what} is a node that is not there")
