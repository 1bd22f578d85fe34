"""Things that a snapshot tells much of, captured in each way. usage: mem_documented.py FOLDER"""

import json
import sys
import tracemalloc
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.captures import WAYS, take


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = [number, f"line {number}", {"price": 2.5, ("a", "key"): b"bytes"}]


class Slotted:
    __slots__ = ("first", "second")


def orders():
    """Return things of every kind; the last is what the name of a file may look like that is no UTF-8."""
    slotted = Slotted()
    slotted.first = {"é" * 100, 10**1200, -1}
    waiting = (one for one in [slotted])
    return [Order(number) for number in range(50)], slotted, waiting, bytearray(b"x" * 200), "\udcff"


held = orders()
for way in WAYS:
    take(way, str(Path(sys.argv[1], f"{way}.heapsight")), label="a label")
tracemalloc.start(3)
traced = orders()
for way in ("process", "python"):
    take(way, str(Path(sys.argv[1], f"{way}-traced.heapsight")), sys._getframe())
print(json.dumps({"held": id(held), "traced": id(traced[0][0]), "slotted": id(held[1])}))
