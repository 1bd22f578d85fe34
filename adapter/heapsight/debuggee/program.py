"""The parts of one debug session, as the handlers see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FrameType
from typing import TYPE_CHECKING

from .data_ids import DataIds
from .engine.engine import Engine
from .errors import RequestError
from .holding import Holder
from .inspection.inspector import Inspector
from .interrupts import Watchdog
from .loaded_modules import LoadedModules
from .memory.report import MemoryInspector
from .options import Options
from .records import record
from .source_references import SourceReferences

if TYPE_CHECKING:
    from .templates.languages import Templates

Body = Mapping[str, object]
EventSender = Callable[[str, Body], None]


@record
class Program:
    """The user's program under the debugger."""

    options: Options
    engine: Engine
    holder: Holder
    inspector: Inspector
    memory: MemoryInspector
    modules: LoadedModules
    sources: SourceReferences
    data_ids: DataIds
    watchdog: Watchdog
    send_event: EventSender
    templates: Templates | None = None

    def frames(self, thread_id: int) -> list[FrameType]:
        """Return the user's frames of a thread, innermost first.

        Raises RequestError when there is no such thread.
        """
        frames = self.engine.frames(thread_id)
        if not frames:
            raise RequestError(f"Thread {thread_id} has no Python frames; it may have ended.")
        return frames if self.templates is None else self.templates.present(frames)

    def tell_stuck(self, ident: int) -> None:
        """Tell the user where a thread waits whose evaluation cannot be ended; `ident` is the interpreter's number."""
        from .stuck import stuck_text

        self.send_event("output", {"category": "important", "output": stuck_text(self.engine, ident)})

    def release_stop(self) -> None:
        """Drop everything that was held for the stop that ends now."""
        self.data_ids.forget_passing()
        self.memory.release()
        self.inspector.release()
        self.holder.release()
        if self.templates is not None:
            self.templates.release()
