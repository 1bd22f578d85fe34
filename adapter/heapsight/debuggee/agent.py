"""The agent: a small DAP server inside the user's program. This is where its parts are put together."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ..wire.framing import Message
from ..wire.messages import arguments_of, event
from .children import ChildAddress, ChildProcesses
from .client import ClientFeatures, features_of
from .command_table import COMMANDS
from .connection import Connection, connect
from .data_ids import DataIds
from .dispatch import Dispatcher
from .engine.engine import Engine
from .engine.scope import Scope
from .engine.watchpoints.watch import Describing
from .errors import RequestError
from .gui_events import GuiEvents
from .handlers.exceptions import exception_in
from .handlers.raw_memory import memory_may_have_changed
from .holding import Holder
from .hooks import ProcessHooks
from .inspection.inspector import Inspector
from .inspection.text.saferepr import text as short_text
from .interrupts import Watchdog
from .loaded_modules import LoadedModules
from .memory.plain_text import describe as plain_description
from .memory.report import MemoryInspector
from .memory_rows import memory_row
from .observer import EventObserver
from .options import AutoReload, Options, options_from
from .originals import allocate_lock, start_new_thread
from .program import Body, Program
from .source_references import SourceReferences
from .undebugged import answer_undebugged

if TYPE_CHECKING:
    from .reloading.watcher import Reloader
    from .templates.languages import Templates


# How late a signal may be handled that ended no wait.
_SIGNAL_SECONDS: Final = 0.5


class Gate:
    """Closed at first; `wait` returns when it has been opened."""

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._lock.acquire()
        self.is_open = False

    def open(self) -> None:
        """Let everybody through, now and later. Safe to call twice."""
        if not self.is_open:
            self.is_open = True
            self._lock.release()

    def wait(self) -> None:
        """Wait until the gate is open. Signals are handled meanwhile, however they arrive."""
        # A signal ends no wait that it came just before, that another thread received it for, or on Windows.
        while not self.is_open:
            if self._lock.acquire(timeout=_SIGNAL_SECONDS):
                self._lock.release()


class Agent:
    """One link to an adapter; one debug session at a time on it."""

    def __init__(self, connection: Connection) -> None:
        self.debugs_children = True
        self._begin(connection)

    def _begin(self, connection: Connection) -> None:
        # Not once in a life: a forked child begins anew, with a link of its own.
        self.process = os.getpid()
        self._connection = connection
        self._dispatcher = Dispatcher(connection, COMMANDS)
        self._program: Program | None = None
        self._client = ClientFeatures()
        self._hooks: ProcessHooks | None = None
        self._reloader: Reloader | None = None
        self._children: ChildProcesses | None = None
        # The program, where it was given as text and not as a file.
        self.program_text: str | None = None
        self._observer = EventObserver(
            self._send_event, self._connection.send_body, self._before_stop, self._after_stop
        )
        self._configured = Gate()
        self._started = False
        self._life_cycle: dict[str, Callable[[Message], None]] = {
            "initialize": self._on_initialize,
            "launch": self._on_begin,
            "attach": self._on_begin,
            "configurationDone": self._on_configuration_done,
            "cancel": self._on_cancel,
            "terminate": self._on_terminate,
            "disconnect": self._on_disconnect,
        }

    @property
    def is_linked(self) -> bool:
        """Whether there is an adapter, with a client or without."""
        return self._connection.alive

    @property
    def client_connected(self) -> bool:
        """Whether a client is debugging now."""
        return self._program is not None and self._connection.alive

    def start(self) -> None:
        """Begin to answer requests, on a thread of our own."""
        start_new_thread(self._read, ())

    def wait_until_configured(self) -> bool:
        """Wait until the client has set its breakpoints; False when it went away instead."""
        self._configured.wait()
        return self.client_connected

    def wait_for_client(self) -> None:
        """Wait until a client has attached and set its breakpoints."""
        self._configured.wait()
        self.trace_this_thread()

    def trace_this_thread(self) -> None:
        """Make sure that the calling thread is seen, which it may have to ask for itself where settrace is used."""
        if self._program is not None:
            self._program.engine.install()

    def program_will_start(self) -> None:
        """Take over: called on the main thread right before the program's first line."""
        program = self._program
        if program is None:
            return
        self._started = True
        self._take_over(program)
        if program.options.stop_on_entry and not program.options.no_debug:
            program.engine.stop_on_entry()

    def debug_forked_children(self, at: ChildAddress) -> None:
        """Debug what this process forks, though nobody debugs the process itself."""
        self._children = self._child_processes(at)
        self._children.install()

    def stop_here(self) -> None:
        """`breakpoint()`: stop the calling thread in the nearest frame of the user's."""
        if self._program is not None and not self._program.options.no_debug:
            self._program.engine.stop_here()

    def report_uncaught(self, error: BaseException) -> None:
        """Stop on the exception that ends the program, where the client wants that."""
        if self._program is not None and not self._program.options.no_debug:
            self._program.engine.report_uncaught(error)

    def finish(self, exit_code: int | None) -> None:
        """Send what is left and the exit code, where it is known. Nothing stops any more after this."""
        self._end_program()
        self._connection.send(event("heapsight/exiting", {} if exit_code is None else {"exitCode": exit_code}))

    def _send_event(self, name: str, body: Body) -> None:
        self._connection.send(event(name, body))

    def _say(self, text: str) -> None:
        self._send_event("output", {"category": "console", "output": text})

    def _before_stop(self) -> None:
        if self._reloader is not None:
            self._reloader.notice()

    def _after_stop(self) -> None:
        if self._program is not None:
            self._program.modules.report_changes()
            memory_may_have_changed(self._program)

    def _read(self) -> None:
        while (message := self._connection.read()) is not None:
            if message.get("type") == "request":
                self._take(message)
        # The client or its adapter is gone: the program goes on as if it had never been there.
        self._end_program()
        self._configured.open()

    def _take(self, request: Message) -> None:
        handler = self._life_cycle.get(str(request.get("command")))
        try:
            if handler is not None:
                handler(request)
            elif self._program is None:
                raise RequestError("There is no debug session yet: it begins with 'launch' or 'attach'.")
            elif (body := self._undebugged(self._program, request)) is not None:
                self._dispatcher.respond(request, body)
            else:
                self._dispatcher.dispatch(self._program, request)
        except RequestError as error:
            self._dispatcher.respond(request, message=str(error))
        except Exception as error:  # noqa: BLE001 - the process edge: the reader has to live on, every request is answered
            self._dispatcher.fault(request, error)

    def _undebugged(self, program: Program, request: Message) -> Body | None:
        if not program.options.no_debug:
            return None
        return answer_undebugged(request.get("command"), arguments_of(request))

    def _on_initialize(self, request: Message) -> None:
        self._client = features_of(arguments_of(request))
        self._dispatcher.respond(request, {})

    def _on_begin(self, request: Message) -> None:
        arguments = request.get("arguments")
        options = options_from(arguments if isinstance(arguments, dict) else {}, self._client)
        if self._program is not None:
            raise RequestError("A client is debugging this program already.")
        self._program = self._compose(options)
        if options.trace_allocations:
            from .memory.capture.sites import set_traced_frames

            set_traced_frames(options.trace_allocations)
        self._program.engine.hide_current_thread()
        self._dispatcher.respond(request)

    def _on_configuration_done(self, request: Message) -> None:
        if self._program is not None and self._started:
            # A second client of a program that runs: there is no start to wait for.
            self._take_over(self._program)
        self._dispatcher.respond(request)
        self._configured.open()

    def _on_cancel(self, request: Message) -> None:
        arguments = request.get("arguments")
        number = arguments.get("requestId") if isinstance(arguments, dict) else None
        if isinstance(number, int) and not self._dispatcher.cancel(number, "cancelled") and self._program is not None:
            thread = self._dispatcher.cancel_running(number)
            if thread is not None:
                self._program.watchdog.interrupt(thread)
        self._dispatcher.respond(request)

    def _on_terminate(self, request: Message) -> None:
        self._dispatcher.respond(request)
        self._end_program()
        if arguments_of(request).get("heapsight/endYourself") is True:
            import signal

            os.kill(os.getpid(), signal.SIGTERM)

    def _on_disconnect(self, request: Message) -> None:
        self._end_program()
        if self._configured.is_open:
            # Whoever waits at a gate that is closed still waits, for the next client or for the end of the link.
            self._configured = Gate()
        self._dispatcher.respond(request)

    def attach_to_running_program(self) -> None:
        """Say that the program runs already: a client that attaches has no start to wait for."""
        self._started = True

    def _take_over(self, program: Program) -> None:
        if program.options.no_debug:
            self._hooks = _hooks_for(program, self._observer)
            self._hooks.install_capture()
            return
        program.engine.install()
        if self._hooks is not None:
            # The program listened for its client before it was run: taken over when the client was ready.
            return
        self._hooks = _hooks_for(program, self._observer)
        self._hooks.install()
        if program.options.auto_reload is not None:
            self._reloader = _reloader(program, program.options.auto_reload)
            self._reloader.start(program.engine.hide_current_thread)
        if self.debugs_children and program.options.sub_process:
            self._children = self._child_processes(program.options.children)
            self._children.install()

    def _child_processes(self, at: ChildAddress | None) -> ChildProcesses:
        return ChildProcesses(
            at,
            started_without_us=self._say_children_run_alone,
            forked=self._begin_in_child,
            replacing=lambda: self._connection.send(event("heapsight/replacing", {})),
            leaving=self.finish,
            has_one_thread=lambda: self._program is not None and len(self._program.engine.threads()) == 1,
        )

    def _say_children_run_alone(self) -> None:
        text = "The program has started a process that is not debugged: this client opens no sessions for children.\n"
        self._send_event("output", {"category": "console", "output": text})

    def _begin_in_child(self, at: ChildAddress) -> None:
        """Debug the forked child that this is: on the thread that forked, the only one there is."""
        host, _, port = at.address.rpartition(":")
        try:
            connection = connect(host, int(port), at.token)
        except OSError:
            # The debugger is gone; the child runs all the same.
            return
        self._begin(connection)
        self.start()
        if self.wait_until_configured():
            self.program_will_start()

    def _compose(self, options: Options) -> Program:
        scope = Scope(options.just_my_code, options.project_roots, options.rules)
        templates = _templates(options)
        engine = Engine(
            self._observer,
            backend=options.backend,
            scope=scope,
            show_returned=options.show_returned,
            foreign=templates,
            exit_codes=options.exit_codes,
            idle=GuiEvents(options.gui_event_loop, self._say).handle,
            describing=Describing(full=short_text, quiet=plain_description),
        )
        holder = Holder()
        sources = SourceReferences(lambda: self.program_text)
        memory: MemoryInspector
        inspector = Inspector(
            holder,
            is_mine=scope.is_mine,
            source_of=sources.source_of,
            extra_row=(lambda held, name: memory_row(memory, held, name)) if options.memory_children else None,
            memory_references=options.client.memory_references,
            exception_in=lambda frame: exception_in(engine, frame),
            arrangement=options.arrangement,
        )
        memory = MemoryInspector(
            holder,
            short_text=short_text,
            frames=lambda: {thread.id: engine.frames(thread.id) for thread in engine.threads()},
            frame_id=inspector.frame_id,
        )
        watchdog = Watchdog(engine.hide_current_thread, self._dispatcher.is_cancelled, self._tell_stuck)
        modules = LoadedModules(scope.is_mine, self._send_event)
        data_ids = DataIds(engine.is_watched)
        return Program(
            options,
            engine,
            holder,
            inspector,
            memory,
            modules,
            sources,
            data_ids,
            watchdog,
            self._send_event,
            templates,
        )

    def _tell_stuck(self, ident: int) -> None:
        if self._program is not None:
            self._program.tell_stuck(ident)

    def _end_program(self) -> None:
        program, self._program = self._program, None
        if program is None:
            return
        self._dispatcher.cancel(None, "The debug session has ended.")
        program.watchdog.interrupt()
        program.watchdog.close()
        if self._children is not None:
            self._children.remove()
            self._children = None
        if self._reloader is not None:
            self._reloader.stop()
            self._reloader = None
        if self._hooks is not None:
            self._hooks.remove()
            self._hooks = None
        program.release_stop()
        program.engine.uninstall()


def _reloader(program: Program, wanted: AutoReload) -> Reloader:
    from .reloading.watcher import Reloader

    return Reloader(
        seconds=wanted.seconds,
        include=wanted.include,
        exclude=wanted.exclude,
        say=lambda text: program.send_event("output", {"category": "console", "output": text}),
        reloaded=program.engine.file_changed,
    )


def _templates(options: Options) -> Templates | None:
    if not (options.jinja or options.django):
        return None
    from .templates.languages import Templates

    return Templates(jinja=options.jinja, django=options.django, hides_libraries=options.just_my_code)


def _hooks_for(program: Program, observer: EventObserver) -> ProcessHooks:
    # Output names the user's own line even where library frames are shown.
    return ProcessHooks(program.engine, program.options, observer.printed, Scope(just_my_code=True).is_mine)
