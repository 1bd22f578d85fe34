"""How long the analysis of a snapshot takes: `python benchmarks/heap_analysis.py [--nodes 1000000,5000000] [--python]`.

Synthetic heaps (heap_files.py), each analysed several times, the best time taken; the file is in the page cache, as it
is just after a snapshot. With `--python` also by the passes in Python. `--files BEFORE AFTER`: of two files that
are there, as JSON, every time: what heap.py reads.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "adapter"), str(ROOT / "benchmarks")]

import heap_files  # noqa: E402 - which the path above makes importable
from heapsight.heap import comparing, suspects, types  # noqa: E402
from heapsight.heap.graph import Graph  # noqa: E402
from heapsight.heap.loading import load  # noqa: E402
from heapsight.heap.passes import kernels, python  # noqa: E402


def timed(action: Callable[[], object]) -> tuple[float, object]:
    began = time.perf_counter()
    answer = action()
    return time.perf_counter() - began, answer


def analyse(path: Path, passes: object) -> dict[str, float]:
    """Return the seconds that each step takes."""
    seconds, snapshot = timed(lambda: load(path))
    found = {"load": seconds}
    graph = Graph(snapshot, passes)  # type: ignore[arg-type]
    for name in ("reverse", "native_count", "reached", "dominator", "totals"):
        found[name], _ = timed(lambda name=name: getattr(graph, name))
    found["all"] = sum(found.values())
    return found


def ask(before: Path, after: Path) -> dict[str, float]:
    """Return the seconds that questions take, once both files are analysed."""
    one, other = (Graph(load(path)) for path in (before, after))
    one.analyse()
    other.analyse()
    return {
        "types": timed(lambda: types.group(one, "type"))[0],
        "suspects": timed(lambda: suspects.find(one))[0],
        "compare": timed(lambda: comparing.compare(one, other, "type"))[0],
        "by dominator": timed(lambda: comparing.compare(one, other, "dominator"))[0],
    }


def show(title: str, rows: dict[str, float]) -> None:
    print(f"{title:32}", "  ".join(f"{name} {seconds:.3f}" for name, seconds in rows.items()), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--nodes", default="1000000,5000000")
    parser.add_argument("--python", action="store_true", help="also the passes in Python")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--files", nargs=2, type=Path, metavar=("BEFORE", "AFTER"))
    options = parser.parse_args()
    if options.files:
        analyses = [analyse(options.files[1], kernels.best) for _ in range(options.runs)]
        print(json.dumps({"analyses": analyses, "questions": ask(*options.files)}))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for nodes in map(int, options.nodes.split(",")):
            before = heap_files.write(Path(folder, "before"), nodes)
            after = heap_files.write(Path(folder, "after"), nodes + nodes // 10, seed=2)
            kinds = {"native": kernels.best} | ({"python": python} if options.python else {})
            for name, passes in kinds.items():
                runs = [analyse(before, passes) for _ in range(options.runs if name == "native" else 1)]
                show(f"{nodes:,} nodes, {name}", min(runs, key=lambda run: run["all"]))
            show(f"{nodes:,} nodes, questions", ask(before, after))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"  peak memory so far {peak:,} MB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
