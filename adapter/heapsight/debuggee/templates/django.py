"""Django templates: trees of nodes, each of which is rendered through `Node.render_annotated`.

A node knows its template (`origin`) and where it begins there (`token.lineno`). A node that is the first on its line is
where the line begins. Text is rendered elsewhere and is no place to stop.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import CodeType, FrameType, FunctionType
from typing import cast

from ..engine.breakpoints.code_lines import event_lines
from ..engine.foreign import FileLines, ForeignStep, Place
from ..engine.model import StepKind
from ..frames import read_locals
from ..records import record
from .attributes import attribute, text, text_dict
from .frame import Position, TemplateFrame, Variables

_FILE = "django/template/base.py"
_MOST_NODES = 100_000
# What Django puts into every context.
_CONSTANTS = frozenset({"True", "False", "None"})


class Django:
    """Reads templates that are being rendered."""

    def __init__(self) -> None:
        self._rendering: tuple[CodeType | None, frozenset[int]] = (None, frozenset())

    def runs_every_file(self, code: CodeType) -> bool:
        """Say whether `code` is `Node.render_annotated`."""
        return code.co_name == "render_annotated" and _is_in_base(code, "Node.render_annotated")

    def interpreters(self) -> list[CodeType]:
        """Return the code of `Node.render_annotated` if Django is loaded."""
        node = attribute(sys.modules.get("django.template.base"), "Node")
        function = type.__dict__["__dict__"].__get__(node).get("render_annotated") if isinstance(node, type) else None
        return [function.__code__] if isinstance(function, FunctionType) else []

    def event_lines(self, code: CodeType) -> frozenset[int]:
        """Return the line that renders: it comes after a `try:` that has a line of its own."""
        known, lines = self._rendering
        if known is not code:
            lines = frozenset(sorted(event_lines(code))[1:2])
            self._rendering = (code, lines)
        return lines

    def is_in(self, frame: FrameType) -> bool:
        """Say whether `frame` renders a node."""
        return self.runs_every_file(frame.f_code)

    def place(self, frame: FrameType, line: int) -> Place | None:
        """Return the template line that begins with the node that `frame` renders."""
        if line not in self.event_lines(frame.f_code):
            return None
        node = _node_of(frame)
        place = _place_of(node)
        return place if place is not None and _begins_line(frame, node, place) else None

    def lines_at(self, frame: FrameType) -> FileLines | None:
        """Return the lines of the template whose node `frame` renders."""
        place = _place_of(_node_of(frame))
        if place is None:
            return None
        return FileLines(place.path, frozenset(_lines(_roots(frame, place.path), place.path)) | {place.line})

    def position(self, frame: FrameType) -> Position | None:
        """Return where in its template the node that `frame` renders begins."""
        node = _node_of(frame)
        place = _place_of(node)
        if place is None:
            return None
        name = text(attribute(attribute(node, "origin"), "template_name"))
        return Position(place.path, place.line, name if name is not None else place.path)

    def frame(self, frame: FrameType, position: Position) -> TemplateFrame:
        """Return the template's frame that `frame` stands for."""
        return TemplateFrame(frame, position, lambda: _variables(frame), dict)

    def is_same_run(self, outer: FrameType, inner: FrameType) -> bool:
        """Say whether two frames that render nodes are within one run of one template, `inner` called by `outer`."""
        first, second = _place_of(_node_of(outer)), _place_of(_node_of(inner))
        if first is None or second is None or first.path != second.path:
            return False
        return not any(_renders_template(frame) for frame in _between(inner, outer))

    def step(self, frame: FrameType, kind: StepKind) -> ForeignStep | None:
        """Return how a step from `frame` is different."""
        place = _place_of(_node_of(frame))
        if place is None:
            return None
        if kind is StepKind.IN:
            return ForeignStep(place, frame)
        depth = self.depth(frame)
        whole = [one for one in _callers(frame) if _renders_template(one)]
        deepest = depth if kind is StepKind.OVER else depth - 1
        return ForeignStep(place, whole[0] if whole else frame, NodesUpTo(self, deepest))

    def depth(self, frame: FrameType) -> int:
        """Return how many templates are being rendered around the node that `frame` renders.

        A template that is included is one deeper, a block that another template fills, too. What a template extends
        goes on in its place.
        """
        depth = 0
        inner: FrameType | None = None
        between = False
        for current in _callers(frame):
            if self.runs_every_file(current.f_code):
                if inner is not None:
                    depth += self._goes_deeper(current, inner, between)
                inner, between = current, False
            elif _renders_template(current):
                between = True
        return depth

    def _goes_deeper(self, outer: FrameType, inner: FrameType, between: bool) -> bool:
        node = _node_of(outer)
        if type(node).__name__ == "ExtendsNode":
            return False
        first, second = _place_of(node), _place_of(_node_of(inner))
        return between or first is None or second is None or first.path != second.path


