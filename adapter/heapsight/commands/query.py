"""`heapsight query FILE QUERY`: the objects of a snapshot for which something is true."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from ..heap.texts import size_text
from .snapshot_questions import Questions, count_argument, run
from .tables import Column, print_table, print_text, progress_shown, text_column

_EPILOG = """\
example:
  heapsight query shop.heapsight "type == 'Order' and retained > 1MB and path contains 'CACHE'"
"""


def main(words: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="heapsight query",
        description="List the objects of a snapshot for which a query is true.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="a snapshot")
    parser.add_argument("query", metavar="QUERY", help="described in docs/heap.md")
    parser.add_argument(
        "--count", type=count_argument, default=50, metavar="N", help="rows, 0 for all (default: %(default)s)"
    )
    parser.add_argument("--sort", default="retained", choices=("retained", "size", "type", "node"), help="by what")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(words)
    return run(lambda: _query(options))


def _query(options: argparse.Namespace) -> int:
    with progress_shown() as progress:
        questions = Questions(progress)
        number, _ = questions.open(options.file)
        page = {"query": options.query, "sortBy": options.sort, "count": options.count}
        answer = questions.ask("query", snapshot=number, **page)
        for row in () if options.json else answer["rows"]:
            row["path"] = questions.ask("path", snapshot=number, node=row["node"], count=2)["expression"]
    if options.json:
        print(json.dumps(answer, indent=2))
        return 0
    rows, total = answer["rows"], answer["total"]
    if rows:
        columns = [Column("node"), Column("retained"), Column("size"), *map(text_column, ("type", "object", "where"))]
        print_table(
            columns,
            [
                [str(r["node"]), size_text(r["retained"]), size_text(r["size"]), r["type"], r["text"], r["path"]]
                for r in rows
            ],
        )
    shown = f"{len(rows):,} of {total:,}" if len(rows) < total else f"{total:,}"
    print_text(f"{shown} objects, {size_text(answer['bytes'])} in all")
    return 0
