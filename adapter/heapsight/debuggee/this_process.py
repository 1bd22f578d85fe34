"""What this process has been told about debugging it: one agent a process, and settings made before there is one."""

from __future__ import annotations

import sys

from .agent import Agent


class ThisProcess:
    """The agent of this process, once there is one; `settings` are those of `heapsight.configure`."""

    def __init__(self) -> None:
        self.agent: Agent | None = None
        self.log_folder: str | None = None
        self.settings: dict[str, object] = {"subProcess": True, "qt": "none", "python": sys.executable}


this_process = ThisProcess()
