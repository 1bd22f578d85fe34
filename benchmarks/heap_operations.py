"""One operation of one tool on a synthetic heap, in a process of its own: what `heap.py` starts again and again.

    python heap_operations.py OPERATION NODES [--rounds 3] [--ballast MEGABYTES]

Prints JSON: `samples`, the seconds of each round; `extra`, other figures by name. The tools' own imports are no part of
it.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
from array import array
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "adapter"), str(HERE / "programs")]

import synthetic_heap  # noqa: E402 - which the path above makes importable

Round = Callable[[], "float | None"]
"""One round of an operation; where it knows better than a clock around it how long it took, it returns the seconds."""
Extra = dict[str, float]


def fork_pause(_: synthetic_heap.Shop, extra: Extra) -> Round:
    """Take snapshots from a fork; a sample is the time that the program stands still."""
    from heapsight.debuggee.memory.capture.capturing import Wish, begin

    path = Path(tempfile.mkdtemp(prefix="heapsight-benchmark-"), "one.heapsight")

    def take() -> float:
        pending = begin(Wish(path=str(path)), sys._getframe())
        taken = pending.finish()
        if taken.capture != "fork":
            raise RuntimeError(f"captured by {taken.capture}")
        extra.update({"nodes": taken.nodes, "references": taken.references, "file bytes": taken.file_bytes})
        path.unlink()
        return taken.pause_seconds

    return take


def native_capture(_: synthetic_heap.Shop, extra: Extra) -> Round:
    """Write the heap to a file from within the process, in C."""
    from heapsight.debuggee.memory.capture import native_capture as capture

    native = capture.native_module()
    if native is None:
        raise RuntimeError("the extension module is not built")

    def take() -> None:
        before = peak_bytes(reset=True)
        with tempfile.NamedTemporaryFile() as file:
            capture.write(native, file.name, {}, capture.Request(sys._getframe(), {}, ()))
        extra["memory bytes"] = max(extra.get("memory bytes", 0), peak_bytes() - before)

    return take


def python_capture(_: synthetic_heap.Shop, extra: Extra) -> Round:
    """Write the heap to a file from within the process, in Python."""
    from heapsight.debuggee.memory.capture.python_capture import write_heap

    def take() -> None:
        before = peak_bytes(reset=True)
        with tempfile.TemporaryFile() as file:
            write_heap(file, {}, sys._getframe(), None, None)
        extra["memory bytes"] = max(extra.get("memory bytes", 0), peak_bytes() - before)

    return take


def gc_graph(_: synthetic_heap.Shop, extra: Extra) -> Round:
    """Collect addresses, sizes and references of all that is reached from the collector's objects, without labels."""

    def walk() -> None:
        sizes, starts, targets = array("Q"), array("Q"), array("Q")
        pending = gc.get_objects()
        known = {id(one) for one in pending}
        for one in pending:
            sizes.append(sys.getsizeof(one))
            starts.append(len(targets))
            for target in gc.get_referents(one):
                targets.append(id(target))
                if id(target) not in known:
                    known.add(id(target))
                    pending.append(target)
        extra["nodes"], extra["references"] = len(sizes), len(targets)

    return walk


def guppy_heap(_: synthetic_heap.Shop, extra: Extra) -> Round:
    """Count and size by kind."""
    from guppy import hpy

    hp = hpy()

    def count() -> None:
        extra["nodes"] = hp.heap().count

    return count


def guppy_difference(_: synthetic_heap.Shop, __: Extra) -> Round:
    """Count and size by kind of what is new since a mark."""
    from guppy import hpy

    hp = hpy()
    hp.setrelheap()
    return lambda: drop(hp.heap().size)


def muppy_summary(_: synthetic_heap.Shop, __: Extra) -> Round:
    """Summarize all objects by type."""
    from pympler import muppy, summary

    return lambda: drop(summary.summarize(muppy.get_objects()))


def muppy_difference(_: synthetic_heap.Shop, __: Extra) -> Round:
    """Summarize, and compare with the summary before."""
    from pympler.tracker import SummaryTracker

    tracker = SummaryTracker()
    return lambda: drop(tracker.diff())


def objgraph_types(_: synthetic_heap.Shop, __: Extra) -> Round:
    """Count tracked objects by type."""
    import objgraph

    return lambda: drop(objgraph.most_common_types(limit=20))


