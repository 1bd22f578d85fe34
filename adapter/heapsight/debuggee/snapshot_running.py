"""Running a program of which snapshots are to be taken, without a debugger: `heapsight snapshot -- PROGRAM`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from . import snapshots
from .memory.capture.sites import set_traced_frames
from .running import display, make_way_for, restore_command_line, without_own_frames
from .target import ProgramNotFound, Target, first_path_entry, load


def run_with_snapshots(plan: str, words: Sequence[str], already_loaded: frozenset[str]) -> None:
    """Run the program that `words` name to its end, as `python` does.

    plan: JSON with `on` ("exit", "signal", "memory-error", a number of megabytes, or missing), `after` (seconds),
    `trace` (frames), `output` and `label`.
    """
    wanted = json.loads(plan)
    target = Target.parse(words)
    restore_command_line(target)
    to = snapshots.Destination(path=wanted.get("output"), label=wanted.get("label"))
    make_way_for(first_path_entry(target), already_loaded)
    try:
        code, main = load(target)
        _arrange(wanted, to)
        exec(code, main.__dict__)
    except ProgramNotFound as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever the program ends with
        error.__traceback__ = without_own_frames(error.__traceback__)
        display(error)
        if isinstance(error, KeyboardInterrupt):
            sys.exit(130)
        sys.exit(1)
    finally:
        if wanted.get("on") == "exit":
            to.take("exit")


def _arrange(wanted: dict[str, object], to: snapshots.Destination) -> None:
    on, seconds, frames = wanted.get("on"), wanted.get("after"), wanted.get("trace")
    if isinstance(frames, int):
        set_traced_frames(frames)
    if on == "signal":
        snapshots.on_signal(None, to)
    elif on == "memory-error":
        snapshots.on_memory_error(to)
    elif isinstance(on, (int, float)):
        snapshots.above(on, to)
    if isinstance(seconds, (int, float)):
        snapshots.after(seconds, to)
