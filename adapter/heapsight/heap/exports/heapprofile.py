"""Chrome's `.heapprofile`: where the living objects were allocated, as a tree of calls; opens in Chrome and in VS Code.

The format is `SamplingHeapProfile` of the DevTools protocol's HeapProfiler domain: `head` is a node with
`callFrame`, `selfSize`, `id`, `children`; `samples` has one entry for each trace. A snapshot knows of a frame its file
and line, so a frame is called by these. Sizes are shallow ones of the objects that were alive.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TextIO

from ..errors import QuestionFailed
from ..loading import Place, Snapshot


@dataclass(eq=False)
class _Node:
    place: Place | None
    number: int
    size: int = 0
    children: dict[Place, _Node] = field(default_factory=dict)


def write(snapshot: Snapshot, file: TextIO, progress: Callable[[str, float], None]) -> None:
    """Write the profile. Raises QuestionFailed where the program did not run with `tracemalloc`."""
    sizes = _bytes_by_trace(snapshot)
    if not sizes:
        raise QuestionFailed("The snapshot has no allocation sites: the program did not run with tracemalloc.")
    head, count = _Node(None, 1), 1
    samples: list[dict[str, int]] = []
    for trace, size in sizes.items():
        progress("Collecting allocation sites", len(samples) / len(sizes))
        node = head
        # A trace begins with the most recent frame.
        for place in reversed(snapshot.trace(trace)):
            child = node.children.get(place)
            if child is None:
                count += 1
                child = node.children[place] = _Node(place, count)
            node = child
        node.size += size
        samples.append({"size": size, "nodeId": node.number, "ordinal": len(samples) + 1})
    file.write('{"head":')
    _write_tree(head, file)
    file.write(',"samples":' + json.dumps(samples, separators=(",", ":")) + "}\n")


def _bytes_by_trace(snapshot: Snapshot) -> dict[int, int]:
    sizes: dict[int, int] = {}
    for node, trace in zip(*snapshot.site_columns, strict=True):
        sizes[trace] = sizes.get(trace, 0) + snapshot.size(node)
    return sizes


def _write_tree(head: _Node, file: TextIO) -> None:
    """Write a node and all below it; traces may be deeper than Python's stack."""
    waiting: list[_Node | str] = [head]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            file.write(item)
            continue
        start = {"callFrame": _frame(item.place), "selfSize": item.size, "id": item.number}
        file.write(json.dumps(start, separators=(",", ":"))[:-1] + ',"children":[')
        waiting.append("]}")
        children: list[_Node | str] = []
        for child in item.children.values():
            children += (child, ",")
        waiting.extend(reversed(children[:-1]))


def _frame(place: Place | None) -> dict[str, object]:
    if place is None:
        return {"functionName": "(root)", "scriptId": "0", "url": "", "lineNumber": -1, "columnNumber": -1}
    name = f"{PurePath(place.file).name}:{place.line}"
    # Lines count from 0 here.
    return {
        "functionName": name,
        "scriptId": "0",
        "url": place.file,
        "lineNumber": place.line - 1,
        "columnNumber": 0,
    }
