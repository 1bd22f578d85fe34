"""`heapsight export FILE --format F -o OUT`: a snapshot in a format of other tools."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ..heap.exports.writing import FORMATS, TABLES
from ..heap.texts import size_text
from .snapshot_questions import Questions, run
from .tables import print_text, progress_shown

_EPILOG = """\
formats:
  heapsnapshot  for Chrome's developer tools, VS Code and memlab
  heapprofile   where objects were allocated, for Chrome and VS Code; needs allocation sites
  html          a page that needs no other file
  csv, json     for scripts
"""


def main(words: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="heapsight export",
        description="Write a snapshot in another format.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="a snapshot")
    parser.add_argument("--format", required=True, choices=FORMATS, help="of these")
    parser.add_argument("--table", default=TABLES[0], choices=TABLES, help="for csv and json (default: %(default)s)")
    parser.add_argument("-o", "--output", required=True, metavar="OUT", help="the file to write")
    options = parser.parse_args(words)
    return run(lambda: _export(options))


def _export(options: argparse.Namespace) -> int:
    with progress_shown() as progress:
        questions = Questions(progress)
        number, _ = questions.open(options.file)
        wish = {"format": options.format, "table": options.table, "path": options.output}
        written = questions.ask("export", snapshot=number, **wish)
    print_text(f"{written['path']}: {size_text(written['bytes'])}")
    return 0
