"""What the agent asks about memory: descriptions and referrers of objects, as the protocol has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import FrameType
from typing import TYPE_CHECKING, Final

from ..errors import RequestError
from ..holding import Held, Holder
from ..records import record
from ..typenames import class_location, qualified_name, short_name
from .budget import Budget
from .deep_size import DeepSize, deep_size
from .edges import Edge, Referrers
from .following import Following
from .ours import OwnReferences
from .plain_text import describe
from .probe import Probe, probe
from .sizes import size_text

if TYPE_CHECKING:
    from ...wire.memory_requests import FollowedBody, Location, ObjectInfo, Referrer, ReferrersBody
    from .live_heap import LiveHeap
    from .retained import Retained

_RETAINED_SECONDS: Final = 0.05
_DEEP_SIZE_SECONDS: Final = 0.05
_REFERRERS_SECONDS: Final = 2.0


@record
class _Shown:
    """An object that the client has a number for, and what it is called there."""

    held: Held
    name: str
    evaluate_name: str | None


class MemoryInspector:
    """Answers questions about objects of the stopped program.

    `short_text` is the value column, the only thing here that may run the user's code. `frames` gives the user's
    frames of each thread, innermost first; `frame_id` the client's number for one of them.
    """

    def __init__(
        self,
        holder: Holder,
        *,
        short_text: Callable[[object], str],
        frames: Callable[[], Mapping[int, list[FrameType]]],
        frame_id: Callable[[FrameType], int | None],
    ) -> None:
        self._holder = holder
        self._short_text = short_text
        self._frames = frames
        self._frame_id = frame_id
        self._following = Following()
        self._last_number = 0
        self._shown: dict[int, _Shown] = {}
        # By the address of what is held, which nothing else can have while it is.
        self._numbers: dict[int, int] = {}
        self._found: dict[int, Referrers] = {}
        self._live_heap: LiveHeap | None = None
        # Says where an object was created, once somebody keeps account of that.
        self.creation_of: Callable[[object], tuple[str, int, str] | None] = lambda obj: None

    @property
    def live_heap(self) -> LiveHeap:
        """What can be asked about all objects at once; imported when it is asked for."""
        if self._live_heap is None:
            from .live_heap import LiveHeap

            self._live_heap = LiveHeap(self._holder, self._number_of_instance, self._creation_of)
        return self._live_heap

    def inspect(self, held: Held, name: str, evaluate_name: str | None, *, follow: bool) -> ObjectInfo:
        """Describe an object. With `follow` it can be asked for again at later stops, if it still exists then.

        `held` is of the holder: a second one would count as a reference of the program's.
        """
        number = self._number(held, name, evaluate_name)
        ours = OwnReferences()
        facts = probe(held, ours)
        deep = self.deep_size(held)
        info: ObjectInfo = {
            "object": number,
            "name": name,
            "type": facts.type_name,
            "qualifiedType": qualified_name(type(held.obj)),
            "value": self._short_text(held.obj),
            "address": f"{facts.address:#x}",
            "shallowSize": facts.shallow_size,
            "retainedSize": self.retained(held, ours).body(),
            "deepSize": {"bytes": deep.bytes, "objects": deep.objects, "complete": deep.complete, "text": deep.text()},
            "references": facts.refcount,
            "immortal": facts.refcount is None,
            "gcTracked": facts.gc_tracked,
            "weakReferences": facts.weakrefs,
            "summary": summary_text(facts),
        }
        if evaluate_name is not None:
            info["evaluateName"] = evaluate_name
        location = class_location(type(held.obj))
        if location is not None:
            info["classLocation"] = _location(location)
        followed = self._following.follow(held, name) if follow else None
        if followed is not None:
            info["follow"] = followed
        return info

    def inspect_object(self, number: int, *, follow: bool) -> ObjectInfo:
        """Describe an object that the client has a number for.

        Raises RequestError when the number is of an earlier stop, or was never given out.
        """
        shown = self._shown_as(number)
        return self.inspect(shown.held, shown.name, shown.evaluate_name, follow=follow)

    def summary(self, held: Held) -> str:
        """Return size and references in a few words: `88 B · 2 refs`."""
        return summary_text(probe(held))

    def probe(self, held: Held) -> Probe:
        """Return the facts about an object that cost next to nothing."""
        return probe(held)

    def deep_size(self, held: Held) -> DeepSize:
        """Return the size of everything reachable from an object, as far as a hover can wait for it."""
        return deep_size(held, Budget(_DEEP_SIZE_SECONDS))

    def retained(self, held: Held, ours: OwnReferences | None = None) -> Retained:
        """Return what would be freed without an object, as far as a hover can wait for it; `ours` is as of now."""
        from .retained import retained_size

        return retained_size(held, self._holder, Budget(_RETAINED_SECONDS), ours=ours)

    def retained_of(self, number: int) -> Retained:
        """Return the same for an object that the client has a number for. Raises RequestError as `inspect_object`."""
        return self.retained(self._shown_as(number).held)

    def hover_text(self, held: Held) -> str:
        """Return `88 B · 2 refs · retains 1.2 MB`; the last part where it says more than the first."""
        ours = OwnReferences()
        facts = probe(held, ours)
        if facts.refcount is None:
            return summary_text(facts)
        retained = self.retained(held, ours)
        more = retained.bytes != facts.shallow_size or not retained.complete
        return f"{summary_text(facts)} · retains {retained.text()}" if more else summary_text(facts)

    def find(self, held: Held) -> Referrers:
        """Return everything that holds an object."""
        from .referrers import find_referrers

        return find_referrers(held, self._frames(), self._holder, Budget(_REFERRERS_SECONDS))

    def referrers(self, number: int, start: int, count: int, ancestors: Sequence[int]) -> ReferrersBody:
        """Return a page of what holds an object; `count` 0 means all from `start` on.

        Later pages are of the search that the first one began. Raises RequestError for a number of an earlier stop.
        """
        held = self._shown_as(number).held
        found = self._found.get(number)
        if found is None or start == 0:
            found = self._found[number] = self.find(held)
        page = found.edges[start : start + count] if count > 0 else found.edges[start:]
        above = {number, *ancestors}
        ours = OwnReferences()
        return {
            "referrers": [self._referrer(edge, above, ours) for edge in page],
            "total": len(found.edges),
            "unaccounted": found.unaccounted,
            "complete": found.complete,
        }

    def followed(self, follow: int, name: str | None = None) -> FollowedBody:
        """Describe an object followed since an earlier stop, under its old name unless given another.

        Raises RequestError for a number that is not in use.
        """
        try:
            found = self._following.find(follow, self._holder)
        except KeyError:
            raise RequestError(f"No object is followed under the number {follow}.") from None
        if found is None:
            return {"alive": False}
        held, old_name = found
        # An expression that led to it at an earlier stop may lead elsewhere by now.
        info = self.inspect(held, name or old_name, None, follow=False)
        info["follow"] = follow
        return {"alive": True, "info": info}

    def unfollow(self, follow: int) -> None:
        """Stop following an object."""
        self._following.unfollow(follow)

    def release(self) -> None:
        """Forget the numbers of this stop; followed objects are followed on."""
        self._shown.clear()
        self._numbers.clear()
        self._found.clear()
        if self._live_heap is not None:
            self._live_heap.release()

    def _number_of_instance(self, held: Held) -> int:
        return self._number(held, describe(held.obj), None)

    def _creation_of(self, obj: object) -> tuple[str, int, str] | None:
        return self.creation_of(obj)

    def _number(self, held: Held, name: str, evaluate_name: str | None) -> int:
        number = self._numbers.get(id(held.obj))
        if number is None:
            self._last_number += 1
            number = self._numbers[id(held.obj)] = self._last_number
            self._shown[number] = _Shown(held, name, evaluate_name)
        elif evaluate_name is not None:
            self._shown[number] = _Shown(held, name, evaluate_name)
        return number

    def _shown_as(self, number: int) -> _Shown:
        shown = self._shown.get(number)
        if shown is None:
            if 0 < number <= self._last_number:
                raise RequestError("That object belongs to an earlier stop; the program has gone on since.")
            raise RequestError(f"There is no object with the number {number}.")
        return shown

    def _referrer(self, edge: Edge, above: set[int], ours: OwnReferences) -> Referrer:
        finding = edge.finding
        referrer: Referrer = {
            "label": finding.label,
            "kind": finding.kind.value,
            "count": finding.count,
            "cycle": False,
            "root": edge.root,
        }
        if edge.holder is not None:
            text = describe(edge.holder.obj)
            number = self._number(edge.holder, text, None)
            referrer["object"] = number
            referrer["type"] = short_name(type(edge.holder.obj))
            referrer["value"] = text
            referrer["summary"] = summary_text(probe(edge.holder, ours))
            referrer["cycle"] = number in above
        if finding.step is not None:
            referrer["step"] = finding.step
        if edge.location is not None:
            referrer["location"] = _location(edge.location)
        if edge.frame is not None:
            number_of_frame = self._frame_id(edge.frame)
            if number_of_frame is not None:
                referrer["frameId"] = number_of_frame
        return referrer


def summary_text(facts: Probe) -> str:
    """Return `88 B · 2 refs`."""
    return f"{size_text(facts.shallow_size)} · {references_text(facts.refcount)}"


def references_text(refcount: int | None) -> str:
    """Return `2 refs`, or `immortal`."""
    if refcount is None:
        return "immortal"
    return "1 ref" if refcount == 1 else f"{refcount:,} refs"


def _location(place: tuple[str, int]) -> Location:
    return {"path": place[0], "line": place[1]}
