"""The debuggers that are measured, each reached through the Debug Adapter Protocol on stdio by the same client."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).absolute().parent
HEAPSIGHT = HERE.parent / "adapter" / "heapsight"


@dataclass(frozen=True)
class Peer:
    """A debug adapter. `words` follow the interpreter on its command line."""

    name: str
    words: tuple[str, ...]
    configuration: Mapping[str, object]
    env: Mapping[str, str] = field(default_factory=dict)

    def command(self, python: str) -> list[str]:
        return [python, *self.words]

    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.env}

    def version(self, python: str) -> str:
        """Return the version of the debugger, as the interpreter that runs it finds it."""
        package = "heapsight" if self.name.startswith("heapsight") else "debugpy"
        path = str(HEAPSIGHT.parent)
        code = f"import sys; sys.path.insert(0, {path!r}); import {package}; print({package}.__version__)"
        return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


_DEBUGPY = ("-X", "frozen_modules=off", "-m", "debugpy.adapter")
_DEBUGPY_LAUNCH = {"type": "debugpy", "console": "internalConsole", "justMyCode": True}
_HEAPSIGHT_LAUNCH = {"type": "heapsight", "console": "internalConsole", "justMyCode": True}

PEERS = {
    peer.name: peer
    for peer in (
        Peer("heapsight", (str(HEAPSIGHT), "adapter"), _HEAPSIGHT_LAUNCH),
        Peer("debugpy", _DEBUGPY, _DEBUGPY_LAUNCH),
        Peer("debugpy+nodelay", _DEBUGPY, _DEBUGPY_LAUNCH, {"PYTHONPATH": str(HERE / "nodelay")}),
        *(
            Peer(f"heapsight-{engine}", (str(HEAPSIGHT), "adapter"), {**_HEAPSIGHT_LAUNCH, "engine": engine})
            for engine in ("settrace", "settrace-python", "frame-evaluation")
        ),
    )
}
DEFAULT_PEERS = ("heapsight", "debugpy", "debugpy+nodelay")
