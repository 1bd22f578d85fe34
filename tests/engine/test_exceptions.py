"""Exception filters, fed with the events of `sys.settrace` and of `sys.monitoring`."""

import gc
import sys
import threading
import types
import weakref
from dataclasses import dataclass

import pytest

from heapsight.debuggee.engine.exceptions.filters import ExceptionFilters, Needs
from heapsight.debuggee.engine.exceptions.unwinding import Unwinding
from heapsight.debuggee.engine.model import BreakMode
from heapsight.debuggee.engine.scope import Scope
from support.exceptions import rules
from support.markers import line_of, program_path

PROGRAM = program_path("bp_exceptions.py")
RAISED = frozenset({BreakMode.ALWAYS})
USER_UNHANDLED = frozenset({BreakMode.USER_UNHANDLED})
UNCAUGHT = frozenset({BreakMode.UNHANDLED})

LIBRARY_SOURCE = """
import json
def call(function, *arguments):
    return function(*arguments)
def call_safely(function, *arguments):
    try:
        return function(*arguments)
    except BaseException:  # noqa: BLE001 - whatever the program lets out
        return 'the library has handled it'
def fails():
    return json.loads('no json')
def handles():
    try:
        int('no number')
    except ValueError:
        return 'fine'
def through(function, *arguments):
    return call_safely(call, function, *arguments)
def walk(iterable):
    return [one for one in iterable]
"""


def make_library():
    module = types.ModuleType("library")
    exec(compile(LIBRARY_SOURCE, "/env/lib/site-packages/library.py", "exec"), vars(module))
    return module


library = make_library()


def load_program():
    module = types.ModuleType("bp_exceptions")
    exec(compile(PROGRAM.read_bytes(), str(PROGRAM), "exec"), vars(module))
    return module


@dataclass(frozen=True)
class Stopped:
    function: str
    line: int
    exception: str
    mode: BreakMode


class Tracing:
    """Feeds filters from `sys.settrace`."""

    def __init__(self, filters, record):
        self._unwinding = Unwinding({}, 0)
        self._filters = filters
        self._record = record

    def __enter__(self):
        sys.settrace(self._global)

    def __exit__(self, *_):
        sys.settrace(None)

    def _global(self, _frame, _event, _argument):
        return self._local

    def _local(self, frame, event, argument):
        if event == "exception":
            _, exception, traceback = argument
            left = self._unwinding.arrived(frame)
            if left is not None:
                self._record(*(self._filters.on_unwind(left, exception, traceback.tb_next) or (left, None)))
            self._unwinding.raised(frame, exception, traceback)
            self._record(frame, self._filters.on_raise(frame, exception, traceback))
        elif event == "line":
            self._unwinding.line(frame)
        elif event == "return":
            leaving = self._unwinding.returned(frame)
            assert leaving is None or argument is None
            if leaving is not None:
                self._record(*(self._filters.on_unwind(frame, *leaving) or (frame, None)))
            return None
        return self._local


class Monitoring:
    """Feeds filters from `sys.monitoring`."""

    tool = 4

    def __init__(self, filters, record):
        self._filters = filters
        self._record = record

    def __enter__(self):
        monitoring, events = sys.monitoring, sys.monitoring.events
        monitoring.use_tool_id(self.tool, "test")
        monitoring.register_callback(self.tool, events.RAISE, self._on_raise)
        monitoring.register_callback(self.tool, events.PY_UNWIND, self._on_unwind)
        monitoring.set_events(self.tool, events.RAISE | events.PY_UNWIND)

    def __exit__(self, *_):
        sys.monitoring.set_events(self.tool, 0)
        sys.monitoring.free_tool_id(self.tool)

    def _on_raise(self, _code, _offset, exception):
        frame = sys._getframe(1)
        self._record(frame, self._filters.on_raise(frame, exception))

    def _on_unwind(self, _code, _offset, exception):
        frame = sys._getframe(1)
        self._record(*(self._filters.on_unwind(frame, exception) or (frame, None)))


BACKENDS = [Tracing, Monitoring] if sys.version_info >= (3, 12) else [Tracing]


@pytest.fixture(params=BACKENDS, ids=lambda backend: backend.__name__.lower())
def backend(request):
    return request.param


def scope_of(test_code_is_mine=False):
    scope = Scope(just_my_code=True)

    def is_mine(code):
        # This file stands for whatever starts a program: it is no user's code.
        return scope.is_mine(code) and (test_code_is_mine or code.co_filename == str(PROGRAM))

    return is_mine


