"""The questions about snapshot files that the heap worker answers (docs/protocol.md)."""

from __future__ import annotations

# To the adapter, a command is `heapsight/heap/open`; to the worker, `open`.
HEAP_PREFIX = "heapsight/heap/"
HEAP_COMMANDS = (
    "open",
    "close",
    "summary",
    "suspects",
    "types",
    "instances",
    "query",
    "object",
    "references",
    "referrers",
    "dominated",
    "path",
    "duplicates",
    "sparse",
    "cycles",
    "nativeHeld",
    "compare",
    "new",
    "trend",
    "export",
)
