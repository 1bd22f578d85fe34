"""Snapshots by C: the file holds what is there, and taking it changes nothing."""

from __future__ import annotations

import gc
import json
import math
import os
import sys
import threading
import types
import weakref
from pathlib import Path
from typing import Any

import pytest

from heapsight.debuggee.holding import Holder
from heapsight.debuggee.memory import ours, sizes
from heapsight.debuggee.memory.capture import roots, values
from heapsight.wire import snapshot_file
from support.snapshots import fnv1a

heap = pytest.importorskip("heapsight._native.heap")

NONE = snapshot_file.NONE
PSEUDO = 2


class Snapshot:
    """A file, read whole."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            directory = snapshot_file.read_directory(file)
            self.meta = directory.meta
            self.columns = {name: snapshot_file.read_column(file, column) for name, column in directory.columns.items()}
        self.rows: dict[str, dict[int, int]] = {}
        self.number = {address: node for node, address in enumerate(self["node.address"]) if address}

    def __getitem__(self, name: str) -> Any:
        return self.columns[name]

    def text(self, number: int) -> str:
        start = self["string.start"]
        return bytes(self["string.bytes"][start[number] : start[number + 1]]).decode("utf-8", "surrogatepass")

    def node(self, obj: object) -> int:
        return self.number[id(obj)]

    def edges(self, node: int) -> list[tuple[int, object, int]]:
        start = self["edge.start"]
        return [
            (self["edge.kind"][row], self.label(self["edge.kind"][row], self["edge.label"][row]), self["edge.to"][row])
            for row in range(start[node], start[node + 1])
        ]

    def label(self, kind: int, label: int) -> object:
        return self.text(label) if kind in (0, 5, 7, 8) else label

    def type_name(self, node: int) -> str:
        return self.text(self["type.name"][self["node.type"][node]])

    def named(self, table: str, column: str, node: int) -> Any:
        if table not in self.rows:
            self.rows[table] = {one: row for row, one in enumerate(self[f"{table}.node"])}
        return self[f"{table}.{column}"][self.rows[table][node]]


def expected_hash(value: Any) -> int:
    """Return the hash that docs/snapshot-format.md asks for."""
    if isinstance(value, str):
        content = value.encode("utf-8", "surrogatepass")
    elif isinstance(value, (bytes, bytearray)):
        content = bytes(value)
    else:
        content = (hex(value) if type(value) is int and abs(value) >= 10**1000 else repr(value)).encode()
    if len(content) > 1 << 16:
        content = content[: 1 << 15] + content[-(1 << 15) :] + len(content).to_bytes(8, "little")
    return fnv1a(type(value).__name__.encode() + b"\0" + content)


class Cart:
    def __init__(self, items: list[Any]) -> None:
        self.items = items


def take(
    path: Path,
    roots: list[tuple[int, str, object]] | None = None,
    *,
    threads: list[Any] | None = None,
    own: list[tuple[int, int]] | None = None,
    hidden: list[object] | None = None,
    progress: Any = None,
    package: str | None = None,
) -> Snapshot:
    with path.open("wb") as file:
        counts = heap.write_snapshot(
            file.fileno(),
            roots or [],
            threads or [],
            own or [],
            hidden or [],
            json.dumps({"pid": 7}),
            progress,
            package,
        )
    snapshot = Snapshot(path)
    assert counts == (len(snapshot["node.address"]), len(snapshot["edge.to"]))
    return snapshot


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "one.heapsight"


def test_nodes_edges_and_values(path: Path) -> None:
    text = "caf\u00e9 " * 30
    cart = Cart([text, 10**40, 2.5, b"ab'c", {"key": None}])
    snapshot = take(path, [(0, "sys.modules['here']", sys.modules[__name__])])
    node = snapshot.node(cart)
    assert snapshot.type_name(node) == f"{__name__}.Cart"
    assert snapshot["node.size"][node] == sizes.shallow_size(cart)
    items = snapshot.node(cart.items)
    assert (0, "items", items) in snapshot.edges(node)
    assert snapshot["node.length"][items] == 5
    assert snapshot["node.flags"][items] == 1
    inside = snapshot.edges(items)
    assert [(kind, label) for kind, label, _ in inside] == [(1, index) for index in range(5)]
    for value, (_, _, found) in zip(cart.items[:4], inside, strict=False):
        described = values.describe(value)
        assert described is not None
        assert snapshot.text(snapshot.named("value", "text", found)) == described[0]
        assert snapshot.named("value", "hash", found) == expected_hash(value)
    key = next(one for one in cart.items[4])
    assert (2, snapshot.node(key), snapshot.node(None)) in snapshot.edges(inside[4][2])
    assert snapshot.meta == {"pid": 7}
    assert snapshot.text(snapshot["root.label"][0]) == "sys.modules['here']"
    assert snapshot["root.node"][0] == snapshot.node(sys.modules[__name__])


NUMBERS = [0.05, 0.3, 1.25, 5e-324, 9999999999999998.0, 123456789012345680.0, 1e15, 1e16, 1e22, 1e-4, 9.9e-5, 2.0**-10,
           2.0**52, 0.1 + 0.2, 1 / 3, 100.0, 999999999999999.9, 4.35, 2.675, 1e-3, 0.00012345678901234567]  # fmt: skip
AWKWARD = [
    *NUMBERS, *(-one for one in NUMBERS), *(math.pi * 7.0**power for power in range(-25, 25)),
    "", "'", '"', "'\"", "\\\n\t\r\x00\x7f", "\xad\u200b\ud800 \U0001f40d", "\u20ac" * 81, "x" * 200_000,
    "\xe9" * 70_000,
    b"", b"'", b"'\"\\\n\xff", b"y" * 70_000, bytearray(b"z'" * 50), 0, -1, 2**63, -(2**70), 10**999, 10**1000,
    -(7**5000), 10**79, 10**80, 0.1, -0.0, float("inf"), float("nan"), 1e300, 1j, -0.5 + 2j, True, False, None,
]  # fmt: skip


@pytest.mark.parametrize("index", range(len(AWKWARD)))
def test_values_are_those_of_the_twin(index: int, awkward: Snapshot) -> None:
    value = AWKWARD[index]
    described = values.describe(value)
    assert described is not None
    node = awkward.node(value)
    assert awkward.text(awkward.named("value", "text", node)) == described[0]
    assert awkward.named("value", "hash", node) == expected_hash(value)


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return take(tmp_path_factory.mktemp("values") / "one.heapsight")


def test_reference_counts_without_those_of_the_call(path: Path) -> None:
    cart = Cart([])
    held = [cart, cart]
    snapshot = take(path, [(2, "cart", cart)], own=[(id(cart), 1)], hidden=[cart])
    # The list's two, and this frame's variable, which was said to be ours.
    assert snapshot["node.refcount"][snapshot.node(cart)] == 2
    assert snapshot["node.refcount"][snapshot.node(None)] == NONE
    assert len(held) == 2


def test_arguments_become_no_nodes(path: Path) -> None:
    row = (2, "here", sys)
    roots: list[Any] = [row]
    snapshot = take(path, roots)
    assert id(row) not in snapshot.number
    assert id(roots) not in snapshot.number


def test_threads_and_frames(path: Path) -> None:
    target = [1]
    name = "serve() at /home/me/shop.py:36"
    frame = (name, "/home/me/shop.py", 36, [(5, "target", id(target)), (7, "", id(target)), (7, "", 8)])
    snapshot = take(path, threads=[("MainThread", [frame])])
    pseudo = [node for node, flags in enumerate(snapshot["node.flags"]) if flags & PSEUDO]
    thread, found = pseudo
    assert snapshot.type_name(thread) == "<thread>"
    assert snapshot.edges(thread) == [(9, 0, found)]
    node = snapshot.node(target)
    assert snapshot.edges(found) == [(5, "target", node), (7, "", node)]
    assert snapshot.text(snapshot.named("name", "text", found)) == name
    assert snapshot.named("place", "line", found) == 36
    assert (1, thread) in zip(snapshot["root.kind"], snapshot["root.node"], strict=True)


def test_hidden_modules_are_not_told_of(path: Path) -> None:
    module: Any = types.ModuleType("hidden_one")
    module.value = Cart([])
    sys.modules["hidden_one"] = module
    try:
        snapshot = take(path, hidden=[module])
        assert all(target != snapshot.node(module) for _, _, target in snapshot.edges(snapshot.node(sys.modules)))
        # An object of a hidden type tells nothing.
        snapshot = take(path, hidden=[Cart])
        assert snapshot.edges(snapshot.node(module.value)) == [(6, NONE, snapshot.node(Cart))]
    finally:
        del sys.modules["hidden_one"]


def test_names_and_places(path: Path) -> None:
    snapshot = take(path)
    function = snapshot.node(take)
    assert snapshot.text(snapshot.named("name", "text", function)) == "take"
    assert snapshot.text(snapshot.named("place", "file", function)) == take.__code__.co_filename
    assert snapshot.named("place", "line", function) == take.__code__.co_firstlineno
    assert snapshot.text(snapshot.named("name", "text", snapshot.node(Cart))) == f"{__name__}.Cart"
    assert snapshot.text(snapshot.named("place", "file", snapshot.node(Cart))) == take.__code__.co_filename
    assert snapshot.text(snapshot.named("name", "text", snapshot.node(json))) == "json"
    assert snapshot.text(snapshot.named("name", "text", snapshot.node(int))) == "int"
    assert snapshot.text(snapshot["type.module"][snapshot["node.type"][snapshot.node(1)]]) == "builtins"


def test_nothing_changes(path: Path) -> None:
    cart = Cart([object()])
    text = "text " + str(id(cart))
    gc.collect()
    watched = [cart, cart.items[0], text, Cart, sys, take]
    take(path)
    before = ([sys.getrefcount(one) for one in watched], gc.get_count()[1:], sys.getsizeof(text))
    dicts = sum(type(one) is dict for one in gc.get_objects())
    with path.open("wb") as file:
        heap.write_snapshot(file.fileno(), [], [], [], [], "{}")
    assert sum(type(one) is dict for one in gc.get_objects()) == dicts
    assert ([sys.getrefcount(one) for one in watched], gc.get_count()[1:], sys.getsizeof(text)) == before
    assert gc.isenabled()


@pytest.mark.skipif(sys.version_info < (3, 12), reason="there are no immortal objects before")
def test_immortal_objects_are_left_alone(path: Path) -> None:
    immortal = [*range(257), None, True, "", ()]
    before = [sys.getrefcount(one) for one in immortal]
    take(path)
    take(path, progress=lambda done, known: True)
    held = [heap.references({number: None}) for number in range(100)]
    held += [heap.shallow_size(one) for one in immortal]
    assert [sys.getrefcount(one) for one in immortal] == before
    assert held


def test_no_code_of_the_users_runs(path: Path) -> None:
    ran: list[str] = []

    class Meta(type):
        def __getattribute__(cls, name: str) -> object:
            ran.append(name)
            return type.__getattribute__(cls, name)

    class Jealous(dict[Any, Any], metaclass=Meta):
        def __getattribute__(self, name: str) -> object:
            ran.append(name)
            return dict.__getattribute__(self, name)

        def __len__(self) -> int:
            ran.append("len")
            return 0

        __repr__ = __str__ = __sizeof__ = __hash__ = __iter__ = __len__  # type: ignore[assignment]

        def __eq__(self, other: object) -> bool:
            ran.append("eq")
            return False

    jealous = Jealous(a=1)
    ran.clear()
    snapshot = take(path, [(2, "", jealous)])
    assert ran == []
    assert snapshot["node.length"][snapshot.node(jealous)] == 1


def test_broken_types_and_half_built_objects(path: Path) -> None:
    class Broken:
        __slots__ = ("value",)

    Broken.__module__ = 7  # type: ignore[assignment]
    Broken.__name__ = Broken.__qualname__ = "Br\xf8ken"
    broken = [Broken(), Exception.__new__(KeyError), types.CellType(), type.__call__(types.SimpleNamespace)]
    generator = (one for one in broken)
    snapshot = take(path)
    assert snapshot.type_name(snapshot.node(broken[0])) == "Br\xf8ken"
    assert len(list(generator)) == 4


def test_a_list_that_is_deep(path: Path) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    snapshot = take(path)
    node, depth = snapshot.node(deep), 0
    start, to = snapshot["edge.start"], snapshot["edge.to"]
    while start[node] != start[node + 1]:
        node, depth = to[start[node]], depth + 1
    assert depth == 100_000
    while deep:
        deep = deep[0]


def test_frozen_objects_are_there(path: Path) -> None:
    cart = Cart([])
    gc.freeze()
    try:
        snapshot = take(path)
    finally:
        gc.unfreeze()
    assert snapshot["node.flags"][snapshot.node(cart.items)] == 5


def test_progress_and_cancel(path: Path) -> None:
    many = [[] for _ in range(200_000)]  # type: ignore[var-annotated]
    told: list[int] = []

    def go_on(done: int, known: int) -> bool:
        told.append(done)
        assert done <= known
        many.clear()  # what goes away meanwhile is held
        return True

    take(path, progress=go_on)
    assert told and told == sorted(told)
    many.extend([] for _ in range(200_000))
    with path.open("wb") as file, pytest.raises(InterruptedError):
        heap.write_snapshot(file.fileno(), [], [], [], [], "{}", lambda done, known: False)
    with path.open("wb") as file, pytest.raises(ZeroDivisionError):
        heap.write_snapshot(file.fileno(), [], [], [], [], "{}", lambda done, known: 1 // 0)
    with path.open("rb") as unfinished, pytest.raises(snapshot_file.SnapshotError):
        snapshot_file.read_directory(unfinished)


@pytest.mark.parametrize("wrong", [[()], [(9, "", 1)], [(0, 1, 1)], 5])
def test_wrong_arguments_are_refused(path: Path, wrong: Any) -> None:
    with path.open("wb") as file, pytest.raises(TypeError):
        heap.write_snapshot(file.fileno(), wrong, [], [], [], "{}")


def test_a_file_that_cannot_be_written(path: Path) -> None:
    path.write_bytes(b"")
    with path.open("rb") as file, pytest.raises(OSError, match="Bad file descriptor"):
        heap.write_snapshot(file.fileno(), [], [], [], [], "{}")


@pytest.mark.skipif(not hasattr(heap, "fork_snapshot"), reason="forks are Linux's")
def test_a_fork(path: Path) -> None:
    cart = Cart(["in the fork"])
    ready, over = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: (ready.set(), over.wait()))
    thread.start()
    ready.wait()
    try:
        pid = heap.fork_snapshot(str(path), [(2, "cart", cart)], [], [], [], "{}")
        assert os.waitpid(pid, 0)[1] == 0
    finally:
        over.set()
        thread.join()
    snapshot = Snapshot(path)
    assert (
        snapshot.text(snapshot.named("value", "text", snapshot.edges(snapshot.node(cart.items))[0][2]))
        == "'in the fork'"
    )
    assert not path.with_name(path.name + ".part").exists()


@pytest.mark.skipif(not hasattr(heap, "fork_snapshot"), reason="forks are Linux's")
def test_a_fork_that_fails_says_why(tmp_path: Path) -> None:
    taken = tmp_path / "taken.heapsight"
    (taken / "by a directory").mkdir(parents=True)
    pid = heap.fork_snapshot(str(taken), [], [], [], [], "{}")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    assert "directory" in (tmp_path / "taken.heapsight.part.error").read_text()
    assert not (tmp_path / "taken.heapsight.part").exists()


def test_roots_are_those_of_the_twin(path: Path) -> None:
    program, own = roots.modules()
    expected = {(0, f"sys.modules[{name!r}]", id(module)) for name, module in program}
    expected |= {(3, name, id(module)) for name, module in own}
    expected |= {(2, "sys.modules", id(sys.modules)), *((2, "", id(one)) for one in roots.interpreter_types())}
    snapshot = take(path, package=ours.PACKAGE)
    addresses, rows = snapshot["node.address"], zip(*(snapshot[f"root.{one}"] for one in COLUMNS), strict=True)
    found = {(kind, snapshot.text(label), addresses[node]) for kind, label, node in rows}
    assert not expected - found
    assert all(kind == 3 or (kind, label) == (2, "") for kind, label, _ in found - expected)


COLUMNS = ("kind", "label", "node")


def test_what_is_heapsights_is_a_root_of_its_own_kind(path: Path) -> None:
    one = Holder()
    own = [one, weakref.ref(one), one.hold, type(one), type(one).hold, weakref.WeakMethod(one.hold)]
    others = [Cart([]), weakref.ref(Cart), Cart([]).__init__, Cart, take, roots]
    snapshot = take(path, package=ours.PACKAGE)
    kinds = dict(zip(snapshot["root.node"], snapshot["root.kind"], strict=True))
    assert [kinds.get(snapshot.node(one)) for one in own] == [3] * len(own)
    assert [kinds.get(snapshot.node(one)) for one in others] == [None] * (len(others) - 1) + [3]


def test_what_the_programs_modules_have_of_heapsights_is_not_told(path: Path) -> None:
    here: Any = sys.modules[__name__]
    here.hook, here.name = Holder().hold, "the program's"
    try:
        snapshot = take(path, package=ours.PACKAGE)
        told = {target for _, _, target in snapshot.edges(snapshot.node(vars(here)))}
        assert snapshot.node(here.name) in told
        assert snapshot.node(here.hook) not in told
        assert snapshot.node(here.heap) not in told
    finally:
        del here.hook, here.name
