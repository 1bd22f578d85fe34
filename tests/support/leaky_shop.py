"""The snapshot of a shop that keeps its orders in a module's list: `python -m support.leaky_shop PATH ORDERS`."""

from __future__ import annotations

import sys
from pathlib import Path

from support.snapshots import (
    FRAME,
    ITEM,
    LOCAL,
    MEMBER,
    OWN,
    PSEUDO,
    THREAD,
    TYPE,
    Builder,
)

FILE = "/home/me/shop.py"
HOSTILE = "</script><script>alert('<b>&\"x\"')</script>"


def leaky_shop(path: Path, orders: int = 100, *, sites: bool = True, **meta: object) -> Path:
    """Write a snapshot: `shop.CACHE` holds `orders` orders with 60,000 bytes each; return its path.

    Besides there are a thread with a frame and a local, two equal strings, a cycle that nothing reaches, bytes that
    only native code holds, an object of Heapsight's, a text that is HTML, a lone surrogate, and allocation sites.
    """
    built = Builder(argv=["shop.py"], pid=4711, traced=2 if sites else 0, **meta)
    _, namespace = built.module("shop", FILE)
    metaclass = built.node("type", 1000, name="type")
    built.type_node("type", metaclass)
    built.edge(metaclass, metaclass, TYPE)
    order_type = built.node("type", 1000, name="shop.Order", place=(FILE, 3))
    built.edge(order_type, metaclass, TYPE)
    built.type_node("shop.Order", order_type)
    built.entry(namespace, "Order", order_type)
    cache = built.node("list", 56 + 8 * orders, length=orders)
    built.entry(namespace, "CACHE", cache)
    for number in range(orders):
        order = built.node("shop.Order", 48)
        built.edge(cache, order, ITEM, number)
        built.edge(order, order_type, TYPE)
        payload = built.node("str", 60_000, flags=0, length=59_951, value=f"payload {number}")
        built.edge(order, payload, label="payload")
        if sites:
            built.site(order, (FILE, 17), (FILE, 36))
            built.site(payload, (FILE, 18), (FILE, 17), (FILE, 36))
    serve = built.node("function", 160, name="serve", place=(FILE, 30))
    built.entry(namespace, "serve", serve)
    thread = built.node("<thread>", 0, flags=PSEUDO, name="MainThread")
    built.root(thread, THREAD)
    frame = built.node("<frame>", 0, flags=PSEUDO, name=f"serve() at {FILE}:36", place=(FILE, 36))
    built.edge(thread, frame, FRAME, 0)
    cart = built.node("set", 216, length=1)
    built.edge(frame, cart, LOCAL, "cart")
    built.edge(cart, built.node("int", 28, flags=0, value=12345), MEMBER)
    for key in ("first", "second"):
        built.entry(
            namespace, key, built.node("str", 5000, flags=0, length=4951, value="the same " * 550, text="'the same …'")
        )
    built.entry(namespace, "page", built.node("str", 90, flags=0, value=HOSTILE))
    built.entry(namespace, "broken", built.node("str", 80, flags=0, value="half a pair: \ud83d"))
    one, other = built.node("list", 64, length=1), built.node("list", 64, length=1)
    built.edge(one, other, ITEM, 0)
    built.edge(other, one, ITEM, 0)
    built.node("bytes", 7000, flags=0, value=b"abc", refcount=2)
    agent = built.node("heapsight.debuggee.agent.Agent", 400)
    built.root(agent, OWN)
    built.edge(agent, cart, label="seen")
    return built.write(path)


if __name__ == "__main__":
    leaky_shop(Path(sys.argv[1]), int(sys.argv[2]))
