"""The data breakpoints of a program: which instructions are waited for, and what is noticed at them.

Before an instruction that may write a watched place it is told, from the values on the evaluation stack, whether it
does. If so, the place is looked at before and after: what changed between was written by that instruction, or during
that call. What had changed before was written by code that is not watched, and is told as that.

Code is looked through when it begins to run for the first time. Only what runs already, or may go on without beginning
again (generators), is looked for when a breakpoint is set.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from types import CodeType, FrameType

from ...frame_layout import words_of
from ...frames import SUSPENDS, running_frames
from ...own import is_own_code
from ...records import record
from ..breakpoints.code_lines import find_code
from ..expressions.conditions import make_test
from ..model import Breakpoint, BreakpointSpec, SiteOfCode
from .changes import Change, Notice
from .known import Describe, Known
from .made_since import MadeSince
from .matching import concerns
from .modules import namespace_of
from .places import HIDDEN, MISSING, LocalPlace, NamespacePlace, Place
from .provenance import Provenance
from .searching import sites_of
from .sites import Body, Site, Subject
from .watch import DataSpec, Describing, Watch

_NONE: frozenset[int] = frozenset()
_NOT_IMPORTED = "The module has not been imported yet."


@record
class _ArmedCode:
    code: CodeType
    by_offset: dict[int, tuple[tuple[Watch, Site], ...]]
    offsets: frozenset[int]


@record
class _Pending:
    """An instruction that writes, perhaps, and is not done yet."""

    frame: int
    watch: Watch
    site: Site


class Watchpoints:
    """All data breakpoints. What it tells is for the engine to act on.

    on_change: called with a breakpoint that was bound, or that came to its end.
    """

    def __init__(
        self, new_id: Callable[[], int], on_change: Callable[[Breakpoint], None], describing: Describing
    ) -> None:
        self._new_id = new_id
        self._on_change = on_change
        self.describing = describing
        # A tuple: what it leads to is recognised as the debugger's own by who counts references.
        self._watches: tuple[Watch, ...] = ()
        # Whether anything is watched: asked for at each line that is told.
        self.active = False
        self._set: tuple[tuple[DataSpec, Breakpoint], ...] = ()
        self._armed: dict[int, _ArmedCode] = {}
        self._made_since = MadeSince()
        # What `arguments_for` has found out, which is asked for less often than code is armed.
        self._arguments: dict[int, tuple[tuple[int, int], ...]] = {}
        # What the threads are in the middle of, by their numbers. Always this dict: the back end has it, too.
        self.pending: dict[int, list[_Pending]] = {}

    # -- setting -------------------------------------------------------------------------------------------------------

    def set(self, specs: Sequence[DataSpec], *, may_ask: bool) -> list[Breakpoint]:
        """Replace all data breakpoints; the result is parallel to `specs`.

        may_ask: the values may be asked for their text: the calling thread is one of the program's that is stopped.
        """
        describe = self.describing.full if may_ask else self.describing.quiet
        old = {(spec.data_id, spec.access, spec.condition, spec.hit_condition): bp for spec, bp in self._set}
        watched = {watch.bp.id: watch for watch in self._watches}
        watches, found = [], []
        for spec in specs:
            bp = old.pop((spec.data_id, spec.access, spec.condition, spec.hit_condition), None)
            watch = watched.get(bp.id) if bp is not None else None
            if bp is None or watch is None:
                bp, watch = self._make(spec, describe)
            if watch is not None:
                watches.append(watch)
            found.append((spec, bp))
        self._set = tuple(found)
        self._watches = tuple(watches)
        self.active = bool(watches)
        self.pending.clear()
        self._arm_anew()
        return [bp for _, bp in found]

    def clear(self) -> None:
        """Forget everything."""
        self._set = self._watches = ()
        self.active = False
        self._armed = {}
        self._arguments = {}
        self.pending.clear()

    def is_set(self, place: Place) -> bool:
        """Say whether there is a breakpoint on `place`."""
        return any(watch.place is place for watch in self._watches)

    # -- what has to be seen -------------------------------------------------------------------------------------------

    def offsets_for(self, code: CodeType) -> frozenset[int]:
        """Return the offsets of the instructions of `code` that have to be told."""
        armed = self._armed.get(id(code))
        return _NONE if armed is None else armed.offsets

    def sites_for(self, code: CodeType) -> list[SiteOfCode]:
        """Return what `is_dull` tells by words that stay the same, for who does that in C; sorted by offset."""
        armed = self._armed.get(id(code))
        found: list[SiteOfCode] = []
        for offset in sorted(armed.offsets) if armed is not None else ():
            sites = armed.by_offset.get(offset, ()) if armed is not None else ()
            if all(_is_fixed(watch, site) for watch, site in sites):
                found += [
                    (offset, site.first_word, site.count, tuple(watch.place.addresses)) for watch, site in sites
                ] or [(offset, 0, 0, ())]
        return found

    def arguments_for(self, code: CodeType) -> tuple[tuple[int, int], ...]:
        """Return pairs of a word of the frame and an address: without any of them a frame of `code` writes nothing.

        Empty where more than the arguments of the call has to be looked at.
        """
        number = id(code)
        if number not in self._arguments:
            armed = self._armed.get(number)
            self._arguments[number] = () if armed is None else self._find_arguments(armed)
        return self._arguments[number]

    def armed_code(self) -> tuple[CodeType, ...]:
        """Return the code that has such instructions."""
        return tuple(armed.code for armed in list(self._armed.values()))

    def frames(self) -> list[FrameType]:
        """Return the frames whose end has to be told."""
        places = [watch.place for watch in self._watches]
        return [place.frame for place in places if isinstance(place, LocalPlace) and place.frame is not None]

    def code_seen(self, code: CodeType) -> None:
        """Look through code that begins to run."""
        if id(code) not in self._armed and self._watches and not is_own_code(code):
            if code.co_name == "<module>":
                for watch in self._watches:
                    if self._bind(watch):
                        self._on_change(watch.bp)
            self._arm(code)

    # -- what happens --------------------------------------------------------------------------------------------------

    def is_dull(self, ident: int, frame: FrameType, offset: int) -> bool:
        """Say whether an instruction that is about to run is no reason to look at anything. Quick: most are."""
        if ident in self.pending:
            return False
        armed = self._armed.get(id(frame.f_code))
        if armed is None:
            return True
        for watch, site in armed.by_offset.get(offset, ()):
            if site.subject is not Subject.WORDS or site.calls:
                return False
            words = words_of(frame, site.first_word, site.count)
            if words is None or not watch.place.addresses.isdisjoint(words):
                return False
        return True

    def arrive(self, ident: int, frame: FrameType, offset: int) -> list[Change]:
        """Take notice of an instruction that is about to run; return what it reads, and what has changed before."""
        found: list[Change] = []
        armed = self._armed.get(id(frame.f_code))
        for watch, site in armed.by_offset.get(offset, ()) if armed is not None else ():
            if not concerns(site, watch.place, frame):
                continue
            if site.reads:
                found.append(self._read(watch, site))
                continue
            if not self._is_pending(watch, but=ident):
                found += self._compare(watch, None, here=False)
            self.pending.setdefault(ident, []).append(_Pending(id(frame), watch, site))
        return found

    def settle(self, ident: int, frame: FrameType) -> list[Change]:
        """Return what was written by instructions of `frame`, and of what it called, that are done now."""
        pending = self.pending.get(ident)
        if not pending:
            return []
        number = id(frame)
        first = next((index for index, one in enumerate(pending) if one.frame == number), None)
        if first is None:
            return []  # what it was called by is not done
        done = pending[first:]
        del pending[first:]
        if not pending:
            self.pending.pop(ident, None)
        changes: list[Change] = []
        for one in reversed(done):
            # Of two threads in the middle of a write, the one that certainly writes is meant.
            if one.site.subject is not Subject.UNKNOWN or not self._is_pending(one.watch, but=ident):
                changes += self._compare(one.watch, one.site, here=one.frame == number)
        return changes

    def look_again(self) -> list[Change]:
        """Return what has changed without being noticed, for a thread that is about to stop."""
        changes: list[Change] = []
        for watch in self._watches:
            if not self._is_pending(watch, but=0):
                changes += self._compare(watch, None, here=False)
        self.drop_gone()
        return changes

    def refresh(self) -> None:
        """Take what is there now for known: the person at the debugger has changed values."""
        for watch in self._watches:
            value = watch.place.read()
            if value is not HIDDEN and not watch.known.is_still(value):
                watch.known = Known(value, self.describing.full)
        addresses = frozenset[int]().union(*(watch.place.addresses for watch in self._watches))
        for code in self._made_since.doubt(running_frames(), addresses):
            self._arguments.pop(id(code), None)
            self._arm(code)

    def frame_ended(self, frame: FrameType) -> bool:
        """Let go of variables of a call that has ended; say whether there were any."""
        ended = False
        for watch in self._watches:
            place = watch.place
            if isinstance(place, LocalPlace) and place.frame is frame:
                place.ended()
                ended = True
        if ended:
            self.drop_gone()
        return ended

    def thread_ended(self, ident: int) -> None:
        """Forget what a thread was in the middle of."""
        self.pending.pop(ident, None)

    def drop_gone(self) -> None:
        """Tell breakpoints whose place is gone, and watch them no longer."""
        gone = [watch for watch in self._watches if watch.place.is_gone()]
        if not gone:
            return
        self._watches = tuple(watch for watch in self._watches if watch not in gone)
        self.active = bool(self._watches)
        self._arm_anew(search=False)
        for watch in gone:
            self.tell_gone(watch)

    def tell_gone(self, watch: Watch) -> None:
        """Tell that nothing will be written there any more."""
        if watch.bp.verified and any(bp is watch.bp for _, bp in self._set):
            watch.bp.verified, watch.bp.message = False, watch.place.end
            self._on_change(watch.bp)

    # -- inside --------------------------------------------------------------------------------------------------------

    def _make(self, spec: DataSpec, describe: Describe) -> tuple[Breakpoint, Watch | None]:
        asked = BreakpointSpec(condition=spec.condition, hit_condition=spec.hit_condition)
        bp = Breakpoint(self._new_id(), asked)
        test = make_test(asked)
        if isinstance(test, str):
            bp.message = test
        elif spec.place is None or spec.place.is_gone():
            bp.message = spec.message if spec.place is None else spec.place.end
        else:
            bp.test, bp.verified = test, True
            watch = Watch(bp, spec, spec.place, Known(MISSING, self.describing.quiet))
            if isinstance(spec.place, NamespacePlace) and spec.place.namespace is None:
                bp.verified, bp.message = False, _NOT_IMPORTED
                self._bind(watch)
            watch.known = Known(spec.place.read(), describe)
            spec.place.when_gone(lambda: self.tell_gone(watch))
            return bp, watch
        return bp, None

    def _bind(self, watch: Watch) -> bool:
        """Find the module that a watched name is of; say whether that is new."""
        place = watch.place
        if not isinstance(place, NamespacePlace) or place.module is None:
            return False
        module = sys.modules.get(place.module)
        namespace = namespace_of(module)
        if namespace is None or namespace is place.namespace:
            return False
        place.bind(namespace, module)
        watch.known = Known(place.read(), self.describing.quiet)
        watch.bp.verified, watch.bp.message = True, None
        return True

    def _arm_anew(self, *, search: bool = True) -> None:
        known = self.armed_code()
        self._armed = {}
        self._arguments = {}
        if not self._watches:
            return
        running = [frame.f_code for frame in running_frames()]
        codes = [*known, *running]
        if search:
            self._made_since.begin(running)
            codes += find_code(lambda code: bool(code.co_flags & SUSPENDS))
        for code in codes:
            if id(code) not in self._armed and not is_own_code(code):
                self._arm(code)

    def _arm(self, code: CodeType) -> None:
        by_offset: dict[int, tuple[tuple[Watch, Site], ...]] = {}
        offsets: set[int] = set()
        for watch in self._watches:
            found = sites_of(watch.place, code, writes=watch.writes, reads=watch.reads)
            if not isinstance(watch.place, NamespacePlace):  # a module may come, and be another one
                found = self._made_since.without(code, found)
            for site in found:
                by_offset[site.offset] = (*by_offset.get(site.offset, ()), (watch, site))
                offsets.add(site.offset)
                offsets |= site.after
        if by_offset:
            self._armed[id(code)] = _ArmedCode(code, by_offset, frozenset(offsets))

    def _find_arguments(self, armed: _ArmedCode) -> tuple[tuple[int, int], ...]:
        provenance = Provenance(Body(armed.code))
        found: list[tuple[int, int]] = []
        for sites in armed.by_offset.values():
            for watch, site in sites:
                word = provenance.argument(site) if _is_fixed(watch, site) else None
                if word is None:
                    return ()
                found += [(word, address) for address in watch.place.addresses]
        return tuple(dict.fromkeys(found))

    def _is_pending(self, watch: Watch, *, but: int) -> bool:
        """Say whether a thread other than `but` is certainly in the middle of a write."""
        return any(
            one.watch is watch and one.site.subject is not Subject.UNKNOWN
            for ident, pending in list(self.pending.items())
            if ident != but
            for one in pending
        )

    def _compare(self, watch: Watch, site: Site | None, *, here: bool) -> Iterator[Change]:
        value = watch.place.read()
        known = watch.known
        if value is HIDDEN or known.is_still(value) or not watch.writes:
            return
        watch.known = Known(value, self.describing.quiet)
        notice = Notice.LATE if site is None else Notice.WRITTEN
        yield Change(watch.bp, watch.place.label, notice, known, watch.known, value, site, here)

    def _read(self, watch: Watch, site: Site) -> Change:
        value = watch.place.read()
        known = Known(value, self.describing.quiet)
        return Change(watch.bp, watch.place.label, Notice.READ, known, known, value, site)


def _is_fixed(watch: Watch, site: Site) -> bool:
    """Say whether the addresses tell all, and are always the same: a module may come, and be another one."""
    return site.subject is Subject.WORDS and not site.calls and not isinstance(watch.place, NamespacePlace)
