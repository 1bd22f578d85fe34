"""Data breakpoints on generated programs, against an oracle that looks at the place after every instruction."""

from __future__ import annotations

import dis
import itertools
import linecache
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType, ModuleType

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from heapsight.debuggee.engine.engine import BackendKind
from heapsight.debuggee.engine.model import Stop
from support.generated import tries
from support.stepping import BACKENDS, load
from support.watching import Watched, WatchingScript, attribute, item, length, module_name, run_watched, variable

_FOLDER = Path(tempfile.mkdtemp(prefix="heapsight-watched-"))
_numbers = itertools.count()
_PRELUDE = """\
total = 0
class Box:
    limit = 0
    def __init__(self):
        self.count = 0
        self.items = []
    def grow(self):
        self.count += 1
        return self.count
    def put(self, name, value):
        setattr(self, name, value)
class Careful(Box):
    def __setattr__(self, name, value):
        super().__setattr__(name, value)
class Suppress:
    def __enter__(self):
        return 5
    def __exit__(self, *details):
        return True
def ready():
    return None
def change(value):
    global total
    total += value
    return total
def fill(items, table):
    items.append(7)
    table["k"] = len(items)
    return items
def writes(box):
    for number in range(2):
        box.count = number + 50
        yield number
def fails(box):
    box.count = 77
    raise ValueError(box)
"""
_STATEMENTS = [
    "value = {n}",
    "value = value",
    "value += 1",
    "value, x = x, {n}",
    "(value := {n})",
    "del value; value = {n}",
    "x = [value for value in (1, 2, 3)]",
    "x = [value := one for one in (4, 5)][0]",
    "x = {{value: x for value in (1, 2)}}",
    "x = list(value for value in (8, 9))",
    "bump()",
    "shared = {n}",
    "shared, value = value, shared",
    "total = {n}",
    "change({n})",
    "globals()['total'] = {n}",
    "globals().update(total={n})",
    "box.count = {n}",
    "box.count += {n}",
    "other.count = {n}",
    "box.grow()",
    "other.grow()",
    "box.put('count', {n})",
    "other.put('count', {n})",
    "setattr(box, 'count', {n})",
    "setattr(box, 'other', {n})",
    "box.__dict__['count'] = {n}",
    "box.__dict__.update(count={n})",
    "vars(box)['count'] = {n}",
    "object.__setattr__(box, 'count', {n})",
    "del box.count; box.count = {n}",
    "Box.limit = {n}",
    "box.limit = {n}",
    "numbers[0] = {n}",
    "numbers[-1] = {n}",
    "numbers.append({n})",
    "numbers.insert(0, {n})",
    "numbers.pop(); numbers.append({n})",
    "numbers.sort()",
    "numbers.reverse()",
    "numbers[:] = [{n}, 1, 2]",
    "numbers[1:] = [{n}]",
    "del numbers[0]; numbers += [{n}]",
    "numbers *= 2",
    "numbers += [{n}]",
    "numbers.clear(); numbers.extend([{n}, 4])",
    "push = numbers.append; push({n})",
    "list(map(numbers.append, [{n}]))",
    "table['k'] = {n}",
    "table['other'] = {n}",
    "table.update(k={n})",
    "table |= {{'k': {n}}}",
    "table.pop('k', None)",
    "table.setdefault('k', {n})",
    "table.clear()",
    "store = table.__setitem__; store('k', {n})",
    "fill(numbers, table)",
    "fill([], {{}})",
    "list(writes(box))",
    "next(writes(other))",
    "x = max({n}, box.grow(), change(1))",
    "table['k'] = box.count = value = {n}",
    "numbers[0], box.count = box.count, {n}",
    "with Suppress() as value: pass",
    "with Suppress() as box.count: fails(box)",
    "for value in ({n}, {n}): pass",
    "for box.count in ({n}, 3): pass",
    "for table['k'] in 'ab': pass",
    "x = (lambda value: value)({n})",
    "exec('box.count = {n}')",
    "match {n}:\n    case value: pass",
    "try:\n    fails(box)\nexcept ValueError as value:\n    x = 1\nvalue = {n}",
    "try:\n    fails(other)\nfinally:\n    value = {n}",
    "try:\n    box.count = 5 // 0\nexcept ZeroDivisionError:\n    box.count = {n}",
    "try:\n    numbers.extend(5)\nexcept TypeError:\n    value = {n}",
    "if value:\n    box.count = {n}\nelse:\n    box.count = 4",
    "while x:\n    x = 0\n    value = {n}",
]
# What is watched, and how the oracle reads it in the frame of `main`.
_ABSENT = "absent"
_WATCHED: dict[str, tuple[Watched, Callable[[FrameType], object]]] = {
    "value": (variable("value"), lambda frame: frame.f_locals.get("value", _ABSENT)),
    "shared": (variable("shared"), lambda frame: frame.f_locals.get("shared", _ABSENT)),
    "total": (module_name("total"), lambda frame: frame.f_globals.get("total", _ABSENT)),
    "box.count": (attribute("box", "count"), lambda frame: vars(_of(frame, "box")).get("count", _ABSENT)),
    "Box.limit": (attribute("Box", "limit"), lambda frame: vars(frame.f_globals["Box"])["limit"]),
    "numbers[0]": (item("numbers", 0), lambda frame: next(iter(_of(frame, "numbers")), _ABSENT)),
    "numbers[-1]": (item("numbers", -1), lambda frame: next(reversed(_of(frame, "numbers")), _ABSENT)),
    "len(numbers)": (length("numbers"), lambda frame: len(_of(frame, "numbers"))),
    "table['k']": (item("table", "k"), lambda frame: _of(frame, "table").get("k", _ABSENT)),
}


