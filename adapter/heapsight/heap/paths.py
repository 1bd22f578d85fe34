"""How an object is reached: the shortest path from a root, as an expression that can be pasted where possible."""

from __future__ import annotations

import keyword
from dataclasses import dataclass, field

from .graph import Edge, Graph
from .loading import ATTRIBUTE, FRAME, ITEM, KEY, LOCAL, MEMBER, NONE, STACK, TYPE, VALUE
from .passes.python import BY_NATIVE, BY_NOTHING
from .texts import describe, file_name, shortened

_ROOTS = ("module", "thread", "interpreter", "own")
# Where a suspended generator's variables are.
_FRAMES = {"generator": ".gi_frame", "coroutine": ".cr_frame", "async_generator": ".ag_frame", "frame": ""}
LONGEST_EXPRESSION_STEPS = 200
# How many beginnings of paths are kept.
_MOST_WRITERS = 1 << 17


@dataclass(frozen=True)
class Step:
    """An object on a path. label: what stands for the reference to it, behind its holder's expression."""

    node: int
    label: str
    text: str


@dataclass(frozen=True)
class Path:
    """A path from a root to an object, which is the last step.

    root_kind: module, thread, interpreter, own, native (held by native code only) or unreachable. pasteable: whether
    the expression, evaluated in the program, is the object.
    """

    steps: list[Step]
    expression: str
    root_kind: str
    pasteable: bool


@dataclass
class _Writer:
    """Puts an expression together. `held`: a `__dict__` that is left out if a name in it follows."""

    graph: Graph
    parts: list[str] = field(default_factory=list)
    pasteable: bool = True
    held: str = ""
    local: bool = False

    def begin(self, text: str, pasteable: bool) -> None:
        self.parts, self.pasteable, self.held, self.local = [text], pasteable, "", False

    def add(self, edge: Edge) -> str:
        """Append one reference. Returns what stands for it."""
        before, self.held = self.held, ""
        was_local, self.local = self.local, edge.kind == LOCAL
        label, pasteable = self._label(edge)
        if was_local and label == ".cell_contents":
            return label  # of a variable that a closure uses: its name means the contents
        if before and edge.kind == VALUE:
            label, pasteable = self._name_in_namespace(edge, before + label, pasteable)
        elif before:
            label = before + label
        if label == ".__dict__":
            self.held = label
            return label
        if edge.kind == FRAME or (edge.kind == LOCAL and self._is_running(edge.holder)):
            self.begin(label, False)
            self.local = edge.kind == LOCAL
        else:
            self.parts.append(label)
            self.pasteable &= pasteable
        return label

    def copy(self) -> _Writer:
        return _Writer(self.graph, ["".join(self.parts)], self.pasteable, self.held, self.local)

    def expression(self) -> str:
        return "".join(self.parts) + self.held

    def _is_running(self, holder: int) -> bool:
        return self.graph.snapshot.type_of(holder).name == "<frame>"

    def _name_in_namespace(self, edge: Edge, otherwise: str, pasteable: bool) -> tuple[str, bool]:
        value = key_text(self.graph, edge.label)
        name = value[1:-1] if value is not None and value[:1] in {"'", '"'} else ""
        return (f".{name}", True) if _is_name(name) else (otherwise, pasteable)

    def _label(self, edge: Edge) -> tuple[str, bool]:
        """Return what stands for a reference, and whether that is an expression."""
        strings = self.graph.snapshot.strings
        if edge.kind == ATTRIBUTE:
            name = strings[edge.label]
            return (f".{name}", True) if _is_name(name) else (f"<{name or 'attribute'}>", False)
        if edge.kind == ITEM:
            return f"[{edge.label}]", True
        if edge.kind == VALUE:
            key = key_text(self.graph, edge.label)
            if key is None:
                return f"[<{describe(self.graph, edge.label)}>]" if edge.label < self.graph.nodes else "[?]", False
            return f"[{key}]", not key.endswith("…")
        if edge.kind == LOCAL:
            return self._local(edge, strings[edge.label])
        if edge.kind == TYPE:
            return ".__class__", True
        if edge.kind == FRAME:
            return f"frame {describe(self.graph, edge.to)}", False
        if edge.kind in {KEY, MEMBER}:
            return "<key>" if edge.kind == KEY else "<member>", False
        text = strings[edge.label] if edge.label != NONE else ""
        if not text:
            kind = self.graph.snapshot.type_of(edge.holder).name
            text = "evaluation stack" if edge.kind == STACK else f"inside {kind}"
        return f"<{text}>", False

    def _local(self, edge: Edge, name: str) -> tuple[str, bool]:
        kind = self.graph.snapshot.type_of(edge.holder).name
        if kind in _FRAMES:
            return f"{_FRAMES[kind]}.f_locals[{name!r}]", True
        return f"local {name} in {shortened(self.graph.snapshot.name(edge.holder) or 'a frame')}", False


def key_text(graph: Graph, node: int, depth: int = 2) -> str | None:
    """Return a dict's key as an expression; None where it is no plain value.

    With `…` where it is too long to be whole.
    """
    if not 0 <= node < graph.nodes:
        return None
    value = graph.snapshot.value(node)
    if value is not None or not depth or graph.snapshot.type_of(node).name != "tuple":
        return value
    items = [key_text(graph, edge.to, depth - 1) for edge in graph.references(node) if edge.kind == ITEM]
    if not items or None in items or len(items) != graph.snapshot.node_length[node]:
        return None
    texts = [item for item in items if item is not None]
    whole = f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
    return whole + "…" if any(text.endswith("…") for text in texts) else whole


