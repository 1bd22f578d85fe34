"""Names of functions and methods that change what they are given, by which calls that may write are found."""

from __future__ import annotations

# Methods, and functions of `heapq`, `bisect` and `operator`, whose C code changes what it is given.
CHANGES_LIST = frozenset(
    {
        "append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse",
        "__setitem__", "__delitem__", "__iadd__", "__imul__", "__setstate__",
        "heappush", "heappop", "heapify", "heapreplace", "heappushpop", "insort", "insort_left", "insort_right",
        "setitem", "delitem", "iadd", "imul", "iconcat",
    }
)  # fmt: skip
CHANGES_DICT = frozenset(
    {
        "update", "pop", "popitem", "clear", "setdefault", "move_to_end", "subtract",
        "__setitem__", "__delitem__", "__ior__", "__setstate__", "setitem", "delitem", "ior",
    }
)  # fmt: skip
CHANGES_SET = frozenset(
    {
        "add", "discard", "remove", "pop", "clear", "update", "difference_update", "intersection_update",
        "symmetric_difference_update", "__ior__", "__iand__", "__isub__", "__ixor__", "__setstate__",
        "ior", "iand", "isub", "ixor",
    }
)  # fmt: skip
CHANGES_DEQUE = CHANGES_LIST | {"appendleft", "extendleft", "popleft", "rotate"}
SETS_ATTRIBUTE = frozenset({"setattr", "delattr", "__setattr__", "__delattr__", "__set__", "__delete__"})
# What gives the dict behind attributes or a module's names.
GIVES_NAMESPACE = frozenset({"__dict__", "vars", "globals", "locals"})


def sets_attribute(name: str) -> bool:
    """Say whether a function of this name may set attributes; libraries keep `object.__setattr__` as `_setattr`."""
    return name in SETS_ATTRIBUTE or "setattr" in name or "delattr" in name
