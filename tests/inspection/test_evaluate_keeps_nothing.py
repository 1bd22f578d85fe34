"""What an evaluation leaves behind: no references, no frames, no errors of its own."""

import gc
import sys
import weakref

import pytest

from heapsight.debuggee.inspection.failures import EvaluationError
from heapsight.debuggee.interrupts import EvaluationInterrupted
from support.inspecting import Looking

GLOBAL = ["global"]


def errors_of(looking, expression, context="watch"):
    with pytest.raises(EvaluationError) as caught:
        looking.evaluate(expression, context)
    return str(caught.value)


def test_an_error_keeps_nothing_alive():
    class Thing:
        pass

    def fail(thing):
        raise ValueError(thing)

    thing = Thing()
    alive = weakref.ref(thing)
    looking = Looking()
    errors_of(looking, "fail(thing)")
    errors_of(looking, "fail(thing)", "repl")
    looking.release()
    assert fail
    del thing
    assert alive() is None


def test_an_error_does_not_keep_the_stopped_frame():
    class Thing:
        pass

    def stopped(context):
        thing = Thing()
        looking = Looking()
        try:
            looking.evaluate("nothing", context)
        except EvaluationError:
            looking.release()
        del looking
        return weakref.ref(thing)

    gc.disable()
    try:
        assert stopped("watch")() is None
        assert stopped("repl")() is None
    finally:
        gc.enable()


def test_an_exception_that_the_program_keeps_has_none_of_our_frames():
    kept = ValueError("kept")
    looking = Looking()
    errors_of(looking, "(_ for _ in ()).throw(kept)")
    names = []
    trace = kept.__traceback__
    while trace is not None:
        names.append(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    assert names == ["<console>", "<console>"]


def test_values_are_released():
    class Thing:
        pass

    looking = Looking(sys._getframe())
    looking.evaluate("Thing()")
    held = [one.obj for one in looking.holder if type(one.obj) is Thing]
    alive = weakref.ref(held.pop())
    looking.run("kept = Thing()")
    looking.release()
    assert alive() is None
    assert not any(type(one) is Thing for one in gc.get_objects())


def test_locals_leave_no_trace():
    class Thing:
        pass

    thing = Thing()
    before = sys.getrefcount(thing)
    looking = Looking()
    looking.run("thing")
    looking.run("other = thing")
    looking.run("thing = thing")
    looking.release()
    assert sys.getrefcount(thing) == before


def test_an_interrupt_is_not_taken_for_an_error():
    def interrupt():
        raise EvaluationInterrupted

    one = 1
    looking = Looking()
    with pytest.raises(EvaluationInterrupted):
        looking.run("one = 2\ninterrupt()")
    assert one == 2
    assert interrupt
