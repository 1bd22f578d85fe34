"""What the memory requests cost on a large heap, beside `gc.get_referrers` and a chain of it, in one run.

    python benchmarks/memory_requests.py [--nodes 1000000] [--rounds 7]

The chain is what tools without labels do: `gc.get_referrers` from an object upwards, one hop after the other, until a
module's dict is reached. The heap is synthetic: about a third of its objects are known to the collector.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).absolute().parent.parent / "adapter"))

from heapsight.debuggee.holding import Held, Holder
from heapsight.debuggee.memory.budget import Budget
from heapsight.debuggee.memory.deep_size import deep_size
from heapsight.debuggee.memory.report import MemoryInspector

HOPS = 7


class Record:
    def __init__(self, number: int) -> None:
        self.number = number
        self.name = f"record {number}"
        self.link: object = None


class Leaf:
    pass


class Node:
    def __init__(self, next_node: object) -> None:
        self.next = next_node


HEAP: list[object] = []
ROOT: dict[str, object] = {}


def fill(nodes: int) -> None:
    """Make about `nodes` objects, a third of them known to the collector."""
    for number in range(nodes // 6):
        HEAP.append(Record(number + 10_000))
        HEAP.append([float(number), f"text {number}"])


def chain_of_holders() -> Leaf:
    """Hang an object under the module, seven hops down."""
    leaf = Leaf()
    inner: object = leaf
    for level in range(HOPS - 2):
        record = Record(level)
        record.link = [inner] if level % 2 else inner
        inner = record
    ROOT["first"] = inner
    return leaf


def walk_up(start: object) -> int:
    """Count the hops to a module's dict, by `gc.get_referrers` alone, breadth first."""
    depth, level, seen = 0, [start], set()
    while level:
        depth += 1
        found = gc.get_referrers(*level)
        seen.update(map(id, (level, found)))
        if any(one is globals() for one in found):
            return depth
        level = [one for one in found if id(one) not in seen and not isinstance(one, type(sys._getframe()))]
        seen.update(map(id, level))
    return depth


def measure(action: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Return median and slowest in milliseconds."""
    samples = []
    for _ in range(rounds):
        began = time.perf_counter()
        action()
        samples.append((time.perf_counter() - began) * 1000)
    return statistics.median(samples), max(samples)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    fill(options.nodes)
    # Held as the debugger holds objects, and by nothing else that is not part of the heap.
    holder = Holder()
    held, held_text = holder.hold(chain_of_holders()), holder.hold("".join(["a text ", "in a tuple"]))
    ROOT["text"] = ((held_text.obj, 1), 2)
    for _ in range(2):
        gc.collect()
    frame = sys._getframe()
    memory = MemoryInspector(holder, short_text=lambda _: "", frames=lambda: {1: [frame]}, frame_id=lambda _: None)
    inspected = memory.inspect(held, "leaf", "leaf", follow=False)["object"]
    inspected_text = memory.inspect(held_text, "text", "text", follow=False)["object"]

    def up_to_the_module() -> int:
        number, hops = inspected, 0
        while True:
            hops += 1
            lines = memory.referrers(number, 0, 0, [])["referrers"]
            if any(line["kind"] == "global" for line in lines):
                return hops
            number = next(line["object"] for line in lines if "object" in line)

    linked = None
    for _ in range(100_000):
        linked = Node(linked)
    actions: list[tuple[str, Callable[[], object]]] = [
        ("gc.get_referrers(x)", lambda: gc.get_referrers(held.obj)),
        ("referrers of x, labelled and counted", lambda: memory.referrers(inspected, 0, 0, [])),
        ("gc.get_referrers, hop by hop to a module", lambda: walk_up(held.obj)),
        ("referrers, hop by hop to a module, labelled", up_to_the_module),
        ("referrers of a text in an untracked tuple", lambda: memory.referrers(inspected_text, 0, 0, [])),
        ("hover: size and references", lambda: memory.summary(held)),
        ("inspect: all sizes", lambda: memory.inspect(held, "leaf", "leaf", follow=False)),
        ("deep size of everything, 50 ms budget", lambda: deep_size(Held(HEAP), Budget(0.05))),
        ("deep size of a linked list of 100,000", lambda: deep_size(Held(linked), Budget(60))),
    ]
    count = len(gc.get_objects())
    print(f"Python {sys.version.split()[0]}, about {options.nodes:,} objects, {count:,} known to the collector")
    for title, action in actions:
        median, slowest = measure(action, options.rounds)
        print(f"{title:<46}{median:>10.2f} ms   slowest {slowest:>9.2f} ms")


if __name__ == "__main__":
    main()
