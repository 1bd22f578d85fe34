"""`await` in the console: in the loop that is stopped, and where none runs."""

import asyncio
import sys

import pytest

from heapsight.debuggee.inspection.failures import EvaluationError
from support.inspecting import Looking
from support.session import RequestRefused

PROGRAM = "insp_async.py"
ENGINES = ["settrace", "monitoring"] if sys.version_info >= (3, 12) else ["settrace"]


@pytest.fixture(params=ENGINES)
def stopped(request, session):
    session.launch_and_stop(
        PROGRAM, "stopped", "after", engine=request.param, console="internalConsole", evaluateTimeout=0.3
    )
    return session


@pytest.fixture(params=ENGINES)
def ended(request, session):
    """Open a session that is stopped where no loop runs."""
    session.launch_and_stop(PROGRAM, "after", engine=request.param, console="internalConsole", evaluateTimeout=0.3)
    return session


def run(session, code):
    return session.evaluate(code)["result"]


def finish(session):
    session.set_breakpoints(PROGRAM)
    session.cont()
    assert session.wait_for_exit() == 0


def test_what_is_awaited_belongs_to_the_loop(stopped):
    assert run(stopped, "await asyncio.sleep(0.01, 'slept')") == "'slept'"
    assert run(stopped, "await queue.get()") == "1"  # the producer is a task of the program's
    assert run(stopped, "[await queue.get() for _ in range(3)]") == "[2, 3, 4]"
    assert run(stopped, "asyncio.current_task().get_coro().__name__") == "'main'"
    finish(stopped)
    assert stopped.output() == "before [0, 5]\ndone\n"


def test_statements_around_it(stopped):
    code = """
    async def double(x):
        await asyncio.sleep(0)
        return x * 2
    async with asyncio.timeout(5):
        local = await double(21)
    async for one in aiter_of([1, 2]): pass
    local
    """
    run(stopped, "async def aiter_of(items):\n    for item in items: yield item")
    assert run(stopped, code) == "42"
    assert run(stopped, "local") == "42"
    assert run(stopped, "await asyncio.gather(double(1), double(2))") == "[2, 4]"
    assert run(stopped, "USER.get()") == run(stopped, "await asyncio.sleep(0, USER.get())") == "'somebody'"
    finish(stopped)
    assert stopped.output() == "42 [0, 1]\ndone\n"


def test_errors_leave_the_loop_as_it_was(stopped):
    with pytest.raises(RequestRefused, match="ZeroDivisionError"):
        run(stopped, "await asyncio.sleep(1 / 0)")
    with pytest.raises(RequestRefused, match="KeyError: 'x'"):
        run(stopped, "async def fail():\n    raise KeyError('x')\nawait fail()")
    with pytest.raises(RequestRefused, match="TypeError"):
        run(stopped, "await 5")
    finish(stopped)
    assert stopped.output() == "before [0, 1]\ndone\n"


def test_what_never_comes_can_be_cancelled(stopped):
    frame = stopped.stack()[0]["id"]
    ticking = "ticker = asyncio.get_running_loop().create_task(tick(log))"
    run(stopped, ticking)
    for code in ("await never()", "while True: await asyncio.sleep(0)"):
        number = stopped.client.send_request("evaluate", {"expression": code, "frameId": frame, "context": "repl"})
        said = stopped.wait_for_event("output", lambda body: body["category"] == "important")
        assert "has taken 0.3 s and goes on" in said["output"]
        stopped.request("cancel", requestId=number)
        answer = stopped.client.wait_response(number)
        assert (answer["success"], answer["message"]) == (False, "cancelled")
    assert run(stopped, "len(log) > 10, ticker.done()") == "(True, False)"  # the others were not harmed
    run(stopped, "ticker.cancel()")
    finish(stopped)
    assert stopped.output() == "before [0, 1]\ndone\n"


def test_a_coroutine_that_computes_for_ever(stopped):
    frame = stopped.stack()[0]["id"]
    code = "async def spin():\n    while True: pass\nawait spin()"
    number = stopped.client.send_request("evaluate", {"expression": code, "frameId": frame, "context": "repl"})
    stopped.wait_for_event("output", lambda body: body["category"] == "important")
    stopped.request("pause", threadId=1)
    assert stopped.client.wait_response(number)["success"] is False
    assert run(stopped, "local") == "'before'"
    finish(stopped)


def test_without_a_loop(ended):
    assert run(ended, "await asyncio.sleep(0.01, 'slept')") == "'slept'"
    assert run(ended, "after = await asyncio.sleep(0, 5)\nafter + 1") == "6"
    frame = ended.stack()[0]["id"]
    number = ended.client.send_request("evaluate", {"expression": "await never()", "frameId": frame, "context": "repl"})
    ended.wait_for_event("output", lambda body: body["category"] == "important")
    ended.request("cancel", requestId=number)
    assert ended.client.wait_response(number)["success"] is False
    assert run(ended, "asyncio.events._get_running_loop()") == ""
    finish(ended)
    assert "done" in ended.output()


def test_only_the_console_waits(stopped):
    frame = stopped.stack()[0]["id"]
    for context in ("watch", "hover"):
        said = stopped.refused("evaluate", expression="await queue.get()", frameId=frame, context=context)
        assert "only the console waits" in said
    reference = stopped.scopes()["Locals"]
    stopped.refused("setVariable", variablesReference=reference, name="local", value="await queue.get()")
    finish(stopped)


def test_breakpoints_do_not_stop_what_runs_meanwhile(stopped):
    assert run(stopped, "await asyncio.wait_for(work(asyncio.Queue(), []), 0.05) if False else 1") == "1"
    run(stopped, "other = asyncio.Queue(); other.put_nowait(7); other.put_nowait(8); made = []")
    assert run(stopped, "await work(other, made)") == "'before'"
    assert run(stopped, "made") == "[7, 8]"
    finish(stopped)


def test_a_loop_that_cannot_be_run_from_within():
    async def never_begun():
        raise AssertionError("ran")

    class Foreign:
        """A loop that is no loop of asyncio's own, as uvloop's is."""

    asyncio._set_running_loop(Foreign())
    try:
        with pytest.raises(EvaluationError, match=r"Foreign, cannot run anything while it is stopped"):
            Looking().run("await never_begun()")
    finally:
        asyncio._set_running_loop(None)
    assert never_begun
