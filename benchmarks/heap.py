"""Heapsight's heap operations beside objgraph's, guppy3's and Pympler's, on the same synthetic heap, in one run.

    python benchmarks/heap.py                                  a heap of 1,000,000 objects, this interpreter
    python benchmarks/heap.py --nodes 1000000,5000000 --rounds 5 --json result.json
    python benchmarks/heap.py --only referrers,histogram       some of the questions

The peers have to be installed: `pip install --group benchmarks`. Each operation of each tool runs in a process of its
own, in turn: what one leaves behind is no burden to the next. "live" is asked over the debug protocol, as editors ask.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "adapter")]

import heap_session  # noqa: E402 - which the path above makes importable


@dataclass(frozen=True)
class Way:
    """A tool's way to answer a question: an operation of heap_operations.py, or a request of heap_session.py."""

    title: str
    operation: str | None = None
    request: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """What somebody wants to know. The first way is Heapsight's, which the others are compared with."""

    name: str
    title: str
    ways: tuple[Way, ...]


@dataclass
class Figures:
    """The seconds of each round, and what else was told."""

    samples: list[float] = field(default_factory=list)
    extra: dict[str, float] = field(default_factory=dict)
    failure: str | None = None


QUESTIONS = (
    Question(
        "snapshot",
        "the whole heap: how long the program stands still",
        (
            Way("heapsight, from a fork: graph, labels, values", "fork_pause"),
            Way("heapsight, in the process: the same", "native_capture"),
            Way("heapsight, in the process, in Python: the same", "python_capture"),
            Way("gc and getsizeof in Python: graph, no labels", "gc_graph"),
            Way("guppy3 heap(): counts, no graph", "guppy_heap"),
            Way("Pympler muppy + summary: counts, no graph", "muppy_summary"),
        ),
    ),
    Question(
        "histogram",
        "count and size by type, and what changed",
        (
            Way("heapsight, live: tracked objects", request="histogram"),
            Way("heapsight, live: all objects", request="histogram of all"),
            Way("objgraph growth(): tracked objects, no sizes", "objgraph_growth"),
            Way("guppy3 heap() after setrelheap()", "guppy_difference"),
            Way("Pympler SummaryTracker.diff()", "muppy_difference"),
        ),
    ),
    Question(
        "referrers",
        "what refers to one object",
        (
            Way("heapsight, live: labelled, counted, frames and untracked too", request="referrers"),
            Way("gc.get_referrers: tracked objects, no labels", "objgraph_referrers"),
            Way("guppy3 referrers: kinds, the first time", "guppy_referrers", options=("--rounds", "1")),
        ),
    ),
    Question(
        "chain",
        "what keeps an object alive, up to a module",
        (
            Way("heapsight, live: hop by hop, labelled", request="chain"),
            Way("objgraph find_backref_chain", "objgraph_chain"),
        ),
    ),
    Question(
        "size",
        "the size of all that an object comes to",
        (
            Way("heapsight retained size", "retained"),
            Way("heapsight deep size", "deep_size"),
            Way("Pympler asizeof", "asizeof"),
        ),
    ),
    Question(
        "hover",
        "a hover: value, size, references, retained size",
        (
            Way("heapsight, live: a small object", request="hover"),
            Way("heapsight, live: the root of the heap, cut by the budget", request="hover of everything"),
        ),
    ),
)
ANALYSIS = "analysis"


def run_operation(python: str, way: Way, nodes: int, rounds: int, *more: str) -> Figures:
    """Run one operation in a process of its own."""
    words = [python, str(HERE / "heap_operations.py"), str(way.operation), str(nodes), "--rounds", str(rounds)]
    ended = subprocess.run([*words, *way.options, *more], capture_output=True, text=True)
    if ended.returncode != 0:
        said = ended.stderr.strip().splitlines() or [f"ended with {ended.returncode}"]
        return Figures(failure=said[-1])
    told = json.loads(ended.stdout)
    return Figures(told["samples"], told["extra"])


def answers(question: Question, python: str, nodes: int, rounds: int, live: heap_session.Samples) -> Iterator[Figures]:
    """Yield the figures of each way."""
    for way in question.ways:
        if way.request is not None:
            yield Figures(live[way.request])
        else:
            yield run_operation(python, way, nodes, rounds)


