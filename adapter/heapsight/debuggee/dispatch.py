"""Running requests: on the reader thread at any time, or on the stopped thread that the request is about.

A stopped thread runs its own requests, so that an evaluation sees the right thread-locals, context variables and
running loop. A request that waits for a thread is answered even when the program goes on before its turn comes.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from enum import Enum

from ..wire.messages import JsonBody, arguments_of, encode_response, error_response, output, response
from .arguments import integer
from .connection import Connection
from .errors import RequestError
from .interrupts import EvaluationInterrupted
from .originals import allocate_lock, get_ident, start_new_thread
from .program import Body, Program
from .records import record

Arguments = dict[str, object]
Answer = Body | JsonBody


@record
class Later:
    """The rest of an answer, which a thread of our own waits for while the handler's thread goes on.

    finish: called there; it raises what a handler raises, EvaluationInterrupted after `cancel`, which any thread calls.
    """

    finish: Callable[[], Answer]
    cancel: Callable[[], None]


Handler = Callable[[Program, Arguments], Answer | Later | None]


class Place(Enum):
    """Where a request runs, and so when it is legal."""

    READER = "on the reader thread, whether the program runs or not"
    THREAD = "on the stopped thread named by threadId"
    FRAME = "on the stopped thread of frameId, or on any stopped thread"
    REFERENCE = "on the stopped thread of variablesReference"
    ANY_STOPPED = "on any stopped thread"
    ANYWHERE = "on any stopped thread; on the reader thread where none is"


@record
class Command:
    """One line of the command table. `resumes`: the program goes on, which no evaluation that is late may hold up."""

    handler: Handler
    place: Place = Place.READER
    resumes: bool = False


class _State(Enum):
    WAITING = "waiting"
    RUNNING = "running"
    ANSWERED = "answered"


class Job:
    """A request on its way: answered exactly once, whatever happens."""

    def __init__(self, dispatcher: Dispatcher, request: Arguments) -> None:
        self._dispatcher = dispatcher
        self._state = _State.WAITING
        self.request = request
        self.thread: int | None = None  # that runs it
        self.later: Later | None = None
        self.was_cancelled = False

    def start(self) -> bool:
        """Claim the job for running on the calling thread; False when it was cancelled before."""
        self.thread = get_ident()
        return self._move({_State.WAITING}, _State.RUNNING)

    def cancel(self, message: str) -> bool:
        """Answer a job that has not started with an error; False when it has."""
        cancelled = self._move({_State.WAITING}, _State.ANSWERED)
        if cancelled:
            self._dispatcher.respond(self.request, message=message)
        return cancelled

    def answer(self, body: Answer | None = None, message: str | None = None) -> None:
        """Send the response, unless it was sent."""
        if self.settle():
            self._dispatcher.respond(self.request, body, message)

    def settle(self) -> bool:
        """Count the job as answered; False when it was before."""
        return self._move({_State.WAITING, _State.RUNNING}, _State.ANSWERED)

    @property
    def is_running(self) -> bool:
        """Whether it was started and is not answered."""
        return self._state is _State.RUNNING

    @property
    def sequence(self) -> int:
        """The request's own number."""
        number = self.request.get("seq")
        return number if isinstance(number, int) else 0

    def _move(self, allowed: set[_State], to: _State) -> bool:
        with self._dispatcher.lock:
            if self._state not in allowed:
                return False
            self._state = to
            if to is _State.ANSWERED:
                self._dispatcher.waiting.pop(self.sequence, None)
            return True


