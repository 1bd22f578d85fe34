"""Several threads: numbers, one stop at a time, pause, and threads of the debugger's own."""

from __future__ import annotations

import threading

import pytest

from heapsight.debuggee.engine.engine import BackendKind
from heapsight.debuggee.engine.model import BreakpointSpec, StepKind, Stop, StopReason
from support.stepping import BACKENDS, PROGRAMS, Script, load, marked_line, place, run_script

PROGRAM = PROGRAMS / "step_threads.py"


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_every_thread_stops_at_its_breakpoint(backend: BackendKind) -> None:
    module = load(PROGRAM)
    script = Script([], look=lambda stop: (stop.thread_id, place(stop)))
    run_script(backend, script, PROGRAM, [BreakpointSpec(line=marked_line(PROGRAM, "work_end"))], module.two_threads)
    assert sorted(script.seen) == [(2, "work_end"), (3, "work_end")]
    assert script.threads[:2] == [("started", 2), ("started", 3)]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_a_step_stays_in_its_thread(backend: BackendKind) -> None:
    module = load(PROGRAM)
    script = Script([StepKind.OVER] * 4, look=lambda stop: (stop.thread_id, stop.reason))
    spec = BreakpointSpec(line=marked_line(PROGRAM, "work_start"), hit_condition="1")
    run_script(backend, script, PROGRAM, [spec], module.two_threads)
    first = script.seen[0][0]  # type: ignore[index]
    assert script.seen == [(first, StopReason.BREAKPOINT), *[(first, StopReason.STEP)] * 4]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_a_running_thread_is_stopped_with_the_one_that_hits_a_breakpoint(backend: BackendKind) -> None:
    module = load(PROGRAM)
    parked = threading.Event()

    def look(stop: Stop) -> object:
        engine = script.engine
        spinner = next(thread.id for thread in engine.threads() if thread.name == "spinner")

        def run_there() -> None:
            module.go_on.set()
            parked.set()

        # It runs on its way to being parked: asked until it is, on this thread of the stop.
        while not engine.post(spinner, run_there):
            pass
        assert parked.wait(60)
        return "spin" in [frame.f_code.co_name for frame in engine.frames(spinner)]

    script = Script([], look=look)
    spec = BreakpointSpec(line=marked_line(PROGRAM, "spins_pause"))
    run_script(backend, script, PROGRAM, [spec], module.spins)
    assert script.seen == [True]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_pause_stops_a_loop(backend: BackendKind) -> None:
    module = load(PROGRAM)

    def look(stop: Stop) -> object:
        module.go_on.set()
        return stop.reason, stop.thread_id != 1

    script = Script([], look=look)

    def program() -> None:
        def pauser() -> None:
            script.engine.hide_current_thread()
            module.ready.wait()
            spinner = next(one.id for one in script.engine.threads() if one.name == "spinner")
            script.engine.pause(spinner)

        helper = threading.Thread(target=pauser)
        module.ready.clear()
        helper.start()
        module.spins()
        helper.join()

    run_script(backend, script, PROGRAM, [], program)
    assert script.seen == [(StopReason.PAUSE, True)]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_breakpoints_inside_an_evaluation_do_not_stop(backend: BackendKind) -> None:
    module = load(PROGRAM)
    results: list[object] = []

    def look(stop: Stop) -> object:
        script.engine.post(stop.thread_id, lambda: results.append(module.work([])))
        return place(stop)

    script = Script([], look=look)
    spec = BreakpointSpec(line=marked_line(PROGRAM, "work_end"))
    run_script(backend, script, PROGRAM, [spec], lambda: module.work([]))
    assert script.seen == ["work_end"]
    assert results == [None]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_breakpoint_function_stops_where_it_is_called(backend: BackendKind) -> None:
    script = Script([], look=lambda stop: stop.frame.f_code.co_name)
    module = load(PROGRAMS / "step_cases.py")
    module.add.__globals__["stop_here"] = lambda: script.engine.stop_here()
    exec("def stops():\n    stop_here()\n    return 1\n", module.__dict__)
    run_script(backend, script, PROGRAM, [], module.stops, just_my_code=False)
    assert script.seen in (["<lambda>"], ["stops"])


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_a_breakpoint_set_while_nothing_is_armed_reaches_the_loop_that_runs(backend: BackendKind) -> None:
    module = load(PROGRAM)
    module.go_on.clear()
    module.ready.clear()

    def look(stop: Stop) -> object:
        module.go_on.set()
        return stop.reason

    script = Script([], look=look)

    def set_it() -> None:
        script.engine.hide_current_thread()
        module.ready.wait()
        script.engine.set_source_breakpoints(str(PROGRAM), [BreakpointSpec(line=marked_line(PROGRAM, "spin_body"))])

    def program() -> None:
        helper = threading.Thread(target=set_it)
        helper.start()
        module.spin()
        helper.join()

    run_script(backend, script, PROGRAM, [], program)
    assert script.seen == [StopReason.BREAKPOINT]
