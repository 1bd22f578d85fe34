"""What a debug session replaces in the process, and puts back: `breakpoint()`, the end of threads, standard output."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from types import CodeType

from .engine.engine import Engine
from .options import Options
from .output import OutputCapture, OutputSink


class ProcessHooks:
    """The hooks of one session. What the program has replaced after us is left alone."""

    def __init__(self, engine: Engine, options: Options, sink: OutputSink, is_mine: Callable[[CodeType], bool]) -> None:
        self._engine = engine
        self._original_breakpointhook = sys.breakpointhook
        self._original_excepthook = threading.excepthook
        self._capture: OutputCapture | None = None
        if options.redirect_output:
            self._capture = OutputCapture(sink, is_mine, keep_raw=options.keep_raw_output)
        if hasattr(os, "register_at_fork"):
            # A forked child has no client to talk to.
            os.register_at_fork(after_in_child=self.remove)

    def install(self) -> None:
        """Put the hooks in place."""
        if os.environ.get("PYTHONBREAKPOINT") != "0":
            sys.breakpointhook = self._breakpoint
        threading.excepthook = self._thread_failed
        self.install_capture()

    def install_capture(self) -> None:
        """Take over standard output, where that is wanted, and nothing else."""
        if self._capture is not None:
            self._capture.install()

    def remove(self) -> None:
        """Put back what was there."""
        if self._capture is not None:
            self._capture.remove()
        if sys.breakpointhook == self._breakpoint:
            sys.breakpointhook = self._original_breakpointhook
        if threading.excepthook == self._thread_failed:
            threading.excepthook = self._original_excepthook

    def _breakpoint(self, *_arguments: object, **_options: object) -> None:
        self._engine.stop_here()

    def _thread_failed(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and args.exc_type is not SystemExit:
            self._engine.report_uncaught(args.exc_value)
        self._original_excepthook(args)
