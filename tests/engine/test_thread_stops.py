"""Several threads: numbers, one stop at a time, pause, and threads of the debugger's own."""

from __future__ import annotations

import _thread
import contextlib
import gc
import os
import signal
import threading
from typing import cast

import pytest

from heapsight.debuggee.engine.engine import BackendKind
from heapsight.debuggee.engine.model import BreakpointSpec, StepKind, Stop, StopReason
from heapsight.debuggee.engine.threads import Parked
from support.stepping import BACKENDS, PROGRAMS, Script, load, marked_line, place, run_script

PROGRAM = PROGRAMS / "step_threads.py"


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_every_thread_stops_at_its_breakpoint(backend: BackendKind) -> None:
    module = load(PROGRAM)
    script = Script([], look=lambda stop: (stop.thread_id, place(stop)))
    run_script(backend, script, PROGRAM, [BreakpointSpec(line=marked_line(PROGRAM, "work_end"))], module.two_threads)
    assert sorted(script.seen) == [(2, "work_end"), (3, "work_end")]
    # In any order, as far as one thread's end and another one's begin go.
    assert sorted(script.threads) == [("exited", 2), ("exited", 3), ("started", 2), ("started", 3)]


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


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_a_thread_may_get_the_identity_of_a_hidden_one_that_has_ended(backend: BackendKind) -> None:
    module = load(PROGRAM)
    script = Script([])
    idents: list[int] = []

    def program() -> None:
        def hidden() -> None:
            idents.append(_thread.get_ident())
            script.engine.hide_current_thread()

        for target in (hidden, lambda: idents.append(_thread.get_ident()) or module.work([])):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join()

    run_script(backend, script, PROGRAM, [BreakpointSpec(line=marked_line(PROGRAM, "work_end"))], program)
    assert script.seen == ["work_end"], "the same identity" if idents[0] == idents[1] else "two identities"


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_nothing_is_awaited_of_a_thread_that_has_ended(backend: BackendKind) -> None:
    module = load(PROGRAM)
    script = Script([StepKind.OVER])

    def program() -> None:
        thread = threading.Thread(target=module.work, args=([],))
        thread.start()
        thread.join()
        # The step went on past the end of its thread.
        assert len(script.seen) == 1
        assert not script.engine.has_motion()

    run_script(backend, script, PROGRAM, [BreakpointSpec(line=marked_line(PROGRAM, "work_end"))], program)
    assert script.seen == ["work_end"]


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_an_interrupt_while_stopped_is_raised_when_the_program_goes_on(backend: BackendKind) -> None:
    module = load(PROGRAM)
    still_stopped: list[bool] = []

    def look(stop: Stop) -> object:
        engine = script.engine
        engine.post(stop.thread_id, lambda: signal.raise_signal(signal.SIGINT))
        engine.post(stop.thread_id, lambda: still_stopped.append(stop.thread_id in engine.stopped_threads()))
        return place(stop)

    script = Script([], look=look)
    spec = BreakpointSpec(line=marked_line(PROGRAM, "work_end"))
    with pytest.raises(KeyboardInterrupt):
        run_script(backend, script, PROGRAM, [spec], lambda: module.work([]))
    assert still_stopped == [True]
    assert script.seen == ["work_end"]


class _Interruption(Exception):
    pass


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals")
def test_no_signal_makes_a_waiting_thread_lose_a_command_or_the_word_to_go_on() -> None:
    def interrupt(*_: object) -> None:
        raise _Interruption

    me = threading.get_ident()
    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        for _ in range(300):
            parked = Parked(cast(Stop, None))
            done: list[int] = []
            arrived = threading.Event()

            def disturb(parked: Parked = parked, done: list[int] = done, arrived: threading.Event = arrived) -> None:
                arrived.wait()
                for number in range(5):
                    parked.post(lambda number=number: done.append(number))  # type: ignore[misc]
                    signal.pthread_kill(me, signal.SIGUSR1)
                parked.let_go()

            other = threading.Thread(target=disturb)
            other.start()
            parked.post(arrived.set)
            with contextlib.suppress(_Interruption):
                parked.wait()
            while other.is_alive():
                with contextlib.suppress(_Interruption):
                    other.join()
            assert set(done) == set(range(5))
    finally:
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork")
@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_a_forked_child_runs_on_undebugged(backend: BackendKind) -> None:
    module = load(PROGRAM)
    script = Script([])
    codes: list[int] = []

    def program() -> None:
        child = os.fork()
        if not child:
            # No stop, and nothing that waits: a stop here would run the script's own code in the child.
            code = 3
            try:
                module.work([])
                code = 4 if script.seen else 0
            finally:
                os._exit(code)
        codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        module.work([])

    run_script(backend, script, PROGRAM, [BreakpointSpec(line=marked_line(PROGRAM, "work_end"))], program)
    assert codes == [0]
    assert script.seen == ["work_end"]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_breakpoints_set_and_cleared_while_their_line_runs_are_all_hit(backend: BackendKind) -> None:
    module = load(PROGRAM)
    hit = threading.Semaphore(0)
    spec = BreakpointSpec(line=marked_line(PROGRAM, "spin_body"))
    rounds = 20

    def look(stop: Stop) -> object:
        script.engine.set_source_breakpoints(str(PROGRAM), [])
        hit.release()
        return place(stop)

    script = Script([], look=look)

    def program() -> None:
        def setter() -> None:
            script.engine.hide_current_thread()
            module.ready.wait()
            for _ in range(rounds):
                script.engine.set_source_breakpoints(str(PROGRAM), [spec])
                hit.acquire()
            module.go_on.set()

        helper = threading.Thread(target=setter)
        module.ready.clear()
        helper.start()
        module.spins()
        helper.join()

    run_script(backend, script, PROGRAM, [], program)
    assert script.seen == ["spin_body"] * rounds


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize("command", StepKind)
def test_no_object_of_the_program_lives_longer_for_a_stop(command: StepKind, backend: BackendKind) -> None:
    module = load(PROGRAM)
    script = Script([command, command])
    alive: list[bool] = []
    module.report = lambda reference: alive.append(reference() is not None)
    gc.disable()
    try:
        run_script(
            backend, script, PROGRAM, [BreakpointSpec(line=marked_line(PROGRAM, "drops_it"))], module.holds_and_drops
        )
    finally:
        gc.enable()
    assert script.seen[0] == "drops_it"
    assert alive == [False, False]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_a_thread_started_without_the_threading_module_stops(backend: BackendKind) -> None:
    module = load(PROGRAM)
    script = Script([StepKind.OVER], look=lambda stop: (stop.thread_id != 1, place(stop)))
    start = _thread.start_new_thread
    run_script(backend, script, PROGRAM, [BreakpointSpec(line=marked_line(PROGRAM, "raw_start"))], module.raw_thread)
    assert script.seen == [(True, "raw_start"), (True, "raw_end")]
    assert _thread.start_new_thread is start


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_starting_a_thread_wrongly_fails_as_without_us(backend: BackendKind) -> None:
    def program() -> None:
        for wrong in ((1,), (print, 1), (print, (), 1)):
            with pytest.raises(TypeError, match="arg"):
                _thread.start_new_thread(*wrong)  # type: ignore[call-overload]

    run_script(backend, Script([]), PROGRAM, [], program)
