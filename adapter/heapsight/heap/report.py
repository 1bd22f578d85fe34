"""Everything that a report tells of one snapshot, gathered from the answers of the heap worker's own commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Ask = Callable[..., dict[str, Any]]

# How many rows of each kind a report has. Each answer also has the `total`.
ROWS = {"types": 1000, "duplicates": 50, "sparse": 50, "cycles": 50, "nativeHeld": 50, "dominated": 50}
_BRANCHES, _LEAVES = 10, 8
# Of a path with more steps, both ends.
_STEPS = 40


def gather(ask: Ask, progress: Callable[[str, float], None]) -> dict[str, Any]:
    """Return the report: `summary`, `suspects` with `steps`, `types`, `dominators` …, each as docs/protocol.md has it.

    `ask(command, **arguments)` puts a question about the snapshot.
    """
    progress("Searching suspects", 0.1)
    summary = ask("summary")
    suspects = []
    for each in summary["suspects"]:
        place = each["accumulation"]["node"]
        suspects.append({**each, "steps": ask("path", node=place, count=_STEPS)["steps"]})
    report: dict[str, Any] = {"summary": summary, "suspects": suspects}
    for number, (name, key) in enumerate(_QUESTIONS.items()):
        progress("Gathering", 0.3 + 0.7 * number / len(_QUESTIONS))
        report[key] = ask(name, count=ROWS[name], **_MORE.get(name, {}))
    for row in (*report["dominators"]["rows"], *report["sparse"]["rows"]):
        row["path"] = ask("path", node=row["node"], count=2)["expression"]
    for row in report["duplicates"]["rows"]:
        row["path"] = ask("path", node=row["nodes"][0], count=2)["expression"]
    for row in report["dominators"]["rows"][:_BRANCHES]:
        row["dominates"] = ask("dominated", node=row["node"], count=_LEAVES)
    return report


# Of hundreds of cycles most are the same ones again.
_MORE = {"cycles": {"alike": True}}
_QUESTIONS = {
    "types": "types",
    "dominated": "dominators",
    "duplicates": "duplicates",
    "sparse": "sparse",
    "cycles": "cycles",
    "nativeHeld": "nativeHeld",
}