def stops_of(backend, modes, function, *arguments):
    """Run a function of the program; return where it stopped, and what it let out."""
    filters = ExceptionFilters(scope_of())
    filters.set_rules(rules(*modes))
    stops = []

    def record(frame, stop):
        if stop is not None:
            assert stop.traceback is not None
            kind = type(stop.exception).__name__
            stops.append(Stopped(frame.f_code.co_name, frame.f_lineno, kind, stop.mode))

    escaped = None
    with backend(filters, record):
        try:
            function(*arguments)
        except BaseException as error:  # noqa: BLE001 - whatever the program lets out
            escaped = type(error).__name__
    return stops, escaped


program = load_program()

# -- raised ------------------------------------------------------------------------------------------------------------

RAISED_STOPS = [
    ("handled_at_once", ["raise_value"]),
    ("through_two_frames", ["raise_value"]),
    ("from_builtin", ["from_builtin"]),
    ("raised_again", ["raise_value"]),
    ("raised_by_name", ["raise_value"]),
    ("other_raised", ["raise_value", "other_raised"]),
    ("in_finally", ["raise_value"]),
    ("inside_with", ["raise_value"]),
    ("inside_suppress", ["raise_value"]),
    ("loops", []),
    ("closes_generator", []),
    ("next_of_nothing", []),
    ("stop_iteration_on_purpose", ["stop_iteration_on_purpose"]),
]


@pytest.mark.parametrize(("function", "expected"), RAISED_STOPS)
def test_raised_stops_once_where_the_exception_is_raised(backend, function, expected):
    stops, _ = stops_of(backend, RAISED, getattr(program, function))
    assert [stop.function for stop in stops] == expected
    assert {stop.mode for stop in stops} <= {BreakMode.ALWAYS}


def test_raised_stops_on_the_line(backend):
    stops, _ = stops_of(backend, RAISED, program.raise_value)
    assert [stop.line for stop in stops] == [line_of(PROGRAM, "raise_value")]


def test_one_stop_for_deep_recursion(backend):
    stops, escaped = stops_of(backend, RAISED, program.recursive, 50)
    assert [stop.function for stop in stops] == ["raise_value"]
    assert escaped == "ValueError"


def test_raised_in_a_library_stops_where_it_comes_to_the_users_code(backend):
    stops, _ = stops_of(backend, RAISED, program.call_back, library, library.fails)
    assert [stop.function for stop in stops] == ["call_back"]
    assert stops[0].exception == "JSONDecodeError"


def test_what_a_library_handles_itself_does_not_stop(backend):
    assert stops_of(backend, RAISED, program.call_back, library, library.handles) == ([], None)


def test_two_exceptions_of_one_type_are_two_stops(backend):
    def both():
        program.handled_at_once()
        program.handled_at_once()

    stops, _ = stops_of(backend, RAISED, both)
    assert len(stops) == 2


def test_one_exception_object_raised_twice_stops_once(backend):
    stops, _ = stops_of(backend, RAISED, program.twice, ValueError("kept"))
    assert [stop.function for stop in stops] == ["twice"]


@pytest.mark.parametrize(("code", "count"), [(0, 0), (None, 0), (False, 0), (1, 1), ("a message", 1), (0.0, 1)])
def test_leaving_with_success_is_no_exception(backend, code, count):
    stops, _ = stops_of(backend, RAISED, program.leaves, code)
    assert len(stops) == count


def test_nothing_is_asked_of_an_exception(backend):
    for modes in (RAISED, USER_UNHANDLED, RAISED | USER_UNHANDLED):
        filters = ExceptionFilters(scope_of())
        filters.set_rules(rules(*modes))
        count = []
        with backend(filters, lambda frame, stop, count=count: count.append(frame) if stop is not None else None):
            library.call_safely(program.raise_sly)
        assert len(count) == 1


# -- user-unhandled ----------------------------------------------------------------------------------------------------

# Where it was raised: that frame has come to its end, but its variables are there. 3.11 does not know any more who ran
# a generator.
UNHANDLED_STOPS = [
    ("handled_at_once", []),
    ("through_two_frames", ["raise_value"]),
    ("raised_again", ["raise_value"]),
    ("other_raised", ["other_raised"]),
    ("inside_with", ["raise_value"]),
    ("inside_suppress", []),
    ("through_functools", []),
    ("loops", []),
    ("closes_generator", []),
    ("keyboard", []),
    ("in_finally", ["raise_value"]),
    ("handled_then_returns", []),
    ("handles_another_meanwhile", ["raise_value"]),
    ("with_and_return", []),
    ("yields_while_handling", []),
    ("thrown_into", ["thrown_into" if sys.version_info < (3, 12) else "generate"]),
]


