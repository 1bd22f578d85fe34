"""The answers to the custom requests, and the rows of `⟨memory⟩`."""

import sys

import pytest

from heapsight.debuggee.errors import RequestError
from heapsight.debuggee.holding import Holder
from heapsight.debuggee.inspection.failures import Unassignable
from heapsight.debuggee.memory.report import MemoryInspector
from heapsight.debuggee.memory_rows import MEMORY_ROW, memory_row
from support.heap import frames_from
from support.markers import markers

HERE = __file__


class Cart:  # @cart_class
    def __init__(self, *items):
        self.items = items


class Parent:
    pass


class Program:
    """A stopped program of one thread, whose frames are those of the test."""

    def __init__(self):
        self.holder = Holder()
        self.reprs = []
        self.memory = MemoryInspector(
            self.holder,
            short_text=self.short_text,
            frames=lambda: {1: frames_from(sys._getframe(1))},
            frame_id=lambda frame: 42 if frame.f_code.co_name.startswith("test_") else None,
        )

    def short_text(self, obj):
        self.reprs.append(type(obj))
        return "short text"

    def resume(self):
        self.memory.release()
        self.holder.release()


@pytest.fixture
def program():
    return Program()


def test_an_object_is_described(program):
    cart = Cart("apple")
    info = program.memory.inspect(program.holder.hold(cart), "cart", "shop.cart", follow=False)
    path, line = HERE, markers(__import__("pathlib").Path(HERE))["cart_class"]
    size = info["shallowSize"]
    assert info == {
        "object": 1,
        "name": "cart",
        "evaluateName": "shop.cart",
        "type": "Cart",
        "qualifiedType": f"{__name__}.Cart",
        "value": "short text",
        "address": hex(id(cart)),
        "shallowSize": size,
        "deepSize": info["deepSize"],
        "retainedSize": info["retainedSize"],
        "references": 1,
        "immortal": False,
        "gcTracked": True,
        "weakReferences": 0,
        "summary": f"{size} B · 1 ref",
        "classLocation": {"path": path, "line": line},
    }
    assert info["deepSize"]["bytes"] > size
    assert info["deepSize"]["complete"]
    assert size < info["retainedSize"]["bytes"] < info["deepSize"]["bytes"]
    assert info["deepSize"]["text"].endswith(" B")


def test_the_same_object_has_one_number(program):
    cart = Cart()
    first = program.memory.inspect(program.holder.hold(cart), "cart", None, follow=False)
    again = program.memory.inspect(program.holder.hold(cart), "other name", "cart", follow=False)
    assert first["object"] == again["object"]
    assert program.memory.inspect_object(first["object"], follow=False)["name"] == "other name"


def test_immortal_objects(program):
    info = program.memory.inspect(program.holder.hold(None), "x", "x", follow=True)
    assert (info["references"], info["immortal"]) == (None, True)
    assert info["summary"].endswith(" · immortal")
    assert "follow" not in info
    assert "classLocation" not in info
    body = program.memory.referrers(info["object"], 0, 0, [])
    assert body == {"referrers": [], "total": 0, "unaccounted": 0, "complete": True}


def test_referrers(program):
    cart = Cart()
    parent = Parent()
    parent.cart = cart
    number = program.memory.inspect(program.holder.hold(cart), "cart", "cart", follow=False)["object"]
    program.reprs.clear()
    body = program.memory.referrers(number, 0, 0, [])
    assert program.reprs == []
    local, attribute = body["referrers"]
    assert body["total"] == 2 and body["unaccounted"] == 0 and body["complete"]
    assert local == {
        "label": "local cart in test_referrers()",
        "kind": "local",
        "count": 1,
        "step": "cart",
        "cycle": False,
        "root": True,
        "location": local["location"],
        "frameId": 42,
    }
    assert local["location"]["path"] == HERE
    assert attribute == {
        "label": ".cart",
        "kind": "attribute",
        "count": 1,
        "step": ".cart",
        "object": attribute["object"],
        "type": "Parent",
        "value": "Parent object",
        "summary": attribute["summary"],
        "cycle": False,
        "root": False,
    }
    assert attribute["summary"].endswith(" · 1 ref")


def test_cycles_are_marked(program):
    first, second = Parent(), Parent()
    first.other, second.other = second, first
    number = program.memory.inspect(program.holder.hold(first), "first", None, follow=False)["object"]
    held_by = [one for one in program.memory.referrers(number, 0, 0, [])["referrers"] if one["label"] == ".other"]
    assert [one["cycle"] for one in held_by] == [False]
    above = program.memory.referrers(held_by[0]["object"], 0, 0, [number])["referrers"]
    assert [one["cycle"] for one in above if one["label"] == ".other"] == [True]
    first.itself = first
    own = program.memory.referrers(number, 0, 0, [])["referrers"]
    assert [one["cycle"] for one in own if one["label"] == ".itself"] == [True]


def test_pages_are_of_one_search(program):
    cart = Cart()
    holders = [[cart] for _ in range(10)]
    number = program.memory.inspect(program.holder.hold(cart), "cart", None, follow=False)["object"]
    whole = program.memory.referrers(number, 0, 0, [])
    assert whole["total"] == 11
    pages = [program.memory.referrers(number, start, 4, []) for start in (0, 4, 8, 12)]
    assert [len(page["referrers"]) for page in pages] == [4, 4, 3, 0]
    assert all(page["total"] == 11 for page in pages)
    assert sorted(one["object"] for page in pages for one in page["referrers"] if "object" in one) == sorted(
        one["object"] for one in whole["referrers"] if "object" in one
    )
    # The program changes (an evaluation in the console, say): the first page looks again.
    holders.append([cart])
    assert program.memory.referrers(number, 4, 4, [])["total"] == 11
    assert program.memory.referrers(number, 0, 4, [])["total"] == 12


