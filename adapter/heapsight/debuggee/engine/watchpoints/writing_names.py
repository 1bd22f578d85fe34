"""Names of functions and methods that change what they are given, by which calls that may write are found."""

from __future__ import annotations

# Of lists, dicts, sets and deques; and of `heapq`, `bisect` and `operator`, whose C code changes what it is given.
CHANGES_CONTAINER = frozenset(
    """
    append appendleft extend extendleft insert pop popleft popitem remove discard clear sort reverse rotate add
    update setdefault move_to_end subtract difference_update intersection_update symmetric_difference_update
    __setitem__ __delitem__ __iadd__ __imul__ __ior__ __setstate__
    heappush heappop heapify heapreplace heappushpop insort insort_left insort_right
    setitem delitem iadd imul ior iconcat
    """.split()  # noqa: SIM905 - a list is easier to read like this
)
CHANGES_NAMESPACE = frozenset(
    {"update", "pop", "popitem", "clear", "setdefault", "__setitem__", "__delitem__", "__ior__"}
)
SETS_ATTRIBUTE = frozenset({"setattr", "delattr", "__setattr__", "__delattr__", "__set__", "__delete__"})
# What gives the dict behind attributes or a module's names.
GIVES_NAMESPACE = frozenset({"__dict__", "vars", "globals", "locals"})


def sets_attribute(name: str) -> bool:
    """Say whether a function of this name may set attributes; libraries keep `object.__setattr__` as `_setattr`."""
    return name in SETS_ATTRIBUTE or "setattr" in name or "delattr" in name
