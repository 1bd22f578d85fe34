"""What an editor waits for when it asks a stopped program about its heap: Heapsight's requests, over the protocol."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from debugging import SECONDS, Debugging
from peers import PEERS

_PROGRAM = "synthetic_heap.py"
Samples = dict[str, list[float]]


def ask(python: str, nodes: int, rounds: int) -> Samples:
    """Return the seconds of each round, by the name of the request."""
    with Debugging(PEERS["heapsight"], python, _PROGRAM) as debugging:
        debugging.start([{"marker": "here"}], [str(nodes)])
        debugging.wait_stopped()
        frame_id = debugging.frames()[0]["id"]

        def request(command: str, **arguments: object) -> dict:
            return debugging.client.request(command, arguments, SECONDS)

        leaf = request("heapsight/inspect", expression="leaf", frameId=frame_id)["object"]

        def chain() -> None:
            number = leaf
            for _ in range(12):
                lines = request("heapsight/referrers", object=number)["referrers"]
                if any(line["kind"] == "global" for line in lines):
                    return
                # Not the frame that has the object in a local variable.
                number = next(line["object"] for line in lines if "object" in line and line["kind"] != "local")
            raise AssertionError("no module in twelve hops")

        questions: dict[str, Callable[[], object]] = {
            "hover": lambda: request("evaluate", expression="leaf", frameId=frame_id, context="hover"),
            "hover of everything": lambda: request("evaluate", expression="SHOP", frameId=frame_id, context="hover"),
            "referrers": lambda: request("heapsight/referrers", object=leaf),
            "chain": chain,
            "histogram": lambda: request("heapsight/histogram", compareWith="mark"),
            "histogram of all": lambda: request("heapsight/histogram", compareWith="mark", all=True),
        }
        request("heapsight/mark")
        return {name: [_seconds(question) for _ in range(rounds)] for name, question in questions.items()}


def _seconds(question: Callable[[], object]) -> float:
    began = perf_counter()
    question()
    return perf_counter() - began