@pytest.mark.parametrize(("function", "expected"), UNHANDLED_STOPS)
def test_user_unhandled_stops_where_an_exception_was_raised_that_leaves_the_users_code(backend, function, expected):
    stops, _ = stops_of(backend, USER_UNHANDLED, library.call_safely, getattr(program, function))
    assert [stop.function for stop in stops] == expected
    assert {stop.mode for stop in stops} <= {BreakMode.USER_UNHANDLED}


def test_user_unhandled_stops_once_on_the_way_out(backend):
    """The user's code calls a library that calls the user's code, and none of them handles it."""
    stops, escaped = stops_of(
        backend,
        USER_UNHANDLED,
        library.call,
        program.call_back,
        library,
        program.call_back,
        library,
        program.raise_value,
    )
    assert [stop.function for stop in stops] == ["raise_value"]
    assert escaped == "ValueError"


def test_a_library_that_fails_below_the_users_code(backend):
    stops, _ = stops_of(backend, USER_UNHANDLED, library.call_safely, program.call_back, library, library.fails)
    assert [stop.function for stop in stops] == ["call_back"]


def test_the_end_of_an_iterator_in_a_library_is_no_exception(backend):
    assert stops_of(backend, USER_UNHANDLED, library.walk, program.Countdown(3)) == ([], None)


def test_a_cancelled_task_is_no_exception(backend):
    import asyncio

    async def wait():
        await asyncio.sleep(60)

    async def main():
        task = asyncio.ensure_future(program_wait())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    namespace = {"asyncio": asyncio}
    exec(
        compile("async def program_wait():\n    await asyncio.sleep(60)\n", str(PROGRAM), "exec"),
        namespace,
    )
    program_wait = namespace["program_wait"]
    assert stops_of(backend, USER_UNHANDLED, asyncio.run, main()) == ([], None)
    wait().close()


def test_an_import_that_the_users_code_handles(backend, tmp_path, monkeypatch):
    (tmp_path / "bp_broken_module.py").write_text("raise ImportError('not here')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    source = "def try_import():\n    try:\n        import bp_broken_module\n    except ImportError:\n        return 1\n"
    namespace = {}
    exec(compile(source, str(PROGRAM), "exec"), namespace)
    filters = ExceptionFilters(scope_of(test_code_is_mine=True))
    filters.set_rules(rules(*USER_UNHANDLED))
    stops = []
    with backend(filters, lambda frame, stop: stops.append(frame) if stop is not None else None):
        assert namespace["try_import"]() == 1
    assert stops == []


def test_raised_and_user_unhandled_together_stop_once(backend):
    stops, _ = stops_of(backend, RAISED | USER_UNHANDLED, library.call_safely, program.through_two_frames)
    assert [(stop.function, stop.mode) for stop in stops] == [("raise_value", BreakMode.ALWAYS)]


# -- uncaught ----------------------------------------------------------------------------------------------------------


def caught(function, *arguments):
    try:
        function(*arguments)
    except BaseException as error:  # noqa: BLE001 - whatever the program lets out
        return error
    raise AssertionError("nothing was raised")


def uncaught(modes, error, is_mine=None):
    filters = ExceptionFilters(is_mine or scope_of())
    filters.set_rules(rules(*modes))
    return filters.on_uncaught(error)


def test_uncaught_stops_in_the_users_innermost_frame():
    frame, stop = uncaught(UNCAUGHT, caught(program.call_back, library, library.fails))
    assert frame.f_code.co_name == "call_back"
    assert (stop.mode, type(stop.exception).__name__) == (BreakMode.UNHANDLED, "JSONDecodeError")


def test_uncaught_with_no_code_of_the_users_stops_in_the_innermost_frame():
    frame, _ = uncaught(UNCAUGHT, caught(library.fails))
    assert frame.f_code.co_name == "raw_decode"


@pytest.mark.parametrize("modes", [frozenset(), RAISED, USER_UNHANDLED])
def test_uncaught_is_a_filter_of_its_own(modes):
    assert uncaught(modes, caught(program.raise_value)) is None


@pytest.mark.parametrize(
    ("modes", "function", "stops"),
    [
        (RAISED | UNCAUGHT, program.raise_value, ["always"]),
        (RAISED | UNCAUGHT, library.fails, ["unhandled"]),
        (USER_UNHANDLED | UNCAUGHT, program.raise_value, ["userUnhandled"]),
        (RAISED | USER_UNHANDLED | UNCAUGHT, program.raise_value, ["always"]),
    ],
)
def test_what_was_shown_before_is_not_shown_again(backend, modes, function, stops):
    filters = ExceptionFilters(scope_of())
    filters.set_rules(rules(*modes))
    seen = []
    with backend(filters, lambda _frame, stop: seen.append(stop.mode.value) if stop is not None else None):
        error = caught(library.call, function)
    last = filters.on_uncaught(error)
    assert [*seen, *([last[1].mode.value] if last is not None else [])] == stops


@pytest.mark.parametrize(("code", "stops"), [(0, False), (None, False), (1, True), ("why", True)])
def test_uncaught_exits(code, stops):
    assert (uncaught(UNCAUGHT, caught(program.leaves, code)) is not None) == stops


def test_an_exception_that_nobody_raised():
    assert uncaught(UNCAUGHT, ValueError()) is None


def test_user_unhandled_alone_also_covers_the_end_of_a_thread(backend):
    stops = []
    filters = ExceptionFilters(scope_of())
    filters.set_rules(rules(*USER_UNHANDLED))

    def run():
        with backend(filters, lambda frame, stop: stops.append(frame.f_code.co_name) if stop is not None else None):
            try:
                program.raise_value()
            except BaseException:  # noqa: BLE001 - as the end of a thread
                pass

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert stops == ["raise_value"]


# -- keeping -----------------------------------------------------------------------------------------------------------


def test_no_exception_is_kept(backend):
    class Weak(ValueError):
        pass

    filters = ExceptionFilters(scope_of())
    filters.set_rules(rules(*RAISED, *USER_UNHANDLED, *UNCAUGHT))
    error = Weak()
    gone = weakref.ref(error)
    with backend(filters, lambda _frame, _stop: None):
        program.twice(error)
    filters.on_uncaught(error)
    del error
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    ("modes", "needs"),
    [
        (frozenset(), Needs(raises=False, unwinds=False)),
        (UNCAUGHT, Needs(raises=False, unwinds=False)),
        (RAISED, Needs(raises=True, unwinds=False)),
        (USER_UNHANDLED | UNCAUGHT, Needs(raises=False, unwinds=True)),
        (RAISED | USER_UNHANDLED, Needs(raises=True, unwinds=True)),
    ],
)
def test_only_the_events_that_are_needed_are_on(modes, needs):
    filters = ExceptionFilters(scope_of())
    filters.set_rules(rules(*modes))
    assert filters.needs == needs


