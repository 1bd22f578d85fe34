"""`autoReload`: a file that is edited while the program is stopped in it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from heapsight.debuggee.reloading.watcher import Reloader

ENGINES = ["settrace"] if sys.version_info < (3, 12) else ["settrace", "monitoring"]
SHOP = """\
RATE = 2


def price(count):
    return count * RATE


class Basket:
    def __init__(self):
        self.items = [1, 2]

    def total(self):
        return sum(self.items)


def make_counter():
    count = 0

    def counter():
        return count + 1

    return counter
"""
MAIN = """\
import shop

held = shop.price
basket = shop.Basket()
counter = shop.make_counter()
for number in range(10):
    values = held(number), basket.total(), counter()
    seen = values  # here
"""


@pytest.fixture(params=ENGINES)
def stopped(request, session, tmp_path):
    """Stop a program in each round of its loop; returns the session and the file that may be edited."""
    shop, main = tmp_path / "shop.py", tmp_path / "main.py"
    shop.write_text(SHOP)
    main.write_text(MAIN)
    session.launch(
        main,
        console="internalConsole",
        engine=request.param,
        autoReload={"enable": True, "pollingInterval": 0.02},
    )
    here = MAIN.splitlines().index("    seen = values  # here") + 1
    session.set_breakpoints(main, {"line": here})
    session.configured()
    session.wait_for_stopped("breakpoint")
    return session, shop


def edit(session, path: Path, *changes: tuple[str, str]) -> str:
    """Change a file, and return what is said about it."""
    text = path.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text)
    return session.wait_for_event("output", lambda body: path.name in body["output"])["output"]


def next_round(session) -> str:
    session.cont()
    session.wait_for_stopped("breakpoint")
    return session.evaluate("values")["result"]


def test_functions_methods_and_closures_get_their_new_code(stopped):
    session, shop = stopped
    assert session.evaluate("values")["result"] == "(0, 3, 1)"
    said = edit(
        session,
        shop,
        ("count * RATE", "count * RATE + 100"),
        ("sum(self.items)", "max(self.items)"),
        ("return count + 1", "return count + 7"),
    )
    assert said == "Reloaded shop.py: changed price(), make_counter(), Basket.total().\n"
    # `held` is the function itself: it was changed, not replaced.
    assert next_round(session) == "(102, 2, 7)"
    assert session.evaluate("held is shop.price")["result"] == "True"


def test_what_is_new_is_defined(stopped):
    session, shop = stopped
    said = edit(
        session,
        shop,
        ("RATE = 2\n", "RATE = 2\nimport math\n\n\ndef half(value):\n    return math.floor(value / 2)\n"),
        ("return count * RATE", "return half(count * 10 + 1)"),
        (
            "    def total(self):\n        return sum(self.items)",
            "    @property\n    def first(self):\n        return self.items[0]\n\n"
            "    def __repr__(self):\n        return super().__repr__()[:5]\n\n"
            "    def total(self):\n        return self.first",
        ),
    )
    assert said.startswith("Reloaded shop.py: changed price(), Basket.total(); added half, Basket.first")
    assert "Basket.__repr__" in said
    assert "import math" in said
    assert next_round(session) == "(5, 1, 1)"
    assert session.evaluate("repr(basket)")["result"] == "'<shop'"


def test_what_cannot_be_reloaded_is_told(stopped):
    session, shop = stopped
    said = edit(
        session,
        shop,
        ("RATE = 2", "RATE = 3"),
        ("        return count + 1\n", "        return len(str(extra))\n"),
        ("    count = 0\n", "    extra = 0\n"),
    )
    assert "line 1 is not run again" in said
    assert "counter() uses other variables" in said
    assert next_round(session).endswith(", 3, 1)")


def test_default_values_come_with_their_parameters(stopped):
    session, shop = stopped
    changes = ("def price(count):", "def price(count, more=RATE * 20):"), ("count * RATE", "count + more")
    said = edit(session, shop, *changes)
    assert said == "Reloaded shop.py: changed price(), the default values of price().\n"
    assert next_round(session) == "(41, 3, 1)"


def test_decorators_stay(stopped):
    session, shop = stopped
    said = edit(session, shop, ("    def total", "    @property\n    def total"))
    assert "the decorators of Basket.total() stay as they were" in said
    assert next_round(session) == "(2, 3, 1)"


def test_a_file_that_is_no_python_for_a_while(stopped):
    session, shop = stopped
    assert edit(session, shop, ("return count * RATE", "return count *")).startswith("Not reloaded: shop.py: ")
    assert next_round(session) == "(2, 3, 1)"
    assert "changed price()" in edit(session, shop, ("return count *", "return count * 50"))
    assert next_round(session) == "(100, 3, 1)"


def test_a_breakpoint_is_in_the_new_code(stopped):
    session, shop = stopped
    line = SHOP.splitlines().index("        return sum(self.items)") + 1
    (before,) = session.set_breakpoints(shop, {"line": line})
    assert before["verified"]
    edit(session, shop, ("        return sum(self.items)", "        found = 4711\n        return found"))
    session.cont()
    assert session.wait_for_stopped("breakpoint")["hitBreakpointIds"] == [before["id"]]
    assert session.stack()[0]["name"] == "Basket.total"
    session.step()
    assert session.evaluate("found")["result"] == "4711"


def test_without_the_option_nothing_is_reloaded(session, tmp_path):
    main = tmp_path / "main.py"
    main.write_text("def f():\n    return 1\n\n\nfor number in range(3):\n    value = f()\n    seen = value\n")
    session.launch(main, console="internalConsole")
    session.set_breakpoints(main, {"line": 7})
    session.configured()
    session.wait_for_stopped("breakpoint")
    main.write_text(main.read_text().replace("return 1", "return 2"))
    session.cont()
    session.wait_for_stopped("breakpoint")
    assert session.evaluate("value")["result"] == "1"


def test_a_file_is_read_when_it_has_been_written(tmp_path, monkeypatch):
    path = tmp_path / "shop_being_written.py"
    path.write_text("def price():\n    return 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    module = importlib.import_module("shop_being_written")
    said: list[str] = []
    watch = Reloader(seconds=60, include=["**/shop_*.py"], exclude=[], say=said.append, reloaded=lambda _: None)
    watch.look()
    path.write_text("")  # as whoever writes it leaves it for a moment
    watch.look()
    path.write_text("def price():\n    return 22\n")
    watch.look()
    assert said == []
    watch.look()
    assert [text.partition(".")[0] for text in said] == ["Reloaded shop_being_written"]
    assert module.price() == 22
    sys.modules.pop("shop_being_written")
