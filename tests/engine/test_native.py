"""What is not traced must not be missed: breakpoints in code that dull code calls, in every way that there is."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import sysconfig
import weakref
from pathlib import Path

import pytest

from heapsight.debuggee.engine import parts
from heapsight.debuggee.engine.engine import BackendKind, Engine
from heapsight.debuggee.engine.model import BreakpointSpec, StepKind
from heapsight.debuggee.frame_layout import FIRST_VARIABLE
from support.stepping import BACKENDS, PROGRAMS, ProgramOnly, Script, load, marked_line, place, run_script

PROGRAM = PROGRAMS / "native_calls.py"
ADAPTER = Path(parts.__file__).parents[3]
TIMES = 100
TRACING = [kind for kind in BACKENDS if kind is not BackendKind.MONITORING]

try:
    from heapsight._native import tracing
except ImportError:
    tracing = None  # type: ignore[assignment]

# (what is called, where it has a breakpoint, how often that is hit)
CALLS = [
    ("call_getitem", "getitem", TIMES),
    ("call_property", "property", TIMES),
    ("call_getattr", "getattr", TIMES),
    ("call_len", "len", TIMES),
    ("call_enter", "enter", TIMES),
    ("call_instance", "instance", TIMES),
    ("call_plain", "plain", TIMES),
    ("call_generator", "generator", TIMES),
    ("call_coroutine", "coroutine", TIMES),
    ("call_from_c", "plain", TIMES),
    ("call_partial", "plain", TIMES),
    ("call_lambda", "plain", TIMES),
    ("call_in_thread", "plain", TIMES),
    ("call_after_errors", "plain", TIMES),
    ("call_deep", "plain", TIMES // 20),
    ("call_deep_in_small_thread", "plain", 1),
]


def _has_compiler() -> bool:
    compiler = (sysconfig.get_config_var("CC") or "cl").split()[0]
    return shutil.which(compiler) is not None and Path(sysconfig.get_path("include"), "Python.h").exists()


def test_the_extension_is_there_where_it_has_to_be() -> None:
    """`npm test` makes the environments, and says so: there it has to be built wherever it can be."""
    if tracing is None and not ("HEAPSIGHT_EXPECT_NATIVE" in os.environ and _has_compiler()):
        pytest.skip("not built")
    assert tracing is not None
    backend = parts.make_backend(Engine(Script([]), scope=ProgramOnly()), BackendKind.SETTRACE, lambda *_: None)
    assert type(backend).__name__ == "NativeBackend"


@pytest.mark.skipif(tracing is None, reason="not built")
def test_none_is_given_back_as_often_as_it_is_taken() -> None:
    """Whatever interpreter's headers it was compiled with: in those of 3.12 and later None needs no references."""
    table = tracing.CodeTable()
    code = test_none_is_given_back_as_often_as_it_is_taken.__code__
    before = sys.getrefcount(None)
    for _ in range(200):
        tracing.begin(_nothing, _nothing, _nothing)
        tracing.use(table, False)
        table.note(code)
        table.add(code)
        tracing.rest()
        tracing.end()
    # Others hold None for a moment, too.
    assert abs(sys.getrefcount(None) - before) < 100


