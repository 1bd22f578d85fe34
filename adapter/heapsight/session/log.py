"""Writing down what the adapter and its clients say to each other, for bug reports."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from ..wire.framing import Message

Observer = Callable[[str, Message], None]


def message_log(folder: Path) -> Observer:
    """Return a function that appends a message to this process's file in `folder`. Raises OSError."""
    file = (folder / f"heapsight.adapter-{os.getpid()}.log").open("a", encoding="utf-8", buffering=1)
    began = time.monotonic()

    def write(direction: str, message: Message) -> None:
        file.write(f"{time.monotonic() - began:10.4f} {direction} {json.dumps(message)}\n")

    return write
