"""Equal values that are there several times: strings, bytes, numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from .graph import Graph
from .passes.python import BY_OWN

_SHOWN_NODES = 10


@dataclass(frozen=True)
class DuplicateRow:
    """Equal values. bytes: of all; wasted: of all but one; nodes: the first ten."""

    text: str
    type: str
    count: int
    bytes: int
    wasted: int
    nodes: list[int]


def duplicates(graph: Graph) -> list[DuplicateRow]:
    """Return the values that more than one object has, most wasted first. Equal: the same hash and the same type."""
    snapshot, reach = graph.snapshot, graph.reach
    counts = Counter(snapshot.value_hash)
    several = {value for value, count in counts.items() if count > 1}
    groups: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    texts: dict[tuple[int, int], int] = {}
    types = snapshot.node_type
    for row, value in enumerate(snapshot.value_hash):
        node = snapshot.value_node[row]
        if value in several and reach[node] != BY_OWN:
            groups[value, types[node]].append(node)
            texts.setdefault((value, types[node]), snapshot.value_text[row])
    rows = []
    for key, nodes in groups.items():
        if len(nodes) > 1:
            sizes = list(map(snapshot.size, nodes))
            name, text = snapshot.types[key[1]].name, snapshot.strings[texts[key]]
            shown = nodes[:_SHOWN_NODES]
            rows.append(DuplicateRow(text, name, len(nodes), sum(sizes), sum(sizes) - max(sizes), shown))
    return sorted(rows, key=lambda row: (-row.wasted, row.text))
