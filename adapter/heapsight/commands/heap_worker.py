"""`heapsight heap-worker`: answers questions about snapshot files on stdio, for the adapter and for editors."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from ..heap.worker import Worker
from ..heap.worker_commands import COMMANDS


def main(words: Sequence[str]) -> int:
    """Serve until the other end closes its stream; return the exit code."""
    argparse.ArgumentParser(
        prog="heapsight heap-worker",
        description="Answer questions about snapshots on stdio, as docs/protocol.md has it.",
    ).parse_args(words)
    # Whatever is printed from here on must not get between two messages.
    reader, writer = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(reader, os.O_BINARY)
        msvcrt.setmode(writer, os.O_BINARY)
    with os.fdopen(reader, "rb") as incoming, os.fdopen(writer, "wb") as outgoing:
        Worker(incoming, outgoing, COMMANDS, sys.stderr).serve()
        # The thread that reads may still be in the middle of it; nothing of ours is left to do.
        outgoing.flush()
    return 0
