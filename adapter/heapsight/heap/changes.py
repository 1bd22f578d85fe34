"""Answers about two snapshots or more, as they go over the wire (docs/protocol.md)."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

from . import arguments as read
from . import comparing
from .answers import object_page, sorted_nodes
from .arguments import Arguments
from .files import OpenFile
from .newcomers import newcomers
from .questions import in_wire_terms
from .types import GROUPINGS

Body = dict[str, Any]
# By which what has changed is asked for most, first.
_COMPARED_BY = ("type", "dominator", "site", *(each for each in GROUPINGS if each not in ("type", "site")))


def compare(before: OpenFile, after: OpenFile, arguments: Arguments) -> Body:
    """Answer `compare`. What has not changed is left out, and counted, unless `all` is wanted."""
    grouping = read.choice(arguments, "groupBy", _COMPARED_BY)
    order = read.choice(arguments, "sortBy", comparing.ORDERS)
    text, is_whole = read.text(arguments, "filter", ""), read.flag(arguments, "all")
    key = ("compare", before.number, grouping, order, text)
    rows = after.once(key, lambda: comparing.compare(before.graph, after.graph, grouping, order, text))
    # What a dominator retains is also in what its own dominator does: these cannot be added up.
    whole = rows if grouping != "dominator" else comparing.compare(before.graph, after.graph)
    # What a group retains can change with other groups alone.
    by_retained = order == "retainedChange"
    changed = [row for row in rows if row.is_changed or (by_retained and row.retained_change)]
    shown = rows if is_whole else changed
    start, count = read.page(arguments)
    return {
        "rows": [_change(row) for row in shown[start : start + count]],
        "total": len(shown),
        "unchanged": len(rows) - len(changed),
        "totals": _totals(whole),
    }


def new_objects(before: OpenFile, after: OpenFile, arguments: Arguments) -> Body:
    """Answer `new`: the objects of a row of `compare` that were not there before."""
    grouping = read.choice(arguments, "groupBy", _COMPARED_BY)
    name = read.text(arguments, "type")
    key = ("new", before.number, grouping, name, repr(arguments.get("sortBy")))

    def find() -> tuple[array[int], int, bool]:
        found = newcomers(before.graph, after.graph, name, grouping)
        return sorted_nodes(after.graph, found.nodes, arguments), found.objects, found.same_process

    nodes, objects, is_same_process = after.once(key, find)
    return {
        **object_page(after.graph, nodes, arguments),
        "bytes": after.graph.bytes_of(nodes),
        "objects": objects,
        "sameProcess": is_same_process,
    }


def trend(opened: Sequence[OpenFile], arguments: Arguments) -> Body:
    """Answer `trend`: how groups have changed over several snapshots, those that grow each time first."""
    grouping, text = read.choice(arguments, "groupBy", _COMPARED_BY), read.text(arguments, "filter", "")
    key = ("trend", tuple(each.number for each in opened), grouping, text)
    rows = opened[-1].once(key, lambda: comparing.compare_many([each.graph for each in opened], grouping, text))
    shown = rows if read.flag(arguments, "all") else [row for row in rows if row.is_changed]
    start, count = read.page(arguments)
    return {
        "rows": [in_wire_terms(row) for row in shown[start : start + count]],
        "total": len(shown),
        "unchanged": sum(not row.is_changed for row in rows),
    }


def _totals(rows: Sequence[comparing.ChangeRow]) -> Body:
    count_before, count_after = sum(row.count_before for row in rows), sum(row.count_after for row in rows)
    size_before, size_after = sum(row.size_before for row in rows), sum(row.size_after for row in rows)
    return {
        "countBefore": count_before,
        "countAfter": count_after,
        "countChange": count_after - count_before,
        "sizeBefore": size_before,
        "sizeAfter": size_after,
        "sizeChange": size_after - size_before,
    }


def _change(row: comparing.ChangeRow) -> Body:
    return {
        **in_wire_terms(row),
        "countChange": row.count_change,
        "sizeChange": row.size_change,
        "retainedChange": row.retained_change,
        "change": row.change,
    }