@record
class NodesUpTo:
    """Nodes that are rendered no deeper than `deepest`."""

    django: Django
    deepest: int

    def may_end_in(self, code: CodeType) -> bool:
        """Say whether `code` renders nodes."""
        return self.django.runs_every_file(code)

    def watches(self, frame: FrameType) -> bool:
        """Say whether `frame` renders such a node."""
        return self.django.runs_every_file(frame.f_code) and self.django.depth(frame) <= self.deepest


def _is_in_base(code: CodeType, name: str) -> bool:
    return code.co_qualname == name and code.co_filename.replace("\\", "/").endswith(_FILE)


def _renders_template(frame: FrameType) -> bool:
    """Say whether `frame` is `Template.render`: the beginning of a run. What is extended begins with `_render`."""
    return frame.f_code.co_name == "render" and _is_in_base(frame.f_code, "Template.render")


def _callers(frame: FrameType) -> Iterator[FrameType]:
    current: FrameType | None = frame
    while current is not None:
        yield current
        current = current.f_back


def _between(inner: FrameType, outer: FrameType) -> Iterator[FrameType]:
    for frame in _callers(inner):
        if frame is outer:
            return
        yield frame


def _node_of(frame: FrameType) -> object:
    return read_locals(frame).get("self")


def _place_of(node: object) -> Place | None:
    path = text(attribute(attribute(node, "origin"), "name"))
    line = attribute(attribute(node, "token"), "lineno")
    if path is None or path.startswith("<") or type(line) is not int:
        return None
    return Place(path, line)


def _begins_line(frame: FrameType, node: object, place: Place) -> bool:
    """Say whether no other node of the line is rendered before `node`: the one around it, or one to the left."""
    parent: object = None
    lists: list[list[object]] = []
    for caller in _callers(frame):
        if caller is frame:
            continue
        owner = read_locals(caller).get("self")
        lists.extend(_as_list(owner))
        if owner is not None and not lists:
            lists.extend(_node_lists(owner))
        if _is_in_base(caller.f_code, "Node.render_annotated"):
            parent = owner
            break
        if _renders_template(caller):
            break
    if parent is not None and _place_of(parent) == place:
        return False
    for nodes in lists:
        if any(one is node for one in nodes):
            for sibling in nodes:
                if sibling is node:
                    return True
                if not _is_text(sibling) and _place_of(sibling) == place:
                    return False
    return True


def _is_text(node: object) -> bool:
    return type(node).__name__ == "TextNode"


def _as_list(obj: object) -> list[list[object]]:
    return [list(list.__iter__(cast("list[object]", obj)))] if issubclass(type(obj), list) else []


def _node_lists(obj: object) -> list[list[object]]:
    """Return the lists of nodes that a node or a template stores, also in the conditions of an `if`."""
    try:
        namespace = object.__getattribute__(obj, "__dict__")
    except AttributeError:
        return []
    found = []
    waiting = list(namespace.values()) if type(namespace) is dict else []
    while waiting:
        value = waiting.pop()
        if type(value).__name__ == "NodeList" and issubclass(type(value), list):
            found.extend(_as_list(value))
        elif type(value) is list or type(value) is tuple:
            waiting.extend(value)
    return found


def _roots(frame: FrameType, path: str) -> list[object]:
    """Return the templates of that file that are being rendered."""
    found = []
    for caller in _callers(frame):
        if caller.f_code.co_name in {"render", "_render"} and caller.f_code.co_filename.replace("\\", "/").endswith(
            _FILE
        ):
            owner = read_locals(caller).get("self")
            if attribute(attribute(owner, "origin"), "name") == path and attribute(owner, "nodelist") is not None:
                found.append(owner)
    return found


def _lines(roots: list[object], path: str) -> Iterator[int]:
    """Yield the lines at which nodes of the file begin."""
    waiting = list(roots)
    seen: set[int] = set()
    while waiting and len(seen) < _MOST_NODES:
        for nodes in _node_lists(waiting.pop()):
            for node in nodes:
                if id(node) in seen or _is_text(node):
                    continue
                seen.add(id(node))
                place = _place_of(node)
                if place is not None and place.path == path:
                    yield place.line
                waiting.append(node)


def _variables(frame: FrameType) -> Variables:
    layers = _layers(read_locals(frame).get("context"))
    values: dict[str, object] = {}
    for layer in layers:
        values.update({name: value for name, value in text_dict(layer).items() if name not in _CONSTANTS})

    def store(name: str, value: object) -> None:
        if not layers:
            raise KeyError(name)
        holder = next((layer for layer in reversed(layers) if dict.__contains__(layer, name)), layers[-1])
        dict.__setitem__(holder, name, value)

    return Variables(values, store)


def _layers(context: object) -> list[dict[str, object]]:
    """Return the dicts that a context looks a name up in, the last one first."""
    dicts = attribute(context, "dicts")
    return [one for one in dicts if issubclass(type(one), dict)] if type(dicts) is list else []