def _of(frame: FrameType, name: str) -> object:
    return frame.f_locals[name]


@st.composite
def _programs(draw: st.DrawFn) -> str:
    lines = [_PRELUDE.rstrip(), "def main():", "    global total"]
    body = ["value, shared, x = 0, 0, 1", f"box, other = {draw(st.sampled_from(['Box', 'Careful']))}(), Box()"]
    body += ["numbers, table = [1, 2], {'k': 1}", "def bump():\n    nonlocal shared\n    shared += 1", "ready()"]
    for statement in draw(st.lists(st.sampled_from(_STATEMENTS), min_size=1, max_size=12)):
        body.append(statement.format(n=draw(st.integers(0, 9))))
    body.append("done = 1")
    if draw(st.booleans()):
        body = [*body[:5], "for turn in range(2):", *("    " + line for line in "\n".join(body[5:]).split("\n"))]
    for text in body:
        lines += ["    " + line for line in text.split("\n")]
    # Whatever is left over of an exception ends here.
    lines += ["def guarded():", "    try:", "        main()", "    except Exception:", "        pass"]
    return "\n".join(lines) + "\n"


def _written(source: str) -> tuple[Path, ModuleType]:
    path = _FOLDER / f"watched_{next(_numbers)}.py"
    path.write_text(source)
    linecache.checkcache(str(path))
    return path, load(path)


class _Oracle:
    """Looks at the place at every instruction of the program, from `ready()` on; the one before has written it."""

    def __init__(self, path: Path, read: Callable[[FrameType], object]) -> None:
        self._path = str(path)
        self._read = read
        self._main: FrameType | None = None
        self._value: object = None
        self._before: tuple[str, int] = ("", 0)
        self.seen: list[tuple[str, int, str, str]] = []

    def run(self, function: Callable[[], object]) -> list[tuple[str, int, str, str]]:
        sys._getframe().f_trace_opcodes = True  # 3.12 wants to be told before
        sys.settrace(self._trace)
        try:
            function()
        finally:
            sys.settrace(None)
        return self.seen

    def _trace(self, frame: FrameType, event: str, _argument: object) -> object:
        if frame.f_code.co_filename not in {self._path, "<string>"}:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            self._look(frame)
        elif event == "return" and frame is self._main:
            self._main = None
        return self._trace

    def _look(self, frame: FrameType) -> None:
        code = frame.f_code
        if self._main is not None and not _is_masked(self._main):
            value = self._read(self._main)
            if value is not self._value:
                self.seen.append((*self._before, repr(self._value), repr(value)))
                self._value = value
        if self._main is None and code.co_name == "ready":
            self._main = frame.f_back
            assert self._main is not None
            self._value = self._read(self._main)
        self._before = (code.co_qualname, frame.f_lineno)


def _is_masked(frame: FrameType) -> bool:
    """Say whether `value` is a comprehension's own now, which the compiler has put into the function."""
    start = None
    looped = False
    for one in dis.get_instructions(frame.f_code):
        if one.opname == "LOAD_FAST_AND_CLEAR" and one.argval == "value" and start is None:
            start, looped = one.offset, False
        looped = looped or one.opname == "END_FOR"
        if start is not None and looped and one.opname.startswith("STORE_FAST") and "value" in str(one.argval):
            if start < frame.f_lasti <= one.offset:
                return True
            start = None
    return False


def _ours(backend: BackendKind | None, source: str, watched: Watched) -> list[tuple[str, int, str, str]]:
    seen: list[tuple[str, int, str, str]] = []

    class Noting(WatchingScript):
        def stopped(self, stop: Stop) -> None:
            if self.stops:
                old, _, new = (stop.headline or "").partition(": ")[2].partition(" → ")
                seen.append((stop.frame.f_code.co_qualname, stop.line, _text(old), _text(new)))
                if "written at" in (stop.text or "") or "changed since" in (stop.text or ""):
                    seen.append(("not at once", 0, "", stop.text or ""))
            super().stopped(stop)

    _, module = _written(source)
    run_watched(backend, Noting(watched), module.guarded, module)
    return seen


def _text(value: str) -> str:
    """Return a text without addresses and the names of modules, which are made anew for each run."""
    return "nothing" if value == repr(_ABSENT) else re.sub("<[^>]*>", "<>", value)


@pytest.mark.timeout(1800)  # each program runs on each back end, stop by stop: on a busy machine that takes its time
@given(_programs(), st.sampled_from(list(_WATCHED)))
@tries(30)
def test_every_write_is_found_where_it_was_done(source: str, place: str) -> None:
    watched, read = _WATCHED[place]
    path, module = _written(source)
    note(source)
    wanted = [(name, line, _text(old), _text(new)) for name, line, old, new in _Oracle(path, read).run(module.guarded)]
    for backend in BACKENDS:
        assert _ours(backend, source, watched) == wanted, (backend, place)
