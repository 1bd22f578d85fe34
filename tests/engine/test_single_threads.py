"""One thread goes on while the others stay stopped."""

from __future__ import annotations

import pytest

from heapsight.debuggee.engine.engine import BackendKind
from heapsight.debuggee.engine.model import BreakpointSpec, StepKind, Stop
from support.stepping import BACKENDS, PROGRAMS, Script, load, marked_line, place, run_script

PROGRAM = PROGRAMS / "step_threads.py"


class OneAtATime(Script):
    """Lets only the stopped thread go on, `alone` times; then everything."""

    def __init__(self, alone: int, before: object) -> None:
        super().__init__([])
        self._left = alone
        self._before = before
        self.others: list[int] = []

    def stopped(self, stop: Stop) -> None:
        engine = self.engine
        self.seen.append(place(stop))
        spinner = next(thread.id for thread in engine.threads() if thread.name == "spinner")
        # It runs on its way to being parked: asked until it is.
        while not engine.post(spinner, lambda: None):
            pass
        self.others.append(len(engine.stopped_threads()) - 1)
        self._left -= 1
        if self._left < 0:
            self._before()  # type: ignore[operator]
        single = self._left >= 0
        kind = StepKind.OVER if single else StepKind.CONTINUE
        engine.post(stop.thread_id, lambda: engine.resume(stop.thread_id, kind, single_thread=single))


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_steps_of_one_thread_leave_the_others_stopped(backend: BackendKind) -> None:
    module = load(PROGRAM)
    script = OneAtATime(1, module.go_on.set)
    spec = BreakpointSpec(line=marked_line(PROGRAM, "spins_pause"))
    run_script(backend, script, PROGRAM, [spec], module.spins)
    assert script.seen == ["spins_pause", "spins_join"]
    assert script.others == [1, 1]
