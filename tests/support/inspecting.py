"""Looking at a frame of a test the way a client does, every body checked against the protocol."""

import json
import sys
from types import FrameType

from heapsight.debuggee.holding import Holder
from heapsight.debuggee.inspection.inspector import Inspector
from support import schema

THREAD = 7


class Looking:
    """A client that looks at `frames` (innermost first) of one stopped thread."""

    def __init__(self, *frames: FrameType, extra_row=None, is_mine=lambda code: True) -> None:
        self.holder = Holder()
        self.inspector = Inspector(self.holder, is_mine=is_mine, extra_row=extra_row, memory_references=True)
        self._frames = frames or (sys._getframe(1),)

    def release(self) -> None:
        """Let the program go on."""
        self.inspector.release()
        self.holder.release()

    def frames(self, start=0, levels=0) -> list[dict]:
        return self.body("stackTrace", self.inspector.stack_trace(THREAD, self._frames, start, levels))["stackFrames"]

    @property
    def top(self) -> int:
        return self.frames(0, 1)[0]["id"]

    def scope(self, name: str, frame: int = 0) -> int:
        """Return the reference of a scope."""
        scopes = self.body("scopes", self.inspector.scopes(self.frames()[frame]["id"]))["scopes"]
        return {scope["name"]: scope["variablesReference"] for scope in scopes}[name]

    def scopes(self, frame: int = 0) -> list[str]:
        return [scope["name"] for scope in self.inspector.scopes(self.frames()[frame]["id"])["scopes"]]

    def rows(self, reference: int, filter=None, start=0, count=0, **options) -> list[dict]:
        body = self.inspector.variables(reference, filter, start, count, **options)
        return self.body("variables", json.loads(body))["variables"]

    def named(self, reference: int) -> dict[str, dict]:
        """Return all rows by name; each name once."""
        rows = self.rows(reference)
        names = [row["name"] for row in rows]
        assert len(set(names)) == len(names), names
        return dict(zip(names, rows, strict=True))

    def local(self, name: str, frame: int = 0) -> dict:
        return self.named(self.scope("Locals", frame))[name]

    def inside(self, name: str) -> dict[str, dict]:
        """Return what is in a local variable of the innermost frame, groups opened."""
        return self.opened(self.local(name)["variablesReference"])

    def opened(self, reference: int) -> dict[str, dict]:
        found = self.named(reference)
        for row in list(found.values()):
            if row["name"] in ("special variables", "function variables", "class variables"):
                found.update(self.named(row["variablesReference"]))
        return found

    def evaluate(self, expression: str, context="watch", **options) -> dict:
        body = self.inspector.evaluate(expression, self.top, context, **options)
        return self.body("evaluate", body)

    def run(self, code: str) -> str:
        """Type into the console."""
        return self.evaluate(code, "repl")["result"]

    def set(self, reference: int, name: str, value: str) -> dict:
        return self.body("setVariable", self.inspector.set_variable(reference, name, value))

    @staticmethod
    def body(command: str, body: dict) -> dict:
        # Of a thousand rows that are made alike, checking a few takes a hundredth of the time.
        checked = {key: part[:20] if isinstance(part, list) else part for key, part in body.items()}
        message = {"seq": 1, "type": "response", "request_seq": 1, "success": True, "command": command, "body": checked}
        schema.check(message)
        return body

    def expand(self, reference: int, depth: int) -> int:
        """Expand everything but what is read lazily, to a depth; return how many rows there were."""
        rows = json.loads(self.inspector.variables(reference, None, 0, 50))["variables"]
        total = len(rows)
        for row in rows:
            if depth and row["variablesReference"] and not row.get("presentationHint", {}).get("lazy"):
                total += self.expand(row["variablesReference"], depth - 1)
        return total
