"""Measure Heapsight and its peers in one run, in turn, and print the ratios.

    python benchmarks/run.py                          everything, this interpreter, three rounds
    python benchmarks/run.py --cases step,hot --python python3.12 --python python3.13 --rounds 5
    python benchmarks/run.py --json result.json

The peers take turns sample by sample, so that a machine that is busy for a while is busy for all of them.
docs/performance.md says what the figures mean.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).absolute().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "adapter")]

from cases import footprint, looking, running, stepping, watching  # noqa: E402
from measuring import Case, Figure, Kind, NotThere, Result, figure  # noqa: E402
from peers import DEFAULT_PEERS, PEERS, Peer  # noqa: E402

CASES = {
    case.name: case for case in (*stepping.CASES, *running.CASES, *watching.CASES, *looking.CASES, *footprint.CASES)
}
BARE = "no debugger"
# Microseconds. What costs less is no more than the noise of the loop around it, and no ratio can be told.
_SMALLEST_COST = 0.05
UNITS = {Kind.LATENCY: "ms", Kind.SLOWDOWN: "×", Kind.COST: "µs", Kind.COUNT: "more", Kind.MEMORY: "MB more"}
Results = dict[str, dict[str, Result]]


def main() -> int:
    options = _options()
    reports = []
    for python in options.python:
        report = _run(python, options.cases, options.peers, options.rounds)
        reports.append(report)
        print(_table(report))
    if options.json:
        Path(options.json).write_text(json.dumps(reports, indent=2) + "\n")
    return 1 if any(row["failures"] for report in reports for row in report["cases"]) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--cases", type=lambda text: _chosen(text, CASES), default=list(CASES), help=f"of: {', '.join(CASES)}"
    )
    parser.add_argument(
        "--peers", type=lambda text: _chosen(text, PEERS), default=list(DEFAULT_PEERS), help=f"of: {', '.join(PEERS)}"
    )
    parser.add_argument(
        "--python",
        action="append",
        type=_interpreter,
        metavar="PATH",
        help="an interpreter; may be given several times",
    )
    parser.add_argument("--rounds", type=int, default=3, help="(default: %(default)s)")
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too")
    options = parser.parse_args()
    options.python = options.python or [sys.executable]
    return options


def _interpreter(text: str) -> str:
    found = shutil.which(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"there is no {text!r}")
    return str(Path(found).absolute())


def _chosen(text: str, known: dict[str, object]) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; there are: {', '.join(known)}")
    return names


def _run(python: str, case_names: Sequence[str], peer_names: Sequence[str], rounds: int) -> dict:
    results: Results = {name: {} for name in case_names}
    for number in range(1, rounds + 1):
        for name in case_names:
            _progress(f"{_python_version(python)}, round {number} of {rounds}: {name}")
            _round(CASES[name], [PEERS[peer] for peer in peer_names], python, results[name])
    _progress("")
    rows = [_row(CASES[name], results[name], peer_names) for name in case_names]
    versions = {name: PEERS[name].version(python) for name in peer_names}
    return {
        "python": _python_version(python),
        "machine": _machine(),
        "rounds": rounds,
        "peers": versions,
        "cases": rows,
    }


def _round(case: Case, peers: Sequence[Peer], python: str, results: dict[str, Result]) -> None:
    """Measure one case with every peer, a sample each in turn."""
    running = {}
    for peer in [None, *peers] if case.needs_baseline else peers:
        label = peer.name if peer else BARE
        result = results.setdefault(label, Result())
        if result.failure is None and not result.is_absent:
            result.rounds.append([])
            running[label] = case.measure(peer, python)
    while running:
        for label, samples in list(running.items()):
            try:
                results[label].add(next(samples))
            except StopIteration:
                del running[label]
            except NotThere as error:
                results[label].is_absent = True
                results[label].notes.add(str(error))
                results[label].rounds.clear()
                del running[label]
            except Exception as error:  # noqa: BLE001 - a peer that fails one case is reported, and the others go on
                results[label].failure = f"{type(error).__name__}: {error}"
                results[label].rounds.clear()
                del running[label]


def _row(case: Case, results: dict[str, Result], peer_names: Sequence[str]) -> dict:
    figures: dict[str, Figure] = {}
    for name in peer_names:
        result, baseline = results[name], results.get(BARE)
        if result.rounds and (baseline is None or baseline.rounds):
            figures[name] = figure(case, result, baseline)
    return {
        "case": case.name,
        "title": case.title,
        "kind": case.kind.value,
        "unit": UNITS[case.kind],
        "figures": {name: vars(found) for name, found in figures.items()},
        "notes": {name: sorted(results[name].notes) for name in peer_names if results[name].notes},
        "failures": {name: [result.failure] for name, result in results.items() if result.failure},
    }


def _table(report: dict) -> str:
    names = list(report["peers"])
    versions = ", ".join(f"{name} {version}" for name, version in report["peers"].items())
    lines = [
        "",
        f"{report['python']}, {report['machine']}; {versions}; {report['rounds']} rounds",
        "",
        "| case | " + " | ".join(names) + " |" + "".join(f" {name} / {names[0]} |" for name in names[1:]),
        "|---|" + "---|" * (2 * len(names) - 1),
    ]
    notes = []
    for row in report["cases"]:
        figures = row["figures"]
        cells = [_cell(figures.get(name), row["unit"]) for name in names]
        ratios = [_ratio(figures.get(names[0]), figures.get(name), row["kind"]) for name in names[1:]]
        lines.append(f"| {row['title']} | " + " | ".join([*cells, *ratios]) + " |")
        for kind in ("notes", "failures"):
            notes += [f"- {row['case']}, {name}: {text}" for name, texts in row[kind].items() for text in texts]
    return "\n".join([*lines, "", *notes])


def _cell(found: dict | None, unit: str) -> str:
    if found is None:
        return "failed"
    spread = f"{found['low']:.2f}–{found['high']:.2f}"
    p99 = f"; p99 {found['p99']:.2f}" if found["p99"] is not None else ""
    return f"{found['middle']:.2f} {unit} ({spread}{p99})"


def _ratio(ours: dict | None, theirs: dict | None, kind: str) -> str:
    if ours is None or theirs is None:
        return "–"
    if kind == Kind.COST.value and ours["middle"] < _SMALLEST_COST:
        return "–"
    return f"{theirs['middle'] / ours['middle']:.1f}"


def _python_version(python: str) -> str:
    code = "import platform; print(platform.python_implementation(), platform.python_version())"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
    elif text:
        print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
