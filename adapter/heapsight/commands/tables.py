"""Tables and progress on a terminal. In a pipe, and where `rich` is not installed, they are plain text, nothing cut."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

_GAP = "  "


@dataclass(frozen=True)
class Column:
    """A column: its heading, and whether it has numbers, which end at one line."""

    heading: str
    is_number: bool = True


def text_column(heading: str) -> Column:
    """Return a column of texts."""
    return Column(heading, is_number=False)


def print_heading(text: str) -> None:
    """Print a heading, an empty line before it."""
    if _is_rich(sys.stdout):
        from rich.console import Console
        from rich.text import Text

        Console().print(Text(f"\n{_harmless(text)}", style="bold"))
    else:
        _print_plain(f"\n{_harmless(text)}")


def print_text(text: str, style: str = "") -> None:
    """Print a paragraph; `style` is for terminals that have colours."""
    if _is_rich(sys.stdout):
        from rich.console import Console
        from rich.text import Text

        Console().print(Text(_harmless(text), style=style))
    else:
        _print_plain(_harmless(text))


def print_table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Print a table. On a terminal long texts go on in the next line; elsewhere a row is one line."""
    if _is_rich(sys.stdout):
        _print_rich(columns, rows)
    else:
        for line in plain_lines(columns, rows):
            _print_plain(line)


def plain_lines(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table of plain text."""
    shown = [[column.heading for column in columns], *([_one_line(cell) for cell in row] for row in rows)]
    widths = [max(len(row[index]) for row in shown) for index in range(len(columns))]
    for row in shown:
        cells = [
            cell.rjust(width) if column.is_number else cell.ljust(width)
            for cell, width, column in zip(row, widths, columns, strict=True)
        ]
        yield _GAP.join(cells).rstrip()


@contextmanager
def progress_shown() -> Iterator[Callable[[str, float], None]]:
    """Show progress on standard error while the block runs, where that is a terminal."""
    if not _is_rich(sys.stderr):
        yield lambda title, fraction: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=1.0)

        def tell(title: str, fraction: float) -> None:
            shown.update(task, description=title or None, completed=fraction)

        yield tell


def _print_rich(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        # Numbers are worth nothing when cut; texts may break anywhere.
        align = "right" if column.is_number else "left"
        table.add_column(column.heading, justify=align, no_wrap=column.is_number, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*(Text(_one_line(cell)) for cell in row))
    Console().print(table)


def _is_rich(stream: TextIO) -> bool:
    """Say whether `stream` is a terminal and rich is there. TERM=dumb, as ever, is none."""
    if not stream.isatty() or os.environ.get("TERM") == "dumb" or shutil.get_terminal_size().columns < 40:
        return False
    try:
        import rich  # noqa: F401
    except ImportError:
        return False
    return True


def _one_line(text: str) -> str:
    """Return `text` with what would break its line, or change the terminal, written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _harmless(text: str) -> str:
    """Return a paragraph with what would change the terminal written as an escape: names in it may be anybody's."""
    return "\n".join(map(_one_line, text.split("\n")))


def _print_plain(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding))
