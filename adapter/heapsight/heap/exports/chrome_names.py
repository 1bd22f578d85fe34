"""What Chrome's tools call a Python object: its kind of node, and its name.

They group objects by name where the kind is `object` or `native`, and by kind otherwise. So an instance is called by
its type alone; strings, numbers, functions and code say what they are.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from ..loading import NONE, PSEUDO, Snapshot

HIDDEN, ARRAY, STRING, OBJECT, CODE, CLOSURE, _, NUMBER, NATIVE, SYNTHETIC = range(10)

_STRINGS = frozenset(("str",))
_NUMBERS = frozenset(("int", "float", "bool", "complex"))
# Plain memory. Lists and dicts are objects, as they are in JavaScript: there an `array` is what backs one.
_ARRAYS = frozenset(("bytes", "bytearray", "memoryview", "array.array", "mmap.mmap", "numpy.ndarray"))
_CLOSURES = frozenset(
    (
        "function",
        "builtin_function_or_method",
        "method",
        "method_descriptor",
        "method-wrapper",
        "wrapper_descriptor",
        "classmethod_descriptor",
        "classmethod",
        "staticmethod",
        "functools.partial",
    )
)
_HIDDEN = frozenset(("NoneType", "ellipsis", "NotImplementedType"))
_FROM_EXPORT = 1 << 40


class Strings:
    """The strings of the export, numbered as they are first used. Those of the snapshot stay in the snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._texts: dict[str, int] = {}
        self._own: list[str] = []
        # For each string of the snapshot, its number here; as it is, and without the quotes around it.
        self._plain = array("I", [NONE]) * len(snapshot.strings)
        self._unquoted = array("I", [NONE]) * len(snapshot.strings)
        self._order = array("q")
        self.of_text("<dummy>")

    def of_text(self, text: str) -> int:
        """Return the number of a text."""
        found = self._texts.get(text)
        if found is None:
            found = self._texts[text] = len(self._order)
            self._order.append(_FROM_EXPORT + len(self._own))
            self._own.append(text)
        return found

    def of_snapshot(self, string: int) -> int:
        """Return the number of a string of the snapshot."""
        return self._number(self._plain, string, string)

    def of_quoted(self, string: int) -> int:
        """Return the number of what a string of the snapshot has between its quotes."""
        return self._number(self._unquoted, string, -1 - string)

    def _number(self, numbers: array[int], string: int, entry: int) -> int:
        if string >= len(numbers):
            return 0  # of a damaged file; the text is shown as missing
        found = numbers[string]
        if found == NONE:
            found = numbers[string] = len(self._order)
            self._order.append(entry)
        return found

    def __iter__(self) -> Iterator[str]:
        texts = self._snapshot.strings
        for entry in self._order:
            if entry >= _FROM_EXPORT:
                yield self._own[entry - _FROM_EXPORT]
            elif entry >= 0:
                yield texts[entry]
            else:
                yield unquoted(texts[-1 - entry])


class Names:
    """Kinds and names of nodes."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.strings = Strings(snapshot)
        self._snapshot = snapshot
        self._types = snapshot.node_type
        self._flags = snapshot.node_flags
        self._kinds = [_kind_of(row.name) for row in snapshot.types]
        self._type_names = [self.strings.of_text(row.name) for row in snapshot.types]
        self._modules = frozenset(i for i, row in enumerate(snapshot.types) if row.name == "module")
        self._classes = classes_of(snapshot)
        self._value_of = dict(zip(snapshot.value_node, snapshot.value_text, strict=True))

    def of_node(self, node: int) -> tuple[int, int]:
        """Return the kind of a node, and the number of its name."""
        kind_row = self._types[node]
        kind = self._kinds[kind_row]
        if kind in (STRING, NUMBER, HIDDEN):
            value = self._value_of.get(node)
            if value is None:
                return kind, self._type_names[kind_row]
            return kind, self.strings.of_quoted(value) if kind == STRING else self.strings.of_snapshot(value)
        if kind == OBJECT and node in self._classes:
            return OBJECT, self._named("class", node, kind_row)
        if kind_row in self._modules:
            return OBJECT, self._named("module", node, kind_row)
        if self._flags[node] & PSEUDO:
            return NATIVE, self._named("", node, kind_row)
        if kind in (CLOSURE, CODE):
            return kind, self._named("", node, kind_row)
        return kind, self._type_names[kind_row]

    def of_key(self, node: int) -> int:
        """Return the number of the name of a dict's item with the key `node`: a text as it is, else the key's value."""
        value = self._value_of.get(node)
        if value is None:
            if node >= self._snapshot.nodes:
                return 0
            return self.strings.of_text(f"[{self._snapshot.types[self._types[node]].name}]")
        if self._kinds[self._types[node]] == STRING:
            return self.strings.of_quoted(value)
        return self.strings.of_snapshot(value)

    def _named(self, what: str, node: int, kind_row: int) -> int:
        name = self._snapshot.name(node)
        if name is None:
            return self._type_names[kind_row]
        return self.strings.of_text(f"{what} {name}" if what else name)


def classes_of(snapshot: Snapshot) -> frozenset[int]:
    """Return the nodes that are types: those that have instances, and those whose type is `type` or a metaclass."""
    known = {row.node for row in snapshot.types if row.node is not None}
    node_type = snapshot.node_type
    # A metaclass is a type whose instances are types that have instances.
    metaclasses = {node_type[node] for node in known} | {
        i for i, row in enumerate(snapshot.types) if row.name == "type"
    }
    return frozenset(node for node, row in enumerate(node_type) if row in metaclasses)


def unquoted(text: str) -> str:
    """Return what stands between the quotes of a str's repr, which may have been cut."""
    quote = text[:1]
    if quote not in ("'", '"'):
        return text
    return (
        text[1:-1] if len(text) > 1 and text.endswith(quote) else text[1:].removesuffix("…").removesuffix(quote) + "…"
    )


def _kind_of(name: str) -> int:
    for names, kind in (
        (_STRINGS, STRING),
        (_NUMBERS, NUMBER),
        (_ARRAYS, ARRAY),
        (_CLOSURES, CLOSURE),
        (_HIDDEN, HIDDEN),
    ):
        if name in names:
            return kind
    return CODE if name == "code" else OBJECT
