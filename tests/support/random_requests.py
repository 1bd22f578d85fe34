"""Random requests, valid and not: what an editor might send at any moment, and what none should."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from support.markers import PROGRAMS, markers
from support.schema import requests_in_schema

PROGRAM = PROGRAMS / "proto_busy.py"
ENDLESS = "[one for one in iter(int, 1)]"
EXPRESSIONS = [
    "1 + 1", "turn", "item", "item.parts", "[*range(1000)]", "missing", "1 +", "1 / 0", "x = 5", "print('said')",
    ENDLESS, "__import__('sys').exit(3)", "globals()", "'\\ud800'", "'ä' * 10000", "worker",
    "__import__('threading').Thread(target=print).start()", "raise KeyboardInterrupt", "lambda: 0", "",
]  # fmt: skip
ODD_VALUES = [None, True, -1, 0, 1, 2**31 - 1, 2**70, 1.5, "", "text", "\ud83d\ude00", [], [[]], {}, {"a": [{}]}]
NAMED = ["turn", "total", "item", "item.number", "number", "missing"]
NAMES = [
    "threadId", "frameId", "variablesReference", "name", "value", "expression", "source", "breakpoints", "lines",
    "start", "count", "threadIds", "context", "filters", "format", "column", "line", "text", "requestId",
    "singleThread", "granularity", "memoryReference", "offset", "object", "follow", "startModule", "moduleCount",
    "dataId", "instructionReference", "instructionCount", "data", "targetId", "progressId", "locationReference",
]  # fmt: skip
# These end what the others need; the test sends them itself.
LIFE_CYCLE = {"initialize", "launch", "attach", "restart", "terminate", "disconnect", "configurationDone"}


class Requests:
    """Makes random requests; `learn` from responses gives them numbers that mean something."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._threads = [1]
        self._frames = [1]
        self._references = [1]
        self._objects = [1]
        self._targets = [1]
        self._locations = [1]
        self._memory = ["0x10"]
        self._data: list[object] = ["none"]
        self._commands = [one for one in requests_in_schema() if one not in LIFE_CYCLE]
        self._commands += ["heapsight/inspect", "heapsight/referrers", "heapsight/followed", "heapsight/unfollow"]
        self._lines = sorted(markers(PROGRAM).values())
        self._valid: list[tuple[int, Callable[[], tuple[str, dict]]]] = [
            (10, lambda: ("stackTrace", self._thread(levels=self._random.randrange(30)))),
            (10, lambda: ("scopes", {"frameId": self._of(self._frames)})),
            (20, self._variables),
            (15, self._evaluate),
            (8, lambda: ("continue", self._thread())),
            (4, lambda: ("next", self._thread(granularity=self._of(["statement", "line", "instruction"])))),
            (3, lambda: ("stepIn", self._thread())),
            (3, lambda: ("stepOut", self._thread(singleThread=self._random.random() < 0.2))),
            (8, lambda: ("pause", self._thread())),
            (6, self._set_breakpoints),
            (2, lambda: ("setExceptionBreakpoints", {"filters": self._some(["raised", "uncaught", "userUnhandled"])})),
            (2, self._set_function_breakpoints),
            (3, lambda: ("threads", {})),
            (3, lambda: ("exceptionInfo", self._thread())),
            (3, lambda: ("modules", {"startModule": self._random.randrange(50), "moduleCount": 20})),
            (1, lambda: ("loadedSources", {})),
            (3, lambda: ("completions", {"text": "item.", "column": 6, "frameId": self._of(self._frames)})),
            (3, self._set_variable),
            (3, lambda: ("heapsight/inspect", {"expression": "item", "frameId": self._of(self._frames)})),
            (2, lambda: ("heapsight/referrers", {"object": self._of(self._objects)})),
            (3, lambda: ("cancel", {"requestId": self._random.randrange(1, 2000)})),
            (2, lambda: ("breakpointLocations", {"source": {"path": str(PROGRAM)}, "line": self._of(self._lines)})),
            (2, lambda: ("gotoTargets", {"source": {"path": str(PROGRAM)}, "line": self._of(self._lines)})),
            (2, lambda: ("goto", self._thread(targetId=self._of(self._targets)))),
            (1, lambda: ("restartFrame", {"frameId": self._of(self._frames)})),
            (3, lambda: ("dataBreakpointInfo", {"name": self._of(NAMED), "frameId": self._of(self._frames)})),
            (2, self._set_data_breakpoints),
            (
                2,
                lambda: (
                    "readMemory",
                    {"memoryReference": self._of(self._memory), "count": self._random.randrange(99)},
                ),
            ),
            (1, lambda: ("writeMemory", {"memoryReference": self._of(self._memory), "data": "AAEC"})),
            (1, lambda: ("locations", {"locationReference": self._of(self._locations)})),
            (1, lambda: ("source", {"source": {"path": str(PROGRAM)}, "sourceReference": 0})),
            (1, lambda: ("terminateThreads", {"threadIds": [self._of(self._threads)]})),
            (2, lambda: ("disassemble", {"memoryReference": "0x0", "instructionCount": 10})),
        ]

    def valid(self) -> tuple[str, dict]:
        """Return a request that an editor might send: right in shape, perhaps for something that is gone."""
        weights, makers = zip(*self._valid, strict=True)
        return self._random.choices(makers, weights)[0]()

    def invalid(self) -> tuple[object, object]:
        """Return a command and arguments, one of which makes no sense."""
        kind = self._random.randrange(4)
        if kind == 0:
            return self._of([*ODD_VALUES, "fly", "heapsight/fly", "Threads"]), {}
        if kind == 1:
            return self._of(self._commands), self._of(ODD_VALUES)
        arguments = {name: self._of(ODD_VALUES) for name in self._some(NAMES)}
        if kind == 2:
            return self._of(self._commands), arguments
        command, right = self.valid()
        if right.get("expression") == ENDLESS:
            # In a context of chance it may go on until it is cancelled.
            right["expression"] = "1"
        return command, {**right, **arguments}

    def learn(self, answers: Iterable[dict]) -> None:
        """Remember numbers out of responses."""
        for answer in answers:
            body = answer.get("body") or {}
            self._threads += [one["id"] for one in body.get("threads", [])]
            self._frames += [one["id"] for one in body.get("stackFrames", [])]
            rows = body.get("scopes", []) + body.get("variables", [])
            self._references += [one["variablesReference"] for one in rows if one["variablesReference"]]
            self._memory += [one["memoryReference"] for one in rows if "memoryReference" in one]
            self._locations += [one["valueLocationReference"] for one in rows if "valueLocationReference" in one]
            self._targets += [one["id"] for one in body.get("targets", []) if "id" in one]
            if isinstance(body.get("dataId"), str):
                self._data.append(body["dataId"])
            if isinstance(body.get("object"), int):
                self._objects.append(body["object"])
        known = (self._threads, self._frames, self._references, self._objects, self._targets, self._locations)
        for numbers in (*known, self._memory, self._data):
            del numbers[:-30]

    def chance(self, probability: float) -> bool:
        """Say yes that often."""
        return self._random.random() < probability

    def number(self, below: int) -> int:
        """Return a random number."""
        return self._random.randrange(below)

    def _of(self, choices: list) -> object:
        return self._random.choice(choices)

    def _some(self, choices: list) -> list:
        return self._random.sample(choices, self._random.randrange(min(4, len(choices)) + 1))

    def _thread(self, **more: object) -> dict:
        return {"threadId": self._of(self._threads), **more}

    def _variables(self) -> tuple[str, dict]:
        arguments = {"variablesReference": self._of(self._references)}
        if self.chance(0.3):
            arguments |= {"start": self._random.randrange(10), "count": self._random.randrange(1, 50)}
        return "variables", arguments

    def _evaluate(self) -> tuple[str, dict]:
        # Not where an expression may take for ever, until it is cancelled: in the console, for the clipboard.
        context = self._of(["watch", "hover", "variables"])
        arguments = {"expression": self._of(EXPRESSIONS), "context": context}
        return "evaluate", arguments | ({"frameId": self._of(self._frames)} if self.chance(0.8) else {})

    def _set_breakpoints(self) -> tuple[str, dict]:
        chosen = [{"line": line} for line in self._some(self._lines)]
        for one in chosen:
            if self.chance(0.3):
                one["condition"] = self._of(EXPRESSIONS[:8])
            if self.chance(0.2):
                one["hitCondition"] = self._of(["% 7", ">= 3", "nonsense"])
            if self.chance(0.2):
                one["logMessage"] = "at {turn}"
        return "setBreakpoints", {"source": {"path": str(PROGRAM)}, "breakpoints": chosen}

    def _set_function_breakpoints(self) -> tuple[str, dict]:
        return "setFunctionBreakpoints", {"breakpoints": [{"name": self._of(["once", "no.such", "failing"])}]}

    def _set_data_breakpoints(self) -> tuple[str, dict]:
        chosen = [{"dataId": one, "accessType": self._of(["write", "readWrite"])} for one in self._some(self._data)]
        return "setDataBreakpoints", {"breakpoints": chosen}

    def _set_variable(self) -> tuple[str, dict]:
        return "setVariable", {"variablesReference": self._of(self._references), "name": "total", "value": "3"}
