"""`heapsight suspects FILE`: what holds a large part of a heap, and on which path it is reached."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from ..heap.amounts import parse_size, share_text
from .snapshot_questions import Questions, run
from .tables import print_heading, print_text, progress_shown

_EPILOG = """\
exit codes:
  0   the suspects were printed, none or some
  1   with --fail-above: a suspect retains more than SIZE
  2   the file could not be read, or wrong usage
"""


# Of a path with more steps, both ends.
_STEPS = 40


def main(words: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="heapsight suspects",
        description="Say what holds a large part of the heap in a snapshot.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="a snapshot")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--fail-above", type=size_argument, metavar="SIZE", help="as 10MB: exit with 1 if one is larger"
    )
    options = parser.parse_args(words)
    return run(lambda: _suspects(options.file, options.json, options.fail_above))


def size_argument(text: str) -> int:
    """Return the bytes of `10MB`, for argparse."""
    try:
        return parse_size(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _suspects(path: str, as_json: bool, limit: int | None) -> int:
    with progress_shown() as progress:
        questions = Questions(progress)
        number, _ = questions.open(path)
        found = questions.ask("suspects", snapshot=number)["suspects"]
        for each in found:
            each["steps"] = questions.ask("path", snapshot=number, node=each["accumulation"]["node"], count=_STEPS)[
                "steps"
            ]
    if as_json:
        print(json.dumps({"suspects": found}, indent=2))
    else:
        print_suspects(found)
    return 1 if limit is not None and any(each["retained"] > limit for each in found) else 0


def print_suspects(found: Sequence[dict[str, Any]]) -> None:
    """Print suspects for a person."""
    if not found:
        print_text("No object holds a tenth of the heap.")
    for number, each in enumerate(found, 1):
        print_heading(f"{number}. {each['title']}, {share_text(each['share'])}")
        print_text(each["sentence"])
        print_text(each["path"], "cyan")
        for step in each["steps"]:
            print_text(f"  {step['label']}  {step['text']}".rstrip(), "dim")
