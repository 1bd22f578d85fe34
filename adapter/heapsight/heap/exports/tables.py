"""A snapshot as tables for scripts: its types, or its objects, as CSV or JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from ..graph import Graph
from ..loading import NONE
from ..passes.python import BY_OWN

_PIECE = 1 << 14
OBJECT_COLUMNS = ("node", "address", "type", "size", "retained", "refcount", "length", "name", "value", "dominator")
TYPE_COLUMNS = ("name", "count", "shallow", "retained")
Progress = Callable[[str, float], None]
Row = dict[str, Any]


def write_rows(columns: tuple[str, ...], rows: Iterator[Row], file: TextIO, *, as_json: bool) -> None:
    """Write rows one by one: CSV with a line of headings, or JSON with one object on each line of an array."""
    if not as_json:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_writable(row[name]) for name in columns] for row in rows)
        return
    separator = "[\n"
    for row in rows:
        file.write(separator + json.dumps({name: row[name] for name in columns}))
        separator = ",\n"
    file.write("\n]\n" if separator != "[\n" else "[]\n")


def _writable(value: object) -> object:
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else value


def object_rows(graph: Graph, progress: Progress) -> Iterator[Row]:
    """Yield a row for each object, without Heapsight's own. Numbers of nodes are those of all questions.

    `refcount` is null for immortals, `dominator` where nothing dominates the object.
    """
    snapshot, retained, dominator, reach = graph.snapshot, graph.retained, graph.dominator, graph.reach
    types = [row.name for row in snapshot.types]
    count = graph.nodes
    for node in range(count):
        if node % _PIECE == 0:
            progress("Writing objects", node / count)
        if reach[node] == BY_OWN:
            continue
        refcount, length = snapshot.node_refcount[node], snapshot.node_length[node]
        yield {
            "node": node,
            "address": f"0x{snapshot.node_address[node]:x}",
            "type": types[snapshot.node_type[node]],
            "size": snapshot.size(node),
            "retained": retained[node],
            "refcount": None if refcount == NONE else refcount,
            "length": None if length == NONE else length,
            "name": snapshot.name(node),
            "value": snapshot.value(node),
            "dominator": None if dominator[node] == count else dominator[node],
        }
