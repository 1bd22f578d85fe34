"""Instruction events of both back ends: for code that is asked for, each instruction once, after its line."""

import dis
import importlib.util
import sys
import threading

import pytest

from heapsight.debuggee.engine import parts
from heapsight.debuggee.engine.backends.base import Armed, BackendKind
from heapsight.debuggee.engine.breakpoints.table import BreakpointTable
from support.stepping import BACKENDS

SOURCE = """
def asked(numbers):
    total = 0
    for number in numbers: total += number; total -= 1
    return not_asked(total)

def not_asked(number):
    return number
"""


class Recorder:
    """A sink that writes down where it is called."""

    expects_code = True
    pending_writes = None

    def __init__(self, wanted_code=None, breakpoint_offsets=frozenset()):
        self.breakpoints = BreakpointTable()
        self.offsets_for = lambda code: breakpoint_offsets if code is wanted_code else frozenset()
        self.armed_code = lambda: (wanted_code,) if breakpoint_offsets else ()
        self.told = []

    def code_seen(self, code):
        pass

    def has_motion(self):
        return True

    def is_interested(self, ident, frame):
        return frame.f_code.co_name == "asked"

    def may_end_in(self, code):
        return False

    def wants_result(self, ident, frame):
        return False

    def line(self, ident, frame, line):
        if frame.f_code.co_name == "asked":
            self.told.append(("line", line))

    def instruction(self, ident, frame, offset):
        assert frame.f_lasti == offset
        self.told.append((frame.f_code.co_name, offset))

    def left(self, ident, frame, suspended, value):
        pass


def make_backend(kind, sink):
    return parts.make_backend(sink, kind, lambda ident, thread: None)


def functions():
    namespace = {}
    exec(compile(SOURCE, "<instructions>", "exec"), namespace)
    return namespace


def offsets_run(function, *arguments):
    """Return the offsets that the interpreter itself reports, as `bdb` would see them."""
    seen = []

    def trace(frame, event, _argument):
        if frame.f_code is not function.__code__:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            seen.append(frame.f_lasti)
        return trace

    before = sys.gettrace()
    # Twice: 3.12 has to be told after the first wish for these events.
    for _ in range(2):
        seen.clear()
        sys.settrace(trace)
        try:
            function(*arguments)
        finally:
            sys.settrace(before)
    return seen


@pytest.fixture(params=BACKENDS)
def kind(request):
    return request.param


def test_instructions_with_a_breakpoint_are_told_each_time(kind):
    asked = functions()["asked"]
    load = next(one for one in dis.get_instructions(asked) if one.opname == "LOAD_GLOBAL").offset
    inner = [one.offset for one in dis.get_instructions(asked) if one.opname == "BINARY_OP"]
    sink = Recorder(asked.__code__, frozenset([load, *inner]))
    backend = make_backend(kind, sink)
    backend.install()
    try:
        asked([1, 2])
    finally:
        backend.uninstall()
    told = [offset for name, offset in sink.told if name == "asked"]
    assert told == [*inner, *inner, load]


def test_every_instruction_of_code_that_is_asked_for_in_a_frame_that_runs(kind):
    namespace = functions()
    asked = namespace["asked"]
    expected = offsets_run(asked, [1, 2])
    sink = Recorder()
    backend = make_backend(kind, sink)

    def numbers():
        frame = sys._getframe(1)
        backend.arm(Armed(instructions=(frame.f_code,), watched=(frame.f_code,)), [frame])
        yield 1
        yield 2
        del frame

    backend.install()
    try:
        asked(numbers())
        armed_only = len(sink.told)
        backend.arm(Armed())
        asked([1, 2])
        assert len([one for one in sink.told[armed_only:] if one[0] != "line"]) == 0
    finally:
        backend.uninstall()
    told = [offset for name, offset in sink.told if name == "asked"]
    assert told == expected[-len(told) :]
    assert len(told) > len(expected) - 8
    # A line is told before its first instruction.
    first_of_return = next(start for start, _, line in asked.__code__.co_lines() if line == 5)
    assert sink.told[sink.told.index(("line", 5)) + 1] == ("asked", first_of_return)
    assert not [name for name, _ in sink.told if name == "not_asked"]


def test_threads_that_run_already_tell_their_instructions(kind):
    without_c = kind is BackendKind.SETTRACE_PYTHON or importlib.util.find_spec("heapsight._native.tracing") is None
    if without_c and sys.version_info < (3, 12):
        pytest.skip("Python code of 3.11 traces threads from their start on only")
    namespace = functions()
    asked = namespace["asked"]
    started, go_on = threading.Event(), threading.Event()

    def numbers():
        started.set()
        go_on.wait()
        yield 1

    sink = Recorder()
    backend = make_backend(kind, sink)
    thread = threading.Thread(target=lambda: asked(numbers()))
    thread.start()
    started.wait()
    backend.install()
    try:
        frame = sys._current_frames()[thread.ident]
        while frame.f_code is not asked.__code__:
            frame = frame.f_back
        backend.arm(Armed(instructions=(asked.__code__,), watched=(asked.__code__,)), [frame])
        go_on.set()
        thread.join()
    finally:
        go_on.set()
        backend.uninstall()
    assert [offset for name, offset in sink.told if name == "asked"]
