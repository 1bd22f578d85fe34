"""Asking Heapsight about an object of a test, whose own frames count as the user's."""

import sys
from types import FrameType

from heapsight.debuggee.holding import Held, Holder
from heapsight.debuggee.memory.budget import Budget
from heapsight.debuggee.memory.edges import Referrers
from heapsight.debuggee.memory.referrers import find_referrers
from heapsight.debuggee.own import is_own_frame

PLENTY = 600.0


def frames_from(frame: FrameType | None) -> list[FrameType]:
    """Return `frame` and its callers, innermost first, as the engine does."""
    found = []
    while frame is not None:
        if not is_own_frame(frame):
            found.append(frame)
        frame = frame.f_back
    return found


def what_holds(held: Held, *others: FrameType, seconds: float = PLENTY) -> Referrers:
    """Search from the caller's frames on; `others` are innermost frames of further threads."""
    threads = {1: frames_from(sys._getframe(1))}
    for number, frame in enumerate(others, 2):
        threads[number] = frames_from(frame)
    return find_referrers(held, threads, Holder(), Budget(seconds))


def labels(found: Referrers) -> list[str]:
    """Return the labels, each as often as it counts; `0 × label` for a reference that another line counts."""
    texts = []
    for edge in found.edges:
        texts += [edge.finding.label] * edge.finding.count or [f"0 × {edge.finding.label}"]
    return sorted(texts)


def shown(found: Referrers) -> list[str]:
    """Return each line once, with its count where that is not 1."""
    return [
        edge.finding.label if edge.finding.count == 1 else f"{edge.finding.count} × {edge.finding.label}"
        for edge in found.edges
    ]
