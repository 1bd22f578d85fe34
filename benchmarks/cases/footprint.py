"""What a debugger brings into the program's process."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from debugging import run_to_end
from measuring import Case, Kind, Sample
from peers import Peer

_RUNS = 2


def looking_at(what: str) -> Callable[[Peer | None, str], Iterator[Sample]]:
    """Return a measurement of `what` of the process in which a program with a breakpoint begins."""

    def measure(peer: Peer | None, python: str) -> Iterator[Sample]:
        for _ in range(_RUNS):
            ended = run_to_end(peer, python, "footprint.py", [{"marker": "cold"}], args=[what])
            yield Sample(ended.figures[0])

    return measure


CASES = [
    Case("modules", "modules imported into the program's process", Kind.COUNT, looking_at("modules")),
    Case("memory", "memory of the program's process", Kind.MEMORY, looking_at("memory")),
]
