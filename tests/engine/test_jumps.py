"""Set next statement and restart frame, on both back ends."""

from __future__ import annotations

import sys
import warnings

import pytest

from heapsight.debuggee.engine.engine import BackendKind
from heapsight.debuggee.engine.model import BreakMode, BreakpointSpec, StepKind, Stop, StopReason
from heapsight.debuggee.engine.stepping.jumps import JumpRefused
from support.exceptions import rules
from support.stepping import BACKENDS, PROGRAMS, Script, load, marked_line, place, run_script

PROGRAM = PROGRAMS / "step_jumps.py"


class Jumper(Script):
    """At the first stop jumps to a marker (None: restarts the frame); writes down what comes of it."""

    def __init__(self, marker: str | None) -> None:
        super().__init__([], look=lambda stop: (stop.reason.value, place(stop)))
        self._marker = marker
        self.unset: list[str] = []
        self.refusal = ""

    def stopped(self, stop: Stop) -> None:
        self.seen.append(self._look(stop))
        act = self._jump if len(self.seen) == 1 else self._go_on
        self.engine.post(stop.thread_id, lambda: act(stop))

    def _jump(self, stop: Stop) -> None:
        try:
            if self._marker is None:
                self.unset = self.engine.jumps.restart(stop.thread_id, stop.frame)
            else:
                target, _ = self.engine.jumps.target(str(PROGRAM), marked_line(PROGRAM, self._marker))
                self.unset = self.engine.jumps.jump(stop.thread_id, target)
        except JumpRefused as refusal:
            self.refusal = str(refusal)
            self._go_on(stop)
        except BaseException:
            self._go_on(stop)
            raise

    def _go_on(self, stop: Stop) -> None:
        self.engine.resume(stop.thread_id, StepKind.CONTINUE)


def run(
    backend: BackendKind, function: str, start: str, marker: str | None, *arguments: object
) -> tuple[Jumper, list[object]]:
    module = load(PROGRAM)
    log: list[object] = []
    jumper = Jumper(marker)
    spec = BreakpointSpec(line=marked_line(PROGRAM, start), hit_condition="1")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run_script(backend, jumper, PROGRAM, [spec], lambda: getattr(module, function)(log, *arguments))
    return jumper, log


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize(
    ("function", "start", "marker", "lands", "wanted"),
    [
        ("straight", "one", "three", "three", ["three"]),
        ("straight", "one", "comment", "three", ["three"]),
        ("straight", "three", "one", "one", ["one", "two", "one", "two", "three"]),
        ("straight", "two", "two", "two", ["one", "two", "three"]),
        ("loops", "loop_body", "after_loop", "after_loop", ["after"]),
        ("loops", "with_body", "loop", "loop", [0, 1, 0, 1, "with", "except", "after"]),
        ("consumes", "numbers_second", "numbers_begin", "numbers_begin", ["first", "first", "second"]),
    ],
)
def test_a_jump(
    function: str, start: str, marker: str, lands: str, wanted: list[object], *, backend: BackendKind
) -> None:
    jumper, log = run(backend, function, start, marker)
    assert jumper.seen == [("breakpoint", start), ("goto", lands)]
    assert log == wanted


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
@pytest.mark.parametrize(
    ("function", "start", "marker", "reason"),
    [
        ("loops", "after_loop", "loop_body", "for loop"),
        ("loops", "after_loop", "with_body", "stack"),
        ("loops", "after_loop", "except_body", "except"),
        ("straight", "one", "loop", "not in straight: a jump cannot leave the function"),
        ("makes", "makes_end", "inner_line", "is in makes.<locals>.inner"),
    ],
)
def test_a_refused_jump(function: str, start: str, marker: str, reason: str, backend: BackendKind) -> None:
    jumper, log = run(backend, function, start, marker)
    assert reason in jumper.refusal
    assert jumper.seen == [("breakpoint", start)]
    # The program goes on as if nothing had been tried.
    bare: list[object] = []
    getattr(load(PROGRAM), function)(bare)
    assert log == bare


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_variables_without_a_value(backend: BackendKind) -> None:
    if sys.version_info < (3, 12):
        with pytest.raises(UnboundLocalError, match="late"):
            run(backend, "unset", "unset_begin", "unset_end")
        return
    # From 3.12 on the interpreter binds it.
    jumper, log = run(backend, "unset", "unset_begin", "unset_end")
    assert log == ["end"]
    assert jumper.unset == ["late"]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_a_frame_begins_again_with_its_arguments_as_they_are(backend: BackendKind) -> None:
    jumper, log = run(backend, "counts", "counts_end", None, 7)
    assert jumper.seen == [("breakpoint", "counts_end"), ("restart", "counts_begin")]
    assert log == [7, 6]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_set_up_is_not_done_twice(backend: BackendKind) -> None:
    jumper, log = run(backend, "consumes", "numbers_second", None)
    assert jumper.seen[1] == ("restart", "numbers_begin")
    assert log == ["first", "first", "second"]


@pytest.mark.parametrize("backend", BACKENDS, ids=lambda kind: kind.value)
def test_no_jump_from_an_exception(backend: BackendKind) -> None:
    module = load(PROGRAM)
    jumper = Jumper("raises")
    with pytest.raises(ValueError, match="no"):
        run_script(
            backend, jumper, PROGRAM, [], lambda: module.raises([]),
            prepare=lambda engine: engine.set_exception_breakpoints(rules(BreakMode.ALWAYS)),
        )  # fmt: skip
    assert jumper.seen == [(StopReason.EXCEPTION.value, "raises")]
    assert "from the beginning of a line only" in jumper.refusal
