"""`heapsight diff A B [C…]`: what grew, came and went between snapshots."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..heap.amounts import change_text
from .snapshot_questions import CommandFailed, Questions, run
from .tables import Column, print_heading, print_table, print_text, progress_shown, text_column

Row = dict[str, Any]


def main(words: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="heapsight diff",
        description="Compare snapshots: the first with the last, and where there are more, each with the next.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="snapshots, the earliest first")
    parser.add_argument("--by", default="type", choices=("type", "dominator", "site"), help="(default: %(default)s)")
    parser.add_argument("--count", type=int, default=30, metavar="N", help="rows, 0 for all (default: %(default)s)")
    parser.add_argument("--filter", default="", metavar="TEXT", help="only what has TEXT in its name")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(words)
    return run(lambda: _diff(options))


def _diff(options: argparse.Namespace) -> int:
    if len(options.files) < 2:
        raise CommandFailed("two snapshots or more are needed to compare")
    with progress_shown() as progress:
        questions = Questions(progress)
        numbers = [questions.open(path)[0] for path in options.files]
        wish = {"groupBy": options.by, "filter": options.filter, "sortBy": "sizeChange"}
        whole = questions.ask("compare", before=numbers[0], after=numbers[-1], count=options.count, **wish)
        # Of the steps all rows are needed: any of them may be among those that are shown.
        steps = [questions.ask("compare", before=a, after=b, **wish) for a, b in pairwise(numbers)]
    if len(steps) > 1:
        _add_steps(whole["rows"], [step["rows"] for step in steps])
    if options.json:
        print(json.dumps(whole, indent=2))
    else:
        _print(whole, options.by, [Path(path).name for path in options.files])
    return 0


def _add_steps(rows: list[Row], steps: Sequence[Sequence[Row]]) -> None:
    """Give each row its `steps`: the change of size from each snapshot to the next."""
    changes = [{row["key"]: row["sizeChange"] for row in step} for step in steps]
    for row in rows:
        row["steps"] = [step.get(row["key"], 0) for step in changes]
        row["grewEachTime"] = all(change > 0 for change in row["steps"])


def _print(answer: Row, by: str, names: Sequence[str]) -> None:
    totals = answer["totals"]
    print_text(
        f"{names[0]} → {names[-1]}: {totals['countChange']:+,} objects, {change_text(totals['sizeChange'])}",
    )
    rows = [row for row in answer["rows"] if row["change"] != "survived"]
    if not rows:
        print_text("Nothing has changed.")
        return
    has_steps = len(names) > 2
    headings = [Column(f"→ {name}") for name in names[1:]] if has_steps else []
    columns = [Column("size change"), *headings, Column("count change"), Column("before"), Column("after")]
    cut = len(answer["rows"]) < answer["total"]
    print_heading(f"By {by}, the first {len(answer['rows']):,} of {answer['total']:,}" if cut else f"By {by}")
    print_table([*columns, text_column("" if by == "type" else by)], [_cells(row, has_steps) for row in rows])
    if has_steps:
        print_text("↑: grew from each snapshot to the next.")


def _cells(row: Row, has_steps: bool) -> list[str]:
    steps = [change_text(change) for change in row["steps"]] if has_steps else []
    counts = [f"{row['countChange']:+,}", f"{row['countBefore']:,}", f"{row['countAfter']:,}"]
    name = f"{row['name']} ↑" if row.get("grewEachTime") else row["name"]
    return [change_text(row["sizeChange"]), *steps, *counts, name]
