"""What happens when a thread arrives at a breakpoint: its condition, its hit condition, its log message."""

from __future__ import annotations

import itertools
from types import FrameType

from ..breakpoints.hit_conditions import HitCondition, parse_hit_condition
from ..model import Breakpoint, BreakpointSpec
from ..verdicts import HIT, MISS, Failed, Hit, Log, Miss, Verdict
from .bound import Expression, NotAnExpression
from .failures import describe_failure
from .log_messages import BadLogMessage, LogMessage, parse_log_message

__all__ = ["Always", "Failed", "Hit", "Log", "Miss", "Tested", "Verdict", "judge", "make_test"]


def judge(bp: Breakpoint, frame: FrameType) -> Verdict:
    """Return what happens to the thread whose `frame` stands at `bp`."""
    test = bp.test
    if test is None:
        bp.hits += 1
        return HIT
    return test.judge(bp, frame)


def make_test(spec: BreakpointSpec) -> Always | Tested | str:
    """Compile what `spec` asks for, or return a message on what is wrong with it. Empty texts ask for nothing."""
    condition: Expression | None = None
    hit_condition: HitCondition | None = None
    log_message: LogMessage | None = None
    if spec.condition and not spec.condition.isspace():
        try:
            condition = Expression(spec.condition)
        except NotAnExpression as error:
            return f"Condition `{spec.condition.strip()}` does not compile: {error}."
    if spec.hit_condition and not spec.hit_condition.isspace():
        parsed = parse_hit_condition(spec.hit_condition)
        if isinstance(parsed, str):
            return parsed
        hit_condition = parsed
    if spec.log_message:
        try:
            log_message = parse_log_message(spec.log_message)
        except BadLogMessage as error:
            return str(error)
    if condition is None and hit_condition is None and log_message is None:
        return Always()
    return Tested(condition, hit_condition, log_message)


class Always:
    """The test of a plain breakpoint: it only counts."""

    __slots__ = ("_count",)

    def __init__(self) -> None:
        # A counter in C: `+= 1` on an attribute loses counts when threads arrive at the same time.
        self._count = itertools.count(1)

    def judge(self, bp: Breakpoint, frame: FrameType) -> Verdict:
        """Count, and stop."""
        bp.hits = next(self._count)
        return HIT


class Tested:
    """The test of a breakpoint that has more than a line. Hits are counted where the condition holds."""

    __slots__ = ("_condition", "_count", "_failures", "_hit_condition", "_log_message")

    def __init__(
        self, condition: Expression | None, hit_condition: HitCondition | None, log_message: LogMessage | None
    ) -> None:
        self._condition = condition
        self._hit_condition = hit_condition
        self._log_message = log_message
        self._count = itertools.count(1)
        # Names of the exceptions that have been shown.
        self._failures: set[str] = set()

    def judge(self, bp: Breakpoint, frame: FrameType) -> Verdict:
        """Evaluate the condition, count, and decide. A condition that raises is a `Failed` once.

        Later it is a miss, until it raises an exception of another type.
        """
        condition = self._condition
        if condition is not None:
            try:
                if not condition.evaluate(frame):
                    return MISS
            except BaseException as error:  # noqa: BLE001 - the user's expression, or the truth value of the user's object
                return self._failed(condition, error)
        hits = bp.hits = next(self._count)
        if self._hit_condition is not None and not self._hit_condition.holds(hits):
            return MISS
        if self._log_message is None:
            return HIT
        try:
            return Log(self._log_message.render(frame))
        except KeyboardInterrupt as error:
            return Failed(f"Log message: {describe_failure(error)}")

    def _failed(self, condition: Expression, error: BaseException) -> Verdict:
        # Raising into the program is no way out, and the key that the person pressed must not be lost.
        name = type(error).__qualname__
        if name in self._failures and not isinstance(error, KeyboardInterrupt):
            return MISS
        self._failures.add(name)
        return Failed(f"Condition `{condition.text}` raised {describe_failure(error)}")
