"""Counting by type: C and Python count the same, in a process of its own."""

import gc
import json
import subprocess
import sys
import textwrap

import pytest

from heapsight.debuggee.memory import native_heap

pytestmark = pytest.mark.skipif(native_heap.module is None, reason="the module in C is not there")

COMPARISON = """
    import asyncio, collections, decimal, enum, gc, json, logging, re, sys, unittest
    from heapsight.debuggee.holding import Holder
    from heapsight.debuggee.memory import native_heap
    from heapsight.debuggee.memory.budget import Budget
    from heapsight.debuggee.memory.histogram import take_moment
    from heapsight.debuggee.memory.population import find_instances

    class Plain:
        def __init__(self, *parts):
            self.parts = parts
    class Slotted:
        __slots__ = ("left", "right")
    class Text(str): pass
    class Number(int): pass
    class Row(tuple): pass
    class Order(dict): pass
    class Kind(enum.Enum):
        ONE = 1

    def generate(captured):
        yield captured
    kept = [Plain(1.5, (b"x", 2**70)), Text("text"), Number(2**65), Row((1, "é" * 9)), Order(a=b"y"), {1.5: 2j}]
    kept += [collections.deque([b"z"]), frozenset({"w"}), generate(bytearray(3)), lambda: kept, Slotted()]
    next(kept[-3])
    kept[0].__dict__
    module = native_heap.module
    holder = Holder()

    def count(native, all):
        native_heap.module = module if native else None
        moment, _ = take_moment(holder, Budget(1000), all=all)
        assert moment.complete
        return {".".join(key): figures for key, figures in moment.counts.items()}

    for _ in range(2):
        for native in (True, False):
            json.dumps(count(native, True))
    gc.collect()
    gc.disable()
    for all in (False, True):
        # What is counted must not be there when the next one counts.
        print(json.dumps(count(True, all)), flush=True)
        print(json.dumps(count(False, all)), flush=True)
"""


def run_program(source, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_both_count_the_same():
    listed, listed_in_python, everything, everything_in_python = map(json.loads, run_program(COMPARISON).splitlines())
    if sys.version_info[:2] == (3, 12):  # which hides what is immortal from Python
        for kind in ("tuple", "type", "dict"):
            for counts in (listed, listed_in_python, everything, everything_in_python):
                counts.pop(f"builtins.{kind}")
    # A tuple that the walk in Python is made of itself may be among those.
    difference = abs(listed.pop("builtins.tuple", [0])[0] - listed_in_python.pop("builtins.tuple", [0])[0])
    assert difference <= 1
    assert listed == listed_in_python
    assert everything == everything_in_python


@pytest.mark.parametrize("twin", ["python", "native"])
def test_frozen_objects_are_counted(twin):
    source = """
        import gc, sys
        from heapsight.debuggee.holding import Holder
        from heapsight.debuggee.memory import native_heap
        from heapsight.debuggee.memory.budget import Budget
        from heapsight.debuggee.memory.histogram import take_moment
        if sys.argv[1] == "python":
            native_heap.module = None
        class Node: pass
        kept = [Node() for _ in range(5)]
        gc.freeze()
        kept.append(Node())
        for all in (False, True):
            moment, _ = take_moment(Holder(), Budget(1000), all=all)
            print(moment.counts["__main__", "Node"][0])
    """
    # Python does not see them but where others lead to them.
    assert run_program(source, twin).split() == (["6", "6"] if twin == "native" else ["1", "6"])


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ((), [], {}, "", "", False, 1.0),
        ([], [], [], "", "", False, 1.0),
        ([], [], {}, b"", "", False, 1.0),
        ([], [], {}, "", None, False, 1.0),
        ([], [], {"text": 1}, "", "", False, 1.0),
        ([], [], {}, "", "", False, "long"),
    ],
)
def test_wrong_arguments_in_c(arguments):
    with pytest.raises(TypeError):
        native_heap.module.histogram(*arguments)
    assert gc.isenabled()
