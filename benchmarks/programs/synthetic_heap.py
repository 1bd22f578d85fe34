"""A heap as programs have them, of any size: users with orders, dicts, lists, texts, caches.

About a fifth of the objects are tracked by the collector. The same seed makes the same heap.
"""

from __future__ import annotations

import random
import sys

# Objects that one user with two orders comes to, nearly; measured by counting what is reachable.
_NODES_OF_USER = 41


class Address:
    __slots__ = ("city", "street")

    def __init__(self, street: str, city: str) -> None:
        self.street = street
        self.city = city


class Order:
    def __init__(self, number: int, items: list[dict[str, object]]) -> None:
        self.number = number
        self.items = items
        self.total = number * 1.25


class User:
    def __init__(self, name: str, address: Address) -> None:
        self.name = name
        self.address = address
        self.orders: list[Order] = []
        self.tags: set[str] = set()


class Shop:
    """The root: everything hangs on it."""

    def __init__(self) -> None:
        self.users: list[User] = []
        self.by_name: dict[str, User] = {}
        self.cache: dict[tuple[int, int], bytes] = {}


def build(nodes: int, seed: int = 1) -> Shop:
    """Return the root of a heap of about `nodes` objects."""
    rand = random.Random(seed)
    shop = Shop()
    for number in range(max(1, nodes // _NODES_OF_USER)):
        user = User(f"user {number}", Address(f"{rand.randrange(10**6)} Main Street", f"city {number % 50}"))
        user.tags = {f"tag {number} {index}" for index in range(2)}
        for index in range(2):
            user.orders.append(_order(rand, 1000 * number + index))
        shop.users.append(user)
        shop.by_name[user.name] = user
        shop.cache[number + 10**6, rand.randrange(10**6)] = rand.randbytes(24)
    return shop


def _order(rand: random.Random, number: int) -> Order:
    items: list[dict[str, object]] = [
        {
            "sku": f"sku-{rand.randrange(10**7)}",
            "price": rand.random(),
            "count": rand.randrange(1000),
            "tax": (7, number),
        }
        for _ in range(2)
    ]
    return Order(number, items)


if __name__ == "__main__":
    kept = build(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
