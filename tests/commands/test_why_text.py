"""The report of `heapsight why`, from hand-made findings."""

import json
from pathlib import Path

import pytest

from heapsight.commands.why_run import HeldBy, Node, Report, Stopped
from heapsight.commands.why_text import Style, as_data, as_text, can_draw

PLAIN = Style()


def node(label: str, *, below: HeldBy | None = None, cut: bool = False, **referrer) -> Node:
    complete = {"label": label, "kind": "item", "count": 1, "cycle": False, "root": False, **referrer}
    return Node(complete, below, cut)


def held_by(*nodes: Node, total: int | None = None, unaccounted: int = 0, complete: bool = True) -> HeldBy:
    return HeldBy(list(nodes), len(nodes) if total is None else total, unaccounted, complete)


def report(tree: HeldBy, *, wanted: int = 3, **info) -> Report:
    described = {
        "object": 1,
        "name": "cart",
        "type": "Cart",
        "qualifiedType": "shop.Cart",
        "value": "<Cart>",
        "address": "0x7f00",
        "shallowSize": 1048,
        "deepSize": {"bytes": 2000, "objects": 1, "complete": True, "text": "2.0 kB"},
        "retainedSize": {"bytes": 1500, "objects": 1, "complete": True, "text": "1.5 kB"},
        "references": 2,
        "immortal": False,
        "gcTracked": True,
        "weakReferences": 0,
        "summary": "1.0 kB · 2 refs",
        **info,
    }
    return Report(Stopped("/else/shop.py", 3, "serve", 7), wanted, described, tree)


def tree_of(text: str) -> list[str]:
    return text[text.index("held by\n") + len("held by\n") :].splitlines()


def test_facts() -> None:
    text = as_text(report(held_by()), "cart", PLAIN)
    assert text.splitlines() == [
        "/else/shop.py:3 in serve()",
        "",
        "cart = <Cart>",
        "  type               shop.Cart",
        "  size               1,048 B by itself; 2.0 kB with all it reaches, 1 object",
        "  retained           1.5 kB would be freed with it, 1 object",
        "  references         2",
        "  weak references    0",
        "  garbage collector  tracked",
        "  address            0x7f00",
        "",
        "Nothing holds it.",
    ]


def test_a_line_that_moved_is_said() -> None:
    assert "Line 2 has no code; the next line that has is 3." in as_text(report(held_by(), wanted=2), "cart", PLAIN)


def test_paths_below_the_working_folder_are_relative(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    location = {"path": str(tmp_path / "cart.py"), "line": 9}
    assert "defined at cart.py:9\n" in as_text(report(held_by(), classLocation=location), "cart", PLAIN)


def test_immortal() -> None:
    text = as_text(report(held_by(), references=None, immortal=True), "None", PLAIN)
    assert "immortal: never freed" in text
    assert text.endswith("The interpreter keeps it for ever.\n")


TREE = held_by(
    node(
        "['cart']",
        value="dict of 1 item",
        summary="64 B · 1 ref",
        below=held_by(
            node(".session", value="Session object", summary="48 B · 2 refs", below=held_by(node("x", root=True))),
            unaccounted=1,
        ),
    ),
    node("local cart in serve()", root=True, value="hidden", location={"path": "/else/shop.py", "line": 3}),
    node("[0]", count=3, value="list of 3 items", cycle=True),
    node(".next", value="Node object", cut=True),
    total=9,
    unaccounted=2,
    complete=False,
)


def test_tree() -> None:
    assert tree_of(as_text(report(TREE), "cart", PLAIN)) == [
        "├─ ['cart'] — dict of 1 item (64 B · 1 ref)",
        "│  ├─ .session — Session object (48 B · 2 refs)",
        "│  │  └─ x",
        "│  └─ 1 reference from native code or the evaluation stack",
        "├─ local cart in serve() at /else/shop.py:3",
        "├─ [0] ×3 — list of 3 items ↺ shown above",
        "├─ .next — Node object … (--depth)",
        "├─ … 5 more (--width)",
        "├─ 2 references from native code or the evaluation stack",
        "└─ … the search ran out of time; there may be more",
    ]


def test_tree_in_ascii() -> None:
    text = as_text(report(TREE, value="plain"), "cart", Style(unicode=False))
    assert text.isascii()
    assert tree_of(text)[:2] == [
        "|- ['cart'] - dict of 1 item (64 B - 1 ref)",
        "|  |- .session - Session object (48 B - 2 refs)",
    ]


def test_colours_surround_the_same_text() -> None:
    coloured = as_text(report(TREE), "cart", Style(colour=True))
    assert "\x1b[36m['cart']\x1b[0m" in coloured
    assert "\x1b" not in as_text(report(TREE), "cart", PLAIN)


@pytest.mark.parametrize(("encoding", "able"), [("utf-8", True), ("ascii", False), ("latin-1", False), (None, False)])
def test_what_can_be_drawn(encoding: str | None, able: bool) -> None:
    assert can_draw(encoding) is able


def test_data_has_no_numbers_of_the_session() -> None:
    tree = held_by(node(".a", object=4, frameId=5, below=held_by(node(".b", cut=True))), unaccounted=1)
    data = as_data(report(tree, follow=9), "cart")
    assert json.loads(json.dumps(data)) == data
    assert not {"object", "follow"} & set(data["object"])
    first = data["heldBy"]["referrers"][0]
    assert not {"object", "frameId"} & set(first)
    assert first["heldBy"]["referrers"][0]["truncated"] is True
    assert data["heldBy"]["unaccounted"] == 1
    assert (data["file"], data["line"], data["wantedLine"], data["function"]) == ("/else/shop.py", 3, 3, "serve")
