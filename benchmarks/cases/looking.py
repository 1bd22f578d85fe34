"""How long an editor waits for values while the program stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter

from debugging import Debugging
from measuring import Case, Kind, Sample
from peers import Peer

_TIMES = 60
_WARM_UP = 5
_PAGE = 100
_PROGRAM = "values.py"
Look = Callable[[Debugging, int], str | None]


def looking(prepare: Callable[[Debugging], Look]) -> Callable[[Peer | None, str], Iterator[Sample]]:
    """Return a measurement of what `prepare` returns; that returns what there is to note."""

    def measure(peer: Peer | None, python: str) -> Iterator[Sample]:
        assert peer is not None
        with Debugging(peer, python, _PROGRAM) as debugging:
            debugging.start([{"marker": "here"}])
            debugging.wait_stopped()
            look = prepare(debugging)
            for number in range(_TIMES + _WARM_UP):
                begin = perf_counter()
                note = look(debugging, number)
                seconds = perf_counter() - begin
                if number >= _WARM_UP:
                    yield Sample(seconds, note)

    return measure


def page_of(name: str) -> Callable[[Debugging], Look]:
    """Return the preparation of reading pages of a large local variable, another page each time."""

    def prepare(debugging: Debugging) -> Look:
        row = debugging.local(name)
        reference = row["variablesReference"]
        named, indexed = row.get("namedVariables", 0), row.get("indexedVariables", 0)
        # A client that is told no count cannot ask for a page: it gets what it is given.
        paged = max(named, indexed) > _PAGE
        filter = "indexed" if indexed > named else "named"

        def look(debugging: Debugging, number: int) -> str | None:
            paging = {"filter": filter, "start": number * 1_000, "count": _PAGE} if paged else {}
            rows = debugging.variables(reference, **paging)
            return None if len(rows) == _PAGE else f"{len(rows)} rows instead of a page of {_PAGE}"

        return look

    return prepare


def attributes(debugging: Debugging) -> Look:
    """Prepare reading all attributes of an object."""
    reference = debugging.local("wide")["variablesReference"]

    def look(debugging: Debugging, _: int) -> str | None:
        rows = debugging.variables(reference)
        return None if len(rows) >= 1_000 else f"{len(rows)} rows of 1000"

    return look


def hover(debugging: Debugging) -> Look:
    """Prepare evaluating what the mouse is over."""
    frame_id = debugging.frames()[0]["id"]

    def look(debugging: Debugging, _: int) -> str | None:
        body = debugging.client.request(
            "evaluate", {"expression": "cart.items", "frameId": frame_id, "context": "hover"}
        )
        return None if "tea" in body["result"] else f"answered {body['result']}"

    return look


CASES = [
    Case("list-page", "page of 100 out of a list of 1,000,000", Kind.LATENCY, looking(page_of("numbers"))),
    Case("dict-page", "page of 100 out of a dict of 100,000", Kind.LATENCY, looking(page_of("table"))),
    Case("attributes", "object with 1,000 attributes", Kind.LATENCY, looking(attributes)),
    Case("hover", "hover: evaluate", Kind.LATENCY, looking(hover)),
]
