"""`await` in the console: running a coroutine to its end while the thread that it runs on is stopped.

Where the thread is inside a loop of asyncio, that very loop is run on, from within the callback that is stopped: what
is awaited may belong to it, and other tasks get their turn, unwatched, meanwhile. The task that is stopped stands
still; who waits for it waits for ever, or until the evaluation is cancelled. Where no loop runs, the coroutine gets a
new one.

The loop knows nothing of being run twice. So the stopped task ceases to be the current one for the time, and the round
of callbacks that the loop was in the middle of finds afterwards as many as it had counted.
"""

from __future__ import annotations

import sys
from collections.abc import Coroutine
from typing import Any

from ...interrupts import Evaluation, EvaluationInterrupted
from ..failures import EvaluationError

_TICK = 0.05  # seconds after which a loop that waits for something looks up
_ROUNDS_TO_END = 20  # that a cancelled task has for its `finally` clauses


def run_coroutine(coroutine: Coroutine[Any, Any, object], evaluation: Evaluation | None) -> object:
    """Return what `coroutine` returns.

    Raises what it raises, EvaluationInterrupted when it was cancelled, and EvaluationError where the thread's loop
    cannot be run from within.
    """
    import asyncio

    loop: Any = asyncio._get_running_loop()
    if loop is None:
        return _in_new_loop(coroutine, evaluation)
    if not hasattr(loop, "_run_once") or not hasattr(loop, "_ready"):
        coroutine.close()
        kind = f"{type(loop).__module__}.{type(loop).__qualname__}"
        raise EvaluationError(f"The loop that this thread is in, a {kind}, cannot run anything while it is stopped.")
    outer = asyncio.current_task(loop)
    if outer is not None:
        asyncio.tasks._leave_task(loop, outer)
    promised = len(loop._ready)
    run = None
    try:
        run = _Run(loop, coroutine)
        return run.to_end(evaluation)
    finally:
        while len(loop._ready) < promised:
            loop._ready.append(asyncio.Handle(_nothing, (), loop))
        if outer is not None:
            asyncio.tasks._enter_task(loop, outer)
        del run, outer, loop  # the exception that leaves here names this frame


def _in_new_loop(coroutine: Coroutine[Any, Any, object], evaluation: Evaluation | None) -> object:
    import asyncio

    loop: Any = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(_watched(loop, coroutine, evaluation))
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        del left, loop


async def _watched(loop: Any, coroutine: Coroutine[Any, Any, object], evaluation: Evaluation | None) -> object:
    """Await a coroutine, looking up now and then for an interrupt."""
    import asyncio

    run = _Run(loop, coroutine)
    if evaluation is not None:
        evaluation.gently = run.ask_to_end
    try:
        while not run.task.done():
            if run.asked and run.rounds_left == _ROUNDS_TO_END:
                run.task.cancel()
            if run.asked:
                run.rounds_left -= 1
            if run.rounds_left < 0:
                break
            await asyncio.wait({run.task}, timeout=_TICK)
        return run.result()
    finally:
        if evaluation is not None:
            evaluation.gently = None
        del run


class _Run:
    """One coroutine on its way to its end, as a task of a loop."""

    def __init__(self, loop: Any, coroutine: Coroutine[Any, Any, object]) -> None:
        self._loop = loop
        self.task: Any = loop.create_task(coroutine)
        self.asked = False
        self.rounds_left = _ROUNDS_TO_END

    def ask_to_end(self) -> bool:
        """Have the task cancelled at the next opportunity; False where it computes, and only an exception ends that.

        Called on another thread. What other tasks do is not broken into.
        """
        asyncio = sys.modules["asyncio"]
        self.asked = True
        return asyncio.current_task(self._loop) is not self.task

    def to_end(self, evaluation: Evaluation | None) -> object:
        """Run the loop, which is in the middle of a round, until the task is done."""
        if evaluation is not None:
            evaluation.gently = self.ask_to_end
        try:
            while not self.task.done() and self.rounds_left >= 0:
                if self.asked and self.rounds_left == _ROUNDS_TO_END:
                    self.task.cancel()
                if self.asked:
                    self.rounds_left -= 1
                timer = self._loop.call_later(_TICK, _nothing)
                self._loop._run_once()
                timer.cancel()
        finally:
            if evaluation is not None:
                evaluation.gently = None
        return self.result()

    def result(self) -> object:
        """Return the task's result, or raise what ended it."""
        if not self.task.done():
            raise EvaluationInterrupted
        if self.asked and self.task.cancelled():
            raise EvaluationInterrupted
        return self.task.result()


def _nothing() -> None:
    pass
