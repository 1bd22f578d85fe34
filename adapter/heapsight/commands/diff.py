"""`heapsight diff A B [C…]`: what grew, came and went between snapshots."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..heap.amounts import change_text
from ..heap.comparing import GROUPINGS
from ..heap.texts import size_text
from .snapshot_questions import CommandFailed, Questions, count_argument, run
from .tables import Column, print_heading, print_table, print_text, progress_shown, text_column

Row = dict[str, Any]


def main(words: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="heapsight diff",
        description="Compare snapshots: the first with the last, and where there are more, each with the next.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="snapshots, the earliest first")
    parser.add_argument("--by", default="type", choices=GROUPINGS, help="what is compared (default: %(default)s)")
    parser.add_argument("--count", type=count_argument, default=30, metavar="N", help="rows, 0 for all (default: 30)")
    parser.add_argument("--filter", default="", metavar="TEXT", help="only what has TEXT in its name")
    parser.add_argument("--all", action="store_true", help="also what has not changed")
    parser.add_argument("--new", metavar="NAME", help="list the objects of the row NAME that were not there before")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(words)
    return run(lambda: _diff(options))


def _diff(options: argparse.Namespace) -> int:
    if len(options.files) < 2:
        raise CommandFailed("two snapshots or more are needed to compare")
    with progress_shown() as progress:
        questions = Questions(progress)
        numbers = [questions.open(path)[0] for path in options.files]
        ends = {"before": numbers[0], "after": numbers[-1], "groupBy": options.by}
        if options.new is not None:
            answer = _new_objects(questions, ends, options)
        else:
            answer = _changes(questions, numbers, ends, options)
    if options.json:
        print(json.dumps(answer, indent=2))
    elif options.new is not None:
        _print_new(answer, options.new)
    else:
        _print(answer, options.by, [Path(path).name for path in options.files], is_whole=options.all)
    return 0


def _changes(questions: Questions, numbers: list[int], ends: Row, options: argparse.Namespace) -> Row:
    wish = {"filter": options.filter, "all": options.all, "count": options.count}
    answer = questions.ask("compare", **ends, **wish, sortBy="sizeChange")
    if len(numbers) > 2:
        trend = questions.ask("trend", snapshots=numbers, groupBy=options.by, **wish)
        answer |= {**trend, "rows": [_as_change(row) for row in trend["rows"]]}
    return answer


def _as_change(row: Row) -> Row:
    """Return a row of a trend with what one of `compare` has, and its `steps`: the growth to each next snapshot."""
    sizes, counts, retained = row["sizes"], row["counts"], row["retained"]
    steps = [after - before for before, after in pairwise(sizes)]
    return {
        "key": row["key"],
        "name": row["name"],
        "countBefore": counts[0],
        "countAfter": counts[-1],
        "countChange": counts[-1] - counts[0],
        "sizeBefore": sizes[0],
        "sizeAfter": sizes[-1],
        "sizeChange": sizes[-1] - sizes[0],
        "retainedChange": retained[-1] - retained[0],
        "counts": counts,
        "sizes": sizes,
        "steps": steps,
        "grewEachTime": all(step > 0 for step in steps),
    }


def _new_objects(questions: Questions, ends: Row, options: argparse.Namespace) -> Row:
    answer = questions.ask("new", **ends, type=options.new, count=options.count)
    if not answer["objects"]:
        raise CommandFailed(f"there is no {options.by} {options.new!r} in {options.files[-1]}")
    for row in answer["rows"]:
        row["path"] = questions.ask("path", snapshot=ends["after"], node=row["node"])["expression"]
    return answer


def _print(answer: Row, by: str, names: Sequence[str], *, is_whole: bool) -> None:
    totals, rows = answer["totals"], answer["rows"]
    print_text(
        f"{names[0]} → {names[-1]}: {totals['countChange']:+,} objects, {change_text(totals['sizeChange'])}",
    )
    if not rows:
        print_text("Nothing has changed.")
        return
    has_steps = len(names) > 2
    headings = [Column(f"→ {name}") for name in names[1:]] if has_steps else []
    columns = [Column("size change"), *headings, Column("count change"), Column("before"), Column("after")]
    cut = len(rows) < answer["total"]
    print_heading(f"By {by}, the first {len(rows):,} of {answer['total']:,}" if cut else f"By {by}")
    print_table([*columns, text_column(by)], [_cells(row, has_steps) for row in rows])
    if any(row.get("grewEachTime") for row in rows):
        print_text("↑: grew from each snapshot to the next.")
    if answer["unchanged"] and not is_whole:
        print_text(f"{answer['unchanged']:,} more have not changed (--all).", "dim")


def _print_new(answer: Row, name: str) -> None:
    rows, total = answer["rows"], answer["total"]
    if rows:
        columns = [Column("node"), Column("retained"), Column("size"), text_column("object"), text_column("where")]
        cells = [
            [str(row["node"]), size_text(row["retained"]), size_text(row["size"]), row["text"], row["path"]]
            for row in rows
        ]
        print_table(columns, cells)
    shown = f"{len(rows):,} of {total:,}" if len(rows) < total else f"{total:,}"
    print_text(f"{shown} new of {answer['objects']:,} objects of {name}, {size_text(answer['bytes'])}")
    if answer["sameProcess"]:
        print_text("New: where no such object was before. Memory that was used again looks old.", "dim")
    else:
        print_text("The snapshots are of different processes, so all objects are listed.", "yellow")


def _cells(row: Row, has_steps: bool) -> list[str]:
    steps = [change_text(change) for change in row["steps"]] if has_steps else []
    counts = [f"{row['countChange']:+,}", f"{row['countBefore']:,}", f"{row['countAfter']:,}"]
    name = f"{row['name']} ↑" if row.get("grewEachTime") else row["name"]
    return [change_text(row["sizeChange"]), *steps, *counts, name]