def objgraph_growth(_: synthetic_heap.Shop, __: Extra) -> Round:
    """Count tracked objects by type, and compare with the count before."""
    import objgraph

    peaks: dict[str, int] = {}
    objgraph.growth(peak_stats=peaks)
    return lambda: drop(objgraph.growth(peak_stats=peaks))


def objgraph_chain(_: synthetic_heap.Shop, extra: Extra) -> Round:
    """Find the chain of references from a module to an object seven hops away."""
    import objgraph

    leaf = synthetic_heap.chain()

    def find() -> None:
        chain = objgraph.find_backref_chain(leaf, objgraph.is_proper_module)
        if len(chain) < 2:
            raise RuntimeError("no chain was found")
        extra["hops"] = len(chain)

    return find


def objgraph_referrers(_: synthetic_heap.Shop, __: Extra) -> Round:
    """`gc.get_referrers`, on which objgraph's backreferences stand: without labels."""
    leaf = synthetic_heap.chain()
    return lambda: drop(gc.get_referrers(leaf))


def guppy_referrers(_: synthetic_heap.Shop, __: Extra) -> Round:
    """The kinds of what refers to one object."""
    from guppy import hpy

    hp, leaf = hpy(), synthetic_heap.chain()
    return lambda: drop(hp.iso(leaf).referrers.count)


def asizeof(shop: synthetic_heap.Shop, extra: Extra) -> Round:
    """The size of all that the root comes to, by Pympler."""
    from pympler.asizeof import asizeof as measure

    def size() -> None:
        extra["bytes"] = measure(shop)

    return size


def deep_size(shop: synthetic_heap.Shop, extra: Extra) -> Round:
    """The size of all that the root comes to, by Heapsight."""
    from heapsight.debuggee.holding import Held
    from heapsight.debuggee.memory.budget import Budget
    from heapsight.debuggee.memory.deep_size import deep_size as measure

    def size() -> None:
        extra["bytes"] = measure(Held(shop), Budget(600.0)).bytes

    return size


def retained(shop: synthetic_heap.Shop, extra: Extra) -> Round:
    """What would be freed if the root were, by trial deletion."""
    from heapsight.debuggee.holding import Holder
    from heapsight.debuggee.memory.budget import Budget
    from heapsight.debuggee.memory.retained import retained_size as measure

    holder = Holder()
    held = holder.hold(shop)

    def size() -> None:
        extra["bytes"] = measure(held, holder, Budget(600.0)).bytes

    return size


def drop(_: object) -> None:
    """Let go of a result, within the round that made it."""


def snapshot_files(shop: synthetic_heap.Shop, extra: Extra) -> Round:
    """Leave two snapshots in the current folder, the second of a heap that has grown by a tenth."""
    import heapsight

    def take() -> None:
        heapsight.snapshot("before.heapsight")
        shop.users += synthetic_heap.build(len(shop.users) * 4, seed=2).users
        heapsight.snapshot("after.heapsight")

    return take


OPERATIONS: dict[str, Callable[[synthetic_heap.Shop, Extra], Round]] = {
    operation.__name__: operation
    for operation in (
        fork_pause,
        native_capture,
        python_capture,
        gc_graph,
        guppy_heap,
        guppy_difference,
        muppy_summary,
        muppy_difference,
        objgraph_types,
        objgraph_growth,
        objgraph_chain,
        objgraph_referrers,
        guppy_referrers,
        asizeof,
        deep_size,
        retained,
        snapshot_files,
    )
}


def peak_bytes(*, reset: bool = False) -> int:
    """Return the most memory that was resident so far, 0 where the system does not tell; reset: begin anew."""
    try:
        if reset:
            Path("/proc/self/clear_refs").write_text("5")
        words = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()
        return int(words[0]) * 1024
    except (OSError, IndexError):
        return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("operation", choices=OPERATIONS)
    parser.add_argument("nodes", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ballast", type=int, default=0, help="megabytes of bytes objects besides")
    options = parser.parse_args()
    shop = synthetic_heap.build(options.nodes)
    # Written to, so that the pages are the process's own.
    ballast = [bytearray(b"x") * (1 << 20) for _ in range(options.ballast)]
    gc.collect()
    extra: Extra = {}
    act = OPERATIONS[options.operation](shop, extra)
    samples = []
    for _ in range(options.rounds):
        began = perf_counter()
        told = act()
        samples.append(perf_counter() - began if told is None else told)
    print(json.dumps({"samples": samples, "extra": extra}))
    return len(ballast) - options.ballast


if __name__ == "__main__":
    sys.exit(main())