def test_what_we_hold_for_the_client_does_not_count(program):
    cart = Cart()
    holders = [[cart] for _ in range(3)]
    number = program.memory.inspect(program.holder.hold(cart), "cart", None, follow=True)["object"]
    for _ in range(3):
        body = program.memory.referrers(number, 0, 0, [])
        for one in body["referrers"]:
            if "object" in one:
                program.memory.referrers(one["object"], 0, 0, [number])
        assert (body["total"], body["unaccounted"]) == (4, 0)
        assert program.memory.inspect_object(number, follow=True)["references"] == 4
    assert holders


def test_numbers_die_with_the_stop(program):
    cart = Cart()
    number = program.memory.inspect(program.holder.hold(cart), "cart", None, follow=False)["object"]
    program.resume()
    for ask in (
        lambda: program.memory.referrers(number, 0, 0, []),
        lambda: program.memory.inspect_object(number, follow=False),
    ):
        with pytest.raises(RequestError, match="earlier stop"):
            ask()
    with pytest.raises(RequestError, match="no object with the number 99"):
        program.memory.inspect_object(99, follow=False)
    assert program.memory.inspect(program.holder.hold(cart), "cart", None, follow=False)["object"] > number


def test_following(program):
    carts = [Cart()]
    info = program.memory.inspect(program.holder.hold(carts[0]), "cart", "cart", follow=True)
    follow = info["follow"]
    assert program.memory.inspect(program.holder.hold(carts[0]), "again", None, follow=True)["follow"] == follow
    program.resume()
    again = program.memory.followed(follow)
    assert again["alive"]
    assert (again["info"]["name"], again["info"]["type"], again["info"]["follow"]) == ("cart", "Cart", follow)
    assert again["info"]["references"] == 1
    assert "evaluateName" not in again["info"]
    program.resume()
    carts.clear()
    assert program.memory.followed(follow) == {"alive": False}
    program.memory.unfollow(follow)
    with pytest.raises(RequestError):
        program.memory.followed(follow)


def test_objects_that_cannot_be_held_weakly_are_not_followed(program):
    assert "follow" not in program.memory.inspect(program.holder.hold([]), "x", None, follow=True)


def test_a_temporary_has_no_references(program):
    info = program.memory.inspect(program.holder.hold(Cart()), "Cart()", "Cart()", follow=False)
    assert info["references"] == 0
    assert info["summary"].endswith("0 refs")
    body = program.memory.referrers(info["object"], 0, 0, [])
    assert (body["total"], body["unaccounted"]) == (0, 0)


def rows_of(row):
    return {child.name: child for child in row.children.rows(None, 0, 0)}


def test_rows(program):
    cart = Cart()
    parent = Parent()
    parent.cart = cart
    row = memory_row(program.memory, program.holder.hold(cart), "cart")
    assert row.name == MEMORY_ROW
    assert row.value == program.memory.summary(program.holder.hold(cart))
    assert row.children.named == 8 and row.children.indexed == 0
    facts = rows_of(row)
    assert list(facts) == [
        "shallow size",
        "deep size",
        "retained size",
        "references",
        "weak references",
        "garbage collector",
        "address",
        "held by",
    ]
    assert facts["references"].value == "2 refs"
    holders = rows_of(facts["held by"])
    assert list(holders) == ["local cart in test_rows()", ".cart"]
    assert holders["local cart in test_rows()"].children is None
    assert holders[".cart"].type == "Parent"
    above = rows_of(holders[".cart"])
    assert list(above) == ["local parent in test_rows()"]
    assert row.children.rows("indexed", 0, 0) == []
    assert [child.name for child in row.children.rows("named", 1, 2)] == ["deep size", "retained size"]
    with pytest.raises(Unassignable):
        row.children.assign("address", 5)


def test_rows_of_a_cycle_end(program):
    first, second = Parent(), Parent()
    first.other, second.other = second, first
    row = rows_of(memory_row(program.memory, program.holder.hold(first), None))["held by"]
    row = rows_of(row)[".other"]
    row = rows_of(row)[".other"]
    assert row.value.endswith("cycle")
    assert row.children is None


def test_rows_with_the_same_label_are_told_apart(program):
    cart = Cart()
    holders = [[cart], [cart]]
    names = list(rows_of(rows_of(memory_row(program.memory, program.holder.hold(cart), None))["held by"]))
    assert names[1:] == ["[0]", "[0] #2"]
    assert holders


def test_the_remainder_is_a_row(program):
    import ctypes

    held = program.holder.hold(Cart())
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(held.obj))
    rows = rows_of(rows_of(memory_row(program.memory, held, None))["held by"])
    ctypes.pythonapi.Py_DecRef(ctypes.py_object(held.obj))
    assert rows["native code or evaluation stack"].value == "1 ref"


def test_immortal_objects_have_no_row(program):
    assert memory_row(program.memory, program.holder.hold(None), "x") is None
