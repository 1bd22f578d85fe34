"""The command line: `heapsight COMMAND …`, or debugpy's `--listen | --connect … (FILE | -m MODULE | -c CODE)`."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

# A command is imported when it is run: they need very different things.
COMMANDS = {
    "adapter": "serve the Debug Adapter Protocol, on stdio or a TCP port",
    "attach": "have a running process listen for clients, by its process id",
    "diff": "compare snapshots: what grew, came and went",
    "export": "write a snapshot for Chrome, memlab, scripts",
    "heap-worker": "answer an editor's questions about snapshots, on stdio",
    "lsp": "serve the language server on stdio",
    "query": "list the objects of a snapshot for which something is true",
    "report": "say what is in a snapshot, on the terminal or as HTML",
    "snapshot": "write the heap of a program into a file",
    "suspects": "say what holds a large part of the heap in a snapshot",
    "why": "run a program to a line and show what holds an object there",
}


def main(words: Sequence[str] | None = None) -> int:
    """Run the command that `words` (default: the process's own) name; return the exit code."""
    # Before anything of ours is: the program that `run` runs must not notice what it finds imported.
    already_loaded = frozenset(sys.modules)
    if words is None:
        forget_own_path_entry()
    words = list(sys.argv[1:] if words is None else words)
    if not words or words[0] in ("-h", "--help"):
        print(_help())
        return 0 if words else 2
    if words[0] in COMMANDS:
        command = importlib.import_module(f"heapsight.commands.{words[0].replace('-', '_')}")
        code: int = command.main(words[1:])
        return code
    from .commands import run

    return run.main(words, already_loaded)


def forget_own_path_entry() -> None:
    """Take the folder that we were started from off `sys.path`: what the user has there is none of our business."""
    if not sys.flags.safe_path:
        del sys.path[0]


def _help() -> str:
    lines = [f"  {name:<11} {text}" for name, text in COMMANDS.items()]
    from .commands.run import USAGE

    return "\n".join(
        ["usage: heapsight COMMAND …", "", "commands:", *lines, "", "or, run a program for a client:", USAGE]
    )