def _nothing(*_: object) -> None:
    pass


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize(("name", "marker", "times"), CALLS, ids=[name for name, _, _ in CALLS])
def test_a_breakpoint_is_hit_however_its_code_is_called(
    name: str, marker: str, times: int, backend: BackendKind
) -> None:
    module = load(PROGRAM)
    call = getattr(module, name)
    call()  # the interpreter has made itself at home in all of it
    script = run_script(backend, Script([]), PROGRAM, [BreakpointSpec(line=marked_line(PROGRAM, marker))], call)
    assert script.seen == [marker] * times


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_steps_from_a_breakpoint_into_untraced_callers_and_on(backend: BackendKind) -> None:
    """Dull code becomes interesting while it runs, and dull again, again and again."""
    module = load(PROGRAM)
    script = Script([StepKind.OUT, StepKind.OVER, StepKind.CONTINUE] * TIMES)
    run_script(backend, script, PROGRAM, [BreakpointSpec(line=marked_line(PROGRAM, "plain"))], module.call_plain)
    assert script.seen[:3] == ["plain", "dull(number)", "for number in range(TIMES):"]
    assert script.seen == script.seen[:3] * TIMES


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_a_breakpoint_set_in_untraced_code_that_runs_is_hit(backend: BackendKind) -> None:
    module = load(PROGRAM)
    script = Script([])
    cold = BreakpointSpec(line=marked_line(PROGRAM, "getitem"))
    late = BreakpointSpec(line=marked_line(PROGRAM, "goes_on"))

    def program() -> None:
        module.waits_and_goes_on(lambda: script.engine.set_source_breakpoints(str(PROGRAM), [cold, late]))

    run_script(backend, script, PROGRAM, [cold], program)
    assert script.seen == ["goes_on"] * 3


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_a_profiler_sees_code_that_is_not_traced(backend: BackendKind) -> None:
    def run(specs: list[BreakpointSpec]) -> list[tuple[str, str]]:
        module = load(PROGRAM)
        seen: list[tuple[str, str]] = []

        def report(frame: object, event: str, _argument: object) -> None:
            code = frame.f_code  # type: ignore[attr-defined]
            if code.co_filename == str(PROGRAM):
                seen.append((code.co_name, event))

        script = run_script(backend, Script([]), PROGRAM, specs, lambda: module.profiled(report))
        assert script.seen == ["plain"] * len(specs)
        return seen

    with_debugger = run([BreakpointSpec(line=marked_line(PROGRAM, "plain"))])
    assert with_debugger == run([])
    assert ("dull", "call") in with_debugger


@pytest.mark.parametrize(
    "backend", [kind for kind in BACKENDS if kind is not BackendKind.MONITORING], ids=lambda kind: kind.value
)
def test_a_program_may_take_the_trace_function_away_and_put_it_back(backend: BackendKind) -> None:
    module = load(PROGRAM)
    spec = BreakpointSpec(line=marked_line(PROGRAM, "plain"))
    script = Script([], look=lambda stop: stop.frame.f_locals["one"])
    run_script(backend, script, PROGRAM, [spec], module.keeps_trace)
    assert script.seen == [2, 3]
    assert sys.gettrace() is None


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_greenlets_that_wait_are_reached(backend: BackendKind) -> None:
    greenlet = pytest.importorskip("greenlet")
    module = load(PROGRAM)
    script = Script([])
    cold = BreakpointSpec(line=marked_line(PROGRAM, "getitem"))
    late = BreakpointSpec(line=marked_line(PROGRAM, "goes_on"))
    main = greenlet.getcurrent()

    def program() -> None:
        waiting = greenlet.greenlet(lambda: module.waits_and_goes_on(main.switch))
        waiting.switch()
        script.engine.set_source_breakpoints(str(PROGRAM), [cold, late])
        waiting.switch()

    run_script(backend, script, PROGRAM, [cold], program)
    # One that began before is in frames that no thread is in, which `sys.settrace` has no way to.
    assert script.seen == (["goes_on"] * 3 if backend is BackendKind.MONITORING else [])


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_nothing_of_a_program_or_an_engine_is_kept(backend: BackendKind) -> None:
    def run() -> list[weakref.ref[object]]:
        module = load(PROGRAM)
        spec = BreakpointSpec(line=marked_line(PROGRAM, "plain"))
        script = run_script(backend, Script([StepKind.OUT]), PROGRAM, [spec], module.call_plain)
        code = module.call_plain.__code__
        return [weakref.ref(code), weakref.ref(module.plain.__code__), weakref.ref(script.engine), weakref.ref(script)]

    kept = run()
    gc.collect()
    assert [reference() for reference in kept] == [None] * 4


