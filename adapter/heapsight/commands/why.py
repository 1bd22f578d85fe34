"""`heapsight why FILE:LINE EXPRESSION [-- PROGRAM ARGS]`: what an object is at a line, and what holds it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

from ..client import ConnectionEnded, RequestRefused
from .why_run import Limits, LineNeverReached, LineRefused, Place, Program, ProgramNotStarted, Report, Run
from .why_text import Style, as_data, as_text, can_draw

_USAGE = "heapsight why [options] FILE:LINE EXPRESSION [-- PROGRAM ARGS]"
_EPILOG = """\
FILE itself is run, unless PROGRAM says otherwise:
  -- main.py ARGS       run main.py
  -- -m package ARGS    run a module
  -- ARGS               run FILE with these arguments
The program is ended when the report is made. Its output goes to standard error,
so that standard output has the report alone.

exit codes:
  0   the report was printed
  1   the expression failed, or the program could not be run
  2   wrong usage: no such file, no code at that line or after it
  3   the program ended (or the time was over) before it reached the line
  130 interrupted

examples:
  heapsight why shop.py:41 cart
  heapsight why --depth 8 --when "user == 'ann'" orders.py:17 "self.items[0]" -- -m shop --fast
"""
_PROGRAM_SUFFIXES = (".py", ".pyw", ".pyz")


class ExitCode(IntEnum):
    """How the command ends."""

    REPORTED = 0
    FAILED = 1
    WRONG_USAGE = 2
    NEVER_REACHED = 3
    INTERRUPTED = 130


class WrongUsage(Exception):
    """The arguments cannot be meant; the text says why."""


def main(argv: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    words, after = _split(list(argv))
    options = _parser().parse_args(words)
    try:
        place = _place(options.place, options.when, options.visit)
        program = _program(place.path, after, options.python)
        report = _report(program, place, options)
    except WrongUsage as error:
        return _fail(str(error), ExitCode.WRONG_USAGE)
    except LineRefused as error:
        return _fail(f"No stop is possible at {options.place}: {error}", ExitCode.WRONG_USAGE)
    except LineNeverReached as error:
        return _fail(_never_reached(options.place, error.exit_code), ExitCode.NEVER_REACHED)
    except TimeoutError:
        text = f"{options.place} was not reached within {options.seconds:g} seconds."
        return _fail(text, ExitCode.NEVER_REACHED)
    except (RequestRefused, ConnectionEnded, ProgramNotStarted) as error:
        return _fail(str(error), ExitCode.FAILED)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    _write(_render(report, options))
    return ExitCode.REPORTED


def _split(argv: list[str]) -> tuple[list[str], list[str]]:
    """Return the words before and after `--`."""
    if "--" not in argv:
        return argv, []
    at = argv.index("--")
    return argv[:at], argv[at + 1 :]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="heapsight why",
        usage=_USAGE,
        description="Run a program to a line; print what an object is there, and what holds it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("place", metavar="FILE:LINE", help="where to look")
    parser.add_argument("expression", metavar="EXPRESSION", help="evaluated there, in the innermost frame")
    parser.add_argument("--when", metavar="CONDITION", help="stop only where this expression is true")
    parser.add_argument("--visit", type=_positive, default=1, metavar="N", help="stop at the Nth time (default: 1)")
    defaults = Limits()
    for name, default, text in (
        ("depth", defaults.depth, "levels of the tree"),
        ("width", defaults.width, "lines shown below one object"),
        ("lines", defaults.lines, "lines of the tree in all, about"),
    ):
        parser.add_argument(
            f"--{name}", type=_positive, default=default, metavar="N", help=f"{text} (default: {default})"
        )
    parser.add_argument("--python", metavar="PATH", help="the interpreter to run with (default: this one)")
    parser.add_argument("--seconds", type=_seconds, metavar="N", help="give up when the line is not reached by then")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="(default: auto)")
    return parser


def _positive(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return number


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


def _place(text: str, condition: str | None, visit: int) -> Place:
    file, colon, line = text.rpartition(":")
    if not colon or not line.isdigit() or int(line) < 1:
        raise WrongUsage(f"{text!r} is not FILE:LINE.")
    path = Path(file)
    if not path.is_file():
        raise WrongUsage(f"There is no file {file!r}.")
    return Place(path.absolute(), int(line), condition, visit)


def _program(path: Path, words: list[str], python: str | None) -> Program:
    """Return what to run: what the words after `--` name, else the file with those words as its arguments."""
    if words and words[0] == "-m":
        if len(words) < 2:
            raise WrongUsage("-m needs the name of a module.")
        return Program({"module": words[1]}, words[2:], python)
    if words and _looks_like_program(words[0]):
        if not Path(words[0]).exists():
            raise WrongUsage(f"There is no program {words[0]!r}.")
        return Program({"program": str(Path(words[0]).absolute())}, words[1:], python)
    return Program({"program": str(path)}, words, python)


def _looks_like_program(word: str) -> bool:
    return word.endswith(_PROGRAM_SUFFIXES) or (Path(word) / "__main__.py").is_file()


def _report(program: Program, place: Place, options: argparse.Namespace) -> Report:
    with Run(program) as run:
        stopped = run.to(place, options.seconds)
        info = run.inspect(options.expression, stopped.frame_id)
        held_by = run.holders(info, Limits(options.depth, options.width, options.lines))
    return Report(stopped, place.line, info, held_by)


def _never_reached(place: str, exit_code: int | None) -> str:
    if exit_code is None:
        return f"{place} was never reached: the program ended."
    if exit_code < 0:
        return f"{place} was never reached: the program was ended by signal {-exit_code}."
    return f"{place} was never reached: the program ended with exit code {exit_code}."


def _render(report: Report, options: argparse.Namespace) -> str:
    if options.json:
        return json.dumps(as_data(report, options.expression), indent=2) + "\n"
    draws = not options.ascii and can_draw(sys.stdout.encoding)
    return as_text(report, options.expression, Style(colour=_is_coloured(options.color), unicode=draws))


def _is_coloured(choice: str) -> bool:
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _write(text: str) -> None:
    """Print, whatever characters the values contain."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough (`| head`). What is buffered must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(text: str, code: ExitCode) -> int:
    print(f"heapsight why: {text}", file=sys.stderr)
    return code