def path(graph: Graph, node: int) -> Path:
    """Return the shortest path to a node; the first of several, modules of the program's own before others.

    Of a path with very many steps (a linked list) the expression has the ends only, and is not pasteable.
    """
    edges = path_edges(graph, node)
    root = edges[0].holder if edges else node
    root_kind, text, pasteable = root_of(graph, root)
    writer = _Writer(graph)
    writer.begin(text, pasteable)
    steps = [Step(root, text, describe(graph, root))]
    for position, edge in enumerate(edges):
        label = writer.add(edge)
        if len(edges) > LONGEST_EXPRESSION_STEPS and position == LONGEST_EXPRESSION_STEPS // 2:
            writer.begin(f"{writer.expression()}…{len(edges) - LONGEST_EXPRESSION_STEPS:,} steps…", False)
        if min(position, len(edges) - position) > LONGEST_EXPRESSION_STEPS // 2:
            del writer.parts[1:]
        steps.append(Step(edge.to, label, describe(graph, edge.to)))
    return Path(steps, writer.expression(), root_kind, writer.pasteable)


class Expressions:
    """The expressions of the paths to many objects: of what hangs on the same holder, the beginning is written once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._writers: dict[int, tuple[_Writer, int]] = {}

    def of(self, node: int) -> str:
        """Return the expression of the shortest path to a node, as `path` has it."""
        parent = self._graph.parent[node]
        if parent == NONE:
            return path(self._graph, node).expression
        found = self._writers.get(parent) or self._writer_to(parent)
        if found[1] >= LONGEST_EXPRESSION_STEPS:
            return path(self._graph, node).expression
        writer = found[0].copy()
        writer.add(self._graph.edge(parent, self._graph.reached.edge[node]))
        return writer.expression()

    def end(self, node: int, length: int, *, is_whole: bool = False) -> tuple[str, str]:
        """Return the end of a path: at least its last step and so many characters before, or all; nothing is left out.

        Behind it stands a second text, as long as no step follows that makes a name of it. is_whole: where it cannot be
        all, return nothing.
        """
        parent = self._graph.parent[node]
        if parent != NONE:
            writer, steps = self._writers.get(parent) or self._writer_to(parent)
            if steps < LONGEST_EXPRESSION_STEPS:
                writer = writer.copy()
                writer.add(self._graph.edge(parent, self._graph.reached.edge[node]))
                return "".join(writer.parts), writer.held
        writer, is_all = self._write_end(node, length)
        return ("", "") if is_whole and not is_all else ("".join(writer.parts), writer.held)

    def _write_end(self, node: int, length: int) -> tuple[_Writer, bool]:
        """Return what has written the end of a path, and whether that is all of it."""
        graph, reached, edges = self._graph, self._graph.reached, list[Edge]()
        # Of three steps in a row one has a text; the first ones may depend on what is before them.
        most = 3 * length + 6
        while reached.parent[node] != NONE and len(edges) < most:
            edges.append(graph.edge(reached.parent[node], reached.edge[node]))
            node = reached.parent[node]
        writer = _Writer(graph)
        is_root = reached.parent[node] == NONE
        writer.begin(root_of(graph, node)[1] if is_root else "", is_root)
        first = writer.parts
        for edge in reversed(edges):
            writer.add(edge)
        return writer, is_root or writer.parts is not first

    def _writer_to(self, node: int) -> tuple[_Writer, int]:
        """Return what has written the path to a node, and of how many steps that is."""
        if len(self._writers) >= _MOST_WRITERS:
            self._writers.clear()
        graph, missing = self._graph, [node]
        while missing[-1] not in self._writers and graph.parent[missing[-1]] != NONE:
            missing.append(graph.parent[missing[-1]])
            if len(missing) > LONGEST_EXPRESSION_STEPS:
                return _Writer(graph), LONGEST_EXPRESSION_STEPS
        first = missing.pop()
        if first not in self._writers:
            writer = _Writer(graph)
            _, text, pasteable = root_of(graph, first)
            writer.begin(text, pasteable)
            self._writers[first] = writer, 0
        writer, steps = self._writers[first]
        for each in reversed(missing):
            writer, steps = writer.copy(), steps + 1
            writer.add(graph.edge(graph.parent[each], graph.reached.edge[each]))
            self._writers[each] = writer, steps
        return writer, steps


def path_edges(graph: Graph, node: int) -> list[Edge]:
    """Return the references of the shortest path, from the root on; empty for a root."""
    reached = graph.reached
    found = []
    while reached.parent[node] != NONE:
        found.append(graph.edge(reached.parent[node], reached.edge[node]))
        node = reached.parent[node]
    found.reverse()
    return found


def root_of(graph: Graph, node: int) -> tuple[str, str, bool]:
    """Return what makes a node the beginning of a path: kind of root, text, whether that is an expression."""
    snapshot, reach = graph.snapshot, graph.reach[node]
    if reach == BY_NOTHING:
        return "unreachable", f"<unreachable {describe(graph, node)}>", False
    if reach == BY_NATIVE:
        place = snapshot.place(node)
        at = f" at {file_name(place.file)}:{place.line}" if place is not None else ""
        return "native", f"<{describe(graph, node)}{at}, held by native code>", False
    row = graph.root_rows.get(node)
    if row is None:
        return "interpreter", f"<{describe(graph, node)}>", False
    kind = _ROOTS[min(snapshot.root_kind[row], len(_ROOTS) - 1)]
    label = snapshot.strings[snapshot.root_label[row]]
    if kind == "module" and not label:
        label = f"sys.modules[{snapshot.name(node) or '?'!r}]"
    is_expression = bool(label) and kind != "thread"
    if kind == "thread":
        label = describe(graph, node)
    return kind, label or f"<{describe(graph, node)}>", is_expression


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)