def test_an_interpreter_without_the_extension_is_served() -> None:
    """And with one that fails: whatever the reason, Python does the work."""
    program = f"""
import sys
sys.modules["heapsight._native.tracing"] = None
sys.path[:0] = [{str(ADAPTER)!r}, {str(PROGRAMS.parent)!r}]
from heapsight.debuggee.engine.engine import BackendKind
from heapsight.debuggee.engine.model import BreakpointSpec
from support.stepping import Script, load, marked_line, run_script, PROGRAMS
program = PROGRAMS / "native_calls.py"
script = Script([])
run_script(BackendKind.SETTRACE, script, program, [BreakpointSpec(line=marked_line(program, "plain"))],
           load(program).call_plain)
print(type(script.engine._backend).__name__, len(script.seen))
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.stdout.split() == ["SettraceBackend", str(TIMES)], ended.stderr


@pytest.mark.skipif(tracing is None, reason="not built")
def test_wrong_arguments_are_refused() -> None:
    table = tracing.CodeTable()
    with pytest.raises(TypeError, match="code object"):
        table.add(1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="code object"):
        table.note("code")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        tracing.use(1, True)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="set"):
        tracing.trace_threads([1])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="line number"):
        tracing.LineTrace({-1}, table, print)
    with pytest.raises(ValueError, match="far apart"):
        tracing.LineTrace({1, 1 << 30}, table, print)
    with pytest.raises(TypeError, match="dicts"):
        tracing.judge([1], None, {})  # type: ignore[arg-type]
    assert run_script.__code__ not in table
    table.add(run_script.__code__)
    assert run_script.__code__ in table
    assert run_script.__code__ not in tracing.CodeTable()


@pytest.mark.skipif(tracing is None, reason="not built")
def test_a_line_trace_called_from_python_does_the_same() -> None:
    calls: list[tuple[str, object]] = []

    def otherwise(_frame: object, event: str, argument: object) -> None:
        calls.append((event, argument))

    table = tracing.CodeTable()
    tracing.use(table, False)
    frame = sys._getframe()
    here = frame.f_lineno + 2
    trace = tracing.LineTrace({here}, table, otherwise)
    assert trace(frame, "line", 1) is None
    assert trace(frame, "line", 2) is trace
    assert trace(frame, "return", 3) is trace
    assert calls == [("line", 1)]
    tracing.use(tracing.CodeTable(), False)
    assert trace(frame, "return", 4) is None
    assert calls == [("line", 1), ("return", 4)]


def _raises(depth: int) -> None:
    if depth:
        _raises(depth - 1)
    else:
        raise KeyError(depth)


def _events_told(
    raises: dict[int, object] | None, unwinds: dict[int, object] | None, pending: dict[int, object], user: bool
) -> list[str]:
    """Return the events that Python is told of while exceptions come through three frames of one function."""
    told: list[str] = []

    def otherwise(_frame: object, event: str, _argument: object) -> None:
        told.append(event)

    table = tracing.CodeTable()
    table.note(_raises.__code__, tracing.LineTrace((), table, otherwise, user))
    tracing.begin(_nothing, _nothing, _nothing)
    tracing.judge(raises, unwinds, pending)
    tracing.use(table, False)
    tracing.trace_current()
    try:
        _raises(2)
    except KeyError:
        pass
    finally:
        tracing.end()
        tracing.judge(None, None, {})
    return told


@pytest.mark.skipif(tracing is None, reason="not built")
def test_exceptions_that_nobody_asked_for_do_not_come_to_python() -> None:
    dull = {id(KeyError): None}
    assert _events_told({}, None, {}, True) == ["exception"] * 3
    assert _events_told(dull, None, {}, True) == []
    # From user code to user code; only the outermost frame leaves it.
    assert _events_told(None, {}, {}, True) == ["exception"]
    assert _events_told(None, dull, {}, True) == []
    assert _events_told(dull, {}, {}, True) == ["exception"]
    # A library's, unless somebody waits for what comes next.
    assert _events_told({}, {}, {}, False) == []
    assert _events_told(dull, dull, {1: None}, False) == ["exception"] * 3


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_place_names_the_marker(backend: BackendKind) -> None:
    module = load(PROGRAM)
    spec = BreakpointSpec(line=marked_line(PROGRAM, "len"), hit_condition="3")
    script = run_script(backend, Script([], look=place), PROGRAM, [spec], module.call_len)
    assert script.seen == ["len"]


@pytest.mark.skipif(tracing is None, reason="not built")
class TestSites:
    """What `sys.monitoring` tells of instructions that only look as if they wrote a watched place."""

    @pytest.fixture(autouse=True)
    def _end(self):
        yield
        tracing.end_sites()

    def test_an_instruction_is_dull_unless_a_word_of_its_frame_is_an_address(self) -> None:
        watched, told = [], []
        pending: dict[int, object] = {}

        def write(owner: list[object]) -> None:
            tracing.instruction(code, 2)

        code = write.__code__
        tracing.begin_sites(lambda code, offset: told.append(offset), pending)
        write([])
        assert told == [2]  # nothing is known of it
        tracing.note_sites(code, [(0, FIRST_VARIABLE, 0, ()), (2, FIRST_VARIABLE, 1, (1, id(watched)))])
        write([])
        assert told == [2]
        write(watched)
        assert told == [2, 2]
        pending[1] = "in the middle of a write"
        write([])
        assert told == [2, 2, 2]
        pending.clear()
        write([])
        tracing.forget_sites()
        assert told == [2, 2, 2]
        write([])
        assert told == [2, 2, 2, 2]

    def test_the_beginning_of_a_call_is_dull_unless_it_is_given_an_address(self) -> None:
        watched, told = [], []

        def write(owner: list[object]) -> object:
            return tracing.start(code, 0)

        def start(code: object, offset: int) -> str:
            told.append(offset)
            return "told"

        code = write.__code__
        assert write([]) is None  # nobody is told
        # What is pending is no matter: who is in the middle of a write was told of its beginning.
        tracing.begin_sites(lambda code, offset: None, {1: "in the middle of a write"}, None, start)
        assert write([]) == "told"  # nothing is known of it
        tracing.note_sites(code, [(2, FIRST_VARIABLE, 1, (id(watched),))])
        assert write([]) == "told"  # nothing is known of its beginning
        sites = [(-1, FIRST_VARIABLE, 1, (1,)), (-1, FIRST_VARIABLE, 1, (id(watched),))]
        tracing.note_sites(code, [*sites, (2, FIRST_VARIABLE, 1, (id(watched),))])
        assert write([]) is None
        assert write(watched) == "told"
        tracing.forget_sites()
        assert write([]) == "told"
        tracing.end_sites()
        assert write(watched) is None
        assert told == [0, 0, 0, 0]

    def test_code_takes_its_sites_with_it(self) -> None:
        tracing.begin_sites(lambda code, offset: None, {})
        code = compile("x = 1", "<gone>", "exec")
        gone = weakref.ref(code)
        for _ in range(3):
            tracing.note_sites(code, [(0, 0, 0, ())] * 1000)
        del code
        assert gone() is None

    @pytest.mark.parametrize("sites", [[1], [(1, 2, 3)], [(0, 0, 0, [])], [("a", 0, 0, ())]])
    def test_what_is_no_site_is_refused(self, sites: list[object]) -> None:
        with pytest.raises(TypeError):
            tracing.note_sites(compile("x = 1", "<bad>", "exec"), sites)

    def test_only_code_has_sites(self) -> None:
        with pytest.raises(TypeError):
            tracing.note_sites("no code", [])


@pytest.mark.skipif(tracing is None, reason="not built")
def test_a_variable_is_read_where_it_lies() -> None:
    def variables(first: object, second: object) -> tuple[object, object]:
        frame = sys._getframe()
        del second
        try:
            tracing.variable(frame, FIRST_VARIABLE + 1)
        except ValueError:
            pass
        else:
            pytest.fail("It is not bound.")
        found = tracing.variable(frame, FIRST_VARIABLE)
        del frame  # which would keep itself
        return found, first

    thing = object()
    count = sys.getrefcount(thing)
    found, given = variables(thing, 2)
    assert found is given is thing
    del found, given
    assert sys.getrefcount(thing) == count
    with pytest.raises(TypeError):
        tracing.variable("no frame", 1)
    with pytest.raises(IndexError):
        tracing.variable(sys._getframe(), -2)


IMMORTAL = [None, True, False, 0, 1, "", "line", (), int, str, type(None)]


@pytest.mark.skipif(tracing is None or sys.version_info < (3, 12), reason="before 3.12 nothing is immortal")
def test_what_is_immortal_is_not_counted() -> None:
    """One reference more, counted as on 3.11, and it is as mortal as anything else."""

    def counts() -> list[int]:
        return [sys.getrefcount(one) for one in IMMORTAL]

    before = counts()
    table = tracing.CodeTable()
    held = [tracing.LineTrace((), table, one) for one in IMMORTAL]
    tracing.begin(None, None, None)  # type: ignore[arg-type]
    during = counts()
    tracing.end()
    del held
    assert counts() == during == before

    module = load(PROGRAM)
    specs = [BreakpointSpec(line=marked_line(PROGRAM, "plain"), condition="None is True or 0 == 1 or '' or ()")]
    for commands, conditions in (([], specs), ([StepKind.IN] * 500, [BreakpointSpec(line=specs[0].line)])):
        run_script(BackendKind.SETTRACE, Script(commands), PROGRAM, conditions, module.call_plain)
    assert counts() == before
