"""Assertions that fail, each in a function of its own; what a call does is counted."""

import enum
import math
from dataclasses import dataclass

CALLS = []
LIMIT = 10


class Color(enum.Enum):
    RED = 1
    BLUE = 2


@dataclass
class Item:
    price: int
    name: str = "cup"


class Slotted:
    __slots__ = ("size",)

    def __init__(self):
        self.size = 4


class Cart:
    owner = "Ada"

    def __init__(self):
        self.items = [Item(3), Item(4)]
        self.by_name = {"cup": self.items[0]}
        self.inner = Slotted()

    @property
    def total(self):
        CALLS.append("total")
        return 7

    def count(self):
        CALLS.append("count")
        return 2

    def __eq__(self, other):
        CALLS.append("==")
        return False

    def __hash__(self):
        return 1

    def __repr__(self):
        CALLS.append("repr")
        return "<cart>"


class Secretive:
    def __getattribute__(self, name):
        CALLS.append("getattribute")
        return 5


def compute(number):
    CALLS.append("compute")
    return number * 2


def names():
    total, expected = 3, 4
    assert total == expected


def names_and_message():
    total, expected = 3, 4
    assert total == expected, "the totals differ"


def attribute():
    cart = Cart()
    assert cart.inner.size == cart.items[1].price + 1


def keyed():
    cart = Cart()
    key = "cup"
    assert cart.by_name[key].price == 9


def computed_property():
    cart = Cart()
    expected = 8
    assert cart.total == expected


def call():
    number = 5
    assert compute(number) == 11


def sum_with_call():
    cart = Slotted()
    expected = 8
    assert cart.size == expected + compute(cart.size)


def method():
    cart = Cart()
    assert cart.count() == 3


def module_function():
    angle = 0.0
    assert math.cos(angle) == 0.0


def length():
    items = [1, 2, 3]
    assert len(items) == 2


def chained():
    low, value = 1, 20
    assert low < value < LIMIT


def both():
    left, right = True, []
    assert left and right


def negated():
    found = "something"
    assert not found


def kind():
    value = "text"
    assert isinstance(value, int)


def member():
    color = Color.RED
    assert color is Color.BLUE


def class_attribute():
    assert Cart.owner == "Bob"


def secretive():
    thing = Secretive()
    assert thing.anything == 6


def lists():
    found = [1, 2, {"a": 3}]
    assert found == [1, 2, {"a": 4}]


def dicts():
    found, expected = {"a": 1, "b": 2, "x": 0}, {"a": 1, "b": 3, "c": 4}
    assert found == expected


def sets():
    found = {1, 2}
    assert found == {2, 3}


def texts():
    found = "Hello world"
    assert found == "Hello there"


def objects():
    first, second = [Cart()], [Cart()]
    assert first == second


def every():
    numbers = [1, 2, -3]
    assert all(number > 0 for number in numbers)


def lines():
    total = 3
    assert (
        total ==
        LIMIT
    )  # fmt: skip


def walrus():
    assert (found := compute(1)) == 3


def unicode():
    größe = 3
    assert größe == len("ü")


def shared():
    total = 3

    def inner():
        assert total == 5

    inner()


def unbound():
    if LIMIT > 100:
        value = 1
    try:
        assert value == 2
    except UnboundLocalError:
        value = 1
    assert value == 2


def nested():
    def check(value):
        assert value > 5

    check(3)


def by_hand():
    raise AssertionError("no statement")


def after_another():
    one = two = 1
    assert one
    assert two == 2
    raise AssertionError


def arithmetic():
    width, height = 3, 4
    assert width * height - 1 == 12


async def awaited():
    return 3


async def awaiting():
    assert await awaited() == 4


def main():
    cart = Cart()
    expected = 8
    try:
        assert cart.inner.size == expected, cart.owner  # @assertion
    except AssertionError:
        pass
    assert expected == [cart]  # @last
    assert CALLS == []


if __name__ == "__main__":
    main()