def analysis(python: str, nodes: int, rounds: int) -> dict[str, list[float]]:
    """Take two snapshots, and return the seconds of their analysis and of questions about them."""
    with tempfile.TemporaryDirectory(prefix="heapsight-benchmark-") as folder:
        words = [python, str(HERE / "heap_operations.py"), "snapshot_files", str(nodes), "--rounds", "1"]
        subprocess.run(words, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        files = [str(Path(folder, f"{name}.heapsight")) for name in ("before", "after")]
        words = [python, str(HERE / "heap_analysis.py"), "--files", *files, "--runs", str(rounds)]
        told = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    return {
        "load, reverse, roots, dominators, retained": [one["all"] for one in told["analyses"]],
        **{name: [seconds] for name, seconds in told["questions"].items()},
    }


def milliseconds(samples: Sequence[float]) -> str:
    """Write the median, and how far the rounds lie apart."""
    middle, low, high = (1000 * each for each in (statistics.median(samples), min(samples), max(samples)))
    return f"{middle:,.1f} ms" + (f" [{low:,.1f}–{high:,.1f}]" if len(samples) > 1 else "")


def table(question: Question, found: Sequence[Figures]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield f"| {question.title} | time | multiple |"
    yield "|---|---|---|"
    first = found[0].samples and statistics.median(found[0].samples)
    for way, figures in zip(question.ways, found, strict=True):
        if figures.failure is not None:
            yield f"| {way.title} | failed: {figures.failure} | – |"
            continue
        multiple = statistics.median(figures.samples) / first if first else 0.0
        yield f"| {way.title} | {milliseconds(figures.samples)} | {multiple:.1f} |"
    yield ""
    yield from notes(question, found)


def notes(question: Question, found: Sequence[Figures]) -> Iterator[str]:
    """Yield what a capture costs in memory and on disk."""
    for way, figures in zip(question.ways, found, strict=True):
        nodes = figures.extra.get("nodes") or found[0].extra.get("nodes")
        said = [
            f"{figures.extra[name] / nodes:.0f} bytes of {what} for each object"
            for name, what in (("memory bytes", "memory"), ("file bytes", "the file"))
            if nodes and name in figures.extra
        ]
        if said:
            yield f"- {way.title}: {', '.join(said)}"
    if any(figures.extra for figures in found):
        yield ""


def measure(python: str, nodes: int, options: argparse.Namespace) -> dict[str, object]:
    """Measure and print everything for one interpreter and one size; return it for JSON."""
    chosen = [one for one in QUESTIONS if not options.only or one.name in options.only]
    version = subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"\n### {version}, {nodes:,} objects, {platform.system()} {platform.machine()}\n", flush=True)
    asks = any(way.request for question in chosen for way in question.ways)
    live = heap_session.ask(python, nodes, options.rounds) if asks else {}
    report: dict[str, object] = {"python": version, "nodes": nodes}
    for question in chosen:
        found = list(answers(question, python, nodes, options.rounds, live))
        print("\n".join(table(question, found)), flush=True)
        report[question.name] = {way.title: vars(one) for way, one in zip(question.ways, found, strict=True)}
    if not options.only or ANALYSIS in options.only:
        seconds = analysis(python, nodes, options.rounds)
        print("| a snapshot file, in the worker process | time |\n|---|---|")
        print("\n".join(f"| {name} | {milliseconds(samples)} |" for name, samples in seconds.items()), flush=True)
        report[ANALYSIS] = seconds
    if options.ballast:
        pause = run_operation(python, QUESTIONS[0].ways[0], nodes, options.rounds, "--ballast", str(options.ballast))
        said = pause.failure or milliseconds(pause.samples)
        print(f"\nPause of a fork with {options.ballast:,} MB more in the process: {said}", flush=True)
        report["ballast"] = vars(pause)
    return report


def main() -> int:
    names = [*(question.name for question in QUESTIONS), ANALYSIS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", default="1000000", help="sizes, with commas between them")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--python", action="append", help="an interpreter; may be given several times")
    parser.add_argument("--only", type=lambda text: text.split(","), help=", ".join(names))
    parser.add_argument("--ballast", type=int, default=0, help="also the pause with so many megabytes more")
    parser.add_argument("--json", type=Path, help="where to write every sample")
    options = parser.parse_args()
    unknown = [name for name in options.only or [] if name not in names]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are: {', '.join(names)}")
    reports = [
        measure(python, int(nodes), options)
        for python in options.python or [sys.executable]
        for nodes in options.nodes.split(",")
    ]
    if options.json:
        options.json.write_text(json.dumps(reports, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
