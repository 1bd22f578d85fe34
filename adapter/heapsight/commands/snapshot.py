"""`heapsight snapshot`: write the heap of a program that it runs, or of one that runs already, into a file."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ..client import ConnectionEnded, RequestRefused
from ..session.errors import RequestFailed
from ..session.injection import inject

_BOOTSTRAP = Path(__file__).absolute().parent.parent / "debuggee" / "bootstrap.py"
_USAGE = """\
heapsight snapshot [options] -- PROGRAM ARGS
       heapsight snapshot [options] --pid N"""
_EPILOG = """\
PROGRAM is FILE, -m MODULE or -c CODE, and is run as python runs it; its exit
code becomes the command's. When the snapshot is taken:
  --on exit            when the program has ended (the default)
  --on signal          whenever it gets SIGUSR2
  --on memory-error    when a MemoryError ends it, or one of its threads
  --on N               when more than N megabytes are resident, and each doubling
  --after SECONDS      once, so long after its start
  --at FILE:LINE       where a thread first comes to that line; the program ends
Without --output, the file gets a name of its own in the folder .heapsight.

examples:
  heapsight snapshot -- shop.py --fast
  heapsight snapshot --on 500 --trace 5 -- -m shop
  heapsight snapshot --output now.heapsight --pid 4711
"""


class WrongUsage(Exception):
    """The arguments cannot be meant; the text says why."""


def main(argv: Sequence[str]) -> int:
    """Run the command; return its exit code: the program's, 2 for wrong usage, 1 where there is no snapshot."""
    words = list(argv)
    at = words.index("--") if "--" in words else len(words)
    options, program = _parser().parse_args(words[:at]), words[at + 1 :]
    try:
        _check(options, program)
        if options.pid is not None:
            return _of_process(options)
        if options.at is not None:
            return _at_line(options, program)
        return _run(options, program)
    except WrongUsage as error:
        return _fail(str(error), 2)
    except (RequestFailed, RequestRefused, ConnectionEnded) as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="heapsight snapshot",
        usage=_USAGE,
        description="Write the whole heap of a program into a file.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write it")
    parser.add_argument("--label", metavar="TEXT", help="a name for it")
    parser.add_argument("--trace", type=_frames, metavar="N", help="keep N frames of where each object is allocated")
    parser.add_argument("--on", type=_event, metavar="WHAT", help="exit, signal, memory-error, or megabytes")
    parser.add_argument("--after", type=_seconds, metavar="SECONDS", help="take it so long after the start")
    parser.add_argument("--at", metavar="FILE:LINE", help="take it at that line")
    parser.add_argument("--pid", type=int, metavar="N", help="of a process that runs already")
    return parser


def _frames(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of frames from 1 to 65535")
    return int(text)


def _event(text: str) -> str | float:
    if text in ("exit", "signal", "memory-error"):
        return text
    megabytes = _positive(text)
    if megabytes is None:
        raise argparse.ArgumentTypeError(f"{text!r} is none of exit, signal, memory-error, or a number of megabytes")
    return megabytes


def _seconds(text: str) -> float:
    seconds = _positive(text)
    if seconds is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


def _positive(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < 1e9 else None


def _check(options: argparse.Namespace, program: list[str]) -> None:
    """Raise WrongUsage for what does not go together, and for files that cannot be written."""
    if options.pid is not None:
        wrong = [name for name in ("on", "after", "at", "trace") if getattr(options, name) is not None]
        if wrong:
            raise WrongUsage(f"--{wrong[0]} is for a program that is run here, not for --pid.")
        if program:
            raise WrongUsage("--pid names a program that runs already; there is none to run.")
    elif not program:
        raise WrongUsage("There is no program: write it behind --, or name a process with --pid.")
    elif program[0] in ("-m", "-c") and len(program) < 2:
        raise WrongUsage(f"{program[0]} needs a value.")
    moments = [name for name in ("on", "after", "at") if getattr(options, name) is not None]
    if len(moments) > 1:
        raise WrongUsage(f"--{moments[0]} and --{moments[1]} exclude each other.")
    if options.at is not None and options.trace is not None:
        raise WrongUsage("--at and --trace exclude each other.")
    if options.on == "signal" and not hasattr(signal, "SIGUSR2"):
        raise WrongUsage("This system has no SIGUSR2.")
    if options.output is not None:
        output = Path(options.output).absolute()
        if output.is_dir():
            raise WrongUsage(f"{options.output!r} is a folder.")
        if not output.parent.is_dir():
            raise WrongUsage(f"There is no folder {str(output.parent)!r}.")


def _run(options: argparse.Namespace, program: list[str]) -> int:
    """Run the program in an interpreter of its own, which has nothing of this command."""
    plan: dict[str, object] = {"label": options.label, "trace": options.trace, "after": options.after}
    plan["on"] = options.on or (None if options.after is not None else "exit")
    if options.output is not None:
        plan["output"] = str(Path(options.output).absolute())
    words = [sys.executable, str(_BOOTSTRAP), json.dumps(plan), "snapshots", *program]
    with subprocess.Popen(words) as process:
        while True:
            try:
                code = process.wait()
                break
            except KeyboardInterrupt:
                # The program got it too, and decides what to do.
                continue
    return code if code >= 0 else 128 - code


def _of_process(options: argparse.Namespace) -> int:
    if options.pid <= 0:
        raise WrongUsage(f"{options.pid} is not the number of a process.")
    output = Path(options.output or f"process-{options.pid}.heapsight").absolute()
    asyncio.run(inject(options.pid, f"snapshot_here({str(output)!r}, {options.label!r})"))
    print(f"heapsight: snapshot written to {output}", file=sys.stderr)
    return 0


def _at_line(options: argparse.Namespace, program: list[str]) -> int:
    from .why_run import LineNeverReached, LineRefused, Place, Program, ProgramNotStarted, Run

    file, colon, line = options.at.rpartition(":")
    if not colon or not line.isdigit() or int(line) < 1:
        raise WrongUsage(f"{options.at!r} is not FILE:LINE.")
    if not Path(file).is_file():
        raise WrongUsage(f"There is no file {file!r}.")
    kind = {"-m": "module", "-c": "code"}.get(program[0])
    named = {"program": str(Path(program[0]).absolute())} if kind is None else {kind: program[1]}
    arguments: dict[str, object] = {} if options.label is None else {"label": options.label}
    if options.output is not None:
        arguments["path"] = str(Path(options.output).absolute())
    try:
        with Run(Program(named, program[1 if kind is None else 2 :], None)) as run:
            run.to(Place(Path(file).absolute(), int(line), None, 1), None)
            body = run.request("heapsight/snapshot", arguments)
    except LineRefused as error:
        raise WrongUsage(f"No stop is possible at {options.at}: {error}") from None
    except LineNeverReached:
        return _fail(f"The program ended before it came to {options.at}.", 3)
    except ProgramNotStarted as error:
        return _fail(str(error), 1)
    print(f"heapsight: snapshot written to {body['path']}", file=sys.stderr)
    return 0


def _fail(text: str, code: int) -> int:
    print(f"heapsight snapshot: {text}", file=sys.stderr)
    return code
