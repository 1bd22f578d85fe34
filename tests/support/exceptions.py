"""Exception filters as tests write them."""

from heapsight.debuggee.engine.exceptions.conditions import ExceptionCondition
from heapsight.debuggee.engine.exceptions.filters import ExceptionRule
from heapsight.debuggee.engine.model import BreakMode


def rules(*modes: BreakMode, **conditions: str) -> list[ExceptionRule]:
    """Return filters: plain ones by their modes, and with a condition by the mode's name (`always="KeyError"`)."""
    found = [ExceptionRule(mode, ExceptionCondition.parse(None)) for mode in modes]
    for name, condition in conditions.items():
        found.append(ExceptionRule(BreakMode[name.upper()], ExceptionCondition.parse(condition)))
    return found
