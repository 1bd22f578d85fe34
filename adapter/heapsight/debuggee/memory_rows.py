"""The virtual child `⟨memory⟩` of each object in Variables: sizes, references, and what holds the object."""

from __future__ import annotations

from typing import Final

from .holding import Held
from .inspection.failures import Unassignable
from .inspection.tree import INDEXED, Row
from .memory.edges import Edge, Referrers
from .memory.plain_text import describe
from .memory.report import MemoryInspector, references_text, summary_text
from .memory.sizes import size_text
from .typenames import short_name

MEMORY_ROW: Final = "⟨memory⟩"
_VIRTUAL: Final[dict[str, object]] = {"kind": "virtual", "attributes": ["readOnly"]}


def memory_row(memory: MemoryInspector, held: Held, name: str | None) -> Row | None:
    """Return the row for the object in `held`; None for objects that are never freed and held by everything."""
    del name  # the row is about the object, whatever expression leads to it
    facts = memory.probe(held)
    if facts.refcount is None:
        return None
    return Row(MEMORY_ROW, summary_text(facts), children=_Facts(memory, held), presentation=_VIRTUAL)


class _ReadOnly:
    """Rows with names, none of which can be changed."""

    indexed = 0

    @property
    def named(self) -> int:
        """How many rows there are."""
        return len(self.all_rows())

    def all_rows(self) -> list[Row]:
        """Return the rows."""
        raise NotImplementedError

    def rows(self, filter: str | None, start: int, count: int) -> list[Row]:
        """Return a page."""
        if filter == INDEXED:
            return []
        found = self.all_rows()
        return found[start : start + count] if count > 0 else found[start:]

    def assign(self, name: str, value: object) -> Row:
        """Refuse: these are facts."""
        raise Unassignable("What an object weighs and who holds it cannot be assigned.")


class _Facts(_ReadOnly):
    def __init__(self, memory: MemoryInspector, held: Held) -> None:
        self._memory = memory
        self._held = held

    @property
    def named(self) -> int:
        """How many rows there are, without making them."""
        return len(_FACT_NAMES)

    def all_rows(self) -> list[Row]:
        facts = self._memory.probe(self._held)
        deep = self._memory.deep_size(self._held)
        retained = self._memory.retained(self._held)
        values = (
            size_text(facts.shallow_size),
            _with_objects(deep.text(), deep.objects),
            _with_objects(retained.text(), retained.objects),
            references_text(facts.refcount),
            str(facts.weakrefs),
            "tracked" if facts.gc_tracked else "not tracked",
            f"{facts.address:#x}",
        )
        rows = [Row(name, value, presentation=_VIRTUAL) for name, value in zip(_FACT_NAMES, values, strict=False)]
        holders = _Holders(self._memory, self._held, ())
        rows.append(Row(_FACT_NAMES[-1], references_text(facts.refcount), children=holders, presentation=_VIRTUAL))
        return rows


def _with_objects(size: str, objects: int) -> str:
    return f"{size} · {objects:,} {'object' if objects == 1 else 'objects'}"


_FACT_NAMES: Final = (
    "shallow size",
    "deep size",
    "retained size",
    "references",
    "weak references",
    "garbage collector",
    "address",
    "held by",
)


class _Holders(_ReadOnly):
    """What holds one object, each line expandable in its turn. `above` has the addresses on the way here."""

    def __init__(self, memory: MemoryInspector, held: Held, above: tuple[int, ...]) -> None:
        self._memory = memory
        self._held = held
        self._above = above
        self._found: Referrers | None = None

    def all_rows(self) -> list[Row]:
        if self._found is None:
            self._found = self._memory.find(self._held)
        found = self._found
        above = (*self._above, id(self._held.obj))
        labels: dict[str, int] = {}
        rows = []
        for edge in found.edges:
            row = self._row(edge, above)
            # Clients tell rows apart by their names.
            labels[row.name] = times = labels.get(row.name, 0) + 1
            row.name = row.name if times == 1 else f"{row.name} #{times}"
            rows.append(row)
        if found.unaccounted:
            rows.append(Row(rest_label(found), references_text(found.unaccounted), presentation=_VIRTUAL))
        return rows

    def _row(self, edge: Edge, above: tuple[int, ...]) -> Row:
        if edge.holder is None:
            return Row(edge.finding.label, edge.text or "", presentation=_VIRTUAL)
        text = f"{describe(edge.holder.obj)} · {self._memory.summary(edge.holder)}"
        children = None
        if id(edge.holder.obj) in above:
            text += " · cycle"
        elif not edge.root:
            children = _Holders(self._memory, edge.holder, above)
        return Row(edge.finding.label, text, short_name(type(edge.holder.obj)), children, None, _VIRTUAL, edge.holder)


def rest_label(found: Referrers) -> str:
    """Return what to call the references that no holder was found for."""
    if not found.complete:
        return "not looked for any further"
    return "native code or evaluation stack"
