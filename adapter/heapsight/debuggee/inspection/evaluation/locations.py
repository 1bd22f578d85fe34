"""Places in the source for syntax trees that were put together by hand."""

from __future__ import annotations

import ast
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)


def with_locations(tree: Node) -> Node:
    """Give each node without a place that of the node around it.

    `ast.fix_missing_locations` does the same, but leaves a circle behind for the user's garbage collector.
    """
    pending: list[tuple[ast.AST, int, int]] = [(tree, 1, 0)]
    while pending:
        node, line, column = pending.pop()
        if "lineno" in node._attributes:
            if not hasattr(node, "lineno"):
                for name, value in (("lineno", line), ("col_offset", column), ("end_lineno", line)):
                    setattr(node, name, value)
                node.end_col_offset = column  # type: ignore[attr-defined]
            line, column = node.lineno, node.col_offset  # type: ignore[attr-defined]
        pending += [(child, line, column) for child in ast.iter_child_nodes(node)]
    return tree
