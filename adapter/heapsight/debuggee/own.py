"""Which code belongs to Heapsight itself, so that it is never shown, stepped into or counted."""

from __future__ import annotations

import os
from types import CodeType, FrameType

PACKAGE_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_RUNNING = os.path.join(PACKAGE_FOLDER, "debuggee", "running.py")


def is_own_code(code: CodeType) -> bool:
    """Say whether `code` was compiled from a file of this package."""
    return code.co_filename.startswith(PACKAGE_FOLDER)


def is_own_frame(frame: FrameType) -> bool:
    """Say whether `frame` runs code of this package."""
    return frame.f_code.co_filename.startswith(PACKAGE_FOLDER)


def is_start_of_program(frame: FrameType) -> bool:
    """Say whether `frame` is the one of ours that runs the user's program: what called it is not the program's."""
    code = frame.f_code
    return code.co_name == "run" and code.co_filename == _RUNNING