# -- what leaves a frame -----------------------------------------------------------------------------------------------


def unwound(function):
    """Return the exceptions that left frames of the program, by `sys.settrace` and by `sys.monitoring`."""

    class Everything:
        def __init__(self):
            self.seen = []

        def on_raise(self, *_):
            return None

        def on_unwind(self, frame, exception, *_):
            if frame.f_code.co_filename == str(PROGRAM):
                self.seen.append((frame.f_code.co_name, type(exception).__name__))

    answers = []
    for one in BACKENDS:
        filters = Everything()
        with one(filters, lambda _frame, _stop: None):
            try:
                function()
            except BaseException:  # noqa: BLE001 - whatever the program lets out
                pass
        answers.append(filters.seen)
    return answers


UNWOUND = {
    "handled_at_once": ["raise_value ValueError"],
    "raised_again": ["raise_value ValueError", "raised_again ValueError"],
    "other_raised": ["raise_value ValueError", "other_raised KeyError"],
    "in_finally": ["raise_value ValueError", "in_finally ValueError"],
    "inside_with": ["raise_value ValueError", "manager ValueError", "inside_with ValueError"],
    "handled_then_returns": ["raise_value ValueError"],
    "handles_another_meanwhile": ["raise_value ValueError", "handles_another_meanwhile ValueError"],
    "with_and_return": ["raise_value ValueError"],
    "yields_while_handling": ["raise_value ValueError"],
    "thrown_into": ["generate KeyError", "thrown_into KeyError"],
    "loops": ["__next__ StopIteration"] * 3,
}


@pytest.mark.parametrize(("function", "expected"), UNWOUND.items())
def test_what_leaves_a_frame(function, expected):
    for answer in unwound(getattr(program, function)):
        assert [" ".join(one) for one in answer] == expected


def test_a_handled_exception_is_not_kept(backend):
    """It dies while its function still runs."""
    source = """
def run(Weak, gone):
    try:
        raise Weak
    except ValueError:
        pass
    len("between")
    return gone()
"""
    namespace = {}
    exec(compile(source, str(PROGRAM), "exec"), namespace)
    filters = ExceptionFilters(scope_of())
    filters.set_rules(rules(*RAISED, *USER_UNHANDLED))
    refs = []

    class Watched(ValueError):
        def __init__(self):
            refs.append(weakref.ref(self))

    with backend(filters, lambda _frame, _stop: None):
        alive = namespace["run"](Watched, lambda: refs[0]())
    assert alive is None
