"""What the engine decides at each event of the program, and what a stop is made of."""

from __future__ import annotations

from types import FrameType, TracebackType

from ..frames import frames_of_threads, release_locals
from ..records import replace
from .arming import what_to_see
from .backends.base import BackendKind
from .breakpoints.judging import Judging
from .exceptions.exit_codes import ExitCodes
from .exceptions.filters import ExceptionFilters
from .foreign import Foreign
from .interest import Interest
from .model import Breakpoint, ExceptionStop, Stop, StopReason
from .observer import Observer
from .parking import Parking
from .parts import abandon_in_forks, make_backend, make_table
from .scope import Scope
from .stepping.jumps import Jumps
from .stepping.motion import Motion, Where
from .threads import Idle, Threads, thread_name, without_own
from .watchpoints.creations import Creations
from .watchpoints.data_breakpoints import DataBreakpoints, DataStop
from .watchpoints.watch import Describing


class Deciding(Interest):
    """Takes the events of a back end: stops the thread that one happens in, or lets it go on."""

    def __init__(
        self,
        observer: Observer,
        *,
        backend: BackendKind | None = None,
        scope: Scope,
        show_returned: bool = True,
        foreign: Foreign | None = None,
        describing: Describing | None = None,
        exit_codes: ExitCodes | None = None,
        idle: Idle | None = None,
    ) -> None:
        """`show_returned`: have the stop at the end of a step tell what functions returned during the step.

        `idle`: what the main thread does again and again while it is stopped.
        """
        is_mine = scope.is_mine if foreign is None else foreign.widened(scope.is_mine)
        table = make_table(foreign, observer.breakpoint_changed, scope.is_mine)
        data = DataBreakpoints(
            table.new_id, observer.breakpoint_changed, describing or Describing(), observer.logged, self
        )
        super().__init__(
            table, data, Creations(self._arm, is_mine, self.stop_for_data), is_mine, show_returned=show_returned
        )
        self._observer = observer
        self.scope = scope
        self._foreign = foreign
        self._threads = Threads(self._thread_ended)
        self._judging = Judging(observer.logged, foreign)
        self.is_watched = data.is_set
        self._filters = ExceptionFilters(scope.is_mine, exit_codes)
        self.jumps = Jumps(self._threads, table.is_same_file, observer.stopped)
        # The instruction whose breakpoints each thread has met already, with the line that begins there.
        self._judged: dict[int, tuple[int, int]] = {}
        self._parking = Parking(self._threads, self, idle)
        self._backend = make_backend(self, backend, self._thread_begins)
        abandon_in_forks(self)

    # -- begin and end -------------------------------------------------------------------------------------------------

    def install(self) -> None:
        """Begin to see the program: the calling thread, later ones, and others as far as the version allows."""
        for ident in self._threads.frames():
            self._threads.id_of(ident)
        self._backend.install()

    def uninstall(self) -> None:
        """Let everything go on, and leave no tracing behind."""
        self._breakpoints.clear()
        self._data.clear()
        self.creations.clear()
        self._expected.clear()
        self._filters.set_rules(())
        self._motions.clear()
        self._judged.clear()
        self._backend.uninstall()
        self._parking.release_all()

    def abandon(self) -> None:
        """Uninstall in a forked child, where locks may be held by threads that do not exist there."""
        self._parking.forked()
        self._backend.forked()
        self.uninstall()

    # -- what the back end tells ---------------------------------------------------------------------------------------

    def line(self, ident: int, frame: FrameType, line: int) -> None:
        """Decide at a line that is about to run."""
        threads, table = self._threads, self._breakpoints
        if ident in threads.parked or ident in threads.hidden:
            return
        if self._data.active:
            # What the line before has written comes first.
            self._data.line(ident, frame)
        bps = table.reached(frame, line)
        within = table.at_offset(frame.f_code, frame.f_lasti) if table.has_offsets else ()
        if within:
            # The instruction is told next, but one stop is enough for both.
            bps = (*bps, *within)
            self._judged[ident] = (id(frame.f_code), frame.f_lasti)
        hit, text = self._judging.reached(frame, bps, line) if bps else ((), None)
        motion = self._motions.get(ident)
        if motion is None and not hit:
            return
        arrived = motion is not None and motion.wants(frame, line, self._is_mine)
        if motion is not None and arrived and self._foreign is not None and self._foreign.is_in(frame):
            arrived = motion.wants_place(frame, self._foreign.place(frame, line))
        if motion is not None and arrived:
            hit, text = (*hit, *motion.breakpoints), text or motion.text
        if bps and hit:
            self._park(ident, frame, StopReason.BREAKPOINT, breakpoints=hit, text=text, before_line=True)
        elif motion is not None and arrived:
            self._park(ident, frame, motion.reason, silent=motion.silent, breakpoints=hit, text=text, before_line=True)

    def instruction(self, ident: int, frame: FrameType, offset: int) -> None:
        """Decide at an instruction that is about to run."""
        if ident in self._threads.parked or self._threads.is_hidden(ident):
            return
        if self._data.active and not self._data.is_dull(ident, frame, offset):
            self._data.instruction(ident, frame, offset)
        if self._judged and self._judged.pop(ident, None) == (id(frame.f_code), offset):
            return
        bps = self._breakpoints.at_offset(frame.f_code, offset)
        hit, text = self._judging.reached(frame, bps, frame.f_lineno) if bps else ((), None)
        motion = self._motions.get(ident)
        if motion is not None and motion.reaches_target(frame, offset):
            self._arm()
        arrived = motion is not None and motion.wants_instruction(frame, offset, self._is_mine)
        if hit:
            self._park(ident, frame, StopReason.BREAKPOINT, breakpoints=hit, text=text)
        elif arrived:
            self._park(ident, frame, StopReason.STEP)

    def entered(self, ident: int, frame: FrameType) -> None:
        """Decide where a function with function breakpoints begins; it stops at its first line."""
        if ident in self._threads.parked or self._threads.is_hidden(ident):
            return
        hit, text = self._judging.reached(frame, self._breakpoints.entry_for(frame.f_code), frame.f_lineno)
        if hit:
            self._motions[ident] = Motion(
                StopReason.FUNCTION_BREAKPOINT, Where.FRAMES, start=frame, stays=True, breakpoints=hit, text=text
            )
            self._arm()

    def left(self, ident: int, frame: FrameType, suspended: bool, value: object) -> None:
        """Take notice of the end of a frame that a step began in, or that has created an object."""
        if self.creations.codes and not suspended and ident not in self._threads.parked:
            self.creations.left(ident, frame, value)
        if not suspended and self._data.active and self._data.frame_ended(frame):
            self._arm()
        motion = self._motions.get(ident)
        if motion is not None and motion.left(frame, suspended=suspended, value=value):
            self._arm()

    def raised(
        self, ident: int, frame: FrameType, exception: BaseException, traceback: TracebackType | None = None
    ) -> None:
        """Decide on an exception that appeared in a frame."""
        if ident not in self._threads.parked and not self._threads.is_hidden(ident):
            stop = self._filters.on_raise(frame, exception, traceback)
            if stop is not None:
                self._stop_on(ident, frame, stop)
        else:
            self._filters.unseen(exception)

    def unwound(
        self, ident: int, frame: FrameType, exception: BaseException, traceback: TracebackType | None = None
    ) -> None:
        """Decide on an exception that leaves a frame."""
        if not self.may_leave_user_code(frame):
            return
        if ident not in self._threads.parked and not self._threads.is_hidden(ident):
            found = self._filters.on_unwind(frame, exception, traceback)
            if found is not None:
                self._stop_on(ident, *found)
        else:
            self._filters.unseen(exception)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _arm(self, *, breakpoints_changed: bool = False) -> None:
        motions = list(self._motions.items())
        frames = [frame for ident, motion in motions for frame in self._watched_frames(ident, motion)]
        lasting = self._data.frames()
        armed = what_to_see(
            [motion for _, motion in motions],
            frames,
            lasting,
            self._filters,
            breakpoints_changed=breakpoints_changed,
            results=self._show_returned,
            creators=self.creations.codes,
        )
        self._backend.arm(armed, [*frames, *lasting])

    def _watched_frames(self, ident: int, motion: Motion) -> list[FrameType]:
        """Return the frames, of those that thread `ident` is in, whose lines can end its motion."""
        stack = without_own(self._frame_of(ident))
        if motion.start is not None and motion.start not in stack:
            stack.append(motion.start)  # a generator that waits
        return [frame for frame in stack if motion.watches(frame, self._is_mine)]

    def stop_for_data(self, ident: int, frame: FrameType, data: DataStop) -> None:
        """Stop for what was noticed about watched places."""
        self._park(ident, frame, StopReason.DATA_BREAKPOINT, breakpoints=data.breakpoints, text=data.text, data=data)

    def _stop_on(self, ident: int, frame: FrameType, stop: ExceptionStop) -> None:
        self._park(ident, frame, StopReason.EXCEPTION, exception=stop, text=stop.text)

    def _park(
        self,
        ident: int,
        frame: FrameType,
        reason: StopReason,
        *,
        breakpoints: tuple[Breakpoint, ...] = (),
        exception: ExceptionStop | None = None,
        text: str | None = None,
        silent: bool = False,
        data: DataStop | None = None,
        before_line: bool = False,
    ) -> None:
        """Wait, on the calling thread, until it is resumed."""
        if self._threads.is_hidden(ident):
            return
        if self._data.active and not silent:
            breakpoints, text = self._data.also(frame, breakpoints, text)
        motion = self._motions.pop(ident, None)
        returned = tuple(motion.returned.items()) if motion is not None and self._show_returned else ()
        location = next((bp.location for bp in breakpoints if bp.location is not None), None)
        stop = Stop(self._threads.begin(), reason, frame, breakpoints, exception, text, location, returned)
        if data is not None:
            stop = replace(stop, headline=data.headline, span=data.span)
        if reason is StopReason.BREAKPOINT and any(bp.spec.instruction is not None for bp in breakpoints):
            reason = StopReason.INSTRUCTION_BREAKPOINT
        stop = replace(stop, before_line=before_line, reason=reason)
        del motion, returned
        release_locals(frame)
        self._parking.wait(ident, stop, silent=silent)

    def has_arrived(self, ident: int) -> None:
        """Forget where a thread was going to: it stops."""
        self._motions.pop(ident, None)

    def first_stop(self, ident: int, stop: Stop) -> None:
        """Have the other threads stop, too, and tell of the stop."""
        self._stop_others(ident)
        self._observer.stopped(stop)

    def _stop_others(self, ident: int) -> None:
        others = [other for other in self._threads.frames() if other != ident and other not in self._threads.parked]
        for other in others:
            # In the user's code only: inside a library it may hold a lock that an evaluation will want.
            self._motions[other] = Motion(StopReason.PAUSE, Where.MINE, silent=True)
        if others:
            self._arm()

    def _frame_of(self, ident: int) -> FrameType | None:
        parked = self._threads.parked.get(ident)
        return parked.stop.frame if parked is not None else frames_of_threads().get(ident)

    def _thread_begins(self, ident: int, thread: object) -> None:
        if not self._threads.is_hidden(ident) and not self._threads.has_begun():
            number = self._threads.begin()
            self._observer.thread_started(number, thread_name(ident, number, thread))

    def _thread_ended(self, ident: int, number: int | None) -> None:
        self._motions.pop(ident, None)
        self._judged.pop(ident, None)
        self._data.thread_ended(ident)
        self._threads.parked.pop(ident, None)
        if number is not None:
            self._observer.thread_exited(number)
