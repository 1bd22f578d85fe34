"""Leaks as people write them: the first suspect names the line that holds what should be gone."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass

import pytest

from support.markers import PROGRAMS

LEAKS = PROGRAMS / "leaks"


@dataclass(frozen=True)
class Leak:
    """A program, and what has to be read in what is said of its first suspect: sentence, path, and accumulation."""

    program: str
    named: str
    native: bool = True  # whether the same is found without the extension module


TABLE = [
    Leak("module_cache", r"sys\.modules\['__main__'\]\.CACHE"),
    Leak("callback_closure", r"sys\.modules\['__main__'\]\.LISTENERS"),
    Leak("kept_exception", r"sys\.modules\['__main__'\]\.last_error.*load\(\)"),
    Leak("cached_method", r"sys\.modules\['__main__'\]\.Report\.total"),
    Leak("log_buffer", r"MemoryHandler.*|\.buffer"),
    Leak("task_set", r"sys\.modules\['__main__'\]\.BACKGROUND"),
    Leak("thread_data", r"thread.*local|native code"),
    Leak("native_holder", r"native code"),
    Leak("finalizer_cycle", r"cycle.*\.order"),
    Leak("suspended_generator", r"sys\.modules\['__main__'\]\.READERS"),
    Leak("signal_handler", r"signal"),
    Leak("class_registry", r"sys\.modules\['__main__'\]\.Model\.registry"),
    Leak("default_argument", r"sys\.modules\['__main__'\]\.remember\.__defaults__\[0\]"),
    Leak("atexit_hook", r"Order\.close.*native code|native code.*Order\.close"),
    Leak("context_variable", r"Order objects in them.*_contextvars\.Context"),
    Leak("last_traceback", r"sys\.modules\['sys'\]\.last_|sys\.last_"),
]


def heapsight(*words: object) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "heapsight", *map(str, words)], capture_output=True, text=True, check=False, timeout=110
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    return ended.stdout


@pytest.mark.parametrize("leak", TABLE, ids=lambda leak: leak.program)
def test_the_first_suspect_names_what_holds(leak: Leak, tmp_path) -> None:
    file = tmp_path / "heap.heapsight"
    heapsight("snapshot", "--output", file, "--", LEAKS / f"{leak.program}.py")
    suspects = json.loads(heapsight("suspects", file, "--json"))["suspects"]
    assert suspects, "no suspect"
    assert re.search(leak.named, json.dumps(suspects[0], ensure_ascii=False)), suspects[0]


def test_a_program_that_keeps_nothing_has_no_suspect(tmp_path) -> None:
    program = tmp_path / "tidy.py"
    program.write_text("for number in range(1000):\n    lines = [number] * 100\n")
    file = tmp_path / "heap.heapsight"
    heapsight("snapshot", "--output", file, "--", program)
    assert json.loads(heapsight("suspects", file, "--json"))["suspects"] == []
