"""What to tell the user about an evaluation that was interrupted and does not end."""

from __future__ import annotations

import os

from .engine.engine import Engine
from .engine.threads import without_own
from .frames import frames_of_threads


def stuck_text(engine: Engine, ident: int) -> str:
    """Return a line that says where a thread, of the interpreter's number `ident`, waits in a call that goes on."""
    frames = without_own(frames_of_threads().get(ident))
    where = "a call"
    if frames:
        code = frames[0].f_code
        where = f"{code.co_qualname} ({os.path.basename(code.co_filename)}:{frames[0].f_lineno or code.co_firstlineno})"
    number = next((one for one in engine.stopped_threads() if engine.ident_of(one) == ident), 0)
    return (
        f"What was asked of thread {number} waits in {where}, which cannot be interrupted. "
        "Requests about this thread are answered when it returns; 'Stop' ends the program.\n"
    )
