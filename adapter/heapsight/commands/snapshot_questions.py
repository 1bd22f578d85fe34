"""What the commands about snapshots share: opening them, asking about them, ending with one line if that fails."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from ..heap.arguments import BadArguments
from ..heap.errors import QuestionFailed
from ..heap.files import Files
from ..heap.progress import Progress
from ..heap.worker_commands import COMMANDS
from ..wire.snapshot_file import SnapshotError

FAILED = 2
Tell = Callable[[str, float], None]


class CommandFailed(Exception):
    """The command cannot do what it was asked to; the text is the one line that it prints."""


class Questions:
    """The heap worker's commands, carried out in this process."""

    def __init__(self, progress: Tell) -> None:
        self.progress = progress
        self._files = Files()

    def ask(self, command: str, **arguments: object) -> dict[str, Any]:
        """Return the answer to one question. Raises CommandFailed."""
        try:
            return COMMANDS[command](self._files, arguments, Progress(self.progress))
        except (QuestionFailed, BadArguments) as error:
            raise CommandFailed(str(error)) from None
        except SnapshotError as error:
            raise CommandFailed(f"{arguments.get('path', 'the snapshot')}: {error}") from None
        except OSError as error:
            raise CommandFailed(f"{error.filename or arguments.get('path')}: {error.strerror or error}") from None
        except MemoryError:
            raise CommandFailed("there is not enough memory for this") from None

    def open(self, path: str) -> tuple[int, dict[str, Any]]:
        """Open a snapshot; return its number, and what it says about itself. Raises CommandFailed."""
        opened = self.ask("open", path=path)
        return opened["snapshot"], opened


def count_argument(text: str) -> int:
    """Return a number of rows, for argparse."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rows")
    return int(text)


def run(command: Callable[[], int]) -> int:
    """Carry a command out; return its exit code. What is wrong is one line on standard error."""
    try:
        return command()
    except CommandFailed as error:
        print(f"heapsight: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # Whoever read has enough. Python would complain when it closes the stream itself.
        sys.stdout = None
        return 0
    except KeyboardInterrupt:
        return 130
