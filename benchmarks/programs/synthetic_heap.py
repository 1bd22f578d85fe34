"""A heap as programs have them, of any size: users with orders, dicts, lists, texts, caches, and friends anywhere.

About a third of the objects are tracked by the collector; there are 1.6 references for each. The same seed makes the
same heap. Run as a program it comes to `@here` when everything is there.

    python synthetic_heap.py [NODES]
"""

from __future__ import annotations

import random
import sys

# Objects that a user with two orders comes to: what `nodes` divided by is the number of users.
_NODES_OF_USER = 36.5
_PRODUCTS = 1000
_HOPS = 7


class Address:
    __slots__ = ("city", "street")

    def __init__(self, street: str, city: str) -> None:
        self.street = street
        self.city = city


class Product:
    def __init__(self, number: int) -> None:
        self.name = f"product {number}"
        self.price = number * 1.25


class Line:
    """What an order has of one product."""

    __slots__ = ("count", "product")

    def __init__(self, product: Product, count: int) -> None:
        self.product = product
        self.count = count


class Order:
    def __init__(self, number: int, lines: list[Line], note: dict[str, object]) -> None:
        self.number = number
        self.lines = lines
        self.total = number * 1.25
        self.note = note


class User:
    def __init__(self, name: str, address: Address) -> None:
        self.name = name
        self.address = address
        self.orders: list[Order] = []
        self.tags: set[str] = set()
        self.friends: list[User] = []


class Shop:
    """The root: everything hangs on it."""

    def __init__(self) -> None:
        self.products = [Product(number) for number in range(_PRODUCTS)]
        self.users: list[User] = []
        self.by_name: dict[str, User] = {}
        self.cache: dict[tuple[int, int], bytes] = {}


def build(nodes: int, seed: int = 1) -> Shop:
    """Return the root of a heap of about `nodes` objects."""
    rand = random.Random(seed)
    shop = Shop()
    for number in range(max(1, int((nodes - 3 * _PRODUCTS) / _NODES_OF_USER))):
        user = User(f"user {number}", Address(f"{rand.randrange(10**6)} Main Street", f"city {number % 50}"))
        user.tags = {f"tag {number} {index}" for index in range(2)}
        user.friends = [rand.choice(shop.users) for _ in range(3) if shop.users]
        for index in range(2):
            user.orders.append(_order(rand, shop, 1000 * number + index + 300))
        shop.users.append(user)
        shop.by_name[user.name] = user
        shop.cache[number + 10**6, rand.randrange(10**6) + 300] = rand.randbytes(24)
    return shop


def _order(rand: random.Random, shop: Shop, number: int) -> Order:
    lines = [Line(rand.choice(shop.products), rand.randrange(300, 1000)) for _ in range(2)]
    return Order(number, lines, {"sku": f"sku-{rand.randrange(10**7)}", "price": rand.random()})


class Link:
    def __init__(self, held: object) -> None:
        self.held = held


def chain() -> object:
    """Return what a chain of seven references from this module leads to, over objects, lists and dicts."""
    global HEAD
    leaf = held = Link(None)
    for level in range(_HOPS - 2):
        held = Link([held] if level % 2 else held)
    HEAD = {"first": held}
    return leaf


HEAD: dict[str, object] = {}


def main() -> None:
    global SHOP
    SHOP = build(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    leaf = chain()
    print(type(leaf).__name__)  # @here


if __name__ == "__main__":
    main()
