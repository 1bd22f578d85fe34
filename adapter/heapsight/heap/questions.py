"""Answers about a whole heap, as they go over the wire (docs/protocol.md)."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from . import arguments as read
from .answers import object_page, object_row, sorted_nodes
from .arguments import Arguments
from .cycles import cycles as find_cycles
from .duplicates import duplicates as find_duplicates
from .errors import QuestionFailed
from .files import OpenFile
from .loading import PSEUDO
from .matching import find as find_matching
from .native_held import native_held as find_native
from .queries import QueryError
from .sparse import sparse as find_sparse
from .suspects import find as find_suspects
from .types import GROUPINGS, GroupRow, group
from .types import ORDERS as TYPE_ORDERS
from .types import instances as instances_of

Body = dict[str, Any]
Found = TypeVar("Found")
_NODES_OF_A_CYCLE = 20
_CAPITAL = re.compile("_([a-z])")


def summary(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `summary`. `bytes` and `objects` are the program's, without Heapsight's own."""
    graph = opened.graph
    own = graph.own
    pseudo = sum(count for flags, count in Counter(opened.snapshot.node_flags).items() if flags & PSEUDO)
    return {
        "bytes": graph.program_bytes,
        "objects": graph.nodes - len(own) - pseudo,
        "own": {"bytes": graph.bytes_of(own), "objects": len(own)},
        "unreachable": {"bytes": graph.bytes_of(graph.unreachable), "objects": len(graph.unreachable)},
        "native": {"bytes": graph.bytes_of(graph.native_only), "objects": len(graph.native_only)},
        "suspects": suspects(opened, arguments)["suspects"],
        "topTypes": types(opened, {"count": 10})["rows"],
    }


def suspects(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `suspects`."""
    rows = opened.once(("suspects",), lambda: find_suspects(opened.graph))
    return {"suspects": [in_wire_terms(each) for each in rows]}


def types(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `types`."""
    grouping = read.choice(arguments, "groupBy", GROUPINGS)
    order = read.choice(arguments, "sortBy", TYPE_ORDERS)
    text, only = read.text(arguments, "filter", ""), read.text(arguments, "only", "")

    def find() -> list[GroupRow]:
        return _of_type(lambda: group(opened.graph, grouping, order, text, only))

    return _page(opened.once(("types", grouping, order, text, only), find), arguments)


def _of_type(find: Callable[[], Found]) -> Found:
    try:
        return find()
    except ValueError as error:  # all else about the arguments is known to be right
        raise QuestionFailed(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None


def instances(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `instances`."""
    grouping = read.choice(arguments, "groupBy", GROUPINGS)
    name, only = read.text(arguments, "type"), read.text(arguments, "only", "")
    is_sorted = arguments.get("sortBy") is not None

    def find() -> array[int]:
        nodes = _of_type(lambda: instances_of(opened.graph, name, grouping, only))
        return sorted_nodes(opened.graph, nodes, arguments) if is_sorted else nodes

    key = ("instances", grouping, name, only, _order(arguments))
    return object_page(opened.graph, opened.once(key, find), arguments)


def query(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `query`. Raises QuestionFailed for a query that is none."""
    text = read.text(arguments, "query")

    def find() -> array[int]:
        try:
            return sorted_nodes(opened.graph, find_matching(opened.graph, text), arguments)
        except QueryError as error:
            raise QuestionFailed(f"This is no query: {error}.") from None

    nodes = opened.once(("query", text, _order(arguments)), find)
    return {**object_page(opened.graph, nodes, arguments), "bytes": opened.graph.bytes_of(nodes)}


def duplicates(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `duplicates`."""
    rows = opened.once(("duplicates",), lambda: find_duplicates(opened.graph))
    return {**_page(rows, arguments), "wasted": rows.wasted}


def sparse(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `sparse`."""
    graph, rows = opened.graph, opened.once(("sparse",), lambda: find_sparse(opened.graph))
    start, count = read.page(arguments)
    shown = [{**object_row(graph, row.node), **in_wire_terms(row)} for row in rows[start : start + count]]
    return {"rows": shown, "total": len(rows), "wasted": sum(row.wasted for row in rows)}


def cycles(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `cycles`. Of each, or of the largest of those that are alike, the first nodes are named."""
    found = opened.once(("cycles",), lambda: find_cycles(opened.graph))
    if read.flag(arguments, "alike"):
        page = _page(opened.once(("cycles", "alike"), found.alike), arguments)
    else:
        page = _page(found, arguments)
    for row in page["rows"]:
        row["nodes"] = row["nodes"][:_NODES_OF_A_CYCLE]
    return page


def native_held(opened: OpenFile, arguments: Arguments) -> Body:
    """Answer `nativeHeld`."""
    graph, rows = opened.graph, opened.once(("nativeHeld",), lambda: find_native(opened.graph))
    start, count = read.page(arguments)
    shown = [{**object_row(graph, row.node), **in_wire_terms(row)} for row in rows[start : start + count]]
    return {"rows": shown, "total": len(rows)}


def _page(rows: Sequence[Any], arguments: Arguments) -> Body:
    start, count = read.page(arguments)
    return {"rows": [in_wire_terms(row) for row in rows[start : start + count]], "total": len(rows)}


def in_wire_terms(record: Any) -> Body:
    """Return a record's fields, named as JSON's are: `countBefore` for `count_before`."""
    return {_CAPITAL.sub(lambda found: found[1].upper(), name): value for name, value in asdict(record).items()}


def _order(arguments: Arguments) -> str:
    # What is no order is refused when the answer is sought.
    return repr(arguments.get("sortBy"))