class Dispatcher:
    """Finds the handler and the thread for a request, and sends the answer."""

    def __init__(self, connection: Connection, table: dict[str, Command]) -> None:
        self._connection = connection
        self._table = table
        self.lock = allocate_lock()
        self.waiting: dict[int, Job] = {}

    def dispatch(self, program: Program, request: Arguments) -> None:
        """Run or queue one request of the client."""
        name = request.get("command")
        command = self._table.get(name) if isinstance(name, str) else None
        job = Job(self, request)
        if command is None:
            job.answer(message=f"Heapsight does not support the request {name!r}.")
            return
        if command.place is Place.READER or (command.place is Place.ANYWHERE and not program.engine.stopped_threads()):
            self._run(job, command, program)
            return
        try:
            thread_id = self._thread_for(command.place, program, arguments_of(request))
        except RequestError as error:
            job.answer(message=str(error))
            return
        with self.lock:
            self.waiting[job.sequence] = job
        if command.resumes:
            program.watchdog.hurry()
        if not program.engine.post(thread_id, lambda: self._run(job, command, program)):
            program.watchdog.calm()
            job.answer(message="The program is running; it has to be stopped for this.")

    def cancel(self, sequence: int | None, message: str) -> bool:
        """Answer the waiting request `sequence` (all of them for None) with an error."""
        with self.lock:
            jobs = [job for number, job in self.waiting.items() if sequence is None or number == sequence]
        if sequence is None:
            for later in [job.later for job in jobs if job.later is not None]:
                later.cancel()
        return any([job.cancel(message) for job in jobs])  # noqa: C419 - all of them

    def cancel_running(self, sequence: int) -> int | None:
        """Mark the request `sequence` as cancelled and return the thread to interrupt; None when there is none."""
        with self.lock:
            job = self.waiting.get(sequence)
            if job is None or not job.is_running:
                return None
            job.was_cancelled = True
            later = job.later
        if later is None:
            return job.thread
        later.cancel()
        return None

    def is_cancelled(self, thread: int) -> bool:
        """Say whether the request that `thread` runs was cancelled."""
        jobs = list(self.waiting.values())
        return any(job.thread == thread and job.is_running and job.was_cancelled and not job.later for job in jobs)

    def respond(self, request: Arguments, body: Answer | None = None, message: str | None = None) -> None:
        """Send the response to `request`: a success, or with `message` an error."""
        if isinstance(body, JsonBody):
            self._connection.send_body(encode_response(request, body))
            return
        self._connection.send(response(request, body) if message is None else error_response(request, message))

    def _run(self, job: Job, command: Command, program: Program) -> None:
        if job.start():
            self._answer(job, lambda: command.handler(program, arguments_of(job.request)), program)

    def _answer(self, job: Job, run: Callable[[], Answer | Later | None], program: Program) -> None:
        try:
            body = run()
        except RequestError as error:
            job.answer(message=str(error))
        except EvaluationInterrupted:
            job.answer(
                message="cancelled" if job.was_cancelled else "Interrupted: it took too long, or was asked to stop."
            )
        except Exception as error:  # noqa: BLE001 - the process edge: a fault of ours must not kill the user's thread
            job.settle()
            self.fault(job.request, error)
        except BaseException:
            # The program's own signal handler raised. It means the program, which gets it when it goes on.
            job.answer(message="A signal handler of the program raised meanwhile.")
            raise
        else:
            if isinstance(body, Later):
                self._answer_later(job, body, program)
            else:
                job.answer(body)

    def _answer_later(self, job: Job, later: Later, program: Program) -> None:
        with self.lock:
            job.later = later
            self.waiting[job.sequence] = job
        if job.was_cancelled:
            later.cancel()

        def wait() -> None:
            program.engine.hide_current_thread()
            self._answer(job, later.finish, program)

        try:
            start_new_thread(wait, ())
        except RuntimeError:  # there can be no more threads
            self._answer(job, later.finish, program)

    def fault(self, request: Arguments, error: Exception) -> None:
        """Answer `request` with an error that is ours, and show where it came from."""
        text = "".join(traceback.format_exception(error))
        self._connection.send(output(f"Heapsight failed to answer {request.get('command')!r}:\n{text}", "important"))
        self.respond(request, message=f"Internal error in Heapsight: {type(error).__name__}: {error}")
        # Its frames hold what they were looking at.
        error.__traceback__ = None

    def _thread_for(self, place: Place, program: Program, arguments: Arguments) -> int:
        stopped = program.engine.stopped_threads()
        if not stopped:
            raise RequestError("The program is running; it has to be stopped for this.")
        wanted: object = None
        if place is Place.THREAD:
            wanted = arguments.get("threadId")
        elif place is Place.FRAME and arguments.get("frameId") is not None:
            wanted = program.inspector.thread_of(integer(arguments, "frameId"))
        elif place is Place.REFERENCE:
            wanted = program.inspector.thread_of(integer(arguments, "variablesReference"))
        if isinstance(wanted, int) and wanted in stopped:
            return wanted
        # A thread that waits in a C call is shown with its stack but cannot run anything: another one reads for it.
        return next(iter(stopped))
